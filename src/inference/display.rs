//! Estimates and tests in words: the one way in which a value and its interval are printed.

use super::interval::places;
use super::{Estimate, Interval, IntervalMethod, PermutationTest, Reliability};
use crate::format::{count, number, p_words, permutations};
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

/// `0.553 [0.521, 0.584], approximate`, in the unit of what was estimated, with as many decimals as the interval needs.
///
/// `{:.2}` sets the decimals, `{:+}` writes every sign, and `{:#}` adds level, method and number of units. In milliseconds, per cent or
/// another unit: [`Estimate::ms`], [`Estimate::percent`], [`Estimate::in_unit`].
impl fmt::Display for Estimate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.in_unit(1.0, ""), f)
    }
}

/// An estimate to be printed in another unit; made by [`Estimate::in_unit`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EstimateInUnit<'a> {
    estimate: Estimate,
    factor: f64,
    unit: &'a str,
    marked: bool,
    told: bool,
}

impl Estimate {
    /// Prints in this unit, of which the estimate's is `factor`.
    ///
    /// ```
    /// use copeak::inference::t_interval;
    /// let lag_s = t_interval(&[0.017, 0.021, 0.019, 0.0202], 0.95)?;
    /// assert_eq!(lag_s.in_unit(1e3, "ms").to_string(), "19.3 ms [16.5, 22.1], approximate");
    /// assert_eq!(format!("{:+.0}", lag_s.ms()), "+19 ms [+17, +22], approximate");
    /// # Ok::<(), copeak::Error>(())
    /// ```
    pub fn in_unit(self, factor: f64, unit: &str) -> EstimateInUnit<'_> {
        EstimateInUnit { estimate: self, factor, unit, marked: true, told: true }
    }

    /// Prints seconds in milliseconds.
    pub fn ms(self) -> EstimateInUnit<'static> {
        self.in_unit(1e3, "ms")
    }

    /// Prints a fraction in per cent.
    pub fn percent(self) -> EstimateInUnit<'static> {
        self.in_unit(100.0, "%")
    }
}

impl EstimateInUnit<'_> {
    /// Leaves out the mark of an approximate interval, and why there is none: in lists where that stands once for all.
    #[must_use]
    pub fn unmarked(self) -> Self {
        Self { marked: false, ..self }
    }

    /// Prints `cannot tell` instead of an interval that is as wide as the quantity's range, if `hopeless`.
    #[must_use]
    pub fn cannot_tell_if(self, hopeless: impl FnOnce(Interval) -> bool) -> Self {
        Self { told: !self.estimate.ci.is_some_and(hopeless), ..self }
    }
}

impl fmt::Display for EstimateInUnit<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { estimate, factor, unit, .. } = *self;
        // As many decimals for all three as the interval needs.
        let finest = estimate.ci.map_or(estimate.value, |ci| ci.width());
        let places = f.precision().unwrap_or_else(|| places(factor * finest));
        let (value, plus) = (factor * estimate.value, f.sign_plus());
        if plus { write!(f, "{value:+.places$}") } else { write!(f, "{value:.places$}") }?;
        if !unit.is_empty() {
            write!(f, " {unit}")?;
        }
        match estimate.ci {
            None => match estimate.why_not.filter(|_| self.marked) {
                Some(why) => write!(f, " (no interval: {why})")?,
                None => f.write_str(" (no interval)")?,
            },
            Some(ci) if self.told => {
                let ci = ci.scaled(factor);
                if plus { write!(f, " {ci:+.places$}") } else { write!(f, " {ci:.places$}") }?;
                if self.marked && estimate.approximate {
                    f.write_str(", approximate")?;
                }
            }
            Some(_) if self.marked => f.write_str(" (cannot tell: the interval spans everything)")?,
            Some(_) => f.write_str(" (cannot tell)")?,
        }
        if !f.alternate() {
            return Ok(());
        }
        if estimate.ci.is_some() {
            write!(f, " ({:.0} %, {})", 100.0 * estimate.level, estimate.method)?;
        }
        write!(f, ", n {}", estimate.n)?;
        if estimate.autocorrelation > 0.0 {
            write!(f, ", autocorrelation {:.2} allowed for", estimate.autocorrelation)?;
        }
        Ok(())
    }
}

impl fmt::Display for PermutationTest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (difference, p) = (number(self.difference), p_words(self.p));
        let how = permutations(self.permutations, self.exact);
        write!(f, "difference {difference} (the values' unit), {p}; {how}")
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

#[cfg(test)]
mod tests {
    use crate::inference::t_interval;
    use alloc::format;

    #[test]
    fn an_estimate_names_its_unit_and_its_doubt() {
        let lag = t_interval(&[0.017, 0.021, 0.019, 0.0202], 0.95).unwrap();
        assert_eq!(format!("{}", lag.ms()), "19.3 ms [16.5, 22.1], approximate");
        assert_eq!(format!("{:.0}", lag.ms().unmarked()), "19 ms [17, 22]");
        assert_eq!(format!("{lag:#}"), "0.019 [0.017, 0.022], approximate (95 %, Student's t), n 4");
        let hopeless = lag.ms().cannot_tell_if(|ci| ci.width() > 0.0);
        assert_eq!(format!("{hopeless}"), "19.3 ms (cannot tell: the interval spans everything)");
        let few = t_interval(&[0.017], 0.95).unwrap();
        assert_eq!(format!("{}", few.ms()), "17.0 ms (no interval: too few strides)");
    }
}
