//! What every recursive design shares: the rules for order and passes, and its sections computed on demand.

use super::poles::Plan;
use super::section::Section;
use crate::{Error, Real, Result};
use core::marker::PhantomData;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// The highest order a design may have.
const HIGHEST: usize = 1000;

/// The order, when a design may have it.
pub(super) fn checked_order(order: usize) -> Result<usize> {
    if (1..=HIGHEST).contains(&order) {
        return Ok(order);
    }
    Err(Error::Parameter { name: "filter order", rule: "from 1 to 1000", value: order as f64 })
}

/// The number of passes, when there is at least one.
pub(super) fn checked_passes(passes: usize) -> Result<usize> {
    if passes > 0 {
        return Ok(passes);
    }
    Err(Error::Parameter { name: "number of passes", rule: "at least 1", value: 0.0 })
}

/// The sections of a design, computed on demand.
#[derive(Debug, Clone)]
pub struct Sections<T> {
    plan: Plan,
    /// The whole gain, when the first section carries it.
    lumped: Option<f64>,
    next: usize,
    sample: PhantomData<T>,
}

impl<T: Real> Sections<T> {
    /// Every section is tried once, so that iterating cannot fail.
    pub(super) fn new(plan: Plan) -> Result<Self> {
        let mut total = 1.0;
        for i in 0..plan.count() {
            let (row, gain) = plan.row::<T>(i);
            row.section(gain)?;
            total *= gain;
        }
        let lumped = total > T::min_positive_value().as_f64().sqrt();
        Ok(Self { plan, lumped: lumped.then_some(total), next: 0, sample: PhantomData })
    }

    /// All of them, when there are `N`.
    pub(super) fn array<const N: usize>(mut self) -> Result<[Section<T>; N]> {
        let right = self.plan.count();
        match self.next() {
            Some(first) if N == right => {
                let mut array = [first; N];
                for (place, section) in array[1..].iter_mut().zip(self) {
                    *place = section;
                }
                Ok(array)
            }
            _ => Err(Error::LengthMismatch { operation: "an array of sections", left: N, right }),
        }
    }
}

impl<T: Real> Iterator for Sections<T> {
    type Item = Section<T>;

    fn next(&mut self) -> Option<Section<T>> {
        if self.next == self.plan.count() {
            return None;
        }
        let (row, own) = self.plan.row::<T>(self.next);
        let gain = match self.lumped {
            Some(total) if self.next == 0 => total,
            Some(_) => 1.0,
            None => own,
        };
        self.next += 1;
        row.section(gain).ok()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.plan.count() - self.next;
        (left, Some(left))
    }
}

impl<T: Real> ExactSizeIterator for Sections<T> {}
