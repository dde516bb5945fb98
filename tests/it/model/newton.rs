//! The newton model on bodies whose segment accelerations are known, and on real runners against force plates.

use crate::common;
use crate::common::cases;
use copeak::convergence::{Contribute, CycleKind, Cycles, SessionAnalysis};
use copeak::event::{Contact, Event, EventKind, Method, Side};
use copeak::model::{
    Body, ForceResidual, Forces, GroupForce, Landmark, MarkerSet, NewtonModel, Segment, Sex,
};
use copeak::recording::opensim::{mot, trc};
use copeak::recording::{Channel, Recording, c3d, csv};
use copeak::stride::Step;
use copeak::study::{ModelKind, Study, TrialStudy};
use copeak::time::TimeSpan;
use copeak::{Clock, Rate, Signal};
use proptest::prelude::*;
use std::f64::consts::TAU;

const MASS: f64 = 70.0;
const G: f64 = 9.80665;

/// A standing body's markers: forward, up, right.
fn figure() -> Vec<(String, [f64; 3])> {
    let mut all: Vec<(String, [f64; 3])> = [
        ("C7", [-0.05, 1.50, 0.0]),
        ("MAN", [0.06, 1.42, 0.0]),
        ("T7", [-0.08, 1.30, 0.0]),
        ("SACR", [-0.09, 1.03, 0.0]),
        ("P1", [-0.11, 0.99, 0.02]),
        ("P2", [-0.11, 0.99, -0.03]),
        ("P3", [-0.12, 0.95, 0.0]),
    ]
    .map(|(name, place)| (name.to_string(), place))
    .to_vec();
    for (letter, s) in [("L", -1.0), ("R", 1.0)] {
        for (name, [x, y, z]) in [
            ("ASI", [0.08, 1.0, 0.12]),
            ("SH", [-0.02, 1.44, 0.18]),
            ("ELB", [-0.03, 1.14, 0.24]),
            ("WR", [0.0, 0.89, 0.27]),
            ("THLP", [0.0, 0.75, 0.17]),
            ("THLD", [0.0, 0.63, 0.16]),
            ("THAP", [0.08, 0.75, 0.1]),
            ("THAD", [0.07, 0.63, 0.1]),
            ("LEPI", [0.0, 0.5, 0.14]),
            ("TIAP", [0.05, 0.4, 0.08]),
            ("TIAD", [0.04, 0.25, 0.08]),
            ("TILAT", [0.0, 0.3, 0.13]),
            ("LMAL", [-0.02, 0.08, 0.13]),
            ("HEEL", [-0.09, 0.04, 0.09]),
            ("TOE", [0.16, 0.03, 0.1]),
            ("MFS", [0.06, 0.07, 0.08]),
            ("MFL", [0.05, 0.05, 0.12]),
            ("P1MT", [0.11, 0.03, 0.07]),
            ("P5MT", [0.09, 0.02, 0.13]),
        ] {
            all.push((format!("{letter}{name}"), [x, y, s * z]));
        }
    }
    all
}

fn recording(rate_hz: f64, frames: usize, place: impl Fn(&str, [f64; 3], f64) -> [f64; 3]) -> Recording {
    let clock = Clock::new(Rate::from_hz(rate_hz).unwrap(), 2.0).unwrap();
    let mut trial = Recording::new("figure");
    for (name, at) in figure() {
        let path: Vec<[f64; 3]> = (0..frames).map(|i| place(&name, at, i as f64 / rate_hz)).collect();
        for (k, axis) in ["x", "y", "z"].into_iter().enumerate() {
            let samples = path.iter().map(|p| p[k]).collect();
            trial.push(Channel::new(format!("{name}_{axis}"), "m", Signal::new(clock, samples))).unwrap();
        }
    }
    trial
}

fn groups(forces: &Forces) -> [&GroupForce; 4] {
    [&forces.left_leg, &forces.right_leg, forces.arms.as_ref().unwrap(), &forces.trunk_head]
}

#[test]
fn de_levas_table() {
    // Male and female mass in per cent and centre, as printed in table 4.
    let printed = [
        (Segment::Head, 6.94, 6.68, 0.5002, 0.4841),
        (Segment::Trunk, 43.46, 42.57, 0.5138, 0.4964),
        (Segment::UpperArm, 2.71, 2.55, 0.5772, 0.5754),
        (Segment::Forearm, 1.62, 1.38, 0.4574, 0.4559),
        (Segment::Hand, 0.61, 0.56, 0.79, 0.7474),
        (Segment::Thigh, 14.16, 14.78, 0.4095, 0.3612),
        (Segment::Shank, 4.33, 4.81, 0.4395, 0.4352),
        (Segment::Foot, 1.37, 1.29, 0.4415, 0.4014),
    ];
    for sex in [Sex::Male, Sex::Female] {
        let sum: f64 = Segment::ALL.iter().map(|s| s.count() as f64 * s.mass_fraction(sex)).sum();
        assert!((sum - 1.0).abs() < 1e-15);
        for (segment, male, female, of_man, of_woman) in printed {
            let (mass, centre) = if sex == Sex::Male { (male, of_man) } else { (female, of_woman) };
            assert!((100.0 * segment.mass_fraction(sex) - mass).abs() < 5e-3, "{segment:?}");
            assert_eq!(segment.centre(sex), centre);
        }
    }
}

/// A body that moves as one with a known acceleration: every group's force is its mass times that, less gravity.
#[test]
fn a_rigid_body_gives_mass_times_acceleration() {
    let (rate, frequency, height) = (250.0, 2.0, 0.05);
    let wave = |t: f64| height * (TAU * frequency * t).sin();
    let trial = recording(rate, 500, |_, [x, y, z], t| [x + 5.0 * t + 0.5 * wave(t), y + wave(t), z]);
    let newton = NewtonModel::new(40.0).mass_kg(MASS).apply(&trial).unwrap();
    assert!(newton.body.softness.values().all(|rms| *rms < 1e-12), "{:?}", newton.body.softness);
    let omega = TAU * frequency;
    // What the filter and the second difference leave of a 2 Hz sine is next to all: 1e-4.
    for i in 50..450 {
        let a = -omega * omega * wave(i as f64 / rate);
        for group in groups(&newton.vertical) {
            let expected = MASS * group.fraction * (a + G);
            assert!(
                (group.force.samples()[i] - expected).abs()
                    < 3e-4 * MASS * group.fraction * omega * omega * height
            );
        }
        let total = newton.forward.total.force.samples()[i];
        assert!((total - 0.5 * MASS * a).abs() < 3e-4 * MASS * omega * omega * height);
    }
    let fractions: f64 = groups(&newton.vertical).iter().map(|g| g.fraction).sum();
    assert!((fractions - 1.0).abs() < 1e-14);
}

/// Only the arms move: only the arms' force departs from their weight, and by their own mass.
#[test]
fn only_moving_segments_exert_force_beyond_their_weight() {
    let wave = |t: f64| 0.1 * (TAU * 3.0 * t).sin();
    let arm = |name: &str| ["SH", "ELB", "WR"].iter().any(|m| name.ends_with(m));
    let trial = recording(250.0, 400, |name, [x, y, z], t| [x, y + if arm(name) { wave(t) } else { 0.0 }, z]);
    let newton = NewtonModel::new(50.0).mass_kg(MASS).apply(&trial).unwrap();
    let [left, right, arms, trunk] = groups(&newton.vertical);
    let omega = TAU * 3.0;
    for i in 40..360 {
        for still in [left, right, trunk] {
            assert!((still.force.samples()[i] - MASS * still.fraction * G).abs() < 1e-6);
        }
        let a = -omega * omega * wave(i as f64 / 250.0);
        assert!((arms.force.samples()[i] - MASS * arms.fraction * (a + G)).abs() < 0.3);
    }
    let mass = 2.0 * (0.0271 + 0.0162 + 0.0061);
    assert!((arms.fraction - mass).abs() < 1e-12);
}

/// Thigh and shank swing about known joints: the functional centres and the standing trial's both give the shank's true centre.
#[test]
fn joint_centres_of_a_double_pendulum() {
    let (hip, knee) = ([-0.02, 0.92, 0.0], [0.0, 0.5, 0.0]);
    let about = |[x, y, z]: [f64; 3], [cx, cy, _]: [f64; 3], angle: f64| {
        let ((s, c), dx, dy) = (angle.sin_cos(), x - cx, y - cy);
        [cx + c * dx - s * dy, cy + s * dx + c * dy, z]
    };
    let thigh = |t: f64| 0.7 * (TAU * 1.5 * t).sin();
    let knee_angle = |t: f64| -0.9 + 0.8 * (TAU * 1.5 * t + 0.5).sin();
    let foot_angle = |t: f64| 0.4 * (TAU * 1.5 * t + 2.0).sin();
    let ankle = [-0.02, 0.08, 0.0];
    let moved = move |name: &str, p: [f64; 3], t: f64| {
        let ends = |list: &[&str]| list.iter().any(|m| name[1..] == **m);
        let p = if ends(&["HEEL", "TOE", "MFS", "MFL", "P1MT", "P5MT"]) {
            about(p, ankle, foot_angle(t))
        } else {
            p
        };
        let below = ends(&["TIAP", "TIAD", "TILAT", "LMAL", "HEEL", "TOE", "MFS", "MFL", "P1MT", "P5MT"]);
        let p = if below { about(p, knee, knee_angle(t)) } else { p };
        let leg = below || ends(&["THLP", "THLD", "THAP", "THAD", "LEPI"]);
        if leg && name != "LASI" && name != "RASI" { about(p, hip, thigh(t)) } else { p }
    };
    let trial = recording(200.0, 400, moved);
    let mut standing = trial.clone();
    standing.standing = figure().into_iter().collect();
    standing.standing.insert("LMEPI".into(), [0.0, 0.5, -0.05]);
    standing.standing.insert("RMEPI".into(), [0.0, 0.5, 0.05]);
    standing.standing.insert("LMMAL".into(), [-0.02, 0.08, -0.06]);
    standing.standing.insert("RMMAL".into(), [-0.02, 0.08, 0.06]);
    // In the plane of motion; along a hinge's axis nothing can tell where it is.
    for (what, recording) in [("standing", &standing), ("functional", &trial)] {
        let body = Body::from_markers(recording, &MarkerSet::dorn2012(), Sex::Male).unwrap();
        let shank = body
            .segments
            .iter()
            .find(|s| s.segment == Segment::Shank && s.side == Some(Side::Right))
            .unwrap();
        for i in (20..380).step_by(15) {
            let t = i as f64 / 200.0;
            let centre = 0.4395;
            let own: [f64; 3] = core::array::from_fn(|k| knee[k] + centre * (ankle[k] - knee[k]));
            let truth = about(about(own, knee, knee_angle(t)), hip, thigh(t));
            let miss = (shank.centre[i][0] - truth[0]).hypot(shank.centre[i][1] - truth[1]);
            assert!(miss < 0.003, "{what} at {t}: {miss}");
        }
    }
}

/// C3D files have z up and the runner may go any way: the axes are found.
#[test]
fn axes_are_found_whatever_the_laboratory_calls_them() {
    let wave = |t: f64| 0.05 * (TAU * 2.0 * t).sin();
    let plain = recording(100.0, 200, |_, [x, y, z], t| [x + 3.0 * t, y + wave(t), z]);
    let turned = recording(100.0, 200, |_, [x, y, z], t| [z, -(x + 3.0 * t), y + wave(t)]);
    let model = NewtonModel::new(15.0).mass_kg(MASS);
    let (plain, turned) = (model.apply(&plain).unwrap(), model.apply(&turned).unwrap());
    assert_eq!(turned.body.axes, [[0.0, -1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]);
    for (a, b) in groups(&plain.vertical).into_iter().zip(groups(&turned.vertical)) {
        let off =
            a.force.samples().iter().zip(b.force.samples()).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(off < 1e-6, "{off}");
    }
}

proptest! {
    #![proptest_config(cases(16))]

    /// The groups sum to the whole body's force to 1e-12 of it for any motion.
    #[test]
    fn groups_sum_to_the_total(seed in 0u64..1000, female in any::<bool>()) {
        let mut noise = common_noise(seed);
        let phases: Vec<f64> = (0..40).map(|_| noise()).collect();
        let trial = recording(100.0, 120, |name, at, t| {
            let key = name.bytes().map(usize::from).sum::<usize>() % 37;
            core::array::from_fn(|k| at[k] + 0.02 * (TAU * (1.0 + phases[key]) * t + 6.0 * phases[key + k]).sin())
        });
        let sex = if female { Sex::Female } else { Sex::Male };
        let newton = NewtonModel::new(12.0).sex(sex).mass_kg(MASS).apply(&trial).unwrap();
        for forces in [&newton.vertical, &newton.forward] {
            let size = forces.total.force.samples().iter().fold(0.0, |a: f64, b| a.max(b.abs()));
            for i in 0..120 {
                let sum: f64 = groups(forces).iter().map(|g| g.force.samples()[i]).sum();
                prop_assert!((sum - forces.total.force.samples()[i]).abs() <= 1e-12 * size.max(MASS * G));
            }
        }
    }
}

fn common_noise(seed: u64) -> impl FnMut() -> f64 {
    let mut state = seed.wrapping_mul(2).wrapping_add(1);
    move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// White noise on every marker: the forces scatter by the reported standard error.
#[test]
fn noise_is_propagated() {
    let mut state = 7u64;
    let mut normal = move || {
        let mut uniform = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((state >> 11) as f64 + 0.5) / (1u64 << 53) as f64
        };
        (-2.0 * uniform().ln()).sqrt() * (TAU * uniform()).cos()
    };
    let clock = Clock::from_zero(Rate::from_hz(250.0).unwrap());
    let mut trial = Recording::new("still");
    for (name, at) in figure() {
        for (k, axis) in ["x", "y", "z"].into_iter().enumerate() {
            let samples = (0..3000).map(|_| at[k] + 0.0005 * normal()).collect();
            trial.push(Channel::new(format!("{name}_{axis}"), "m", Signal::new(clock, samples))).unwrap();
        }
    }
    let newton = NewtonModel::new(15.0).mass_kg(MASS).apply(&trial).unwrap();
    for forces in [&newton.vertical, &newton.forward] {
        for group in groups(forces).into_iter().chain([&forces.total]) {
            let x = &group.force.samples()[100..2900];
            let mean = x.iter().sum::<f64>() / x.len() as f64;
            let sd = (x.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / x.len() as f64).sqrt();
            assert!((sd / group.se_n - 1.0).abs() < 0.1, "{sd} N, told {} N", group.se_n);
        }
    }
}

#[test]
fn segments_without_markers_keep_their_mass() {
    let whole = recording(100.0, 100, |_, p, _| p);
    let without = |names: &[&str]| {
        let mut less = whole.clone();
        less.channels.retain(|c| !names.iter().any(|n| c.name.starts_with(n)));
        less
    };
    let model = NewtonModel::new(10.0).mass_kg(MASS);
    let weight = |recording: &Recording| model.apply(recording).unwrap().vertical.total.force.samples()[50];
    for names in [&["LWR", "RWR"][..], &["LTOE"], &["LELB"], &["LSH", "RSH"], &["T7"], &["P1_", "P2", "P3"]] {
        assert!((weight(&without(names)) - MASS * G).abs() < 1e-6, "{names:?}");
    }
    let armless = model.apply(&without(&["LSH", "RSH"])).unwrap();
    assert_eq!(armless.absent, ["arms"]);
    assert!(armless.notes.iter().any(|n| n.contains("moves with the trunk")), "{:?}", armless.notes);
    for (names, what) in [(&["C7"][..], "C7"), (&["LASI"], "ASIS"), (&["LEPI", "LLEPI", "LTH"], "knee")] {
        let error = model.apply(&without(names)).unwrap_err().to_string();
        assert!(error.contains(what) || error.contains("known marker set"), "{error}");
    }
    assert!(
        model.clone().mass_kg(0.0).apply(&whole).is_err()
            && NewtonModel::new(f64::NAN).mass_kg(MASS).apply(&whole).is_err()
    );
    let none = MarkerSet::new("none").landmark(Landmark::C7, ["CV7"]);
    assert!(NewtonModel::new(10.0).mass_kg(MASS).markers(none).apply(&whole).is_err());
    assert!(
        NewtonModel::new(60.0).mass_kg(MASS).apply(&whole).is_err(),
        "a cut-off above the Nyquist frequency"
    );
}

/// A marker that hides for long leaves a gap in the forces and nothing else; a short one is filled.
#[test]
fn gaps_cost_frames() {
    let mut trial = recording(100.0, 300, |_, [x, y, z], t| [x, y + 0.02 * (9.0 * t).sin(), z]);
    let hide = |trial: &mut Recording, name: &str, frames: std::ops::Range<usize>| {
        for channel in trial.channels.iter_mut().filter(|c| c.name.starts_with(name)) {
            let mut samples = channel.signal.samples().clone();
            samples[frames.clone()].fill(f64::NAN);
            channel.signal = channel.signal.with_samples(samples);
        }
    };
    hide(&mut trial, "C7_", 50..55);
    hide(&mut trial, "RELB_", 140..190);
    hide(&mut trial, "LTHAP_", 200..280);
    let newton = NewtonModel::new(10.0).mass_kg(MASS).apply(&trial).unwrap();
    let total = newton.vertical.total.force.samples();
    let lost: Vec<usize> = (0..300).filter(|i| total[*i].is_nan()).collect();
    assert_eq!((lost.first(), lost.last(), lost.len()), (Some(&140), Some(&189), 50));
}

#[test]
fn a_wrong_label_is_found() {
    let trial = recording(100.0, 200, |name, [x, y, z], t| {
        let away = if name == "RP5MT" { 0.5 + 0.3 * (20.0 * t).sin() } else { 0.0 };
        [x, y + away, z]
    });
    let newton = NewtonModel::new(10.0).mass_kg(MASS).apply(&trial).unwrap();
    assert!(newton.notes.iter().any(|n| n.contains("RP5MT") && n.contains("label")), "{:?}", newton.notes);
    assert!(newton.body.softness["foot_r"] < 1e-9);
}

#[test]
fn contributors_are_signed_and_cut_from_mid_flight() {
    let trial = recording(250.0, 500, |_, [x, y, z], t| [x, y + 0.08 * (TAU * 2.0 * t).sin(), z]);
    let newton = NewtonModel::new(20.0).mass_kg(MASS).apply(&trial).unwrap();
    let names: Vec<&str> = newton.contributors.iter().map(Contribute::name).collect();
    assert_eq!(names, ["support_leg", "swing_leg", "arms", "trunk_head"]);
    assert_eq!(newton.forward.contributors().len(), 4);
    let event = |t, side, kind| Event::new(t, 0.001, side, kind, Method::Force);
    let steps: Vec<Step> = (1..4)
        .map(|i| {
            let (start, side) = (2.0 + 0.5 * f64::from(i), if i % 2 == 0 { Side::Left } else { Side::Right });
            let ends = (EventKind::InitialContact, EventKind::TerminalContact);
            let contact = Contact::new(event(start - 0.25, side, ends.0), event(start + 0.05, side, ends.1));
            Step::new(contact.unwrap(), start + 0.25, 1.0)
        })
        .collect();
    let cycles = Cycles::new(&newton.contributors, &steps, CycleKind::Step).unwrap();
    let session = SessionAnalysis::new(1).replicates(50).apply(&cycles).unwrap();
    assert_eq!((session.model.as_str(), session.unit.as_str()), ("newton", "N"));
    // All parts move as one, so all peak at once.
    assert!((session.coincidence.unwrap() - 1.0).abs() < 1e-9);
    let left = newton.contributors[2].drive(Side::Left).unwrap();
    assert_eq!(left, newton.contributors[2].drive(Side::Right).unwrap(), "no sign flips with the side");
    assert!(
        newton.contributors[0].drive(Side::Left).unwrap().samples().iter().any(|f| *f < 0.0),
        "not clipped"
    );
}

/// Without markers, or without mass and force, the report cautions which is missing and does not fail.
#[test]
fn a_study_without_markers_or_mass_cautions_that_newtons_need_them() {
    let joints = copeak::simulate::Sprinter::at_speed(7.0).simulate().unwrap().recording;
    let massless = recording(250.0, 500, |_, p, _| p);
    let study = Study::builder().trials([&joints, &massless]).model(ModelKind::Newton).replicates(50);
    for (trial, what) in study.run().unwrap().trials().zip(["marker", "mass"]) {
        assert_eq!(trial.model, ModelKind::Newton);
        assert_eq!(trial.absent, ["support_leg", "swing_leg", "arms", "trunk_head"]);
        assert!(trial.closure.vertical.is_none() && trial.contributors.is_empty());
        let named = |caution: &copeak::study::Caution| caution.to_string().contains(what);
        assert!(trial.cautions.iter().any(named), "{:?}", trial.cautions);
    }
    assert!("gravity".parse::<ModelKind>().is_err());
}

fn sprint(speed: &str) -> Option<Recording> {
    let folder = common::data()?.join("sprint_dorn2012");
    let mut trial = trc::read(folder.join(format!("raw/run{speed}cms.trc"))).unwrap().recording;
    trial.standing = trc::read(folder.join("raw/static.trc")).unwrap().recording.mean_markers();
    for channel in csv::read(folder.join(format!("dorn2012_ja1_run{speed}cms.csv"))).unwrap().channels {
        // The marker file's clock is 4 ms ahead of the table's.
        let clock = channel.signal.clock();
        let clock = Clock::new(clock.rate(), clock.start_s() + 0.004).unwrap();
        let moved = Signal::new(clock, channel.signal.samples().clone());
        trial.push(Channel::new(channel.name, channel.unit, moved)).unwrap();
    }
    trial.mass_kg = Some(75.6);
    Some(trial)
}

/// ForceResidual against plates: at least as near as a crude model by another hand (r 0.995 and 0.983, RMS 12 and 35 % of body weight,
/// mean error -0.1 and 1.7 %).
#[test]
fn the_sprinters_segments_meet_the_plates() {
    let Some(slow) = sprint("0350") else { return };
    let fast = sprint("0900").unwrap();
    let study = Study::builder().trials([&slow, &fast]).model(ModelKind::Newton).replicates(100);
    let study = study.run().unwrap();
    let bars = [(0.995, 0.12, 0.005), (0.983, 0.25, 0.012)];
    for (trial, (r, rms, mean)) in study.trials().zip(bars) {
        assert_eq!((trial.model, trial.cycle), (ModelKind::Newton, CycleKind::Step));
        let vertical = trial.closure.vertical.as_ref().unwrap();
        assert!(vertical.steps.len() >= 3, "{vertical:?}");
        assert!(vertical.r.unwrap() >= r, "{vertical:?}");
        assert!(vertical.rms_bw.unwrap() <= rms, "{vertical:?}");
        assert!(vertical.mean_bw.unwrap().abs() <= mean, "{vertical:?}");
        let contributors = &trial.convergence.as_ref().unwrap().contributors;
        assert_eq!(contributors.len(), 4);
        assert!(contributors.iter().map(|c| c.timing_cost).sum::<f64>() > 0.0);
        assert!(contributors.iter().all(|c| c.unit == "N"));
    }
    for comparison in &study.comparisons {
        let shortfall = &comparison.shortfall;
        assert_eq!((shortfall.model.as_str(), shortfall.unit.as_str()), ("newton", "N"));
        let [total, missing, mistimed, shape] = {
            let parts = &shortfall.split;
            [parts.total, parts.missing, parts.mistimed, parts.shape].map(|part| part.value)
        };
        let sum = missing + mistimed + shape;
        assert!((sum - total).abs() <= 1e-12 * total.abs().max(missing.abs()));
    }
}

/// Angles from the markers against those of the laboratory's own model, and contacts found with them against the plates'.
#[test]
fn leg_angles_serve_to_find_contacts() {
    for speed in ["0350", "0900"] {
        let Some(trial) = sprint(speed) else { return };
        let body = Body::from_markers(&trial, &MarkerSet::dorn2012(), Sex::Male).unwrap();
        let mut bare = Recording::new("markers alone");
        for channel in body.leg_angles() {
            let theirs = trial.signal(&channel.name).unwrap().samples();
            let ours = channel.signal.samples();
            let n = theirs.len().min(ours.len());
            let mean = |x: &[f64]| x[..n].iter().sum::<f64>() / n as f64;
            let (a, b) = (mean(ours), mean(theirs));
            let product =
                |x: &[f64], m: f64, y: &[f64], k: f64| (0..n).map(|i| (x[i] - m) * (y[i] - k)).sum::<f64>();
            let r = product(ours, a, theirs, b)
                / (product(ours, a, ours, a) * product(theirs, b, theirs, b)).sqrt();
            assert!(
                r > if channel.name.starts_with("ankle") { 0.95 } else { 0.98 },
                "{speed} {} {r}",
                channel.name
            );
            bare.push(channel).unwrap();
        }
        let report = |recording: &Recording| -> TrialStudy {
            let study = Study::builder().trial(recording).replicates(50).run().unwrap();
            study.into_trials().next().unwrap()
        };
        let (plates, markers) = (report(&trial), report(&bare));
        let mut met = 0;
        for contact in plates.contacts.iter().filter(|c| c.method() == Method::Force) {
            let apart_s = |c: &Contact| (c.initial.time_s - contact.initial.time_s).abs();
            let near = |c: &&Contact| c.side() == contact.side() && apart_s(c) < 0.03;
            let Some(own) = markers.contacts.iter().find(near) else { continue };
            met += 1;
            assert!(apart_s(own) < 0.015, "{speed}: {own:?} {contact:?}");
        }
        assert!(met >= 4, "{speed}: {met} contacts of markers meet the plates'");
    }
}

/// The C3D of the same trial, in another frame and with millimetres, gives the same forces.
#[test]
fn c3d_and_trc_agree() {
    let Some(trc) = sprint("0900") else { return };
    let folder = common::data().unwrap().join("sprint_dorn2012/raw");
    let mut c3d = c3d::read(folder.join("JA1Gait35.c3d")).unwrap().recording;
    c3d.channels.retain(|c| c.unit == "mm");
    let model = NewtonModel::new(15.0).mass_kg(75.6);
    let (trc, mut without) = (trc, c3d.clone());
    let mut plain = trc.clone();
    plain.standing.clear();
    without.standing.clear();
    let (a, b) = (model.apply(&plain).unwrap(), model.apply(&without).unwrap());
    // The C3D has one frame more at its start.
    let (a, b) = (a.vertical.total.force.samples(), b.vertical.total.force.samples());
    let shift = b.len() - a.len();
    let off = (40..a.len() - 40).map(|i| (a[i] - b[i + shift]).abs()).fold(0.0, f64::max);
    assert!(off < 10.0, "{off} N of 2500: the mean shapes come from other frames");
}

/// The second runner has no marker on knee and ankle: their centres come from the motion. His plates are 12.5 ms late against
/// his markers, which costs more than everything else; without it the correlation is that of the sprinter.
#[test]
fn the_second_runner_by_functional_centres() {
    let Some(folder) = common::data().map(|d| d.join("fullbody_hamner2013")) else { return };
    let trial = trc::read(folder.join("run300.trc")).unwrap().recording;
    let newton = NewtonModel::new(15.0).mass_kg(72.84).apply(&trial).unwrap();
    assert_eq!(newton.body.markers, "hamner2013");
    let force = mot::read(folder.join("run300_grf.mot")).unwrap().recording;
    let [one, two] = ["ground_force_1_vy", "ground_force_2_vy"].map(|n| force.signal(n).unwrap().clone());
    let sum: Vec<f64> = one.samples().iter().zip(two.samples()).map(|(a, b)| a + b).collect();
    let whole = [TimeSpan { start_s: 0.7, end_s: 2.5 }];
    let closure = |late_s: f64| {
        let clock = Clock::new(one.clock().rate(), one.start_s() - late_s).unwrap();
        ForceResidual::new(&newton.vertical.total.force, &Signal::new(clock, sum.clone()), &whole, 72.84)
            .unwrap()
    };
    let (as_is, aligned) = (closure(0.0), closure(0.0125));
    assert!(as_is.r.unwrap() > 0.95, "{as_is:?}");
    assert!(aligned.r.unwrap() > 0.995 && aligned.rms_bw.unwrap() < 0.14, "{aligned:?}");
    assert!(aligned.mean_bw.unwrap().abs() < 0.01, "{aligned:?}");
}
