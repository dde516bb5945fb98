//! W2: peaks of a noisy record with a least prominence (W2), with height and distance too (W2h), on a rising trend (W2b);
//! memory reused; and sample by sample (W2-live).

mod support;

use copeak::StageExt;
use copeak::peak::{LivePeakFinder, PeakFinder, Peaks, state::PeakWorkspace};
use support::{Run, Workload};

const HEIGHT: f64 = 0.0;
const DISTANCE: usize = 300;

struct Search {
    finder: PeakFinder,
    /// One record after the other.
    x: Vec<f64>,
    length: usize,
    workspace: PeakWorkspace,
    peaks: Vec<Peaks>,
    least_prominence: f64,
    height_and_distance: bool,
}

fn search(x: Vec<f64>, channels: usize, least_prominence: f64, height_and_distance: bool) -> Box<dyn Run> {
    let mut finder = PeakFinder::new().prominence(least_prominence);
    if height_and_distance {
        finder = finder.height(HEIGHT).distance(DISTANCE as f64);
    }
    Box::new(Search {
        finder,
        length: x.len() / channels,
        x,
        workspace: PeakWorkspace::new(),
        peaks: vec![Peaks::default(); channels],
        least_prominence,
        height_and_distance,
    })
}

fn prominent(x: Vec<f64>, channels: usize) -> Box<dyn Run> {
    search(x, channels, 1.0, false)
}

fn all_conditions(x: Vec<f64>, channels: usize) -> Box<dyn Run> {
    search(x, channels, 1.0, true)
}

fn every_prominence(x: Vec<f64>, channels: usize) -> Box<dyn Run> {
    search(x, channels, 0.0, false)
}

impl Run for Search {
    fn run(&mut self) {
        for (record, peaks) in self.x.chunks_exact(self.length).zip(&mut self.peaks) {
            self.finder.find_into(record, &mut self.workspace, peaks).unwrap();
        }
    }

    fn result(&self) -> Vec<f64> {
        self.peaks.iter().flat_map(|peaks| peaks.indices.iter().map(|&i| i as f64)).collect()
    }

    fn expected(&self) -> Vec<f64> {
        self.x.chunks_exact(self.length).flat_map(|record| self.plainly(record)).collect()
    }
}

impl Search {
    /// Every rule separately, with walks from every peak; the data have no equal neighbours.
    fn plainly(&self, x: &[f64]) -> Vec<f64> {
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

/// The same conditions live: room for 512 maxima, a look-ahead of 2000 samples.
struct Live {
    batch: Search,
    finder: LivePeakFinder<512>,
    indices: Vec<f64>,
}

fn live(x: Vec<f64>, _channels: usize) -> Box<dyn Run> {
    let finder = LivePeakFinder::new(2000).and_then(|f| f.height(HEIGHT)).and_then(|f| f.distance(DISTANCE));
    let finder = finder.and_then(|f| f.prominence(1.0)).unwrap();
    let batch = Search {
        finder: PeakFinder::new(),
        length: x.len(),
        x,
        workspace: PeakWorkspace::new(),
        peaks: vec![],
        least_prominence: 1.0,
        height_and_distance: true,
    };
    Box::new(Live { batch, finder, indices: vec![] })
}

impl Run for Live {
    fn run(&mut self) {
        self.indices.clear();
        let mut live = self.finder.stream();
        let found = self.batch.x.iter().filter_map(|&v| live.push(v));
        self.indices.extend(found.map(|peak| peak.expect("the look-ahead is long enough").index as f64));
        while let Some(late) = live.flush() {
            self.indices.extend(late.map(|peak| peak.expect("the record is over").index as f64));
        }
    }

    fn result(&self) -> Vec<f64> {
        self.indices.clone()
    }

    fn expected(&self) -> Vec<f64> {
        self.batch.expected()
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
        Workload { name: "W2-live", unit, size, set_up: live },
    ]);
}
