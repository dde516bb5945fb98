//! The arithmetic of a cascade on several lanes at once.
//!
//! Bit for bit what [`super::super::Section`] does with one number: the same five coefficients, the same order of
//! operations, no fused multiply-add. Everything here is inlined into the code that chose the instruction set; one helper
//! that is not would silently be compiled for the baseline.

use crate::samples::Linear;

/// Channels, or parts of one channel, filtered side by side: as many as keep the state of two sections in registers.
pub(super) const LANES: usize = 8;

/// One number per lane.
pub(super) type Row<const L: usize> = [f64; L];

/// A cascade of `S` sections, each b0, b1, b2, a1, a2.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cascade<const S: usize>(pub(super) [[f64; 5]; S]);

/// What the sections of a [`Cascade`] remember, in every lane.
pub(super) type Memory<const S: usize, const L: usize> = [[Row<L>; 2]; S];

impl<const S: usize> Cascade<S> {
    #[inline(always)]
    pub(super) fn step<const L: usize>(&self, memory: &mut Memory<S, L>, row: Row<L>) -> Row<L> {
        let mut x = row;
        for ([b0, b1, b2, a1, a2], [s1, s2]) in self.0.iter().zip(memory) {
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

    /// The memory after an endless constant `level`.
    #[inline(always)]
    pub(super) fn settled<const L: usize>(&self, level: Row<L>) -> Memory<S, L> {
        let mut memory = [[[0.0; L]; 2]; S];
        let mut level = level;
        for ([b0, b1, b2, a1, a2], [s1, s2]) in self.0.iter().zip(&mut memory) {
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
    #[inline(always)]
    pub(super) fn forward<X: Linear, const L: usize>(
        &self,
        memory: &mut Memory<S, L>,
        x: &[&[X]; L],
        rows: &mut [Row<L>],
    ) {
        let x = cut(x, rows.len());
        let mut local = *memory;
        for (t, row) in rows.iter_mut().enumerate() {
            *row = self.step(&mut local, gather(&x, t));
        }
        *memory = local;
    }

    /// Over as many samples as the shortest lane has, for the memory they leave.
    #[inline(always)]
    pub(super) fn listen<X: Linear, const L: usize>(&self, memory: &mut Memory<S, L>, x: &[&[X]; L]) {
        let x = cut(x, x[0].len());
        let mut local = *memory;
        for t in 0..x[0].len() {
            self.step(&mut local, gather(&x, t));
        }
        *memory = local;
    }

    /// Over `rows` from the last to the first, for the memory they leave.
    #[inline(always)]
    pub(super) fn listen_back<const L: usize>(&self, memory: &mut Memory<S, L>, rows: &[Row<L>]) {
        let mut local = *memory;
        for row in rows.iter().rev() {
            self.step(&mut local, *row);
        }
        *memory = local;
    }

    /// Over `rows` from the last to the first, into one slice per lane.
    #[inline(always)]
    pub(super) fn backward<X: Linear, const L: usize>(
        &self,
        memory: &mut Memory<S, L>,
        rows: &[Row<L>],
        out: &mut [&mut [X]; L],
    ) {
        let out = out.each_mut().map(|out| &mut out[..rows.len()]);
        let mut local = *memory;
        for (t, row) in rows.iter().enumerate().rev() {
            let y = self.step(&mut local, *row);
            for l in 0..L {
                out[l][t] = X::from_channels(|_| y[l]);
            }
        }
        *memory = local;
    }
}

/// Slices of one length known to the optimiser, so that rows are read without a check.
#[inline(always)]
fn cut<'a, X, const L: usize>(x: &[&'a [X]; L], length: usize) -> [&'a [X]; L] {
    x.map(|x| &x[..length])
}

#[inline(always)]
fn gather<X: Linear, const L: usize>(x: &[&[X]; L], t: usize) -> Row<L> {
    let mut row = [0.0; L];
    for l in 0..L {
        row[l] = x[l][t].channel(0);
    }
    row
}

/// The memory of one lane.
#[inline(always)]
pub(super) fn lane<const S: usize, const L: usize>(memory: &Memory<S, L>, lane: usize) -> Memory<S, 1> {
    memory.map(|section| section.map(|row| [row[lane]]))
}

/// Replace the memory of one lane.
#[inline(always)]
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
