//! Timing against the mean pulse: its scatter reaches the bound, and its standard errors cover.

use crate::common::noise;
use copeak::filter::fir::ImpulseResponse;
use copeak::filter::{Conditioner, ZeroPhase};
use copeak::peak::{CyclePeakFinder, NoPeak, PulseTiming};
use copeak::time::TimeSpan;
use copeak::{Clock, Rate, Signal};
use noise::Noise;

const RATE_HZ: f64 = 200.0;
const CYCLE: usize = 100;

/// A pulse that rises within 8 samples and falls within 10.
fn pulse(away: f64) -> f64 {
    let away = (away + 50.0).rem_euclid(100.0) - 50.0;
    let width = if away < 0.0 { 8.0 } else { 10.0 };
    (-(away / width).powi(2) / 2.0).exp()
}

/// One cycle for each of `shifts`, with its pulse this many samples late, and one more before and after them.
fn record(shifts: &[f64]) -> Vec<f64> {
    let n = (shifts.len() + 2) * CYCLE + 1;
    let shift = |cycle: usize| shifts[cycle.clamp(1, shifts.len()) - 1];
    (0..n).map(|i| pulse((i % CYCLE) as f64 - 40.0 - shift(i / CYCLE))).collect()
}

fn windows(cycles: usize) -> Vec<TimeSpan> {
    let start = |k: usize| (k * CYCLE) as f64 / RATE_HZ;
    (1..=cycles).map(|k| TimeSpan { start_s: start(k), end_s: start(k + 1) }).collect()
}

fn clock() -> Clock {
    Clock::from_zero(Rate::from_hz(RATE_HZ).unwrap())
}

/// The least standard deviation that any unbiased estimate of a shift can have, in samples.
fn cramer_rao(sigma: f64) -> f64 {
    let slope = |i: usize| (pulse(i as f64 - 39.999) - pulse(i as f64 - 40.001)) / 0.002;
    sigma / (0..CYCLE).map(|i| slope(i).powi(2)).sum::<f64>().sqrt()
}

fn rms(values: &[f64]) -> f64 {
    (values.iter().map(|v| v * v).sum::<f64>() / values.len() as f64).sqrt()
}

/// Errors of the shifts of 30 sessions of 40 cycles, in samples, less each session's mean; the standard errors; and the
/// errors of the vertex on the maximum of the same samples.
fn errors(sigma: f64, filtered: bool) -> (Vec<f64>, Vec<f64>, Vec<f64>) {
    let mut draws = Noise::new(5);
    let finder = CyclePeakFinder::new();
    let conditioner = Conditioner::new(ZeroPhase::low_pass(2, 15.0, clock().rate()).unwrap());
    let (mut of_shift, mut ses, mut of_vertex) = (vec![], vec![], vec![]);
    for _ in 0..30 {
        let shifts: Vec<f64> = (0..40).map(|_| 3.0 * draws.normal()).collect();
        let raw: Vec<f64> = record(&shifts).iter().map(|v| v + sigma * draws.normal()).collect();
        let raw = Signal::new(clock(), raw);
        let (drive, sd, response) = if filtered {
            let curve = conditioner.apply(&raw).unwrap();
            (curve.signal, curve.noise.sigma(), curve.response)
        } else {
            (raw, sigma, ImpulseResponse::identity())
        };
        let matched = PulseTiming::new().find_with_noise(&drive, &windows(40), sd, &response).unwrap();
        let mean = shifts.iter().sum::<f64>() / 40.0;
        for ((cycle, window), shift) in matched.cycles.iter().zip(windows(40)).zip(&shifts) {
            let time = cycle.unwrap();
            of_shift.push(time.shift_s * RATE_HZ - (shift - mean));
            ses.push(time.se_s.unwrap() * RATE_HZ);
            if let Ok(peak) = finder.find(&drive, window) {
                of_vertex.push((peak.time_s - window.start_s) * RATE_HZ - 40.0 - shift);
            }
        }
    }
    (of_shift, ses, of_vertex)
}

#[test]
fn the_scatter_reaches_the_cramer_rao_bound() {
    for sigma in [0.01, 0.03, 0.1] {
        let bound = cramer_rao(sigma);
        for filtered in [false, true] {
            let (of_shift, ses, of_vertex) = errors(sigma, filtered);
            let (scatter, se, vertex) = (rms(&of_shift), rms(&ses), rms(&of_vertex));
            let held = of_shift.iter().zip(&ses).filter(|(e, se)| e.abs() <= 1.96 * **se).count();
            let share = held as f64 / of_shift.len() as f64;
            let bias = of_shift.iter().sum::<f64>() / of_shift.len() as f64;
            println!(
                "noise {sigma}, filtered {filtered}: scatter {scatter:.3}, SE {se:.3}, bound {bound:.3}, \
                 vertex {vertex:.3} samples; covers {share:.3}, bias {bias:.4}"
            );
            // Relative to their mean, 40 shifts scatter by sqrt(39/40) of the bound.
            assert!(
                scatter > 0.93 * bound && scatter < 1.12 * bound,
                "{sigma} {filtered}: {scatter}, {bound}"
            );
            assert!(se > 0.93 * bound && se < 1.25 * bound, "{sigma} {filtered}: {se}, {bound}");
            assert!((0.92..=0.98).contains(&share), "{sigma} {filtered}: {share}");
            assert!(bias.abs() < 0.01, "{sigma} {filtered}: {bias}");
            assert!(vertex > 2.0 * scatter, "{sigma} {filtered}: {vertex}, {scatter}");
        }
    }
}

#[test]
fn corrected_jitter_is_that_of_the_runner() {
    let bound = cramer_rao(0.1);
    let conditioner = Conditioner::new(ZeroPhase::low_pass(2, 15.0, clock().rate()).unwrap());
    for jitter in [0.0, 0.5, 2.0] {
        let (mut observed, mut corrected, mut left) = (vec![], vec![], vec![]);
        let mut draws = Noise::new(9);
        for _ in 0..100 {
            let shifts: Vec<f64> = (0..40).map(|_| jitter * draws.normal()).collect();
            let raw: Vec<f64> = record(&shifts).iter().map(|v| v + 0.1 * draws.normal()).collect();
            let curve = conditioner.apply(&Signal::new(clock(), raw)).unwrap();
            let (drive, sigma, response) = (curve.signal, curve.noise.sigma(), curve.response);
            let matched = PulseTiming::new().find_with_noise(&drive, &windows(40), sigma, &response).unwrap();
            let found = matched.jitter().unwrap();
            assert_eq!(found.n, 40);
            let of = |s: f64| s * RATE_HZ;
            observed.push(of(found.observed_s));
            corrected.push(of(found.corrected_s.unwrap()));
            left.push(of(found.observed_s).powi(2) - of(found.error_s.unwrap()).powi(2));
        }
        let mean = left.iter().sum::<f64>() / left.len() as f64;
        let (observed, corrected) = (rms(&observed), rms(&corrected));
        println!(
            "jitter {jitter}: observed {observed:.3}, corrected {corrected:.3}, squared {mean:.4}, bound {bound:.3} samples"
        );
        // The squares are unbiased; the root, which cannot be negative, is above 0 even without any jitter.
        assert!(
            (mean - jitter * jitter).abs() < 0.12 * bound * bound + 0.03 * jitter * jitter,
            "{jitter}: {mean}"
        );
        assert!(corrected < observed && corrected < jitter.max(0.5 * bound) * 1.05, "{jitter}: {corrected}");
    }
}

#[test]
fn cycle_start_and_gain_do_not_change_the_times() {
    let shifts: Vec<f64> = (0..12).map(|k| f64::from(k * 7 % 5) - 2.0).collect();
    let clean = record(&shifts);
    let times = |x: &[f64], windows: &[TimeSpan]| -> Vec<f64> {
        let matched = PulseTiming::new().find(&Signal::new(clock(), x.to_vec()), windows).unwrap();
        matched.cycles.iter().map(|cycle| cycle.unwrap().time_s).collect()
    };
    let expected = times(&clean, &windows(12));
    let louder: Vec<f64> = clean.iter().map(|v| 7.0 + 3.0 * v).collect();
    let moved: Vec<TimeSpan> = windows(12).iter().map(|w| w.moved(-0.1)).collect();
    for (louder, moved) in times(&louder, &windows(12))
        .iter()
        .zip(times(&clean, &moved))
        .zip(&expected)
        .map(|((a, b), c)| (a - c, b - c))
    {
        assert!(louder.abs() < 1e-9 && moved.abs() < 2e-4, "{louder} {moved}");
    }
    // The peak of the mean pulse, which a parabola does not find exactly on a skew pulse, and exact shifts from it.
    for (k, time) in expected.iter().enumerate() {
        let top = ((k + 1) * CYCLE) as f64 + 40.0 + shifts[k];
        assert!((time * RATE_HZ - top).abs() < 0.3, "{k}: {} {top}", time * RATE_HZ);
        let since = (time - expected[0]) * RATE_HZ - (top - CYCLE as f64 - 40.0 - shifts[0]);
        assert!(since.abs() < 0.01, "{k}: {since}");
    }
}

#[test]
fn cycles_without_a_time_report_the_reason() {
    let mut x = record(&[0.0, 1.0, -1.0, 30.0, 0.0, 0.0, 0.5, -0.5]);
    x[2 * CYCLE + 10] = f64::NAN;
    for v in &mut x[5 * CYCLE..6 * CYCLE + 1] {
        *v = 2.0;
    }
    let mut cycles = windows(8);
    cycles.push(TimeSpan { start_s: 4.8, end_s: 5.3 });
    cycles.push(TimeSpan { start_s: 1.0, end_s: 1.0 });
    let drive = Signal::new(clock(), x);
    let matched = PulseTiming::new().max_shift(0.1).find(&drive, &cycles).unwrap();
    let why: Vec<Option<NoPeak>> = matched.cycles.iter().map(|c| c.err()).collect();
    let mut expected = [None; 10];
    (expected[1], expected[3], expected[4]) =
        (Some(NoPeak::NonFinite), Some(NoPeak::Edge), Some(NoPeak::Flat));
    (expected[8], expected[9]) = (Some(NoPeak::Outside), Some(NoPeak::Outside));
    assert_eq!(why, expected);
    assert_eq!(matched.jitter().unwrap().n, 5);

    let timing = PulseTiming::new();
    assert!(matches!(timing.find(&drive, &cycles[..1]), Err(copeak::Error::TooFew { got: 1, .. })));
    assert!(matches!(timing.find(&drive, &cycles[1..3]), Err(copeak::Error::TooFew { got: 1, .. })));
    let short = [TimeSpan { start_s: 0.0, end_s: 0.02 }; 3];
    assert!(matches!(timing.find(&drive, &short), Err(copeak::Error::Parameter { .. })));
    for wrong in [timing.passes(0), timing.max_shift(0.6), timing.max_shift(f64::NAN)] {
        assert!(matches!(wrong.find(&drive, &cycles), Err(copeak::Error::Parameter { .. })), "{wrong:?}");
    }
}
