//! W1: zero-phase low-pass, four poles per pass at 50 Hz of 1 kHz, buffers reused.

mod support;

use copeak::Rate;
use copeak::filter::{Butterworth, Filter, WorkspaceOf, ZeroPhase};
use support::{Run, Workload};

struct LowPass {
    filter: ZeroPhase,
    x: Vec<f64>,
    y: Vec<f64>,
    length: usize,
    workspace: WorkspaceOf<ZeroPhase, f64>,
}

fn low_pass(x: Vec<f64>, channels: usize) -> Box<dyn Run> {
    let design = Butterworth::low_pass(4, 50.0, Rate::hz(1000.0).unwrap()).unwrap();
    let filter = ZeroPhase::uncorrected(design.cascade().unwrap());
    let workspace = filter.workspace();
    let (y, length) = (vec![0.0; x.len()], x.len() / channels);
    Box::new(LowPass { filter, x, y, length, workspace })
}

impl Run for LowPass {
    fn run(&mut self) {
        let x: Vec<&[f64]> = self.x.chunks_exact(self.length).collect();
        let mut y: Vec<&mut [f64]> = self.y.chunks_exact_mut(self.length).collect();
        self.filter.apply_channels_into(&x, &mut y, &mut self.workspace).unwrap();
    }

    fn result(&self) -> Vec<f64> {
        self.y.clone()
    }

    /// An extended copy, each section over all of it, each pass from the settled state.
    fn expected(&self) -> Vec<f64> {
        self.x.chunks_exact(self.length).flat_map(|x| self.obvious(x)).collect()
    }
}

impl LowPass {
    fn obvious(&self, x: &[f64]) -> Vec<f64> {
        let (n, extension) = (x.len(), self.filter.extension::<f64>());
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
    support::main(&[
        Workload { name: "W1a", unit: "sample", size: (1, 1_000_000), set_up: low_pass },
        Workload { name: "W1a-long", unit: "sample", size: (1, 2_000_000), set_up: low_pass },
        Workload { name: "W1b", unit: "sample", size: (32, 100_000), set_up: low_pass },
        Workload { name: "W1c", unit: "sample", size: (64, 100_000), set_up: low_pass },
    ]);
}
