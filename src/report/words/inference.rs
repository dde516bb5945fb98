//! Estimates and tests.

use super::{count, estimate, number, p_words};
#[cfg(feature = "notebook")]
use crate::inference::Estimate;
use crate::inference::{IntervalMethod, PermutationTest, Reliability};
use core::fmt;

impl fmt::Display for IntervalMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            IntervalMethod::StudentT => "Student's t",
            IntervalMethod::Expanded => "expanded percentile bootstrap",
            IntervalMethod::Percentile => "percentile bootstrap",
            IntervalMethod::Bca => "BCa bootstrap",
            IntervalMethod::Block => "block bootstrap",
            IntervalMethod::Wilson => "Wilson",
            IntervalMethod::FisherF => "F distribution",
        })
    }
}

/// An estimate with its interval, level, method, number of units and autocorrelation.
#[cfg(feature = "notebook")]
pub(in crate::report) fn in_full(e: &Estimate) -> String {
    let mut text = format!("{e:#}");
    if e.ci.is_some() {
        text += &format!(" ({:.0} %, {})", 100.0 * e.level, e.method);
    }
    text += &format!(", n {}", e.n);
    if e.autocorrelation > 0.0 {
        text += &format!(", autocorrelation {:.2} allowed for", e.autocorrelation);
    }
    text
}

impl fmt::Display for PermutationTest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (difference, p) = (number(self.difference), p_words(self.p));
        let how = super::permutations(self.permutations, self.exact);
        write!(f, "difference {difference} (the values' unit), {p}; {how}")
    }
}

impl fmt::Display for Reliability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "ICC(2,1) {}; standard error of measurement {}, minimal detectable change {} (the measure's unit); {}, {}",
            estimate(&self.icc, 1.0, ""),
            number(self.sem),
            number(self.minimal_change),
            count(self.runners, "runner"),
            count(self.sessions, "session")
        )
    }
}
