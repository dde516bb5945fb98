//! When a foot meets and leaves the ground: contact events with their standard errors.
//!
//! | from | detector | 1.96 standard errors, landing and take-off |
//! |---|---|---|
//! | a plate under each foot ([`Sides`] of signals), one belt ([`OneBelt`]) | [`ForceContacts`] | 0.2 to 2.5 ms (at 1000 and 250 Hz) |
//! | joint angles of the leg | [`KinematicContacts`] | 9 and 34 ms |
//! | markers on the foot | [`MarkerContacts`] | by method: [`MarkerCalibration`] |
//! | a gyroscope on the foot | [`GyroscopeContacts`] | 19 and 33 ms, more in sprints |
//! | an accelerometer at the shank | [`ShankLandings`] | 114 ms, no take-off |
//! | an accelerometer at the sacrum | [`SacrumContacts`] | 120 and 151 ms |
//!
//! Each has a method `find` for one foot and, by the trait [`Detect`], `find_both` for the inputs that it can read.
//! [`Recording::feet`](crate::recording::Recording::feet) chooses by the channels that a recording has.
//! [`Hysteresis`](crate::crossing::Hysteresis) finds crossings of a level, sample by sample and without heap; [`DriftRemoval`] takes away a treadmill's drift
//! first; [`FootContacts::merge`] makes one list of contacts from force where there is a plate and from kinematics elsewhere. How each was tried on
//! runners: [the figures](crate::guide::studies::events).
//!
#![doc = include_str!("../guide/figures.html")]
#![doc = include_str!("../../docs/contacts.svg")]
//!
//! ```
//! use copeak::event::{Detect, ForceContacts, Sides};
//! use copeak::simulate::Sprinter;
//! let trial = Sprinter::at_speed(7.0).force_rate_hz(1000.0).force_noise_n(5.0).seed(1).simulate()?.recording;
//! let plates = Sides::new(trial.signal("grf_vertical_l")?, trial.signal("grf_vertical_r")?);
//! let feet = ForceContacts::default().find_both(&plates)?;
//! let contact = feet.contacts()[2];
//! let (landed, left) = (contact.initial, contact.terminal);
//! assert_eq!(format!("{} {:.4} s +- {:.1} ms", contact.side(), landed.time_s, 1e3 * landed.se_s), "l 0.6546 s +- 0.1 ms");
//! assert_eq!(format!("{:.4} s +- {:.1} ms", left.time_s, 1e3 * left.se_s), "0.7999 s +- 0.4 ms");
//! # Ok::<(), copeak::Error>(())
//! ```

#[cfg(feature = "alloc")]
mod belt;
mod contact;
#[cfg(feature = "alloc")]
mod detect;
#[cfg(feature = "alloc")]
mod display;
#[cfg(feature = "alloc")]
mod drift;
#[cfg(feature = "alloc")]
mod foot;
mod force;
#[cfg(feature = "alloc")]
mod inertial;
#[cfg(feature = "alloc")]
mod kinematic;
#[cfg(feature = "alloc")]
mod marker;
#[cfg(feature = "alloc")]
mod pieces;
#[cfg(feature = "alloc")]
mod plate;
#[cfg(feature = "alloc")]
pub(crate) mod recorded;
mod side;

#[cfg(feature = "alloc")]
pub use belt::OneBelt;
pub use contact::{Contact, Event, EventKind, Method};
#[cfg(feature = "alloc")]
pub use detect::Detect;
#[cfg(feature = "alloc")]
pub use drift::{Baseline, DriftRemoval, FlightLevel, LiveDrift, LiveDriftState};
#[cfg(feature = "alloc")]
pub use foot::{Feet, FootContacts};
pub use force::{Footfall, ForceContacts, LiveContacts, LiveContactsState};
#[cfg(feature = "alloc")]
pub use inertial::{
    GyroscopeCalibration, GyroscopeContacts, Sacrum, SacrumCalibration, SacrumContacts, ShankLandings,
};
#[cfg(feature = "alloc")]
pub use kinematic::{KinematicCalibration, KinematicContacts, LegAngles};
#[cfg(feature = "alloc")]
pub use marker::{FootMarkers, MarkerCalibration, MarkerContacts, MarkerMethod};
#[cfg(feature = "alloc")]
pub use plate::{PlateReading, ThresholdBias};
pub use side::{Side, Sides};
