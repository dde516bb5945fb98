//! Runs one of the studies: `study NAME [OPTIONS]`; `scripts/validate` is the entry point.

use copeak_validation::{convergence, events, inference, newton, peaks, sequence, synchrony};
use std::ffi::OsString;
use std::process::ExitCode;

type Study = fn(Vec<OsString>) -> ExitCode;

const STUDIES: [(&str, Study); 7] = [
    ("convergence", convergence::main),
    ("events", events::main),
    ("inference", inference::main),
    ("newton", newton::main),
    ("peaks", peaks::main),
    ("sequence", sequence::main),
    ("synchrony", synchrony::main),
];

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let wanted = arguments.next().unwrap_or_default();
    match STUDIES.iter().find(|(name, _)| *name == wanted) {
        Some((_, study)) => study(arguments.collect()),
        None => {
            let names = STUDIES.map(|(name, _)| name).join(", ");
            eprintln!("unknown study '{}'; expected {names}", wanted.display());
            ExitCode::from(2)
        }
    }
}
