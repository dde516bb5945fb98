//! The peaks that stand out by at least so much, without looking at the others.

use super::maxima::plateau_end;
use super::prominence::Valley;
use crate::Real;
use alloc::vec::Vec;

/// Samples looked at together while nothing happens.
const BLOCK: usize = 16;

/// Finds every peak whose prominence is at least `least` (above 0), and the valleys before, between and after them, part
/// of the record by part.
///
/// A turning-point hysteresis: climb until the record has fallen by `least` from the highest sample, descend until it has
/// risen by `least` from the lowest, and so on. A maximum turns the climb round exactly when it falls by `least` on both
/// sides before anything higher comes, which is what its prominence says; equal maxima of one climb share it. Between two
/// turning points nothing can change while a whole block stays within `least` of the extreme, so blocks are skipped on
/// their own extremes. The samples hold no NaN.
pub(super) struct Turns<T> {
    least: f64,
    /// The sample looked at next.
    i: usize,
    climbing: bool,
    extreme: Extreme<T>,
    /// Before the present climb.
    valley: Valley,
}

impl<T: Real> Turns<T> {
    pub(super) fn new(least: f64) -> Self {
        let extreme = Extreme { value: T::infinity(), first: 0, last: 0 };
        Self { least, i: 0, climbing: false, extreme, valley: Valley::NONE }
    }

    /// Goes on through the samples before `end`, as far as whole blocks go.
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

    /// The last samples, and the valley after the last top.
    pub(super) fn flush(mut self, x: &[T], tops: &mut Vec<usize>, valleys: &mut Vec<Valley>) {
        self.step_to(x, x.len(), tops, valleys);
        valleys.push(if self.climbing { self.valley } else { self.extreme.valley(x) });
    }

    /// Sample by sample up to `end`.
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

/// The highest sample of a climb, or the lowest of a descent, so far.
struct Extreme<T> {
    value: T,
    /// Start of the block (or the sample) where it was first met.
    first: usize,
    /// Start of the block (or the sample) where it was last met.
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

    /// Samples in which every occurrence lies, of those looked at.
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

    /// The middle of each plateau at this height. What lies between equal tops is never their base.
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

/// Lowest and highest of a block, in four lanes.
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
