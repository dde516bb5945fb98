//! `copeak simulate`: a simulated sprinter, whose timing is known.

use crate::call::{Command, Failure, next, number, path, unexpected};
use crate::convert::{table_format, write_table};
use crate::output;
use copeak::recording::{Channel, Recording};
use copeak::simulate::{Pulse, Sprinter, Truth};
use lexopt::Arg;
use std::fmt::Write;
use std::path::Path;

pub const COMMAND: Command = Command { name: "simulate", help: HELP, run };

const HELP: &str = "\
Writes a simulated sprint of 20 steps with camera and plate noise, whose timing is known:
the joint angles and forces that report reads.

usage: copeak simulate [OPTION]... --to PATH

  --to PATH      the file to write; its extension, .csv or .parquet, chooses the format
  --speed V      speed in m/s (default 9.5)
  --seed N       seed of every random draw (default 1)
  --truth PATH   a table (CSV) of every step: side, contact, and the time at which each
                 pulse truly peaks, in seconds

examples:
  copeak simulate --to sprint.csv
  copeak simulate --speed 7 --to sprint.parquet --truth truth.csv
";

const OPTIONS: [&str; 5] = ["to", "speed", "seed", "truth", "help"];

fn run(mut parser: lexopt::Parser) -> Result<(), Failure> {
    let (mut to, mut truth, mut speed, mut seed) = (None, None, 9.5, None);
    while let Some(argument) = next(&mut parser)? {
        match argument {
            Arg::Long("to") => to = Some(path(&mut parser)?),
            Arg::Long("truth") => truth = Some(path(&mut parser)?),
            Arg::Long("speed") => speed = number(&mut parser, "--speed")?,
            Arg::Long("seed") => seed = Some(number(&mut parser, "--seed")?),
            Arg::Long("help") | Arg::Short('h') => return output::print(HELP),
            other => return Err(unexpected(other, &OPTIONS)),
        }
    }
    let to = to.ok_or(Failure::Call("name the file to write with --to PATH".into()))?;
    let format = table_format(&to)?;
    let outputs: Vec<&Path> =
        [Some(&to), truth.as_ref()].into_iter().flatten().map(|p| p.as_path()).collect();
    output::check(&outputs, &[])?;
    let mut sprinter = Sprinter::at_speed(speed)
        .steps(20)
        .every_jitter_s(0.004)
        .every_amplitude_scatter(0.04)
        .angle_noise_deg(0.1)
        .position_noise_m(0.001)
        .force_noise_n(8.0);
    if let Some(seed) = seed {
        sprinter = sprinter.seed(seed);
    }
    let trial = sprinter.simulate().map_err(|error| Failure::Call(error.to_string()))?;
    write_table(&rounded(trial.recording)?, &to, format)?;
    match truth {
        Some(path) => output::write(&path, |out| Ok(out.write_all(table(&trial.truth).as_bytes())?)),
        None => Ok(()),
    }
}

/// Four decimals, as recordings have them.
fn rounded(mut recording: Recording) -> Result<Recording, Failure> {
    let channels = std::mem::take(&mut recording.channels);
    for Channel { name, unit, signal, .. } in channels {
        let samples: Result<Vec<f64>, _> =
            signal.samples().iter().map(|v| format!("{v:.4}").parse()).collect();
        recording.push(Channel::new(name, unit, signal.with_samples(samples?)))?;
    }
    Ok(recording)
}

fn table(truth: &Truth) -> String {
    let mut text = String::from("side,ic_s,tc_s");
    for pulse in Pulse::ALL {
        let _ = write!(text, ",{pulse}_s");
    }
    text.push('\n');
    for step in &truth.steps {
        let contact = step.step.contact;
        let _ =
            write!(text, "{},{:.6},{:.6}", step.step.side(), contact.initial.time_s, contact.terminal.time_s);
        for pulse in Pulse::ALL {
            let _ = write!(text, ",{:.6}", step.peak_s(pulse));
        }
        text.push('\n');
    }
    text
}
