//! A contributor of a stream.

use super::super::{ChannelSource, Rectification, Role};
use crate::event::Side;
use crate::{Error, Result};

/// One contributor as channels of a stream's frames.
///
/// ```
/// use copeak::convergence::{LiveContributor, Role};
/// // Hip extension velocity of the support leg, where channels 0 and 1 are the flexion velocities of left and right hip.
/// let hip = LiveContributor::paired(Role::SupportLeg, 0, 1)?.with_sign(-1.0)?;
/// # let _ = hip;
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct LiveContributor {
    pub(super) role: Role,
    pub(super) left: usize,
    pub(super) right: usize,
    pub(super) sign: f64,
    pub(super) shape: Rectification,
    pub(super) weight: f64,
    pub(super) target_phase: f64,
    pub(super) reference_peak: Option<f64>,
}

impl LiveContributor {
    /// With a channel for each side, counted from 0.
    ///
    /// # Errors
    /// [`Error::Undefined`] for a midline role.
    pub fn paired(role: Role, left: usize, right: usize) -> Result<Self> {
        if role.takes() == ChannelSource::Midline {
            let reason = "its role takes one midline channel";
            return Err(Error::Undefined { quantity: "a contributor with two sides", reason });
        }
        Ok(Self::new(role, left, right))
    }

    /// With one midline channel, whose sign is the one for right support.
    ///
    /// # Errors
    /// [`Error::Undefined`] for a role with sides.
    pub fn midline(role: Role, channel: usize) -> Result<Self> {
        if role.takes() != ChannelSource::Midline {
            let reason = "its role takes the channel of one side";
            return Err(Error::Undefined { quantity: "a contributor on the midline", reason });
        }
        Ok(Self::new(role, channel, channel))
    }

    fn new(role: Role, left: usize, right: usize) -> Self {
        let (sign, weight, target_phase) = (1.0, 1.0, 0.0);
        let shape = Rectification::Positive;
        Self { role, left, right, sign, shape, weight, target_phase, reference_peak: None }
    }

    /// With the factor that makes the wanted direction positive.
    ///
    /// # Errors
    /// [`Error::Parameter`] for 0 or a factor that is not finite.
    pub fn with_sign(self, sign: f64) -> Result<Self> {
        if sign.is_finite() && sign != 0.0 {
            return Ok(Self { sign, ..self });
        }
        Err(Error::Parameter { name: "sign", rule: "finite and not 0", value: sign })
    }

    /// With another shape than the positive part.
    #[must_use]
    pub fn with_shape(self, shape: Rectification) -> Self {
        Self { shape, ..self }
    }

    /// With a weight.
    ///
    /// # Errors
    /// [`Error::Parameter`] for a weight that is negative or not finite.
    pub fn with_weight(self, weight: f64) -> Result<Self> {
        if weight.is_finite() && weight >= 0.0 {
            return Ok(Self { weight, ..self });
        }
        Err(Error::Parameter { name: "weight", rule: "finite and at least 0", value: weight })
    }

    /// With the phase by which it should peak after the others, as a fraction of the cycle.
    ///
    /// # Errors
    /// [`Error::Parameter`] when it is not finite.
    pub fn with_target_phase(self, target_phase: f64) -> Result<Self> {
        if target_phase.is_finite() {
            return Ok(Self { target_phase, ..self });
        }
        Err(Error::Parameter { name: "target phase", rule: "finite", value: target_phase })
    }

    /// With the mean peak that its drive is divided by, from a session measured before; without, its own mean peak over the
    /// steps so far. 1 for forces that add up as they are.
    ///
    /// # Errors
    /// [`Error::Parameter`] unless it is finite and above 0.
    pub fn with_reference_peak(self, peak: f64) -> Result<Self> {
        if peak.is_finite() && peak > 0.0 {
            return Ok(Self { reference_peak: Some(peak), ..self });
        }
        Err(Error::Parameter { name: "reference peak", rule: "finite and above 0", value: peak })
    }

    /// Its channel, and the factor before its samples, in a step with this support side.
    pub(super) fn channel(&self, support: Side) -> (usize, f64) {
        match self.role.side(support) {
            Some(Side::Left) => (self.left, self.sign),
            Some(Side::Right) => (self.right, self.sign),
            None if support == Side::Right => (self.left, self.sign),
            None => (self.left, -self.sign),
        }
    }

    #[inline]
    pub(super) fn shaped(&self, x: f64) -> f64 {
        match self.shape {
            // NaN must stay NaN, which `max` would not do.
            Rectification::Positive if x <= 0.0 => 0.0,
            Rectification::Positive | Rectification::Signed => x,
            Rectification::Magnitude => x.abs(),
        }
    }
}
