//! Steps grouped into strides, the unit of inference.

use super::mean::around;
use super::{Estimate, checked_level};
use crate::{Error, Result};
use alloc::vec::Vec;
use core::ops::Range;

/// Which steps make up which stride.
///
/// Left and right steps are two populations, so intervals treat a stride as one unit: two steps that follow each
/// other directly, on opposite sides, are averaged. Pairs are formed from the first step on; a step whose partner is
/// missing (rejected, not recorded, or taken already) is a unit of one. For steps that were found in a recording:
/// [`Steps::strides`](crate::stride::Steps::strides).
///
/// ```
/// use copeak::inference::Strides;
/// // The fourth step does not follow the third: a step between them was rejected.
/// let follows = [true, true, false, true];
/// let strides = Strides::paired(5, |i| follows[i]);
/// assert_eq!(strides.iter().collect::<Vec<_>>(), [0..2, 2..3, 3..5]);
/// assert_eq!(strides.average(&[1.0, 3.0, 5.0, 6.0, 8.0])?, [2.0, 5.0, 7.0]);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Strides {
    /// First step of each unit, and the number of steps at the end.
    bounds: Vec<usize>,
}

impl Strides {
    /// Groups so many steps, in order of time: `with_next(i)` tells whether step `i` makes a stride with step `i + 1`, and is asked
    /// from the first step on for each that is not in a stride yet. The other steps are units of one.
    pub fn paired(steps: usize, with_next: impl Fn(usize) -> bool) -> Self {
        let mut bounds = Vec::with_capacity(steps / 2 + 2);
        let mut i = 0;
        while i < steps {
            bounds.push(i);
            i += if i + 1 < steps && with_next(i) { 2 } else { 1 };
        }
        bounds.push(steps);
        Self { bounds }
    }

    /// Every value its own unit: for values that are one per stride already.
    pub fn ungrouped(count: usize) -> Self {
        Self { bounds: (0..=count).collect() }
    }

    /// Number of units.
    pub fn len(&self) -> usize {
        self.bounds.len() - 1
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of steps.
    pub fn steps(&self) -> usize {
        self.bounds[self.len()]
    }

    /// The steps of one unit: one or two of them.
    ///
    /// # Panics
    /// When `unit` is not below [`Strides::len`], as indexing does.
    pub fn get(&self, unit: usize) -> Range<usize> {
        self.bounds[unit]..self.bounds[unit + 1]
    }

    /// The steps of each unit, in time order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Range<usize>> + '_ {
        (0..self.len()).map(|unit| self.get(unit))
    }

    /// One value per unit from one value per step. NaN means that the step has none: the unit is then the mean of
    /// the others, and a unit without any value is left out.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] unless there is one value per step; [`Error::NonFinite`] for an infinite value.
    pub fn average(&self, values: &[f64]) -> Result<Vec<f64>> {
        let operation = "averaging steps to strides";
        if values.len() != self.steps() {
            return Err(Error::LengthMismatch { operation, left: self.steps(), right: values.len() });
        }
        if let Some(index) = values.iter().position(|v| v.is_infinite()) {
            return Err(Error::NonFinite { operation, index });
        }
        Ok(self.iter().filter_map(|unit| mean_of_present(&values[unit])).collect())
    }

    /// Mean of one value per step, with a t-interval that counts strides (see [`super::t_interval`]).
    ///
    /// The estimate is the mean over steps; NaN marks a step without a value, which is left out.
    ///
    /// # Errors
    /// As [`Strides::average`]; [`Error::TooFew`] when no step has a value, [`Error::Parameter`] for a level outside
    /// (0, 1).
    pub fn mean(&self, values: &[f64], level: f64) -> Result<Estimate> {
        let level = checked_level(level)?;
        let units = self.average(values)?;
        match mean_of_present(values) {
            Some(value) => Ok(around(value, &units, level)),
            None => {
                Err(Error::TooFew { operation: "a mean over strides", unit: "strides", needed: 1, got: 0 })
            }
        }
    }
}

fn mean_of_present(values: &[f64]) -> Option<f64> {
    let present = || values.iter().filter(|v| !v.is_nan());
    let count = present().count();
    (count > 0).then(|| present().sum::<f64>() / count as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_value_equals_a_missing_step() {
        let strides = Strides::paired(4, |_| true);
        let with_nan = strides.mean(&[1.0, 2.0, f64::NAN, f64::NAN], 0.95).unwrap();
        let without = Strides::paired(2, |_| true).mean(&[1.0, 2.0], 0.95).unwrap();
        assert_eq!(with_nan, without);
        assert_eq!(strides.mean(&[1.0, 2.0, f64::NAN, 6.0], 0.95).unwrap().value, 3.0);
    }

    #[test]
    fn means_refuse_values_that_do_not_fit() {
        let strides = Strides::ungrouped(2);
        assert!(matches!(strides.mean(&[1.0], 0.95), Err(Error::LengthMismatch { left: 2, right: 1, .. })));
        assert!(matches!(strides.mean(&[f64::NAN; 2], 0.95), Err(Error::TooFew { .. })));
        assert!(matches!(strides.mean(&[1.0, f64::INFINITY], 0.9), Err(Error::NonFinite { index: 1, .. })));
        assert!(Strides::ungrouped(0).is_empty() && Strides::paired(0, |_| true).is_empty());
    }
}
