//! The measures of convergence and their comparisons in words.

use super::chance::ChanceTest;
use super::change::FixedOffsetChange;
use super::compensation::{Compensation, SessionCompensation};
use super::cycles::{ExcludedContributor, ExcludedStep};
use super::live::LiveStep;
use super::peak_phases::PeakJitter;
use super::session::SessionContributor;
use super::shortfall::{ContactImpulse, SessionComparison, Shortfall};
use super::timing::{TimingCost, TimingLoss};
use super::{Coincidence, CycleKind, Cycles, Null, Session, Symmetry};
use crate::format::{count, model, number, or_dash, p_words, paragraph, percent};
use crate::inference::{Estimate, Interval};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
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

/// Names what a p value of kappa compares with.
fn random_offsets(null: Null) -> &'static str {
    match null {
        Null::Locked => "random fixed offsets",
        Null::Independent => "random offsets in every cycle",
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

// A session and its cycles in words.

impl fmt::Display for CycleKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            CycleKind::Step => "step",
            CycleKind::Stride => "stride",
        })
    }
}

impl fmt::Display for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", model(&self.model))?;
        let used = count(self.steps.len(), "step");
        writeln!(f, "  over the {}, {used} used; timing costs in {}", self.cycle, self.unit)?;
        together(f, self)?;
        if let Some(loss) = &self.loss {
            writeln!(f, "             {loss}")?;
        }
        contributors(f, &self.contributors)?;
        paragraph(f, "  weak link  ", &weak_link(self))?;
        excluded(f, &self.excluded_steps, &self.excluded_contributors)
    }
}

impl fmt::Display for Cycles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", model(self.model()))?;
        writeln!(
            f,
            "  {}, each over its {} of {:.3} s",
            count(self.steps().len(), "step"),
            self.kind(),
            self.mean_cycle_s()
        )?;
        for member in self.contributors() {
            writeln!(f, "  {:<14} mean peak {:.0} {}", member.name, member.mean_peak, member.unit)?;
        }
        excluded(f, self.excluded_steps(), self.excluded_contributors())
    }
}

/// Which steps and contributors are not used, and why.
fn excluded(
    f: &mut fmt::Formatter<'_>,
    steps: &[ExcludedStep],
    contributors: &[(String, ExcludedContributor)],
) -> fmt::Result {
    for excluded in steps {
        let whose = excluded.contributor.as_ref().map_or(String::new(), |name| format!(" ({name})"));
        let words = format!("step {} is left out: {}{whose}", excluded.step, excluded.reason);
        paragraph(f, "  note       ", &words)?;
    }
    for (name, why) in contributors {
        paragraph(f, "  note       ", &format!("{name} takes no part: {why}"))?;
    }
    Ok(())
}

/// Coincidence, kappa, simultaneity and spread.
pub(crate) fn together(f: &mut fmt::Formatter<'_>, session: &Session) -> fmt::Result {
    let Some(coincidence) = session.coincidence else {
        return writeln!(f, "  together   cannot tell: no usable step has every contributor");
    };
    let Some(kappa) = session.kappa else {
        return writeln!(
            f,
            "  together   coincidence {coincidence:.2}; kappa is not defined, chance would do as well"
        );
    };
    let p =
        session.p.map_or(String::new(), |p| format!(", p {p:.3} against {}", random_offsets(session.null)));
    paragraph(f, "  together   ", &format!("coincidence {coincidence:.2}, kappa {kappa:.2}{p}"))?;
    if let (Some(value), Some(spread)) = (session.simultaneity, session.spread_s) {
        let n = session.steps.iter().filter(|step| step.timing.simultaneity.is_some()).count();
        let spread = 1e3 * spread;
        writeln!(
            f,
            "             simultaneity {:.2}, peak spread {spread:.0} ms, n {n}",
            value.in_unit(1.0, "").unmarked()
        )?;
    }
    if let Some(Interval { low, high }) = session.cycle_start {
        let words = format!("kappa is {low:.2} to {high:.2} when the cycle start is shifted by 10 or 20 %");
        paragraph(f, "             ", &words)?;
    }
    Ok(())
}

/// A table with one row per contributor.
pub(crate) fn contributors(f: &mut fmt::Formatter<'_>, contributors: &[SessionContributor]) -> fmt::Result {
    if contributors.is_empty() {
        return Ok(());
    }
    writeln!(
        f,
        "  {:<14}{:>6}{:>7}{:>7}{:>7}{:>7}{:>8}  gain [held out]",
        "contributor", "peak", "jitter", "blur", "share", "cost", "shift"
    )?;
    for c in contributors {
        let number = |value: Option<f64>| match value {
            // Newtons.
            Some(v) if v.abs() >= 100.0 => format!("{v:.0}"),
            Some(v) if v.abs() >= 10.0 => format!("{v:.1}"),
            Some(v) => format!("{v:.3}"),
            None => "-".to_string(),
        };
        let jitter = c.jitter.map_or("-".to_string(), |jitter| format!("{:.0} ms", 1e3 * jitter.sd_s));
        let shift = c.best_shift_s.map_or("-".to_string(), |shift| format!("{:+.0} ms", 1e3 * shift.value));
        let gain = c.retiming.map_or("-".to_string(), |retiming| {
            // The gain, with the interval of the held-out gain.
            match retiming.held_out.filter(|held_out| held_out.ci.is_some()) {
                Some(held_out) => {
                    let gain = Estimate { value: retiming.gain, ..held_out };
                    format!("{:.1}", gain.percent().unmarked())
                }
                None => format!("{:.1} % (no interval)", 100.0 * retiming.gain),
            }
        });
        writeln!(
            f,
            "  {:<14}{:>6.0}{jitter:>7}{:>7}{:>7}{:>7}{shift:>8}  {gain}",
            c.name,
            c.mean_peak,
            number(c.blur),
            number(c.share),
            number(Some(c.timing_cost)),
        )?;
    }
    Ok(())
}

/// The weak link in words.
pub(crate) fn weak_link(session: &Session) -> String {
    let words = |c: &SessionContributor| {
        let at_bound = c.retiming.is_some_and(|retiming| retiming.at_bound);
        let earlier = c.best_shift_s.is_some_and(|shift| shift.value < 0.0);
        let (more, way) = (if at_bound { " or more" } else { "" }, if earlier { "earlier" } else { "later" });
        let shift = c.best_shift_s.map_or("0 ms".to_string(), |shift| {
            // An interval cut off at the farthest shift tried holds less than "or more".
            match shift.ci.filter(|_| !at_bound) {
                Some(_) => format!("{:+.0}", shift.ms().unmarked()),
                None => format!("{:+.0} ms", 1e3 * shift.value),
            }
        });
        let gain = 100.0 * c.retiming.map_or(0.0, |retiming| retiming.gain);
        format!("{} {shift}{more} ({way}): up to {gain:+.1} %", c.name)
    };
    let links = session.weak_links();
    if let Some(first) = links.first() {
        // Of two contributors either may be moved, to the same effect.
        let first = first.retiming.and_then(|retiming| retiming.first);
        let first = first.filter(|_| session.contributors.len() > 2).map_or(String::new(), |p| {
            format!("; the first named is first in {:.0} % of resamples", 100.0 * p)
        });
        let named: Vec<String> = links.iter().map(|c| words(c)).collect();
        return format!("{} (possible, not promised{first})", named.join("; "));
    }
    let gain = |c: &SessionContributor| c.retiming.map_or(0.0, |retiming| retiming.gain);
    let largest =
        session.contributors.iter().filter(|c| gain(c) > 0.0).max_by(|a, b| gain(a).total_cmp(&gain(b)));
    match largest {
        Some(c) => format!("cannot tell; the largest possible gain is {}", words(c)),
        None => "cannot tell".into(),
    }
}
