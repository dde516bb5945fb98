//! Event trains: when something happened in several channels, which events coincide, and who leads.
//!
//! - [`Trains`] holds the times, [`AdaptiveWindow`] says how close two of them must be to coincide.
//! - [`SpikeOrder`] tells who leads, [`Synfire`] how well one order of all trains explains it.
//!
//! How much coincides is a question of synchrony: [`crate::synchrony::SpikeSync`].

mod coincidence;
mod counts;
mod order;
mod profile;
mod search;
mod synfire;
mod trains;
mod window;

pub(crate) use coincidence::each_coincidence;
pub(crate) use counts::{Counted, counts};
pub use order::SpikeOrder;
pub use profile::TrainProfile;
pub use synfire::Synfire;
pub use trains::Trains;
pub use window::AdaptiveWindow;
pub(crate) use window::half_intervals;
