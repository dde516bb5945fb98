//! Which cut-off a record asks for.

use crate::filter::{Filter, ZeroPhase};
use crate::samples::first_non_finite;
use crate::{Analysis, AnalysisExt, Error, Rate, Real, Result, Samples};
use alloc::vec::Vec;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

const OPERATION: &str = "residual analysis";
const QUANTITY: &str = "a cut-off by residual analysis";
/// Below this part of the record's own spread a residual is what the filter does at the ends, not noise.
const NOISELESS: f64 = 1e-5;
/// If the noise is this fraction of the record's spread, the rest is less than a fifth of its power.
const NOISE_ALONE: f64 = 0.9;

/// Residual analysis: the low-pass cut-off above which a record holds little but noise (Winter, *Biomechanics and Motor
/// Control of Human Movement*, 4th ed. 2009, chapter 3).
///
/// The record is low-passed (zero-phase Butterworth, -3 dB at each cut-off after both passes) at every cut-off of a grid; what each
/// removes has a root mean square, the residual. Where only noise is left to remove, the residual falls along a straight line. That
/// line, fitted over the upper part of the grid, meets the axis of 0 Hz at the noise's own root mean square; the cut-off
/// is where the residual has that height: as much signal is lost there as noise is let through.
///
/// Defaults: two poles per pass (a fourth-order filter in the field's words), 100 cut-offs up to 0.4 of the rate, line over the upper
/// half of them.
///
/// # How far to trust it
/// The result depends on what is called the straight part, and R^2 does not tell: [`ResidualCutoff::sensitivity`] returns by how much
/// the cut-off changes when the whole range moves by 10 % either way. **Where that is more than half as much, the choice of the range
/// decides** ([`ResidualCutoff::is_doubtful`]). So it is with many joint angles of runners from optical systems, whose
/// spectrum fades without reaching a floor. They gave 14 to 25 Hz (150 Hz, 2.5 to 4.5 m/s) and 20 to 38 Hz (250 Hz, 3.5 to 9.5
/// m/s) here with the default range; one and the same hip angle gave 8, 12 and 16 Hz with the highest cut-off at 20, 30 and 40
/// Hz. Published cut-offs for running (8 to 12 Hz jogging, 15 to 26 Hz sprinting) belong to such lower ranges: choose
/// [`ResidualAnalysis::highest_hz`] for your question, and state it.
///
/// With white noise upon a band with a sharp end (simulated) the intercept is the noise within 2 %, and the cut-off lies from 1.0 to 2.1
/// times the band's end, the lower the noisier. Yu et al. (1999) found no correlation between it and the cut-off that serves
/// accelerations best. One cut-off for a record with an impact in it serves neither part. Single wrong samples count as
/// noise: take them out first ([`crate::filter::SpikeRepair`]).
///
/// ```
/// use copeak::{Rate, filter::cutoff::ResidualAnalysis};
/// let rate = Rate::from_hz(200.0)?;
/// // 1.4 Hz and its harmonics to 7 Hz, and a rustle of 0.1.
/// let mut state = 1u64;
/// let x: Vec<f64> = (0..2000)
///     .map(|i| {
///         state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
///         let rustle = (state >> 11) as f64 / (1u64 << 53) as f64 - 0.5;
///         let turn = std::f64::consts::TAU * 1.4 * i as f64 / 200.0;
///         let wave: f64 = (1..=5).map(|k| 20.0 / (k * k) as f64 * (f64::from(k) * turn + f64::from(k * k)).sin()).sum();
///         wave + 0.35 * rustle
///     })
///     .collect();
/// let found = ResidualAnalysis::new(rate).apply(&x)?;
/// assert!((7.0..14.0).contains(&found.cutoff_hz));
/// assert!(found.r2 > 0.95 && !found.is_doubtful());
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[doc(alias = "optcutfreq")]
pub struct ResidualAnalysis {
    rate: Rate,
    order: usize,
    highest_hz: f64,
    points: usize,
    tail: f64,
}

/// Result of [`ResidualAnalysis`].
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ResidualCutoff {
    /// The cut-off in hertz: -3 dB after both passes of a zero-phase filter.
    pub cutoff_hz: f64,
    /// Height of the line at 0 Hz: the estimate of the noise's root mean square, in the record's unit.
    pub intercept: f64,
    /// Slope of the line, per hertz.
    pub slope: f64,
    /// Share of the residuals' variance over the line's range that the line explains.
    pub r2: f64,
    /// First and last cut-off of the line's range.
    pub range_hz: (f64, f64),
    /// The cut-off when the range lies 10 % lower, at both ends.
    pub lower_range_cutoff_hz: Option<f64>,
    /// The cut-off when the range lies 10 % higher, at both ends.
    pub higher_range_cutoff_hz: Option<f64>,
    /// The grid: cut-off in hertz, residual in the record's unit.
    pub curve: Vec<(f64, f64)>,
}

impl ResidualCutoff {
    /// Returns the larger of the two changes when the range moves by 10 %, as a fraction of the cut-off; infinite when the moved range
    /// gives none.
    pub fn sensitivity(&self) -> f64 {
        let change = |moved: Option<f64>| moved.map_or(f64::INFINITY, |f| (f / self.cutoff_hz - 1.0).abs());
        change(self.lower_range_cutoff_hz).max(change(self.higher_range_cutoff_hz))
    }

    /// Returns whether the choice of the range decides: the cut-off moves by more than half as much as the range (5 % for 10 %), or the
    /// range is not straight (R^2 below 0.9).
    pub fn is_doubtful(&self) -> bool {
        self.sensitivity() > 0.05 || self.r2 < 0.9
    }
}

impl ResidualAnalysis {
    /// With the defaults, for records taken at `rate`.
    pub fn new(rate: Rate) -> Self {
        Self { rate, order: 2, highest_hz: 0.4 * rate.as_hz(), points: 100, tail: 0.5 }
    }

    /// Sets the poles per pass, from 1 to 20; 2 unless set.
    #[must_use]
    pub fn order(self, order: usize) -> Self {
        Self { order, ..self }
    }

    /// Sets the highest cut-off of the grid: above 0 and at most 0.45 of the rate, since the range is also moved up by 10 %.
    /// 0.4 of the rate unless set.
    #[must_use]
    pub fn highest_hz(self, highest_hz: f64) -> Self {
        Self { highest_hz, ..self }
    }

    /// Sets the number of cut-offs, from 10 to 10000, evenly spaced from `highest_hz/points` to `highest_hz`; 100 unless
    /// set.
    #[must_use]
    pub fn points(self, points: usize) -> Self {
        Self { points, ..self }
    }

    /// Sets where the line's range begins, as a fraction of the highest cut-off, from 0.1 to 0.8; 0.5 unless set.
    #[must_use]
    pub fn tail_from(self, fraction: f64) -> Self {
        Self { tail: fraction, ..self }
    }

    fn check_settings(&self) -> Result<()> {
        let Self { rate, order, highest_hz, points, tail } = *self;
        let refuse = |name, rule, value| Err(Error::Parameter { name, rule, value });
        if !(1..=20).contains(&order) {
            return refuse("filter order", "from 1 to 20", order as f64);
        }
        if !(highest_hz > 0.0 && highest_hz <= 0.45 * rate.as_hz()) {
            let rule = "above 0 Hz and at most 0.45 of the sample rate";
            return refuse("highest cut-off", rule, highest_hz);
        }
        if !(10..=10_000).contains(&points) {
            return refuse("number of cut-offs", "from 10 to 10000", points as f64);
        }
        if !(0.1..=0.8).contains(&tail) {
            let rule = "from 0.1 to 0.8 of the highest cut-off";
            return refuse("start of the line's range", rule, tail);
        }
        Ok(())
    }

    /// Analyses a record.
    ///
    /// # Errors
    /// - [`Error::Parameter`] when a setting is out of its range;
    /// - [`Error::TooFew`] for a record not longer than the filter's extension, or of fewer than 32 samples, and
    ///   [`Error::NonFinite`];
    /// - [`Error::Constant`];
    /// - [`Error::Undefined`] when the record has no noise (residuals below 1e-5 of its standard deviation), or when it has little else: when
    ///   the intercept is above 0.9 of its standard deviation, or above the whole curve.
    pub fn apply<S>(&self, x: &S) -> Result<ResidualCutoff>
    where
        S: Samples + ?Sized,
        S::Item: Real,
    {
        self.check_settings()?;
        let x: Vec<f64> = x.iter_samples().map(Real::as_f64).collect();
        let mut curve = self.curve(&x)?;
        let last = self.points as f64;
        // The range, moved by a factor, in points of the grid.
        let range = |factor: f64| {
            let first = (self.tail * last * factor - 1e-9).ceil() as usize;
            first.max(1) - 1..(last * factor + 1e-9) as usize
        };
        let fit = |factor: f64| Line::through(curve[range(factor)].iter().copied());
        let undefined = |reason| Error::Undefined { quantity: QUANTITY, reason };

        let line = fit(1.0);
        let spread = spread(&x);
        if line.mean <= NOISELESS * spread {
            return Err(undefined("the record has no noise"));
        }
        let cutoff_hz = crossing(&curve, line.intercept)
            .filter(|_| line.intercept < NOISE_ALONE * spread)
            .ok_or(undefined("the line reaches the height of the record: this looks like noise alone"))?;
        let moved = |factor: f64| crossing(&curve, fit(factor).intercept);
        let (lower_range_cutoff_hz, higher_range_cutoff_hz) = (moved(0.9), moved(1.1));
        let range_hz = (curve[range(1.0).start].0, self.highest_hz);
        curve.truncate(self.points);
        Ok(ResidualCutoff {
            cutoff_hz,
            intercept: line.intercept,
            slope: line.slope,
            r2: line.r2,
            range_hz,
            lower_range_cutoff_hz,
            higher_range_cutoff_hz,
            curve,
        })
    }

    /// The residual at each cut-off of the grid, and up to a tenth beyond it.
    fn curve(&self, x: &[f64]) -> Result<Vec<(f64, f64)>> {
        if x.len() < 32 {
            return Err(Error::TooFew { operation: OPERATION, unit: "samples", needed: 32, got: x.len() });
        }
        if let Some(index) = first_non_finite(x) {
            return Err(Error::NonFinite { operation: OPERATION, index });
        }
        if x.iter().all(|v| *v == x[0]) {
            return Err(Error::Constant { operation: OPERATION });
        }
        let step = self.highest_hz / self.points as f64;
        let mut smooth = alloc::vec![0.0; x.len()];
        let mut workspace = None;
        (1..=self.points + self.points / 10)
            .map(|k| {
                let cutoff_hz = k as f64 * step;
                let filter = ZeroPhase::low_pass(self.order, cutoff_hz, self.rate)?;
                let workspace = workspace.get_or_insert_with(|| filter.workspace());
                filter.apply_into(x, &mut smooth, workspace)?;
                let square: f64 = x.iter().zip(&smooth).map(|(x, y)| (x - y) * (x - y)).sum();
                Ok((cutoff_hz, (square / x.len() as f64).sqrt()))
            })
            .collect()
    }
}

/// Standard deviation.
fn spread(x: &[f64]) -> f64 {
    crate::math::moments(x).1.sqrt()
}

/// The lowest frequency at which the curve has come down to `level`, linear between its points; `None` when it lies below it from
/// the first point on, or never comes down.
fn crossing(curve: &[(f64, f64)], level: f64) -> Option<f64> {
    curve.windows(2).find(|w| w[0].1 > level && w[1].1 <= level).map(|w| {
        let ((f0, r0), (f1, r1)) = (w[0], w[1]);
        f0 + (f1 - f0) * (r0 - level) / (r0 - r1)
    })
}

impl<S> Analysis<S> for ResidualAnalysis
where
    S: Samples + ?Sized,
    S::Item: Real,
{
    type Output = ResidualCutoff;
    fn analyze(&self, input: &S) -> Result<ResidualCutoff> {
        self.apply(input)
    }
}

impl AnalysisExt for ResidualAnalysis {}

/// Result of [`yu_cutoff`].
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct YuCutoff {
    /// The cut-off in hertz.
    pub cutoff_hz: f64,
    /// The first estimate, from the sample rate alone, in hertz.
    pub first_hz: f64,
    /// Part that the filter at the first estimate removes, as a fraction of the record's spread: root mean square over standard deviation.
    pub relative_residual: f64,
    /// Change of the cut-off, as a fraction of it, when the relative residual is 10 % smaller.
    pub sensitivity: f64,
}

/// Estimates the cut-off that serves *second derivatives* best, from sample rate and noise (Yu, Gabriel, Noble & An 1999, *J Appl Biomech*
/// 15:318-329, [doi:10.1123/jab.15.3.318](https://doi.org/10.1123/jab.15.3.318)): a second opinion to
/// [`crate::filter::cutoff::ResidualAnalysis`].
///
/// First estimate f1 = 0.071 r - 0.00003 r^2 from the rate r in hertz; then, with e the percentage of the record's standard deviation
/// that a zero-phase low-pass at f1 (two poles per pass) removes, f2 = 0.06 r - 0.000022 r^2 + 5.95/e.
///
/// **Regressions, not laws**: they were fitted to knee angles of normal gait with noise added, and the procedure is the paper's as its
/// abstract gives it; the five coefficients are as later papers quote them, and were not checked against the print. Beyond
/// some 300 Hz the first one already lies above what running needs (19 Hz), and for small noise the last term goes without bound.
///
/// ```
/// use copeak::{Rate, filter::cutoff::yu_cutoff};
/// let rate = Rate::from_hz(100.0)?;
/// let x: Vec<f64> = (0..500).map(|i| 30.0 * (i as f64 * 0.06).sin() + 0.5 * ((i * 7 % 5) as f64 - 2.0)).collect();
/// let found = yu_cutoff(&x, rate)?;
/// assert!((found.first_hz - 6.8).abs() < 1e-12);
/// assert!(found.cutoff_hz > 5.78);
/// # Ok::<(), copeak::Error>(())
/// ```
///
/// # Errors
/// As [`ZeroPhase::apply`](Filter::apply); [`Error::Constant`]; [`Error::Undefined`] when an estimate does not lie between 0 Hz and the
/// Nyquist frequency: the rate is too high for the regression (above 2366 Hz), or the record has next to no noise.
pub fn yu_cutoff<S>(x: &S, rate: Rate) -> Result<YuCutoff>
where
    S: Samples + ?Sized,
    S::Item: Real,
{
    let r = rate.as_hz();
    let undefined = |reason| Error::Undefined { quantity: "a cut-off after Yu", reason };
    let first_hz = 0.071 * r - 0.000_03 * r * r;
    if first_hz <= 0.0 {
        return Err(undefined("the sample rate lies beyond the regression"));
    }
    let x: Vec<f64> = x.iter_samples().map(Real::as_f64).collect();
    let smooth = ZeroPhase::low_pass(2, first_hz, rate)?.apply(&x)?;
    if x.iter().all(|v| *v == x[0]) {
        return Err(Error::Constant { operation: "a cut-off after Yu" });
    }
    let square: f64 = x.iter().zip(&smooth).map(|(x, y)| (x - y).powi(2)).sum();
    let relative_residual = (square / x.len() as f64).sqrt() / spread(&x);
    let second = |residual: f64| 0.06 * r - 0.000_022 * r * r + 5.95 / (100.0 * residual);
    let cutoff_hz = second(relative_residual);
    if !(cutoff_hz > 0.0 && cutoff_hz < rate.nyquist_hz()) {
        return Err(undefined("the record has next to no noise, or the rate lies beyond the regression"));
    }
    let sensitivity = second(0.9 * relative_residual) / cutoff_hz - 1.0;
    Ok(YuCutoff { cutoff_hz, first_hz, relative_residual, sensitivity })
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Line {
    intercept: f64,
    slope: f64,
    /// Share of the variance that it explains; 0 where there is none.
    r2: f64,
    /// Mean height.
    mean: f64,
}

impl Line {
    fn through(points: impl Iterator<Item = (f64, f64)> + Clone) -> Self {
        let n = points.clone().count() as f64;
        let sum = points.clone().fold((0.0, 0.0), |s, (x, y)| (s.0 + x, s.1 + y));
        let (mean_x, mean) = (sum.0 / n, sum.1 / n);
        let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
        for (x, y) in points {
            let (dx, dy) = (x - mean_x, y - mean);
            xx += dx * dx;
            xy += dx * dy;
            yy += dy * dy;
        }
        let slope = xy / xx;
        let r2 = if yy > 0.0 { xy * xy / (xx * yy) } else { 0.0 };
        Self { intercept: mean - slope * mean_x, slope, r2, mean }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_found() {
        let line = Line::through((0..10).map(|i| (f64::from(i), 3.0 - 0.5 * f64::from(i))));
        assert!((line.intercept - 3.0).abs() < 1e-14 && (line.slope + 0.5).abs() < 1e-14);
        assert!((line.r2 - 1.0).abs() < 1e-14 && (line.mean - 0.75).abs() < 1e-14);
        assert_eq!(Line::through([(1.0, 2.0), (2.0, 2.0)].into_iter()).r2, 0.0);
    }
}
