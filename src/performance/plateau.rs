//! Plateaus: speed no longer rises while force still does.

use super::speed_model::{dot, standardised};
use crate::inference::distribution::student_quantile;
use crate::inference::{Estimate, Interval, checked_level, interval::IntervalMethod};
use crate::math::moments;
use crate::{Error, Result};
use alloc::vec::Vec;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Finds a plateau over successive trials of one athlete.
///
/// Slopes are least-squares lines over the trials' numbers, with t-intervals that assume independent deviations of the trials
/// from the line. There is a plateau when the upper end of the interval of speed's slope lies below `delta` (1 % of the mean
/// speed per trial unless set) while the whole interval of force's slope lies above 0. A falling speed is a plateau as well: the
/// question is whether more force still increases speed.
///
/// ```
/// use copeak::performance::PlateauFinder;
/// let speed = [9.00, 9.02, 8.99, 9.01, 9.00, 9.01];
/// let force = [4.00, 4.11, 4.19, 4.32, 4.40, 4.52];
/// let found = PlateauFinder::new().find(&speed, &force)?;
/// assert!(found.plateau && found.speed_slope.value < found.delta);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlateauFinder {
    level: f64,
    delta: Option<f64>,
}

/// The result of [`PlateauFinder`].
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SpeedPlateau {
    /// Rise of speed from trial to trial, in its unit.
    pub speed_slope: Estimate,
    /// Rise of force from trial to trial, in its unit.
    pub force_slope: Estimate,
    /// The rise below which speed counts as constant.
    pub delta: f64,
    /// Whether speed is constant while force rises. `false` does not show a rise: too few or too scattered trials cannot
    /// show a plateau.
    pub plateau: bool,
}

impl Default for PlateauFinder {
    fn default() -> Self {
        Self::new()
    }
}

impl PlateauFinder {
    /// Creates a finder with 90 % intervals and a delta of 1 % of the mean speed.
    pub fn new() -> Self {
        Self { level: 0.90, delta: None }
    }

    /// Sets the confidence level, between 0 and 1.
    #[must_use]
    pub fn level(self, level: f64) -> Self {
        Self { level, ..self }
    }

    /// Sets the rise per trial, in the unit of speed, below which speed counts as constant: finite and above 0.
    #[must_use]
    pub fn delta(self, delta: f64) -> Self {
        Self { delta: Some(delta), ..self }
    }

    /// Searches the speed and force of trials in the order in which they were run.
    ///
    /// # Errors
    /// [`Error::Parameter`] for a level or delta outside its range; [`Error::LengthMismatch`]; [`Error::TooFew`] below five
    /// trials; [`Error::NonFinite`].
    pub fn find(&self, speed: &[f64], force: &[f64]) -> Result<SpeedPlateau> {
        let operation = "a plateau";
        checked_level(self.level)?;
        if let Some(value) = self.delta.filter(|delta| !(delta.is_finite() && *delta > 0.0)) {
            return Err(Error::Parameter { name: "delta", rule: "finite and above 0", value });
        }
        let (left, right) = (speed.len(), force.len());
        if left != right {
            return Err(Error::LengthMismatch { operation, left, right });
        }
        if left < 5 {
            return Err(Error::TooFew { operation, unit: "trials", needed: 5, got: left });
        }
        if let Some(index) = (0..left).find(|&i| !(speed[i].is_finite() && force[i].is_finite())) {
            return Err(Error::NonFinite { operation, index });
        }
        let (speed_slope, force_slope) = (self.slope(speed), self.slope(force));
        let delta = self.delta.unwrap_or_else(|| 0.01 * moments(speed).0.abs());
        let is_constant = speed_slope.ci.is_some_and(|ci| ci.high < delta);
        let rises = force_slope.ci.is_some_and(|ci| ci.low > 0.0);
        Ok(SpeedPlateau { speed_slope, force_slope, delta, plateau: is_constant && rises })
    }

    fn slope(&self, y: &[f64]) -> Estimate {
        let n = y.len();
        let numbers: Vec<f64> = (0..n).map(|i| i as f64).collect();
        let sd = moments(&numbers).1.sqrt();
        let line = standardised(&numbers);
        let (mean, _) = moments(y);
        let along = dot(&line, y) / dot(&line, &line);
        let left: f64 = y.iter().zip(&line).map(|(y, l)| (y - mean - along * l).powi(2)).sum();
        let freedom = (n - 2) as f64;
        let error = (left / freedom / dot(&line, &line)).sqrt() / sd;
        let reach = student_quantile(0.5 + self.level / 2.0, freedom) * error;
        let value = along / sd;
        Estimate::new(value, Ok(Interval::around(value, reach)), self.level, n, IntervalMethod::StudentT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inference::draw::Draws;

    #[test]
    fn a_rising_speed_or_a_constant_force_is_no_plateau() {
        let up = [1.0, 2.1, 2.9, 4.0, 5.1];
        let flat = [3.0, 3.001, 2.999, 3.0, 3.001];
        let find = |speed: &[f64], force: &[f64]| PlateauFinder::new().find(speed, force).unwrap().plateau;
        assert!(find(&flat, &up) && !find(&up, &up) && !find(&flat, &flat) && !find(&up, &flat));
        let loose = PlateauFinder::new().delta(2.0).find(&up, &up).unwrap();
        assert!(loose.plateau && (loose.speed_slope.value - 1.01).abs() < 1e-12);
    }

    /// A speed that rises by exactly delta is called a plateau in 5 % (one end of a 90 % interval), for any number of trials.
    #[test]
    fn false_plateaus_stay_at_their_level() {
        let mut draws = Draws::new(11);
        for n in [5, 12] {
            let called = (0..40_000)
                .filter(|_| {
                    let speed: Vec<f64> =
                        (0..n).map(|i| 9.0 + 0.09 * i as f64 + 0.1 * draws.normal()).collect();
                    let force: Vec<f64> = (0..n).map(f64::from).collect();
                    PlateauFinder::new().delta(0.09).find(&speed, &force).unwrap().plateau
                })
                .count() as f64
                / 40_000.0;
            assert!((0.0467..=0.0533).contains(&called), "{n}: {called}");
        }
    }

    #[test]
    fn unequal_few_or_missing_trials_and_settings_out_of_range_are_errors() {
        let find = |speed: &[f64], force: &[f64]| PlateauFinder::new().find(speed, force);
        assert!(matches!(find(&[1.0; 4], &[1.0; 4]), Err(Error::TooFew { .. })));
        assert!(matches!(find(&[1.0; 5], &[1.0; 4]), Err(Error::LengthMismatch { .. })));
        assert!(matches!(find(&[1.0; 5], &[f64::NAN; 5]), Err(Error::NonFinite { index: 0, .. })));
        for bad in [PlateauFinder::new().delta(0.0), PlateauFinder::default().level(0.0)] {
            assert!(matches!(bad.find(&[1.0, 2.0, 3.0, 4.0, 6.0], &[1.0; 5]), Err(Error::Parameter { .. })));
        }
    }
}
