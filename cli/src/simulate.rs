//! Writes a simulated sprint as CSV: `copeak simulate [--speed SPEED] --to PATH [--truth TRUTH.csv]`.
//!
//! SPEED in m/s, 9.5 unless given. The columns are those that the other programs read. TRUTH.csv receives, for every
//! step, its side, its contact and the time at which each pulse truly peaks, in seconds.

use copeak::simulate::{Pulse, Sprinter, Truth};
use lexopt::prelude::*;
use std::error::Error;
use std::ffi::OsString;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

pub fn main(arguments: Vec<OsString>) -> ExitCode {
    match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("copeak simulate: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Vec<OsString>) -> Result<(), Box<dyn Error>> {
    let (mut speed, mut to, mut truth) = (9.5, None, None);
    let mut arguments = lexopt::Parser::from_args(arguments);
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("speed") => speed = arguments.value()?.parse()?,
            Long("to") => to = Some(PathBuf::from(arguments.value()?)),
            Long("truth") => truth = Some(PathBuf::from(arguments.value()?)),
            other => return Err(other.unexpected().into()),
        }
    }
    let trial = Sprinter::at_speed(speed)
        .steps(20)
        .every_jitter_s(0.004)
        .every_amplitude_scatter(0.04)
        .angle_noise_deg(0.1)
        .position_noise_m(0.001)
        .force_noise_n(8.0)
        .simulate()?;

    let channels = &trial.recording.channels;
    let mut out = BufWriter::new(File::create(to.ok_or("--to PATH is needed")?)?);
    write!(out, "time_s")?;
    channels.iter().try_for_each(|c| write!(out, ",{}_{}", c.name, c.unit))?;
    writeln!(out)?;
    let clock = channels[0].signal.clock();
    for i in 0..channels[0].signal.samples().len() {
        write!(out, "{:.4}", clock.time_s(i as f64))?;
        channels.iter().try_for_each(|c| write!(out, ",{:.4}", c.signal.samples()[i]))?;
        writeln!(out)?;
    }
    out.flush()?;
    match truth {
        Some(path) => Ok(write_truth(&trial.truth, BufWriter::new(File::create(path)?))?),
        None => Ok(()),
    }
}

fn write_truth(truth: &Truth, mut out: impl Write) -> std::io::Result<()> {
    write!(out, "side,ic_s,tc_s")?;
    Pulse::ALL.iter().try_for_each(|pulse| write!(out, ",{pulse}_s"))?;
    writeln!(out)?;
    for step in &truth.steps {
        let contact = step.step.contact;
        write!(out, "{},{:.6},{:.6}", step.step.side(), contact.initial.time_s, contact.terminal.time_s)?;
        Pulse::ALL.iter().try_for_each(|&pulse| write!(out, ",{:.6}", step.peak_s(pulse)))?;
        writeln!(out)?;
    }
    out.flush()
}
