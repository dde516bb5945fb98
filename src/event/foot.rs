//! The contacts of one foot, whatever found them.

use super::{Contact, Event, EventKind, PlateReading, Side};
use alloc::vec::Vec;

/// The contacts of one foot, and the events that stand alone because the record or its valid part begins or ends
/// during their contact.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct FootContacts {
    /// Which foot.
    pub side: Side,
    /// Complete contacts, in order.
    pub contacts: Vec<Contact>,
    /// Single events of incomplete contacts, in order.
    pub loose: Vec<Event>,
    /// Where the method could see: start and end in seconds of each stretch of usable samples.
    pub seen: Vec<(f64, f64)>,
    /// What the force plate read; `None` without one.
    pub plate: Option<PlateReading>,
}

impl FootContacts {
    /// All events, those of contacts and the loose ones, in order of time.
    pub fn events(&self) -> Vec<Event> {
        let paired = self.contacts.iter().flat_map(|c| [c.initial, c.terminal]);
        let mut events: Vec<Event> = paired.chain(self.loose.iter().copied()).collect();
        events.sort_by(|a, b| a.time_s.total_cmp(&b.time_s));
        events
    }

    /// The contacts of both feet in order of their initial contacts, and all loose events in order.
    ///
    /// The feet interleave by time, never by index, so a contact missing on one side shifts nothing.
    pub fn interleave(&self, other: &Self) -> (Vec<Contact>, Vec<Event>) {
        let mut contacts = [self.contacts.as_slice(), &other.contacts].concat();
        contacts.sort_by(|a, b| a.initial.time_s.total_cmp(&b.initial.time_s));
        let mut loose = [self.loose.as_slice(), &other.loose].concat();
        loose.sort_by(|a, b| a.time_s.total_cmp(&b.time_s));
        (contacts, loose)
    }
}

/// A contact longer than this is two events of different contacts.
const LONGEST_S: f64 = 1.0;

/// Contacts from one foot's events in order of time: each initial contact that is followed by a terminal one within
/// a second makes a contact; the others stay loose.
pub(super) fn pair(events: &[Event]) -> (Vec<Contact>, Vec<Event>) {
    let (mut contacts, mut loose) = (Vec::new(), Vec::new());
    let mut open: Option<Event> = None;
    for &event in events {
        match (event.kind, open.take()) {
            (EventKind::InitialContact, before) => {
                loose.extend(before);
                open = Some(event);
            }
            (EventKind::TerminalContact, Some(initial))
                if event.time_s > initial.time_s && event.time_s - initial.time_s <= LONGEST_S =>
            {
                contacts.push(Contact { initial, terminal: event });
            }
            (EventKind::TerminalContact, before) => {
                loose.extend(before);
                loose.push(event);
            }
        }
    }
    loose.extend(open);
    (contacts, loose)
}

/// First sample and end of each run of usable samples.
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
