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
//! | `savgol_filter` | [`SavitzkyGolay`] |
//! | `ndimage.uniform_filter1d`, pandas `rolling(w, center=True).mean()` | [`MovingMean`] |
//! | `medfilt`, `ndimage.median_filter`, pandas `rolling(w, center=True).median()` | [`MovingMedian`] |
//! | pandas `rolling(w).mean()` and its like | [`MovingMean::trailing`] and its like |
//! | - | [`MovingRms`]: amplitude of an EMG |
//! | - | [`Hampel`]: outliers replaced by the median around them |
//!
//! A channel on its way to a peak time goes through a [`Conditioner`], which also says how much the channel's noise
//! blurs the times of the peaks found afterwards ([`TimingNoise`]).

mod band;
mod butterworth;
#[cfg(feature = "alloc")]
mod cascade;
#[cfg(feature = "alloc")]
mod condition;
mod derivative;
#[cfg(feature = "alloc")]
mod edge;
#[cfg(feature = "alloc")]
mod hampel;
#[cfg(feature = "alloc")]
mod late;
#[cfg(feature = "alloc")]
mod moving;
mod poles;
#[cfg(feature = "alloc")]
mod response;
#[cfg(feature = "alloc")]
mod savitzky_golay;
mod section;
#[cfg(feature = "alloc")]
mod whole;
#[cfg(feature = "alloc")]
mod zero_phase;

pub use band::Band;
pub use butterworth::{Butterworth, Sections};
#[cfg(feature = "alloc")]
pub use cascade::{Cascade, CascadeState};
#[cfg(feature = "alloc")]
pub use condition::{Conditioned, Conditioner, TimingNoise};
pub use derivative::{CentralDifference, CentralDifferenceState};
#[cfg(feature = "alloc")]
pub use edge::{Edge, Periodic};
#[cfg(feature = "alloc")]
pub use hampel::{Cleaned, Hampel, HampelScratch, HampelWindow};
#[cfg(feature = "alloc")]
pub use late::{CentredState, TrailingState};
#[cfg(feature = "alloc")]
pub use moving::{
    MeanWindow, MedianScratch, MedianWindow, MovingMean, MovingMedian, MovingRms, RmsWindow, SumsScratch,
    Trailing,
};
#[cfg(feature = "alloc")]
pub use response::ImpulseResponse;
#[cfg(feature = "alloc")]
pub use savitzky_golay::{SavitzkyGolay, SavitzkyGolayScratch, SavitzkyGolayState, SavitzkyGolayWindow};
pub use section::{Section, SectionState};
#[cfg(feature = "alloc")]
pub use whole::{Filter, Workspace, WorkspaceOf};
#[cfg(feature = "alloc")]
pub use zero_phase::{ZeroPhase, ZeroPhaseScratch};
