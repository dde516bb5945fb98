//! A channel of a sequence: its name, the delay that is allowed for, and the device whose clock it is on.

use crate::{Error, Result};
use alloc::string::String;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// A channel of a sequence.
///
/// A plain name will do where everything is on one clock and nothing is delayed: `"hip".into()`.
///
/// - A **delay** moves the channel's times later before anything is compared. A muscle's electrical onset comes before its
///   force: an electromechanical delay of 40 ms says that what is seen in the electromyogram at 0.10 s pulls at 0.14 s. It is
///   never assumed, and the result repeats it.
/// - A **device** has a clock of its own, known to a standard error. Between channels of one device that error cancels.
///
/// Both errors are the same in every cycle, so no number of cycles makes them smaller: they enter the interval of a lag
/// beside its scatter.
///
/// ```
/// use copeak::sequence::SequenceChannel;
/// let muscle = SequenceChannel::new("gastrocnemius").delayed(0.04, 0.01).on_device("emg", 0.002);
/// let force = SequenceChannel::from("force");
/// assert_eq!(muscle.common_error_s(&force), 0.01f64.hypot(0.002));
/// let soleus = SequenceChannel::new("soleus").on_device("emg", 0.002);
/// assert_eq!(muscle.common_error_s(&soleus), 0.01); // one clock
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SequenceChannel {
    /// Its name.
    pub name: String,
    /// How much later than the channel shows it a thing counts as having happened.
    pub delay_s: f64,
    /// Standard error of the delay.
    pub delay_se_s: f64,
    /// The device that it was recorded with; `None`: that of the recording's clock.
    pub device: Option<String>,
    /// Standard error of that device's clock against the recording's.
    pub sync_se_s: f64,
}

impl SequenceChannel {
    /// Without delay, on the recording's clock.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), delay_s: 0.0, delay_se_s: 0.0, device: None, sync_se_s: 0.0 }
    }

    /// Counts its times as this much later; `se_s` is the delay's standard error, 0 if it is exact.
    #[doc(alias = "electromechanical delay")]
    #[doc(alias = "EMD")]
    #[must_use]
    pub fn delayed(self, delay_s: f64, se_s: f64) -> Self {
        Self { delay_s, delay_se_s: se_s, ..self }
    }

    /// Sets the device that recorded it, whose clock agrees with the recording's to a standard error of `sync_se_s`.
    #[must_use]
    pub fn on_device(self, device: impl Into<String>, sync_se_s: f64) -> Self {
        Self { device: Some(device.into()), sync_se_s, ..self }
    }

    /// A delay that is finite, and standard errors that are finite and not below 0.
    pub(super) fn check(&self) -> Result<()> {
        if !self.delay_s.is_finite() {
            return Err(Error::Parameter { name: "delay", rule: "finite", value: self.delay_s });
        }
        let bad = |se: &f64| !(se.is_finite() && *se >= 0.0);
        match [self.delay_se_s, self.sync_se_s].into_iter().find(bad) {
            None => Ok(()),
            Some(value) => {
                Err(Error::Parameter { name: "standard error", rule: "finite and at least 0 s", value })
            }
        }
    }

    /// The standard error of a lag to `other` that every cycle shares: of both delays, and of the clocks unless they are
    /// one.
    pub fn common_error_s(&self, other: &SequenceChannel) -> f64 {
        let clocks = if self.device == other.device { 0.0 } else { self.sync_se_s.hypot(other.sync_se_s) };
        self.delay_se_s.hypot(other.delay_se_s).hypot(clocks)
    }
}

impl<S: Into<String>> From<S> for SequenceChannel {
    fn from(name: S) -> Self {
        Self::new(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_clocks_add_their_errors() {
        let on = |device: &str, se| SequenceChannel::new("x").on_device(device, se);
        assert_eq!(on("emg", 0.003).common_error_s(&on("imu", 0.004)), 0.005);
        assert_eq!(on("emg", 0.003).common_error_s(&on("emg", 0.003)), 0.0);
        assert_eq!(on("emg", 0.003).common_error_s(&"force".into()), 0.003);
    }

    #[test]
    fn bad_input_is_named() {
        let plain = || SequenceChannel::new("x");
        let refused = plain().delayed(f64::NAN, 0.0).check();
        assert!(matches!(refused, Err(Error::Parameter { name: "delay", .. })));
        for se in [-0.001, f64::NAN, f64::INFINITY] {
            assert!(
                plain().delayed(0.04, se).check().is_err() && plain().on_device("emg", se).check().is_err()
            );
        }
    }
}
