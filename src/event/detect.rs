//! One trait over everything that finds contacts.

use super::{
    Contact, Event, FootContacts, FootMarkers, ForceContacts, KinematicContacts, LegAngles, MarkerContacts,
    Side,
};
use crate::{Error, Real, Result, Samples, Signal};
use alloc::vec::Vec;

/// Finds the contacts of both feet in a recording of some kind.
///
/// The input says which sensors there are, the detector how they are read: [`ForceContacts`] takes [`PlatePerFoot`]
/// and [`super::OneBelt`], [`KinematicContacts`] takes [`BothLegs`], [`MarkerContacts`] takes [`BothFeet`],
/// [`super::GyroscopeContacts`] and [`super::ShankLandings`] take [`super::SensorPerLeg`], [`super::SacrumContacts`] takes
/// [`super::Sacrum`]. Every event carries its time between samples,
/// its side and kind, its standard error, and its method.
///
/// ```
/// use copeak::{Clock, Rate, Signal, event::{Detect, ForceContacts, OneBelt, Side}};
/// let clock = Clock::from_zero(Rate::from_hz(1000.0)?);
/// // One foot after the other on one belt: 220 ms on the ground, 130 ms in the air.
/// let force: Vec<f64> = (0..3500).map(|i| if i % 350 < 220 { 1500.0 } else { 0.0 }).collect();
/// let belt = OneBelt::alternating(Signal::new(clock, force), Side::Left);
/// let feet = ForceContacts::default().detect(&belt)?;
/// assert_eq!((feet.left.contacts.len(), feet.right.contacts.len()), (4, 5));
/// # Ok::<(), copeak::Error>(())
/// ```
pub trait Detect<In: ?Sized> {
    /// The contacts of both feet.
    ///
    /// # Errors
    /// What the detector documents; bad input is never a panic.
    fn detect(&self, input: &In) -> Result<Feet>;
}

impl<In: ?Sized, D: Detect<In> + ?Sized> Detect<In> for &D {
    fn detect(&self, input: &In) -> Result<Feet> {
        (**self).detect(input)
    }
}

/// The contacts of both feet.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Feet {
    /// The left foot.
    pub left: FootContacts,
    /// The right foot.
    pub right: FootContacts,
}

impl Feet {
    /// Both feet, in either order.
    ///
    /// # Errors
    /// [`Error::Undefined`] when the two are of the same side.
    pub fn new(one: FootContacts, other: FootContacts) -> Result<Self> {
        match (one.side, other.side) {
            (Side::Left, Side::Right) => Ok(Self { left: one, right: other }),
            (Side::Right, Side::Left) => Ok(Self { left: other, right: one }),
            _ => Err(Error::Undefined { quantity: "a pair of feet", reason: "both are of the same side" }),
        }
    }

    /// One of them.
    pub fn of(&self, side: Side) -> &FootContacts {
        match side {
            Side::Left => &self.left,
            Side::Right => &self.right,
        }
    }

    /// The contacts of both in order of their initial contacts.
    pub fn contacts(&self) -> Vec<Contact> {
        self.left.interleave(&self.right).0
    }

    /// All events of both, loose ones too, in order of time.
    pub fn events(&self) -> Vec<Event> {
        let mut events = self.left.events();
        events.extend(self.right.events());
        events.sort_by(|a, b| a.time_s.total_cmp(&b.time_s));
        events
    }
}

/// Vertical force of each foot by itself, positive upwards.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlatePerFoot<S = Vec<f64>> {
    /// Under the left foot.
    pub left: Signal<S>,
    /// Under the right foot.
    pub right: Signal<S>,
}

/// As [`ForceContacts::find`] on each foot.
impl<S> Detect<PlatePerFoot<S>> for ForceContacts
where
    S: Samples,
    S::Item: Real,
{
    fn detect(&self, input: &PlatePerFoot<S>) -> Result<Feet> {
        Feet::new(self.find(&input.left, Side::Left)?, self.find(&input.right, Side::Right)?)
    }
}

/// The joint angles of both legs.
#[derive(Debug)]
pub struct BothLegs<'a, S> {
    /// The left leg.
    pub left: LegAngles<'a, S>,
    /// The right leg.
    pub right: LegAngles<'a, S>,
}

/// As [`KinematicContacts::find`] on each leg.
impl<S> Detect<BothLegs<'_, S>> for KinematicContacts
where
    S: Samples,
    S::Item: Real,
{
    fn detect(&self, input: &BothLegs<'_, S>) -> Result<Feet> {
        Feet::new(self.find(&input.left, Side::Left)?, self.find(&input.right, Side::Right)?)
    }
}

/// The markers of both feet.
#[derive(Debug)]
pub struct BothFeet<'a, S> {
    /// The left foot.
    pub left: FootMarkers<'a, S>,
    /// The right foot.
    pub right: FootMarkers<'a, S>,
}

/// As [`MarkerContacts::find`] on each foot.
impl<S> Detect<BothFeet<'_, S>> for MarkerContacts
where
    S: Samples,
    S::Item: Real,
{
    fn detect(&self, input: &BothFeet<'_, S>) -> Result<Feet> {
        Feet::new(self.find(&input.left, Side::Left)?, self.find(&input.right, Side::Right)?)
    }
}
