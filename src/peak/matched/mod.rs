//! Timing of whole cycles against their own mean pulse.

mod align;
mod error;
mod jitter;

pub use jitter::PulseJitter;

use super::NoPeak;
use crate::filter::fir::ImpulseResponse;
use crate::time::TimeSpan;
use crate::{Error, Real, Result, Samples, Signal};
use align::Cycles;
use alloc::vec::Vec;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Longest cycle in samples: the correlations take the square of it.
const LONGEST: usize = 20_000;
/// Fewest samples of a cycle that have a shape.
const SHORTEST: usize = 8;

/// Times every cycle of a drive by how far it must be shifted to lie on the mean of the others.
///
/// A peak uses three samples, this uses the whole pulse: it is the matched filter of communication engineering with the
/// template taken from the data (Woody 1967, doi:10.1007/BF02474247). On simulated pulses its scatter is that of the
/// Cramer-Rao bound, a sixth of what the vertex on the maximum of the same samples scatters (`tests/it/peak/matched.rs`); so
/// jitter and step-to-step lags are better taken from it. What it times is the *pulse*, not its top: where the shape
/// changes from cycle to cycle the two differ, and both are worth reading.
///
/// Each cycle is cut to the mean number of samples, linear between them, its end left out since it is the next one's
/// start; what leaves it at one end comes in at the other. In every pass each cycle in turn is laid on the mean of the
/// *others* as they lie by then (its own noise in the template would hold it where it is), and the maximum of their
/// circular cross-correlation is refined by a parabola. The shifts are relative to their mean. A cycle whose correlation is
/// highest at the largest shift allowed has no time.
///
/// ```
/// use copeak::{Clock, Rate, Signal, peak::PulseTiming, time::TimeSpan};
/// // A pulse every 0.5 s, by turns 10 ms early and late.
/// let late = |cycle: i32| if cycle % 2 == 0 { -0.01 } else { 0.01 };
/// let sample = |i: i32| {
///     let (cycle, t) = (i / 100, f64::from(i % 100) / 200.0);
///     (-((t - 0.25 - late(cycle)) / 0.05).powi(2)).exp()
/// };
/// let drive = Signal::new(Clock::from_zero(Rate::from_hz(200.0)?), (0..601).map(sample).collect::<Vec<f64>>());
/// let cycle = |k: i32| TimeSpan { start_s: 0.5 * f64::from(k), end_s: 0.5 * f64::from(k + 1) };
/// let matched = PulseTiming::new().find(&drive, &(0..6).map(cycle).collect::<Vec<_>>())?;
/// let third = matched.cycles[2].unwrap();
/// assert!((third.shift_s + 0.01).abs() < 1e-4 && (third.time_s - 1.24).abs() < 5e-4);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[doc(alias = "matched filter")]
#[doc(alias = "woody")]
#[doc(alias = "template matching")]
pub struct PulseTiming {
    passes: usize,
    max_shift: f64,
}

/// The mean pulse, and when each cycle's pulse came.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct PulseAlignment {
    /// Mean of the aligned cycles, evenly over one cycle, its end left out.
    pub pulse: Vec<f64>,
    /// Where in the cycle the mean pulse is highest, from 0 to below 1, between samples.
    pub phase: f64,
    /// One entry for each cycle asked for: its time, or why it has none.
    pub cycles: Vec<Result<PulseTime, NoPeak>>,
}

/// When a cycle's pulse came.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct PulseTime {
    /// The mean pulse's peak as it lies in this cycle, on the recording's clock. Beside the cycle's window when the pulse
    /// lies near its seam.
    pub time_s: f64,
    /// By how much the pulse comes later than the mean of all cycles; earlier below 0.
    pub shift_s: f64,
    /// Standard error of the shift; `None` when the noise is not known, or so large that it hides the pulse's slope.
    pub se_s: Option<f64>,
    /// Correlation with the mean of the others at that shift.
    pub r: f64,
}

impl Default for PulseTiming {
    fn default() -> Self {
        Self { passes: 3, max_shift: 0.25 }
    }
}

impl PulseTiming {
    /// Three passes, shifts up to a quarter of the cycle.
    pub fn new() -> Self {
        Self::default()
    }

    /// So many passes over the cycles.
    ///
    /// # Errors
    /// [`Error::Parameter`] for 0.
    pub fn passes(self, passes: usize) -> Result<Self> {
        if passes == 0 {
            return Err(Error::Parameter { name: "passes", rule: "at least 1", value: 0.0 });
        }
        Ok(Self { passes, ..self })
    }

    /// Shifts up to this fraction of the cycle, either way.
    ///
    /// # Errors
    /// [`Error::Parameter`] unless above 0 and at most 0.5.
    pub fn max_shift(self, fraction: f64) -> Result<Self> {
        if fraction > 0.0 && fraction <= 0.5 {
            Ok(Self { max_shift: fraction, ..self })
        } else {
            let rule = "above 0 and at most half a cycle";
            Err(Error::Parameter { name: "largest shift", rule, value: fraction })
        }
    }

    /// The time of each cycle, without standard error.
    ///
    /// # Errors
    /// [`Error::TooFew`] below two cycles that lie in the recording, are finite and vary; [`Error::Parameter`] when their
    /// mean length is below 8 or above 20,000 samples.
    pub fn find<S>(&self, drive: &Signal<S>, cycles: &[TimeSpan]) -> Result<PulseAlignment>
    where
        S: Samples,
        S::Item: Real,
    {
        Ok(self.align(drive, cycles)?.0)
    }

    /// The same with standard errors, when the drive is a raw channel with white noise of standard deviation `sigma` that
    /// went through `response` ([`ImpulseResponse::identity`] for the raw channel itself).
    ///
    /// With p' the slope of the mean pulse per sample and g the response, SE = sigma ||g * p'|| / ||p'||^2, which for a raw
    /// channel is the Cramer-Rao bound; what noise is left in the mean pulse is taken off the second norm. It speaks of each
    /// cycle's own noise against a pulse whose shape stays the same. Unfiltered noise of a tenth of the pulse's height makes
    /// it 4 % too small; filtered, it is exact.
    ///
    /// # Errors
    /// As [`find`](Self::find).
    pub fn find_with_noise<S>(
        &self,
        drive: &Signal<S>,
        cycles: &[TimeSpan],
        sigma: f64,
        response: &ImpulseResponse,
    ) -> Result<PulseAlignment>
    where
        S: Samples,
        S::Item: Real,
    {
        let (mut matched, aligned) = self.align(drive, cycles)?;
        let se = error::of_shift(&matched.pulse, aligned, sigma, response);
        let (n, rate) = (matched.pulse.len() as f64, drive.clock().rate().as_hz());
        for (time, window) in matched.cycles.iter_mut().zip(cycles) {
            if let Ok(time) = time {
                // A cycle that was cut to fewer samples than it had has less noise in each of them, as far as a pulse is
                // concerned; one that was stretched more.
                let cut = n / (window.duration_s() * rate);
                time.se_s = se.map(|se| se * cut.sqrt() * window.duration_s() / n);
            }
        }
        Ok(matched)
    }

    /// The result without standard errors, and how many cycles the mean pulse is made of.
    fn align<S>(&self, drive: &Signal<S>, windows: &[TimeSpan]) -> Result<(PulseAlignment, usize)>
    where
        S: Samples,
        S::Item: Real,
    {
        let rate = drive.clock().rate().as_hz();
        let inside = |w: &&TimeSpan| w.start_s < w.end_s && drive.covers(w.start_s, w.end_s);
        let lengths = || windows.iter().filter(inside).map(TimeSpan::duration_s);
        let count = lengths().count();
        let too_few =
            |got| Error::TooFew { operation: "a mean pulse", unit: "usable cycles", needed: 2, got };
        if count < 2 {
            return Err(too_few(count));
        }
        let length = lengths().sum::<f64>() / count as f64 * rate;
        if !(SHORTEST as f64 - 0.5..LONGEST as f64 + 0.5).contains(&length) {
            let rule = "from 8 to 20000 samples";
            return Err(Error::Parameter { name: "mean length of a cycle", rule, value: length });
        }
        let mut cycles = Cycles::cut(drive, windows, length.round() as usize);
        let usable = cycles.usable();
        if usable < 2 {
            return Err(too_few(usable));
        }
        for _ in 0..self.passes {
            cycles.pass(self.max_shift);
        }
        let (pulse, aligned) = cycles.mean();
        let n = pulse.len();
        let phase = align::vertex(&pulse) / n as f64;
        let timed = |(cycle, window): (&align::Cycle, &TimeSpan)| -> Result<PulseTime, NoPeak> {
            let (shift, r) = cycle.placed()?;
            let shift_s = shift / n as f64 * window.duration_s();
            Ok(PulseTime {
                time_s: window.start_s + phase * window.duration_s() + shift_s,
                shift_s,
                se_s: None,
                r,
            })
        };
        let cycles = cycles.iter().zip(windows).map(timed).collect();
        Ok((PulseAlignment { pulse, phase, cycles }, aligned))
    }
}

impl PulseAlignment {
    /// How much the pulse's time scatters from cycle to cycle, with the measurement's own part taken off; `None` below
    /// two timed cycles.
    pub fn jitter(&self) -> Option<PulseJitter> {
        let timed = || self.cycles.iter().flatten();
        let shifts: Vec<f64> = timed().map(|t| t.shift_s).collect();
        let errors: Option<Vec<f64>> = timed().map(|t| t.se_s).collect();
        PulseJitter::of(&shifts, errors.as_deref())
    }
}
