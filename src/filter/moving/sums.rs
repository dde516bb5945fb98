//! Sums of a sliding window, each from scratch: no running sum that drifts.

use crate::filter::edge::Ends;
use crate::filter::late::{Slide, held};
use crate::samples::Sample;
use alloc::{vec, vec::Vec};

/// Sums of the last `window` slots, empty ones as zero.
///
/// The slots are cut into blocks of one window. A window then is the end of one block and the beginning of the next:
/// the sums of all ends are made when a block is full, the sum of the beginning grows by one sample at a time (van Herk
/// 1992, doi:10.1016/0167-8655(92)90069-C, and Gil & Werman 1993, doi:10.1109/34.211471, for maxima). So every sum is
/// made of its own samples, and nothing is ever subtracted.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::filter) struct Sums<W> {
    /// Of the block before, from each place on.
    ends: Vec<W>,
    /// The block that is filling.
    block: Vec<W>,
    beginning: W,
    filled: usize,
}

impl<W: Sample<Wide = W>> Sums<W> {
    pub(in crate::filter) fn new(window: usize) -> Self {
        Self { ends: vec![W::ZERO; window], block: vec![W::ZERO; window], beginning: W::ZERO, filled: 0 }
    }
}

impl<W: Sample<Wide = W>> Slide<W> for Sums<W> {
    #[inline]
    fn push(&mut self, slot: Option<W>) {
        let x = slot.unwrap_or(W::ZERO);
        self.block[self.filled] = x;
        self.beginning = self.beginning + x;
        self.filled += 1;
        if self.filled == self.block.len() {
            let mut sum = W::ZERO;
            for (end, x) in self.ends.iter_mut().zip(&self.block).rev() {
                sum = sum + *x;
                *end = sum;
            }
            self.beginning = W::ZERO;
            self.filled = 0;
        }
    }

    #[inline]
    fn value(&self, _held: usize) -> W {
        self.ends[self.filled] + self.beginning
    }
}

/// Blocks summed side by side, so that the additions of one need not wait for each other.
const TOGETHER: usize = 4;

/// Slots worked on at once, so that they stay in the cache.
const AT_ONCE: usize = 4096;

/// What a moving sum of a whole record keeps between calls.
#[derive(Debug, Clone, PartialEq)]
pub struct SumsScratch<W> {
    slots: Vec<W>,
    ends: Vec<W>,
}

impl<W: Sample<Wide = W>> SumsScratch<W> {
    pub(in crate::filter) fn new() -> Self {
        Self { slots: Vec::new(), ends: Vec::new() }
    }

    /// `flush` of the sum and the number of samples of every centred window: bit for bit as [`Sums`] over a stream.
    pub(in crate::filter) fn run<X: Sample<Wide = W>>(
        &mut self,
        window: usize,
        ends: Ends,
        x: &[X],
        out: &mut [X],
        map: impl Fn(W) -> W,
        flush: impl Fn(W, usize) -> W,
    ) {
        // A record of few windows has no use for more memory than one.
        if x.len() < window * TOGETHER {
            self.run_of::<X, 1>(window, ends, x, out, map, flush);
        } else {
            self.run_of::<X, TOGETHER>(window, ends, x, out, map, flush);
        }
    }

    fn run_of<X: Sample<Wide = W>, const J: usize>(
        &mut self,
        window: usize,
        ends: Ends,
        x: &[X],
        out: &mut [X],
        map: impl Fn(W) -> W,
        flush: impl Fn(W, usize) -> W,
    ) {
        let half = window / 2;
        let run = window * J;
        let chunk = run * (AT_ONCE / run).max(1);
        self.slots.resize(chunk + window, W::ZERO);
        self.ends.resize(run, W::ZERO);
        for (c, out) in out.chunks_mut(chunk).enumerate() {
            let first = c * chunk;
            // Whole blocks; what lies past the last window is never read into an output.
            let slots = &mut self.slots[..out.len().next_multiple_of(run) + window];
            let used = out.len() + window - 1;
            ends.fill(x, first as isize - half as isize, &mut slots[..used]);
            slots[used..].fill(W::ZERO);
            slots[..used].iter_mut().for_each(|x| *x = map(*x));
            for (slots, (k, out)) in
                slots.windows(run + window).step_by(run).zip(out.chunks_mut(run).enumerate())
            {
                let first = first + k * run;
                sums::<W, J>(slots, window, &mut self.ends, |i, sum| {
                    if let Some(out) = out.get_mut(i) {
                        *out = X::narrow(flush(sum, held(ends, first + i, half, x.len())));
                    }
                });
            }
        }
    }
}

/// The sums of the windows that begin in the first `J` blocks of `slots`.
#[inline]
fn sums<W: Sample, const J: usize>(
    slots: &[W],
    window: usize,
    ends: &mut [W],
    mut each: impl FnMut(usize, W),
) {
    let blocks: [&[W]; J] = core::array::from_fn(|b| &slots[b * window..][..window]);
    let next: [&[W]; J] = core::array::from_fn(|b| &slots[(b + 1) * window..][..window]);
    let mut sum = [W::ZERO; J];
    for (p, place) in ends.chunks_exact_mut(J).enumerate().rev() {
        for b in 0..J {
            sum[b] = sum[b] + blocks[b][p];
            place[b] = sum[b];
        }
    }
    sum = [W::ZERO; J];
    for (p, end) in ends.chunks_exact(J).enumerate() {
        for b in 0..J {
            each(b * window + p, end[b] + sum[b]);
            sum[b] = sum[b] + next[b][p];
        }
    }
}
