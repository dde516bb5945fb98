//! Derivatives, integrals, interpolation, and other sample rates.

mod derivative;
#[cfg(feature = "alloc")]
mod integral;
#[cfg(feature = "alloc")]
mod interpolate;
mod leaky_integral;
#[cfg(feature = "alloc")]
mod resample;
#[cfg(feature = "alloc")]
mod smooth_derivative;

pub use derivative::{CentralDifference, CentralDifferenceState, SecondDifference, SecondDifferenceState};
#[cfg(feature = "alloc")]
pub(crate) use interpolate::{SlopeScratch, hermite};
#[cfg(feature = "alloc")]
pub(super) use interpolate::{is_infinite, is_missing};
pub use leaky_integral::{LeakyIntegral, LeakyIntegralState};
#[cfg(feature = "alloc")]
pub use {
    integral::{Boundary, Integral},
    interpolate::{Curve, Interpolation, Regrid},
    resample::{Downsample, DownsampleState, Padding, Resample, ResampleScratch, Resampler},
    smooth_derivative::SmoothDerivative,
};
