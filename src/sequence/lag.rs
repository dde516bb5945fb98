//! The lag of one channel behind another over cycles.

use super::mean::{difference, mean, widened};
use super::{CycleRelation, LagError, Relation, Timing};
use crate::inference::{Bootstrap, Estimate, Strides};
use crate::math::moments;
use crate::{Error, Result};
use alloc::vec::Vec;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Lag of one channel behind another over cycles: positive when the second comes after the first.
///
/// Every interval holds the error that all cycles share ([`super::SequenceChannel`]), where there is one: no number of cycles
/// makes it smaller.
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
    /// What the error of that mean consists of.
    pub error: LagError,
    /// Median over strides in seconds, with bootstrap interval. It decides nothing.
    pub median_s: Estimate,
    /// Standard deviation over cycles; `None` below 2.
    pub sd_s: Option<f64>,
    /// Mean lag in % of the cycle.
    pub cycle_percent: Estimate,
    /// Mean lag in % of the contact; `None` unless the contact is known in every cycle that has both.
    pub contact_percent: Option<Estimate>,
    /// What the errors of the two parts of `contact_percent` are, in %.
    pub contact_error: Option<LagError>,
    /// Two-sided p of "the mean lag is 0": 1 less the level at which the interval touches 0; `None` without interval.
    pub p: Option<f64>,
    /// In each cycle; `None` where one of the two is missing.
    pub in_cycles: Vec<Option<CycleRelation>>,
    /// Over the cycles, by the t-interval of the mean alone.
    pub relation: Relation,
}

/// One cycle as a pair sees it.
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

    /// NaN where one is missing.
    fn lag_s(&self) -> f64 {
        self.both().map_or(f64::NAN, |(first, second)| second.time_s - first.time_s)
    }
}

/// What a pair's lag is judged by.
#[derive(Clone, Copy)]
pub(super) struct Judging<'a> {
    pub(super) strides: &'a Strides,
    pub(super) bootstrap: &'a Bootstrap,
    pub(super) common_se_s: f64,
    pub(super) tie_within_s: Option<f64>,
}

impl PairLag {
    /// `None` when no cycle has both channels.
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
        // In % of something that differs from cycle to cycle; an error in seconds becomes its mean share.
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

    /// How often the first channel came before the second, tied with it, and came after it.
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

    /// How much the mean lag changed from `earlier` to this one, in seconds: Welch's interval over the strides of both.
    ///
    /// The two recordings must not share a stride. [`CommonError`] says what becomes of the error that all cycles of each
    /// share.
    ///
    /// # Errors
    /// [`Error::Parameter`] when the two intervals have different levels.
    pub fn change_from(&self, earlier: &PairLag, common: CommonError) -> Result<Estimate> {
        let shared = common.of(self.error.common_s, earlier.error.common_s);
        difference((&earlier.mean_s, &earlier.error), (&self.mean_s, &self.error), shared)
    }

    /// How much the mean lag in % of contact changed from `earlier` to this one, as [`PairLag::change_from`].
    ///
    /// An error that both share counts as in two sessions even so: the same milliseconds are another share of another
    /// contact.
    ///
    /// # Errors
    /// As there; [`Error::Missing`] unless both have lags in % of contact.
    pub fn contact_change_from(&self, earlier: &PairLag) -> Result<Estimate> {
        let missing =
            || Error::Missing { operation: "a change in % of contact", what: "contact time in each cycle" };
        let part = |lag: &Self| Some((lag.contact_percent?, lag.contact_error?));
        let (now, before) = (part(self).ok_or_else(missing)?, part(earlier).ok_or_else(missing)?);
        let common = CommonError::Separate.of(now.1.common_s, before.1.common_s);
        difference((&before.0, &before.1), (&now.0, &now.1), common)
    }
}

/// What becomes of the error that all cycles share when two recordings are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CommonError {
    /// Delays and clocks were the same in both, right or wrong: their error cancels.
    Cancels,
    /// The clocks were set anew, or the delays are others: the errors of both add as squares.
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
    fn the_sign_and_the_shares() {
        let cycles = [0.02, 0.01, 0.03].map(|lag| cycle(Some(1.0), Some(1.0 + lag)));
        let found = lag(&cycles).unwrap();
        assert!((found.mean_s.value - 0.02).abs() < 1e-15 && (found.median_s.value - 0.02).abs() < 1e-15);
        assert!((found.sd_s.unwrap() - 0.01).abs() < 1e-15);
        assert!((found.cycle_percent.value - 4.0).abs() < 1e-12);
        let contact = found.contact_percent.unwrap();
        assert!((contact.value - 10.0).abs() < 1e-12);
        // One contact time: the interval in % is that in seconds, scaled.
        let low = found.mean_s.ci.unwrap().low;
        assert!((contact.ci.unwrap().low - 100.0 * low / 0.2).abs() < 1e-9);
        assert_eq!(found.in_cycles, [Some(CycleRelation::Before); 3]);
        assert!(found.mean_s.approximate);
    }

    #[test]
    fn few_or_spanning_cycles_are_unclear() {
        let two = [cycle(Some(0.0), Some(0.1)); 2];
        assert_eq!(lag(&two).unwrap().relation, Relation::Unclear);
        assert_eq!(lag(&[cycle(Some(0.0), Some(0.125)); 3]).unwrap().relation, Relation::Before);
        assert_eq!(lag(&[cycle(Some(0.125), Some(0.0)); 3]).unwrap().relation, Relation::After);
        // All three bootstrap medians would lie above 0; the t-interval of so few does not.
        let few = [0.001, 0.02, 0.04].map(|lag| cycle(Some(0.0), Some(lag)));
        let found = lag(&few).unwrap();
        assert!(found.median_s.ci.unwrap().low > 0.0);
        assert_eq!(found.relation, Relation::Unclear);
    }

    #[test]
    fn unsure_clocks_make_a_lag_unclear() {
        let cycles = [0.010, 0.011, 0.009, 0.010, 0.0105].map(|lag| cycle(Some(0.0), Some(lag)));
        assert_eq!(lag(&cycles).unwrap().relation, Relation::Before);
        let unsure = lag_with(&cycles, 0.006).unwrap();
        assert_eq!(unsure.relation, Relation::Unclear);
        assert_eq!(unsure.in_cycles, [Some(CycleRelation::Tie); 5]);
        assert!(unsure.contact_percent.unwrap().ci.unwrap().width() > 2.0 * 1.95 * 100.0 * 0.006 / 0.2);
        assert!(unsure.median_s.ci.unwrap().width() > 2.0 * 1.95 * 0.006);
    }

    #[test]
    fn missing_channels_are_counted_not_lost() {
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
    fn a_change_has_an_interval_of_its_own() {
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
