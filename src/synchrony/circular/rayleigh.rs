//! How long the resultant of uniform phases gets by chance, exactly.

use core::f64::consts::{FRAC_2_PI, FRAC_PI_2, PI};
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Smaller probabilities drown in rounding.
const LEAST: f64 = 1e-12;
/// Terms after which the series is cut; only five and six phases get that far.
const MOST_TERMS: usize = 20_000;

/// P(S >= s) for the length S of the sum of `n` independent unit vectors of uniform direction.
pub(super) fn tail(n: usize, s: f64) -> f64 {
    let count = n as f64;
    if s <= 0.0 {
        return 1.0;
    }
    if n < 2 {
        return 1.0;
    }
    if s >= count {
        return LEAST;
    }
    let below = match n {
        2 => 1.0 - FRAC_2_PI * (0.5 * s).acos(),
        3 => pair_within(s, 1.0),
        4 => FRAC_2_PI * quarter_turn(&[s, (2.0 - s).abs()], |r| pair_within(s, r)),
        _ => series(count, s),
    };
    (1.0 - below).clamp(LEAST, 1.0)
}

/// P(|r + e1 + e2| <= s) for two unit vectors of uniform direction: their sum has the length 2 cos b with b uniform over a
/// quarter turn.
fn pair_within(s: f64, r: f64) -> f64 {
    FRAC_2_PI
        * quarter_turn(&[(s - r).abs(), s + r], |length| {
            let cos = (s * s - r * r - length * length) / (2.0 * r * length);
            1.0 - cos.clamp(-1.0, 1.0).acos() / PI
        })
}

/// Integral of `f(2 cos b)` over b from 0 to a quarter turn, in pieces between the lengths at which `f` has a kink.
fn quarter_turn(kinks: &[f64; 2], f: impl Fn(f64) -> f64) -> f64 {
    let mut bounds = [0.0, FRAC_PI_2, FRAC_PI_2, FRAC_PI_2];
    for (bound, kink) in bounds[1..3].iter_mut().zip(kinks) {
        *bound = (0.5 * kink).min(1.0).acos();
    }
    bounds.sort_unstable_by(f64::total_cmp);
    bounds.windows(2).map(|piece| double_exponential(piece[0], piece[1], |b| f(2.0 * b.cos()))).sum()
}

/// Takahasi and Mori's rule, which minds no singularity at the ends.
fn double_exponential(from: f64, to: f64, f: impl Fn(f64) -> f64) -> f64 {
    const STEP: f64 = 1.0 / 16.0;
    let (middle, half) = (0.5 * (from + to), 0.5 * (to - from));
    if half <= 0.0 {
        return 0.0;
    }
    let mut sum = 0.0;
    for k in -48..=48 {
        let t = STEP * f64::from(k);
        let u = FRAC_PI_2 * t.sinh();
        sum += f(middle + half * u.tanh()) * FRAC_PI_2 * t.cosh() / u.cosh().powi(2);
    }
    STEP * half * sum
}

/// P(S <= s) by the Fourier-Bessel series of a density that ends at `n`, whose coefficients are the powers of J0 that are
/// the characteristic function of S (Barakat 1973).
fn series(n: f64, s: f64) -> f64 {
    let mut sum = 0.0;
    for k in 1..=MOST_TERMS {
        let zero = bessel_zero(k);
        let t = zero / n;
        let slope = libm::j1(zero);
        sum += libm::j0(t).powf(n) * libm::j1(t * s) / (zero * slope * slope);
        // The envelope of what follows: |J0(t)| < sqrt(2 / (pi t)), and less than 0.55 / sqrt(zero) for the rest.
        if (FRAC_2_PI / t).powf(0.5 * n) < 1e-14 {
            break;
        }
    }
    2.0 * s / n * sum
}

/// The k-th zero of J0: McMahon's series, then Newton's method.
fn bessel_zero(k: usize) -> f64 {
    let b = PI * (k as f64 - 0.25);
    let q = 1.0 / (8.0 * b);
    let mut zero = b + q - 124.0 / 3.0 * q.powi(3);
    for _ in 0..2 {
        zero += libm::j0(zero) / libm::j1(zero);
    }
    zero
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inference::draw::Draws;
    use core::f64::consts::TAU;

    #[test]
    fn monte_carlo_agrees() {
        let sessions = 200_000;
        for n in [2, 3, 4, 5, 6, 8, 12, 20] {
            let mut draws = Draws::new(n as u64);
            let mut lengths: Vec<f64> = (0..sessions)
                .map(|_| {
                    let (y, x) = (0..n)
                        .map(|_| (TAU * draws.uniform()).sin_cos())
                        .fold((0.0, 0.0), |(y, x), (sin, cos)| (y + sin, x + cos));
                    f64::hypot(x, y)
                })
                .collect();
            lengths.sort_unstable_by(f64::total_cmp);
            for share in [0.001, 0.01, 0.05, 0.2, 0.5, 0.9] {
                let s = lengths[((1.0 - share) * f64::from(sessions)) as usize];
                let error = (share * (1.0 - share) / f64::from(sessions)).sqrt();
                let p = tail(n, s);
                assert!((p - share).abs() < 4.0 * error, "{n} phases, {share}: {p}");
            }
        }
    }

    /// n unit vectors end within 1 of where they started with probability 1/(n + 1) (Kluyver 1906).
    #[test]
    fn kluyvers_law() {
        for n in 2..40 {
            let error = tail(n, 1.0) - n as f64 / (n as f64 + 1.0);
            let most = if n == 5 { 3e-9 } else { 2e-12 };
            assert!(error.abs() < most, "{n}: {error:e}");
        }
    }

    #[test]
    fn ends_of_the_range() {
        assert_eq!(tail(1, 0.7), 1.0);
        assert_eq!(tail(1, 1.0), 1.0);
        assert_eq!(tail(4, 0.0), 1.0);
        assert_eq!(tail(9, 9.0), LEAST);
        assert_eq!(tail(60, 55.0), LEAST);
        assert!((tail(2, 2f64.sqrt()) - 0.5).abs() < 1e-15);
    }
}
