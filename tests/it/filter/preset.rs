//! Presets: what they promise, and how they treat real angles and forces.

use crate::common;
use copeak::filter::{Band, CentralDifference, Design, Filter, Notch, Preset, ZeroPhase};
use copeak::recording::{Recording, csv};
use copeak::{Error, GroupDelay, Rate, Samples};

fn rate(hz: f64) -> Rate {
    Rate::from_hz(hz).unwrap()
}

#[test]
fn presets_print_their_design_and_source() {
    let kinematics = Preset::running_kinematics(rate(150.0)).unwrap();
    assert_eq!(
        format!("{kinematics:.2}"),
        "running kinematics (OpenCap, Uhlrich et al. 2023): Butterworth low-pass at 12.00 Hz, order 2, for 150 Hz; \
         both ways order 4, each pass at 14.79 Hz"
    );
    assert_eq!(
        (kinematics.purpose(), kinematics.source()),
        ("running kinematics", "OpenCap, Uhlrich et al. 2023")
    );
    assert_eq!(
        Preset::emg_band(rate(2000.0)).unwrap().to_string().split("; ").next(),
        Some(
            "EMG band (De Luca et al. 2010, SENIAM): Butterworth band-pass from 20 to 450 Hz, order 2, for 2000 Hz"
        )
    );
    assert_eq!(
        Preset::emg(rate(2000.0)).unwrap().to_string(),
        "Butterworth band-pass from 20 to 450 Hz, order 2, for 2000 Hz; magnitude; \
         Butterworth low-pass at 24 Hz, order 3, for 2000 Hz"
    );
    assert_eq!(kinematics.zero_phase().unwrap(), ZeroPhase::low_pass(2, 12.0, rate(150.0)).unwrap());
    assert!((kinematics.causal().unwrap().group_delay_s(0.0, rate(150.0)) - 0.0188).abs() < 1e-3);
}

#[test]
fn the_force_for_moments_has_the_cut_off_of_the_kinematics() {
    let kinematics = Preset::sprint_kinematics(rate(250.0)).unwrap();
    let force = Preset::force_for_moments(kinematics, rate(1500.0)).unwrap();
    assert_eq!(force.design().band(), Band::Low(20.0));
    assert_eq!(force.design().effective_order(2).unwrap(), 4);
    assert_eq!(force.zero_phase().unwrap(), ZeroPhase::low_pass(2, 20.0, rate(1500.0)).unwrap());
    assert!(matches!(Preset::force_for_moments(kinematics, rate(40.0)), Err(Error::Cutoff { .. })));
    let notch = Design::from(Notch::new(50.0, 4.0, rate(1000.0)).unwrap());
    assert_eq!(notch.at_rate(rate(2000.0)).unwrap(), Notch::new(50.0, 4.0, rate(2000.0)).unwrap().into());
    assert!(notch.at_rate(rate(90.0)).is_err());
}

#[test]
fn too_slow_a_rate_is_refused() {
    assert!(matches!(Preset::running_kinematics(rate(24.0)), Err(Error::Cutoff { cutoff_hz: 12.0, .. })));
    assert!(matches!(Preset::sprint_kinematics(rate(40.0)), Err(Error::Cutoff { .. })));
    assert!(matches!(Preset::force_events(rate(100.0)), Err(Error::Cutoff { .. })));
    assert!(matches!(Preset::emg(rate(900.0)), Err(Error::Cutoff { cutoff_hz: 450.0, .. })));
    assert!(matches!(Preset::emg_envelope(rate(48.0)), Err(Error::Cutoff { .. })));
}

fn column(recording: &Recording, name: &str) -> Vec<f64> {
    recording.signal(name).unwrap().samples().iter_samples().collect()
}

/// Rate of change of a low-passed angle.
fn velocity(angle: &[f64], cutoff_hz: f64, rate: Rate) -> Vec<f64> {
    let smooth = ZeroPhase::low_pass(2, cutoff_hz, rate).unwrap().apply(angle).unwrap();
    CentralDifference::new(rate).apply(&smooth).unwrap()
}

/// The numbers in the docs of the presets: how much of the knee extension before toe-off each cut-off leaves.
#[test]
fn a_sprinters_knee_needs_the_sprint_preset() {
    let Some(data) = common::data() else { return };
    let sprint = csv::read(data.join("sprint_dorn2012/dorn2012_ja1_run0900cms.csv")).unwrap();
    let rate = rate(250.0);
    let knee = column(&sprint, "knee_flexion_r");
    let least = |v: &[f64]| v[100..120].iter().copied().fold(f64::INFINITY, f64::min);
    let raw = least(&CentralDifference::new(rate).apply(&knee).unwrap());
    assert!((raw + 1004.0).abs() < 1.0, "{raw}");
    for (cutoff, left) in [(20.0, 97.0), (12.0, 87.0), (8.0, 69.0), (6.0, 51.0)] {
        let percent = 100.0 * least(&velocity(&knee, cutoff, rate)) / raw;
        assert!((percent - left).abs() < 1.0, "{cutoff} Hz leaves {percent} %");
    }
}

/// And how far the cut-off of the markers moves a contact of the force.
#[test]
fn force_for_events_keeps_its_contacts() {
    let Some(data) = common::data() else { return };
    let sprint = csv::read(data.join("sprint_dorn2012/dorn2012_ja1_run0900cms.csv")).unwrap();
    let (right, left) = (column(&sprint, "grf_vertical_r"), column(&sprint, "grf_vertical_l"));
    let force: Vec<f64> = right.iter().zip(left).map(|(r, l)| r + l).collect();
    let onsets = |x: &[f64]| (1..x.len()).filter(|i| x[i - 1] < 50.0 && x[*i] >= 50.0).collect::<Vec<_>>();
    let raw = onsets(&force);
    let kept =
        onsets(&Preset::force_events(rate(250.0)).unwrap().zero_phase().unwrap().apply(&force).unwrap());
    let moved = onsets(&ZeroPhase::low_pass(2, 12.0, rate(250.0)).unwrap().apply(&force).unwrap());
    assert_eq!((raw.len(), kept.len(), moved.len()), (4, 4, 4));
    for ((raw, kept), moved) in raw.iter().zip(kept).zip(moved) {
        assert!(raw - kept <= 1, "{raw} {kept}");
        assert_eq!(raw - moved, 3, "12 ms");
    }
}

/// Seven runners at 3.5 m/s: the largest knee accelerations under 6 Hz and under 12 Hz.
#[test]
fn walkings_cut_off_takes_a_quarter_of_a_runners_accelerations() {
    let Some(data) = common::data() else { return };
    let rate = rate(150.0);
    let mut ratios: Vec<f64> = std::fs::read_dir(data.join("treadmill_rbds"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_string_lossy().ends_with("_v35.csv"))
        .map(|path| {
            let knee = column(&csv::read(path).unwrap(), "knee_flexion_r");
            let large = |cutoff| {
                let mut a = CentralDifference::new(rate).apply(&velocity(&knee, cutoff, rate)).unwrap();
                a.iter_mut().for_each(|a| *a = a.abs());
                a.sort_by(f64::total_cmp);
                a[a.len() * 99 / 100]
            };
            large(6.0) / large(12.0)
        })
        .collect();
    ratios.sort_by(f64::total_cmp);
    assert_eq!(ratios.len(), 7);
    assert!((ratios[3] - 0.74).abs() < 0.01 && (ratios[0] - 0.66).abs() < 0.01, "{ratios:?}");
    assert!((ratios[6] - 0.90).abs() < 0.01, "{ratios:?}");
}
