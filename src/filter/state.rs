//! State of filters between samples, and scratch memory of filters over whole records.
//!
//! A state belongs to the design that created it: use it only with that design, or with one that equals it.

pub use super::calculus::{CentralDifferenceState, LeakyIntegralState, SecondDifferenceState};
#[cfg(feature = "alloc")]
pub use super::calculus::{DownsampleState, ResampleScratch};
#[cfg(feature = "alloc")]
pub use super::design::{CascadeState, EnvelopeScratch, FirState, ZeroPhaseScratch};
pub use super::design::{SectionState, Sections, TkeoState};
#[cfg(feature = "alloc")]
pub use super::record::{Workspace, WorkspaceOf};
#[cfg(feature = "alloc")]
pub use super::repair::{GapFillState, GapScratch, SpikeRepairScratch};
#[cfg(feature = "alloc")]
pub use super::window::{
    CentredState, HampelScratch, HampelWindow, MeanWindow, MedianScratch, MedianWindow, RmsWindow,
    SavitzkyGolayScratch, SavitzkyGolayState, SavitzkyGolayWindow, SumsScratch, TrailingState,
};
