//! What convergence is made of, and what it is compared with.

use super::super::text::{model, paragraph};
use super::{count, estimate, number, or_dash, p_words, percent};
use crate::convergence::{
    ChanceTest, Coincidence, Compensation, ContactImpulse, FixedOffsetChange, LiveStep, Null, PeakJitter,
    SessionComparison, SessionCompensation, Shortfall, Symmetry, TimingCost, TimingLoss,
};
use crate::inference::Estimate;
use crate::performance::{SpeedFit, SpeedPlateau, SprintCurve};
use alloc::{format, string::String, vec::Vec};
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
        write!(f, "{lost} is lost: {offset} by habit (offsets), {blur} by scatter from step to step")
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
        write!(f, "peak time scatters by {} (SD, n {})", super::ms(self.sd_s), self.n)?;
        match self.corrected_s {
            Some(corrected) => write!(f, ", {} without the measurement's part", super::ms(corrected)),
            None => f.write_str("; how much of it is measurement cannot be told"),
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
        rows.iter().try_for_each(|(name, part)| writeln!(f, "  {name:<10}{}", estimate(part, 1.0, "")))
    }
}

impl fmt::Display for SessionComparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", model(&self.model))?;
        writeln!(f, "shortfall against the reference, in {}", self.unit)?;
        writeln!(f, "(missing = smaller peaks, mistimed = peaks apart, shape = narrower pulses)")?;
        write!(f, "{}", self.shortfall)?;
        for (name, missing) in self.contributors.iter().zip(&self.shortfall.missing_by) {
            writeln!(f, "    missing by {name:<14} {}", estimate(missing, 1.0, ""))?;
        }
        Ok(())
    }
}

impl fmt::Display for Compensation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (ratio, dv) = (number(self.variance_ratio), number(self.delta_v));
        write!(
            f,
            "variance ratio {ratio} (below 1: they cover for each other), dV {dv}, z {}",
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
        write!(f, "{:<14} {}", self.name, estimate(&self.impulse, 1.0, &self.unit))?;
        match &self.first_half {
            Some(half) => write!(f, ", {} of it in the first half of contact", estimate(half, 100.0, "%")),
            None => f.write_str(", no impulse above 0"),
        }
    }
}

impl fmt::Display for LiveStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (coincidence, kappa) = (or_dash(self.coincidence), or_dash(self.kappa));
        write!(f, "step {} ({}) at {:.3} s: ", self.number, super::foot(self.side), self.start_s)?;
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
        let points = |e: &Estimate| estimate(e, 100.0, "points of %");
        writeln!(f, "coincidence   {}", points(&self.coincidence))?;
        writeln!(f, "lost by habit {}", points(&self.offset))?;
        writeln!(f, "by scatter    {}", points(&self.blur))?;
        writeln!(f, "order before  {}", self.order_before.join(", "))?;
        writeln!(f, "order after   {}", self.order_after.join(", "))?;
        write!(f, "Kendall's tau between the orders {}", estimate(&self.order_tau, 1.0, ""))
    }
}

impl fmt::Display for SpeedFit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (trials, athletes) = (count(self.trials, "trial"), count(self.athletes, "athlete"));
        writeln!(f, "does timing explain speed beyond force? {trials} of {athletes}")?;
        writeln!(f, "  R^2        {:.3} by force, {:.3} with kappa", self.r2_force, self.r2_full)?;
        let effect = &self.convergence;
        let p = effect.p.map_or("no p: too few orders".into(), p_words);
        let coefficient = estimate(&effect.coefficient, 1.0, "m/s");
        paragraph(f, "  kappa      ", &format!("{coefficient} for a kappa larger by 1, {p}"))?;
        if let (Some(force), Some(full)) = (self.left_out_force_mps, self.left_out_full_mps) {
            writeln!(f, "  left out   {force:.2} m/s off by force, {full:.2} with kappa")?;
        }
        if let Some(rival) = &self.covariate {
            let (step, beside) = (rival.step_frequency.partial_r2, rival.convergence.partial_r2);
            let p = rival.convergence.p.map_or("no p: too few orders".into(), p_words);
            let words = format!("step frequency: partial R^2 {step:.3}; kappa beside it {beside:.3}, {p}");
            paragraph(f, "  rival      ", &words)?;
        }
        self.cautions().iter().try_for_each(|caution| paragraph(f, "  note       ", caution))
    }
}

impl fmt::Display for SpeedPlateau {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "speed  {} per trial (its unit)", estimate(&self.speed_slope, 1.0, ""))?;
        writeln!(f, "force  {} per trial (its unit)", estimate(&self.force_slope, 1.0, ""))?;
        f.write_str(if self.plateau {
            "a plateau: speed stands still while force rises"
        } else {
            "cannot tell a plateau; that is not to say that there is none"
        })
    }
}

impl fmt::Display for SprintCurve {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "v(t) = vmax (1 - exp(-(t - start)/tau))")?;
        writeln!(f, "  vmax          {}", estimate(&self.vmax_mps, 1.0, "m/s"))?;
        writeln!(f, "  tau           {}", estimate(&self.tau_s, 1.0, "s"))?;
        writeln!(f, "  acceleration  {}", estimate(&self.acceleration_mps2, 1.0, "m/s^2"))?;
        writeln!(f, "  start         {}", estimate(&self.start_s, 1.0, "s"))?;
        write!(f, "  used up to {:.2} s, RMS deviation {}", self.end_s, number(self.rms))
    }
}
