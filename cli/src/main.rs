//! `copeak`: what peaks together in a runner's recordings.
//!
//! ```text
//! copeak report sprint.csv --html sprint.html
//! copeak describe sprint.c3d
//! ```

mod call;
mod convert;
mod describe;
mod output;
mod read;
mod report;
mod simulate;

use call::{Command, Failure, nearest};
use std::error::Error;
use std::ffi::OsString;
use std::process::ExitCode;

const COMMANDS: [&Command; 4] = [&report::COMMAND, &describe::COMMAND, &convert::COMMAND, &simulate::COMMAND];

const HELP: &str = "\
What peaks together in a runner's recordings, with uncertainty.

usage: copeak COMMAND [OPTION]... [FILE]...

commands:
  report     contacts, steps, sequence and convergence, as text, HTML, JSON or CSV
  describe   what is in files: channels, units, rates, missing samples
  convert    a recording as CSV or Parquet with one clock and common units
  simulate   a simulated sprinter as CSV or Parquet

  copeak COMMAND --help    the options of a command, with examples
  copeak --version         the version

exit status: 0 when there is an answer (also \"cannot tell\"), 1 when nothing could be
read or written, 2 when the call is wrong
";

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    let text: Vec<Option<&str>> = arguments.iter().map(|argument| argument.to_str()).collect();
    let shown = match text[..] {
        [Some("--help" | "-h" | "help")] => HELP.to_owned(),
        [Some("--version" | "-V")] => format!("copeak {}\n", env!("CARGO_PKG_VERSION")),
        [Some("help"), Some(name)] | [Some(name), .., Some("--help" | "-h")] if find(name).is_some() => {
            find(name).map_or_else(String::new, |command| command.help.to_owned())
        }
        [] => {
            eprint!("{HELP}");
            return ExitCode::from(2);
        }
        _ => return run(arguments),
    };
    status("", output::print(&shown))
}

fn find(name: &str) -> Option<&'static Command> {
    COMMANDS.into_iter().find(|command| command.name == name)
}

fn run(mut arguments: Vec<OsString>) -> ExitCode {
    let name = arguments.remove(0).to_string_lossy().into_owned();
    match find(&name) {
        Some(command) => {
            let parser = lexopt::Parser::from_args(arguments);
            status(command.name, (command.run)(parser))
        }
        None => {
            let names = COMMANDS.map(|command| command.name);
            let advice = match nearest(&name, &names) {
                Some(near) => format!("did you mean {near}?"),
                None => format!("expected {}", names.join(", ")),
            };
            status("", Err(Failure::Call(format!("unknown command '{name}'; {advice}"))))
        }
    }
}

/// The exit status of a command, its failure shown on standard error.
fn status(command: &str, result: Result<(), Failure>) -> ExitCode {
    let program = if command.is_empty() { "copeak".to_owned() } else { format!("copeak {command}") };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        // The reader of a pipe has seen enough.
        Err(Failure::Other(error)) if is_broken_pipe(error.as_ref()) => ExitCode::SUCCESS,
        Err(Failure::Other(error)) => {
            eprintln!("{program}: {error}");
            ExitCode::FAILURE
        }
        Err(Failure::Call(message)) => {
            eprintln!("{program}: {message}\nsee {program} --help");
            ExitCode::from(2)
        }
    }
}

fn is_broken_pipe(error: &(dyn Error + 'static)) -> bool {
    error.downcast_ref::<std::io::Error>().is_some_and(|e| e.kind() == std::io::ErrorKind::BrokenPipe)
}
