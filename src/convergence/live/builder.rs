//! Construction of live convergence, and the memory it needs.

use super::super::PHASES;
use super::ring::Ring;
use super::{LiveContributor, LiveConvergence, LiveLag, LiveStep, STEP_S};
use crate::inference::draw::Draws;
use crate::{Clock, Error, Result};

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
    pub(super) fn new(clock: Clock, contributors: C) -> Self {
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
    /// use copeak::convergence::{LiveConvergence, LiveContributor, LiveLag, Role, state::LiveMemory};
    /// use copeak::{Clock, Rate};
    /// const PLACES: usize = LiveMemory { rate_hz: 250.0, channels: 4, contributors: 2, steps: 10 }.len();
    /// let legs = [LiveContributor::paired(Role::SupportLeg, 0, 1), LiveContributor::paired(Role::SwingLeg, 2, 3)];
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
            chance: super::step::RunningChance::default(),
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
pub(super) struct Memory<'a> {
    pub(super) frames: &'a mut [f64],
    /// Drives of the step being measured, contributor after contributor, each stored twice in a row.
    pub(super) rows: &'a mut [f64],
    pub(super) sum: &'a mut [f64],
    /// Sums of the contributors' peaks over the steps so far.
    pub(super) peaks: &'a mut [f64],
    /// Coincidence of the last steps.
    pub(super) window: &'a mut [f64],
}

impl<'a> Memory<'a> {
    pub(super) fn split(memory: &'a mut [f64], frames: usize, contributors: usize) -> Self {
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
