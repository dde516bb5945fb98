//! Synchrony across extremities: phases, their spread, and the locking of pairs.
//!
//! **Simultaneous and locked are two numbers.** Two contributors that always peak 30 ms apart are perfectly locked
//! ([`Locking`]) and not simultaneous ([`Circular::simultaneity`]). Whether contributors vary together from stride to stride is a
//! third, [`StrideCoupling`].
//!
//! - One peak per cycle: [`Circular`] (mean, resultant, spread, simultaneity, Rayleigh's and V-test, interval of the mean, two
//!   samples), [`Locking::of`] a pair, [`Locking::interval`].
//! - Phases at every sample: [`Phases`] (locking value of pairs and their matrix, Kuramoto's order parameter, cluster phase); by
//!   Hilbert transform with the feature `fft`: `Analytic`, `phase::Hilbert`, `phase::PhasePlan`.
//! - Two joints: `RelativePhase` (feature `fft`) and [`CouplingAngles`].
//! - Event trains: [`SpikeSync`] of any number, [`event_synchronization`] of two.
//! - Frequency by frequency: `Coherence` (feature `fft`).
//!
//! | for users of | here |
//! |---|---|
//! | `scipy.stats.circmean`, `circstd` | [`Circular`] |
//! | CircStat and pycircstat2: `circ_rtest`, `circ_vtest`, `circ_confmean`, `circ_wwtest` | [`Circular::rayleigh_p`], [`Circular::v_test`], [`Circular::mean_interval`], [`Circular::watson_williams`] |
//! | `scipy.signal.hilbert`, `coherence` | `Analytic`, `Coherence` |
//! | mne-connectivity `plv`, `ppc`, `coh` (over epochs) | [`Phases::pair`], [`Locking`], the square root of `Coherence` |
//! | multiSyncPy `rho` | [`Phases::cluster_phase`] |
//! | biomechzoo `continuous_relative_phase_line` | the absolute value of `RelativePhase`, which keeps the sign |
//!
//! ```
//! use copeak::synchrony::{Circular, Locking};
//! // Peaks of an arm and a leg in six cycles, as fractions of the cycle: always 0.1 apart.
//! let leg = [0.30, 0.31, 0.29, 0.30, 0.32, 0.30];
//! let arm = leg.map(|phase| phase + 0.1);
//! let pair = Locking::of(&leg, &arm)?;
//! let together = Circular::of(&[leg[0], arm[0]])?;
//! assert!((pair.value - 1.0).abs() < 1e-12); // locked ...
//! assert_eq!(format!("{:.2}", together.simultaneity().unwrap()), "0.81"); // ... and not simultaneous:
//! assert_eq!(format!("{:.0} ms", 1e3 * together.spread_s(0.46)), "23 ms"); // the spread in a stride of 0.46 s
//! # Ok::<(), copeak::Error>(())
//! ```
//!
//! Arms and legs of real runners: [the figures](crate::guide::studies::synchrony).
//!
#![doc = include_str!("../guide/figures.html")]
#![doc = include_str!("../../docs/which-index.md")]
#![doc = "\n<div id=\"which-index.svg\" role=\"img\">\n"]
#![doc = include_str!("../../docs/which-index.svg")]
#![doc = "\n</div>\n<div id=\"chance.svg\" role=\"img\">\n"]
#![doc = include_str!("../../docs/chance.svg")]
#![doc = "\n</div>"]

#[cfg(feature = "fft")]
mod analytic;
mod circular;
#[cfg(feature = "fft")]
mod coherence;
mod coupling_angle;
mod display;
mod locking;
mod phases;
#[cfg(feature = "fft")]
mod relative;
mod stride_coupling;
mod trains;

#[cfg(feature = "fft")]
pub use analytic::Analytic;
pub use circular::{Circular, same_direction};
#[cfg(feature = "fft")]
pub use coherence::Coherence;
pub use coupling_angle::CouplingAngles;
pub use locking::Locking;
pub use phases::Phases;
#[cfg(feature = "fft")]
pub use relative::RelativePhase;
pub use stride_coupling::StrideCoupling;
pub use trains::{SpikeSync, event_synchronization};

pub mod cycles {
    //! Relative phase and coupling angles over several cycles.

    pub use super::coupling_angle::CouplingCycles;
    #[cfg(feature = "fft")]
    pub use super::relative::RelativePhaseCycles;
}

pub mod event {
    //! Result of event synchronisation.

    pub use super::trains::EventSync;
}

pub mod phase {
    //! Phases at every sample: results of [`Phases`](super::Phases), and transforms that are planned once for many records.

    #[cfg(feature = "fft")]
    pub use super::analytic::Hilbert;
    #[cfg(feature = "fft")]
    pub use super::phases::PhasePlan;
    pub use super::phases::{ClusterPhase, PhaseLocking};
}

#[cfg(feature = "fft")]
pub mod spectrum {
    //! Coherence at each frequency, and the window of its segments.

    pub use super::coherence::{CoherenceSpectrum, SegmentTaper};
}

pub mod test {
    //! Results of tests.

    pub use super::circular::{SameDirection, VTest, WatsonWilliams};
    pub use super::stride_coupling::CouplingTest;
}

use crate::{Error, Result};

/// Returns the length that at least two cycles share.
fn common_length(
    operation: &'static str,
    mut lengths: impl ExactSizeIterator<Item = usize> + Clone,
) -> Result<usize> {
    if lengths.len() < 2 {
        return Err(Error::TooFew { operation, unit: "cycles", needed: 2, got: lengths.len() });
    }
    let left = lengths.clone().next().unwrap_or(0);
    match lengths.find(|length| *length != left) {
        Some(right) => Err(Error::LengthMismatch { operation, left, right }),
        None => Ok(left),
    }
}
