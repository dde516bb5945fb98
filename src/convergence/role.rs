//! What part a contributor plays in a step, and what becomes of its sign.

use crate::event::Side;
#[cfg(feature = "analysis")]
use alloc::string::String;
use core::fmt;

/// Which of a contributor's channels drives a step.
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

/// The part a contributor plays in a step.
///
/// ```
/// use copeak::{convergence::{Role, ChannelSource}, event::Side};
/// assert_eq!(Role::SwingLeg.side(Side::Right), Some(Side::Left));
/// let eyes = Role::Other { name: "gaze".into(), takes: ChannelSource::Midline };
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
    /// A role of the user's own.
    #[cfg(feature = "analysis")]
    Other {
        /// Its name.
        name: String,
        /// Which channel it takes.
        takes: ChannelSource,
    },
}

impl Role {
    /// Which channel drives a step.
    pub fn takes(&self) -> ChannelSource {
        match self {
            Role::SupportLeg | Role::SupportArm => ChannelSource::SupportSide,
            Role::SwingLeg | Role::OppositeArm => ChannelSource::OtherSide,
            Role::Trunk => ChannelSource::Midline,
            #[cfg(feature = "analysis")]
            Role::Other { takes, .. } => *takes,
        }
    }

    /// The side whose channel drives a step with this support side; `None` for a midline role.
    pub fn side(&self, support: Side) -> Option<Side> {
        match self.takes() {
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

/// What becomes of a channel's sign.
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
    /// As it is: s x. For forces, which may also pull the wrong way.
    Signed,
}
