//! When a rise began.
//!
//! - [`Onset`]: going back from a peak, where the curve passes a fraction of the peak's height.
//! - [`ThresholdOnset`]: where the curve passes a level and stays above it for a while.
//! - [`EnergyOnset`]: where the energy of an electromyogram leaves its baseline.

mod crossing;
mod energy;
mod fraction;
mod threshold;

pub use energy::EnergyOnset;
pub use fraction::Onset;
pub use threshold::ThresholdOnset;

/// When a curve passed a level on its way up.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct OnsetTime {
    /// When, linear between samples, on the recording's clock.
    pub time_s: f64,
    /// The level that was passed, in the curve's unit.
    pub level: f64,
    /// Standard error of the time; `None` when the noise is not known.
    ///
    /// It says how well the instant is known at which the curve passes the level. That the rise itself began earlier, by
    /// the time from rest to the level, is a bias that depends on the level and no error.
    pub se_s: Option<f64>,
}
