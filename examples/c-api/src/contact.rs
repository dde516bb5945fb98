//! Contacts of a foot from its vertical ground reaction force.

use crate::event::{CopeakEvent, side_of};
use crate::handle;
use crate::memory::{self, List, Out};
use crate::status::{CopeakStatus, Fault, guard};
use copeak::event::live::LiveContacts;
use copeak::event::{ForceContacts, Side};
use copeak::{Clock, Rate, Real, Signal, StageExt, stage::Stream};

/// When a foot is on the ground.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct CopeakContactRule {
    /// Force in newtons from which it is.
    pub on_n: f64,
    /// Force in newtons below which it has left.
    pub off_n: f64,
    /// Shortest contact.
    pub min_contact_s: f64,
    /// Shortest flight: a shorter dip does not end a contact.
    pub min_flight_s: f64,
}

impl CopeakContactRule {
    fn rule(&self) -> ForceContacts {
        let mut rule = ForceContacts::new(self.on_n, self.off_n);
        rule.min_contact_s = self.min_contact_s;
        rule.min_flight_s = self.min_flight_s;
        rule
    }
}

/// A stay on the ground.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct CopeakContact {
    /// The landing.
    pub initial: CopeakEvent,
    /// The take-off.
    pub terminal: CopeakEvent,
}

/// On 50 N, off 20 N, contacts of at least 50 ms, flights of any length.
#[unsafe(no_mangle)]
pub extern "C" fn copeak_contact_rule() -> CopeakContactRule {
    let ForceContacts { on_n, off_n, min_contact_s, min_flight_s, .. } = ForceContacts::default();
    CopeakContactRule { on_n, off_n, min_contact_s, min_flight_s }
}

/// The whole contacts of one foot in n samples of vertical force in newtons, the first at 0 s; each event with its standard
/// error. A NaN is a gap, and no contact reaches across one. `count` gets how many there are; with
/// COPEAK_STATUS_CAPACITY as many as there is room for are written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn copeak_contacts(
    rule: *const CopeakContactRule,
    force_n: *const f64,
    n: usize,
    rate_hz: f64,
    side: u32,
    contacts: *mut CopeakContact,
    capacity: usize,
    count: *mut usize,
) -> CopeakStatus {
    // SAFETY: null or as many values as said, by the contract of the interface.
    guard(|| unsafe {
        find(rule, memory::read(force_n, n)?, rate_hz, side, List::new(contacts, capacity, count)?)
    })
}

/// As copeak_contacts.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn copeak_contacts_f32(
    rule: *const CopeakContactRule,
    force_n: *const f32,
    n: usize,
    rate_hz: f64,
    side: u32,
    contacts: *mut CopeakContact,
    capacity: usize,
    count: *mut usize,
) -> CopeakStatus {
    // SAFETY: null or as many values as said, by the contract of the interface.
    guard(|| unsafe {
        find(rule, memory::read(force_n, n)?, rate_hz, side, List::new(contacts, capacity, count)?)
    })
}

/// # Safety
/// `rule` is null or points to one value.
unsafe fn find<T: Real>(
    rule: *const CopeakContactRule,
    force: &[T],
    rate_hz: f64,
    side: u32,
    list: List<CopeakContact>,
) -> Result<(), Fault> {
    // SAFETY: as above.
    let rule = unsafe { memory::read_one(rule)? }.rule();
    let clock = Clock::from_zero(Rate::from_hz(rate_hz)?);
    let found = rule.find(&Signal::new(clock, force), side_of(side)?)?;
    let contacts = found.contacts.iter();
    list.set(contacts.map(|c| CopeakContact { initial: c.initial.into(), terminal: c.terminal.into() }))
}

/// A foot whose force comes sample by sample. Made by copeak_foot_new, freed by copeak_foot_free.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct CopeakFoot {
    /// Not to be touched; 0 is no foot.
    pub id: u64,
}

type Live = Stream<LiveContacts, f64>;

/// Makes a foot whose first sample comes at 0 s. `noise_sd_n` is the standard deviation of the force in flight.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn copeak_foot_new(
    rule: *const CopeakContactRule,
    rate_hz: f64,
    side: u32,
    noise_sd_n: f64,
    foot: *mut CopeakFoot,
) -> CopeakStatus {
    guard(|| {
        // SAFETY: null or one value each, by the contract of the interface.
        let (rule, foot) = unsafe { (memory::read_one(rule)?, Out::new(foot)?) };
        let (clock, side): (Clock, Side) = (Clock::from_zero(Rate::from_hz(rate_hz)?), side_of(side)?);
        let live: Live = rule.rule().live(clock, side, noise_sd_n)?.stream();
        foot.set(CopeakFoot { id: handle::hold(live) });
        Ok(())
    })
}

/// Frees a foot; nothing happens to one with id 0.
#[unsafe(no_mangle)]
pub extern "C" fn copeak_foot_free(foot: CopeakFoot) -> CopeakStatus {
    guard(|| handle::free::<Live>(foot.id))
}

/// Feeds one sample of vertical force and gives the event that it settles, of kind COPEAK_EVENT_KIND_NONE for none. A landing comes
/// after the shortest contact, a take-off after the shortest flight. A NaN is a gap.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn copeak_foot_push(
    foot: CopeakFoot,
    force_n: f64,
    event: *mut CopeakEvent,
) -> CopeakStatus {
    guard(|| {
        // SAFETY: null or one value, by the contract of the interface.
        let out = unsafe { Out::new(event)? };
        handle::with(foot.id, |live: &mut Live| {
            out.set(live.push(force_n).map_or(CopeakEvent::NONE, |footfall| footfall.event().into()));
            Ok(())
        })
    })
}
