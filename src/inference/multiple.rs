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
        assert!(matches!(benjamini_hochberg(&[0.1, f64::NAN]), Err(Error::Parameter { .. })));
        assert_eq!(benjamini_hochberg(&[]).unwrap(), []);
    }

    #[test]
    fn no_adjusted_p_exceeds_one() {
        for n in 1..60 {
            let adjusted = benjamini_hochberg(&vec![1.0; n]).unwrap();
            assert!(adjusted.iter().all(|p| *p == 1.0), "{n}: {adjusted:?}");
        }
    }
}
