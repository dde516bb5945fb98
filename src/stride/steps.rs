//! The steps of a run: screening, gait, symmetry, strides, means.

use super::step::Gait;
use super::{RejectReason, Step};
use crate::event::Side;
use crate::format::{count, or_dash, paragraph};
#[cfg(feature = "analysis")]
use crate::inference::Strides;
use crate::time::TimeSpan;
use crate::{Error, Real, Result, Samples, Signal};
use alloc::{format, string::String, vec::Vec};
use core::fmt;
use core::ops::Range;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// All steps of a run in order, accepted or not; built by [`Feet::steps`](crate::event::Feet::steps) and [`Steps::from_contacts`].
#[derive(Debug, Clone, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
pub struct Steps {
    all: Vec<Step>,
}

impl Steps {
    /// Builds the list from steps in order of time.
    pub fn new(all: Vec<Step>) -> Self {
        Self { all }
    }

    /// Returns every step, rejected ones with their reason.
    pub fn all(&self) -> &[Step] {
        &self.all
    }

    pub(super) fn all_mut(&mut self) -> &mut [Step] {
        &mut self.all
    }

    /// Iterates over the accepted steps.
    pub fn accepted(&self) -> impl DoubleEndedIterator<Item = &Step> + Clone {
        self.all.iter().filter(|s| s.accepted())
    }

    /// Rejects a step for a reason found elsewhere. A step that is already rejected keeps its reason; an index out of range is ignored.
    pub fn reject(&mut self, index: usize, reason: RejectReason) {
        if let Some(step) = self.all.get_mut(index) {
            step.rejected = step.rejected.or(Some(reason));
        }
    }

    /// Rejects the steps whose stride-long cycle leaves one of `signals` ([`RejectReason::CycleOutside`]) or contains a NaN or
    /// infinite sample of it ([`RejectReason::NonFinite`]).
    ///
    /// ```
    /// use copeak::{Clock, Rate, Signal, stride::{RejectReason, Step, Steps}};
    /// use copeak::event::{Contact, Event, EventKind, Method, Side};
    /// # let event = |t, kind| Event::new(t, 0.001, Side::Left, kind, Method::Force);
    /// let contact = Contact::new(event(1.0, EventKind::InitialContact), event(1.25, EventKind::TerminalContact))?;
    /// let mut steps = Steps::new(vec![Step::new(contact, 1.375, 0.75)]);
    /// let hip = Signal::new(Clock::from_zero(Rate::from_hz(100.0)?), vec![0.0; 140]);
    /// steps.screen(&[&hip]);
    /// assert_eq!(steps.all()[0].rejected, Some(RejectReason::CycleOutside));
    /// # Ok::<(), copeak::Error>(())
    /// ```
    pub fn screen<S>(&mut self, signals: &[&Signal<S>])
    where
        S: Samples,
        S::Item: Real,
    {
        self.screen_within(signals, Step::stride_cycle);
    }

    /// Rejects as [`Steps::screen`] does, by the given window instead of the stride-long cycle.
    pub fn screen_within<S>(&mut self, signals: &[&Signal<S>], window: impl Fn(&Step) -> TimeSpan)
    where
        S: Samples,
        S::Item: Real,
    {
        for step in self.all.iter_mut().filter(|s| s.accepted()) {
            let window = window(step);
            step.rejected = signals.iter().find_map(|signal| fault(signal, window));
        }
    }

    /// Rejects the steps whose path turns by more than `most_deg` within the stride-long cycle ([`RejectReason::Turning`]).
    ///
    /// `x` and `y` are the horizontal position of the pelvis in metres, on the ground. The turn is the angle between the
    /// ways covered in the first and in the second half of the cycle. Sideways sway of `a` metres over steps of `l` metres adds up to
    /// about 4a/l radians (4 cm: 9° at steps of 1 m), so limits below 15° catch sway. A step that covers less than 0.1 m
    /// in either half has no direction and is not judged, nor is one whose cycle leaves the signals.
    ///
    /// # Errors
    /// [`Error::Parameter`] unless the limit lies above 0° and at most at 180°.
    ///
    /// ```
    /// use copeak::{Clock, Rate, Signal, stride::{RejectReason, Step, Steps}};
    /// # use copeak::event::{Contact, Event, EventKind, Method, Side};
    /// # let event = |t, kind| Event::new(t, 0.001, Side::Left, kind, Method::Force);
    /// # let step = |t: f64| Step::new(Contact::new(event(t, EventKind::InitialContact), event(t + 0.25, EventKind::TerminalContact)).unwrap(), t + 0.375, 0.75);
    /// let mut steps = Steps::new(vec![step(1.0), step(3.0)]);
    /// // Straight along x at 4 m/s, and from 3 s on along y.
    /// let clock = Clock::from_zero(Rate::from_hz(100.0)?);
    /// let x = Signal::new(clock, (0..500).map(|i| 4.0 * (f64::from(i) / 100.0).min(3.0)).collect::<Vec<_>>());
    /// let y = Signal::new(clock, (0..500).map(|i| 4.0 * (f64::from(i) / 100.0 - 3.0).max(0.0)).collect::<Vec<_>>());
    /// steps.screen_turning(&x, &y, 20.0)?;
    /// assert_eq!(steps.all()[0].rejected, None);
    /// assert_eq!(steps.all()[1].rejected, Some(RejectReason::Turning));
    /// # Ok::<(), copeak::Error>(())
    /// ```
    pub fn screen_turning<S>(&mut self, x: &Signal<S>, y: &Signal<S>, most_deg: f64) -> Result<()>
    where
        S: Samples,
        S::Item: Real,
    {
        if !(most_deg > 0.0 && most_deg <= 180.0) {
            let rule = "above 0 and at most 180 degrees";
            return Err(Error::Parameter { name: "largest turn", rule, value: most_deg });
        }
        for step in self.all.iter_mut().filter(|s| s.accepted()) {
            if turn_deg(x, y, step.stride_cycle()).is_some_and(|turn| turn > most_deg) {
                step.rejected = Some(RejectReason::Turning);
            }
        }
        Ok(())
    }

    /// Returns the stretches of one gait, in order.
    ///
    /// A step of unclear gait ([`Gait::Unclear`]: a flight of zero to within its error, or no end) joins the stretch before it, so that
    /// steps near zero flight form no separate stretches; before any other step it starts one.
    ///
    /// ```
    /// # use copeak::event::{Contact, Event, EventKind, Method, Side};
    /// # use copeak::stride::{Step, Steps};
    /// # use copeak::stride::gait::Gait;
    /// # let event = |t, kind| Event::new(t, 0.001, Side::Left, kind, Method::Force);
    /// # let with_flight = |t: f64, flight: f64| {
    /// #     let contact = Contact::new(event(t, EventKind::InitialContact), event(t + 0.3, EventKind::TerminalContact));
    /// #     Step::new(contact.unwrap(), t + 0.3 + flight, 0.7)
    /// # };
    /// // Flights of 0.08 s, 0.09 s, then -0.06 s, 0.001 s (its error is 0.0014 s) and -0.05 s.
    /// let flights = [0.08, 0.09, -0.06, 0.001, -0.05];
    /// let steps = Steps::new(flights.iter().enumerate().map(|(i, f)| with_flight(i as f64, *f)).collect());
    /// let bouts = steps.bouts();
    /// assert_eq!((bouts[0].gait, bouts[0].steps.clone()), (Gait::Running, 0..2));
    /// assert_eq!((bouts[1].gait, bouts[1].steps.clone()), (Gait::Walking, 2..5));
    /// ```
    pub fn bouts(&self) -> Vec<Bout> {
        let mut bouts: Vec<Bout> = Vec::new();
        for (i, step) in self.all.iter().enumerate() {
            let gait = step.gait();
            match bouts.last_mut() {
                Some(last) if gait == Gait::Unclear || last.gait == gait => last.steps.end = i + 1,
                _ => bouts.push(Bout { gait, steps: i..i + 1 }),
            }
        }
        bouts
    }

    /// Returns the difference of a value between right and left, in percent of their mean: one number for every
    /// two accepted steps of which the second directly follows the first (Robinson et al. 1987; no DOI). Every step is
    /// part of at most one pair; 0 is symmetric, a positive difference means larger on the right.
    ///
    /// Mean and interval of the numbers: [`crate::inference::t_interval`].
    ///
    /// ```
    /// # use copeak::event::{Contact, Event, EventKind, Method, Side};
    /// use copeak::stride::{Step, Steps};
    /// # let event = |t, side, kind| Event::new(t, 0.001, side, kind, Method::Force);
    /// # let step = |t: f64, side, length: f64| {
    /// #     let ends = (event(t, side, EventKind::InitialContact), event(t + 0.1, side, EventKind::TerminalContact));
    /// #     Step::new(Contact::new(ends.0, ends.1).unwrap(), t + length, 0.5)
    /// # };
    /// // A left step of 0.24 s and a right one of 0.26 s.
    /// let steps = Steps::new(vec![step(1.0, Side::Left, 0.24), step(1.24, Side::Right, 0.26)]);
    /// assert!((steps.asymmetry(Step::duration_s)[0] - 8.0).abs() < 1e-9);
    /// ```
    #[doc(alias = "symmetry")]
    pub fn asymmetry(&self, value: impl Fn(&Step) -> f64) -> Vec<f64> {
        let mut found = Vec::new();
        let mut i = 0;
        while let Some([first, second]) = self.all.get(i..i + 2) {
            let follows = first.end_s == second.start_s() && first.side() != second.side();
            if !(follows && first.accepted() && second.accepted()) {
                i += 1;
                continue;
            }
            let (a, b) = (value(first), value(second));
            let (left, right) = if first.side() == Side::Left { (a, b) } else { (b, a) };
            found.push(200.0 * (right - left) / (right + left));
            i += 2;
        }
        found
    }

    /// Counts the rejected steps by reason and compares the means with and without them.
    pub fn summary(&self) -> Summary {
        let mut dropped: Vec<(RejectReason, usize)> = Vec::new();
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

/// Returns the angle between the directions of a path in the first and the second half of a window; `None` where there is no path.
fn turn_deg<S>(x: &Signal<S>, y: &Signal<S>, window: TimeSpan) -> Option<f64>
where
    S: Samples,
    S::Item: Real,
{
    let middle_s = 0.5 * (window.start_s + window.end_s);
    let [a, b, c] = [window.start_s, middle_s, window.end_s]
        .map(|t| Some((x.value_at(t).ok()?.as_f64(), y.value_at(t).ok()?.as_f64())));
    let (a, b, c) = (a?, b?, c?);
    let (first, second) = ((b.0 - a.0, b.1 - a.1), (c.0 - b.0, c.1 - b.1));
    let goes = |way: (f64, f64)| way.0.hypot(way.1) >= LEAST_WAY_M;
    let cross = first.0 * second.1 - first.1 * second.0;
    let along = first.0 * second.0 + first.1 * second.1;
    (goes(first) && goes(second)).then(|| cross.atan2(along).abs().to_degrees())
}

/// Shorter ways than this have no direction, in metres.
const LEAST_WAY_M: f64 = 0.1;

/// A stretch of one gait; see [`Steps::bouts`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Bout {
    /// The gait of all its steps.
    pub gait: Gait,
    /// Its steps, as indices of [`Steps::all`].
    pub steps: Range<usize>,
}

/// Returns the reason why a window of a signal cannot be used.
fn fault<S>(signal: &Signal<S>, window: TimeSpan) -> Option<RejectReason>
where
    S: Samples,
    S::Item: Real,
{
    if !signal.covers(window.start_s, window.end_s) {
        return Some(RejectReason::CycleOutside);
    }
    let last = signal.samples().len() - 1;
    let first = signal.clock().position(window.start_s).floor().max(0.0) as usize;
    let end = (signal.clock().position(window.end_s).ceil() as usize).min(last);
    let finite = (first..=end).all(|i| signal.samples().sample(i).as_f64().is_finite());
    (!finite).then_some(RejectReason::NonFinite)
}

/// Number of rejected steps by reason, and the means with and without them; see [`Steps::summary`].
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Summary {
    /// All steps.
    pub steps: usize,
    /// Accepted steps.
    pub accepted: usize,
    /// Each reason with the number of steps it removed, in order of first appearance.
    pub dropped: Vec<(RejectReason, usize)>,
    /// Means over all steps.
    pub all: Means,
    /// Means over the accepted ones.
    pub kept: Means,
}

/// Means over steps, times in seconds; a step without an end counts for its contact only. `None` without any such step.
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
    /// Contact time over stride time.
    pub duty_factor: Option<f64>,
    /// Steps per minute.
    pub cadence_spm: Option<f64>,
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
            duty_factor: mean(Step::duty_factor),
            cadence_spm: mean(Step::cadence_spm),
        }
    }
}

#[cfg(feature = "analysis")]
impl Steps {
    /// Groups the accepted steps into strides, the unit of inference, as [`Strides::from_steps`] does.
    pub fn strides(&self) -> Strides {
        grouped(&self.accepted().collect::<Vec<_>>())
    }
}

#[cfg(feature = "analysis")]
impl Strides {
    /// Groups steps, in order of time and whether accepted or not, into strides, the unit of inference.
    ///
    /// Two steps on opposite sides form a stride when the second starts where the first ends, to within half that step. A step whose
    /// partner is missing forms a stride alone.
    ///
    /// ```
    /// use copeak::{inference::Strides, simulate::Sprinter, stride::StepCriteria};
    /// let trial = Sprinter::at_speed(7.0).steps(8).seed(1).simulate()?.recording;
    /// let steps = trial.feet()?.steps(&StepCriteria::default())?;
    /// assert_eq!((steps.strides().steps(), steps.strides().len()), (8, 4));
    /// assert_eq!(Strides::from_steps(&steps.all()[..5]).len(), 3);
    /// # Ok::<(), copeak::Error>(())
    /// ```
    pub fn from_steps(steps: &[Step]) -> Self {
        grouped(&steps.iter().collect::<Vec<_>>())
    }
}

#[cfg(feature = "analysis")]
fn grouped(steps: &[&Step]) -> Strides {
    Strides::paired(steps.len(), |i| {
        let (now, next) = (steps[i], steps[i + 1]);
        let gap = (next.start_s() - now.end_s).abs();
        now.side() != next.side() && gap <= 0.5 * (now.end_s - now.start_s())
    })
}

impl fmt::Display for Steps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.summary(), f)
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} used of {}", count(self.accepted, "step"), self.steps)?;
        let reasons: Vec<String> = self.dropped.iter().map(|(why, n)| format!("{n} x {why}")).collect();
        if !reasons.is_empty() {
            paragraph(f, "  not used: ", &reasons.join(", "))?;
        }
        write!(f, "  used:      {}", self.kept)?;
        if self.accepted < self.steps {
            write!(f, "\n  all:       {}", self.all)?;
        }
        Ok(())
    }
}

impl fmt::Display for Means {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = |v: Option<f64>| or_dash(v.map(|s| 1e3 * s));
        write!(
            f,
            "contact {} ms, flight {} ms, step {} ms, stride {} ms, duty factor {}, {} steps/min",
            ms(self.contact_s),
            ms(self.flight_s),
            ms(self.step_s),
            ms(self.stride_s),
            or_dash(self.duty_factor),
            or_dash(self.cadence_spm)
        )
    }
}
