//! W1w: filters of a moving window, over one long channel, buffers reused.

mod support;

use copeak::filter::moving::Edge;
use copeak::filter::state::Workspace;
use copeak::filter::{Filter, Hampel, MovingMean, MovingMedian, MovingRms, SavitzkyGolay};
use support::{Run, Workload};

/// Expected output of the filter, the slow way.
type Obvious = Box<dyn Fn(&[f64]) -> Vec<f64>>;

struct Windowed<F: Filter<f64>> {
    filter: F,
    x: Vec<f64>,
    y: Vec<f64>,
    workspace: Workspace<f64, F::Scratch>,
    obvious: Obvious,
}

impl<F: Filter<f64>> Run for Windowed<F> {
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

fn windowed<F>(x: Vec<f64>, filter: F, obvious: impl Fn(&[f64]) -> Vec<f64> + 'static) -> Box<dyn Run>
where
    F: Filter<f64> + 'static,
{
    let workspace = filter.workspace();
    Box::new(Windowed { filter, y: vec![0.0; x.len()], x, workspace, obvious: Box::new(obvious) })
}

/// Every window of the record mirrored at its ends, reduced separately.
fn reduced(x: &[f64], window: usize, reduce: impl Fn(&[f64], usize) -> f64) -> Vec<f64> {
    let (n, half) = (x.len() as isize, window as isize / 2);
    let at = |i: isize| {
        let turn = i.rem_euclid(2 * n - 2);
        x[turn.min(2 * n - 2 - turn) as usize]
    };
    (0..n)
        .map(|i| {
            let held: Vec<f64> = (i - half..=i + half).map(at).collect();
            reduce(&held, half as usize)
        })
        .collect()
}

fn median(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// A cubic's value in the middle: Legendre polynomials of the window, normalised on it.
fn cubic(held: &[f64], half: usize) -> f64 {
    let m = half as f64;
    // Over -m..m: 1 and k^2 less its mean; the middle of the best parabola is that of the best cubic.
    let count = 2.0 * m + 1.0;
    let mean = m * (m + 1.0) / 3.0;
    let even = |i: usize| (i as f64 - m).powi(2) - mean;
    let square: f64 = (0..held.len()).map(|i| even(i).powi(2)).sum();
    let (sum, product) = held.iter().enumerate().fold((0.0, 0.0), |(s, p), (i, x)| (s + x, p + x * even(i)));
    sum / count - mean * product / square
}

fn savgol<const W: usize>(x: Vec<f64>, _: usize) -> Box<dyn Run> {
    let filter = SavitzkyGolay::new(W, 3).unwrap().edge(Edge::Mirror);
    windowed(x, filter, |x| reduced(x, W, cubic))
}

fn mean<const W: usize>(x: Vec<f64>, _: usize) -> Box<dyn Run> {
    let filter = MovingMean::new(W).unwrap().edge(Edge::Mirror);
    windowed(x, filter, |x| reduced(x, W, |held, _| held.iter().sum::<f64>() / W as f64))
}

fn rms<const W: usize>(x: Vec<f64>, _: usize) -> Box<dyn Run> {
    let filter = MovingRms::new(W).unwrap().edge(Edge::Mirror);
    windowed(x, filter, |x| {
        reduced(x, W, |held, _| (held.iter().map(|v| v * v).sum::<f64>() / W as f64).sqrt())
    })
}

fn middle<const W: usize>(x: Vec<f64>, _: usize) -> Box<dyn Run> {
    let filter = MovingMedian::new(W).unwrap().edge(Edge::Mirror);
    windowed(x, filter, |x| reduced(x, W, |held, _| median(held)))
}

fn hampel(x: Vec<f64>, _: usize) -> Box<dyn Run> {
    let filter = Hampel::new(11, 3.0).unwrap().edge(Edge::Mirror);
    windowed(x, filter, |x| {
        reduced(x, 11, |held, half| {
            let middle = median(held);
            let distances: Vec<f64> = held.iter().map(|v| (v - middle).abs()).collect();
            let scale = 1.482_602_218_505_602 * median(&distances);
            if (held[half] - middle).abs() > 3.0 * scale { middle } else { held[half] }
        })
    })
}

fn main() {
    let of = |name, set_up| Workload { name, unit: "sample", size: (1, 1_000_000), set_up };
    support::main(&[
        of("savgol-11", savgol::<11>),
        of("savgol-101", savgol::<101>),
        of("savgol-1001", savgol::<1001>),
        of("mean-11", mean::<11>),
        of("mean-101", mean::<101>),
        of("mean-1001", mean::<1001>),
        of("rms-101", rms::<101>),
        of("median-11", middle::<11>),
        of("median-101", middle::<101>),
        of("median-1001", middle::<1001>),
        of("hampel-11", hampel),
    ]);
}
