//! When a curve is highest: peaks of a record, their time between samples, and the peak of a contributor in a cycle.
//!
//! - [`PeakFinder`] finds all peaks of a record, with the semantics of SciPy's `find_peaks`.
//! - [`LivePeakFinder`] finds the same peaks as the samples come, without heap.
//! - [`CyclePeakFinder`] finds *the* peak of a contributor in a cycle, or says why there is none.
//! - [`Onset`], [`ThresholdOnset`] and [`EnergyOnset`] find when a rise began.
//! - [`MatchedTiming`] times whole cycles against their own mean pulse: for jitter and step-to-step lags.
//! - [`subsample`] places a peak between samples, with its standard error.

#[cfg(feature = "alloc")]
mod cut;
#[cfg(feature = "alloc")]
mod cycle;
#[cfg(feature = "alloc")]
mod find;
mod live;
#[cfg(feature = "alloc")]
mod matched;
#[cfg(feature = "alloc")]
mod onset;
pub mod subsample;

#[cfg(feature = "alloc")]
pub use cycle::{Absence, CyclePeakFinder, Peak};
#[cfg(feature = "alloc")]
pub use find::{Bounds, NanPolicy, PeakFinder, Peaks, Plateau, Prominence, Thresholds, Width, Workspace};
pub use live::{LivePeak, LivePeakFinder, LivePeakState, Undecided};
#[cfg(feature = "alloc")]
pub use matched::{Jitter, Matched, MatchedTime, MatchedTiming};
#[cfg(feature = "alloc")]
pub use onset::{EnergyOnset, Onset, OnsetTime, ThresholdOnset};
