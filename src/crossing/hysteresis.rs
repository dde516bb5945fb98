//! Crossings of a level with hysteresis, sample by sample.

#[cfg(all(test, feature = "alloc"))]
mod tests;

use super::{Crossing, Direction};
#[cfg(feature = "alloc")]
use crate::Samples;
use crate::{Error, Flush, Real, Result, Stage};
#[cfg(feature = "alloc")]
use alloc::vec::Vec;

/// Samples that the state keeps: enough for a line over +/- 30 samples and both neighbours.
const RECENT: usize = 64;
/// Samples before a crossing, in addition to the line's, that its shape is read from.
const KEPT: usize = 5;
/// Most samples on each side of a crossing that the line may take.
const MOST_HALF_WIDTH: f64 = 30.0;
/// Samples that are scanned together.
const BLOCK: usize = 32;
/// Samples of a block that are compared in parallel.
const LANES: usize = 8;

/// A switch with two levels (Schmitt trigger): high from `on` upward, low again below `off`.
///
/// As a [`Stage`] it emits each [`Crossing`] once the phase after it has lasted its minimum: a high phase shorter than
/// [`Hysteresis::min_high`] (both crossings interpolated) is no high phase, a low phase shorter than
/// [`Hysteresis::min_low`] does not interrupt the high one. Nothing is extrapolated: before the first
/// sample that lies at `on` or above, or below `off`, the phase is unknown, and a NaN or infinite sample makes it
/// unknown again, so a record that starts high has no upward crossing. At the end of the record (`flush`), and at
/// a gap, a pending low phase counts however short it is, and a high one only if it has reached its minimum.
///
/// # Real-time considerations
/// No allocation, constant cost per sample except for a line fit over at most 61 samples at each crossing. A crossing
/// is emitted when its minimum duration and [`Hysteresis::half_width`] samples after it have passed. Positions count
/// samples from the first: a `usize` of 32 bits lasts 49 days at 1000 Hz.
///
/// ```
/// use copeak::{StageExt, crossing::{Direction, Hysteresis}};
/// let mut live = Hysteresis::new(50.0, 20.0)?.stream();
/// let force = [0.0, 0.0, 100.0, 200.0, 180.0, 40.0, 0.0, 0.0, 0.0];
/// let found: Vec<_> = force.iter().filter_map(|&x| live.push(x)).collect();
/// assert_eq!(found[0].direction, Direction::Up);
/// assert_eq!(found[0].position, 1.5);
/// assert_eq!(found[1].direction, Direction::Down);
/// assert_eq!(found[1].position, 5.5);
/// # Ok::<(), copeak::Error>(())
/// ```
#[doc(alias = "schmitt trigger")]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hysteresis {
    on: f64,
    off: f64,
    min_high: f64,
    min_low: f64,
    half_width: f64,
}

impl Hysteresis {
    /// Builds a switch that is high from `on` and low below `off`, without minimum durations, with slopes over three samples.
    ///
    /// # Errors
    /// [`Error::Parameter`] when a level is not finite or `off` lies above `on`.
    pub fn new(on: f64, off: f64) -> Result<Self> {
        for (name, value) in [("upper level", on), ("lower level", off)] {
            if !value.is_finite() {
                return Err(Error::Parameter { name, rule: "finite", value });
            }
        }
        if off > on {
            return Err(Error::Parameter { name: "lower level", rule: "at most the upper one", value: off });
        }
        Ok(Self { on, off, min_high: 0.0, min_low: 0.0, half_width: 0.0 })
    }

    /// Sets the shortest high phase in samples, which need not be whole; negative values and NaN are taken as 0.
    #[must_use]
    pub fn min_high(self, samples: f64) -> Self {
        Self { min_high: samples.max(0.0), ..self }
    }

    /// Sets the shortest low phase in samples, which need not be whole; negative values and NaN are taken as 0.
    #[must_use]
    pub fn min_low(self, samples: f64) -> Self {
        Self { min_low: samples.max(0.0), ..self }
    }

    /// Sets the largest distance in samples from the crossing to the samples that [`Crossing::slope`] is fitted to. The line takes at
    /// least three samples, and at most 30 on each side.
    #[must_use]
    pub fn half_width(self, samples: f64) -> Self {
        Self { half_width: if samples > 0.0 { samples.min(MOST_HALF_WIDTH) } else { 0.0 }, ..self }
    }

    /// Returns the upper level.
    #[inline]
    pub fn on(&self) -> f64 {
        self.on
    }

    /// Returns the lower level.
    #[inline]
    pub fn off(&self) -> f64 {
        self.off
    }

    /// Builds the crossing of the level between the newest sample and the one before it.
    fn candidate<T: Real>(&self, state: &HysteresisState<T>, direction: Direction) -> Candidate {
        let after = state.seen - 1;
        let (x, y) = (state.recall(after - 1), state.recall(after));
        let level = if direction == Direction::Up { self.on } else { self.off };
        // The sample before lies on the other side of the level, so the fraction is in [0, 1].
        let fraction = (level - x) / (y - x);
        Candidate {
            direction,
            position: (after - 1) as f64 + fraction,
            after,
            before: x,
            beyond: y,
            shape: None,
        }
    }

    /// Measures slope and bend of a candidate from the samples that are there.
    fn shape<T: Real>(&self, state: &HysteresisState<T>, candidate: &Candidate) -> (f64, f64) {
        let (first, last) = (state.oldest(), state.seen - 1);
        let after = candidate.after;
        let before = after - 1;
        // A float below 0 becomes 0 as an index. (Not `clamp`: it would link a panic into firmware.)
        let low = whole_above(candidate.position - self.half_width).max(first).min(before);
        let high = ((candidate.position + self.half_width) as usize).max(after).min(last);
        let (low, high) = if high - low >= 2 {
            (low, high)
        } else {
            let near_before = candidate.position - (before as f64) < 0.5;
            match (before > first, after < last) {
                (true, false) => (before - 1, after),
                (false, true) => (before, after + 1),
                (true, true) if near_before => (before - 1, after),
                (true, true) => (before, after + 1),
                (false, false) => (before, after),
            }
        };
        let rise = state.recall(after) - state.recall(before);
        let middle = 0.5 * (low + high) as f64;
        let (mut sxy, mut sxx) = (0.0, 0.0);
        for k in low..=high {
            let d = k as f64 - middle;
            sxy += d * state.recall(k);
            sxx += d * d;
        }
        let slope = sxy / sxx;
        // A line with a slope opposite to the crossing comes from noise: then only the two samples count.
        let slope = if slope * rise > 0.0 { slope } else { rise };
        let second = |k: usize| {
            if k > first && k < last {
                (state.recall(k - 1) - 2.0 * state.recall(k) + state.recall(k + 1)).abs()
            } else {
                0.0
            }
        };
        (slope, second(before).max(second(after)))
    }

    /// Turns the candidate into a result.
    fn emit<T: Real>(&self, state: &HysteresisState<T>, candidate: Candidate) -> Crossing {
        let Candidate { direction, position, before, beyond, .. } = candidate;
        let (slope, bend) = candidate.shape.unwrap_or_else(|| self.shape(state, &candidate));
        Crossing { direction, position, before, after: beyond, slope, bend, stretch: state.stretch }
    }

    fn minimum(&self, direction: Direction) -> f64 {
        if direction == Direction::Up { self.min_high } else { self.min_low }
    }

    /// Resolves the pending candidate at a gap or at the end of the record.
    fn take_pending<T: Real>(&self, state: &mut HysteresisState<T>) -> Option<Crossing> {
        let candidate = state.pending.take()?;
        let lasted = (state.seen - 1) as f64 - candidate.position >= self.minimum(candidate.direction);
        (candidate.direction == Direction::Down || lasted).then(|| self.emit(state, candidate))
    }
}

/// The smallest index not below a position; 0 below 0.
#[inline]
fn whole_above(position: f64) -> usize {
    let below = position as usize;
    below + usize::from(position > below as f64)
}

/// State of [`Hysteresis`] as a stage.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HysteresisState<T> {
    /// Number of samples processed.
    seen: usize,
    /// Index of the first sample of the present stretch.
    start: usize,
    stretch: usize,
    /// Whether the switch is on; `None` while that is unknown.
    high: Option<bool>,
    pending: Option<Candidate>,
    recent: [T; RECENT],
}

/// A crossing whose phase has not lasted its minimum yet.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Candidate {
    direction: Direction,
    position: f64,
    /// Index of the sample after the crossing.
    after: usize,
    /// The two samples around it.
    before: f64,
    beyond: f64,
    /// Slope and bend, measured as soon as the samples they need are there, before those are overwritten.
    shape: Option<(f64, f64)>,
}

impl<T: Real> HysteresisState<T> {
    #[inline]
    fn recall(&self, index: usize) -> f64 {
        self.recent[index % RECENT].as_f64()
    }

    /// Index of the oldest sample of this stretch that is still kept.
    fn oldest(&self) -> usize {
        self.start.max(self.seen.saturating_sub(RECENT))
    }
}

impl crate::StageExt for Hysteresis {}

impl<T: Real> Stage<T> for Hysteresis {
    type Output = Option<Crossing>;
    type State = HysteresisState<T>;

    fn initial_state(&self) -> HysteresisState<T> {
        HysteresisState {
            seen: 0,
            start: 0,
            stretch: 0,
            high: None,
            pending: None,
            recent: [T::ZERO; RECENT],
        }
    }

    #[inline]
    fn process(&self, state: &mut HysteresisState<T>, x: T) -> Option<Crossing> {
        if !x.is_finite() {
            let flushed = if state.seen > state.start { self.take_pending(state) } else { None };
            if state.seen > state.start {
                state.stretch += 1;
            }
            state.seen += 1;
            state.start = state.seen;
            state.high = None;
            return flushed;
        }
        state.recent[state.seen % RECENT] = x;
        state.seen += 1;
        let value = x.as_f64();
        let mut out = None;
        match state.high {
            None if value >= self.on => state.high = Some(true),
            None if value < self.off => state.high = Some(false),
            Some(true) if value < self.off => out = self.turn(state, Direction::Down),
            Some(false) if value >= self.on => out = self.turn(state, Direction::Up),
            _ => {}
        }
        out.or_else(|| self.ripen(state))
    }
}

impl Hysteresis {
    /// Switches: emits a pending crossing that lasted; drops one that did not, together with the turn that undoes it.
    fn turn<T: Real>(&self, state: &mut HysteresisState<T>, direction: Direction) -> Option<Crossing> {
        state.high = Some(direction == Direction::Up);
        let next = self.candidate(state, direction);
        match state.pending.take() {
            Some(last) if next.position - last.position < self.minimum(last.direction) => None,
            Some(last) => {
                state.pending = Some(next);
                Some(self.emit(state, last))
            }
            None => {
                state.pending = Some(next);
                None
            }
        }
    }

    /// Emits a pending crossing once it has lasted and the samples that its shape needs are there.
    #[inline]
    fn ripen<T: Real>(&self, state: &mut HysteresisState<T>) -> Option<Crossing> {
        let mut candidate = state.pending?;
        let newest = state.seen - 1;
        let since = newest as f64 - candidate.position;
        if candidate.shape.is_none() {
            if newest <= candidate.after || since < self.half_width {
                return None;
            }
            candidate.shape = Some(self.shape(state, &candidate));
        }
        if since >= self.minimum(candidate.direction) {
            state.pending = None;
            Some(self.emit(state, candidate))
        } else {
            state.pending = Some(candidate);
            None
        }
    }
}

impl<T: Real> Flush<T> for Hysteresis {
    fn flush(&self, state: &mut HysteresisState<T>) -> Option<Option<Crossing>> {
        if state.seen > state.start { self.take_pending(state).map(Some) } else { None }
    }
}

impl Hysteresis {
    /// Processes a block of samples: the same crossings as sample by sample, several times faster, because stretches in
    /// which nothing can turn are only scanned.
    ///
    /// ```
    /// use copeak::{Stage, crossing::Hysteresis};
    /// let switch = Hysteresis::new(50.0, 20.0)?;
    /// let force: Vec<f64> = (0..1000).map(|i| 100.0 * (f64::from(i) / 30.0).sin()).collect();
    /// let mut state = Stage::<f64>::initial_state(&switch);
    /// let mut found = vec![];
    /// for block in force.chunks(256) {
    ///     switch.scan(&mut state, block, |crossing| found.push(crossing.position));
    /// }
    /// assert_eq!(found.len(), 11);
    /// # Ok::<(), copeak::Error>(())
    /// ```
    pub fn scan<T: Real>(&self, state: &mut HysteresisState<T>, block: &[T], each: impl FnMut(Crossing)) {
        self.scan_gaps(state, block, each, |_, _| {});
    }

    /// As [`Hysteresis::scan`]; also reports each sample that is not finite, by its index in the block.
    pub(crate) fn scan_gaps<T: Real>(
        &self,
        state: &mut HysteresisState<T>,
        block: &[T],
        mut each: impl FnMut(Crossing),
        mut gap: impl FnMut(usize, T),
    ) {
        let mut i = 0;
        while i < block.len() {
            let calm = self.calm(state, &block[i..]);
            state.skip(&block[i..i + calm], self.half_width as usize + KEPT);
            i += calm;
            // A crossing that has lasted meanwhile comes out before the next turn, or at the block's end.
            if calm > 0 {
                if let Some(crossing) = self.ripen(state) {
                    each(crossing);
                }
            }
            let Some(&x) = block.get(i) else { break };
            if !x.is_finite() {
                gap(i, x);
            }
            if let Some(crossing) = self.process(state, x) {
                each(crossing);
            }
            i += 1;
        }
    }

    /// Finds all crossings of a record, in reused memory: those of [`Hysteresis::scan`], and those of the flush at the end.
    #[cfg(feature = "alloc")]
    pub fn find_into<S>(&self, samples: &S, crossings: &mut Vec<Crossing>)
    where
        S: Samples + ?Sized,
        S::Item: Real,
    {
        crossings.clear();
        let mut state = self.initial_state();
        match samples.as_slice() {
            Some(slice) => self.scan(&mut state, slice, |c| crossings.push(c)),
            None => crossings.extend(samples.iter_samples().filter_map(|x| self.process(&mut state, x))),
        }
        crossings.extend(self.flush(&mut state).flatten());
    }

    /// Counts the next samples that cannot turn the switch, up to where the shape of the pending crossing is known.
    #[inline]
    fn calm<T: Real>(&self, state: &HysteresisState<T>, rest: &[T]) -> usize {
        let Some(high) = state.high else { return 0 };
        let rest = match &state.pending {
            // The samples that a shape needs must not be skipped.
            Some(candidate) if candidate.shape.is_none() => {
                let due = whole_above(candidate.position + self.half_width).max(candidate.after + 1);
                &rest[..due.saturating_sub(state.seen).min(rest.len())]
            }
            _ => rest,
        };
        if high { count_at_least(rest, self.off) } else { count_below(rest, self.on) }
    }
}

impl<T: Real> HysteresisState<T> {
    /// Advances by these samples and keeps the last `kept` of them.
    #[inline]
    fn skip(&mut self, calm: &[T], kept: usize) {
        let first = calm.len().saturating_sub(kept);
        for (i, x) in calm.iter().enumerate().skip(first) {
            self.recent[(self.seen + i) % RECENT] = *x;
        }
        self.seen += calm.len();
    }
}

/// Counts the samples from the first on that are finite and not below `level`.
#[inline]
fn count_at_least<T: Real>(x: &[T], level: f64) -> usize {
    // The sign of the difference: set where a sample lies below.
    run(x, |x| (x - level).to_bits(), |x| x >= level)
}

/// Counts the samples from the first on that are finite and below `level`.
#[inline]
pub(crate) fn count_below<T: Real>(x: &[T], level: f64) -> usize {
    run(x, |x| !(x - level).to_bits(), |x| x < level)
}

/// Scans block after block without a branch or a comparison inside one, so that the compiler processes several samples at
/// once: `turns` has its highest bit set where `calm` does not hold, and a sum that is not finite contains such a sample
/// (or overflows, and then the check sample by sample decides).
#[inline(always)]
fn run<T: Real>(x: &[T], turns: impl Fn(f64) -> u64 + Copy, calm: impl Fn(f64) -> bool) -> usize {
    let long = x.chunks_exact(BLOCK).take_while(|block| still(block, turns)).count() * BLOCK;
    let rows = x[long..].chunks_exact(LANES).take_while(|row| still(row, turns)).count() * LANES;
    let mut passed = long + rows;
    while passed < x.len() && calm(x[passed].as_f64()) && x[passed].is_finite() {
        passed += 1;
    }
    passed
}

/// Returns whether nothing turns in a block of complete rows.
#[inline(always)]
fn still<T: Real>(block: &[T], turns: impl Fn(f64) -> u64) -> bool {
    let (mut turned, mut sum) = ([0_u64; LANES], [0.0; LANES]);
    for row in block.chunks_exact(LANES) {
        for lane in 0..LANES {
            let x = row[lane].as_f64();
            turned[lane] |= turns(x);
            sum[lane] += x;
        }
    }
    turned.iter().fold(0, |all, t| all | t) >> 63 == 0 && sum.iter().sum::<f64>().is_finite()
}
