//! Which cut-off a record asks for.

mod line;
mod yu;

pub use yu::{YuCutoff, yu_cutoff};

use super::{Filter, ZeroPhase};
use crate::samples::first_non_finite;
use crate::{Analysis, AnalysisExt, Error, Rate, Real, Result, Samples};
use alloc::vec::Vec;
use line::Line;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

const OPERATION: &str = "residual analysis";
const QUANTITY: &str = "a cut-off by residual analysis";
/// Below this part of the record's own spread a residual is rounding.
const ROUNDING: f64 = 1e-9;

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
/// The result depends on what is called the straight part; [`ResidualCutoff::sensitivity`] says by how much it changes when that
/// part begins 10 % lower or higher, and [`ResidualCutoff::r2`] how straight it is. For white noise the residual is not a straight
/// line but bends down towards the Nyquist frequency, so the intercept comes out above the noise (10 to 20 %) and the
/// cut-off low. Yu et al. (1999) found no correlation between it and the cut-off that serves accelerations best, and found it too low
/// for them. It answers "up to where is there signal", for the record itself; velocities and accelerations of it may need
/// more smoothing. One cut-off for a record with an impact in it serves neither part.
///
/// ```
/// use copeak::{Rate, filter::ResidualAnalysis};
/// let rate = Rate::hz(200.0)?;
/// // 1.4 Hz and its harmonics to 7 Hz, and a rustle of 0.1.
/// let x: Vec<f64> = (0..2000)
///     .map(|i| {
///         let turn = std::f64::consts::TAU * 1.4 * i as f64 / 200.0;
///         let wave: f64 = (1..=5).map(|k| 20.0 / (k * k) as f64 * (f64::from(k) * turn + f64::from(k * k)).sin()).sum();
///         wave + 0.1 * (((i * 7919) % 101) as f64 / 29.0 - 1.74)
///     })
///     .collect();
/// let found = ResidualAnalysis::new(rate).apply(&x)?;
/// assert!((7.0..14.0).contains(&found.cutoff_hz), "{}", found.cutoff_hz);
/// assert!(found.r2 > 0.95);
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

/// What [`ResidualAnalysis`] found.
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
    /// The cut-off when the range begins 10 % lower.
    pub lower_range_cutoff_hz: Option<f64>,
    /// The cut-off when the range begins 10 % higher.
    pub higher_range_cutoff_hz: Option<f64>,
    /// The grid: cut-off in hertz, residual in the record's unit.
    pub curve: Vec<(f64, f64)>,
}

impl ResidualCutoff {
    /// The larger of the two changes when the range moves by 10 %, as a part of the cut-off; infinite when the moved range
    /// gives none.
    pub fn sensitivity(&self) -> f64 {
        let change = |moved: Option<f64>| moved.map_or(f64::INFINITY, |f| (f / self.cutoff_hz - 1.0).abs());
        change(self.lower_range_cutoff_hz).max(change(self.higher_range_cutoff_hz))
    }

    /// Whether the choice of the range decides: a move of 10 % changes the cut-off by more than that, or the range is not
    /// straight (R^2 below 0.9).
    pub fn is_doubtful(&self) -> bool {
        self.sensitivity() > 0.1 || self.r2 < 0.9
    }
}

impl ResidualAnalysis {
    /// With the defaults, for records taken at `rate`.
    pub fn new(rate: Rate) -> Self {
        Self { rate, order: 2, highest_hz: 0.4 * rate.as_hz(), points: 100, tail: 0.5 }
    }

    /// Poles per pass.
    ///
    /// # Errors
    /// [`Error::Parameter`] when it is not from 1 to 20.
    pub fn with_order(self, order: usize) -> Result<Self> {
        if !(1..=20).contains(&order) {
            let (name, rule) = ("filter order", "from 1 to 20");
            return Err(Error::Parameter { name, rule, value: order as f64 });
        }
        Ok(Self { order, ..self })
    }

    /// The grid: `points` cut-offs, evenly spaced, the last one at `highest_hz` (the first at `highest_hz/points`).
    ///
    /// # Errors
    /// [`Error::Cutoff`] when the highest is not between 0 and the Nyquist frequency; [`Error::Parameter`] when there are not
    /// from 10 to 10000 points.
    pub fn with_grid(self, highest_hz: f64, points: usize) -> Result<Self> {
        let nyquist_hz = self.rate.nyquist_hz();
        if !(highest_hz > 0.0 && highest_hz < nyquist_hz) {
            return Err(Error::Cutoff { cutoff_hz: highest_hz, nyquist_hz });
        }
        if !(10..=10_000).contains(&points) {
            let (name, rule) = ("number of cut-offs", "from 10 to 10000");
            return Err(Error::Parameter { name, rule, value: points as f64 });
        }
        Ok(Self { highest_hz, points, ..self })
    }

    /// Where the line's range begins, as a part of the highest cut-off.
    ///
    /// # Errors
    /// [`Error::Parameter`] when it is not from 0.1 to 0.8.
    pub fn with_tail_from(self, part: f64) -> Result<Self> {
        if !(0.1..=0.8).contains(&part) {
            let (name, rule) = ("start of the line's range", "from 0.1 to 0.8 of the highest cut-off");
            return Err(Error::Parameter { name, rule, value: part });
        }
        Ok(Self { tail: part, ..self })
    }

    /// Analyse a record.
    ///
    /// # Errors
    /// - [`Error::TooFew`] for a record not longer than the filter's extension, or of fewer than 32 samples, and
    ///   [`Error::NonFinite`];
    /// - [`Error::Constant`];
    /// - [`Error::Undefined`] when the record has no noise above rounding, or when the line lies above the whole curve: such a
    ///   record is noise, or its signal lies below the grid's first cut-off.
    pub fn apply<S>(&self, x: &S) -> Result<ResidualCutoff>
    where
        S: Samples + ?Sized,
        S::Item: Real,
    {
        let x: Vec<f64> = x.iter_samples().map(Real::wide).collect();
        let curve = self.curve(&x)?;
        let spread = spread(&x);
        let from = self.tail * self.highest_hz;
        let fit =
            |from: f64| Line::through(curve.iter().filter(|(f, _)| *f >= from * (1.0 - 1e-12)).copied());
        let undefined = |reason| Error::Undefined { quantity: QUANTITY, reason };

        let line = fit(from);
        if line.mean <= ROUNDING * spread {
            return Err(undefined("the record has no noise above rounding"));
        }
        let cutoff_hz = crossing(&curve, line.intercept)
            .ok_or(undefined("the line lies above the whole curve: this looks like noise alone"))?;
        let moved = |factor: f64| crossing(&curve, fit(from * factor).intercept);
        let first = curve.iter().map(|(f, _)| *f).find(|f| *f >= from * (1.0 - 1e-12));
        Ok(ResidualCutoff {
            cutoff_hz,
            intercept: line.intercept,
            slope: line.slope,
            r2: line.r2,
            range_hz: (first.unwrap_or(from), self.highest_hz),
            lower_range_cutoff_hz: moved(0.9),
            higher_range_cutoff_hz: moved(1.1),
            curve,
        })
    }

    /// The residual at each cut-off of the grid.
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
        (1..=self.points)
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
    crate::numeric::moments(x).1.sqrt()
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
