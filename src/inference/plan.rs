//! How many strides a measurement needs.

use super::distribution::{normal_quantile, student_quantile};
use super::{autocorrelation, checked_level, effective_size};
use crate::math::moments;
use crate::{Error, Result};
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// More strides than anybody records.
const MOST_STRIDES: usize = 1_000_000;

/// How many strides an interval of a given width takes.
///
/// A stride is one unit, that is two steps: a mean over both legs needs twice as many steps. Planned for the t-interval of
/// [`super::t_interval`], from what one stride scatters and how far neighbours resemble each other, both of which a pilot
/// recording tells. Of sessions as long as planned about half have a wider interval, because each has its own SD; an
/// *assurance* of 0.8 plans for the width that eight in ten stay within.
///
/// ```
/// use copeak::inference::StridePlan;
/// // A lag that scatters by 6 ms from stride to stride: how many strides until it is known to 2 ms?
/// let plan = StridePlan::new(6.0);
/// assert_eq!(plan.strides(2.0)?, 38);
/// assert_eq!(plan.autocorrelation(0.3).strides(2.0)?, 69);
/// assert_eq!(plan.assurance(0.9).strides(2.0)?, 47);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StridePlan {
    sd: f64,
    autocorrelation: f64,
    level: f64,
    assurance: Option<f64>,
}

impl StridePlan {
    /// Plans for values that scatter with this standard deviation from stride to stride; neighbours independent, level 0.95,
    /// without assurance.
    pub fn new(sd: f64) -> Self {
        Self { sd, autocorrelation: 0.0, level: 0.95, assurance: None }
    }

    /// As scattered and as dependent as the strides of a pilot recording, one value each. From few strides both are rough.
    ///
    /// # Errors
    /// [`Error::TooFew`] below three strides; [`Error::NonFinite`].
    pub fn of_pilot(values: &[f64]) -> Result<Self> {
        let operation = "planning from a pilot";
        if let Some(index) = values.iter().position(|v| !v.is_finite()) {
            return Err(Error::NonFinite { operation, index });
        }
        if values.len() < 3 {
            return Err(Error::TooFew { operation, unit: "strides", needed: 3, got: values.len() });
        }
        Ok(Self::new(moments(values).1.sqrt()).autocorrelation(autocorrelation(values)))
    }

    /// Sets the lag-1 autocorrelation of neighbouring strides, in [0, 0.9], beyond which the interval allows for no more.
    #[must_use]
    pub fn autocorrelation(self, autocorrelation: f64) -> Self {
        Self { autocorrelation, ..self }
    }

    /// Sets the confidence level, in (0, 1).
    #[must_use]
    pub fn level(self, level: f64) -> Self {
        Self { level, ..self }
    }

    /// Plans for the half width that this share of sessions, in (0, 1), stays within, instead of the one that the true SD
    /// gives.
    #[must_use]
    pub fn assurance(self, assurance: f64) -> Self {
        Self { assurance: Some(assurance), ..self }
    }

    fn check(&self) -> Result<()> {
        let refused = |name, rule, value| Err(Error::Parameter { name, rule, value });
        checked_level(self.level)?;
        match (self.sd, self.autocorrelation, self.assurance) {
            (sd, ..) if !(sd >= 0.0 && sd.is_finite()) => {
                refused("standard deviation", "at least 0 and finite", sd)
            }
            (_, r, _) if !(0.0..=0.9).contains(&r) => refused("autocorrelation", "from 0 to 0.9", r),
            (.., Some(share)) if !(share > 0.0 && share < 1.0) => {
                refused("assurance", "strictly between 0 and 1", share)
            }
            _ => Ok(()),
        }
    }

    /// Returns half of the interval's width with this many strides, in the unit of the standard deviation; `None` where there
    /// is no interval: below 3 strides, or without more than one effective one.
    ///
    /// # Errors
    /// [`Error::Parameter`] for a standard deviation that is negative or not finite, and for an autocorrelation, a level or an
    /// assurance outside its range.
    pub fn half_width(&self, strides: usize) -> Result<Option<f64>> {
        self.check()?;
        Ok(self.width(strides))
    }

    fn width(&self, strides: usize) -> Option<f64> {
        let size = effective_size(strides, self.autocorrelation);
        let freedom = size - 1.0;
        if strides < 3 || freedom <= 0.0 {
            return None;
        }
        let reach = student_quantile(0.5 + self.level / 2.0, freedom) * self.sd / size.sqrt();
        // Wilson & Hilferty (1931) for the upper limit of a variance; good to a per cent from three degrees of freedom on.
        let larger = self.assurance.map_or(1.0, |share| {
            let part = 2.0 / (9.0 * freedom);
            (1.0 - part + normal_quantile(share) * part.sqrt()).max(0.0).powi(3).sqrt()
        });
        Some(reach * larger).filter(|width| width.is_finite())
    }

    /// The least number of strides whose interval reaches at most `half_width` to either side.
    ///
    /// # Errors
    /// [`Error::Parameter`] unless the half width is above 0, and as [`StridePlan::half_width`]; [`Error::Undefined`] when a
    /// million strides are not enough.
    pub fn strides(&self, half_width: f64) -> Result<usize> {
        self.check()?;
        if half_width.is_nan() || half_width <= 0.0 {
            return Err(Error::Parameter { name: "half width", rule: "above 0", value: half_width });
        }
        let enough = |strides: usize| self.width(strides).is_some_and(|width| width <= half_width);
        if !enough(MOST_STRIDES) {
            return Err(Error::Undefined {
                quantity: "the number of strides for this width",
                reason: "a million of them are not enough",
            });
        }
        // Wider with fewer strides throughout, so halving finds the place.
        let (mut few, mut many) = (2, MOST_STRIDES);
        while many - few > 1 {
            let middle = few + (many - few) / 2;
            if enough(middle) { many = middle } else { few = middle }
        }
        Ok(many)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_stride_less_is_too_few() {
        for r in [0.0, 0.3, 0.9] {
            for assurance in [0.5, 0.8, 0.95] {
                let plan = StridePlan::new(3.0).autocorrelation(r).assurance(assurance);
                for width in [0.1, 1.0, 5.0] {
                    let strides = plan.strides(width).unwrap();
                    assert!(plan.half_width(strides).unwrap().unwrap() <= width);
                    let before = plan.half_width(strides - 1).unwrap();
                    assert!(before.is_none_or(|w| w > width), "{r} {assurance} {width}: {strides}");
                }
            }
        }
    }

    #[test]
    fn bad_input_is_named() {
        let plan = StridePlan::new(1.0);
        let out_of_range =
            [StridePlan::new(f64::NAN), plan.autocorrelation(0.95), plan.assurance(1.0), plan.level(0.0)];
        for bad in out_of_range {
            assert!(matches!(bad.strides(1.0), Err(Error::Parameter { .. })), "{bad:?}");
            assert!(matches!(bad.half_width(9), Err(Error::Parameter { .. })), "{bad:?}");
        }
        assert!(matches!(plan.strides(0.0), Err(Error::Parameter { .. })));
        assert!(matches!(plan.strides(1e-6), Err(Error::Undefined { .. })));
        assert!(matches!(StridePlan::of_pilot(&[1.0, 2.0]), Err(Error::TooFew { got: 2, .. })));
        assert_eq!(StridePlan::of_pilot(&[2.0; 4]).unwrap().strides(0.1), Ok(3));
    }
}
