//! The pulses whose timing can be set.

use crate::event::Side;
use core::fmt;

/// A pulse of angular velocity with a known time in every step: one of the five contributors that are compared across
/// limbs, or one of the three joints of the support leg.
///
/// The hip of the support leg is both, so [`Pulse::SupportHip`] is also the first of the within-limb sequence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Pulse {
    /// Hip extension of the support leg.
    SupportHip,
    /// Hip flexion of the swing leg.
    SwingHip,
    /// Shoulder flexion of the arm on the support side.
    SupportArm,
    /// Shoulder extension of the other arm.
    OppositeArm,
    /// Axial rotation of the trunk: positive while the right foot supports, negative while the left does.
    Trunk,
    /// Knee extension of the support leg.
    Knee,
    /// Plantarflexion of the support leg.
    Ankle,
}

impl Pulse {
    /// All of them.
    pub const ALL: [Pulse; 7] = [
        Pulse::SupportHip,
        Pulse::SwingHip,
        Pulse::SupportArm,
        Pulse::OppositeArm,
        Pulse::Trunk,
        Pulse::Knee,
        Pulse::Ankle,
    ];

    /// The five that are compared across limbs.
    pub const CONTRIBUTORS: [Pulse; 5] =
        [Pulse::SupportHip, Pulse::SwingHip, Pulse::SupportArm, Pulse::OppositeArm, Pulse::Trunk];

    /// The support leg's hip, knee and ankle, in the order in which they should peak.
    pub const SUPPORT_LEG: [Pulse; 3] = [Pulse::SupportHip, Pulse::Knee, Pulse::Ankle];

    /// Its name, as reports write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Pulse::SupportHip => "support_hip",
            Pulse::SwingHip => "swing_hip",
            Pulse::SupportArm => "support_arm",
            Pulse::OppositeArm => "opposite_arm",
            Pulse::Trunk => "trunk",
            Pulse::Knee => "knee",
            Pulse::Ankle => "ankle",
        }
    }

    /// Place in [`Pulse::ALL`].
    pub(super) fn index(self) -> usize {
        self as usize
    }

    /// The joint that moves, and its side, while `support` is on the ground.
    pub(super) fn joint(self, support: Side) -> (Joint, Side) {
        match self {
            Pulse::SupportHip => (Joint::Hip, support),
            Pulse::SwingHip => (Joint::Hip, support.opposite()),
            Pulse::SupportArm => (Joint::Shoulder, support),
            Pulse::OppositeArm => (Joint::Shoulder, support.opposite()),
            Pulse::Trunk => (Joint::Trunk, Side::Right),
            Pulse::Knee => (Joint::Knee, support),
            Pulse::Ankle => (Joint::Ankle, support),
        }
    }

    /// The sign that makes the pulse positive while `support` is on the ground.
    pub(super) fn sign(self, support: Side) -> f64 {
        match (self, support) {
            (Pulse::SwingHip | Pulse::SupportArm, _) | (Pulse::Trunk, Side::Right) => 1.0,
            _ => -1.0,
        }
    }
}

impl fmt::Display for Pulse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A moving joint. Trunk and pelvis are one channel each, kept under the right side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Joint {
    Hip,
    Knee,
    Ankle,
    Shoulder,
    Elbow,
    Pelvis,
    Trunk,
}

impl Joint {
    pub(super) const ALL: [Joint; 7] =
        [Joint::Hip, Joint::Knee, Joint::Ankle, Joint::Shoulder, Joint::Elbow, Joint::Pelvis, Joint::Trunk];

    /// Channel name without side.
    pub(super) fn angle(self) -> &'static str {
        match self {
            Joint::Hip => "hip_flexion",
            Joint::Knee => "knee_flexion",
            Joint::Ankle => "ankle_dorsiflexion",
            Joint::Shoulder => "shoulder_flexion",
            Joint::Elbow => "elbow_flexion",
            Joint::Pelvis => "pelvis_rotation",
            Joint::Trunk => "trunk_rotation",
        }
    }

    /// Whether left and right have a channel each.
    pub(super) fn is_paired(self) -> bool {
        !matches!(self, Joint::Pelvis | Joint::Trunk)
    }
}
