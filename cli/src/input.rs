//! From files to recordings with speed and mass.

use crate::{arguments::Arguments, markers};
use copeak::{
    Clock, Signal,
    recording::{Recording, csv},
    simulate,
};
use std::{
    error::Error,
    path::{Path, PathBuf},
};

/// The recordings named on the command line, or the phantom.
pub fn recordings(arguments: &Arguments) -> Result<Vec<Recording>, Box<dyn Error>> {
    if arguments.files.is_empty() {
        return Ok(simulate::sprinter_at_four_speeds()?.into_iter().map(|trial| trial.recording).collect());
    }
    let mut recordings = Vec::new();
    for (i, file) in arguments.files.iter().enumerate() {
        let force = arguments.forces.get(i).map(PathBuf::as_path);
        let offset_s = arguments.force_offsets.get(i).copied().unwrap_or(0.0);
        let mut recording = if markers::has(file) && arguments.model == "newton" {
            markers::read(file, force, offset_s, arguments)?
        } else {
            let mut recording = read(file)?;
            if let Some(force) = force {
                add_force(&mut recording, force, offset_s)?;
            }
            recording
        };
        let (speed, mass) = from_index(file)?;
        recording.speed_mps = arguments.speeds.get(i).copied().or(speed);
        recording.mass_kg = arguments.masses.get(i).copied().or(mass);
        recordings.push(recording);
    }
    Ok(recordings)
}

/// The position of the recording that was asked for as reference.
pub fn reference(arguments: &Arguments, recordings: &[Recording]) -> Result<Option<usize>, String> {
    let Some(wanted) = &arguments.reference else { return Ok(None) };
    let found = arguments.files.iter().position(|file| file == wanted).or_else(|| {
        let name = wanted.to_string_lossy();
        recordings.iter().position(|r| r.name == name)
    });
    found.map(Some).ok_or_else(|| format!("--reference {} is none of the files", wanted.display()))
}

/// A signal on a clock that starts later.
pub fn moved(signal: &Signal, by_s: f64) -> Result<Signal, copeak::Error> {
    let clock = Clock::new(signal.clock().rate(), signal.clock().start_s() + by_s)?;
    Ok(Signal::new(clock, signal.samples().clone()))
}

pub fn read(file: &Path) -> Result<Recording, String> {
    let extension = file.extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase();
    if ["trc", "c3d", "mot", "sto"].contains(&extension.as_str()) {
        return Err(format!(
            "{}: model joint reads joint angles from CSV; markers need --model newton",
            file.display()
        ));
    }
    csv::CsvFormat::new().read_where(file, understood).map_err(|e| format!("{}: {e}", file.display()))
}

/// Whether a column is one of those a report is made of; the others are ignored, whatever stands in them.
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

/// Add the force channels of another file, where the recording has none of that name.
fn add_force(recording: &mut Recording, file: &Path, offset_s: f64) -> Result<(), Box<dyn Error>> {
    let mut added = 0;
    for mut channel in read(file)?.channels {
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
