//! What the filter keeps between calls.

use super::kernel::{LANES, Row};
use alloc::vec::Vec;

/// The most rows of the scratch in `lanes` lanes: 768 KiB in eight, 256 KiB in one, so a mebibyte in all.
pub(super) const fn most_rows(lanes: usize) -> usize {
    if lanes == 1 { 32_768 } else { 12_288 }
}

/// What a [`super::ZeroPhase`] filter keeps between calls.
#[derive(Debug, Clone, PartialEq)]
pub struct ZeroPhaseScratch<X, S> {
    /// The memory of the stage, and what the first pass gives over the extension after the record.
    pub(super) plain: (S, Vec<X>),
    /// One per thread.
    pub(super) rooms: Vec<Rooms>,
}

/// The scratch of one thread.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Rooms {
    pub(super) one: Room<1>,
    pub(super) lanes: Room<LANES>,
}

/// Results of the first pass on their way into the second, and the memory of the first pass at the blocks' starts.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Room<const L: usize> {
    pub(super) rows: Vec<Row<L>>,
    pub(super) marks: Vec<[Row<L>; 2]>,
}

impl<const L: usize> Room<L> {
    /// The first `count` rows, which hold anything.
    #[inline(always)]
    pub(super) fn rows_of(&mut self, count: usize) -> &mut [Row<L>] {
        if self.rows.len() < count {
            self.rows.resize(count, [0.0; L]);
        }
        &mut self.rows[..count]
    }
}

impl<const L: usize> Default for Room<L> {
    fn default() -> Self {
        Self { rows: Vec::new(), marks: Vec::new() }
    }
}
