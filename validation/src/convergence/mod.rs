//! Recovery studies on the simulated sprinter, whose timing is known: are peak times unbiased, do intervals hold the truth, do
//! tests keep their level? Run it through `scripts/validate convergence`.

pub mod causes;
pub mod chain;
pub mod index;
pub mod locked;
pub mod naming;
pub mod speed;
pub mod timing;

use crate::figure;
use std::ffi::OsString;
use std::process::ExitCode;

const INTRODUCTION: &str = "# Recovery studies\n\nWritten by `scripts/validate convergence --markdown PATH`: a simulated sprinter, \
    whose timing is known, measured as a recording\nis. A number with a range in brackets must lie in it.\n";
const USAGE: &str = "validate_convergence [--quick] [--only STUDY] [--json PATH] [--markdown PATH]";

/// Runs the study with the arguments that follow its name.
pub fn main(arguments: Vec<OsString>) -> ExitCode {
    match run(arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("validate_convergence: {error}\n{USAGE}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: Vec<OsString>) -> Result<bool, Box<dyn std::error::Error>> {
    use lexopt::{Arg, ValueExt as _};
    let (mut quick, mut json, mut markdown, mut only) = (false, None, None, None);
    let mut arguments = lexopt::Parser::from_args(arguments);
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("quick") => quick = true,
            Arg::Long("json") => json = Some(arguments.value()?.string()?),
            Arg::Long("markdown") => markdown = Some(arguments.value()?.string()?),
            Arg::Long("only") => only = Some(arguments.value()?.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    let wanted = |name: &str| only.as_deref().is_none_or(|only| only == name);
    let mut figures = Vec::new();
    if wanted("timing") {
        let (steps, sessions) = if quick { (200, 200) } else { (1000, 2000) };
        figures.extend(timing::study(timing::Size { steps, sessions, true_steps: 2000 })?);
    }
    if wanted("locked") {
        let runners = if quick { 1000 } else { 10_000 };
        figures.extend(locked::study(locked::Size { runners, offsets: 2000, surrogates: 999 })?);
    }
    if wanted("index") {
        let sessions = if quick { 200 } else { 2000 };
        figures.extend(index::study(index::Size { sessions, offsets: 2000, steps: 2000 })?);
    }
    if wanted("causes") {
        let (sessions, replicates) = if quick { (100, 200) } else { (1000, 400) };
        figures.extend(causes::study(causes::Size { sessions, replicates, steps: 2000 })?);
    }
    if wanted("naming") {
        let (judged, trials, others) = if quick { (100, 20, 10) } else { (1000, 300, 100) };
        figures.extend(naming::study(naming::Size { judged, trials, others })?);
    }
    if wanted("speed") {
        let (sessions, replicates) = if quick { (1000, 499) } else { (10_000, 999) };
        figures.extend(speed::study(speed::Size { sessions, replicates })?);
    }
    let standard_output = json.as_deref() == Some("-");
    if !standard_output {
        print!("{}", figure::table(&figures));
    }
    if let Some(path) = markdown {
        std::fs::write(path, figure::markdown(INTRODUCTION, &figures))?;
    }
    let holds = figures.iter().all(figure::Figure::holds);
    if let Some(path) = json {
        let rows: Vec<_> = figures.iter().map(figure::Figure::json).collect();
        let text = serde_json::to_string_pretty(&serde_json::json!({ "holds": holds, "figures": rows }))?;
        if standard_output { println!("{text}") } else { std::fs::write(path, text + "\n")? }
    }
    Ok(holds)
}
