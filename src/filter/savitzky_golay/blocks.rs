//! The window's weighted sum at a cost that does not depend on the window.

use super::gram::Gram;
use crate::samples::Sample;
use alloc::{vec, vec::Vec};
use core::array;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Whole blocks in a window.
pub(super) const PER_WINDOW: usize = 4;
/// Polynomials of up to this degree plus one.
pub(super) const MOST_LEVELS: usize = 6;
/// Blocks worked on side by side, so that the additions of one need not wait for each other.
const TOGETHER: usize = 4;
/// Samples worked on at once, so that they stay in the cache.
const AT_ONCE: usize = 8192;

/// A weighted sum whose coefficients are a polynomial of the place in the window.
///
/// The samples are cut into blocks of a quarter window. A window is the end of one block, the three whole blocks after
/// it and the beginning of another one, as in van Herk's algorithm:
/// - *end and beginning*: the sums of x times "k choose m", k counted from the window's edge, need one addition per
///   sample and m when a sample is added at that edge, and the coefficients are the same for every window;
/// - *whole blocks*: their part is a polynomial in the place of the window. It follows from each block's moments with
///   Chebyshev polynomials, which are made once per block.
///
/// Samples count from their level, the mean of the whole blocks, so that an offset costs no digits of a derivative.
/// Every sum starts afresh with its block, so errors do not grow along the record. Quarter windows, because "k choose m" expansions of a polynomial of degree 5 over a whole window cancel to
/// one part in 1700, over a quarter to one in 33.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Blocks {
    window: usize,
    block: usize,
    odd: bool,
    /// Of "k choose m" from the window's edge; their number is the number of levels.
    factors: Vec<f64>,
    /// Chebyshev polynomials at the samples of a block, one row per polynomial.
    basis: Vec<f64>,
    /// From the moments of the whole blocks to the polynomial in the place: [block][moment][polynomial].
    maps: Vec<f64>,
    /// Moments of a block of ones.
    ones: Vec<f64>,
    /// What a record of ones gives.
    gain: f64,
}

/// A window on its way along a block.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Place<W> {
    /// The part of what came before the last whole block's end, at every place.
    fixed: Vec<W>,
    /// The sums of what came after.
    beginning: [W; MOST_LEVELS],
    level: W,
    place: usize,
}

/// What a whole record needs.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct BlocksScratch<W> {
    moments: Vec<[W; MOST_LEVELS]>,
    fixed: Vec<W>,
}

impl<W: Sample> BlocksScratch<W> {
    pub(super) fn new() -> Self {
        Self { moments: Vec::new(), fixed: Vec::new() }
    }
}

/// Chebyshev polynomials at `x`, the degrees from 0 on.
fn chebyshev<const L: usize>(x: f64) -> [f64; L] {
    let mut values = [1.0; L];
    for n in 1..L {
        values[n] = if n == 1 { x } else { 2.0 * x * values[n - 1] - values[n - 2] };
    }
    values
}

/// Calls a method with the number of levels as a constant.
macro_rules! by_level {
    ($self:ident.$method:ident($($argument:expr),*)) => {
        match $self.factors.len() {
            1 => $self.$method::<_, 1>($($argument),*),
            2 => $self.$method::<_, 2>($($argument),*),
            3 => $self.$method::<_, 3>($($argument),*),
            4 => $self.$method::<_, 4>($($argument),*),
            5 => $self.$method::<_, 5>($($argument),*),
            _ => $self.$method::<_, MOST_LEVELS>($($argument),*),
        }
    };
}

impl Blocks {
    /// For the sum over the polynomials of `gram` (of a degree below [`MOST_LEVELS`], as odd or even as `odd` says)
    /// with `weights`, which gives `gain` for a record of ones.
    pub(super) fn new(gram: Gram, weights: &[f64], odd: bool, gain: f64) -> Self {
        let (block, levels) = (gram.window / PER_WINDOW, gram.degree + 1);
        let place = |xi: f64| 0.5 * (xi * block as f64 + block as f64 - 1.0);
        let mut basis = vec![0.0; levels * block];
        for t in 0..block {
            let xi = (2.0 * t as f64 - (block as f64 - 1.0)) / block as f64;
            let values: [f64; MOST_LEVELS] = chebyshev(xi);
            (0..levels).for_each(|m| basis[m * block + t] = values[m]);
        }
        // A polynomial in two variables, read off its values on Chebyshev nodes.
        let nodes: Vec<f64> =
            (0..levels).map(|a| (core::f64::consts::PI * (a as f64 + 0.5) / levels as f64).cos()).collect();
        let values: Vec<[f64; MOST_LEVELS]> = nodes.iter().map(|xi| chebyshev(*xi)).collect();
        let share = |m: usize| if m == 0 { 1.0 } else { 2.0 } / levels as f64;
        let mut maps = vec![0.0; (PER_WINDOW - 1) * levels * levels];
        for (i, map) in maps.chunks_exact_mut(levels * levels).enumerate() {
            for (at, u) in nodes.iter().zip(&values) {
                for (from, v) in nodes.iter().zip(&values) {
                    let k = ((i + 1) * block) as f64 + place(*at) - place(*from);
                    let coefficient = gram.sum(weights, k);
                    for (m, row) in map.chunks_exact_mut(levels).enumerate() {
                        for (n, entry) in row.iter_mut().enumerate() {
                            *entry += coefficient * u[m] * share(m) * v[n] * share(n);
                        }
                    }
                }
            }
        }
        let ones = basis.chunks_exact(block).map(|row| row.iter().sum()).collect();
        Self { window: gram.window, block, odd, factors: gram.binomial(weights), basis, maps, ones, gain }
    }

    /// Of the sums from an edge of the window, with the other sign where `negative`.
    fn factors<const L: usize>(&self, negative: bool) -> [f64; L] {
        array::from_fn(|m| if negative { -self.factors[m] } else { self.factors[m] })
    }

    /// The moments of one block.
    fn moments<W: Sample, const L: usize>(&self, block: &[W]) -> [W; MOST_LEVELS] {
        const LANES: usize = 4;
        let mut out = [W::ZERO; MOST_LEVELS];
        for (out, row) in out[..L].iter_mut().zip(self.basis.chunks_exact(self.block)) {
            let mut sums = [W::ZERO; LANES];
            let (tiles, factors) = (block.chunks_exact(LANES), row.chunks_exact(LANES));
            let rest = tiles.remainder().iter().zip(factors.remainder());
            for (tile, factors) in tiles.clone().zip(factors.clone()) {
                for l in 0..LANES {
                    sums[l] = sums[l] + tile[l].scaled(factors[l]);
                }
            }
            let whole = (sums[0] + sums[1]) + (sums[2] + sums[3]);
            *out = rest.fold(whole, |sum, (x, factor)| sum + x.scaled(*factor));
        }
        out
    }

    /// The part of the whole blocks, at every place of the window; gives their level.
    fn middle<W: Sample, const L: usize>(&self, moments: &[[W; MOST_LEVELS]], out: &mut [W]) -> W {
        let sum = moments.iter().fold(W::ZERO, |sum, moments| sum + moments[0]);
        let level = sum.scaled(1.0 / ((PER_WINDOW - 1) * self.block) as f64);
        let mut shape = [W::ZERO; L];
        for (moments, map) in moments.iter().zip(self.maps.chunks_exact(L * L)) {
            for ((moment, one), row) in moments.iter().zip(&self.ones).zip(map.chunks_exact(L)) {
                let moment = *moment - level.scaled(*one);
                for (shape, factor) in shape.iter_mut().zip(row) {
                    *shape = *shape + moment.scaled(*factor);
                }
            }
        }
        out.fill(shape[0] + level.scaled(self.gain));
        for (shape, row) in shape.iter().zip(self.basis.chunks_exact(self.block)).skip(1) {
            for (out, factor) in out.iter_mut().zip(row) {
                *out = *out + shape.scaled(*factor);
            }
        }
        level
    }

    /// Adds the part of the ends of `J` blocks, at every place of their windows.
    #[inline(always)]
    fn add_ends<W: Sample, const L: usize, const J: usize>(
        &self,
        x: [&[W]; J],
        levels: [W; J],
        fixed: &mut [&mut [W]; J],
    ) {
        let (x, factors) = (x.map(|x| &x[..self.block]), self.factors::<L>(false));
        let fixed = fixed.each_mut().map(|fixed| &mut fixed[..x[0].len()]);
        let mut sums = [[W::ZERO; J]; L];
        for p in (0..x[0].len()).rev() {
            grow(&mut sums, array::from_fn(|j| x[j][p] - levels[j]));
            let part = weigh(&sums, &factors);
            for j in 0..J {
                fixed[j][p] = fixed[j][p] + part[j];
            }
        }
    }

    /// Adds the part of the beginnings, at every place of `J` windows. In `x` what comes after the last whole block.
    #[inline(always)]
    fn add_beginnings<W: Sample, const L: usize, const J: usize>(
        &self,
        x: [&[W]; J],
        levels: [W; J],
        fixed: &mut [&mut [W]; J],
    ) {
        let spare = self.spare();
        let factors = self.factors::<L>(self.odd);
        let mut sums = [[W::ZERO; J]; L];
        (0..spare).for_each(|p| grow(&mut sums, array::from_fn(|j| x[j][p] - levels[j])));
        let x = x.map(|x| &x[spare..][..self.block]);
        let fixed = fixed.each_mut().map(|fixed| &mut fixed[..x[0].len()]);
        for p in 0..x[0].len() {
            let part = weigh(&sums, &factors);
            for j in 0..J {
                fixed[j][p] = fixed[j][p] + part[j];
            }
            grow(&mut sums, array::from_fn(|j| x[j][p] - levels[j]));
        }
    }

    /// The values of `J` blocks of windows that begin in `x`.
    fn group<W: Sample, const L: usize, const J: usize>(
        &self,
        x: &[W],
        moments: &[[W; MOST_LEVELS]],
        fixed: &mut [W],
    ) {
        let (block, whole) = (self.block, self.block * PER_WINDOW);
        let mut levels = [W::ZERO; J];
        for (j, fixed) in fixed.chunks_exact_mut(block).enumerate() {
            levels[j] = self.middle::<W, L>(&moments[j..j + PER_WINDOW - 1], fixed);
        }
        let mut rows = fixed.chunks_exact_mut(block);
        let mut rows: [&mut [W]; J] = array::from_fn(|_| rows.next().unwrap_or_default());
        self.add_ends::<W, L, J>(array::from_fn(|j| &x[j * block..]), levels, &mut rows);
        self.add_beginnings::<W, L, J>(array::from_fn(|j| &x[j * block + whole..]), levels, &mut rows);
    }

    fn run_of<W: Sample, const L: usize>(&self, x: &[W], out: &mut [W], scratch: &mut BlocksScratch<W>) {
        let BlocksScratch { moments, fixed } = scratch;
        let run = self.block * TOGETHER;
        fixed.resize(run, W::ZERO);
        let blocks = out.len().div_ceil(self.block) + PER_WINDOW - 2;
        moments.clear();
        moments
            .extend(x[self.block..].chunks_exact(self.block).take(blocks).map(|x| self.moments::<W, L>(x)));
        for (g, out) in out.chunks_mut(run).enumerate() {
            let (x, moments) = (&x[g * run..], &moments[g * TOGETHER..]);
            if out.len() == run {
                self.group::<W, L, TOGETHER>(x, moments, fixed);
                out.copy_from_slice(fixed);
            } else {
                let fixed = &mut fixed[..self.block];
                for (j, out) in out.chunks_mut(self.block).enumerate() {
                    self.group::<W, L, 1>(&x[j * self.block..], &moments[j..], fixed);
                    out.copy_from_slice(&fixed[..out.len()]);
                }
            }
        }
    }

    /// The values of the windows that begin in `x`, the first of them with a block. `x` goes on with anything for a
    /// block beyond the last window.
    pub(super) fn run<W: Sample>(&self, x: &[W], out: &mut [W], scratch: &mut BlocksScratch<W>) {
        by_level!(self.run_of(x, out, scratch));
    }

    /// How many values at once: whole blocks, side by side, some ten thousand samples.
    pub(super) fn at_once(&self) -> usize {
        let run = self.block * TOGETHER;
        run * (AT_ONCE / run).max(2)
    }

    /// Samples beyond the last window that [`Blocks::run`] reads.
    pub(super) fn beyond(&self) -> usize {
        self.block
    }

    fn spare(&self) -> usize {
        self.window - PER_WINDOW * self.block
    }

    pub(super) fn initial_state<W: Sample>(&self) -> Place<W> {
        Place {
            fixed: vec![W::ZERO; self.block],
            beginning: [W::ZERO; MOST_LEVELS],
            level: W::ZERO,
            place: 0,
        }
    }

    /// The value of the next window, which is given whole.
    pub(super) fn process<W: Sample>(&self, state: &mut Place<W>, window: &[W]) -> W {
        by_level!(self.step_of(state, window))
    }

    fn step_of<W: Sample, const L: usize>(&self, state: &mut Place<W>, window: &[W]) -> W {
        let mut sums: [[W; 1]; L] = array::from_fn(|m| [state.beginning[m]]);
        if state.place == 0 {
            let mut moments = [[W::ZERO; MOST_LEVELS]; PER_WINDOW - 1];
            let blocks = window[self.block..].chunks_exact(self.block);
            moments.iter_mut().zip(blocks).for_each(|(moments, x)| *moments = self.moments::<W, L>(x));
            state.level = self.middle::<W, L>(&moments, &mut state.fixed);
            self.add_ends::<W, L, 1>([window], [state.level], &mut [&mut state.fixed]);
            sums = [[W::ZERO; 1]; L];
            window[PER_WINDOW * self.block..].iter().for_each(|x| grow(&mut sums, [*x - state.level]));
        } else {
            grow(&mut sums, [window[self.window - 1] - state.level]);
        }
        let [part] = weigh(&sums, &self.factors::<L>(self.odd));
        let value = state.fixed[state.place] + part;
        (0..L).for_each(|m| [state.beginning[m]] = sums[m]);
        state.place = (state.place + 1) % self.block;
        value
    }
}

/// One sample more at the edge, in each of `J` blocks: its k is 0, and everybody else's k rises by one.
#[inline(always)]
fn grow<W: Sample, const L: usize, const J: usize>(sums: &mut [[W; J]; L], x: [W; J]) {
    for m in (1..L).rev() {
        let below = sums[m - 1];
        for (sum, below) in sums[m].iter_mut().zip(below) {
            *sum = *sum + below;
        }
    }
    for (sum, x) in sums[0].iter_mut().zip(x) {
        *sum = *sum + x;
    }
}

#[inline(always)]
fn weigh<W: Sample, const L: usize, const J: usize>(sums: &[[W; J]; L], factors: &[f64; L]) -> [W; J] {
    let mut parts = [W::ZERO; J];
    for j in 0..J {
        parts[j] = sums[0][j].scaled(factors[0]);
        for m in 1..L {
            parts[j] = parts[j] + sums[m][j].scaled(factors[m]);
        }
    }
    parts
}
