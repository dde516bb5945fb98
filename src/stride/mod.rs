//! Steps and strides from contacts: which ones count, why the others do not, and curves on a common time base.

#[cfg(feature = "alloc")]
mod acceptance;
#[cfg(feature = "alloc")]
mod assembly;
#[cfg(feature = "alloc")]
mod curve;
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

#[cfg(feature = "alloc")]
pub use acceptance::{Acceptance, steps, steps_with_loose};
#[cfg(feature = "alloc")]
pub use assembly::{Assembled, Assembly, EventFault};
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
pub use step::{Gait, Reason, Step, Window};
#[cfg(feature = "alloc")]
pub use steps::{Bout, Means, Steps, Summary};
