//! Models that compute contributors from a recording's channels.
//!
//! Models may disagree, because they answer different questions. Every result names its model.
//!
//! | model | from | shows | does not show |
//! |---|---|---|---|
//! | [`JointModel`] | joint angles | when each joint moves fastest | force |
//! | [`NewtonModel`] | markers and body mass | what each part of the body adds to the ground reaction force, in newtons, with its [`ForceResidual`] relative to plates | what muscles do |
//! | your own | anything | anything that implements [`Contribute`](crate::convergence::Contribute) | |
//!
//! The sum over the body and the force of the plates, a sprinter at two speeds ([why the two models disagree](crate::guide::studies::newton)):
//!
#![doc = include_str!("../guide/figures.html")]
#![doc = include_str!("../../docs/newton.svg")]
//!
//! ```
//! use copeak::model::JointModel;
//! use copeak::simulate::Sprinter;
//! let mut trial = Sprinter::at_speed(7.0).simulate()?.recording;
//! trial.channels.retain(|channel| channel.name != "trunk_rotation");
//! let joint = JointModel::new(15.0).apply(&trial)?;
//! let legs: Vec<&str> = joint.leg.iter().map(|channel| channel.name.as_str()).collect();
//! assert_eq!((joint.contributors.len(), legs), (4, vec!["hip", "knee", "ankle"]));
//! assert_eq!(joint.absent, ["trunk"]); // missing contributors are named
//! # Ok::<(), copeak::Error>(())
//! ```

mod display;
mod joint;
mod newton;

pub(crate) use joint::{leg_counts, leg_sequence};

pub use joint::{AFTER_CONTACT_S, Joint, JointModel, LegChannel};
pub use newton::{
    Body, BodySegment, ForceResidual, Forces, GroupForce, Landmark, MarkerSet, Newton, NewtonModel, Segment,
    Sex, StepResidual,
};

use crate::{Error, Result};
use alloc::vec::Vec;
use core::ops::Range;

/// Checks a low-pass cut-off apart from the Nyquist frequency.
fn check_cutoff(cutoff_hz: f64) -> Result<()> {
    if cutoff_hz.is_finite() && cutoff_hz > 0.0 {
        return Ok(());
    }
    Err(Error::Parameter { name: "cut-off", rule: "finite and above 0 Hz", value: cutoff_hz })
}

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
