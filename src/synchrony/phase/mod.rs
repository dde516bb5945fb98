//! Phases that run through the whole record, sample by sample.

mod group;
#[cfg(feature = "fft")]
mod hilbert;
mod pairs;
mod phases;
#[cfg(feature = "fft")]
mod plan;

pub use group::Group;
#[cfg(feature = "fft")]
pub use hilbert::{Analytic, Hilbert, HilbertWorkspace};
pub use phases::{PhaseLocking, Phases};
#[cfg(feature = "fft")]
pub use plan::PhasePlan;
