//! The role of a contributor in a step, and the treatment of its sign.

use crate::event::Side;
use crate::{Error, Result};
#[cfg(feature = "analysis")]
use alloc::string::String;
use core::fmt;

/// The channel of a contributor that drives a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum ChannelSource {
    /// The channel of the support side.
    SupportSide,
    /// The channel of the other side.
    OtherSide,
    /// The one midline channel, as it is when the right foot supports and with its sign flipped when the left does.
    Midline,
}

/// The role of a contributor in a step.
///
/// ```
/// use copeak::{convergence::Role, convergence::role::ChannelSource, event::Side};
/// assert_eq!(Role::SwingLeg.side(Side::Right), Some(Side::Left));
/// let eyes = Role::Other { name: "gaze".into(), source: ChannelSource::Midline };
/// assert_eq!(eyes.side(Side::Right), None);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Role {
    /// The leg on the ground: the support side's channel.
    SupportLeg,
    /// The other leg.
    SwingLeg,
    /// The arm of the support side.
    SupportArm,
    /// The other arm.
    OppositeArm,
    /// The trunk: one midline channel whose sign flips with the support side.
    Trunk,
    /// A user-defined role.
    #[cfg(feature = "analysis")]
    Other {
        /// Its name.
        name: String,
        /// The channel that drives a step.
        source: ChannelSource,
    },
}

impl Role {
    /// Returns the channel that drives a step.
    pub fn source(&self) -> ChannelSource {
        match self {
            Role::SupportLeg | Role::SupportArm => ChannelSource::SupportSide,
            Role::SwingLeg | Role::OppositeArm => ChannelSource::OtherSide,
            Role::Trunk => ChannelSource::Midline,
            #[cfg(feature = "analysis")]
            Role::Other { source, .. } => *source,
        }
    }

    /// Returns the side whose channel drives a step with this support side; `None` for a midline role.
    pub fn side(&self, support: Side) -> Option<Side> {
        match self.source() {
            ChannelSource::SupportSide => Some(support),
            ChannelSource::OtherSide => Some(support.opposite()),
            ChannelSource::Midline => None,
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Role::SupportLeg => "support leg",
            Role::SwingLeg => "swing leg",
            Role::SupportArm => "support arm",
            Role::OppositeArm => "opposite arm",
            Role::Trunk => "trunk",
            #[cfg(feature = "analysis")]
            Role::Other { name, .. } => name,
        })
    }
}

/// The treatment of a channel's sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Rectification {
    /// The positive part: max(0, s x).
    #[default]
    Positive,
    /// The magnitude: |x|.
    Magnitude,
    /// Unchanged: s x. For forces, which may also act against the direction of interest.
    Signed,
}

impl Rectification {
    #[inline]
    pub(super) fn apply(self, x: f64) -> f64 {
        match self {
            // A missing sample stays missing: `max` would turn it into 0.
            Rectification::Positive if x <= 0.0 => 0.0,
            Rectification::Positive | Rectification::Signed => x,
            Rectification::Magnitude => x.abs(),
        }
    }
}

/// Checks that a role and the channels it was given match.
pub(super) fn check_channels(role: &Role, is_midline: bool) -> Result<()> {
    let (quantity, reason) = match (role.source() == ChannelSource::Midline, is_midline) {
        (true, false) => ("a contributor with two sides", "its role takes one midline channel"),
        (false, true) => ("a contributor on the midline", "its role takes the channel of one side"),
        _ => return Ok(()),
    };
    Err(Error::Undefined { quantity, reason })
}

pub(super) fn check_sign(sign: f64) -> Result<()> {
    if sign.is_finite() && sign != 0.0 {
        return Ok(());
    }
    Err(Error::Parameter { name: "sign", rule: "finite and not 0", value: sign })
}

pub(super) fn check_weight(weight: f64) -> Result<()> {
    if weight.is_finite() && weight >= 0.0 {
        return Ok(());
    }
    Err(Error::Parameter { name: "weight", rule: "finite and at least 0", value: weight })
}

pub(super) fn check_target_phase(target_phase: f64) -> Result<()> {
    if target_phase.is_finite() {
        return Ok(());
    }
    Err(Error::Parameter { name: "target phase", rule: "finite", value: target_phase })
}
