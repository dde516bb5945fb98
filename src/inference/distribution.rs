//! The normal distribution, Student's t and F, and their quantiles, to about 1e-13 relative.

mod fisher;

pub use fisher::{fisher_cdf, fisher_quantile};

use core::f64::consts::{FRAC_1_SQRT_2, PI};
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Probability that a standard normal variable is at most `x`. Keeps its relative precision in the lower tail.
///
/// ```
/// use copeak::inference::distribution::normal_cdf;
/// assert_eq!(normal_cdf(0.0), 0.5);
/// ```
#[doc(alias = "ndtr")]
pub fn normal_cdf(x: f64) -> f64 {
    0.5 * libm::erfc(-x * FRAC_1_SQRT_2)
}

/// The value a standard normal variable stays below with probability `p`: infinite at 0 and 1, NaN outside [0, 1].
///
/// ```
/// use copeak::inference::distribution::normal_quantile;
/// assert_eq!(normal_quantile(0.5), 0.0);
/// assert!((normal_quantile(0.975) - 1.959963984540054).abs() < 1e-14);
/// ```
#[doc(alias = "ndtri")]
pub fn normal_quantile(p: f64) -> f64 {
    if p > 0.5 {
        return -normal_quantile(1.0 - p);
    }
    if p.is_nan() || p <= 0.0 {
        return if p == 0.0 { f64::NEG_INFINITY } else { f64::NAN };
    }
    // Abramowitz & Stegun 26.2.23 is good to 4.5e-4; each Halley step cubes the error.
    let w = (-2.0 * p.ln()).sqrt();
    let mut x = (2.515517 + w * (0.802853 + w * 0.010328))
        / (1.0 + w * (1.432788 + w * (0.189269 + w * 0.001308)))
        - w;
    for _ in 0..3 {
        let density = (-0.5 * x * x).exp() / (2.0 * PI).sqrt();
        // Around the centre the distance from one half is the exact quantity, in the tail the probability is.
        let excess =
            if p > 0.25 { 0.5 * libm::erf(x * FRAC_1_SQRT_2) - (p - 0.5) } else { normal_cdf(x) - p };
        let step = excess / density;
        x -= step / (1.0 + 0.5 * x * step);
    }
    x
}

/// Probability that Student's t with `df` degrees of freedom is at most `t`; NaN unless `df` is above 0.
///
/// ```
/// use copeak::inference::distribution::student_cdf;
/// assert_eq!(student_cdf(0.0, 4.0), 0.5);
/// assert!((student_cdf(1.0, 1.0) - 0.75).abs() < 1e-15);
/// ```
#[doc(alias = "stdtr")]
pub fn student_cdf(t: f64, df: f64) -> f64 {
    if t.is_nan() || df.is_nan() || df <= 0.0 {
        return f64::NAN;
    }
    let (inside, outside) = student_two_sided(t.abs(), df);
    match (t < 0.0, outside < 0.5) {
        (true, _) => 0.5 * outside,
        (false, true) => 1.0 - 0.5 * outside,
        (false, false) => 0.5 + 0.5 * inside,
    }
}

/// The value Student's t with `df` degrees of freedom (any number above 0) stays below with probability `p`.
///
/// Infinite at `p` 0 and 1 and where it leaves the range of `f64`; NaN for `p` outside [0, 1] or `df` not above 0.
///
/// ```
/// use copeak::inference::distribution::student_quantile;
/// assert!((student_quantile(0.975, 4.0) - 2.7764451051977996).abs() < 1e-13);
/// ```
#[doc(alias = "stdtrit")]
pub fn student_quantile(p: f64, df: f64) -> f64 {
    if p.is_nan() || !(0.0..=1.0).contains(&p) || df.is_nan() || df <= 0.0 {
        return f64::NAN;
    }
    if p < 0.5 {
        return -upper(p, 0.5 - p, df);
    }
    upper(1.0 - p, p - 0.5, df)
}

/// The t with `tail` above it and `half` between 0 and it.
fn upper(tail: f64, half: f64, df: f64) -> f64 {
    if half == 0.0 {
        return 0.0;
    }
    if tail == 0.0 || df.is_infinite() {
        return -normal_quantile(tail);
    }
    // In log-log coordinates both the tail and the middle are concave, so Newton's method from the normal quantile,
    // which is always the smaller one, converges from anywhere.
    let central = tail > 0.25;
    let wanted = if central { 2.0 * half } else { 2.0 * tail }.ln();
    let mut u = (-normal_quantile(tail)).ln();
    for _ in 0..200 {
        let t = u.exp();
        let (inside, outside) = student_two_sided(t, df);
        let (mass, sign) = if central { (inside, 1.0) } else { (outside, -1.0) };
        let slope = sign * 2.0 * t * student_density(t, df) / mass;
        let step = (mass.ln() - wanted) / slope;
        if !step.is_finite() {
            return f64::INFINITY;
        }
        u -= step;
        if step.abs() <= 1e-15 * u.abs().max(1.0) {
            break;
        }
    }
    u.exp()
}

fn student_density(t: f64, df: f64) -> f64 {
    (ln_gamma_half_step(df / 2.0) - 0.5 * (df * PI).ln() - 0.5 * (df + 1.0) * ln_1p_ratio(t, df)).exp()
}

/// ln(1 + t^2/df), also where the square would overflow.
fn ln_1p_ratio(t: f64, df: f64) -> f64 {
    let root = t / df.sqrt();
    if root > 1e100 { 2.0 * root.ln() } else { (root * root).ln_1p() }
}

/// P(|T| < t) and P(|T| > t), each to its own relative precision.
fn student_two_sided(t: f64, df: f64) -> (f64, f64) {
    if t == 0.0 {
        return (0.0, 1.0);
    }
    let (a, b) = (df / 2.0, 0.5);
    let root = t / df.sqrt();
    let ratio = root * root;
    let x = 1.0 / (1.0 + ratio);
    let y = if ratio.is_finite() { ratio / (1.0 + ratio) } else { 1.0 };
    let ln_x = -ln_1p_ratio(t, df);
    let ln_y = if ratio > 1e-300 && ratio.is_finite() { -(1.0 / ratio).ln_1p() } else { y.ln() };
    let ln_beta = 0.5 * PI.ln() - ln_gamma_half_step(a);
    let front = (a * ln_x + b * ln_y - ln_beta).exp();
    if x < (a + 1.0) / (a + b + 2.0) {
        let outside = front * beta_fraction(a, b, x) / a;
        (1.0 - outside, outside)
    } else {
        let inside = front * beta_fraction(b, a, y) / b;
        (inside, 1.0 - inside)
    }
}

/// ln(gamma(a + 1/2) / gamma(a)): its asymptotic series, reached by recurrence from below 30.
fn ln_gamma_half_step(a: f64) -> f64 {
    let (mut a, mut factor) = (a, 1.0);
    while a < 30.0 {
        factor *= a / (a + 0.5);
        a += 1.0;
    }
    let q = 1.0 / (a * a);
    let series =
        (-1.0 / 8.0 + q * (1.0 / 192.0 + q * (-1.0 / 640.0 + q * (17.0 / 14336.0 - q * 31.0 / 18432.0)))) / a;
    factor.ln() + 0.5 * a.ln() + series
}

/// Continued fraction of the incomplete beta function (DLMF 8.17.22), by Lentz's method.
fn beta_fraction(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let nudge = |v: f64| if v.abs() < TINY { TINY } else { v };
    let mut c = 1.0;
    let mut d = 1.0 / nudge(1.0 - (a + b) * x / (a + 1.0));
    let mut fraction = d;
    for m in 1..20_000 {
        let m = f64::from(m);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut change = 1.0;
        for numerator in [even, odd] {
            d = 1.0 / nudge(1.0 + numerator * d);
            c = nudge(1.0 + numerator / c);
            change = c * d;
            fraction *= change;
        }
        if (change - 1.0).abs() < 1e-16 {
            break;
        }
    }
    fraction
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values() {
        // Cauchy: t = tan(pi (p - 1/2)); two degrees of freedom: closed form as well.
        for p in [0.001, 0.2, 0.4999, 0.6, 0.975, 0.999999] {
            let t = student_quantile(p, 1.0);
            let cauchy = if p < 0.5 { -1.0 / (PI * p).tan() } else { 1.0 / (PI * (1.0 - p)).tan() };
            assert!((t - cauchy).abs() <= 1e-12 * cauchy.abs(), "{p}: {t} {cauchy}");
            let two = (2.0 * p - 1.0) / (2.0 * p * (1.0 - p)).sqrt();
            let t = student_quantile(p, 2.0);
            assert!((t - two).abs() <= 1e-12 * two.abs(), "{p}: {t} {two}");
        }
    }

    #[test]
    fn quantile_and_probability_are_inverse() {
        for df in [0.3, 0.9, 1.7, 3.0, 11.5, 200.0, 1e5] {
            for p in [1e-9, 1e-3, 0.05, 0.3, 0.49] {
                let back = student_cdf(student_quantile(p, df), df);
                assert!((back - p).abs() <= 2e-12 * p, "{df} {p} {back}");
            }
        }
        for p in [1e-300, 1e-12, 0.01, 0.3, 0.5 - 1e-9] {
            let back = normal_cdf(normal_quantile(p));
            assert!((back - p).abs() <= 1e-12 * p, "{p} {back}");
        }
    }

    #[test]
    fn outside_the_domain_there_is_no_number() {
        assert!(normal_quantile(-0.1).is_nan() && normal_quantile(1.1).is_nan());
        assert_eq!(normal_quantile(1.0), f64::INFINITY);
        assert!(student_quantile(0.5, 0.0).is_nan() && student_quantile(f64::NAN, 3.0).is_nan());
        assert_eq!(student_quantile(0.0, 3.0), f64::NEG_INFINITY);
        assert!(student_cdf(1.0, -1.0).is_nan());
    }
}
