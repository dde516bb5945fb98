//! A level passed upwards between two samples, and how well its place is known.

#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// The passage between two samples, and how the curve looks there.
pub(super) struct Passage {
    /// Where between the two samples, from 0 to 1.
    pub(super) fraction: f64,
    /// From the one to the other, above 0.
    pub(super) rise: f64,
    /// Per sample, over the samples around, above 0.
    pub(super) slope: f64,
    /// The larger second difference at the two.
    pub(super) bend: f64,
}

impl Passage {
    /// Between samples `before` and the next, of a curve of `n` samples.
    pub(super) fn at(x: impl Fn(usize) -> f64, n: usize, before: usize, level: f64) -> Self {
        let (low, high) = (x(before), x(before + 1));
        let rise = high - low;
        // The sample beside a peak may itself lie below the level when the peak is that narrow.
        let fraction = if rise > 0.0 { ((level - low) / rise).min(1.0) } else { 0.0 };
        let finite = |i: usize| Some(i).filter(|&i| i < n).map(&x).filter(|v| v.is_finite());
        let (outer, inner) = (before.checked_sub(1).and_then(finite), finite(before + 2));
        // A line through four samples where they are there; one that runs against the rise comes from noise.
        let line = match (outer, inner) {
            (Some(outer), Some(inner)) => (3.0 * (inner - outer) + rise) / 10.0,
            _ => rise,
        };
        let slope = if line > 0.0 { line } else { rise };
        let bend = |a: Option<f64>, b: f64, c: f64| a.map_or(0.0, |a| (a - 2.0 * b + c).abs());
        Self { fraction, rise, slope, bend: bend(outer, low, high).max(bend(inner, high, low)) }
    }

    /// Standard error of the place in samples: the noise of the curve less that of the level, along the slope, and what a
    /// straight line misses of a bent curve.
    ///
    /// `variance` is that of the noise at a sample, `neighbours` its covariance with the next one's, and `level` what the
    /// level's own noise adds: its variance less twice its covariance with the curve's.
    pub(super) fn se(&self, variance: f64, neighbours: f64, level: f64) -> f64 {
        let (u, v) = (self.fraction, 1.0 - self.fraction);
        let curve = (u * u + v * v) * variance + 2.0 * u * v * neighbours;
        let noise = (curve + level).max(0.0) / (self.slope * self.slope);
        let line = u * v / 2.0 * self.bend / self.rise;
        (noise + line * line).sqrt()
    }
}
