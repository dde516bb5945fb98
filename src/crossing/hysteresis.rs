//! Crossings of a level with hysteresis, sample by sample.

mod scan;
#[cfg(all(test, feature = "alloc"))]
mod tests;

use super::{Crossing, Direction};
use crate::{Error, Flush, Real, Result, Stage};

/// Samples that the detector remembers: enough for a line over +/- 30 samples and both neighbours.
const RECENT: usize = 64;
/// Most samples on each side of a crossing that the line may take.
const MOST_HALF_WIDTH: f64 = 30.0;

/// A switch with two levels (Schmitt trigger): high from `on` upward, low again below `off`.
///
/// As a [`Stage`] it emits each [`Crossing`] once it has lasted: a high phase shorter than
/// [`Hysteresis::min_high`] (both crossings interpolated) is no high phase, a low phase shorter than
/// [`Hysteresis::min_low`] does not interrupt the high one. What is not known is not invented: before the first
/// sample that lies at `on` or above, or below `off`, the phase is unknown, and a NaN or infinite sample makes it
/// unknown again, so a record that starts high has no upward crossing. At the end of the record (`flush`), and at
/// a gap, a low phase that has not yet lasted counts and a high one does not.
///
/// # Real-time considerations
/// No allocation, constant cost per sample but for a line fit over at most 61 samples at each crossing. A crossing
/// comes out when its minimum duration and the samples after it, as many as [`Hysteresis::half_width`], have
/// passed. Positions count samples from the first: a `usize` of 32 bits lasts 49 days at 1000 Hz.
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
    /// High from `on`, low below `off`, without minimum durations, line over three samples.
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

    /// Shortest high phase in samples.
    ///
    /// # Errors
    /// [`Error::Parameter`] when it is negative or not finite.
    pub fn min_high(self, samples: f64) -> Result<Self> {
        Ok(Self { min_high: duration("shortest high phase", samples)?, ..self })
    }

    /// Shortest low phase in samples.
    ///
    /// # Errors
    /// [`Error::Parameter`] when it is negative or not finite.
    pub fn min_low(self, samples: f64) -> Result<Self> {
        Ok(Self { min_low: duration("shortest low phase", samples)?, ..self })
    }

    /// How far the samples for [`Crossing::slope`] may lie from the crossing, in samples; three samples at least,
    /// and 30 on each side at most.
    ///
    /// # Errors
    /// [`Error::Parameter`] when it is negative or not finite.
    pub fn half_width(self, samples: f64) -> Result<Self> {
        let half_width = duration("half width of the line", samples)?.min(MOST_HALF_WIDTH);
        Ok(Self { half_width, ..self })
    }

    /// Upper level.
    #[inline]
    pub fn on(&self) -> f64 {
        self.on
    }

    /// Lower level.
    #[inline]
    pub fn off(&self) -> f64 {
        self.off
    }

    /// A crossing of `level` between the newest sample and the one before it.
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

    /// The slope and bend of a candidate from the samples there are.
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
        // A line that runs against the crossing comes from noise: then only the two samples are believed.
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

    /// The candidate as a result.
    fn emit<T: Real>(&self, state: &HysteresisState<T>, candidate: Candidate) -> Crossing {
        let Candidate { direction, position, before, beyond, .. } = candidate;
        let (slope, bend) = candidate.shape.unwrap_or_else(|| self.shape(state, &candidate));
        Crossing { direction, position, before, after: beyond, slope, bend, stretch: state.stretch }
    }

    fn minimum(&self, direction: Direction) -> f64 {
        if direction == Direction::Up { self.min_high } else { self.min_low }
    }

    /// What a gap or the end of the record makes of the pending candidate.
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

fn duration(name: &'static str, value: f64) -> Result<f64> {
    if value.is_finite() && value >= 0.0 {
        Ok(value)
    } else {
        Err(Error::Parameter { name, rule: "finite and not negative", value })
    }
}

/// What [`Hysteresis`] remembers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HysteresisState<T> {
    /// Samples so far.
    seen: usize,
    /// Index of the first sample of the present stretch.
    start: usize,
    stretch: usize,
    /// Whether the switch is on; `None` while that is unknown.
    high: Option<bool>,
    pending: Option<Candidate>,
    recent: [T; RECENT],
}

/// A crossing that must still last.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Candidate {
    direction: Direction,
    position: f64,
    /// Index of the sample after the crossing.
    after: usize,
    /// The two samples around it.
    before: f64,
    beyond: f64,
    /// Slope and bend, taken as soon as the samples they need are there, before those are forgotten.
    shape: Option<(f64, f64)>,
}

impl<T: Real> HysteresisState<T> {
    #[inline]
    fn recall(&self, index: usize) -> f64 {
        self.recent[index % RECENT].as_f64()
    }

    /// Index of the oldest sample of this stretch that is remembered.
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
    /// The switch turns: a pending crossing that lasted comes out, one that did not vanishes together with the
    /// turn that undoes it.
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

    /// A pending crossing comes out once it has lasted and the samples its shape needs are there.
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
