//! W5: analytic phase, phase locking value of every pair and Kuramoto's order parameter of many channels, memory reused.

mod support;

use copeak::synchrony::PhasePlan;
use std::f64::consts::PI;
use support::{Run, Workload};

struct Locked {
    plan: PhasePlan,
    x: Vec<f64>,
    channels: usize,
    plv: Vec<f64>,
    order: Vec<f64>,
}

fn set_up(x: Vec<f64>, channels: usize, portable: bool) -> Box<dyn Run> {
    let length = x.len() / channels;
    let plan = PhasePlan::new(channels, length).unwrap();
    let plan = if portable { plan.portable() } else { plan };
    Box::new(Locked { plan, x, channels, plv: vec![0.0; channels * channels], order: vec![0.0; length] })
}

fn best(x: Vec<f64>, channels: usize) -> Box<dyn Run> {
    set_up(x, channels, false)
}

fn portable(x: Vec<f64>, channels: usize) -> Box<dyn Run> {
    set_up(x, channels, true)
}

impl Run for Locked {
    fn run(&mut self) {
        let rows: Vec<&[f64]> = self.x.chunks_exact(self.x.len() / self.channels).collect();
        self.plan.measure_into(&rows, &mut self.plv, &mut self.order).unwrap();
    }

    fn result(&self) -> Vec<f64> {
        self.plv.iter().chain(&self.order).copied().collect()
    }

    /// The Hilbert transform as the sum that it is, phases by arctangent, locking from their differences.
    fn expected(&self) -> Vec<f64> {
        let length = self.x.len() / self.channels;
        let kernel = |k: usize| {
            let half = PI * k as f64 / length as f64;
            match (length % 2, k % 2) {
                _ if k == 0 => 0.0,
                (0, 0) => 0.0,
                (0, _) => 2.0 / (length as f64 * half.tan()),
                (_, 0) => -(0.5 * half).tan() / length as f64,
                _ => 1.0 / (length as f64 * (0.5 * half).tan()),
            }
        };
        let kernel: Vec<f64> = (0..length).map(kernel).collect();
        let phases: Vec<Vec<f64>> = self
            .x
            .chunks_exact(length)
            .map(|x| {
                let turned =
                    |t: usize| -> f64 { (0..length).map(|s| x[s] * kernel[(t + length - s) % length]).sum() };
                (0..length).map(|t| turned(t).atan2(x[t])).collect()
            })
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
        Workload { name: "W5-portable", unit, size: (32, 100_000), set_up: portable },
        Workload { name: "W5-long", unit, size: (32, 1_000_000), set_up: best },
    ]);
}
