//! The report on real recordings against figures found by other hands.

use crate::common;
use copeak::recording::{Recording, read_csv_file};
use copeak::report::{RecordingReport, Settings, Study};
use std::path::Path;

/// A recording with the speed and mass that the folder's index gives.
fn read(folder: &Path, file: &str) -> Recording {
    let mut recording = read_csv_file(folder.join(file)).unwrap();
    if let Ok(mut index) = csv::Reader::from_path(folder.join("index.csv")) {
        let headers = index.headers().unwrap().clone();
        let column = |name: &str| headers.iter().position(|h| h == name).unwrap();
        let (speed, mass) = (column("speed_mps"), column("mass_kg"));
        let row = index.records().map(Result::unwrap).find(|row| &row[0] == file).unwrap();
        recording.speed_mps = Some(row[speed].parse().unwrap());
        recording.mass_kg = Some(row[mass].parse().unwrap());
    }
    recording
}

fn sprint() -> Option<Study> {
    let folder = common::data()?.join("sprint_dorn2012");
    let files = ["0350", "0500", "0700", "0900"].map(|v| format!("dorn2012_ja1_run{v}cms.csv"));
    let recordings: Vec<_> = files.iter().map(|file| read(&folder, file)).collect();
    Some(Settings::default().study(&recordings, None).unwrap())
}

/// Coincidence and kappa of the sprinter at 3.5, 5.2, 7.0 and 9.5 m/s as an independent program (NumPy, drives low-passed at
/// 15 Hz, 3 to 6 usable steps each) found them before this crate was written.
#[test]
fn the_sprinter_agrees_with_an_independent_program() {
    let Some(study) = sprint() else { return };
    let expected = [(0.70, 0.39), (0.73, 0.45), (0.78, 0.52), (0.78, 0.51)];
    let speeds = [3.54, 5.21, 7.02, 9.51];
    for ((recording, (coincidence, kappa)), speed) in study.report.recordings.iter().zip(expected).zip(speeds)
    {
        let found = &recording.convergence;
        assert!((found.coincidence.unwrap() - coincidence).abs() <= 0.03, "{}: {found:?}", recording.file);
        assert!((found.kappa.unwrap() - kappa).abs() <= 0.06, "{}: {found:?}", recording.file);
        let [low, high] = found.seam.unwrap();
        assert!(high - low <= 0.03, "{}: {found:?}", recording.file);
        assert!((recording.speed_mps.unwrap() - speed).abs() < 0.01, "{:?}", recording.speed_mps);
        assert_eq!(recording.model, "joint");
        assert!(recording.notes.iter().any(|note| note.contains("not forces")));
    }
    for fast_or_slow in [&study.report.recordings[0], &study.report.recordings[3]] {
        assert!((fast_or_slow.mass_kg.unwrap() - 75.6).abs() < 0.5, "{:?}", fast_or_slow.mass_kg);
    }
    assert_eq!(study.report.comparisons.len(), 3);
    for comparison in &study.report.comparisons {
        assert!(comparison.reference.contains("run0900"), "the fastest is the reference");
        let parts = comparison.missing + comparison.mistimed + comparison.shape;
        assert!((parts - comparison.total).abs() <= 1e-12 * comparison.total.abs());
        let missing: f64 = comparison.missing_by.values().sum();
        assert!((missing - comparison.missing).abs() <= 1e-12 * comparison.missing.abs());
    }
}

/// Every accepted step has each contributor's peak or says why not; every other step says why it is out.
#[test]
fn no_step_is_silent() {
    let Some(study) = sprint() else { return };
    for recording in &study.report.recordings {
        assert_eq!(recording.contributors.len(), 5);
        let leak = recording.contributors.iter().map(|c| c.timing_cost.unwrap()).sum::<f64>();
        let available = 5.0;
        let lost = available * (1.0 - recording.convergence.coincidence.unwrap());
        assert!((leak - lost).abs() <= 1e-12 * lost, "timing costs sum to the leak: {leak} {lost}");
        assert!(recording.steps.iter().any(|step| step.accepted));
        for step in &recording.steps {
            assert_eq!(step.accepted, step.reason.is_none());
            if step.accepted {
                for contributor in &recording.contributors {
                    let peak = step.peaks.contains_key(&contributor.name);
                    assert!(peak != step.absent.contains_key(&contributor.name), "{}", contributor.name);
                }
            }
        }
    }
}

/// Median over seven treadmill runners of each joint's peak after contact, within 12 ms of what an independent program found
/// with a plain maximum at 12 Hz.
#[test]
fn treadmill_runners_extend_hip_knee_ankle() {
    let Some(folder) = common::data().map(|d| d.join("treadmill_rbds")) else { return };
    let expected = [(25, [0.184, 0.195, 0.224]), (35, [0.163, 0.183, 0.194]), (45, [0.151, 0.177, 0.184])];
    for (speed, peaks) in expected {
        let runners = [1, 2, 3, 4, 5, 8, 9];
        let recordings: Vec<_> =
            runners.iter().map(|s| read(&folder, &format!("s0{s}_v{speed}.csv"))).collect();
        let study = Settings::default().replicates(100).study(&recordings, None).unwrap();
        for (joint, expected) in ["hip", "knee", "ankle"].into_iter().zip(peaks) {
            let time = |r: &RecordingReport| r.sequence.as_ref().unwrap().peak_after_ic_s[joint];
            let mut times: Vec<f64> = study.report.recordings.iter().map(time).collect();
            times.sort_by(f64::total_cmp);
            assert!((times[3] - expected).abs() <= 0.012, "{joint} at {speed}: {} {expected}", times[3]);
        }
        for recording in &study.report.recordings {
            // Knee and ankle of one runner tie; hip before ankle holds in all.
            let pairs = &recording.sequence.as_ref().unwrap().pairs;
            assert_eq!((pairs[2].from.as_str(), pairs[2].to.as_str()), ("hip", "ankle"));
            assert_eq!(pairs[2].relation, "before", "{}", recording.file);
        }
    }
}

/// Four trials of one runner: no inference over athletes, and too few for the models.
#[test]
fn four_trials_of_one_sprinter_say_nothing_of_athletes() {
    let Some(study) = sprint() else { return };
    let model = study.report.speed_model.as_ref().unwrap();
    assert_eq!((model.trials, model.athletes, model.p, model.coefficient), (4, 1, None, None));
    assert!(model.notes.iter().any(|note| note.contains("no inference over athletes is possible")));
    assert!(study.report.to_string().contains("no inference over athletes is possible"));
    let json = serde_json::to_value(&study.report).unwrap();
    assert_eq!(json["speed_model"]["force_unit"], "reference peaks");
}
