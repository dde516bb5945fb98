//! From a recording's channels to contributors: one module per model.
//!
//! Models stand side by side and may disagree, because they answer different questions. Every result names its model.

mod joint;

pub use joint::{AFTER_CONTACT_S, Joint, JointModel, LegChannel};
