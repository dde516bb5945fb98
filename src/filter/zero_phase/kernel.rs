//! The arithmetic of a cascade on several lanes at once.
//!
//! Bit for bit what [`super::super::Section`] does with one number: the same five coefficients, the same order of
//! operations, no fused multiply-add.

use crate::samples::Sample;
use crate::simd::{self, Kernel, TILE, Transpose};

/// Channels, or parts of one channel, filtered side by side: as many as keep the memory of two sections in registers.
pub(super) const LANES: usize = 8;

/// One number per lane.
pub(super) type Row<const L: usize> = [f64; L];

/// What the sections of a [`Cascade`] remember, in every lane.
pub(super) type Memory<const S: usize, const L: usize> = [[Row<L>; 2]; S];

/// A cascade of `S` sections, each b0, b1, b2, a1, a2.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cascade<const S: usize> {
    pub(super) sections: [[f64; 5]; S],
    /// With the baseline instructions only.
    pub(super) baseline_only: bool,
}

impl<const S: usize> Cascade<S> {
    pub(super) fn process<const L: usize>(&self, memory: &mut Memory<S, L>, row: Row<L>) -> Row<L> {
        step(&self.sections, memory, row)
    }

    /// The memory after an endless constant `level`.
    pub(super) fn steady_state<const L: usize>(&self, level: Row<L>) -> Memory<S, L> {
        let mut memory = [[[0.0; L]; 2]; S];
        let mut level = level;
        for ([b0, b1, b2, a1, a2], [s1, s2]) in self.sections.iter().zip(&mut memory) {
            let gain = (b0 + b1 + b2) / (1.0 + a1 + a2);
            for l in 0..L {
                let out = gain * level[l];
                (s1[l], s2[l]) = (out - b0 * level[l], b2 * level[l] - a2 * out);
                level[l] = out;
            }
        }
        memory
    }

    /// Over samples, one slice per lane, into `rows`, which say how many.
    pub(super) fn forward<X: Sample, const L: usize>(
        &self,
        memory: &mut Memory<S, L>,
        x: &[&[X]; L],
        rows: &mut [Row<L>],
    ) {
        self.run::<L>(Forward { sections: &self.sections, memory, x, rows });
    }

    /// Over samples, one slice per lane, all of one length, for the memory they leave.
    pub(super) fn listen<X: Sample, const L: usize>(&self, memory: &mut Memory<S, L>, x: &[&[X]; L]) {
        self.run::<L>(Listen { sections: &self.sections, memory, x });
    }

    /// Over `rows` from the last to the first, into one slice per lane.
    pub(super) fn backward<X: Sample, const L: usize>(
        &self,
        memory: &mut Memory<S, L>,
        rows: &[Row<L>],
        out: &mut [&mut [X]; L],
    ) {
        self.run::<L>(Backward { sections: &self.sections, memory, rows, out });
    }

    /// Over `rows` from the last to the first, for the memory they leave.
    pub(super) fn listen_back<const L: usize>(&self, memory: &mut Memory<S, L>, rows: &[Row<L>]) {
        self.run::<L>(ListenBack { sections: &self.sections, memory, rows });
    }

    /// One lane gains nothing from wide registers.
    fn run<const L: usize>(&self, work: impl Kernel) {
        simd::run(self.baseline_only || L == 1, work);
    }
}

/// The loops are functions of their own, each entered through the choice of instructions: inlined into what calls them,
/// they run out of registers. They go by tiles of a few rows, one section after the other, so that registers hold what
/// one section remembers; sections of neighbouring tiles then overlap in the machine.
struct Forward<'a, X, const S: usize, const L: usize> {
    sections: &'a [[f64; 5]; S],
    memory: &'a mut Memory<S, L>,
    x: &'a [&'a [X]; L],
    rows: &'a mut [Row<L>],
}

impl<X: Sample, const S: usize, const L: usize> Kernel for Forward<'_, X, S, L> {
    #[inline(always)]
    fn run<T: Transpose>(self, turn: T) {
        let x = cut(self.x, self.rows.len());
        let (sections, mut memory) = (*self.sections, *self.memory);
        let (tiles, left) = self.rows.split_at_mut(in_tiles::<T, L>(x[0].len()));
        let whole = tiles.len();
        for (i, rows) in tiles.chunks_exact_mut(TILE).enumerate() {
            let tile = steps(&sections, &mut memory, gather_tile(turn, &x, i * TILE));
            rows.copy_from_slice(&tile);
        }
        for (t, row) in left.iter_mut().enumerate() {
            *row = step(&sections, &mut memory, gather(&x, whole + t));
        }
        *self.memory = memory;
    }
}

struct Listen<'a, X, const S: usize, const L: usize> {
    sections: &'a [[f64; 5]; S],
    memory: &'a mut Memory<S, L>,
    x: &'a [&'a [X]; L],
}

impl<X: Sample, const S: usize, const L: usize> Kernel for Listen<'_, X, S, L> {
    #[inline(always)]
    fn run<T: Transpose>(self, turn: T) {
        let length = self.x[0].len();
        let x = cut(self.x, length);
        let (sections, mut memory) = (*self.sections, *self.memory);
        let whole = in_tiles::<T, L>(length);
        for i in 0..whole / TILE {
            steps(&sections, &mut memory, gather_tile(turn, &x, i * TILE));
        }
        for t in whole..length {
            step(&sections, &mut memory, gather(&x, t));
        }
        *self.memory = memory;
    }
}

struct Backward<'a, 'b, X, const S: usize, const L: usize> {
    sections: &'a [[f64; 5]; S],
    memory: &'a mut Memory<S, L>,
    rows: &'a [Row<L>],
    out: &'a mut [&'b mut [X]; L],
}

impl<X: Sample, const S: usize, const L: usize> Kernel for Backward<'_, '_, X, S, L> {
    #[inline(always)]
    fn run<T: Transpose>(self, turn: T) {
        let mut out = self.out.each_mut().map(|out| &mut out[..self.rows.len()]);
        let (sections, mut memory) = (*self.sections, *self.memory);
        let (tiles, left) = self.rows.split_at(in_tiles::<T, L>(self.rows.len()));
        for (t, row) in left.iter().enumerate().rev() {
            let y = step(&sections, &mut memory, *row);
            for l in 0..L {
                out[l][tiles.len() + t] = X::from_channels(|_| y[l]);
            }
        }
        for (i, rows) in tiles.chunks_exact(TILE).enumerate().rev() {
            let tile = steps(&sections, &mut memory, reversed(rows));
            scatter_tile(turn, &reversed(&tile), &mut out, i * TILE);
        }
        *self.memory = memory;
    }
}

struct ListenBack<'a, const S: usize, const L: usize> {
    sections: &'a [[f64; 5]; S],
    memory: &'a mut Memory<S, L>,
    rows: &'a [Row<L>],
}

impl<const S: usize, const L: usize> Kernel for ListenBack<'_, S, L> {
    #[inline(always)]
    fn run<T: Transpose>(self, _: T) {
        let (sections, mut memory) = (*self.sections, *self.memory);
        let (tiles, left) = self.rows.split_at(in_tiles::<T, L>(self.rows.len()));
        for row in left.iter().rev() {
            step(&sections, &mut memory, *row);
        }
        for rows in tiles.chunks_exact(TILE).rev() {
            steps(&sections, &mut memory, reversed(rows));
        }
        *self.memory = memory;
    }
}

/// How many of so many rows go by tiles.
#[inline(always)]
fn in_tiles<T: Transpose, const L: usize>(rows: usize) -> usize {
    if T::WORTH_IT && L % TILE == 0 { rows / TILE * TILE } else { 0 }
}

/// A tile of rows through the cascade: in each lane the same arithmetic as [`step`] row by row.
#[inline(always)]
fn steps<const S: usize, const L: usize>(
    sections: &[[f64; 5]; S],
    memory: &mut Memory<S, L>,
    tile: [Row<L>; TILE],
) -> [Row<L>; TILE] {
    let mut tile = tile;
    for s in 0..S {
        let mut held = [memory[s]];
        for row in &mut tile {
            *row = step(&[sections[s]], &mut held, *row);
        }
        [memory[s]] = held;
    }
    tile
}

#[inline(always)]
fn step<const S: usize, const L: usize>(
    sections: &[[f64; 5]; S],
    memory: &mut Memory<S, L>,
    row: Row<L>,
) -> Row<L> {
    let mut x = row;
    for s in 0..S {
        let [b0, b1, b2, a1, a2] = sections[s];
        let [s1, s2] = &mut memory[s];
        let mut y = [0.0; L];
        for l in 0..L {
            y[l] = s1[l] + b0 * x[l];
        }
        for l in 0..L {
            s1[l] = s2[l] + b1 * x[l] - a1 * y[l];
        }
        for l in 0..L {
            s2[l] = b2 * x[l] - a2 * y[l];
        }
        x = y;
    }
    x
}

/// Slices of one length, so that rows are read without a check.
#[inline(always)]
fn cut<'a, X, const L: usize>(x: &[&'a [X]; L], length: usize) -> [&'a [X]; L] {
    x.map(|x| &x[..length])
}

#[inline(always)]
fn gather<X: Sample, const L: usize>(x: &[&[X]; L], t: usize) -> Row<L> {
    let mut row = [0.0; L];
    for l in 0..L {
        row[l] = x[l][t].channel(0);
    }
    row
}

/// The rows `t` to `t + TILE`.
#[inline(always)]
fn gather_tile<T: Transpose, X: Sample, const L: usize>(turn: T, x: &[&[X]; L], t: usize) -> [Row<L>; TILE] {
    let mut tile = [[0.0; L]; TILE];
    for l in (0..L).step_by(TILE) {
        let mut square = [[0.0; TILE]; TILE];
        for i in 0..TILE {
            let from = &x[l + i][t..t + TILE];
            for j in 0..TILE {
                square[i][j] = from[j].channel(0);
            }
        }
        let square = turn.turn(square);
        for j in 0..TILE {
            tile[j][l..l + TILE].copy_from_slice(&square[j]);
        }
    }
    tile
}

/// `tile` to the places `t` to `t + TILE` of each lane.
#[inline(always)]
fn scatter_tile<T: Transpose, X: Sample, const L: usize>(
    turn: T,
    tile: &[Row<L>; TILE],
    out: &mut [&mut [X]; L],
    t: usize,
) {
    for l in (0..L).step_by(TILE) {
        let mut square = [[0.0; TILE]; TILE];
        for j in 0..TILE {
            square[j].copy_from_slice(&tile[j][l..l + TILE]);
        }
        let square = turn.turn(square);
        for i in 0..TILE {
            let place = &mut out[l + i][t..t + TILE];
            for j in 0..TILE {
                place[j] = X::from_channels(|_| square[i][j]);
            }
        }
    }
}

#[inline(always)]
fn reversed<const L: usize>(rows: &[Row<L>]) -> [Row<L>; TILE] {
    let mut tile = [[0.0; L]; TILE];
    for (place, row) in tile.iter_mut().zip(rows.iter().rev()) {
        *place = *row;
    }
    tile
}

/// The memory of one lane.
pub(super) fn lane<const S: usize, const L: usize>(memory: &Memory<S, L>, lane: usize) -> Memory<S, 1> {
    memory.map(|section| section.map(|row| [row[lane]]))
}

/// Replace the memory of one lane.
pub(super) fn set_lane<const S: usize, const L: usize>(
    memory: &mut Memory<S, L>,
    lane: usize,
    one: &Memory<S, 1>,
) {
    for (section, one) in memory.iter_mut().zip(one) {
        for (row, one) in section.iter_mut().zip(one) {
            row[lane] = one[0];
        }
    }
}

/// Whether all that is remembered is finite.
pub(super) fn finite<const S: usize, const L: usize>(memory: &Memory<S, L>) -> bool {
    memory.as_flattened().as_flattened().iter().all(|s| s.is_finite())
}
