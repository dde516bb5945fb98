//! Filters: designed once, run live, over a buffer, or forwards and backwards over a whole record.
//!
//! | for SciPy users | here |
//! |---|---|
//! | `butter(n, fc, fs=rate, output="sos")` | [`Butterworth::low_pass`] and its siblings |
//! | `sosfilt` | [`Cascade`] or `[Section; N]` as a [`crate::Stage`] |
//! | `sosfilt_zi` | [`crate::Settle::settled`] |
//! | `sosfiltfilt` | [`ZeroPhase::uncorrected`] |
//! | - | [`ZeroPhase::low_pass`]: zero-phase with the -3 dB point where it was asked for |
//! | `numpy.gradient(x, 1 / rate)` | [`CentralDifference`] |
//! | `firwin`, `kaiserord`, `lfilter(taps, 1, x)` | [`Fir`] |
//! | `resample_poly` | [`Resample`] |
//! | `cumulative_trapezoid`, `cumulative_simpson` | [`Integral`] |
//!
//! A channel on its way to a peak time goes through a [`Conditioner`], which also says how much the channel's noise
//! blurs the times of the peaks found afterwards ([`TimingNoise`]).

#[cfg(feature = "ndarray")]
mod axis;
mod band;
mod butterworth;
#[cfg(feature = "alloc")]
mod cascade;
#[cfg(feature = "alloc")]
mod condition;
mod derivative;
#[cfg(feature = "alloc")]
mod dot;
#[cfg(feature = "alloc")]
mod fir;
#[cfg(feature = "alloc")]
mod integral;
mod leaky;
mod poles;
#[cfg(feature = "alloc")]
mod resample;
#[cfg(feature = "alloc")]
mod residual;
#[cfg(feature = "alloc")]
mod response;
mod second;
mod section;
#[cfg(feature = "alloc")]
mod smooth_derivative;
#[cfg(feature = "alloc")]
mod spikes;
#[cfg(feature = "alloc")]
mod whole;
#[cfg(feature = "alloc")]
mod window;
#[cfg(feature = "alloc")]
mod zero_phase;

#[cfg(feature = "ndarray")]
pub use axis::FilterAxis;
pub use band::Band;
pub use butterworth::{Butterworth, Sections};
#[cfg(feature = "alloc")]
pub use cascade::{Cascade, CascadeState};
#[cfg(feature = "alloc")]
pub use condition::{Conditioned, Conditioner, TimingNoise};
pub use derivative::{CentralDifference, CentralDifferenceState};
#[cfg(feature = "alloc")]
pub use fir::{Fir, FirState};
#[cfg(feature = "alloc")]
pub use integral::{Boundary, Integral};
pub use leaky::{LeakyIntegral, LeakyIntegralState};
#[cfg(feature = "alloc")]
pub use resample::{Downsample, DownsampleState, Edge, Resample, ResampleScratch, Resampler};
#[cfg(feature = "alloc")]
pub use residual::{ResidualAnalysis, ResidualCutoff, YuCutoff, yu_cutoff};
#[cfg(feature = "alloc")]
pub use response::ImpulseResponse;
pub use second::{SecondDifference, SecondDifferenceState};
pub use section::{Section, SectionState};
#[cfg(feature = "alloc")]
pub use smooth_derivative::SmoothDerivative;
#[cfg(feature = "alloc")]
pub use spikes::{SpikeRepair, SpikeRepairScratch};
#[cfg(feature = "alloc")]
pub use whole::{Filter, Workspace, WorkspaceOf};
#[cfg(feature = "alloc")]
pub use window::Window;
#[cfg(feature = "alloc")]
pub use zero_phase::{ZeroPhase, ZeroPhaseScratch};
