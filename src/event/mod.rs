//! When a foot meets and leaves the ground: contact events with their standard errors.
//!
//! [`Detect`] is the one trait over all detectors, each for the inputs it can read: [`ForceContacts`] for a plate under
//! each foot ([`PlatePerFoot`]) or one belt under both ([`OneBelt`]), [`KinematicContacts`] for joint angles,
//! [`MarkerContacts`] for markers on the feet, [`GyroscopeContacts`] for gyroscopes on them, [`ShankLandings`] and
//! [`SacrumContacts`] for accelerometers higher up, which know less and say so. Each of them also has a `find` of its own
//! for one foot. [`Hysteresis`] finds crossings of a level, sample by sample and
//! without heap; [`DriftRemoval`] takes away a treadmill's drift first; [`merge`] makes one list of contacts from
//! force where there is a plate and from kinematics elsewhere.

#[cfg(feature = "alloc")]
mod belt;
mod contact;
mod crossing;
#[cfg(feature = "alloc")]
mod detect;
#[cfg(feature = "alloc")]
mod drift;
#[cfg(feature = "alloc")]
mod foot;
mod force;
mod hysteresis;
#[cfg(feature = "alloc")]
mod inertial;
#[cfg(feature = "alloc")]
mod kinematic;
#[cfg(feature = "alloc")]
mod marker;
#[cfg(feature = "alloc")]
mod merge;
#[cfg(feature = "alloc")]
mod pieces;
#[cfg(feature = "alloc")]
mod plate;

#[cfg(feature = "alloc")]
pub use belt::{OneBelt, sum_of_plates};
pub use contact::{Contact, Event, EventKind, Method, Side};
pub use crossing::{Crossing, Direction};
#[cfg(feature = "alloc")]
pub use detect::{BothFeet, BothLegs, Detect, Feet, PlatePerFoot};
#[cfg(feature = "alloc")]
pub use drift::{Baseline, DriftRemoval, FlightLevel, LiveDrift, LiveDriftState};
#[cfg(feature = "alloc")]
pub use foot::FootContacts;
pub use force::{Footfall, ForceContacts, LiveContacts, LiveContactsState};
pub use hysteresis::{Hysteresis, HysteresisState};
#[cfg(feature = "alloc")]
pub use inertial::{
    GyroscopeCalibration, GyroscopeContacts, Sacrum, SacrumCalibration, SacrumContacts, SensorPerLeg,
    ShankLandings,
};
#[cfg(feature = "alloc")]
pub use kinematic::{KinematicCalibration, KinematicContacts, LegAngles};
#[cfg(feature = "alloc")]
pub use marker::{FootMarkers, MarkerCalibration, MarkerContacts, MarkerMethod};
#[cfg(feature = "alloc")]
pub use merge::merge;
#[cfg(feature = "alloc")]
pub use plate::{PlateReading, ThresholdBias};
