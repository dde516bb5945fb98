//! The contacts of one foot, and of both.

use super::plate::PlateReading;
use super::{Contact, Event, EventKind, Side};
use crate::format::{count, foot, ms, number};
use crate::time::TimeSpan;
use crate::{Error, Result};
use alloc::vec::Vec;
use core::fmt;

/// The contacts of one foot, and single events of contacts during which the record or its valid part begins or ends.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct FootContacts {
    /// The foot.
    pub side: Side,
    /// Complete contacts, in order.
    pub contacts: Vec<Contact>,
    /// Single events of incomplete contacts, in order.
    pub unpaired: Vec<Event>,
    /// Stretches of usable samples, in which the method could find an event.
    pub coverage: Vec<TimeSpan>,
    /// The complete record, usable or not.
    pub recorded: TimeSpan,
    /// Noise and bias of the force plate; `None` without one.
    pub plate: Option<PlateReading>,
}

impl FootContacts {
    /// Pairs the events of one foot, in order of time.
    pub(super) fn from_events(
        side: Side,
        events: &[Event],
        coverage: Vec<TimeSpan>,
        recorded: TimeSpan,
    ) -> Self {
        let (contacts, unpaired) = pair(events);
        Self { side, contacts, unpaired, coverage, recorded, plate: None }
    }

    /// Returns all events, paired or not, in order of time.
    pub fn events(&self) -> Vec<Event> {
        let paired = self.contacts.iter().flat_map(|c| [c.initial, c.terminal]);
        let mut events: Vec<Event> = paired.chain(self.unpaired.iter().copied()).collect();
        events.sort_by(|a, b| a.time_s.total_cmp(&b.time_s));
        events
    }

    /// Merges contacts from force with those of the same foot from kinematics.
    ///
    /// Within the plate's [`FootContacts::coverage`] force decides: its events replace the nearest kinematic ones
    /// of their kind (within 0.15 s), and a kinematic event without one is dropped. Elsewhere the kinematic ones
    /// stay. So a contact at the plate's edge may have events of different methods; each event names its own.
    ///
    /// # Errors
    /// [`Error::Undefined`] when the two are of different feet.
    ///
    /// ```
    /// use copeak::event::FootContacts;
    /// # fn both(force: &FootContacts, kinematic: &FootContacts) -> copeak::Result<()> {
    /// for contact in force.merge(kinematic)?.contacts {
    ///     println!("{:.3} s ({}) to {:.3} s ({})", contact.initial.time_s, contact.initial.method,
    ///         contact.terminal.time_s, contact.terminal.method);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn merge(&self, kinematic: &FootContacts) -> Result<FootContacts> {
        if self.side != kinematic.side {
            let reason = "they belong to different feet";
            return Err(Error::Undefined { quantity: "a merged list of contacts", reason });
        }
        let measured = self.events();
        let mut replaced = Vec::new();
        let estimated = kinematic.events();
        for event in &measured {
            let near = estimated.iter().enumerate().filter(|(_, e)| e.kind == event.kind);
            let nearest =
                near.map(|(i, e)| (i, (e.time_s - event.time_s).abs())).min_by(|a, b| a.1.total_cmp(&b.1));
            replaced.extend(nearest.filter(|n| n.1 <= SAME_EVENT_S).map(|n| n.0));
        }
        // Within three standard errors of the start or end of the coverage, an event may lie on either side of it.
        let refuted = |e: &Event| {
            let margin = 3.0 * e.se_s;
            self.coverage.iter().any(|s| e.time_s > s.start_s + margin && e.time_s < s.end_s - margin)
        };
        let kept = estimated.iter().enumerate().filter(|(i, e)| !replaced.contains(i) && !refuted(e));
        let mut events: Vec<Event> = kept.map(|(_, e)| *e).chain(measured).collect();
        events.sort_by(|a, b| a.time_s.total_cmp(&b.time_s));
        let mut coverage = [self.coverage.as_slice(), &kinematic.coverage].concat();
        coverage.sort_by(|a, b| a.start_s.total_cmp(&b.start_s));
        coverage.dedup_by(|next, last| {
            let joins = next.start_s <= last.end_s;
            if joins {
                last.end_s = last.end_s.max(next.end_s);
            }
            joins
        });
        let recorded = self.recorded.intersection(kinematic.recorded);
        Ok(Self { plate: self.plate, ..Self::from_events(self.side, &events, coverage, recorded) })
    }
}

/// Largest time between two methods' times of the same event: over three times the larger standard error, and less than half of the
/// shortest stride.
const SAME_EVENT_S: f64 = 0.15;

/// A contact longer than this is two events of different contacts.
const LONGEST_S: f64 = 1.0;

/// Pairs one foot's events in order of time: each initial contact that is followed by a terminal one within
/// a second forms a contact; the others stay unpaired.
fn pair(events: &[Event]) -> (Vec<Contact>, Vec<Event>) {
    let (mut contacts, mut unpaired) = (Vec::new(), Vec::new());
    let mut open: Option<Event> = None;
    for &event in events {
        match (event.kind, open.take()) {
            (EventKind::InitialContact, before) => {
                unpaired.extend(before);
                open = Some(event);
            }
            (EventKind::TerminalContact, Some(initial))
                if event.time_s > initial.time_s && event.time_s - initial.time_s <= LONGEST_S =>
            {
                contacts.push(Contact { initial, terminal: event });
            }
            (EventKind::TerminalContact, before) => {
                unpaired.extend(before);
                unpaired.push(event);
            }
        }
    }
    unpaired.extend(open);
    (contacts, unpaired)
}

/// The contacts of both feet: from a recording by [`Recording::feet`](crate::recording::Recording::feet), from signals by
/// [`Detect::find_both`](super::Detect::find_both).
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Feet {
    /// The left foot.
    pub left: FootContacts,
    /// The right foot.
    pub right: FootContacts,
    /// The time span that was recorded of both.
    pub recorded: TimeSpan,
}

impl Feet {
    /// Combines two feet, in either order.
    ///
    /// # Errors
    /// [`Error::Undefined`] when the two are of the same side.
    pub fn new(one: FootContacts, other: FootContacts) -> Result<Self> {
        let recorded = one.recorded.intersection(other.recorded);
        match (one.side, other.side) {
            (Side::Left, Side::Right) => Ok(Self { left: one, right: other, recorded }),
            (Side::Right, Side::Left) => Ok(Self { left: other, right: one, recorded }),
            _ => Err(Error::Undefined { quantity: "a pair of feet", reason: "both are of the same side" }),
        }
    }

    /// Returns the foot of that side.
    pub fn get(&self, side: Side) -> &FootContacts {
        match side {
            Side::Left => &self.left,
            Side::Right => &self.right,
        }
    }

    /// Returns the contacts of both in order of their initial contacts.
    ///
    /// The feet are merged by time, never by index, so a missing contact on one side does not shift the other.
    pub fn contacts(&self) -> Vec<Contact> {
        let mut contacts = [self.left.contacts.as_slice(), &self.right.contacts].concat();
        contacts.sort_by(|a, b| a.initial.time_s.total_cmp(&b.initial.time_s));
        contacts
    }

    /// Returns the single events of incomplete contacts of both, in order of time.
    pub fn unpaired(&self) -> Vec<Event> {
        let mut unpaired = [self.left.unpaired.as_slice(), &self.right.unpaired].concat();
        unpaired.sort_by(|a, b| a.time_s.total_cmp(&b.time_s));
        unpaired
    }

    /// Returns all events of both, paired or not, in order of time.
    pub fn events(&self) -> Vec<Event> {
        let mut events = self.left.events();
        events.extend(self.right.events());
        events.sort_by(|a, b| a.time_s.total_cmp(&b.time_s));
        events
    }
}

/// Returns first sample and end of each run of usable samples.
pub(super) fn stretches(len: usize, usable: impl Fn(usize) -> bool) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    for i in (0..len).filter(|&i| usable(i)) {
        match found.last_mut() {
            Some(last) if last.1 == i => last.1 = i + 1,
            _ => found.push((i, i + 1)),
        }
    }
    found
}

impl fmt::Display for FootContacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seen_s: f64 = self.coverage.iter().map(|span| span.duration_s()).sum();
        write!(f, "{} foot: {} in {seen_s:.2} s", foot(self.side), count(self.contacts.len(), "contact"))?;
        if let Some(method) = self.contacts.iter().map(Contact::method).reduce(|a, b| a.with(b)) {
            let n = self.contacts.len() as f64;
            let mean = |of: fn(&Contact) -> f64| self.contacts.iter().map(of).sum::<f64>() / n;
            write!(f, " by {method}, {:.0} ms on average", 1e3 * mean(Contact::duration_s))?;
            let [on, off] = [mean(|c| c.initial.se_s), mean(|c| c.terminal.se_s)].map(ms);
            write!(f, "\n  standard errors {on} (initial) and {off} (terminal)")?;
        }
        if !self.unpaired.is_empty() {
            write!(f, "\n  {} of incomplete contacts", count(self.unpaired.len(), "single event"))?;
        }
        let Some(plate) = &self.plate else { return Ok(()) };
        if let (Some(late), Some(early)) = (plate.initial_bias_s, plate.terminal_bias_s.map(|s| -s)) {
            let (late, early) = (ms(late), ms(early));
            write!(
                f,
                "\n  thresholds are crossed {late} after landing and {early} before take-off: a bias, not part of the standard errors"
            )?;
        }
        match plate.dead_zone_n {
            Some(zone) => write!(f, "\n  the record is zero below {} N", number(zone)),
            None => {
                write!(f, "\n  standard deviation of the force in flight: {} N", number(plate.noise_sd_n))
            }
        }
    }
}

impl fmt::Display for Feet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}", self.left, self.right)
    }
}
