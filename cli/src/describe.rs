//! What is in a recording: `copeak describe [--time] FILE...` lists the channels of CSV, TRC, MOT,
//! STO, C3D and Parquet files with their rates and missing samples, and a C3D file's plates and events; `--time` says how long reading took.

use copeak::recording::c3d;
use copeak::recording::csv;
use copeak::recording::opensim::{mot, trc};
use copeak::recording::parquet;
use std::error::Error;
use std::ffi::OsString;
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

pub fn main(arguments: Vec<OsString>) -> ExitCode {
    match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("copeak describe: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Vec<OsString>) -> Result<(), Box<dyn Error>> {
    let (mut files, mut time) = (Vec::new(), false);
    let mut arguments = lexopt::Parser::from_args(arguments);
    while let Some(argument) = arguments.next()? {
        match argument {
            lexopt::Arg::Long("time") => time = true,
            lexopt::Arg::Value(file) => files.push(PathBuf::from(file)),
            other => return Err(other.unexpected().into()),
        }
    }
    if files.is_empty() {
        println!("usage: copeak describe [--time] FILE...");
    }
    for file in files {
        let started = Instant::now();
        let recording = read(&file)?;
        let seconds = started.elapsed().as_secs_f64();
        println!("{}", file.display());
        if time {
            let megabytes = std::fs::metadata(&file)?.len() as f64 / 1e6;
            println!("  {megabytes:.1} MB read in {seconds:.3} s: {:.0} MB/s", megabytes / seconds);
        }
        print!("{recording}");
    }
    Ok(())
}

/// What a file of this kind says of itself.
fn read(file: &Path) -> Result<Box<dyn Display>, Box<dyn Error>> {
    let kind = file.extension().map(|e| e.to_ascii_lowercase().to_string_lossy().into_owned());
    Ok(match kind.as_deref() {
        Some("c3d") => Box::new(c3d::read(file)?),
        Some("trc") => Box::new(trc::read(file)?),
        Some("mot" | "sto") => Box::new(mot::read(file)?),
        Some("csv") => Box::new(csv::read(file)?),
        Some("parquet") => Box::new(parquet::read(file)?),
        _ => return Err(format!("{}: not .csv, .trc, .mot, .sto, .c3d or .parquet", file.display()).into()),
    })
}
