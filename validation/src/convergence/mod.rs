//! Recovery studies on the simulated sprinter, whose timing is known: are peak times unbiased, do intervals hold the truth, do
//! tests keep their level? Run it through `scripts/validate convergence`.

pub mod causes;
pub mod chain;
pub mod index;
pub mod locked;
pub mod naming;
pub mod speed;
pub mod timing;

use crate::options::Options;
use crate::{Error, figure};
use std::ffi::OsString;

const INTRODUCTION: &str = "# Recovery studies\n\nWritten by `scripts/validate convergence --markdown PATH`: a simulated sprinter, \
    whose timing is known, measured as a recording\nis. A number with a range in brackets must lie in it.\n";

/// Runs the study with the arguments that follow its name, and returns whether everything that it requires holds.
///
/// # Errors
/// An unknown argument, or a failure of the study.
pub fn run(arguments: Vec<OsString>) -> Result<bool, Error> {
    let options = Options::read(arguments, &["quick", "only", "json", "markdown"])?;
    let mut figures = Vec::new();
    if options.wants("timing") {
        let (steps, sessions) = if options.quick { (200, 200) } else { (1000, 2000) };
        figures.extend(timing::study(timing::Size { steps, sessions, true_steps: 2000 })?);
    }
    if options.wants("locked") {
        let runners = if options.quick { 1000 } else { 10_000 };
        figures.extend(locked::study(locked::Size { runners, offsets: 2000, surrogates: 999 })?);
    }
    if options.wants("index") {
        let sessions = if options.quick { 200 } else { 2000 };
        figures.extend(index::study(index::Size { sessions, offsets: 2000, steps: 2000 })?);
    }
    if options.wants("causes") {
        let (sessions, replicates) = if options.quick { (100, 200) } else { (1000, 400) };
        figures.extend(causes::study(causes::Size { sessions, replicates, steps: 2000 })?);
    }
    if options.wants("naming") {
        let (judged, trials, others) = if options.quick { (100, 20, 10) } else { (1000, 300, 100) };
        figures.extend(naming::study(naming::Size { judged, trials, others })?);
    }
    if options.wants("speed") {
        let (sessions, replicates) = if options.quick { (1000, 499) } else { (10_000, 999) };
        figures.extend(speed::study(speed::Size { sessions, replicates })?);
    }
    figure::publish(&options, INTRODUCTION, &figures)
}
