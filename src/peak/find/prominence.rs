//! Prominence and bases.

use super::{Prominence, Record, plateau_end};
use crate::Real;
use alloc::vec::Vec;

/// Longest half window that is scanned sample by sample.
const NEAR: usize = 64;

/// The lowest value between two peaks, and its first and last position.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Valley {
    low: f64,
    first: usize,
    last: usize,
}

impl Valley {
    /// The valley between peaks that nothing separates.
    const NONE: Self = Self { low: f64::INFINITY, first: 0, last: 0 };

    /// Returns the valley of a run of samples that starts at index `from`.
    fn of<T: Real>(x: &[T], from: usize) -> Self {
        let Some((&start, rest)) = x.split_first() else { return Self::NONE };
        let (mut low, mut first, mut last) = (start, from, from);
        for (i, &v) in rest.iter().enumerate() {
            if v < low {
                (low, first, last) = (v, from + i + 1, from + i + 1);
            } else if v == low {
                last = from + i + 1;
            }
        }
        Self { low: low.as_f64(), first, last }
    }

    /// Returns the valley of both runs, this one on the left.
    #[inline]
    fn join(self, right: Self) -> Self {
        Self {
            low: if right.low < self.low { right.low } else { self.low },
            first: if self.low <= right.low { self.first } else { right.first },
            last: if right.low <= self.low { right.last } else { self.last },
        }
    }
}

/// Reusable memory.
#[derive(Debug, Clone, Default)]
pub(super) struct Stack {
    open: Vec<(f64, Valley)>,
}

/// Finds the valleys before, between and after the local maxima.
pub(super) fn valleys<T: Real>(x: &[T], tops: &[usize], valleys: &mut Vec<Valley>) {
    valleys.clear();
    let mut from = 0;
    for &top in tops.iter().chain([&x.len()]) {
        valleys.push(Valley::of(&x[from..top], from));
        from = top;
    }
}

/// Computes the prominence of every maximum from the valleys around it.
///
/// A stack holds the peaks that nothing higher has passed yet, each with the lowest point since the one before it, so
/// every peak is pushed and popped once: linear in their number. The list must hold every maximum that is higher than any
/// of its members.
pub(super) fn from_valleys<T: Real>(
    x: &[T],
    tops: &[usize],
    valleys: &[Valley],
    stack: &mut Stack,
    found: &mut Vec<Prominence>,
) {
    found.clear();
    stack.open.clear();
    for (&top, &valley) in tops.iter().zip(valleys) {
        let height = x[top].as_f64();
        let mut low = valley;
        while let Some(&(_, before)) = stack.open.last().filter(|(other, _)| *other <= height) {
            low = before.join(low);
            stack.open.pop();
        }
        stack.open.push((height, low));
        found.push(Prominence { value: low.low, left_base: low.last, right_base: top });
    }
    stack.open.clear();
    for ((&top, &valley), prominence) in tops.iter().zip(valleys.iter().skip(1)).zip(found).rev() {
        let height = x[top].as_f64();
        let mut low = valley;
        while let Some(&(_, after)) = stack.open.last().filter(|(other, _)| *other <= height) {
            low = low.join(after);
            stack.open.pop();
        }
        stack.open.push((height, low));
        // The lowest point on the left until now.
        let base = if prominence.value > low.low { prominence.value } else { low.low };
        prominence.value = height - base;
        prominence.right_base = low.first;
    }
}

/// Computes the prominence of one peak within a window of `wlen` samples around it (an even length counts as the next odd one).
pub(super) fn within<T: Real>(
    record: &Record<'_, T>,
    peak: usize,
    wlen: usize,
    ladder: &mut Ladder,
) -> Prominence {
    let height = record.at(peak);
    let (first, last) = record.around(peak, wlen / 2);
    let (left, left_base, right, right_base);
    if last - first <= NEAR {
        let side = |path: &mut dyn Iterator<Item = usize>| {
            let (mut low, mut base) = (height, peak);
            for (i, v) in path.map(|i| (i, record.at(i))).take_while(|(_, v)| *v <= height) {
                if v < low {
                    (low, base) = (v, i);
                }
            }
            (low, base)
        };
        (left, left_base) = side(&mut (first..peak).rev());
        (right, right_base) = side(&mut (peak + 1..=last));
    } else {
        let climb = ladder.over(record.x);
        let higher = |(_, high): (f64, f64)| high > height;
        // A plateau longer than the window leaves nothing lower on that side: the peak is then its own base.
        let from = climb.last_before(peak, higher).map_or(first, |i| first.max(i + 1));
        left = climb.lowest(from, peak + 1);
        left_base = climb.last_before(peak + 1, |(low, _)| low <= left).unwrap_or(peak);
        let to = climb.first_from(peak + 1, higher).map_or(last, |i| last.min(i - 1));
        right = climb.lowest(peak, to + 1);
        right_base = climb.first_from(peak, |(low, _)| low <= right).unwrap_or(peak);
    }
    let base = if left > right { left } else { right };
    Prominence { value: height - base, left_base, right_base }
}

/// Samples skipped together while nothing changes.
const BLOCK: usize = 16;

/// Finds every peak whose prominence is at least `least` (above 0), and the valleys before, between and after them, part
/// by part of the record.
///
/// A turning-point hysteresis: climb until the record has fallen by `least` from the highest sample, descend until it has
/// risen by `least` from the lowest, and so on. A maximum ends the climb exactly when the record falls by `least` on both
/// sides of it before anything higher comes, which is the definition of that prominence; equal maxima of one climb share
/// it. Between two turning points nothing can change while a whole block stays within `least` of the extreme, so blocks
/// are skipped by their extremes. The samples contain no NaN.
pub(super) struct Turns<T> {
    least: f64,
    /// Index of the next sample.
    i: usize,
    climbing: bool,
    extreme: Extreme<T>,
    /// The valley before the present climb.
    valley: Valley,
}

impl<T: Real> Turns<T> {
    pub(super) fn new(least: f64) -> Self {
        let extreme = Extreme { value: T::infinity(), first: 0, last: 0 };
        Self { least, i: 0, climbing: false, extreme, valley: Valley::NONE }
    }

    /// Scans the samples before `end`, as far as whole blocks reach.
    pub(super) fn advance(&mut self, x: &[T], end: usize, tops: &mut Vec<usize>, valleys: &mut Vec<Valley>) {
        while let Some(block) = x[..end].get(self.i..).and_then(|x| x.first_chunk::<BLOCK>()) {
            let (low, high) = extremes(block);
            let may_turn = if self.climbing {
                let top = if high > self.extreme.value { high } else { self.extreme.value };
                top.as_f64() - low.as_f64() >= self.least
            } else {
                let bottom = if low < self.extreme.value { low } else { self.extreme.value };
                high.as_f64() - bottom.as_f64() >= self.least
            };
            if may_turn {
                self.step_to(x, self.i + BLOCK, tops, valleys);
            } else {
                let (value, beyond) = if self.climbing {
                    (high, high > self.extreme.value)
                } else {
                    (low, low < self.extreme.value)
                };
                self.extreme.meet(value, beyond, self.i);
                self.i += BLOCK;
            }
        }
    }

    /// Scans the last samples and adds the valley after the last maximum.
    pub(super) fn flush(mut self, x: &[T], tops: &mut Vec<usize>, valleys: &mut Vec<Valley>) {
        self.step_to(x, x.len(), tops, valleys);
        valleys.push(if self.climbing { self.valley } else { self.extreme.valley(x) });
    }

    /// Scans sample by sample up to `end`.
    fn step_to(&mut self, x: &[T], end: usize, tops: &mut Vec<usize>, valleys: &mut Vec<Valley>) {
        for i in self.i..end {
            let v = x[i];
            let start = Extreme { value: v, first: i, last: i };
            if self.climbing {
                if self.extreme.value.as_f64() - v.as_f64() >= self.least {
                    self.extreme.push_tops(&x[..i], self.valley, tops, valleys);
                    (self.climbing, self.extreme) = (false, start);
                } else {
                    self.extreme.meet(v, v > self.extreme.value, i);
                }
            } else if v.as_f64() - self.extreme.value.as_f64() >= self.least {
                self.valley = self.extreme.valley(&x[..i]);
                (self.climbing, self.extreme) = (true, start);
            } else {
                self.extreme.meet(v, v < self.extreme.value, i);
            }
        }
        self.i = end;
    }
}

/// The highest sample of a climb, or the lowest of a descent, until now.
struct Extreme<T> {
    value: T,
    /// Start of the block (or the sample) in which it first occurred.
    first: usize,
    /// Start of the block (or the sample) in which it last occurred.
    last: usize,
}

impl<T: Real> Extreme<T> {
    #[inline(always)]
    fn meet(&mut self, value: T, beyond: bool, at: usize) {
        if beyond {
            *self = Self { value, first: at, last: at };
        } else if value == self.value {
            self.last = at;
        }
    }

    /// Returns the range of the scanned samples that contains every occurrence.
    fn span(&self, seen: usize) -> core::ops::Range<usize> {
        self.first..(self.last + BLOCK).min(seen)
    }

    fn valley(&self, seen: &[T]) -> Valley {
        let span = self.span(seen.len());
        let is_low = |&i: &usize| seen[i] == self.value;
        let first = span.clone().find(is_low).unwrap_or(span.start);
        let last = span.clone().rev().find(is_low).unwrap_or(first);
        Valley { low: self.value.as_f64(), first, last }
    }

    /// Adds the middle of each plateau at this height. Samples between equal maxima are never their base.
    fn push_tops(&self, seen: &[T], before: Valley, tops: &mut Vec<usize>, valleys: &mut Vec<Valley>) {
        let span = self.span(seen.len());
        let mut i = span.start;
        let mut valley = before;
        while i < span.end {
            if seen[i] == self.value {
                // The sample that ended the climb lies beyond `seen`: a plateau may end with it.
                let right = plateau_end(seen, i).unwrap_or(seen.len() - 1);
                tops.push(i + (right - i) / 2);
                valleys.push(core::mem::replace(&mut valley, Valley::NONE));
                i = right;
            }
            i += 1;
        }
    }
}

/// Returns the lowest and the highest sample of a block, in four lanes.
#[inline(always)]
fn extremes<T: Real>(block: &[T; BLOCK]) -> (T, T) {
    let lower = |a: T, b: T| if b < a { b } else { a };
    let higher = |a: T, b: T| if b > a { b } else { a };
    let mut low: [T; 4] = core::array::from_fn(|j| block[j]);
    let mut high = low;
    for k in 1..BLOCK / 4 {
        for j in 0..4 {
            low[j] = lower(low[j], block[4 * k + j]);
            high[j] = higher(high[j], block[4 * k + j]);
        }
    }
    (
        lower(lower(low[0], low[1]), lower(low[2], low[3])),
        higher(higher(high[0], high[1]), higher(high[2], high[3])),
    )
}

/// Entries of one rung that one entry of the next represents.
const FAN: usize = 16;

/// Lowest and highest sample of every block, of every block of blocks, and so on up to a single entry.
///
/// Built at the first long search of a record, in linear time. The samples contain no NaN.
#[derive(Debug, Clone, Default)]
pub(super) struct Ladder {
    rungs: Vec<Vec<(f64, f64)>>,
    built: bool,
}

impl Ladder {
    /// Prepares for another record.
    pub(super) fn forget(&mut self) {
        self.built = false;
    }

    /// Returns a view for searches in `x`, which must be the same record until [`Ladder::forget`] is called.
    pub(super) fn over<'a, T: Real>(&'a mut self, x: &'a [T]) -> Climb<'a, T> {
        if !self.built {
            self.build(x);
            self.built = true;
        }
        Climb { x, rungs: &self.rungs }
    }

    fn build<T: Real>(&mut self, x: &[T]) {
        let join = |(low, high): (f64, f64), (l, h): (f64, f64)| {
            (if l < low { l } else { low }, if h > high { h } else { high })
        };
        const NONE: (f64, f64) = (f64::INFINITY, f64::NEG_INFINITY);
        let mut spare = core::mem::take(&mut self.rungs).into_iter();
        let mut rung = || {
            let mut rung = spare.next().unwrap_or_default();
            rung.clear();
            rung
        };
        let mut top = rung();
        top.extend(x.chunks(FAN).map(|b| b.iter().map(|v| (v.as_f64(), v.as_f64())).fold(NONE, join)));
        while top.len() > 1 {
            let mut next = rung();
            next.extend(top.chunks(FAN).map(|b| b.iter().copied().fold(NONE, join)));
            self.rungs.push(core::mem::replace(&mut top, next));
        }
        self.rungs.push(top);
    }
}

/// The record with its ladder.
pub(super) struct Climb<'a, T> {
    x: &'a [T],
    rungs: &'a [Vec<(f64, f64)>],
}

impl<T: Real> Climb<'_, T> {
    /// Returns the lowest and highest sample under entry `i`; rung 0 is the samples.
    #[inline]
    fn under(&self, rung: usize, i: usize) -> (f64, f64) {
        match rung.checked_sub(1) {
            Some(above) => self.rungs[above][i],
            None => (self.x[i].as_f64(), self.x[i].as_f64()),
        }
    }

    fn len(&self, rung: usize) -> usize {
        rung.checked_sub(1).map_or(self.x.len(), |above| self.rungs[above].len())
    }

    /// Returns the last sample before `end` for which `hit` holds; `hit` of a block's lowest and highest sample must return
    /// whether it holds for any sample of the block.
    pub(super) fn last_before(&self, end: usize, hit: impl Fn((f64, f64)) -> bool) -> Option<usize> {
        let (mut rung, mut i) = (0, end);
        while i > 0 {
            if i % FAN == 0 {
                (rung, i) = (rung + 1, i / FAN);
                continue;
            }
            i -= 1;
            if hit(self.under(rung, i)) {
                while rung > 0 {
                    rung -= 1;
                    let block = i * FAN..((i + 1) * FAN).min(self.len(rung));
                    i = block.rev().find(|&i| hit(self.under(rung, i)))?;
                }
                return Some(i);
            }
        }
        None
    }

    /// Returns the first sample from `start` on for which `hit` holds.
    pub(super) fn first_from(&self, start: usize, hit: impl Fn((f64, f64)) -> bool) -> Option<usize> {
        let (mut rung, mut i) = (0, start);
        while i < self.len(rung) {
            if hit(self.under(rung, i)) {
                while rung > 0 {
                    rung -= 1;
                    let mut block = i * FAN..((i + 1) * FAN).min(self.len(rung));
                    i = block.find(|&i| hit(self.under(rung, i)))?;
                }
                return Some(i);
            }
            i += 1;
            while i % FAN == 0 && rung < self.rungs.len() {
                (rung, i) = (rung + 1, i / FAN);
            }
        }
        None
    }

    /// Returns the lowest value from `start` to before `end`; infinity for an empty range.
    fn lowest(&self, start: usize, end: usize) -> f64 {
        let (mut rung, mut i, mut end) = (0, start, end);
        let mut low = f64::INFINITY;
        let mut meet = |rung: usize, i: usize| {
            let under = self.under(rung, i).0;
            low = if under < low { under } else { low };
        };
        while i < end {
            while i < end && i % FAN != 0 {
                meet(rung, i);
                i += 1;
            }
            while i < end && end % FAN != 0 {
                end -= 1;
                meet(rung, end);
            }
            (rung, i, end) = (rung + 1, i / FAN, end / FAN);
        }
        low
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::cases;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(cases(500))]

        #[test]
        fn every_search_equals_a_linear_scan(
            x in prop::collection::vec(-40i32..40, 0..900), a in 0usize..900, b in 0usize..900, level in -45i32..45,
        ) {
            let x: Vec<f64> = x.into_iter().map(f64::from).collect();
            let (a, b) = (a.min(x.len()), b.min(x.len()));
            let level = f64::from(level);
            let mut ladder = Ladder::default();
            // A previous record, longer or shorter, leaves nothing behind.
            ladder.over(&vec![0.0; b]);
            ladder.forget();
            let climb = ladder.over(&x);
            let above = |(_, high): (f64, f64)| high > level;
            let below = |(low, _): (f64, f64)| low <= level;
            prop_assert_eq!(climb.last_before(a, above), (0..a).rev().find(|&i| x[i] > level));
            prop_assert_eq!(climb.last_before(a, below), (0..a).rev().find(|&i| x[i] <= level));
            prop_assert_eq!(climb.first_from(a, above), (a..x.len()).find(|&i| x[i] > level));
            prop_assert_eq!(climb.first_from(a, below), (a..x.len()).find(|&i| x[i] <= level));
            let (a, b) = (a.min(b), a.max(b));
            prop_assert_eq!(climb.lowest(a, b), x[a..b].iter().copied().fold(f64::INFINITY, f64::min));
        }
    }
}
