//! Recursive filters live and over whole records, the EMG envelope and the energy operator; buffers reused.

mod support;

use copeak::filter::state::WorkspaceOf;
use copeak::filter::{
    Band, Butterworth, Cascade, CriticallyDamped, Emg, Envelope, Filter, Notch, Section, Tkeo, ZeroPhase,
};
use copeak::{Frame, Rate, Stage, StageExt};
use std::hint::black_box;
use support::{Run, Workload};

fn rate() -> Rate {
    Rate::from_hz(1000.0).unwrap()
}

fn low_pass() -> Cascade {
    Butterworth::low_pass(4, 50.0, rate()).unwrap().cascade().unwrap()
}

/// One sample after the other through a stream, as a live app does.
struct Live {
    design: Cascade,
    x: Vec<f64>,
    y: Vec<f64>,
}

fn live(x: Vec<f64>, _channels: usize) -> Box<dyn Run> {
    Box::new(Live { design: low_pass(), y: vec![0.0; x.len()], x })
}

impl Run for Live {
    fn run(&mut self) {
        let mut stream = (&self.design).stream();
        for (y, x) in self.y.iter_mut().zip(&self.x) {
            *y = stream.push(black_box(*x));
        }
    }
    fn result(&self) -> Vec<f64> {
        self.y.clone()
    }
    fn expected(&self) -> Vec<f64> {
        forwards(self.design.sections(), &self.x)
    }
}

/// The same over buffers, whose samples are overwritten.
struct Block {
    design: Cascade,
    x: Vec<f64>,
    y: Vec<f64>,
}

fn block_of(design: Cascade, x: Vec<f64>) -> Box<dyn Run> {
    Box::new(Block { design, y: vec![0.0; x.len()], x })
}

fn block(x: Vec<f64>, _channels: usize) -> Box<dyn Run> {
    block_of(low_pass(), x)
}

fn critically_damped(x: Vec<f64>, _channels: usize) -> Box<dyn Run> {
    block_of(CriticallyDamped::low_pass(4, 50.0, rate()).unwrap().cascade().unwrap(), x)
}

fn notch(x: Vec<f64>, _channels: usize) -> Box<dyn Run> {
    block_of(Notch::new(50.0, 4.0, rate()).unwrap().cascade().unwrap(), x)
}

impl Run for Block {
    fn run(&mut self) {
        self.y.copy_from_slice(&self.x);
        let mut state = Stage::<f64>::initial_state(&self.design);
        self.design.run_in_place(&mut state, &mut self.y);
    }
    fn result(&self) -> Vec<f64> {
        self.y.clone()
    }
    fn expected(&self) -> Vec<f64> {
        forwards(self.design.sections(), &self.x)
    }
}

/// Eight channels, one frame after the other through a stream.
struct Frames {
    design: Cascade,
    x: Vec<Frame<f64, 8>>,
    y: Vec<Frame<f64, 8>>,
}

fn frames(x: Vec<f64>, channels: usize) -> Box<dyn Run> {
    assert_eq!(channels, 8, "this workload has eight channels");
    let n = x.len() / 8;
    let x: Vec<_> = (0..n).map(|i| Frame(std::array::from_fn(|c| x[c * n + i]))).collect();
    Box::new(Frames { design: low_pass(), y: x.clone(), x })
}

impl Run for Frames {
    fn run(&mut self) {
        let mut stream = (&self.design).stream();
        for (y, x) in self.y.iter_mut().zip(&self.x) {
            *y = stream.push(*x);
        }
    }
    fn result(&self) -> Vec<f64> {
        (0..8).flat_map(|c| self.y.iter().map(move |y| y[c])).collect()
    }
    fn expected(&self) -> Vec<f64> {
        let channel = |c: usize| self.x.iter().map(|x| x[c]).collect::<Vec<_>>();
        (0..8).flat_map(|c| forwards(self.design.sections(), &channel(c))).collect()
    }
}

/// A filter over whole records, one per channel.
struct Whole<F: Filter<f64>> {
    filter: F,
    x: Vec<f64>,
    y: Vec<f64>,
    length: usize,
    workspace: WorkspaceOf<F, f64>,
    obvious: fn(&F, &[f64]) -> Vec<f64>,
}

fn whole<F: Filter<f64> + 'static>(
    filter: F,
    x: Vec<f64>,
    channels: usize,
    obvious: fn(&F, &[f64]) -> Vec<f64>,
) -> Box<dyn Run> {
    let (workspace, length) = (filter.workspace(), x.len() / channels);
    Box::new(Whole { filter, y: vec![0.0; x.len()], x, length, workspace, obvious })
}

fn damped_zero_phase(x: Vec<f64>, channels: usize) -> Box<dyn Run> {
    whole(ZeroPhase::critically_damped(4, Band::Low(50.0), rate()).unwrap(), x, channels, both_ways)
}

fn emg() -> Emg {
    let band = Butterworth::band_pass(2, 20.0, 450.0, rate()).unwrap();
    Emg::new(band, Butterworth::low_pass(2, 24.0, rate()).unwrap()).unwrap()
}

fn envelope(x: Vec<f64>, channels: usize) -> Box<dyn Run> {
    whole(emg().zero_phase().unwrap(), x, channels, |envelope, x| {
        let magnitude: Vec<f64> = both_ways(envelope.band(), x).iter().map(|y| y.abs()).collect();
        both_ways(envelope.smooth(), &magnitude)
    })
}

/// The chain live, one sample after the other.
struct LiveEnvelope {
    design: Envelope<Cascade>,
    x: Vec<f64>,
    y: Vec<f64>,
}

fn live_envelope(x: Vec<f64>, _channels: usize) -> Box<dyn Run> {
    Box::new(LiveEnvelope { design: emg().causal().unwrap(), y: vec![0.0; x.len()], x })
}

impl Run for LiveEnvelope {
    fn run(&mut self) {
        let mut stream = (&self.design).stream();
        for (y, x) in self.y.iter_mut().zip(&self.x) {
            *y = stream.push(black_box(*x));
        }
    }
    fn result(&self) -> Vec<f64> {
        self.y.clone()
    }
    fn expected(&self) -> Vec<f64> {
        let band = forwards(self.design.band().sections(), &self.x);
        forwards(self.design.smooth().sections(), &band.iter().map(|y| y.abs()).collect::<Vec<_>>())
    }
}

fn tkeo(x: Vec<f64>, channels: usize) -> Box<dyn Run> {
    whole(Tkeo, x, channels, |_, x| {
        let n = x.len();
        let at = |i: usize| match i {
            0 => 2.0 * x[0] - x[1],
            i if i == n + 1 => 2.0 * x[n - 1] - x[n - 2],
            i => x[i - 1],
        };
        (1..=n).map(|i| at(i) * at(i) - at(i - 1) * at(i + 1)).collect()
    })
}

impl<F: Filter<f64>> Run for Whole<F> {
    fn run(&mut self) {
        let x: Vec<&[f64]> = self.x.chunks_exact(self.length).collect();
        let mut y: Vec<&mut [f64]> = self.y.chunks_exact_mut(self.length).collect();
        self.filter.apply_channels_into(&x, &mut y, &mut self.workspace).unwrap();
    }
    fn result(&self) -> Vec<f64> {
        self.y.clone()
    }
    fn expected(&self) -> Vec<f64> {
        self.x.chunks_exact(self.length).flat_map(|x| (self.obvious)(&self.filter, x)).collect()
    }
}

/// Each section over all of it, by its difference equation.
fn forwards(sections: &[Section<f64>], x: &[f64]) -> Vec<f64> {
    from_level(sections, x, 0.0)
}

/// As if the input had always been `level`.
fn from_level(sections: &[Section<f64>], x: &[f64], level: f64) -> Vec<f64> {
    let (mut y, mut level) = (x.to_vec(), level);
    for section in sections {
        let ([b0, b1, b2], [a1, a2]) = (section.numerator(), section.denominator());
        let settled = (b0 + b1 + b2) / (1.0 + a1 + a2) * level;
        let (mut x1, mut x2, mut y1, mut y2) = (level, level, settled, settled);
        for v in &mut y {
            let out = b0 * *v + b1 * x1 + b2 * x2 - a1 * y1 - a2 * y2;
            (x2, x1, y2, y1) = (x1, *v, y1, out);
            *v = out;
        }
        level = settled;
    }
    y
}

/// An extended copy, forwards and backwards.
fn both_ways(filter: &ZeroPhase, x: &[f64]) -> Vec<f64> {
    let (n, extension) = (x.len(), filter.pad_len::<f64>());
    let before = (1..=extension).rev().map(|i| 2.0 * x[0] - x[i]);
    let after = (1..=extension).map(|i| 2.0 * x[n - 1] - x[n - 1 - i]);
    let mut y: Vec<f64> = before.chain(x.iter().copied()).chain(after).collect();
    for _ in 0..2 {
        y = from_level(filter.stage().sections(), &y, y[0]);
        y.reverse();
    }
    y[extension..extension + n].to_vec()
}

fn main() {
    let one = |name, set_up| Workload { name, unit: "sample", size: (1, 1_000_000), set_up };
    support::main(&[
        one("live", live),
        Workload { name: "live-8", unit: "sample", size: (8, 125_000), set_up: frames },
        one("block", block),
        one("damped", critically_damped),
        one("damped-both", damped_zero_phase),
        one("notch", notch),
        one("emg", envelope),
        Workload { name: "emg-32", unit: "sample", size: (32, 31_250), set_up: envelope },
        one("emg-live", live_envelope),
        one("tkeo", tkeo),
    ]);
}
