//! Interpolation: against SciPy (fixture: validation/oracles/interpolate.py), its properties, and signals onto other clocks.

use crate::common::cases;
use copeak::filter::{Interpolation, Regrid};
use copeak::{Analysis, Clock, Error, Frame, Rate, Signal};
use proptest::prelude::*;
use serde_json::Value;

const METHODS: [(&str, Interpolation); 4] = [
    ("linear", Interpolation::Linear),
    ("pchip", Interpolation::Pchip),
    ("cubic", Interpolation::Cubic),
    ("natural", Interpolation::NaturalCubic),
];

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

fn near(found: &[f64], expected: &[f64], scale: f64, what: &str) {
    assert_eq!(found.len(), expected.len());
    for (f, e) in found.iter().zip(expected) {
        assert!((f - e).abs() <= 1e-12 * scale, "{what}: {f}, not {e}");
    }
}

fn clock(hz: f64, start_s: f64) -> Clock {
    Clock::new(Rate::from_hz(hz).unwrap(), start_s).unwrap()
}

#[test]
fn values_and_slopes_equal_scipy() {
    let path = format!("{}/tests/fixtures/interpolate.json", env!("CARGO_MANIFEST_DIR"));
    let fixture: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let cases = fixture["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 5);
    for case in cases {
        let (t, x, at) = (numbers(&case["t"]), numbers(&case["x"]), numbers(&case["at"]));
        for (name, method) in METHODS {
            let what = format!("{name} through {} knots", t.len());
            let curve = method.through(&t, &x).unwrap();
            near(&curve.sample(&at), &numbers(&case[name]["y"]), 10.0, &what);
            near(&at.iter().map(|t| curve.at(*t)).collect::<Vec<_>>(), &curve.sample(&at), 0.0, &what);
            near(&curve.sample(&t), &x, 0.0, &what);
            if let Some(slopes) = case[name].get("dy") {
                let found: Vec<f64> = at.iter().map(|t| curve.derivative_at(*t)).collect();
                near(&found, &numbers(slopes), 100.0, &what);
                let beyond = &case[name]["beyond"];
                let found: Vec<f64> =
                    numbers(&beyond["at"]).iter().map(|t| curve.extrapolated_at(*t)).collect();
                near(&found, &numbers(&beyond["y"]), 100.0, &what);
                assert!(curve.sample(&numbers(&beyond["at"])).iter().all(|y| y.is_nan()));
            }
        }
    }
}

#[test]
fn too_few_broken_and_unordered_knots_are_refused() {
    for (_, method) in METHODS {
        let of = |t: &[f64], x: &[f64]| method.through(t, x).unwrap_err();
        assert!(matches!(of(&[], &[]), Error::TooFew { needed: 2, got: 0, .. }));
        assert!(matches!(of(&[0.0], &[1.0]), Error::TooFew { needed: 2, got: 1, .. }));
        assert!(matches!(of(&[0.0, 1.0], &[1.0]), Error::LengthMismatch { left: 2, right: 1, .. }));
        assert!(matches!(of(&[0.0, f64::NAN], &[1.0, 2.0]), Error::NonFinite { index: 1, .. }));
        assert!(matches!(of(&[0.0, f64::INFINITY], &[1.0, 2.0]), Error::NonFinite { index: 1, .. }));
        assert!(matches!(of(&[0.0, 1.0], &[f64::NAN, 2.0]), Error::NonFinite { index: 0, .. }));
        assert!(matches!(of(&[0.0, 1.0, 1.0], &[0.0; 3]), Error::NotRising { index: 2, .. }));
        assert!(matches!(of(&[0.0, 1.0, 0.5], &[0.0; 3]), Error::NotRising { index: 2, .. }));
        assert!(matches!(of(&[0.0, 5e-324], &[0.0, 1.0]), Error::NotRising { index: 1, .. }));
        let even = method.through_samples(clock(100.0, 0.0), &[1.0]);
        assert!(matches!(even, Err(Error::TooFew { .. })));
        let curve = method.through(&[0.0, 1.0], &[0.0, 1.0]).unwrap();
        for t in [-1e-9, 1.0 + 1e-9, f64::NAN, f64::INFINITY] {
            assert!(curve.at(t).is_nan() && curve.derivative_at(t).is_nan(), "{t}");
        }
        assert!(curve.extrapolated_at(f64::NAN).is_nan());
    }
}

fn knots() -> impl Strategy<Value = (Vec<f64>, Vec<f64>)> {
    prop::collection::vec((0.05f64..2.0, -10f64..10.0), 2..40).prop_map(|pairs| {
        let mut t = 0.0;
        pairs
            .into_iter()
            .map(|(width, x)| {
                t += width;
                (t, x)
            })
            .unzip()
    })
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn pchip_and_lines_stay_between_their_neighbours((t, x) in knots(), share in 0.0f64..=1.0) {
        for method in [Interpolation::Linear, Interpolation::Pchip] {
            let curve = method.through(&t, &x).unwrap();
            for (t, x) in t.windows(2).zip(x.windows(2)) {
                let y = curve.at((t[0] + share * (t[1] - t[0])).min(t[1]));
                let room = 1e-12 * (x[0].abs() + x[1].abs());
                prop_assert!(y >= x[0].min(x[1]) - room && y <= x[0].max(x[1]) + room, "{method:?}: {y} of {x:?}");
            }
        }
    }

    #[test]
    fn a_cubic_comes_back((t, _) in knots(), c in prop::array::uniform4(-2f64..2.0), share in 0.0f64..1.0) {
        prop_assume!(t.len() >= 4);
        let cubic = |t: f64| ((c[3] * t + c[2]) * t + c[1]) * t + c[0];
        let slope = |t: f64| (3.0 * c[3] * t + 2.0 * c[2]) * t + c[1];
        let x: Vec<f64> = t.iter().map(|t| cubic(*t)).collect();
        let curve = Interpolation::Cubic.through(&t, &x).unwrap();
        let at = t[0] + share * (t[t.len() - 1] - t[0]);
        let top = x.iter().fold(1.0, |m: f64, x| m.max(x.abs()));
        prop_assert!((curve.at(at) - cubic(at)).abs() <= 1e-10 * top);
        prop_assert!((curve.derivative_at(at) - slope(at)).abs() <= 1e-8 * top);
        prop_assert!((curve.extrapolated_at(t[0] - 0.1) - cubic(t[0] - 0.1)).abs() <= 1e-8 * top);
    }

    #[test]
    fn splines_have_no_kink_and_the_derivative_is_that_of_the_values((t, x) in knots()) {
        for (name, method) in METHODS {
            let curve = method.through(&t, &x).unwrap();
            let steepest = t.windows(2).zip(x.windows(2)).map(|(t, x)| ((x[1] - x[0]) / (t[1] - t[0])).abs()).fold(1.0, f64::max);
            for w in t.windows(2) {
                let (at, step) = ((w[0] + w[1]) / 2.0, 1e-5 * (w[1] - w[0]));
                let difference = (curve.at(at + step) - curve.at(at - step)) / (2.0 * step);
                prop_assert!((difference - curve.derivative_at(at)).abs() <= 1e-4 * steepest, "{name}");
            }
            if name != "linear" {
                for knot in &t[1..t.len() - 1] {
                    let (before, after) = (curve.derivative_at(knot - 1e-9), curve.derivative_at(knot + 1e-9));
                    prop_assert!((before - after).abs() <= 1e-5 * steepest, "{name}: {before} {after}");
                }
            }
        }
    }

    #[test]
    fn a_clock_is_its_times_and_a_frame_its_channels(x in prop::collection::vec(-5f64..5.0, 2..40), start in -3f64..3.0) {
        let clock = clock(250.0, start);
        let t: Vec<f64> = (0..x.len()).map(|i| clock.time_s(i as f64)).collect();
        let at: Vec<f64> = (0..3 * x.len()).map(|i| clock.time_s(i as f64 / 3.0)).collect();
        let frames: Vec<Frame<f32, 2>> = x.iter().map(|x| Frame([*x as f32, -2.0])).collect();
        let narrow: Vec<f64> = x.iter().map(|x| f64::from(*x as f32)).collect();
        for (name, method) in METHODS {
            let even = method.through_samples(clock, &x).unwrap();
            let uneven = method.through(&t, &x).unwrap();
            for t in &at {
                let (a, b) = (even.at(*t), uneven.at(*t));
                // At the last knot the two may differ in which side of it rounding puts them.
                prop_assert!((a - b).abs() < 1e-8 || *t >= even.end_s() - 1e-9, "{name}: {a} {b}");
            }
            let wide = method.through_samples(clock, &frames).unwrap();
            let alone = method.through_samples(clock, &narrow).unwrap();
            for t in at.iter().filter(|t| **t <= alone.end_s()) {
                prop_assert_eq!(wide.at(*t)[0], alone.at(*t));
                prop_assert!((wide.at(*t)[1] + 2.0).abs() < 1e-15);
            }
        }
    }
}

#[test]
fn another_clock_covers_the_recording_and_no_more() {
    let wave = |t: f64| (20.0 * t).sin();
    let from = clock(250.0, 1.0);
    let x: Vec<f64> = (0..101).map(|i| wave(from.time_s(f64::from(i)))).collect();
    let signal = Signal::new(from, x);
    // Its first instant before the recording, its grid between the samples.
    let to = Regrid::new(clock(1000.0, 0.5003));
    let fast = to.apply(&signal).unwrap();
    assert!(
        (fast.start_s() - 1.0003).abs() < 1e-12 && fast.samples().len() == 400,
        "{}",
        fast.samples().len()
    );
    for (k, y) in fast.samples().iter().enumerate() {
        // Two samples from an end the not-a-knot spline is a little off.
        assert!((y - wave(fast.clock().time_s(k as f64))).abs() < 1e-5);
    }
    assert_eq!(to.analyze(&signal).unwrap(), fast);
    // The same instants, index by index, NaN where there is nothing.
    let mut all = vec![0.0; 1000];
    to.apply_into(&signal, &mut all).unwrap();
    assert!(all[..500].iter().all(|y| y.is_nan()) && all[900..].iter().all(|y| y.is_nan()));
    for (a, b) in all[500..900].iter().zip(fast.samples()) {
        assert!((a - b).abs() < 1e-10);
    }
    // The recording's own clock gives the recording, the last sample too.
    for (name, method) in METHODS {
        let same = Regrid::new(from).method(method).apply(&signal).unwrap();
        assert_eq!(same.samples().len(), 101);
        near(same.samples(), signal.samples(), 1.0, name);
    }
    let outside = Regrid::new(clock(1000.0, 1.41)).apply(&signal);
    assert!(matches!(outside, Err(Error::Window { .. })));
    assert!(matches!(
        Regrid::new(from).apply(&Signal::new(from, Vec::<f64>::new())),
        Err(Error::Window { .. })
    ));
}

#[test]
fn a_slower_clock_needs_a_word_about_the_low_pass() {
    let signal = Signal::new(clock(1000.0, 0.0), vec![1.0; 100]);
    let slow = Regrid::new(clock(400.0, 0.0));
    assert!(matches!(slow.apply(&signal), Err(Error::Parameter { .. })));
    assert!(matches!(slow.apply_into(&signal, &mut [0.0; 3]), Err(Error::Parameter { .. })));
    for bad in [200.1, 0.0, -1.0, f64::NAN] {
        assert!(matches!(slow.band_limit_hz(bad).apply(&signal), Err(Error::Cutoff { .. })), "{bad}");
    }
    assert_eq!(slow.band_limit_hz(200.0).apply(&signal).unwrap().samples(), &vec![1.0; 40]);
    let infinite = Signal::new(clock(100.0, 0.0), vec![1.0, f64::INFINITY, 2.0]);
    assert!(matches!(
        Regrid::new(clock(100.0, 0.0)).apply(&infinite),
        Err(Error::NonFinite { index: 1, .. })
    ));
    let absurd = Regrid::new(clock(1e300, 0.0)).apply(&signal);
    assert!(matches!(absurd, Err(Error::Parameter { .. })));
}

#[test]
fn missing_samples_are_not_bridged() {
    let nan = f64::NAN;
    let signal = Signal::new(clock(10.0, 0.0), vec![nan, 0.0, 1.0, 2.0, nan, 7.0, nan, 3.0, 3.0]);
    let mut y = [0.0; 18];
    Regrid::new(clock(20.0, 0.0)).apply_into(&signal, &mut y).unwrap();
    let expected = [nan, nan, 0.0, 0.5, 1.0, 1.5, 2.0, nan, nan, nan, 7.0, nan, nan, nan, 3.0, 3.0, 3.0, nan];
    for (k, (y, e)) in y.iter().zip(expected).enumerate() {
        assert!((y - e).abs() < 1e-12 || (y.is_nan() && e.is_nan()), "instant {k}: {y}, not {e}");
    }
    let mut none = [1.0f64; 4];
    Regrid::new(clock(20.0, 0.0))
        .apply_into(&Signal::new(clock(10.0, 0.0), vec![nan; 4]), &mut none)
        .unwrap();
    assert!(none.iter().all(|y| y.is_nan()));
}

#[test]
fn single_precision_is_rounded_once() {
    let x: Vec<f32> = (0..200).map(|i| (i as f32 * 0.2).sin() * 30.0).collect();
    let wide: Vec<f64> = x.iter().map(|x| f64::from(*x)).collect();
    let to = Regrid::new(clock(333.0, 0.001));
    let narrow = to.apply(&Signal::new(clock(100.0, 0.0), x)).unwrap();
    let wide = to.apply(&Signal::new(clock(100.0, 0.0), wide)).unwrap();
    for (n, w) in narrow.samples().iter().zip(wide.samples()) {
        assert_eq!(*n, *w as f32);
    }
}
