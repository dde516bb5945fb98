//! Other crates' filters on the data of the benches, for `scripts/compare-speed`.
//!
//! Each runs the four poles of W1 (Butterworth low-pass, 50 Hz of 1 kHz) forwards and backwards over every channel. Only
//! sci-rs extends the record at its ends and starts settled, as SciPy does; the others start at rest, which is cheaper.

#[path = "../../support/mod.rs"]
mod support;

use biquad::{Biquad, Coefficients, DirectForm2Transposed};
use dsp_process::SplitProcess;
use sci_rs::signal::filter::{design::Sos, sosfiltfilt_dyn};
use support::{Run, Workload};

/// `scipy.signal.butter(4, 50, fs=1000, output="sos")`: b0, b1, b2, a1, a2 of each section.
const SECTIONS: [[f64; 5]; 2] = [
    [
        0.00041659920440659937,
        0.0008331984088131987,
        0.00041659920440659937,
        -1.4796742169311934,
        0.5558215432824889,
    ],
    [1.0, 2.0, 1.0, -1.7009643319435257, 0.7884997398152979],
];

/// Something that filters one channel.
struct Each<F> {
    x: Vec<f64>,
    y: Vec<f64>,
    length: usize,
    filter: F,
}

impl<F: FnMut(&[f64], &mut [f64])> Run for Each<F> {
    fn run(&mut self) {
        for (x, y) in self.x.chunks_exact(self.length).zip(self.y.chunks_exact_mut(self.length)) {
            (self.filter)(x, y);
        }
    }

    fn result(&self) -> Vec<f64> {
        self.y.clone()
    }

    /// Nothing is promised of other crates' results.
    fn expected(&self) -> Vec<f64> {
        self.result()
    }
}

fn each(x: Vec<f64>, channels: usize, filter: impl FnMut(&[f64], &mut [f64]) + 'static) -> Box<dyn Run> {
    let (y, length) = (vec![0.0; x.len()], x.len() / channels);
    Box::new(Each { x, y, length, filter })
}

fn sci_rs(x: Vec<f64>, channels: usize) -> Box<dyn Run> {
    let sections = SECTIONS.map(|[b0, b1, b2, a1, a2]| Sos::new([b0, b1, b2], [1.0, a1, a2]));
    each(x, channels, move |x, y| y.copy_from_slice(&sosfiltfilt_dyn(x.iter(), &sections)))
}

fn biquad(x: Vec<f64>, channels: usize) -> Box<dyn Run> {
    each(x, channels, |x, y| {
        let cascade = || {
            SECTIONS.map(|[b0, b1, b2, a1, a2]| {
                DirectForm2Transposed::<f64>::new(Coefficients { b0, b1, b2, a1, a2 })
            })
        };
        let [mut first, mut second] = cascade();
        for (x, y) in x.iter().zip(&mut *y) {
            *y = second.run(first.run(*x));
        }
        let [mut first, mut second] = cascade();
        for y in y.iter_mut().rev() {
            *y = second.run(first.run(*y));
        }
    })
}

fn idsp(x: Vec<f64>, channels: usize) -> Box<dyn Run> {
    use idsp::iir::{Biquad, DirectForm2Transposed};
    let [first, second] =
        SECTIONS.map(|[b0, b1, b2, a1, a2]| Biquad::<f64>::from([[b0, b1, b2], [1.0, a1, a2]]));
    let rest = || DirectForm2Transposed { u: [0.0; 2] };
    each(x, channels, move |x, y| {
        let (mut s, mut t) = (rest(), rest());
        for (x, y) in x.iter().zip(&mut *y) {
            *y = second.process(&mut t, first.process(&mut s, *x));
        }
        let (mut s, mut t) = (rest(), rest());
        for y in y.iter_mut().rev() {
            *y = second.process(&mut t, first.process(&mut s, *y));
        }
    })
}

fn main() {
    let (unit, size) = ("sample", (32, 100_000));
    support::main(&[
        Workload { name: "sci-rs", unit, size, set_up: sci_rs },
        Workload { name: "biquad", unit, size, set_up: biquad },
        Workload { name: "idsp", unit, size, set_up: idsp },
    ]);
}
