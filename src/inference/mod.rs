//! How sure: intervals, resampling and tests, all seeded, with the stride as the unit.
//!
//! - A **mean** over strides: [`Strides::mean`], a t-interval whose degrees of freedom allow for neighbouring strides
//!   resembling each other.
//! - A **ratio or a maximum**: [`Bootstrap::interval`] with [`BootstrapMethod::Expanded`].
//! - A **median**: [`Bootstrap::median`].
//! - A **proportion**: [`wilson`].
//! - **Two sets of strides, or pairs**: [`Permutations`].
//! - A **permutation or surrogate p**: [`permutation_p`], with [`Surrogates`]; many at once: [`benjamini_hochberg`] holds the
//!   share of false discoveries, [`max_statistic`] the chance of any.
//! - **Measuring again**: [`Reliability`]; **how many strides** it takes: [`StridePlan`].
//!
//! ```
//! use copeak::inference::{Bootstrap, Permutations, StridePlan, t_interval};
//! let contact_ms = [118.0, 121.0, 119.0, 123.0, 120.0, 117.0, 122.0, 119.0, 121.0, 120.0];
//! let mean = t_interval(&contact_ms, 0.95)?;
//! assert_eq!(format!("{}, {} strides", mean.in_unit(1.0, "ms"), mean.n), "120.0 ms [118.7, 121.3], 10 strides");
//! let median = Bootstrap::new(1).median(&contact_ms)?;
//! assert!(median.ci.is_some());
//! // How many strides for a mean to 0.5 ms?
//! assert_eq!(StridePlan::of_pilot(&contact_ms)?.strides(0.5)?, 54);
//! let tired = contact_ms.map(|t| t + 2.5);
//! assert!(Permutations::new(1).between(&tired, &contact_ms)?.p < 0.02);
//! # Ok::<(), copeak::Error>(())
//! ```
//!
//! Coverage and false alarms of each: [the figures](crate::guide::studies::inference).
//!
//! # Reproducibility
//! Whatever draws at random takes a `seed`: the same seed gives the same draws on every platform.

mod bootstrap;
mod display;
pub mod distribution;
pub(crate) mod draw;
mod estimate;
mod exchange;
#[cfg(feature = "fft")]
mod iaaft;
mod interval;
mod mean;
mod multiple;
mod permutation;
mod plan;
mod proportion;
mod reliability;
mod strides;
mod surrogate;

pub use bootstrap::{Bootstrap, BootstrapMethod, Resamples, block_length};
pub use display::EstimateInUnit;
pub use estimate::{Estimate, IntervalMethod};
pub use exchange::{PermutationTest, Permutations};
#[cfg(feature = "fft")]
pub use iaaft::Iaaft;
pub use interval::{Interval, NoInterval};
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
