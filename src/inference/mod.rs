//! Uncertainty: intervals, resampling and tests, all seeded, with the stride as the unit.
//!
//! - A **mean** over strides: [`Strides::mean`] or [`t_interval`], a t-interval whose degrees of freedom allow for the
//!   autocorrelation of neighbouring strides.
//! - A **ratio or a maximum**: [`Bootstrap::interval`].
//! - A **median**: [`Bootstrap::median`].
//! - A **proportion**: [`wilson`].
//! - **Two sets of strides, or pairs**: [`Permutations`].
//! - A **permutation or surrogate p**: [`permutation_p`], with [`Surrogates`]. Of many, [`benjamini_hochberg`] holds the false
//!   discovery rate, and [`max_statistic`] the chance of any false alarm.
//! - **Repeated measurements**: [`Reliability`](reliability::Reliability), and the number of strides they take,
//!   [`StridePlan`](reliability::StridePlan).
//!
//! ```
//! use copeak::inference::{Bootstrap, Permutations, reliability::StridePlan, t_interval};
//! let contact_ms = [118.0, 121.0, 119.0, 123.0, 120.0, 117.0, 122.0, 119.0, 121.0, 120.0];
//! let mean = t_interval(&contact_ms, 0.95)?;
//! assert_eq!(format!("{}, {} strides", mean.in_unit(1.0, "ms"), mean.n), "120.0 ms [118.7, 121.3], 10 strides");
//! let median = Bootstrap::new(1).median(&contact_ms)?;
//! assert!(median.ci.is_some());
//! // The number of strides that a mean to 0.5 ms takes.
//! assert_eq!(StridePlan::of_pilot(&contact_ms)?.strides(0.5)?, 54);
//! let tired = contact_ms.map(|t| t + 2.5);
//! assert!(Permutations::new(1).between(&tired, &contact_ms)?.p < 0.02);
//! # Ok::<(), copeak::Error>(())
//! ```
//!
//! Coverage and false alarms of each: [the figures](crate::guide::studies::inference).
//!
//! # Reproducibility
//! Everything that draws at random takes a `seed`; the same seed gives the same draws on every platform.

mod bootstrap;
pub mod distribution;
pub(crate) mod draw;
mod estimate;
mod mean;
mod permutation;
pub mod reliability;

pub use bootstrap::{Bootstrap, block_length};
pub use estimate::{Estimate, Interval};
pub use mean::{Strides, autocorrelation, effective_size, t_interval, wilson};
pub use permutation::{Permutations, Surrogates, benjamini_hochberg, max_statistic, permutation_p};

pub mod interval {
    //! Details of intervals: their method, the reason why there is none, and estimates to print in another unit.

    pub use super::bootstrap::BootstrapMethod;
    pub use super::estimate::{EstimateInUnit, IntervalMethod, NoInterval};
}

pub mod test {
    //! Results of tests.

    pub use super::permutation::PermutationTest;
}

#[cfg(feature = "fft")]
pub mod surrogate {
    //! Series prepared for surrogates.

    pub use super::permutation::Iaaft;
}

use crate::{Error, Result};

/// Returns a confidence level if it is within its range.
pub(crate) fn checked_level(level: f64) -> Result<f64> {
    if level > 0.0 && level < 1.0 {
        Ok(level)
    } else {
        Err(Error::Parameter { name: "confidence level", rule: "strictly between 0 and 1", value: level })
    }
}

/// Returns the degrees of freedom of a difference of two means with these variances and degrees of freedom (Welch 1947, *Biometrika*
/// 34:28-35; Satterthwaite 1946); where neither varies, the sum of both.
pub(crate) fn welch_freedom(variances: [f64; 2], freedoms: [f64; 2]) -> f64 {
    let variance = variances[0] + variances[1];
    let squares = variances[0] * variances[0] / freedoms[0] + variances[1] * variances[1] / freedoms[1];
    if squares > 0.0 { variance * variance / squares } else { freedoms[0] + freedoms[1] }
}
