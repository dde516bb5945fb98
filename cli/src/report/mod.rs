//! `copeak report`: what peaks together in recordings, as text, JSON, CSV and an HTML page.

mod arguments;
mod input;
mod markers;

use crate::call::{Command, Failure};
use crate::output;
use arguments::Arguments;
use copeak::report;
use copeak::study::{Study, StudyBuilder};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;

pub const COMMAND: Command = Command { name: "report", help: arguments::HELP, run };

fn run(parser: lexopt::Parser) -> Result<(), Failure> {
    let Some(arguments) = Arguments::read(parser)? else { return output::print(arguments::HELP) };
    output::check(&arguments.outputs(), &arguments.inputs())?;
    let input = input::read(&arguments)?;
    let mut builder = Study::builder()
        .trials(&input.recordings)
        .model(arguments.model)
        .sex(arguments.sex)
        .cutoff_hz(arguments.cutoff_hz)
        .seed(arguments.seed)
        .replicates(arguments.replicates);
    builder = input.files.into_iter().fold(builder, StudyBuilder::file);
    if let Some(position) = input.reference {
        builder = builder.reference(position);
    }
    let bar = progress_bar();
    let study = builder.run_with(|progress| {
        bar.set_length(progress.all as u64);
        bar.set_position(progress.done as u64);
        let compared = if progress.compared { " compared" } else { "" };
        bar.set_message(format!("{}{compared}", progress.recording));
    })?;
    bar.finish_and_clear();
    write(&arguments, &study)
}

/// A bar on an interactive terminal, nothing elsewhere.
fn progress_bar() -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}");
    ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

fn write(arguments: &Arguments, study: &Study) -> Result<(), Failure> {
    if let Some(path) = &arguments.json {
        output::write(path, |out| {
            serde_json::to_writer_pretty(&mut *out, study)?;
            Ok(out.write_all(b"\n")?)
        })?;
    }
    if let Some(path) = &arguments.csv {
        output::write(path, |out| Ok(out.write_all(report::csv(study).as_bytes())?))?;
    }
    if let Some(path) = &arguments.html {
        output::write(path, |out| Ok(out.write_all(report::html(study)?.as_bytes())?))?;
    }
    if arguments.outputs().into_iter().any(output::is_standard) {
        return Ok(());
    }
    let simulated = "A simulated sprinter, whose opposite arm comes 25 ms late at 9.5 m/s.\nGive files to report your own.\n\n";
    let heading = if arguments.files.is_empty() { simulated } else { "" };
    output::print(&format!("{heading}{study}"))
}
