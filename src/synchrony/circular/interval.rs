//! How sure the mean phase is.

use super::Circular;
use crate::Result;
use crate::inference::{Interval, checked_level, distribution::normal_quantile};
use core::f64::consts::TAU;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

impl Circular {
    /// Confidence interval of the mean phase, laid around [`Circular::mean`] without wrapping: its ends may be below 0 or
    /// above 1, so that the first is always the lower one.
    ///
    /// For phases that are von Mises distributed (Upton 1986; Zar, *Biostatistical Analysis*, 5th ed. (2010), section
    /// 26.7). `None` where the phases scatter so much that the interval is the whole circle. Weights count as
    /// repetitions. Successive strides must be independent; the level is approximate below eight phases.
    ///
    /// ```
    /// use copeak::synchrony::Circular;
    /// let peaks = Circular::of(&[0.98, 0.01, 0.05, 0.93, 0.02, 0.99, 0.03, 0.97])?;
    /// let ci = peaks.mean_interval(0.95)?.unwrap();
    /// assert!(ci.width() < 0.06 && ci.high > 1.0);
    /// let spread = Circular::of(&[0.1, 0.5, 0.8])?;
    /// assert_eq!(spread.mean_interval(0.95)?, None);
    /// # Ok::<(), copeak::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`crate::Error::Parameter`] for a level outside (0, 1).
    #[doc(alias = "circ_confmean")]
    pub fn mean_interval(&self, level: f64) -> Result<Option<Interval>> {
        let chi2 = normal_quantile(0.5 + 0.5 * checked_level(level)?).powi(2);
        let n = self.weight;
        let sum = n * self.resultant;
        let cos = if self.resultant <= 0.9 {
            (2.0 * n * (2.0 * sum * sum - n * chi2) / (4.0 * n - chi2)).sqrt() / sum
        } else {
            (n * n - (n * n - sum * sum) * (chi2 / n).exp()).sqrt() / sum
        };
        // NaN where there is no such interval.
        let reach = cos.min(1.0).acos() / TAU;
        Ok(self.mean.filter(|_| !cos.is_nan()).map(|mean| Interval::around(mean, reach)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::difference;
    use super::*;
    use crate::inference::draw::Draws;
    use alloc::vec::Vec;

    /// Wrapped normal phases of this standard deviation around 0.3 hold their mean in the interval.
    #[test]
    fn the_interval_holds_its_level() {
        for n in [8, 12, 30] {
            for sd in [0.02, 0.08, 0.12] {
                let mut draws = Draws::new(9);
                let (mut held, mut given) = (0, 0);
                for _ in 0..4000 {
                    let phases: Vec<f64> = (0..n).map(|_| 0.3 + sd * draws.normal()).collect();
                    if let Some(ci) = Circular::of(&phases).unwrap().mean_interval(0.95).unwrap() {
                        given += 1;
                        let from_low = difference(0.3, ci.low);
                        held += usize::from(from_low >= 0.0 && from_low <= ci.width());
                    }
                }
                let coverage = f64::from(held as u32) / f64::from(given);
                assert!((0.92..=0.98).contains(&coverage), "{n} phases of SD {sd}: {coverage}");
                assert!(given > 3600, "{n} phases of SD {sd}: {given} of 4000 have one");
            }
        }
    }

    #[test]
    fn equal_phases_have_a_mean_without_doubt() {
        let ci = Circular::of(&[0.25; 4]).unwrap().mean_interval(0.95).unwrap().unwrap();
        assert!((ci.low - 0.25).abs() < 1e-7 && (ci.high - 0.25).abs() < 1e-7, "{ci}");
        assert_eq!(Circular::of(&[0.0, 0.5]).unwrap().mean_interval(0.95).unwrap(), None);
        assert!(Circular::of(&[0.0]).unwrap().mean_interval(1.0).is_err());
    }
}
