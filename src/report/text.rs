//! A study as text that fits a terminal of 80 columns.

use crate::convergence::change::Finding;
use crate::convergence::{contributors_table, together, weak_link};
use crate::format::{count, paragraph};
use crate::performance::speed_lines;
use crate::sequence::Sequence;
use crate::study::{Comparison, SpeedStudy, Study, TrialStudy};
use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use core::fmt;

/// A study as text for a terminal; the same as printing it with `{}`.
pub fn text(study: &Study) -> String {
    study.to_string()
}

impl fmt::Display for Study {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, trial) in self.trials().enumerate() {
            if i > 0 {
                writeln!(f)?;
            }
            write!(f, "{trial}")?;
        }
        if let Some(first) = self.comparisons.first() {
            writeln!(f, "\nShortfall against {}, in {}", first.reference, first.shortfall.unit)?;
            writeln!(f, "(missing = smaller peaks, mistimed = peaks apart, shape = narrower pulses)")?;
        }
        self.comparisons.iter().try_for_each(|comparison| write!(f, "{comparison}"))?;
        self.speed.as_ref().map_or(Ok(()), |speed| write!(f, "\n{speed}"))
    }
}

impl fmt::Display for TrialStudy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.file)?;
        let mut facts = Vec::new();
        facts.extend(self.speed_mps.map(|v| format!("{v:.2} m/s")));
        facts.extend(self.mass_kg.map(|m| format!("{m:.1} kg")));
        facts.extend(self.rate_hz.map(|rate| format!("{rate:.0} Hz")));
        facts.push(format!("model {}", self.model));
        facts.push(match self.event_method() {
            Some(method) => format!("events {method}"),
            None => "no contacts found".into(),
        });
        writeln!(f, "  {}", facts.join(", "))?;
        steps(f, self)?;
        if let Some(sequence) = &self.sequence {
            leg(f, sequence)?;
        }
        match &self.convergence {
            Some(session) => {
                together(f, session)?;
                contributors_table(f, &session.contributors)?;
            }
            None => writeln!(f, "  together   cannot tell: no usable step has every contributor")?,
        }
        balance(f, self)?;
        closure(f, self)?;
        paragraph(f, "  weak link  ", &self.convergence.as_ref().map_or("cannot tell".into(), weak_link))?;
        if !self.absent.is_empty() {
            paragraph(f, "  absent     ", &self.absent.join(", "))?;
        }
        self.cautions.iter().try_for_each(|caution| paragraph(f, "  note       ", &caution.to_string()))
    }
}

fn steps(f: &mut fmt::Formatter<'_>, trial: &TrialStudy) -> fmt::Result {
    let summary = trial.steps.summary();
    write!(f, "  steps      {} used of {}", summary.accepted, summary.steps)?;
    if let (Some(contact), Some(flight)) = (summary.kept.contact_s, summary.kept.flight_s) {
        write!(f, "; contact {contact:.3} s, flight {flight:.3} s")?;
    }
    writeln!(f)?;
    if summary.dropped.is_empty() {
        return Ok(());
    }
    let reasons: Vec<String> = summary.dropped.iter().map(|(why, n)| format!("{n} x {why}")).collect();
    paragraph(f, "             not used: ", &reasons.join(", "))
}

fn leg(f: &mut fmt::Formatter<'_>, sequence: &Sequence) -> fmt::Result {
    let medians =
        || sequence.channels.iter().zip(&sequence.times).filter_map(|(c, t)| Some((c, t.median_s?)));
    let times: Vec<String> = medians().map(|(c, median)| format!("{} {:.0}", c.name, 1e3 * median)).collect();
    paragraph(f, "  leg        ", &format!("fastest extension {} ms after contact", times.join(", ")))?;
    // No lag within a contact is longer than the time to its last peak.
    let longest_s = medians().map(|(_, median)| median).fold(0.0, f64::max);
    for pair in &sequence.pairs {
        let name = format!("{} -> {}", sequence.channels[pair.from].name, sequence.channels[pair.to].name);
        let mean = pair.mean_s.ms().cannot_tell_if(|ci| ci.width() > 2.0 * longest_s);
        writeln!(f, "    {name:<16} {mean:+.1}; {}, n {}", pair.relation, pair.n)?;
    }
    Ok(())
}

/// Impulse within the contact, balance, left against right.
fn balance(f: &mut fmt::Formatter<'_>, trial: &TrialStudy) -> fmt::Result {
    let first = trial.impulses.iter().filter_map(|impulse| {
        let share = impulse.first_half?.percent().unmarked();
        let share = share.cannot_tell_if(|ci| ci.low <= 0.0 && ci.high >= 1.0);
        Some(format!("{} {share:.0}", impulse.name))
    });
    let first: Vec<String> = first.collect();
    if !first.is_empty() {
        paragraph(f, "  impulse    ", &format!("in the first half of contact: {}", first.join(", ")))?;
    }
    if let Some(balance) = &trial.balance {
        let mut words = Vec::new();
        words.extend(balance.evenness.map(|evenness| format!("evenness of the shares {evenness:.2}")));
        words.extend(balance.compensation.map(|found| {
            let ratio = found.observed.variance_ratio;
            let (excess, p) = (found.excess, found.p);
            format!(
                "variance ratio {ratio:.2} (below 1: they compensate for each other), excess dV {excess:+.2}, p {p:.3}"
            )
        }));
        if !words.is_empty() {
            paragraph(f, "  balance    ", &words.join("; "))?;
        }
    }
    let Some(first) = trial.symmetry.first() else { return Ok(()) };
    let sides = trial.symmetry.iter().map(|side| {
        let index = side.index.percent().unmarked();
        let index = index.cannot_tell_if(|ci| ci.low <= -1.0 && ci.high >= 1.0);
        format!("{} {index:+.0}", side.quantity)
    });
    let sides: Vec<String> = sides.collect();
    let n = first.index.n;
    let pairs = if n == 1 { "pair" } else { "pairs" };
    paragraph(f, "  right-left ", &format!("{}, {n} {pairs} of steps", sides.join(", ")))
}

fn closure(f: &mut fmt::Formatter<'_>, trial: &TrialStudy) -> fmt::Result {
    for (direction, residual) in [("vertical", &trial.closure.vertical), ("forward", &trial.closure.forward)]
    {
        let Some(residual) = residual else { continue };
        let (Some(rms), Some(mean)) = (residual.rms_bw, residual.mean_bw) else { continue };
        let r = residual.r.map_or("-".to_string(), |r| format!("{r:.3}"));
        let line = format!(
            "{direction} against the plates: r {r}, RMS {:.1} % and mean {:+.1} % of body weight, {}",
            100.0 * rms,
            100.0 * mean,
            count(residual.steps.len(), "step")
        );
        paragraph(f, "  closure    ", &line)?;
    }
    Ok(())
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = &self.shortfall.split;
        let approximate = parts.total.approximate && parts.total.ci.is_some();
        let mark = if approximate { ", approximate" } else { "" };
        writeln!(f, "  {} (model {}{mark})", self.file, self.shortfall.model)?;
        let rows = [
            ("total", parts.total),
            ("missing", parts.missing),
            ("mistimed", parts.mistimed),
            ("shape", parts.shape),
        ];
        for (name, part) in rows {
            writeln!(f, "    {name:<10}{:+.2}", part.in_unit(1.0, "").unmarked())?;
        }
        if let Some(changes) = self.changes.as_ref().filter(|changes| !changes.contributors.is_empty()) {
            let finding = |found: &Finding| format!("{} {}", found.contributor, found.cause);
            let named: Vec<String> = changes.findings.iter().map(finding).collect();
            let words = match named.is_empty() {
                true => "no change is distinguishable from chance".to_string(),
                false => named.join("; "),
            };
            paragraph(f, "    changed   ", &words)?;
            for c in &changes.contributors {
                let (peak, time) = (c.force.percent().unmarked(), c.timing_s.ms().unmarked());
                writeln!(f, "      {:<14}peak {peak:+.0}  time {time:+.0}", c.name)?;
            }
        }
        self.cautions.iter().try_for_each(|caution| paragraph(f, "    note      ", &caution.to_string()))
    }
}

impl fmt::Display for SpeedStudy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Does timing explain speed beyond force? ({} recordings)", self.trials)?;
        if let Some(fit) = &self.fit {
            speed_lines(f, fit)?;
        }
        self.cautions.iter().try_for_each(|caution| paragraph(f, "  note       ", &caution.to_string()))
    }
}
