//! A closed interval, open to either side where it has no bound.

use crate::{Error, Result};
use core::ops::{RangeFrom, RangeFull, RangeInclusive, RangeToInclusive};

/// What a property of a peak must lie between, both ends included.
///
/// Made from a number (the least), or from a range: `0.5`, `0.5..=2.0`, `0.5..`, `..=2.0`; `..` measures the property
/// and rejects nothing.
///
/// ```
/// use copeak::peak::Bounds;
/// assert!(Bounds::from(2.0).holds(2.0));
/// assert!(!Bounds::from(..=2.0).holds(2.5));
/// assert!(Bounds::from(..).holds(f64::NAN));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Bounds {
    least: Option<f64>,
    most: Option<f64>,
}

impl Bounds {
    /// Whether `value` lies between. NaN lies outside every bound.
    #[inline]
    pub fn holds(&self, value: f64) -> bool {
        self.least.is_none_or(|least| least <= value) && self.most.is_none_or(|most| value <= most)
    }

    /// The lower bound.
    pub fn least(&self) -> Option<f64> {
        self.least
    }

    /// The upper bound.
    pub fn most(&self) -> Option<f64> {
        self.most
    }

    pub(super) fn checked(self, name: &'static str) -> Result<Self> {
        match [self.least, self.most].into_iter().flatten().find(|bound| bound.is_nan()) {
            Some(value) => Err(Error::Parameter { name, rule: "a number", value }),
            None => Ok(self),
        }
    }
}

impl From<f64> for Bounds {
    fn from(least: f64) -> Self {
        Self { least: Some(least), most: None }
    }
}

impl From<RangeInclusive<f64>> for Bounds {
    fn from(range: RangeInclusive<f64>) -> Self {
        Self { least: Some(*range.start()), most: Some(*range.end()) }
    }
}

impl From<RangeFrom<f64>> for Bounds {
    fn from(range: RangeFrom<f64>) -> Self {
        Self { least: Some(range.start), most: None }
    }
}

impl From<RangeToInclusive<f64>> for Bounds {
    fn from(range: RangeToInclusive<f64>) -> Self {
        Self { least: None, most: Some(range.end) }
    }
}

impl From<RangeFull> for Bounds {
    fn from(_: RangeFull) -> Self {
        Self::default()
    }
}
