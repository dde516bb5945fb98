//! Do the standard errors of peak times hold what they say? `scripts/validate peaks` runs this.
//!
//! Simulated channels, whose true times are known, at 100 to 1000 Hz with white noise 10 to 40 dB below the signal; what
//! happens when the assumptions fail; timing against the mean pulse; and, with `COPEAK_DATA`, how the times of the joints
//! scatter in treadmill running. Exits non-zero when a number misses its bar.

mod calibration;
mod matched;
mod noise;
mod recordings;
mod table;

use crate::Error;
use crate::options::Options;
use std::{env, ffi::OsString, fs, path::PathBuf};

/// Runs the study with the arguments that follow its name, and returns whether everything that it requires holds.
///
/// # Errors
/// An unknown argument, or a failure of the study.
pub fn run(arguments: Vec<OsString>) -> Result<bool, Error> {
    let options = Options::read(arguments, &["quick", "json", "markdown"])?;
    let cycles = if options.quick { 1000 } else { 8000 };
    let mut tables = vec![
        calibration::white(cycles)?,
        calibration::removed(cycles)?,
        calibration::coloured(cycles)?,
        matched::bound(cycles)?,
    ];
    match env::var_os("COPEAK_DATA") {
        Some(data) => tables.push(recordings::treadmill(&PathBuf::from(data))?),
        None => eprintln!("recordings skipped: set COPEAK_DATA"),
    }
    let text: String = tables.iter().map(table::Table::markdown).collect();
    if !options.json_on_standard_output() {
        print!("{text}");
    }
    if let Some(path) = &options.markdown {
        fs::write(path, format!("{}{text}", table::HEAD))?;
    }
    let failed: Vec<String> = tables.iter().flat_map(table::Table::failures).collect();
    failed.iter().for_each(|what| eprintln!("FAILED: {what}"));
    let all: Vec<_> = tables.iter().map(table::Table::json).collect();
    options
        .write_json(&serde_json::json!({ "holds": failed.is_empty(), "cycles": cycles, "tables": all }))?;
    Ok(failed.is_empty())
}
