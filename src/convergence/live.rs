//! Convergence while the steps arrive: for biofeedback.

use super::coincidence::ratio;
use super::coincidence::{highest, largest_of};
use super::role::{check_channels, check_sign, check_target_phase, check_weight};
use super::{PHASES, Rectification, Role, kappa};
use crate::event::{Contact, Event, EventKind, Side, Sides};
use crate::inference::draw::Draws;
use crate::math::{Vertex, difference, wrap};
use crate::stride::Step;
use crate::{Clock, Error, Real, Result};
use core::f64::consts::TAU;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

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
/// use copeak::event::{Event, EventKind, Method, Side, Sides};
/// use copeak::{Clock, Rate};
/// let clock = Clock::from_zero(Rate::from_hz(200.0)?);
/// let leg = |role| LiveContributor::paired(role, Sides::new(0, 1));
/// let legs = [leg(Role::SupportLeg), leg(Role::SwingLeg)];
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
    chance: RunningChance,
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
        self.chance = RunningChance::default();
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
        normalize(contributors, peaks, rows, self.last.number + 1);
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

// A contributor of a stream.

/// One contributor as channels of a stream's frames, counted from 0.
///
/// Setters do not fail. Invalid settings are reported by the builder of
/// [`LiveConvergence`](super::LiveConvergence::builder).
///
/// ```
/// use copeak::{convergence::{LiveContributor, Role}, event::Sides};
/// // Hip extension velocity of the support leg; channels 0 and 1 are the flexion velocities of the left and the right hip.
/// let hip = LiveContributor::paired(Role::SupportLeg, Sides::new(0, 1)).sign(-1.0);
/// assert_eq!((hip.left, hip.right), (0, Some(1)));
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct LiveContributor {
    /// Its role in a step.
    pub role: Role,
    /// The left channel, or the midline channel.
    pub left: usize,
    /// The right channel; `None` for a midline channel.
    pub right: Option<usize>,
    /// The factor that makes the direction of interest positive.
    pub sign: f64,
    /// The treatment of the channel's sign.
    pub rectification: Rectification,
    /// Its weight.
    pub weight: f64,
    /// The phase by which it should peak after the others, as a fraction of the cycle.
    pub target_phase: f64,
    /// The mean peak by which its drive is divided; `None` for its own over the steps so far.
    pub reference_peak: Option<f64>,
}

impl LiveContributor {
    /// Creates a contributor with a channel for each side.
    pub fn paired(role: Role, channels: Sides<usize>) -> Self {
        Self::from_channels(role, channels.left, Some(channels.right))
    }

    /// Creates a contributor with one midline channel, whose sign is the one for right support.
    pub fn midline(role: Role, channel: usize) -> Self {
        Self::from_channels(role, channel, None)
    }

    fn from_channels(role: Role, left: usize, right: Option<usize>) -> Self {
        Self {
            role,
            left,
            right,
            sign: 1.0,
            rectification: Rectification::Positive,
            weight: 1.0,
            target_phase: 0.0,
            reference_peak: None,
        }
    }

    /// Sets the factor that makes the direction of interest positive: finite and not 0.
    #[must_use]
    pub fn sign(self, sign: f64) -> Self {
        Self { sign, ..self }
    }

    /// Sets how the channel's sign is treated; [`Rectification::Positive`] by default.
    #[must_use]
    pub fn rectification(self, rectification: Rectification) -> Self {
        Self { rectification, ..self }
    }

    /// Sets the weight: finite and at least 0.
    #[must_use]
    pub fn weight(self, weight: f64) -> Self {
        Self { weight, ..self }
    }

    /// Sets the phase by which it should peak after the others, as a fraction of the cycle: finite.
    #[must_use]
    pub fn target_phase(self, target_phase: f64) -> Self {
        Self { target_phase, ..self }
    }

    /// Sets the mean peak by which its drive is divided, from a session measured before; finite and above 0. Use 1 for forces,
    /// which add up without division. By default it is the mean peak over the steps so far.
    #[must_use]
    pub fn reference_peak(self, peak: f64) -> Self {
        Self { reference_peak: Some(peak), ..self }
    }

    /// Checks the settings against frames with this number of channels.
    fn check(&self, channels: usize) -> Result<()> {
        check_channels(&self.role, self.right.is_none())?;
        let last = self.left.max(self.right.unwrap_or(self.left));
        if last >= channels {
            let rule = "below the number of channels of a frame";
            return Err(Error::Parameter { name: "channel", rule, value: last as f64 });
        }
        check_sign(self.sign)?;
        check_weight(self.weight)?;
        check_target_phase(self.target_phase)?;
        match self.reference_peak {
            Some(value) if !(value.is_finite() && value > 0.0) => {
                Err(Error::Parameter { name: "reference peak", rule: "finite and above 0", value })
            }
            _ => Ok(()),
        }
    }

    /// Its channel, and the factor of its samples, in a step with this support side.
    fn channel(&self, support: Side) -> (usize, f64) {
        match (self.role.side(support), self.right) {
            (Some(Side::Right), Some(right)) => (right, self.sign),
            (None, _) if support == Side::Left => (self.left, -self.sign),
            _ => (self.left, self.sign),
        }
    }
}

// Construction of live convergence, and the memory it needs.

/// From half a stride before the middle of a contact to the initial contact that ends its stride.
const LONGEST_S: f64 = 3.0 * STEP_S.1;

/// Builds [`LiveConvergence`]: on the heap or in memory of the caller.
///
/// | setting | default |
/// |---|---|
/// | [`channels`](Self::channels) of a frame | as many as the contributors use |
/// | [`window`](Self::window) of steps for kappa | 10 |
/// | [`offsets`](Self::offsets) for each step | 8 |
/// | [`seed`](Self::seed) | 1 |
#[derive(Debug, Clone)]
pub struct LiveConvergenceBuilder<C> {
    clock: Clock,
    contributors: C,
    channels: Option<usize>,
    #[cfg(feature = "alloc")]
    window: usize,
    offsets: usize,
    seed: u64,
}

impl<C: AsRef<[LiveContributor]>> LiveConvergenceBuilder<C> {
    fn new(clock: Clock, contributors: C) -> Self {
        Self {
            clock,
            contributors,
            channels: None,
            #[cfg(feature = "alloc")]
            window: 10,
            offsets: 8,
            seed: 1,
        }
    }

    /// Sets the number of channels of a frame.
    #[must_use]
    pub fn channels(self, channels: usize) -> Self {
        Self { channels: Some(channels), ..self }
    }

    /// Sets the number of last steps over which kappa is taken, 1 to 10,000. Memory of the caller sets it by its size.
    #[cfg(feature = "alloc")]
    #[must_use]
    pub fn window(self, steps: usize) -> Self {
        Self { window: steps, ..self }
    }

    /// Sets the number of random offset vectors for each step, at most 10,000. Zero leaves chance and kappa out.
    #[must_use]
    pub fn offsets(self, offsets: usize) -> Self {
        Self { offsets, ..self }
    }

    /// Sets the seed of the offset vectors.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// Builds it with memory on the heap.
    ///
    /// # Errors
    /// [`Error::Missing`] without a contributor; [`Error::Undefined`] for a contributor whose role does not match its
    /// channels; [`Error::Parameter`] for a setting outside its range, for a contributor whose channel is not in the frame, and
    /// below 50 frames per second, where a contact has too few of them.
    #[cfg(feature = "alloc")]
    pub fn build(self) -> Result<LiveConvergence<alloc::vec::Vec<f64>, C, alloc::vec::Vec<LiveLag>>> {
        if !(1..=10_000).contains(&self.window) {
            let value = self.window as f64;
            return Err(Error::Parameter { name: "steps", rule: "from 1 to 10000", value });
        }
        self.check()?;
        let memory = alloc::vec![0.0; self.memory(self.window).len()];
        let lags = alloc::vec![LiveLag::default(); self.contributors.as_ref().len()];
        self.build_in(memory, lags)
    }

    /// Builds it in memory of the caller, such as arrays: `memory` as long as [`LiveMemory::len`] returns, with any content,
    /// and a lag for each contributor. Kappa is taken over as many last steps as `memory` has places for.
    ///
    /// ```
    /// use copeak::convergence::{LiveConvergence, LiveContributor, Role, state::LiveMemory};
    /// use copeak::convergence::live::LiveLag;
    /// use copeak::{Clock, Rate, event::Sides};
    /// const PLACES: usize = LiveMemory { rate_hz: 250.0, channels: 4, contributors: 2, steps: 10 }.len();
    /// let leg = |role, left| LiveContributor::paired(role, Sides::new(left, left + 1));
    /// let legs = [leg(Role::SupportLeg, 0), leg(Role::SwingLeg, 2)];
    /// let clock = Clock::from_zero(Rate::from_hz(250.0)?);
    /// let mut live = LiveConvergence::builder(clock, legs).build_in([0.0; PLACES], [LiveLag::default(); 2])?;
    /// live.push(&[0.0f32; 4])?;
    /// # Ok::<(), copeak::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`build`](Self::build); [`Error::TooFew`] for less memory than for one step; [`Error::LengthMismatch`] unless there
    /// are as many lags as contributors.
    pub fn build_in<W, L>(self, memory: W, lags: L) -> Result<LiveConvergence<W, C, L>>
    where
        W: AsRef<[f64]> + AsMut<[f64]>,
        L: AsRef<[LiveLag]> + AsMut<[LiveLag]>,
    {
        self.check()?;
        let operation = "live convergence";
        let (left, right) = (self.contributors.as_ref().len(), lags.as_ref().len());
        if left != right {
            return Err(Error::LengthMismatch { operation, left, right });
        }
        let (needed, got) = (self.memory(1).len(), memory.as_ref().len());
        if got < needed {
            return Err(Error::TooFew { operation, unit: "places of memory", needed, got });
        }
        let ring = Ring::new(self.clock, self.frame_len(), capacity(self.clock.rate().as_hz()));
        let mut live = LiveConvergence {
            ring,
            contributors: self.contributors,
            memory,
            landings: [None, None],
            offsets: self.offsets,
            draws: Draws::new(self.seed),
            seed: self.seed,
            chance: RunningChance::default(),
            last: LiveStep::of(lags),
        };
        live.reset();
        Ok(live)
    }

    /// Channels of a frame.
    fn frame_len(&self) -> usize {
        let last = |c: &LiveContributor| c.left.max(c.right.unwrap_or(c.left));
        let used = self.contributors.as_ref().iter().map(last).max();
        self.channels.unwrap_or(used.map_or(0, |last| last.saturating_add(1)))
    }

    fn memory(&self, steps: usize) -> LiveMemory {
        let contributors = self.contributors.as_ref().len();
        LiveMemory { rate_hz: self.clock.rate().as_hz(), channels: self.frame_len(), contributors, steps }
    }

    fn check(&self) -> Result<()> {
        let contributors = self.contributors.as_ref();
        if contributors.is_empty() {
            return Err(Error::Missing { operation: "live convergence", what: "a contributor" });
        }
        contributors.iter().try_for_each(|contributor| contributor.check(self.frame_len()))?;
        let rate_hz = self.clock.rate().as_hz();
        if rate_hz < 50.0 {
            return Err(Error::Parameter { name: "frame rate", rule: "at least 50 Hz", value: rate_hz });
        }
        if self.offsets > 10_000 {
            let (name, rule) = ("offset vectors", "at most 10000");
            return Err(Error::Parameter { name, rule, value: self.offsets as f64 });
        }
        Ok(())
    }
}

/// Size of the memory of [`LiveConvergence`], in `f64`.
///
/// ```
/// use copeak::convergence::state::LiveMemory;
/// // 250 frames per second of 5 channels, 5 contributors, kappa over 10 steps: 30 kB.
/// const PLACES: usize = LiveMemory { rate_hz: 250.0, channels: 5, contributors: 5, steps: 10 }.len();
/// assert_eq!(8 * PLACES, 29_400);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LiveMemory {
    /// Frames per second.
    pub rate_hz: f64,
    /// Channels of a frame.
    pub channels: usize,
    /// Number of contributors.
    pub contributors: usize,
    /// Last steps over which kappa is taken.
    pub steps: usize,
}

impl LiveMemory {
    /// Returns the number of `f64` needed.
    #[allow(clippy::len_without_is_empty)]
    pub const fn len(self) -> usize {
        let drives = self.contributors * 2 * PHASES + PHASES + self.contributors;
        capacity(self.rate_hz) * self.channels + drives + self.steps
    }
}

/// Frames that are kept.
const fn capacity(rate_hz: f64) -> usize {
    ((LONGEST_S * rate_hz) as usize + 2).next_power_of_two()
}

/// The memory, split by use.
#[derive(Debug)]
struct Memory<'a> {
    frames: &'a mut [f64],
    /// Drives of the step being measured, contributor after contributor, each stored twice in a row.
    rows: &'a mut [f64],
    sum: &'a mut [f64],
    /// Sums of the contributors' peaks over the steps so far.
    peaks: &'a mut [f64],
    /// Coincidence of the last steps.
    window: &'a mut [f64],
}

impl<'a> Memory<'a> {
    fn split(memory: &'a mut [f64], frames: usize, contributors: usize) -> Self {
        let (frames, memory) = split_at_most(memory, frames);
        let (rows, memory) = split_at_most(memory, contributors * 2 * PHASES);
        let (sum, memory) = split_at_most(memory, PHASES);
        let (peaks, window) = split_at_most(memory, contributors);
        Self { frames, rows, sum, peaks, window }
    }
}

fn split_at_most(memory: &mut [f64], n: usize) -> (&mut [f64], &mut [f64]) {
    let n = n.min(memory.len());
    memory.split_at_mut(n)
}

// The result for a step of a stream, and the state kept from the steps before.

/// Time of a contributor's peak relative to all of them.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct LiveLag {
    /// Phase of its peak in the cycle; `None` when its drive does not vary, or the peaks have no mean.
    pub phase: Option<f64>,
    /// Its lag behind the mean of all peaks, in seconds.
    pub lag_s: Option<f64>,
    /// Mean of that lag over the steps so far.
    pub mean_lag_s: f64,
    /// Standard deviation of that lag over the steps so far; 0 below two.
    pub sd_lag_s: f64,
    /// Number of steps so far in which it had a lag.
    pub n: usize,
}

/// One step of a stream. `L` holds the contributors: a `Vec`, or an array where there is no heap.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct LiveStep<L = Heap<LiveLag>> {
    /// Number of measured steps so far, including this one.
    pub number: usize,
    /// Support side.
    pub side: Side,
    /// Initial contact.
    pub start_s: f64,
    /// Length of its cycle, a stride.
    pub cycle_s: f64,
    /// Sum of the contributors' own maxima, A.
    pub available: f64,
    /// Maximum of their sum, P.
    pub realised: f64,
    /// P/A; `None` unless A is above 0.
    pub coincidence: Option<f64>,
    /// Mean coincidence under random offsets over all steps so far.
    pub chance: Option<f64>,
    /// Mean over the last steps of (C - chance)/(1 - chance); `None` when 1 - chance is below 0.02.
    pub kappa: Option<f64>,
    /// Mean cosine of the peaks' phase differences; `None` below two peaks.
    pub simultaneity: Option<f64>,
    /// Circular standard deviation of the peaks in seconds; `None` below two peaks.
    pub spread_s: Option<f64>,
    /// Every contributor, in the order given.
    pub lags: L,
}

impl<L: AsRef<[LiveLag]> + AsMut<[LiveLag]>> LiveStep<L> {
    fn of(lags: L) -> Self {
        Self {
            number: 0,
            side: Side::Left,
            start_s: 0.0,
            cycle_s: 0.0,
            available: 0.0,
            realised: 0.0,
            coincidence: None,
            chance: None,
            kappa: None,
            simultaneity: None,
            spread_s: None,
            lags,
        }
    }

    fn reset(&mut self) {
        self.number = 0;
        self.lags.as_mut().fill(LiveLag::default());
    }

    /// Sets peak phases, spread, simultaneity and lags from the weighted rows.
    fn set_timing(&mut self, step: &Step, contributors: &[LiveContributor], rows: &[f64]) {
        self.number += 1;
        self.side = step.side();
        self.start_s = step.start_s();
        self.cycle_s = step.stride_s;
        let (mut x, mut y, mut weight, mut squares, mut n) = (0.0, 0.0, 0.0, 0.0, 0);
        for ((lag, contributor), row) in
            self.lags.as_mut().iter_mut().zip(contributors).zip(rows.chunks_exact(2 * PHASES))
        {
            lag.phase = row.first_chunk().and_then(peak_phase);
            if let Some(phase) = lag.phase {
                let (sin, cos) = (TAU * phase).sin_cos();
                x += contributor.weight * cos;
                y += contributor.weight * sin;
                weight += contributor.weight;
                squares += contributor.weight * contributor.weight;
                n += 1;
            }
        }
        let resultant = (x.hypot(y) / weight).min(1.0);
        let pairs = weight * weight - squares;
        let several = n >= 2 && pairs > 0.0;
        self.simultaneity = several.then(|| ((weight * resultant).powi(2) - squares) / pairs);
        self.spread_s = several.then(|| step.stride_s * (-2.0 * resultant.ln()).max(0.0).sqrt() / TAU);
        let mean = (several && resultant > 1e-9).then(|| wrap(y.atan2(x) / TAU));
        for lag in self.lags.as_mut() {
            lag.lag_s = lag.phase.zip(mean).map(|(phase, mean)| difference(phase, mean) * step.stride_s);
            if let Some(now) = lag.lag_s {
                // Welford's sums, the variance times the number kept as its root.
                let before = lag.n as f64;
                let off = now - lag.mean_lag_s;
                let squares = lag.sd_lag_s * lag.sd_lag_s * (before - 1.0).max(0.0);
                lag.n += 1;
                lag.mean_lag_s += off / lag.n as f64;
                let squares = squares + off * (now - lag.mean_lag_s);
                lag.sd_lag_s = if lag.n < 2 { 0.0 } else { (squares.max(0.0) / before).sqrt() };
            }
        }
    }
}

/// Phase of the largest value between the phases of the grid; `None` when all are equal.
fn peak_phase(row: &[f64; PHASES]) -> Option<f64> {
    let (at, top) = largest_of(row);
    if row.iter().all(|v| *v == top) {
        return None;
    }
    let at = at % PHASES;
    let (before, after) = (row[(at + PHASES - 1) % PHASES], row[(at + 1) % PHASES]);
    Some(wrap((at as f64 + Vertex::of(before, top, after).shift) / PHASES as f64))
}

/// Adds the peaks of the rows to their `sums` over `steps`, and divides the rows by their reference peaks or by their mean peaks
/// so far; a contributor without a peak above 0 yet is not divided.
fn normalize(contributors: &[LiveContributor], sums: &mut [f64], rows: &mut [f64], steps: usize) {
    for ((sum, contributor), row) in sums.iter_mut().zip(contributors).zip(rows.chunks_exact_mut(2 * PHASES))
    {
        let Some(row) = row.first_chunk_mut::<PHASES>() else { continue };
        *sum += highest(row);
        let mean = contributor.reference_peak.unwrap_or(*sum / steps as f64);
        if mean > 0.0 {
            row.iter_mut().for_each(|v| *v /= mean);
        }
    }
}

/// Chance over all steps and coincidence over the last ones.
#[derive(Debug, Clone, Default)]
struct RunningChance {
    by_chance: f64,
    offsets: usize,
    steps: usize,
}

impl RunningChance {
    fn add(&mut self, window: &mut [f64], coincidence: f64, by_chance: f64, offsets: usize) {
        self.by_chance += by_chance;
        self.offsets += offsets;
        let place = self.steps.checked_rem(window.len()).and_then(|place| window.get_mut(place));
        if let Some(place) = place {
            *place = coincidence;
        }
        self.steps += 1;
    }

    /// Returns the chance level, and kappa of the last steps.
    fn kappa(&self, window: &[f64]) -> (Option<f64>, Option<f64>) {
        let held = self.steps.min(window.len());
        if self.offsets == 0 || held == 0 {
            return (None, None);
        }
        let chance = self.by_chance / self.offsets as f64;
        let coincidence = window.iter().take(held).sum::<f64>() / held as f64;
        (Some(chance), kappa(coincidence, chance))
    }
}

// The last frames of a stream.

/// Places of the frames in memory that is passed with every call.
#[derive(Debug, Clone)]
struct Ring {
    clock: Clock,
    channels: usize,
    /// A power of two, so that a mask gives the place.
    capacity: usize,
    seen: usize,
}

impl Ring {
    fn new(clock: Clock, channels: usize, capacity: usize) -> Self {
        Self { clock, channels, capacity, seen: 0 }
    }

    /// Returns the number of samples of all its frames.
    fn samples(&self) -> usize {
        self.capacity * self.channels
    }

    #[inline]
    fn push<T: Real>(&mut self, memory: &mut [f64], frame: &[T]) -> Result<()> {
        if frame.len() != self.channels {
            let (left, right) = (frame.len(), self.channels);
            return Err(Error::LengthMismatch { operation: "a frame of a stream", left, right });
        }
        let start = (self.seen & (self.capacity - 1)) * self.channels;
        if let Some(place) = memory.get_mut(start..start + self.channels) {
            place.iter_mut().zip(frame).for_each(|(place, x)| *place = x.as_f64());
        }
        self.seen += 1;
        Ok(())
    }

    fn reset(&mut self) {
        self.seen = 0;
    }

    /// Whether the frames around both times are stored.
    fn covers(&self, start_s: f64, end_s: f64) -> bool {
        let oldest = self.seen.saturating_sub(self.capacity) as f64;
        let (first, last) = (self.clock.position(start_s), self.clock.position(end_s));
        first >= oldest && last <= self.seen as f64 - 1.0 && first <= last
    }

    /// Returns the rectified channel at a covered time, linear between samples.
    #[inline]
    fn value_at(&self, memory: &[f64], time_s: f64, channel: usize, rectified: impl Fn(f64) -> f64) -> f64 {
        let position = self.clock.position(time_s).max(0.0);
        let before = (position as usize).min(self.seen.saturating_sub(1));
        let share = position - before as f64;
        let at = |index: usize| {
            let place = (index & (self.capacity - 1)) * self.channels + channel;
            memory.get(place).map_or(f64::NAN, |x| rectified(*x))
        };
        if share == 0.0 || before + 1 >= self.seen {
            return at(before);
        }
        let (a, b) = (at(before), at(before + 1));
        a + share * (b - a)
    }
}
