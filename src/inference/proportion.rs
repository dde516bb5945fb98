//! Proportions.

use super::distribution::normal_quantile;
use super::{Estimate, Interval, IntervalMethod, checked_level};
use crate::{Error, Result};
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// A proportion with Wilson's score interval.
///
/// Wilson (1927), *J Am Stat Assoc* 22:209-212,
/// [doi:10.1080/01621459.1927.10502953](https://doi.org/10.1080/01621459.1927.10502953).
///
/// ```
/// use copeak::inference::wilson;
/// let order = wilson(5, 5, 0.95)?;
/// assert_eq!(order.value, 1.0);
/// assert!(order.ci.is_some_and(|ci| ci.low > 0.56 && ci.low < 0.57 && ci.high == 1.0));
/// # Ok::<(), copeak::Error>(())
/// ```
///
/// # Errors
/// [`Error::TooFew`] without trials; [`Error::Parameter`] for more successes than trials or a level outside (0, 1).
#[doc(alias = "proportion_ci")]
#[doc(alias = "proportion_confint")]
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
    Ok(Estimate::new(k / n, Ok(Interval::new(low, high)), level, trials, IntervalMethod::Wilson))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_input_is_named() {
        assert!(matches!(wilson(0, 0, 0.95), Err(Error::TooFew { .. })));
        assert!(matches!(wilson(2, 1, 0.95), Err(Error::Parameter { name: "successes", .. })));
    }

    #[test]
    fn wilson_is_symmetric() {
        let (a, b) = (wilson(3, 17, 0.9).unwrap().ci.unwrap(), wilson(14, 17, 0.9).unwrap().ci.unwrap());
        assert!((a.low + b.high - 1.0).abs() < 1e-15 && (a.high + b.low - 1.0).abs() < 1e-15);
        assert_eq!(wilson(0, 4, 0.95).unwrap().ci.unwrap().low, 0.0);
    }
}
