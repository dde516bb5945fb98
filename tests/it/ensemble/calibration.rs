//! Bands cover the mean at their level, and comparisons give false alarms at their level.

use crate::common::noise::SplitMix;
use copeak::ensemble::{CurveBand, CurveTest};

/// Weights of the smooth curves: a level and five harmonics of decreasing size.
fn weights(noise: &mut SplitMix) -> [f64; 11] {
    std::array::from_fn(|k| noise.normal() / (1.0 + 0.5 * k.div_ceil(2) as f64))
}

/// Basis of the curves on a number of points.
struct Basis(Vec<[f64; 11]>);

impl Basis {
    fn new(points: usize) -> Self {
        let at = |i: usize| -> [f64; 11] {
            let phase = std::f64::consts::TAU * i as f64 / points as f64;
            std::array::from_fn(|k| {
                let h = k.div_ceil(2) as f64;
                if k % 2 == 1 { (h * phase).sin() } else { (h * phase).cos() }
            })
        };
        Self((0..points).map(at).collect())
    }

    fn curve(&self, weights: &[f64; 11]) -> Vec<f64> {
        self.0.iter().map(|b| b.iter().zip(weights).map(|(b, w)| b * w).sum()).collect()
    }
}

/// Curves of neighbouring strides, first-order autoregressive.
fn strides(noise: &mut SplitMix, basis: &Basis, n: usize, rho: f64) -> Vec<Vec<f64>> {
    let mut now = weights(noise);
    (0..n)
        .map(|_| {
            let curve = basis.curve(&now);
            let new = weights(noise);
            now.iter_mut().zip(new).for_each(|(w, e)| *w = rho * *w + (1.0 - rho * rho).sqrt() * e);
            curve
        })
        .collect()
}

/// Share of sessions whose band covers the true mean 0 throughout, and share of points covered by the pointwise one.
fn coverage(n: usize, rho: f64, sessions: usize) -> (f64, f64) {
    let basis = Basis::new(51);
    let mut noise = SplitMix::from_state(n as u64);
    let (mut whole, mut points) = (0, 0);
    for session in 0..sessions {
        let curves = strides(&mut noise, &basis, n, rho);
        let band = CurveBand::new(session as u64).replicates(300).of(&curves).unwrap();
        let held = |low: &[f64], high: &[f64]| (0..51).filter(|&i| low[i] <= 0.0 && high[i] >= 0.0).count();
        // A missing or infinite band makes no claim.
        whole += band.simultaneous.as_ref().map_or(1, |e| usize::from(held(&e.low, &e.high) == 51));
        points += band.pointwise.as_ref().map_or(51, |e| held(&e.low, &e.high));
    }
    (whole as f64 / sessions as f64, points as f64 / (51 * sessions) as f64)
}

#[test]
fn bands_hold_their_level() {
    for n in [6, 8, 10, 20, 50] {
        let (whole, points) = coverage(n, 0.0, 2000);
        println!("{n} independent strides: whole curve {whole:.3}, points {points:.3}");
        let least = if n < 10 { 0.90 } else { 0.92 };
        assert!((least..=0.98).contains(&whole), "{n}: whole {whole}");
        assert!((least..=0.98).contains(&points), "{n}: points {points}");
    }
    for (n, rho) in [(25, 0.25), (25, 0.5), (50, 0.5)] {
        let (whole, points) = coverage(n, rho, 2000);
        println!("{n} strides, autocorrelation {rho}: whole curve {whole:.3}, points {points:.3}");
        assert!(whole >= 0.88 && points >= 0.88, "{n} {rho}: {whole} {points}");
    }
}

/// Share of false alarms of comparisons between groups that do not differ.
fn alarms(a: usize, b: usize, rho: f64, paired: bool, sessions: usize) -> f64 {
    let basis = Basis::new(51);
    let mut noise = SplitMix::from_state(1000 + a as u64);
    let mut found = 0;
    for session in 0..sessions {
        let (first, second) = (strides(&mut noise, &basis, a, rho), strides(&mut noise, &basis, b, rho));
        let test = CurveTest::new(session as u64).permutations(999);
        let result = if paired { test.paired(&first, &second) } else { test.independent(&first, &second) };
        let result = result.unwrap();
        assert_eq!(result.p <= 0.05 + 1e-12, !result.regions.is_empty());
        found += usize::from(result.p <= 0.05 + 1e-12);
    }
    found as f64 / sessions as f64
}

#[test]
fn comparisons_give_false_alarms_at_their_level() {
    for (a, b, paired) in [(10, 10, false), (8, 14, false), (12, 12, true)] {
        let share = alarms(a, b, 0.0, paired, 10_000);
        println!("{a} and {b}, paired {paired}: {share:.4}");
        // Three standard errors of 5 % over 10,000.
        assert!((0.0435..=0.0565).contains(&share), "{a} {b} {paired}: {share}");
    }
    // All permutations of few curves: the smallest p is 2 of 20 choices, or 1 of 16 sign changes.
    let few = alarms(4, 4, 0.0, false, 4000);
    println!("4 and 4, all 70 choices: {few:.4}");
    assert!(few <= 0.05 + 3.0 * (0.05 * 0.95 / 4000.0_f64).sqrt(), "{few}");
    assert_eq!(alarms(4, 4, 0.0, true, 200), 0.0, "1 in 8 is the least that 4 pairs can show");
    let dependent = alarms(20, 20, 0.3, false, 2000);
    println!("20 and 20 strides, autocorrelation 0.3: {dependent:.4}");
    assert!((0.20..0.30).contains(&dependent), "the documentation states this figure: {dependent}");
}
