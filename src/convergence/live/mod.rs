//! Convergence as the steps come: for biofeedback.

mod member;
mod ring;
mod step;

pub use member::LiveMember;
pub use step::{LiveLag, LiveStep};

use super::PHASES;
use super::drives::highest;
use crate::event::{Contact, Event, EventKind};
use crate::inference::draw::Draws;
use crate::stride::Step;
use crate::{Clock, Error, Real, Result};
use alloc::{vec, vec::Vec};
use ring::Ring;

/// Contact, step and stride times that are taken for a runner's, as in [`crate::stride::Acceptance`].
const CONTACT_S: (f64, f64) = (0.07, 0.40);
const STEP_S: (f64, f64) = (0.15, 0.60);
/// Below this room between chance and 1 kappa is not defined.
const LEAST_ROOM: f64 = 0.02;

/// Coincidence, kappa, peak spread and lags, step by step, while the runner runs.
///
/// Push every frame (all channels at one instant, causally filtered or not at all), and every landing and
/// take-off ([`LiveConvergence::event`]). A step's cycle is the stride-long one of [`super::CycleKind::Stride`]; its stride is over,
/// and so the step measured, when the same foot lands again: one step after its own end. What comes out is what
/// [`super::Cycles`] and [`super::Drives`] find in the recording, with two differences:
///
/// - Drives are divided by the mean peak of the steps so far, unless a contributor has a reference peak.
/// - Peak phases are those of the maximum on the phase grid, by a parabola between phases: the prominence rule needs the
///   whole recording.
///
/// Chance is the mean over a few random offset vectors of each step and over all steps so far ([`LiveStep::kappa`]).
///
/// # Real-time considerations
/// Nothing is allocated after [`LiveConvergence::new`]. A frame costs a copy of its channels. A landing costs contributors x
/// 100 interpolations, and as many additions for each offset vector: for 16 contributors some microseconds, once a step.
///
/// ```
/// use copeak::convergence::{LiveConvergence, LiveMember, Role};
/// use copeak::event::{Event, EventKind, Method, Side};
/// use copeak::{Clock, Rate};
/// let clock = Clock::from_zero(Rate::hz(200.0)?);
/// let legs = [LiveMember::paired(Role::SupportLeg, 0, 1)?, LiveMember::paired(Role::SwingLeg, 0, 1)?];
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
pub struct LiveConvergence {
    ring: Ring,
    members: Vec<LiveMember>,
    /// The last two, the older one first.
    landings: [Option<Landing>; 2],
    vectors: usize,
    draws: Draws,
    seed: u64,
    /// Drives of the step being measured, contributor after contributor, each laid down twice.
    rows: Vec<f64>,
    sum: Vec<f64>,
    peaks: step::Peaks,
    chance: step::Chance,
    last: LiveStep,
}

impl LiveConvergence {
    /// For frames of so many channels taken on `clock`: 8 offset vectors a step, kappa over the last 10 steps, seed 1.
    ///
    /// # Errors
    /// [`Error::Missing`] without a contributor; [`Error::Parameter`] for a contributor whose channel is not there, and
    /// below 50 frames a second, where a contact has too few of them.
    pub fn new(clock: Clock, channels: usize, members: &[LiveMember]) -> Result<Self> {
        let operation = "live convergence";
        if members.is_empty() {
            return Err(Error::Missing { operation, what: "a contributor" });
        }
        if let Some(bad) = members.iter().map(|m| m.left.max(m.right)).find(|&channel| channel >= channels) {
            let rule = "below the number of channels of a frame";
            return Err(Error::Parameter { name: "channel", rule, value: bad as f64 });
        }
        let rate_hz = clock.rate().as_hz();
        if rate_hz < 50.0 {
            return Err(Error::Parameter { name: "frame rate", rule: "at least 50 Hz", value: rate_hz });
        }
        let k = members.len();
        // From half a stride before a contact's middle to the landing that ends its stride.
        let longest_s = 3.0 * STEP_S.1;
        Ok(Self {
            ring: Ring::new(clock, channels, (longest_s * rate_hz) as usize + 2),
            members: members.to_vec(),
            landings: [None, None],
            vectors: 8,
            draws: Draws::new(1),
            seed: 1,
            rows: vec![0.0; k * 2 * PHASES],
            sum: vec![0.0; PHASES],
            peaks: step::Peaks::new(k),
            chance: step::Chance::new(10),
            last: LiveStep::of(k),
        })
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

    /// With kappa over another number of last steps.
    ///
    /// # Errors
    /// [`Error::Parameter`] below 1 and above 10,000.
    pub fn with_window(self, steps: usize) -> Result<Self> {
        if (1..=10_000).contains(&steps) {
            return Ok(Self { chance: step::Chance::new(steps), ..self });
        }
        Err(Error::Parameter { name: "steps", rule: "from 1 to 10000", value: steps as f64 })
    }

    /// With another seed for the offset vectors.
    #[must_use]
    pub fn with_seed(self, seed: u64) -> Self {
        Self { seed, draws: Draws::new(seed), ..self }
    }

    /// Takes up one frame, of samples in either precision.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] for another number of channels.
    #[inline]
    pub fn push<T: Real>(&mut self, frame: &[T]) -> Result<()> {
        self.ring.push(frame)
    }

    /// Takes up a landing or a take-off, its time on the clock of the frames; at a landing gives the step before last, whose
    /// stride it ends, when that can be measured.
    ///
    /// It cannot when sides do not alternate, when contact, step or stride are no runner's, when a frame within the cycle is
    /// gone or not there yet, or when a sample in it is not finite.
    pub fn event(&mut self, event: Event) -> Option<&LiveStep> {
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
    pub fn last(&self) -> Option<&LiveStep> {
        (self.last.number > 0).then_some(&self.last)
    }

    /// Forgets all frames and steps, as before the first.
    pub fn reset(&mut self) {
        self.ring.reset();
        self.landings = [None, None];
        self.draws = Draws::new(self.seed);
        self.peaks.reset();
        self.chance.reset();
        self.last.reset();
    }

    /// Puts the drives of the step's cycle in the rows; false when they are not all there.
    fn cut(&mut self, step: &Step) -> bool {
        let (window, side) = (step.stride_cycle(), step.side());
        if !self.ring.covers(window.start_s, window.end_s) {
            return false;
        }
        let mut sound = true;
        for (member, row) in self.members.iter().zip(self.rows.chunks_exact_mut(2 * PHASES)) {
            let (channel, sign) = member.channel(side);
            for (m, value) in row[..PHASES].iter_mut().enumerate() {
                let phase = crate::synchrony::wrap(m as f64 / PHASES as f64 + member.target_phase);
                let time_s = window.start_s + phase * window.duration_s();
                *value = self.ring.value_at(time_s, channel, |x| member.shaped(sign * x));
                sound &= value.is_finite();
            }
        }
        sound
    }

    fn measure(&mut self, step: &Step) -> &LiveStep {
        self.peaks.scale(&self.members, &mut self.rows);
        self.sum.fill(0.0);
        for (member, row) in self.members.iter().zip(self.rows.chunks_exact_mut(2 * PHASES)) {
            let (one, other) = row.split_at_mut(PHASES);
            one.iter_mut().for_each(|v| *v *= member.weight);
            other.copy_from_slice(one);
            self.sum.iter_mut().zip(&*one).for_each(|(sum, v)| *sum += v);
        }
        let realised = highest(&self.sum);
        let available = self.rows.chunks_exact(2 * PHASES).map(|row| highest(&row[..PHASES])).sum::<f64>();
        let coincidence = super::drives::ratio(realised, available);
        if let Some(coincidence) = coincidence {
            let mut by_chance = 0.0;
            for _ in 0..self.vectors {
                self.sum.fill(0.0);
                for row in self.rows.chunks_exact(2 * PHASES) {
                    let turned = &row[self.draws.below(PHASES)..][..PHASES];
                    self.sum.iter_mut().zip(turned).for_each(|(sum, v)| *sum += v);
                }
                by_chance += highest(&self.sum);
            }
            self.chance.take(coincidence, by_chance / available, self.vectors);
        }
        self.last.available = available;
        self.last.realised = realised;
        self.last.coincidence = coincidence;
        (self.last.chance, self.last.kappa) = self.chance.kappa();
        self.last.take_timing(step, &self.members, &self.rows);
        &self.last
    }
}

/// A foot that came down, and when it left.
#[derive(Debug, Clone, Copy)]
struct Landing {
    initial: Event,
    terminal: Option<Event>,
}
