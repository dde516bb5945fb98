//! Spikes: planted ones are found and nothing else, and the raw angles of a sprinter give velocities without them.

use crate::common;
use crate::common::cases;
use crate::common::memory as counting;
use copeak::filter::{CentralDifference, Filter, SmoothDerivative, SpikeRepair};
use copeak::simulate::Sprinter;
use copeak::{Analysis, AnalysisExt, Error, Frame, Rate};
use counting::allocations;
use proptest::prelude::*;
use std::ops::Range;

fn rate() -> Rate {
    Rate::from_hz(250.0).unwrap()
}

/// Angles of a simulated sprinter with camera noise.
fn angles(seed: u64) -> Vec<(String, Vec<f64>)> {
    let trial = Sprinter::at_speed(9.5).steps(8).angle_noise_deg(0.06).seed(seed).simulate().unwrap();
    let angles = trial.recording.channels.into_iter().filter(|c| c.unit == "deg");
    angles.map(|c| (c.name.clone(), c.signal.into_samples())).collect()
}

/// Repaired runs: first sample, and the one after the last.
fn found(repair: &SpikeRepair, x: &[f64]) -> Vec<(usize, usize)> {
    repair.find(x).unwrap().into_iter().map(|run| (run.start, run.end)).collect()
}

fn largest(x: impl Iterator<Item = f64>) -> f64 {
    x.map(f64::abs).fold(0.0, f64::max)
}

#[test]
fn clean_motion_is_left_alone() {
    for (name, x) in (0..10).flat_map(angles) {
        assert_eq!(SpikeRepair::new().find(&x).unwrap(), [], "{name}");
        assert_eq!(SpikeRepair::new().apply(&x).unwrap(), x, "{name}");
    }
}

#[test]
fn planted_spikes_are_found_and_bridged() {
    for (name, clean) in angles(3) {
        let mut x = clean.clone();
        // One frame, two frames, three frames, and two that lie near each other.
        let planted = [(100..101, 5.0), (150..152, -4.0), (200..203, 6.0), (250..251, 3.0), (256..257, -3.0)];
        for (run, size) in &planted {
            x[run.clone()].iter_mut().for_each(|x| *x += size);
        }
        let runs: Vec<Range<usize>> = planted.iter().map(|p| p.0.clone()).collect();
        assert_eq!(SpikeRepair::new().find(&x).unwrap(), runs, "{name}");
        let repaired = SpikeRepair::new().apply(&x).unwrap();
        for (i, (y, c)) in repaired.iter().zip(&clean).enumerate() {
            if runs.iter().any(|run| run.contains(&i)) {
                assert!((y - c).abs() < 0.6, "{name}, {i}: {y}, was {c}");
            } else {
                assert_eq!(y, c, "{name}, {i}");
            }
        }
    }
}

#[test]
fn steps_and_corners_stay() {
    let mut step: Vec<f64> = (0..200).map(|i| 0.01 * f64::from(i * i % 7)).collect();
    step[100..].iter_mut().for_each(|x| *x += 10.0);
    assert_eq!(SpikeRepair::new().apply(&step).unwrap(), step);
    let corner: Vec<f64> =
        (0..200).map(|i| 0.01 * f64::from(i * i % 7) + f64::from((i - 100).max(0))).collect();
    assert_eq!(SpikeRepair::new().apply(&corner).unwrap(), corner);
    assert_eq!(SpikeRepair::new().apply(&[3.0; 50]).unwrap(), [3.0; 50]);
    // Few digits: more than half of the misfits are exactly 0.
    let mut flat = vec![20.0; 300];
    flat[140] = 21.0;
    assert_eq!(found(&SpikeRepair::new(), &flat), [(140, 141)]);
}

#[test]
fn a_spike_wider_than_allowed_stays() {
    let mut x: Vec<f64> =
        (0..200).map(|i| (f64::from(i) * 0.1).sin() + 0.01 * f64::from(i * i % 7)).collect();
    x[90..95].iter_mut().for_each(|x| *x += 5.0);
    assert_eq!(SpikeRepair::new().find(&x).unwrap(), []);
    assert_eq!(found(&SpikeRepair::new().widest(5), &x), [(90, 95)]);
}

#[test]
fn frames_are_judged_channel_by_channel() {
    let clean: Vec<f64> =
        (0..200).map(|i| (f64::from(i) * 0.1).sin() + 0.01 * f64::from(i * i % 7)).collect();
    let mut one = clean.clone();
    one[50] += 4.0;
    let mut frames: Vec<_> = one.iter().zip(&clean).map(|(a, b)| Frame([*a as f32, *b as f32])).collect();
    frames[120].0[1] -= 3.0;
    let repaired = SpikeRepair::new().apply(&frames).unwrap();
    for (i, (new, old)) in repaired.iter().zip(&frames).enumerate() {
        assert_eq!(new[0] == old[0], i != 50, "{i}");
        assert_eq!(new[1] == old[1], i != 120, "{i}");
    }
    let repair = SpikeRepair::new();
    let (mut out, mut workspace) = (one.clone(), repair.workspace());
    repair.apply_into(&one, &mut out, &mut workspace).unwrap();
    assert_eq!(allocations(|| repair.apply_into(&one, &mut out, &mut workspace).unwrap()), 0);
}

#[test]
fn short_records_nan_and_settings_out_of_range_are_refused() {
    let repair = SpikeRepair::new();
    for n in [0, 1, 15] {
        assert!(matches!(repair.apply(&vec![0.0; n]), Err(Error::TooFew { needed: 16, .. })));
        assert!(matches!(repair.find(&vec![0.0; n]), Err(Error::TooFew { needed: 16, .. })));
    }
    let mut x = vec![0.0; 40];
    x[9] = f64::NAN;
    assert!(matches!(repair.apply(&x), Err(Error::NonFinite { index: 9, .. })));
    for bad in [0.0, 2.9, f64::NAN, f64::INFINITY] {
        assert!(repair.threshold(bad).apply(&[0.0; 20]).is_err());
    }
    assert!(repair.widest(0).apply(&[0.0; 20]).is_err() && repair.widest(17).apply(&[0.0; 20]).is_err());
}

/// The sprinter's raw angles. In single frames a pelvis marker jumps (at 7 m/s by 43 mm), and with it the pelvis and all that hangs
/// on it: the trunk by 5 degrees against the pelvis, so that it seems to turn by 6 degrees from one frame to the next.
#[test]
fn a_sprinters_raw_angles_give_velocities_without_spikes() {
    let Some(folder) = common::data() else { return };
    let low_pass = SmoothDerivative::velocity(2, 15.0, rate()).unwrap();
    let repair = SpikeRepair::new();
    let (mut repaired_samples, mut samples, mut large) = (0, 0, 0);
    for speed in ["0350", "0500", "0700", "0900"] {
        let file = folder.join(format!("sprint_dorn2012/dorn2012_ja1_run{speed}cms.csv"));
        let recording = copeak::recording::csv::read(file).unwrap();
        for channel in recording.channels.iter().filter(|c| c.unit == "deg") {
            let (name, x) = (format!("{speed} {}", channel.name), channel.signal.samples());
            let runs = repair.find(x).unwrap();
            let near =
                |i: usize, reach: usize| runs.iter().any(|r| i + reach >= r.start && i < r.end + reach);
            repaired_samples += runs.iter().map(Range::len).sum::<usize>();
            samples += x.len();
            let before = low_pass.apply(x).unwrap();
            let after = repair.feed(low_pass.clone()).analyze(x).unwrap();
            let raw = CentralDifference::new(rate()).apply(x).unwrap();
            assert_eq!(repair.find(&after).unwrap(), [], "{name}: no isolated excursion is left");

            // Far from what was repaired nothing changed: no true peak is flattened.
            let changed = largest((0..x.len()).filter(|i| !near(*i, 60)).map(|i| before[i] - after[i]));
            assert!(changed < 1e-3 * largest(after.iter().copied()), "{name}: {changed} deg/s");
            // What was there before: a spike of s degrees swings the raw velocity by 125 s deg/s up and down.
            for run in runs.iter().filter(|r| r.len() == 1 && r.start > 20 && r.end + 20 < x.len()) {
                let at = run.start;
                let size = (x[at] - repair.apply(x).unwrap()[at]).abs();
                let raw_error = largest((at - 1..=at + 1).map(|i| raw[i] - after[i]));
                if size > 2.0 {
                    assert!(raw_error > 0.8 * 125.0 * size, "{name}: {size} deg shows as {raw_error} deg/s");
                    large += 1;
                }
            }
        }
    }
    let share = repaired_samples as f64 / samples as f64;
    println!(
        "{repaired_samples} of {samples} samples repaired, {large} single ones by more than two degrees"
    );
    assert!(share < 0.005 && large >= 4, "{share} {large}");
}

/// The peak of the trunk's turn at 7 m/s, stride by stride: one of three stands out until its spike is repaired.
#[test]
fn the_stride_with_the_spike_peaks_like_its_neighbours() {
    let Some(folder) = common::data() else { return };
    let recording =
        copeak::recording::csv::read(folder.join("sprint_dorn2012/dorn2012_ja1_run0700cms.csv")).unwrap();
    let x = recording.signal("trunk_rotation").unwrap().samples();
    assert!(largest(x.windows(2).map(|w| w[1] - w[0])) > 6.0, "6 degrees per frame");
    assert!(SpikeRepair::new().find(x).unwrap().contains(&(171..172)));
    let low_pass = SmoothDerivative::velocity(2, 15.0, rate()).unwrap();
    let peaks =
        |v: &[f64]| [0..70, 140..210, 290..360].map(|r| v[r].iter().copied().fold(f64::MIN, f64::max));
    let raw = peaks(&CentralDifference::new(rate()).apply(x).unwrap());
    let filtered = low_pass.apply(x).unwrap();
    let clean = SpikeRepair::new().feed(low_pass).analyze(x).unwrap();
    let (before, after) = (peaks(&filtered), peaks(&clean));
    println!(
        "peaks of three strides: raw {raw:.0?}, low-passed {before:.0?}, repaired and low-passed {after:.0?} deg/s"
    );
    assert!(raw[1] > 2.0 * raw[0].max(raw[2]), "raw, the spike is the peak by far");
    assert_eq!(
        [before[0], before[2]].map(f64::round),
        [after[0], after[2]].map(f64::round),
        "the others stay"
    );
    assert!(before[1] - after[1] > 30.0, "a low-pass alone leaves a false peak");
    assert!(after[1] > 0.9 * after[0].min(after[2]) && after[1] < after[0].max(after[2]));
    // Within the 64 ms around it the low-passed velocity falls back before it rises to the false peak.
    let swing = |v: &[f64]| {
        let turns = v[164..180].windows(2).map(|w| w[1] - w[0]).collect::<Vec<_>>();
        turns.iter().filter(|d| **d < 0.0).map(|d| -d).sum::<f64>()
    };
    println!("falls within the rise: {:.0} and {:.0} deg/s", swing(&filtered), swing(&clean));
    assert!(swing(&filtered) > 50.0 && swing(&clean) < 20.0);
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn a_single_spike_is_always_found(at in 2usize..298, size in 3.0f64..50.0, negative: bool, speed in 0.01f64..0.12) {
        let mut x: Vec<f64> =
            (0..300).map(|i| 30.0 * (f64::from(i) * speed).sin() + 0.02 * f64::from(i * i % 11)).collect();
        let clean = x[at];
        x[at] += if negative { -size } else { size };
        prop_assert_eq!(found(&SpikeRepair::new(), &x), [(at, at + 1)]);
        let y = SpikeRepair::new().apply(&x).unwrap();
        prop_assert!((y[at] - clean).abs() < 0.4, "{} {}", y[at], clean);
    }

    #[test]
    fn any_finite_record_passes_without_a_panic(x in prop::collection::vec(prop::num::f64::NORMAL, 16..80)) {
        let x: Vec<f64> = x.into_iter().map(|x| x % 1e100).collect();
        let y = SpikeRepair::new().apply(&x).unwrap();
        prop_assert_eq!(y.len(), x.len());
        prop_assert!(SpikeRepair::new().widest(16).apply(&x).is_ok());
    }
}
