//! What peaks together across extremities: phases, their spread, and how firmly two of them are locked.
//!
//! **Simultaneous and locked are two numbers.** Two contributors that always peak 30 ms apart are perfectly locked
//! ([`locking`]) and not simultaneous ([`Circular::simultaneity`]).
//! Whether contributors vary together from stride to stride is a third: [`StrideCoupling`].
//!
//! - One peak per cycle: [`Circular`] (mean, resultant, spread, simultaneity, Rayleigh's and V-test, interval of the mean, two
//!   samples), [`locking`] of a pair, [`locking_interval`].
//! - Phases at every sample: [`Phases`] (locking value of pairs and their matrix, Kuramoto's order parameter, cluster phase); by
//!   Hilbert transform with the feature `fft`: `Analytic`, `Hilbert`, `PhasePlan`.
//! - Two joints: `RelativePhase` (feature `fft`) and [`CouplingAngles`].
//! - Event trains: [`SpikeSync`] of any number, [`event_synchronization`] of two.
//! - Frequency by frequency: `Coherence` (feature `fft`).
//!
//! | for users of | here |
//! |---|---|
//! | `scipy.stats.circmean`, `circstd` | [`Circular`] |
//! | CircStat and pycircstat2: `circ_rtest`, `circ_vtest`, `circ_confmean`, `circ_wwtest` | [`Circular::rayleigh_p`], [`Circular::v_test`], [`Circular::mean_interval`], [`Circular::watson_williams`] |
//! | `scipy.signal.hilbert`, `coherence` | `Analytic`, `Coherence` |
//! | mne-connectivity `plv`, `ppc`, `coh` (over epochs) | [`Phases::pair`], [`locking`], the square root of `Coherence` |
//! | multiSyncPy `rho` | [`Phases::group`] |
//! | biomechzoo `continuous_relative_phase_line` | the absolute value of `RelativePhase`, which keeps the sign |
//!
//! ```
//! use copeak::synchrony::{Circular, locking};
//! // Peaks of an arm and a leg in six cycles, as fractions of the cycle: always 0.1 apart.
//! let leg = [0.30, 0.31, 0.29, 0.30, 0.32, 0.30];
//! let arm = leg.map(|phase| phase + 0.1);
//! let firmly = locking(&leg, &arm)?;
//! let together = Circular::of(&[leg[0], arm[0]])?;
//! assert!((firmly.value - 1.0).abs() < 1e-12); // locked ...
//! assert_eq!(format!("{:.2}", together.simultaneity().unwrap()), "0.81"); // ... and not together:
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

mod circular;
#[cfg(feature = "fft")]
mod coherence;
mod coupling_angle;
mod display;
mod event;
mod lock;
mod phase;
#[cfg(feature = "fft")]
mod relative;
mod stride_coupling;

pub use circular::{Circular, SameDirection, VTest, WatsonWilliams, same_direction};
pub(crate) use circular::{difference, wrap};
#[cfg(feature = "fft")]
pub use coherence::{Coherence, CoherenceSpectrum, SegmentTaper};
pub use coupling_angle::{CouplingAngles, CouplingCycles};
pub use event::{EventSync, SpikeSync, event_synchronization};
pub use lock::{Locking, locking, locking_interval};
#[cfg(feature = "fft")]
pub use phase::{Analytic, Hilbert, PhasePlan};
pub use phase::{Group, PhaseLocking, Phases};
#[cfg(feature = "fft")]
pub use relative::{RelativePhase, RelativePhases};
pub use stride_coupling::{CouplingTest, StrideCoupling};

#[cfg(feature = "fft")]
pub mod state {
    //! Memory that transforms reuse.

    pub use super::phase::HilbertWorkspace;
}
