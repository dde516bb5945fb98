//! Arms and legs of real runners: who swings forward first, by how much, and how firmly they are locked. Run it through
//! `scripts/validate synchrony`, which reads every peak a second time.
//!
//! `validate_synchrony [--json PATH] [--markdown PATH] [--figure PATH] FILE=SPEED...` (- = standard output)

mod figure;
mod limbs;
mod table;

use limbs::Runner;
use std::error::Error;
use std::ffi::OsString;
use std::process::ExitCode;

/// Runs the study with the arguments that follow its name.
pub fn main(arguments: Vec<OsString>) -> ExitCode {
    match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("validate_synchrony: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Vec<OsString>) -> Result<(), Box<dyn Error>> {
    use lexopt::{Arg, ValueExt as _};
    let (mut json, mut markdown, mut picture, mut runners) = (None, None, None, Vec::new());
    let mut arguments = lexopt::Parser::from_args(arguments);
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("json") => json = Some(arguments.value()?.string()?),
            Arg::Long("markdown") => markdown = Some(arguments.value()?.string()?),
            Arg::Long("figure") => picture = Some(arguments.value()?.string()?),
            Arg::Value(value) => {
                let value = value.string()?;
                let (path, speed) = value.rsplit_once('=').ok_or("FILE=SPEED is wanted")?;
                runners.push(Runner::read(path, speed.parse()?)?);
            }
            other => return Err(other.unexpected().into()),
        }
    }
    let trends = table::trends(&runners)?;
    if let Some(path) = markdown {
        std::fs::write(path, table::markdown(&runners, &trends))?;
    }
    if let Some(path) = picture {
        std::fs::write(path, figure::draw(&runners)?)?;
    }
    let text = serde_json::to_string_pretty(&table::json(&runners, &trends))? + "\n";
    match json.as_deref() {
        Some("-") => print!("{text}"),
        Some(path) => std::fs::write(path, text)?,
        None => {}
    }
    Ok(())
}
