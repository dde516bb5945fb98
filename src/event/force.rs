//! Contacts of one foot from its vertical ground reaction force, sample by sample.

use super::{Contact, Event, EventKind, Method, Side};
use crate::crossing::{Crossing, Direction, Hysteresis, state::HysteresisState};
use crate::math::GRAVITY_MPS2;
use crate::{Clock, Error, Flush, Rate, Real, Result, Stage};
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// The slope at a threshold is that of a line over this much time on each side.
const LINE_S: f64 = 0.003;
/// Below this rate the sampling grid adds its own uncertainty.
const FAST_HZ: f64 = 500.0;

/// Contacts of one foot from its vertical ground reaction force.
///
/// A contact begins where the force rises through `on_n` and ends where it falls below `off_n`, interpolated between
/// samples; it lasts at least `min_contact_s`, and a flight shorter than `min_flight_s` does not end it. Force must be
/// positive upwards.
///
/// Every event carries its standard error ([`Crossing::se`] with the force's standard deviation in flight); below
/// 500 Hz a further dt/(2√3) is added in quadrature, from there on a fraction of it where the threshold lies in the corner at the
/// foot of the contact ([`Crossing::corner`]). The delay from 0 N to the threshold is not an error but a bias of
/// the method, and reported separately (`PlateReading`).
///
/// Force that was set to zero below some level hides the lower threshold: its crossing is placed between the last
/// non-zero sample and the zero after it, with a standard error of dt/√3, for an error of up to a sample either way. On a treadmill
/// recording that exists with and without such zeroing (50 N, 150 Hz, 2.5 m/s) terminal contacts came 7.9 ms early,
/// SD 2.9 ms, and initial ones 0.2 ms late, SD 1.0 ms.
///
/// ```
/// # #[cfg(feature = "alloc")] {
/// use copeak::{Clock, Rate, Signal, event::{ForceContacts, Side}};
/// let clock = Clock::from_zero(Rate::from_hz(1000.0)?);
/// // 100 ms in the air, 200 ms on the ground, 100 ms in the air.
/// let force: Vec<f64> = (0..400).map(|i| if (100..300).contains(&i) { 1000.0 } else { 0.0 }).collect();
/// let found = ForceContacts::default().find(&Signal::new(clock, force), Side::Right)?;
/// assert_eq!(found.contacts.len(), 1);
/// assert_eq!(found.contacts[0].initial.time_s, 0.09905);
/// # }
/// # Ok::<(), copeak::Error>(())
/// ```
#[doc(alias = "ground reaction force")]
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct ForceContacts {
    /// Force in newtons from which the foot is on the ground.
    pub on_n: f64,
    /// Force in newtons below which it has left.
    pub off_n: f64,
    /// Shortest contact in seconds.
    pub min_contact_s: f64,
    /// Shortest flight in seconds: a shorter dip does not end a contact.
    pub min_flight_s: f64,
}

impl Default for ForceContacts {
    /// On from 50 N, off below 20 N, contacts of at least 50 ms, flights of any length.
    fn default() -> Self {
        Self { on_n: 50.0, off_n: 20.0, min_contact_s: 0.05, min_flight_s: 0.0 }
    }
}

impl ForceContacts {
    /// Builds a detector that is on from `on_n`, off below `off_n`, else as by default.
    pub fn new(on_n: f64, off_n: f64) -> Self {
        Self { on_n, off_n, ..Self::default() }
    }

    /// Builds a detector that is on from 5 %, off below 2 % of body weight, else as by default.
    ///
    /// # Errors
    /// [`Error::Parameter`] when the mass is not finite or not above zero.
    pub fn from_body_mass(mass_kg: f64) -> Result<Self> {
        if mass_kg.is_finite() && mass_kg > 0.0 {
            Ok(Self::new(0.05 * mass_kg * GRAVITY_MPS2, 0.02 * mass_kg * GRAVITY_MPS2))
        } else {
            Err(Error::Parameter { name: "body mass", rule: "finite and above 0 kg", value: mass_kg })
        }
    }

    /// Builds the detector of crossings at a sample rate.
    ///
    /// # Errors
    /// [`Error::Parameter`] when a threshold is not finite or not above 0 N, `off_n` lies above `on_n`, or a duration
    /// is negative or not finite.
    pub fn crossings(&self, rate: Rate) -> Result<Hysteresis> {
        for (name, value) in [("contact threshold", self.on_n), ("release threshold", self.off_n)] {
            if !(value.is_finite() && value > 0.0) {
                return Err(Error::Parameter { name, rule: "finite and above 0 N", value });
            }
        }
        for (name, value) in
            [("shortest contact", self.min_contact_s), ("shortest flight", self.min_flight_s)]
        {
            if !(value.is_finite() && value >= 0.0) {
                return Err(Error::Parameter { name, rule: "finite and not negative", value });
            }
        }
        Ok(Hysteresis::new(self.on_n, self.off_n)?
            .min_high(self.min_contact_s * rate.as_hz())
            .min_low(self.min_flight_s * rate.as_hz())
            .half_width(LINE_S * rate.as_hz()))
    }

    /// Builds the detector as a stage, for one foot of a live stream whose first sample is at the clock's start.
    ///
    /// `noise_sd_n` is the standard deviation of the unloaded plate, which a record measures in flight. A landing is emitted
    /// `min_contact_s` after it, or 3 ms where that is longer, and at most two samples later; a take-off likewise after
    /// `min_flight_s`.
    ///
    /// # Errors
    /// As [`ForceContacts::crossings`]; [`Error::Parameter`] when `noise_sd_n` is negative or not finite.
    ///
    /// ```
    /// use copeak::{Clock, Rate, StageExt, event::{ForceContacts, Side, live::Footfall}};
    /// let clock = Clock::from_zero(Rate::from_hz(100.0)?);
    /// let mut live = ForceContacts::default().live(clock, Side::Left, 2.0)?.stream();
    /// let force = (0..60).map(|i| if (20..45).contains(&i) { 800.0_f32 } else { 0.0 });
    /// let seen: Vec<_> = force.filter_map(|x| live.push(x)).collect();
    /// assert!(matches!(seen[0], Footfall::Landed(event) if event.time_s == 0.190625));
    /// assert!(matches!(seen[1], Footfall::Complete(contact) if contact.duration_s() > 0.25));
    /// # Ok::<(), copeak::Error>(())
    /// ```
    pub fn live(&self, clock: Clock, side: Side, noise_sd_n: f64) -> Result<LiveContacts> {
        if !(noise_sd_n.is_finite() && noise_sd_n >= 0.0) {
            let rule = "finite and not negative";
            return Err(Error::Parameter { name: "noise of the unloaded plate", rule, value: noise_sd_n });
        }
        Ok(LiveContacts {
            crossings: self.crossings(clock.rate())?,
            clock,
            side,
            noise_sd_n,
            dead_zone_n: 0.0,
        })
    }
}

/// An event of a foot with what it completes, as a live detector reports it.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Footfall {
    /// The foot landed. A `Complete` follows, unless the record ends first.
    Landed(Event),
    /// The foot left again: the complete contact.
    Complete(Contact),
    /// The foot left, and its landing was not recorded.
    Left(Event),
}

impl Footfall {
    /// Returns the latest event: the landing, or the take-off of a contact, complete or not.
    ///
    /// ```
    /// use copeak::{Clock, Rate, StageExt, event::{EventKind, ForceContacts, Side}};
    /// let clock = Clock::from_zero(Rate::from_hz(1000.0)?);
    /// let mut foot = ForceContacts::default().live(clock, Side::Right, 5.0)?.stream();
    /// let step = |i: u32| if (100..300).contains(&i) { 1500.0 } else { 0.0 };
    /// let kinds: Vec<_> = (0..500).filter_map(|i| foot.push(step(i))).map(|footfall| footfall.event().kind).collect();
    /// assert_eq!(kinds, [EventKind::InitialContact, EventKind::TerminalContact]);
    /// # Ok::<(), copeak::Error>(())
    /// ```
    pub fn event(&self) -> Event {
        match self {
            Self::Landed(event) | Self::Left(event) => *event,
            Self::Complete(contact) => contact.terminal,
        }
    }
}

/// [`ForceContacts`] as a stage; built by [`ForceContacts::live`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LiveContacts {
    crossings: Hysteresis,
    clock: Clock,
    side: Side,
    noise_sd_n: f64,
    /// Forces below this were set to zero before they reached the detector; 0 when there is no such level.
    dead_zone_n: f64,
}

/// State of [`LiveContacts`] as a stage.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LiveContactsState<T> {
    crossings: HysteresisState<T>,
    landed: Option<(Event, usize)>,
}

impl LiveContacts {
    /// Declares that forces below `newtons` reach the detector as exact zeros. The crossing of a threshold at or below that level is
    /// hidden, and its standard error is at least dt/√3, for an error of up to a sample either way. Negative values and NaN are taken
    /// as 0, no such level.
    #[must_use]
    pub fn dead_zone_n(self, newtons: f64) -> Self {
        Self { dead_zone_n: newtons.max(0.0), ..self }
    }

    /// Builds the event of a crossing.
    fn event(&self, crossing: &Crossing) -> Event {
        let (kind, level, under) = match crossing.direction {
            Direction::Up => (EventKind::InitialContact, self.crossings.on(), crossing.before),
            Direction::Down => (EventKind::TerminalContact, self.crossings.off(), crossing.after),
        };
        let dt = self.clock.rate().period_s();
        let grid = if under == 0.0 && level <= self.dead_zone_n {
            dt / 3.0_f64.sqrt()
        } else if self.clock.rate().as_hz() < FAST_HZ {
            dt / 12.0_f64.sqrt()
        } else {
            dt / 12.0_f64.sqrt() * crossing.corner(level)
        };
        let se = (crossing.se(self.noise_sd_n) * dt).hypot(grid);
        Event::new(self.clock.time_s(crossing.position), se, self.side, kind, Method::Force)
    }

    /// Combines a crossing with the last landing, which it updates.
    pub(super) fn footfall(&self, landed: &mut Option<(Event, usize)>, crossing: &Crossing) -> Footfall {
        let event = self.event(crossing);
        match crossing.direction {
            Direction::Up => {
                *landed = Some((event, crossing.stretch));
                Footfall::Landed(event)
            }
            Direction::Down => match landed.take() {
                Some((initial, stretch)) if stretch == crossing.stretch => {
                    Footfall::Complete(Contact { initial, terminal: event })
                }
                _ => Footfall::Left(event),
            },
        }
    }
}

impl crate::StageExt for LiveContacts {}

impl<T: Real> Stage<T> for LiveContacts {
    type Output = Option<Footfall>;
    type State = LiveContactsState<T>;

    fn initial_state(&self) -> Self::State {
        LiveContactsState { crossings: self.crossings.initial_state(), landed: None }
    }

    #[inline]
    fn process(&self, state: &mut Self::State, x: T) -> Option<Footfall> {
        let crossing = self.crossings.process(&mut state.crossings, x)?;
        Some(self.footfall(&mut state.landed, &crossing))
    }
}

impl<T: Real> Flush<T> for LiveContacts {
    fn flush(&self, state: &mut Self::State) -> Option<Option<Footfall>> {
        let crossing = self.crossings.flush(&mut state.crossings)??;
        Some(Some(self.footfall(&mut state.landed, &crossing)))
    }
}
