//! Convergence as the steps come: for biofeedback.

mod member;
mod memory;
mod ring;
mod step;

pub use member::LiveContributor;
pub use memory::live_memory;
pub use step::{LiveLag, LiveStep};

use super::PHASES;
use super::maximum::{highest, ratio};
use crate::event::{Contact, Event, EventKind};
use crate::inference::draw::Draws;
use crate::stride::Step;
use crate::{Clock, Error, Real, Result};
#[cfg(feature = "alloc")]
use alloc::vec;
use memory::{Heap, Parts};
use ring::Ring;

/// Contact, step and stride times that are taken for a runner's, as in [`crate::stride::StepCriteria`].
const CONTACT_S: (f64, f64) = (0.07, 0.40);
const STEP_S: (f64, f64) = (0.15, 0.60);

/// Coincidence, kappa, peak spread and lags, step by step, while the runner runs.
///
/// Push every frame (all channels at one instant, causally filtered or not at all), and every landing and
/// take-off ([`LiveConvergence::event`]). A step's cycle is the stride-long one of [`super::CycleKind::Stride`]; its stride is over,
/// and so the step measured, when the same foot lands again: one step after its own end. What comes out is what
/// [`super::Cycles`] and [`super::DriveGrid`] find in the recording, with two differences:
///
/// - Drives are divided by the mean peak of the steps so far, unless a contributor has a reference peak.
/// - Peak phases are those of the maximum on the phase grid, by a parabola between phases: the prominence rule needs the
///   whole recording.
///
/// Chance is the mean over a few random offset vectors of each step and over all steps so far ([`LiveStep::kappa`]).
///
/// # Real-time considerations
/// Nothing is allocated after `LiveConvergence::new`, and nothing at all with [`LiveConvergence::in_memory`], where the type's
/// parameters are the arrays for numbers, contributors and lags. A frame costs a copy of its channels. A landing costs contributors x
/// 100 interpolations, and as many additions for each offset vector: for 16 contributors some microseconds, once a step.
///
/// ```
/// use copeak::convergence::{LiveConvergence, LiveContributor, Role};
/// use copeak::event::{Event, EventKind, Method, Side};
/// use copeak::{Clock, Rate};
/// let clock = Clock::from_zero(Rate::from_hz(200.0)?);
/// let legs = [LiveContributor::paired(Role::SupportLeg, 0, 1)?, LiveContributor::paired(Role::SwingLeg, 0, 1)?];
/// let mut live = LiveConvergence::new(clock, 2, &legs)?;
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
pub struct LiveConvergence<W = Heap<f64>, M = Heap<LiveContributor>, L = Heap<LiveLag>> {
    ring: Ring,
    members: M,
    memory: W,
    /// The last two, the older one first.
    landings: [Option<Landing>; 2],
    vectors: usize,
    draws: Draws,
    seed: u64,
    chance: step::ChanceLevel,
    last: LiveStep<L>,
}

#[cfg(feature = "alloc")]
impl LiveConvergence {
    /// For frames of so many channels taken on `clock`: 8 offset vectors a step, kappa over the last 10 steps, seed 1.
    ///
    /// # Errors
    /// [`Error::Missing`] without a contributor; [`Error::Parameter`] for a contributor whose channel is not there, and
    /// below 50 frames a second, where a contact has too few of them.
    pub fn new(clock: Clock, channels: usize, members: &[LiveContributor]) -> Result<Self> {
        check(clock, channels, members)?;
        let k = members.len();
        let memory = vec![0.0; live_memory(clock.rate().as_hz(), channels, k, 10)];
        Self::in_memory(clock, channels, members.to_vec(), memory, vec![LiveLag::default(); k])
    }

    /// With kappa over another number of last steps.
    ///
    /// # Errors
    /// [`Error::Parameter`] below 1 and above 10,000.
    pub fn with_window(mut self, steps: usize) -> Result<Self> {
        if (1..=10_000).contains(&steps) {
            self.memory.resize(self.ring.samples() + memory::fixed(self.members.len()) + steps, 0.0);
            self.reset();
            return Ok(self);
        }
        Err(Error::Parameter { name: "steps", rule: "from 1 to 10000", value: steps as f64 })
    }
}

impl<W, M, L> LiveConvergence<W, M, L>
where
    W: AsRef<[f64]> + AsMut<[f64]>,
    M: AsRef<[LiveContributor]>,
    L: AsRef<[LiveLag]> + AsMut<[LiveLag]>,
{
    /// As `LiveConvergence::new`, in memory of the caller's, such as arrays: `memory` of as many places as [`live_memory`] says,
    /// whatever is in them, and a lag for each contributor. Kappa is over as many last steps as `memory` has places for.
    ///
    /// ```
    /// use copeak::convergence::{LiveConvergence, LiveLag, LiveContributor, Role, live_memory};
    /// use copeak::{Clock, Rate};
    /// const PLACES: usize = live_memory(250.0, 4, 2, 10);
    /// let legs = [LiveContributor::paired(Role::SupportLeg, 0, 1)?, LiveContributor::paired(Role::SwingLeg, 2, 3)?];
    /// let clock = Clock::from_zero(Rate::from_hz(250.0)?);
    /// let mut live = LiveConvergence::in_memory(clock, 4, legs, [0.0; PLACES], [LiveLag::default(); 2])?;
    /// live.push(&[0.0f32; 4])?;
    /// # Ok::<(), copeak::Error>(())
    /// ```
    ///
    /// # Errors
    /// As `LiveConvergence::new`; [`Error::TooFew`] for less memory than for one step, [`Error::LengthMismatch`] unless there
    /// are as many lags as contributors.
    pub fn in_memory(clock: Clock, channels: usize, members: M, memory: W, lags: L) -> Result<Self> {
        check(clock, channels, members.as_ref())?;
        let operation = "live convergence";
        let rate_hz = clock.rate().as_hz();
        let (k, n, got) = (members.as_ref().len(), lags.as_ref().len(), memory.as_ref().len());
        if k != n {
            return Err(Error::LengthMismatch { operation, left: k, right: n });
        }
        let needed = live_memory(rate_hz, channels, k, 1);
        if got < needed {
            return Err(Error::TooFew { operation, unit: "places of memory", needed, got });
        }
        let ring = Ring::new(clock, channels, memory::capacity(rate_hz));
        let mut live = Self {
            ring,
            members,
            memory,
            landings: [None, None],
            vectors: 8,
            draws: Draws::new(1),
            seed: 1,
            chance: step::ChanceLevel::default(),
            last: LiveStep::of(lags),
        };
        live.reset();
        Ok(live)
    }

    /// With another number of random offset vectors a step. Zero leaves chance and kappa out.
    ///
    /// # Errors
    /// [`Error::Parameter`] above 10,000.
    pub fn with_vectors(self, vectors: usize) -> Result<Self> {
        if vectors <= 10_000 {
            return Ok(Self { vectors, ..self });
        }
        Err(Error::Parameter { name: "offset vectors", rule: "at most 10000", value: vectors as f64 })
    }

    /// With another seed for the offset vectors.
    #[must_use]
    pub fn with_seed(self, seed: u64) -> Self {
        Self { seed, draws: Draws::new(seed), ..self }
    }

    /// ChannelSource up one frame, of samples in either precision.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] for another number of channels.
    #[inline]
    pub fn push<T: Real>(&mut self, frame: &[T]) -> Result<()> {
        let frames = self.ring.samples();
        let memory = self.memory.as_mut();
        let end = frames.min(memory.len());
        self.ring.push(&mut memory[..end], frame)
    }

    /// ChannelSource up a landing or a take-off, its time on the clock of the frames; at a landing gives the step before last, whose
    /// stride it ends, when that can be measured.
    ///
    /// It cannot when sides do not alternate, when contact, step or stride are no runner's, when a frame within the cycle is
    /// gone or not there yet, or when a sample in it is not finite.
    pub fn event(&mut self, event: Event) -> Option<&LiveStep<L>> {
        let [first, second] = &mut self.landings;
        if event.kind == EventKind::TerminalContact {
            // Of the last landing, or of the one before when the other foot is down already.
            let landing =
                [second, first].into_iter().flatten().find(|landing| landing.initial.side == event.side);
            if let Some(landing) = landing {
                landing.terminal = Some(event);
            }
            return None;
        }
        let now = Landing { initial: event, terminal: None };
        // A foot that lands twice, or time that runs backwards, says that an event was missed.
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

    /// The step measured last; `None` before the first.
    pub fn last(&self) -> Option<&LiveStep<L>> {
        (self.last.number > 0).then_some(&self.last)
    }

    /// Forgets all frames and steps, as before the first.
    pub fn reset(&mut self) {
        self.ring.reset();
        self.landings = [None, None];
        self.draws = Draws::new(self.seed);
        let members = self.members.as_ref().len();
        Parts::of(self.memory.as_mut(), self.ring.samples(), members).peaks.fill(0.0);
        self.chance = step::ChanceLevel::default();
        self.last.reset();
    }

    /// Puts the drives of the step's cycle in the rows; false when they are not all there.
    fn cut(&mut self, step: &Step) -> bool {
        let (window, side) = (step.stride_cycle(), step.side());
        if !self.ring.covers(window.start_s, window.end_s) {
            return false;
        }
        let members = self.members.as_ref();
        let parts = Parts::of(self.memory.as_mut(), self.ring.samples(), members.len());
        let mut sound = true;
        for (member, row) in members.iter().zip(parts.rows.chunks_exact_mut(2 * PHASES)) {
            let (channel, sign) = member.channel(side);
            for (m, value) in row.iter_mut().take(PHASES).enumerate() {
                let phase = crate::math::wrap(m as f64 / PHASES as f64 + member.target_phase);
                let time_s = window.start_s + phase * window.duration_s();
                *value = self.ring.value_at(parts.frames, time_s, channel, |x| member.shaped(sign * x));
                sound &= value.is_finite();
            }
        }
        sound
    }

    fn measure(&mut self, step: &Step) -> &LiveStep<L> {
        let members = self.members.as_ref();
        let Parts { rows, sum, peaks, window, .. } =
            Parts::of(self.memory.as_mut(), self.ring.samples(), members.len());
        step::scale(members, peaks, rows, self.last.number + 1);
        sum.fill(0.0);
        for (member, row) in members.iter().zip(rows.chunks_exact_mut(2 * PHASES)) {
            let (one, other) = row.split_at_mut(PHASES);
            one.iter_mut().for_each(|v| *v *= member.weight);
            other.iter_mut().zip(&*one).for_each(|(other, v)| *other = *v);
            sum.iter_mut().zip(&*one).for_each(|(sum, v)| *sum += v);
        }
        let realised = highest(sum);
        let own = rows.chunks_exact(2 * PHASES).filter_map(|row| row.first_chunk::<PHASES>());
        let available = own.map(|row| highest(row)).sum::<f64>();
        let coincidence = ratio(realised, available);
        if let Some(coincidence) = coincidence {
            let mut by_chance = 0.0;
            for _ in 0..self.vectors {
                sum.fill(0.0);
                for row in rows.chunks_exact(2 * PHASES) {
                    let turned = row.iter().skip(self.draws.below(PHASES));
                    sum.iter_mut().zip(turned).for_each(|(sum, v)| *sum += v);
                }
                by_chance += highest(sum);
            }
            self.chance.take(window, coincidence, by_chance / available, self.vectors);
        }
        self.last.available = available;
        self.last.realised = realised;
        self.last.coincidence = coincidence;
        (self.last.chance, self.last.kappa) = self.chance.kappa(window);
        self.last.take_timing(step, members, rows);
        &self.last
    }
}

/// Whether there is a contributor, each has its channels, and frames come fast enough.
fn check(clock: Clock, channels: usize, members: &[LiveContributor]) -> Result<()> {
    if members.is_empty() {
        return Err(Error::Missing { operation: "live convergence", what: "a contributor" });
    }
    if let Some(bad) = members.iter().map(|m| m.left.max(m.right)).find(|&channel| channel >= channels) {
        let rule = "below the number of channels of a frame";
        return Err(Error::Parameter { name: "channel", rule, value: bad as f64 });
    }
    let rate_hz = clock.rate().as_hz();
    if rate_hz < 50.0 {
        return Err(Error::Parameter { name: "frame rate", rule: "at least 50 Hz", value: rate_hz });
    }
    Ok(())
}

/// A foot that came down, and when it left.
#[derive(Debug, Clone, Copy)]
struct Landing {
    initial: Event,
    terminal: Option<Event>,
}
