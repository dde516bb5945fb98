//! Steps grouped into strides, the unit of inference.

use super::mean::around;
use super::{Estimate, checked_level};
use crate::event::Side;
use crate::stride::Step;
use crate::{Error, Result};
use alloc::vec::Vec;
use core::ops::Range;

/// Which steps make up which stride.
///
/// Left and right steps are two populations, so intervals treat a stride as one unit: two steps that follow each
/// other directly, on opposite sides, are averaged. Pairs are formed from the first step on; a step whose partner is
/// missing (rejected, not recorded, or taken already) stands as a unit of its own.
///
/// ```
/// use copeak::{event::Side::{Left, Right}, inference::Strides};
/// // The fourth step does not follow the third: a step between them was rejected.
/// let strides = Strides::paired(&[Right, Left, Right, Right, Left], &[true, true, false, true])?;
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
    /// Strides of steps in time order; `follows[i]` tells whether step `i + 1` follows step `i` directly.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] unless `follows` is one shorter than `sides` (both empty will do).
    pub fn paired(sides: &[Side], follows: &[bool]) -> Result<Self> {
        if follows.len() != sides.len().saturating_sub(1) {
            return Err(Error::LengthMismatch {
                operation: "pairing steps (sides less one, and followings)",
                left: sides.len().saturating_sub(1),
                right: follows.len(),
            });
        }
        Ok(Self::group(sides.len(), |i| follows[i] && sides[i] != sides[i + 1]))
    }

    /// Strides of these steps, which are taken as they are: pass the accepted ones, in time order.
    ///
    /// A step follows the one before it directly when it starts where that one ends, to within half that step.
    pub fn of_steps(steps: &[Step]) -> Self {
        Self::group(steps.len(), |i| {
            let (now, next) = (&steps[i], &steps[i + 1]);
            let gap = (next.start_s() - now.end_s).abs();
            now.side() != next.side() && gap <= 0.5 * (now.end_s - now.start_s())
        })
    }

    /// Every value its own unit: for values that are one per stride already.
    pub fn ungrouped(count: usize) -> Self {
        Self { bounds: (0..=count).collect() }
    }

    fn group(count: usize, pairs_with_next: impl Fn(usize) -> bool) -> Self {
        let mut bounds = Vec::with_capacity(count / 2 + 2);
        let mut i = 0;
        while i < count {
            bounds.push(i);
            i += if i + 1 < count && pairs_with_next(i) { 2 } else { 1 };
        }
        bounds.push(count);
        Self { bounds }
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
    use Side::{Left, Right};

    #[test]
    fn a_missing_value_equals_a_missing_step() {
        let strides = Strides::paired(&[Right, Left, Right, Left], &[true; 3]).unwrap();
        let with_nan = strides.mean(&[1.0, 2.0, f64::NAN, f64::NAN], 0.95).unwrap();
        let without = Strides::paired(&[Right, Left], &[true]).unwrap().mean(&[1.0, 2.0], 0.95).unwrap();
        assert_eq!(with_nan, without);
        assert_eq!(strides.mean(&[1.0, 2.0, f64::NAN, 6.0], 0.95).unwrap().value, 3.0);
    }

    #[test]
    fn bad_input_is_named() {
        assert!(matches!(Strides::paired(&[Left], &[true]), Err(Error::LengthMismatch { .. })));
        let strides = Strides::ungrouped(2);
        assert!(matches!(strides.mean(&[1.0], 0.95), Err(Error::LengthMismatch { left: 2, right: 1, .. })));
        assert!(matches!(strides.mean(&[f64::NAN; 2], 0.95), Err(Error::TooFew { .. })));
        assert!(matches!(strides.mean(&[1.0, f64::INFINITY], 0.9), Err(Error::NonFinite { index: 1, .. })));
        assert!(Strides::ungrouped(0).is_empty() && Strides::paired(&[], &[]).unwrap().is_empty());
    }
}
