//! Records side by side, and parts of one record side by side.

use super::ZeroPhase;
use super::cut::Cut;
use super::ends::LONGEST;
use super::exact;
use super::kernel::{Cascade, LANES};
use super::scratch::{Rooms, most_rows};
use crate::Settle;
use crate::samples::Linear;
use alloc::vec::Vec;
use core::any::TypeId;
use core::array;
use core::ops::Range;

/// Sections of the longest cascade that runs in lanes; more would not keep their memory in registers.
const MOST_SECTIONS: usize = 4;

/// A zero-phase filter of numbers by a cascade of up to four sections in `f64`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lanes {
    sections: [[f64; 5]; MOST_SECTIONS],
    count: usize,
    extension: usize,
    portable: bool,
}

/// What one thread does at a time.
enum Task<'a, X> {
    /// A window of one long record.
    Window { x: &'a [X], cut: Cut, index: usize, out: &'a mut [X] },
    /// One record as a whole.
    One { x: &'a [X], out: &'a mut [X] },
    /// Eight records of one length.
    Eight { x: [&'a [X]; LANES], out: [&'a mut [X]; LANES] },
}

impl Lanes {
    /// `None` when the samples are not numbers, or the stage is something else or too long.
    pub(super) fn new<X: Linear, P: Settle<X>>(filter: &ZeroPhase<P>) -> Option<Self> {
        let (mut sections, mut count) = ([[0.0; 5]; MOST_SECTIONS], 0);
        let all = X::CHANNELS == 1
            && filter.stage.second_order_sections(&mut |section| {
                if let Some(place) = sections.get_mut(count) {
                    *place = section;
                }
                count += 1;
            });
        let extension = filter.extension();
        (all && (1..=MOST_SECTIONS).contains(&count) && extension <= LONGEST).then_some(Self {
            sections,
            count,
            extension,
            portable: filter.portable,
        })
    }

    /// Whether a record on its own is served better here than by the plain passes. Those are exact too, and repeat nothing
    /// in a long record, but they keep what lies between them in the samples' own type.
    pub(super) fn serve<X: Linear>(&self, x: &[X]) -> bool {
        let double = TypeId::of::<X>() == TypeId::of::<f64>();
        !double || x.len() <= most_rows(1) || self.cut(x.len()).is_some()
    }

    /// Filter each record of `x` into its place in `out`.
    pub(super) fn filter<X: Linear>(&self, x: &[&[X]], out: &mut [&mut [X]], rooms: &mut Vec<Rooms>) {
        let threads = threads(x.iter().map(|x| x.len()).sum());
        if rooms.len() < threads {
            rooms.resize_with(threads, Rooms::default);
        }
        self.share(x, out, &mut rooms[..threads]);
    }

    /// On as many threads as there are `rooms`: half of the records each, or of the windows of a single one. Neither
    /// the length of a part nor the company of a record depends on it where the result would.
    fn share<X: Linear>(&self, x: &[&[X]], out: &mut [&mut [X]], rooms: &mut [Rooms]) {
        let cut = x.first().and_then(|x| self.cut(x.len()));
        let half = match cut {
            Some(_) => x.len().div_ceil(2),
            None => x.len().div_ceil(2).next_multiple_of(LANES),
        };
        match (x, &mut *out, cut, rooms) {
            ([], ..) | (.., []) => {}
            (.., [room]) => self.one_after_the_other(x, out, room),
            ([x], [out], Some(cut), rooms) => self.windows(x, out, &cut, 0..cut.windows, rooms),
            (.., rooms) if half >= x.len() => self.one_after_the_other(x, out, &mut rooms[0]),
            (.., rooms) => {
                let ((x, other_x), (out, other_out)) = (x.split_at(half), out.split_at_mut(half));
                let (rooms, other_rooms) = rooms.split_at_mut(rooms.len() / 2);
                both(|| self.share(x, out, rooms), || self.share(other_x, other_out, other_rooms));
            }
        }
    }

    /// The windows `range` of one record, whose places `out` holds.
    fn windows<X: Linear>(
        &self,
        x: &[X],
        out: &mut [X],
        cut: &Cut,
        range: Range<usize>,
        rooms: &mut [Rooms],
    ) {
        if range.len() == 1 {
            let (cut, index) = (*cut, range.start);
            return self.run(Task::Window { x, cut, index, out }, &mut rooms[0]);
        }
        let middle = range.start + range.len() / 2;
        let (out, other_out) = out.split_at_mut((middle - range.start) * cut.window());
        let (left, right) = (range.start..middle, middle..range.end);
        if rooms.len() == 1 {
            self.windows(x, out, cut, left, rooms);
            self.windows(x, other_out, cut, right, rooms);
        } else {
            let (rooms, other_rooms) = rooms.split_at_mut(rooms.len() / 2);
            both(
                || self.windows(x, out, cut, left, rooms),
                || self.windows(x, other_out, cut, right, other_rooms),
            );
        }
    }

    fn cut(&self, length: usize) -> Option<Cut> {
        Cut::new(length, &self.sections[..self.count])
    }

    fn one_after_the_other<X: Linear>(&self, x: &[&[X]], out: &mut [&mut [X]], rooms: &mut Rooms) {
        let (mut x, mut out) = (x, out);
        while let (Some(first), false) = (x.first(), out.is_empty()) {
            let cut = self.cut(first.len());
            let taken = match (cut, x.first_chunk::<LANES>(), out.first_chunk_mut::<LANES>()) {
                (None, Some(x), Some(out)) if x.iter().all(|x| x.len() == first.len()) => {
                    self.run(Task::Eight { x: *x, out: out.each_mut().map(|out| &mut **out) }, rooms);
                    LANES
                }
                _ => {
                    self.alone(first, &mut *out[0], cut, rooms);
                    1
                }
            };
            x = &x[taken..];
            out = &mut out[taken..];
        }
    }

    fn alone<X: Linear>(&self, x: &[X], out: &mut [X], cut: Option<Cut>, rooms: &mut Rooms) {
        let Some(cut) = cut else {
            return self.run(Task::One { x, out }, rooms);
        };
        self.windows(x, out, &cut, 0..cut.windows, core::slice::from_mut(rooms));
    }

    fn run<X: Linear>(&self, task: Task<'_, X>, rooms: &mut Rooms) {
        match self.count {
            1 => self.run_with::<X, 1>(task, rooms),
            2 => self.run_with::<X, 2>(task, rooms),
            3 => self.run_with::<X, 3>(task, rooms),
            _ => self.run_with::<X, 4>(task, rooms),
        }
    }

    fn run_with<X: Linear, const S: usize>(&self, task: Task<'_, X>, rooms: &mut Rooms) {
        let cascade =
            Cascade::<S> { sections: array::from_fn(|i| self.sections[i]), portable: self.portable };
        let extension = self.extension;
        match task {
            Task::Window { x, cut, index, out } => cut.filter(&cascade, extension, x, index, out, rooms),
            Task::One { x, out } => exact::filter(&cascade, extension, &[x], &mut [out], &mut rooms.one),
            Task::Eight { x, mut out } => exact::filter(&cascade, extension, &x, &mut out, &mut rooms.lanes),
        }
    }
}

/// Samples of a call from which on another thread is worth waking.
#[cfg(feature = "rayon")]
const MANY: usize = 1 << 16;

/// Threads for a call of so many samples.
#[cfg(feature = "rayon")]
fn threads(samples: usize) -> usize {
    if samples < MANY { 1 } else { rayon::current_num_threads() }
}

#[cfg(not(feature = "rayon"))]
fn threads(_samples: usize) -> usize {
    1
}

#[cfg(feature = "rayon")]
use rayon::join as both;

#[cfg(not(feature = "rayon"))]
fn both(left: impl FnOnce(), right: impl FnOnce()) {
    left();
    right();
}
