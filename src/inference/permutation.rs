//! Permutation and surrogate p values.

/// The p value of an observed statistic among surrogates that are as likely under the null: (1 + those at least as
/// large)/(1 + all), which is never 0 (Phipson & Smyth 2010).
///
/// A surrogate within 1e-12 of the observed value, relative to its size or to 1, counts as equal: the order in which
/// sums were taken must not decide. Surrogates that are NaN count as large; an observed NaN gives 1, and infinite values
/// are compared as they are.
///
/// ```
/// use copeak::inference::permutation_p;
/// assert_eq!(permutation_p(0.5, [0.1, 0.2, 0.7]), 0.5);
/// assert_eq!(permutation_p(0.9, [0.1, 0.2, 0.7]), 0.25);
/// ```
#[doc(alias = "permutation_test")]
pub fn permutation_p(observed: f64, surrogates: impl IntoIterator<Item = f64>) -> f64 {
    let slack = if observed.is_finite() { 1e-12 * observed.abs().max(1.0) } else { 0.0 };
    let bar = observed - slack;
    let (mut large, mut all) = (1usize, 1usize);
    for surrogate in surrogates {
        all += 1;
        large += usize::from(surrogate >= bar || surrogate.is_nan() || bar.is_nan());
    }
    large as f64 / all as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_up_to_rounding_counts_as_equal() {
        assert_eq!(permutation_p(0.3, [0.1 + 0.2, 0.3 - 1e-14]), 1.0);
        assert_eq!(permutation_p(0.3, [0.3 - 1e-9, f64::NAN]), 2.0 / 3.0);
    }

    #[test]
    fn what_is_not_finite_is_never_significant_for_it() {
        let infinite = f64::INFINITY;
        assert_eq!(permutation_p(f64::NAN, [0.1, 0.2, infinite]), 1.0);
        assert_eq!(permutation_p(infinite, [0.1, infinite, f64::NAN]), 0.75);
        assert_eq!(permutation_p(-infinite, [0.1, -infinite]), 1.0);
    }
}
