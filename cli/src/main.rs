//! `copeak`: what peaks together in a runner's recordings.

mod arguments;
mod describe;
mod input;
mod markers;
mod report;
mod simulate;

use std::ffi::OsString;
use std::process::ExitCode;

type Command = fn(Vec<OsString>) -> ExitCode;

const COMMANDS: [(&str, Command); 3] =
    [("report", report::main), ("describe", describe::main), ("simulate", simulate::main)];

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let wanted = arguments.next().unwrap_or_default();
    match COMMANDS.iter().find(|(name, _)| *name == wanted) {
        Some((_, command)) => command(arguments.collect()),
        None => {
            eprintln!("unknown command {wanted:?}; expected report, describe or simulate");
            ExitCode::from(2)
        }
    }
}
