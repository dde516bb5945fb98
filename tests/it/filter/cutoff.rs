//! "20 Hz" is measured to be 20 Hz: the impulse response of every corrected design, and its gain where -3 dB was
//! asked for.
//!
//! -3 dB is half the power, 10 lg 0.5 = -3.0103 dB. Nothing here knows the formulas of the designs: an impulse goes
//! through the filter, forwards or both ways, and the Fourier sum of what comes out is taken at the cut-off.

use copeak::filter::{Band, Butterworth, Cascade, CriticallyDamped, Design, Filter, Notch, ZeroPhase};
use copeak::{Analysis, Rate, stage::Causal};
use std::f64::consts::TAU;

/// Cut-offs as fractions of the rate.
const PLACES: [f64; 13] = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45];
const HALF_POWER_DB: f64 = -3.010299956639812;

fn rate() -> Rate {
    Rate::from_hz(1000.0).unwrap()
}

/// The record that an impulse in its middle needs to die away before the ends, so that they are not in what is
/// measured.
fn impulse(length: usize) -> Vec<f64> {
    let mut x = vec![0.0; length];
    x[length / 2] = 1.0;
    x
}

/// The response to an impulse; the record grows until what is left at its ends is negligible against the whole.
fn response(run: impl Fn(&[f64]) -> Vec<f64>) -> Vec<f64> {
    let mut length = 1024;
    loop {
        let y = run(&impulse(length));
        let size = |y: &[f64]| y.iter().map(|y| y.abs()).sum::<f64>();
        let ends = size(&y[..length / 16]) + size(&y[length - length / 16..]);
        if ends <= 1e-9 * size(&y) {
            return y;
        }
        length *= 2;
        assert!(length <= 1 << 21, "the response does not die away");
    }
}

/// Gain in decibels at a frequency in hertz.
fn gain_db(y: &[f64], frequency_hz: f64) -> f64 {
    let turn = |i: usize| (frequency_hz / rate().as_hz() * i as f64).fract() * TAU;
    let sum = y.iter().enumerate().fold((0.0, 0.0), |(re, im), (i, y)| {
        let (sin, cos) = turn(i).sin_cos();
        (re + y * cos, im - y * sin)
    });
    20.0 * sum.0.hypot(sum.1).log10()
}

/// Largest distance from half power at the cut-offs that were asked for, causally and both ways.
fn measured(asked: &[f64], design: impl Fn(usize) -> Cascade) -> f64 {
    let causal = response(|x| Causal(design(1)).analyze(x).unwrap());
    let both_ways = response(|x| ZeroPhase::single_pass_cutoff(design(2)).apply(x).unwrap());
    let distance = |f: &f64| {
        [&causal, &both_ways].map(|y| (gain_db(y, *f) - HALF_POWER_DB).abs()).into_iter().fold(0.0, f64::max)
    };
    asked.iter().map(distance).fold(0.0, f64::max)
}

fn check(what: &str, worst: &mut f64, asked: &[f64], design: impl Into<Design>) {
    let design = design.into();
    let found = measured(asked, |passes| design.for_passes(passes).unwrap().cascade().unwrap());
    assert!(found <= 0.01, "{what} {design}: {found} dB from half power");
    *worst = worst.max(found);
}

#[test]
fn butterworth_low_and_high_passes() {
    let mut worst = 0.0;
    for order in 1..=8 {
        for f in PLACES.map(|p| 1000.0 * p) {
            check("low", &mut worst, &[f], Butterworth::low_pass(order, f, rate()).unwrap());
            check("high", &mut worst, &[f], Butterworth::high_pass(order, f, rate()).unwrap());
        }
    }
    println!("Butterworth low and high: at most {worst:.1e} dB from half power");
    assert!(worst < 1e-6, "the docs promise a millionth of a decibel: {worst:e}");
}

#[test]
fn butterworth_bands() {
    let mut worst = 0.0;
    for order in 1..=8 {
        for (low, high) in PLACES.iter().zip(&PLACES[1..]).chain(PLACES.iter().zip(&PLACES[4..])) {
            let (low, high) = (1000.0 * low, 1000.0 * high);
            check(
                "band",
                &mut worst,
                &[low, high],
                Butterworth::band_pass(order, low, high, rate()).unwrap(),
            );
            check(
                "stop",
                &mut worst,
                &[low, high],
                Butterworth::band_stop(order, low, high, rate()).unwrap(),
            );
        }
    }
    println!("Butterworth bands: at most {worst:.1e} dB from half power");
    assert!(worst < 1e-6, "the docs promise a millionth of a decibel: {worst:e}");
}

#[test]
fn critically_damped() {
    let mut worst = 0.0;
    for order in 1..=8 {
        for f in PLACES.map(|p| 1000.0 * p) {
            check("low", &mut worst, &[f], CriticallyDamped::low_pass(order, f, rate()).unwrap());
            check("high", &mut worst, &[f], CriticallyDamped::high_pass(order, f, rate()).unwrap());
        }
    }
    println!("critically damped: at most {worst:.1e} dB from half power");
    assert!(worst < 1e-6, "the docs promise a millionth of a decibel: {worst:e}");
}

/// Both edges lie at half power, one bandwidth apart, and the centre is silent.
#[test]
fn notches() {
    let mut worst = 0.0f64;
    for centre in PLACES.map(|p| 1000.0 * p) {
        // As wide as may be, and as narrow as against hum.
        for quality in [f64::max(0.5, centre / 499.0), 3.0, 30.0] {
            let notch = Notch::from_quality(centre, quality, rate()).unwrap();
            let (low, high) = notch.band().cutoffs_hz();
            let high = high.unwrap();
            assert!((high - low - centre / quality).abs() < 1e-9 * centre, "{low} to {high} around {centre}");
            check("notch", &mut worst, &[low, high], notch);
            let y =
                response(|x| ZeroPhase::notch(centre, centre / quality, rate()).unwrap().apply(x).unwrap());
            assert!(gain_db(&y, centre) < -150.0, "{centre} Hz: {} dB left", gain_db(&y, centre));
        }
    }
    println!("notches: at most {worst:.1e} dB from half power");
    assert!(worst < 1e-6, "the docs promise a millionth of a decibel: {worst:e}");
}

/// The everyday constructors, and what an single_pass_cutoff design does instead: this test can fail.
#[test]
fn the_everyday_constructors_and_their_uncorrected_kin() {
    let at = |filter: ZeroPhase, f: f64| gain_db(&response(|x| filter.apply(x).unwrap()), f);
    let near =
        |found: f64, expected: f64| assert!((found - expected).abs() < 0.01, "{found}, not {expected}");
    near(at(ZeroPhase::low_pass(2, 20.0, rate()).unwrap(), 20.0), HALF_POWER_DB);
    near(at(ZeroPhase::critically_damped(2, Band::High(20.0), rate()).unwrap(), 20.0), HALF_POWER_DB);
    near(
        at(ZeroPhase::corrected(Butterworth::high_pass(3, 20.0, rate()).unwrap()).unwrap(), 20.0),
        HALF_POWER_DB,
    );
    let plain = |design: Design| ZeroPhase::single_pass_cutoff(design.cascade().unwrap());
    near(at(plain(Butterworth::low_pass(2, 20.0, rate()).unwrap().into()), 20.0), 2.0 * HALF_POWER_DB);
    near(at(plain(CriticallyDamped::low_pass(2, 20.0, rate()).unwrap().into()), 20.0), 2.0 * HALF_POWER_DB);
    let notch = Notch::new(50.0, 4.0, rate()).unwrap();
    near(at(plain(notch.into()), notch.band().cutoffs_hz().0), 2.0 * HALF_POWER_DB);
}
