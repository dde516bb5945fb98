//! `copeak convert`: a recording as CSV or Parquet.

use crate::call::{Command, Failure, next, path, unexpected};
use crate::output;
use crate::read::{self, Content};
use copeak::filter::Regrid;
use copeak::recording::{Channel, Recording, csv, parquet};
use copeak::{Clock, Signal};
use lexopt::Arg;
use std::path::{Path, PathBuf};

pub const COMMAND: Command = Command { name: "convert", help: HELP, run };

const HELP: &str = "\
Writes a recording (CSV, Parquet, C3D, TRC, MOT, STO) as CSV or Parquet: one row per
instant, every channel named with its unit, angles in degrees and lengths in metres.
Channels of several rates are put on the clock of the fastest; samples that a channel does
not cover stay missing.

usage: copeak convert FILE --to PATH

  --to PATH   the file to write; its extension, .csv or .parquet, chooses the format

examples:
  copeak convert sprint.c3d --to sprint.csv
  copeak convert angles.mot --to angles.parquet
";

const OPTIONS: [&str; 2] = ["to", "help"];

fn run(mut parser: lexopt::Parser) -> Result<(), Failure> {
    let (mut file, mut to) = (None, None);
    while let Some(argument) = next(&mut parser)? {
        match argument {
            Arg::Long("to") => to = Some(path(&mut parser)?),
            Arg::Long("help") | Arg::Short('h') => return output::print(HELP),
            Arg::Value(value) if file.is_none() => file = Some(PathBuf::from(value)),
            Arg::Value(value) => {
                return Err(Failure::Call(format!(
                    "one file at a time; {} is a second",
                    value.to_string_lossy()
                )));
            }
            other => return Err(unexpected(other, &OPTIONS)),
        }
    }
    let file = file.ok_or(Failure::Call("name the file to convert".into()))?;
    let to = to.ok_or(Failure::Call("name the file to write with --to PATH".into()))?;
    let format = table_format(&to)?;
    output::check(&[&to], &[&file])?;
    let content = read::read(&file)?;
    let recording = in_common_units(match content {
        Content::Mot(mot) => mot.into_degrees(),
        other => other.into_recording(),
    });
    let recording = on_one_clock(recording).map_err(|error| format!("{}: {error}", file.display()))?;
    write_table(&recording, &to, format)
}

/// A format that tables are written in.
#[derive(Clone, Copy)]
pub enum TableFormat {
    Csv,
    Parquet,
}

/// The format that a file to write has by its extension.
pub fn table_format(to: &Path) -> Result<TableFormat, Failure> {
    match read::format(to) {
        Some("csv") => Ok(TableFormat::Csv),
        Some("parquet") => Ok(TableFormat::Parquet),
        _ => Err(Failure::Call(format!("--to {} must end in .csv or .parquet", to.display()))),
    }
}

/// Writes a recording as a table.
pub fn write_table(recording: &Recording, to: &Path, format: TableFormat) -> Result<(), Failure> {
    output::write(to, |out| match format {
        TableFormat::Csv => Ok(csv::write(recording, out)?),
        TableFormat::Parquet => Ok(parquet::write(recording, out)?),
    })
}

/// Radians in degrees, millimetres in metres, newton millimetres in newton metres.
fn in_common_units(mut recording: Recording) -> Recording {
    for channel in &mut recording.channels {
        let (unit, factor) = match channel.unit.as_str() {
            "rad" => ("deg", 180.0 / std::f64::consts::PI),
            "mm" => ("m", 1e-3),
            "Nmm" => ("Nm", 1e-3),
            _ => continue,
        };
        let samples = channel.signal.samples().iter().map(|v| v * factor).collect();
        channel.signal = channel.signal.with_samples(samples);
        channel.unit = unit.into();
    }
    recording
}

/// Every channel on the clock of the fastest.
fn on_one_clock(mut recording: Recording) -> Result<Recording, copeak::Error> {
    let rate = |channel: &Channel| channel.signal.clock().rate().as_hz();
    let Some(fastest) = recording.channels.iter().max_by(|a, b| rate(a).total_cmp(&rate(b))) else {
        return Ok(recording);
    };
    let (clock, n) = (fastest.signal.clock(), fastest.signal.samples().len());
    let mut others = 0;
    for channel in std::mem::take(&mut recording.channels) {
        let signal = if channel.signal.clock() == clock && channel.signal.samples().len() == n {
            channel.signal
        } else {
            others += 1;
            on_clock(&channel.signal, clock, n)?
        };
        recording.push(Channel::new(channel.name, channel.unit, signal))?;
    }
    if others > 0 {
        let hz = clock.rate().as_hz();
        eprintln!("copeak convert: {others} channels interpolated at the instants of the fastest, {hz} Hz");
    }
    Ok(recording)
}

fn on_clock(signal: &Signal, clock: Clock, n: usize) -> Result<Signal, copeak::Error> {
    let mut samples = vec![f64::NAN; n];
    Regrid::new(clock).apply_into(signal, &mut samples)?;
    Ok(Signal::new(clock, samples))
}
