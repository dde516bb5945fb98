//! How much a time scatters.

use crate::math::moments;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// The scatter of a time from cycle to cycle, and how much of it is measurement.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct PulseJitter {
    /// Standard deviation of the measured times.
    pub observed_s: f64,
    /// Root mean square of their standard errors; `None` when they are not known.
    pub error_s: Option<f64>,
    /// What is left for the runner: the root of the observed variance less the mean squared standard error, 0 when that
    /// is larger.
    pub corrected_s: Option<f64>,
    /// How many times.
    pub n: usize,
}

impl PulseJitter {
    /// The jitter of `times_s`, which are relative to where each belongs in its cycle, with their standard errors; `None`
    /// below two times, for one that is not finite, and for a number of errors other than theirs.
    ///
    /// ```
    /// use copeak::peak::PulseJitter;
    /// let jitter = PulseJitter::of(&[0.005, -0.005, 0.0, 0.005, -0.005], Some(&[0.003; 5])).unwrap();
    /// assert_eq!(jitter.observed_s, 0.005);
    /// assert!((jitter.corrected_s.unwrap() - 0.004).abs() < 1e-12);
    /// ```
    pub fn of(times_s: &[f64], errors_s: Option<&[f64]>) -> Option<Self> {
        let n = times_s.len();
        let wrong = errors_s.is_some_and(|errors| errors.len() != n);
        if n < 2 || wrong || times_s.iter().any(|t| !t.is_finite()) {
            return None;
        }
        let variance = moments(times_s).1;
        let of_errors = errors_s.map(|errors| errors.iter().map(|e| e * e).sum::<f64>() / n as f64);
        Some(Self {
            observed_s: variance.sqrt(),
            error_s: of_errors.map(f64::sqrt),
            corrected_s: of_errors.map(|e| (variance - e).max(0.0).sqrt()),
            n,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_measurement_explains_is_no_jitter() {
        let times = [0.1, -0.1, 0.1, -0.1];
        let of = |errors: Option<&[f64]>| PulseJitter::of(&times, errors);
        assert_eq!(of(Some(&[0.2; 4])).unwrap().corrected_s, Some(0.0));
        let unknown = of(None).unwrap();
        assert_eq!((unknown.error_s, unknown.corrected_s, unknown.n), (None, None, 4));
        assert_eq!(of(Some(&[0.2; 3])), None);
        assert_eq!(PulseJitter::of(&times[..1], None), None);
        assert_eq!(PulseJitter::of(&[0.0, f64::NAN], None), None);
    }
}
