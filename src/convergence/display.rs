//! The measures of convergence and their comparisons in words.

use super::{
    ChanceTest, Coincidence, Compensation, ContactImpulse, FixedOffsetChange, LiveStep, Null, PeakJitter,
    SessionComparison, SessionCompensation, Shortfall, Symmetry, TimingCost, TimingLoss,
};
use crate::format::{count, model, number, or_dash, p_words, percent};
use crate::inference::Estimate;
use alloc::{string::String, vec::Vec};
use core::fmt;

impl fmt::Display for Coincidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let coincidence = or_dash(self.coincidence());
        let (realised, available) = (number(self.realised), number(self.available));
        write!(f, "coincidence {coincidence}: {realised} of {available} at phase index {}", self.at)
    }
}

impl fmt::Display for Null {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Null::Locked => "locked",
            Null::Independent => "independent",
        })
    }
}

impl fmt::Display for ChanceTest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(kappa) = self.kappa else {
            return f.write_str("kappa is not defined: chance would do as well");
        };
        write!(f, "kappa {kappa:.2} over {}", count(self.steps.len(), "step"))?;
        self.p.map_or(Ok(()), |p| write!(f, ", {} (null: {})", p_words(p), self.null))
    }
}

impl fmt::Display for TimingLoss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lost = percent(self.offset + self.blur);
        let (offset, blur) = (percent(self.offset), percent(self.blur));
        write!(f, "{lost} is lost: {offset} by fixed offsets, {blur} by scatter from step to step")
    }
}

impl fmt::Display for TimingCost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let costs: Vec<String> = self.costs.iter().map(|c| number(*c)).collect();
        let how = if self.exact { "exact" } else { "random orders" };
        write!(f, "timing costs {} (Shapley, {how}; the unit of the drives)", costs.join(", "))
    }
}

impl fmt::Display for PeakJitter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "peak time scatters by {} (SD, n {})", crate::format::ms(self.sd_s), self.n)?;
        match self.corrected_s {
            Some(corrected) => write!(f, ", {} without the measurement's part", crate::format::ms(corrected)),
            None => f.write_str("; the part of the measurement is not known"),
        }
    }
}

impl fmt::Display for Shortfall<Estimate> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = [
            ("total", &self.total),
            ("missing", &self.missing),
            ("mistimed", &self.mistimed),
            ("shape", &self.shape),
        ];
        rows.iter().try_for_each(|(name, part)| writeln!(f, "  {name:<10}{}", part))
    }
}

impl fmt::Display for SessionComparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", model(&self.model))?;
        writeln!(f, "shortfall against the reference, in {}", self.unit)?;
        writeln!(f, "(missing = smaller peaks, mistimed = peaks apart, shape = narrower pulses)")?;
        write!(f, "{}", self.split)?;
        for (name, missing) in self.contributors.iter().zip(&self.split.missing_by) {
            writeln!(f, "    missing by {name:<14} {}", missing)?;
        }
        Ok(())
    }
}

impl fmt::Display for Compensation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (ratio, dv) = (number(self.variance_ratio), number(self.delta_v));
        write!(
            f,
            "variance ratio {ratio} (below 1: they compensate for each other), dV {dv}, z {}",
            or_dash(self.z0)
        )
    }
}

impl fmt::Display for SessionCompensation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {} more than surrogates, {}", self.observed, number(self.excess), p_words(self.p))
    }
}

impl fmt::Display for ContactImpulse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<14} {}", self.name, self.impulse.in_unit(1.0, &self.unit))?;
        match &self.first_half {
            Some(half) => write!(f, ", {} of it in the first half of contact", half.percent()),
            None => f.write_str(", no impulse above 0"),
        }
    }
}

impl fmt::Display for LiveStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (coincidence, kappa) = (or_dash(self.coincidence), or_dash(self.kappa));
        write!(f, "step {} ({}) at {:.3} s: ", self.number, crate::format::foot(self.side), self.start_s)?;
        write!(f, "coincidence {coincidence}, kappa so far {kappa}, ")?;
        match self.spread_s {
            Some(spread) => write!(f, "peak spread {:.0} ms", 1e3 * spread),
            None => f.write_str("no spread: fewer than two peaks"),
        }
    }
}

impl fmt::Display for Symmetry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (index, angle) = (percent(self.index), self.angle_percent);
        write!(f, "symmetry index {index}, symmetry angle {angle:.1} % (0: equal; above 0: right is larger)")
    }
}

impl fmt::Display for FixedOffsetChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let points = |e: &Estimate| e.in_unit(100.0, "points of %");
        writeln!(f, "coincidence   {}", points(&self.coincidence))?;
        writeln!(f, "by offsets    {}", points(&self.offset))?;
        writeln!(f, "by scatter    {}", points(&self.blur))?;
        writeln!(f, "order before  {}", self.order_before.join(", "))?;
        writeln!(f, "order after   {}", self.order_after.join(", "))?;
        write!(f, "Kendall's tau between the orders {}", self.order_tau)
    }
}
