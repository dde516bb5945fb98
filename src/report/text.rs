//! The report as text that fits a terminal of 80 columns.

use super::{
    Comparison, ContributorReport, ConvergenceReport, RecordingReport, Report, SequenceReport,
    SimultaneityReport, SpeedModel,
};
use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use core::fmt::{self, Write};

const WIDTH: usize = 80;

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, recording) in self.recordings.iter().enumerate() {
            if i > 0 {
                writeln!(f)?;
            }
            write!(f, "{recording}")?;
        }
        if let Some(first) = self.comparisons.first() {
            writeln!(f, "\nShortfall against {}, in {}", first.reference, first.unit)?;
            writeln!(f, "(missing = smaller peaks, mistimed = peaks apart, shape = narrower pulses)")?;
        }
        self.comparisons.iter().try_for_each(|comparison| write!(f, "{comparison}"))?;
        self.speed_model.as_ref().map_or(Ok(()), |model| write!(f, "\n{model}"))
    }
}

impl fmt::Display for RecordingReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.file)?;
        let mut facts = Vec::new();
        facts.extend(self.speed_mps.map(|v| format!("{v:.2} m/s")));
        facts.extend(self.mass_kg.map(|m| format!("{m:.1} kg")));
        facts.extend(self.rate_hz.map(|rate| format!("{rate:.0} Hz")));
        facts.push(format!("model {}", self.model));
        facts.push(match self.event_method {
            Some(method) => format!("events {method}"),
            None => "no contacts found".into(),
        });
        writeln!(f, "  {}", facts.join(", "))?;
        steps_text(f, self)?;
        if let Some(sequence) = &self.sequence {
            sequence_text(f, sequence)?;
        }
        together_text(f, &self.convergence, &self.simultaneity)?;
        contributors_text(f, &self.contributors)?;
        balance_text(f, self)?;
        closure_text(f, self)?;
        paragraph(f, "  weak link  ", &weak_link(&self.contributors, &self.weak_links))?;
        if !self.absent.is_empty() {
            paragraph(f, "  absent     ", &self.absent.join(", "))?;
        }
        self.notes.iter().try_for_each(|note| paragraph(f, "  note       ", note))
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        comparison_text(f, self)
    }
}

impl fmt::Display for SpeedModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        speed_text(f, self)
    }
}

fn steps_text(f: &mut fmt::Formatter<'_>, recording: &RecordingReport) -> fmt::Result {
    let used: Vec<_> = recording.steps.iter().filter(|s| s.accepted).collect();
    write!(f, "  steps      {} used of {}", used.len(), recording.steps.len())?;
    if !used.is_empty() {
        let mean = |value: &dyn Fn(usize) -> f64| (0..used.len()).map(value).sum::<f64>() / used.len() as f64;
        let contact = mean(&|i| used[i].contact_s);
        let flight = mean(&|i| used[i].flight_s.unwrap_or(f64::NAN));
        write!(f, "; contact {contact:.3} s, flight {flight:.3} s")?;
    }
    writeln!(f)?;
    let mut reasons: Vec<(&str, usize)> = Vec::new();
    for reason in recording.steps.iter().filter_map(|s| s.reason.as_deref()) {
        match reasons.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, count)) => *count += 1,
            None => reasons.push((reason, 1)),
        }
    }
    if reasons.is_empty() {
        return Ok(());
    }
    let list: Vec<String> = reasons.iter().map(|(reason, count)| format!("{count} x {reason}")).collect();
    paragraph(f, "             not used: ", &list.join(", "))
}

fn sequence_text(f: &mut fmt::Formatter<'_>, sequence: &SequenceReport) -> fmt::Result {
    let times: Vec<String> = sequence
        .channels
        .iter()
        .filter_map(|c| Some(format!("{c} {:.0}", 1e3 * sequence.peak_after_ic_s.get(c)?)))
        .collect();
    paragraph(f, "  leg        ", &format!("fastest extension {} ms after contact", times.join(", ")))?;
    // No lag within a contact is longer than the time to its last peak; an interval that is says nothing.
    let longest_s = sequence.peak_after_ic_s.values().copied().fold(0.0, f64::max);
    for pair in &sequence.pairs {
        let ci = match pair.ci {
            None => "no interval".to_string(),
            Some([low, high]) if high - low > 2.0 * longest_s => "cannot tell".to_string(),
            Some([low, high]) => format!("[{:+.0}, {:+.0}]", 1e3 * low, 1e3 * high),
        };
        let name = format!("{} -> {}", pair.from, pair.to);
        writeln!(
            f,
            "    {name:<16} {:+6.1} ms {ci:<14} {:<8} n {}{}",
            1e3 * pair.lag_s,
            pair.relation,
            pair.n,
            mark(pair.approximate && pair.ci.is_some())
        )?;
    }
    Ok(())
}

pub(super) fn together_text(
    f: &mut fmt::Formatter<'_>,
    c: &ConvergenceReport,
    s: &SimultaneityReport,
) -> fmt::Result {
    let Some(coincidence) = c.coincidence else {
        return writeln!(f, "  together   cannot tell: no usable step has every contributor");
    };
    let Some(kappa) = c.kappa else {
        return writeln!(
            f,
            "  together   coincidence {coincidence:.2}; kappa is not defined, chance would do as well"
        );
    };
    let p = c.p.map_or(String::new(), |p| format!(", p {p:.3} ({})", c.null));
    let (ci, mark) = (interval(c.ci), mark(c.approximate && c.ci.is_some()));
    paragraph(f, "  together   ", &format!("coincidence {coincidence:.2}, kappa {kappa:.2}{ci}{p}{mark}"))?;
    if let (Some(value), Some(spread)) = (s.value, s.spread_s) {
        let ci = interval(s.ci);
        writeln!(
            f,
            "             simultaneity {value:.2}{ci}, peak spread {:.0} ms, n {}",
            1e3 * spread,
            s.n
        )?;
    }
    if let Some([low, high]) = c.seam {
        writeln!(f, "             kappa with the cycle's seam moved: {low:.2} to {high:.2}")?;
    }
    Ok(())
}

pub(super) fn contributors_text(
    f: &mut fmt::Formatter<'_>,
    contributors: &[ContributorReport],
) -> fmt::Result {
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
        let ms = |value: Option<f64>, sign: bool| match (value, sign) {
            (Some(v), true) => format!("{:+.0} ms", 1e3 * v),
            (Some(v), false) => format!("{:.0} ms", 1e3 * v),
            (None, _) => "-".to_string(),
        };
        let gain = c.gain.map_or("-".to_string(), |g| match c.gain_ci {
            Some([low, high]) => format!("{:.1} % [{:.1}, {:.1}]", 100.0 * g, 100.0 * low, 100.0 * high),
            None => format!("{:.1} % (no CI)", 100.0 * g),
        });
        writeln!(
            f,
            "  {:<14}{:>6.0}{:>7}{:>7}{:>7}{:>7}{:>8}  {gain}",
            c.name,
            c.mean_peak,
            ms(c.jitter_s, false),
            number(c.blur),
            number(c.share),
            number(c.timing_cost),
            ms(c.best_shift_s, true),
        )?;
    }
    Ok(())
}

/// Impulse within the contact, balance, left against right.
fn balance_text(f: &mut fmt::Formatter<'_>, recording: &RecordingReport) -> fmt::Result {
    let first = recording.impulses.iter().filter_map(|impulse| {
        let share = impulse.first_half?;
        let ci = match share.ci {
            None => String::new(),
            // From nothing to all of it says nothing.
            Some(ci) if ci.low <= 0.0 && ci.high >= 1.0 => " (cannot tell)".into(),
            Some(ci) => format!(" {:.0}", ci.scaled(100.0)),
        };
        Some(format!("{} {:.0} %{ci}", impulse.name, 100.0 * share.value))
    });
    let first: Vec<String> = first.collect();
    if !first.is_empty() {
        paragraph(f, "  impulse    ", &format!("in the first half of contact: {}", first.join(", ")))?;
    }
    if let Some(balance) = &recording.balance {
        let mut said = Vec::new();
        said.extend(balance.evenness.map(|evenness| format!("evenness of the shares {evenness:.2}")));
        if let (Some(ratio), Some(excess), Some(p)) =
            (balance.variance_ratio, balance.delta_v_excess, balance.p)
        {
            said.push(format!("variance ratio {ratio:.2} (below 1: they cover for each other), excess dV {excess:+.2}, p {p:.3}"));
        }
        if !said.is_empty() {
            paragraph(f, "  balance    ", &said.join("; "))?;
        }
    }
    let sides = recording.symmetry.iter().map(|side| {
        let ci = match side.ci {
            None => String::new(),
            Some([low, high]) if low <= -1.0 && high >= 1.0 => " (cannot tell)".into(),
            Some([low, high]) => format!(" [{:+.0}, {:+.0}]", 100.0 * low, 100.0 * high),
        };
        format!("{} {:+.0} %{ci}", side.name, 100.0 * side.index)
    });
    let sides: Vec<String> = sides.collect();
    if let Some(first) = recording.symmetry.first() {
        let n = first.n;
        let pairs = if n == 1 { "pair" } else { "pairs" };
        paragraph(f, "  right-left ", &format!("{}, {n} {pairs} of steps", sides.join(", ")))?;
    }
    Ok(())
}

fn closure_text(f: &mut fmt::Formatter<'_>, recording: &RecordingReport) -> fmt::Result {
    for report in &recording.closure {
        let c = &report.closure;
        let (Some(rms), Some(mean)) = (c.rms_bw, c.mean_bw) else { continue };
        let r = c.r.map_or("-".to_string(), |r| format!("{r:.3}"));
        let line = format!(
            "{} against the plates: r {r}, RMS {:.1} % and mean {:+.1} % of body weight, {} step{}",
            report.direction,
            100.0 * rms,
            100.0 * mean,
            c.steps.len(),
            if c.steps.len() == 1 { "" } else { "s" }
        );
        paragraph(f, "  closure    ", &line)?;
    }
    Ok(())
}

fn comparison_text(f: &mut fmt::Formatter<'_>, comparison: &Comparison) -> fmt::Result {
    let mark = mark(comparison.approximate && comparison.total_ci.is_some());
    writeln!(f, "  {} (model {}{mark})", comparison.file, comparison.model)?;
    let parts = [
        ("total", comparison.total, comparison.total_ci),
        ("missing", comparison.missing, comparison.missing_ci),
        ("mistimed", comparison.mistimed, comparison.mistimed_ci),
        ("shape", comparison.shape, comparison.shape_ci),
    ];
    for (name, value, ci) in parts {
        let ci = ci.map_or("no interval".to_string(), |[l, h]| format!("[{l:+.2}, {h:+.2}]"));
        writeln!(f, "    {name:<10}{value:+6.2} {ci}")?;
    }
    if !comparison.changes.is_empty() {
        let named = comparison.named.join("; ");
        let words = if named.is_empty() { "unclear: nothing that chance would not bring" } else { &named };
        paragraph(f, "    changed   ", words)?;
    }
    for c in &comparison.changes {
        let timing = (c.timing_s, c.timing_ci_s);
        writeln!(
            f,
            "      {:<14}peak {}  time {}",
            c.name,
            in_unit("%", 100.0, (c.force, c.force_ci)),
            in_unit("ms", 1e3, timing)
        )?;
    }
    comparison.note.as_ref().map_or(Ok(()), |note| paragraph(f, "    note      ", note))
}

fn speed_text(f: &mut fmt::Formatter<'_>, model: &SpeedModel) -> fmt::Result {
    writeln!(f, "Does timing explain speed beyond force? ({} recordings)", model.trials)?;
    if let (Some(force), Some(full)) = (model.r2_force, model.r2_full) {
        writeln!(f, "  R^2        {force:.3} by force, {full:.3} with kappa")?;
    }
    if let Some(coefficient) = model.coefficient {
        let p = model.p.map_or(String::new(), |p| format!(", p {p:.3}"));
        let effect =
            format!("{coefficient:+.2} m/s{} for a kappa larger by 1{p}", interval(model.coefficient_ci));
        paragraph(f, "  kappa      ", &effect)?;
    }
    if let (Some(force), Some(full)) = (model.left_out_force_mps, model.left_out_full_mps) {
        writeln!(f, "  left out   {force:.2} m/s off by force, {full:.2} with kappa")?;
    }
    if let (Some(rival), Some(beside)) = (model.rival_partial_r2, model.beside_rival_partial_r2) {
        let p = model.beside_rival_p.map_or(String::new(), |p| format!(", p {p:.3}"));
        let rival = format!("step frequency: partial R^2 {rival:.3}; kappa beside it {beside:.3}{p}");
        paragraph(f, "  rival      ", &rival)?;
    }
    model.notes.iter().try_for_each(|note| paragraph(f, "  note       ", note))
}

/// A change with its interval in another unit.
fn in_unit(unit: &str, factor: f64, (value, ci): (f64, Option<[f64; 2]>)) -> String {
    let ci = ci.map_or(String::new(), |[l, h]| format!(" [{:+.0}, {:+.0}]", factor * l, factor * h));
    format!("{:+.0} {unit}{ci}", factor * value)
}

/// What a model's numbers are.
pub(super) fn model(name: &str) -> String {
    match name {
        "joint" => "model joint: angular-velocity drives, which are proxies and not forces".into(),
        "newton" => "model newton: segment forces from markers, signed, in newtons".into(),
        _ => format!("model {name}"),
    }
}

/// The weak link in words.
pub(super) fn weak_link(contributors: &[ContributorReport], weak_links: &[String]) -> String {
    let find = |name: &str| contributors.iter().find(|c| c.name == name);
    let words = |c: &ContributorReport| {
        let shift = c.best_shift_s.unwrap_or(0.0);
        let more = if c.at_bound { " or more" } else { "" };
        let way = if shift < 0.0 { "earlier" } else { "later" };
        // An interval cut off by what was tried says less than "or more".
        let shift = in_unit("ms", 1e3, (shift, c.best_shift_ci_s.filter(|_| !c.at_bound)));
        let gain = 100.0 * c.gain.unwrap_or(0.0);
        format!("{} {shift}{more} ({way}): up to {gain:+.1} %", c.name)
    };
    let told: Vec<String> = weak_links.iter().filter_map(|name| find(name)).map(words).collect();
    if !told.is_empty() {
        // Of two contributors either may be moved, to the same effect.
        let several = contributors.len() > 2;
        let first = contributors.iter().find(|c| several && c.name == weak_links[0]);
        let first = first.and_then(|c| c.first_probability).map_or(String::new(), |p| {
            format!("; the first named is first in {:.0} % of resamples", 100.0 * p)
        });
        return format!("{} (possible, not promised{first})", told.join("; "));
    }
    let largest = contributors
        .iter()
        .filter(|c| c.gain.is_some_and(|g| g > 0.0))
        .max_by(|a, b| a.gain.unwrap_or(0.0).total_cmp(&b.gain.unwrap_or(0.0)));
    match largest {
        Some(c) => format!("cannot tell; the largest possible gain is {}", words(c)),
        None => "cannot tell".into(),
    }
}

fn interval(ci: Option<[f64; 2]>) -> String {
    ci.map_or(String::new(), |[low, high]| format!(" [{low:.2}, {high:.2}]"))
}

fn mark(approximate: bool) -> &'static str {
    if approximate { ", approximate" } else { "" }
}

/// Text after a label, wrapped to the terminal and indented below the label's end.
pub(super) fn paragraph(f: &mut fmt::Formatter<'_>, label: &str, text: &str) -> fmt::Result {
    let indent = label.chars().count();
    let mut line = String::from(label);
    for word in text.split_whitespace() {
        let used = line.chars().count();
        if used > indent && used + 1 + word.chars().count() > WIDTH {
            writeln!(f, "{}", line.trim_end())?;
            line.clear();
            write!(line, "{:indent$}", "")?;
        } else if used > indent {
            line.push(' ');
        }
        line.push_str(word);
    }
    writeln!(f, "{}", line.trim_end())
}
