//! Offset, drift, gain and level by least squares, and how sure they are.

use super::OPERATION;
use crate::filter::interpolation::Curve;
use crate::{Error, Result, Signal};
use alloc::{vec, vec::Vec};
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Level, gain, offset, drift.
const MOST: usize = 4;
const BLOCK_S: f64 = 0.5;
const MOST_BLOCKS: usize = 20;
const FEWEST_BLOCKS: usize = 4;
/// Ends left out: the filters' edges, and room for the offset to move.
const MARGIN_S: f64 = 0.1;
/// The fit may move this far from where the search put it.
const REACH_S: f64 = 0.05;

/// The samples of one channel that the other covers.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Overlap<'a> {
    signal: &'a Signal,
    first: usize,
    end: usize,
}

impl<'a> Overlap<'a> {
    /// Where `signal` and `other`, moved by `offset_s`, both are, less a margin.
    pub(super) fn of(signal: &'a Signal, other: &Signal, offset_s: f64) -> Result<Self> {
        let start_s = signal.start_s().max(other.start_s() + offset_s) + MARGIN_S;
        let end_s = signal.end_s().min(other.end_s() + offset_s) - MARGIN_S;
        let clock = signal.clock();
        let first = clock.position(start_s).ceil().max(0.0) as usize;
        let end = (clock.position(end_s).floor().max(-1.0) + 1.0) as usize;
        Self { signal, first, end: end.min(signal.samples().len()) }.checked()
    }

    /// What two overlaps of one channel share.
    pub(super) fn common(&self, other: &Self) -> Result<Self> {
        let (first, end) = (self.first.max(other.first), self.end.min(other.end));
        Self { signal: self.signal, first, end }.checked()
    }

    fn checked(self) -> Result<Self> {
        let needed = (FEWEST_BLOCKS as f64 * BLOCK_S * self.signal.clock().rate().as_hz()).ceil() as usize;
        let got = self.end.saturating_sub(self.first);
        if got >= needed.max(8) {
            Ok(self)
        } else {
            Err(Error::TooFew {
                operation: OPERATION,
                unit: "samples that overlap",
                needed: needed.max(8),
                got,
            })
        }
    }

    fn len(&self) -> usize {
        self.end - self.first
    }

    pub(super) fn duration_s(&self) -> f64 {
        self.len() as f64 / self.signal.clock().rate().as_hz()
    }
}

/// The fit of one channel to another.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fit {
    /// At the middle of the overlap.
    pub(super) offset_s: f64,
    /// Change of the offset per second.
    pub(super) drift: f64,
    /// Middle of the overlap on the first channel's clock.
    pub(super) middle_s: f64,
    /// Variances of offset and drift, and their covariance.
    pub(super) covariance: [f64; 3],
    /// Whether the drift was fitted.
    pub(super) drifts: bool,
    /// Correlation of what was fitted.
    pub(super) r: f64,
    pub(super) blocks: usize,
    /// Squared residuals of each block.
    misses: Vec<f64>,
}

impl Fit {
    /// Gauss-Newton from `offset_s` on.
    pub(super) fn new(overlap: &Overlap<'_>, curve: &Curve, offset_s: f64, drifts: bool) -> Result<Self> {
        let clock = overlap.signal.clock();
        let middle_s = 0.5 * (clock.time_s(overlap.first as f64) + clock.time_s((overlap.end - 1) as f64));
        let p = if drifts { MOST } else { MOST - 1 };
        let lost = || Error::Undefined {
            quantity: "the offset of two clocks",
            reason: "the fit leads away from the largest correlation",
        };
        let mut at = [0.0, 1.0, offset_s, 0.0];
        let mut seen = Pass::over(overlap, curve, middle_s, &at, p);
        // Level and gain to begin with.
        (at[0], at[1]) = seen.line();
        for _ in 0..50 {
            seen = Pass::over(overlap, curve, middle_s, &at, p);
            let step = solve(seen.normal, seen.gradient, p).ok_or_else(lost)?;
            at.iter_mut().zip(step).for_each(|(a, s)| *a += s);
            if !((at[2] - offset_s).abs() <= REACH_S && at[1] > 0.0) {
                return Err(lost());
            }
            if step[2].abs() < 1e-10 && step[3].abs() * overlap.duration_s() < 1e-10 {
                break;
            }
        }
        seen = Pass::over(overlap, curve, middle_s, &at, p);
        let blocks = seen.scores.len();
        let column = |j: usize| {
            let mut unit = [0.0; MOST];
            unit[j] = 1.0;
            solve(seen.normal, unit, p).ok_or_else(lost)
        };
        let (offset, drift) = (column(2)?, if drifts { column(3)? } else { [0.0; MOST] });
        // What each block adds to offset and drift; a factor for having fitted p values to it.
        let few = blocks as f64 / (blocks as f64 - p as f64).max(0.5);
        let mut covariance = [0.0; 3];
        for score in &seen.scores {
            let part = |c: &[f64; MOST]| c.iter().zip(score).map(|(c, s)| c * s).sum::<f64>();
            let (o, d) = (part(&offset), part(&drift));
            covariance[0] += few * o * o;
            covariance[1] += few * d * d;
            covariance[2] += few * o * d;
        }
        let r = (1.0 - seen.misses.iter().sum::<f64>() / seen.spread).max(0.0).sqrt();
        Ok(Self {
            offset_s: at[2],
            drift: at[3],
            middle_s,
            covariance,
            drifts,
            r,
            blocks,
            misses: seen.misses,
        })
    }

    /// Whether this fit misses less than another, by more than two standard errors over the blocks.
    pub(super) fn beats(&self, other: &Self) -> bool {
        let n = self.blocks as f64;
        let gain = || self.misses.iter().zip(&other.misses).map(|(mine, theirs)| theirs - mine);
        let mean = gain().sum::<f64>() / n;
        let variance = gain().map(|g| (g - mean).powi(2)).sum::<f64>() / (n - 1.0);
        mean > 2.0 * (variance / n).sqrt()
    }
}

/// One pass over the overlap at given values.
struct Pass {
    normal: [[f64; MOST]; MOST],
    gradient: [f64; MOST],
    /// The gradient's part of each block.
    scores: Vec<[f64; MOST]>,
    misses: Vec<f64>,
    /// Squares of the first channel about its mean.
    spread: f64,
    /// Sums for level and gain: a, b, ab, bb, n.
    sums: [f64; 5],
}

impl Pass {
    fn over(overlap: &Overlap<'_>, curve: &Curve, middle_s: f64, at: &[f64; MOST], p: usize) -> Self {
        let &[level, gain, offset_s, drift] = at;
        let n = overlap.len();
        let blocks = ((overlap.duration_s() / BLOCK_S) as usize).clamp(FEWEST_BLOCKS, MOST_BLOCKS);
        let mut pass = Self {
            normal: [[0.0; MOST]; MOST],
            gradient: [0.0; MOST],
            scores: vec![[0.0; MOST]; blocks],
            misses: vec![0.0; blocks],
            spread: 0.0,
            sums: [0.0; 5],
        };
        let clock = overlap.signal.clock();
        let x = &overlap.signal.samples()[overlap.first..overlap.end];
        let mean = x.iter().sum::<f64>() / n as f64;
        for (i, &a) in x.iter().enumerate() {
            let since_s = clock.time_s((overlap.first + i) as f64) - middle_s;
            let time_s = middle_s + since_s - offset_s - drift * since_s;
            // The margin keeps the times inside; a drift beyond all reason may leave, and then the last piece goes on.
            let b = curve.extrapolated_at(time_s);
            let slope = curve.derivative_at(time_s);
            let slope = if slope.is_finite() { -gain * slope } else { 0.0 };
            let column = [1.0, b, slope, slope * since_s];
            let miss = a - level - gain * b;
            let block = i * blocks / n;
            for j in 0..p {
                for k in 0..p {
                    pass.normal[j][k] += column[j] * column[k];
                }
                pass.gradient[j] += column[j] * miss;
                pass.scores[block][j] += column[j] * miss;
            }
            pass.misses[block] += miss * miss;
            pass.spread += (a - mean).powi(2);
            let sums = [a, b, a * b, b * b, 1.0];
            pass.sums.iter_mut().zip(sums).for_each(|(total, s)| *total += s);
        }
        pass
    }

    /// Level and gain of the straight line of one channel on the other.
    fn line(&self) -> (f64, f64) {
        let [a, b, ab, bb, n] = self.sums;
        let gain = (ab - a * b / n) / (bb - b * b / n);
        ((a - gain * b) / n, gain)
    }
}

/// Solves the first p of the equations; `None` when they have no single solution.
fn solve(mut m: [[f64; MOST]; MOST], mut y: [f64; MOST], p: usize) -> Option<[f64; MOST]> {
    // Level, gain, offset and drift have units of their own: scaled to a unit diagonal.
    let scale: [f64; MOST] = core::array::from_fn(|i| if i < p { 1.0 / m[i][i].sqrt() } else { 0.0 });
    for i in 0..p {
        (0..p).for_each(|j| m[i][j] *= scale[i] * scale[j]);
        y[i] *= scale[i];
    }
    for i in 0..p {
        let pivot = (i..p).max_by(|&a, &b| m[a][i].abs().total_cmp(&m[b][i].abs()))?;
        let singular = m[pivot][i].abs() <= 1e-12 || m[pivot][i].is_nan();
        if singular {
            return None;
        }
        m.swap(i, pivot);
        y.swap(i, pivot);
        for row in i + 1..p {
            let factor = m[row][i] / m[i][i];
            (i..p).for_each(|k| m[row][k] -= factor * m[i][k]);
            y[row] -= factor * y[i];
        }
    }
    let mut x = [0.0; MOST];
    for i in (0..p).rev() {
        x[i] = (y[i] - (i + 1..p).map(|k| m[i][k] * x[k]).sum::<f64>()) / m[i][i];
    }
    (0..p).for_each(|i| x[i] *= scale[i]);
    Some(x)
}
