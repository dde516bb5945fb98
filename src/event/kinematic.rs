//! Contacts of one foot from the joint angles of its leg alone.

use super::foot::stretches;
use super::{Event, EventKind, FootContacts, Method, Side};
use crate::filter::{CentralDifference, Filter, ZeroPhase};
use crate::math::Vertex;
use crate::{Clock, Error, Real, Result, Samples, Signal};
use alloc::vec::Vec;
use core::ops::Range;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

const OPERATION: &str = "finding kinematic contacts";
/// The jerk peak lies within this before the peak acceleration.
const JERK_S: f64 = 0.04;
/// The knee is straightest from this long before the ankle extends fastest.
const KNEE_S: f64 = 0.05;
/// The ankle's extension has slackened until this long after the foot is farthest back.
const SLACK_S: f64 = 0.1;
/// Lowest rate at which the jerk is accurate enough, and the lowest it was tried at.
const LOWEST_HZ: f64 = 100.0;
/// Shortest stretch: one stride.
const SHORTEST_S: f64 = 0.5;

/// The angles of one leg in degrees, on one clock: flexion and dorsiflexion positive.
///
/// Only the direction of the leg's swing is taken from the hip, so it does not matter whether its flexion is measured
/// against the vertical or the pelvis, nor where any of the angles has its zero.
#[derive(Debug)]
pub struct LegAngles<'a, S> {
    /// Hip flexion.
    pub hip_flexion: &'a Signal<S>,
    /// Knee flexion.
    pub knee_flexion: &'a Signal<S>,
    /// Ankle dorsiflexion.
    pub ankle_dorsiflexion: &'a Signal<S>,
}

/// Contacts of one foot of a runner from the joint angles of its leg, without force.
///
/// While the foot sweeps back under the hip, the ground first bends the ankle: initial contact is the peak *jerk* of
/// dorsiflexion, corrected by the speed at which the ankle already bends (which separates forefoot from heel strikes). At the
/// sweep's end, terminal contact lies before the knee's greatest extension and before plantarflexion has slackened to
/// half its greatest speed. Angles are low-passed forwards and backwards first.
/// [`KinematicCalibration`](super::calibration::KinematicCalibration) holds the constants.
///
/// # Accuracy
/// Kinematic minus force in ms, seven treadmill runners, each left out of the fit that is tested on him (1781 initial
/// and 1783 terminal contacts, none missed and none extra except within 50 ms of a record's ends):
///
/// | | speed | bias | limits of agreement | median error | 95 % within |
/// |---|---|---|---|---|---|
/// | initial | 2.5 m/s | -1.7 | -12.3 to 9.0 | 4.0 | 11.7 |
/// | | 3.5 m/s | -0.1 | -7.2 to 7.0 | 2.7 | 6.8 |
/// | | 4.5 m/s | 0.9 | -6.1 to 8.0 | 2.2 | 7.8 |
/// | terminal | 2.5 m/s | -3.4 | -20.1 to 13.3 | 4.7 | 21.9 |
/// | | 3.5 m/s | 2.4 | -7.2 to 12.0 | 4.4 | 9.5 |
/// | | 4.5 m/s | 2.3 | -6.9 to 11.5 | 4.2 | 9.3 |
/// | contact time | 2.5 m/s | -1.7 | -20.7 to 17.2 | 5.5 | 20.8 |
/// | | 3.5 m/s | 2.5 | -8.8 to 13.8 | 4.9 | 11.3 |
/// | | 4.5 m/s | 1.3 | -8.9 to 11.6 | 4.1 | 10.1 |
///
/// Three runners of other laboratories, never fitted: a sprinter's initial contacts come 3.2 ms early at 3.5 m/s and
/// 0.8 ms early at 9.5 m/s, his terminal ones 14 and 16 ms early, so that his contacts of 120 ms are 15 ms short;
/// a runner at 2 and 3 m/s (100 Hz, force that tails off slowly) has initial contacts within 2.5 ms of bias, terminal
/// ones 55 and 41 ms early; the one contact of a runner at 2.7 m/s lands 6 ms late and leaves 4 ms early. Initial
/// contacts transfer from one laboratory to the next; **terminal ones do not**. These three count as runners in the
/// standard errors, 4.5 ms and 17 ms (not in the fit). Use force where there is any, or fit your own calibration.
/// `scripts/validate events` prints these figures.
///
/// # Costs and limitations
/// Running only: a walker's foot lands flat and late. Rates from 100 Hz. A gap (NaN) ends a stretch, and within a
/// stride of it events may be missing.
///
/// ```
/// use copeak::{event::{KinematicContacts, LegAngles, Side}, simulate::Sprinter};
/// let run = Sprinter::at_speed(7.0).simulate()?.recording;
/// let leg = LegAngles {
///     hip_flexion: run.signal("hip_flexion_r")?,
///     knee_flexion: run.signal("knee_flexion_r")?,
///     ankle_dorsiflexion: run.signal("ankle_dorsiflexion_r")?,
/// };
/// let found = KinematicContacts::default().find(&leg, Side::Right)?;
/// assert!(found.contacts.len() >= 6);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct KinematicContacts {
    /// Low-pass cut-off for the angles (-3 dB after both passes).
    pub cutoff_hz: f64,
    /// Constants that turn landmarks into events.
    pub calibration: KinematicCalibration,
}

impl Default for KinematicContacts {
    /// 20 Hz, and the calibration on seven treadmill runners. Other cut-offs need another calibration.
    fn default() -> Self {
        Self { cutoff_hz: 20.0, calibration: KinematicCalibration::default() }
    }
}

impl KinematicContacts {
    /// Finds the contacts of one foot.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`]; [`Error::Undefined`] when the angles have different clocks, when the knee bends by
    /// less than 10 degrees in total (not running, or radians), or when it bends backwards (wrong sign);
    /// [`Error::NonFinite`] on an infinite sample or when no sample has all three angles; [`Error::TooFew`] when no
    /// stretch without a gap lasts half a second; [`Error::Parameter`] below 100 Hz; [`Error::Cutoff`].
    pub fn find<S>(&self, leg: &LegAngles<'_, S>, side: Side) -> Result<FootContacts>
    where
        S: Samples,
        S::Item: Real,
    {
        let clock = leg.hip_flexion.clock();
        let angles = stack(leg)?;
        let rate = clock.rate();
        if rate.as_hz() < LOWEST_HZ {
            return Err(Error::Parameter {
                name: "sample rate",
                rule: "at least 100 Hz",
                value: rate.as_hz(),
            });
        }
        let filter = ZeroPhase::low_pass(2, self.cutoff_hz, rate)?;
        let needed = (SHORTEST_S * rate.as_hz()).ceil() as usize;
        let stretches = stretches(angles.len(), |i| angles[i].iter().all(|x| x.is_finite()));
        let longest = stretches.iter().map(|s| s.1 - s.0).max().unwrap_or(0);
        if longest < needed {
            return Err(Error::TooFew {
                operation: OPERATION,
                unit: "samples in a row",
                needed,
                got: longest,
            });
        }
        plausible(&angles)?;
        let mut events = Vec::new();
        let mut coverage = Vec::new();
        for &(first, end) in stretches.iter().filter(|s| s.1 - s.0 >= needed) {
            let smooth = |channel: usize| {
                let raw: Vec<f64> = angles[first..end].iter().map(|a| a[channel]).collect();
                filter.apply(&raw)
            };
            let leg = Stretch::new(&smooth(0)?, smooth(1)?, &smooth(2)?, clock)?;
            coverage.push(clock.span(first, end - 1));
            for sweep in sweeps(&leg.forward) {
                let at = |position: f64| clock.time_s(first as f64 + position);
                events.extend(self.initial(&leg, &sweep, side, at));
                events.extend(self.terminal(&leg, &sweep, side, at));
            }
        }
        Ok(FootContacts::from_events(side, &events, coverage, leg.hip_flexion.span()))
    }

    fn initial(&self, leg: &Stretch, sweep: &Sweep, side: Side, at: impl Fn(f64) -> f64) -> Option<Event> {
        let c = &self.calibration;
        let bend = peak(sweep.front?..sweep.middle + 1, |i| leg.ankle_acceleration[i])?;
        let earliest = (bend - JERK_S * leg.rate_hz).max(0.0) as usize;
        let hit = peak(earliest..bend as usize + 2, |i| leg.ankle_jerk[i])?;
        let delay = c.initial_delay_s + c.initial_per_deg_s * between(&leg.ankle_velocity, bend);
        let se = c.initial_bias_sd_s.hypot(c.initial_scatter_s);
        Some(Event::new(at(hit) - delay, se, side, EventKind::InitialContact, Method::Kinematic))
    }

    fn terminal(&self, leg: &Stretch, sweep: &Sweep, side: Side, at: impl Fn(f64) -> f64) -> Option<Event> {
        let c = &self.calibration;
        let push = peak(sweep.middle..sweep.back + 1, |i| -leg.ankle_velocity[i])?;
        let earliest = (push - KNEE_S * leg.rate_hz).max(0.0) as usize;
        let straight = peak(earliest..sweep.back + 1, |i| -leg.knee[i])?;
        let latest = (sweep.back + (SLACK_S * leg.rate_hz) as usize).min(leg.knee.len());
        let slack = half_fall(push..latest as f64, |i| -leg.ankle_velocity[i])?;
        let delay = c.terminal_delay_s + c.terminal_per_s * (at(straight) - at(slack));
        let se = c.terminal_bias_sd_s.hypot(c.terminal_scatter_s);
        Some(Event::new(at(straight) - delay, se, side, EventKind::TerminalContact, Method::Kinematic))
    }
}

/// A stretch without gaps, filtered.
struct Stretch {
    rate_hz: f64,
    /// Forward position of the ankle under the hip, in segment lengths, thigh and shank alike.
    forward: Vec<f64>,
    knee: Vec<f64>,
    ankle_velocity: Vec<f64>,
    ankle_acceleration: Vec<f64>,
    ankle_jerk: Vec<f64>,
}

impl Stretch {
    fn new(hip: &[f64], knee: Vec<f64>, ankle: &[f64], clock: Clock) -> Result<Self> {
        let derivative = CentralDifference::new(clock.rate());
        let shank = hip.iter().zip(&knee).map(|(h, k)| (h.to_radians(), (h - k).to_radians()));
        let ankle_velocity = derivative.apply(ankle)?;
        let ankle_acceleration = derivative.apply(&ankle_velocity)?;
        let ankle_jerk = derivative.apply(&ankle_acceleration)?;
        let forward = shank.map(|(thigh, shank)| thigh.sin() + shank.sin()).collect();
        Ok(Self {
            rate_hz: clock.rate().as_hz(),
            forward,
            knee,
            ankle_velocity,
            ankle_acceleration,
            ankle_jerk,
        })
    }
}

/// Returns the angles of hip, knee and ankle, sample by sample.
fn stack<S>(leg: &LegAngles<'_, S>) -> Result<Vec<[f64; 3]>>
where
    S: Samples,
    S::Item: Real,
{
    let joints = [leg.hip_flexion, leg.knee_flexion, leg.ankle_dorsiflexion];
    let n = joints[0].samples().len();
    for joint in &joints[1..] {
        if joint.samples().len() != n {
            return Err(Error::LengthMismatch {
                operation: OPERATION,
                left: n,
                right: joint.samples().len(),
            });
        }
        if joint.clock() != joints[0].clock() {
            let reason = "the three joint angles are on different clocks";
            return Err(Error::Undefined { quantity: "a kinematic contact", reason });
        }
    }
    let angles: Vec<[f64; 3]> = (0..n).map(|i| joints.map(|j| j.samples().sample(i).as_f64())).collect();
    if let Some(index) = angles.iter().position(|a| a.iter().any(|x| x.is_infinite())) {
        return Err(Error::NonFinite { operation: OPERATION, index });
    }
    if n > 0 && angles.iter().all(|a| a.iter().any(|x| x.is_nan())) {
        return Err(Error::NonFinite { operation: OPERATION, index: 0 });
    }
    Ok(angles)
}

/// Checks that the knee bends, and bends forwards.
fn plausible(angles: &[[f64; 3]]) -> Result<()> {
    let knee = || angles.iter().map(|a| a[1]).filter(|k| k.is_finite());
    let range = knee().fold(f64::NEG_INFINITY, f64::max) - knee().fold(f64::INFINITY, f64::min);
    let quantity = "a kinematic contact";
    if range < 10.0 {
        let reason = "the knee moves by less than 10 degrees: no running, or an angle in radians";
        return Err(Error::Undefined { quantity, reason });
    }
    if knee().sum::<f64>() < 0.0 {
        let reason = "the knee bends backwards; knee flexion must be positive";
        return Err(Error::Undefined { quantity, reason });
    }
    Ok(())
}

/// Delays from the events of a contact to their kinematic landmarks, and standard errors.
///
/// The default was fitted by least squares on the medians of 21 recordings: seven runners at 2.5, 3.5 and 4.5 m/s
/// on an instrumented treadmill (Fukuchi et al. 2017, doi:10.7717/peerj.3298; four fore- or midfoot strikers in
/// effect, three rearfoot), against force (on 50 N, off 20 N). `scripts/validate events` repeats the fit, prints
/// these numbers, and tests them on runners left out of it.
///
/// A laboratory with force plates can fit its own constants.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct KinematicCalibration {
    /// Delay in seconds from initial contact to the peak jerk of dorsiflexion, when the ankle does not move at that time.
    pub initial_delay_s: f64,
    /// Change of that delay in seconds per degree per second of dorsiflexion at the peak acceleration: after a forefoot strike the ankle
    /// bends at once and early, after a heel strike the foot slaps down first.
    pub initial_per_deg_s: f64,
    /// Delay in seconds from terminal contact to the knee's greatest extension, when plantarflexion has slackened to half
    /// its greatest speed by then.
    pub terminal_delay_s: f64,
    /// Change of that delay per second by which the knee's greatest extension follows that slackening.
    pub terminal_per_s: f64,
    /// Root mean square over runners of the bias of initial contacts, in seconds: the seven, each left out of the
    /// fit, and three of other laboratories.
    pub initial_bias_sd_s: f64,
    /// Standard deviation within one runner at one speed, in seconds.
    pub initial_scatter_s: f64,
    /// Root mean square over runners of the bias of terminal contacts, in seconds.
    pub terminal_bias_sd_s: f64,
    /// Standard deviation of terminal contacts within one runner at one speed, in seconds.
    pub terminal_scatter_s: f64,
}

impl Default for KinematicCalibration {
    fn default() -> Self {
        Self {
            initial_delay_s: 0.01143,
            initial_per_deg_s: -3.557e-5,
            terminal_delay_s: 0.01739,
            terminal_per_s: 0.4805,
            initial_bias_sd_s: 0.003832,
            initial_scatter_s: 0.00234,
            terminal_bias_sd_s: 0.01683,
            terminal_scatter_s: 0.00366,
        }
    }
}

/// A swing of the foot from front to back under the hip, in samples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sweep {
    /// Sample at which the foot is farthest forward; `None` when the record starts later.
    pub(super) front: Option<usize>,
    /// First sample in the rear half of the range.
    pub(super) middle: usize,
    /// Sample at which it is farthest back in the record.
    pub(super) back: usize,
}

/// Finds the sweeps in the foot's forward position `x`.
pub(super) fn sweeps(x: &[f64]) -> Vec<Sweep> {
    let turns = turning_points(x);
    let height = |k: Option<usize>| k.and_then(|k| turns.get(k)).map(|&(i, _)| x[i]);
    let mut found = Vec::new();
    for (k, &(i, maximum)) in turns.iter().enumerate() {
        // Where one end of the sweep is not recorded, its neighbour's height replaces it.
        let (front, back, high, low) = if maximum {
            let lowest = || (i..x.len()).fold(i, |low, j| if x[j] < x[low] { j } else { low });
            let back = turns.get(k + 1).map_or_else(lowest, |t| t.0);
            (Some(i), back, Some(x[i]), height(Some(k + 1)).or(height(k.checked_sub(1))))
        } else if k == 0 {
            (None, i, height(Some(1)), Some(x[i]))
        } else {
            continue;
        };
        let (Some(high), Some(low)) = (high, low) else { continue };
        let first = front.unwrap_or(0);
        let middle = (first..=back).find(|&j| x[j] < 0.5 * (high + low));
        found.extend(middle.map(|middle| Sweep { front, middle, back }));
    }
    found
}

/// Finds turning points with swings of at least 40 % of the total range: index, and whether it is a maximum. The record's ends
/// do not count.
fn turning_points(x: &[f64]) -> Vec<(usize, bool)> {
    let (low, high) = x.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), &v| (l.min(v), h.max(v)));
    let swing = 0.4 * (high - low);
    let mut turns = Vec::new();
    let (mut lowest, mut highest) = (0, 0);
    let mut rising: Option<bool> = None;
    for (i, &v) in x.iter().enumerate() {
        if v > x[highest] {
            highest = i;
        }
        if v < x[lowest] {
            lowest = i;
        }
        if rising != Some(false) && x[highest] - v >= swing && swing > 0.0 {
            if highest > 0 {
                turns.push((highest, true));
            }
            (rising, lowest) = (Some(false), i);
        } else if rising != Some(true) && v - x[lowest] >= swing && swing > 0.0 {
            if lowest > 0 {
                turns.push((lowest, false));
            }
            (rising, highest) = (Some(true), i);
        }
    }
    turns
}

/// Returns the fractional position of the largest local maximum strictly inside a range: the vertex of the parabola through three
/// samples. A value that is largest on the range's edge is no maximum.
pub(super) fn peak(within: Range<usize>, y: impl Fn(usize) -> f64) -> Option<f64> {
    let inner = within.start + 1..within.end.saturating_sub(1);
    let maxima = inner.filter(|&i| y(i) > y(i - 1) && y(i) >= y(i + 1));
    let i = maxima.reduce(|best, i| if y(i) > y(best) { i } else { best })?;
    Some(i as f64 + Vertex::of(y(i - 1), y(i), y(i + 1)).shift)
}

/// Returns the position at which `y` has fallen from its peak at `within.start` to half of that, linear between samples; `None` for a
/// peak that is not above 0.
fn half_fall(within: Range<f64>, y: impl Fn(usize) -> f64) -> Option<f64> {
    // Rounded: the sample nearest to the peak.
    let half = 0.5 * y((within.start + 0.5) as usize);
    if half <= 0.0 {
        return None;
    }
    let i = (within.start as usize + 1..within.end as usize).find(|&i| y(i) < half)?;
    let (before, after) = (y(i - 1), y(i));
    Some((i - 1) as f64 + (before - half) / (before - after))
}

/// Interpolates linearly between samples.
fn between(y: &[f64], position: f64) -> f64 {
    let i = (position as usize).min(y.len() - 2);
    y[i] + (position - i as f64) * (y[i + 1] - y[i])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wave(n: usize, phase: f64) -> Vec<f64> {
        (0..n).map(|i| (i as f64 * core::f64::consts::TAU / 40.0 + phase).cos()).collect()
    }

    #[test]
    fn a_sweep_runs_from_the_front_to_the_back() {
        let x = wave(100, -core::f64::consts::FRAC_PI_2); // maxima at 10, 50, 90; minima at 30, 70
        let found = sweeps(&x);
        assert_eq!(found[0], Sweep { front: Some(10), middle: 21, back: 30 });
        assert_eq!(found[1], Sweep { front: Some(50), middle: 61, back: 70 });
        assert_eq!(found.len(), 2, "after the last maximum the foot does not come half way back: {found:?}");
    }

    #[test]
    fn a_sweep_cut_off_by_the_record_has_no_front_or_the_last_sample_as_back() {
        let found = sweeps(&wave(66, 0.5)); // starts on the way back
        assert_eq!(found[0].front, None);
        assert!((16..=17).contains(&found[0].back));
        let last = found[found.len() - 1];
        assert_eq!((last.front, last.back), (Some(37), 57));
        let found = sweeps(&wave(52, 0.5)); // ends on the way back
        assert_eq!((found[1].front, found[1].back), (Some(37), 51));
    }

    #[test]
    fn ripples_and_a_constant_position_give_no_sweep() {
        let rough: Vec<f64> =
            wave(100, 0.5).iter().enumerate().map(|(i, x)| x + 0.15 * (i as f64 * 1.9).sin()).collect();
        assert_eq!(sweeps(&rough).len(), sweeps(&wave(100, 0.5)).len());
        assert_eq!(sweeps(&[3.0; 50]), []);
        assert_eq!(sweeps(&[]), []);
    }

    #[test]
    fn a_peak_lies_inside_and_is_the_largest() {
        let y = [9.0, 1.0, 2.0, 1.0, 3.0, 3.0, 0.0, 8.0];
        assert_eq!(peak(0..8, |i| y[i]), Some(4.5));
        assert_eq!(peak(0..4, |i| y[i]), Some(2.0));
        assert_eq!(peak(5..8, |i| y[i]), None);
        assert_eq!(peak(3..3, |i| y[i]), None);
    }

    #[test]
    fn the_fall_to_half_of_a_peak_is_interpolated() {
        let y = [0.0, 4.0, 8.0, 6.0, 3.0, 1.0];
        assert_eq!(half_fall(2.0..6.0, |i| y[i]), Some(3.0 + 2.0 / 3.0));
        assert_eq!(half_fall(2.0..4.0, |i| y[i]), None);
        assert_eq!(half_fall(1.0..4.0, |_| -8.0), None, "a peak below 0 has no half height");
        assert_eq!(between(&y, 2.5), 7.0);
        assert_eq!(between(&y, 5.0), 1.0);
    }
}
