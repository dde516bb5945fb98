//! One long record, cut into parts that go side by side.

use super::ends::{enter, turn};
use super::kernel::{Cascade, LANES, Memory, finite, lane, set_lane};
use super::scratch::{Room, Rooms, most_rows};
use super::warm_up::warm_up;
use crate::samples::Sample;
use core::array;

/// No filter has forgotten its start before a part of a shorter record is over.
const SHORTEST: usize = 1024;
/// Parts of a window are at least this long where the record has more than one: the warm-up must cost little.
const LONG_PART: usize = 32_768;
/// Results of the first pass that wait for the second are at least this many, where the part is as long: with the warm-up
/// of everyday cut-offs, what half a mebibyte of cache holds.
const LEAST_BLOCK: usize = 6144;
/// Samples of 8 bytes after which addresses share their place in the nearest cache.
const PAGE: usize = 512;
const MOST_ROWS: usize = most_rows(LANES);

/// How a record is cut: into windows, each of eight neighbouring parts, one per lane; what is left over at the end of the
/// record goes with the last lane. It depends on the length of the record and on the filter and on nothing else, so the
/// result is the same alone, among other channels, and on any number of threads.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Cut {
    pub(super) part: usize,
    pub(super) windows: usize,
    warm_up: usize,
    block: usize,
}

impl Cut {
    /// `None` when the filter remembers for so long that the parts would cost more than they save.
    pub(super) fn new(length: usize, sections: &[[f64; 5]]) -> Option<Self> {
        if length < SHORTEST {
            return None;
        }
        let warm_up = warm_up(sections)?;
        if length / LANES < 2 * warm_up || MOST_ROWS < 3 * warm_up {
            return None;
        }
        let windows = (length / LANES / LONG_PART.max(16 * warm_up)).max(1);
        let part = length / LANES / windows;
        // Eight parts whose starts share one place of the cache would push each other out of it.
        let part = if part % PAGE < 8 && part > PAGE { part - part % PAGE - 8 } else { part };
        let block = (4 * warm_up).max(LEAST_BLOCK).min(MOST_ROWS - 2 * warm_up).min(part);
        Some(Self { part, windows, warm_up, block })
    }

    /// Samples of every window but the last, which has the rest too.
    pub(super) fn window(&self) -> usize {
        self.part * LANES
    }

    /// Filter the window `index` of `x` into `out`.
    ///
    /// Each lane starts as many samples before its part as the filter remembers (the first one of the record starts
    /// exactly). Block by block the first pass runs that many samples ahead, and the second one comes back over them.
    ///
    /// Returns whether the memory stayed finite.
    pub(super) fn filter<X: Sample, const S: usize>(
        &self,
        cascade: &Cascade<S>,
        extension: usize,
        x: &[X],
        index: usize,
        out: &mut [X],
        rooms: &mut Rooms,
    ) -> bool {
        let Self { part, warm_up, block, .. } = *self;
        let length = x.len();
        let last = index + 1 == self.windows;
        let starts: [usize; LANES] = array::from_fn(|l| (index * LANES + l) * part);
        // The lanes at the ends of the record get their memory from there: what they read instead is of no account.
        let body = starts.map(|start| &x[start..start + part]);
        let before = starts.map(|start| {
            let start = start.max(warm_up);
            &x[start - warm_up..start]
        });
        let ahead = starts.map(|start| {
            let end = (start + part).min(length - warm_up);
            &x[end..end + warm_up]
        });
        let (parts, rest) = out.split_at_mut(self.window());
        let mut parts = parts.chunks_exact_mut(part);
        let mut out: [&mut [X]; LANES] = array::from_fn(|_| parts.next().unwrap_or_default());

        let mut memory = cascade.steady_state(before.map(|x| x[0].channel(0)));
        cascade.listen(&mut memory, &before);
        if index == 0 {
            set_lane(&mut memory, 0, &enter(cascade, &[x], extension));
        }
        let rows = rooms.lanes.rows_of(block + 2 * warm_up);
        // The memory of the second pass where the last lane's part ends.
        let mut end = None;
        let (mut done, mut have) = (0, 0);
        while done < part {
            // The last block takes what is left, so that no other one looks ahead beyond the part: in the last lane
            // there is nothing to see.
            let left = part - done;
            let here = if left < block + warm_up { left } else { block };
            let want = here + warm_up;
            if done + have < part {
                let to = want.min(part - done);
                let body = body.map(|x| &x[done + have..done + to]);
                cascade.forward(&mut memory, &body, &mut rows[have..to]);
                have = to;
                if done + have == part && last {
                    end =
                        Some(at_end(cascade, &lane(&memory, LANES - 1), extension, x, rest, &mut rooms.one));
                }
            }
            if have < want {
                let from = done + have - part;
                let ahead = ahead.map(|x| &x[from..from + want - have]);
                cascade.forward(&mut memory, &ahead, &mut rows[have..want]);
            }
            let mut back = cascade.steady_state(rows[want - 1]);
            cascade.listen_back(&mut back, &rows[here..want]);
            if let (true, Some(end)) = (done + here == part, &end) {
                set_lane(&mut back, LANES - 1, end);
            }
            let mut places = out.each_mut().map(|out| &mut out[done..done + here]);
            cascade.backward(&mut back, &rows[..here], &mut places);
            rows.copy_within(here..want, 0);
            (done, have) = (done + here, warm_up);
        }
        finite(&memory) && end.is_none_or(|end| finite(&end))
    }
}

/// Both passes over the samples after the last part and over the extension; the memory of the second where it ends.
fn at_end<X: Sample, const S: usize>(
    cascade: &Cascade<S>,
    memory: &Memory<S, 1>,
    extension: usize,
    x: &[X],
    out: &mut [X],
    room: &mut Room<1>,
) -> Memory<S, 1> {
    let rest = &x[x.len() - out.len()..];
    let rows = room.rows_of(rest.len());
    let mut memory = *memory;
    cascade.forward(&mut memory, &[rest], rows);
    let mut back = turn(cascade, &memory, &[x], extension);
    cascade.backward(&mut back, rows, &mut [out]);
    back
}
