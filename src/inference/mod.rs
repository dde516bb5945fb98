//! How sure: intervals, resampling and tests, all seeded, with the stride as the unit.
//!
//! - A **mean** over strides: [`Strides::mean`], a t-interval whose degrees of freedom allow for neighbouring strides
//!   resembling each other.
//! - A **ratio or a maximum**: [`Bootstrap::interval`] with [`Interval::Expanded`].
//! - A **median**: [`Bootstrap::median`].
//! - A **proportion**: [`wilson`].
//! - **Two sets of strides, or pairs**: [`Permutations`].
//! - A **permutation or surrogate p**: [`permutation_p`], with [`Surrogates`]; many at once: [`benjamini_hochberg`] holds the
//!   share of false discoveries, [`max_statistic`] the chance of any.
//! - **Measuring again**: [`Reliability`]; **how many strides** it takes: [`StridePlan`].
//!
//! # Reproducibility
//! Whatever draws at random takes a `seed`: the same seed gives the same draws on every platform.

mod bootstrap;
pub mod distribution;
pub(crate) mod draw;
mod estimate;
mod exchange;
#[cfg(feature = "fft")]
mod iaaft;
mod mean;
mod multiple;
mod permutation;
mod plan;
mod proportion;
mod reliability;
mod strides;
mod surrogate;

pub use bootstrap::{Bootstrap, Interval, Resamples, block_length};
pub use estimate::{Estimate, IntervalMethod};
pub use exchange::{PermutationTest, Permutations};
#[cfg(feature = "fft")]
pub use iaaft::Iaaft;
pub(crate) use mean::welch_freedom;
pub use mean::{autocorrelation, effective_size, t_interval};
pub use multiple::{benjamini_hochberg, max_statistic};
pub use permutation::permutation_p;
pub use plan::StridePlan;
pub use proportion::wilson;
pub use reliability::Reliability;
pub use strides::Strides;
pub use surrogate::Surrogates;

use crate::{Error, Result};

/// A confidence level, checked.
pub(crate) fn checked_level(level: f64) -> Result<f64> {
    if level > 0.0 && level < 1.0 {
        Ok(level)
    } else {
        Err(Error::Parameter { name: "confidence level", rule: "strictly between 0 and 1", value: level })
    }
}
