//! Prominence and bases.

use super::ladder::Ladder;
use super::peaks::Prominence;
use super::record::Record;
use crate::Real;
use alloc::vec::Vec;

/// A window up to so long is walked through.
const NEAR: usize = 64;

/// The lowest value between two peaks, and where it is first and last met.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Valley {
    pub(super) low: f64,
    pub(super) first: usize,
    pub(super) last: usize,
}

impl Valley {
    /// Between peaks that nothing separates.
    pub(super) const NONE: Self = Self { low: f64::INFINITY, first: 0, last: 0 };

    /// Of a run of samples that starts at index `from`.
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

    /// Both together, this one on the left.
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

/// The valleys before, between and after the local maxima `tops`.
pub(super) fn valleys<T: Real>(x: &[T], tops: &[usize], valleys: &mut Vec<Valley>) {
    valleys.clear();
    let mut from = 0;
    for &top in tops.iter().chain([&x.len()]) {
        valleys.push(Valley::of(&x[from..top], from));
        from = top;
    }
}

/// Prominence of every peak of `tops`, from the valleys around them.
///
/// A stack holds the peaks that nothing higher has passed yet, each with the lowest point since the one before it, so
/// every peak goes on and off once: linear in their number. `tops` must hold every maximum higher than any of them.
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
        // So far the lowest on the left.
        let base = if prominence.value > low.low { prominence.value } else { low.low };
        prominence.value = height - base;
        prominence.right_base = low.first;
    }
}

/// Prominence of one peak within a window of `wlen` samples around it (an even length counts as the next odd one).
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
        // A plateau longer than the window leaves nothing lower on that side: its base is then the peak.
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
