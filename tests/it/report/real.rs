//! The study of real recordings against figures found by other hands.

use crate::common;
use copeak::recording::{Recording, csv};
use copeak::sequence::Relation;
use copeak::study::{ModelKind, Study, TrialStudy};
use std::path::Path;

/// A recording with the speed and mass that the folder's index gives.
fn read(folder: &Path, file: &str) -> Recording {
    let mut recording = csv::read(folder.join(file)).unwrap();
    if let Ok(mut index) = ::csv::Reader::from_path(folder.join("index.csv")) {
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
    Some(Study::builder().trials(&recordings).run().unwrap())
}

/// Coincidence and kappa of the sprinter at 3.5, 5.2, 7.0 and 9.5 m/s as an independent program (NumPy, drives low-passed at
/// 15 Hz, 3 to 6 usable steps each) found them before this crate was written.
#[test]
fn the_sprinter_agrees_with_an_independent_program() {
    let Some(study) = sprint() else { return };
    let expected = [(0.70, 0.39), (0.73, 0.45), (0.78, 0.52), (0.78, 0.51)];
    let speeds = [3.54, 5.21, 7.02, 9.51];
    for ((trial, (coincidence, kappa)), speed) in study.trials().zip(expected).zip(speeds) {
        let found = trial.convergence.as_ref().unwrap();
        assert!((found.coincidence.unwrap() - coincidence).abs() <= 0.03, "{}: {found:?}", trial.file);
        assert!((found.kappa.unwrap().value - kappa).abs() <= 0.06, "{}: {found:?}", trial.file);
        assert!(found.cycle_start.unwrap().width() <= 0.03, "{}: {found:?}", trial.file);
        assert!((trial.speed_mps.unwrap() - speed).abs() < 0.01, "{:?}", trial.speed_mps);
        assert_eq!(trial.model, ModelKind::Joint);
        assert!(trial.cautions.iter().any(|caution| caution.to_string().contains("not forces")));
    }
    for fast_or_slow in [study.trials().next(), study.trials().nth(3)] {
        let mass_kg = fast_or_slow.unwrap().mass_kg.unwrap();
        assert!((mass_kg - 75.6).abs() < 0.5, "{mass_kg}");
    }
    assert_eq!(study.comparisons.len(), 3);
    for comparison in &study.comparisons {
        assert!(comparison.reference.contains("run0900"), "the fastest is the reference");
        let parts = &comparison.shortfall.split;
        let (total, missing) = (parts.total.value, parts.missing.value);
        let sum = missing + parts.mistimed.value + parts.shape.value;
        assert!((sum - total).abs() <= 1e-12 * total.abs());
        let sum: f64 = parts.missing_by.iter().map(|part| part.value).sum();
        assert!((sum - missing).abs() <= 1e-12 * missing.abs());
    }
}

/// Every accepted step has each contributor's peak or the reason for its absence; every other step has its reason for rejection.
#[test]
fn no_step_is_silent() {
    let Some(study) = sprint() else { return };
    for trial in study.trials() {
        let session = trial.convergence.as_ref().unwrap();
        assert_eq!(session.contributors.len(), 5);
        let leak = session.contributors.iter().map(|c| c.timing_cost).sum::<f64>();
        let available = 5.0;
        let lost = available * (1.0 - session.coincidence.unwrap());
        assert!((leak - lost).abs() <= 1e-12 * lost, "timing costs sum to the leak: {leak} {lost}");
        assert!(trial.steps.accepted().next().is_some());
        for (i, step) in trial.steps.all().iter().enumerate() {
            let used = session.steps.iter().find(|used| used.source == i);
            let left_out = session.excluded_steps.iter().any(|left_out| left_out.step == i);
            assert_eq!(step.accepted(), used.is_some() != left_out, "{step}");
            assert!(used.is_none_or(|used| used.peaks.len() == session.contributors.len()));
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
        let study = Study::builder().trials(&recordings).replicates(100).run().unwrap();
        for (joint, expected) in ["hip", "knee", "ankle"].into_iter().zip(peaks) {
            let time = |trial: &TrialStudy| {
                let leg = trial.sequence.as_ref().unwrap();
                let i = leg.channels.iter().position(|channel| channel.name == joint).unwrap();
                leg.times[i].median_s.unwrap()
            };
            let mut times: Vec<f64> = study.trials().map(time).collect();
            times.sort_by(f64::total_cmp);
            assert!((times[3] - expected).abs() <= 0.012, "{joint} at {speed}: {} {expected}", times[3]);
        }
        for trial in study.trials() {
            // Knee and ankle of one runner tie; hip before ankle holds in all.
            let pair = trial.sequence.as_ref().unwrap().pair("hip", "ankle").unwrap();
            assert_eq!(pair.relation, Relation::Before, "{}", trial.file);
        }
    }
}

/// Four trials of one runner: no inference over athletes, and too few for the models.
#[test]
fn four_trials_of_one_sprinter_give_no_inference_over_athletes() {
    let Some(study) = sprint() else { return };
    let speed = study.speed.as_ref().unwrap();
    assert_eq!((speed.trials, speed.athletes, speed.fit), (4, 1, None));
    assert!(study.to_string().contains("no inference over athletes is possible"));
    let json = serde_json::to_value(&study).unwrap();
    assert_eq!(json["speed"]["force_unit"], "reference peaks");
}

/// Markers and plates of a C3D file, as the library reads them: joint angles of the legs and contacts by force.
#[test]
fn a_c3d_file_is_studied_as_it_is_read() {
    let Some(data) = common::data() else { return };
    let trial = copeak::recording::read(data.join("sprint_dorn2012/raw/JA1Gait35.c3d")).unwrap();
    assert!(trial.ground_force.is_some() && trial.get("hip_flexion_r").is_none());
    let study = Study::builder().trial(&trial).replicates(100).run().unwrap();
    let found = study.trials().next().unwrap();
    assert_eq!(found.event_method(), Some(copeak::event::Method::Mixed));
    assert_eq!(found.contacts.len(), 5);
    assert_eq!(found.contributors, ["support_hip", "swing_hip"]);
    assert!(found.sequence.is_some());
}

/// Markers of an unknown set: the report lists their names.
#[test]
fn markers_of_an_unknown_set_are_listed_in_the_report() {
    let clock = copeak::Clock::from_zero(copeak::Rate::from_hz(100.0).unwrap());
    let mut trial = Recording::new("own markers");
    for axis in ["x", "y", "z"] {
        let signal = copeak::Signal::new(clock, vec![1.0; 200]);
        trial.push(copeak::recording::Channel::new(format!("KNIE_L_{axis}"), "mm", signal)).unwrap();
    }
    let study = Study::builder().trial(&trial).run().unwrap();
    let text = study.to_string();
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("no known set (dorn2012, hamner2013)") && words.contains("KNIE_L"), "{text}");
}
