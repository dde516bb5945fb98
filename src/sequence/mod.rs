//! In what order things peak within an extremity, and by how much: lags, order, and lags of whole curves.
//!
//! - [`Sequence`] is the whole answer for ordered channels over cycles: [`PairLag`]s, [`Order`], median peak times.
//! - [`order`](order()) alone, for times at hand.
//! - [`CrossCorrelation`] finds the lag of one curve behind another without any peak.
//! - [`Trains`] of events: who leads ([`SpikeOrder`]), and which order of all explains it best ([`Synfire`]).
//!
//! Lags are signed: **positive = the second comes after the first**.

mod correlation;
mod kendall;
mod lag;
mod order;
mod page;
mod result;
pub(crate) mod train;

pub use correlation::{CrossCorrelation, CurveLag};
pub use kendall::kendall_tau_b;
pub use lag::{CycleRelation, PairLag, Relation, Timing};
pub use order::{Order, order};
pub use page::{PageTest, page_test};
pub use result::{Cycle, Sequence};
pub use train::{AdaptiveWindow, SpikeOrder, Synfire, TrainProfile, Trains};
