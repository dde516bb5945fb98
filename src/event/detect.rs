//! The detectors of both feet's contacts.

use super::{
    Feet, FootContacts, FootMarkers, ForceContacts, GyroscopeContacts, KinematicContacts, LegAngles,
    MarkerContacts, ShankLandings, Side, Sides,
};
use crate::{Real, Result, Samples, Signal};

/// Finds the contacts of both feet in a recording of some kind.
///
/// The input says which sensors there are, the detector how they are read. One signal for each foot is [`Sides`]: of vertical force
/// for [`ForceContacts`], of [`LegAngles`] for [`KinematicContacts`], of [`FootMarkers`] for [`MarkerContacts`], of angular velocity
/// for [`GyroscopeContacts`], of acceleration for [`ShankLandings`]. One signal for both is [`OneBelt`](super::OneBelt) or
/// [`Sacrum`](super::Sacrum). Every event carries its time between samples, its side and kind, its standard error, and its method.
///
/// ```
/// use copeak::{Clock, Rate, Signal, event::{Detect, ForceContacts, OneBelt, Side}};
/// let clock = Clock::from_zero(Rate::from_hz(1000.0)?);
/// // One foot after the other on one belt: 220 ms on the ground, 130 ms in the air.
/// let force: Vec<f64> = (0..3500).map(|i| if i % 350 < 220 { 1500.0 } else { 0.0 }).collect();
/// let belt = OneBelt::alternating(Signal::new(clock, force), Side::Left);
/// let feet = ForceContacts::default().find_both(&belt)?;
/// assert_eq!((feet.left.contacts.len(), feet.right.contacts.len()), (4, 5));
/// # Ok::<(), copeak::Error>(())
/// ```
pub trait Detect<In: ?Sized> {
    /// Finds the contacts of both feet.
    ///
    /// # Errors
    /// What the detector documents; bad input is never a panic.
    fn find_both(&self, input: &In) -> Result<Feet>;
}

impl<In: ?Sized, D: Detect<In> + ?Sized> Detect<In> for &D {
    fn find_both(&self, input: &In) -> Result<Feet> {
        (**self).find_both(input)
    }
}

/// Finds the contacts of one foot after the other.
fn each<T>(input: &Sides<T>, find: impl Fn(&T, Side) -> Result<FootContacts>) -> Result<Feet> {
    Feet::new(find(&input.left, Side::Left)?, find(&input.right, Side::Right)?)
}

/// As [`ForceContacts::find`] on each foot.
impl<S> Detect<Sides<&Signal<S>>> for ForceContacts
where
    S: Samples,
    S::Item: Real,
{
    fn find_both(&self, input: &Sides<&Signal<S>>) -> Result<Feet> {
        each(input, |force, side| self.find(force, side))
    }
}

/// As [`KinematicContacts::find`] on each leg.
impl<S> Detect<Sides<LegAngles<'_, S>>> for KinematicContacts
where
    S: Samples,
    S::Item: Real,
{
    fn find_both(&self, input: &Sides<LegAngles<'_, S>>) -> Result<Feet> {
        each(input, |leg, side| self.find(leg, side))
    }
}

/// As [`MarkerContacts::find`] on each foot.
impl<S> Detect<Sides<FootMarkers<'_, S>>> for MarkerContacts
where
    S: Samples,
    S::Item: Real,
{
    fn find_both(&self, input: &Sides<FootMarkers<'_, S>>) -> Result<Feet> {
        each(input, |foot, side| self.find(foot, side))
    }
}

/// As [`GyroscopeContacts::find`] on each foot.
impl<S> Detect<Sides<&Signal<S>>> for GyroscopeContacts
where
    S: Samples,
    S::Item: Real,
{
    fn find_both(&self, input: &Sides<&Signal<S>>) -> Result<Feet> {
        each(input, |pitch, side| self.find(pitch, side))
    }
}

/// As [`ShankLandings::find`] on each leg.
impl<S> Detect<Sides<&Signal<S>>> for ShankLandings
where
    S: Samples,
    S::Item: Real,
{
    fn find_both(&self, input: &Sides<&Signal<S>>) -> Result<Feet> {
        each(input, |shank, side| self.find(shank, side))
    }
}
