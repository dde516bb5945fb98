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

use std::{env, ffi::OsString, fs, path::PathBuf, process::ExitCode};

const USAGE: &str = "validate_peaks [--quick] [--json PATH] [--markdown PATH]";

type Error = Box<dyn std::error::Error>;

/// Runs the study with the arguments that follow its name.
pub fn main(arguments: Vec<OsString>) -> ExitCode {
    match run(arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("validate_peaks: {error}\n{USAGE}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: Vec<OsString>) -> Result<bool, Error> {
    use lexopt::{Arg, ValueExt as _};
    let (mut quick, mut json, mut markdown) = (false, None, None);
    let mut arguments = lexopt::Parser::from_args(arguments);
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("quick") => quick = true,
            Arg::Long("json") => json = Some(arguments.value()?.string()?),
            Arg::Long("markdown") => markdown = Some(arguments.value()?.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    let cycles = if quick { 1000 } else { 8000 };
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
    if json.as_deref() != Some("-") {
        print!("{text}");
    }
    if let Some(path) = markdown {
        fs::write(path, format!("{}{text}", table::HEAD))?;
    }
    let failed: Vec<String> = tables.iter().flat_map(table::Table::failures).collect();
    failed.iter().for_each(|what| eprintln!("FAILED: {what}"));
    if let Some(path) = json {
        let all: Vec<_> = tables.iter().map(table::Table::json).collect();
        let text = serde_json::to_string_pretty(
            &serde_json::json!({ "holds": failed.is_empty(), "cycles": cycles, "tables": all }),
        )?;
        if path == "-" { println!("{text}") } else { fs::write(path, text + "\n")? }
    }
    Ok(failed.is_empty())
}
