//! The odd extension at the ends of a record, and how each pass enters it.

use super::kernel::{Cascade, Memory, Row};
use crate::samples::Sample;

/// The longest extension of the cascades that run in lanes: 3 (1 + order) of four sections.
pub(super) const LONGEST: usize = 27;

/// Twice the value at `end` less the one at `i`: the point reflection.
fn reflected<X: Sample, const L: usize>(x: &[&[X]; L], end: usize, i: usize) -> Row<L> {
    let mut row = [0.0; L];
    for l in 0..L {
        let end = x[l][end].channel(0);
        row[l] = end + end - x[l][i].channel(0);
    }
    row
}

/// The memory of the first pass at the first sample of the record.
pub(super) fn enter<X: Sample, const S: usize, const L: usize>(
    cascade: &Cascade<S>,
    x: &[&[X]; L],
    extension: usize,
) -> Memory<S, L> {
    let mut memory = cascade.steady_state(reflected(x, 0, extension));
    for i in (1..=extension).rev() {
        cascade.process(&mut memory, reflected(x, 0, i));
    }
    memory
}

/// The memory of the second pass at the last sample of the record, from that of the first.
pub(super) fn turn<X: Sample, const S: usize, const L: usize>(
    cascade: &Cascade<S>,
    memory: &Memory<S, L>,
    x: &[&[X]; L],
    extension: usize,
) -> Memory<S, L> {
    let (mut memory, mut tail) = (*memory, [[0.0; L]; LONGEST]);
    let last = x[0].len() - 1;
    let tail = &mut tail[..extension];
    for (i, row) in tail.iter_mut().enumerate() {
        *row = cascade.process(&mut memory, reflected(x, last, last - 1 - i));
    }
    let mut back = cascade.steady_state(tail[extension - 1]);
    cascade.listen_back(&mut back, tail);
    back
}
