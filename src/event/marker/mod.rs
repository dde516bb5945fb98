//! Contacts of one foot from markers on it.

mod calibration;
mod paths;

pub use calibration::{MarkerCalibration, MarkerMethod};

use super::kinematic::sweeps;
use super::pieces::{extremes, pieces};
use super::{Event, EventKind, FootContacts, Method, Side};
use crate::{Error, Real, Result, Samples, Signal};
use alloc::vec::Vec;
use paths::Paths;

/// Less than this between farthest forward and back is no run.
const LEAST_SWEEP_M: f64 = 0.2;
/// More is not metres.
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
/// Paths are low-passed forwards and backwards, cut into the foot's ways from front to back under the pelvis, and searched
/// for what [`MarkerMethod`] names. [`MarkerCalibration`] holds the constants.
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
/// Peaks of jerk split at 100 Hz, which is what Handsaker's take-offs suffer from here; the published figures (-8 to 12 ms) are
/// from faster cameras. [The figures](crate::guide::studies::events) have each recording by itself, missed and false events,
/// and the published figures.
///
/// # Costs and limitations
/// Running only. Rates from 100 Hz. A gap (NaN) ends a stretch, and within a stride of it events may be missing. The
/// calibration rests on three runners, and its standard errors say so.
///
/// ```
/// use copeak::{Clock, Rate, Signal, event::{FootMarkers, MarkerContacts, MarkerMethod, Side}};
/// let clock = Clock::from_zero(Rate::from_hz(200.0)?);
/// // A foot that goes to and fro 1.4 times a second and is pressed flat while it is on its way back.
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
    /// What is taken for an event.
    pub method: MarkerMethod,
    /// Low-pass cut-off for the paths (-3 dB after both passes).
    pub cutoff_hz: f64,
    /// What is taken off, and the errors.
    pub calibration: MarkerCalibration,
}

impl MarkerContacts {
    /// A method with its own constants and a cut-off of 20 Hz, on which they rest.
    pub fn new(method: MarkerMethod) -> Self {
        Self { method, cutoff_hz: 20.0, calibration: method.calibration() }
    }

    /// The contacts of one foot.
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
                let way = path.way_s(&sweep);
                if let (Some(at), Some(way_s)) = (path.terminal(self.method, &sweep), way) {
                    let delay_s = c.terminal_delay_s + c.terminal_per_s * way_s;
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
