//! Contacts of one foot from the speed at which it pitches.

use super::minima;
use crate::event::pieces::pieces;
use crate::event::{Event, EventKind, FootContacts, Method, Side};
use crate::filter::{Filter, ZeroPhase};
use crate::math::{Vertex, quantile};
use crate::{Error, Rate, Real, Result, Samples, Signal};
use alloc::vec::Vec;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// What is slower than this is swing or stance.
const SLOW_HZ: f64 = 4.0;
/// The foot swings while its slow pitch is faster than this share of its nearly fastest.
const SWING: f64 = 0.4;
/// Longest stance between two swings.
const LONGEST_S: f64 = 1.2;
/// The foot slaps down and comes to rest: by this share of its fastest push-off at least.
const REBOUND: f64 = 0.15;
/// How a foot lands shows within this.
const SETTLED_S: f64 = 0.06;
/// Shortest contact.
const SHORTEST_CONTACT_S: f64 = 0.08;
/// The foot has left at the first minimum that reaches this share of the deepest.
const PUSH: f64 = 0.7;
/// And this share of the deepest of the whole stance, which the slap may be.
const LEAST_PUSH: f64 = 0.4;
/// A foot that swings slower than this does not run.
const LEAST_DEG_S: f64 = 150.0;
/// No foot swings faster.
const MOST_DEG_S: f64 = 5000.0;

/// By how much the minima of pitch velocity follow the events, and how far to trust that.
///
/// The default was fitted by least squares on the medians of 21 recordings (seven runners at 2.5, 3.5 and 4.5 m/s; Fukuchi et
/// al. 2017, doi:10.7717/peerj.3298) whose pitch velocity was **derived from markers**, for want of a public recording of a
/// foot's gyroscope beside force; `scripts/validate events` repeats the fit and tests it on runners left out.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct GyroscopeCalibration {
    /// Delay in seconds from initial contact to the minimum, when the foot does not pitch up after it.
    pub initial_delay_s: f64,
    /// Change of that delay in seconds per degree per second of the greatest pitch velocity in the 60 ms after the minimum:
    /// the heel of a forefoot striker drops, which pitches the foot up, and the minimum comes early.
    pub initial_per_deg_s: f64,
    /// Standard error of initial contacts in seconds.
    pub initial_se_s: f64,
    /// Delay in seconds from terminal contact to the minimum.
    pub terminal_delay_s: f64,
    /// Change of that delay in seconds per degree per second of pitch velocity at the minimum, which grows with running speed.
    pub terminal_per_deg_s: f64,
    /// Standard error of terminal contacts in seconds.
    pub terminal_se_s: f64,
    /// Fastest swing in degrees per second (quantile 0.95 of pitch velocity) that the constants were fitted on. A faster one
    /// multiplies the standard errors by the square of how much faster it is.
    pub fastest_deg_s: f64,
}

impl Default for GyroscopeCalibration {
    fn default() -> Self {
        Self {
            initial_delay_s: 0.008134,
            initial_per_deg_s: -8.335e-5,
            initial_se_s: 0.00962,
            terminal_delay_s: -0.04218,
            terminal_per_deg_s: -4.246e-5,
            terminal_se_s: 0.01669,
            fastest_deg_s: 780.0,
        }
    }
}

/// Contacts of one foot of a runner from a gyroscope on it: the minima of pitch angular velocity after landing and around
/// take-off.
///
/// The signal is the foot's angular velocity about the axis from left to right in degrees per second, **positive while the toe
/// comes up**, so that it is high in swing and lowest at push-off. It is low-passed forwards and backwards; between two swings
/// the first minimum from which the foot comes to rest is the landing, and the first deep minimum after the stance is the
/// take-off: Falbriard et al. (2018, doi:10.3389/fphys.2018.00610) found these the most precise features, with biases that
/// depend on speed and ask for a correction, which [`GyroscopeCalibration`] makes from the velocity at the minima.
///
/// # Accuracy
/// No recording of a foot's gyroscope beside force was to be had. On pitch velocity **derived from the markers** of seven
/// treadmill runners (2.5 to 4.5 m/s, 1778 initial and 1768 terminal contacts), each left out of the fit that is tested on him,
/// limits of agreement with force are -9 to 10 ms for initial and -18 to 18 ms for terminal contacts, none missed and none
/// false. Runners of three other laboratories: initial contacts 12 ms early at 3.5 m/s and 35 ms early in a sprint, terminal
/// ones up to 38 ms early. The standard errors, 9.6 and 17 ms and more for swings faster than those of the fit, join all that
/// with the published spread of bias between runners (interquartile range 10 ms), because a shoe moves otherwise than markers
/// on it. [The figures](crate::guide::studies::events).
///
/// # Costs and limitations
/// Running only. Rates from 100 Hz. The first and last contact of a record may be missing.
///
/// ```
/// use copeak::{Clock, Rate, Signal, event::{GyroscopeContacts, Side}};
/// // Swing, slap, stance, push-off and follow-through, 1.4 times a second.
/// let bell = |t: f64, at: f64, wide: f64| (-0.5 * ((t - at) / wide).powi(2)).exp();
/// let pitch: Vec<f64> = (0..1000)
///     .map(|i| (i as f64 / 200.0 * 1.4).fract())
///     .map(|t| 600.0 * bell(t, 0.15, 0.08) - 500.0 * bell(t, 0.4, 0.02) - 700.0 * bell(t, 0.7, 0.06))
///     .collect();
/// let gyroscope = Signal::new(Clock::from_zero(Rate::from_hz(200.0)?), pitch);
/// let found = GyroscopeContacts::default().find(&gyroscope, Side::Right)?;
/// assert_eq!(found.contacts.len(), 6);
/// # Ok::<(), copeak::Error>(())
/// ```
#[doc(alias("Falbriard", "foot IMU"))]
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct GyroscopeContacts {
    /// Low-pass cut-off (-3 dB after both passes).
    pub cutoff_hz: f64,
    /// What is taken off, and the errors.
    pub calibration: GyroscopeCalibration,
}

impl Default for GyroscopeContacts {
    /// 20 Hz, on which the calibration rests.
    fn default() -> Self {
        Self { cutoff_hz: 20.0, calibration: GyroscopeCalibration::default() }
    }
}

impl GyroscopeContacts {
    /// The contacts of one foot.
    ///
    /// # Errors
    /// [`Error::Undefined`] when the foot never swings faster than 150 or swings faster than 5000 degrees per second (no running,
    /// or another unit), or when no contact lies between its swings (wrong axis or sign); [`Error::NonFinite`] on an infinite
    /// sample or when all are NaN; [`Error::TooFew`] when no stretch without a gap lasts half a second; [`Error::Parameter`]
    /// below 100 Hz; [`Error::Cutoff`].
    pub fn find<S>(&self, pitch_deg_s: &Signal<S>, side: Side) -> Result<FootContacts>
    where
        S: Samples,
        S::Item: Real,
    {
        let clock = pitch_deg_s.clock();
        let pieces = pieces([pitch_deg_s], self.cutoff_hz, "finding contacts from a foot's gyroscope")?;
        let fastest = pieces.iter().map(|p| nearly_largest(&p.channels[0])).fold(0.0, f64::max);
        let c = &self.calibration;
        let wider = (fastest / c.fastest_deg_s).max(1.0).powi(2);
        let (mut events, mut whole) = (Vec::new(), 0);
        for piece in &pieces {
            let [pitch] = &piece.channels;
            let stances = stances(pitch, clock.rate())?;
            whole += stances.iter().filter(|s| s.whole).count();
            for stance in stances {
                self.events(pitch, &stance, clock.rate(), |position, delay_s, kind| {
                    let first = kind == EventKind::InitialContact;
                    let se_s = wider * if first { c.initial_se_s } else { c.terminal_se_s };
                    let time_s = clock.time_s(piece.first as f64 + position) - delay_s;
                    events.push(Event::new(time_s, se_s, side, kind, Method::FootGyroscope));
                });
            }
        }
        let coverage = pieces.iter().map(|p| p.span(clock)).collect();
        let quantity = "a contact from a foot's gyroscope";
        if !(LEAST_DEG_S..=MOST_DEG_S).contains(&fastest) {
            let reason = "the foot pitches slower than 150 or faster than 5000 degrees per second: no running, or another unit";
            return Err(Error::Undefined { quantity, reason });
        }
        events.sort_by(|a: &Event, b: &Event| a.time_s.total_cmp(&b.time_s));
        let found = FootContacts::from_events(side, &events, coverage, pitch_deg_s.span());
        if whole > 0 && found.contacts.is_empty() {
            let reason = "between its swings the foot does not slap down and push off: another axis, or toe-up is not positive";
            return Err(Error::Undefined { quantity, reason });
        }
        Ok(found)
    }

    /// The events between two swings: position, delay, kind.
    fn events(&self, pitch: &[f64], stance: &Stance, rate: Rate, mut each: impl FnMut(f64, f64, EventKind)) {
        let c = &self.calibration;
        let y = &pitch[stance.start..stance.end];
        let deepest = y.iter().fold(0.0_f64, |low, &y| low.min(y));
        let position = |i: usize| (stance.start + i) as f64 + Vertex::of(-y[i - 1], -y[i], -y[i + 1]).shift;
        let rebounds = |i: usize| {
            let above = y[i..].iter().take_while(|&&later| later >= y[i]);
            above.fold(y[i], |high, &y| high.max(y)) - y[i] >= -REBOUND * deepest
        };
        let Some(slap) = minima(y).find(|&i| y[i] < 0.0 && rebounds(i)) else { return };
        let settled = (slap + (SETTLED_S * rate.as_hz()) as usize + 1).min(y.len());
        let up = y[slap..settled].iter().fold(f64::NEG_INFINITY, |high, &y| high.max(y));
        each(position(slap), c.initial_delay_s + c.initial_per_deg_s * up, EventKind::InitialContact);
        if !stance.whole {
            return;
        }
        let earliest = slap + (SHORTEST_CONTACT_S * rate.as_hz()) as usize;
        let later = || minima(y).filter(|&i| i > earliest);
        let push = later().fold(0.0_f64, |low, i| low.min(y[i]));
        if let Some(off) = later().find(|&i| y[i] <= PUSH * push && y[i] <= LEAST_PUSH * deepest) {
            each(
                position(off),
                c.terminal_delay_s + c.terminal_per_deg_s * y[off],
                EventKind::TerminalContact,
            );
        }
    }
}

/// From the end of one swing to the start of the next.
struct Stance {
    start: usize,
    end: usize,
    /// Whether the next swing was seen.
    whole: bool,
}

fn stances(pitch: &[f64], rate: Rate) -> Result<Vec<Stance>> {
    let slow = ZeroPhase::low_pass(2, SLOW_HZ, rate)?.apply(pitch)?;
    let level = SWING * nearly_largest(&slow);
    let longest = (LONGEST_S * rate.as_hz()) as usize;
    let ends = (1..slow.len()).filter(|&i| slow[i - 1] > level && slow[i] <= level);
    let stance = |start: usize| {
        let next = (start..slow.len()).find(|&i| slow[i] > level);
        let end = next.unwrap_or(slow.len());
        (end - start <= longest).then_some(Stance { start, end, whole: next.is_some() })
    };
    Ok(ends.filter_map(stance).collect())
}

/// Only one sample in twenty is larger.
fn nearly_largest(y: &[f64]) -> f64 {
    let mut sorted = y.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    quantile(&sorted, 0.95)
}
