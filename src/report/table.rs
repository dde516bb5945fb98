//! The steps as a tidy table: one row per step and contributor.

use crate::convergence::Session;
use crate::convergence::session::SessionStep;
use crate::peak::Peak;
use crate::stride::Step;
use crate::study::{Study, TrialStudy};
use alloc::{
    format,
    string::{String, ToString},
    vec,
    vec::Vec,
};

const COLUMNS: [&str; 22] = [
    "file",
    "model",
    "speed_mps",
    "step",
    "side",
    "start_s",
    "end_s",
    "contact_s",
    "flight_s",
    "accepted",
    "reason",
    "contributor",
    "peak_time_s",
    "peak_se_s",
    "peak_value",
    "unit",
    "absent",
    "coincidence",
    "chance",
    "kappa",
    "simultaneity",
    "peak_spread_s",
];

/// One CSV row per step and contributor; an empty field is a value that is not defined.
///
/// A step without any contributor has one row with empty contributor fields, so no step is lost.
///
/// ```
/// use copeak::{report, simulate::Sprinter, study::Study};
/// let trial = Sprinter::at_speed(9.5).steps(6).simulate()?.recording;
/// let table = report::csv(&Study::builder().trial(&trial).replicates(50).run()?);
/// assert!(table.starts_with("file,model,speed_mps,step,side,"));
/// assert!(table.lines().any(|row| row.contains(",support_hip,")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn csv(study: &Study) -> String {
    let mut table = COLUMNS.join(",");
    table.push('\n');
    for trial in study.trials() {
        for (i, step) in trial.steps.all().iter().enumerate() {
            for row in rows(trial, i, step) {
                table.push_str(&row.map(|field| quoted(&field)).join(","));
                table.push('\n');
            }
        }
    }
    table
}

/// A contributor in a row: its name, its peak, or why it has none.
struct Entry<'a> {
    name: &'a str,
    peak: Option<Peak>,
    absent: &'static str,
}

fn rows(trial: &TrialStudy, i: usize, step: &Step) -> Vec<[String; 22]> {
    let session = trial.convergence.as_ref();
    let used = session.and_then(|session| session.steps.iter().find(|used| used.source == i));
    let mut entries = if step.accepted() { entries(trial, session, used, i) } else { Vec::new() };
    if entries.is_empty() {
        entries.push(Entry { name: "", peak: None, absent: "" });
    }
    let unit = session.filter(|_| used.is_some()).and_then(|session| session.contributors.first());
    let row = |entry: Entry<'_>| {
        let peak = entry.peak;
        [
            trial.file.clone(),
            trial.model.to_string(),
            field(trial.speed_mps),
            (i + 1).to_string(),
            step.side().to_string(),
            field(Some(step.start_s())),
            field(Some(step.end_s)),
            field(Some(step.contact_s())),
            field(Some(step.flight_s())),
            step.accepted().to_string(),
            step.rejected.map_or(String::new(), |reason| reason.to_string()),
            entry.name.to_string(),
            field(peak.map(|p| p.time_s)),
            field(peak.and_then(|p| p.se_s)),
            field(peak.map(|p| p.value)),
            unit.map_or(String::new(), |contributor| contributor.unit.clone()),
            entry.absent.to_string(),
            field(used.and_then(|used| used.index.coincidence.coincidence())),
            field(used.and_then(|used| used.index.chance)),
            field(used.and_then(|used| used.index.kappa)),
            field(used.and_then(|used| used.timing.simultaneity)),
            field(used.and_then(|used| used.timing.spread_s)),
        ]
    };
    entries.into_iter().map(row).collect()
}

/// Every contributor in an accepted step.
fn entries<'a>(
    trial: &'a TrialStudy,
    session: Option<&'a Session>,
    used: Option<&'a SessionStep>,
    i: usize,
) -> Vec<Entry<'a>> {
    let Some(session) = session else {
        let name = |name: &'a String| Entry { name, peak: None, absent: "not compared" };
        return trial.contributors.iter().map(name).collect();
    };
    let names = session.contributors.iter().map(|contributor| contributor.name.as_str());
    let excluded = session.excluded_steps.iter().find(|excluded| excluded.step == i);
    let mut entries: Vec<Entry<'_>> = match (used, excluded) {
        (Some(used), _) => {
            let entry = |(name, peak): (&'a str, &_)| match *peak {
                Ok(peak) => Entry { name, peak: Some(peak), absent: "" },
                Err(absence) => Entry { name, peak: None, absent: crate::peak::NoPeak::as_str(absence) },
            };
            names.zip(&used.peaks).map(entry).collect()
        }
        (None, Some(excluded)) => {
            let whose = excluded.contributor.as_deref();
            let reason = |name| {
                if whose.is_none_or(|whose| whose == name) {
                    excluded.reason.as_str()
                } else {
                    "step left out"
                }
            };
            names.map(|name| Entry { name, peak: None, absent: reason(name) }).collect()
        }
        (None, None) => vec![],
    };
    let dropped = session.excluded_contributors.iter();
    entries.extend(dropped.map(|(name, why)| Entry { name, peak: None, absent: why.as_str() }));
    entries
}

/// A number with the shortest digits that read back to the same value; empty when undefined.
fn field(value: Option<f64>) -> String {
    value.filter(|v| v.is_finite()).map_or_else(String::new, |v| format!("{v}"))
}

/// In quotes where a comma, a quote or a line break requires it.
fn quoted(field: &str) -> String {
    if field.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.into()
    }
}
