//! One list of contacts from force where there is a plate, and from kinematics elsewhere.

use super::foot::pair;
use super::{Event, FootContacts};
use crate::{Error, Result};
use alloc::vec::Vec;

/// Two methods mean the same event when they put it within this of each other: over three times the larger standard
/// error, and less than half of the shortest stride.
const SAME_EVENT_S: f64 = 0.15;

/// Merge one foot's contacts from force with those from kinematics.
///
/// Where the plate could see ([`FootContacts::seen`]), force decides: its events replace the nearest kinematic ones
/// of their kind (within 0.15 s), and a kinematic event where it saw none is dropped. Elsewhere the kinematic ones
/// stay. So a contact at the plate's edge may have its two events by different methods; each names its own.
///
/// # Errors
/// [`Error::Undefined`] when the two are of different feet.
///
/// ```
/// use copeak::event::{FootContacts, merge};
/// # fn both(force: &FootContacts, kinematic: &FootContacts) -> copeak::Result<()> {
/// let merged = merge(force, kinematic)?;
/// for contact in merged.contacts {
///     println!("{:.3} s ({}) to {:.3} s ({})", contact.initial.time_s, contact.initial.method,
///         contact.terminal.time_s, contact.terminal.method);
/// }
/// # Ok(()) }
/// ```
pub fn merge(force: &FootContacts, kinematic: &FootContacts) -> Result<FootContacts> {
    if force.side != kinematic.side {
        let reason = "they belong to different feet";
        return Err(Error::Undefined { quantity: "a merged list of contacts", reason });
    }
    let measured = force.events();
    let mut replaced = Vec::new();
    let estimated = kinematic.events();
    for event in &measured {
        let near = estimated.iter().enumerate().filter(|(_, e)| e.kind == event.kind);
        let nearest =
            near.map(|(i, e)| (i, (e.time_s - event.time_s).abs())).min_by(|a, b| a.1.total_cmp(&b.1));
        replaced.extend(nearest.filter(|n| n.1 <= SAME_EVENT_S).map(|n| n.0));
    }
    // Within three standard errors of where the plate begins or ends, an event may lie on either side of it.
    let refuted = |e: &Event| {
        let margin = 3.0 * e.se_s;
        force.seen.iter().any(|s| e.time_s > s.0 + margin && e.time_s < s.1 - margin)
    };
    let kept = estimated.iter().enumerate().filter(|(i, e)| !replaced.contains(i) && !refuted(e));
    let mut events: Vec<Event> = kept.map(|(_, e)| *e).chain(measured).collect();
    events.sort_by(|a, b| a.time_s.total_cmp(&b.time_s));
    let (contacts, loose) = pair(&events);
    let mut seen = [force.seen.as_slice(), &kinematic.seen].concat();
    seen.sort_by(|a, b| a.0.total_cmp(&b.0));
    seen.dedup_by(|next, last| {
        let joins = next.0 <= last.1;
        if joins {
            last.1 = last.1.max(next.1);
        }
        joins
    });
    Ok(FootContacts { side: force.side, contacts, loose, seen, plate: force.plate })
}
