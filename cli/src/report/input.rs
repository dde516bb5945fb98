//! From files to recordings with speed and mass.

use super::{arguments::Arguments, markers};
use crate::call::Failure;
use crate::read::format;
use copeak::{
    Clock, Signal,
    recording::{Recording, csv, opensim::mot, parquet},
    simulate,
    study::FileNote,
};
use std::{
    error::Error,
    path::{Path, PathBuf},
};

/// Recordings to study.
pub struct Input {
    pub recordings: Vec<Recording>,
    /// The position of the recording that was asked for as reference.
    pub reference: Option<usize>,
    /// Result of reading each file.
    pub files: Vec<FileNote>,
}

/// The recordings named in the call, or simulated ones. A file that cannot be read is named on standard error.
///
/// # Errors
/// When no file can be read, or not the reference.
pub fn read(arguments: &Arguments) -> Result<Input, Failure> {
    if arguments.files.is_empty() {
        let trials = simulate::sprinter_at_four_speeds()?;
        let recordings: Vec<Recording> = trials.into_iter().map(|trial| trial.recording).collect();
        let names = || recordings.iter().map(|r| r.name.as_str()).collect::<Vec<_>>().join(", ");
        let reference = match &arguments.reference {
            Some(wanted) => {
                let position = recordings.iter().position(|r| wanted.as_os_str() == r.name.as_str());
                let none = || format!("--reference {} is none of: {}", wanted.display(), names());
                Some(position.ok_or_else(|| Failure::Call(none()))?)
            }
            None => None,
        };
        return Ok(Input { recordings, reference, files: Vec::new() });
    }
    let mut input = Input { recordings: Vec::new(), reference: None, files: Vec::new() };
    for (i, file) in arguments.files.iter().enumerate() {
        let mut note = FileNote::new(file.to_string_lossy());
        match recording(arguments, i) {
            Ok(recording) => {
                if input.reference.is_none() && arguments.is_reference(file) {
                    input.reference = Some(input.recordings.len());
                }
                input.recordings.push(recording);
            }
            Err(error) => {
                eprintln!("copeak report: {error}");
                note.problem = Some(error.to_string());
            }
        }
        input.files.push(note);
    }
    if input.recordings.is_empty() {
        return Err("no file could be read".into());
    }
    match &arguments.reference {
        Some(file) if input.reference.is_none() => {
            Err(format!("the reference {} could not be read", file.display()).into())
        }
        _ => Ok(input),
    }
}

/// The recording of one file, with its force, speed and mass.
fn recording(arguments: &Arguments, i: usize) -> Result<Recording, Box<dyn Error>> {
    let file = &arguments.files[i];
    let force = arguments.forces.get(i).map(PathBuf::as_path);
    let offset_s = arguments.force_offsets.get(i).copied().unwrap_or(0.0);
    let mut recording = if markers::has(file) {
        markers::read(file, force, offset_s, arguments)?
    } else {
        let mut recording = angles(file)?;
        if let Some(force) = force {
            add_force(&mut recording, force, offset_s)?;
        }
        recording
    };
    let (speed, mass) = from_index(file)?;
    recording.speed_mps = arguments.speeds.get(i).copied().or(speed).or(recording.speed_mps);
    recording.mass_kg = arguments.masses.get(i).copied().or(mass).or(recording.mass_kg);
    Ok(recording)
}

/// A signal on a clock that starts later.
pub fn moved(signal: &Signal, by_s: f64) -> Result<Signal, copeak::Error> {
    let clock = Clock::new(signal.clock().rate(), signal.clock().start_s() + by_s)?;
    Ok(Signal::new(clock, signal.samples().clone()))
}

/// The channels of a table that a report is made of.
pub fn angles(file: &Path) -> Result<Recording, String> {
    let read = match format(file) {
        Some("mot" | "sto") => mot::read(file).map(|mot| mot.into_degrees()),
        Some("parquet") => parquet::ParquetFormat::new().read_where(file, understood),
        _ => csv::CsvFormat::new().read_where(file, understood),
    };
    read.map_err(|error| error.to_string())
}

/// Whether a report uses a column; the others are ignored, whatever they hold.
fn understood(column: &str) -> bool {
    const SIDED: [&str; 5] =
        ["hip_flexion", "knee_flexion", "ankle_dorsiflexion", "shoulder_flexion", "elbow_flexion"];
    const OTHERS: [&str; 10] = [
        "pelvis_rotation_deg",
        "pelvis_tilt_deg",
        "trunk_rotation_deg",
        "grf_vertical_r_N",
        "grf_vertical_l_N",
        "grf_forward_r_N",
        "grf_forward_l_N",
        "grf_forward_N",
        "grf_valid",
        "pelvis_x_m",
    ];
    let angle = column.strip_suffix("_r_deg").or_else(|| column.strip_suffix("_l_deg"));
    OTHERS.contains(&column) || angle.is_some_and(|angle| SIDED.contains(&angle))
}

/// Adds the force channels of another file, where the recording has none of that name.
fn add_force(recording: &mut Recording, file: &Path, offset_s: f64) -> Result<(), Box<dyn Error>> {
    let mut added = 0;
    for mut channel in angles(file)?.channels {
        channel.signal = moved(&channel.signal, offset_s)?;
        if channel.name.starts_with("grf_") && recording.get(&channel.name).is_none() {
            recording.push(channel)?;
            added += 1;
        }
    }
    if added == 0 {
        return Err(format!("{}: no force channel that is not there already", file.display()).into());
    }
    Ok(())
}

/// Speed and mass from an `index.csv` beside the file, where it names the file.
fn from_index(file: &Path) -> Result<(Option<f64>, Option<f64>), Box<dyn Error>> {
    let index = file.with_file_name("index.csv");
    let Some(name) = file.file_name().and_then(|n| n.to_str()).filter(|_| index.is_file()) else {
        return Ok((None, None));
    };
    let located = |e: ::csv::Error| format!("{}: {e}", index.display());
    let mut table = ::csv::Reader::from_path(&index).map_err(located)?;
    let headers = table.headers().map_err(located)?.clone();
    let column = |wanted: &str| headers.iter().position(|h| h == wanted);
    let (Some(file_column), speed, mass) = (column("file"), column("speed_mps"), column("mass_kg")) else {
        return Ok((None, None));
    };
    for row in table.records() {
        let row = row.map_err(located)?;
        if row.get(file_column) == Some(name) {
            let number = |column: Option<usize>, what: &str| -> Result<Option<f64>, String> {
                let Some(text) = column.and_then(|c| row.get(c)).filter(|text| !text.is_empty()) else {
                    return Ok(None);
                };
                let value = text.parse().ok().filter(|v: &f64| v.is_finite() && *v > 0.0);
                let wrong = || format!("{}: {what} of {name} must be above 0, got {text:?}", index.display());
                value.map(Some).ok_or_else(wrong)
            };
            return Ok((number(speed, "speed_mps")?, number(mass, "mass_kg")?));
        }
    }
    Ok((None, None))
}
