//! Steps and strides from contacts: which ones count, why the others do not, and curves on a common time base.

mod acceptance;
mod curve;
mod step;
mod steps;

pub use acceptance::{Acceptance, steps, steps_with_loose};
pub use curve::{Ensemble, Normalise};
pub use step::{Reason, Step, Window};
pub use steps::{Means, Steps, Summary};
