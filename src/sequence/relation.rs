//! What came first: in one cycle, and over all of them.

use crate::event::Event;
use crate::inference::Estimate;
use crate::peak::Peak;
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
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
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
        Self::with_common_error(first, second, 0.0)
    }

    /// The same when the two clocks, or a delay, add an error of their own.
    pub(super) fn with_common_error(first: Timing, second: Timing, common_se_s: f64) -> Self {
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
    /// The interval lies wholly within the lag that was said to count as a tie.
    Tie,
    /// The interval spans 0, or there are too few cycles for one.
    Unclear,
}

impl Relation {
    /// What a mean lag with its t-interval says; `tie_within_s` is the lag up to which a tie is a tie.
    pub(super) fn of(mean: &Estimate, tie_within_s: Option<f64>) -> Self {
        match (mean.ci, tie_within_s) {
            (Some(ci), Some(most)) if -most <= ci.low && ci.high <= most => Relation::Tie,
            (Some(ci), _) if ci.low > 0.0 => Relation::Before,
            (Some(ci), _) if ci.high < 0.0 => Relation::After,
            _ => Relation::Unclear,
        }
    }

    /// `before`, `after`, `tie` or `unclear`.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{EventKind, Method, Side};

    #[test]
    fn a_tie_is_closer_than_the_times_are_known() {
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
    fn an_event_brings_its_error() {
        let landing = Event::new(0.2, 0.002, Side::Left, EventKind::InitialContact, Method::Force);
        assert_eq!(Timing::from(landing), Timing { time_s: 0.2, se_s: Some(0.002) });
    }

    #[test]
    fn a_tie_over_cycles_is_asked_for() {
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
