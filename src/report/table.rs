//! The steps as a tidy table: one row per step and contributor.

use super::Report;
use std::{
    format,
    io::Write,
    string::{String, ToString},
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

impl Report {
    /// Write one CSV row per step and contributor; an empty field is a value that is not defined.
    ///
    /// A step without any contributor has one row with empty contributor fields, so no step is lost.
    ///
    /// # Errors
    /// Whatever the writer returns.
    pub fn write_steps(&self, writer: impl Write) -> std::io::Result<()> {
        let mut table = ::csv::Writer::from_writer(writer);
        table.write_record(COLUMNS)?;
        for recording in &self.recordings {
            for (number, step) in recording.steps.iter().enumerate() {
                let mut names: Vec<&str> = recording.contributors.iter().map(|c| c.name.as_str()).collect();
                names.retain(|n| step.peaks.contains_key(*n) || step.absent.contains_key(*n));
                names.extend(
                    step.absent.keys().map(String::as_str).filter(|n| !names.contains(n)).collect::<Vec<_>>(),
                );
                if names.is_empty() {
                    names.push("");
                }
                for name in names {
                    let peak = step.peaks.get(name);
                    table.write_record([
                        recording.file.clone(),
                        recording.model.clone(),
                        field(recording.speed_mps),
                        (number + 1).to_string(),
                        step.side.to_string(),
                        field(Some(step.start_s)),
                        field(step.end_s),
                        field(Some(step.contact_s)),
                        field(step.flight_s),
                        step.accepted.to_string(),
                        step.reason.clone().unwrap_or_default(),
                        name.to_string(),
                        field(peak.map(|p| p.time_s)),
                        field(peak.and_then(|p| p.se_s)),
                        field(peak.map(|p| p.value)),
                        step.unit.clone(),
                        step.absent.get(name).cloned().unwrap_or_default(),
                        field(step.coincidence),
                        field(step.chance),
                        field(step.kappa),
                        field(step.simultaneity),
                        field(step.peak_spread_s),
                    ])?;
                }
            }
        }
        table.flush()
    }
}

/// A number with the shortest digits that read back to the same value; empty when undefined.
fn field(value: Option<f64>) -> String {
    value.filter(|v| v.is_finite()).map_or_else(String::new, |v| format!("{v}"))
}
