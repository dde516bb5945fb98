//! Both feet on one belt, or on plates that are summed.

use super::{Contact, Detect, Event, EventKind, Feet, FootContacts, ForceContacts, Side};
use crate::math::median;
use crate::{Error, Real, Result, Samples, Signal};
use alloc::vec::Vec;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// A gap between landings this far from a whole number of steps does not tell how many feet have landed in it.
const UNSURE: f64 = 0.3;

/// Vertical force of both feet in one signal, as from a treadmill with one belt.
#[derive(Debug, Clone, PartialEq)]
pub struct OneBelt<S = Vec<f64>> {
    force: Signal<S>,
    sides: SideSource,
}

/// How the side of a contact is known.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum SideSource {
    Alternating(Side),
    Signal(Signal<Vec<f64>>),
}

impl<S> OneBelt<S> {
    /// Feet take turns, `first` being the side of the first landing in the record.
    ///
    /// A landing that is missing turns nothing round: sides go by how many median steps lie between landings, not
    /// by counting contacts. Where that is no whole number to within 0.3, sides after it cannot be known and the
    /// detector refuses; cut the record there, or give a signal.
    pub fn alternating(force: Signal<S>, first: Side) -> Self {
        Self { force, sides: SideSource::Alternating(first) }
    }

    /// The side of each contact from a second signal of any rate: its mean over the contact is above zero under the
    /// right foot and below under the left one. The centre of pressure across the belt about its mean will do, or the
    /// height of the left toe less that of the right one.
    pub fn with_sides(force: Signal<S>, right_is_positive: Signal<Vec<f64>>) -> Self {
        Self { force, sides: SideSource::Signal(right_is_positive) }
    }
}

/// As [`ForceContacts::find`] on the belt's force, and then the sides.
///
/// An event without a partner at either end of the record gets the side of the contact it would belong to.
///
/// # Errors
/// Also [`Error::Undefined`] when a side cannot be told: by alternation where a gap between landings is no whole
/// number of steps, by a signal where it does not cover a contact or its mean is zero or NaN.
impl<S> Detect<OneBelt<S>> for ForceContacts
where
    S: Samples,
    S::Item: Real,
{
    fn find_both(&self, input: &OneBelt<S>) -> Result<Feet> {
        share_out(&self.find(&input.force, Side::Left)?, &input.sides)
    }
}

/// The contacts of both feet from those of whichever foot.
pub(super) fn share_out(both: &FootContacts, sides: &SideSource) -> Result<Feet> {
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

/// A contact, whole or cut off.
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
    /// When it began or, if that is not known, ended.
    fn any_s(&self) -> f64 {
        self.initial.or(self.terminal).map_or(f64::NAN, |e| e.time_s)
    }
}

/// Sides in turns: between events of one kind lie so many steps as their distance holds median steps.
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
            // A contact that lost one end to a gap in the record, beside one that lost the other.
            _ => f64::NAN,
        };
        if !((count - count.round()).abs() <= UNSURE && count >= 0.5) {
            let reason = "the time between two landings is no whole number of steps";
            return Err(Error::Undefined { quantity: "the side of a contact by alternation", reason });
        }
        if count.round() % 2.0 == 1.0 {
            side = side.opposite();
        }
        sides.push(side);
    }
    Ok(sides)
}

/// The side from the mean of the second signal over the contact.
fn by_signal(signal: &Signal<Vec<f64>>, stay: &Stay) -> Result<Side> {
    let undefined = |reason| Error::Undefined { quantity: "the side of a contact", reason };
    // Of a contact that is cut off only one end is known: the 50 ms on its inner side.
    let (start_s, end_s) = match (stay.initial, stay.terminal) {
        (Some(i), Some(t)) => (i.time_s, t.time_s),
        (Some(i), None) => (i.time_s, i.time_s + 0.05),
        (None, t) => (t.map_or(f64::NAN, |t| t.time_s - 0.05), t.map_or(f64::NAN, |t| t.time_s)),
    };
    let (first, last) = (signal.clock().position(start_s).ceil(), signal.clock().position(end_s).floor());
    let samples = signal.samples();
    if !(first >= 0.0 && last >= first && (last as usize) < samples.len()) {
        return Err(undefined("the signal that tells sides has no sample in it"));
    }
    let sum: f64 = samples[first as usize..=last as usize].iter().sum();
    if sum > 0.0 {
        Ok(Side::Right)
    } else if sum < 0.0 {
        Ok(Side::Left)
    } else {
        Err(undefined("the signal that tells sides is zero or missing there"))
    }
}
