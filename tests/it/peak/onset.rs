//! Coverage of the standard errors of onsets.

use crate::common::noise;
use copeak::filter::{Band, Conditioner, Filter, ZeroPhase};
use copeak::peak::onset::{EnergyOnset, ThresholdOnset};
use copeak::peak::{CyclePeakFinder, Onset};
use copeak::time::TimeSpan;
use copeak::{Clock, Rate, Signal};
use noise::Noise;

const RATE_HZ: f64 = 200.0;

/// A skew pulse every 100 samples that rises within 20 and falls within 40.
fn pulses(n: usize, offset: f64) -> Vec<f64> {
    let one = |i: usize| {
        let away = (i as f64 - offset).rem_euclid(100.0) - 50.0;
        let width = if away < 0.0 { 10.0 } else { 16.0 };
        (-(away / width).powi(2) / 2.0).exp()
    };
    (0..n).map(one).collect()
}

#[test]
fn standard_errors_of_onsets_of_filtered_pulses_cover_95_per_cent() {
    let rate = Rate::from_hz(RATE_HZ).unwrap();
    let conditioner = Conditioner::new(ZeroPhase::low_pass(2, 15.0, rate).unwrap());
    let clock = Clock::from_zero(rate);
    let finder = CyclePeakFinder::new();
    for (noise_sd, fraction) in [(0.01, 0.5), (0.03, 0.5), (0.03, 0.2), (0.03, 0.9)] {
        let onset = Onset::new().fraction(fraction);
        let level = ThresholdOnset::new(fraction).lasting(0.02).bridging(0.01);
        let mut draws = Noise::new(3);
        let (mut of_peak, mut of_level, mut all, mut errors) = (0, 0, 0, 0.0);
        for session in 0..40 {
            let clean = pulses(5200, f64::from(session) / 40.0);
            let noisy: Vec<f64> = clean.iter().map(|v| v + noise_sd * draws.normal()).collect();
            let truth = conditioner.apply(&Signal::new(clock, clean)).unwrap().signal;
            let found = conditioner.apply(&Signal::new(clock, noisy)).unwrap();
            let (sigma, response) = (found.noise.sigma(), &found.response);
            for cycle in 1..51 {
                let start_s = f64::from(cycle) * 100.0 / RATE_HZ;
                let window = TimeSpan { start_s, end_s: start_s + 100.0 / RATE_HZ };
                let expected = finder.find(&truth, window).unwrap();
                let expected = onset.find(&truth, &expected, start_s).unwrap().unwrap();
                let peak = finder.find(&found.signal, window).unwrap();
                let got = onset.find_with_noise(&found.signal, &peak, start_s, sigma, response);
                let got = got.unwrap().unwrap();
                of_peak += usize::from((got.time_s - expected).abs() <= 1.96 * got.se_s.unwrap());
                errors += got.se_s.unwrap() * RATE_HZ;
                let expected = level.find(&truth, window).unwrap().unwrap().time_s;
                let got = level.find_with_noise(&found.signal, window, sigma, response).unwrap().unwrap();
                of_level += usize::from((got.time_s - expected).abs() <= 1.96 * got.se_s.unwrap());
                all += 1;
            }
        }
        let share = |held: usize| held as f64 / f64::from(all);
        let (of_peak, of_level, se) = (share(of_peak), share(of_level), errors / f64::from(all));
        println!(
            "noise {noise_sd}, at {fraction}: of the peak {of_peak:.3}, of a level {of_level:.3}, SE {se:.3} samples"
        );
        assert!((0.90..=0.98).contains(&of_peak), "noise {noise_sd}, at {fraction}: {of_peak}");
        assert!((0.90..=0.98).contains(&of_level), "noise {noise_sd}, at {fraction}: {of_level}");
    }
}

#[test]
fn standard_errors_of_energy_onsets_cover_them_about_their_mean() {
    let rate = Rate::from_hz(1500.0).unwrap();
    let band = ZeroPhase::butterworth(2, Band::Pass(20.0, 450.0), rate).unwrap();
    let clock = Clock::from_zero(rate);
    let finder = EnergyOnset::new(5.0);
    for burst_db in [10.0, 15.0, 20.0, 25.0, 30.0] {
        for ramp_s in [0.0, 0.03, 0.1] {
            let mut draws = Noise::new(7);
            let gain = 10f64.powf(burst_db / 20.0);
            let (mut times, mut errors, mut missed) = (vec![], vec![], 0);
            for _ in 0..400 {
                let amplitude = |i: usize| {
                    let t = i as f64 / 1500.0 - 0.6;
                    if t < 0.0 {
                        1.0
                    } else {
                        1.0 + (gain - 1.0) * if ramp_s > 0.0 { (t / ramp_s).min(1.0) } else { 1.0 }
                    }
                };
                let raw: Vec<f64> = (0..1500).map(|i| amplitude(i) * draws.normal()).collect();
                let emg = Signal::new(clock, band.apply(&raw).unwrap());
                let (rest, search) =
                    (TimeSpan { start_s: 0.05, end_s: 0.45 }, TimeSpan { start_s: 0.45, end_s: 0.95 });
                match finder.find(&emg, rest, search).unwrap() {
                    Some(onset) => {
                        times.push(onset.time_s - 0.6);
                        errors.push(onset.se_s.unwrap());
                    }
                    None => missed += 1,
                }
            }
            let mean = times.iter().sum::<f64>() / times.len() as f64;
            let sd = (times.iter().map(|t| (t - mean).powi(2)).sum::<f64>() / times.len() as f64).sqrt();
            let rms = (errors.iter().map(|e| e * e).sum::<f64>() / errors.len() as f64).sqrt();
            let held = times.iter().zip(&errors).filter(|(t, e)| (*t - mean).abs() <= 1.96 * **e).count();
            let share = held as f64 / times.len() as f64;
            println!(
                "{burst_db} dB, ramp {ramp_s} s: bias {:.1} ms, SD {:.2} ms, SE {:.2} ms, covers {share:.3}, missed {missed}",
                1e3 * mean,
                1e3 * sd,
                1e3 * rms
            );
            assert_eq!(missed, 0, "{burst_db} dB, ramp {ramp_s} s");
            // A weak burst that grows slowly passes the level anywhere: documented as not covered.
            if burst_db >= 15.0 {
                assert!((0.88..=1.0).contains(&share), "{burst_db} dB, ramp {ramp_s} s: {share}");
                assert!(rms > 0.9 * sd && rms < 2.5 * sd, "{burst_db} dB, ramp {ramp_s} s: {rms} {sd}");
                assert!(mean.abs() < 0.016, "{burst_db} dB, ramp {ramp_s} s: {mean}");
            }
        }
    }
}
