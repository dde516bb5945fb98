//! Records side by side, and parts of one record side by side.

use super::cut::Cut;
use super::ends::LONGEST;
use super::exact;
use super::kernel::{Cascade, LANES};
use super::scratch::{Rooms, most_rows};
use super::{ZeroPhase, all_finite};
use crate::samples::Sample;
use crate::{Result, SteadyState};
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
    baseline_only: bool,
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
    /// What is left of the record whose windows are being handed out.
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

    /// The places of the next records, which are taken off the list; `None` when there are not so many.
    fn take(&mut self, count: usize) -> Option<&'a mut [&'o mut [X]]> {
        let (taken, left) = core::mem::take(&mut self.out).split_at_mut_checked(count)?;
        (self.x, self.out) = (&self.x[count..], left);
        Some(taken)
    }

    /// The first and the second half, where there is anything to share. Each has neighbours: threads that go through memory
    /// alternately get in each other's way.
    fn halves(mut self) -> (Self, Option<Self>) {
        if let Some(Windows { x, cut, range, out }) = self.long.take() {
            // Only a record on its own has windows before any was handed out. The last one is longer than the others.
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
        (all && (1..=MOST_SECTIONS).contains(&count) && extension <= LONGEST).then_some(Self {
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

    /// Filter each record of `x` into its place in `out`.
    ///
    /// # Errors
    /// [`crate::Error::NonFinite`] for the first record that holds such a sample.
    pub(super) fn filter<X: Sample>(
        &self,
        x: &[&[X]],
        out: &mut [&mut [X]],
        rooms: &mut Vec<Rooms>,
    ) -> Result<()> {
        let threads = threads(x.iter().map(|x| x.len()).sum());
        if rooms.len() < threads {
            rooms.resize_with(threads, Rooms::default);
        }
        self.share(Tasks::new(self, x, out), &mut rooms[..threads])
    }

    /// On as many threads as there are `rooms`. The first refusal in the order of the records, whichever thread meets it.
    fn share<X: Sample>(&self, mut tasks: Tasks<'_, '_, '_, X>, rooms: &mut [Rooms]) -> Result<()> {
        if rooms.len() > 1 {
            let (rooms, other_rooms) = rooms.split_at_mut(rooms.len() / 2);
            match tasks.halves() {
                (first, Some(second)) => {
                    let (first, second) =
                        both(|| self.share(first, rooms), || self.share(second, other_rooms));
                    return first.and(second);
                }
                (all, None) => tasks = all,
            }
        }
        match rooms.first_mut() {
            Some(room) => tasks.try_for_each(|task| self.run(task, room)),
            None => Ok(()),
        }
    }

    fn cut(&self, length: usize) -> Option<Cut> {
        Cut::new(length, &self.sections[..self.count])
    }

    fn run<X: Sample>(&self, task: Task<'_, X>, rooms: &mut Rooms) -> Result<()> {
        match self.count {
            1 => self.run_with::<X, 1>(task, rooms),
            2 => self.run_with::<X, 2>(task, rooms),
            3 => self.run_with::<X, 3>(task, rooms),
            _ => self.run_with::<X, 4>(task, rooms),
        }
    }

    /// A sample that is not finite stays in the memory of a recursive filter for ever, so the memory after the pass says
    /// whether there was one, and records are only searched when it does. (Finite samples can overflow it too.)
    fn run_with<X: Sample, const S: usize>(&self, task: Task<'_, X>, rooms: &mut Rooms) -> Result<()> {
        let cascade = Cascade::<S> {
            sections: array::from_fn(|i| self.sections[i]),
            baseline_only: self.baseline_only,
        };
        let extension = self.extension;
        match task {
            Task::Window { x, cut, index, out } => {
                let finite = cut.filter(&cascade, extension, x, index, out, rooms);
                if finite { Ok(()) } else { all_finite(x) }
            }
            Task::One { x, out } => {
                let finite = exact::filter(&cascade, extension, &[x], &mut [out], &mut rooms.one);
                if finite { Ok(()) } else { all_finite(x) }
            }
            Task::Eight { x, mut out } => {
                let finite = exact::filter(&cascade, extension, &x, &mut out, &mut rooms.lanes);
                if finite { Ok(()) } else { x.iter().try_for_each(|x| all_finite(x)) }
            }
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
fn both<R>(first: impl FnOnce() -> R, second: impl FnOnce() -> R) -> (R, R) {
    (first(), second())
}
