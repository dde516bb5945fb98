//! Draws the figures of the documentation: `draw NAME FOLDER`.
//!
//! ```text
//! cargo run --release -p copeak-validation --bin draw -- pages docs
//! ```

mod conditioning;
mod contact_sheet;
mod gaps;
mod pages;
mod synchrony;

use std::error::Error;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

type Draw = fn(&Path) -> Result<(), Box<dyn Error>>;

const SETS: [(&str, Draw); 5] = [
    ("conditioning", conditioning::main),
    ("contact-sheet", contact_sheet::main),
    ("gaps", gaps::main),
    ("pages", pages::main),
    ("synchrony", synchrony::main),
];

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    let [name, folder] = &arguments[..] else { return wrong_call("expected draw NAME FOLDER") };
    let Some((_, draw)) = SETS.iter().find(|(known, _)| known == name) else {
        return wrong_call(&format!("unknown set of figures '{}'", name.display()));
    };
    match draw(&PathBuf::from(folder)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("draw {}: {error}", name.display());
            ExitCode::FAILURE
        }
    }
}

fn wrong_call(what: &str) -> ExitCode {
    eprintln!("{what}; NAME is one of {}", SETS.map(|(name, _)| name).join(", "));
    ExitCode::from(2)
}
