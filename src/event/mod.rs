//! When a foot meets and leaves the ground: contact events with their standard errors.
//!
//! [`Hysteresis`] finds crossings of a level, sample by sample and without heap. [`ForceContacts`] makes contacts of
//! one foot from them, live or over a record; [`KinematicContacts`] finds them in joint angles where there is no
//! force; [`merge`] makes one list of both.

mod contact;
mod crossing;
#[cfg(feature = "alloc")]
mod drift;
#[cfg(feature = "alloc")]
mod foot;
mod force;
mod hysteresis;
#[cfg(feature = "alloc")]
mod kinematic;
#[cfg(feature = "alloc")]
mod merge;
#[cfg(feature = "alloc")]
mod plate;

pub use contact::{Contact, Event, EventKind, Method, Side};
pub use crossing::{Crossing, Direction};
#[cfg(feature = "alloc")]
pub use drift::{Baseline, DriftRemoval, FlightLevel, LiveDrift, LiveDriftState};
#[cfg(feature = "alloc")]
pub use foot::FootContacts;
pub use force::{Footfall, ForceContacts, LiveContacts, LiveContactsState};
pub use hysteresis::{Hysteresis, HysteresisState};
#[cfg(feature = "alloc")]
pub use kinematic::{KinematicCalibration, KinematicContacts, LegAngles};
#[cfg(feature = "alloc")]
pub use merge::merge;
#[cfg(feature = "alloc")]
pub use plate::{PlateReading, ThresholdBias};
