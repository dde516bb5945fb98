//! Many tests at once.

use crate::{Error, Result};
use alloc::{vec, vec::Vec};

/// p values adjusted for their number so that the share of false discoveries is held.
///
/// In the order given; equals SciPy's `false_discovery_control`.
///
/// Benjamini & Hochberg (1995), *J R Stat Soc B* 57:289-300,
/// [doi:10.1111/j.2517-6161.1995.tb02031.x](https://doi.org/10.1111/j.2517-6161.1995.tb02031.x).
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
#[doc(alias = "multipletests")]
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

/// p values of several tests, adjusted so that the chance of any false alarm among them is held: each observed statistic
/// against the largest of all statistics in the same surrogate (Westfall & Young 1993; Nichols & Holmes 2002, *Hum Brain Mapp*
/// 15:1-25, [doi:10.1002/hbm.1058](https://doi.org/10.1002/hbm.1058)).
///
/// Allows for dependence between the tests, because every surrogate keeps it. The statistics must be comparable: correlations
/// or t values, not raw differences in different units. The p rule is that of [`super::permutation_p`]: (1 + surrogates at
/// least as large)/(1 + all).
///
/// ```
/// use copeak::inference::max_statistic;
/// let surrogates = [[0.1, 0.3], [0.2, 0.9], [0.4, 0.1]];
/// assert_eq!(max_statistic(&[0.8, 0.35], surrogates)?, [0.5, 0.75]);
/// # Ok::<(), copeak::Error>(())
/// ```
///
/// # Errors
/// [`Error::LengthMismatch`] for a surrogate with another number of statistics.
pub fn max_statistic<R: AsRef<[f64]>>(
    observed: &[f64],
    surrogates: impl IntoIterator<Item = R>,
) -> Result<Vec<f64>> {
    let mut largest = Vec::new();
    for surrogate in surrogates {
        let surrogate = surrogate.as_ref();
        if surrogate.len() != observed.len() {
            let operation = "the largest of several statistics (observed, surrogate)";
            return Err(Error::LengthMismatch { operation, left: observed.len(), right: surrogate.len() });
        }
        // NaN is as large as anything, so that it is never an argument against the null.
        let larger = |a: f64, b: f64| if a.is_nan() || b <= a { a } else { b };
        largest.push(surrogate.iter().copied().fold(f64::NEG_INFINITY, larger));
    }
    Ok(observed.iter().map(|&o| super::permutation_p(o, largest.iter().copied())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_input_is_named() {
        assert!(matches!(benjamini_hochberg(&[0.1, f64::NAN]), Err(Error::Parameter { .. })));
        assert_eq!(benjamini_hochberg(&[]).unwrap(), []);
    }

    #[test]
    fn the_largest_of_each_surrogate_counts() {
        let refused = max_statistic(&[1.0, 2.0], [[1.0]]);
        assert!(matches!(refused, Err(Error::LengthMismatch { left: 2, right: 1, .. })));
        let p = max_statistic(&[3.0, 1.0], [[0.0, f64::NAN], [2.0, 0.0], [f64::NAN, 0.5]]).unwrap();
        assert_eq!(p, [0.75, 1.0]);
        assert_eq!(max_statistic::<[f64; 0]>(&[], []).unwrap(), []);
    }

    #[test]
    fn no_adjusted_p_exceeds_one() {
        for n in 1..60 {
            let adjusted = benjamini_hochberg(&vec![1.0; n]).unwrap();
            assert!(adjusted.iter().all(|p| *p == 1.0), "{n}: {adjusted:?}");
        }
    }
}
