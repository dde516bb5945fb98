//! Runs one of the studies: `study NAME [OPTIONS]`; `scripts/validate` is the entry point.

use copeak_validation::{Error, convergence, events, inference, newton, peaks, sequence, synchrony};
use std::ffi::OsString;
use std::process::ExitCode;

/// Whether everything that the study requires holds.
type Study = fn(Vec<OsString>) -> Result<bool, Error>;

const STUDIES: [(&str, Study); 7] = [
    ("convergence", convergence::run),
    ("events", events::run),
    ("inference", inference::run),
    ("newton", newton::run),
    ("peaks", peaks::run),
    ("sequence", sequence::run),
    ("synchrony", synchrony::run),
];

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let wanted = arguments.next().unwrap_or_default();
    match STUDIES.iter().find(|(name, _)| *name == wanted) {
        Some((name, study)) => match study(arguments.collect()) {
            Ok(true) => ExitCode::SUCCESS,
            Ok(false) => ExitCode::FAILURE,
            Err(error) => {
                eprintln!("{name}: {error}");
                ExitCode::from(2)
            }
        },
        None => {
            let names = STUDIES.map(|(name, _)| name).join(", ");
            eprintln!("unknown study '{}'; expected {names}", wanted.display());
            ExitCode::from(2)
        }
    }
}
