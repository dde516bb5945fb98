//! Do lags, orders and relations hold what they promise, and what do they say of real runners? Run it through
//! `scripts/validate sequence`.

mod curves;
mod emg;
mod lags;
mod leg;
mod noise;
mod orders;
mod sprint;
mod table;
mod treadmill;

use crate::figure;
use copeak::simulate::Sprinter;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

const USAGE: &str =
    "validate_sequence [--quick] [--only STUDY] [--json PATH] [--markdown PATH] [--figure PATH]";
const HEAD: &str = "\
# Sequencing: what holds, and what it says of real runners

Written by `scripts/validate sequence --markdown PATH`. First simulations, whose truth is known: a number with a range in
brackets must lie in it. Then the recordings.

![Peak times of hip, knee and ankle after initial contact of a simulated sprinter, with the lags between them and their intervals below](sequence.svg)

What a `Sequence` draws of itself (`validate_sequence --figure PATH`): dots are steps, bars 95 % intervals, shaded above is the time to terminal
contact.
";

/// Any failure, as words.
pub type Failure = Box<dyn std::error::Error>;

/// Runs the study with the arguments that follow its name.
pub fn main(arguments: Vec<OsString>) -> ExitCode {
    match run(arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("validate_sequence: {error}\n{USAGE}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: Vec<OsString>) -> Result<bool, Failure> {
    use lexopt::{Arg, ValueExt as _};
    let (mut quick, mut json, mut markdown, mut only, mut figure) = (false, None, None, None, None);
    let mut arguments = lexopt::Parser::from_args(arguments);
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("quick") => quick = true,
            Arg::Long("json") => json = Some(arguments.value()?.string()?),
            Arg::Long("markdown") => markdown = Some(arguments.value()?.string()?),
            Arg::Long("figure") => figure = Some(arguments.value()?.string()?),
            Arg::Long("only") => only = Some(arguments.value()?.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    if let Some(path) = figure {
        return timeline(&path).map(|()| true);
    }
    let wanted = |name: &str| only.as_deref().is_none_or(|only| only == name);
    let mut figures = Vec::new();
    if wanted("lags") {
        figures.extend(lags::study(if quick { 1000 } else { 10_000 }));
    }
    if wanted("orders") {
        figures.extend(orders::study(if quick { 1000 } else { 10_000 }));
    }
    if wanted("curves") {
        figures.extend(curves::study(if quick { 400 } else { 2000 }));
    }
    if wanted("emg") {
        figures.extend(emg::study(if quick { 300 } else { 2000 })?);
    }
    let mut tables = Vec::new();
    if let Some(data) = std::env::var_os("COPEAK_DATA").map(PathBuf::from) {
        if wanted("treadmill") {
            tables.extend(treadmill::tables(&data, &mut figures)?);
        }
        if wanted("sprint") {
            tables.extend(sprint::tables(&data, &mut figures)?);
        }
        if wanted("emg") {
            tables.extend(emg::tables(&data, &mut figures)?);
        }
    } else if std::env::var("COPEAK_REQUIRE_DATA").as_deref() == Ok("1") {
        return Err("COPEAK_REQUIRE_DATA=1, but COPEAK_DATA is not set".into());
    } else {
        eprintln!("skipped the recordings: set COPEAK_DATA");
    }

    let standard_output = json.as_deref() == Some("-");
    if !standard_output {
        print!("{}", figure::table(&figures));
        tables.iter().for_each(|table| print!("{}", table.markdown()));
    }
    if let Some(path) = markdown {
        let tables: String = tables.iter().map(table::Table::markdown).collect();
        std::fs::write(path, figure::markdown(HEAD, &figures) + &tables)?;
    }
    let holds = figures.iter().all(figure::Figure::holds);
    if let Some(path) = json {
        let rows: Vec<_> = figures.iter().map(figure::Figure::json).collect();
        let tables: Vec<_> = tables.iter().map(table::Table::json).collect();
        let all = serde_json::json!({ "holds": holds, "figures": rows, "tables": tables });
        let text = serde_json::to_string_pretty(&all)?;
        if standard_output { println!("{text}") } else { std::fs::write(path, text + "\n")? }
    }
    Ok(holds)
}

/// The leg of a simulated sprinter, drawn.
fn timeline(path: &str) -> Result<(), Failure> {
    use copeak::report::figure;
    let sprinter = Sprinter::at_speed(9.5).steps(20).every_jitter_s(0.004).angle_noise_deg(0.1).seed(7);
    let leg = leg::of(&sprinter.simulate()?.recording, 15.0)?;
    println!("{}", leg.sequence);
    let svg = figure::timeline("Support leg of a simulated sprinter", &leg.sequence)?;
    std::fs::write(path, figure::standalone(&svg))?;
    Ok(())
}
