//! Steps and strides from contacts: which ones count, why the others do not, and curves on a common time base.

mod step;

pub use step::{Reason, Step, Window};
