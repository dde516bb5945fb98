//! The lag of one channel behind another over cycles.

use crate::Result;
use crate::inference::{Bootstrap, Estimate, Strides};
use crate::numeric::moments;
use crate::peak::Peak;
use alloc::vec::Vec;
use core::fmt;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// When something happened in a cycle, and how sure that is.
///
/// ```
/// use copeak::sequence::Timing;
/// assert_eq!(Timing::at(0.12).se_s, None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Timing {
    /// When, on the recording's clock.
    pub time_s: f64,
    /// Standard error of the time, where it is known.
    pub se_s: Option<f64>,
}

impl Timing {
    /// A time whose standard error is not known.
    pub fn at(time_s: f64) -> Self {
        Self { time_s, se_s: None }
    }
}

impl From<Peak> for Timing {
    fn from(peak: Peak) -> Self {
        Self { time_s: peak.time_s, se_s: peak.se_s }
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
    /// Closer together than the times are known: |lag| < 1.96 combined standard errors, or equal times.
    Tie,
}

impl CycleRelation {
    /// Of a pair in one cycle. A time without standard error counts as exact.
    ///
    /// ```
    /// use copeak::sequence::{CycleRelation, Timing};
    /// let hip = Timing { time_s: 0.100, se_s: Some(0.003) };
    /// let knee = Timing { time_s: 0.109, se_s: Some(0.004) };
    /// assert_eq!(CycleRelation::of(hip, knee), CycleRelation::Tie); // 9 ms apart, known to 5 ms
    /// assert_eq!(CycleRelation::of(hip, Timing::at(0.109)), CycleRelation::Before);
    /// ```
    pub fn of(first: Timing, second: Timing) -> Self {
        let lag_s = second.time_s - first.time_s;
        let se_s = first.se_s.unwrap_or(0.0).hypot(second.se_s.unwrap_or(0.0));
        if lag_s == 0.0 || lag_s.abs() < 1.96 * se_s {
            CycleRelation::Tie
        } else if lag_s > 0.0 {
            CycleRelation::Before
        } else {
            CycleRelation::After
        }
    }

    /// `before`, `after` or `tie`.
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

/// Which of two channels comes first over the cycles, as far as their mean lag can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Relation {
    /// The first channel comes before the second: the lag's interval lies above 0.
    Before,
    /// The first channel comes after the second: it lies below 0.
    After,
    /// The interval spans 0, or there are too few cycles for one.
    Unclear,
}

impl Relation {
    /// What a mean lag with its t-interval says.
    fn of(mean: &Estimate) -> Self {
        match mean.ci {
            Some((low, _)) if low > 0.0 => Relation::Before,
            Some((_, high)) if high < 0.0 => Relation::After,
            _ => Relation::Unclear,
        }
    }

    /// `before`, `after` or `unclear`.
    pub fn as_str(self) -> &'static str {
        match self {
            Relation::Before => "before",
            Relation::After => "after",
            Relation::Unclear => "unclear",
        }
    }
}

impl fmt::Display for Relation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Lag of one channel behind another over cycles: positive when the second comes after the first.
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
    /// Median over strides in seconds, with bootstrap interval. It decides nothing.
    pub median_s: Estimate,
    /// Standard deviation over cycles; `None` below 2.
    pub sd_s: Option<f64>,
    /// Mean lag in % of the cycle.
    pub cycle_percent: f64,
    /// Mean lag in % of the contact; `None` unless the contact is known in every cycle that has both.
    pub contact_percent: Option<f64>,
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

impl PairLag {
    /// `None` when no cycle has both channels.
    pub(super) fn of(
        (from, to): (usize, usize),
        cycles: &[PairCycle],
        strides: &Strides,
        bootstrap: &Bootstrap,
    ) -> Result<Option<Self>> {
        let lags: Vec<f64> = cycles.iter().map(PairCycle::lag_s).collect();
        let present: Vec<(f64, &PairCycle)> =
            lags.iter().copied().zip(cycles).filter(|(lag, _)| !lag.is_nan()).collect();
        let n = present.len();
        if n == 0 {
            return Ok(None);
        }
        let mean_s = strides.mean(&lags, bootstrap.level())?;
        let (_, variance) = moments(&present.iter().map(|(lag, _)| *lag).collect::<Vec<_>>());
        let share = |whole: &dyn Fn(&PairCycle) -> Option<f64>| {
            let sum: Option<f64> =
                present.iter().map(|(lag, cycle)| whole(cycle).map(|whole| lag / whole)).sum();
            sum.map(|sum| 100.0 * sum / n as f64)
        };
        Ok(Some(Self {
            from,
            to,
            n,
            mean_s,
            median_s: bootstrap.median(&strides.average(&lags)?)?,
            sd_s: (n >= 2).then(|| variance.sqrt()),
            cycle_percent: share(&|cycle| Some(cycle.duration_s)).unwrap_or(f64::NAN),
            contact_percent: share(&|cycle| cycle.contact_s),
            in_cycles: cycles.iter().map(|c| c.both().map(|(a, b)| CycleRelation::of(a, b))).collect(),
            relation: Relation::of(&mean_s),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cycle(first: Option<f64>, second: Option<f64>) -> PairCycle {
        let timing = |t: Option<f64>| t.map(Timing::at);
        PairCycle { first: timing(first), second: timing(second), duration_s: 0.5, contact_s: Some(0.2) }
    }

    fn lag(cycles: &[PairCycle]) -> Option<PairLag> {
        PairLag::of((0, 1), cycles, &Strides::singly(cycles.len()), &Bootstrap::new(1)).unwrap()
    }

    #[test]
    fn the_sign_and_the_shares() {
        let cycles = [0.01, 0.02, 0.03].map(|lag| cycle(Some(1.0), Some(1.0 + lag)));
        let found = lag(&cycles).unwrap();
        assert!((found.mean_s.value - 0.02).abs() < 1e-15 && (found.median_s.value - 0.02).abs() < 1e-15);
        assert!((found.sd_s.unwrap() - 0.01).abs() < 1e-15);
        assert!((found.cycle_percent - 4.0).abs() < 1e-12);
        assert!((found.contact_percent.unwrap() - 10.0).abs() < 1e-12);
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
        assert!(found.median_s.ci.unwrap().0 > 0.0);
        assert_eq!(found.relation, Relation::Unclear);
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
    fn a_tie_is_closer_than_the_times_are_known() {
        let known = |time_s, se_s| Timing { time_s, se_s: Some(se_s) };
        let of = CycleRelation::of;
        assert_eq!(of(Timing::at(1.0), Timing::at(1.0)), CycleRelation::Tie);
        assert_eq!(of(known(0.0, 0.003), known(0.0097, 0.004)), CycleRelation::Tie);
        assert_eq!(of(known(0.0, 0.003), known(0.0099, 0.004)), CycleRelation::Before);
        assert_eq!(of(known(0.0099, 0.003), known(0.0, 0.004)), CycleRelation::After);
    }
}
