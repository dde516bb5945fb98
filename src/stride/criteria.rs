//! Steps from contacts and from lists of events, and the rules that accept them.

use super::step::Gait;
use super::{RejectReason, Step, Steps};
use crate::event::{Contact, Event, EventKind, Feet, Side};
use crate::math::{MAD_SCALE, median};
use crate::time::TimeSpan;
use crate::{Error, Rate, Result};
use alloc::vec::Vec;
use core::fmt;

/// Rules for the steps of a run that count.
///
/// The rules are tried in this order, and the first that fails is the step's [`RejectReason`]: standing, contact time, a next
/// contact at all, the other foot's, step time, flight above zero, no change of gait, the stride-long cycle inside
/// the recording. A gait changes where two or more steps in a row have no flight ([`Steps::bouts`]): the running step
/// on either side of them shares its stride with walking. When at least [`StepCriteria::min_steps`] steps are left, those whose
/// contact or step time differs from the median by more than [`StepCriteria::deviations`] scaled median absolute deviations are
/// outliers; the deviation is at least one sample, so that a very regular runner loses no step to the sampling grid.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct StepCriteria {
    /// Shortest contact in seconds.
    pub min_contact_s: f64,
    /// Longest contact in seconds.
    pub max_contact_s: f64,
    /// Shortest step in seconds.
    pub min_step_s: f64,
    /// Longest step in seconds.
    pub max_step_s: f64,
    /// Largest distance of a time from the median, in scaled median absolute deviations.
    pub deviations: f64,
    /// Fewest steps for which outliers are looked for.
    pub min_steps: usize,
    /// Floor of the median absolute deviation in seconds: one sample.
    pub sample_s: f64,
    /// Longest contact in seconds that is a step at all: a foot that stays on the ground for longer is standing.
    pub standing_s: f64,
}

impl Default for StepCriteria {
    /// Contact 0.07 to 0.40 s, step 0.15 to 0.60 s, three deviations from 8 steps on, one sample = 10 ms, standing
    /// from 1 s on (a slow walker's contact lasts 0.8 s).
    fn default() -> Self {
        Self {
            min_contact_s: 0.07,
            max_contact_s: 0.40,
            min_step_s: 0.15,
            max_step_s: 0.60,
            deviations: 3.0,
            min_steps: 8,
            sample_s: 0.01,
            standing_s: 1.0,
        }
    }
}

impl StepCriteria {
    /// Builds the default rules, with one sample as long as at `rate`.
    pub fn from_rate(rate: Rate) -> Self {
        Self { sample_s: rate.period_s(), ..Self::default() }
    }

    fn check(&self) -> Result<()> {
        let limits = [
            ("shortest contact", self.min_contact_s, self.max_contact_s),
            ("shortest step", self.min_step_s, self.max_step_s),
        ];
        for (name, low, high) in limits {
            if !(low >= 0.0 && low < high && high.is_finite()) {
                let rule = "finite, not negative and below the longest";
                return Err(Error::Parameter { name, rule, value: low });
            }
        }
        for (name, value) in
            [("deviations", self.deviations), ("sample", self.sample_s), ("standing", self.standing_s)]
        {
            if !(value.is_finite() && value > 0.0) {
                return Err(Error::Parameter { name, rule: "finite and above zero", value });
            }
        }
        Ok(())
    }

    /// Returns the first rule of a single step that fails.
    fn verdict(&self, step: &Step, next: Option<Side>, recorded: TimeSpan) -> Option<RejectReason> {
        let outside = |value: f64, low: f64, high: f64| !(low..=high).contains(&value);
        let cycle = step.stride_cycle();
        if step.contact_s() > self.standing_s {
            Some(RejectReason::Standing)
        } else if outside(step.contact_s(), self.min_contact_s, self.max_contact_s) {
            Some(RejectReason::ContactTime)
        } else if next.is_none() {
            Some(RejectReason::NoNextContact)
        } else if next == Some(step.side()) {
            Some(RejectReason::SideRepeats)
        } else if outside(step.duration_s(), self.min_step_s, self.max_step_s) {
            Some(RejectReason::StepTime)
        } else if step.flight_s() <= 0.0 {
            Some(RejectReason::NoFlight)
        } else if cycle.start_s < recorded.start_s || cycle.end_s > recorded.end_s {
            Some(RejectReason::CycleOutside)
        } else {
            None
        }
    }

    /// Rejects running steps whose stride contains a walking one.
    fn reject_gait_changes(steps: &mut Steps) {
        for bout in steps.bouts() {
            if bout.gait == Gait::Walking && bout.steps.len() > 1 {
                let before = bout.steps.start.checked_sub(1);
                for i in before.into_iter().chain([bout.steps.end]) {
                    steps.reject(i, RejectReason::GaitChange);
                }
            }
        }
    }

    fn reject_outliers(&self, steps: &mut [Step]) {
        let limits = |value: fn(&Step) -> f64| {
            let mut values: Vec<f64> = steps.iter().filter(|s| s.accepted()).map(value).collect();
            let middle = median(&mut values)?;
            let mut deviations: Vec<f64> = values.iter().map(|v| (v - middle).abs()).collect();
            let mad = median(&mut deviations)?.max(self.sample_s);
            let reach = self.deviations * MAD_SCALE * mad;
            (values.len() >= self.min_steps).then_some((middle, reach))
        };
        let (Some(contact), Some(step)) = (limits(Step::contact_s), limits(Step::duration_s)) else { return };
        let far = |value: f64, (middle, reach): (f64, f64)| (value - middle).abs() > reach;
        for s in steps.iter_mut().filter(|s| s.accepted()) {
            if far(s.contact_s(), contact) || far(s.duration_s(), step) {
                s.rejected = Some(RejectReason::Outlier);
            }
        }
    }
}

impl Steps {
    /// Divides a run into the steps between contacts of both feet, each accepted or with the reason why not.
    ///
    /// `contacts` are in order of their initial contacts; of `unpaired`, initial contacts without a terminal one (as when the record
    /// ended first) end steps too. Every contact starts a step, so nothing is lost; the last one has no end (`NaN`) and is rejected as
    /// [`RejectReason::NoNextContact`]. `recorded` is the time that all channels cover. Of the contacts that a detector found,
    /// [`Feet::steps`] makes the same.
    ///
    /// # Errors
    /// [`Error::TooFew`] without contacts; [`Error::NonFinite`] for an event whose time is not finite;
    /// [`Error::NotRising`] when contacts are out of order, end before they begin, or overlap on one foot, and when
    /// `recorded` does not end after it starts (or is NaN); [`Error::Parameter`] for rules that contradict each other.
    ///
    /// ```
    /// use copeak::event::{Contact, Event, EventKind, Method, Side};
    /// use copeak::{stride::{RejectReason, StepCriteria, Steps}, time::TimeSpan};
    /// // Twelve steps of 0.25 s with contacts of 0.125 s; the sixth contact lasts far too long.
    /// let contacts: Vec<Contact> = (0..12).map(|i| {
    ///     let side = if i % 2 == 0 { Side::Right } else { Side::Left };
    ///     let ic = 1.0 + 0.25 * f64::from(i);
    ///     let tc = ic + if i == 5 { 0.24 } else { 0.125 };
    ///     let initial = Event::new(ic, 0.001, side, EventKind::InitialContact, Method::Force);
    ///     let terminal = Event::new(tc, 0.001, side, EventKind::TerminalContact, Method::Force);
    ///     Contact::new(initial, terminal)
    /// }).collect::<copeak::Result<_>>()?;
    /// let recorded = TimeSpan { start_s: 0.0, end_s: 5.0 };
    /// let steps = Steps::from_contacts(&contacts, &[], &StepCriteria::default(), recorded)?;
    /// assert_eq!(steps.accepted().count(), 10);
    /// assert_eq!(steps.all()[5].rejected, Some(RejectReason::Outlier));
    /// assert_eq!(steps.all()[11].rejected, Some(RejectReason::NoNextContact));
    /// assert_eq!(steps.all()[0].stride_s, 0.5);
    /// # Ok::<(), copeak::Error>(())
    /// ```
    pub fn from_contacts(
        contacts: &[Contact],
        unpaired: &[Event],
        criteria: &StepCriteria,
        recorded: TimeSpan,
    ) -> Result<Self> {
        check(contacts, unpaired)?;
        divide(contacts, &Landing::sorted(contacts, unpaired), criteria, recorded)
    }
}

impl Feet {
    /// Divides the run into the steps between the contacts, each accepted or with the reason why not; unpaired landings end steps
    /// too.
    ///
    /// # Errors
    /// As [`Steps::from_contacts`].
    ///
    /// ```
    /// use copeak::{simulate::Sprinter, stride::StepCriteria};
    /// let trial = Sprinter::at_speed(7.0).steps(8).seed(1).simulate()?.recording;
    /// let steps = trial.feet()?.steps(&StepCriteria::default())?;
    /// assert_eq!(steps.accepted().count(), 8);
    /// # Ok::<(), copeak::Error>(())
    /// ```
    pub fn steps(&self, criteria: &StepCriteria) -> Result<Steps> {
        Steps::from_contacts(&self.contacts(), &self.unpaired(), criteria, self.recorded)
    }
}

/// A landing that starts or ends a step.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Landing {
    time_s: f64,
    se_s: f64,
    side: Side,
}

impl Landing {
    fn of(event: &Event) -> Self {
        Self { time_s: event.time_s, se_s: event.se_s, side: event.side }
    }

    /// Returns all landings in order of time, those of contacts and the unpaired ones.
    fn sorted(contacts: &[Contact], unpaired: &[Event]) -> Vec<Self> {
        let alone = unpaired.iter().filter(|e| e.kind == EventKind::InitialContact);
        let mut landings: Vec<Self> =
            contacts.iter().map(|c| &c.initial).chain(alone).map(Self::of).collect();
        landings.sort_by(|a, b| a.time_s.total_cmp(&b.time_s));
        landings.dedup_by(|b, a| (a.time_s, a.side) == (b.time_s, b.side));
        landings
    }
}

/// Divides a run into the steps between contacts, which are in order of their landings; those are among `landings`.
fn divide(
    contacts: &[Contact],
    landings: &[Landing],
    criteria: &StepCriteria,
    recorded: TimeSpan,
) -> Result<Steps> {
    criteria.check()?;
    let TimeSpan { start_s, end_s } = recorded;
    if start_s >= end_s || start_s.is_nan() || end_s.is_nan() {
        return Err(Error::NotRising { operation: "the span of the recording", index: 1 });
    }
    let mut all: Vec<Step> = Vec::with_capacity(contacts.len());
    for contact in contacts {
        let (time_s, side) = (contact.initial.time_s, contact.side());
        let i = landings.partition_point(|l| l.time_s < time_s);
        let i = i + landings[i..].iter().position(|l| (l.time_s, l.side) == (time_s, side)).unwrap_or(0);
        let next = landings.get(i + 1);
        let end_s = next.map_or(f64::NAN, |n| n.time_s);
        let mut step = Step::new(*contact, end_s, stride(landings, i, end_s));
        step.end_se_s = next.map_or(f64::NAN, |n| n.se_s);
        step.rejected = criteria.verdict(&step, next.map(|n| n.side), recorded);
        all.push(step);
    }
    let mut steps = Steps::new(all);
    StepCriteria::reject_gait_changes(&mut steps);
    criteria.reject_outliers(steps.all_mut());
    Ok(steps)
}

/// Returns the length of the stride that begins with landing `i`, or else of the one that ends with it, else twice the step.
/// A stride contains exactly one landing of the other foot: a missed contact must not double it.
fn stride(landings: &[Landing], i: usize, end_s: f64) -> f64 {
    let whole = |first: usize| match landings.get(first..first + 3) {
        Some([a, b, c]) if a.side == c.side && a.side != b.side => Some(c.time_s - a.time_s),
        _ => None,
    };
    let before = || i.checked_sub(2).and_then(whole);
    whole(i).or_else(before).unwrap_or(2.0 * (end_s - landings[i].time_s))
}

fn check(contacts: &[Contact], unpaired: &[Event]) -> Result<()> {
    let operation = "dividing a run into steps";
    if contacts.is_empty() {
        return Err(Error::TooFew { operation, unit: "contacts", needed: 1, got: 0 });
    }
    for (index, contact) in contacts.iter().enumerate() {
        let (ic, tc) = (contact.initial.time_s, contact.terminal.time_s);
        if !(ic.is_finite() && tc.is_finite()) {
            return Err(Error::NonFinite { operation, index });
        }
        let same_foot = contacts[..index].iter().rev().find(|c| c.side() == contact.side());
        let late = contacts[..index].last().is_some_and(|c| c.initial.time_s >= ic);
        if tc <= ic || late || same_foot.is_some_and(|c| c.terminal.time_s > ic) {
            return Err(Error::NotRising { operation, index });
        }
    }
    match unpaired.iter().position(|event| !event.time_s.is_finite()) {
        Some(index) => Err(Error::NonFinite { operation: "dividing a run with unpaired events", index }),
        None => Ok(()),
    }
}

/// Pairs events that may be in any order, missing, doubled, or without a time to contacts.
///
/// Each foot is treated separately. An event without a finite time is dropped. Two events of one kind within
/// [`EventPairing::same_s`] are one: the one with the smaller standard error stays, the first when they are equal. A foot that
/// lands again less than [`EventPairing::min_swing_s`] after it left never left: both events are dropped and the contact
/// continues. Of the remaining events, a terminal one that follows an initial one completes a contact; every other is unpaired.
/// So every event is in exactly one of the three lists of [`PairedEvents`].
///
/// A landing whose take-off and next landing were both missed makes one contact as long as a stride, which
/// [`StepCriteria`] rejects by its time.
///
/// ```
/// use copeak::event::{Event, EventKind::{InitialContact, TerminalContact}, Method, Side::{Left, Right}};
/// use copeak::stride::{EventPairing, pairing::EventFault};
/// let event = |t, side, kind| Event::new(t, 0.001, side, kind, Method::Force);
/// let paired = EventPairing::default().apply(&[
///     event(0.35, Right, InitialContact),
///     event(0.00, Left, InitialContact),
///     event(0.02, Left, InitialContact), // the same landing again
///     event(0.20, Left, TerminalContact),
///     event(f64::NAN, Right, TerminalContact),
/// ])?;
/// assert_eq!(paired.contacts.len(), 1);
/// assert_eq!(paired.unpaired[0].side, Right);
/// assert_eq!(paired.dropped[0].1, EventFault::Duplicate);
/// assert_eq!(paired.dropped[1].1, EventFault::NoTime);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct EventPairing {
    /// Largest time between two events of one foot and kind that are the same event, in seconds.
    pub same_s: f64,
    /// Shortest swing in seconds: a foot that lands sooner after it left never left.
    pub min_swing_s: f64,
}

impl Default for EventPairing {
    /// 50 ms for the same event, which is shorter than any contact; a swing of at least 150 ms, which is less than half
    /// of the swing at top speed (0.37 s, Weyand et al. 2000, doi:10.1152/jappl.2000.89.5.1991).
    fn default() -> Self {
        Self { same_s: 0.05, min_swing_s: 0.15 }
    }
}

/// Reason why an event was dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum EventFault {
    /// Its time is NaN or infinite.
    NoTime,
    /// Another event marks the same landing or take-off.
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

/// Contacts from a list of events; see [`EventPairing`]. Two events of each contact, the unpaired and the dropped ones add up to all.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct PairedEvents {
    /// Contacts of both feet in order of their landings.
    pub contacts: Vec<Contact>,
    /// Events whose partner is missing, in order of time.
    pub unpaired: Vec<Event>,
    /// Events that were dropped, each with the reason, in the order of the input.
    pub dropped: Vec<(Event, EventFault)>,
}

impl EventPairing {
    /// Pairs `events` to contacts.
    ///
    /// # Errors
    /// [`Error::Parameter`] when a setting is negative or not finite. No list of events is refused.
    pub fn apply(&self, events: &[Event]) -> Result<PairedEvents> {
        for (name, value) in
            [("time between events that are the same", self.same_s), ("shortest swing", self.min_swing_s)]
        {
            if !(value.is_finite() && value >= 0.0) {
                return Err(Error::Parameter { name, rule: "finite and not negative", value });
            }
        }
        let mut fault: Vec<Option<EventFault>> =
            events.iter().map(|e| (!e.time_s.is_finite()).then_some(EventFault::NoTime)).collect();
        let mut order: Vec<usize> = (0..events.len()).filter(|&i| fault[i].is_none()).collect();
        order.sort_by(|&a, &b| events[a].time_s.total_cmp(&events[b].time_s));
        let mut paired = PairedEvents::default();
        for side in [Side::Left, Side::Right] {
            let foot: Vec<usize> = order.iter().copied().filter(|&i| events[i].side == side).collect();
            let foot = self.bounces(events, &self.distinct(events, &foot, &mut fault), &mut fault);
            let foot: Vec<Event> = foot.iter().map(|&i| events[i]).collect();
            pair(&foot, &mut paired);
        }
        paired.contacts.sort_by(|a, b| a.initial.time_s.total_cmp(&b.initial.time_s));
        paired.unpaired.sort_by(|a, b| a.time_s.total_cmp(&b.time_s));
        paired.dropped = events.iter().zip(&fault).filter_map(|(e, f)| Some((*e, (*f)?))).collect();
        Ok(paired)
    }

    /// Pairs the events that a detector found again, by these rules.
    ///
    /// # Errors
    /// As [`EventPairing::apply`].
    pub fn apply_to_feet(&self, feet: &Feet) -> Result<PairedEvents> {
        self.apply(&[feet.left.events(), feet.right.events()].concat())
    }

    /// Returns one foot's events without duplicates.
    fn distinct(&self, events: &[Event], foot: &[usize], fault: &mut [Option<EventFault>]) -> Vec<usize> {
        let mut kept: Vec<usize> = Vec::with_capacity(foot.len());
        // The last kept event of each kind, as a place in `kept`.
        let mut last = [None; 2];
        for &i in foot {
            let slot = &mut last[usize::from(events[i].kind == EventKind::TerminalContact)];
            let twin = slot.filter(|&k: &usize| events[i].time_s - events[kept[k]].time_s <= self.same_s);
            match twin {
                Some(k) if events[i].se_s < events[kept[k]].se_s => {
                    fault[kept[k]] = Some(EventFault::Duplicate);
                    kept[k] = i;
                }
                Some(_) => fault[i] = Some(EventFault::Duplicate),
                None => {
                    *slot = Some(kept.len());
                    kept.push(i);
                }
            }
        }
        // A twin with a smaller standard error may come after an event of the other kind.
        kept.sort_by(|&a, &b| events[a].time_s.total_cmp(&events[b].time_s));
        kept
    }

    /// Returns one foot's events without those of a foot that only seemed to leave.
    fn bounces(&self, events: &[Event], foot: &[usize], fault: &mut [Option<EventFault>]) -> Vec<usize> {
        let mut kept: Vec<usize> = Vec::with_capacity(foot.len());
        for &i in foot {
            let left = kept.last().copied().filter(|&k| {
                events[i].kind == EventKind::InitialContact
                    && events[k].kind == EventKind::TerminalContact
                    && events[i].time_s - events[k].time_s < self.min_swing_s
            });
            match left {
                Some(k) => {
                    fault[k] = Some(EventFault::Bounce);
                    fault[i] = Some(EventFault::Bounce);
                    kept.pop();
                }
                None => kept.push(i),
            }
        }
        kept
    }
}

/// Divides one foot's events into contacts and unpaired ones.
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
    /// Divides the run into the steps between the contacts, each accepted or with the reason why not; unpaired landings end steps too.
    ///
    /// There are as many steps as contacts. No contact means no step, which is no error here: the unpaired and dropped events are the
    /// explanation.
    ///
    /// # Errors
    /// [`Error::Parameter`] for rules that contradict themselves; [`Error::NotRising`] when `recorded` does not end
    /// after it starts (or is NaN).
    ///
    /// ```
    /// use copeak::event::{Event, EventKind, Method, Side};
    /// use copeak::stride::{EventPairing, RejectReason, StepCriteria};
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
    /// let paired = EventPairing::default().apply(&events)?;
    /// let steps = paired.steps(&StepCriteria::default(), TimeSpan { start_s: 0.0, end_s: 9.0 })?;
    /// assert_eq!((steps.all().len(), steps.accepted().count()), (11, 10));
    /// // The step before still ends where that foot landed, and no stride is doubled.
    /// assert!(steps.accepted().all(|s| (s.duration_s() - 0.35).abs() < 1e-9));
    /// assert_eq!(steps.all()[10].rejected, Some(RejectReason::NoNextContact));
    /// # Ok::<(), copeak::Error>(())
    /// ```
    pub fn steps(&self, criteria: &StepCriteria, recorded: TimeSpan) -> Result<Steps> {
        let landings = Landing::sorted(&self.contacts, &self.unpaired);
        divide(&self.contacts, &landings, criteria, recorded)
    }
}
