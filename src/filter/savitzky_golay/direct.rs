//! The window's weighted sum, sample by sample.

use crate::samples::Sample;

/// Outputs worked out side by side.
const LANES: usize = 8;

/// A symmetric or antisymmetric set of coefficients: each pair of samples at the same distance from the middle is
/// added, or subtracted, first. So a derivative of a constant is exactly 0.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Direct {
    /// From the middle outwards.
    coefficients: alloc::vec::Vec<f64>,
    odd: bool,
}

impl Direct {
    pub(super) fn new(coefficients: alloc::vec::Vec<f64>, odd: bool) -> Self {
        Self { coefficients, odd }
    }

    fn half(&self) -> usize {
        self.coefficients.len() - 1
    }

    /// The value of one window, which begins at `x[0]`.
    #[inline]
    pub(super) fn one<W: Sample>(&self, x: &[W]) -> W {
        let [y] = if self.odd { self.lanes::<W, 1, true>(x) } else { self.lanes::<W, 1, false>(x) };
        y
    }

    /// The values of the windows that begin in `x`, one after the other.
    pub(super) fn run<W: Sample>(&self, x: &[W], out: &mut [W]) {
        if self.odd { self.run_of::<W, true>(x, out) } else { self.run_of::<W, false>(x, out) }
    }

    fn run_of<W: Sample, const ODD: bool>(&self, x: &[W], out: &mut [W]) {
        let whole = out.len() - out.len() % LANES;
        let (tiles, rest) = out.split_at_mut(whole);
        for (i, tile) in tiles.chunks_exact_mut(LANES).enumerate() {
            tile.copy_from_slice(&self.lanes::<W, LANES, ODD>(&x[i * LANES..]));
        }
        for (i, out) in rest.iter_mut().enumerate() {
            [*out] = self.lanes::<W, 1, ODD>(&x[whole + i..]);
        }
    }

    #[inline(always)]
    fn lanes<W: Sample, const L: usize, const ODD: bool>(&self, x: &[W]) -> [W; L] {
        let half = self.half();
        let x = &x[..2 * half + L];
        let mut sums = [W::ZERO; L];
        if !ODD {
            let middle = &x[half..half + L];
            for l in 0..L {
                sums[l] = middle[l].scaled(self.coefficients[0]);
            }
        }
        for (k, c) in self.coefficients.iter().enumerate().skip(1) {
            let (before, after) = (&x[half - k..][..L], &x[half + k..][..L]);
            for l in 0..L {
                let pair = if ODD { after[l] - before[l] } else { after[l] + before[l] };
                sums[l] = sums[l] + pair.scaled(*c);
            }
        }
        sums
    }
}
