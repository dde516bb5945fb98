//! Contacts from a foot's gyroscope, a shank's and a sacrum's accelerometer: against force, on simulated signals, and on unusable ones.

use crate::common;
use crate::common::cases;
use crate::common::noise;
use compare::{Errors, mean_sd, quantile};
use copeak::event::inertial::{GyroscopeContacts, SacrumContacts, ShankLandings};
use copeak::event::{BothFeet, Detect, EventKind, Method, Side, Sides};
use copeak::inference::{Bootstrap, Strides};
use copeak::sequence::lag::CycleRelation;
use copeak::sequence::{Cycle, Relation, SequenceChannel, Sequencer, Timing};
use copeak::stride::mechanics::SpringMass;
use copeak::stride::{StepCriteria, Steps};
use copeak::time::TimeSpan;
use copeak::{Clock, Error, Rate, Signal};
use copeak_validation::events::{compare, sensors};
use noise::Noise;
use proptest::prelude::*;
use sensors::{Shape, left_out};

fn on(rate_hz: f64, samples: Vec<f64>) -> Signal {
    Signal::new(Clock::from_zero(Rate::from_hz(rate_hz).unwrap()), samples)
}

const STRIDE_S: f64 = 0.7;
const SLAP_S: f64 = 0.28;
const PUSH_S: f64 = 0.49;

/// Pitch velocity of a foot: swing, slap, stance, push-off; positive while the toe comes up.
fn pitch(rate_hz: f64, seconds: f64, noise_deg_s: f64, faster: f64) -> Vec<f64> {
    let bell = |t: f64, at: f64, wide: f64| (-0.5 * ((t - at) / wide).powi(2)).exp();
    let mut noise = Noise::new(3);
    let one = |t: f64| {
        600.0 * bell(t, 0.105, 0.056) - 450.0 * bell(t, SLAP_S, 0.014) - 700.0 * bell(t, PUSH_S, 0.042)
    };
    let n = (seconds * rate_hz) as usize;
    (0..n)
        .map(|i| (i as f64 / rate_hz).rem_euclid(STRIDE_S))
        .map(|t| faster * (one(t) + one(t - STRIDE_S) + one(t + STRIDE_S)) + noise_deg_s * noise.normal())
        .collect()
}

#[test]
fn a_gyroscopes_minima_are_found_at_every_rate_and_in_noise() {
    let c = GyroscopeContacts::default().calibration;
    for (rate_hz, sd) in [(100.0, 3.0), (200.0, 10.0), (500.0, 15.0), (1000.0, 20.0)] {
        let found = GyroscopeContacts::default()
            .find(&on(rate_hz, pitch(rate_hz, 7.0, sd, 1.0)), Side::Left)
            .unwrap();
        assert_eq!(found.contacts.len(), 9, "{rate_hz} Hz");
        for (k, contact) in found.contacts.iter().enumerate() {
            let stride = STRIDE_S * k as f64;
            // What the calibration takes off: the foot does not pitch up after the slap, and pushes off at 700 degrees a second.
            let landed = contact.initial.time_s + c.initial_delay_s - stride - SLAP_S;
            let left =
                contact.terminal.time_s + c.terminal_delay_s - 700.0 * c.terminal_per_deg_s - stride - PUSH_S;
            assert!(landed.abs() < 0.004, "{rate_hz} Hz, contact {k}: slap {landed} s off");
            assert!(left.abs() < 0.006, "{rate_hz} Hz, contact {k}: push-off {left} s off");
            assert_eq!(contact.method(), Method::FootGyroscope);
            assert_eq!((contact.initial.se_s, contact.terminal.se_s), (c.initial_se_s, c.terminal_se_s));
        }
    }
}

#[test]
fn a_swing_faster_than_any_in_the_fit_has_a_larger_error() {
    let c = GyroscopeContacts::default().calibration;
    let find = |faster| {
        GyroscopeContacts::default().find(&on(500.0, pitch(500.0, 7.0, 0.0, faster)), Side::Left).unwrap()
    };
    let (slow, fast) = (find(1.0), find(3.0));
    assert_eq!(slow.contacts[0].initial.se_s, c.initial_se_s);
    let wider = fast.contacts[0].initial.se_s / c.initial_se_s;
    assert!(wider > 3.0 && wider < 7.0, "{wider}");
}

#[test]
fn a_gyroscope_of_another_unit_axis_or_sign_is_refused() {
    let good = pitch(200.0, 7.0, 0.0, 1.0);
    let find = |rate_hz: f64, x: Vec<f64>| GyroscopeContacts::default().find(&on(rate_hz, x), Side::Left);
    let times = |by: f64| good.iter().map(|x| x * by).collect::<Vec<f64>>();
    assert!(matches!(find(200.0, times(1f64.to_radians())), Err(Error::Undefined { .. })), "radians");
    assert!(matches!(find(200.0, times(-1.0)), Err(Error::Undefined { .. })), "toe-down positive");
    assert!(matches!(find(200.0, times(100.0)), Err(Error::Undefined { .. })));
    assert!(matches!(find(200.0, vec![0.0; 900]), Err(Error::Undefined { .. })));
    assert!(matches!(find(50.0, good.clone()), Err(Error::Parameter { .. })));
    assert!(matches!(find(200.0, vec![f64::NAN; 900]), Err(Error::NonFinite { .. })));
    let mut gap = good.clone();
    gap[600..620].fill(f64::NAN);
    let found = find(200.0, gap).unwrap();
    assert!(found.contacts.iter().all(|c| c.terminal.time_s < 3.0 || c.initial.time_s > 3.09));
    assert!(found.contacts.len() >= 6);
}

#[test]
fn pitch_velocity_of_the_runners_feet_gives_their_contacts_on_runners_left_out() {
    let Some(data) = common::data() else { return };
    let cases = sensors::treadmill_gyroscopes(&compare::treadmill(&data).unwrap()).unwrap();
    for case in &cases {
        assert!(case.matched.missed.is_empty(), "{} {}: {:?}", case.runner, case.label, case.matched.missed);
        assert!(case.matched.extra.is_empty(), "{} {}: {:?}", case.runner, case.label, case.matched.extra);
    }
    let errors = left_out(&cases, [Shape::Line; 2]);
    let all =
        |pick: fn(&Errors) -> &Vec<f64>| errors.iter().flat_map(|e| pick(e).clone()).collect::<Vec<f64>>();
    let (initial, terminal) = (all(|e| &e.initial), all(|e| &e.terminal));
    assert!(initial.len() > 1700 && terminal.len() > 1700);
    assert!(quantile(&initial, 0.5) <= 0.0033 && quantile(&initial, 0.95) <= 0.0085);
    assert!(quantile(&terminal, 0.5) <= 0.0056 && quantile(&terminal, 0.95) <= 0.0185);
    let c = GyroscopeContacts::default().calibration;
    assert!(
        quantile(&initial, 0.9) <= 1.96 * c.initial_se_s
            && quantile(&terminal, 0.9) <= 1.96 * c.terminal_se_s
    );
}

/// Vertical acceleration at the sacrum: half-sines that carry the body over a step of `step_s`, nothing in flight.
fn bounce(rate_hz: f64, seconds: f64, step_s: f64, contact_s: f64, noise_g: f64) -> Vec<f64> {
    let mut noise = Noise::new(11);
    let top = std::f64::consts::FRAC_PI_2 * step_s / contact_s;
    let n = (seconds * rate_hz) as usize;
    (0..n)
        .map(|i| (i as f64 / rate_hz).rem_euclid(step_s) / contact_s)
        .map(
            |p| if p < 1.0 { top * (std::f64::consts::PI * p).sin() } else { 0.0 } + noise_g * noise.normal(),
        )
        .collect()
}

#[test]
fn every_contact_of_the_runner_with_the_accelerometer_is_found_and_covered() {
    let Some(data) = common::data() else { return };
    let trials = sensors::sacrum_trials(&data).unwrap();
    assert_eq!(trials.len(), 31);
    let cases = sensors::sacrums(&trials).unwrap();
    let c = SacrumContacts::default();
    let (mut initial, mut terminal) = (Vec::new(), Vec::new());
    for case in &cases {
        assert!(case.matched.missed.is_empty() && case.matched.extra.is_empty(), "{}", case.label);
        let e = compare::errors(&case.matched, (0.0, 0.0), (0.0, 0.0));
        initial.extend(e.initial);
        terminal.extend(e.terminal);
    }
    assert!(initial.len() > 470 && terminal.len() > 470);
    let (first, last) = (mean_sd(&initial), mean_sd(&terminal));
    assert!(first.0.abs() < 0.002 && first.1 < 0.0115, "{first:?}");
    assert!(last.0.abs() < 0.002 && last.1 < 0.0160, "{last:?}");
    assert!(
        quantile(&initial, 1.0) < 1.96 * c.initial_se_s && quantile(&terminal, 1.0) < 1.96 * c.terminal_se_s
    );
}

#[test]
fn a_lag_of_ten_milliseconds_from_the_sacrum_is_a_tie() {
    let signal = on(500.0, bounce(500.0, 8.0, 0.35, 0.22, 0.05));
    let feet = SacrumContacts::default().find_both(&BothFeet::alternating(signal, Side::Right)).unwrap();
    let contacts = feet.contacts();
    assert!(contacts.len() >= 20);
    assert!(contacts.windows(2).all(|w| w[0].side() != w[1].side()));
    for c in &contacts {
        // A lag of 20 ms is a tie whichever way it is asked.
        let later = Timing { time_s: c.initial.time_s + 0.020, se_s: Some(c.initial.se_s) };
        assert_eq!(CycleRelation::of(Timing::from(c.initial), later), CycleRelation::Tie);
        assert_eq!(CycleRelation::of(later, Timing::from(c.initial)), CycleRelation::Tie);
        // The steps are still steps.
        assert!((c.duration_s() - 0.22).abs() < 0.05, "{}", c.duration_s());
    }
    let found =
        Steps::from_contacts(&contacts, &[], &StepCriteria::default(), TimeSpan { start_s: 0.0, end_s: 8.0 })
            .unwrap();
    assert!(found.accepted().count() >= 15);
    let cadence = found.accepted().map(|s| s.cadence_spm()).sum::<f64>() / found.accepted().count() as f64;
    assert!((cadence - 60.0 / 0.35).abs() < 1.0, "{cadence}");
    for step in found.accepted() {
        // Nobody can take this for a stiffness.
        let spring = SpringMass::from_step(step, 70.0).unwrap();
        assert!(1.96 * spring.vertical_se_npm > spring.vertical_npm, "{spring:?}");
        assert!(1.96 * step.contact_se_s() > 0.19);
    }
}

#[test]
fn averaging_steps_does_not_reduce_the_error_of_a_sacrum() {
    let signal = on(500.0, bounce(500.0, 30.0, 0.35, 0.22, 0.05));
    let feet = SacrumContacts::default().find_both(&BothFeet::alternating(signal, Side::Right)).unwrap();
    // Something that always follows the landing by 20 ms, known to a millisecond.
    let cycle = |c: &copeak::event::Contact| Cycle {
        start_s: c.initial.time_s,
        duration_s: 0.7,
        contact_s: None,
        times: vec![
            Some(Timing::from(c.initial)),
            Some(Timing { time_s: c.initial.time_s + 0.020, se_s: Some(0.001) }),
        ],
    };
    let cycles: Vec<Cycle> = feet.left.contacts.iter().map(cycle).collect();
    assert!(cycles.len() >= 40);
    let event = feet.left.contacts[0].initial;
    assert!(event.method.has_shared_error());
    let landing = SequenceChannel::new("landing").delayed(0.0, event.se_s);
    let sequencer = Sequencer::new(&[landing, SequenceChannel::new("peak")], Bootstrap::new(1)).unwrap();
    let lag = &sequencer.find(&cycles, &Strides::ungrouped(cycles.len())).unwrap().pairs[0];
    assert_eq!(lag.relation, Relation::Unclear);
    let ci = lag.mean_s.ci.unwrap();
    assert!(ci.width() > 0.2, "{ci}");
    assert!((lag.mean_s.value - 0.020).abs() < 1e-9);
}

#[test]
fn a_sacrum_without_flight_or_of_another_unit_is_refused() {
    let good = bounce(500.0, 8.0, 0.35, 0.22, 0.0);
    let find = |rate_hz: f64, x: Vec<f64>| SacrumContacts::default().find(&on(rate_hz, x), Side::Left);
    let map = |f: fn(f64) -> f64| good.iter().map(|&x| f(x)).collect::<Vec<f64>>();
    assert!(find(500.0, good.clone()).is_ok());
    assert!(
        matches!(find(500.0, map(|x| 9.81 * x)), Err(Error::Undefined { .. })),
        "metres per second squared"
    );
    assert!(matches!(find(500.0, map(|x| x - 1.0)), Err(Error::Undefined { .. })), "gravity taken off");
    assert!(matches!(find(500.0, map(|x| -x)), Err(Error::Undefined { .. })), "upside down");
    // Walking: the ground always carries.
    let walk: Vec<f64> =
        (0..4000).map(|i| 1.0 + 0.4 * (i as f64 / 500.0 * 1.9 * std::f64::consts::TAU).sin()).collect();
    assert!(matches!(find(500.0, walk), Err(Error::Undefined { reason, .. }) if reason.contains("flight")));
    assert!(matches!(find(500.0, vec![1.0; 4000]), Err(Error::Undefined { .. })), "standing");
    assert!(matches!(find(80.0, good.clone()), Err(Error::Parameter { .. })));
    // Half a step of stumbling: nobody knows whose turn it is.
    let mut stumble = good.clone();
    stumble.splice(2000..2000, std::iter::repeat_n(0.0, 85));
    let refused = SacrumContacts::default().find_both(&BothFeet::alternating(on(500.0, stumble), Side::Left));
    assert!(matches!(refused, Err(Error::Undefined { quantity, .. }) if quantity.contains("side")));
    let sides = on(100.0, (0..800).map(|i| if (i / 35) % 2 == 0 { 1.0 } else { -1.0 }).collect());
    assert!(SacrumContacts::default().find_both(&BothFeet::sided_by(on(500.0, good), sides)).is_ok());
}

/// Acceleration along a shank: standing, swing with its centripetal hump, impact.
fn shank(rate_hz: f64, seconds: f64, impact_g: f64, swing_g: f64) -> Vec<f64> {
    let bell = |t: f64, at: f64, wide: f64| (-0.5 * ((t - at) / wide).powi(2)).exp();
    let one = |t: f64| 1.0 + swing_g * bell(t, 0.45, 0.08) + impact_g * bell(t, 0.1174, 0.008);
    (0..(seconds * rate_hz) as usize).map(|i| one((i as f64 / rate_hz).rem_euclid(STRIDE_S))).collect()
}

#[test]
fn a_shank_gives_landings_without_contacts() {
    for (rate_hz, swing_g) in [(200.0, 1.0), (500.0, 5.0), (1000.0, 8.0)] {
        let signal = on(rate_hz, shank(rate_hz, 7.0, 7.0, swing_g));
        let sensors = Sides::new(&signal, &signal);
        let feet = ShankLandings::default().find_both(&sensors).unwrap();
        for foot in [&feet.left, &feet.right] {
            assert!(foot.contacts.is_empty(), "no take-off, so no contact");
            assert_eq!(foot.unpaired.len(), 10);
            for (k, e) in foot.unpaired.iter().enumerate() {
                let late = e.time_s - 0.1 - STRIDE_S * k as f64;
                assert!(late.abs() < 0.003, "{rate_hz} Hz: {late}");
                assert_eq!((e.kind, e.method), (EventKind::InitialContact, Method::ShankAccelerometer));
                assert!(1.96 * e.se_s > 0.1, "the published limits");
            }
        }
        // Without contacts there are no steps whose duty factor could be believed.
        assert!(feet.contacts().is_empty());
    }
    let find = |rate_hz: f64, x: Vec<f64>| ShankLandings::default().find(&on(rate_hz, x), Side::Left);
    assert!(matches!(find(500.0, vec![1.0; 900]), Err(Error::Undefined { .. })));
    assert!(matches!(find(90.0, shank(90.0, 7.0, 7.0, 1.0)), Err(Error::Parameter { .. })));
    assert!(matches!(find(500.0, vec![f64::NAN; 900]), Err(Error::NonFinite { .. })));
}

#[test]
fn each_sensor_answers_for_both_legs_through_the_trait() {
    let half = (0.5 * STRIDE_S * 500.0) as usize;
    let both = |x: Vec<f64>| Sides::new(on(500.0, x[half..].to_vec()), on(500.0, x));
    let gyroscope: &dyn Detect<Sides<&Signal>> = &GyroscopeContacts::default();
    let accelerometer: &dyn Detect<Sides<&Signal>> = &ShankLandings::default();
    let feet = gyroscope.find_both(&both(pitch(500.0, 7.0, 5.0, 1.0)).as_ref()).unwrap();
    let sides: String = feet.contacts().iter().map(|c| c.side().letter()).collect();
    assert!(sides.contains("lrlrlrlr") && !sides.contains("ll"), "{sides}");
    let landings = accelerometer.find_both(&both(shank(500.0, 7.0, 7.0, 3.0)).as_ref()).unwrap();
    assert!(landings.events().windows(2).all(|w| w[0].side != w[1].side));
    assert!(landings.left.unpaired.len() >= 9 && landings.left.unpaired.iter().all(|e| e.side == Side::Left));
    // Steps of a runner with gyroscopes on both feet.
    let found = Steps::from_contacts(
        &feet.contacts(),
        &[],
        &StepCriteria::default(),
        TimeSpan { start_s: 0.0, end_s: 7.0 },
    )
    .unwrap();
    assert!(found.accepted().count() >= 12, "{:?}", found.summary());
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn signals_of_any_kind_give_events_in_order_or_a_refusal(
        x in prop::collection::vec(prop_oneof![20 => -1.0..3.0f64, 1 => Just(f64::NAN), 1 => Just(16.0)], 1..1500),
        smooth in 1usize..60, scale in 0.5..400.0f64, rate_hz in 80.0..1200.0f64,
    ) {
        let n = x.len();
        let at = |i: usize| (0..smooth).map(|k| x[(i + k) % n]).sum::<f64>() / smooth as f64;
        let y: Vec<f64> = (0..n).map(at).collect();
        let scaled = on(rate_hz, y.iter().map(|y| scale * y).collect());
        let y = on(rate_hz, y);
        let found = [
            GyroscopeContacts::default().find(&scaled, Side::Left),
            SacrumContacts::default().find(&y, Side::Left),
            ShankLandings::default().find(&y, Side::Left),
        ];
        for foot in found.into_iter().flatten() {
            prop_assert!(foot.contacts.iter().all(|c| c.duration_s() > 0.0));
            prop_assert!(foot.contacts.windows(2).all(|w| w[0].terminal.time_s <= w[1].initial.time_s));
            prop_assert!(foot.events().iter().all(|e| e.time_s.is_finite() && e.se_s > 0.0));
        }
        if let (Ok(one), Ok(feet)) = (
            SacrumContacts::default().find(&y, Side::Left),
            SacrumContacts::default().find_both(&BothFeet::alternating(y.clone(), Side::Right)),
        ) {
            prop_assert_eq!(one.contacts.len(), feet.contacts().len());
            prop_assert_eq!(one.events().len(), feet.events().len());
        }
    }
}
