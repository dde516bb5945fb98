//! The detectors of both feet, their sides, and nothing lost, whatever comes in.

use crate::common;
use crate::common::cases;
use copeak::event::{
    BothFeet, Detect, EventKind, Feet, FootContacts, ForceContacts, KinematicContacts, LegAngles, Side, Sides,
};
use copeak::recording::{Recording, csv};
use copeak::simulate::Sprinter;
use copeak::stride::{EventPairing, StepCriteria};
use copeak::time::TimeSpan;
use copeak::{Clock, Error, Rate, Signal};
use proptest::prelude::*;

fn on(rate_hz: f64, samples: Vec<f64>) -> Signal {
    Signal::new(Clock::from_zero(Rate::from_hz(rate_hz).unwrap()), samples)
}

/// Contacts of 0.2 s at these times, 1000 Hz, half sines.
fn landings(times_s: &[f64], seconds: f64) -> Vec<f64> {
    let at = |t: f64| {
        let phase = |start: &f64| (t - start) / 0.2;
        let inside = times_s.iter().map(phase).find(|p| (0.0..1.0).contains(p));
        inside.map_or(0.0, |p| 1500.0 * (std::f64::consts::PI * p).sin())
    };
    (0..(seconds * 1000.0) as usize).map(|i| at(i as f64 / 1000.0)).collect()
}

fn sides(feet: &Feet) -> String {
    feet.contacts().iter().map(|c| c.side().letter()).collect()
}

#[test]
fn sides_alternate_by_time_and_not_by_count() {
    let regular: Vec<f64> = (0..9).map(|k| 0.3 + 0.35 * f64::from(k)).collect();
    let detect = |times: &[f64]| {
        ForceContacts::default()
            .find_both(&BothFeet::alternating(on(1000.0, landings(times, 4.0)), Side::Right))
    };
    assert_eq!(sides(&detect(&regular).unwrap()), "rlrlrlrlr");
    let mut missing = regular.clone();
    missing.remove(4);
    assert_eq!(sides(&detect(&missing).unwrap()), "rlrllrlr");
    missing.remove(3);
    assert_eq!(sides(&detect(&missing).unwrap()), "rlrlrlr");
    // After a stumble of half a step nobody knows.
    let stumble: Vec<f64> = regular.iter().map(|t| if *t > 1.5 { t + 0.17 } else { *t }).collect();
    assert!(matches!(detect(&stumble), Err(Error::Undefined { .. })));
    let one = detect(&[1.0]).unwrap();
    assert_eq!((one.right.contacts.len(), one.left.contacts.len()), (1, 0));
}

#[test]
fn sides_come_from_a_second_signal_at_its_own_rate() {
    let times = [0.3, 0.65, 1.2, 1.9, 2.25];
    let right = [true, false, false, true, false];
    // At 100 Hz, right positive, nothing known in flight.
    let side = |i: usize| {
        let t = i as f64 / 100.0;
        let foot = times.iter().position(|s| (s - 0.02..s + 0.22).contains(&t));
        foot.map_or(f64::NAN, |k| if right[k] { 0.1 } else { -0.1 })
    };
    let signal = on(100.0, (0..300).map(side).collect());
    let force = || on(1000.0, landings(&times, 3.0));
    let feet = ForceContacts::default().find_both(&BothFeet::sided_by(force(), signal)).unwrap();
    assert_eq!(sides(&feet), "rllrl");
    assert!(feet.events().iter().all(|e| e.se_s > 0.0));
    for silent in [on(100.0, vec![0.0; 300]), on(100.0, vec![1.0; 90]), on(100.0, vec![f64::NAN; 300])] {
        let refused = ForceContacts::default().find_both(&BothFeet::sided_by(force(), silent));
        assert!(matches!(refused, Err(Error::Undefined { .. })));
    }
}

#[test]
fn summed_plates_give_the_contacts_of_each() {
    let whole = landings(&[0.3, 0.7, 1.1], 1.6);
    // A foot that lands on one plate and leaves from the next.
    let share = |i: usize| ((i % 400) as f64 - 300.0).clamp(0.0, 200.0) / 200.0;
    let plates = [0, 1].map(|k| {
        let part = |(i, x): (usize, &f64)| x * if k == 0 { share(i) } else { 1.0 - share(i) };
        on(1000.0, whole.iter().enumerate().map(part).collect())
    });
    let sum = Signal::sum(&plates).unwrap();
    let of = |x: Signal| ForceContacts::default().find(&x, Side::Left).unwrap().contacts;
    let (a, b) = (of(sum), of(on(1000.0, whole)));
    assert_eq!(a.len(), 3);
    assert!(a.iter().zip(&b).all(|(a, b)| (a.initial.time_s - b.initial.time_s).abs() < 1e-9));
    assert!(matches!(Signal::<Vec<f64>>::sum(&[]), Err(Error::Missing { .. })));
    let other = on(500.0, vec![0.0; 1600]);
    assert!(matches!(Signal::sum(&[plates[0].clone(), other]), Err(Error::Undefined { .. })));
    let short = on(1000.0, vec![0.0; 3]);
    assert!(matches!(Signal::sum(&[plates[0].clone(), short]), Err(Error::LengthMismatch { .. })));
}

#[test]
fn every_detector_answers_through_the_trait() {
    let run = Sprinter::at_speed(7.0).simulate().unwrap().recording;
    let signal = |name: &str| run.signal(name).unwrap();
    let leg = |side: &str| LegAngles {
        hip_flexion: signal(&format!("hip_flexion_{side}")),
        knee_flexion: signal(&format!("knee_flexion_{side}")),
        ankle_dorsiflexion: signal(&format!("ankle_dorsiflexion_{side}")),
    };
    let legs = Sides::new(leg("l"), leg("r"));
    let plates = Sides::new(signal("grf_vertical_l"), signal("grf_vertical_r"));
    let kinematic: &dyn Detect<Sides<LegAngles<'_, Vec<f64>>>> = &KinematicContacts::default();
    let force: &dyn Detect<Sides<&Signal>> = &ForceContacts::default();
    let (k, f) = (kinematic.find_both(&legs).unwrap(), force.find_both(&plates).unwrap());
    for side in [Side::Left, Side::Right] {
        assert!(k.get(side).contacts.len() >= 5 && f.get(side).contacts.len() >= 5);
        assert!(f.get(side).events().iter().all(|e| e.side == side));
    }
    let both = Signal::sum(&[plates.left.clone(), plates.right.clone()]).unwrap();
    let first = f.contacts()[0].side();
    let belt = ForceContacts::default().find_both(&BothFeet::alternating(both, first)).unwrap();
    assert_eq!(sides(&belt), sides(&f));
    assert!(Feet::new(f.left.clone(), f.left.clone()).is_err());
}

fn force(recording: &Recording, side: &str) -> Signal {
    recording.signal(&format!("grf_vertical_{side}")).unwrap().clone()
}

#[test]
fn one_belt_gives_the_treadmill_runners_feet() {
    let Some(data) = common::data() else { return };
    let mut events = 0;
    for runner in ["s01", "s02", "s03", "s04", "s05", "s08", "s09"] {
        for speed in ["v25", "v35", "v45"] {
            let recording = csv::read(data.join(format!("treadmill_rbds/{runner}_{speed}.csv"))).unwrap();
            let (left, right) = (force(&recording, "l"), force(&recording, "r"));
            let apart = ForceContacts::default().find_both(&Sides::new(&left, &right)).unwrap();
            let belt = Signal::sum(&[left, right]).unwrap();
            let first = apart.events()[0].side;
            let together = ForceContacts::default().find_both(&BothFeet::alternating(belt, first)).unwrap();
            for (a, b) in apart.events().iter().zip(&together.events()) {
                assert_eq!((a.side, a.kind), (b.side, b.kind), "{runner} {speed} at {} s", a.time_s);
                assert!(
                    (a.time_s - b.time_s).abs() < 1e-9,
                    "{runner} {speed}: {} s, {} s",
                    a.time_s,
                    b.time_s
                );
                events += 1;
            }
            assert_eq!(apart.events().len(), together.events().len(), "{runner} {speed}");
        }
    }
    println!("{events} events");
}

/// Whether contacts of one foot run forwards in time, do not overlap, and every event is inside the record.
fn in_order(foot: &FootContacts, len: usize, rate_hz: f64) -> Result<(), TestCaseError> {
    let end = (len as f64 - 1.0) / rate_hz;
    for c in &foot.contacts {
        prop_assert!(c.duration_s() > 0.0);
        prop_assert!(
            c.initial.kind == EventKind::InitialContact && c.terminal.kind == EventKind::TerminalContact
        );
        prop_assert!(c.initial.side == foot.side && c.terminal.side == foot.side);
    }
    prop_assert!(foot.contacts.windows(2).all(|w| w[0].terminal.time_s <= w[1].initial.time_s));
    for e in foot.events() {
        prop_assert!(e.time_s >= 0.0 && e.time_s <= end && e.se_s.is_finite() && e.se_s >= 0.0, "{e:?}");
    }
    Ok(())
}

/// Whether every event is in a contact, unpaired or dropped with a reason, and every contact is a step, accepted or rejected with a
/// reason, that does not run backwards.
fn accounted(feet: &Feet, len: usize, rate_hz: f64) -> Result<(), TestCaseError> {
    let assembled = EventPairing::default().apply_to_feet(feet).unwrap();
    let events = 2 * assembled.contacts.len() + assembled.unpaired.len() + assembled.dropped.len();
    prop_assert_eq!(events, feet.events().len());
    let recorded = TimeSpan { start_s: 0.0, end_s: (len as f64 - 1.0) / rate_hz };
    let steps = assembled.steps(&StepCriteria::default(), recorded).unwrap();
    prop_assert_eq!(steps.all().len(), assembled.contacts.len());
    for step in steps.all() {
        // The last step has no end: its duration is NaN.
        let backwards = step.duration_s() < 0.0;
        prop_assert!(step.contact_s() > 0.0 && !backwards, "{step:?}");
    }
    let summary = steps.summary();
    let rejected: usize = summary.dropped.iter().map(|d| d.1).sum();
    prop_assert_eq!(summary.steps, assembled.contacts.len());
    prop_assert_eq!(summary.accepted + rejected, summary.steps);
    Ok(())
}

/// Plates as they misbehave: silent, saturated, negative, gone, jumping, or noise.
fn wild() -> impl Strategy<Value = Vec<f64>> {
    let piece = (0..7u8, 1usize..220, -3000.0..3000.0f64, any::<u64>());
    prop::collection::vec(piece, 1..14).prop_map(|pieces| {
        let mut x = vec![];
        for (kind, n, level, seed) in pieces {
            let mut state = seed | 1;
            let mut noise = move || {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                (state >> 33) as f64 / f64::from(1u32 << 31) - 0.5
            };
            for i in 0..n {
                x.push(match kind {
                    0 => 0.0,
                    1 => 5000.0,
                    2 => -800.0,
                    3 => f64::NAN,
                    4 => level,
                    5 => level * noise(),
                    _ => 1500.0 * (std::f64::consts::PI * i as f64 / n as f64).sin() + 8.0 * noise(),
                });
            }
        }
        x
    })
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn any_signal_gives_events_in_order_or_an_error(x in wild(), y in wild(), rate_hz in 50.0..2000.0f64, first in any::<bool>()) {
        let n = x.len().min(y.len());
        let (x, y) = (x[..n].to_vec(), y[..n].to_vec());
        let method = ForceContacts::default();
        let one = method.find(&on(rate_hz, x.clone()), Side::Left);
        if let Ok(foot) = &one {
            in_order(foot, n, rate_hz)?;
        }
        let (one_plate, other_plate) = (on(rate_hz, x.clone()), on(rate_hz, y));
        let plates = Sides::new(&one_plate, &other_plate);
        let swapped = Sides::new(&other_plate, &one_plate);
        if let (Ok(feet), Ok(other)) = (method.find_both(&plates), method.find_both(&swapped)) {
            prop_assert_eq!(feet.left.contacts.len(), other.right.contacts.len());
            prop_assert_eq!(feet.events().len(), other.events().len());
            accounted(&feet, n, rate_hz)?;
            accounted(&other, n, rate_hz)?;
        }
        let belt = BothFeet::alternating(on(rate_hz, x), if first { Side::Left } else { Side::Right });
        if let (Ok(feet), Ok(foot)) = (method.find_both(&belt), &one) {
            in_order(&feet.left, n, rate_hz)?;
            in_order(&feet.right, n, rate_hz)?;
            prop_assert_eq!(feet.contacts().len(), foot.contacts.len());
            prop_assert_eq!(feet.events().len(), foot.events().len());
        }
    }

    #[test]
    fn angles_of_any_kind_give_contacts_in_order_or_a_refusal(x in wild(), scale in 0.001..0.05f64, shift in 1usize..60, rate_hz in 100.0..300.0f64) {
        let n = x.len();
        let turned = |by: usize| -> Vec<f64> { (0..n).map(|i| scale * x[(i + by) % n]).collect() };
        let [hip, knee, ankle] = [0, shift, 2 * shift].map(|by| on(rate_hz, turned(by)));
        let leg = LegAngles { hip_flexion: &hip, knee_flexion: &knee, ankle_dorsiflexion: &ankle };
        if let Ok(foot) = KinematicContacts::default().find(&leg, Side::Right) {
            for c in &foot.contacts {
                prop_assert!(c.duration_s() > 0.0);
            }
            prop_assert!(foot.events().iter().all(|e| e.time_s.is_finite() && e.se_s > 0.0));
        }
    }
}
