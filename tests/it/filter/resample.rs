//! Resampling: SciPy's numbers, the streaming form's bits, and how much of a wave survives.

use crate::common::cases;
use crate::common::memory as counting;
use copeak::filter::fir::Taper;
use copeak::filter::resample::Padding;
use copeak::filter::state::ResampleScratch;
use copeak::filter::{Band, Fir, Resample};
use copeak::stage::Collect;
use copeak::{Analysis, AnalysisExt, Clock, Error, Frame, Rate, Samples, Signal, StageExt};
use counting::allocations;
use ndarray::{Array1, s};
use proptest::prelude::*;
use serde_json::Value;
use std::collections::VecDeque;
use std::f64::consts::TAU;

fn fixture() -> Value {
    serde_json::from_str(include_str!("../../fixtures/resample.json")).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

/// Largest difference, as a fraction of the largest expected value.
fn distance(found: &[f64], expected: &[f64]) -> f64 {
    assert_eq!(found.len(), expected.len());
    let top = expected.iter().fold(0.0, |m: f64, y| y.abs().max(m));
    found.iter().zip(expected).map(|(f, e)| (f - e).abs()).fold(0.0, f64::max) / top
}

fn named(edge: &str) -> Padding {
    match edge {
        "constant" => Padding::Zero,
        "mean" => Padding::Mean,
        "median" => Padding::Median,
        "minimum" => Padding::Minimum,
        "maximum" => Padding::Maximum,
        "edge" => Padding::Repeat,
        "line" => Padding::Line,
        "wrap" => Padding::Cycle,
        "reflect" => Padding::Reflect,
        "antireflect" => Padding::PointReflect,
        other => panic!("{other}"),
    }
}

#[test]
fn outputs_and_designs_equal_scipy() {
    let fixture = fixture();
    let x = numbers(&fixture["x"]);
    for case in fixture["resampled"].as_array().unwrap() {
        let (up, down) = (case["up"].as_u64().unwrap() as usize, case["down"].as_u64().unwrap() as usize);
        let resample = Resample::new(up, down).unwrap().padding(named(case["edge"].as_str().unwrap()));
        let error = distance(&resample.apply(&x).unwrap(), &numbers(&case["y"]));
        assert!(error < 1e-13, "{up}/{down} {}: {error:e}", case["edge"]);
    }
    for case in fixture["firs"].as_array().unwrap() {
        let cutoff = numbers(&case["cutoff"]);
        let band = match case["kind"].as_str().unwrap() {
            "low" => Band::Low(cutoff[0]),
            "high" => Band::High(cutoff[0]),
            "band" => Band::Pass(cutoff[0], cutoff[1]),
            _ => Band::Stop(cutoff[0], cutoff[1]),
        };
        let window = Taper::Kaiser(case["beta"].as_f64().unwrap());
        let count = case["count"].as_u64().unwrap() as usize;
        let found = Fir::design(count, band, window, Rate::from_hz(100.0).unwrap()).unwrap();
        assert!(distance(&found.taps().collect::<Vec<_>>(), &numbers(&case["taps"])) < 1e-13, "{case}");
    }
    for case in fixture["kaiser"].as_array().unwrap() {
        let Taper::Kaiser(beta) =
            Taper::from_attenuation_db(case["attenuation_db"].as_f64().unwrap()).unwrap()
        else {
            panic!("not a Kaiser window")
        };
        assert!((beta - case["beta"].as_f64().unwrap()).abs() < 1e-12);
    }
}

/// Largest error of a resampled sine away from the ends, as a fraction of its amplitude.
fn sine_error(resample: &Resample, frequency: f64) -> f64 {
    let ratio = resample.up() as f64 / resample.down() as f64;
    let x: Vec<f64> = (0..2000).map(|i| (TAU * frequency * f64::from(i) + 0.7).sin()).collect();
    let y = resample.apply(&x).unwrap();
    let inside = y.len() / 4..3 * y.len() / 4;
    inside.map(|m| (y[m] - (TAU * frequency * m as f64 / ratio + 0.7).sin()).abs()).fold(0.0, f64::max)
}

/// The figures of the documentation.
#[test]
fn waves_pass_and_aliases_do_not() {
    let (mut ripple, mut level, mut alias) = (0.0f64, 0.0f64, 0.0f64);
    for (up, down) in [(2, 1), (1, 2), (2, 3), (3, 2), (160, 147), (147, 160), (1, 5), (7, 1), (81, 80)] {
        let resample = Resample::new(up, down).unwrap();
        // Nyquist frequency of the slower rate, in cycles per input sample.
        let slower = 0.5 * (up as f64 / down as f64).min(1.0);
        for part in [0.01, 0.1, 0.3, 0.5, 0.6, 0.7, 0.8] {
            ripple = ripple.max(sine_error(&resample, part * slower));
        }
        let flat = resample.apply(&[1.0f64; 2000]).unwrap();
        let inside = &flat[flat.len() / 4..3 * flat.len() / 4];
        level = inside.iter().fold(level, |m, y| m.max((y - 1.0).abs()));
        if up < down {
            for i in 0..50 {
                let frequency = slower * 1.2 + (0.5 - 1.2 * slower) * f64::from(i) / 49.0;
                if frequency > 0.5 {
                    break;
                }
                let x: Vec<f64> = (0..2000).map(|i| (TAU * frequency * f64::from(i) + 0.3).sin()).collect();
                let y = resample.apply(&x).unwrap();
                alias = y[y.len() / 4..3 * y.len() / 4].iter().fold(alias, |m, y| m.max(y.abs()));
            }
        }
    }
    let down_db = -20.0 * alias.log10();
    println!("ripple {ripple:.5}, level {level:.6}, aliases {down_db:.1} dB down");
    assert!(ripple < 0.004 && level < 0.0007 && down_db > 53.0, "{ripple} {level} {down_db}");
}

#[test]
fn the_clock_stays_right() {
    // A peak at 1.5 s stays there, whatever the rate.
    let rate = Rate::from_hz(44_100.0 / 100.0).unwrap();
    let clock = Clock::new(rate, 0.25).unwrap();
    let bump = |t: f64| (-((t - 1.5) / 0.05).powi(2)).exp();
    let x: Vec<f64> = (0..1000).map(|i| bump(clock.time_s(f64::from(i)))).collect();
    let signal = Signal::new(clock, x);
    for to in [480.0, 220.5, 441.0, 100.0] {
        let resample = Resample::between(rate, Rate::from_hz(to).unwrap()).unwrap();
        let y = resample.apply_signal(&signal).unwrap();
        assert_eq!(y.start_s(), 0.25);
        assert!((y.clock().rate().as_hz() - to).abs() < 1e-9);
        assert_eq!(y.samples().len(), resample.output_len(1000));
        for (i, v) in y.samples().iter().enumerate() {
            assert!((v - bump(y.clock().time_s(i as f64))).abs() < 3e-3, "{to} Hz, sample {i}");
        }
    }
    assert_eq!(Resample::between(rate, Rate::from_hz(480.0).unwrap()).unwrap().up(), 160);
    assert!(
        (Resample::between(Rate::from_hz(148.15).unwrap(), Rate::from_hz(150.0).unwrap()).unwrap().up())
            == 3000
    );
    let odd = Rate::from_hz(100.0 * std::f64::consts::SQRT_2).unwrap();
    assert!(matches!(Resample::between(odd, Rate::from_hz(150.0).unwrap()), Err(Error::Undefined { .. })));
    for largest in [10, 100, 1000] {
        let near = Resample::nearest(odd, Rate::from_hz(150.0).unwrap(), largest).unwrap();
        let met = near.rate(odd).unwrap().as_hz();
        assert!((met / 150.0 - 1.0).abs() < 1.0 / largest as f64, "{largest}: {met}");
    }
    let far = Resample::nearest(Rate::from_hz(1.0).unwrap(), Rate::from_hz(1000.0).unwrap(), 10);
    assert!(matches!(far, Err(Error::Undefined { .. })));
}

#[test]
fn zero_and_huge_factors_and_broken_samples_are_refused() {
    for (up, down) in [(0, 1), (1, 0), (0, 0), (100_001, 1), (1, 100_001)] {
        assert!(matches!(Resample::new(up, down), Err(Error::Parameter { .. })), "{up}/{down}");
    }
    assert_eq!(Resample::new(200_000, 100_000).unwrap().up(), 2, "common factors are taken out first");
    let half = Resample::new(1, 2).unwrap();
    assert!(matches!(half.apply(&[0.0f64; 0]), Err(Error::TooFew { needed: 1, got: 0, .. })));
    for edge in ["mean", "median", "minimum", "maximum", "edge", "line", "wrap", "reflect", "antireflect"] {
        let y = half.clone().padding(named(edge)).apply(&[3.0f64]).unwrap();
        assert!((y[0] - 3.0).abs() < 0.01, "one sample, {edge}: {y:?}");
    }
    for bad in [f64::NAN, f64::INFINITY] {
        let mut x = vec![1.0; 30];
        x[11] = bad;
        assert!(matches!(half.apply(&x), Err(Error::NonFinite { index: 11, .. })));
        let frames: Vec<_> = x.iter().map(|x| Frame([0.0, *x])).collect();
        assert!(matches!(half.apply(&frames), Err(Error::NonFinite { index: 11, .. })));
    }
    let mut out = [7.0; 14];
    let short = half.apply_into(&[1.0; 30], &mut out, &mut ResampleScratch::new());
    assert!(matches!(short, Err(Error::LengthMismatch { left: 15, right: 14, .. })));
    assert_eq!(out, [7.0; 14]);
    assert!(half.clone().taper(Taper::Kaiser(-1.0)).apply(&[1.0; 9]).is_err());
    assert!(half.clone().taps(&Fir::new([0.5, 0.5]).unwrap()).live::<f64>().is_err());
    assert!(matches!(Resample::new(3, 2).unwrap().downsample(), Err(Error::Parameter { .. })));
    assert!(matches!(half.clone().padding(Padding::Line).downsample(), Err(Error::Undefined { .. })));
    assert!(matches!(half.padding(Padding::Mean).live::<f64>(), Err(Error::Undefined { .. })));
}

#[test]
fn nothing_is_allocated_after_set_up() {
    let x: Vec<f64> = (0..500).map(|i| (f64::from(i) * 0.1).sin()).collect();
    let resample = Resample::new(3, 2).unwrap().padding(Padding::Median);
    let (mut out, mut scratch) = (vec![0.0; 750], ResampleScratch::new());
    resample.apply_into(&x, &mut out, &mut scratch).unwrap();
    assert_eq!(allocations(|| resample.apply_into(&x, &mut out, &mut scratch).unwrap()), 0);
    let mut live = Resample::new(160, 147).unwrap().live().unwrap();
    let mut sum = 0.0;
    assert_eq!(allocations(|| x.iter().for_each(|x| live.push(*x, |y| sum += y))), 0);
    let mut third = Resample::new(1, 3).unwrap().downsample().unwrap().stream();
    assert_eq!(allocations(|| x.iter().for_each(|x| sum += third.push(*x).unwrap_or(0.0))), 0);
    assert!(sum.is_finite());
}

#[test]
fn every_buffer_gives_the_identical_result() {
    let x: Vec<f64> = (0..200).map(|i| f64::from(i * i % 83) / 9.0).collect();
    let resample = Resample::new(5, 3).unwrap().padding(Padding::PointReflect);
    let expected = resample.apply(&x).unwrap();
    let check = |x: &dyn Fn() -> Vec<f64>| assert_eq!(x(), expected);
    let mut ring: VecDeque<f64> = x.iter().copied().collect();
    ring.rotate_left(70);
    ring.rotate_right(70);
    check(&|| resample.apply(&ring).unwrap());
    let backwards: Array1<f64> = x.iter().rev().copied().collect();
    check(&|| resample.apply(&backwards.slice(s![..;-1])).unwrap());
    check(&|| resample.analyze(&x).unwrap());
    let mut out = Array1::zeros(expected.len());
    resample.apply_into(&x, &mut out.slice_mut(s![..;-1]), &mut ResampleScratch::new()).unwrap();
    assert_eq!(out.slice(s![..;-1]).iter_samples().collect::<Vec<f64>>(), expected);
    let there_and_back = Resample::new(2, 1).unwrap().feed(Resample::new(1, 2).unwrap());
    assert_eq!(there_and_back.analyze(&x).unwrap().len(), 200);
    // Each channel of a frame as if alone, also where the edge depends on the channel.
    for edge in ["mean", "median", "minimum", "maximum"] {
        let resample = Resample::new(5, 3).unwrap().padding(named(edge));
        let other: Vec<f64> = x.iter().map(|x| 4.0 - x * x).collect();
        let frames: Vec<_> = x.iter().zip(&other).map(|(a, b)| Frame([*a, *b])).collect();
        let together = resample.apply(&frames).unwrap();
        let alone = resample.apply(&other).unwrap();
        assert_eq!(together.iter().map(|f| f[1]).collect::<Vec<_>>(), alone);
    }
}

#[test]
fn single_precision_samples_lose_only_their_own_rounding() {
    let x: Vec<f32> = (0..2000).map(|i| (i as f32 * 0.05).sin() + 3.0).collect();
    let wide: Vec<f64> = x.iter().map(|x| f64::from(*x)).collect();
    for (up, down) in [(1, 4), (160, 147), (3, 1)] {
        let resample = Resample::new(up, down).unwrap();
        let expected = resample.apply(&wide).unwrap();
        for (y, e) in resample.apply(&x).unwrap().iter().zip(expected) {
            assert_eq!(*y, e as f32);
        }
    }
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn streaming_is_batch_bit_for_bit(
        x in prop::collection::vec(-1e3f64..1e3, 1..150),
        up in 1usize..12,
        down in 1usize..12,
        repeat: bool,
    ) {
        let edge = if repeat { Padding::Repeat } else { Padding::Zero };
        let resample = Resample::new(up, down).unwrap().padding(edge);
        let batch = resample.apply(&x).unwrap();
        let mut live = resample.clone().live().unwrap();
        // Twice: the memory is as new after the end.
        for _ in 0..2 {
            let mut out = vec![];
            x.iter().for_each(|x| live.push(*x, |y| out.push(y)));
            live.flush(|y| out.push(y));
            prop_assert_eq!(&out, &batch);
        }
        if up <= down {
            let stage = resample.clone().downsample().unwrap();
            prop_assert_eq!(&Collect(&stage).analyze(&x).unwrap(), &batch);
            let single: Vec<f32> = x.iter().map(|x| *x as f32).collect();
            prop_assert_eq!(Collect(&stage).analyze(&single).unwrap(), resample.apply(&single).unwrap());
            // A state of another design does no harm.
            let other = Resample::new(7, 8).unwrap().downsample().unwrap();
            let mut foreign = copeak::Stage::<f64>::initial_state(&other);
            x.iter().for_each(|x| { copeak::Stage::process(&stage, &mut foreign, *x); });
        }
    }

    #[test]
    fn an_output_comes_as_late_as_is_said(up in 1usize..8, down in 1usize..8) {
        let resample = Resample::new(up, down).unwrap();
        let mut live = resample.clone().live::<f64>().unwrap();
        let mut outputs = 0;
        for pushed in 0..300usize {
            live.push(1.0, |_| outputs += 1);
            // Outputs m whose time m down/up plus the wait lies at or before the newest sample.
            let due = (pushed as f64 - resample.wait_samples()) * resample.up() as f64 / resample.down() as f64;
            let due = if due < -1e-9 { 0 } else { (due + 1e-9) as usize + 1 };
            prop_assert!(outputs >= due && outputs <= due + resample.up(), "{} {}", outputs, due);
        }
    }

    #[test]
    fn up_and_down_again_returns_the_signal(
        waves in prop::collection::vec((0.0f64..0.3, -1.0f64..1.0, 0.0f64..TAU), 1..6),
        factor in 2usize..6,
    ) {
        let x: Vec<f64> = (0..400)
            .map(|i| waves.iter().map(|(f, a, p)| a * (TAU * f * f64::from(i) + p).sin()).sum())
            .collect();
        let up = Resample::new(factor, 1).unwrap().padding(Padding::PointReflect);
        let down = Resample::new(1, factor).unwrap().padding(Padding::PointReflect);
        let back = up.feed(down).analyze(&x).unwrap();
        prop_assert_eq!(back.len(), x.len());
        let size: f64 = waves.iter().map(|w| w.1.abs()).sum::<f64>();
        for i in 100..300 {
            prop_assert!((back[i] - x[i]).abs() <= 0.01 * size + 1e-12, "{} {}", back[i], x[i]);
        }
    }

    #[test]
    fn the_nearest_ratio_is_as_near_as_is_said(ratio in -4.0f64..4.0, largest in 20usize..2000) {
        let wanted = ratio.exp2();
        prop_assume!(wanted < largest as f64 && wanted * largest as f64 > 1.0);
        let near = Resample::nearest(Rate::from_hz(1.0).unwrap(), Rate::from_hz(wanted).unwrap(), largest).unwrap();
        prop_assert!((near.up() as f64 / near.down() as f64 / wanted - 1.0).abs() < 1.0 / largest as f64);
        prop_assert!(near.up() <= largest && near.down() <= largest);
    }

    #[test]
    fn resampling_is_linear(
        x in prop::collection::vec(-10.0f64..10.0, 60),
        y in prop::collection::vec(-10.0f64..10.0, 60),
        gain in -3.0f64..3.0,
    ) {
        let resample = Resample::new(7, 4).unwrap().padding(Padding::Line);
        let sum: Vec<f64> = x.iter().zip(&y).map(|(x, y)| x + gain * y).collect();
        let (fx, fy) = (resample.apply(&x).unwrap(), resample.apply(&y).unwrap());
        for (i, s) in resample.apply(&sum).unwrap().iter().enumerate() {
            prop_assert!((s - (fx[i] + gain * fy[i])).abs() < 1e-11);
        }
    }
}
