//! From a recording's channels to contributors: one module per model.
//!
//! Models stand side by side and may disagree, because they answer different questions. Every result names its model.

mod joint;
mod leg;
mod newton;

pub(crate) use leg::{leg_counts, leg_sequence};

pub use joint::{AFTER_CONTACT_S, Joint, JointModel, LegChannel};
pub use newton::{
    Body, BodySegment, Closure, ClosureStep, Forces, GroundForce, GroupForce, Landmark, MarkerSet, Newton,
    NewtonModel, Segment, Sex,
};

use alloc::vec::Vec;
use core::ops::Range;

/// The runs of finite samples.
fn stretches(samples: &[f64]) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for (i, _) in samples.iter().enumerate().filter(|(_, x)| x.is_finite()) {
        match found.last_mut() {
            Some(last) if last.end == i => last.end = i + 1,
            _ => found.push(i..i + 1),
        }
    }
    found
}
