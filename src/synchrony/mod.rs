//! What peaks together across extremities: phases, their spread, and how firmly two of them are locked.
//!
//! **Simultaneous and locked are two numbers.** Two contributors that always peak 30 ms apart are perfectly locked
//! ([`locking`]) and not simultaneous ([`Circular::simultaneity`]).

mod circular;
mod lock;

pub use circular::{Circular, SameDirection, VTest, WatsonWilliams, same_direction};
pub(crate) use circular::{difference, wrap};
pub use lock::{Locking, locking};
