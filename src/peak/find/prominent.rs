//! The peaks that stand out by at least so much, without looking at the others.

use super::maxima::plateau_end;
use super::prominence::Valley;
use crate::Real;
use alloc::vec::Vec;

/// Samples looked at together while nothing happens.
const BLOCK: usize = 16;

/// Finds every peak whose prominence is at least `least` (above 0), and the valleys before, between and after them.
///
/// A turning-point hysteresis: climb until the record has fallen by `least` from the highest sample, descend until it has
/// risen by `least` from the lowest, and so on. A maximum turns the climb round exactly when it falls by `least` on both
/// sides before anything higher comes, which is what its prominence says; equal maxima of one climb share it. Between two
/// turning points nothing can change while a whole block stays within `least` of the extreme, so blocks are skipped on
/// their own extremes. `x` holds no NaN.
pub(super) fn prominent<T: Real>(x: &[T], least: f64, tops: &mut Vec<usize>, valleys: &mut Vec<Valley>) {
    tops.clear();
    valleys.clear();
    let mut climbing = false;
    let mut extreme = Extreme { value: T::infinity(), first: 0, last: 0 };
    let mut valley = Valley::NONE;
    let mut i = 0;
    while i < x.len() {
        if let Some(block) = x[i..].first_chunk::<BLOCK>() {
            let (low, high) = extremes(block);
            let may_turn = if climbing {
                let top = if high > extreme.value { high } else { extreme.value };
                top.wide() - low.wide() >= least
            } else {
                let bottom = if low < extreme.value { low } else { extreme.value };
                high.wide() - bottom.wide() >= least
            };
            if !may_turn {
                let (value, beyond) =
                    if climbing { (high, high > extreme.value) } else { (low, low < extreme.value) };
                extreme.meet(value, beyond, i);
                i += BLOCK;
                continue;
            }
        }
        let end = (i + BLOCK).min(x.len());
        while i < end {
            let v = x[i];
            if climbing {
                if extreme.value.wide() - v.wide() >= least {
                    extreme.push_tops(&x[..i], valley, tops, valleys);
                    (climbing, extreme) = (false, Extreme { value: v, first: i, last: i });
                } else {
                    extreme.meet(v, v > extreme.value, i);
                }
            } else if v.wide() - extreme.value.wide() >= least {
                valley = extreme.valley(&x[..i]);
                (climbing, extreme) = (true, Extreme { value: v, first: i, last: i });
            } else {
                extreme.meet(v, v < extreme.value, i);
            }
            i += 1;
        }
    }
    valleys.push(if climbing { valley } else { extreme.valley(x) });
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
        Valley { low: self.value.wide(), first, last }
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
