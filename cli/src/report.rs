//! The main job: what peaks together in a runner's recordings, as text, JSON, CSV and an HTML page.
//!
//! ```text
//! cargo run --release -p copeak-cli -- report                      # the phantom sprinter at four speeds
//! cargo run --release -p copeak-cli -- report [OPTIONS] FILE...  # your recordings (CSV, TRC, C3D)
//! ```

use crate::arguments::{Arguments, USAGE};
use crate::input;
use copeak::report;
use copeak::study::Study;
use indicatif::{ProgressBar, ProgressStyle};
use std::{
    error::Error,
    ffi::OsString,
    fs::File,
    io::{BufWriter, IsTerminal, Write},
    path::Path,
    process::ExitCode,
};

pub fn main(arguments: Vec<OsString>) -> ExitCode {
    let arguments = match Arguments::read(arguments) {
        Ok(Some(arguments)) => arguments,
        Ok(None) => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        Err(message) => {
            eprintln!("copeak report: {message}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        // The reader of a pipe has seen enough.
        Err(error) if is_broken_pipe(error.as_ref()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("copeak report: {error}");
            ExitCode::FAILURE
        }
    }
}

fn is_broken_pipe(error: &(dyn Error + 'static)) -> bool {
    error.downcast_ref::<std::io::Error>().is_some_and(|e| e.kind() == std::io::ErrorKind::BrokenPipe)
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let recordings = input::recordings(arguments)?;
    let reference = input::reference(arguments, &recordings)?;
    let mut builder = Study::builder()
        .trials(&recordings)
        .model(arguments.model.parse()?)
        .sex(arguments.sex)
        .cutoff_hz(arguments.cutoff_hz)
        .seed(arguments.seed)
        .replicates(arguments.replicates);

    if let Some(position) = reference {
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
    write(arguments, &study)
}

/// A bar on an interactive terminal, nothing elsewhere.
fn progress_bar() -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}");
    ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

fn write(arguments: &Arguments, study: &Study) -> Result<(), Box<dyn Error>> {
    let mut text_wanted = true;
    if let Some(path) = &arguments.json {
        let json = serde_json::to_string_pretty(study)?;
        if path == Path::new("-") {
            text_wanted = false;
            writeln!(std::io::stdout().lock(), "{json}")?;
        } else {
            let mut file = create(path)?;
            writeln!(file, "{json}")?;
            file.flush()?;
        }
    }
    if let Some(path) = &arguments.csv {
        let mut table = create(path)?;
        table.write_all(report::csv(study).as_bytes())?;
        table.flush()?;
    }
    if let Some(path) = &arguments.html {
        let mut page = create(path)?;
        page.write_all(report::html(study)?.as_bytes())?;
        page.flush()?;
    }
    if text_wanted {
        let mut out = std::io::stdout().lock();
        if arguments.files.is_empty() {
            writeln!(out, "The phantom sprinter (simulated, timing known); give files to read your own.\n")?;
        }
        write!(out, "{study}")?;
    }
    Ok(())
}

fn create(path: &Path) -> Result<BufWriter<File>, String> {
    File::create(path).map(BufWriter::new).map_err(|e| format!("cannot write {}: {e}", path.display()))
}
