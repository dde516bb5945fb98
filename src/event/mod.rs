//! When a foot meets and leaves the ground: contact events with their standard errors.
//!
//! [`Hysteresis`] finds crossings of a level, sample by sample and without heap. [`ForceContacts`] makes contacts of
//! one foot from them, live or over a record.

mod contact;
mod crossing;
mod force;
#[cfg(feature = "alloc")]
mod median;
#[cfg(feature = "alloc")]
mod plate;

pub use contact::{Contact, Event, EventKind, Method, Side};
pub use crossing::{Crossing, Direction, Hysteresis, HysteresisState};
pub use force::{Footfall, ForceContacts, LiveContacts, LiveContactsState};
#[cfg(feature = "alloc")]
pub(crate) use median::median;
#[cfg(feature = "alloc")]
pub use plate::{FootContacts, ThresholdBias};
