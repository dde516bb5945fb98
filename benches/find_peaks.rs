//! W2: peaks of a noisy record with a least prominence (W2), with height and distance too (W2h), on a rising trend (W2b);
//! memory reused.

mod support;

use copeak::peak::{PeakFinder, Peaks, Workspace};
use support::{Run, Workload};

const HEIGHT: f64 = 0.0;
const DISTANCE: usize = 300;

struct Search {
    finder: PeakFinder,
    x: Vec<f64>,
    workspace: Workspace,
    peaks: Peaks,
    least_prominence: f64,
    height_and_distance: bool,
}

fn search(x: Vec<f64>, least_prominence: f64, height_and_distance: bool) -> Box<dyn Run> {
    let mut finder = PeakFinder::new().prominence(least_prominence);
    if height_and_distance {
        finder = finder.height(HEIGHT).distance(DISTANCE as f64);
    }
    let (workspace, peaks) = (Workspace::new(), Peaks::default());
    Box::new(Search { finder, x, workspace, peaks, least_prominence, height_and_distance })
}

fn prominent(x: Vec<f64>, _channels: usize) -> Box<dyn Run> {
    search(x, 1.0, false)
}

fn all_conditions(x: Vec<f64>, _channels: usize) -> Box<dyn Run> {
    search(x, 1.0, true)
}

fn every_prominence(x: Vec<f64>, _channels: usize) -> Box<dyn Run> {
    search(x, 0.0, false)
}

impl Run for Search {
    fn run(&mut self) {
        self.finder.find_into(&self.x, &mut self.workspace, &mut self.peaks).unwrap();
    }

    fn result(&self) -> Vec<f64> {
        self.peaks.indices.iter().map(|&i| i as f64).collect()
    }

    /// Every rule by itself, with walks from every peak; the data have no equal neighbours.
    fn expected(&self) -> Vec<f64> {
        let x = &self.x;
        let mut peaks: Vec<usize> =
            (1..x.len() - 1).filter(|&i| x[i - 1] < x[i] && x[i] > x[i + 1]).collect();
        if self.height_and_distance {
            peaks.retain(|&i| x[i] >= HEIGHT);
            peaks.sort_by(|&a, &b| x[b].total_cmp(&x[a]));
            let mut kept: Vec<usize> = vec![];
            for peak in peaks {
                if kept.iter().all(|k| k.abs_diff(peak) >= DISTANCE) {
                    kept.push(peak);
                }
            }
            kept.sort_unstable();
            peaks = kept;
        }
        peaks.retain(|&peak| {
            let lower = |i: &&f64| **i <= x[peak];
            let left = x[..peak].iter().rev().take_while(lower).copied().fold(x[peak], f64::min);
            let right = x[peak..].iter().take_while(lower).copied().fold(x[peak], f64::min);
            x[peak] - left.max(right) >= self.least_prominence
        });
        peaks.iter().map(|&i| i as f64).collect()
    }
}

fn main() {
    let unit = "sample";
    let size = (1, 1_000_000);
    support::main(&[
        Workload { name: "W2", unit, size, set_up: prominent },
        Workload { name: "W2h", unit, size, set_up: all_conditions },
        Workload { name: "W2b", unit, size, set_up: prominent },
        Workload { name: "W2bh", unit, size, set_up: all_conditions },
        Workload { name: "W2-smooth", unit, size, set_up: prominent },
        Workload { name: "W2h-smooth", unit, size, set_up: all_conditions },
        Workload { name: "W2-long", unit, size: (1, 10_000_000), set_up: prominent },
        Workload { name: "W2-every", unit, size, set_up: every_prominence },
    ]);
}
