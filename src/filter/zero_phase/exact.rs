//! Whole records, one per lane, without any approximation.

use super::ends::{enter, turn};
use super::kernel::{Cascade, Memory, Row, finite};
use super::scratch::{Room, most_rows};
use crate::samples::Sample;
use alloc::vec::Vec;

/// `L` records of one length at once; bit for bit the two passes of each alone, with what lies between them in `f64`.
///
/// A record of more than `most_rows` samples is gone through in blocks: the first pass marks its memory at the start of
/// each, the second one takes the blocks from the last to the first and repeats the first pass within each from its mark.
/// So the scratch stays in the cache, for half as much arithmetic again.
///
/// Returns whether the memory stayed finite.
pub(super) fn filter<X: Sample, const S: usize, const L: usize>(
    cascade: &Cascade<S>,
    extension: usize,
    x: &[&[X]; L],
    out: &mut [&mut [X]; L],
    room: &mut Room<L>,
) -> bool {
    let length = x[0].len();
    let blocks = length.div_ceil(most_rows(L));
    let block = length.div_ceil(blocks);
    room.rows_of(block);
    let Room { rows, marks } = room;
    marks.clear();

    let mut memory = enter(cascade, x, extension);
    let mut from = 0;
    while from + block < length {
        marks.extend_from_slice(&memory);
        cascade.listen(&mut memory, &x.map(|x| &x[from..from + block]));
        from += block;
    }
    let mut to = length;
    cascade.forward(&mut memory, &x.map(|x| &x[from..to]), &mut rows[..to - from]);
    let mut back = turn(cascade, &memory, x, extension);
    loop {
        let mut places = out.each_mut().map(|out| &mut out[from..to]);
        cascade.backward(&mut back, &rows[..to - from], &mut places);
        let Some(mut memory) = unmark(marks) else { return finite(&back) };
        (from, to) = (from - block, from);
        cascade.forward(&mut memory, &x.map(|x| &x[from..to]), &mut rows[..block]);
    }
}

/// The last mark, taken off the list.
fn unmark<const S: usize, const L: usize>(marks: &mut Vec<[Row<L>; 2]>) -> Option<Memory<S, L>> {
    let mark = marks.last_chunk::<S>().copied()?;
    marks.truncate(marks.len() - S);
    Some(mark)
}
