//! What is in a recording: `cargo run --release --example describe_recording -- [--time] FILE...` lists the channels of CSV, TRC, MOT,
//! STO, C3D and Parquet files with their rates and missing samples, and a C3D file's plates and events; `--time` says how long reading took.

use copeak::recording::Recording;
use copeak::recording::c3d::read_c3d_file;
use copeak::recording::opensim::{read_mot_file, read_trc_file};
use copeak::recording::parquet::read_parquet_file;
use copeak::recording::read_csv_file;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Instant;

fn main() -> Result<(), Box<dyn Error>> {
    let (mut files, mut time) = (Vec::new(), false);
    let mut arguments = lexopt::Parser::from_env();
    while let Some(argument) = arguments.next()? {
        match argument {
            lexopt::Arg::Long("time") => time = true,
            lexopt::Arg::Value(file) => files.push(PathBuf::from(file)),
            other => return Err(other.unexpected().into()),
        }
    }
    if files.is_empty() {
        println!("usage: describe_recording [--time] FILE...");
    }
    for file in files {
        let started = Instant::now();
        let (recording, more) = read(&file)?;
        let seconds = started.elapsed().as_secs_f64();
        println!("{}", file.display());
        if time {
            let megabytes = std::fs::metadata(&file)?.len() as f64 / 1e6;
            println!("  {megabytes:.1} MB read in {seconds:.3} s: {:.0} MB/s", megabytes / seconds);
        }
        describe(&recording);
        more.iter().for_each(|line| println!("  {line}"));
    }
    Ok(())
}

/// The recording, and what else the file says.
fn read(file: &Path) -> Result<(Recording, Vec<String>), Box<dyn Error>> {
    let kind = file.extension().map(|e| e.to_ascii_lowercase().to_string_lossy().into_owned());
    match kind.as_deref() {
        Some("c3d") => {
            let trial = read_c3d_file(file)?;
            let plates =
                trial.plates.iter().enumerate().map(|(i, p)| format!("plate {}: type {}", i + 1, p.kind));
            let events = trial.events.iter().map(|e| format!("{:.3} s: {} {}", e.time_s, e.context, e.label));
            let more = plates.chain(events).collect();
            Ok((trial.recording, more))
        }
        Some("trc") => {
            let trial = read_trc_file(file)?;
            let seen = format!("{:.1} % of all marker positions not seen", 100.0 * trial.occluded_share());
            Ok((trial.recording, vec![seen]))
        }
        Some("mot" | "sto") => Ok((read_mot_file(file)?.recording, Vec::new())),
        Some("csv") => Ok((read_csv_file(file)?, Vec::new())),
        Some("parquet") => Ok((read_parquet_file(file)?, Vec::new())),
        _ => Err(format!("{}: not .csv, .trc, .mot, .sto, .c3d or .parquet", file.display()).into()),
    }
}

/// Channels that share clock and length stand together.
fn describe(recording: &Recording) {
    let mut rest: Vec<_> = recording.channels.iter().collect();
    while let Some(first) = rest.first() {
        let (clock, samples) = (first.signal.clock(), first.signal.samples().len());
        let alike = |c: &&copeak::recording::Channel| {
            c.signal.clock() == clock && c.signal.samples().len() == samples
        };
        let (here, others): (Vec<_>, Vec<_>) = rest.into_iter().partition(alike);
        println!("  {samples} samples at {} Hz from {:.3} s:", clock.rate().as_hz(), clock.start_s());
        for channel in here {
            let unit = if channel.unit.is_empty() { "no unit" } else { &channel.unit };
            let missing = match channel.missing() {
                0 => String::new(),
                n => format!(", {n} missing"),
            };
            println!("    {} ({unit}){missing}", channel.name);
        }
        rest = others;
    }
}
