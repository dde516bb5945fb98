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
/// let plan = StridePlan::new(6.0)?;
/// assert_eq!(plan.strides(2.0)?, 38);
/// assert_eq!(plan.with_autocorrelation(0.3)?.strides(2.0)?, 69);
/// assert_eq!(plan.with_assurance(0.9)?.strides(2.0)?, 47);
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
    /// For values that scatter with this standard deviation from stride to stride; neighbours independent, level 0.95,
    /// without assurance.
    ///
    /// # Errors
    /// [`Error::Parameter`] unless it is at least 0 and finite.
    pub fn new(sd: f64) -> Result<Self> {
        if sd >= 0.0 && sd.is_finite() {
            return Ok(Self { sd, autocorrelation: 0.0, level: 0.95, assurance: None });
        }
        Err(Error::Parameter { name: "standard deviation", rule: "at least 0 and finite", value: sd })
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
        Self::new(moments(values).1.sqrt())?.with_autocorrelation(autocorrelation(values))
    }

    /// With neighbouring strides that resemble each other: their lag-1 autocorrelation.
    ///
    /// # Errors
    /// [`Error::Parameter`] outside [0, 0.9], beyond which the interval allows for no more.
    pub fn with_autocorrelation(self, autocorrelation: f64) -> Result<Self> {
        if (0.0..=0.9).contains(&autocorrelation) {
            return Ok(Self { autocorrelation, ..self });
        }
        Err(Error::Parameter { name: "autocorrelation", rule: "from 0 to 0.9", value: autocorrelation })
    }

    /// For another confidence level.
    ///
    /// # Errors
    /// [`Error::Parameter`] outside (0, 1).
    pub fn with_level(self, level: f64) -> Result<Self> {
        Ok(Self { level: checked_level(level)?, ..self })
    }

    /// For the half width that this share of sessions stays within, instead of the one that the true SD gives.
    ///
    /// # Errors
    /// [`Error::Parameter`] outside (0, 1).
    pub fn with_assurance(self, assurance: f64) -> Result<Self> {
        if assurance > 0.0 && assurance < 1.0 {
            return Ok(Self { assurance: Some(assurance), ..self });
        }
        Err(Error::Parameter { name: "assurance", rule: "strictly between 0 and 1", value: assurance })
    }

    /// Half of the interval's width with so many strides, in the unit of the standard deviation; `None` where there is no
    /// interval: below 3 strides, or without more than one effective one.
    pub fn half_width(&self, strides: usize) -> Option<f64> {
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
    /// [`Error::Parameter`] unless the half width is above 0; [`Error::Undefined`] when a million strides do not do.
    pub fn strides(&self, half_width: f64) -> Result<usize> {
        if half_width.is_nan() || half_width <= 0.0 {
            return Err(Error::Parameter { name: "half width", rule: "above 0", value: half_width });
        }
        let enough = |strides: usize| self.half_width(strides).is_some_and(|width| width <= half_width);
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
                let plan = StridePlan::new(3.0).unwrap().with_autocorrelation(r).unwrap();
                let plan = plan.with_assurance(assurance).unwrap();
                for width in [0.1, 1.0, 5.0] {
                    let strides = plan.strides(width).unwrap();
                    assert!(plan.half_width(strides).unwrap() <= width);
                    let before = plan.half_width(strides - 1);
                    assert!(before.is_none_or(|w| w > width), "{r} {assurance} {width}: {strides}");
                }
            }
        }
    }

    #[test]
    fn bad_input_is_named() {
        assert!(matches!(StridePlan::new(f64::NAN), Err(Error::Parameter { .. })));
        let plan = StridePlan::new(1.0).unwrap();
        assert!(matches!(plan.strides(0.0), Err(Error::Parameter { .. })));
        assert!(matches!(plan.strides(1e-6), Err(Error::Undefined { .. })));
        assert!(matches!(plan.with_autocorrelation(0.95), Err(Error::Parameter { .. })));
        assert!(matches!(plan.with_assurance(1.0), Err(Error::Parameter { .. })));
        assert!(matches!(StridePlan::of_pilot(&[1.0, 2.0]), Err(Error::TooFew { got: 2, .. })));
        assert_eq!(StridePlan::of_pilot(&[2.0; 4]).unwrap().strides(0.1), Ok(3));
    }
}
