//! Filters: designed once, run live, over a buffer, or forwards and backwards over a whole record.
//!
//! | for SciPy users | here |
//! |---|---|
//! | `butter(n, fc, fs=rate, output="sos")` | [`Butterworth::low_pass`] and its siblings |
//! | `iirnotch(centre, quality, fs=rate)` | [`Notch::with_quality`] |
//! | - | [`CriticallyDamped`]: no overshoot |
//! | `sosfilt` | [`Cascade`] or `[Section; N]` as a [`crate::Stage`] |
//! | `sosfilt_zi` | [`crate::Settle::settled`] |
//! | `sosfiltfilt` | [`ZeroPhase::uncorrected`] |
//! | - | [`ZeroPhase::low_pass`]: zero-phase with the -3 dB point where it was asked for |
//! | `numpy.gradient(x, 1 / rate)` | [`CentralDifference`] |
//!
//! A channel on its way to a peak time goes through a [`Conditioner`], which also says how much the channel's noise
//! blurs the times of the peaks found afterwards ([`TimingNoise`]).

mod band;
mod butterworth;
#[cfg(feature = "alloc")]
mod cascade;
#[cfg(feature = "alloc")]
mod condition;
mod critically_damped;
mod derivative;
mod design;
#[cfg(feature = "alloc")]
mod emg;
mod envelope;
mod notch;
mod poles;
mod rectify;
#[cfg(feature = "alloc")]
mod response;
mod section;
mod sections;
mod tkeo;
#[cfg(feature = "alloc")]
mod whole;
#[cfg(feature = "alloc")]
mod zero_phase;

pub use band::Band;
pub use butterworth::Butterworth;
#[cfg(feature = "alloc")]
pub use cascade::{Cascade, CascadeState};
#[cfg(feature = "alloc")]
pub use condition::{Conditioned, Conditioner, TimingNoise};
pub use critically_damped::CriticallyDamped;
pub use derivative::{CentralDifference, CentralDifferenceState};
pub use design::Design;
#[cfg(feature = "alloc")]
pub use emg::Emg;
pub use envelope::Envelope;
#[cfg(feature = "alloc")]
pub use envelope::EnvelopeScratch;
pub use notch::Notch;
pub use rectify::Rectify;
#[cfg(feature = "alloc")]
pub use response::ImpulseResponse;
pub use section::{Section, SectionState};
pub use sections::Sections;
pub use tkeo::{Tkeo, TkeoState};
#[cfg(feature = "alloc")]
pub use whole::{Filter, Workspace, WorkspaceOf};
#[cfg(feature = "alloc")]
pub use zero_phase::{ZeroPhase, ZeroPhaseScratch};
