//! Proportions, permutation p values, many tests at once.

use super::distribution::normal_quantile;
use super::{Estimate, IntervalMethod, checked_level};
use crate::{Error, Result};
use alloc::{vec, vec::Vec};
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// A proportion with Wilson's score interval (1927).
///
/// ```
/// use copeak::inference::wilson;
/// let order = wilson(5, 5, 0.95)?;
/// assert_eq!(order.value, 1.0);
/// assert!(order.ci.is_some_and(|(low, high)| low > 0.56 && low < 0.57 && high == 1.0));
/// # Ok::<(), copeak::Error>(())
/// ```
///
/// # Errors
/// [`Error::TooFew`] without trials; [`Error::Parameter`] for more successes than trials or a level outside (0, 1).
#[doc(alias = "proportion_ci")]
pub fn wilson(successes: usize, trials: usize, level: f64) -> Result<Estimate> {
    let level = checked_level(level)?;
    if trials == 0 {
        return Err(Error::TooFew { operation: "a proportion", unit: "trials", needed: 1, got: 0 });
    }
    if successes > trials {
        return Err(Error::Parameter {
            name: "successes",
            rule: "at most the number of trials",
            value: successes as f64,
        });
    }
    let (k, n) = (successes as f64, trials as f64);
    let z = normal_quantile(0.5 + level / 2.0);
    let centre = (k + z * z / 2.0) / (n + z * z);
    let reach = z / (n + z * z) * (k * (n - k) / n + z * z / 4.0).sqrt();
    // At the ends the formula gives exactly 0 or 1; rounding must not leave a speck.
    let low = if successes == 0 { 0.0 } else { centre - reach };
    let high = if successes == trials { 1.0 } else { centre + reach };
    Ok(Estimate {
        value: k / n,
        ci: Some((low, high)),
        level,
        approximate: trials < 10,
        n: trials,
        autocorrelation: 0.0,
        method: IntervalMethod::Wilson,
    })
}

/// The p value of an observed statistic among surrogates that are as likely under the null: (1 + those at least as
/// large)/(1 + all), which is never 0 (Phipson & Smyth 2010).
///
/// A surrogate within 1e-12 of the observed value, relative to its size or to 1, counts as equal: the order in which
/// sums were taken must not decide. Surrogates that are NaN count as large.
///
/// ```
/// use copeak::inference::permutation_p;
/// assert_eq!(permutation_p(0.5, [0.1, 0.2, 0.7]), 0.5);
/// assert_eq!(permutation_p(0.9, [0.1, 0.2, 0.7]), 0.25);
/// ```
pub fn permutation_p(observed: f64, surrogates: impl IntoIterator<Item = f64>) -> f64 {
    let bar = observed - 1e-12 * observed.abs().max(1.0);
    let (mut large, mut all) = (1usize, 1usize);
    for surrogate in surrogates {
        all += 1;
        large += usize::from(surrogate >= bar || surrogate.is_nan());
    }
    large as f64 / all as f64
}

/// p values adjusted for their number so that the share of false discoveries is held (Benjamini & Hochberg 1995).
///
/// In the order given; equals SciPy's `false_discovery_control`.
///
/// ```
/// use copeak::inference::benjamini_hochberg;
/// assert_eq!(benjamini_hochberg(&[0.01, 0.5, 0.02, 0.25])?, [0.04, 0.5, 0.04, 0.25 * 4.0 / 3.0]);
/// # Ok::<(), copeak::Error>(())
/// ```
///
/// # Errors
/// [`Error::Parameter`] for a value outside [0, 1] or NaN.
#[doc(alias = "false_discovery_control")]
pub fn benjamini_hochberg(p: &[f64]) -> Result<Vec<f64>> {
    if let Some(&value) = p.iter().find(|p| !(0.0..=1.0).contains(*p)) {
        return Err(Error::Parameter { name: "p value", rule: "between 0 and 1", value });
    }
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|&a, &b| p[a].total_cmp(&p[b]));
    let mut adjusted = vec![0.0; p.len()];
    let mut least = 1.0f64;
    for (rank, &i) in order.iter().enumerate().rev() {
        least = least.min(p[i] * p.len() as f64 / (rank + 1) as f64);
        adjusted[i] = least;
    }
    Ok(adjusted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_input_is_named() {
        assert!(matches!(wilson(0, 0, 0.95), Err(Error::TooFew { .. })));
        assert!(matches!(wilson(2, 1, 0.95), Err(Error::Parameter { name: "successes", .. })));
        assert!(matches!(benjamini_hochberg(&[0.1, f64::NAN]), Err(Error::Parameter { .. })));
        assert_eq!(benjamini_hochberg(&[]).unwrap(), []);
    }

    #[test]
    fn equal_up_to_rounding_counts_as_equal() {
        assert_eq!(permutation_p(0.3, [0.1 + 0.2, 0.3 - 1e-14]), 1.0);
        assert_eq!(permutation_p(0.3, [0.3 - 1e-9, f64::NAN]), 2.0 / 3.0);
    }

    #[test]
    fn wilson_is_symmetric() {
        let (a, b) = (wilson(3, 17, 0.9).unwrap().ci.unwrap(), wilson(14, 17, 0.9).unwrap().ci.unwrap());
        assert!((a.0 + b.1 - 1.0).abs() < 1e-15 && (a.1 + b.0 - 1.0).abs() < 1e-15);
        assert_eq!(wilson(0, 4, 0.95).unwrap().ci.unwrap().0, 0.0);
    }
}
