//! A cohort to try: simulated athletes, some of whose recordings are damaged, and real recordings.

use crate::layout::{Row, batch, schema};
use copeak::recording::{self, Recording};
use copeak::simulate::{Pulse, Sprinter};
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::file::properties::WriterProperties;
use std::collections::HashMap;
use std::error::Error;
use std::ffi::OsStr;
use std::fs::File;
use std::path::{Path, PathBuf};

/// Recordings of each simulated athlete.
const TRIALS: usize = 10;

/// One in this many simulated recordings is damaged.
const DAMAGED: usize = 50;

/// Rows read and written at a time.
const ROWS: usize = 10;

/// Writes `count` simulated recordings into `files` Parquet files, and one file of the real ones under `real`.
pub fn generate(
    folder: &Path,
    count: usize,
    files: usize,
    real: Option<&Path>,
) -> Result<(), Box<dyn Error>> {
    std::fs::create_dir_all(folder)?;
    if std::fs::read_dir(folder)?.next().is_some() {
        return Err(format!("{} is not empty", folder.display()).into());
    }
    let each = count.div_ceil(files.max(1)).max(1);
    for (part, first) in (0..count).step_by(each).enumerate() {
        let rows = (first..count.min(first + each)).map(simulated);
        write(&folder.join(format!("part-{part:03}.parquet")), rows)?;
    }
    if let Some(real) = real {
        write(&folder.join("real.parquet"), csv_files(real)?.iter().map(|file| recorded(file)))?;
    }
    Ok(())
}

fn write(path: &Path, rows: impl Iterator<Item = Result<Row, Box<dyn Error>>>) -> Result<(), Box<dyn Error>> {
    // Noise does not compress; small groups let a reader stay small, and an engine cut a file up.
    let properties = WriterProperties::builder()
        .set_dictionary_enabled(false)
        .set_max_row_group_row_count(Some(ROWS))
        .build();
    let mut writer = ArrowWriter::try_new(File::create(path)?, schema(), Some(properties))?;
    let mut waiting = Vec::with_capacity(ROWS);
    for row in rows {
        waiting.push(row?);
        if waiting.len() == ROWS {
            writer.write(&batch(&waiting)?)?;
            waiting.clear();
        }
    }
    writer.write(&batch(&waiting)?)?;
    writer.close()?;
    Ok(())
}

/// The `i`th simulated recording: each athlete has a mass, a timing and a scatter, and runs at several speeds.
fn simulated(i: usize) -> Result<Row, Box<dyn Error>> {
    let (athlete, trial) = (i / TRIALS, i % TRIALS);
    // Multiples of an irrational number fill an interval evenly.
    let between = |low: f64, high: f64, ratio: f64| low + (high - low) * (athlete as f64 * ratio).fract();
    let speed_mps = 4.0 + 5.5 * trial as f64 / (TRIALS - 1) as f64;
    let sprint = Sprinter::at_speed(speed_mps)
        .mass_kg(between(50.0, 95.0, 0.618_034))
        .steps(12 + trial)
        .offset_s(Pulse::OppositeArm, between(0.0, 0.03, 0.414_214))
        .offset_s(Pulse::Knee, between(-0.01, 0.01, 0.732_051))
        .every_jitter_s(between(0.002, 0.008, 0.236_068))
        .every_amplitude_scatter(0.04)
        .angle_noise_deg(0.15)
        .position_noise_m(0.001)
        .force_noise_n(8.0)
        .seed(i as u64 + 1)
        .simulate()?;
    let recording =
        if i % DAMAGED == DAMAGED - 1 { damaged(sprint.recording, i / DAMAGED) } else { sprint.recording };
    Ok(Row { id: format!("simulated-{i:06}"), athlete: format!("simulated-{athlete:04}"), recording })
}

/// The recording with something wrong with it, of each kind in turn.
fn damaged(mut recording: Recording, kind: usize) -> Recording {
    match kind % 5 {
        // Nothing was stored.
        0 => recording.channels.clear(),
        // Plates that were not switched on.
        1 => change(&mut recording, "N", |samples| samples.fill(0.0)),
        // Angles lost half-way.
        2 => change(&mut recording, "deg", |samples| {
            let middle = samples.len() / 2;
            samples[middle..].fill(f64::NAN);
        }),
        // Stopped after 20 samples.
        3 => change(&mut recording, "", |samples| samples.truncate(20)),
        // No hips.
        _ => recording.channels.retain(|channel| !channel.name.starts_with("hip_")),
    }
    recording
}

/// Changes the samples of every channel with this unit, or of all.
fn change(recording: &mut Recording, unit: &str, with: impl Fn(&mut Vec<f64>)) {
    for channel in recording.channels.iter_mut().filter(|channel| unit.is_empty() || channel.unit == unit) {
        let mut samples = channel.signal.samples().clone();
        with(&mut samples);
        channel.signal = channel.signal.with_samples(samples);
    }
}

/// A recording from its file; speed and mass from an `index.csv` in the same folder, if that lists it.
fn recorded(file: &Path) -> Result<Row, Box<dyn Error>> {
    let name = |part: Option<&OsStr>| part.unwrap_or_default().to_string_lossy().into_owned();
    let mut recording = recording::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let index = file.with_file_name("index.csv");
    if index.is_file() {
        let mut table = csv::Reader::from_path(index)?;
        for row in table.deserialize() {
            let row: HashMap<String, String> = row?;
            let number =
                |column: &str| row.get(column).filter(|text| !text.is_empty()).map(|text| text.parse());
            if row.get("file") == Some(&name(file.file_name())) {
                recording.speed_mps = number("speed_mps").transpose()?;
                recording.mass_kg = number("mass_kg").transpose()?;
            }
        }
    }
    let id = name(file.file_stem());
    let runner = id.split('_').next().unwrap_or_default();
    let athlete = format!("{} {runner}", name(file.parent().and_then(Path::file_name)));
    Ok(Row { id, athlete, recording })
}

/// The recordings of running in a folder: `*_run*.csv` and `s*_v*.csv`, at any depth.
fn csv_files(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(csv_files(&path)?);
            continue;
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.ends_with(".csv") && (name.contains("_run") || (name.starts_with('s') && name.contains("_v")))
        {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
