//! Settings of each pulse and their ranges.

use crate::{Error, Result};

/// One pulse's timing, height and scatter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct PulseSettings {
    /// Peak after initial contact; `None` for the speed's own.
    pub(super) after_ic_s: Option<f64>,
    pub(super) offset_s: f64,
    pub(super) amplitude: f64,
    pub(super) width: f64,
    pub(super) jitter_s: f64,
    pub(super) amplitude_scatter: f64,
    /// Right minus left.
    pub(super) asymmetry_s: f64,
    /// Right minus left over their mean.
    pub(super) amplitude_asymmetry: f64,
    /// Fraction of the deviations of the other contributors' heights that it compensates.
    pub(super) compensation: f64,
}

impl Default for PulseSettings {
    fn default() -> Self {
        Self {
            after_ic_s: None,
            offset_s: 0.0,
            amplitude: 1.0,
            width: 1.0,
            jitter_s: 0.0,
            amplitude_scatter: 0.0,
            asymmetry_s: 0.0,
            amplitude_asymmetry: 0.0,
            compensation: 0.0,
        }
    }
}

impl PulseSettings {
    pub(super) fn check(&self, stride_s: f64) -> Result<()> {
        let quarter = stride_s / 4.0;
        inside("pulse offset", "within a quarter of the stride (s)", self.offset_s, -quarter, quarter)?;
        inside("pulse asymmetry", "within a quarter of the stride (s)", self.asymmetry_s, -quarter, quarter)?;
        let half = stride_s / 2.0;
        inside(
            "pulse time after initial contact",
            "within half a stride (s)",
            self.after_ic_s.unwrap_or(0.0),
            -half,
            half,
        )?;
        inside("pulse amplitude", "0.1 to 5 times the speed's own", self.amplitude, 0.1, 5.0)?;
        inside("pulse width", "0.5 to 2 times the speed's own", self.width, 0.5, 2.0)?;
        inside("timing jitter", "0 to 0.05 s", self.jitter_s, 0.0, 0.05)?;
        inside("amplitude scatter", "0 to 0.3 of the amplitude", self.amplitude_scatter, 0.0, 0.3)?;
        inside("compensation for others", "-3 to 3 of what they deviate", self.compensation, -3.0, 3.0)?;
        inside("amplitude asymmetry", "-0.5 to 0.5 of the amplitude", self.amplitude_asymmetry, -0.5, 0.5)
    }
}

/// Checks that `low <= value <= high`; NaN is outside.
pub(super) fn inside(name: &'static str, rule: &'static str, value: f64, low: f64, high: f64) -> Result<()> {
    if value >= low && value <= high { Ok(()) } else { Err(Error::Parameter { name, rule, value }) }
}
