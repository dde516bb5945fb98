//! The first offset: the largest correlation on a coarse grid.

use super::OPERATION;
use crate::math::Vertex;
use crate::{Error, Result, Signal};
use alloc::vec::Vec;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Finer than this the fit takes over.
const GRID_HZ: f64 = 100.0;
/// Least share of the shorter channel that must overlap.
const LEAST_OVERLAP: f64 = 0.5;

/// An offset at which the channels correlate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Candidate {
    /// Add it to the second channel's times.
    pub(super) offset_s: f64,
    r: f64,
}

/// The offset of the largest correlation, and that of the second-largest local maximum.
pub(super) fn search(first: &Signal, second: &Signal, most_s: f64) -> Result<(Candidate, Option<Candidate>)> {
    let rate = GRID_HZ.min(first.clock().rate().as_hz()).min(second.clock().rate().as_hz());
    let (a, b) = (gridded(first, rate), gridded(second, rate));
    let (a, b) = (Sums::of(a), Sums::of(b));
    let least = ((LEAST_OVERLAP * a.len().min(b.len()) as f64).ceil() as isize).max(4);
    // The second channel's grid point 0 lies on the first's point `shift` when the offset is this:
    let offset_of = |shift: f64| first.start_s() - second.start_s() + shift / rate;
    let from = ((-most_s - offset_of(0.0)) * rate).ceil();
    let to = ((most_s - offset_of(0.0)) * rate).floor();
    let (low, high) = (least - b.len() as isize, a.len() as isize - least);
    let (from, to) = ((from as isize).max(low), (to as isize).min(high));
    if to - from < 2 {
        let got = (to - from + 1).max(0) as usize;
        return Err(Error::TooFew {
            operation: OPERATION,
            unit: "offsets with half an overlap",
            needed: 3,
            got,
        });
    }
    let r: Vec<f64> = (from..=to).map(|shift| correlation(&a, &b, shift)).collect();
    let mut maxima: Vec<Candidate> = Vec::new();
    for i in 1..r.len() - 1 {
        if r[i] > 0.0 && r[i] > r[i - 1] && r[i] >= r[i + 1] {
            let vertex = Vertex::of(r[i - 1], r[i], r[i + 1]);
            let shift = (from + i as isize) as f64 + vertex.shift;
            maxima.push(Candidate { offset_s: offset_of(shift), r: vertex.value });
        }
    }
    maxima.sort_by(|a, b| b.r.total_cmp(&a.r));
    let top = r.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let undefined = |reason| Err(Error::Undefined { quantity: "the offset of two clocks", reason });
    match maxima.first() {
        _ if top.is_nan() || top <= 0.0 => undefined("the channels rise together at no offset"),
        Some(best) if best.r >= top => Ok((*best, maxima.get(1).copied())),
        _ => undefined("the correlation is highest at the largest offset looked at"),
    }
}

/// Means of the samples around each point of a grid: what is faster than the grid is averaged out.
fn gridded(signal: &Signal, rate: f64) -> Vec<f64> {
    let ratio = signal.clock().rate().as_hz() / rate;
    let x = signal.samples();
    let n = ((x.len() - 1) as f64 / ratio).floor() as usize + 1;
    let around = |i: usize| {
        let middle = i as f64 * ratio;
        let first = (middle - 0.5 * ratio).ceil().max(0.0) as usize;
        let last = ((middle + 0.5 * ratio).floor() as usize).min(x.len() - 1);
        let between = || signal.value_at(signal.clock().time_s(middle)).unwrap_or(x[x.len() - 1]);
        // Fewer than three samples have no centre on the point.
        if last < first + 2 {
            between()
        } else {
            x[first..=last].iter().sum::<f64>() / (last - first + 1) as f64
        }
    };
    (0..n).map(around).collect()
}

/// Samples less their mean, with running sums for means and norms of any stretch.
struct Sums {
    x: Vec<f64>,
    sum: Vec<f64>,
    squares: Vec<f64>,
}

impl Sums {
    fn of(mut x: Vec<f64>) -> Self {
        let mean = x.iter().sum::<f64>() / x.len() as f64;
        x.iter_mut().for_each(|x| *x -= mean);
        let running = |value: fn(f64) -> f64| {
            let mut total = 0.0;
            let sums = x.iter().map(|&x| {
                total += value(x);
                total
            });
            core::iter::once(0.0).chain(sums).collect::<Vec<f64>>()
        };
        let (sum, squares) = (running(|x| x), running(|x| x * x));
        Self { x, sum, squares }
    }

    fn len(&self) -> usize {
        self.x.len()
    }

    /// Sum, and squares about the mean, of a stretch.
    fn stretch(&self, first: usize, n: usize) -> (f64, f64) {
        let sum = self.sum[first + n] - self.sum[first];
        (sum, self.squares[first + n] - self.squares[first] - sum * sum / n as f64)
    }
}

/// Pearson correlation of what overlaps when the second is shifted; 0 where either does not vary.
fn correlation(a: &Sums, b: &Sums, shift: isize) -> f64 {
    let first = shift.max(0) as usize;
    let other = (-shift).max(0) as usize;
    let n = (a.len() - first).min(b.len() - other);
    let ((sa, va), (sb, vb)) = (a.stretch(first, n), b.stretch(other, n));
    let products: f64 =
        a.x[first..first + n].iter().zip(&b.x[other..other + n]).map(|(a, b)| a * b).sum::<f64>();
    let norm = (va * vb).sqrt();
    // What rounding leaves of a stretch that does not vary is no variation.
    let least = 1e-12 * (a.squares[a.len()] * b.squares[b.len()]).sqrt();
    if norm > least { (products - sa * sb / n as f64) / norm } else { 0.0 }
}
