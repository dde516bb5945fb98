//! Convergence while the steps arrive: for biofeedback.

mod builder;
mod contributor;
mod ring;
mod step;

pub use builder::{LiveConvergenceBuilder, LiveMemory};
pub use contributor::LiveContributor;
pub use step::{LiveLag, LiveStep};

use super::PHASES;
use super::coincidence::ratio;
use super::maxima::highest;
use crate::event::{Contact, Event, EventKind};
use crate::inference::draw::Draws;
use crate::stride::Step;
use crate::{Clock, Real, Result};
use builder::Memory;
use ring::Ring;

/// A list, on the heap unless the caller passes memory; without a heap there is no such thing.
#[cfg(feature = "alloc")]
type Heap<T> = alloc::vec::Vec<T>;
#[cfg(not(feature = "alloc"))]
type Heap<T> = [T; 0];

/// Contact, step and stride times of a runner, as in [`crate::stride::StepCriteria`].
const CONTACT_S: (f64, f64) = (0.07, 0.40);
const STEP_S: (f64, f64) = (0.15, 0.60);

/// Measures coincidence, kappa, the spread of the peaks and their lags, step by step, while the runner runs.
///
/// Push every frame (all channels at one instant, causally filtered or unfiltered), and every initial and terminal contact
/// ([`LiveConvergence::event`]). A step's cycle is the stride-long one of [`super::CycleKind::Stride`]; its stride ends, and the
/// step is measured, when the same foot lands again: one step after its own end. Results are those of
/// [`super::Cycles`] and [`super::DriveGrid`] on the recording, with two differences:
///
/// - Drives are divided by the mean peak of the steps so far, unless a contributor has a reference peak.
/// - Peak phases are those of the maximum on the phase grid, refined by a parabola between phases: the prominence rule needs
///   the whole recording.
///
/// Chance is the mean over a few random offset vectors of each step and over all steps so far ([`LiveStep::kappa`]).
///
/// # Real-time considerations
/// Nothing is allocated after [`build`](LiveConvergenceBuilder::build), and nothing at all with
/// [`build_in`](LiveConvergenceBuilder::build_in), where the type's parameters are the arrays for numbers, contributors and lags.
/// A frame costs a copy of its channels. An initial contact costs contributors x 100 interpolations, and as many additions for
/// each offset vector: for 16 contributors some microseconds, once a step.
///
/// ```
/// use copeak::convergence::{LiveConvergence, LiveContributor, Role};
/// use copeak::event::{Event, EventKind, Method, Side};
/// use copeak::{Clock, Rate};
/// let clock = Clock::from_zero(Rate::from_hz(200.0)?);
/// let legs = [LiveContributor::paired(Role::SupportLeg, 0, 1), LiveContributor::paired(Role::SwingLeg, 0, 1)];
/// let mut live = LiveConvergence::builder(clock, legs).channels(2).build()?;
/// let mut steps = 0;
/// for i in 0..800 {
///     let t = f64::from(i) / 200.0;
///     let turn = |t: f64| (1.0 - (std::f64::consts::TAU * t / 0.8).cos()).powi(3);
///     live.push(&[turn(t), turn(t + 0.4)])?;
///     // Steps of 0.4 s, contacts of 0.2 s.
///     let kind = match i % 80 {
///         0 => EventKind::InitialContact,
///         40 => EventKind::TerminalContact,
///         _ => continue,
///     };
///     let side = if i / 80 % 2 == 0 { Side::Left } else { Side::Right };
///     if let Some(step) = live.event(Event::new(t, 0.001, side, kind, Method::Force)) {
///         assert!(step.coincidence.is_some_and(|c| c > 0.4) && step.lags.len() == 2);
///         steps += 1;
///     }
/// }
/// assert_eq!(steps, 7);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct LiveConvergence<W = Heap<f64>, C = Heap<LiveContributor>, L = Heap<LiveLag>> {
    ring: Ring,
    contributors: C,
    memory: W,
    /// The last two, the older one first.
    landings: [Option<Landing>; 2],
    offsets: usize,
    draws: Draws,
    seed: u64,
    chance: step::RunningChance,
    last: LiveStep<L>,
}

impl LiveConvergence {
    /// Starts a builder for frames taken on `clock` and these contributors.
    pub fn builder<C: AsRef<[LiveContributor]>>(clock: Clock, contributors: C) -> LiveConvergenceBuilder<C> {
        LiveConvergenceBuilder::new(clock, contributors)
    }
}

impl<W, C, L> LiveConvergence<W, C, L>
where
    W: AsRef<[f64]> + AsMut<[f64]>,
    C: AsRef<[LiveContributor]>,
    L: AsRef<[LiveLag]> + AsMut<[LiveLag]>,
{
    /// Takes one frame, of samples in either precision.
    ///
    /// # Errors
    /// [`crate::Error::LengthMismatch`] for another number of channels.
    #[inline]
    pub fn push<T: Real>(&mut self, frame: &[T]) -> Result<()> {
        let frames = self.ring.samples();
        let memory = self.memory.as_mut();
        let end = frames.min(memory.len());
        self.ring.push(&mut memory[..end], frame)
    }

    /// Takes an initial or terminal contact, its time on the clock of the frames. At an initial contact, returns the step before
    /// last, whose stride it ends, if that step can be measured.
    ///
    /// It cannot be measured when sides do not alternate, when contact, step or stride are outside a runner's range, when a
    /// frame within the cycle is no longer or not yet stored, or when a sample in it is not finite.
    pub fn event(&mut self, event: Event) -> Option<&LiveStep<L>> {
        let [first, second] = &mut self.landings;
        if event.kind == EventKind::TerminalContact {
            // Of the last contact, or of the one before when the other foot is down already.
            let landing =
                [second, first].into_iter().flatten().find(|landing| landing.initial.side == event.side);
            if let Some(landing) = landing {
                landing.terminal = Some(event);
            }
            return None;
        }
        let now = Landing { initial: event, terminal: None };
        // A foot that lands twice, or time that runs backwards, means that an event was missed.
        let follows =
            |before: &Landing| before.initial.side != event.side && before.initial.time_s < event.time_s;
        let (first, second) = (first.take(), second.take().filter(follows));
        self.landings = [second, Some(now)];
        let (first, second) = (first?, second?);
        let contact = Contact::new(first.initial, first.terminal?).ok()?;
        let step = Step::new(contact, second.initial.time_s, event.time_s - first.initial.time_s);
        let inside = |value: f64, (low, high): (f64, f64)| value >= low && value <= high;
        let sound = first.initial.side == event.side
            && inside(step.contact_s(), CONTACT_S)
            && inside(step.duration_s(), STEP_S)
            && inside(event.time_s - second.initial.time_s, STEP_S)
            && step.flight_s() > 0.0;
        (sound && self.cut(&step)).then(|| self.measure(&step))
    }

    /// Returns the step measured last; `None` before the first.
    pub fn last(&self) -> Option<&LiveStep<L>> {
        (self.last.number > 0).then_some(&self.last)
    }

    /// Discards all frames and steps, as before the first.
    pub fn reset(&mut self) {
        self.ring.reset();
        self.landings = [None, None];
        self.draws = Draws::new(self.seed);
        let contributors = self.contributors.as_ref().len();
        Memory::split(self.memory.as_mut(), self.ring.samples(), contributors).peaks.fill(0.0);
        self.chance = step::RunningChance::default();
        self.last.reset();
    }

    /// Writes the drives of the step's cycle to the rows; false when samples are missing.
    fn cut(&mut self, step: &Step) -> bool {
        let (window, side) = (step.stride_cycle(), step.side());
        if !self.ring.covers(window.start_s, window.end_s) {
            return false;
        }
        let contributors = self.contributors.as_ref();
        let memory = Memory::split(self.memory.as_mut(), self.ring.samples(), contributors.len());
        let mut sound = true;
        for (contributor, row) in contributors.iter().zip(memory.rows.chunks_exact_mut(2 * PHASES)) {
            let (channel, sign) = contributor.channel(side);
            let rectified = |x: f64| contributor.rectification.apply(sign * x);
            for (m, value) in row.iter_mut().take(PHASES).enumerate() {
                let phase = crate::math::wrap(m as f64 / PHASES as f64 + contributor.target_phase);
                let time_s = window.start_s + phase * window.duration_s();
                *value = self.ring.value_at(memory.frames, time_s, channel, rectified);
                sound &= value.is_finite();
            }
        }
        sound
    }

    fn measure(&mut self, step: &Step) -> &LiveStep<L> {
        let contributors = self.contributors.as_ref();
        let Memory { rows, sum, peaks, window, .. } =
            Memory::split(self.memory.as_mut(), self.ring.samples(), contributors.len());
        step::normalize(contributors, peaks, rows, self.last.number + 1);
        sum.fill(0.0);
        for (contributor, row) in contributors.iter().zip(rows.chunks_exact_mut(2 * PHASES)) {
            let (one, other) = row.split_at_mut(PHASES);
            one.iter_mut().for_each(|v| *v *= contributor.weight);
            other.iter_mut().zip(&*one).for_each(|(other, v)| *other = *v);
            sum.iter_mut().zip(&*one).for_each(|(sum, v)| *sum += v);
        }
        let realised = highest(sum);
        let own = rows.chunks_exact(2 * PHASES).filter_map(|row| row.first_chunk::<PHASES>());
        let available = own.map(|row| highest(row)).sum::<f64>();
        let coincidence = ratio(realised, available);
        if let Some(coincidence) = coincidence {
            let mut by_chance = 0.0;
            for _ in 0..self.offsets {
                sum.fill(0.0);
                for row in rows.chunks_exact(2 * PHASES) {
                    let rotated = row.iter().skip(self.draws.below(PHASES));
                    sum.iter_mut().zip(rotated).for_each(|(sum, v)| *sum += v);
                }
                by_chance += highest(sum);
            }
            self.chance.add(window, coincidence, by_chance / available, self.offsets);
        }
        self.last.available = available;
        self.last.realised = realised;
        self.last.coincidence = coincidence;
        (self.last.chance, self.last.kappa) = self.chance.kappa(window);
        self.last.set_timing(step, contributors, rows);
        &self.last
    }
}

/// An initial contact, and the terminal contact that follows it.
#[derive(Debug, Clone, Copy)]
struct Landing {
    initial: Event,
    terminal: Option<Event>,
}
