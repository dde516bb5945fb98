//! A contributor of a stream.

use super::super::role::{check_channels, check_sign, check_target_phase, check_weight};
use super::super::{Rectification, Role};
use crate::event::Side;
use crate::{Error, Result};

/// One contributor as channels of a stream's frames, counted from 0.
///
/// Setters do not fail. Invalid settings are reported by the builder of
/// [`LiveConvergence`](super::LiveConvergence::builder).
///
/// ```
/// use copeak::convergence::{LiveContributor, Role};
/// // Hip extension velocity of the support leg; channels 0 and 1 are the flexion velocities of the left and the right hip.
/// let hip = LiveContributor::paired(Role::SupportLeg, 0, 1).sign(-1.0);
/// assert_eq!((hip.left, hip.right), (0, Some(1)));
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct LiveContributor {
    /// Its role in a step.
    pub role: Role,
    /// The left channel, or the midline channel.
    pub left: usize,
    /// The right channel; `None` for a midline channel.
    pub right: Option<usize>,
    /// The factor that makes the direction of interest positive.
    pub sign: f64,
    /// The treatment of the channel's sign.
    pub rectification: Rectification,
    /// Its weight.
    pub weight: f64,
    /// The phase by which it should peak after the others, as a fraction of the cycle.
    pub target_phase: f64,
    /// The mean peak by which its drive is divided; `None` for its own over the steps so far.
    pub reference_peak: Option<f64>,
}

impl LiveContributor {
    /// Creates a contributor with a channel for each side.
    pub fn paired(role: Role, left: usize, right: usize) -> Self {
        Self::from_channels(role, left, Some(right))
    }

    /// Creates a contributor with one midline channel, whose sign is the one for right support.
    pub fn midline(role: Role, channel: usize) -> Self {
        Self::from_channels(role, channel, None)
    }

    fn from_channels(role: Role, left: usize, right: Option<usize>) -> Self {
        Self {
            role,
            left,
            right,
            sign: 1.0,
            rectification: Rectification::Positive,
            weight: 1.0,
            target_phase: 0.0,
            reference_peak: None,
        }
    }

    /// Sets the factor that makes the direction of interest positive: finite and not 0.
    #[must_use]
    pub fn sign(self, sign: f64) -> Self {
        Self { sign, ..self }
    }

    /// Sets how the channel's sign is treated; [`Rectification::Positive`] by default.
    #[must_use]
    pub fn rectification(self, rectification: Rectification) -> Self {
        Self { rectification, ..self }
    }

    /// Sets the weight: finite and at least 0.
    #[must_use]
    pub fn weight(self, weight: f64) -> Self {
        Self { weight, ..self }
    }

    /// Sets the phase by which it should peak after the others, as a fraction of the cycle: finite.
    #[must_use]
    pub fn target_phase(self, target_phase: f64) -> Self {
        Self { target_phase, ..self }
    }

    /// Sets the mean peak by which its drive is divided, from a session measured before; finite and above 0. Use 1 for forces,
    /// which add up without division. By default it is the mean peak over the steps so far.
    #[must_use]
    pub fn reference_peak(self, peak: f64) -> Self {
        Self { reference_peak: Some(peak), ..self }
    }

    /// Checks the settings against frames with this number of channels.
    pub(super) fn check(&self, channels: usize) -> Result<()> {
        check_channels(&self.role, self.right.is_none())?;
        let last = self.left.max(self.right.unwrap_or(self.left));
        if last >= channels {
            let rule = "below the number of channels of a frame";
            return Err(Error::Parameter { name: "channel", rule, value: last as f64 });
        }
        check_sign(self.sign)?;
        check_weight(self.weight)?;
        check_target_phase(self.target_phase)?;
        match self.reference_peak {
            Some(value) if !(value.is_finite() && value > 0.0) => {
                Err(Error::Parameter { name: "reference peak", rule: "finite and above 0", value })
            }
            _ => Ok(()),
        }
    }

    /// Its channel, and the factor of its samples, in a step with this support side.
    pub(super) fn channel(&self, support: Side) -> (usize, f64) {
        match (self.role.side(support), self.right) {
            (Some(Side::Right), Some(right)) => (right, self.sign),
            (None, _) if support == Side::Left => (self.left, -self.sign),
            _ => (self.left, self.sign),
        }
    }
}
