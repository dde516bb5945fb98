//! Estimates and tests.

use super::{count, estimate, number, p_words};
use crate::inference::{Estimate, IntervalMethod, PermutationTest, Reliability};
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

/// In the unit of what was estimated.
impl fmt::Display for Estimate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&estimate(self, 1.0, ""))?;
        if self.ci.is_some() {
            write!(f, " ({:.0} %, {})", 100.0 * self.level, self.method)?;
        }
        write!(f, ", n {}", self.n)?;
        if self.autocorrelation > 0.0 {
            write!(f, ", autocorrelation {:.2} allowed for", self.autocorrelation)?;
        }
        Ok(())
    }
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
