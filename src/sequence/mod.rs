//! In what order things peak within an extremity, and by how much: lags, order, and lags of whole curves.
//!
//! - [`Sequence`] is the whole answer for ordered channels over cycles: [`PairLag`]s, [`Order`], mean peak times.
//!   [`Sequencer`] allows for delays, device clocks and circular cycles; [`Limbs`] takes several limbs at once.
//! - [`order`](order()) alone, for times at hand.
//! - [`CrossCorrelation`] finds the lag of one curve behind another without any peak; `PhaseSlope` (feature `fft`) does so
//!   from the phases of many cycles' cross-spectrum.
//! - [`Trains`] of events: who leads ([`SpikeOrder`]), and which order of all explains it best ([`Synfire`]).
//!
//! Lags are signed: **positive = the second comes after the first**.

mod channel;
mod correlation;
mod kendall;
mod lag;
mod limbs;
mod mean;
mod order;
mod page;
#[cfg(feature = "fft")]
mod phase_slope;
mod relation;
mod result;
mod seam;
mod sequencer;
pub(crate) mod train;

pub use channel::Channel;
pub use correlation::{Correlator, CrossCorrelation, CurveLag, CurveLags};
pub use kendall::{KendallTest, kendall_tau_b, kendall_test};
pub use lag::{CommonError, PairLag};
pub use limbs::{Limb, Limbs, LimbsFinder};
pub use mean::LagError;
pub use order::{Order, OrderNull, order};
pub use page::{PageTest, page_test};
#[cfg(feature = "fft")]
pub use phase_slope::{PhaseLag, PhaseSlope};
pub use relation::{CycleRelation, Relation, Timing};
pub use result::{ChannelTimes, Cycle, Sequence};
pub use seam::Seam;
pub use sequencer::Sequencer;
pub use train::{AdaptiveWindow, SpikeOrder, Synfire, TrainProfile, Trains};
