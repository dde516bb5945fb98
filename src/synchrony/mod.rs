//! What peaks together across extremities: phases, their spread, and how firmly two of them are locked.
//!
//! **Simultaneous and locked are two numbers.** Two contributors that always peak 30 ms apart are perfectly locked
//! ([`locking`]) and not simultaneous ([`Circular::simultaneity`]).

mod circular;
#[cfg(feature = "fft")]
mod coherence;
mod coupling;
mod lock;
mod phase;
#[cfg(feature = "fft")]
mod relative;

pub use circular::{Circular, SameDirection, VTest, WatsonWilliams, same_direction};
pub(crate) use circular::{difference, wrap};
#[cfg(feature = "fft")]
pub use coherence::{Coherence, CoherenceSpectrum, Taper};
pub use coupling::{CouplingAngles, CouplingCycles};
pub use lock::{Locking, locking, locking_interval, locking_pairs};
#[cfg(feature = "fft")]
pub use phase::{Analytic, Hilbert, HilbertWorkspace, PhasePlan};
pub use phase::{Group, PhaseLocking, Phases};
#[cfg(feature = "fft")]
pub use relative::{RelativePhase, RelativePhases};
