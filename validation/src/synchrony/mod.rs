//! Arms and legs of real runners: who swings forward first, by how much, and how firmly they are locked. Run it through
//! `scripts/validate synchrony`, which reads every peak a second time.
//! Values are FILE=SPEED, recordings with their speed in m/s.

mod figure;
mod limbs;
mod table;

use crate::Error;
use crate::options::Options;
use limbs::Runner;
use std::ffi::OsString;

/// Runs the study with the arguments that follow its name, and returns whether everything that it requires holds.
///
/// # Errors
/// An unknown argument, or a failure of the study.
pub fn run(arguments: Vec<OsString>) -> Result<bool, Error> {
    let options = Options::read(arguments, &["json", "markdown", "figure", "FILE"])?;
    let mut runners = Vec::new();
    for value in &options.values {
        let (path, speed) = value.rsplit_once('=').ok_or_else(|| format!("{value:?} is not FILE=SPEED"))?;
        runners.push(Runner::read(path, speed.parse()?)?);
    }
    let trends = table::trends(&runners)?;
    if let Some(path) = &options.markdown {
        std::fs::write(path, table::markdown(&runners, &trends))?;
    }
    if let Some(path) = &options.figure {
        std::fs::write(path, figure::draw(&runners)?)?;
    }
    options.write_json(&table::json(&runners, &trends))?;
    Ok(true)
}
