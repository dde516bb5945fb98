//! W5: analytic phase, phase locking value of every pair and Kuramoto's order parameter of many channels, memory reused.

mod support;

use copeak::synchrony::phase::{Hilbert, PhasePlan};
use std::f64::consts::PI;
use support::{Run, Workload};

struct Locked {
    plan: PhasePlan,
    x: Vec<f64>,
    channels: usize,
    plv: Vec<f64>,
    order: Vec<f64>,
}

fn set_up(x: Vec<f64>, channels: usize, baseline_only: bool) -> Box<dyn Run> {
    let length = x.len() / channels;
    let plan = PhasePlan::new(channels, length).unwrap();
    let plan = if baseline_only { plan.baseline_only() } else { plan };
    Box::new(Locked { plan, x, channels, plv: vec![0.0; channels * channels], order: vec![0.0; length] })
}

fn best(x: Vec<f64>, channels: usize) -> Box<dyn Run> {
    set_up(x, channels, false)
}

fn baseline_only(x: Vec<f64>, channels: usize) -> Box<dyn Run> {
    set_up(x, channels, true)
}

/// The kernel of the Hilbert transform of a record of this length.
fn kernel(length: usize) -> Vec<f64> {
    let at = |k: usize| {
        let half = PI * k as f64 / length as f64;
        match (length % 2, k % 2) {
            _ if k == 0 => 0.0,
            (0, 0) => 0.0,
            (0, _) => 2.0 / (length as f64 * half.tan()),
            (_, 0) => -(0.5 * half).tan() / length as f64,
            _ => 1.0 / (length as f64 * (0.5 * half).tan()),
        }
    };
    (0..length).map(at).collect()
}

/// The Hilbert transform as the sum that it is.
fn turned(x: &[f64]) -> Vec<f64> {
    let (n, kernel) = (x.len(), kernel(x.len()));
    (0..n).map(|t| (0..n).map(|s| x[s] * kernel[(t + n - s) % n]).sum()).collect()
}

struct Turned {
    hilbert: Hilbert,
    x: Vec<f64>,
    turned: Vec<f64>,
}

fn hilbert(x: Vec<f64>, channels: usize) -> Box<dyn Run> {
    let hilbert = Hilbert::new(x.len() / channels).unwrap();
    let turned = vec![0.0; x.len()];
    Box::new(Turned { hilbert, x, turned })
}

impl Run for Turned {
    fn run(&mut self) {
        let length = self.hilbert.len();
        for (x, turned) in self.x.chunks_exact(length).zip(self.turned.chunks_exact_mut(length)) {
            self.hilbert.transform_into(x, turned).unwrap();
        }
    }

    fn result(&self) -> Vec<f64> {
        self.turned.clone()
    }

    fn expected(&self) -> Vec<f64> {
        self.x.chunks_exact(self.hilbert.len()).flat_map(turned).collect()
    }
}

impl Run for Locked {
    fn run(&mut self) {
        let rows: Vec<&[f64]> = self.x.chunks_exact(self.x.len() / self.channels).collect();
        self.plan.measure_into(&rows, &mut self.plv, &mut self.order).unwrap();
    }

    fn result(&self) -> Vec<f64> {
        self.plv.iter().chain(&self.order).copied().collect()
    }

    /// Phases by arctangent, locking from their differences.
    fn expected(&self) -> Vec<f64> {
        let length = self.x.len() / self.channels;
        let phases: Vec<Vec<f64>> = self
            .x
            .chunks_exact(length)
            .map(|x| turned(x).iter().zip(x).map(|(h, x)| h.atan2(*x)).collect())
            .collect();
        let n = length as f64;
        let mean = |turns: &mut dyn Iterator<Item = f64>, n: f64| {
            let (y, x) = turns.map(f64::sin_cos).fold((0.0, 0.0), |(y, x), (s, c)| (y + s, x + c));
            f64::hypot(x, y) / n
        };
        let plv = phases
            .iter()
            .flat_map(|a| phases.iter().map(move |b| mean(&mut a.iter().zip(b).map(|(a, b)| a - b), n)));
        let order = (0..length).map(|t| mean(&mut phases.iter().map(|p| p[t]), phases.len() as f64));
        plv.chain(order).collect()
    }
}

fn main() {
    let unit = "sample";
    support::main(&[
        Workload { name: "W5", unit, size: (32, 100_000), set_up: best },
        Workload { name: "W5-baseline_only", unit, size: (32, 100_000), set_up: baseline_only },
        Workload { name: "W5-hilbert", unit, size: (32, 100_000), set_up: hilbert },
        Workload { name: "W5-long", unit, size: (32, 1_000_000), set_up: best },
    ]);
}
