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
//! | `CubicSpline`, `PchipInterpolator`, `interp1d` | [`Interpolation`], and [`Reclock`] for a whole signal |
//! | `pandas.Series.interpolate(limit=...)` | [`GapFill`]; for whole segments [`RigidFill`] |
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
mod gap;
#[cfg(feature = "alloc")]
mod interpolate;
mod poles;
#[cfg(feature = "alloc")]
mod response;
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
#[cfg(feature = "alloc")]
pub use gap::{Fate, FilledGap, Gap, GapFill, GapFillState, GapPlace, GapScratch, Repaired, RigidFill, RigidGap, RigidRepaired, Zeros};
#[cfg(feature = "alloc")]
pub use interpolate::{Curve, Interpolation, Reclock};
pub use derivative::{CentralDifference, CentralDifferenceState};
#[cfg(feature = "alloc")]
pub use response::ImpulseResponse;
pub use section::{Section, SectionState};
#[cfg(feature = "alloc")]
pub use whole::{Filter, Workspace, WorkspaceOf};
#[cfg(feature = "alloc")]
pub use zero_phase::{ZeroPhase, ZeroPhaseScratch};
