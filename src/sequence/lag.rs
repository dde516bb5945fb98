//! The lag of one channel behind another over cycles.

use crate::event::Event;
use crate::inference::distribution::{normal_quantile, student_cdf, student_quantile};
use crate::inference::interval::NoInterval;
use crate::inference::{Bootstrap, Estimate, Interval, Strides, effective_size, welch_freedom};
use crate::math::moments;
use crate::peak::Peak;
use crate::{Error, Result};
use alloc::vec::Vec;
use core::fmt;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Lag of one channel behind another over cycles: positive when the second comes after the first.
///
/// Every interval includes the error that all cycles share ([`super::SequenceChannel`]), if there is one: no number of cycles
/// reduces it.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct PairLag {
    /// Index of the channel that the lag is counted from.
    pub from: usize,
    /// Index of the channel that it is counted to.
    pub to: usize,
    /// Number of cycles that have both.
    pub n: usize,
    /// Mean lag in seconds, with t-interval over strides; marked approximate below 10 strides.
    pub mean_s: Estimate,
    /// Components of the error of that mean.
    pub error: LagError,
    /// Median over strides in seconds, with bootstrap interval. It is not used for decisions.
    pub median_s: Estimate,
    /// Standard deviation over cycles; `None` below 2.
    pub sd_s: Option<f64>,
    /// Mean lag in % of the cycle.
    pub cycle_percent: Estimate,
    /// Mean lag in % of the contact; `None` unless the contact is known in every cycle that has both.
    pub contact_percent: Option<Estimate>,
    /// Components of the error of `contact_percent`, in %.
    pub contact_error: Option<LagError>,
    /// Two-sided p of "the mean lag is 0": 1 less the level at which the interval touches 0; `None` without interval.
    pub p: Option<f64>,
    /// Relation in each cycle; `None` where one of the two is missing.
    pub in_cycles: Vec<Option<CycleRelation>>,
    /// Relation over the cycles, by the t-interval of the mean alone.
    pub relation: Relation,
}

/// The times of a pair in one cycle.
#[derive(Clone, Copy)]
pub(super) struct PairCycle {
    pub(super) first: Option<Timing>,
    pub(super) second: Option<Timing>,
    pub(super) duration_s: f64,
    pub(super) contact_s: Option<f64>,
}

impl PairCycle {
    fn both(&self) -> Option<(Timing, Timing)> {
        Some((self.first?, self.second?))
    }

    /// Returns the lag; NaN where a time is missing.
    fn lag_s(&self) -> f64 {
        self.both().map_or(f64::NAN, |(first, second)| second.time_s - first.time_s)
    }
}

/// Settings by which a pair's lag is judged.
#[derive(Clone, Copy)]
pub(super) struct Judging<'a> {
    pub(super) strides: &'a Strides,
    pub(super) bootstrap: &'a Bootstrap,
    pub(super) common_se_s: f64,
    pub(super) tie_within_s: Option<f64>,
}

impl PairLag {
    /// Computes the lag of a pair; `None` when no cycle has both channels.
    pub(super) fn of(
        (from, to): (usize, usize),
        cycles: &[PairCycle],
        judging: Judging<'_>,
    ) -> Result<Option<Self>> {
        let Judging { strides, bootstrap, common_se_s, tie_within_s } = judging;
        let lags: Vec<f64> = cycles.iter().map(PairCycle::lag_s).collect();
        let present: Vec<f64> = lags.iter().copied().filter(|lag| !lag.is_nan()).collect();
        let n = present.len();
        if n == 0 {
            return Ok(None);
        }
        // Over the cycles that have both.
        let average = |of: &dyn Fn(&PairCycle) -> f64| {
            let used = cycles.iter().filter(|cycle| !cycle.lag_s().is_nan());
            used.map(of).sum::<f64>() / n as f64
        };
        let level = bootstrap.confidence();
        let (mean_s, error) = mean(&lags, strides, common_se_s, level, average(&|cycle| cycle.duration_s))?;
        // In % of a duration that differs from cycle to cycle; an error in seconds is divided by its mean.
        let share = |whole: &dyn Fn(&PairCycle) -> f64| {
            let inverse = cycles.iter().map(|cycle| 100.0 / whole(cycle));
            let percent: Vec<f64> = lags.iter().zip(inverse).map(|(lag, inverse)| lag * inverse).collect();
            let common = common_se_s * average(&|cycle| 100.0 / whole(cycle));
            mean(&percent, strides, common, level, average(&|cycle| 100.0 * cycle.duration_s / whole(cycle)))
        };
        let with_contact =
            cycles.iter().zip(&lags).all(|(cycle, lag)| lag.is_nan() || cycle.contact_s.is_some());
        let contact = if with_contact { Some(share(&|c| c.contact_s.unwrap_or(f64::NAN))?) } else { None };
        let relation =
            |c: &PairCycle| c.both().map(|(a, b)| CycleRelation::with_common_error(a, b, common_se_s));
        Ok(Some(Self {
            from,
            to,
            n,
            mean_s,
            error,
            median_s: widened(bootstrap.median(&strides.average(&lags)?)?, common_se_s),
            sd_s: (n >= 2).then(|| moments(&present).1.sqrt()),
            cycle_percent: share(&|cycle| cycle.duration_s)?.0,
            contact_percent: contact.map(|(percent, _)| percent),
            contact_error: contact.map(|(_, error)| error),
            p: error.two_sided(mean_s.value).filter(|_| mean_s.ci.is_some()),
            in_cycles: cycles.iter().map(relation).collect(),
            relation: Relation::of(&mean_s, tie_within_s),
        }))
    }

    /// Returns the number of cycles in which the first channel came before the second, tied with it, and came after it.
    ///
    /// ```
    /// use copeak::inference::{Bootstrap, Strides};
    /// use copeak::sequence::{Cycle, Sequence, Timing};
    /// let cycle = |lag: f64| Cycle {
    ///     start_s: 0.0,
    ///     duration_s: 0.5,
    ///     contact_s: None,
    ///     times: vec![Some(Timing::at(0.1)), Some(Timing { time_s: 0.1 + lag, se_s: Some(0.002) })],
    /// };
    /// let cycles = [cycle(0.01), cycle(0.003), cycle(0.02)];
    /// let sequence = Sequence::of(&["hip", "knee"], &cycles, &Strides::ungrouped(3), &Bootstrap::new(1))?;
    /// assert_eq!(sequence.pairs[0].counts(), [2, 1, 0]);
    /// # Ok::<(), copeak::Error>(())
    /// ```
    pub fn counts(&self) -> [usize; 3] {
        [CycleRelation::Before, CycleRelation::Tie, CycleRelation::After]
            .map(|wanted| self.in_cycles.iter().flatten().filter(|r| **r == wanted).count())
    }

    /// Returns the change of the mean lag from `earlier` to this one, in seconds, with Welch's interval over the strides of both.
    ///
    /// The two recordings must not share a stride. [`CommonError`] selects the treatment of the error that all cycles of
    /// each recording share.
    ///
    /// # Errors
    /// [`Error::Parameter`] when the two intervals have different levels.
    pub fn change_from(&self, earlier: &PairLag, common: CommonError) -> Result<Estimate> {
        let shared = common.of(self.error.common_s, earlier.error.common_s);
        difference((&earlier.mean_s, &earlier.error), (&self.mean_s, &self.error), shared)
    }

    /// Returns the change of the mean lag in % of contact from `earlier` to this one, as [`PairLag::change_from`].
    ///
    /// An error that both share is treated as if from two sessions: the same milliseconds are a different percentage of a
    /// different contact.
    ///
    /// # Errors
    /// As [`PairLag::change_from`]; [`Error::Missing`] unless both have lags in % of contact.
    pub fn contact_change_from(&self, earlier: &PairLag) -> Result<Estimate> {
        let missing =
            || Error::Missing { operation: "a change in % of contact", what: "contact time in each cycle" };
        let part = |lag: &Self| Some((lag.contact_percent?, lag.contact_error?));
        let (now, before) = (part(self).ok_or_else(missing)?, part(earlier).ok_or_else(missing)?);
        let common = CommonError::Separate.of(now.1.common_s, before.1.common_s);
        difference((&before.0, &before.1), (&now.0, &now.1), common)
    }
}

/// Treatment of the error that all cycles share when two recordings are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CommonError {
    /// Delays and clocks were the same in both, with whatever error: it cancels.
    Cancels,
    /// The clocks were synchronised again, or the delays differ: the errors of both add in quadrature.
    Separate,
}

impl CommonError {
    fn of(self, a: f64, b: f64) -> f64 {
        match self {
            CommonError::Cancels => 0.0,
            CommonError::Separate => a.hypot(b),
        }
    }
}

/// Time of an event in a cycle, with its standard error.
///
/// ```
/// use copeak::sequence::Timing;
/// assert_eq!(Timing::at(0.12).se_s, None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Timing {
    /// Time on the recording's clock.
    pub time_s: f64,
    /// Standard error of the time, if known.
    pub se_s: Option<f64>,
}

impl Timing {
    /// Creates a time without a known standard error.
    pub fn at(time_s: f64) -> Self {
        Self { time_s, se_s: None }
    }
}

impl From<Peak> for Timing {
    fn from(peak: Peak) -> Self {
        Self { time_s: peak.time_s, se_s: peak.se_s }
    }
}

impl From<Event> for Timing {
    fn from(event: Event) -> Self {
        Self { time_s: event.time_s, se_s: Some(event.se_s) }
    }
}

/// Which of two channels came first in one cycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum CycleRelation {
    /// The first channel came before the second.
    Before,
    /// The first channel came after the second.
    After,
    /// The times are closer than their uncertainty: |lag| < 1.96 combined standard errors, or equal times.
    Tie,
}

impl CycleRelation {
    /// Returns the relation of a pair in one cycle. A time without standard error counts as exact.
    ///
    /// ```
    /// use copeak::sequence::Timing;
    /// use copeak::sequence::lag::CycleRelation;
    /// let hip = Timing { time_s: 0.100, se_s: Some(0.003) };
    /// let knee = Timing { time_s: 0.109, se_s: Some(0.004) };
    /// assert_eq!(CycleRelation::of(hip, knee), CycleRelation::Tie); // 9 ms apart, known to 5 ms
    /// assert_eq!(CycleRelation::of(hip, Timing::at(0.109)), CycleRelation::Before);
    /// ```
    pub fn of(first: Timing, second: Timing) -> Self {
        Self::with_common_error(first, second, 0.0)
    }

    /// Returns the relation when the two clocks, or a delay, contribute a further error.
    fn with_common_error(first: Timing, second: Timing, common_se_s: f64) -> Self {
        let lag_s = second.time_s - first.time_s;
        let se_s = first.se_s.unwrap_or(0.0).hypot(second.se_s.unwrap_or(0.0)).hypot(common_se_s);
        if lag_s == 0.0 || lag_s.abs() < 1.96 * se_s {
            CycleRelation::Tie
        } else if lag_s > 0.0 {
            CycleRelation::Before
        } else {
            CycleRelation::After
        }
    }

    /// Returns `before`, `after` or `tie`.
    pub fn as_str(self) -> &'static str {
        match self {
            CycleRelation::Before => "before",
            CycleRelation::After => "after",
            CycleRelation::Tie => "tie",
        }
    }
}

impl fmt::Display for CycleRelation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Which of two channels comes first over the cycles, by their mean lag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Relation {
    /// The first channel comes before the second: the lag's interval lies above 0.
    Before,
    /// The first channel comes after the second: the lag's interval lies below 0.
    After,
    /// The interval lies entirely within the lag that counts as a tie.
    Tie,
    /// The interval spans 0, or there are too few cycles for an interval.
    Unclear,
}

impl Relation {
    /// Returns the relation of a mean lag with its t-interval; `tie_within_s` is the largest lag that counts as a tie.
    pub(super) fn of(mean: &Estimate, tie_within_s: Option<f64>) -> Self {
        match (mean.ci, tie_within_s) {
            (Some(ci), Some(most)) if -most <= ci.low && ci.high <= most => Relation::Tie,
            (Some(ci), _) if ci.low > 0.0 => Relation::Before,
            (Some(ci), _) if ci.high < 0.0 => Relation::After,
            _ => Relation::Unclear,
        }
    }

    /// Returns `before`, `after`, `tie` or `unclear`.
    pub fn as_str(self) -> &'static str {
        match self {
            Relation::Before => "before",
            Relation::After => "after",
            Relation::Tie => "tie",
            Relation::Unclear => "unclear",
        }
    }
}

impl fmt::Display for Relation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The standard error of a mean lag, in two components.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct LagError {
    /// Component from the scatter over strides; `None` where the mean has no interval ([`Estimate::why_not`]).
    pub scatter_s: Option<f64>,
    /// Degrees of freedom of the scatter: number of independent strides less one.
    pub degrees: f64,
    /// Component from delays and clocks, the same in every cycle.
    pub common_s: f64,
}

impl LagError {
    /// Returns half the width of the mean's interval: Student's t times the scatter and the normal quantile times the common
    /// error add in quadrature, so it is never narrower than for one of them alone.
    ///
    /// (Satterthwaite's degrees of freedom for the sum decide wrongly in 6.4 % instead of 5 % at 3 strides, simulated.)
    fn reach(&self, level: f64) -> Option<f64> {
        Some(reach((self.scatter_s?, self.degrees), self.common_s, 0.5 + level / 2.0))
    }

    /// Returns the two-sided p of a mean of 0 when the observed mean is `value`: 1 less the level at which the interval just
    /// touches 0. `None` without an interval.
    fn two_sided(&self, value: f64) -> Option<f64> {
        let (scatter, value) = ((self.scatter_s?, self.degrees), value.abs());
        if value == 0.0 {
            return Some(1.0);
        }
        if self.common_s == 0.0 {
            return Some(if scatter.0 == 0.0 {
                0.0
            } else {
                2.0 * student_cdf(-value / scatter.0, scatter.1)
            });
        }
        // The wider the interval, the smaller its p: bisection until the two ends are adjacent numbers, relative near 0.
        let (mut low, mut high) = (1e-300f64, 1.0f64);
        while high > low * (1.0 + 1e-12) {
            let p = if high > 2.0 * low { (low * high).sqrt() } else { 0.5 * (low + high) };
            if reach(scatter, self.common_s, 1.0 - 0.5 * p) > value { low = p } else { high = p }
        }
        Some(high)
    }
}

/// Returns half the width for a scatter with its degrees of freedom and a known normal error, at a quantile above one half.
fn reach((scatter, degrees): (f64, f64), common: f64, p: f64) -> f64 {
    // Without scatter the width is 0, even with degrees of freedom that give an infinite quantile.
    let scatter = if scatter == 0.0 { 0.0 } else { student_quantile(p, degrees) * scatter };
    scatter.hypot(if common == 0.0 { 0.0 } else { normal_quantile(p) * common })
}

/// Requires a standard error in seconds that is finite and not below 0.
pub(super) fn check_standard_error(value: f64) -> Result<()> {
    if value.is_finite() && value >= 0.0 {
        Ok(())
    } else {
        Err(Error::Parameter { name: "standard error", rule: "finite and at least 0 s", value })
    }
}

/// Returns the mean of one value per cycle, NaN where there is none, with the error `common` that all cycles share.
///
/// The interval without common error is that of [`Strides::mean`]. One that is wider than `cycle`, the length of a cycle in
/// the unit of the values, is dropped: between one and two effective strides Student's t has less than one degree of freedom,
/// and its quantile grows without bound, whereas no time in a cycle can be off by more than the cycle.
pub(super) fn mean(
    values: &[f64],
    strides: &Strides,
    common: f64,
    level: f64,
    cycle: f64,
) -> Result<(Estimate, LagError)> {
    let alone = strides.mean(values, level)?;
    let units = strides.average(values)?;
    let size = effective_size(units.len(), alone.autocorrelation);
    let (_, variance) = moments(&units);
    let known = units.len() >= 3 && (alone.ci.is_some() || variance == 0.0);
    let error = LagError {
        scatter_s: known.then(|| (variance / size).sqrt()),
        degrees: (size - 1.0).max(0.0),
        common_s: common,
    };
    let found = match error.reach(level) {
        Some(reach) if common > 0.0 => alone.with_interval(Ok(Interval::around(alone.value, reach))),
        _ => alone,
    };
    if found.ci.is_some_and(|ci| ci.width() > cycle) {
        let error = LagError { scatter_s: None, ..error };
        return Ok((found.with_interval(Err(NoInterval::WiderThanCycle)), error));
    }
    Ok((found, error))
}

/// Widens an interval by the common error: on either side the two add in quadrature.
fn widened(estimate: Estimate, common: f64) -> Estimate {
    let most = normal_quantile(0.5 + estimate.level / 2.0) * common;
    let ci = estimate.ci.map(|ci| {
        let value = estimate.value;
        Interval::new(value - (value - ci.low).hypot(most), value + (ci.high - value).hypot(most))
    });
    if common > 0.0 { Estimate { ci, ..estimate } } else { estimate }
}

/// Returns the difference of two means with independent errors: Welch's interval (1947, *Biometrika* 34:28-35), the
/// common error added in quadrature.
fn difference(
    (before, before_error): (&Estimate, &LagError),
    (after, after_error): (&Estimate, &LagError),
    common: f64,
) -> Result<Estimate> {
    if before.level != after.level {
        let rule = "the level of the interval it is compared with";
        return Err(Error::Parameter { name: "confidence level", rule, value: after.level });
    }
    let value = after.value - before.value;
    let parts = before_error.scatter_s.zip(after_error.scatter_s);
    let missing = before.why_not.or(after.why_not).unwrap_or(NoInterval::TooFew);
    let ci = parts.ok_or(missing).map(|(a, b)| {
        let (va, vb) = (a * a, b * b);
        let degrees = welch_freedom([va, vb], [before_error.degrees, after_error.degrees]);
        Interval::around(value, reach(((va + vb).sqrt(), degrees), common, 0.5 + before.level / 2.0))
    });
    let change = Estimate {
        value,
        approximate: before.approximate || after.approximate,
        n: before.n.min(after.n),
        autocorrelation: before.autocorrelation.max(after.autocorrelation),
        ..*after
    };
    Ok(change.with_interval(ci))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cycle(first: Option<f64>, second: Option<f64>) -> PairCycle {
        let timing = |t: Option<f64>| t.map(Timing::at);
        PairCycle { first: timing(first), second: timing(second), duration_s: 0.5, contact_s: Some(0.2) }
    }

    fn lag_with(cycles: &[PairCycle], common_se_s: f64) -> Option<PairLag> {
        let strides = Strides::ungrouped(cycles.len());
        let judging =
            Judging { strides: &strides, bootstrap: &Bootstrap::new(1), common_se_s, tie_within_s: None };
        PairLag::of((0, 1), cycles, judging).unwrap()
    }

    fn lag(cycles: &[PairCycle]) -> Option<PairLag> {
        lag_with(cycles, 0.0)
    }

    #[test]
    fn a_later_second_channel_has_a_positive_lag_and_percentages() {
        let cycles = [0.02, 0.01, 0.03].map(|lag| cycle(Some(1.0), Some(1.0 + lag)));
        let found = lag(&cycles).unwrap();
        assert!((found.mean_s.value - 0.02).abs() < 1e-15 && (found.median_s.value - 0.02).abs() < 1e-15);
        assert!((found.sd_s.unwrap() - 0.01).abs() < 1e-15);
        assert!((found.cycle_percent.value - 4.0).abs() < 1e-12);
        let contact = found.contact_percent.unwrap();
        assert!((contact.value - 10.0).abs() < 1e-12);
        // With one contact time the interval in % is that in seconds, scaled.
        let low = found.mean_s.ci.unwrap().low;
        assert!((contact.ci.unwrap().low - 100.0 * low / 0.2).abs() < 1e-9);
        assert_eq!(found.in_cycles, [Some(CycleRelation::Before); 3]);
        assert!(found.mean_s.approximate);
    }

    #[test]
    fn a_lag_is_unclear_from_few_cycles_or_when_its_interval_spans_zero() {
        let two = [cycle(Some(0.0), Some(0.1)); 2];
        assert_eq!(lag(&two).unwrap().relation, Relation::Unclear);
        assert_eq!(lag(&[cycle(Some(0.0), Some(0.125)); 3]).unwrap().relation, Relation::Before);
        assert_eq!(lag(&[cycle(Some(0.125), Some(0.0)); 3]).unwrap().relation, Relation::After);
        // All three bootstrap medians would lie above 0; the t-interval of three cycles does not.
        let few = [0.001, 0.02, 0.04].map(|lag| cycle(Some(0.0), Some(lag)));
        let found = lag(&few).unwrap();
        assert!(found.median_s.ci.unwrap().low > 0.0);
        assert_eq!(found.relation, Relation::Unclear);
    }

    #[test]
    fn a_large_clock_error_makes_a_lag_unclear() {
        let cycles = [0.010, 0.011, 0.009, 0.010, 0.0105].map(|lag| cycle(Some(0.0), Some(lag)));
        assert_eq!(lag(&cycles).unwrap().relation, Relation::Before);
        let unsure = lag_with(&cycles, 0.006).unwrap();
        assert_eq!(unsure.relation, Relation::Unclear);
        assert_eq!(unsure.in_cycles, [Some(CycleRelation::Tie); 5]);
        assert!(unsure.contact_percent.unwrap().ci.unwrap().width() > 2.0 * 1.95 * 100.0 * 0.006 / 0.2);
        assert!(unsure.median_s.ci.unwrap().width() > 2.0 * 1.95 * 0.006);
    }

    #[test]
    fn cycles_that_lack_a_channel_are_kept_without_a_relation() {
        let cycles = [cycle(Some(0.0), Some(0.1)), cycle(None, Some(0.1)), cycle(Some(0.0), None)];
        let found = lag(&cycles).unwrap();
        assert_eq!((found.n, found.sd_s), (1, None));
        assert_eq!(found.in_cycles, [Some(CycleRelation::Before), None, None]);
        assert_eq!(lag(&cycles[1..]), None);
        let mut unknown = cycles[0];
        unknown.contact_s = None;
        assert_eq!(lag(&[cycles[0], unknown]).unwrap().contact_percent, None);
    }

    #[test]
    fn a_change_has_welchs_interval() {
        let early = [0.010, 0.012, 0.011, 0.009, 0.010].map(|lag| cycle(Some(0.0), Some(lag)));
        let late = [0.015, 0.016, 0.014, 0.015, 0.017].map(|lag| cycle(Some(0.0), Some(lag)));
        let of = |common| (lag_with(&early, common).unwrap(), lag_with(&late, common).unwrap());
        let (before, after) = of(0.002);
        let reach = |common| {
            let change = after.change_from(&before, common).unwrap();
            assert!((change.value - 0.005).abs() < 1e-12);
            change.ci.unwrap().high - change.value
        };
        assert!(reach(CommonError::Separate) > reach(CommonError::Cancels));
        assert!(after.change_from(&before, CommonError::Cancels).unwrap().excludes(0.0));
        let percent = after.contact_change_from(&before).unwrap();
        assert!((percent.value - 2.5).abs() < 1e-9);
        let few = lag(&early[..2]).unwrap();
        assert_eq!(few.change_from(&before, CommonError::Cancels).unwrap().ci, None);
    }
}

#[cfg(test)]
mod relation_tests {
    use super::*;
    use crate::event::{EventKind, Method, Side};

    #[test]
    fn a_lag_within_its_uncertainty_is_a_tie() {
        let known = |time_s, se_s| Timing { time_s, se_s: Some(se_s) };
        let of = CycleRelation::of;
        assert_eq!(of(Timing::at(1.0), Timing::at(1.0)), CycleRelation::Tie);
        assert_eq!(of(known(0.0, 0.003), known(0.0097, 0.004)), CycleRelation::Tie);
        assert_eq!(of(known(0.0, 0.003), known(0.0099, 0.004)), CycleRelation::Before);
        assert_eq!(of(known(0.0099, 0.003), known(0.0, 0.004)), CycleRelation::After);
        let unsure = CycleRelation::with_common_error(known(0.0, 0.003), known(0.0099, 0.004), 0.005);
        assert_eq!(unsure, CycleRelation::Tie);
    }

    #[test]
    fn a_timing_from_an_event_keeps_its_standard_error() {
        let landing = Event::new(0.2, 0.002, Side::Left, EventKind::InitialContact, Method::Force);
        assert_eq!(Timing::from(landing), Timing { time_s: 0.2, se_s: Some(0.002) });
    }

    #[test]
    fn a_tie_over_cycles_needs_a_margin() {
        let mut mean = crate::inference::t_interval(&[0.001, 0.002, 0.0, 0.001, 0.0015], 0.95).unwrap();
        assert_eq!(Relation::of(&mean, None), Relation::Before);
        assert_eq!(Relation::of(&mean, Some(0.003)), Relation::Tie);
        assert_eq!(Relation::of(&mean, Some(0.001)), Relation::Before);
        mean.ci = Some(crate::inference::Interval::new(-0.001, 0.002));
        assert_eq!(Relation::of(&mean, Some(0.001)), Relation::Unclear);
        mean.ci = None;
        assert_eq!(Relation::of(&mean, Some(1.0)), Relation::Unclear);
    }
}

#[cfg(test)]
mod mean_tests {
    use super::*;
    use crate::inference::t_interval;

    /// A cycle longer than any interval.
    const NEVER: f64 = f64::INFINITY;

    #[test]
    fn without_common_error_the_mean_is_that_of_strides() {
        let values = [0.02, 0.022, 0.018, 0.021, 0.02];
        let (found, error) = mean(&values, &Strides::ungrouped(5), 0.0, 0.95, NEVER).unwrap();
        assert_eq!(found, t_interval(&values, 0.95).unwrap());
        let reach = student_quantile(0.975, error.degrees) * error.scatter_s.unwrap();
        assert!((found.ci.unwrap().high - found.value - reach).abs() < 1e-15);
    }

    #[test]
    fn an_interval_is_never_narrower_than_the_common_error() {
        let level = 0.95;
        let wide = |values: &[f64], common| {
            let (found, _) = mean(values, &Strides::ungrouped(values.len()), common, level, NEVER).unwrap();
            found.ci.map(|ci| 0.5 * ci.width())
        };
        let values = [0.02, 0.022, 0.018, 0.021, 0.02];
        assert!(wide(&values, 0.001).unwrap() > wide(&values, 0.0).unwrap());
        // Exact cycles on uncertain clocks: 1.96 standard errors of the clocks.
        let exact = wide(&[0.02; 4], 0.003).unwrap();
        assert!((exact - 0.003 * normal_quantile(0.975)).abs() < 1e-12);
        assert_eq!(wide(&[0.02, 0.021], 0.003), None);
    }

    #[test]
    fn an_interval_wider_than_the_cycle_is_dropped() {
        // 1.2 effective strides.
        let drifting = [10.0, 28.0, 35.0, 43.0].map(|x| x / 64.0);
        let strides = Strides::ungrouped(4);
        let (unlimited, _) = mean(&drifting, &strides, 0.0, 0.95, NEVER).unwrap();
        assert!(unlimited.ci.unwrap().width() > 1e3, "{unlimited}");
        for common in [0.0, 0.01] {
            let (found, error) = mean(&drifting, &strides, common, 0.95, 1.0).unwrap();
            assert_eq!((found.ci, found.why_not), (None, Some(NoInterval::WiderThanCycle)));
            assert_eq!((error.scatter_s, error.two_sided(found.value)), (None, None));
        }
        let slow = mean(&[0.1, 0.2, 0.3, 0.4], &strides, 0.0, 0.95, 1.0).unwrap().0;
        assert_eq!(slow.why_not, Some(NoInterval::TooAlike));
        let few = mean(&[0.1, 0.2], &Strides::ungrouped(2), 0.0, 0.95, 1.0).unwrap().0;
        assert_eq!(few.why_not, Some(NoInterval::TooFew));
    }

    #[test]
    fn welch_of_equal_groups_equals_students_pooled_interval() {
        let (a, b) = ([1.0, 2.0, 4.0, 2.0], [3.0, 4.0, 6.0, 4.0]);
        let of = |x: &[f64]| mean(x, &Strides::ungrouped(4), 0.0, 0.95, NEVER).unwrap();
        let ((ea, sa), (eb, sb)) = (of(&a), of(&b));
        let change = difference((&ea, &sa), (&eb, &sb), 0.0).unwrap();
        // Equal variances and sizes: 2 (n - 1) degrees of freedom.
        let se = (2.0 * sa.scatter_s.unwrap().powi(2)).sqrt();
        let reach = student_quantile(0.975, 2.0 * sa.degrees) * se;
        assert!((change.ci.unwrap().low - (2.0 - reach)).abs() < 1e-12);
        let other = mean(&a, &Strides::ungrouped(4), 0.0, 0.9, NEVER).unwrap();
        assert!(difference((&ea, &sa), (&other.0, &other.1), 0.0).is_err());
    }

    #[test]
    fn the_interval_at_one_less_p_touches_zero() {
        let values = [0.01, 0.03, 0.02, 0.04];
        for common in [0.0, 0.0001, 0.002, 0.02] {
            let (found, error) = mean(&values, &Strides::ungrouped(4), common, 0.95, NEVER).unwrap();
            let p = error.two_sided(found.value).unwrap();
            let touching = mean(&values, &Strides::ungrouped(4), common, 1.0 - p, NEVER).unwrap().0;
            assert!(touching.ci.unwrap().low.abs() < 1e-9, "{common}: {p} {touching:?}");
        }
        let of = |scatter_s, common_s| LagError { scatter_s, degrees: 3.0, common_s };
        assert_eq!(of(Some(0.01), 0.01).two_sided(0.0), Some(1.0));
        assert_eq!(of(Some(0.0), 0.0).two_sided(0.1), Some(0.0));
        assert_eq!(of(None, 0.1).two_sided(0.1), None);
        let normal = of(Some(0.0), 0.01).two_sided(0.0196).unwrap();
        assert!((normal - 0.05).abs() < 1e-3, "{normal}");
    }
}
