//! Steps from contacts, and the rules that accept them.

use super::{Gait, RejectReason, Step, Steps};
use crate::event::{Contact, Event, EventKind, Feet, Side};
use crate::math::{MAD_SCALE, median};
use crate::time::TimeSpan;
use crate::{Error, Rate, Result};
use alloc::vec::Vec;

/// Which steps of a run count.
///
/// The rules are tried in this order, and the first that fails is the step's [`RejectReason`]: standing, contact time, a next
/// contact at all, the other foot's, step time, flight above zero, no change of gait, the stride-long cycle inside
/// the recording. A gait changes where two or more steps in a row have no flight ([`Steps::bouts`]): the running step
/// on either side of them shares its stride with walking. Of the steps that are left, from [`StepCriteria::min_steps`] on, those whose contact or step time lies more than
/// [`StepCriteria::deviations`] scaled median absolute deviations from the median are outliers; the deviation is at
/// least one sample, so that a very even runner loses no step to the sampling grid.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct StepCriteria {
    /// Shortest and longest contact in seconds.
    pub contact_s: (f64, f64),
    /// Shortest and longest step in seconds.
    pub step_s: (f64, f64),
    /// How many scaled median absolute deviations a time may lie from the median.
    pub deviations: f64,
    /// Fewest steps for which a median says something.
    pub min_steps: usize,
    /// Floor of the median absolute deviation in seconds: one sample.
    pub sample_s: f64,
    /// A foot that stays on the ground for longer than this many seconds is standing.
    pub standing_s: f64,
}

impl Default for StepCriteria {
    /// Contact 0.07 to 0.40 s, step 0.15 to 0.60 s, three deviations from 8 steps on, one sample = 10 ms, standing
    /// from 1 s on (a slow walker's contact lasts 0.8 s).
    fn default() -> Self {
        let (contact_s, step_s) = ((0.07, 0.40), (0.15, 0.60));
        Self { contact_s, step_s, deviations: 3.0, min_steps: 8, sample_s: 0.01, standing_s: 1.0 }
    }
}

impl StepCriteria {
    /// The default rules with one sample as of `rate`.
    pub fn at(rate: Rate) -> Self {
        Self { sample_s: rate.period_s(), ..Self::default() }
    }

    fn check(&self) -> Result<()> {
        let limits = [
            ("shortest contact", self.contact_s.0, self.contact_s.1),
            ("shortest step", self.step_s.0, self.step_s.1),
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

    /// The first rule of a single step that fails.
    fn verdict(&self, step: &Step, next: Option<Side>, recorded: TimeSpan) -> Option<RejectReason> {
        let outside = |value: f64, (low, high): (f64, f64)| !(low..=high).contains(&value);
        let cycle = step.stride_cycle();
        if step.contact_s() > self.standing_s {
            Some(RejectReason::Standing)
        } else if outside(step.contact_s(), self.contact_s) {
            Some(RejectReason::ContactTime)
        } else if next.is_none() {
            Some(RejectReason::NoNextContact)
        } else if next == Some(step.side()) {
            Some(RejectReason::SideRepeats)
        } else if outside(step.duration_s(), self.step_s) {
            Some(RejectReason::StepTime)
        } else if step.flight_s() <= 0.0 {
            Some(RejectReason::NoFlight)
        } else if cycle.start_s < recorded.start_s || cycle.end_s > recorded.end_s {
            Some(RejectReason::CycleOutside)
        } else {
            None
        }
    }

    /// Steps that run while their stride also walks.
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

/// The steps between contacts of both feet, each accepted or with the reason why not.
///
/// `contacts` are in order of their initial contacts. Every contact starts a step, so nothing is lost; the last one
/// has no end (`NaN`) and is rejected as [`RejectReason::NoNextContact`]. `recorded` is the time that all channels cover.
///
/// # Errors
/// [`Error::TooFew`] without contacts; [`Error::NonFinite`] for an event whose time is not finite;
/// [`Error::NotRising`] when contacts are out of order, end before they begin, or overlap on one foot, and when
/// `recorded` does not end after it starts (or is NaN);
/// [`Error::Parameter`] for rules that contradict themselves.
///
/// ```
/// use copeak::{event::{Contact, Event, EventKind, Method, Side}, stride::{self, StepCriteria, RejectReason}, time::TimeSpan};
/// // Twelve steps of 0.25 s with contacts of 0.125 s; the sixth contact lasts far too long.
/// let contacts: Vec<Contact> = (0..12).map(|i| {
///     let side = if i % 2 == 0 { Side::Right } else { Side::Left };
///     let ic = 1.0 + 0.25 * f64::from(i);
///     let tc = ic + if i == 5 { 0.24 } else { 0.125 };
///     let initial = Event::new(ic, 0.001, side, EventKind::InitialContact, Method::Force);
///     let terminal = Event::new(tc, 0.001, side, EventKind::TerminalContact, Method::Force);
///     Contact::new(initial, terminal)
/// }).collect::<copeak::Result<_>>()?;
/// let steps = stride::steps(&contacts, &StepCriteria::default(), TimeSpan { start_s: 0.0, end_s: 5.0 })?;
/// assert_eq!(steps.accepted().count(), 10);
/// assert_eq!(steps.all()[5].rejected, Some(RejectReason::Outlier));
/// assert_eq!(steps.all()[11].rejected, Some(RejectReason::NoNextContact));
/// assert_eq!(steps.all()[0].stride_s, 0.5);
/// # Ok::<(), copeak::Error>(())
/// ```
pub fn steps(contacts: &[Contact], acceptance: &StepCriteria, recorded: TimeSpan) -> Result<Steps> {
    steps_with_loose(contacts, &[], acceptance, recorded)
}

/// [`steps`], where initial contacts without a terminal one (the record ended first) may end a step too.
///
/// # Errors
/// As [`steps`].
pub fn steps_with_loose(
    contacts: &[Contact],
    loose: &[Event],
    acceptance: &StepCriteria,
    recorded: TimeSpan,
) -> Result<Steps> {
    check(contacts, loose)?;
    divide(contacts, &Landing::sorted(contacts, loose), acceptance, recorded)
}

impl Feet {
    /// Divides the run into the steps between the contacts, each accepted or with the reason why not; single landings end steps
    /// too.
    ///
    /// # Errors
    /// As [`steps`].
    ///
    /// ```
    /// use copeak::{simulate::Sprinter, stride::StepCriteria};
    /// let trial = Sprinter::at_speed(7.0).steps(8).seed(1).simulate()?.recording;
    /// let steps = trial.feet()?.steps(&StepCriteria::default())?;
    /// assert_eq!(steps.accepted().count(), 8);
    /// # Ok::<(), copeak::Error>(())
    /// ```
    pub fn steps(&self, criteria: &StepCriteria) -> Result<Steps> {
        steps_with_loose(&self.contacts(), &self.unpaired(), criteria, self.recorded)
    }
}

/// A landing that starts or ends a step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Landing {
    time_s: f64,
    se_s: f64,
    side: Side,
}

impl Landing {
    fn of(event: &Event) -> Self {
        Self { time_s: event.time_s, se_s: event.se_s, side: event.side }
    }

    /// All landings in order of time, those of contacts and the loose ones.
    pub(super) fn sorted(contacts: &[Contact], loose: &[Event]) -> Vec<Self> {
        let alone = loose.iter().filter(|e| e.kind == EventKind::InitialContact);
        let mut landings: Vec<Self> =
            contacts.iter().map(|c| &c.initial).chain(alone).map(Self::of).collect();
        landings.sort_by(|a, b| a.time_s.total_cmp(&b.time_s));
        landings.dedup_by(|b, a| (a.time_s, a.side) == (b.time_s, b.side));
        landings
    }
}

/// The steps between contacts that are in order of their landings, which are among `landings`.
pub(super) fn divide(
    contacts: &[Contact],
    landings: &[Landing],
    acceptance: &StepCriteria,
    recorded: TimeSpan,
) -> Result<Steps> {
    acceptance.check()?;
    let TimeSpan { start_s, end_s } = recorded;
    if start_s >= end_s || start_s.is_nan() || end_s.is_nan() {
        return Err(Error::NotRising { operation: "the window recorded", index: 1 });
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
        step.rejected = acceptance.verdict(&step, next.map(|n| n.side), recorded);
        all.push(step);
    }
    let mut steps = Steps::new(all);
    StepCriteria::reject_gait_changes(&mut steps);
    acceptance.reject_outliers(steps.all_mut());
    Ok(steps)
}

/// Length of the stride that begins with landing `i`, or else of the one that ends with it, else twice the step.
/// A stride has exactly one landing of the other foot in it: a missed contact must not double it.
fn stride(landings: &[Landing], i: usize, end_s: f64) -> f64 {
    let whole = |first: usize| match landings.get(first..first + 3) {
        Some([a, b, c]) if a.side == c.side && a.side != b.side => Some(c.time_s - a.time_s),
        _ => None,
    };
    let before = || i.checked_sub(2).and_then(whole);
    whole(i).or_else(before).unwrap_or(2.0 * (end_s - landings[i].time_s))
}

fn check(contacts: &[Contact], loose: &[Event]) -> Result<()> {
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
    match loose.iter().position(|event| !event.time_s.is_finite()) {
        Some(index) => Err(Error::NonFinite { operation: "dividing a run with loose events", index }),
        None => Ok(()),
    }
}
