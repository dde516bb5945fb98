//! Two clocks from what both devices saw: known offsets come back within their stated errors.

use crate::common;
use crate::common::{cases, noise::SplitMix};
use copeak::inference::t_interval;
use copeak::recording::csv;
use copeak::sequence::Alignment;
use copeak::sequence::alignment::ClockOffset;
use copeak::{Clock, Error, Rate, Signal};
use proptest::prelude::*;
use std::f64::consts::{PI, TAU};

fn clock(rate: f64, start: f64) -> Clock {
    Clock::new(Rate::from_hz(rate).unwrap(), start).unwrap()
}

/// A signal between its samples by a windowed sinc, which has nothing in common with the crate's splines.
fn sinc(x: &Signal, time_s: f64) -> f64 {
    let at = x.clock().position(time_s);
    let (first, last) = ((at - 40.0).ceil().max(0.0) as usize, (at + 40.0).floor() as usize);
    let samples = x.samples();
    let (mut sum, mut weights) = (0.0, 0.0);
    for (i, v) in samples.iter().enumerate().take(last.min(samples.len() - 1) + 1).skip(first) {
        let d = at - i as f64;
        let window = (0.5 * PI * d / 40.5).cos().powi(2);
        let w = if d == 0.0 { 1.0 } else { (PI * d).sin() / (PI * d) } * window;
        sum += w * v;
        weights += w;
    }
    sum / weights
}

/// Returns a signal as another device records it: with its own rate and noise, on a clock that reads `offset_s` less at the
/// signal's middle and drifts.
fn other(x: &Signal, rate: f64, offset_s: f64, ppm: f64, noise: &mut dyn FnMut() -> f64) -> Signal {
    let middle = 0.5 * (x.start_s() + x.end_s());
    // Inside the signal, so that every sinc has its samples.
    let start = x.start_s() + 0.4 - offset_s;
    let n = ((x.end_s() - x.start_s() - 0.8) * rate) as usize;
    let clock = clock(rate, start);
    let true_time = |u: f64| middle + (u + offset_s - middle) / (1.0 - 1e-6 * ppm);
    Signal::new(clock, (0..n).map(|i| sinc(x, true_time(clock.time_s(i as f64))) + noise()).collect())
}

fn treadmill(channel: &str) -> Option<Vec<(String, Signal)>> {
    let folder = common::data()?.join("treadmill_rbds");
    let index = std::fs::read_to_string(folder.join("index.csv")).unwrap();
    let files = index.lines().skip(1).map(|l| l.split(',').next().unwrap().to_string());
    let signal = |file: String| {
        let recording = csv::read(folder.join(&file)).unwrap();
        let signal = recording.signal(channel).unwrap().clone();
        (file, signal)
    };
    Some(files.map(signal).collect())
}

#[test]
fn a_real_channel_shifted_and_resampled_is_aligned() {
    let Some(runs) = treadmill("knee_flexion_r") else { return };
    let mut noise = SplitMix::from_state(7);
    for (noise_deg, cutoff) in [(0.0, 20.0), (1.0, 20.0), (1.0, 8.0)] {
        let (mut inside, mut all, mut worst, mut errors, mut stated) = (0, 0, 0.0_f64, 0.0, 0.0);
        for (k, (file, knee)) in runs.iter().enumerate() {
            for (rate, offset_s) in [(500.0, 0.123_456), (128.0, -1.317_29), (97.3, 1.000_77)] {
                let drift = [0.0, 60.0, -35.0][k % 3];
                let reference = knee.with_samples(
                    knee.samples().iter().map(|x| x + noise_deg * noise.normal()).collect::<Vec<_>>(),
                );
                let sensor = other(knee, rate, offset_s, drift, &mut || noise_deg * noise.normal());
                let found =
                    Alignment::within(2.0).unwrap().low_pass(Some(cutoff)).find(&reference, &sensor).unwrap();
                assert!(found.clear, "{file}: {found:?}");
                let middle = 0.5 * (knee.start_s() + knee.end_s());
                let (estimate, se) = found.at(middle);
                let error = estimate - offset_s;
                inside += usize::from(error.abs() <= 1.96 * se);
                worst = worst.max(error.abs());
                errors += error * error;
                stated += se * se;
                all += 1;
                let estimated = found.drift.unwrap();
                assert!(
                    (estimated.ppm - drift).abs() < 4.5 * estimated.se_ppm.max(0.5),
                    "{file} {rate}: {} +- {} of {drift} ppm",
                    estimated.ppm,
                    estimated.se_ppm
                );
            }
        }
        let rms = |squares: f64| 1e6 * (squares / f64::from(all)).sqrt();
        println!(
            "noise {noise_deg} deg, low-pass {cutoff} Hz: within 1.96 SE {inside} of {all}; error RMS {:.1} us, stated {:.1} us, worst {:.1} us",
            rms(errors),
            rms(stated),
            1e6 * worst
        );
        if noise_deg > 0.0 {
            let share = f64::from(inside as u32) / f64::from(all);
            assert!((0.87..=1.0).contains(&share), "{share}");
            assert!(worst < 2e-3);
        } else {
            // Without noise there is only what interpolation loses.
            assert!(worst < 1e-4 && inside * 10 >= all as usize * 9, "{worst} {inside}");
        }
    }
}

/// A motion that does not repeat: harmonics of a cadence that wanders.
fn motion(noise: &mut SplitMix) -> impl Fn(f64) -> f64 + use<> {
    let parts: [[f64; 3]; 12] = std::array::from_fn(|k| {
        [noise.normal() / (1.0 + 0.3 * k as f64), 0.6 + 0.63 * k as f64, TAU * noise.uniform()]
    });
    move |t| parts.iter().map(|[a, f, p]| a * (TAU * f * t + p).sin()).sum()
}

/// First-order autoregressive noise of unit variance.
fn coloured(noise: &mut SplitMix, n: usize, rho: f64) -> Vec<f64> {
    let mut now = noise.normal();
    let next = |_| {
        now = rho * now + (1.0 - rho * rho).sqrt() * noise.normal();
        now
    };
    (0..n).map(next).collect()
}

#[test]
fn standard_errors_hold_for_white_and_coloured_noise() {
    for (length_s, rho, one_rate) in
        [(8.0, 0.0, true), (8.0, 0.95, true), (40.0, 0.0, false), (40.0, 0.95, false)]
    {
        let mut noise = SplitMix::from_state(11);
        let (mut inside, mut drift_inside, sims) = (0, 0, 300);
        let (mut errors, mut stated) = (0.0, 0.0);
        for _ in 0..sims {
            let x = motion(&mut noise);
            let (offset_s, ppm) =
                (noise.uniform() - 0.5, 80.0 * (noise.uniform() - 0.5) * f64::from(u8::from(!one_rate)));
            let taken = |noise: &mut SplitMix, rate: f64, start: f64, time: &dyn Fn(f64) -> f64| {
                let clock = clock(rate, start);
                let n = (length_s * rate) as usize;
                let e = coloured(noise, n, rho);
                Signal::new(
                    clock,
                    (0..n).map(|i| x(time(clock.time_s(i as f64))) + 0.3 * e[i]).collect::<Vec<_>>(),
                )
            };
            let reference = taken(&mut noise, 100.0, 0.0, &|t| t);
            let middle = length_s / 2.0;
            let sensor = taken(&mut noise, 256.0, -offset_s, &|u| {
                middle + (u + offset_s - middle) / (1.0 - 1e-6 * ppm)
            });
            let mut method = Alignment::within(1.0).unwrap().low_pass(Some(12.0));
            if one_rate {
                method = method.one_rate();
            }
            let found = method.find(&reference, &sensor).unwrap();
            assert_eq!(found.drift.is_none(), one_rate);
            let (estimate, se) = found.at(middle);
            inside += usize::from((estimate - offset_s).abs() <= 1.96 * se);
            errors += (estimate - offset_s).powi(2);
            stated += se * se;
            drift_inside += found.drift.map_or(0, |d| usize::from((d.ppm - ppm).abs() <= 1.96 * d.se_ppm));
        }
        let (share, drift_share) = (inside as f64 / sims as f64, drift_inside as f64 / sims as f64);
        println!(
            "{length_s} s, noise autocorrelation {rho}: offset covered {share:.3}, drift {drift_share:.3}, error RMS {:.3} ms, stated {:.3} ms",
            1e3 * (errors / sims as f64).sqrt(),
            1e3 * (stated / sims as f64).sqrt()
        );
        assert!((0.89..=0.99).contains(&share), "{length_s} {rho}: {share}");
        assert!(one_rate || (0.89..=0.99).contains(&drift_share), "{length_s} {rho}: drift {drift_share}");
    }
}

#[test]
fn the_roles_of_the_devices_can_be_exchanged() {
    let mut noise = SplitMix::from_state(3);
    let x = motion(&mut noise);
    let taken = |rate: f64, start: f64, ahead: f64| {
        let clock = clock(rate, start);
        Signal::new(
            clock,
            (0..(30.0 * rate) as usize)
                .map(|i| x((clock.time_s(i as f64) + ahead) * 1.00004))
                .collect::<Vec<_>>(),
        )
    };
    let (a, b) = (taken(200.0, 3.0, 0.0), taken(90.0, 2.0, 0.4));
    let method = Alignment::within(1.5).unwrap();
    let (ab, ba) = (method.find(&a, &b).unwrap(), method.find(&b, &a).unwrap());
    assert!((ab.offset_s - 0.4).abs() < 1e-4 && (ab.offset_s + ba.offset_s).abs() < 1e-5, "{ab:?} {ba:?}");
    assert!((ab.drift.unwrap().ppm + ba.drift.unwrap().ppm).abs() < 1.0);
    // There and back again.
    let (time, _) = ab.to_reference(11.0, 0.0);
    assert!((ba.to_reference(time, 0.0).0 - 11.0).abs() < 1e-4);
    let moved = ab.signal(b.clone()).unwrap();
    for t in [8.0, 20.0] {
        assert!((moved.value_at(t).unwrap() - a.value_at(t).unwrap()).abs() < 0.05);
    }
    // Away from the middle a drift makes the offset less sure.
    assert!(ab.at(ab.at_s).1 <= ab.at(ab.at_s + 100.0).1 && ab.at(ab.at_s).1 <= ab.at(ab.at_s - 100.0).1);
}

#[test]
fn a_periodic_signal_has_no_clear_offset() {
    let clock = clock(100.0, 0.0);
    let mut noise = SplitMix::from_state(5);
    let mut stride = |clear: f64| {
        let e: Vec<f64> = (0..2000).map(|_| noise.normal()).collect();
        let of = |t: f64| (TAU * t / 0.7).sin() + clear * (0.3 * t).sin();
        Signal::new(clock, (0..2000).map(|i| of(clock.time_s(i as f64)) + 0.2 * e[i]).collect::<Vec<_>>())
    };
    let method = Alignment::within(1.0).unwrap();
    let same = method.find(&stride(0.0), &stride(0.0)).unwrap();
    assert!(!same.clear && (same.rival_s.unwrap() - same.offset_s).abs() > 0.6, "{same:?}");
    let told = method.find(&stride(1.0), &stride(1.0)).unwrap();
    assert!(told.clear && told.offset_s.abs() < 0.02, "{told:?}");
}

#[test]
fn channels_without_a_common_feature_are_refused() {
    let mut noise = SplitMix::from_state(9);
    let x = motion(&mut noise);
    let taken = |rate: f64, n: usize, start: f64, ahead: f64| {
        let clock = clock(rate, start);
        Signal::new(clock, (0..n).map(|i| x(clock.time_s(i as f64) + ahead)).collect::<Vec<_>>())
    };
    let method = Alignment::within(0.5).unwrap();
    let here = taken(100.0, 1000, 0.0, 0.0);
    assert!(
        matches!(method.find(&here, &taken(100.0, 1000, 60.0, 0.0)), Err(Error::TooFew { .. })),
        "no overlap"
    );
    // An offset beyond the search range is not reported as clear.
    let far = method.find(&here, &taken(100.0, 1000, 0.0, 2.4));
    assert!(!far.as_ref().is_ok_and(|f| f.r > 0.6), "{far:?}");
    assert!(matches!(
        method.find(&here, &taken(100.0, 5, 0.0, 0.0)),
        Err(Error::TooFew { unit: "samples", .. })
    ));
    assert!(matches!(method.find(&here, &taken(100.0, 120, 0.0, 0.0)), Err(Error::TooFew { .. })), "1.2 s");
    assert!(matches!(method.find(&here, &taken(30.0, 300, 0.0, 0.0)), Err(Error::Cutoff { .. })));
    let flat = here.with_samples(vec![2.0; 1000]);
    assert!(matches!(method.find(&flat, &here), Err(Error::Constant { .. })));
    let mut holed = here.samples().clone();
    holed[500] = f64::NAN;
    assert!(matches!(
        method.find(&here, &here.with_samples(holed)),
        Err(Error::NonFinite { index: 500, .. })
    ));
    for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(matches!(Alignment::within(bad), Err(Error::Parameter { .. })));
    }
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn any_two_channels_give_an_offset_or_a_reason(
        a in any_channel(),
        b in any_channel(),
        rates in (50.0..300.0f64, 50.0..300.0f64),
        start in -3.0..3.0f64,
        most in 0.01..5.0f64,
        filtered in any::<bool>(),
    ) {
        let signal = |x: Vec<f64>, rate, start| Signal::new(clock(rate, start), x);
        let (a, b) = (signal(a, rates.0, 0.0), signal(b, rates.1, start));
        let method = Alignment::within(most).unwrap().low_pass(filtered.then_some(20.0));
        if let Ok(found) = method.find(&a, &b) {
            prop_assert!(found.offset_s.abs() <= most + 0.06 && found.se_s >= 0.0 && found.se_s.is_finite());
            prop_assert!((0.0..=1.0).contains(&found.r));
        }
    }
}

/// SplitMix, steps, constants, holes, of any length.
fn any_channel() -> impl Strategy<Value = Vec<f64>> {
    prop_oneof![
        4 => prop::collection::vec(-1.0..1.0f64, 0..2000),
        1 => (0usize..1500, 0usize..1500).prop_map(|(a, b)| (0..a + b).map(|i| f64::from(u8::from(i > a))).collect()),
        1 => (0usize..1500).prop_map(|n| vec![3.0; n]),
        1 => (8usize..1500).prop_map(|n| (0..n).map(|i| if i == n / 2 { f64::NAN } else { i as f64 }).collect()),
        1 => (8usize..1500).prop_map(|n| (0..n).map(|i| 1e200 * (i as f64).sin()).collect()),
    ]
}

#[test]
fn an_error_of_the_clocks_stays_in_every_mean() {
    let mut noise = SplitMix::from_state(21);
    let x = motion(&mut noise);
    let mut taken = || {
        let clock = clock(100.0, 0.0);
        Signal::new(clock, (0..800).map(|i| x(clock.time_s(i as f64)) + noise.normal()).collect::<Vec<_>>())
    };
    let (a, b) = (taken(), taken());
    let clocks: ClockOffset = Alignment::within(0.5).unwrap().find(&a, &b).unwrap();
    let lags: Vec<f64> = (0..400).map(|i| 0.02 + 1e-5 * f64::from(i % 7)).collect();
    let lag = t_interval(&lags, 0.95).unwrap();
    let wide = clocks.widen(lag).ci.unwrap();
    assert!(wide.width() >= 2.0 * 1.95 * clocks.se_s && clocks.se_s > 1e-4);
    assert_eq!(clocks.widen(t_interval(&[0.1, 0.2], 0.95).unwrap()).ci, None);
}

#[test]
fn force_and_sacrum_of_one_runner() {
    let Some(data) = common::data() else { return };
    let rows = |file: &str| -> Vec<Vec<f64>> {
        let text = std::fs::read_to_string(data.join("sacrum_imu_day").join(file)).unwrap();
        text.lines().map(|l| l.split(',').map(|v| v.trim().parse().unwrap_or(f64::NAN)).collect()).collect()
    };
    let (force, sacrum) = (rows("GRF_one_sub.csv"), rows("Accelerometer_one_sub.csv"));
    // The info file has a header line: trial i is its row i + 1; slope in column 10, in degrees.
    let slopes: Vec<f64> = rows("Sub_Info_one_sub.csv")[1..].iter().map(|row| row[10]).collect();
    let method = Alignment::within(0.3).unwrap();
    let (mut offsets, mut stated, mut moved_errors) = (Vec::new(), 0.0, Vec::new());
    for (force, sacrum) in force.iter().zip(&sacrum) {
        let clock = clock(500.0, 0.0);
        let up = Signal::new(clock, sacrum[..sacrum.len() / 2].to_vec());
        let force = Signal::new(clock, force.clone());
        let found = method.find(&force, &up).unwrap();
        assert!(found.r > 0.8, "{found:?}");
        offsets.push(1e3 * found.offset_s);
        stated += 1e3 * found.se_s / 31.0;
        // The sensor on its own clock, at 333 Hz: the offset moves by as much as its clock was moved.
        let elsewhere = other(&up, 333.0, 0.0373, 0.0, &mut || 0.0);
        let again = method.find(&force, &elsewhere).unwrap();
        moved_errors.push((again.offset_s - found.offset_s - 0.0373) / found.se_s);
    }
    assert_eq!(offsets.len(), 31);
    let n = 31.0;
    let mean = |x: &[f64]| x.iter().sum::<f64>() / n;
    let products = |x: &[f64], y: &[f64]| {
        x.iter().zip(y).map(|(a, b)| (a - mean(x)) * (b - mean(y))).sum::<f64>() / (n - 1.0)
    };
    let sd = products(&offsets, &offsets).sqrt();
    let per_degree = products(&slopes, &offsets) / products(&slopes, &slopes);
    let r = products(&slopes, &offsets) / (sd * products(&slopes, &slopes).sqrt());
    let inside = moved_errors.iter().filter(|e| e.abs() <= 1.96).count();
    println!(
        "sacrum against force: {:.2} ms, SD {sd:.2}, stated SE {stated:.2}; {per_degree:.2} ms per degree of slope, r {r:.2}; moved clock back within 1.96 SE in {inside} of 31",
        mean(&offsets)
    );
    // 95 % of 31, less two of their standard errors.
    assert!(inside >= 27, "{moved_errors:.2?}");
    // One clock recorded both, so the rest is the feature: the sensor leans with the trunk, and the trunk with the slope.
    assert!(mean(&offsets).abs() < 6.0 && sd > 10.0 * stated && r < -0.8, "{sd} {r}");
}
