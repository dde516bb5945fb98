//! Contacts from a bare list of events, whatever is wrong with the list.

use super::acceptance::{Landing, divide};
use super::{StepCriteria, Steps};
use crate::event::{Contact, Event, EventKind, Feet, Side};
use crate::time::TimeSpan;
use crate::{Error, Result};
use alloc::vec::Vec;
use core::fmt;

/// Makes contacts of events that may be in any order, missing, doubled, or without a time.
///
/// Each foot is taken for itself. An event without a finite time is dropped. Two events of one kind within
/// [`EventPairing::same_s`] are one: the surer stays (the smaller standard error; the first when neither is surer). A foot that
/// lands again less than [`EventPairing::min_swing_s`] after it left never left: both events are dropped and the contact
/// goes on. What is left makes a contact where a terminal event follows an initial one; every other event is loose.
/// So every event is in exactly one of the three lists of [`PairedEvents`].
///
/// A landing whose take-off and next landing were both missed makes one contact as long as a stride, which
/// [`StepCriteria`] rejects by its time.
///
/// ```
/// use copeak::event::{Event, EventKind::{InitialContact, TerminalContact}, Method, Side::{Left, Right}};
/// use copeak::stride::{EventPairing, EventFault};
/// let event = |t, side, kind| Event::new(t, 0.001, side, kind, Method::Force);
/// let assembled = EventPairing::default().pair(&[
///     event(0.35, Right, InitialContact),
///     event(0.00, Left, InitialContact),
///     event(0.02, Left, InitialContact), // the same landing again
///     event(0.20, Left, TerminalContact),
///     event(f64::NAN, Right, TerminalContact),
/// ])?;
/// assert_eq!(assembled.contacts.len(), 1);
/// assert_eq!(assembled.unpaired[0].side, Right);
/// assert_eq!(assembled.dropped[0].1, EventFault::Duplicate);
/// assert_eq!(assembled.dropped[1].1, EventFault::NoTime);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct EventPairing {
    /// Two events of one foot and kind that lie at most this far apart are one, in seconds.
    pub same_s: f64,
    /// Shortest swing in seconds: a foot that lands sooner after it left had not left.
    pub min_swing_s: f64,
}

impl Default for EventPairing {
    /// One event within 50 ms, which is shorter than any contact; a swing of at least 150 ms, which is less than half
    /// of the swing at top speed (0.37 s, Weyand et al. 2000, doi:10.1152/jappl.2000.89.5.1991).
    fn default() -> Self {
        Self { same_s: 0.05, min_swing_s: 0.15 }
    }
}

/// Why an event makes no contact and stands not alone either.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum EventFault {
    /// Its time is NaN or infinite.
    NoTime,
    /// Another event says the same.
    Duplicate,
    /// The foot left and landed again sooner than a foot can swing.
    Bounce,
}

impl fmt::Display for EventFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            EventFault::NoTime => "no time",
            EventFault::Duplicate => "duplicate",
            EventFault::Bounce => "bounce",
        })
    }
}

/// What became of a list of events: twice the contacts, the loose and the dropped are as many as there were events.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct PairedEvents {
    /// Contacts of both feet in order of their landings.
    pub contacts: Vec<Contact>,
    /// Events whose partner is missing, in order of time.
    pub unpaired: Vec<Event>,
    /// Events that were dropped, each with the reason, in the order of the list they came in.
    pub dropped: Vec<(Event, EventFault)>,
}

impl EventPairing {
    /// The contacts in `events`, and what became of the rest.
    ///
    /// # Errors
    /// [`Error::Parameter`] when a setting is negative or not finite. No list of events is refused.
    pub fn pair(&self, events: &[Event]) -> Result<PairedEvents> {
        for (name, value) in [("span of one event", self.same_s), ("shortest swing", self.min_swing_s)] {
            if !(value.is_finite() && value >= 0.0) {
                return Err(Error::Parameter { name, rule: "finite and not negative", value });
            }
        }
        let mut fate: Vec<Option<EventFault>> =
            events.iter().map(|e| (!e.time_s.is_finite()).then_some(EventFault::NoTime)).collect();
        let mut order: Vec<usize> = (0..events.len()).filter(|&i| fate[i].is_none()).collect();
        order.sort_by(|&a, &b| events[a].time_s.total_cmp(&events[b].time_s));
        let mut assembled = PairedEvents::default();
        for side in [Side::Left, Side::Right] {
            let foot: Vec<usize> = order.iter().copied().filter(|&i| events[i].side == side).collect();
            let foot = self.bounces(events, &self.distinct(events, &foot, &mut fate), &mut fate);
            let foot: Vec<Event> = foot.iter().map(|&i| events[i]).collect();
            pair(&foot, &mut assembled);
        }
        assembled.contacts.sort_by(|a, b| a.initial.time_s.total_cmp(&b.initial.time_s));
        assembled.unpaired.sort_by(|a, b| a.time_s.total_cmp(&b.time_s));
        assembled.dropped = events.iter().zip(&fate).filter_map(|(e, f)| Some((*e, (*f)?))).collect();
        Ok(assembled)
    }

    /// Screens the contacts that a detector found by the same rules.
    ///
    /// # Errors
    /// As [`EventPairing::pair`].
    pub fn pair_feet(&self, feet: &Feet) -> Result<PairedEvents> {
        self.pair(&[feet.left.events(), feet.right.events()].concat())
    }

    /// One foot's events without duplicates.
    fn distinct(&self, events: &[Event], foot: &[usize], fate: &mut [Option<EventFault>]) -> Vec<usize> {
        let mut kept: Vec<usize> = Vec::with_capacity(foot.len());
        // The last kept event of each kind, as a place in `kept`.
        let mut last = [None; 2];
        for &i in foot {
            let slot = &mut last[usize::from(events[i].kind == EventKind::TerminalContact)];
            let twin = slot.filter(|&k: &usize| events[i].time_s - events[kept[k]].time_s <= self.same_s);
            match twin {
                Some(k) if events[i].se_s < events[kept[k]].se_s => {
                    fate[kept[k]] = Some(EventFault::Duplicate);
                    kept[k] = i;
                }
                Some(_) => fate[i] = Some(EventFault::Duplicate),
                None => {
                    *slot = Some(kept.len());
                    kept.push(i);
                }
            }
        }
        // A surer twin may come after an event of the other kind.
        kept.sort_by(|&a, &b| events[a].time_s.total_cmp(&events[b].time_s));
        kept
    }

    /// One foot's events without those of a foot that only seemed to leave.
    fn bounces(&self, events: &[Event], foot: &[usize], fate: &mut [Option<EventFault>]) -> Vec<usize> {
        let mut kept: Vec<usize> = Vec::with_capacity(foot.len());
        for &i in foot {
            let left = kept.last().copied().filter(|&k| {
                events[i].kind == EventKind::InitialContact
                    && events[k].kind == EventKind::TerminalContact
                    && events[i].time_s - events[k].time_s < self.min_swing_s
            });
            match left {
                Some(k) => {
                    fate[k] = Some(EventFault::Bounce);
                    fate[i] = Some(EventFault::Bounce);
                    kept.pop();
                }
                None => kept.push(i),
            }
        }
        kept
    }
}

/// Puts one foot's events into contacts and loose ones.
fn pair(foot: &[Event], into: &mut PairedEvents) {
    let mut open: Option<Event> = None;
    for &event in foot {
        match (event.kind, open.take()) {
            (EventKind::TerminalContact, Some(initial)) if event.time_s > initial.time_s => {
                into.contacts.push(Contact { initial, terminal: event });
            }
            (EventKind::TerminalContact, before) => into.unpaired.extend(before.into_iter().chain([event])),
            (EventKind::InitialContact, before) => {
                into.unpaired.extend(before);
                open = Some(event);
            }
        }
    }
    into.unpaired.extend(open);
}

impl PairedEvents {
    /// The steps between the contacts, each accepted or with the reason why not; loose landings end steps too.
    ///
    /// There are as many steps as contacts. Where no contact was found there is no step, which is no error here: the
    /// loose and dropped events say why.
    ///
    /// # Errors
    /// [`Error::Parameter`] for rules that contradict themselves; [`Error::NotRising`] when `recorded` does not end
    /// after it starts (or is NaN).
    ///
    /// ```
    /// use copeak::event::{Event, EventKind, Method, Side};
    /// use copeak::stride::{StepCriteria, EventPairing, RejectReason};
    /// use copeak::time::TimeSpan;
    /// // Twelve steps; the take-off of the sixth was missed.
    /// let mut events = Vec::new();
    /// for i in 0..12 {
    ///     let side = if i % 2 == 0 { Side::Left } else { Side::Right };
    ///     let landing = 1.0 + 0.35 * f64::from(i);
    ///     events.push(Event::new(landing, 0.002, side, EventKind::InitialContact, Method::Force));
    ///     events.push(Event::new(landing + 0.2, 0.002, side, EventKind::TerminalContact, Method::Force));
    /// }
    /// events.remove(11);
    /// let assembled = EventPairing::default().pair(&events)?;
    /// let steps = assembled.steps(&StepCriteria::default(), TimeSpan { start_s: 0.0, end_s: 9.0 })?;
    /// assert_eq!((steps.all().len(), steps.accepted().count()), (11, 10));
    /// // The step before still ends where that foot landed, and no stride is doubled.
    /// assert!(steps.accepted().all(|s| (s.duration_s() - 0.35).abs() < 1e-9));
    /// assert_eq!(steps.all()[10].rejected, Some(RejectReason::NoNextContact));
    /// # Ok::<(), copeak::Error>(())
    /// ```
    pub fn steps(&self, acceptance: &StepCriteria, recorded: TimeSpan) -> Result<Steps> {
        let landings = Landing::sorted(&self.contacts, &self.unpaired);
        divide(&self.contacts, &landings, acceptance, recorded)
    }
}
