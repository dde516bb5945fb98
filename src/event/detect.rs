//! Contacts of both feet: from one signal for each, or from one for both.

use super::inertial::{GyroscopeContacts, SacrumContacts, ShankLandings};
use super::{
    Contact, Event, EventKind, Feet, FootContacts, FootMarkers, ForceContacts, KinematicContacts, LegAngles,
    MarkerContacts, Side, Sides,
};
use crate::math::median;
use crate::{Error, Real, Result, Samples, Signal};
use alloc::vec::Vec;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Finds the contacts of both feet in signals of some kind.
///
/// The type of the input is that of the sensors. One signal for each foot is [`Sides`]: of vertical force
/// for [`ForceContacts`], of [`LegAngles`] for [`KinematicContacts`], of [`FootMarkers`] for [`MarkerContacts`], of angular velocity
/// for [`GyroscopeContacts`], of acceleration for [`ShankLandings`]. One signal for both is [`BothFeet`], for [`ForceContacts`] and
/// [`SacrumContacts`]. Every event has a time between samples, its side and kind, its standard error, and its method.
///
/// ```
/// use copeak::{Clock, Rate, Signal, event::{BothFeet, Detect, ForceContacts, Side}};
/// let clock = Clock::from_zero(Rate::from_hz(1000.0)?);
/// // One foot after the other on one belt: 220 ms on the ground, 130 ms in the air.
/// let force: Vec<f64> = (0..3500).map(|i| if i % 350 < 220 { 1500.0 } else { 0.0 }).collect();
/// let belt = BothFeet::alternating(Signal::new(clock, force), Side::Left);
/// let feet = ForceContacts::default().find_both(&belt)?;
/// assert_eq!((feet.left.contacts.len(), feet.right.contacts.len()), (4, 5));
/// # Ok::<(), copeak::Error>(())
/// ```
pub trait Detect<In: ?Sized> {
    /// Finds the contacts of both feet.
    ///
    /// # Errors
    /// Those of the detector; bad input never panics.
    fn find_both(&self, input: &In) -> Result<Feet>;
}

impl<In: ?Sized, D: Detect<In> + ?Sized> Detect<In> for &D {
    fn find_both(&self, input: &In) -> Result<Feet> {
        (**self).find_both(input)
    }
}

/// Finds the contacts of each foot.
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

/// Largest deviation of the time between landings, in steps, from a whole number of steps.
const UNSURE: f64 = 0.3;

/// One signal of both feet, and the source of their sides.
///
/// For [`ForceContacts`] the signal is vertical force, as from a treadmill with one belt or from plates that are summed. For
/// [`SacrumContacts`] it is vertical acceleration at the sacrum in units of g, about 1 in standing and 0 in flight: the best published
/// way to read sides off it was right in 81.9 % of contacts (Kiernan et al. 2023), so they come from elsewhere.
#[derive(Debug, Clone, PartialEq)]
pub struct BothFeet<S = Vec<f64>> {
    signal: Signal<S>,
    sides: SideSource,
}

/// Source of the side of a contact.
#[derive(Debug, Clone, PartialEq)]
enum SideSource {
    Alternating(Side),
    Signal(Signal<Vec<f64>>),
}

impl<S> BothFeet<S> {
    /// Assigns sides alternately, with `first` as the side of the first landing in the record.
    ///
    /// A missing landing swaps no sides: they follow from the number of median steps between landings, not
    /// from the number of contacts. Where that is no whole number to within 0.3, later sides are unknown and the
    /// detector returns an error; cut the record there, or use [`BothFeet::sided_by`].
    pub fn alternating(signal: Signal<S>, first: Side) -> Self {
        Self { signal, sides: SideSource::Alternating(first) }
    }

    /// Takes the side of each contact from a second signal of any rate, whose mean over the contact is above zero under the
    /// right foot and below under the left one: the centre of pressure across the belt about its mean, or the
    /// height of the left toe minus that of the right one.
    pub fn sided_by(signal: Signal<S>, right_is_positive: Signal<Vec<f64>>) -> Self {
        Self { signal, sides: SideSource::Signal(right_is_positive) }
    }
}

/// As [`ForceContacts::find`] on the force of both feet, with sides assigned.
///
/// An event without a partner at either end of the record gets the side of the contact it would belong to.
///
/// # Errors
/// Also [`Error::Undefined`] when a side is unknown: by alternation where a gap between landings is no whole
/// number of steps, by a signal where it does not cover a contact or its mean is zero or NaN.
impl<S> Detect<BothFeet<S>> for ForceContacts
where
    S: Samples,
    S::Item: Real,
{
    fn find_both(&self, input: &BothFeet<S>) -> Result<Feet> {
        assign_sides(&self.find(&input.signal, Side::Left)?, &input.sides)
    }
}

/// As [`SacrumContacts::find`], with sides assigned as for [`ForceContacts`].
///
/// # Errors
/// Also [`Error::Undefined`] when a side is unknown.
impl<S> Detect<BothFeet<S>> for SacrumContacts
where
    S: Samples,
    S::Item: Real,
{
    fn find_both(&self, input: &BothFeet<S>) -> Result<Feet> {
        assign_sides(&self.find(&input.signal, Side::Left)?, &input.sides)
    }
}

/// Divides contacts of both feet between the feet.
fn assign_sides(both: &FootContacts, sides: &SideSource) -> Result<Feet> {
    let stays = stays(both);
    let sides = match sides {
        SideSource::Alternating(first) => alternate(&stays, *first)?,
        SideSource::Signal(signal) => {
            stays.iter().map(|stay| by_signal(signal, stay)).collect::<Result<_>>()?
        }
    };
    let empty = |side| FootContacts { side, contacts: Vec::new(), unpaired: Vec::new(), ..both.clone() };
    let (mut left, mut right) = (empty(Side::Left), empty(Side::Right));
    for (stay, side) in stays.iter().zip(sides) {
        let foot = if side == Side::Left { &mut left } else { &mut right };
        let turned = |event: Event| Event { side, ..event };
        match (stay.initial, stay.terminal) {
            (Some(initial), Some(terminal)) => {
                foot.contacts.push(Contact { initial: turned(initial), terminal: turned(terminal) });
            }
            (one, other) => foot.unpaired.extend(one.or(other).map(turned)),
        }
    }
    Feet::new(left, right)
}

/// A contact, complete or cut off.
struct Stay {
    initial: Option<Event>,
    terminal: Option<Event>,
}

fn stays(both: &FootContacts) -> Vec<Stay> {
    let whole = both.contacts.iter().map(|c| Stay { initial: Some(c.initial), terminal: Some(c.terminal) });
    let cut = both.unpaired.iter().map(|&e| match e.kind {
        EventKind::InitialContact => Stay { initial: Some(e), terminal: None },
        EventKind::TerminalContact => Stay { initial: None, terminal: Some(e) },
    });
    let mut all: Vec<Stay> = whole.chain(cut).collect();
    all.sort_by(|a, b| a.any_s().total_cmp(&b.any_s()));
    all
}

impl Stay {
    /// Returns its start or, if that is not known, its end.
    fn any_s(&self) -> f64 {
        self.initial.or(self.terminal).map_or(f64::NAN, |e| e.time_s)
    }
}

/// Assigns sides alternately: the number of steps between two events of one kind is the time between them in median steps, rounded.
fn alternate(stays: &[Stay], first: Side) -> Result<Vec<Side>> {
    let both_initial = |w: &[Stay]| Some(w[1].initial?.time_s - w[0].initial?.time_s);
    let both_terminal = |w: &[Stay]| Some(w[1].terminal?.time_s - w[0].terminal?.time_s);
    let mut steps: Vec<f64> = stays.windows(2).filter_map(|w| both_initial(w).or(both_terminal(w))).collect();
    let step = median(&mut steps);
    let mut side = first;
    let mut sides: Vec<Side> = stays.first().map(|_| first).into_iter().collect();
    for pair in stays.windows(2) {
        let count = match (both_initial(pair).or(both_terminal(pair)), step) {
            (Some(gap), Some(step)) => gap / step,
            // A contact that lost one end to a gap in the record, next to one that lost the other.
            _ => f64::NAN,
        };
        if !((count - count.round()).abs() <= UNSURE && count >= 0.5) {
            let reason = "the time between two landings is not a whole number of steps; cut the record there or take sides from a signal";
            return Err(Error::Undefined { quantity: "the side of a contact by alternation", reason });
        }
        if count.round() % 2.0 == 1.0 {
            side = side.opposite();
        }
        sides.push(side);
    }
    Ok(sides)
}

/// Returns the side from the mean of the second signal over the contact.
fn by_signal(signal: &Signal<Vec<f64>>, stay: &Stay) -> Result<Side> {
    let undefined = |reason| Error::Undefined { quantity: "the side of a contact", reason };
    // A contact that is cut off has one known end: take the 50 ms on its inner side.
    let (start_s, end_s) = match (stay.initial, stay.terminal) {
        (Some(i), Some(t)) => (i.time_s, t.time_s),
        (Some(i), None) => (i.time_s, i.time_s + 0.05),
        (None, t) => (t.map_or(f64::NAN, |t| t.time_s - 0.05), t.map_or(f64::NAN, |t| t.time_s)),
    };
    let (first, last) = (signal.clock().position(start_s).ceil(), signal.clock().position(end_s).floor());
    let samples = signal.samples();
    if !(first >= 0.0 && last >= first && (last as usize) < samples.len()) {
        return Err(undefined("the signal of sides has no sample during it"));
    }
    let sum: f64 = samples[first as usize..=last as usize].iter().sum();
    if sum > 0.0 {
        Ok(Side::Right)
    } else if sum < 0.0 {
        Ok(Side::Left)
    } else {
        Err(undefined("the signal of sides has a mean of zero or a missing sample during it"))
    }
}
