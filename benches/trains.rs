//! W6: SPIKE-synchronization of every pair of trains, from unchecked times on; W6-order: who leads whom.

mod support;

use copeak::sequence::{AdaptiveWindow, SpikeOrder, Trains};
use copeak::synchrony::SpikeSync;
use support::{Run, Workload};

/// Bounds wide enough for any data of the benches.
const BOUNDS: (f64, f64) = (-10.0, 1e6);

struct Pairs {
    trains: Vec<Vec<f64>>,
    ordered: bool,
    found: Vec<f64>,
}

fn pairs(x: Vec<f64>, channels: usize, ordered: bool) -> Box<dyn Run> {
    let length = x.len() / channels;
    Box::new(Pairs { trains: x.chunks(length).map(<[f64]>::to_vec).collect(), ordered, found: vec![] })
}

fn synchrony(x: Vec<f64>, channels: usize) -> Box<dyn Run> {
    pairs(x, channels, false)
}

fn order(x: Vec<f64>, channels: usize) -> Box<dyn Run> {
    pairs(x, channels, true)
}

impl Run for Pairs {
    fn run(&mut self) {
        let trains = Trains::new(&self.trains, BOUNDS.0, BOUNDS.1).unwrap();
        let window = AdaptiveWindow::uncapped();
        self.found = if self.ordered {
            let leads = SpikeOrder::of(&trains, window).unwrap().matrix();
            leads.into_iter().flatten().map(|lead| lead as f64).collect()
        } else {
            SpikeSync::of(&trains, window).unwrap().matrix().into_iter().flatten().collect()
        };
    }

    fn result(&self) -> Vec<f64> {
        self.found.clone()
    }

    /// Pair by pair, every event against the other train's neighbours in time.
    fn expected(&self) -> Vec<f64> {
        let mut trains = self.trains.clone();
        trains.iter_mut().for_each(|train| {
            train.sort_by(f64::total_cmp);
            train.dedup();
        });
        let window = |train: &[f64], i: usize| {
            let whole = BOUNDS.1 - BOUNDS.0;
            let before = if i > 0 { train[i] - train[i - 1] } else { whole };
            let after = if i + 1 < train.len() { train[i + 1] - train[i] } else { whole };
            before.min(after) / 2.0
        };
        let mut all = Vec::new();
        for a in &trains {
            for b in &trains {
                let (mut coincidences, mut leads) = (0, 0);
                for (i, time) in a.iter().enumerate() {
                    let place = b.partition_point(|t| t < time);
                    for j in place.saturating_sub(1)..(place + 1).min(b.len()) {
                        let lag = b[j] - time;
                        if lag.abs() < window(a, i).min(window(b, j)) {
                            coincidences += 1;
                            leads += i32::from(lag > 0.0) - i32::from(lag < 0.0);
                        }
                    }
                }
                let share = f64::from(2 * coincidences) / (a.len() + b.len()) as f64;
                all.push(if self.ordered { f64::from(leads) } else { share });
            }
        }
        all
    }
}

fn main() {
    let unit = "event";
    let size = (16, 10_000);
    support::main(&[
        Workload { name: "W6", unit, size, set_up: synchrony },
        Workload { name: "W6-short", unit, size: (16, 1000), set_up: synchrony },
        Workload { name: "W6-long", unit, size: (16, 100_000), set_up: synchrony },
        Workload { name: "W6-order", unit, size, set_up: order },
    ]);
}
