//! How sure: intervals, resampling and tests, all seeded, with the stride as the unit.
//!
//! - A **mean** over strides: [`Strides::mean`], a t-interval whose degrees of freedom allow for neighbouring strides
//!   resembling each other.
//! - A **ratio or a maximum**: [`Bootstrap::interval`] with [`Interval::Expanded`].
//! - A **median**: [`Bootstrap::median`].
//! - A **proportion**: [`wilson`].
//! - A **permutation or surrogate p**: [`permutation_p`]; many at once: [`benjamini_hochberg`].
//!
//! # Reproducibility
//! Whatever draws at random takes a `seed`: the same seed gives the same draws on every platform.

mod bootstrap;
pub mod distribution;
pub(crate) mod draw;
mod estimate;
mod mean;
mod multiple;
mod permutation;
mod proportion;
mod strides;

pub use bootstrap::{Bootstrap, Interval, Resamples};
pub use estimate::{Estimate, IntervalMethod};
pub use mean::{autocorrelation, effective_size, t_interval};
pub use multiple::benjamini_hochberg;
pub use permutation::permutation_p;
pub use proportion::wilson;
pub use strides::Strides;

use crate::{Error, Result};

/// A confidence level, checked.
pub(crate) fn checked_level(level: f64) -> Result<f64> {
    if level > 0.0 && level < 1.0 {
        Ok(level)
    } else {
        Err(Error::Parameter { name: "confidence level", rule: "strictly between 0 and 1", value: level })
    }
}
