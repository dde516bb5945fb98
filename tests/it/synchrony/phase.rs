//! Properties of phases and synchrony: locking, simultaneity, and the changes that affect neither.

use crate::common::cases;
use crate::common::memory as counting;
use copeak::inference::{Interval, Strides};
use copeak::synchrony::{Analytic, Circular, Locking, Phases, RelativePhase, phase::PhasePlan};
use copeak::{Rate, synchrony::Coherence};
use proptest::prelude::*;
use std::f64::consts::TAU;

/// Uniform numbers in [0, 1) from a seed.
fn uniform(seed: u64) -> impl FnMut() -> f64 {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// Two identical sines 30 ms apart: locking 1, simultaneity the cosine of that part of the cycle.
#[test]
fn two_sines_30_ms_apart_are_locked_and_not_simultaneous() {
    for frequency_hz in [1.4, 2.3, 4.0] {
        let rate = 1000.0;
        let period = 1.0 / frequency_hz;
        let wave = |lag_s: f64| -> Vec<f64> {
            (0..10_000).map(|i| (TAU * frequency_hz * (f64::from(i) / rate - lag_s)).sin()).collect()
        };
        // From the curves: phases of whole periods inside the record.
        let phases = Phases::of(&[wave(0.0), wave(0.03)]).unwrap().cut(1000..9000).unwrap();
        let pair = phases.pair(0, 1).unwrap();
        assert!((pair.plv - 1.0).abs() < 5e-4, "{frequency_hz}: {}", pair.plv);
        assert!((pair.lag.unwrap() * period - 0.03).abs() < 2e-4, "{frequency_hz}: {:?}", pair.lag);
        // From one peak a cycle.
        let first: Vec<f64> = (0..20).map(|i| f64::from(i) * 0.37).collect();
        let second: Vec<f64> = first.iter().map(|p| p + 0.03 / period).collect();
        let locked = Locking::interval(&first, &second, &Strides::ungrouped(20), 0.95).unwrap();
        assert!((locked.value - 1.0).abs() < 1e-12 && locked.ci.is_some_and(|ci| ci.low > 1.0 - 1e-9));
        let simultaneity = Circular::of(&[first[0], second[0]]).unwrap().simultaneity().unwrap();
        let formula = (TAU * 0.03 * frequency_hz).cos();
        assert!((simultaneity - formula).abs() < 1e-12 && simultaneity < 0.97, "{simultaneity} {formula}");
    }
}

/// Independent uniform phases: simultaneity 0, whatever their number.
#[test]
fn independent_phases_are_not_simultaneous() {
    for k in 2..=12 {
        let mut draw = uniform(k as u64);
        let sessions = 20_000;
        let (mut sum, mut squares) = (0.0, 0.0);
        for _ in 0..sessions {
            let phases: Vec<f64> = (0..k).map(|_| draw()).collect();
            let value = Circular::of(&phases).unwrap().simultaneity().unwrap();
            assert!((-1.0 / (k as f64 - 1.0) - 1e-12..=1.0 + 1e-12).contains(&value));
            sum += value;
            squares += value * value;
        }
        let n = f64::from(sessions);
        let mean = sum / n;
        let error = ((squares / n - mean * mean) / n).sqrt();
        assert!(mean.abs() < 4.0 * error, "{k}: {mean} with standard error {error}");
    }
}

/// `docs/which-index.md` gives these values.
#[test]
fn unrelated_phases_give_the_documented_values() {
    let mut draw = uniform(8);
    let mut rows = |k: usize, n: usize| -> Vec<Vec<f64>> {
        (0..k).map(|_| (0..n).map(|_| TAU * draw()).collect()).collect()
    };
    for k in [3, 6, 12] {
        let r = Phases::from_radians(&rows(k, 40_000)).unwrap().kuramoto();
        let mean = r.iter().sum::<f64>() / r.len() as f64;
        assert!((mean * (k as f64).sqrt() / 0.89 - 1.0).abs() < 0.03, "{k}: {mean}");
    }
    let plv: f64 =
        (0..4000).map(|_| Phases::from_radians(&rows(2, 50)).unwrap().pair(0, 1).unwrap().plv).sum();
    assert!((plv / 4000.0 * 50f64.sqrt() / 0.89 - 1.0).abs() < 0.03, "{plv}");
    let group = |rows: &[Vec<f64>]| Phases::from_radians(rows).unwrap().cluster_phase().synchrony;
    assert!((group(&rows(4, 20_000)) - 0.45).abs() < 0.01);
    let short: f64 = (0..1000).map(|_| group(&rows(4, 20))).sum::<f64>() / 1000.0;
    assert!((short - 0.50).abs() < 0.01, "{short}");
    // Two and two opposite: no order, and a group without a phase, until two are turned.
    let steady: Vec<f64> = (0..500).map(|i| 0.1 * f64::from(i)).collect();
    let mut noise = uniform(9);
    let mut member =
        |turn: f64| steady.iter().map(|p| p + turn + 0.2 * (noise() - 0.5)).collect::<Vec<f64>>();
    let half = TAU / 2.0;
    let opposite = [member(0.0), member(half), member(0.0), member(half)];
    let turned = [member(0.0), member(0.0), member(0.0), member(0.0)];
    assert!(group(&opposite) < 0.9 && group(&turned) > 0.99, "{} {}", group(&opposite), group(&turned));
}

/// Results are the same bits with the baseline instructions and with the best of the machine.
#[test]
fn the_plan_gives_what_phases_give_on_any_instructions() {
    let mut draw = uniform(3);
    for (channels, samples) in [(1, 40), (2, 255), (3, 256), (5, 257), (8, 1000), (9, 1009)] {
        let x: Vec<Vec<f64>> = (0..channels).map(|_| (0..samples).map(|_| draw() - 0.5).collect()).collect();
        let rows: Vec<&[f64]> = x.iter().map(|row| &row[..]).collect();
        let measure = |mut plan: PhasePlan| {
            let (mut plv, mut order) = (vec![0.0; channels * channels], vec![0.0; samples]);
            plan.measure_into(&rows, &mut plv, &mut order).unwrap();
            (plv, order)
        };
        let best = measure(PhasePlan::new(channels, samples).unwrap());
        assert_eq!(best, measure(PhasePlan::new(channels, samples).unwrap().baseline_only()));
        let phases = Phases::of(&x).unwrap();
        assert_eq!(best, (phases.plv_matrix(), phases.kuramoto()));
        for a in 0..channels {
            for b in 0..channels {
                let pair = phases.pair(a, b).unwrap();
                assert!((pair.plv - best.0[a * channels + b]).abs() < 1e-14);
            }
        }
    }
}

#[test]
fn a_plan_allocates_nothing() {
    let mut draw = uniform(4);
    let x: Vec<Vec<f64>> = (0..5).map(|_| (0..1000).map(|_| draw() - 0.5).collect()).collect();
    let rows: Vec<&[f64]> = x.iter().map(|row| &row[..]).collect();
    let mut plan = PhasePlan::new(5, 1000).unwrap();
    let (mut plv, mut order) = ([0.0; 25], [0.0; 1000]);
    plan.measure_into(&rows, &mut plv, &mut order).unwrap();
    let allocations = counting::allocations(|| plan.measure_into(&rows, &mut plv, &mut order).unwrap());
    assert_eq!(allocations, 0);
}

#[test]
fn sizes_and_samples_that_do_not_fit_are_refused() {
    let mut plan = PhasePlan::new(2, 4).unwrap();
    let x = [0.0, 1.0, 0.0, -1.0];
    let (mut plv, mut order) = ([0.0; 4], [0.0; 4]);
    assert!(plan.measure_into(&[&x], &mut plv, &mut order).is_err());
    assert!(plan.measure_into(&[&x, &x[..3]], &mut plv, &mut order).is_err());
    assert!(plan.measure_into(&[&x, &x], &mut plv[..3], &mut order).is_err());
    assert!(plan.measure_into(&[&x, &x], &mut plv, &mut order[..3]).is_err());
    assert!(plan.measure_into(&[&x, &[0.0, f64::NAN, 0.0, 0.0]], &mut plv, &mut order).is_err());
    assert!(plan.measure_into(&[&x, &x], &mut plv, &mut order).is_ok());
    assert!(PhasePlan::new(0, 4).is_err() && PhasePlan::new(2, 0).is_err());
    assert!(Phases::from_radians::<Vec<f64>>(&[]).is_err() && Phases::from_radians(&[vec![]]).is_err());
    assert!(Phases::from_radians(&[vec![0.0], vec![f64::INFINITY]]).is_err());
    assert!(Phases::from_radians(&[vec![0.0], vec![]]).is_err());
    let phases = Phases::from_radians(&[vec![0.0, 1.0]]).unwrap();
    assert!(phases.pair(0, 1).is_err() && phases.radians(1).is_err() && phases.cut(1..3).is_err());
    assert_eq!(phases.cut(1..2).unwrap().pair(0, 0).unwrap().ppc, None);
}

/// A channel that stands still has no phase: it counts as phase 0, as an arctangent of nothing does.
#[test]
fn a_silent_channel_is_no_nan() {
    let phases = Phases::of(&[vec![0.0; 64], (0..64).map(|i| (TAU * f64::from(i) / 16.0).sin()).collect()]);
    let phases = phases.unwrap();
    assert!(phases.kuramoto().iter().all(|r| r.is_finite()));
    assert!(phases.pair(0, 1).unwrap().plv < 1e-12);
    assert!(phases.cluster_phase().synchrony.is_finite());
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn offsets_between_channels_change_no_locking(seed in 1u64..10_000, offset in -3.0f64..3.0) {
        let mut draw = uniform(seed);
        let a: Vec<f64> = (0..300).map(|_| TAU * draw()).collect();
        let b: Vec<f64> = a.iter().map(|p| p + draw()).collect();
        let turned: Vec<f64> = b.iter().map(|p| p + offset).collect();
        let before = Phases::from_radians(&[&a, &b]).unwrap();
        let after = Phases::from_radians(&[&a, &turned]).unwrap();
        prop_assert!((before.pair(0, 1).unwrap().plv - after.pair(0, 1).unwrap().plv).abs() < 1e-12);
        let common: Vec<Vec<f64>> = [&a, &b].map(|x| x.iter().map(|p| p + offset).collect()).into();
        let both = Phases::from_radians(&common).unwrap();
        let (r, turned) = (before.kuramoto(), both.kuramoto());
        prop_assert!(r.iter().zip(&turned).all(|(a, b)| (a - b).abs() < 1e-12));
        let (group, turned) = (before.cluster_phase(), both.cluster_phase());
        prop_assert!((group.synchrony - turned.synchrony).abs() < 1e-9);
    }

    #[test]
    fn gains_and_order_of_channels_change_nothing(seed in 1u64..10_000, gain in 0.1f64..100.0) {
        let mut draw = uniform(seed);
        let x: Vec<Vec<f64>> = (0..3).map(|_| (0..200).map(|_| draw() - 0.5).collect()).collect();
        let scaled: Vec<Vec<f64>> = x.iter().map(|row| row.iter().map(|v| gain * v).collect()).collect();
        let (phases, louder) = (Phases::of(&x).unwrap(), Phases::of(&scaled).unwrap());
        prop_assert!(phases.plv_matrix().iter().zip(louder.plv_matrix()).all(|(a, b)| (a - b).abs() < 1e-12));
        let reversed: Vec<&Vec<f64>> = x.iter().rev().collect();
        let back = Phases::of(&reversed).unwrap();
        prop_assert!((phases.pair(0, 2).unwrap().plv - back.pair(0, 2).unwrap().plv).abs() < 1e-12);
        prop_assert!((phases.cluster_phase().synchrony - back.cluster_phase().synchrony).abs() < 1e-9);
        let lag = |p: &Phases, a, b| p.pair(a, b).unwrap().lag.unwrap();
        prop_assert!(((lag(&phases, 0, 2) + lag(&phases, 2, 0)) % 1.0).min(1.0 - (lag(&phases, 0, 2) + lag(&phases, 2, 0)) % 1.0) < 1e-9);
    }

    #[test]
    fn swapping_proximal_and_distal_turns_the_sign(seed in 1u64..10_000) {
        let mut draw = uniform(seed);
        let mut row = || (0..50).map(|_| draw()).collect::<Vec<f64>>();
        let (hip, knee) = (row(), row());
        let (there, back) = (RelativePhase::of(&hip, &knee).unwrap(), RelativePhase::of(&knee, &hip).unwrap());
        for (a, b) in there.degrees.iter().zip(&back.degrees) {
            prop_assert!((-180.0..=180.0).contains(a) && ((a + b).abs() < 1e-9 || (a.abs() - 180.0).abs() < 1e-9));
        }
        prop_assert!((there.mean_absolute_deg() - back.mean_absolute_deg()).abs() < 1e-9);
    }

    #[test]
    fn coherence_is_blind_to_gain_and_sign(seed in 1u64..10_000, gain in 0.1f64..50.0) {
        let mut draw = uniform(seed);
        let mut row = || (0..200).map(|_| draw() - 0.5).collect::<Vec<f64>>();
        let (x, y) = (row(), row());
        let coherence = Coherence::new(Rate::from_hz(100.0).unwrap(), 32).unwrap();
        let turned: Vec<f64> = y.iter().map(|v| -gain * v).collect();
        let (a, b) = (coherence.of(&x, &y).unwrap(), coherence.of(&turned, &x).unwrap());
        prop_assert!(a.value.iter().zip(&b.value).all(|(a, b)| (a - b).abs() < 1e-9 && (0.0..=1.0).contains(a)));
        let pairs = coherence.pairs(&[x, y, turned]).unwrap();
        prop_assert_eq!(&pairs[0], &a);
        prop_assert!(pairs[2].value.iter().all(|c| (c - 1.0).abs() < 1e-9));
    }

    #[test]
    fn the_interval_of_locking_holds_the_estimate(seed in 1u64..10_000, n in 3usize..30, spread in 0.0f64..1.0) {
        let mut draw = uniform(seed);
        let lags: Vec<f64> = (0..n).map(|_| spread * draw()).collect();
        let zeros = vec![0.0; n];
        let (estimate, plain) = (Locking::interval(&zeros, &lags, &Strides::ungrouped(n), 0.9).unwrap(), Locking::of(&zeros, &lags).unwrap());
        prop_assert_eq!(estimate.value, plain.value);
        if let Some(Interval { low, high }) = estimate.ci {
            prop_assert!(low <= estimate.value + 1e-12 && estimate.value <= high + 1e-12 && high <= 1.0);
        }
    }

    /// Wherever the record is cut, the amplitude of the analytic signal is no smaller than the record.
    #[test]
    fn the_amplitude_envelops_the_record(seed in 1u64..10_000, n in 1usize..200) {
        let mut draw = uniform(seed);
        let x: Vec<f64> = (0..n).map(|_| draw() - 0.5).collect();
        let analytic = Analytic::of(&x).unwrap();
        prop_assert!(analytic.amplitude().iter().zip(&x).all(|(a, x)| *a >= x.abs() - 1e-12));
        let power: f64 = analytic.imaginary.iter().map(|h| h * h).sum();
        prop_assert!(power <= x.iter().map(|v| v * v).sum::<f64>() + 1e-9);
    }
}
