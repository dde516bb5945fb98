//! Derivatives and integrals: NumPy's numbers, the noise they let through, and drift removed.

use crate::common;
use crate::common::cases;
use crate::common::memory as counting;
use copeak::filter::integration::Boundary;
use copeak::filter::{
    CentralDifference, Filter, Integral, LeakyIntegral, SecondDifference, SmoothDerivative, ZeroPhase,
};
use copeak::stage::{Causal, Collect};
use copeak::{Analysis, AnalysisExt, Clock, Error, Frame, GroupDelay, Rate, Signal, StageExt};
use counting::allocations;
use proptest::prelude::*;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};
use serde_json::Value;
use std::f64::consts::{PI, TAU};

fn fixture() -> Value {
    serde_json::from_str(include_str!("../../fixtures/resample.json")).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

fn rate(hz: f64) -> Rate {
    Rate::from_hz(hz).unwrap()
}

fn noise(random: &mut Xoshiro256PlusPlus, n: usize) -> Vec<f64> {
    let mut uniform = || (random.next_u64() >> 11) as f64 / (1u64 << 53) as f64;
    (0..n).map(|_| (-2.0 * (1.0 - uniform()).ln()).sqrt() * (TAU * uniform()).cos()).collect()
}

fn deviation(x: &[f64]) -> f64 {
    (x.iter().map(|x| x * x).sum::<f64>() / x.len() as f64).sqrt()
}

fn close(found: &[f64], expected: &[f64], part: f64) {
    assert_eq!(found.len(), expected.len());
    let top = expected.iter().fold(0.0, |m: f64, y| y.abs().max(m));
    for (i, (f, e)) in found.iter().zip(expected).enumerate() {
        assert!((f - e).abs() <= part * top, "{i}: {f}, not {e}");
    }
}

#[test]
fn outputs_equal_numpy_and_scipy() {
    let fixture = fixture();
    let (x, rate) = (numbers(&fixture["x"]), rate(50.0));
    close(&SecondDifference::new(rate).apply(&x).unwrap(), &numbers(&fixture["second"]), 1e-13);
    let velocity = SmoothDerivative::velocity(2, 8.0, rate).unwrap();
    close(&velocity.apply(&x).unwrap(), &numbers(&fixture["velocity"]), 1e-12);
    let acceleration = SmoothDerivative::acceleration(2, 8.0, rate).unwrap();
    close(&acceleration.apply(&x).unwrap(), &numbers(&fixture["acceleration"]), 1e-12);
    for case in fixture["integrals"].as_array().unwrap() {
        let known = &case["known"];
        let value = |key: &str| known[key].as_f64();
        let known = match known["ends"].as_array() {
            Some(ends) => Boundary::Ends(ends[0].as_f64().unwrap(), ends[1].as_f64().unwrap()),
            None => value("mean")
                .map(Boundary::Mean)
                .or(value("periodic_mean").map(Boundary::PeriodicMean))
                .unwrap_or(Boundary::Start(value("start").unwrap_or(0.0))),
        };
        let integral = Integral::new(rate).known(known);
        let integral = if case["rule"] == "simpson" { integral.simpson() } else { integral };
        close(&integral.apply(&x).unwrap(), &numbers(&case["y"]), 1e-13);
    }
}

#[test]
fn noise_is_raised_as_much_as_is_said() {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(9);
    let (rate, x) = (rate(250.0), noise(&mut random, 400_000));
    let inside = |y: Vec<f64>| deviation(&y[200..y.len() - 200]);
    let plain = inside(CentralDifference::new(rate).apply(&x).unwrap());
    assert!((plain / (250.0 / 2f64.sqrt()) - 1.0).abs() < 0.01, "{plain}");
    let bend = inside(SecondDifference::new(rate).apply(&x).unwrap());
    assert!((bend / (6f64.sqrt() * 250.0 * 250.0) - 1.0).abs() < 0.01, "{bend}");
    for cutoff in [6.0, 15.0, 40.0] {
        for filter in
            [SmoothDerivative::velocity(2, cutoff, rate), SmoothDerivative::acceleration(2, cutoff, rate)]
        {
            let filter = filter.unwrap();
            let (said, found) = (filter.noise_gain().unwrap(), inside(filter.apply(&x).unwrap()));
            assert!((found / said - 1.0).abs() < 0.02, "{cutoff} Hz: {found}, said {said}");
        }
    }
    // The figures of the documentation, for 0.1 degrees at 15 Hz.
    let gain = |filter: copeak::Result<SmoothDerivative>| 0.1 * filter.unwrap().noise_gain().unwrap();
    assert_eq!((gain(SmoothDerivative::velocity(2, 15.0, rate)) * 10.0).round(), 23.0);
    assert_eq!(gain(SmoothDerivative::acceleration(2, 15.0, rate)).round(), 249.0);
}

#[test]
fn a_smooth_derivative_is_the_filter_and_then_the_difference() {
    let rate = rate(200.0);
    let x: Vec<f64> = (0..300).map(|i| f64::from(i * i % 91) / 13.0).collect();
    let low_pass = ZeroPhase::low_pass(3, 20.0, rate).unwrap();
    let filter = SmoothDerivative::first(low_pass.clone(), rate);
    let by_hand = low_pass.clone().feed(CentralDifference::new(rate)).analyze(&x).unwrap();
    assert_eq!(filter.apply(&x).unwrap(), by_hand);
    assert_eq!(filter.filter(), &low_pass);
    let (mut out, mut workspace) = (x.clone(), filter.workspace());
    filter.apply_into(&x, &mut out, &mut workspace).unwrap();
    assert_eq!(allocations(|| filter.apply_into(&x, &mut out, &mut workspace).unwrap()), 0);
    assert_eq!(out, by_hand);
    let frames: Vec<_> = x.iter().map(|x| Frame([*x, -*x])).collect();
    let together = filter.apply(&frames).unwrap();
    assert!(together.iter().zip(&by_hand).all(|(f, y)| *f == Frame([*y, -*y])));
    assert!(matches!(filter.apply(&x[..12]), Err(Error::TooFew { .. })));
    assert!(SmoothDerivative::velocity(2, 100.0, rate).is_err());
}

/// The figures of the documentation: a random walk, and one that is held at both ends.
#[test]
fn drift_grows_as_is_said() {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(10);
    let (rate, n, sigma) = (rate(100.0), 1001, 0.7);
    let (mut once, mut twice, mut held, mut ends) = (vec![], vec![], vec![], 0.0f64);
    let integral = Integral::new(rate);
    let closed = integral.known(Boundary::Ends(0.0, 0.0));
    for _ in 0..4000 {
        let x: Vec<f64> = noise(&mut random, n).iter().map(|x| sigma * x).collect();
        let velocity = integral.apply(&x).unwrap();
        once.push(velocity[n - 1]);
        twice.push(integral.apply(&velocity).unwrap()[n - 1]);
        let between = closed.apply(&x).unwrap();
        held.push(between[n / 2]);
        ends = ends.max(between[0].abs()).max(between[n - 1].abs());
    }
    let t = 10.0f64;
    assert!((deviation(&once) / (sigma * (t / 100.0).sqrt()) - 1.0).abs() < 0.04);
    assert!((deviation(&twice) / (sigma * (t.powi(3) / 300.0).sqrt()) - 1.0).abs() < 0.04);
    assert!((deviation(&held) / (sigma * (t / 100.0).sqrt() / 2.0) - 1.0).abs() < 0.04);
    assert!(ends < 1e-12);
}

#[test]
fn the_rules_err_as_is_said() {
    let sine = |i: usize, f: f64| (TAU * f * i as f64).cos();
    for frequency in [0.01, 0.03, 0.1] {
        let x: Vec<f64> = (0..2000).map(|i| sine(i, frequency)).collect();
        // Amplitude over whole periods, against the true 1/(2 pi f).
        let amplitude = |integral: Integral| {
            let y = integral.apply(&x).unwrap();
            let wave = |i: usize| (TAU * frequency * i as f64).sin();
            (0..1000).map(|i| y[i] * wave(i)).sum::<f64>() / 500.0 * TAU * frequency
        };
        let lost = 1.0 - amplitude(Integral::new(rate(1.0)));
        let said = (PI * frequency).powi(2) / 3.0;
        assert!((lost / said - 1.0).abs() < 0.05, "{frequency}: {lost}, said {said}");
        let truth = |i: usize| (TAU * frequency * i as f64).sin() / (TAU * frequency);
        let error = |integral: Integral| {
            let y = integral.known(Boundary::Start(0.0)).apply(&x).unwrap();
            y.iter().enumerate().map(|(i, y)| (y - truth(i)).abs()).fold(0.0, f64::max)
        };
        assert!(error(Integral::new(rate(1.0)).simpson()) < 0.35 * error(Integral::new(rate(1.0))));
    }
}

/// Vertical ground reaction force to velocity to displacement over strides: the running of real people.
#[test]
fn force_gives_a_runners_rise_and_fall() {
    let Some(folder) = common::data() else { return };
    for (file, least_mm, most_mm) in [("s01_v25.csv", 60.0, 130.0), ("s03_v35.csv", 50.0, 120.0)] {
        let recording = copeak::recording::csv::read(folder.join("treadmill_rbds").join(file)).unwrap();
        let force = |side: &str| recording.signal(&format!("grf_vertical_{side}")).unwrap().clone();
        let (right, left) = (force("r"), force("l"));
        let rate = right.clock().rate();
        let total: Vec<f64> = right.samples().iter().zip(left.samples()).map(|(r, l)| r + l).collect();
        let rises: Vec<usize> = (1..total.len())
            .filter(|i| right.samples()[*i] >= 50.0 && right.samples()[i - 1] < 50.0)
            .collect();
        let known = Integral::new(rate).known(Boundary::PeriodicMean(0.0));
        let mut swings = vec![];
        for stride in rises.windows(2) {
            let force = &total[stride[0]..=stride[1]];
            let weight = force.iter().sum::<f64>() / force.len() as f64;
            let acceleration: Vec<f64> = force.iter().map(|f| 9.80665 * (f / weight - 1.0)).collect();
            let height = known.feed(known).analyze(&acceleration).unwrap();
            let (low, high) = height.iter().fold((0.0f64, 0.0f64), |(l, h), y| (l.min(*y), h.max(*y)));
            assert!((height[0] - height[height.len() - 1]).abs() < 1e-12, "periodic");
            swings.push(1e3 * (high - low));
        }
        swings.sort_by(f64::total_cmp);
        let middle = swings[swings.len() / 2];
        println!("{file}: {} strides, vertical excursion {middle:.0} mm", swings.len());
        assert!((least_mm..most_mm).contains(&middle), "{file}: {middle} mm");
    }
}

#[test]
fn an_integral_passes_through_its_known_values() {
    let clock = Clock::new(rate(100.0), 5.0).unwrap();
    // A foot at rest at 5.3, 6.3 and 7.4 s, with an offset that itself drifts.
    let x: Vec<f64> = (0..301).map(|i| (f64::from(i) * 0.2).sin() + 0.3 + 0.001 * f64::from(i)).collect();
    let signal = Signal::new(clock, x);
    let integral = Integral::new(clock.rate());
    let (times, values) = ([5.303, 6.3, 7.4], [0.0, 0.5, 0.0]);
    let velocity = integral.through(&signal, &times, &values).unwrap();
    for (t, v) in times.iter().zip(values) {
        assert!((velocity.value_at(*t).unwrap() - v).abs() < 2e-3, "{t}");
    }
    let plain = integral.apply(signal.samples()).unwrap();
    let taken: Vec<f64> = plain.iter().zip(velocity.samples()).map(|(p, v)| p - v).collect();
    assert!((taken[0] - taken[30]).abs() < 1e-12, "constant before the first");
    assert!((taken[240] - taken[300]).abs() < 1e-12, "constant after the last");
    assert!((taken[140] - 2.0 * taken[160] + taken[180]).abs() < 1e-12, "straight between");
    // One known value fixes the constant alone.
    let one = integral.through(&signal, &[6.0], &[2.0]).unwrap();
    assert!((one.samples()[100] - 2.0).abs() < 1e-12);
    assert!((one.samples()[7] - plain[7] - (one.samples()[0] - plain[0])).abs() < 1e-12);

    let refused = |t: &[f64], v: &[f64]| integral.through(&signal, t, v).unwrap_err();
    assert!(matches!(refused(&[6.0], &[]), Error::LengthMismatch { .. }));
    assert!(matches!(refused(&[], &[]), Error::TooFew { .. }));
    assert!(matches!(refused(&[6.0, 6.0], &[0.0, 0.0]), Error::NotRising { index: 1, .. }));
    assert!(matches!(refused(&[4.9], &[0.0]), Error::Window { .. }));
    assert!(matches!(refused(&[6.0, f64::NAN], &[0.0, 0.0]), Error::Window { .. }));
    assert!(matches!(refused(&[6.0], &[f64::NAN]), Error::NonFinite { .. }));
}

#[test]
fn a_high_pass_behind_it_keeps_an_integral_level() {
    let rate = rate(100.0);
    let x: Vec<f64> = (0..3000).map(|i| 0.2 + (TAU * 1.5 * f64::from(i) / 100.0).cos()).collect();
    let level = Integral::new(rate).feed(ZeroPhase::high_pass(2, 0.3, rate).unwrap());
    let y = level.analyze(&x).unwrap();
    let top = y[1000..2000].iter().fold(0.0, |m: f64, y| m.max(y.abs()));
    assert!((top * TAU * 1.5 - 1.0).abs() < 0.02, "{top}");
    // The same live, by a leak: the offset stays, but bounded.
    let leaky = LeakyIntegral::from_time_constant_s(1.0, rate).unwrap();
    let y = Causal(leaky).analyze(&x).unwrap();
    let mean = y[1400..2400].iter().sum::<f64>() / 1000.0;
    assert!((mean - 0.2).abs() < 0.01, "{mean}");
}

#[test]
fn one_sample_a_nan_and_a_time_constant_below_the_sampling_interval_are_refused() {
    let integral = Integral::new(rate(10.0));
    assert!(matches!(integral.apply(&[1.0]), Err(Error::TooFew { needed: 2, got: 1, .. })));
    assert!(matches!(integral.apply(&[0.0f64; 0]), Err(Error::TooFew { got: 0, .. })));
    for bad in [f64::NAN, f64::INFINITY] {
        assert!(matches!(integral.apply(&[1.0, bad]), Err(Error::NonFinite { index: 1, .. })));
        assert!(matches!(integral.known(Boundary::Mean(bad)).apply(&[1.0; 3]), Err(Error::Parameter { .. })));
        assert!(matches!(
            integral.known(Boundary::Ends(0.0, bad)).apply(&[1.0; 3]),
            Err(Error::Parameter { .. })
        ));
        assert!(LeakyIntegral::from_time_constant_s(bad, rate(10.0)).is_err());
    }
    assert!(LeakyIntegral::from_time_constant_s(0.01, rate(10.0)).is_err());
    assert!(LeakyIntegral::from_time_constant_s(-1.0, rate(10.0)).is_err());
    let (x, mut out) = (vec![1.0; 500], vec![0.0; 500]);
    for known in [Boundary::Start(1.0), Boundary::PeriodicMean(2.0)] {
        let integral = integral.known(known).simpson();
        let mut workspace = integral.workspace();
        integral.apply_into(&x, &mut out, &mut workspace).unwrap();
        assert_eq!(allocations(|| integral.apply_into(&x, &mut out, &mut workspace).unwrap()), 0);
    }
}

#[test]
fn single_precision_is_summed_in_double() {
    let x: Vec<f32> = (0..200_000).map(|i| (i as f32 * 0.01).sin() + 1.0).collect();
    let wide: Vec<f64> = x.iter().map(|x| f64::from(*x)).collect();
    let integral = Integral::new(rate(1000.0));
    let expected = integral.apply(&wide).unwrap();
    assert!(integral.apply(&x).unwrap().iter().zip(&expected).all(|(y, e)| *y == *e as f32));
    let live = Causal(LeakyIntegral::new(rate(1000.0))).analyze(&x).unwrap();
    assert!(live.iter().zip(&expected).all(|(y, e)| *y == *e as f32));
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn streaming_is_batch_bit_for_bit(x in prop::collection::vec(-1e3f64..1e3, 3..200), hz in 1.0f64..2000.0) {
        let bend = SecondDifference::new(rate(hz));
        prop_assert_eq!(Collect(bend).analyze(&x).unwrap(), bend.apply(&x).unwrap());
        let live = Causal(LeakyIntegral::new(rate(hz))).analyze(&x).unwrap();
        prop_assert_eq!(live, Integral::new(rate(hz)).apply(&x).unwrap());
    }

    #[test]
    fn a_derivative_undoes_an_integral(x in prop::collection::vec(-10.0f64..10.0, 5..200), hz in 1.0f64..500.0) {
        // The central difference of the trapezoid integral is the mean of three samples, weighted 1 2 1.
        let y = CentralDifference::new(rate(hz)).apply(&Integral::new(rate(hz)).apply(&x).unwrap()).unwrap();
        for i in 1..x.len() - 1 {
            let expected = (x[i - 1] + 2.0 * x[i] + x[i + 1]) / 4.0;
            prop_assert!((y[i] - expected).abs() < 1e-9 * (1.0 + x.len() as f64));
        }
    }

    #[test]
    fn what_is_known_holds(
        x in prop::collection::vec(-10.0f64..10.0, 2..300),
        first in -5.0f64..5.0,
        last in -5.0f64..5.0,
        simpson: bool,
    ) {
        let integral = Integral::new(rate(50.0));
        let integral = if simpson { integral.simpson() } else { integral };
        let of = |known| integral.known(known).apply(&x).unwrap();
        let n = x.len();
        let mean = |y: &[f64]| (y.iter().sum::<f64>() - (y[0] + y[n - 1]) / 2.0) / (n - 1) as f64;
        let y = of(Boundary::Ends(first, last));
        prop_assert!((y[0] - first).abs() < 1e-12 && (y[n - 1] - last).abs() < 1e-11);
        prop_assert!((mean(&of(Boundary::Mean(first))) - first).abs() < 1e-11);
        let y = of(Boundary::PeriodicMean(first));
        prop_assert!((y[0] - y[n - 1]).abs() < 1e-11 && (mean(&y) - first).abs() < 1e-11);
        // Simpson is exact for a parabola.
        let square: Vec<f64> = (0..n).map(|i| first + last * (i as f64).powi(2)).collect();
        let y = Integral::new(rate(1.0)).simpson().apply(&square).unwrap();
        if n > 2 {
            for (i, y) in y.iter().enumerate() {
                let t = i as f64;
                let truth = first * t + last * t.powi(3) / 3.0;
                prop_assert!((y - truth).abs() <= 1e-10 * (1.0 + t.powi(3)));
            }
        }
    }

    #[test]
    fn a_leak_delays_as_its_phase_says(tau in 0.05f64..2.0, frequency in 0.01f64..0.4) {
        let (hz, leak) = (100.0, LeakyIntegral::from_time_constant_s(tau, rate(100.0)).unwrap());
        // Phase of the transfer function, differentiated numerically.
        let a = 1.0 / (2.0 * tau * hz);
        let k = (1.0 - a) / (1.0 + a);
        let phase = |f: f64| {
            let w = TAU * f;
            -w / 2.0 - (k * w.sin()).atan2(1.0 - k * w.cos())
        };
        let d = 1e-5;
        let expected = -(phase(frequency + d) - phase(frequency - d)) / (2.0 * d * TAU);
        prop_assert!((leak.group_delay(frequency) - expected).abs() < 1e-4 * (1.0 + expected.abs()));
        prop_assert_eq!(LeakyIntegral::new(rate(hz)).group_delay(frequency), 0.0);
        let _ = leak.stream().push(1.0);
    }
}
