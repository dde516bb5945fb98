//! TRC and MOT: real files, faults with their place, and identical data after writing and reading.

use crate::common;
use crate::common::cases;
use copeak::recording::opensim::{mot, trc};
use copeak::recording::{Channel, ProgressReader, Recording};
use copeak::{Clock, Rate, Signal};
use proptest::prelude::*;

fn trc_text(frames: usize) -> String {
    let mut text = String::from(
        "PathFileType\t4\t(X/Y/Z)\ta.trc\nDataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames\n",
    );
    text += &format!(
        "100\t100\t{frames}\t2\tmm\t100\t1\t{frames}\nFrame#\tTime\tA\t\t\tB\t\t\n\t\tX1\tY1\tZ1\tX2\tY2\tZ2\n\n"
    );
    for i in 0..frames {
        text += &format!("{}\t{}\t1\t2\t{i}\t4\t5\t6\n", i + 1, i as f64 / 100.0);
    }
    text
}

const MOT: &str = "Coordinates\nversion=1\nnRows=3\nnColumns=3\ninDegrees=no\nendheader\ntime hip knee_tx\n0 1 2\n0.01 3 nan\n0.02 5 6\n";

#[test]
fn every_real_file_loads() {
    let Some(data) = common::data() else { return };
    for (file, markers, frames, share, rate) in [
        ("sprint_dorn2012/raw/run0350cms.trc", 53, 836, 0.0, 250.0),
        ("sprint_dorn2012/raw/run0900cms.trc", 53, 323, 0.0, 250.0),
        ("sprint_dorn2012/raw/static.trc", 57, 646, 0.0, 250.0),
        ("fullbody_hamner2013/run300.trc", 42, 216, 0.0, 100.0),
        ("fullbody_bmclab/motion_capture_run.trc", 78, 0, 0.256, 150.0),
    ] {
        let trc = trc::read(data.join(file)).unwrap_or_else(|e| panic!("{file}: {e}"));
        assert_eq!(trc.markers.len(), markers, "{file}");
        let first = &trc.recording.channels[0].signal;
        assert_eq!(first.clock().rate().as_hz(), rate, "{file}");
        assert!(frames == 0 || first.samples().len() == frames, "{file}");
        assert!((trc.occluded_fraction() - share).abs() < 5e-4, "{file}: {}", trc.occluded_fraction());
    }
    // Millimetres and metres alike become metres: the sacrum of a runner is about one metre high.
    for (file, marker) in
        [("sprint_dorn2012/raw/run0350cms.trc", "SACR_y"), ("fullbody_hamner2013/run300.trc", "LPSI_y")]
    {
        let trc = trc::read(data.join(file)).unwrap();
        let high = trc.recording.signal(marker).unwrap().samples();
        assert!(high.iter().all(|y| (0.9..1.3).contains(y)));
    }
    let sprint = mot::read(data.join("sprint_dorn2012/raw/run0900cms.mot")).unwrap();
    assert_eq!((sprint.in_degrees, sprint.recording.channels.len()), (Some(true), 35));
    let slow = mot::read(data.join("fullbody_hamner2013/run300_ik.mot")).unwrap();
    assert_eq!(slow.in_degrees, Some(false));
    let knee = slow.into_degrees().get("knee_angle_r").unwrap().clone();
    assert!(knee.unit == "deg" && knee.signal.samples().iter().any(|v| *v < -60.0), "radians became degrees");
    for file in ["fullbody_hamner2013/run300_grf.mot", "fullbody_bmclab/grf_run.mot"] {
        let force = mot::read(data.join(file)).unwrap_or_else(|e| panic!("{file}: {e}"));
        assert!(force.recording.channels.iter().any(|c| c.unit == "N" && c.name.ends_with("vy")), "{file}");
    }
}

#[test]
fn the_message_of_each_fault_has_its_line() {
    let fault = |text: &str| trc::read_from(text.as_bytes()).unwrap_err().to_string();
    let good = trc_text(3);
    assert!(trc::read_from(good.as_bytes()).is_ok());
    assert_eq!(fault(""), "line 1: the file ends before its first line");
    assert_eq!(fault("time,x\n"), "line 1: not a TRC file, which begins with PathFileType");
    assert_eq!(fault(&good.replace("\tmm\t", "\tfoot\t")), "line 3: unit \"foot\" is none of m, cm, mm");
    assert_eq!(fault(&good.replace("NumMarkers", "Markers")), "line 3: the header has no NumMarkers");
    assert_eq!(fault(&good.replace("\tB\t", "\t\t")), "line 4: 1 marker names, where NumMarkers is 2");
    assert_eq!(
        fault(&good.replace("2\t0.01\t1", "2\t0.01\tone")),
        "line 8, column 3: \"one\" is not a number"
    );
    assert_eq!(
        fault(&good.replace("2\t0.01\t1", "2\t0.01\tinf")),
        "line 8, column 3: \"inf\" is not a number"
    );
    assert_eq!(
        fault(&good.replace("1\t2\t1\t4\t5\t6", "1\t2\t1")),
        "line 8: 5 cells, where the header has 8 columns"
    );
    assert_eq!(fault(&good[..good.len() - 3]), "line 9: 7 cells, where the header has 8 columns");
    let cut = good.rfind("3\t0.02").unwrap();
    assert_eq!(fault(&good[..cut]), "line 8: the file ends with 2 rows, where NumFrames is 3");
    assert!(fault(&good.replacen("100", "200", 1)).starts_with("line 3: DataRate is 200 Hz"));
    let binary = trc::read_from(&b"PathFileType\n\xff\xfe\n"[..]).unwrap_err();
    assert_eq!(binary.to_string(), "line 2: not UTF-8 text");

    let fault = |text: &str| mot::read_from(text.as_bytes()).unwrap_err().to_string();
    assert!(mot::read_from(MOT.as_bytes()).is_ok());
    assert_eq!(fault("nRows=3\n"), "line 2: the file ends before its line endheader");
    assert_eq!(fault(&MOT.replace("nRows=3", "nRows=x")), "line 3: nRows is \"x\", not a count");
    assert_eq!(fault(&MOT.replace("=no", "=perhaps")), "line 5: inDegrees is \"perhaps\", not yes or no");
    assert_eq!(
        fault(&MOT.replace("time hip", "hip shank")),
        "line 7: no column time; columns present: hip, shank, knee_tx"
    );
    assert_eq!(fault(&MOT.replace("nColumns=3", "nColumns=4")), "line 7: 3 columns, where nColumns is 4");
    assert_eq!(
        fault(&MOT.replace("0.01 3 nan", "0.01 3")),
        "line 9: 2 cells, where the header has 3 columns"
    );
    assert_eq!(
        fault(&MOT.replace("nRows=3", "nRows=4")),
        "line 10: the file ends with 3 rows, where nRows is 4"
    );
    assert!(fault(&MOT.replace("0.02 5", "0.01 5")).starts_with("column time: "));
}

#[test]
fn progress_is_reported_while_a_file_is_read() {
    let long = trc_text(4000);
    let mut reported = Vec::new();
    trc::read_from(ProgressReader::new(long.as_bytes(), |bytes| reported.push(bytes))).unwrap();
    let complete = reported.last() == Some(&(long.len() as u64));
    assert!(reported.is_sorted() && reported.len() > 1 && complete, "{reported:?}");
    let mut last = 0;
    mot::read_from(ProgressReader::new(MOT.as_bytes(), |bytes| last = bytes)).unwrap();
    assert_eq!(last, MOT.len() as u64);
}

#[test]
fn hidden_markers_are_counted_and_repeated_names_get_numbers() {
    let text = trc_text(3).replace("2\t0.01\t1\t2\t1\t", "2\t0.01\t1\t\t1\t").replace("\tB\t", "\tA\t");
    let trc = trc::read_from(text.as_bytes()).unwrap();
    assert_eq!((trc.markers, trc.occluded), (vec!["A".to_string(), "A#2".to_string()], vec![1, 0]));
    for axis in ["A_x", "A_y", "A_z"] {
        assert!(
            trc.recording.signal(axis).unwrap().samples()[1].is_nan(),
            "a marker without one coordinate is hidden"
        );
    }
}

/// Cut or damaged anywhere, a file is refused with its place or loads with the rows its header says; never a panic.
#[test]
fn a_thousand_damaged_files_give_errors_and_no_panic() {
    let mut noise = common_noise(5);
    for whole in [trc_text(40).into_bytes(), MOT.as_bytes().to_vec()] {
        for case in 0..1000 {
            let mut bytes = whole.clone();
            if case % 2 == 0 {
                bytes.truncate(noise() as usize % whole.len());
            } else {
                for _ in 0..1 + noise() % 3 {
                    let at = noise() as usize % bytes.len();
                    bytes[at] ^= 1 << (noise() % 8);
                }
            }
            if whole[0] == b'P' {
                if let Ok(trc) = trc::read_from(&bytes[..]) {
                    let rows = trc.recording.channels[0].signal.samples().len();
                    assert!(case % 2 == 1 || rows == 40, "a stump passed for the whole");
                }
            } else if let Ok(mot) = mot::read_from(&bytes[..]) {
                assert!(case % 2 == 1 || mot.recording.channels[0].signal.samples().len() == 3);
            }
        }
    }
}

fn common_noise(mut state: u64) -> impl FnMut() -> u64 {
    move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 33
    }
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn a_written_recording_reads_back_the_same(
        rate in 10.0..1000.0f64, start in -10.0..10.0f64,
        values in prop::collection::vec(prop::collection::vec(prop_oneof![9 => -5.0..5.0f64, 1 => Just(f64::NAN)], 3), 2..40),
    ) {
        let clock = Clock::new(Rate::from_hz(rate).unwrap(), start).unwrap();
        let seen: Vec<&Vec<f64>> = values.iter().collect();
        let mut markers = Recording::new("written");
        let mut others = Recording::new("written");
        for (i, axis) in ["x", "y", "z"].into_iter().enumerate() {
            let whole = seen.iter().map(|p| if p.iter().any(|v| v.is_nan()) { f64::NAN } else { p[i] }).collect();
            markers.push(Channel::new(format!("M 1_{axis}"), "m", Signal::new(clock, whole))).unwrap();
            let own: Vec<f64> = seen.iter().map(|p| p[i]).collect();
            let (name, unit) = [("force_vx", "N"), ("hip", "deg"), ("pelvis_tx", "m")][i];
            others.push(Channel::new(name, unit, Signal::new(clock, own))).unwrap();
        }
        let mut text = Vec::new();
        trc::write(&markers, &mut text).unwrap();
        let trc = trc::read_from(&text[..]).unwrap();
        prop_assert_eq!(trc.markers, vec!["M 1".to_string()]);
        let mut mot = Vec::new();
        mot::write(&others, &mut mot).unwrap();
        let mot = mot::read_from(&mot[..]).unwrap().recording;
        for (written, read) in [(&markers, &trc.recording), (&others, &mot)] {
            for (a, b) in written.channels.iter().zip(&read.channels) {
                prop_assert_eq!((&a.name, &a.unit), (&b.name, &b.unit));
                prop_assert!((a.signal.clock().rate().as_hz() / b.signal.clock().rate().as_hz() - 1.0).abs() < 1e-3);
                let same = |(x, y): (&f64, &f64)| x.to_bits() == y.to_bits() || x.is_nan() && y.is_nan();
                prop_assert!(a.signal.samples().iter().zip(b.signal.samples()).all(same));
            }
        }
    }
}
