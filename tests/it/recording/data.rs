//! Every file of every kind among the recordings loads through the reader that is meant for it.

use crate::common;
use copeak::Rate;
use copeak::recording::c3d;
use copeak::recording::opensim::{mot, trc};
use copeak::recording::parquet;
use copeak::recording::{Recording, csv::CsvFormat};
use std::collections::BTreeMap;
use std::path::Path;

/// Extensions of files that are not recordings.
const TEXTS: [&str; 3] = ["txt", "md", "json"];

fn at(hz: f64) -> CsvFormat {
    CsvFormat::new().at_rate(Rate::from_hz(hz).unwrap())
}

/// A table, with what its kind needs: most have a header and times in `time_s`.
fn table(file: &Path, name: &str) -> Result<Recording, String> {
    // Lists whose rows are athletes, trials or events, with words in some columns.
    const WORDS: [&str; 13] = [
        "trial",
        "side",
        "event",
        "origin",
        "file",
        "sex",
        "footstrike_r",
        "Condition",
        "Sex",
        "Team",
        "Surface",
        "Athlete",
        "Sub",
    ];
    let (format, words): (CsvFormat, &[&str]) = match name {
        "dynaspeed.csv" | "laser-gun-data.csv" | "jb-morin-data.csv" => {
            (CsvFormat::new().time_column("time"), &[])
        }
        "custom_drift_S001runT25.csv" => (at(300.0).headless(), &[]),
        "Accelerometer_one_sub.csv" | "GRF_one_sub.csv" => {
            (CsvFormat::new().in_rows(Rate::from_hz(500.0).unwrap()), &[])
        }
        "events.csv" | "index.csv" | "Sub_Info_one_sub.csv" | "vescovi-data.csv" => (at(1.0), &WORDS),
        _ => (CsvFormat::new(), &[]),
    };
    format.read_where(file, |column| !words.contains(&column)).map_err(|fault| fault.to_string())
}

fn load(file: &Path, name: &str, kind: &str) -> Result<Recording, String> {
    match kind {
        "csv" => table(file, name),
        "trc" => trc::read(file).map(|trial| trial.recording).map_err(|fault| fault.to_string()),
        "mot" | "sto" => mot::read(file).map(|trial| trial.recording).map_err(|fault| fault.to_string()),
        "c3d" => c3d::read(file).map(|trial| trial.recording).map_err(|fault| fault.to_string()),
        "parquet" => parquet::read(file).map_err(|fault| fault.to_string()),
        other => Err(format!("no reader for .{other}")),
    }
}

/// Loads whatever is in a folder and those in it; counts files by kind.
fn walk(folder: &Path, loaded: &mut BTreeMap<String, usize>, faults: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let kind = path.extension().map(|kind| kind.to_string_lossy().to_lowercase());
        match kind {
            _ if path.is_dir() => walk(&path, loaded, faults),
            _ if name == "LICENSE" => {}
            Some(kind) if TEXTS.contains(&kind.as_str()) => {}
            kind => {
                let kind = kind.unwrap_or_default();
                match load(&path, &name, &kind) {
                    Ok(recording) => {
                        let some =
                            |c: &copeak::recording::Channel| c.signal.samples().iter().any(|v| v.is_finite());
                        if recording.name != name || !recording.channels.iter().any(some) {
                            faults.push(format!("{name}: nothing in it"));
                        }
                        *loaded.entry(kind).or_default() += 1;
                    }
                    // Files of many producers, some of which no reader takes yet: refused, never a panic.
                    Err(_) if path.components().any(|part| part.as_os_str() == "wild") => {}
                    Err(fault) => faults.push(format!("{name}: {fault}")),
                }
            }
        }
    }
}

#[test]
fn every_file_loads() {
    let Some(data) = common::data() else { return };
    let (mut loaded, mut faults) = (BTreeMap::new(), Vec::new());
    walk(&data, &mut loaded, &mut faults);
    eprintln!("{loaded:?}");
    assert!(faults.is_empty(), "{faults:#?}");
    for (kind, least) in [("csv", 38), ("trc", 7), ("mot", 7), ("c3d", 2)] {
        assert!(loaded.get(kind).is_some_and(|n| *n >= least), "{loaded:?}");
    }
}

#[test]
fn tables_without_times_are_read() {
    let Some(data) = common::data() else { return };
    let rows = |name: &str| table(&data.join("sacrum_imu_day").join(name), name).unwrap();
    let (sacrum, force) = (rows("Accelerometer_one_sub.csv"), rows("GRF_one_sub.csv"));
    assert_eq!((sacrum.channels.len(), force.channels.len()), (31, 31));
    let samples = |trials: &Recording| trials.signal("row_31").unwrap().samples().len();
    assert_eq!((samples(&sacrum), samples(&force)), (4960, 2480));
    let name = "custom_drift_S001runT25.csv";
    let drift = table(&data.join("drift_dryft").join(name), name).unwrap();
    let span = drift.span().unwrap();
    assert_eq!((drift.channel("column_1").unwrap().missing(), span.start_s), (0, 0.0));
    assert!((span.end_s - 30.0).abs() < 0.01);
    let name = "Sub_Info_one_sub.csv";
    let trials = table(&data.join("sacrum_imu_day").join(name), name).unwrap();
    assert_eq!(
        (trials.channel("Slope").unwrap().missing(), trials.channel("Age").unwrap().missing()),
        (0, 31)
    );
}
