//! The F distribution.

use super::beta_fraction;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Probability that F with `df1` and `df2` degrees of freedom is at most `f`; NaN unless both are above 0.
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

/// The value that F with `df1` and `df2` degrees of freedom (any numbers above 0) stays below with probability `p`.
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
    use super::super::student_quantile;
    use super::*;

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
    fn outside_the_domain_there_is_no_number() {
        assert!(fisher_quantile(1.1, 2.0, 2.0).is_nan() && fisher_quantile(0.5, 0.0, 2.0).is_nan());
        assert!(fisher_quantile(0.5, 2.0, f64::INFINITY).is_nan() && fisher_cdf(f64::NAN, 1.0, 1.0).is_nan());
        assert_eq!(fisher_quantile(0.0, 2.0, 2.0), 0.0);
        assert_eq!(fisher_quantile(1.0, 2.0, 2.0), f64::INFINITY);
        assert_eq!(fisher_cdf(-1.0, 2.0, 2.0), 0.0);
    }
}
