//! Resampling, derivatives, integrals and residual analysis, buffers reused.

mod support;

use copeak::filter::cutoff::ResidualAnalysis;
use copeak::filter::state::{ResampleScratch, WorkspaceOf};
use copeak::filter::{CentralDifference, Filter, Integral, Resample, ZeroPhase};
use copeak::{Rate, SamplesMut};
use support::{Run, Workload};

struct Ratio {
    design: Resample,
    x: Vec<f64>,
    y: Vec<f64>,
    scratch: ResampleScratch<f64>,
}

fn ratio<const UP: usize, const DOWN: usize>(x: Vec<f64>, _channels: usize) -> Box<dyn Run> {
    let design = Resample::new(UP, DOWN).unwrap();
    let y = vec![0.0; design.output_len(x.len())];
    Box::new(Ratio { design, x, y, scratch: ResampleScratch::new() })
}

impl Run for Ratio {
    fn run(&mut self) {
        self.design.apply_into(&self.x, &mut self.y, &mut self.scratch).unwrap();
    }
    fn result(&self) -> Vec<f64> {
        self.y.clone()
    }
    /// Zeros put between the samples, every product formed, every `down`-th sum kept: the taps are the answer to an impulse.
    fn expected(&self) -> Vec<f64> {
        let (up, down) = (self.design.up(), self.design.down());
        let reach = 10 * up.max(down);
        // Each answer shows every `down`-th tap; impulses at `down` places, where `up` has no factor in common, show all.
        let mut taps = vec![0.0; 2 * reach + 1];
        for place in 0..down {
            let at = place + 2 * reach / up + 1;
            let mut impulse = vec![0.0; at + 2 * reach / up + 2];
            impulse.set(at, 1.0);
            for (m, y) in self.design.apply(&impulse).unwrap().iter().enumerate() {
                if let Some(tap) = (m * down + reach).checked_sub(at * up).and_then(|k| taps.get_mut(k)) {
                    *tap = *y;
                }
            }
        }
        (0..self.y.len())
            .map(|m| {
                let newest = (m * down + reach) as isize;
                let product = |(k, h): (usize, &f64)| {
                    let place = newest - k as isize;
                    let sample = if place % up as isize == 0 { place / up as isize } else { -1 };
                    usize::try_from(sample).ok().and_then(|i| self.x.get(i)).map_or(0.0, |x| h * x)
                };
                taps.iter().enumerate().map(product).sum()
            })
            .collect()
    }
}

struct Whole<F: Filter<f64>> {
    filter: F,
    x: Vec<f64>,
    y: Vec<f64>,
    workspace: WorkspaceOf<F, f64>,
    obvious: fn(&[f64]) -> Vec<f64>,
}

impl<F: Filter<f64>> Run for Whole<F> {
    fn run(&mut self) {
        self.filter.apply_into(&self.x, &mut self.y, &mut self.workspace).unwrap();
    }
    fn result(&self) -> Vec<f64> {
        self.y.clone()
    }
    fn expected(&self) -> Vec<f64> {
        (self.obvious)(&self.x)
    }
}

fn rate() -> Rate {
    Rate::from_hz(1000.0).unwrap()
}

fn whole<F: Filter<f64> + 'static>(filter: F, x: Vec<f64>, obvious: fn(&[f64]) -> Vec<f64>) -> Box<dyn Run> {
    let (y, workspace) = (vec![0.0; x.len()], filter.workspace());
    Box::new(Whole { filter, x, y, workspace, obvious })
}

fn derivative(x: Vec<f64>, _channels: usize) -> Box<dyn Run> {
    whole(CentralDifference::new(rate()), x, |x| {
        let last = x.len() - 1;
        let slope = |a: usize, b: usize| (x[b] - x[a]) / ((b - a) as f64 * 0.001);
        (0..x.len()).map(|i| slope(i.saturating_sub(1), (i + 1).min(last))).collect()
    })
}

fn integral(x: Vec<f64>, _channels: usize) -> Box<dyn Run> {
    whole(Integral::new(rate()), x, |x| {
        (0..x.len()).map(|n| (0..n).map(|i| 0.0005 * (x[i] + x[i + 1])).sum()).collect()
    })
}

struct Residual {
    x: Vec<f64>,
    result: Vec<f64>,
}

fn residual(x: Vec<f64>, _channels: usize) -> Box<dyn Run> {
    Box::new(Residual { x, result: vec![] })
}

impl Run for Residual {
    fn run(&mut self) {
        let found = ResidualAnalysis::new(rate()).apply(&self.x).unwrap();
        self.result = found.curve.iter().map(|(_, residual)| *residual).collect();
    }
    fn result(&self) -> Vec<f64> {
        self.result.clone()
    }
    fn expected(&self) -> Vec<f64> {
        (1..=100)
            .map(|k| {
                let smooth =
                    ZeroPhase::low_pass(2, 4.0 * f64::from(k), rate()).unwrap().apply(&self.x).unwrap();
                let squares: f64 = smooth.iter().zip(&self.x).map(|(y, x)| (x - y).powi(2)).sum();
                (squares / self.x.len() as f64).sqrt()
            })
            .collect()
    }
}

fn main() {
    support::main(&[
        Workload { name: "R2/1", unit: "sample", size: (1, 1_000_000), set_up: ratio::<2, 1> },
        Workload { name: "R1/2", unit: "sample", size: (1, 1_000_000), set_up: ratio::<1, 2> },
        Workload { name: "R2/3", unit: "sample", size: (1, 1_000_000), set_up: ratio::<2, 3> },
        Workload { name: "R147/160", unit: "sample", size: (1, 1_000_000), set_up: ratio::<147, 160> },
        Workload { name: "derivative", unit: "sample", size: (1, 1_000_000), set_up: derivative },
        Workload { name: "integral", unit: "sample", size: (1, 1_000_000), set_up: integral },
        Workload { name: "residual", unit: "sample", size: (1, 10_000), set_up: residual },
    ]);
}
