//! W1: zero-phase Butterworth low-pass, four poles per pass, 50 Hz (or 6 Hz) of 1 kHz, buffers reused.
//!
//! One thread, except in the workload that names two.

mod support;

use copeak::filter::state::WorkspaceOf;
use copeak::filter::{Butterworth, Filter, ZeroPhase};
use copeak::{Rate, Real};
use support::{Run, Workload};

struct LowPass<T: Real> {
    filter: ZeroPhase,
    x: Vec<T>,
    y: Vec<T>,
    length: usize,
    workspace: WorkspaceOf<ZeroPhase, T>,
    threads: Option<rayon::ThreadPool>,
}

fn set_up<T: Real>(x: &[f64], channels: usize, cutoff_hz: f64) -> LowPass<T> {
    let design = Butterworth::low_pass(4, cutoff_hz, Rate::from_hz(1000.0).unwrap()).unwrap();
    let filter = ZeroPhase::single_pass_cutoff(design.cascade().unwrap());
    let workspace = filter.workspace();
    let (y, length) = (vec![T::cast(0.0); x.len()], x.len() / channels);
    LowPass { filter, x: x.iter().map(|x| T::cast(*x)).collect(), y, length, workspace, threads: None }
}

fn low_pass(x: Vec<f64>, channels: usize) -> Box<dyn Run> {
    Box::new(set_up::<f64>(&x, channels, 50.0))
}

fn low_cutoff(x: Vec<f64>, channels: usize) -> Box<dyn Run> {
    Box::new(set_up::<f64>(&x, channels, 6.0))
}

fn single(x: Vec<f64>, channels: usize) -> Box<dyn Run> {
    Box::new(set_up::<f32>(&x, channels, 50.0))
}

fn baseline(x: Vec<f64>, channels: usize) -> Box<dyn Run> {
    let low_pass = set_up::<f64>(&x, channels, 50.0);
    Box::new(LowPass { filter: low_pass.filter.clone().baseline_only(), ..low_pass })
}

fn two_threads(x: Vec<f64>, channels: usize) -> Box<dyn Run> {
    let threads = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
    Box::new(LowPass { threads: Some(threads), ..set_up::<f64>(&x, channels, 50.0) })
}

impl<T: Real> LowPass<T> {
    fn filter(&mut self) {
        let Self { filter, x, y, length, workspace, .. } = self;
        let x: Vec<&[T]> = x.chunks_exact(*length).collect();
        let mut y: Vec<&mut [T]> = y.chunks_exact_mut(*length).collect();
        filter.apply_channels_into(&x, &mut y, workspace).unwrap();
    }
}

impl<T: Real> Run for LowPass<T> {
    fn run(&mut self) {
        match self.threads.take() {
            Some(threads) => {
                threads.install(|| self.filter());
                self.threads = Some(threads);
            }
            None => self.filter(),
        }
    }

    fn result(&self) -> Vec<f64> {
        self.y.iter().map(|y| y.as_f64()).collect()
    }

    /// An extended copy, each section over all of it, each pass from the settled state.
    fn expected(&self) -> Vec<f64> {
        let x: Vec<f64> = self.x.iter().map(|x| x.as_f64()).collect();
        x.chunks_exact(self.length).flat_map(|x| self.obvious(x)).map(|y| T::cast(y).as_f64()).collect()
    }
}

impl<T: Real> LowPass<T> {
    fn obvious(&self, x: &[f64]) -> Vec<f64> {
        let (n, extension) = (x.len(), self.filter.pad_len::<f64>());
        let before = (1..=extension).rev().map(|i| 2.0 * x[0] - x[i]);
        let after = (1..=extension).map(|i| 2.0 * x[n - 1] - x[n - 1 - i]);
        let mut y: Vec<f64> = before.chain(x.iter().copied()).chain(after).collect();
        for _ in 0..2 {
            for section in self.filter.stage().sections() {
                let ([b0, b1, b2], [a1, a2]) = (section.numerator(), section.denominator());
                let settled = (b0 + b1 + b2) / (1.0 + a1 + a2) * y[0];
                let (mut s1, mut s2) = (settled - b0 * y[0], b2 * y[0] - a2 * settled);
                for v in &mut y {
                    let out = b0 * *v + s1;
                    s1 = b1 * *v - a1 * out + s2;
                    s2 = b2 * *v - a2 * out;
                    *v = out;
                }
            }
            y.reverse();
        }
        y[extension..extension + n].to_vec()
    }
}

fn main() {
    rayon::ThreadPoolBuilder::new().num_threads(1).build_global().expect("no pool has been made yet");
    let unit = "sample";
    support::main(&[
        Workload { name: "W1a", unit, size: (1, 1_000_000), set_up: low_pass },
        Workload { name: "W1a-long", unit, size: (1, 10_000_000), set_up: low_pass },
        Workload { name: "W1a-low", unit, size: (1, 1_000_000), set_up: low_cutoff },
        Workload { name: "W1b", unit, size: (32, 100_000), set_up: low_pass },
        Workload { name: "W1b-baseline", unit, size: (32, 100_000), set_up: baseline },
        Workload { name: "W1b-two-threads", unit, size: (32, 100_000), set_up: two_threads },
        Workload { name: "W1b-f32", unit, size: (32, 100_000), set_up: single },
        Workload { name: "W1b-stride", unit, size: (32, 131_072), set_up: low_pass },
        Workload { name: "W1b-short", unit, size: (32, 4_000), set_up: low_pass },
        Workload { name: "W1c", unit, size: (64, 1_000_000), set_up: low_pass },
    ]);
}
