//! What peaks together across extremities: phases, their spread, and how firmly two of them are locked.
//!
//! **Simultaneous and locked are two numbers.** Two contributors that always peak 30 ms apart are perfectly locked
//! ([`locking`]) and not simultaneous ([`Circular::simultaneity`]).
//! Whether contributors vary together from stride to stride is a third: [`StrideCoupling`].
//!
//! Event trains: [`SpikeSync`] of any number, [`event_synchronization`] of two.

mod circular;
mod coupling;
mod event;
mod lock;

pub use circular::Circular;
pub(crate) use circular::{difference, wrap};
pub use coupling::{CouplingTest, StrideCoupling};
pub use event::{EventSync, SpikeSync, event_synchronization};
pub use lock::{Locking, locking};
