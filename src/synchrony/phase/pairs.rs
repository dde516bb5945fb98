//! Sums over samples for every pair of channels, and for all channels together.

use crate::simd::{self, Kernel, Transpose};
use alloc::{vec, vec::Vec};
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Samples looked at together, so that all channels' rows stay in the second-level cache.
pub(super) const BLOCK: usize = 256;
/// Partial sums of one sum: as many as fill a register, and the same whatever the machine has.
const LANES: usize = 4;

type Row = [f64; BLOCK];
type Part = [f64; LANES];

/// Unit vectors of a block of samples, one row per channel; what is not filled is 0.
#[derive(Debug, Clone)]
pub(super) struct Block {
    pub(super) cos: Vec<Row>,
    pub(super) sin: Vec<Row>,
}

/// For each pair of channels (a, b), b not below a, the sum over samples of the product of a and the conjugate of b.
#[derive(Debug, Clone)]
pub(super) struct Sums {
    channels: usize,
    /// Rounded up to even, so that pairs come in squares of two by two.
    rows: usize,
    products: Vec<[f64; 2]>,
    block: Block,
}

impl Sums {
    pub(super) fn new(channels: usize) -> Self {
        let rows = channels.next_multiple_of(2);
        let row = || vec![[0.0; BLOCK]; rows];
        Self {
            channels,
            rows,
            products: vec![[0.0; 2]; rows * rows],
            block: Block { cos: row(), sin: row() },
        }
    }

    #[cfg(feature = "fft")]
    pub(super) fn clear(&mut self) {
        self.products.fill([0.0; 2]);
    }

    /// Add `length` samples, up to a block. `fill` writes one channel's cosines and sines into rows of that length.
    pub(super) fn add(
        &mut self,
        length: usize,
        baseline_only: bool,
        mut fill: impl FnMut(usize, &mut [f64], &mut [f64]),
    ) {
        for (channel, (cos, sin)) in self.block.cos.iter_mut().zip(&mut self.block.sin).enumerate() {
            if channel < self.channels {
                fill(channel, &mut cos[..length], &mut sin[..length]);
                cos[length..].fill(0.0);
                sin[length..].fill(0.0);
            }
        }
        let work = Products { block: &self.block, rows: self.rows, products: &mut self.products };
        simd::run(baseline_only, work);
    }

    /// Length of the mean vector over channels at each sample of the last block, as far as `out` goes.
    pub(super) fn order(&self, baseline_only: bool, out: &mut [f64]) {
        let (cos, sin) = (&self.block.cos[..self.channels], &self.block.sin[..self.channels]);
        simd::run(baseline_only, Order { cos, sin, out });
    }

    /// The mean product of two different channels over `samples`: cosine and sine of their mean difference, times the locking value.
    pub(super) fn mean(&self, a: usize, b: usize, samples: usize) -> [f64; 2] {
        let n = samples as f64;
        let [re, im] = self.products[self.rows * a.min(b) + a.max(b)];
        if a <= b { [re / n, im / n] } else { [re / n, -im / n] }
    }
}

struct Products<'a> {
    block: &'a Block,
    rows: usize,
    products: &'a mut [[f64; 2]],
}

impl Kernel for Products<'_> {
    #[inline(always)]
    fn run<T: Transpose>(self, _: T) {
        let Block { cos, sin } = self.block;
        for a in (0..self.rows).step_by(2) {
            // A channel with itself needs no sum.
            let [[re, im]] = sums([[0, 1]], [&cos[a], &cos[a + 1]], [&sin[a], &sin[a + 1]]);
            add(&mut self.products[a * self.rows + a + 1], re, im);
            for b in (a + 2..self.rows).step_by(2) {
                let found = sums(
                    [[0, 2], [0, 3], [1, 2], [1, 3]],
                    [&cos[a], &cos[a + 1], &cos[b], &cos[b + 1]],
                    [&sin[a], &sin[a + 1], &sin[b], &sin[b + 1]],
                );
                for (k, [re, im]) in found.into_iter().enumerate() {
                    add(&mut self.products[(a + k / 2) * self.rows + b + k % 2], re, im);
                }
            }
        }
    }
}

#[inline(always)]
fn add(sum: &mut [f64; 2], re: f64, im: f64) {
    sum[0] += re;
    sum[1] += im;
}

/// The sums of some pairs among a few channels: as many at once as registers hold.
#[inline(always)]
fn sums<const P: usize, const C: usize>(
    pairs: [[usize; 2]; P],
    cos: [&Row; C],
    sin: [&Row; C],
) -> [[f64; 2]; P] {
    let (mut re, mut im) = ([[0.0; LANES]; P], [[0.0; LANES]; P]);
    for at in (0..BLOCK).step_by(LANES) {
        let part = |row: &Row| -> Part { core::array::from_fn(|l| row[at + l]) };
        let (c, s) = (cos.map(part), sin.map(part));
        for (k, [a, b]) in pairs.into_iter().enumerate() {
            for l in 0..LANES {
                re[k][l] += c[a][l] * c[b][l] + s[a][l] * s[b][l];
                im[k][l] += s[a][l] * c[b][l] - c[a][l] * s[b][l];
            }
        }
    }
    let total = |part: Part| (part[0] + part[1]) + (part[2] + part[3]);
    core::array::from_fn(|k| [total(re[k]), total(im[k])])
}

struct Order<'a> {
    cos: &'a [Row],
    sin: &'a [Row],
    out: &'a mut [f64],
}

impl Kernel for Order<'_> {
    #[inline(always)]
    fn run<T: Transpose>(self, _: T) {
        let (mut x, mut y) = ([0.0; BLOCK], [0.0; BLOCK]);
        for (cos, sin) in self.cos.iter().zip(self.sin) {
            for t in 0..BLOCK {
                x[t] += cos[t];
                y[t] += sin[t];
            }
        }
        let scale = 1.0 / self.cos.len() as f64;
        for (out, (x, y)) in self.out.iter_mut().zip(x.iter().zip(&y)) {
            *out = scale * (x * x + y * y).sqrt();
        }
    }
}
