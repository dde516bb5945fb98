//! Contacts from inertial sensors: a gyroscope on the foot, an accelerometer on the shank or the sacrum.

use super::pieces::pieces;
use super::{Event, EventKind, FootContacts, Method, Side};
use crate::crossing::{Direction, Hysteresis};
use crate::filter::{Filter, ZeroPhase};
use crate::math::{Vertex, quantile};
use crate::{Error, Flush, Rate, Real, Result, Samples, Signal, Stage};
use alloc::vec::Vec;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Slower movements are swing or stance.
const SLOW_HZ: f64 = 4.0;
/// The foot swings while its slow pitch velocity is above this fraction of its quantile 0.95.
const SWING: f64 = 0.4;
/// Longest stance between two swings.
const LONGEST_S: f64 = 1.2;
/// The foot slaps down and comes to rest: by at least this fraction of its fastest push-off.
const REBOUND: f64 = 0.15;
/// The type of landing is visible within this time.
const SETTLED_S: f64 = 0.06;
/// Shortest contact.
const SHORTEST_CONTACT_S: f64 = 0.08;
/// The foot has left at the first minimum that reaches this fraction of the deepest.
const PUSH: f64 = 0.7;
/// And this fraction of the deepest of the complete stance, which may be the slap.
const LEAST_PUSH: f64 = 0.4;
/// A foot that swings slower than this does not run.
const LEAST_DEG_S: f64 = 150.0;
/// No foot swings faster.
const MOST_DEG_S: f64 = 5000.0;

/// Delays from the events to the minima of pitch velocity, and standard errors.
///
/// The default was fitted by least squares on the medians of 21 recordings (seven runners at 2.5, 3.5 and 4.5 m/s; Fukuchi et
/// al. 2017, doi:10.7717/peerj.3298) whose pitch velocity was **derived from markers**, since there is no public recording of a
/// foot's gyroscope with force; `scripts/validate events` repeats the fit and tests it on runners left out.
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
    /// Fastest swing in degrees per second (quantile 0.95 of pitch velocity) of the fit. A faster swing multiplies the standard errors
    /// by the square of the ratio.
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
/// depend on speed, which [`GyroscopeCalibration`] corrects by the velocity at the minima.
///
/// # Accuracy
/// There was no recording of a foot's gyroscope with force. On pitch velocity **derived from the markers** of seven
/// treadmill runners (2.5 to 4.5 m/s, 1778 initial and 1768 terminal contacts), each left out of the fit that is tested on him,
/// limits of agreement with force are -9 to 10 ms for initial and -18 to 18 ms for terminal contacts, none missed and none
/// false. Runners of three other laboratories: initial contacts 12 ms early at 3.5 m/s and 35 ms early in a sprint, terminal
/// ones up to 38 ms early. The standard errors, 9.6 and 17 ms and more for swings faster than those of the fit, combine all that
/// with the published spread of bias between runners (interquartile range 10 ms), because a shoe moves differently from markers
/// on it. See [the study of events](crate::guide::studies::events).
///
/// # Costs and limitations
/// Running only. Rates from 100 Hz. The first and last contact of a record may be missing.
///
/// ```
/// use copeak::{Clock, Rate, Signal, event::{Side, inertial::GyroscopeContacts}};
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
    /// Delays that are subtracted, and standard errors.
    pub calibration: GyroscopeCalibration,
}

impl Default for GyroscopeContacts {
    /// 20 Hz, for which the calibration was fitted.
    fn default() -> Self {
        Self { cutoff_hz: 20.0, calibration: GyroscopeCalibration::default() }
    }
}

impl GyroscopeContacts {
    /// Finds the contacts of one foot.
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

    /// Finds the events between two swings: position, delay, kind.
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

/// Returns the quantile 0.95: one sample in twenty is larger.
fn nearly_largest(y: &[f64]) -> f64 {
    let mut sorted = y.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    quantile(&sorted, 0.95)
}

/// Iterates over local minima: not above their neighbours, and below the one before.
fn minima(y: &[f64]) -> impl Iterator<Item = usize> {
    (1..y.len().saturating_sub(1)).filter(|&i| y[i] < y[i - 1] && y[i] <= y[i + 1])
}

/// A landing reaches this fraction of the quantile 0.95 of the peaks.
const SHARE: f64 = 0.5;
/// Shortest stride of a runner.
const STRIDE_S: f64 = 0.35;
/// Smallest impact at a runner's shank.
const LEAST_G: f64 = 1.0;
/// Slower movements are the leg's swing, whose centripetal acceleration reaches that of the impact in a sprint.
const SWING_HZ: f64 = 6.0;

/// Initial contacts of one foot of a runner from the acceleration along its shank: the largest impact of each stride.
///
/// The signal is in units of g along the shank, positive towards the knee: about 1 in standing, several in the impact. It is
/// low-passed forwards and backwards, and frequencies below 6 Hz, the swing of the leg, are removed; peaks that reach half
/// of the quantile 0.95 of all peaks above 1 g, the largest first and none within 0.35 s of a larger one, are landings.
///
/// # Limitations
/// **No take-offs.** Limits of agreement of the best published method for terminal contacts are -144 to 151 ms (Kiernan et
/// al. 2023, PMC10255839), as long as the contact itself: no terminal contact is reported, so there is no contact, no duty
/// factor and no stiffness. **Landings to about 0.1 s**: limits for initial contacts are -97 to 132 ms over 74 runners, from which
/// the default standard error of 58 ms follows; the bias of 17 ms is subtracted. Use it for landings, strides and cadence.
///
/// ```
/// use copeak::{Clock, Rate, Signal, event::{Side, inertial::ShankLandings}};
/// // An impact of 6 g every 0.7 s.
/// let hit = |i: i32| 1.0 + 5.0 * (-((f64::from(i % 350) / 500.0 - 0.3) / 0.015).powi(2)).exp();
/// let shank = Signal::new(Clock::from_zero(Rate::from_hz(500.0)?), (0..2450).map(hit).collect::<Vec<f64>>());
/// let found = ShankLandings::default().find(&shank, Side::Left)?;
/// assert!(found.contacts.is_empty());
/// assert_eq!(found.unpaired.len(), 7);
/// # Ok::<(), copeak::Error>(())
/// ```
#[doc(alias("tibial accelerometer", "tibia"))]
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct ShankLandings {
    /// Low-pass cut-off (-3 dB after both passes).
    pub cutoff_hz: f64,
    /// Delay in seconds from initial contact to the peak, which is subtracted.
    pub initial_delay_s: f64,
    /// Standard error in seconds.
    pub initial_se_s: f64,
}

impl Default for ShankLandings {
    /// 40 Hz; delay and standard error as published for peaks of axial acceleration.
    fn default() -> Self {
        Self { cutoff_hz: 40.0, initial_delay_s: 0.0174, initial_se_s: 0.0583 }
    }
}

impl ShankLandings {
    /// Finds the landings of one foot, as unpaired events.
    ///
    /// # Errors
    /// [`Error::Undefined`] when no peak reaches 1 g (no running, another unit, or the wrong sign); [`Error::NonFinite`] on
    /// an infinite sample or when all are NaN; [`Error::TooFew`] when no stretch without a gap lasts half a second;
    /// [`Error::Parameter`] below 100 Hz; [`Error::Cutoff`].
    pub fn find<S>(&self, axial_g: &Signal<S>, side: Side) -> Result<FootContacts>
    where
        S: Samples,
        S::Item: Real,
    {
        let clock = axial_g.clock();
        let (mut peaks, mut coverage) = (Vec::new(), Vec::new());
        for piece in pieces([axial_g], self.cutoff_hz, "finding landings from a shank's accelerometer")? {
            let [whole] = &piece.channels;
            coverage.push(piece.span(clock));
            let slow = ZeroPhase::low_pass(2, SWING_HZ, clock.rate())?.apply(whole)?;
            let y: Vec<f64> = whole.iter().zip(slow).map(|(y, slow)| y - slow).collect();
            let maxima = (1..y.len() - 1).filter(|&i| y[i] > y[i - 1] && y[i] >= y[i + 1] && y[i] >= LEAST_G);
            peaks.extend(maxima.map(|i| {
                let vertex = Vertex::of(y[i - 1], y[i], y[i + 1]);
                (clock.time_s((piece.first + i) as f64 + vertex.shift), vertex.value)
            }));
        }
        if peaks.is_empty() {
            let reason = "no impact reaches 1 g: no running, another unit, or up is not positive";
            return Err(Error::Undefined { quantity: "a landing from a shank's accelerometer", reason });
        }
        peaks.sort_by(|a, b| a.1.total_cmp(&b.1));
        let heights: Vec<f64> = peaks.iter().map(|p| p.1).collect();
        let least = SHARE * quantile(&heights, 0.95);
        let mut landings: Vec<f64> = Vec::new();
        for &(time_s, height) in peaks.iter().rev() {
            // Sorted, so that only the neighbours matter.
            let place = landings.partition_point(|&t| t < time_s);
            let near = |t: Option<&f64>| t.is_some_and(|t| (t - time_s).abs() < STRIDE_S);
            let crowded =
                near(place.checked_sub(1).and_then(|i| landings.get(i))) || near(landings.get(place));
            if height >= least && !crowded {
                landings.insert(place, time_s);
            }
        }
        let event = |time_s: f64| {
            let kind = EventKind::InitialContact;
            Event::new(
                time_s - self.initial_delay_s,
                self.initial_se_s,
                side,
                kind,
                Method::ShankAccelerometer,
            )
        };
        let events: Vec<Event> = landings.into_iter().map(event).collect();
        Ok(FootContacts::from_events(side, &events, coverage, axial_g.span()))
    }
}

/// Mean vertical acceleration of a runner who stays at the same height, with a margin for tilt and rectified samples.
const MEAN_G: core::ops::RangeInclusive<f64> = 0.6..=1.6;
/// Shortest contact.
const SHORTEST_S: f64 = 0.06;

/// Contacts of both feet of a runner from vertical acceleration at the sacrum: the runner is in contact while the low-passed acceleration
/// shows support.
///
/// Mass times acceleration at the sacrum approximates the ground reaction force; it is low-passed and compared with two
/// thresholds (after Day et al. 2021, doi:10.1016/j.jbiomech.2021.110323, and Patoz et al. 2022, doi:10.3390/s22030784, who found
/// root mean square errors of 20 ms in contact time).
///
/// # Limitations
/// **Times to about 0.15 s**: by default no delay is subtracted, and the standard errors of 61 and 77 ms are those of the limits of
/// agreement that Kiernan et al. (2023, PMC10255839) found over 74 runners for the best published method: -149 to 89 ms for initial and
/// -153 to 147 ms for terminal contacts. On one runner (31 trials, [the study of events](crate::guide::studies::events)) limits were -21
/// to 23 and -29 to 32 ms, but they changed by up to 40 ms with speed and slope, and how they change between runners is unknown. If you
/// measured your runner with force, set delays and standard errors. So a lag of 10 or 20 ms between such events is a tie for everything
/// that uses standard errors (over many steps too: [`Method::has_shared_error`]), and a stiffness from them has an error larger than
/// itself. **No sides**: see [`BothFeet`](super::BothFeet). **No walking**: without flight there is no contact. Use it for steps, cadence
/// and their regularity.
///
/// ```
/// use copeak::{Clock, Rate, Signal, event::{BothFeet, Detect, Side, inertial::SacrumContacts}};
/// // 2.8 steps a second.
/// let bounce = |i: i32| (1.0 - (f64::from(i) / 200.0 * 2.8 * std::f64::consts::TAU).cos()).max(0.0);
/// let bounces: Vec<f64> = (0..1000).map(bounce).collect();
/// let acceleration = Signal::new(Clock::from_zero(Rate::from_hz(200.0)?), bounces);
/// let feet = SacrumContacts::default().find_both(&BothFeet::alternating(acceleration, Side::Left))?;
/// assert_eq!((feet.left.contacts.len(), feet.right.contacts.len()), (7, 7));
/// assert!(feet.left.contacts.iter().all(|c| c.initial.se_s > 0.05));
/// # Ok::<(), copeak::Error>(())
/// ```
#[doc(alias("pelvis accelerometer", "trunk sensor"))]
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct SacrumContacts {
    /// Low-pass cut-off (-3 dB after both passes).
    pub cutoff_hz: f64,
    /// Acceleration in g from which the runner is in contact.
    pub on_g: f64,
    /// Acceleration in g below which the runner is in flight.
    pub off_g: f64,
    /// Delay in seconds from initial contact to the crossing, which is subtracted.
    pub initial_delay_s: f64,
    /// Standard error of initial contacts in seconds.
    pub initial_se_s: f64,
    /// Delay in seconds from terminal contact to the crossing, which is subtracted.
    pub terminal_delay_s: f64,
    /// Standard error of terminal contacts in seconds.
    pub terminal_se_s: f64,
}

impl Default for SacrumContacts {
    /// 10 Hz, on from 0.5 g, off below 0.3 g; no delays, and published standard errors.
    fn default() -> Self {
        Self {
            cutoff_hz: 10.0,
            on_g: 0.5,
            off_g: 0.3,
            initial_delay_s: 0.0,
            // Width of the limits over 2 × 1.96.
            initial_se_s: 0.0606,
            terminal_delay_s: 0.0,
            terminal_se_s: 0.0765,
        }
    }
}

impl SacrumContacts {
    /// Finds the contacts of both feet, all labelled `side`.
    ///
    /// # Errors
    /// [`Error::Undefined`] when the mean is not between 0.6 and 1.6 g (another unit, another axis, or gravity removed), or
    /// when the acceleration never goes below `off_g` and above `on_g` (no flight: walking or standing); [`Error::NonFinite`]
    /// on an infinite sample or when all are NaN; [`Error::TooFew`] when no stretch without a gap lasts half a second;
    /// [`Error::Parameter`] below 100 Hz and for thresholds that are not finite or in the wrong order; [`Error::Cutoff`].
    pub fn find<S>(&self, acceleration_g: &Signal<S>, side: Side) -> Result<FootContacts>
    where
        S: Samples,
        S::Item: Real,
    {
        let clock = acceleration_g.clock();
        let quantity = "a contact from a sacrum's accelerometer";
        let switch = Hysteresis::new(self.on_g, self.off_g)?.min_high(SHORTEST_S * clock.rate().as_hz());
        let (mut events, mut coverage, mut sum, mut n) = (Vec::new(), Vec::new(), 0.0, 0);
        for piece in
            pieces([acceleration_g], self.cutoff_hz, "finding contacts from a sacrum's accelerometer")?
        {
            let [y] = &piece.channels;
            coverage.push(piece.span(clock));
            (sum, n) = (sum + y.iter().sum::<f64>(), n + y.len());
            let mut state = Stage::<f64>::initial_state(&switch);
            let mut crossings: Vec<_> = y.iter().filter_map(|&y| switch.process(&mut state, y)).collect();
            crossings.extend(Flush::<f64>::flush(&switch, &mut state).flatten());
            events.extend(crossings.iter().map(|crossing| {
                let (kind, delay_s, se_s) = match crossing.direction {
                    Direction::Up => (EventKind::InitialContact, self.initial_delay_s, self.initial_se_s),
                    Direction::Down => {
                        (EventKind::TerminalContact, self.terminal_delay_s, self.terminal_se_s)
                    }
                };
                let time_s = clock.time_s(piece.first as f64 + crossing.position) - delay_s;
                Event::new(time_s, se_s, side, kind, Method::SacrumAccelerometer)
            }));
        }
        if !MEAN_G.contains(&(sum / n as f64)) {
            let reason = "its mean is not about 1 g: another unit, another axis, or gravity removed";
            return Err(Error::Undefined { quantity, reason });
        }
        if events.is_empty() {
            let reason = "it shows no flight: walking or standing";
            return Err(Error::Undefined { quantity, reason });
        }
        events.sort_by(|a: &Event, b: &Event| a.time_s.total_cmp(&b.time_s));
        Ok(FootContacts::from_events(side, &events, coverage, acceleration_g.span()))
    }
}
