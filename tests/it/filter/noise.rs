//! Impulse responses, and standard errors of peak times that cover what they promise.

use copeak::filter::conditioning::TimingNoise;
use copeak::filter::fir::ImpulseResponse;
use copeak::filter::{Butterworth, Cascade, CentralDifference, Conditioner, Filter, ZeroPhase};
use copeak::{Clock, Error, Rate, Signal};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

const RATE: f64 = 250.0;

fn rate() -> Rate {
    Rate::from_hz(RATE).unwrap()
}

/// Standard normal draws (Box-Muller).
fn noise(random: &mut Xoshiro256PlusPlus, n: usize) -> Vec<f64> {
    let mut uniform = || (random.next_u64() >> 11) as f64 / (1u64 << 53) as f64;
    (0..n)
        .map(|_| (-2.0 * (1.0 - uniform()).ln()).sqrt() * (std::f64::consts::TAU * uniform()).cos())
        .collect()
}

#[test]
fn taps_equal_the_response_to_an_impulse() {
    for (filter, length) in [
        (ZeroPhase::low_pass(2, 15.0, rate()).unwrap(), 801),
        (ZeroPhase::band_pass(3, 8.0, 30.0, rate()).unwrap(), 1601),
        (ZeroPhase::low_pass(6, 2.0, rate()).unwrap(), 6001),
    ] {
        let middle = length / 2;
        let mut impulse = vec![0.0f64; length];
        impulse[middle] = 1.0;
        let direct = filter.apply(&impulse).unwrap();
        let velocity = CentralDifference::new(rate()).apply(&direct).unwrap();
        let response = ImpulseResponse::from_filter(&filter).unwrap();
        for (response, direct) in [(response.clone(), &direct), (response.derivative(rate()), &velocity)] {
            let at =
                |i: usize| (i + response.lead()).checked_sub(middle).and_then(|i| response.taps().get(i));
            let top = direct.iter().fold(0.0f64, |m, h| m.max(h.abs()));
            for (i, h) in direct.iter().enumerate() {
                assert!(
                    (h - at(i).copied().unwrap_or(0.0)).abs() < 1e-10 * top,
                    "lag {}",
                    i as f64 - middle as f64
                );
            }
            let square: f64 = direct.iter().map(|h| h * h).sum();
            assert!((response.norm() / square.sqrt() - 1.0).abs() < 1e-9);
            let slope: f64 = direct.windows(3).map(|w| ((w[2] - w[0]) / 2.0).powi(2)).sum();
            assert!((response.slope_norm() / slope.sqrt() - 1.0).abs() < 1e-9);
            let lagged: f64 = direct.iter().zip(&direct[7..]).map(|(a, b)| a * b).sum();
            assert!((response.autocovariance(7) - lagged).abs() < 1e-9 * square);
        }
        let left: f64 = impulse.iter().zip(&direct).map(|(x, y)| (x - y).powi(2)).sum();
        assert!((response.removed_power() / left - 1.0).abs() < 1e-9);
    }
}

/// The vertex of the parabola through the top three samples, in samples, and the second difference there.
fn peak(x: &[f64], around: usize) -> (f64, f64) {
    let top = (around - 12..=around + 12).max_by(|a, b| x[*a].total_cmp(&x[*b])).unwrap();
    let (left, middle, right) = (x[top - 1], x[top], x[top + 1]);
    let second = left - 2.0 * middle + right;
    (top as f64 + 0.5 * (left - right) / second, second)
}

/// A limb that swings once in 0.6 s, at this sample.
fn angle(i: f64) -> f64 {
    40.0 * (std::f64::consts::TAU * i / (0.6 * RATE)).sin()
        - 9.0 * (std::f64::consts::TAU * i / (0.3 * RATE)).cos()
}

/// White noise on a raw angle, its peak and its peak velocity timed after a 15 Hz filter: how often the true peak of the
/// filtered curve lies within 1.96 standard errors (2,000 records; definition: 0.92 to 0.98), and sigma itself.
#[test]
fn the_standard_error_covers() {
    let clean: Vec<f64> = (0..600).map(|i| angle(f64::from(i))).collect();
    let mut random = Xoshiro256PlusPlus::seed_from_u64(4);
    let filter = ZeroPhase::low_pass(2, 15.0, rate()).unwrap();
    for (conditioner, around, sigma) in [
        (Conditioner::new(filter.clone()), 190, 0.3),
        (Conditioner::new(filter.clone()).differentiated(), 300, 0.03),
        (Conditioner::new(filter).differentiated(), 300, 0.02),
    ] {
        let signal = |x| Signal::new(Clock::from_zero(rate()), x);
        let truth = conditioner.apply(&signal(clean.clone())).unwrap();
        let around = (around - 20..around + 20)
            .max_by(|a, b| truth.signal.samples()[*a].total_cmp(&truth.signal.samples()[*b]))
            .unwrap();
        let (true_peak, _) = peak(truth.signal.samples(), around);
        let (mut covered, mut sigmas, runs) = (0.0, 0.0, 2000);
        for _ in 0..runs {
            let raw = clean.iter().zip(noise(&mut random, 600)).map(|(x, e)| x + sigma * e).collect();
            let found = conditioner.apply(&signal(raw)).unwrap();
            let (time, second) = peak(found.signal.samples(), around);
            let error = found.noise.standard_error_samples(second);
            assert!(!found.noise.is_approximate(second), "{error} samples");
            assert_eq!(found.noise.standard_error_s(second, rate()), error / RATE);
            covered += f64::from((time - true_peak).abs() <= 1.96 * error);
            sigmas += found.noise.sigma();
        }
        let (covered, sigmas) = (covered / f64::from(runs), sigmas / f64::from(runs));
        println!("covers {covered:.3}, sigma {:.3} of the true one", sigmas / sigma);
        assert!((0.92..=0.98).contains(&covered), "covers {covered}");
        assert!((sigmas / sigma - 1.0).abs() < 0.07, "sigma {sigmas}");
    }
}

#[test]
fn noise_that_cannot_be_known_is_an_error() {
    let x = Signal::new(Clock::from_zero(rate()), (0..300).map(|i| angle(f64::from(i))).collect::<Vec<_>>());
    let open = ZeroPhase::<Cascade>::low_pass(1, 124.9999999, rate()).unwrap();
    assert!(matches!(Conditioner::new(open).apply(&x), Err(Error::Undefined { .. })));
    let mut broken = x.samples().clone();
    broken[3] = f64::NAN;
    let filter = ZeroPhase::low_pass(2, 15.0, rate()).unwrap();
    let broken = Conditioner::new(filter).apply(&x.with_samples(broken));
    assert!(matches!(broken, Err(Error::NonFinite { index: 3, .. })));
    assert!(matches!(TimingNoise::new(-1.0, 1.0), Err(Error::Parameter { .. })));
    assert!(matches!(TimingNoise::new(1.0, f64::NAN), Err(Error::Parameter { .. })));
    assert_eq!(TimingNoise::none().standard_error_samples(-3.0), 0.0);
    assert_eq!(TimingNoise::none().standard_error_samples(0.0), f64::INFINITY);
    // Four million samples are not enough for this one.
    let endless = Butterworth::low_pass(2, 1e-6, rate()).unwrap().cascade().unwrap();
    assert!(matches!(
        ImpulseResponse::from_filter(&ZeroPhase::single_pass_cutoff(endless)),
        Err(Error::Undefined { .. })
    ));
}
