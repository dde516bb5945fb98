//! Records side by side, and parts of one record side by side.

use crate::filter::ZeroPhase;
use crate::filter::design::zero_phase::all_finite;
use crate::samples::Sample;
use crate::simd::{self, Kernel, TILE, Transpose};
use crate::{Result, SteadyState};
use alloc::vec::Vec;
use core::any::TypeId;
use core::array;
use core::ops::Range;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

#[cfg(feature = "rayon")]
use rayon::join as both;

/// Sections of the longest cascade that runs in lanes; more would not keep their memory in registers.
const MOST_SECTIONS: usize = 4;

/// A zero-phase filter of numbers by a cascade of up to four sections in `f64`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lanes {
    sections: [[f64; 5]; MOST_SECTIONS],
    count: usize,
    extension: usize,
    baseline_only: bool,
}

/// Work of one thread at a time.
enum Task<'a, X> {
    /// A window of one long record.
    Window { x: &'a [X], cut: Cut, index: usize, out: &'a mut [X] },
    /// One record as a whole.
    One { x: &'a [X], out: &'a mut [X] },
    /// Eight records of one length.
    Eight { x: [&'a [X]; LANES], out: [&'a mut [X]; LANES] },
}

/// Windows of one long record, and their places.
struct Windows<'a, X> {
    x: &'a [X],
    cut: Cut,
    range: Range<usize>,
    out: &'a mut [X],
}

/// The work on some records, task by task in their order. How records are cut and grouped depends on them alone.
struct Tasks<'a, 'i, 'o, X> {
    lanes: &'a Lanes,
    /// Rest of the record whose windows are being distributed.
    long: Option<Windows<'a, X>>,
    x: &'a [&'i [X]],
    out: &'a mut [&'o mut [X]],
}

impl<'a, 'i, 'o, X: Sample> Tasks<'a, 'i, 'o, X> {
    fn new(lanes: &'a Lanes, x: &'a [&'i [X]], out: &'a mut [&'o mut [X]]) -> Self {
        let mut tasks = Self { lanes, long: None, x, out };
        if let [x] = x {
            tasks.long = tasks.windows_of(x);
        }
        tasks
    }

    /// The windows of the next record, `x`, which is taken off the list, when it is long enough to have any.
    fn windows_of(&mut self, x: &'a [X]) -> Option<Windows<'a, X>> {
        let cut = self.lanes.cut(x.len())?;
        Some(Windows { x, cut, range: 0..cut.windows, out: self.take(1)?.first_mut()? })
    }

    /// The places of the next records, which are taken off the list; `None` when there are fewer.
    fn take(&mut self, count: usize) -> Option<&'a mut [&'o mut [X]]> {
        let (taken, left) = core::mem::take(&mut self.out).split_at_mut_checked(count)?;
        (self.x, self.out) = (&self.x[count..], left);
        Some(taken)
    }

    /// The first and the second half, where there is anything to share. Each has neighbours: threads that go through memory
    /// alternately get in each other's way.
    fn halves(mut self) -> (Self, Option<Self>) {
        if let Some(Windows { x, cut, range, out }) = self.long.take() {
            // Only a single record has windows before any was distributed. The last one is longer than the others.
            let middle = range.start + range.len().div_ceil(2);
            let part = |range, out| Self {
                lanes: self.lanes,
                long: Some(Windows { x, cut, range, out }),
                x: &[],
                out: &mut [],
            };
            if middle == range.end {
                return (part(range, out), None);
            }
            let (first, second) = out.split_at_mut((middle - range.start) * cut.window());
            return (part(range.start..middle, first), Some(part(middle..range.end, second)));
        }
        let cut = self.x.first().and_then(|x| self.lanes.cut(x.len()));
        let group = if cut.is_some() { 1 } else { LANES };
        let half = self.x.len().div_ceil(2).next_multiple_of(group);
        if half >= self.x.len() {
            return (self, None);
        }
        let ((x, other_x), (out, other_out)) = (self.x.split_at(half), self.out.split_at_mut(half));
        (Self::new(self.lanes, x, out), Some(Self::new(self.lanes, other_x, other_out)))
    }
}

impl<'a, X: Sample> Iterator for Tasks<'a, '_, '_, X> {
    type Item = Task<'a, X>;

    fn next(&mut self) -> Option<Task<'a, X>> {
        if let Some(Windows { x, cut, range, out }) = self.long.take() {
            let index = range.start;
            if range.len() == 1 {
                return Some(Task::Window { x, cut, index, out });
            }
            let (out, left) = out.split_at_mut(cut.window());
            self.long = Some(Windows { x, cut, range: index + 1..range.end, out: left });
            return Some(Task::Window { x, cut, index, out });
        }
        let first = *self.x.first()?;
        if let Some(windows) = self.windows_of(first) {
            self.long = Some(windows);
            return self.next();
        }
        let eight = self.x.first_chunk::<LANES>().filter(|x| x.iter().all(|x| x.len() == first.len()));
        if let Some(x) = eight {
            let mut out = self.take(LANES)?.iter_mut();
            let out = array::from_fn(|_| out.next().map(|out| &mut **out).unwrap_or_default());
            return Some(Task::Eight { x: *x, out });
        }
        Some(Task::One { x: first, out: self.take(1)?.first_mut()? })
    }
}

impl Lanes {
    /// `None` when the samples are not numbers, or the stage is something else or too long.
    pub(super) fn new<X: Sample, P: SteadyState<X>>(filter: &ZeroPhase<P>) -> Option<Self> {
        let (mut sections, mut count) = ([[0.0; 5]; MOST_SECTIONS], 0);
        let all = X::CHANNELS == 1
            && filter.stage.second_order_sections(&mut |section| {
                if let Some(place) = sections.get_mut(count) {
                    *place = section;
                }
                count += 1;
            });
        let extension = filter.pad_len();
        (all && (1..=MOST_SECTIONS).contains(&count) && extension <= LONGEST_EXTENSION).then_some(Self {
            sections,
            count,
            extension,
            baseline_only: filter.baseline_only,
        })
    }

    /// Whether a record on its own is served better here than by the plain passes. Those are exact too, and repeat nothing
    /// in a long record, but they keep what lies between them in the samples' own type.
    pub(super) fn serve<X: Sample>(&self, x: &[X]) -> bool {
        let double = TypeId::of::<X>() == TypeId::of::<f64>();
        !double || x.len() <= most_rows(1) || self.cut(x.len()).is_some()
    }

    /// Filters each record of `x` into its place in `out`.
    ///
    /// # Errors
    /// [`crate::Error::NonFinite`] for the first record that holds such a sample.
    pub(super) fn filter<X: Sample>(
        &self,
        x: &[&[X]],
        out: &mut [&mut [X]],
        buffers: &mut Vec<Buffers>,
    ) -> Result<()> {
        let threads = threads(x.iter().map(|x| x.len()).sum());
        if buffers.len() < threads {
            buffers.resize_with(threads, Buffers::default);
        }
        self.share(Tasks::new(self, x, out), &mut buffers[..threads])
    }

    /// Runs on one thread for each of `buffers`. The first refusal in the order of the records, whichever thread meets it.
    fn share<X: Sample>(&self, mut tasks: Tasks<'_, '_, '_, X>, buffers: &mut [Buffers]) -> Result<()> {
        if buffers.len() > 1 {
            let (buffers, other_buffers) = buffers.split_at_mut(buffers.len() / 2);
            match tasks.halves() {
                (first, Some(second)) => {
                    let (first, second) =
                        both(|| self.share(first, buffers), || self.share(second, other_buffers));
                    return first.and(second);
                }
                (all, None) => tasks = all,
            }
        }
        match buffers.first_mut() {
            Some(buffer) => tasks.try_for_each(|task| self.run(task, buffer)),
            None => Ok(()),
        }
    }

    fn cut(&self, length: usize) -> Option<Cut> {
        Cut::new(length, &self.sections[..self.count])
    }

    fn run<X: Sample>(&self, task: Task<'_, X>, buffers: &mut Buffers) -> Result<()> {
        match self.count {
            1 => self.run_with::<X, 1>(task, buffers),
            2 => self.run_with::<X, 2>(task, buffers),
            3 => self.run_with::<X, 3>(task, buffers),
            _ => self.run_with::<X, 4>(task, buffers),
        }
    }

    /// A sample that is not finite stays in the memory of a recursive filter indefinitely, so the memory after the pass shows
    /// whether there was one, and records are only searched when it does. (Finite samples can overflow it too.)
    fn run_with<X: Sample, const S: usize>(&self, task: Task<'_, X>, buffers: &mut Buffers) -> Result<()> {
        let cascade = Cascade::<S> {
            sections: array::from_fn(|i| self.sections[i]),
            baseline_only: self.baseline_only,
        };
        let extension = self.extension;
        match task {
            Task::Window { x, cut, index, out } => {
                let finite = cut.filter(&cascade, extension, x, index, out, buffers);
                if finite { Ok(()) } else { all_finite(x) }
            }
            Task::One { x, out } => {
                let finite = filter_exactly(&cascade, extension, &[x], &mut [out], &mut buffers.one);
                if finite { Ok(()) } else { all_finite(x) }
            }
            Task::Eight { x, mut out } => {
                let finite = filter_exactly(&cascade, extension, &x, &mut out, &mut buffers.lanes);
                if finite { Ok(()) } else { x.iter().try_for_each(|x| all_finite(x)) }
            }
        }
    }
}

/// Samples of a call from which on another thread is worth waking.
#[cfg(feature = "rayon")]
const MANY: usize = 1 << 16;

/// Threads for a call of this many samples.
#[cfg(feature = "rayon")]
fn threads(samples: usize) -> usize {
    if samples < MANY { 1 } else { rayon::current_num_threads() }
}

#[cfg(not(feature = "rayon"))]
fn threads(_samples: usize) -> usize {
    1
}

#[cfg(not(feature = "rayon"))]
fn both<R>(first: impl FnOnce() -> R, second: impl FnOnce() -> R) -> (R, R) {
    (first(), second())
}

/// No filter has forgotten its start before a part of a shorter record is over.
const SHORTEST_CUT: usize = 1024;
/// Parts of a window are at least this long where the record has more than one: the warm-up must cost little.
const LONG_PART: usize = 32_768;
/// Results of the first pass that wait for the second are at least this many, where the part is as long: with the warm-up
/// of everyday cut-offs, what half a mebibyte of cache holds.
const LEAST_BLOCK: usize = 6144;
/// Samples of 8 bytes after which addresses share their place in the nearest cache.
const PAGE: usize = 512;
const MOST_ROWS: usize = most_rows(LANES);

/// Division of a record into windows, each of eight neighbouring parts, one per lane; what is left over at the end of the
/// record goes with the last lane. It depends on the length of the record and on the filter and on nothing else, so the
/// result is the same alone, among other channels, and on any number of threads.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Cut {
    part: usize,
    windows: usize,
    warm_up: usize,
    block: usize,
}

impl Cut {
    /// Returns `None` when the memory of the filter is so long that the parts would cost more than they save.
    fn new(length: usize, sections: &[[f64; 5]]) -> Option<Self> {
        if length < SHORTEST_CUT {
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
    fn window(&self) -> usize {
        self.part * LANES
    }

    /// Filters the window `index` of `x` into `out`.
    ///
    /// Each lane starts before its part by the memory of the filter (the first one of the record starts
    /// exactly). Block by block the first pass runs that many samples ahead, and the second one comes back over them.
    ///
    /// Returns whether the memory stayed finite.
    fn filter<X: Sample, const S: usize>(
        &self,
        cascade: &Cascade<S>,
        extension: usize,
        x: &[X],
        index: usize,
        out: &mut [X],
        buffers: &mut Buffers,
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
        let rows = buffers.lanes.rows_of(block + 2 * warm_up);
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
                    end = Some(at_end(
                        cascade,
                        &lane(&memory, LANES - 1),
                        extension,
                        x,
                        rest,
                        &mut buffers.one,
                    ));
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
    buffer: &mut Buffer<1>,
) -> Memory<S, 1> {
    let rest = &x[x.len() - out.len()..];
    let rows = buffer.rows_of(rest.len());
    let mut memory = *memory;
    cascade.forward(&mut memory, &[rest], rows);
    let mut back = turn(cascade, &memory, &[x], extension);
    cascade.backward(&mut back, rows, &mut [out]);
    back
}

/// `L` records of one length at once; bit for bit the two passes of each alone, with what lies between them in `f64`.
///
/// A record of more than `most_rows` samples is gone through in blocks: the first pass marks its memory at the start of
/// each, the second one takes the blocks from the last to the first and repeats the first pass within each from its mark.
/// So the scratch stays in the cache, for half as much arithmetic again.
///
/// Returns whether the memory stayed finite.
fn filter_exactly<X: Sample, const S: usize, const L: usize>(
    cascade: &Cascade<S>,
    extension: usize,
    x: &[&[X]; L],
    out: &mut [&mut [X]; L],
    buffer: &mut Buffer<L>,
) -> bool {
    let length = x[0].len();
    let blocks = length.div_ceil(most_rows(L));
    let block = length.div_ceil(blocks);
    buffer.rows_of(block);
    let Buffer { rows, marks } = buffer;
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

/// The longest extension of the cascades that run in lanes: 3 (1 + order) of four sections.
const LONGEST_EXTENSION: usize = 27;

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
fn enter<X: Sample, const S: usize, const L: usize>(
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
fn turn<X: Sample, const S: usize, const L: usize>(
    cascade: &Cascade<S>,
    memory: &Memory<S, L>,
    x: &[&[X]; L],
    extension: usize,
) -> Memory<S, L> {
    let (mut memory, mut tail) = (*memory, [[0.0; L]; LONGEST_EXTENSION]);
    let last = x[0].len() - 1;
    let tail = &mut tail[..extension];
    for (i, row) in tail.iter_mut().enumerate() {
        *row = cascade.process(&mut memory, reflected(x, last, last - 1 - i));
    }
    let mut back = cascade.steady_state(tail[extension - 1]);
    cascade.listen_back(&mut back, tail);
    back
}

/// The most rows of the scratch in `lanes` lanes: 768 KiB in eight, 256 KiB in one, so a mebibyte in all.
const fn most_rows(lanes: usize) -> usize {
    if lanes == 1 { 32_768 } else { 12_288 }
}

/// The scratch of one thread.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Buffers {
    one: Buffer<1>,
    lanes: Buffer<LANES>,
}

/// Results of the first pass on their way into the second, and the memory of the first pass at the blocks' starts.
#[derive(Debug, Clone, PartialEq)]
struct Buffer<const L: usize> {
    rows: Vec<Row<L>>,
    marks: Vec<[Row<L>; 2]>,
}

impl<const L: usize> Buffer<L> {
    /// The first `count` rows, which hold anything.
    #[inline(always)]
    fn rows_of(&mut self, count: usize) -> &mut [Row<L>] {
        if self.rows.len() < count {
            self.rows.resize(count, [0.0; L]);
        }
        &mut self.rows[..count]
    }
}

impl<const L: usize> Default for Buffer<L> {
    fn default() -> Self {
        Self { rows: Vec::new(), marks: Vec::new() }
    }
}

/// Channels, or parts of one channel, filtered side by side: as many as keep the memory of two sections in registers.
const LANES: usize = 8;

/// One number per lane.
type Row<const L: usize> = [f64; L];

/// State of the sections of a [`Cascade`], in every lane.
type Memory<const S: usize, const L: usize> = [[Row<L>; 2]; S];

/// A cascade of `S` sections, each b0, b1, b2, a1, a2.
#[derive(Debug, Clone, Copy)]
struct Cascade<const S: usize> {
    sections: [[f64; 5]; S],
    /// With the baseline instructions only.
    baseline_only: bool,
}

impl<const S: usize> Cascade<S> {
    fn process<const L: usize>(&self, memory: &mut Memory<S, L>, row: Row<L>) -> Row<L> {
        step(&self.sections, memory, row)
    }

    /// The memory after an endless constant `level`.
    fn steady_state<const L: usize>(&self, level: Row<L>) -> Memory<S, L> {
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
    fn forward<X: Sample, const L: usize>(
        &self,
        memory: &mut Memory<S, L>,
        x: &[&[X]; L],
        rows: &mut [Row<L>],
    ) {
        self.run::<L>(Forward { sections: &self.sections, memory, x, rows });
    }

    /// Over samples, one slice per lane, all of one length, for the memory they leave.
    fn listen<X: Sample, const L: usize>(&self, memory: &mut Memory<S, L>, x: &[&[X]; L]) {
        self.run::<L>(Listen { sections: &self.sections, memory, x });
    }

    /// Over `rows` from the last to the first, into one slice per lane.
    fn backward<X: Sample, const L: usize>(
        &self,
        memory: &mut Memory<S, L>,
        rows: &[Row<L>],
        out: &mut [&mut [X]; L],
    ) {
        self.run::<L>(Backward { sections: &self.sections, memory, rows, out });
    }

    /// Over `rows` from the last to the first, for the memory they leave.
    fn listen_back<const L: usize>(&self, memory: &mut Memory<S, L>, rows: &[Row<L>]) {
        self.run::<L>(ListenBack { sections: &self.sections, memory, rows });
    }

    /// One lane gains nothing from wide registers.
    fn run<const L: usize>(&self, work: impl Kernel) {
        simd::run(self.baseline_only || L == 1, work);
    }
}

/// Each loop is a separate function, entered through the choice of instructions: inlined into what calls them,
/// they run out of registers. They go by tiles of a few rows, one section after the other, so that registers hold
/// the state of one section; sections of neighbouring tiles then overlap in the machine.
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

/// Number of rows, out of `rows`, that go by tiles.
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
fn lane<const S: usize, const L: usize>(memory: &Memory<S, L>, lane: usize) -> Memory<S, 1> {
    memory.map(|section| section.map(|row| [row[lane]]))
}

/// Replaces the memory of one lane.
fn set_lane<const S: usize, const L: usize>(memory: &mut Memory<S, L>, lane: usize, one: &Memory<S, 1>) {
    for (section, one) in memory.iter_mut().zip(one) {
        for (row, one) in section.iter_mut().zip(one) {
            row[lane] = one[0];
        }
    }
}

/// Returns whether the whole state is finite.
fn finite<const S: usize, const L: usize>(memory: &Memory<S, L>) -> bool {
    memory.as_flattened().as_flattened().iter().all(|s| s.is_finite())
}

/// Part that may be left of a sample in the memory of a filter that started that many samples later, of the largest sample.
///
/// Two passes and twice the largest sample (a start at the wrong level) leave a margin of more than ten to the 1e-12 that
/// every path keeps.
const LEFT: f64 = 1e-14;

/// Samples after which a cascade has forgotten how it started: beyond it the absolute values of the impulse response add
/// up to less than 1e-14. `None` when no sensible number of samples is enough.
///
/// With N poles p within radius r < 1, the response of 1/prod(1 - p z⁻¹) at sample j is the complete homogeneous symmetric
/// polynomial of degree j in the poles: a sum of C(j+N-1, N-1) products, none larger than r^j. That holds for repeated and
/// clustered poles too, whose response decays as a polynomial times r^j and not as r^j. The numerators multiply by at most
/// A = prod(|b0| + |b1| + |b2|), so what comes after W samples is less than
///
/// A sum over j >= W of C(j+N-1, N-1) r^j  =  A (1-r)^-N P(fewer than N hits in W+N-1 trials of chance 1-r).
///
/// Where W (1-r) >= N the N terms of that probability grow to the last, C(W+N-1, N-1) (1-r)^(N-1) r^W, so the whole is below
/// A N C(W+N-1, N-1) r^W / (1-r), and C(M, N-1) <= M^(N-1) / (N-1)!. W solves this for the bound above.
fn warm_up(sections: &[[f64; 5]]) -> Option<usize> {
    let poles: usize =
        sections.iter().map(|[_, _, b2, _, a2]| if *b2 == 0.0 && *a2 == 0.0 { 1 } else { 2 }).sum();
    let radius = sections.iter().map(|[.., a1, a2]| radius(*a1, *a2)).fold(0.0, f64::max);
    let n = poles as f64;
    // Below it the logarithm of the radius is of no use; every such filter forgets within a few dozen samples.
    let radius = radius.max(0.05);
    let rate = -radius.ln();
    let mut start = n.ln() - (1.0 - radius).ln() - LEFT.ln();
    for section in sections {
        start += section[..3].iter().map(|b| b.abs()).sum::<f64>().ln();
    }
    // Less 1/(N-1)!.
    start -= (2..poles).map(|k| (k as f64).ln()).sum::<f64>();
    let least = n / (1.0 - radius);
    let mut samples = least;
    // From below, each step a fraction (N-1)/(W rate) < 1 of the one before.
    for _ in 0..60 {
        let next = ((start + (n - 1.0) * (samples + n - 1.0).ln()) / rate).max(least);
        if next - samples < 0.5 {
            // What the remaining steps could add.
            let samples = (next * 1.01).ceil() + 1.0;
            return (samples < 1e9).then_some(samples as usize);
        }
        samples = next;
    }
    None
}

/// The larger absolute value of the two poles of a section.
fn radius(a1: f64, a2: f64) -> f64 {
    let quarter = a1 * a1 / 4.0 - a2;
    if quarter < 0.0 { a2.sqrt() } else { a1.abs() / 2.0 + quarter.sqrt() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Rate,
        filter::{Band, Butterworth, Section},
    };

    /// The absolute values of the impulse response from sample `from` on, added up.
    fn rest(sections: &[[f64; 5]], from: usize) -> f64 {
        let (mut memory, mut sum) = (vec![[0.0; 2]; sections.len()], 0.0);
        for t in 0..from + 40 * from {
            let mut x = if t == 0 { 1.0 } else { 0.0 };
            for ([b0, b1, b2, a1, a2], [s1, s2]) in sections.iter().zip(&mut memory) {
                let y = *s1 + b0 * x;
                *s1 = *s2 + b1 * x - a1 * y;
                *s2 = b2 * x - a2 * y;
                x = y;
            }
            if t >= from {
                sum += x.abs();
            }
        }
        sum
    }

    fn coefficients(section: &Section<f64>) -> [f64; 5] {
        let ([b0, b1, b2], [a1, a2]) = (section.numerator(), section.denominator());
        [b0, b1, b2, a1, a2]
    }

    #[test]
    fn nothing_is_left_and_little_is_wasted() {
        let rate = Rate::from_hz(1000.0).unwrap();
        for order in 1..=8 {
            for low in [2.0, 20.0, 100.0, 250.0, 450.0] {
                for band in [
                    Band::Low(low),
                    Band::High(low),
                    Band::Pass(low, low + 30.0),
                    Band::Stop(low, low + 30.0),
                ] {
                    let cascade = Butterworth::new(order, band, rate).unwrap().cascade().unwrap();
                    let sections: Vec<_> = cascade.sections().iter().map(coefficients).collect();
                    let samples = warm_up(&sections).unwrap();
                    let left = rest(&sections, samples);
                    assert!(left <= LEFT, "{order} {band:?}: {left:e} after {samples}");
                    if matches!(band, Band::Low(_)) && low <= 100.0 {
                        // Measured: 99 % of it is needed at order 1, 69 % at 4, 57 % at 6, 48 % at 8.
                        let percent = if order <= 4 { 68 } else { 47 };
                        let left = rest(&sections, samples * percent / 100);
                        assert!(
                            left > LEFT,
                            "{order} {band:?}: {left:e} after {percent} % of {samples} already"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn repeated_poles_are_remembered_longer() {
        let double = |p: f64| [(1.0 - p) * (1.0 - p), 0.0, 0.0, -2.0 * p, p * p];
        for p in [0.5, 0.9, 0.99, 0.999] {
            for sections in [1, 2, 4] {
                let cascade = vec![double(p); sections];
                let samples = warm_up(&cascade).unwrap();
                let left = rest(&cascade, samples);
                assert!(left <= LEFT, "{p}, {sections} times: {left:e} after {samples}");
            }
        }
        let one = (LEFT.ln() / 0.99f64.ln()) as usize;
        assert!(rest(&[double(0.99); 4], one) > 1e3 * LEFT, "the largest radius alone would not do");
        assert_eq!(warm_up(&[[1.0, 0.0, 0.0, -(2.0 - 1e-9), 1.0 - 1e-9 + 1e-18]]), None);
    }
}
