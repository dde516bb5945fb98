//! Resampling sample by sample.

use super::{Padding, Phase, Resample};
use crate::filter::dot::{Recent, dot};
use crate::samples::Sample;
use crate::{Error, Flush, GroupDelay, Result, Stage};
use core::mem;

/// Where a stream stands. All positions are in `up`-ths of an input sample.
#[derive(Debug, Clone, PartialEq)]
struct Progress<W> {
    recent: Recent<W>,
    /// Where the next output's newest tap falls, counted from the newest input sample.
    next: usize,
    /// Where the record ends, counted likewise, once it has.
    end: Option<usize>,
    started: bool,
}

impl Resample {
    fn begin<W: Sample>(&self) -> Progress<W> {
        Progress { recent: Recent::new(self.longest()), next: self.half + self.up, end: None, started: false }
    }

    /// Most taps of a phase: the first one has them.
    pub(super) fn longest(&self) -> usize {
        self.phases.first().map_or(1, |phase| phase.count)
    }

    /// A state made by another design starts afresh.
    #[inline]
    fn fit<W: Sample>(&self, state: &mut Progress<W>) {
        if state.recent.count() != self.longest() || state.next < self.up {
            *state = self.begin();
        }
    }

    #[inline]
    fn take<W: Sample>(&self, state: &mut Progress<W>, x: W) {
        if !mem::replace(&mut state.started, true) && self.edge == Padding::Repeat {
            state.recent.fill(x);
        }
        state.recent.push(x);
        state.next -= self.up;
    }

    /// The next output, when the newest input sample is all it still waited for.
    #[inline]
    fn ready<W: Sample<Wide = W>>(&self, state: &mut Progress<W>) -> Option<W> {
        let Phase { start, count, .. } = *self.phases.get(state.next)?;
        state.next += self.down;
        Some(dot(&self.taps[start..start + count], state.recent.last(count)))
    }

    /// The next output after the last input sample.
    fn rest_of<W: Sample<Wide = W>>(&self, state: &mut Progress<W>) -> Option<W> {
        if !state.started {
            return None;
        }
        let mut end = *state.end.get_or_insert(self.half + self.up);
        while state.next < end {
            if let Some(y) = self.ready(state) {
                return Some(y);
            }
            let beyond = if self.edge == Padding::Repeat { state.recent.newest() } else { W::ZERO };
            self.take(state, beyond);
            end -= self.up;
            state.end = Some(end);
        }
        None
    }

    /// Whether the ends can be known sample by sample.
    fn streams(&self) -> Result<()> {
        match self.edge {
            Padding::Zero | Padding::Repeat => Ok(()),
            _ => Err(Error::Undefined {
                quantity: "resampling sample by sample",
                reason: "what lies beyond the ends is known only from the whole record",
            }),
        }
    }

    /// How long an output waits for the samples after its own time, in input samples: half the filter.
    pub fn wait_samples(&self) -> f64 {
        self.half as f64 / self.up as f64
    }

    /// The streaming form, for any ratio.
    ///
    /// # Errors
    /// [`Error::Undefined`] for an edge other than [`Padding::Zero`] and [`Padding::Repeat`].
    pub fn live<X: Sample>(self) -> Result<Resampler<X>> {
        self.streams()?;
        let progress = self.begin();
        Ok(Resampler { design: self, progress })
    }

    /// The streaming form as a [`Stage`], for rates that do not rise: at most one output for each input.
    ///
    /// # Errors
    /// [`Error::Parameter`] when `up` is above `down`; as [`Resample::live`].
    pub fn downsample(self) -> Result<Downsample> {
        if self.up > self.down {
            let rule = "at most down, for one output at most per input";
            return Err(Error::Parameter { name: "up", rule, value: self.up as f64 });
        }
        self.streams()?;
        Ok(Downsample { design: self })
    }
}

/// A [`Resample`] with its memory: samples go in one by one, and 0, 1 or more come out for each.
///
/// What comes out in all, with [`Resampler::flush`], is bit for bit [`Resample::apply`]; each output comes
/// [`Resample::wait_samples`] input samples after its own time.
///
/// # Real-time considerations
/// No call allocates. An input costs its outputs: `up/down` sums of `20 max(up, down)/up` products on average, at most
/// `up/down` rounded up.
///
/// ```
/// use copeak::filter::Resample;
/// let twice = Resample::new(2, 1)?;
/// let x = [1.0, 3.0, 2.0, 5.0];
/// let (batch, mut live, mut out) = (twice.apply(&x)?, twice.live()?, vec![]);
/// x.into_iter().for_each(|x| live.push(x, |y| out.push(y)));
/// live.flush(|y| out.push(y));
/// assert_eq!(out, batch);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Resampler<X: Sample> {
    design: Resample,
    progress: Progress<X::Wide>,
}

impl<X: Sample> Resampler<X> {
    /// The design.
    pub fn design(&self) -> &Resample {
        &self.design
    }

    /// Feed one sample; each output that is now complete goes to `each`.
    #[inline]
    pub fn push(&mut self, x: X, mut each: impl FnMut(X)) {
        self.design.take(&mut self.progress, x.widen());
        while let Some(y) = self.design.ready(&mut self.progress) {
            each(X::narrow(y));
        }
    }

    /// The input has ended: the outputs that waited for more go to `each`, and the memory is as new.
    pub fn flush(&mut self, mut each: impl FnMut(X)) {
        while let Some(y) = self.design.rest_of(&mut self.progress) {
            each(X::narrow(y));
        }
        self.progress = self.design.begin();
    }
}

/// A [`Resample`] to a rate that is not higher, as a [`Stage`]; made by [`Resample::downsample`].
///
/// An output comes out as `Some` with the input sample that completes it; with [`Flush`], [`crate::stage::Collect`] of it
/// is bit for bit [`Resample::apply`]. [`GroupDelay`] counts in input samples.
///
/// ```
/// use copeak::{Analysis, GroupDelay, filter::Resample, stage::Collect};
/// let half = Resample::new(1, 2)?;
/// let x: Vec<f64> = (0..100).map(|i| (i as f64 * 0.1).sin()).collect();
/// let live = half.clone().downsample()?;
/// assert_eq!(live.group_delay(0.0), 20.0);
/// assert_eq!(Collect(live).analyze(&x)?, half.apply(&x)?);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Downsample {
    design: Resample,
}

/// What a [`Downsample`] remembers.
#[derive(Debug, Clone, PartialEq)]
pub struct DownsampleState<W>(Progress<W>);

impl Downsample {
    /// The design.
    pub fn design(&self) -> &Resample {
        &self.design
    }
}
impl crate::StageExt for Downsample {}

impl<X: Sample> Stage<X> for Downsample {
    type Output = Option<X>;
    type State = DownsampleState<X::Wide>;

    fn initial_state(&self) -> Self::State {
        DownsampleState(self.design.begin())
    }

    #[inline]
    fn process(&self, state: &mut Self::State, x: X) -> Option<X> {
        self.design.fit(&mut state.0);
        self.design.take(&mut state.0, x.widen());
        self.design.ready(&mut state.0).map(X::narrow)
    }
}

impl<X: Sample> Flush<X> for Downsample {
    fn flush(&self, state: &mut Self::State) -> Option<Option<X>> {
        self.design.fit(&mut state.0);
        self.design.rest_of(&mut state.0).map(|y| Some(X::narrow(y)))
    }
}

/// What it waits for, in input samples.
impl GroupDelay for Downsample {
    fn group_delay(&self, _frequency: f64) -> f64 {
        self.design.wait_samples()
    }
}
