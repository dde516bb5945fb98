//! Do lags, orders and relations hold what they promise, and what do they say of real runners? Run it through
//! `scripts/validate sequence`.

mod curves;
mod emg;
mod lags;
mod leg;
mod orders;
mod sprint;
mod table;
mod treadmill;

use crate::options::Options;
use crate::{Error, figure};
use copeak::simulate::Sprinter;
use std::ffi::OsString;
use std::path::PathBuf;

const HEAD: &str = "\
# Sequencing: validation on simulations and real runners

Written by `scripts/validate sequence --markdown PATH`. First simulations, whose truth is known: a number with a range in
brackets must lie in it. Then the recordings.

![Peak times of hip, knee and ankle after initial contact of a simulated sprinter, with the lags between them and their intervals below](sequence.svg)

The figure of a `Sequence` (`scripts/validate sequence --figure PATH`): dots are steps, bars 95 % intervals, and the shaded area above is the time to
terminal contact.
";

/// Runs the study with the arguments that follow its name, and returns whether everything that it requires holds.
///
/// # Errors
/// An unknown argument, or a failure of the study.
pub fn run(arguments: Vec<OsString>) -> Result<bool, Error> {
    let options = Options::read(arguments, &["quick", "only", "json", "markdown", "figure"])?;
    if let Some(path) = &options.figure {
        return timeline(path).map(|()| true);
    }
    let mut figures = Vec::new();
    if options.wants("lags") {
        figures.extend(lags::study(if options.quick { 1000 } else { 10_000 }));
    }
    if options.wants("orders") {
        figures.extend(orders::study(if options.quick { 1000 } else { 10_000 }));
    }
    if options.wants("curves") {
        figures.extend(curves::study(if options.quick { 400 } else { 2000 }));
    }
    if options.wants("emg") {
        figures.extend(emg::study(if options.quick { 300 } else { 2000 })?);
    }
    let mut tables = Vec::new();
    if let Some(data) = std::env::var_os("COPEAK_DATA").map(PathBuf::from) {
        if options.wants("treadmill") {
            tables.extend(treadmill::tables(&data, &mut figures)?);
        }
        if options.wants("sprint") {
            tables.extend(sprint::tables(&data, &mut figures)?);
        }
        if options.wants("emg") {
            tables.extend(emg::tables(&data, &mut figures)?);
        }
    } else if std::env::var("COPEAK_REQUIRE_DATA").as_deref() == Ok("1") {
        return Err("COPEAK_REQUIRE_DATA=1, but COPEAK_DATA is not set".into());
    } else {
        eprintln!("skipped the recordings: set COPEAK_DATA");
    }

    if !options.json_on_standard_output() {
        print!("{}", figure::table(&figures));
        tables.iter().for_each(|table| print!("{}", table.markdown()));
    }
    if let Some(path) = &options.markdown {
        let tables: String = tables.iter().map(table::Table::markdown).collect();
        std::fs::write(path, figure::markdown(HEAD, &figures) + &tables)?;
    }
    let holds = figures.iter().all(figure::Figure::holds);
    let rows: Vec<_> = figures.iter().map(figure::Figure::json).collect();
    let tables: Vec<_> = tables.iter().map(table::Table::json).collect();
    options.write_json(&serde_json::json!({ "holds": holds, "figures": rows, "tables": tables }))?;
    Ok(holds)
}

/// The leg of a simulated sprinter, drawn.
fn timeline(path: &str) -> Result<(), Error> {
    use copeak::report::figure;
    let sprinter = Sprinter::at_speed(9.5).steps(20).every_jitter_s(0.004).angle_noise_deg(0.1).seed(7);
    let leg = leg::of(&sprinter.simulate()?.recording, 15.0)?;
    println!("{}", leg.sequence);
    let svg = figure::timeline("Support leg of a simulated sprinter", &leg.sequence)?;
    std::fs::write(path, figure::standalone(&svg))?;
    Ok(())
}
