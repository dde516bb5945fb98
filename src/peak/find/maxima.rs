//! Local maxima.

use crate::Real;
use alloc::vec::Vec;

/// Samples compared at once.
const BLOCK: usize = 8;

/// Looks for local maxima that are at least `least` high, part of the record by part.
pub(super) struct Maxima {
    least: f64,
    /// The sample looked at next.
    i: usize,
    /// Tops found, and how many of them are settled: known to be lower on the right, and the middle of their plateau.
    count: usize,
    settled: usize,
}

impl Maxima {
    pub(super) fn new(least: f64) -> Self {
        Self { least, i: 1, count: 0, settled: 0 }
    }

    /// Goes on through the samples before `end`, as far as whole blocks go.
    ///
    /// At first tops that are not yet known to be lower on the right: one store per sample and no branch that depends on
    /// it; a store beyond the count is overwritten by the next. They are settled while their samples are in the cache.
    pub(super) fn advance<T: Real>(&mut self, x: &[T], end: usize, found: &mut Vec<usize>) {
        let Self { least, mut i, mut count, .. } = *self;
        while let Some(block) = x[..end].get(i - 1..).and_then(|x| x.first_chunk::<{ BLOCK + 2 }>()) {
            let mut tops = [false; BLOCK];
            let mut any = false;
            for j in 0..BLOCK {
                tops[j] = (block[j] < block[j + 1])
                    & (block[j + 1] >= block[j + 2])
                    & (block[j + 1].as_f64() >= least);
                any |= tops[j];
            }
            if any {
                if found.len() < count + BLOCK {
                    found.resize(2 * found.len() + BLOCK, 0);
                }
                let slots = &mut found[count..count + BLOCK];
                let mut used = 0;
                for (j, top) in tops.into_iter().enumerate() {
                    slots[used % BLOCK] = i + j;
                    used += usize::from(top);
                }
                count += used;
            }
            i += BLOCK;
        }
        (self.i, self.count) = (i, count);
        self.settle(x, found);
    }

    /// Puts the middle in the place of a plateau's first sample, and drops plateaus that the record does not fall after.
    fn settle<T: Real>(&mut self, x: &[T], found: &mut [usize]) {
        for unsettled in self.settled..self.count {
            let top = found[unsettled];
            if let Some(right) = plateau_end(x, top) {
                found[self.settled] = top + (right - top) / 2;
                self.settled += 1;
            }
        }
        self.count = self.settled;
    }

    /// The middle of every local maximum, in order; the record's first and last sample, and a plateau that touches them,
    /// are none.
    pub(super) fn flush<T: Real>(mut self, x: &[T], found: &mut Vec<usize>) {
        found.truncate(self.count);
        for i in self.i..x.len().saturating_sub(1) {
            if x[i - 1] < x[i] && x[i] >= x[i + 1] && x[i].as_f64() >= self.least {
                found.push(i);
            }
        }
        self.count = found.len();
        self.settle(x, found);
        found.truncate(self.count);
    }
}

/// Last sample of the plateau that starts at `left`, if the record falls after it.
#[inline]
pub(super) fn plateau_end<T: Real>(x: &[T], left: usize) -> Option<usize> {
    let mut right = left;
    while right + 1 < x.len() && x[right + 1] == x[left] {
        right += 1;
    }
    (right + 1 < x.len() && x[right + 1] < x[left]).then_some(right)
}

/// First and last sample of the plateau around `i`.
pub(super) fn plateau_around<T: Real>(x: &[T], i: usize) -> (usize, usize) {
    let (mut left, mut right) = (i, i);
    while left > 0 && x[left - 1] == x[i] {
        left -= 1;
    }
    while right + 1 < x.len() && x[right + 1] == x[i] {
        right += 1;
    }
    (left, right)
}
