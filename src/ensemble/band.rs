//! The mean curve with its uncertainty, point by point and as a whole.

use super::Rows;
use crate::inference::distribution::{student_cdf, student_quantile};
use crate::inference::draw::Draws;
use crate::inference::{checked_level, effective_size};
use crate::math::quantile;
use crate::{Error, Real, Result};
use alloc::{vec, vec::Vec};
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Upper limit of replicates, more than any band needs.
const MOST_REPLICATES: usize = 1_000_000;

/// Finds the band around the mean of curves, one per stride.
///
/// - **Pointwise**: the t-interval of [`crate::inference::t_interval`] at every point. At 101 points five are expected outside
///   by chance, so it does not apply to the whole curve.
/// - **Simultaneous**: covers the whole mean curve with the level's probability, by a wild bootstrap of the largest |t|: in
///   each replicate every curve's deviation from the mean keeps or changes its sign at random, and the largest
///   studentised mean over the curve is recorded. The quantile of these maxima at the level is the half width in standard
///   errors. Sign changes assume that deviations are symmetric; n curves have 2^(n-1) of them, so at 95 % there is no
///   band below six curves.
///
/// Neighbouring strides resemble each other: one autocorrelation, pooled over the points and corrected for bias as in
/// [`crate::inference::autocorrelation`], widens both.
///
/// Bands at 95 % covered the whole of a simulated smooth mean curve in 95.3 to 96.1 % of 2000 sessions of 6 to 50 independent
/// strides, and in 93.9 to 95.3 % of sessions of 25 and 50 strides with autocorrelation 0.25 and 0.5
/// (`tests/it/ensemble/calibration.rs`).
///
/// ```
/// use copeak::ensemble::CurveBand;
/// let curves: Vec<Vec<f64>> = (0..12)
///     .map(|stride| (0..101).map(|i| (f64::from(i) * 0.06).sin() + 0.1 * f64::from((stride * 7 + i / 20) % 5)).collect())
///     .collect();
/// let band = CurveBand::new(1).of(&curves)?;
/// let (point, whole) = (band.pointwise.unwrap(), band.simultaneous.unwrap());
/// assert!((0..101).all(|i| whole.low[i] <= point.low[i] && point.high[i] <= whole.high[i]));
/// # Ok::<(), copeak::Error>(())
/// ```
#[doc(alias("confidence band", "bootstrap band"))]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CurveBand {
    seed: u64,
    replicates: usize,
    level: f64,
}

/// A mean curve with its bands; returned by [`CurveBand::of`].
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SimultaneousBand {
    /// Mean curve.
    pub mean: Vec<f64>,
    /// Standard error of the mean curve.
    pub se: Vec<f64>,
    /// Separate interval of each point; `None` below three curves, and where their autocorrelation leaves no more than one
    /// independent curve.
    pub pointwise: Option<Edges>,
    /// Band of the whole curve; `None` in the same cases, and where there are too few sign changes for the level.
    pub simultaneous: Option<Edges>,
    /// Confidence level of both.
    pub level: f64,
    /// Number of curves.
    pub n: usize,
    /// Autocorrelation of neighbouring curves that both allow for, in [0, 0.9].
    pub autocorrelation: f64,
    /// Whether there are too few curves to hold the level: fewer than 10.
    pub approximate: bool,
}

/// Lower and upper edge of a band.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Edges {
    /// Lower edge.
    pub low: Vec<f64>,
    /// Upper edge.
    pub high: Vec<f64>,
}

impl Edges {
    fn around(mean: &[f64], se: &[f64], reach: f64) -> Self {
        let edge = |by: f64| mean.iter().zip(se).map(|(m, se)| m + by * se).collect();
        Self { low: edge(-reach), high: edge(reach) }
    }
}

impl CurveBand {
    /// Creates a band with 1000 replicates at level 0.95.
    pub fn new(seed: u64) -> Self {
        Self { seed, replicates: 1000, level: 0.95 }
    }

    /// Sets the number of replicates, from 1 to 1,000,000.
    #[must_use]
    pub fn replicates(self, replicates: usize) -> Self {
        Self { replicates, ..self }
    }

    /// Sets the confidence level, in (0, 1).
    #[must_use]
    pub fn level(self, level: f64) -> Self {
        Self { level, ..self }
    }

    /// Computes the band of curves of equal length, in order of time.
    ///
    /// # Errors
    /// [`Error::TooFew`] without curves or points; [`Error::LengthMismatch`]; [`Error::NonFinite`] with the index of the first
    /// curve that holds a NaN or infinite value; [`Error::Parameter`] for replicates or a level outside their range.
    pub fn of<C: AsRef<[T]>, T: Real>(&self, curves: &[C]) -> Result<SimultaneousBand> {
        checked_level(self.level)?;
        if !(1..=MOST_REPLICATES).contains(&self.replicates) {
            let (name, rule) = ("replicates", "from 1 to 1000000");
            return Err(Error::Parameter { name, rule, value: self.replicates as f64 });
        }
        let mut rows = Rows::of(curves, "the band of a mean curve", 1)?;
        let (n, level) = (rows.n, self.level);
        let mean = rows.mean();
        rows.subtract(&mean);
        let squares = rows.squares();
        rows.standardise(&squares, &mean);
        let r = pooled_autocorrelation(&rows);
        let size = effective_size(n, r);
        let freedom = (n as f64 - 1.0).max(1.0);
        let se: Vec<f64> = squares.iter().map(|s| (s / freedom / size).sqrt()).collect();
        let sure = n >= 3 && size > 1.0;
        let point = student_quantile(0.5 + level / 2.0, size - 1.0);
        // All sign changes except mirrored ones; the level must leave at least one of them outside.
        let enough = sure && 2.0_f64.powi(n.min(1000) as i32 - 1) * (1.0 - level) >= 1.0;
        let whole = enough.then(|| {
            // Autocorrelated deviations are worth fewer: the same tail probability of a t with their degrees of freedom.
            let tail = 1.0 - student_cdf(self.largest_t(&rows), freedom);
            student_quantile(1.0 - tail, size - 1.0).max(point)
        });
        Ok(SimultaneousBand {
            pointwise: sure.then(|| Edges::around(&mean, &se, point)),
            simultaneous: whole.map(|reach| Edges::around(&mean, &se, reach)),
            mean,
            se,
            level,
            n,
            autocorrelation: r,
            approximate: n < 10,
        })
    }

    /// Returns the level's quantile of the largest |t| of the mean over the curve when signs are changed at random.
    ///
    /// Rows have unit sum of squares at each point, so with S = sum of e_j y_j the studentised mean is
    /// S √((n-1)/(n - S²)).
    fn largest_t(&self, rows: &Rows) -> f64 {
        let n = rows.n as f64;
        let mut draws = Draws::new(self.seed);
        let mut sum = vec![0.0; rows.points];
        let mut maxima = Vec::with_capacity(self.replicates);
        for _ in 0..self.replicates {
            sum.fill(0.0);
            for row in rows.iter() {
                let sign = if draws.below(2) == 0 { 1.0 } else { -1.0 };
                sum.iter_mut().zip(row).for_each(|(s, x)| *s += sign * x);
            }
            let top = sum.iter().fold(0.0_f64, |top, s| top.max(s.abs()));
            maxima.push(top * ((n - 1.0) / (n - top * top).max(1e-12)).sqrt());
        }
        maxima.sort_unstable_by(f64::total_cmp);
        quantile(&maxima, self.level)
    }
}

/// Returns the autocorrelation of neighbouring rows, with products and squares pooled over all points; its bias is
/// corrected as for single numbers.
fn pooled_autocorrelation(rows: &Rows) -> f64 {
    let all: f64 = rows.values.iter().map(|x| x * x).sum();
    if rows.n < 2 || all <= 0.0 {
        return 0.0;
    }
    let next = rows.iter().zip(rows.iter().skip(1));
    let products: f64 = next.map(|(a, b)| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>()).sum();
    let r1 = products / all;
    (r1 + (1.0 + 3.0 * r1) / rows.n as f64).clamp(0.0, 0.9)
}
