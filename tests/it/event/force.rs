//! Contacts from vertical force: properties, refused input, and real plates.

use crate::common;
use crate::common::cases;
use copeak::event::live::Footfall;
use copeak::event::{Event, EventKind, Feet, FootContacts, ForceContacts, Method, Side};
use copeak::recording::{Recording, csv};
use copeak::time::TimeSpan;
use copeak::{Clock, Error, Flush, Rate, Signal, Stage};
use proptest::prelude::*;

fn at(rate_hz: f64, force: Vec<f64>) -> Signal {
    Signal::new(Clock::from_zero(Rate::from_hz(rate_hz).unwrap()), force)
}

fn find(rate_hz: f64, force: Vec<f64>) -> copeak::Result<FootContacts> {
    ForceContacts::default().find(&at(rate_hz, force), Side::Right)
}

/// Half-sine contacts of `contact_s`, one every `stride_s`, the first at 0.3 s, with a ripple that no flight lacks.
fn run(rate_hz: f64, contacts: usize, stride_s: f64, contact_s: f64) -> Vec<f64> {
    let n = ((0.6 + contacts as f64 * stride_s) * rate_hz) as usize;
    (0..n)
        .map(|i| {
            let t = i as f64 / rate_hz - 0.3;
            let within = t.rem_euclid(stride_s);
            let loaded = t >= 0.0 && t < contacts as f64 * stride_s && within < contact_s;
            let ripple = 1.5 * (i as f64 * 2.399).sin();
            ripple + if loaded { 1600.0 * (std::f64::consts::PI * within / contact_s).sin() } else { 0.0 }
        })
        .collect()
}

#[test]
fn every_contact_is_found_with_its_side_kind_and_method() {
    let found = find(1000.0, run(1000.0, 7, 0.7, 0.22)).unwrap();
    assert_eq!(found.contacts.len(), 7);
    assert_eq!(found.unpaired, []);
    assert_eq!(found.coverage, [TimeSpan { start_s: 0.0, end_s: 5.498 }]);
    for (i, c) in found.contacts.iter().enumerate() {
        assert_eq!((c.side(), c.method()), (Side::Right, Method::Force));
        assert_eq!(
            (c.initial.kind, c.terminal.kind),
            (EventKind::InitialContact, EventKind::TerminalContact)
        );
        assert!((c.initial.time_s - (0.3 + 0.7 * i as f64)).abs() < 0.004);
        assert!(c.initial.se_s > 0.0 && c.initial.se_s < 0.001);
    }
    let plate = found.plate.unwrap();
    // 50 N and 20 N on slopes of 22.8 N/ms: 2.2 ms late and 0.9 ms early.
    assert!((plate.initial_bias_s.unwrap() - 0.0022).abs() < 2e-4, "{plate:?}");
    assert!((plate.terminal_bias_s.unwrap() + 0.0009).abs() < 2e-4, "{plate:?}");
}

#[test]
fn a_contact_cut_off_by_the_record_leaves_its_one_event() {
    let whole = run(500.0, 3, 0.7, 0.2);
    let cut = whole[200..900].to_vec(); // from 0.4 s to 1.8 s: inside the first and the third contact
    let found = find(500.0, cut).unwrap();
    assert_eq!(found.contacts.len(), 1);
    let kinds: Vec<_> = found.unpaired.iter().map(|e| e.kind).collect();
    assert_eq!(kinds, [EventKind::TerminalContact, EventKind::InitialContact]);
    assert!((found.unpaired[0].time_s - 0.1).abs() < 0.005);
    assert_eq!(found.events().len(), 4);
}

#[test]
fn a_gap_makes_no_event_and_no_contact_across_it() {
    let mut force = run(500.0, 3, 0.7, 0.2);
    force[175..200].fill(f64::NAN); // inside the first contact
    force[620..640].fill(f64::NAN); // in flight
    let found = find(500.0, force).unwrap();
    assert_eq!(found.contacts.len(), 2);
    let kinds: Vec<_> = found.unpaired.iter().map(|e| e.kind).collect();
    assert_eq!(
        kinds,
        [EventKind::TerminalContact],
        "a landing 50 ms before the gap is confirmed, one nearer is not"
    );
    assert_eq!(found.coverage.len(), 3);
}

#[test]
fn the_masks_edge_is_no_event() {
    let force = run(500.0, 3, 0.7, 0.2);
    let valid: Vec<f64> = (0..force.len()).map(|i| f64::from(u8::from((190..900).contains(&i)))).collect();
    // Off the plates the file holds zeros, so force appears and vanishes with the mask.
    let shown: Vec<f64> = force.iter().zip(&valid).map(|(f, v)| f * v).collect();
    let found = ForceContacts::default().find_where(&at(500.0, shown), &valid, Side::Left).unwrap();
    assert_eq!(found.contacts.len(), 1);
    let kinds: Vec<_> = found.unpaired.iter().map(|e| e.kind).collect();
    assert_eq!(kinds, [EventKind::TerminalContact, EventKind::InitialContact]);
    assert_eq!(found.coverage, [TimeSpan { start_s: 0.38, end_s: 1.798 }]);
    let nowhere =
        ForceContacts::default().find_where(&at(500.0, force.clone()), &vec![0.0; force.len()], Side::Left);
    assert!(matches!(nowhere, Err(Error::Missing { .. })));
    let short = ForceContacts::default().find_where(&at(500.0, force), &[1.0; 3], Side::Left);
    assert!(matches!(short, Err(Error::LengthMismatch { right: 3, .. })));
}

#[test]
fn zeroed_force_makes_the_hidden_threshold_uncertain_by_a_sample() {
    let plain = run(150.0, 9, 0.7, 0.22);
    let zeroed: Vec<f64> = plain.iter().map(|&f| if f < 50.0 { 0.0 } else { f }).collect();
    let found = find(150.0, zeroed.clone()).unwrap();
    let zone = found.plate.unwrap().dead_zone_n.unwrap();
    assert!((50.0..400.0).contains(&zone), "{zone}");
    assert!(found.contacts.iter().all(|c| c.terminal.se_s >= 1.0 / 150.0 / 3.0_f64.sqrt()));
    // Above the dead zone nothing is hidden: half a sample's grid remains.
    let above = ForceContacts::new(zone + 1.0, zone + 1.0).find(&at(150.0, zeroed), Side::Right).unwrap();
    assert!(above.contacts.iter().all(|c| c.initial.se_s < 1.0 / 150.0 / 3.0_f64.sqrt()));
    assert_eq!(find(150.0, plain).unwrap().plate.unwrap().dead_zone_n, None);
}

#[test]
fn thresholds_follow_body_weight() {
    let method = ForceContacts::from_body_mass(70.0).unwrap();
    assert!((method.on_n - 34.323275).abs() < 1e-9 && (method.off_n - 13.72931).abs() < 1e-9);
    assert!(ForceContacts::from_body_mass(0.0).is_err());
    assert!(ForceContacts::from_body_mass(f64::NAN).is_err());
}

#[test]
fn invalid_force_and_thresholds_are_refused() {
    assert!(matches!(find(100.0, vec![]), Err(Error::TooFew { got: 0, .. })));
    assert!(matches!(find(100.0, vec![0.0, 90.0]), Err(Error::TooFew { got: 2, .. })));
    assert!(matches!(find(100.0, vec![0.0; 50]), Err(Error::Constant { .. })));
    assert!(matches!(find(100.0, vec![700.0; 50]), Err(Error::Constant { .. })));
    assert!(matches!(find(100.0, vec![f64::NAN; 50]), Err(Error::NonFinite { index: 0, .. })));
    assert!(matches!(
        find(100.0, vec![0.0, 1.0, f64::INFINITY, 3.0]),
        Err(Error::NonFinite { index: 2, .. })
    ));
    let downwards: Vec<f64> = run(500.0, 3, 0.7, 0.2).iter().map(|f| -f).collect();
    assert!(matches!(find(500.0, downwards), Err(Error::Undefined { .. })));
    let noise: Vec<f64> = (0..500).map(|i| (f64::from(i)).sin()).collect();
    let nothing = find(100.0, noise.clone()).unwrap();
    assert!(nothing.contacts.is_empty() && nothing.unpaired.is_empty());
    for (on, off) in [(20.0, 50.0), (0.0, 0.0), (50.0, -1.0), (f64::NAN, 20.0)] {
        let refused = ForceContacts::new(on, off).find(&at(100.0, noise.clone()), Side::Left);
        assert!(matches!(refused, Err(Error::Parameter { .. })), "{on} {off}");
    }
    let clock = Clock::from_zero(Rate::from_hz(100.0).unwrap());
    assert!(ForceContacts::default().live(clock, Side::Left, -1.0).is_err());
    let live = ForceContacts::default().live(clock, Side::Left, 1.0).unwrap();
    assert_eq!(live.dead_zone_n(f64::NAN), live, "no level");
}

/// Returns the reports of the live detector on `force`, cut into chunks.
fn live(rate_hz: f64, force: &[f64], noise_sd_n: f64, chunk: usize) -> Vec<Footfall> {
    let clock = Clock::from_zero(Rate::from_hz(rate_hz).unwrap());
    let stage = ForceContacts::default().live(clock, Side::Right, noise_sd_n).unwrap();
    let mut state = stage.initial_state();
    let mut seen = Vec::new();
    for part in force.chunks(chunk) {
        seen.extend(part.iter().filter_map(|&x| stage.process(&mut state, x)));
    }
    seen.extend(Flush::<f64>::flush(&stage, &mut state).flatten());
    seen
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn a_live_event_comes_out_within_its_documented_delay(
        n in 2usize..6, stride in 0.5..0.9f64, contact in 0.08..0.3f64, rate in 100.0..1500.0f64,
        min_contact_s in 0.0..0.07f64, min_flight_s in 0.0..0.1f64,
    ) {
        let mut method = ForceContacts::default();
        (method.min_contact_s, method.min_flight_s) = (min_contact_s, min_flight_s);
        let clock = Clock::from_zero(Rate::from_hz(rate).unwrap());
        let stage = method.live(clock, Side::Left, 1.0).unwrap();
        let mut state = stage.initial_state();
        let (mut landings, mut departures) = (0, 0);
        for (i, x) in run(rate, n, stride, contact).into_iter().enumerate() {
            let (event, shortest) = match stage.process(&mut state, x) {
                Some(Footfall::Landed(e)) => { landings += 1; (e, min_contact_s) }
                Some(Footfall::Complete(c)) => { departures += 1; (c.terminal, min_flight_s) }
                _ => continue,
            };
            let late = clock.time_s(i as f64) - event.time_s;
            prop_assert!(late <= shortest.max(0.003) + 2.0 / rate + 1e-9, "{late} s after, {shortest} s asked");
        }
        prop_assert_eq!((landings, departures), (n, n));
    }

    #[test]
    fn streaming_equals_batch_however_it_is_cut(
        n in 1usize..6, stride in 0.5..0.9f64, contact in 0.06..0.3f64, rate in 100.0..1500.0f64,
        chunk in 1usize..200, gap in 0usize..2000,
    ) {
        let mut force = run(rate, n, stride, contact);
        let last = force.len() - 1;
        force[gap.min(last)] = f64::NAN;
        let found = find(rate, force.clone()).unwrap();
        let noise = found.plate.unwrap().noise_sd_n;
        let seen = live(rate, &force, noise, chunk);
        let complete: Vec<_> = seen.iter().filter_map(|f| match f { Footfall::Complete(c) => Some(*c), _ => None }).collect();
        prop_assert_eq!(&complete, &found.contacts);
        let left: Vec<_> = seen.iter().filter_map(|f| match f { Footfall::Left(e) => Some(*e), _ => None }).collect();
        let loose: Vec<_> = found.unpaired.iter().copied().filter(|e| e.kind == EventKind::TerminalContact).collect();
        prop_assert_eq!(left, loose);
    }

    #[test]
    fn a_shift_in_time_shifts_the_events(shift in -50.0..50.0f64, rate in 200.0..1000.0f64) {
        let force = run(rate, 3, 0.7, 0.2);
        let here = find(rate, force.clone()).unwrap();
        let clock = Clock::new(Rate::from_hz(rate).unwrap(), shift).unwrap();
        let there = ForceContacts::default().find(&Signal::new(clock, force), Side::Right).unwrap();
        for (a, b) in here.contacts.iter().zip(&there.contacts) {
            prop_assert!((b.initial.time_s - a.initial.time_s - shift).abs() < 1e-9);
            prop_assert!((b.terminal.time_s - a.terminal.time_s - shift).abs() < 1e-9);
            prop_assert_eq!(a.initial.se_s, b.initial.se_s);
        }
        prop_assert_eq!(here.contacts.len(), there.contacts.len());
    }

    #[test]
    fn force_and_thresholds_scale_together(scale in 0.01..100.0f64) {
        let force = run(500.0, 3, 0.7, 0.2);
        let scaled: Vec<f64> = force.iter().map(|f| f * scale).collect();
        let here = find(500.0, force).unwrap();
        let there = ForceContacts::new(50.0 * scale, 20.0 * scale).find(&at(500.0, scaled), Side::Right).unwrap();
        prop_assert_eq!(here.contacts.len(), there.contacts.len());
        for (a, b) in here.contacts.iter().zip(&there.contacts) {
            prop_assert!((b.initial.time_s - a.initial.time_s).abs() < 1e-9);
            prop_assert!((b.initial.se_s / a.initial.se_s - 1.0).abs() < 1e-9);
        }
    }

    #[test]
    fn single_precision_force_moves_no_event(n in 1usize..4) {
        let force = run(500.0, n, 0.7, 0.2);
        let single: Vec<f32> = force.iter().map(|&f| f as f32).collect();
        let here = find(500.0, force).unwrap();
        let clock = Clock::from_zero(Rate::from_hz(500.0).unwrap());
        let there = ForceContacts::default().find(&Signal::new(clock, single), Side::Right).unwrap();
        for (a, b) in here.contacts.iter().zip(&there.contacts) {
            prop_assert!((b.initial.time_s - a.initial.time_s).abs() < 1e-8);
        }
    }
}

fn both(recording: &Recording) -> Vec<FootContacts> {
    let foot = |side| {
        let force = recording.signal(&format!("grf_vertical_{side}")).unwrap();
        match recording.get("grf_valid") {
            Some(valid) => ForceContacts::default().find_where(force, valid.signal.samples(), side),
            None => ForceContacts::default().find(force, side),
        }
    };
    vec![foot(Side::Left).unwrap(), foot(Side::Right).unwrap()]
}

#[test]
fn the_sprinters_plates_agree_with_the_laboratorys_events() {
    let Some(data) = common::data() else { return };
    let folder = data.join("sprint_dorn2012");
    let listed = std::fs::read_to_string(folder.join("events.csv")).unwrap();
    for (trial, file) in
        [("run0350", "dorn2012_ja1_run0350cms.csv"), ("run0900", "dorn2012_ja1_run0900cms.csv")]
    {
        let recording = csv::read(folder.join(file)).unwrap();
        let feet = both(&recording);
        let found: Vec<Event> = feet.iter().flat_map(FootContacts::events).collect();
        let seen = &feet[0].coverage;
        let (mut inside, mut known) = (0, 0);
        for line in listed.lines().filter(|l| l.starts_with(trial)) {
            let fields: Vec<&str> = line.split(',').collect();
            let time: f64 = fields[1].parse().unwrap();
            let kind = match fields[3] {
                "foot_strike" => EventKind::InitialContact,
                _ => EventKind::TerminalContact,
            };
            let near = |e: &&Event| {
                e.side.letter() == fields[2] && e.kind == kind && (e.time_s - time).abs() <= 0.008
            };
            let matches = found.iter().filter(near).count();
            known += matches;
            if seen.iter().any(|s| time >= s.start_s && time <= s.end_s) {
                assert_eq!(matches, 1, "{trial} {line}");
                inside += 1;
            }
        }
        assert!(inside >= 8, "{trial}: {inside} laboratory events on the plates");
        assert_eq!(found.len(), known, "{trial}: events the laboratory does not know: {found:?}");
    }
}

#[test]
fn the_treadmill_runners_have_their_contacts() {
    let Some(data) = common::data() else { return };
    let folder = data.join("treadmill_rbds");
    let index = std::fs::read_to_string(folder.join("index.csv")).unwrap();
    let mut means: Vec<(String, f64, f64)> = Vec::new();
    for line in index.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let recording = csv::read(folder.join(fields[0])).unwrap();
        let feet = both(&recording);
        let contacts = Feet::new(feet[0].clone(), feet[1].clone()).unwrap().contacts();
        let listed: usize = fields[10].parse().unwrap();
        assert!(contacts.len().abs_diff(listed) <= 1, "{}: {} of {listed}", fields[0], contacts.len());
        assert!(contacts.windows(2).all(|w| w[0].side() != w[1].side()), "{}", fields[0]);
        let contact = contacts.iter().map(|c| c.duration_s()).sum::<f64>() / contacts.len() as f64;
        let strides: Vec<f64> =
            contacts.windows(3).map(|w| w[2].initial.time_s - w[0].initial.time_s).collect();
        means.push((fields[2].into(), strides.iter().sum::<f64>() / strides.len() as f64, contact));
        for foot in &feet {
            let plate = foot.plate.unwrap();
            assert!((50.0..60.0).contains(&plate.dead_zone_n.unwrap()), "{}: {plate:?}", fields[0]);
            let hidden = 1.0 / 150.0 / 3.0_f64.sqrt();
            assert!(foot.events().iter().all(|e| e.se_s >= hidden && e.se_s < 0.01), "{}", fields[0]);
        }
    }
    for (speed, stride, contact) in [("2.5", 0.740, 0.263), ("3.5", 0.707, 0.220), ("4.5", 0.669, 0.195)] {
        let here: Vec<_> = means.iter().filter(|m| m.0 == speed).collect();
        assert_eq!(here.len(), 7);
        let mean = |pick: fn(&(String, f64, f64)) -> f64| here.iter().map(|m| pick(m)).sum::<f64>() / 7.0;
        println!("{speed} m/s: stride {:.4} s, contact {:.4} s", mean(|m| m.1), mean(|m| m.2));
        assert!((mean(|m| m.1) / stride - 1.0).abs() < 0.03);
        assert!((mean(|m| m.2) / contact - 1.0).abs() < 0.03);
    }
}
