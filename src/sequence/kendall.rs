//! Kendall's tau-b.

use crate::{Error, Result};
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Kendall's tau-b between two rows of values: 1 when they rise together, -1 when one falls where the other rises.
///
/// Ties count for neither. `None` when one row is constant, for then nothing orders it. Quadratic in the number of
/// values, which are a handful of channels here. Equals `scipy.stats.kendalltau`.
///
/// ```
/// use copeak::sequence::kendall_tau_b;
/// assert_eq!(kendall_tau_b(&[1.0, 2.0, 3.0], &[0.1, 0.3, 0.2])?, Some(1.0 / 3.0));
/// assert_eq!(kendall_tau_b(&[1.0, 2.0], &[5.0, 5.0])?, None);
/// # Ok::<(), copeak::Error>(())
/// ```
///
/// Kendall (1945), *Biometrika* 33:239-251, [doi:10.1093/biomet/33.3.239](https://doi.org/10.1093/biomet/33.3.239).
///
/// # Errors
/// [`Error::LengthMismatch`], [`Error::TooFew`] below 2 values, [`Error::NonFinite`].
#[doc(alias = "kendalltau")]
pub fn kendall_tau_b(a: &[f64], b: &[f64]) -> Result<Option<f64>> {
    let operation = "Kendall's tau";
    if a.len() != b.len() {
        return Err(Error::LengthMismatch { operation, left: a.len(), right: b.len() });
    }
    if a.len() < 2 {
        return Err(Error::TooFew { operation, unit: "values", needed: 2, got: a.len() });
    }
    if let Some(index) = (0..a.len()).find(|&i| !(a[i].is_finite() && b[i].is_finite())) {
        return Err(Error::NonFinite { operation, index });
    }
    let sign = |later: f64, earlier: f64| i64::from(later > earlier) - i64::from(later < earlier);
    let (mut agreement, mut untied_a, mut untied_b) = (0, 0, 0);
    for j in 1..a.len() {
        for i in 0..j {
            let (da, db) = (sign(a[j], a[i]), sign(b[j], b[i]));
            agreement += da * db;
            untied_a += da * da;
            untied_b += db * db;
        }
    }
    // One root of the product: a perfect order without ties gives exactly 1.
    let scale = (untied_a as f64 * untied_b as f64).sqrt();
    Ok((scale > 0.0).then(|| agreement as f64 / scale))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_and_bad_input() {
        // scipy.stats.kendalltau([1, 2, 2, 4], [1, 3, 2, 2]).statistic
        let tau = kendall_tau_b(&[1.0, 2.0, 2.0, 4.0], &[1.0, 3.0, 2.0, 2.0]).unwrap().unwrap();
        assert!((tau - 0.4).abs() < 1e-15, "{tau}");
        assert!(matches!(kendall_tau_b(&[1.0], &[1.0]), Err(Error::TooFew { .. })));
        assert!(matches!(kendall_tau_b(&[1.0, 2.0], &[1.0]), Err(Error::LengthMismatch { .. })));
        let result = kendall_tau_b(&[1.0, 2.0], &[1.0, f64::NAN]);
        assert!(matches!(result, Err(Error::NonFinite { index: 1, .. })));
    }
}
