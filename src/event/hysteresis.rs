//! Crossings of a level with hysteresis, sample by sample.

use super::{Crossing, Direction, calm};
#[cfg(feature = "alloc")]
use crate::Samples;
use crate::{Error, Finish, Real, Result, Stage};
#[cfg(feature = "alloc")]
use alloc::vec::Vec;

/// Samples that the detector remembers: enough for a line over +/- 30 samples and both neighbours.
const RECENT: usize = 64;
/// Most samples on each side of a crossing that the line may take.
const MOST_HALF_WIDTH: f64 = 30.0;

/// Samples before a crossing, beside the line's, that its shape is read from.
const KEPT: usize = 5;

/// A switch with two levels (Schmitt trigger): high from `on` upward, low again below `off`.
///
/// As a [`Stage`] it emits each [`Crossing`] once it has lasted: a high phase shorter than
/// [`Hysteresis::min_high`] (both crossings interpolated) is no high phase, a low phase shorter than
/// [`Hysteresis::min_low`] does not interrupt the high one. What is not known is not invented: before the first
/// sample that lies at `on` or above, or below `off`, the phase is unknown, and a NaN or infinite sample makes it
/// unknown again, so a record that starts high has no upward crossing. At the end of the record (`finish`), and at
/// a gap, a low phase that has not yet lasted counts and a high one does not.
///
/// # Real-time considerations
/// No allocation, constant cost per sample but for a line fit over at most 61 samples at each crossing. A crossing
/// comes out when its minimum duration and the samples after it, as many as [`Hysteresis::half_width`], have
/// passed. Positions count samples from the first: a `usize` of 32 bits lasts 49 days at 1000 Hz.
///
/// ```
/// use copeak::{StageExt, event::{Direction, Hysteresis}};
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

    /// Feed a block of samples: the same crossings as sample by sample, several times quicker, because stretches in
    /// which nothing can turn are only looked through.
    ///
    /// ```
    /// use copeak::{Stage, event::Hysteresis};
    /// let switch = Hysteresis::new(50.0, 20.0)?;
    /// let force: Vec<f64> = (0..1000).map(|i| 100.0 * (f64::from(i) / 30.0).sin()).collect();
    /// let mut state = Stage::<f64>::rest(&switch);
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

    /// The same, and each sample that is not finite, by its index in the block.
    pub(super) fn scan_gaps<T: Real>(
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
            let Some(&x) = block.get(i) else { break };
            if !x.is_finite() {
                gap(i, x);
            }
            if let Some(crossing) = self.step(state, x) {
                each(crossing);
            }
            i += 1;
        }
    }

    /// All crossings of a record, into memory used again: those of [`Hysteresis::scan`], and what it held at the end.
    #[cfg(feature = "alloc")]
    pub fn find_into<S>(&self, samples: &S, crossings: &mut Vec<Crossing>)
    where
        S: Samples + ?Sized,
        S::Item: Real,
    {
        crossings.clear();
        let mut state = self.rest();
        match samples.as_contiguous() {
            Some(slice) => self.scan(&mut state, slice, |c| crossings.push(c)),
            None => crossings.extend(samples.iter_samples().filter_map(|x| self.step(&mut state, x))),
        }
        crossings.extend(self.finish(&mut state).flatten());
    }

    /// How many of the samples to come can turn nothing and let nothing ripen.
    #[inline]
    fn calm<T: Real>(&self, state: &HysteresisState<T>, rest: &[T]) -> usize {
        let Some(high) = state.high else { return 0 };
        let rest = match &state.pending {
            None => rest,
            Some(candidate) => {
                let waits = if candidate.shape.is_some() {
                    self.minimum(candidate.direction)
                } else {
                    self.half_width
                };
                let due = whole_above(candidate.position + waits).max(candidate.after + 1);
                &rest[..due.saturating_sub(state.seen).min(rest.len())]
            }
        };
        if high { calm::at_least(rest, self.off) } else { calm::below(rest, self.on) }
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
        // A float below 0 becomes 0 as an index.
        let low = whole_above(candidate.position - self.half_width).clamp(first, before);
        let high = ((candidate.position + self.half_width) as usize).clamp(after, last);
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
    fn flush<T: Real>(&self, state: &mut HysteresisState<T>) -> Option<Crossing> {
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
        self.recent[index % RECENT].wide()
    }

    /// Go on by these samples, of which the last `kept` will be asked for.
    #[inline]
    fn skip(&mut self, calm: &[T], kept: usize) {
        let first = calm.len().saturating_sub(kept);
        for (i, x) in calm.iter().enumerate().skip(first) {
            self.recent[(self.seen + i) % RECENT] = *x;
        }
        self.seen += calm.len();
    }

    /// Index of the oldest sample of this stretch that is remembered.
    fn oldest(&self) -> usize {
        self.start.max(self.seen.saturating_sub(RECENT))
    }
}

impl<T: Real> Stage<T> for Hysteresis {
    type Output = Option<Crossing>;
    type State = HysteresisState<T>;

    fn rest(&self) -> HysteresisState<T> {
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
    fn step(&self, state: &mut HysteresisState<T>, x: T) -> Option<Crossing> {
        if !x.is_finite() {
            let flushed = if state.seen > state.start { self.flush(state) } else { None };
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
        let value = x.wide();
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

impl<T: Real> Finish<T> for Hysteresis {
    fn finish(&self, state: &mut HysteresisState<T>) -> Option<Option<Crossing>> {
        if state.seen > state.start { self.flush(state).map(Some) } else { None }
    }
}

#[cfg(all(test, feature = "alloc"))]
mod tests {
    use super::*;
    use crate::stage::Collect;
    use crate::{Analysis, StageExt};

    fn switch() -> Hysteresis {
        Hysteresis::new(50.0, 20.0).unwrap()
    }

    fn found(design: Hysteresis, x: &[f64]) -> Vec<(Direction, f64)> {
        Collect(design).analyze(x).unwrap().iter().map(|c| (c.direction, c.position)).collect()
    }

    use Direction::{Down, Up};

    #[test]
    fn between_the_levels_nothing_turns() {
        let x = [0.0, 40.0, 60.0, 30.0, 60.0, 21.0, 10.0, 45.0, 0.0];
        assert_eq!(found(switch(), &x), [(Up, 1.5), (Down, 5.0 + 1.0 / 11.0)]);
    }

    #[test]
    fn a_level_that_is_touched_counts_as_reached_upwards_only() {
        assert_eq!(found(switch(), &[0.0, 50.0, 20.0, 20.0]), [(Up, 1.0)]);
    }

    #[test]
    fn a_record_that_starts_or_ends_high_has_one_crossing() {
        assert_eq!(found(switch(), &[90.0, 90.0, 10.0, 10.0]), [(Down, 1.875)]);
        assert_eq!(found(switch(), &[10.0, 90.0, 90.0, 90.0]), [(Up, 0.5)]);
        assert_eq!(found(switch(), &[30.0, 30.0, 30.0]), []);
        assert_eq!(found(switch(), &[]), []);
    }

    #[test]
    fn what_does_not_last_does_not_count() {
        let x = [0.0, 100.0, 100.0, 0.0, 0.0, 100.0, 100.0, 100.0, 100.0, 0.0, 100.0, 100.0, 0.0, 0.0];
        let design = switch().min_high(3.0).unwrap();
        assert_eq!(found(design, &x), [(Up, 4.5), (Down, 8.8)]);
        let design = design.min_low(1.5).unwrap();
        assert_eq!(found(design, &x), [(Up, 4.5), (Down, 11.8)]);
    }

    #[test]
    fn a_minimum_is_measured_between_the_interpolated_crossings() {
        // High from 0.5 to 3.8: 3.3 samples.
        let x = [0.0, 100.0, 100.0, 100.0, 0.0, 0.0, 0.0];
        assert_eq!(found(switch().min_high(3.3).unwrap(), &x).len(), 2);
        assert_eq!(found(switch().min_high(3.31).unwrap(), &x).len(), 0);
    }

    #[test]
    fn a_gap_makes_no_crossing_and_separates_the_stretches() {
        let x = [0.0, 100.0, f64::NAN, f64::NAN, 100.0, 0.0, f64::INFINITY, 0.0, 100.0, 100.0];
        let all = Collect(switch()).analyze(&x[..]).unwrap();
        let seen: Vec<_> = all.iter().map(|c| (c.direction, c.position, c.stretch)).collect();
        assert_eq!(seen, [(Up, 0.5, 0), (Down, 4.8, 1), (Up, 7.5, 2)]);
    }

    #[test]
    fn a_gap_ends_a_low_phase_but_confirms_no_high_one() {
        let design = switch().min_high(3.0).unwrap().min_low(3.0).unwrap();
        assert_eq!(found(design, &[0.0, 100.0, 100.0, f64::NAN]), []);
        assert_eq!(found(design, &[100.0, 100.0, 0.0, f64::NAN]), [(Down, 1.8)]);
        assert_eq!(found(design, &[100.0, 100.0, 0.0]), [(Down, 1.8)]);
    }

    #[test]
    fn slope_and_bend_are_those_of_the_samples_around() {
        let ramp: Vec<f64> = (0..40).map(|i| 7.0 * i as f64).collect();
        let c = Collect(switch().half_width(3.0).unwrap()).analyze(&ramp).unwrap()[0];
        assert!((c.slope - 7.0).abs() < 1e-12 && c.bend < 1e-12, "{c:?}");
        assert_eq!((c.before, c.after), (49.0, 56.0));
        assert!((c.fraction() - 1.0 / 7.0).abs() < 1e-12);
        let parabola: Vec<f64> = (0..40).map(|i| (i * i) as f64).collect();
        let c = Collect(switch()).analyze(&parabola).unwrap()[0];
        assert_eq!((c.before, c.after, c.bend), (49.0, 64.0, 2.0));
        assert_eq!(c.slope, (64.0 - 36.0) / 2.0, "three nearest samples: 6, 7 and 8");
        let u = c.fraction();
        assert!((u - 1.0 / 15.0).abs() < 1e-12);
        let line = 2.0 / 15.0 / 8.0;
        let noise = 3.0 / 14.0;
        let se = (noise * noise * (u * u + (1.0 - u) * (1.0 - u)) + line * line).sqrt();
        assert!((c.se(3.0) - se).abs() < 1e-12);
        assert_eq!(Crossing { position: 7.5, bend: 0.0, ..c }.se(14.0), 0.5_f64.sqrt());
    }

    #[test]
    fn a_wide_line_survives_the_ring_and_a_record_that_ends_early() {
        let wave: Vec<f64> = (0..400).map(|i| 100.0 * (i as f64 / 60.0).sin() + 5.0).collect();
        let wide =
            Collect(switch().half_width(1e9).unwrap().min_high(100.0).unwrap()).analyze(&wave).unwrap();
        assert_eq!(wide.len(), 2);
        assert!(wide.iter().all(|c| c.slope.abs() > 0.5 && c.slope.abs() < 2.0), "{wide:?}");
        let short = Collect(switch().half_width(30.0).unwrap()).analyze(&[0.0, 80.0][..]).unwrap();
        assert_eq!(short[0].slope, 80.0);
    }

    #[test]
    fn a_block_at_a_time_gives_the_same_crossings_to_the_bit() {
        let mut state = 1_u64;
        let mut draw = |n: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % n
        };
        let mut found = 0;
        for case in 0..300 {
            let mut level = 0.0_f64;
            let wild = [4, 40, 400][case % 3];
            let x: Vec<f64> = (0..draw(900))
                .map(|_| {
                    if draw(wild) == 0 {
                        level =
                            [0.0, 10.0, 20.0, 35.0, 50.0, 90.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY]
                                [draw(9) as usize];
                    }
                    level + draw(8) as f64
                })
                .collect();
            let design = switch()
                .min_high(draw(90) as f64 * 0.7)
                .unwrap()
                .min_low(draw(20) as f64 * 0.3)
                .unwrap()
                .half_width(draw(40) as f64 * 0.9)
                .unwrap();
            let slow = Collect(design).analyze(&x).unwrap();
            let mut whole = Vec::new();
            design.find_into(&x, &mut whole);
            assert_eq!(whole, slow);
            let (mut parts, mut state) = (Vec::new(), Stage::<f64>::rest(&design));
            for part in x.chunks(1 + draw(70) as usize) {
                design.scan(&mut state, part, |c| parts.push(c));
            }
            parts.extend(Finish::<f64>::finish(&design, &mut state).flatten());
            assert_eq!(parts, slow);
            found += slow.len();
        }
        assert!(found > 500, "{found}");
    }

    #[test]
    fn a_level_between_two_single_precision_numbers_is_looked_through_alike() {
        let near = 20.1_f32;
        let x: Vec<f32> = (0..400).map(|i| near + near * f32::EPSILON * ((i * 7 % 5) as f32 - 2.0)).collect();
        for off in [20.1, f64::from(near), 20.100_000_1, 20.099_999] {
            let design = Hysteresis::new(off, off).unwrap();
            let mut quick = Vec::new();
            design.find_into(&x, &mut quick);
            assert_eq!(quick, Collect(design).analyze(&x).unwrap(), "{off}");
        }
    }

    #[test]
    fn a_single_precision_stream_gives_the_crossings_of_its_samples() {
        let mut live = switch().stream();
        let c = [0.0_f32, 25.0, 75.0, 80.0].iter().find_map(|&x| live.push(x)).unwrap();
        assert_eq!(c.position, 1.5);
    }

    #[test]
    fn levels_and_durations_are_checked() {
        assert!(Hysteresis::new(20.0, 50.0).is_err());
        assert!(Hysteresis::new(f64::NAN, 20.0).is_err());
        assert!(Hysteresis::new(50.0, f64::NEG_INFINITY).is_err());
        assert!(switch().min_high(-1.0).is_err());
        assert!(switch().min_low(f64::NAN).is_err());
        assert!(switch().half_width(f64::INFINITY).is_err());
    }
}
