//! Steps and strides from contacts: which ones count, why the others do not, and curves on a common time base.

mod acceptance;
mod assembly;
mod curve;
mod force;
mod landmarks;
mod speed;
mod spring;
mod step;
mod steps;

pub use acceptance::{Acceptance, steps, steps_with_loose};
pub use assembly::{Assembled, Assembly, EventFault};
pub use curve::{Ensemble, Normalise, cycle_into};
pub use force::{ForwardForces, StepForces};
pub use landmarks::Landmarks;
pub use speed::{Speed, SpeedSource};
pub use spring::{LegStiffness, SpringMass};
pub use step::{Gait, Reason, Step, Window};
pub use steps::{Bout, Means, Steps, Summary};
