//! Repeated measurements: how well they agree, and the number of strides that one needs.

use super::distribution::{fisher_quantile, normal_quantile, student_quantile};
use super::estimate::{Estimate, Interval, IntervalMethod};
use super::{autocorrelation, checked_level, effective_size};
use crate::format::{count, number};
use crate::math::moments;
use crate::{Error, Result};
use core::fmt;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Reliability of a measure of several runners in several sessions.
///
/// Two-way random effects, absolute agreement, single measurement: ICC(2,1) of Shrout & Fleiss (1979), ICC(A,1) of McGraw &
/// Wong (1996), *Psychol Methods* 1:30-46,
/// [doi:10.1037/1082-989X.1.1.30](https://doi.org/10.1037/1082-989X.1.1.30), with the latter's interval.
///
/// ```
/// use copeak::inference::reliability::Reliability;
/// // Kappa of five runners on two days.
/// let days = [[0.40, 0.42], [0.51, 0.47], [0.33, 0.36], [0.60, 0.58], [0.45, 0.49]];
/// let kappa = Reliability::of(&days, 0.95)?;
/// assert!(kappa.icc.value > 0.9);
/// // One runner's kappa must move by more than this from one day to the next.
/// assert!((kappa.minimal_change - 1.96 * 2f64.sqrt() * kappa.sem).abs() < 1e-5);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
#[doc(alias = "intraclass_corr")]
pub struct Reliability {
    /// ICC(2,1): the share of the variance of single measurements that lies between runners; may be negative.
    pub icc: Estimate,
    /// Standard error of measurement, in the measure's unit: SD of one runner's measurements over sessions, systematic
    /// differences between sessions included. Its square is the variance of single measurements times 1 - ICC.
    pub sem: f64,
    /// Minimal detectable change, in the measure's unit: by how much two measurements of one runner differ by chance at the
    /// level's limit, z sqrt(2) SEM.
    pub minimal_change: f64,
    /// Mean square between runners.
    pub between_runners: f64,
    /// Mean square between sessions.
    pub between_sessions: f64,
    /// Mean square of the residuals.
    pub residual: f64,
    /// Number of runners.
    pub runners: usize,
    /// Number of sessions.
    pub sessions: usize,
}

impl Reliability {
    /// Measures the reliability from one row per runner with one value per session.
    ///
    /// There is no interval where its ends are not finite, as for measurements without any scatter. It is marked approximate
    /// below 10 runners.
    ///
    /// # Errors
    /// [`Error::TooFew`] below two runners or sessions, [`Error::LengthMismatch`] for rows of different lengths,
    /// [`Error::NonFinite`] (the index counts over all rows), [`Error::Constant`] when all values are equal,
    /// [`Error::Parameter`] for a level outside (0, 1).
    pub fn of<R: AsRef<[f64]>>(rows: &[R], level: f64) -> Result<Self> {
        let operation = "reliability";
        let level = checked_level(level)?;
        let sessions = rows.first().map_or(0, |row| row.as_ref().len());
        if rows.len() < 2 {
            return Err(Error::TooFew { operation, unit: "runners", needed: 2, got: rows.len() });
        }
        for (runner, row) in rows.iter().enumerate() {
            let row = row.as_ref();
            if row.len() != sessions {
                return Err(Error::LengthMismatch { operation, left: sessions, right: row.len() });
            }
            if let Some(index) = row.iter().position(|v| !v.is_finite()) {
                return Err(Error::NonFinite { operation, index: runner * sessions + index });
            }
        }
        if sessions < 2 {
            return Err(Error::TooFew { operation, unit: "sessions", needed: 2, got: sessions });
        }
        let value = |runner: usize, session: usize| rows[runner].as_ref()[session];
        let (n, k) = (rows.len() as f64, sessions as f64);
        let first = value(0, 0);
        let all = || (0..rows.len()).flat_map(|i| (0..sessions).map(move |j| (i, j)));
        if all().all(|(i, j)| value(i, j) == first) {
            return Err(Error::Constant { operation });
        }
        let mean = all().map(|(i, j)| value(i, j)).sum::<f64>() / (n * k);
        let of_runner = |i: usize| (0..sessions).map(|j| value(i, j)).sum::<f64>() / k;
        let of_session = |j: usize| (0..rows.len()).map(|i| value(i, j)).sum::<f64>() / n;
        let square = |x: f64| x * x;
        let runners: f64 = (0..rows.len()).map(|i| square(of_runner(i) - mean)).sum::<f64>() * k;
        let between: f64 = (0..sessions).map(|j| square(of_session(j) - mean)).sum::<f64>() * n;
        let rest: f64 = all().map(|(i, j)| square(value(i, j) - of_runner(i) - of_session(j) + mean)).sum();
        let squares = Squares {
            runners: runners / (n - 1.0),
            sessions: between / (k - 1.0),
            rest: rest / ((n - 1.0) * (k - 1.0)),
            n,
            k,
        };
        let icc = squares.icc();
        let ci = squares.interval(icc, level);
        let sem = ((squares.sessions - squares.rest) / n + squares.rest).sqrt();
        Ok(Self {
            icc: Estimate::new(icc, Ok(ci), level, rows.len(), IntervalMethod::FisherF),
            sem,
            minimal_change: normal_quantile(0.5 + level / 2.0) * core::f64::consts::SQRT_2 * sem,
            between_runners: squares.runners,
            between_sessions: squares.sessions,
            residual: squares.rest,
            runners: rows.len(),
            sessions,
        })
    }
}

/// Mean squares of the two-way layout.
#[derive(Debug, Clone, Copy)]
struct Squares {
    runners: f64,
    sessions: f64,
    rest: f64,
    n: f64,
    k: f64,
}

impl Squares {
    fn icc(&self) -> f64 {
        let Self { runners, sessions, rest, n, k } = *self;
        (runners - rest) / (runners + (k - 1.0) * rest + k * (sessions - rest) / n)
    }

    /// McGraw & Wong, table 7, case 2A with absolute agreement.
    fn interval(&self, icc: f64, level: f64) -> Interval {
        let Self { runners, sessions, rest, n, k } = *self;
        let ratio = sessions / rest;
        let (a, b) = (k * icc * ratio, n * (1.0 + (k - 1.0) * icc) - k * icc);
        let freedom = (n - 1.0) * (k - 1.0) * (a + b) * (a + b) / ((n - 1.0) * a * a + b * b);
        let quantile = |df1: f64, df2: f64| fisher_quantile(0.5 + level / 2.0, df1, df2);
        let (upper, lower) = (quantile(n - 1.0, freedom), quantile(freedom, n - 1.0));
        let other = k * sessions + (k * n - k - n) * rest;
        let low = n * (runners - upper * rest) / (upper * other + n * runners);
        let high = n * (lower * runners - rest) / (other + n * lower * runners);
        Interval::new(low, high)
    }
}

impl fmt::Display for Reliability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "ICC(2,1) {}; standard error of measurement {}, minimal detectable change {} (the measure's unit); {}, {}",
            self.icc,
            number(self.sem),
            number(self.minimal_change),
            count(self.runners, "runner"),
            count(self.sessions, "session")
        )
    }
}

/// More strides than any session has.
const MOST_STRIDES: usize = 1_000_000;

/// The number of strides that an interval of a given width takes.
///
/// A stride is one unit, that is two steps: a mean over both legs needs twice as many steps. Planned for the t-interval of
/// [`t_interval`](super::t_interval), from the scatter of single strides and the autocorrelation of neighbours, both known from a pilot
/// recording. About half of the sessions as long as planned have a wider interval, because each has its own SD; an
/// *assurance* of 0.8 plans for the width that eight in ten stay within.
///
/// ```
/// use copeak::inference::reliability::StridePlan;
/// // A lag that scatters by 6 ms from stride to stride: how many strides until it is known to 2 ms?
/// let plan = StridePlan::new(6.0);
/// assert_eq!(plan.strides(2.0)?, 38);
/// assert_eq!(plan.autocorrelation(0.3).strides(2.0)?, 69);
/// assert_eq!(plan.assurance(0.9).strides(2.0)?, 47);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StridePlan {
    sd: f64,
    autocorrelation: f64,
    level: f64,
    assurance: Option<f64>,
}

impl StridePlan {
    /// Plans for values that scatter with this standard deviation from stride to stride; neighbours independent, level 0.95,
    /// without assurance.
    pub fn new(sd: f64) -> Self {
        Self { sd, autocorrelation: 0.0, level: 0.95, assurance: None }
    }

    /// Takes scatter and autocorrelation from the strides of a pilot recording, one value each. With few strides both are rough.
    ///
    /// # Errors
    /// [`Error::TooFew`] below three strides; [`Error::NonFinite`].
    pub fn of_pilot(values: &[f64]) -> Result<Self> {
        let operation = "planning from a pilot";
        if let Some(index) = values.iter().position(|v| !v.is_finite()) {
            return Err(Error::NonFinite { operation, index });
        }
        if values.len() < 3 {
            return Err(Error::TooFew { operation, unit: "strides", needed: 3, got: values.len() });
        }
        Ok(Self::new(moments(values).1.sqrt()).autocorrelation(autocorrelation(values)))
    }

    /// Sets the lag-1 autocorrelation of neighbouring strides, in [0, 0.9], beyond which the interval allows for no more.
    #[must_use]
    pub fn autocorrelation(self, autocorrelation: f64) -> Self {
        Self { autocorrelation, ..self }
    }

    /// Sets the confidence level, in (0, 1).
    #[must_use]
    pub fn level(self, level: f64) -> Self {
        Self { level, ..self }
    }

    /// Plans for the half width that this share of sessions, in (0, 1), stays within, instead of the one that the true SD
    /// gives.
    #[must_use]
    pub fn assurance(self, assurance: f64) -> Self {
        Self { assurance: Some(assurance), ..self }
    }

    fn check(&self) -> Result<()> {
        let refused = |name, rule, value| Err(Error::Parameter { name, rule, value });
        checked_level(self.level)?;
        match (self.sd, self.autocorrelation, self.assurance) {
            (sd, ..) if !(sd >= 0.0 && sd.is_finite()) => {
                refused("standard deviation", "at least 0 and finite", sd)
            }
            (_, r, _) if !(0.0..=0.9).contains(&r) => refused("autocorrelation", "from 0 to 0.9", r),
            (.., Some(share)) if !(share > 0.0 && share < 1.0) => {
                refused("assurance", "strictly between 0 and 1", share)
            }
            _ => Ok(()),
        }
    }

    /// Returns half of the interval's width with this many strides, in the unit of the standard deviation; `None` where there
    /// is no interval: below 3 strides, or without more than one effective one.
    ///
    /// # Errors
    /// [`Error::Parameter`] for a standard deviation that is negative or not finite, and for an autocorrelation, a level or an
    /// assurance outside its range.
    pub fn half_width(&self, strides: usize) -> Result<Option<f64>> {
        self.check()?;
        Ok(self.width(strides))
    }

    fn width(&self, strides: usize) -> Option<f64> {
        let size = effective_size(strides, self.autocorrelation);
        let freedom = size - 1.0;
        if strides < 3 || freedom <= 0.0 {
            return None;
        }
        let reach = student_quantile(0.5 + self.level / 2.0, freedom) * self.sd / size.sqrt();
        // Wilson & Hilferty (1931) for the upper limit of a variance; good to a per cent from three degrees of freedom on.
        let larger = self.assurance.map_or(1.0, |share| {
            let part = 2.0 / (9.0 * freedom);
            (1.0 - part + normal_quantile(share) * part.sqrt()).max(0.0).powi(3).sqrt()
        });
        Some(reach * larger).filter(|width| width.is_finite())
    }

    /// Returns the least number of strides whose interval reaches at most `half_width` to either side.
    ///
    /// # Errors
    /// [`Error::Parameter`] unless the half width is above 0, and as [`StridePlan::half_width`]; [`Error::Undefined`] when a
    /// million strides are not enough.
    pub fn strides(&self, half_width: f64) -> Result<usize> {
        self.check()?;
        if half_width.is_nan() || half_width <= 0.0 {
            return Err(Error::Parameter { name: "half width", rule: "above 0", value: half_width });
        }
        let enough = |strides: usize| self.width(strides).is_some_and(|width| width <= half_width);
        if !enough(MOST_STRIDES) {
            return Err(Error::Undefined {
                quantity: "the number of strides for this width",
                reason: "a million of them are not enough",
            });
        }
        // The width falls with every stride, so bisection finds the number.
        let (mut few, mut many) = (2, MOST_STRIDES);
        while many - few > 1 {
            let middle = few + (many - few) / 2;
            if enough(middle) { many = middle } else { few = middle }
        }
        Ok(many)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_of_measurement_is_what_the_icc_leaves() {
        let rows = [[1.0, 1.4, 1.2], [2.0, 2.2, 2.5], [0.5, 0.9, 0.6], [1.5, 1.4, 1.9]];
        let found = Reliability::of(&rows, 0.95).unwrap();
        let (n, k) = (4.0, 3.0);
        let runner = (found.between_runners - found.residual) / k;
        let session = (found.between_sessions - found.residual) / n;
        let total = runner + session + found.residual;
        assert!((found.icc.value - runner / total).abs() < 1e-14);
        assert!((found.sem * found.sem - total * (1.0 - found.icc.value)).abs() < 1e-14);
    }

    /// A session in which all are higher lowers the agreement.
    #[test]
    fn a_systematic_difference_counts() {
        let plain = [[1.0, 1.1], [2.0, 1.9], [3.0, 3.1], [4.0, 3.9]];
        let shifted = plain.map(|[a, b]| [a, b + 1.0]);
        let icc = |rows: &[[f64; 2]; 4]| Reliability::of(rows, 0.95).unwrap().icc.value;
        assert!(icc(&shifted) < icc(&plain) - 0.1);
    }

    #[test]
    fn perfect_agreement_has_no_interval() {
        let found = Reliability::of(&[[1.0, 1.0], [2.0, 2.0], [4.0, 4.0]], 0.95).unwrap();
        assert_eq!((found.icc.value, found.icc.ci, found.sem), (1.0, None, 0.0));
    }

    #[test]
    fn few_runners_uneven_rows_nan_and_constants_are_refused() {
        let of = |rows: &[&[f64]]| Reliability::of(rows, 0.95);
        assert!(matches!(of(&[]), Err(Error::TooFew { unit: "runners", .. })));
        assert!(matches!(of(&[&[1.0], &[2.0]]), Err(Error::TooFew { unit: "sessions", .. })));
        assert!(matches!(of(&[&[1.0, 2.0], &[2.0]]), Err(Error::LengthMismatch { .. })));
        assert!(matches!(of(&[&[1.0, 2.0], &[2.0, f64::NAN]]), Err(Error::NonFinite { index: 3, .. })));
        assert!(matches!(of(&[&[1.0, 1.0], &[1.0, 1.0]]), Err(Error::Constant { .. })));
        assert!(matches!(Reliability::of(&[[1.0, 2.0], [2.0, 1.0]], 1.0), Err(Error::Parameter { .. })));
    }

    #[test]
    fn one_stride_less_is_too_few() {
        for r in [0.0, 0.3, 0.9] {
            for assurance in [0.5, 0.8, 0.95] {
                let plan = StridePlan::new(3.0).autocorrelation(r).assurance(assurance);
                for width in [0.1, 1.0, 5.0] {
                    let strides = plan.strides(width).unwrap();
                    assert!(plan.half_width(strides).unwrap().unwrap() <= width);
                    let before = plan.half_width(strides - 1).unwrap();
                    assert!(before.is_none_or(|w| w > width), "{r} {assurance} {width}: {strides}");
                }
            }
        }
    }

    #[test]
    fn settings_out_of_range_unreachable_widths_and_short_pilots_are_refused() {
        let plan = StridePlan::new(1.0);
        let out_of_range =
            [StridePlan::new(f64::NAN), plan.autocorrelation(0.95), plan.assurance(1.0), plan.level(0.0)];
        for bad in out_of_range {
            assert!(matches!(bad.strides(1.0), Err(Error::Parameter { .. })), "{bad:?}");
            assert!(matches!(bad.half_width(9), Err(Error::Parameter { .. })), "{bad:?}");
        }
        assert!(matches!(plan.strides(0.0), Err(Error::Parameter { .. })));
        assert!(matches!(plan.strides(1e-6), Err(Error::Undefined { .. })));
        assert!(matches!(StridePlan::of_pilot(&[1.0, 2.0]), Err(Error::TooFew { got: 2, .. })));
        assert_eq!(StridePlan::of_pilot(&[2.0; 4]).unwrap().strides(0.1), Ok(3));
    }
}
