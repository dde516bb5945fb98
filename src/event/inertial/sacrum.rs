//! Contacts of both feet from one accelerometer on the sacrum.

use crate::crossing::{Direction, Hysteresis};
use crate::event::belt::{SideSource, share_out};
use crate::event::pieces::pieces;
use crate::event::{Detect, Event, EventKind, Feet, FootContacts, Method, Side};
use crate::stage::{Flush, Stage};
use crate::{Error, Real, Result, Samples, Signal};
use alloc::vec::Vec;

/// Mean vertical acceleration of a runner who stays at his height, within what tilt and rectified samples make of it.
const MEAN_G: core::ops::RangeInclusive<f64> = 0.6..=1.6;
/// Shortest contact.
const SHORTEST_S: f64 = 0.06;

/// Vertical acceleration at the sacrum in units of g, about 1 in standing and 0 in flight, and how sides are told.
///
/// It does not know the sides itself: the best published way to read them off it was right in 81.9 % of contacts (Kiernan et
/// al. 2023), so they are taken from elsewhere, or not given.
#[derive(Debug, Clone, PartialEq)]
pub struct Sacrum<S = Vec<f64>> {
    acceleration: Signal<S>,
    sides: SideSource,
}

impl<S> Sacrum<S> {
    /// Feet take turns, `first` being the side of the first landing in the record; as [`crate::event::OneBelt::alternating`].
    pub fn alternating(acceleration_g: Signal<S>, first: Side) -> Self {
        Self { acceleration: acceleration_g, sides: SideSource::Alternating(first) }
    }

    /// The side of each contact from a second signal; as [`crate::event::OneBelt::with_sides`].
    pub fn with_sides(acceleration_g: Signal<S>, right_is_positive: Signal<Vec<f64>>) -> Self {
        Self { acceleration: acceleration_g, sides: SideSource::Signal(right_is_positive) }
    }
}

/// By how much the crossings follow the events, and how far to trust that.
///
/// The default takes nothing off, and its standard errors are those of the limits of agreement that Kiernan et al. (2023,
/// PMC10255839) found over 74 runners for the best of the published methods: -149 to 89 ms for initial and -153 to 147 ms for
/// terminal contacts. On one runner (31 trials, [the figures](crate::guide::studies::events)) limits were -21 to 23 and -29 to
/// 32 ms, but they moved by up to 40 ms with speed and slope, and nobody knows how they move with the runner. Whoever has
/// measured his own runner against force may set them.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SacrumCalibration {
    /// Delay in seconds from initial contact to the crossing, taken off.
    pub initial_delay_s: f64,
    /// Standard error of initial contacts in seconds.
    pub initial_se_s: f64,
    /// Delay in seconds from terminal contact to the crossing, taken off.
    pub terminal_delay_s: f64,
    /// Standard error of terminal contacts in seconds.
    pub terminal_se_s: f64,
}

impl Default for SacrumCalibration {
    fn default() -> Self {
        // Width of the limits over 2 × 1.96.
        Self { initial_delay_s: 0.0, initial_se_s: 0.0606, terminal_delay_s: 0.0, terminal_se_s: 0.0765 }
    }
}

/// Contacts of both feet of a runner from vertical acceleration at the sacrum: in contact while the low-passed acceleration
/// shows that the ground carries him.
///
/// The runner's mass rides on the sensor, roughly: mass times acceleration is taken for force, low-passed, and read at two
/// thresholds (after Day et al. 2021, doi:10.1016/j.jbiomech.2021.110323, and Patoz et al. 2022, doi:10.3390/s22030784, who found
/// root mean square errors of 20 ms in contact time).
///
/// # What it cannot say
/// *When, to a hundredth of a second*: standard errors are 61 and 77 ms ([`SacrumCalibration`]), so a lag of 10 or 20 ms between
/// such events is a tie for everything that reads standard errors (over many steps too: [`Method::has_shared_error`]), and a stiffness made of them has an error larger than itself.
/// *Which foot*: see [`Sacrum`]. *Walking*: who never leaves the ground is refused. Steps, cadence and their regularity are what
/// it is good for.
///
/// ```
/// use copeak::{Clock, Rate, Signal, event::{Detect, Sacrum, SacrumContacts, Side}};
/// // 2.8 steps a second.
/// let bounce = |i: i32| (1.0 - (f64::from(i) / 200.0 * 2.8 * std::f64::consts::TAU).cos()).max(0.0);
/// let bounces: Vec<f64> = (0..1000).map(bounce).collect();
/// let acceleration = Signal::new(Clock::from_zero(Rate::from_hz(200.0)?), bounces);
/// let feet = SacrumContacts::default().find_both(&Sacrum::alternating(acceleration, Side::Left))?;
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
    /// Acceleration in g from which the ground carries.
    pub on_g: f64,
    /// Acceleration in g below which it does no more.
    pub off_g: f64,
    /// What is taken off, and the errors.
    pub calibration: SacrumCalibration,
}

impl Default for SacrumContacts {
    /// 10 Hz, on from 0.5 g, off below 0.3 g.
    fn default() -> Self {
        Self { cutoff_hz: 10.0, on_g: 0.5, off_g: 0.3, calibration: SacrumCalibration::default() }
    }
}

impl SacrumContacts {
    /// The contacts of whichever foot, all under `side`.
    ///
    /// # Errors
    /// [`Error::Undefined`] when the mean is not between 0.6 and 1.6 g (another unit, another axis, or gravity taken off), or
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
        let switch = Hysteresis::new(self.on_g, self.off_g)?.min_high(SHORTEST_S * clock.rate().as_hz())?;
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
                let c = &self.calibration;
                let (kind, delay_s, se_s) = match crossing.direction {
                    Direction::Up => (EventKind::InitialContact, c.initial_delay_s, c.initial_se_s),
                    Direction::Down => (EventKind::TerminalContact, c.terminal_delay_s, c.terminal_se_s),
                };
                let time_s = clock.time_s(piece.first as f64 + crossing.position) - delay_s;
                Event::new(time_s, se_s, side, kind, Method::SacrumAccelerometer)
            }));
        }
        if !MEAN_G.contains(&(sum / n as f64)) {
            let reason = "its mean is not about 1 g: another unit, another axis, or gravity taken off";
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

/// As [`SacrumContacts::find`], and then the sides, as for [`crate::event::OneBelt`].
///
/// # Errors
/// Also [`Error::Undefined`] when a side cannot be told.
impl<S> Detect<Sacrum<S>> for SacrumContacts
where
    S: Samples,
    S::Item: Real,
{
    fn find_both(&self, input: &Sacrum<S>) -> Result<Feet> {
        share_out(&self.find(&input.acceleration, Side::Left)?, &input.sides)
    }
}
