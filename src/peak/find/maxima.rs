//! Local maxima.

use crate::Real;
use alloc::vec::Vec;

/// Samples compared at once.
const BLOCK: usize = 8;

/// The middle of every local maximum that is at least `least` high, in order; the record's first and last sample,
/// and a plateau that touches them, are none.
pub(super) fn local_maxima<T: Real>(x: &[T], least: f64, found: &mut Vec<usize>) {
    found.clear();
    let n = x.len();
    if n < 3 {
        return;
    }
    // Tops that are not yet known to be lower on the right: a plateau's first sample stands for it. One store per sample
    // and no branch that depends on it; a store beyond the count is overwritten by the next.
    let mut count = 0;
    let mut i = 1;
    while let Some(block) = x[i - 1..].first_chunk::<{ BLOCK + 2 }>() {
        let mut tops = [false; BLOCK];
        let mut any = false;
        for j in 0..BLOCK {
            tops[j] =
                (block[j] < block[j + 1]) & (block[j + 1] >= block[j + 2]) & (block[j + 1].wide() >= least);
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
    let (mut last_tops, mut last) = ([0; BLOCK], 0);
    for i in i..n - 1 {
        if x[i - 1] < x[i] && x[i] >= x[i + 1] && x[i].wide() >= least {
            last_tops[last] = i;
            last += 1;
        }
    }
    found.truncate(count);
    found.extend_from_slice(&last_tops[..last]);
    found.retain_mut(|top| match plateau_end(x, *top) {
        Some(right) => {
            *top += (right - *top) / 2;
            true
        }
        None => false,
    });
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
