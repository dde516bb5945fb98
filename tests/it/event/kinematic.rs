//! Contacts from joint angles: against force on runners left out of the fit, merged with force, and without force.

use crate::common;
use compare::{errors, fit, kinematic, matched, quantile};
use copeak::event::calibration::KinematicCalibration;
use copeak::event::{
    Contact, Event, EventKind, Feet, FootContacts, KinematicContacts, LegAngles, Method, Side,
};
use copeak::recording::{Recording, csv};
use copeak::time::TimeSpan;
use copeak::{Clock, Error, Rate, Signal};
use copeak_validation::events::compare;
use std::path::Path;

#[test]
fn initial_contacts_meet_their_target_on_runners_left_out() {
    let Some(data) = common::data() else { return };
    let trials = compare::treadmill(&data).unwrap();
    assert_eq!(trials.len(), 21);
    let found: Vec<_> = trials.iter().map(|t| matched(t).unwrap()).collect();
    let (mut initial, mut terminal) = (Vec::new(), Vec::new());
    for (trial, m) in trials.iter().zip(&found) {
        assert!(m.missed.is_empty(), "{}: missed {:?}", trial.recording.name, m.missed);
        assert!(m.extra.is_empty(), "{}: extra {:?}", trial.recording.name, m.extra);
        let others = || trials.iter().zip(&found).filter(|(t, _)| t.runner != trial.runner).map(|f| f.1);
        let e =
            errors(m, fit(others(), EventKind::InitialContact), fit(others(), EventKind::TerminalContact));
        initial.extend(e.initial);
        terminal.extend(e.terminal);
    }
    assert!(initial.len() > 1700 && terminal.len() > 1700);
    let (middle, wide) = (quantile(&initial, 0.5), quantile(&initial, 0.95));
    assert!(middle <= 0.008 && wide <= 0.020, "initial: {middle} {wide}");
    // What was reached, so that a change that makes it worse is seen.
    assert!(middle <= 0.0028 && wide <= 0.0088, "initial: {middle} {wide}");
    let (middle, wide) = (quantile(&terminal, 0.5), quantile(&terminal, 0.95));
    assert!(middle <= 0.0045 && wide <= 0.0122, "terminal: {middle} {wide}");
}

#[test]
fn the_sprinters_initial_contacts_keep_the_fitted_delay() {
    let Some(data) = common::data() else { return };
    let c = KinematicCalibration::default();
    for trial in compare::held_out(&data).unwrap().iter().filter(|t| t.runner == "sprinter") {
        let m = matched(trial).unwrap();
        assert!(m.missed.is_empty() && m.extra.is_empty(), "{:?} {:?}", m.missed, m.extra);
        let initial = (c.initial_delay_s, c.initial_per_deg_s);
        let e = errors(&m, initial, (c.terminal_delay_s, c.terminal_per_s));
        assert!(quantile(&e.initial, 1.0) < 0.008, "{:?}", e.initial);
        // Known and documented: his toe-offs come out early.
        assert!(quantile(&e.terminal, 1.0) < 0.020, "{:?}", e.terminal);
    }
}

fn sprint(data: &Path, trial: &str) -> Recording {
    csv::read(data.join(format!("sprint_dorn2012/dorn2012_ja1_run{trial}cms.csv"))).unwrap()
}

fn both(recording: &Recording) -> Feet {
    let foot = |side| kinematic(recording, side, KinematicCalibration::default()).unwrap();
    Feet::new(foot(Side::Left), foot(Side::Right)).unwrap()
}

/// Mean contact and step time of contacts whose sides alternate.
fn means(contacts: &[Contact]) -> (f64, f64) {
    assert!(contacts.windows(2).all(|w| w[0].side() != w[1].side()), "{contacts:?}");
    let contact = contacts.iter().map(Contact::duration_s).sum::<f64>() / contacts.len() as f64;
    let (first, last) = (contacts[0].initial.time_s, contacts[contacts.len() - 1].initial.time_s);
    (contact, (last - first) / (contacts.len() - 1) as f64)
}

#[test]
fn without_force_the_sprints_lie_between_their_neighbours() {
    let Some(data) = common::data() else { return };
    let times: Vec<(f64, f64)> = ["0350", "0500", "0700", "0900"]
        .iter()
        .map(|trial| {
            let contacts = both(&sprint(&data, trial)).contacts();
            assert!(contacts.len() >= 4, "{trial}: {} contacts", contacts.len());
            means(&contacts)
        })
        .collect();
    println!("contact and step time: {times:.4?}");
    assert!(times.windows(2).all(|w| w[1].0 < w[0].0 && w[1].1 < w[0].1), "{times:?}");
    assert!(times.iter().all(|t| (0.07..0.40).contains(&t.0) && t.1 > t.0));
}

#[test]
fn force_decides_on_the_plates_and_kinematics_elsewhere() {
    let Some(data) = common::data() else { return };
    for (trial, at_least) in [("0350", 7), ("0900", 5)] {
        let recording = sprint(&data, trial);
        let foot = |side| {
            let force = compare::force(&recording, side).unwrap();
            let angles = kinematic(&recording, side, KinematicCalibration::default()).unwrap();
            let merged = force.merge(&angles).unwrap();
            for event in force.events() {
                assert!(merged.events().contains(&event), "{trial}: {event:?} is lost");
            }
            for event in merged.events().iter().filter(|e| e.method == Method::Kinematic) {
                assert!(
                    !force
                        .coverage
                        .iter()
                        .any(|s| event.time_s > s.start_s + 0.03 && event.time_s < s.end_s - 0.03)
                );
            }
            merged
        };
        let contacts = Feet::new(foot(Side::Left), foot(Side::Right)).unwrap().contacts();
        assert!(contacts.len() >= at_least, "{trial}: {}", contacts.len());
        let (contact, _) = means(&contacts);
        assert!((0.1..0.26).contains(&contact), "{contact}");
        let methods: Vec<_> = contacts.iter().map(Contact::method).collect();
        println!("{trial}: {methods:?}");
        assert!(methods.contains(&Method::Force));
        assert!(methods.iter().any(|m| *m != Method::Force));
        assert!(
            contacts.windows(2).all(|w| w[1].initial.time_s > w[0].terminal.time_s),
            "flight between all"
        );
    }
}

fn event(time_s: f64, kind: EventKind, method: Method) -> Event {
    Event::new(time_s, 0.004, Side::Left, kind, method)
}

/// Contacts of 0.2 s every 0.7 s from `first`, moved by `by` seconds.
fn list(method: Method, first: usize, n: usize, by: f64, seen: (f64, f64)) -> FootContacts {
    let clock = Clock::new(Rate::from_hz(500.0).unwrap(), seen.0).unwrap();
    let samples = ((seen.1 - seen.0) * 500.0) as usize;
    let force: Vec<f64> = (0..samples).map(|i| if i == samples / 2 { 1.0 } else { 0.0 }).collect();
    let empty = copeak::event::ForceContacts::default().find(&Signal::new(clock, force), Side::Left).unwrap();
    let contacts = (first..first + n).map(|i| {
        let ic = 0.7 * i as f64 + by;
        Contact::new(
            event(ic, EventKind::InitialContact, method),
            event(ic + 0.2, EventKind::TerminalContact, method),
        )
        .unwrap()
    });
    let mut out = empty;
    out.contacts = contacts.collect();
    out
}

#[test]
fn merging_replaces_drops_and_keeps_kinematic_events() {
    // Kinematics see contacts 1 to 6 and invent one at 2.45 s; force sees 3 and 4 on a plate from 2 s to 3.4 s.
    let mut kinematic = list(Method::Kinematic, 1, 6, 0.01, (0.0, 5.0));
    let ghost = Contact::new(
        event(2.55, EventKind::InitialContact, Method::Kinematic),
        event(2.64, EventKind::TerminalContact, Method::Kinematic),
    );
    kinematic.contacts.insert(3, ghost.unwrap());
    let force = list(Method::Force, 3, 2, 0.0, (2.0, 3.4));
    let merged = force.merge(&kinematic).unwrap();
    let methods: Vec<_> = merged.contacts.iter().map(Contact::method).collect();
    use Method::{Force, Kinematic};
    assert_eq!(methods, [Kinematic, Kinematic, Force, Force, Kinematic, Kinematic]);
    assert_eq!(merged.unpaired, []);
    assert_eq!(merged.coverage, [TimeSpan { start_s: 0.0, end_s: 4.998 }]);

    // A plate that begins in a contact gives its toe-off alone: the contact has two methods.
    let mut force = list(Method::Force, 3, 0, 0.0, (2.2, 3.4));
    force.unpaired =
        vec![event(2.3, EventKind::TerminalContact, Force), event(2.8, EventKind::InitialContact, Force)];
    let merged = force.merge(&list(Method::Kinematic, 2, 3, 0.01, (0.0, 5.0))).unwrap();
    let methods: Vec<_> = merged.contacts.iter().map(|c| (c.initial.method, c.terminal.method)).collect();
    // On the plate the last contact has no toe-off, so the kinematic one there is refuted.
    assert_eq!(methods, [(Kinematic, Kinematic), (Kinematic, Force)]);
    assert_eq!(merged.unpaired.len(), 1);

    let right = kinematic_on_the_right();
    assert!(matches!(force.merge(&right), Err(Error::Undefined { .. })));
}

fn kinematic_on_the_right() -> FootContacts {
    let (hip, knee, ankle) = walk(300);
    let leg = LegAngles { hip_flexion: &hip, knee_flexion: &knee, ankle_dorsiflexion: &ankle };
    KinematicContacts::default().find(&leg, Side::Right).unwrap()
}

/// Smooth angles that swing once in 0.7 s at 150 Hz.
fn walk(n: usize) -> (Signal, Signal, Signal) {
    let clock = Clock::from_zero(Rate::from_hz(150.0).unwrap());
    let wave = |amplitude: f64, phase: f64, mean: f64| {
        let turn = std::f64::consts::TAU / (0.7 * 150.0);
        let y = (0..n).map(|i| mean + amplitude * (i as f64 * turn + phase).sin()).collect();
        Signal::new(clock, y)
    };
    (wave(30.0, 0.0, 10.0), wave(35.0, 1.5, 45.0), wave(15.0, 0.4, 5.0))
}

#[test]
fn unequal_clocks_infinite_samples_and_still_knees_are_refused() {
    let (hip, knee, ankle) = walk(300);
    let find = |hip: &Signal, knee: &Signal, ankle: &Signal| {
        let leg = LegAngles { hip_flexion: hip, knee_flexion: knee, ankle_dorsiflexion: ankle };
        KinematicContacts::default().find(&leg, Side::Left)
    };
    let altered = |s: &Signal, change: &dyn Fn(usize, f64) -> f64| {
        let y: Vec<f64> = s.samples().iter().enumerate().map(|(i, &x)| change(i, x)).collect();
        s.with_samples(y)
    };
    assert!(find(&hip, &knee, &ankle).is_ok());
    let short = walk(299);
    assert!(matches!(find(&hip, &short.1, &ankle), Err(Error::LengthMismatch { left: 300, right: 299, .. })));
    let late = Signal::new(Clock::new(knee.clock().rate(), 1.0).unwrap(), knee.samples().clone());
    assert!(matches!(find(&hip, &late, &ankle), Err(Error::Undefined { .. })));
    let infinite = altered(&ankle, &|i, x| if i == 7 { f64::INFINITY } else { x });
    assert!(matches!(find(&hip, &knee, &infinite), Err(Error::NonFinite { index: 7, .. })));
    let nothing = altered(&hip, &|_, _| f64::NAN);
    assert!(matches!(find(&nothing, &knee, &ankle), Err(Error::NonFinite { index: 0, .. })));
    let patchy = altered(&hip, &|i, x| if i % 60 == 0 { f64::NAN } else { x });
    assert!(matches!(find(&patchy, &knee, &ankle), Err(Error::TooFew { needed: 75, got: 59, .. })));
    let (a, b, c) = walk(0);
    assert!(matches!(find(&a, &b, &c), Err(Error::TooFew { got: 0, .. })));
    let radians = altered(&knee, &|_, x| x.to_radians());
    assert!(matches!(find(&hip, &radians, &ankle), Err(Error::Undefined { .. })));
    let still = altered(&knee, &|_, _| 20.0);
    assert!(matches!(find(&hip, &still, &ankle), Err(Error::Undefined { .. })));
    let backwards = altered(&knee, &|_, x| -x);
    assert!(matches!(find(&hip, &backwards, &ankle), Err(Error::Undefined { .. })));
    let slow = |s: &Signal| Signal::new(Clock::from_zero(Rate::from_hz(50.0).unwrap()), s.samples().clone());
    assert!(matches!(find(&slow(&hip), &slow(&knee), &slow(&ankle)), Err(Error::Parameter { .. })));
    let mut method = KinematicContacts::default();
    method.cutoff_hz = 80.0;
    let leg = LegAngles { hip_flexion: &hip, knee_flexion: &knee, ankle_dorsiflexion: &ankle };
    assert!(matches!(method.find(&leg, Side::Left), Err(Error::Cutoff { .. })));
}

#[test]
fn a_gap_and_a_shift_leave_the_other_events_where_they_were() {
    let Some(data) = common::data() else { return };
    let recording = csv::read(data.join("treadmill_rbds/s03_v35.csv")).unwrap();
    let channel = |name: &str| recording.signal(name).unwrap().clone();
    let joints = ["hip_flexion_r", "knee_flexion_r", "ankle_dorsiflexion_r"].map(channel);
    let find = |joints: &[Signal; 3]| {
        let leg =
            LegAngles { hip_flexion: &joints[0], knee_flexion: &joints[1], ankle_dorsiflexion: &joints[2] };
        KinematicContacts::default().find(&leg, Side::Right).unwrap()
    };
    let whole = find(&joints);
    let moved =
        joints.clone().map(|s| Signal::new(Clock::new(s.clock().rate(), 5.0).unwrap(), s.into_samples()));
    for (a, b) in whole.events().iter().zip(&find(&moved).events()) {
        assert!((b.time_s - a.time_s - 5.0).abs() < 1e-9);
    }
    let mut holed = joints.clone();
    let mut knee = joints[1].samples().clone();
    knee[2000..2010].fill(f64::NAN);
    holed[1] = joints[1].with_samples(knee);
    let found = find(&holed);
    assert_eq!(found.coverage.len(), 2);
    let far = |e: &&Event| (e.time_s - 2005.0 / 150.0).abs() > 0.8;
    let (before, after): (Vec<Event>, Vec<Event>) = (
        whole.events().iter().filter(far).copied().collect(),
        found.events().iter().filter(far).copied().collect(),
    );
    assert_eq!(before.len(), after.len());
    assert!(before.iter().zip(&after).all(|(a, b)| (a.time_s - b.time_s).abs() < 1e-4 && a.kind == b.kind));
}

/// White noise of half a degree.
#[test]
fn noise_in_the_angles_loses_no_contact() {
    let Some(data) = common::data() else { return };
    let mut draw = 1u64;
    let mut noise = move || {
        // Sum of four uniform draws, variance 1/3: near enough to normal here.
        let mut sum = 0.0;
        for _ in 0..4 {
            draw = draw.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            sum += (draw >> 11) as f64 / (1u64 << 53) as f64 - 0.5;
        }
        0.5 * sum * 3.0_f64.sqrt()
    };
    for file in ["s03_v35.csv", "s09_v45.csv", "s01_v25.csv"] {
        let recording = csv::read(data.join("treadmill_rbds").join(file)).unwrap();
        let joints = ["hip_flexion_l", "knee_flexion_l", "ankle_dorsiflexion_l"]
            .map(|name| recording.signal(name).unwrap().clone());
        let rough = joints.clone().map(|s| {
            let y: Vec<f64> = s.samples().iter().map(|x| x + noise()).collect();
            s.with_samples(y)
        });
        let find = |j: &[Signal; 3]| {
            let leg = LegAngles { hip_flexion: &j[0], knee_flexion: &j[1], ankle_dorsiflexion: &j[2] };
            KinematicContacts::default().find(&leg, Side::Left).unwrap().contacts
        };
        let (clean, rough) = (find(&joints), find(&rough));
        assert_eq!(clean.len(), rough.len(), "{file}");
        let rms = |pick: fn(&Contact) -> f64| {
            let squares: f64 = clean.iter().zip(&rough).map(|(a, b)| (pick(b) - pick(a)).powi(2)).sum();
            (squares / clean.len() as f64).sqrt()
        };
        let (initial, terminal) = (rms(|c| c.initial.time_s), rms(|c| c.terminal.time_s));
        println!("{file}: noise moves initial contacts by {initial:.4} s, terminal ones by {terminal:.4} s");
        assert!(initial < 0.006 && terminal < 0.006, "{file}: {initial} {terminal}");
    }
}
