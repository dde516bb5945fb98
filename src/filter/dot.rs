//! The one weighted sum that every FIR filter is made of.

use crate::samples::Sample;

/// Sums kept side by side: independent chains hide the latency of an addition, and fill vector lanes.
const LANES: usize = 4;
/// Windows taken together by those who have many.
pub(super) const ROWS: usize = 4;

/// Sum of `taps[k] x[k]` in `f64`; both are of one length.
#[inline]
pub(super) fn dot<X: Sample>(taps: &[f64], x: &[X]) -> X::Wide {
    let [sum] = dots(taps, [x]);
    sum
}

/// The same for several windows, while the taps are at hand.
///
/// The order of the additions depends on the number of taps alone, so a window gives the same bits wherever it is
/// stored and whatever is computed next to it.
#[inline]
pub(super) fn dots<X: Sample, const N: usize>(taps: &[f64], x: [&[X]; N]) -> [X::Wide; N] {
    let mut out = [X::Wide::ZERO; N];
    for (out, x) in out.iter_mut().zip(x) {
        let mut sums = [X::Wide::ZERO; LANES];
        let (tap_blocks, x_blocks) = (taps.chunks_exact(LANES), x.chunks_exact(LANES));
        let rests = tap_blocks.remainder().iter().zip(x_blocks.remainder());
        for (taps, x) in tap_blocks.zip(x_blocks) {
            for lane in 0..LANES {
                sums[lane] = sums[lane] + x[lane].widen().scaled(taps[lane]);
            }
        }
        let rest = rests.fold(X::Wide::ZERO, |rest, (tap, x)| rest + x.widen().scaled(*tap));
        let [a, b, c, d] = sums;
        *out = ((a + c) + (b + d)) + rest;
    }
    out
}

/// The last samples of a stream as one slice, oldest first: every sample is stored twice, half a buffer apart.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Recent<W> {
    twice: alloc::boxed::Box<[W]>,
    /// Position of the next sample.
    at: usize,
}

impl<W: Sample> Recent<W> {
    /// Room for `count` samples, all zero so far.
    pub(super) fn new(count: usize) -> Self {
        Self { twice: alloc::vec![W::ZERO; 2 * count.max(1)].into_boxed_slice(), at: 0 }
    }

    /// Number of samples are kept.
    #[inline]
    pub(super) fn count(&self) -> usize {
        self.twice.len() / 2
    }

    #[inline]
    pub(super) fn push(&mut self, x: W) {
        let count = self.count();
        self.twice[self.at] = x;
        self.twice[self.at + count] = x;
        self.at += 1;
        if self.at == count {
            self.at = 0;
        }
    }

    /// As if `x` had been there indefinitely.
    pub(super) fn fill(&mut self, x: W) {
        self.twice.fill(x);
    }

    /// The newest sample.
    pub(super) fn newest(&self) -> W {
        self.twice[self.at + self.count() - 1]
    }

    /// The newest `count` samples, oldest first; fewer when fewer are kept.
    #[inline]
    pub(super) fn last(&self, count: usize) -> &[W] {
        let end = self.at + self.count();
        &self.twice[end - count.min(self.count())..end]
    }
}
