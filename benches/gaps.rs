//! Interpolation onto another clock, and gap filling, buffers reused where there are any.

mod support;

use copeak::filter::state::{GapScratch, Workspace};
use copeak::filter::{Filter, GapFill, Interpolation, Regrid};
use copeak::{Clock, Rate, Signal};
use support::{Run, Workload};

const RATE_HZ: f64 = 1000.0;
/// A hair faster, and between the samples.
const NEW_RATE_HZ: f64 = 1000.003;
const START_S: f64 = 0.000_37;

struct Onto {
    signal: Signal,
    to: Regrid,
    method: Interpolation,
    y: Vec<f64>,
}

fn onto(x: Vec<f64>, method: Interpolation) -> Box<dyn Run> {
    let clock = |hz, start_s| Clock::new(Rate::from_hz(hz).unwrap(), start_s).unwrap();
    let y = vec![0.0; x.len() - 10];
    let to = Regrid::new(clock(NEW_RATE_HZ, START_S)).method(method);
    Box::new(Onto { signal: Signal::new(clock(RATE_HZ, 0.0), x), to, method, y })
}

impl Run for Onto {
    fn run(&mut self) {
        self.to.apply_into(&self.signal, &mut self.y).unwrap();
    }

    fn result(&self) -> Vec<f64> {
        self.y.clone()
    }

    /// Through the times of the knots, one search and one value at a time.
    fn expected(&self) -> Vec<f64> {
        let t: Vec<f64> = (0..self.signal.samples().len()).map(|i| i as f64 / RATE_HZ).collect();
        let curve = self.method.through(&t, self.signal.samples()).unwrap();
        (0..self.y.len()).map(|k| curve.at(START_S + k as f64 / NEW_RATE_HZ)).collect()
    }
}

struct Fill {
    fill: GapFill,
    x: Vec<f64>,
    y: Vec<f64>,
    workspace: Workspace<f64, GapScratch<f64>>,
}

/// Ten samples of every thousand are missing: the data's NaN, or those planted here.
fn fill(mut x: Vec<f64>, _channels: usize) -> Box<dyn Run> {
    if !x.iter().any(|x| x.is_nan()) {
        (40..x.len() - 20).step_by(1000).for_each(|at| x[at..at + 10].fill(f64::NAN));
    }
    let fill = GapFill::new(Rate::from_hz(RATE_HZ).unwrap());
    let (y, workspace) = (vec![0.0; x.len()], fill.workspace());
    Box::new(Fill { fill, x, y, workspace })
}

impl Run for Fill {
    fn run(&mut self) {
        self.fill.apply_into(&self.x, &mut self.y, &mut self.workspace).unwrap();
    }

    fn result(&self) -> Vec<f64> {
        self.y.clone()
    }

    /// The four samples on each side of every gap, and the spline through them.
    fn expected(&self) -> Vec<f64> {
        let mut y = self.x.clone();
        for at in (0..y.len()).filter(|i| self.x[*i].is_nan()) {
            let start = (0..at).rev().find(|i| !self.x[*i].is_nan()).unwrap();
            let end = (at..y.len()).find(|i| !self.x[*i].is_nan()).unwrap();
            let knots: Vec<usize> = (start - 3..=start).chain(end..end + 4).collect();
            let t: Vec<f64> = knots.iter().map(|i| *i as f64).collect();
            let x: Vec<f64> = knots.iter().map(|i| self.x[*i]).collect();
            y[at] = Interpolation::Cubic.through(&t, &x).unwrap().at(at as f64);
        }
        y
    }
}

fn main() {
    let unit = "sample";
    let size = (1, 1_000_000);
    support::main(&[
        Workload { name: "clock-cubic", unit, size, set_up: |x, _| onto(x, Interpolation::Cubic) },
        Workload { name: "clock-pchip", unit, size, set_up: |x, _| onto(x, Interpolation::Pchip) },
        Workload { name: "gaps", unit, size, set_up: fill },
    ]);
}
