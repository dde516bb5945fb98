//! Residual analysis: SciPy's numbers, known bands and noise, records that have no answer, and real angles.

use crate::common;
use crate::common::cases;
use copeak::filter::SpikeRepair;
use copeak::filter::cutoff::{ResidualAnalysis, ResidualCutoff, yu_cutoff};
use copeak::{Analysis, AnalysisExt, Error, Filter, Rate, Result};
use proptest::prelude::*;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};
use serde_json::Value;
use std::f64::consts::TAU;

const RATE: f64 = 250.0;

fn rate() -> Rate {
    Rate::from_hz(RATE).unwrap()
}

fn noise(random: &mut Xoshiro256PlusPlus, n: usize) -> Vec<f64> {
    let mut uniform = || (random.next_u64() >> 11) as f64 / (1u64 << 53) as f64;
    (0..n).map(|_| (-2.0 * (1.0 - uniform()).ln()).sqrt() * (TAU * uniform()).cos()).collect()
}

/// Harmonics of 1.5 Hz up to `band_hz`, all of one height: a band with a sharp end.
fn band(band_hz: f64, n: usize) -> Vec<f64> {
    let harmonics = (band_hz / 1.5) as i32;
    let wave =
        |t: f64| (1..=harmonics).map(|k| (TAU * 1.5 * f64::from(k) * t + f64::from(k * k)).sin()).sum();
    (0..n).map(|i| wave(i as f64 / RATE)).collect()
}

fn noisy(clean: &[f64], sigma: f64, seed: u64) -> Vec<f64> {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    clean.iter().zip(noise(&mut random, clean.len())).map(|(x, e)| x + sigma * e).collect()
}

#[test]
fn everything_equals_scipy() {
    let fixture: Value = serde_json::from_str(include_str!("../../fixtures/resample.json")).unwrap();
    let numbers =
        |v: &Value| -> Vec<f64> { v.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect() };
    let found =
        ResidualAnalysis::new(Rate::from_hz(100.0).unwrap()).apply(&numbers(&fixture["wave"])).unwrap();
    let expected = &fixture["residual"];
    let same = |name: &str, found: f64| {
        let expected = expected[name].as_f64().unwrap();
        assert!((found / expected - 1.0).abs() < 1e-10, "{name}: {found}, not {expected}");
    };
    same("cutoff", found.cutoff_hz);
    same("lower", found.lower_range_cutoff_hz.unwrap());
    same("higher", found.higher_range_cutoff_hz.unwrap());
    same("r2", found.r2);
    same("intercept", found.intercept);
    same("slope", found.slope);
    assert_eq!(found.curve.len(), 100);
    assert_eq!(found.range_hz, (20.0, 40.0));
    for (i, expected) in numbers(&expected["curve"]).into_iter().enumerate() {
        let (hz, residual) = found.curve[10 * i];
        assert!((residual / expected - 1.0).abs() < 1e-10);
        assert!((hz - 0.4 * (10 * i + 1) as f64).abs() < 1e-12);
    }
}

/// White noise upon a band that ends: the cut-off lies above the band's end, the lower the noisier, and the intercept is the noise.
#[test]
fn a_known_band_is_found() {
    for band_hz in [6.0, 12.0, 20.0] {
        let clean = band(band_hz, 4000);
        for sigma in [0.05, 0.2, 0.5] {
            let mut found: Vec<ResidualCutoff> = (0..20)
                .map(|seed| ResidualAnalysis::new(rate()).apply(&noisy(&clean, sigma, seed)).unwrap())
                .collect();
            found.sort_by(|a, b| a.cutoff_hz.total_cmp(&b.cutoff_hz));
            let (low, high) = (found[0].cutoff_hz / band_hz, found[19].cutoff_hz / band_hz);
            let intercept = found.iter().map(|f| f.intercept).sum::<f64>() / 20.0 / sigma;
            let sensitivity = found.iter().map(ResidualCutoff::sensitivity).fold(0.0, f64::max);
            let r2 = found.iter().map(|f| f.r2).fold(1.0, f64::min);
            println!(
                "band {band_hz} Hz, noise {sigma}: {low:.2} to {high:.2} of the band, intercept {intercept:.3}, sensitivity {sensitivity:.3}, r2 {r2:.3}"
            );
            assert!(low > 1.0 && high < 2.1);
            assert!((intercept - 1.0).abs() < 0.02);
            assert!(sensitivity < 0.11 && r2 > 0.99);
        }
    }
}

/// A spectrum that fades and never reaches a floor: the cut-off follows the range, and the result reports it.
#[test]
fn a_cutoff_that_follows_the_range_is_marked() {
    let harmonics = |t: f64| -> f64 {
        (1..=80)
            .map(|k| (-0.05 * f64::from(k)).exp() * (TAU * 1.5 * f64::from(k) * t + f64::from(k * k)).sin())
            .sum()
    };
    let x: Vec<f64> = (0..4000).map(|i| harmonics(f64::from(i) / RATE)).collect();
    let of =
        |highest_hz: f64| ResidualAnalysis::new(rate()).highest_hz(highest_hz).points(100).apply(&x).unwrap();
    let (wide, narrow) = (of(100.0), of(50.0));
    println!(
        "{} at 100 Hz, {} at 50 Hz, sensitivity {}",
        wide.cutoff_hz,
        narrow.cutoff_hz,
        wide.sensitivity()
    );
    assert!(wide.cutoff_hz > 1.5 * narrow.cutoff_hz);
    assert!(wide.is_doubtful() && narrow.is_doubtful());
    assert!(wide.sensitivity() > 0.05 && wide.sensitivity() < 0.2);
}

#[test]
fn records_without_an_answer_are_refused() {
    let analysis = ResidualAnalysis::new(rate());
    let refused = |x: &[f64]| analysis.apply(x).unwrap_err();
    assert!(matches!(refused(&[]), Error::TooFew { needed: 32, got: 0, .. }));
    assert!(matches!(refused(&[1.0, 2.0]), Error::TooFew { got: 2, .. }));
    assert!(matches!(refused(&[5.0; 300]), Error::Constant { .. }));
    for bad in [f64::NAN, f64::INFINITY] {
        let mut x = band(10.0, 300);
        x[123] = bad;
        assert!(matches!(refused(&x), Error::NonFinite { index: 123, .. }));
    }
    // Nothing but a straight line: what is removed is removed at the ends.
    let ramp: Vec<f64> = (0..500).map(f64::from).collect();
    assert!(matches!(refused(&ramp), Error::Undefined { reason, .. } if reason.contains("no noise")));
    // A sine without noise: either refused, or marked.
    for f in [0.001, 0.01, 0.03] {
        let sine: Vec<f64> = (0..500).map(|i| (TAU * f * f64::from(i) + 0.5).sin()).collect();
        assert!(
            analysis.apply(&sine).is_ok_and(|found| found.is_doubtful()) || analysis.apply(&sine).is_err()
        );
    }
    // Nothing but noise.
    for seed in 0..200 {
        let found = analysis.apply(&noisy(&[0.0; 4000], 1.0, seed));
        assert!(
            matches!(found, Err(Error::Undefined { reason, .. }) if reason.contains("noise alone")),
            "seed {seed}: {found:?}"
        );
    }
    let x = noisy(&[0.0; 4000], 1.0, 1);
    let refused = |analysis: ResidualAnalysis| matches!(analysis.apply(&x), Err(Error::Parameter { .. }));
    assert!(refused(analysis.order(0)) && refused(analysis.order(21)));
    for (highest, points) in [(0.0, 100), (f64::NAN, 100), (113.0, 100), (50.0, 9), (50.0, 10_001)] {
        assert!(refused(analysis.highest_hz(highest).points(points)), "{highest} {points}");
    }
    assert!(refused(analysis.tail_from(0.05)) && refused(analysis.tail_from(f64::NAN)));
}

#[test]
fn the_second_opinion_is_its_formula() {
    let x = noisy(&band(6.0, 1000), 0.05, 1);
    let found = yu_cutoff(&x, rate()).unwrap();
    assert!((found.first_hz - (0.071 * 250.0 - 0.000_03 * 250.0 * 250.0)).abs() < 1e-12);
    let second = |part: f64| 0.06 * 250.0 - 0.000_022 * 250.0 * 250.0 + 5.95 / (100.0 * part);
    assert!((found.cutoff_hz - second(found.relative_residual)).abs() < 1e-12);
    assert!(
        (found.sensitivity - (second(0.9 * found.relative_residual) / found.cutoff_hz - 1.0)).abs() < 1e-12
    );
    // 0.05 of noise, of which a low-pass at 15.9 Hz leaves an eighth of the power, upon a standard deviation of sqrt(2).
    assert!((found.relative_residual / (0.05 * 0.93 / 2f64.sqrt()) - 1.0).abs() < 0.1, "{found:?}");
    assert!(matches!(yu_cutoff(&[1.0; 500], rate()), Err(Error::Constant { .. })));
    assert!(matches!(yu_cutoff(&x, Rate::from_hz(3000.0).unwrap()), Err(Error::Undefined { .. })));
    let clean: Vec<f64> = (0..2000).map(|i| (f64::from(i) * 0.01).sin()).collect();
    assert!(matches!(yu_cutoff(&clean, rate()), Err(Error::Undefined { .. })));
    assert!(matches!(yu_cutoff(&x[..5], rate()), Err(Error::TooFew { .. })));
}

/// Cut-offs of real joint angles; the documentation quotes their span.
#[test]
fn real_angles_have_the_spans_that_are_quoted() {
    let Some(folder) = common::data() else { return };
    let angles = |file: &str| {
        let recording = copeak::recording::csv::read(folder.join(file)).unwrap();
        let angles = recording.channels.into_iter().filter(|c| c.unit == "deg");
        angles.map(|c| (c.name.clone(), c.signal)).collect::<Vec<_>>()
    };
    let report = |files: &[String], span: (f64, f64)| {
        let (mut doubtful, mut count) = (0, 0);
        for file in files {
            for (name, signal) in angles(file) {
                let analysis = SpikeRepair::new().feed(ResidualAnalysis::new(signal.clock().rate()));
                let found: Result<ResidualCutoff> = analysis.analyze(signal.samples());
                let found = found.unwrap();
                println!(
                    "{file} {name}: {:.1} Hz, range moved {:.1} to {:.1}, r2 {:.3}, noise {:.3}",
                    found.cutoff_hz,
                    found.lower_range_cutoff_hz.unwrap(),
                    found.higher_range_cutoff_hz.unwrap(),
                    found.r2,
                    found.intercept
                );
                assert!(found.cutoff_hz > span.0 && found.cutoff_hz < span.1, "{name}: {}", found.cutoff_hz);
                doubtful += usize::from(found.is_doubtful());
                count += 1;
            }
        }
        println!("{doubtful} of {count} hang on the range");
    };
    let sprint =
        ["0350", "0500", "0700", "0900"].map(|v| format!("sprint_dorn2012/dorn2012_ja1_run{v}cms.csv"));
    report(&sprint, (20.0, 38.0));
    let runners = ["01", "02", "03", "04", "05", "08", "09"];
    let treadmill: Vec<String> = runners
        .iter()
        .flat_map(|r| ["25", "35", "45"].map(|v| format!("treadmill_rbds/s{r}_v{v}.csv")))
        .collect();
    report(&treadmill, (14.0, 25.5));

    // One hip angle, three ranges: 8, 12 and 16 Hz.
    let hip = angles(&sprint[0]).into_iter().find(|(name, _)| name == "hip_flexion_r").unwrap().1;
    let hip = SpikeRepair::new().apply(hip.samples()).unwrap();
    for (highest, expected) in [(20.0, 8.0), (30.0, 12.0), (40.0, 16.0)] {
        let found = ResidualAnalysis::new(rate()).highest_hz(highest).points(100).apply(&hip).unwrap();
        assert!((found.cutoff_hz - expected).abs() < 0.5, "{highest}: {}", found.cutoff_hz);
        assert!(found.is_doubtful());
    }
}

proptest! {
    #![proptest_config(cases(20))]
    #[test]
    fn unit_and_offset_change_no_cutoff(gain in 0.01f64..100.0, offset in -100.0f64..100.0, seed in 0u64..1000) {
        let x = noisy(&band(10.0, 600), 0.2, seed);
        let moved: Vec<f64> = x.iter().map(|x| gain * x + offset).collect();
        let (a, b) = (ResidualAnalysis::new(rate()).apply(&x).unwrap(), ResidualAnalysis::new(rate()).apply(&moved).unwrap());
        prop_assert!((a.cutoff_hz / b.cutoff_hz - 1.0).abs() < 1e-6);
        prop_assert!((b.intercept / a.intercept / gain - 1.0).abs() < 1e-6);
        prop_assert!((a.r2 - b.r2).abs() < 1e-6);
        let (a, b) = (yu_cutoff(&x, rate()).unwrap(), yu_cutoff(&moved, rate()).unwrap());
        prop_assert!((a.cutoff_hz / b.cutoff_hz - 1.0).abs() < 1e-6);
    }

    #[test]
    fn residuals_fall_with_the_cutoff(seed in 0u64..1000) {
        let found = ResidualAnalysis::new(rate()).apply(&noisy(&band(10.0, 600), 0.2, seed)).unwrap();
        for w in found.curve.windows(2) {
            prop_assert!(w[1].1 <= w[0].1 * (1.0 + 1e-9) && w[1].0 > w[0].0);
        }
    }
}
