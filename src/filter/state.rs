//! State of filters between samples, and scratch memory of filters over whole records.
//!
//! A state belongs to the design that created it: use it only with that design, or with one that equals it.

pub use super::calculus::{CentralDifferenceState, LeakyIntegralState, SecondDifferenceState};
pub use super::design::{SectionState, Sections, TkeoState};

#[cfg(feature = "alloc")]
pub use super::{
    calculus::{DownsampleState, ResampleScratch},
    design::{CascadeState, EnvelopeScratch, FirState, ZeroPhaseScratch},
    record::{Workspace, WorkspaceOf},
    repair::{GapFillState, GapScratch, SpikeRepairScratch},
    window::{
        CentredState, HampelScratch, HampelWindow, MeanWindow, MedianScratch, MedianWindow, RmsWindow,
        SavitzkyGolayScratch, SavitzkyGolayState, SavitzkyGolayWindow, SumsScratch, TrailingState,
    },
};
