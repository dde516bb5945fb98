//! The normal distribution, Student's t and F, and their quantiles, to about 1e-13 relative.

use core::f64::consts::{FRAC_1_SQRT_2, PI};
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Returns the probability that a standard normal variable is at most `x`. Keeps its relative precision in the lower tail.
///
/// ```
/// use copeak::inference::distribution::normal_cdf;
/// assert_eq!(normal_cdf(0.0), 0.5);
/// ```
#[doc(alias = "ndtr")]
pub fn normal_cdf(x: f64) -> f64 {
    0.5 * libm::erfc(-x * FRAC_1_SQRT_2)
}

/// Returns the value that a standard normal variable stays below with probability `p`: infinite at 0 and 1, NaN outside [0, 1].
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

/// Returns the probability that Student's t with `df` degrees of freedom is at most `t`; NaN unless `df` is above 0.
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

/// Returns the value that Student's t with `df` degrees of freedom (any number above 0) stays below with probability `p`.
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

/// Returns the probability that F with `df1` and `df2` degrees of freedom is at most `f`; NaN unless both are above 0.
///
/// ```
/// use copeak::inference::distribution::fisher_cdf;
/// assert!((fisher_cdf(1.0, 7.0, 7.0) - 0.5).abs() < 1e-14);
/// ```
#[doc(alias = "fdtr")]
pub fn fisher_cdf(f: f64, df1: f64, df2: f64) -> f64 {
    if f.is_nan() || !is_freedom(df1) || !is_freedom(df2) {
        return f64::NAN;
    }
    if f <= 0.0 { 0.0 } else { sides(f.ln(), df1, df2).0 }
}

/// Returns the value that F with `df1` and `df2` degrees of freedom (any numbers above 0) stays below with probability `p`.
///
/// Infinite at `p` = 1 and where it leaves the range of `f64`; NaN for `p` outside [0, 1] or degrees of freedom that are not
/// above 0 and finite.
///
/// ```
/// use copeak::inference::distribution::fisher_quantile;
/// assert!((fisher_quantile(0.975, 4.0, 10.5) - 4.365902).abs() < 1e-6);
/// ```
#[doc(alias = "fdtri")]
pub fn fisher_quantile(p: f64, df1: f64, df2: f64) -> f64 {
    if p.is_nan() || !(0.0..=1.0).contains(&p) || !is_freedom(df1) || !is_freedom(df2) {
        return f64::NAN;
    }
    if p == 0.0 || p == 1.0 {
        return if p == 0.0 { 0.0 } else { f64::INFINITY };
    }
    // In logarithms of both F and the smaller side, Newton's method, kept within a bracket that halves when it would leave.
    let lower = p <= 0.5;
    let wanted = if lower { p } else { 1.0 - p }.ln();
    let (mut least, mut most) = (-800.0, 800.0);
    let mut u = 0.0f64;
    for _ in 0..300 {
        let (below, above, density) = sides(u, df1, df2);
        let (mass, sign) = if lower { (below, 1.0) } else { (above, -1.0) };
        let excess = sign * (mass.ln() - wanted);
        if excess > 0.0 {
            most = u
        } else {
            least = u
        }
        let newton = u - excess * mass / density;
        let next = if newton > least && newton < most { newton } else { 0.5 * (least + most) };
        let step = (next - u).abs();
        u = next;
        if step <= 1e-15 * u.abs().max(1.0) {
            break;
        }
    }
    u.exp()
}

fn is_freedom(df: f64) -> bool {
    df > 0.0 && df.is_finite()
}

/// P(F < e^u), P(F > e^u) and the slope of the former in u.
fn sides(u: f64, df1: f64, df2: f64) -> (f64, f64, f64) {
    let (a, b) = (0.5 * df1, 0.5 * df2);
    let odds = u + (df1 / df2).ln();
    // x = odds/(1 + odds), y = 1 - x, and their logarithms, without cancellation on either side.
    let ln_1p_exp = |v: f64| if v > 0.0 { v + (-v).exp().ln_1p() } else { v.exp().ln_1p() };
    let (ln_x, ln_y) = (-ln_1p_exp(-odds), -ln_1p_exp(odds));
    let (x, y) = (ln_x.exp(), ln_y.exp());
    let ln_beta = libm::lgamma(a) + libm::lgamma(b) - libm::lgamma(a + b);
    let front = (a * ln_x + b * ln_y - ln_beta).exp();
    if x < (a + 1.0) / (a + b + 2.0) {
        let below = front * beta_fraction(a, b, x) / a;
        (below, 1.0 - below, front)
    } else {
        let above = front * beta_fraction(b, a, y) / b;
        (1.0 - above, above, front)
    }
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
    fn outside_their_domain_normal_and_t_are_nan() {
        assert!(normal_quantile(-0.1).is_nan() && normal_quantile(1.1).is_nan());
        assert_eq!(normal_quantile(1.0), f64::INFINITY);
        assert!(student_quantile(0.5, 0.0).is_nan() && student_quantile(f64::NAN, 3.0).is_nan());
        assert_eq!(student_quantile(0.0, 3.0), f64::NEG_INFINITY);
        assert!(student_cdf(1.0, -1.0).is_nan());
    }

    #[test]
    fn one_degree_of_freedom_is_t_squared() {
        for df in [1.0, 2.5, 9.0, 120.0] {
            for p in [0.05, 0.5, 0.9, 0.999] {
                let t = student_quantile(0.5 + 0.5 * p, df);
                let f = fisher_quantile(p, 1.0, df);
                assert!((f - t * t).abs() <= 1e-11 * t * t, "{df} {p}: {f} {}", t * t);
            }
        }
    }

    #[test]
    fn quantile_and_probability_are_inverse_and_turn_round() {
        for (df1, df2) in [(0.7, 3.0), (2.0, 2.0), (9.0, 27.0), (19.0, 4.3), (400.0, 1200.0)] {
            for p in [1e-6, 0.025, 0.4, 0.6, 0.975, 0.9999] {
                let f = fisher_quantile(p, df1, df2);
                assert!((fisher_cdf(f, df1, df2) - p).abs() <= 1e-12, "{df1} {df2} {p}");
                let turned = 1.0 / fisher_quantile(1.0 - p, df2, df1);
                assert!((f - turned).abs() <= 1e-9 * f, "{df1} {df2} {p}: {f} {turned}");
            }
        }
    }

    #[test]
    fn outside_its_domain_f_is_nan_and_at_its_ends_exact() {
        assert!(fisher_quantile(1.1, 2.0, 2.0).is_nan() && fisher_quantile(0.5, 0.0, 2.0).is_nan());
        assert!(fisher_quantile(0.5, 2.0, f64::INFINITY).is_nan() && fisher_cdf(f64::NAN, 1.0, 1.0).is_nan());
        assert_eq!(fisher_quantile(0.0, 2.0, 2.0), 0.0);
        assert_eq!(fisher_quantile(1.0, 2.0, 2.0), f64::INFINITY);
        assert_eq!(fisher_cdf(-1.0, 2.0, 2.0), 0.0);
    }
}
