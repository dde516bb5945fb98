//! A run's steps, and what was left out of them.

use super::{Reason, Step, Window};
use crate::{Real, Samples, Signal};
use alloc::vec::Vec;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// All steps of a run in order, accepted or not; made by [`super::steps`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Steps {
    all: Vec<Step>,
}

impl Steps {
    /// Steps in order of time.
    pub fn new(all: Vec<Step>) -> Self {
        Self { all }
    }

    /// Every step, rejected ones with their reason.
    pub fn all(&self) -> &[Step] {
        &self.all
    }

    /// The steps that count.
    pub fn accepted(&self) -> impl DoubleEndedIterator<Item = &Step> + Clone {
        self.all.iter().filter(|s| s.accepted())
    }

    /// Reject a step for a reason found elsewhere; a reason it already has stays. Out of range: nothing happens.
    pub fn reject(&mut self, index: usize, reason: Reason) {
        if let Some(step) = self.all.get_mut(index) {
            step.rejected = step.rejected.or(Some(reason));
        }
    }

    /// Reject the steps whose stride-long cycle leaves one of `signals` ([`Reason::CycleOutside`]) or meets a NaN or
    /// infinite sample in it ([`Reason::NonFinite`]).
    ///
    /// ```
    /// use copeak::{Clock, Rate, Signal, stride::{Reason, Step, Steps}};
    /// use copeak::event::{Contact, Event, EventKind, Method, Side};
    /// # let event = |t, kind| Event::new(t, 0.001, Side::Left, kind, Method::Force);
    /// let contact = Contact::new(event(1.0, EventKind::InitialContact), event(1.25, EventKind::TerminalContact))?;
    /// let mut steps = Steps::new(vec![Step::new(contact, 1.375, 0.75)]);
    /// let hip = Signal::new(Clock::from_zero(Rate::hz(100.0)?), vec![0.0; 140]);
    /// steps.screen(&[&hip]);
    /// assert_eq!(steps.all()[0].rejected, Some(Reason::CycleOutside));
    /// # Ok::<(), copeak::Error>(())
    /// ```
    pub fn screen<S>(&mut self, signals: &[&Signal<S>])
    where
        S: Samples,
        S::Item: Real,
    {
        self.screen_within(signals, Step::stride_cycle);
    }

    /// [`Steps::screen`] for a window of your own instead of the stride-long cycle.
    pub fn screen_within<S>(&mut self, signals: &[&Signal<S>], window: impl Fn(&Step) -> Window)
    where
        S: Samples,
        S::Item: Real,
    {
        for step in self.all.iter_mut().filter(|s| s.accepted()) {
            let window = window(step);
            step.rejected = signals.iter().find_map(|signal| fault(signal, window));
        }
    }

    /// What was dropped and how the means change.
    pub fn summary(&self) -> Summary {
        let mut dropped: Vec<(Reason, usize)> = Vec::new();
        for reason in self.all.iter().filter_map(|s| s.rejected) {
            match dropped.iter_mut().find(|d| d.0 == reason) {
                Some(entry) => entry.1 += 1,
                None => dropped.push((reason, 1)),
            }
        }
        Summary {
            steps: self.all.len(),
            accepted: self.accepted().count(),
            dropped,
            all: Means::of(self.all.iter()),
            kept: Means::of(self.accepted()),
        }
    }
}

/// What keeps a window of a signal from being used.
fn fault<S>(signal: &Signal<S>, window: Window) -> Option<Reason>
where
    S: Samples,
    S::Item: Real,
{
    if !signal.covers(window.start_s, window.end_s) {
        return Some(Reason::CycleOutside);
    }
    let last = signal.samples().len() - 1;
    let first = signal.clock().position(window.start_s).floor().max(0.0) as usize;
    let end = (signal.clock().position(window.end_s).ceil() as usize).min(last);
    let finite = (first..=end).all(|i| signal.samples().at(i).wide().is_finite());
    (!finite).then_some(Reason::NonFinite)
}

/// Which steps were dropped, and what that does to the means.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Summary {
    /// Steps in all.
    pub steps: usize,
    /// Accepted steps.
    pub accepted: usize,
    /// Each reason with the number of steps it removed, in order of first appearance.
    pub dropped: Vec<(Reason, usize)>,
    /// Means over all steps.
    pub all: Means,
    /// Means over the accepted ones.
    pub kept: Means,
}

/// Mean times in seconds; a step without an end counts for its contact only. `None` where nothing counts.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Means {
    /// Contact time.
    pub contact_s: Option<f64>,
    /// Flight time.
    pub flight_s: Option<f64>,
    /// Step time.
    pub step_s: Option<f64>,
    /// Stride time.
    pub stride_s: Option<f64>,
}

impl Means {
    fn of<'a>(steps: impl Iterator<Item = &'a Step> + Clone) -> Self {
        let mean = |value: fn(&Step) -> f64| {
            let (mut sum, mut n) = (0.0, 0usize);
            for v in steps.clone().map(value).filter(|v| v.is_finite()) {
                (sum, n) = (sum + v, n + 1);
            }
            (n > 0).then(|| sum / n as f64)
        };
        Self {
            contact_s: mean(Step::contact_s),
            flight_s: mean(Step::flight_s),
            step_s: mean(Step::duration_s),
            stride_s: mean(|s| s.stride_s),
        }
    }
}
