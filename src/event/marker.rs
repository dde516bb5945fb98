//! Contacts of one foot from markers on it.

use super::kinematic::{Sweep, peak, sweeps};
use super::pieces::pieces;
use super::{Event, EventKind, FootContacts, Method, Side};
use crate::filter::{CentralDifference, Filter};
use crate::{Error, Rate, Real, Result, Samples, Signal};
use alloc::vec::Vec;

/// A runner's foot swings by at least this between farthest forward and back.
const LEAST_SWEEP_M: f64 = 0.2;
/// A larger swing is not in metres.
const MOST_SWEEP_M: f64 = 5.0;

/// Paths of the markers of one foot and of the pelvis in metres, on one clock: forward in the running direction, height
/// upwards.
#[derive(Debug)]
pub struct FootMarkers<'a, S> {
    /// Forward position of the heel.
    pub heel_forward: &'a Signal<S>,
    /// Height of the heel.
    pub heel_height: &'a Signal<S>,
    /// Height of the ball of the foot: a metatarsal head, best the first.
    pub ball_height: &'a Signal<S>,
    /// Forward position of the toe.
    pub toe_forward: &'a Signal<S>,
    /// Height of the toe.
    pub toe_height: &'a Signal<S>,
    /// Forward position of the pelvis (sacrum, or a spine of the ilium). On a treadmill too: the runner drifts on it.
    pub pelvis_forward: &'a Signal<S>,
}

/// Contacts of one foot of a runner from markers, without force.
///
/// Paths are low-passed forwards and backwards, cut into the foot's sweeps from front to back under the pelvis, and searched
/// for the landmarks of the [`MarkerMethod`]. [`MarkerCalibration`](super::calibration::MarkerCalibration) holds the constants.
///
/// # Accuracy
/// Over three runners (2.7 to 9.5 m/s), each left out of the fit that is tested on him, limits of agreement with force in ms:
///
/// | | initial | terminal | standard errors |
/// |---|---|---|---|
/// | Handsaker | -16 to 17 | -65 to 43 | 8.5, 34 |
/// | heel and toe | -41 to 36 | -63 to 35 | 22, 26 |
/// | Zeni | -16 to 15 | -33 to 40 | 8.2, 17 |
///
/// Peaks of jerk split at 100 Hz, which makes Handsaker's take-offs scatter here; the published figures (-8 to 12 ms) are
/// from faster cameras. [The study of events](crate::guide::studies::events) lists each recording separately, missed and false events,
/// and the published figures.
///
/// # Costs and limitations
/// Running only. Rates from 100 Hz. A gap (NaN) ends a stretch, and within a stride of it events may be missing. The
/// calibration rests on three runners, and its standard errors include that.
///
/// ```
/// use copeak::{Clock, Rate, Signal, event::{FootMarkers, MarkerContacts, MarkerMethod, Side}};
/// let clock = Clock::from_zero(Rate::from_hz(200.0)?);
/// // A foot that swings to and fro 1.4 times a second and stays flat while it moves back.
/// let path = |f: fn(f64) -> f64| -> Signal {
///     Signal::new(clock, (0..800).map(|i| f(i as f64 / 200.0 * 1.4 * std::f64::consts::TAU)).collect())
/// };
/// let (forward, height) = (path(|p| 0.4 * p.cos()), path(|p| 0.2 * (-p.sin()).max(-0.5)));
/// let foot = FootMarkers {
///     heel_forward: &forward, heel_height: &height, ball_height: &height,
///     toe_forward: &forward, toe_height: &height, pelvis_forward: &path(|_| 0.0),
/// };
/// let found = MarkerContacts::new(MarkerMethod::Zeni).find(&foot, Side::Left)?;
/// assert!(found.contacts.len() >= 4);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct MarkerContacts {
    /// Landmarks that mark the events.
    pub method: MarkerMethod,
    /// Low-pass cut-off for the paths (-3 dB after both passes).
    pub cutoff_hz: f64,
    /// Delays that are subtracted, and standard errors.
    pub calibration: MarkerCalibration,
}

impl MarkerContacts {
    /// Builds a detector of this method with its constants and a cut-off of 20 Hz, for which they were fitted.
    pub fn new(method: MarkerMethod) -> Self {
        Self { method, cutoff_hz: 20.0, calibration: method.calibration() }
    }

    /// Finds the contacts of one foot.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`]; [`Error::Undefined`] when the paths have different clocks, or when the toe swings by less
    /// than 20 cm against the pelvis or by more than 5 m (no running, or not metres); [`Error::NonFinite`] on an infinite
    /// sample or when no sample has all paths; [`Error::TooFew`] when no stretch without a gap lasts half a second;
    /// [`Error::Parameter`] below 100 Hz; [`Error::Cutoff`].
    pub fn find<S>(&self, foot: &FootMarkers<'_, S>, side: Side) -> Result<FootContacts>
    where
        S: Samples,
        S::Item: Real,
    {
        let clock = foot.heel_forward.clock();
        let channels = [
            foot.heel_forward,
            foot.heel_height,
            foot.ball_height,
            foot.toe_forward,
            foot.toe_height,
            foot.pelvis_forward,
        ];
        let (mut events, mut coverage, mut swing) = (Vec::new(), Vec::new(), 0.0_f64);
        for piece in pieces(channels, self.cutoff_hz, "finding contacts from markers")? {
            let path = Paths::new(&piece.channels, clock.rate())?;
            let (back, front) = extremes(&path.toe_forward);
            swing = swing.max(front - back);
            coverage.push(piece.span(clock));
            let c = &self.calibration;
            for sweep in sweeps(&path.toe_forward) {
                let event = |position: f64, delay_s: f64, se_s, kind| {
                    let time_s = clock.time_s(piece.first as f64 + position) - delay_s;
                    Event::new(time_s, se_s, side, kind, Method::Marker)
                };
                if let Some(at) = path.initial(self.method, &sweep) {
                    events.push(event(at, c.initial_delay_s, c.initial_se_s, EventKind::InitialContact));
                }
                let duration = path.duration_s(&sweep);
                if let (Some(at), Some(duration_s)) = (path.terminal(self.method, &sweep), duration) {
                    let delay_s = c.terminal_delay_s + c.terminal_per_s * duration_s;
                    events.push(event(at, delay_s, c.terminal_se_s, EventKind::TerminalContact));
                }
            }
        }
        if !(LEAST_SWEEP_M..=MOST_SWEEP_M).contains(&swing) {
            let reason = "the foot swings by less than 20 cm or more than 5 m against the pelvis: no running, or not metres";
            return Err(Error::Undefined { quantity: "a contact from markers", reason });
        }
        events.sort_by(|a: &Event, b: &Event| a.time_s.total_cmp(&b.time_s));
        Ok(FootContacts::from_events(side, &events, coverage, foot.heel_forward.span()))
    }
}

/// Landmarks in the markers' paths that mark the events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum MarkerMethod {
    /// Initial contact: the earlier of the peaks of vertical acceleration of heel and ball of the foot. Terminal contact: the
    /// peak of the toe's vertical jerk that leads to its greatest vertical acceleration. Handsaker et al. (2016, *J Biomech*
    /// 49:4128-4133), where the ball carries a marker on the first metatarsal head and the toe one on the hallux.
    Handsaker,
    /// Initial contact: the peak of the heel's vertical acceleration. Terminal contact: the peak of the toe's forward
    /// acceleration that follows its greatest vertical one. From walking (Hreljac & Marshall 2000, *J Biomech* 33:783-786);
    /// Hreljac & Stergiou (2000, *Med Biol Eng Comput* 38:503-506) found errors of 4.5 and 6.9 ms
    /// (root mean square) for accelerations in running.
    #[doc(alias("hreljac", "stergiou"))]
    HeelAndToe,
    /// Initial contact: the heel farthest in front of the pelvis. Terminal contact: the toe farthest behind it. Zeni,
    /// Richards & Higginson (2008, *Gait Posture* 27:710-714), for walking: a runner's foot already moves back when it
    /// lands, and still moves back after it has left, so both events are corrected by
    /// [`MarkerCalibration`](super::calibration::MarkerCalibration).
    Zeni,
}

/// Delays from the events to a method's landmarks, and standard errors.
///
/// A laboratory with force plates can fit its own constants. The defaults are means over three runners of three laboratories (16 initial
/// and 15 terminal contacts), every runner counting the same; `scripts/validate events` repeats the fit, prints these
/// numbers, and tests them on runners left out of it. Three runners are few: each standard error combines the root mean square
/// error of runners left out with the scatter within one, and is at least the published figure of its method.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct MarkerCalibration {
    /// Delay in seconds from initial contact to its landmark, which is subtracted.
    pub initial_delay_s: f64,
    /// Standard error of initial contacts in seconds.
    pub initial_se_s: f64,
    /// Delay in seconds from terminal contact to its landmark, which is subtracted.
    pub terminal_delay_s: f64,
    /// Further delay of that landmark per second of the foot's sweep from front to back: a fast foot turns round sooner.
    pub terminal_per_s: f64,
    /// Standard error of terminal contacts in seconds.
    pub terminal_se_s: f64,
}

impl MarkerMethod {
    /// Returns the constants that [`MarkerContacts::new`] uses.
    pub fn calibration(self) -> MarkerCalibration {
        let [initial_delay_s, initial_se_s, terminal_delay_s, terminal_per_s, terminal_se_s] = match self {
            Self::Handsaker => [0.005728, 0.008506, 0.0007681, 0.0, 0.03389],
            Self::HeelAndToe => [0.01685, 0.02205, 0.03583, 0.0, 0.02567],
            Self::Zeni => [-0.04307, 0.008164, 0.0, 0.2456, 0.01694],
        };
        MarkerCalibration { initial_delay_s, initial_se_s, terminal_delay_s, terminal_per_s, terminal_se_s }
    }
}

/// The heel is farthest forward within this of the toe.
const AROUND_FRONT_S: f64 = 0.1;
/// The jerk that throws the toe upwards comes within this before its greatest acceleration.
const THROW_S: f64 = 0.06;
/// After the toe is farthest forward the foot lands within this fraction of its sweep.
const LANDED: f64 = 0.4;
/// It takes off after this fraction of it.
const TAKES_OFF: f64 = 0.6;

/// A stretch without gaps, filtered.
struct Paths {
    rate_hz: f64,
    /// Against the pelvis.
    heel_forward: Vec<f64>,
    /// Against the pelvis.
    toe_forward: Vec<f64>,
    heel_acceleration: Vec<f64>,
    ball_acceleration: Vec<f64>,
    toe_acceleration: Vec<f64>,
    toe_jerk: Vec<f64>,
    toe_forward_acceleration: Vec<f64>,
}

impl Paths {
    /// Builds the paths from heel forward and height, ball height, toe forward and height, pelvis forward.
    fn new(channels: &[Vec<f64>; 6], rate: Rate) -> Result<Self> {
        let [heel, heel_height, ball_height, toe, toe_height, pelvis] = channels;
        let derivative = CentralDifference::new(rate);
        let twice = |x: &[f64]| derivative.apply(&derivative.apply(x)?);
        let toe_acceleration = twice(toe_height)?;
        Ok(Self {
            rate_hz: rate.as_hz(),
            heel_forward: against(heel, pelvis),
            toe_forward: against(toe, pelvis),
            heel_acceleration: twice(heel_height)?,
            ball_acceleration: twice(ball_height)?,
            toe_jerk: derivative.apply(&toe_acceleration)?,
            toe_acceleration,
            toe_forward_acceleration: twice(toe)?,
        })
    }

    fn initial(&self, method: MarkerMethod, sweep: &Sweep) -> Option<f64> {
        let front = sweep.front?;
        let landed = front + (LANDED * (sweep.back - front) as f64) as usize;
        // From the front on: before it the foot brakes on its way forward.
        let hit = |y: &[f64]| peak(front..landed.min(sweep.middle) + 1, |i| y[i]);
        match method {
            MarkerMethod::Handsaker => {
                let both = [hit(&self.heel_acceleration), hit(&self.ball_acceleration)];
                both.into_iter().flatten().reduce(f64::min)
            }
            MarkerMethod::HeelAndToe => hit(&self.heel_acceleration),
            MarkerMethod::Zeni => {
                let earliest = front.saturating_sub((AROUND_FRONT_S * self.rate_hz) as usize);
                peak(earliest..sweep.middle + 1, |i| self.heel_forward[i])
            }
        }
    }

    fn terminal(&self, method: MarkerMethod, sweep: &Sweep) -> Option<f64> {
        // Only peaks close to the toe's upward throw count; there are many others.
        let rear = sweep.front.map_or(sweep.middle, |f| f + (TAKES_OFF * (sweep.back - f) as f64) as usize);
        let lift = peak(rear..sweep.back + 1, |i| self.toe_acceleration[i]);
        match method {
            MarkerMethod::Handsaker => before(&self.toe_jerk, lift?, THROW_S * self.rate_hz),
            MarkerMethod::HeelAndToe => after(&self.toe_forward_acceleration, lift?, sweep.back),
            MarkerMethod::Zeni => {
                let around = sweep.middle..(sweep.back + 2).min(self.toe_forward.len());
                peak(around, |i| -self.toe_forward[i])
            }
        }
    }

    /// Returns the time of the toe from front to back.
    fn duration_s(&self, sweep: &Sweep) -> Option<f64> {
        // A record that ends before the foot turns has no back.
        let turned = sweep.back + 1 < self.toe_forward.len();
        turned.then_some((sweep.back - sweep.front?) as f64 / self.rate_hz)
    }
}

fn against(x: &[f64], pelvis: &[f64]) -> Vec<f64> {
    x.iter().zip(pelvis).map(|(x, p)| x - p).collect()
}

/// Returns the last peak before a position, at most `most` away.
fn before(y: &[f64], place: f64, most: f64) -> Option<f64> {
    let first = (place - most).max(0.0) as usize;
    let maximum = (first + 1..place as usize + 1).rev().find(|&i| y[i] > y[i - 1] && y[i] >= y[i + 1])?;
    peak(maximum - 1..maximum + 2, |i| y[i])
}

/// Returns the first peak after a position.
fn after(y: &[f64], place: f64, last: usize) -> Option<f64> {
    let maximum = (place as usize + 1..last).find(|&i| y[i] > y[i - 1] && y[i] >= y[i + 1])?;
    peak(maximum - 1..maximum + 2, |i| y[i])
}

/// Returns the smallest and the largest value.
fn extremes(x: &[f64]) -> (f64, f64) {
    x.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &x| (low.min(x), high.max(x)))
}
