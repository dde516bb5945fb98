//! Contact events, the landings and take-offs of the feet, with their standard errors.
//!
//! | from | detector | 1.96 standard errors, landing and take-off |
//! |---|---|---|
//! | a plate under each foot ([`Sides`] of signals), one belt ([`BothFeet`]) | [`ForceContacts`] | 0.2 to 2.5 ms (at 1000 and 250 Hz) |
//! | joint angles of the leg | [`KinematicContacts`] | 9 and 34 ms |
//! | markers on the foot | [`MarkerContacts`] | by method: [`MarkerCalibration`](calibration::MarkerCalibration) |
//! | a gyroscope on the foot | [`GyroscopeContacts`](inertial::GyroscopeContacts) | 19 and 33 ms, more in sprints |
//! | an accelerometer at the shank | [`ShankLandings`](inertial::ShankLandings) | 114 ms, no take-off |
//! | an accelerometer at the sacrum | [`SacrumContacts`](inertial::SacrumContacts) | 120 and 151 ms |
//!
//! Each has a method `find` for one foot and, by the trait [`Detect`], `find_both` for both feet.
//! [`Recording::feet`](crate::recording::Recording::feet) chooses by the channels that a recording has.
//! [`Hysteresis`](crate::crossing::Hysteresis) finds crossings of a level, sample by sample and without heap;
//! [`DriftRemoval`](drift::DriftRemoval) removes a treadmill's drift first; [`FootContacts::merge`] combines contacts from force where
//! there is a plate with those from kinematics elsewhere. The accuracy of each on runners: [the study of events](crate::guide::studies::events).
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
mod baseline;
mod contact;
#[cfg(feature = "alloc")]
mod detect;
#[cfg(feature = "alloc")]
mod foot;
mod force;
#[cfg(feature = "alloc")]
pub mod inertial;
#[cfg(feature = "alloc")]
mod kinematic;
#[cfg(feature = "alloc")]
mod marker;
#[cfg(feature = "alloc")]
mod pieces;
#[cfg(feature = "alloc")]
pub mod plate;
#[cfg(feature = "alloc")]
pub(crate) mod recorded;
mod side;

pub use contact::{Contact, Event, EventKind, Method};
#[cfg(feature = "alloc")]
pub use detect::{BothFeet, Detect};
#[cfg(feature = "alloc")]
pub use foot::{Feet, FootContacts};
pub use force::ForceContacts;
#[cfg(feature = "alloc")]
pub use kinematic::{KinematicContacts, LegAngles};
#[cfg(feature = "alloc")]
pub use marker::{FootMarkers, MarkerContacts, MarkerMethod};
pub use side::{Side, Sides};

/// Delays and standard errors of the detectors without force, fitted on runners with force.
#[cfg(feature = "alloc")]
pub mod calibration {
    pub use super::kinematic::KinematicCalibration;
    pub use super::marker::MarkerCalibration;
}

/// Drift of a treadmill's force: its removal from a record and from a live stream, and the baseline.
#[cfg(feature = "alloc")]
pub mod drift {
    pub use super::baseline::{Baseline, DriftRemoval, FlightLevel, LiveDrift};
}

/// Contacts from a live stream of force.
pub mod live {
    pub use super::force::{Footfall, LiveContacts};
}

/// States of the detectors that work sample by sample.
pub mod state {
    #[cfg(feature = "alloc")]
    pub use super::baseline::LiveDriftState;
    pub use super::force::LiveContactsState;
}
