//! Steps and strides from contacts, with the reason for each step that does not count, and curves on a common time base.
//!
//! | question | answer |
//! |---|---|
//! | which steps count, and why not the others? | [`Feet::steps`], [`StepCriteria`], [`RejectReason`]; from contacts: [`Steps::from_contacts`]; from events: [`EventPairing`] |
//! | contact, flight, cadence, their errors? | [`Step`], [`Steps::summary`] |
//! | running or walking? | [`Step::gait`], [`Steps::bouts`] |
//! | a curve over the stride, 0 to 100 %? | [`normalize`], [`Ensemble`]; aligned at several events: [`Landmarks`] |
//! | impulses, halves of contact, ratio of forces? | [`StepForces`](mechanics::StepForces) |
//! | how stiff? | [`SpringMass`](mechanics::SpringMass) |
//! | how fast? | [`SpeedSource`](speed::SpeedSource) |
//!
//! Mean curves with bands, and tests between curves: [`ensemble`](crate::ensemble).
//!
//! [`Feet::steps`]: crate::event::Feet::steps
//!
//! ```
//! use copeak::simulate::Sprinter;
//! use copeak::stride::{RejectReason, StepCriteria};
//! let trial = Sprinter::at_speed(7.0).steps(8).seed(1).simulate()?.recording;
//! let steps = trial.feet()?.steps(&StepCriteria::default())?;
//! let reasons: Vec<_> = steps.all().iter().filter_map(|step| step.rejected).collect();
//! assert_eq!((steps.accepted().count(), reasons), (8, vec![RejectReason::CycleOutside, RejectReason::NoNextContact]));
//! let step = steps.accepted().next().unwrap();
//! let found = format!("contact {:.0} ms, flight {:.0} ms", 1e3 * step.contact_s(), 1e3 * step.flight_s());
//! assert_eq!(found, "contact 146 ms, flight 145 ms");
//! # Ok::<(), copeak::Error>(())
//! ```

#[cfg(feature = "alloc")]
mod criteria;
#[cfg(feature = "alloc")]
mod curve;
#[cfg(feature = "alloc")]
pub mod mechanics;
#[cfg(feature = "alloc")]
pub mod speed;
mod step;
#[cfg(feature = "alloc")]
mod steps;

#[cfg(feature = "alloc")]
pub use criteria::{EventPairing, StepCriteria};
#[cfg(feature = "alloc")]
pub use curve::{Ensemble, Landmarks, cycle_into, normalize};
pub use step::{RejectReason, Step};
#[cfg(feature = "alloc")]
pub use steps::Steps;

/// Running or walking: the gait of a step and stretches of one gait.
pub mod gait {
    pub use super::step::Gait;
    #[cfg(feature = "alloc")]
    pub use super::steps::Bout;
}

/// Contacts from a list of events, and the reasons for the events that were dropped.
#[cfg(feature = "alloc")]
pub mod pairing {
    pub use super::criteria::{EventFault, PairedEvents};
}

/// Counts of rejected steps, and mean times of steps.
#[cfg(feature = "alloc")]
pub mod summary {
    pub use super::steps::{Means, Summary};
}
