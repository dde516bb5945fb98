//! Steps and strides from contacts: which ones count, why the others do not, and curves on a common time base.
//!
//! | question | answer |
//! |---|---|
//! | which steps count, and why not the others? | [`steps`], [`StepCriteria`], [`RejectReason`]; from loose events of any kind: [`EventPairing`] |
//! | contact, flight, cadence, their errors? | [`Step`], [`Steps::summary`] |
//! | running or walking? | [`Step::gait`], [`Steps::bouts`] |
//! | a curve over the stride, 0 to 100 %? | [`Normalise`], [`Ensemble`]; lined up at several events: [`Landmarks`] |
//! | impulses, halves of contact, ratio of forces? | [`StepForces`] |
//! | how stiff? | [`SpringMass`], [`LegStiffness`] |
//! | how fast? | [`SpeedSource`] |
//!
//! Mean curves with bands, and tests between curves: [`ensemble`](crate::ensemble).
//!
//! ```
//! use copeak::simulate::Sprinter;
//! use copeak::stride::{StepCriteria, RejectReason};
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
mod acceptance;
#[cfg(feature = "alloc")]
mod assembly;
#[cfg(feature = "alloc")]
mod curve;
#[cfg(feature = "alloc")]
mod display;
#[cfg(feature = "alloc")]
mod force;
#[cfg(feature = "alloc")]
mod landmarks;
#[cfg(feature = "alloc")]
mod speed;
#[cfg(feature = "alloc")]
mod spring;
mod step;
#[cfg(feature = "alloc")]
mod steps;
#[cfg(feature = "analysis")]
mod strides;

#[cfg(feature = "alloc")]
pub use acceptance::{StepCriteria, steps, steps_with_loose};
#[cfg(feature = "alloc")]
pub use assembly::{EventFault, EventPairing, PairedEvents};
#[cfg(feature = "alloc")]
pub use curve::{Ensemble, Normalise, cycle_into};
#[cfg(feature = "alloc")]
pub use force::{ForwardForces, StepForces};
#[cfg(feature = "alloc")]
pub use landmarks::Landmarks;
#[cfg(feature = "alloc")]
pub use speed::{Speed, SpeedSource};
#[cfg(feature = "alloc")]
pub use spring::{LegStiffness, SpringMass};
pub use step::{Gait, RejectReason, Step};
#[cfg(feature = "alloc")]
pub use steps::{Bout, Means, Steps, Summary};
#[cfg(feature = "analysis")]
pub use strides::strides;
