//! Crossings of levels with hysteresis, and how well their place is known.
//!
//! [`Hysteresis`] (a Schmitt trigger) is what finds contacts in a force, and serves for any signal with two states. It
//! stands on the ground floor because contacts, peaks and sensors use it alike.

mod calm;
#[expect(clippy::module_inception)]
mod crossing;
mod hysteresis;

#[cfg(feature = "alloc")]
pub(crate) use calm::below;
pub use crossing::{Crossing, Direction};
pub use hysteresis::{Hysteresis, HysteresisState};
