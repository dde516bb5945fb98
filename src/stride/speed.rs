//! Speed of a step: given, from the belt, or from the pelvis.

use super::mechanics::{integral, points, read};
use crate::format::number;
use crate::time::TimeSpan;
use crate::{Error, Result, Signal};
use alloc::{format, string::String, vec::Vec};
use core::fmt;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// A speed with its standard error.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Speed {
    /// Metres per second.
    pub mps: f64,
    /// Its standard error, from the noise of the signal; without the error of a belt's or a camera's calibration.
    pub se_mps: f64,
}

/// Source of the speed of a run.
///
/// ```
/// use copeak::{Clock, Rate, Signal, stride::speed::SpeedSource, time::TimeSpan};
/// let step = TimeSpan { start_s: 1.0, end_s: 1.25 };
/// let clock = Clock::from_zero(Rate::from_hz(200.0)?);
/// // Over ground at 4 m/s along a line at an angle to both axes.
/// let [x, y] = [0.8, 0.6].map(|part| {
///     Signal::new(clock, (0..400).map(|i| 4.0 * part * f64::from(i) / 200.0).collect::<Vec<_>>())
/// });
/// let speed = SpeedSource::Pelvis { x: &x, y: Some(&y) }.over(step)?;
/// assert!((speed.mps - 4.0).abs() < 1e-9 && speed.se_mps < 1e-9);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum SpeedSource<'a> {
    /// Known beforehand: the belt's setting, a laser, a gate.
    Given(Speed),
    /// A treadmill that reports its belt's speed in m/s, and where known the runner's position on it in metres, forward
    /// positive: a runner who drifts back runs slower than the belt.
    Belt {
        /// Belt speed.
        speed: &'a Signal,
        /// Forward position of the pelvis.
        x: Option<&'a Signal>,
    },
    /// The pelvis over ground: horizontal position in metres, along the running direction or along any two axes.
    Pelvis {
        /// Position along one axis.
        x: &'a Signal,
        /// Position along the other one.
        y: Option<&'a Signal>,
    },
}

impl Speed {
    /// Builds a speed with its standard error.
    pub fn new(mps: f64, se_mps: f64) -> Self {
        Self { mps, se_mps }
    }
}

impl SpeedSource<'_> {
    /// Returns the mean speed over a window.
    ///
    /// Take whole steps or strides (initial contact to initial contact): within a step the pelvis brakes and
    /// accelerates. Of the pelvis it is the distance between the window's ends over its length, with standard error
    /// √2 sigma/T for a marker noise sigma, which is measured in the window by third differences (white noise; at low
    /// rates the motion itself adds to it). Of the belt it is the mean, with SD/√n.
    ///
    /// # Errors
    /// [`Error::Window`] when the window leaves a signal; [`Error::NotRising`] when it does not end after it starts (or
    /// is NaN); [`Error::NonFinite`] for a NaN or infinite sample in it, and for a given speed; [`Error::TooFew`] below four
    /// samples.
    pub fn over(&self, window: TimeSpan) -> Result<Speed> {
        let operation = "the speed of a step";
        let TimeSpan { start_s, end_s } = window;
        if start_s >= end_s || start_s.is_nan() || end_s.is_nan() {
            return Err(Error::NotRising { operation, index: 1 });
        }
        match *self {
            SpeedSource::Given(speed) if speed.mps.is_finite() => Ok(speed),
            SpeedSource::Given(_) => Err(Error::NonFinite { operation, index: 0 }),
            SpeedSource::Belt { speed, x } => {
                let (times, values) = cut(speed, window)?;
                let mean = integral(&times, &values) / window.duration_s();
                let n = values.len() as f64;
                let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0);
                let belt = Speed::new(mean, (variance / n).sqrt());
                let Some(x) = x else { return Ok(belt) };
                let (way, se) = way(x, window)?;
                Ok(Speed::new(belt.mps + way, belt.se_mps.hypot(se)))
            }
            SpeedSource::Pelvis { x, y } => {
                let (along, along_se) = way(x, window)?;
                let Some(y) = y else { return Ok(Speed::new(along.abs(), along_se)) };
                let (across, across_se) = way(y, window)?;
                let mps = along.hypot(across);
                let se = if mps > 0.0 {
                    (along / mps * along_se).hypot(across / mps * across_se)
                } else {
                    along_se.hypot(across_se)
                };
                Ok(Speed::new(mps, se))
            }
        }
    }
}

/// Returns the mean velocity of one coordinate over a window, and its standard error.
fn way(position: &Signal, window: TimeSpan) -> Result<(f64, f64)> {
    let (_, values) = cut(position, window)?;
    let velocity = (values[values.len() - 1] - values[0]) / window.duration_s();
    let inner = &values[1..values.len() - 1]; // the samples themselves; the ends lie between samples
    let third: Vec<f64> = inner.windows(4).map(|v| v[3] - 3.0 * v[2] + 3.0 * v[1] - v[0]).collect();
    if third.is_empty() {
        return Err(Error::TooFew {
            operation: "the speed of a step",
            unit: "samples",
            needed: 4,
            got: inner.len(),
        });
    }
    // Third differences of white noise have 1 + 9 + 9 + 1 times its variance.
    let variance = third.iter().map(|d| d * d).sum::<f64>() / third.len() as f64 / 20.0;
    Ok((velocity, (2.0 * variance).sqrt() / window.duration_s()))
}

/// Returns the window's ends and the samples between them, all finite.
fn cut(signal: &Signal, window: TimeSpan) -> Result<(Vec<f64>, Vec<f64>)> {
    let times = points(signal, window, window.start_s)?;
    let values = read(signal, &times)?;
    Ok((times, values))
}

/// Formats a value with its standard error.
pub(super) fn with_error(value: f64, se: f64, factor: f64, unit: &str) -> String {
    format!("{} {unit} (standard error {})", number(factor * value), number(factor * se))
}

impl fmt::Display for Speed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&with_error(self.mps, self.se_mps, 1.0, "m/s"))
    }
}
