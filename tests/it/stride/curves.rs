//! Time normalisation against NumPy, and properties of curves on a common base.

use crate::common::cases;
use copeak::stride::{Ensemble, Landmarks, normalize};
use copeak::time::TimeSpan;
use copeak::{Clock, Error, Rate, Signal};
use proptest::prelude::*;
use serde_json::Value;

fn at(rate_hz: f64, x: Vec<f64>) -> Signal {
    Signal::new(Clock::from_zero(Rate::from_hz(rate_hz).unwrap()), x)
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap_or(f64::NAN)).collect()
}

#[test]
fn normalised_curves_are_numpys() {
    let fixture: Value = serde_json::from_str(include_str!("../../fixtures/normalise.json")).unwrap();
    let cases = fixture["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 4);
    for case in cases {
        let signal = at(case["rate"].as_f64().unwrap(), numbers(&case["x"]));
        let window =
            TimeSpan { start_s: case["start_s"].as_f64().unwrap(), end_s: case["end_s"].as_f64().unwrap() };
        let points = case["points"].as_u64().unwrap() as usize;
        let ours = normalize(&signal, window, points).unwrap();
        let theirs = numbers(&case["y"]);
        assert_eq!(ours.len(), theirs.len());
        for (a, b) in ours.iter().zip(&theirs) {
            assert!((a.is_nan() && b.is_nan()) || (a - b).abs() < 1e-12, "{a} {b}");
        }
    }
}

#[test]
fn windows_outside_the_signal_and_unequal_curves_are_refused() {
    let ramp = at(10.0, (0..11).map(f64::from).collect());
    let apply = |start_s, end_s| normalize(&ramp, TimeSpan { start_s, end_s }, 101);
    assert_eq!(apply(0.0, 1.0).unwrap().len(), 101);
    assert!(matches!(apply(0.5, 1.2), Err(Error::Window { end_s: 1.2, last_s: 1.0, .. })));
    assert!(matches!(apply(-0.1, 0.5), Err(Error::Window { .. })));
    assert!(matches!(apply(0.5, 0.5), Err(Error::NotRising { .. })));
    assert!(matches!(apply(f64::NAN, 0.5), Err(Error::NotRising { .. })));
    let one = normalize(&ramp, TimeSpan { start_s: 0.0, end_s: 1.0 }, 1);
    assert!(matches!(one, Err(Error::TooFew { got: 1, .. })));
    let all = normalize(&ramp, TimeSpan { start_s: 0.0, end_s: 1.0 }, usize::MAX);
    assert!(matches!(all, Err(Error::Parameter { name: "points", .. })));
    let empty = normalize(&at(10.0, vec![]), TimeSpan { start_s: 0.0, end_s: 1.0 }, 101);
    assert!(matches!(empty, Err(Error::Window { .. })));

    let none: [Vec<f64>; 0] = [];
    assert!(matches!(Ensemble::from_curves(&none), Err(Error::TooFew { .. })));
    assert!(matches!(Ensemble::from_curves(&[vec![1.0], vec![1.0, 2.0]]), Err(Error::LengthMismatch { .. })));
    assert!(matches!(
        Ensemble::from_curves(&[vec![1.0], vec![f64::NAN]]),
        Err(Error::NonFinite { index: 1, .. })
    ));
    let single = Ensemble::from_curves(&[vec![1.0, 2.0]]).unwrap();
    assert_eq!((single.mean, single.sd, single.n), (vec![1.0, 2.0], None, 1));
}

#[test]
fn events_that_do_not_rise_from_0_to_1_are_refused() {
    let ramp = at(10.0, (0..11).map(f64::from).collect());
    let new = |at: &[f64]| Landmarks::new(at.to_vec(), 5);
    assert!(matches!(new(&[0.0]), Err(Error::TooFew { unit: "events", got: 1, .. })));
    assert!(matches!(new(&[0.0, 0.6, 0.5, 1.0]), Err(Error::NotRising { index: 2, .. })));
    assert!(matches!(new(&[0.0, f64::NAN, 1.0]), Err(Error::NotRising { index: 1, .. })));
    assert!(matches!(new(&[0.1, 1.0]), Err(Error::Parameter { .. })));
    assert!(matches!(new(&[0.0, 0.9]), Err(Error::Parameter { .. })));
    assert!(matches!(Landmarks::new(vec![0.0, 1.0], 1), Err(Error::TooFew { unit: "points", .. })));
    let thirds = new(&[0.0, 0.3, 1.0]).unwrap();
    assert!(matches!(thirds.apply(&ramp, &[0.0, 1.0]), Err(Error::LengthMismatch { left: 3, right: 2, .. })));
    assert!(matches!(thirds.apply(&ramp, &[0.0, 0.5, 1.2]), Err(Error::Window { .. })));
    assert!(matches!(thirds.apply(&ramp, &[0.0, 0.5, f64::NAN]), Err(Error::NotRising { index: 2, .. })));

    let none: [[f64; 2]; 0] = [];
    assert!(matches!(Landmarks::from_cycles(&none, 5), Err(Error::TooFew { unit: "cycles", .. })));
    let uneven = [vec![0.0, 1.0], vec![0.0, 0.5, 1.0]];
    assert!(matches!(Landmarks::from_cycles(&uneven, 5), Err(Error::LengthMismatch { .. })));
    assert!(matches!(Landmarks::from_cycles(&[[1.0, 0.0]], 5), Err(Error::NotRising { .. })));
    assert!(matches!(Landmarks::from_cycles(&[vec![]], 5), Err(Error::TooFew { .. })));
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn every_event_comes_to_its_place(
        gaps in prop::collection::vec(0.05..0.3f64, 2..5),
        places in prop::collection::vec(1usize..20, 5),
        start in 0.0..0.3f64,
    ) {
        // A curve that is the time itself: the point at an event's place must be the event's time.
        let clock = at(200.0, (0..400).map(|i| f64::from(i) / 200.0).collect());
        let mut events = vec![start];
        gaps.iter().for_each(|g| events.push(events[events.len() - 1] + g));
        let mut index = vec![0usize];
        places[..gaps.len()].iter().for_each(|p| index.push(index[index.len() - 1] + p));
        let last = index[index.len() - 1];
        let landmarks = Landmarks::new(index.iter().map(|&i| i as f64 / last as f64).collect(), last + 1).unwrap();
        let y = landmarks.apply(&clock, &events).unwrap();
        for (&i, t) in index.iter().zip(&events) {
            prop_assert!((y[i] - t).abs() < 1e-9, "{} {}", y[i], t);
        }
        prop_assert!(y.windows(2).all(|w| w[1] > w[0]));
        // With two events it is plain time normalisation.
        let ends = [events[0], events[events.len() - 1]];
        let two = Landmarks::new(vec![0.0, 1.0], 101).unwrap().apply(&clock, &ends).unwrap();
        let plain = normalize(&clock, TimeSpan { start_s: ends[0], end_s: ends[1] }, 101).unwrap();
        prop_assert!(two.iter().zip(&plain).all(|(a, b)| (a - b).abs() < 1e-9));
    }

    #[test]
    fn a_straight_line_stays_straight(slope in -9.0..9.0f64, start in 0.0..0.4f64, length in 0.01..0.5f64, points in 2usize..300) {
        let line = at(100.0, (0..100).map(|i| slope * f64::from(i) / 100.0).collect());
        let y = normalize(&line, TimeSpan { start_s: start, end_s: start + length }, points).unwrap();
        for (i, v) in y.iter().enumerate() {
            let t = start + length * i as f64 / (points - 1) as f64;
            prop_assert!((v - slope * t).abs() < 1e-9);
        }
    }

    #[test]
    fn shift_and_scale_pass_through(shift in -5.0..5.0f64, gain in -3.0..3.0f64) {
        let wave: Vec<f64> = (0..80).map(|i| (f64::from(i) * 0.2).sin()).collect();
        let window = TimeSpan { start_s: 0.111, end_s: 0.702 };
        let here = normalize(&at(100.0, wave.clone()), window, 101).unwrap();
        let clock = Clock::new(Rate::from_hz(100.0).unwrap(), shift).unwrap();
        let scaled = Signal::new(clock, wave.iter().map(|x| gain * x).collect::<Vec<_>>());
        let there = normalize(&scaled, window.moved(shift), 101).unwrap();
        for (a, b) in here.iter().zip(&there) {
            prop_assert!((gain * a - b).abs() < 1e-9);
        }
    }
}
