//! Records side by side, and parts of one record side by side.

use super::cut::Cut;
use super::ends::LONGEST;
use super::exact;
use super::kernel::{Cascade, LANES};
use super::scratch::{Rooms, most_rows};
use super::{ZeroPhase, all_finite};
use crate::samples::Linear;
use crate::{Error, Result, Settle};
use alloc::vec::Vec;
use core::any::TypeId;
use core::array;

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

/// The work on some records, task by task in their order. How they are shared out depends on the records alone.
struct Tasks<'a, 'i, 'o, X> {
    lanes: Lanes,
    x: &'a [&'i [X]],
    out: &'a mut [&'o mut [X]],
    /// The record whose windows are being handed out, the next of them, and the places from there on.
    long: Option<(&'a [X], Cut, usize, &'a mut [X])>,
}

impl<'a, X: Linear> Iterator for Tasks<'a, '_, '_, X> {
    type Item = Task<'a, X>;

    fn next(&mut self) -> Option<Task<'a, X>> {
        if let Some((x, cut, index, out)) = self.long.take() {
            if index + 1 == cut.windows {
                return Some(Task::Window { x, cut, index, out });
            }
            let (out, left) = out.split_at_mut(cut.window());
            self.long = Some((x, cut, index + 1, left));
            return Some(Task::Window { x, cut, index, out });
        }
        let first = *self.x.first()?;
        let cut = self.lanes.cut(first.len());
        let eight = self.x.first_chunk::<LANES>().filter(|x| x.iter().all(|x| x.len() == first.len()));
        let out = core::mem::take(&mut self.out);
        if let (None, Some(x), true) = (cut, eight, out.len() >= LANES) {
            let (taken, left) = out.split_at_mut(LANES);
            let mut taken = taken.iter_mut();
            (self.x, self.out) = (&self.x[LANES..], left);
            let out = array::from_fn(|_| taken.next().map(|out| &mut **out).unwrap_or_default());
            return Some(Task::Eight { x: *x, out });
        }
        let (out, left) = out.split_first_mut()?;
        (self.x, self.out) = (&self.x[1..], left);
        match cut {
            Some(cut) => {
                self.long = Some((first, cut, 0, out));
                self.next()
            }
            None => Some(Task::One { x: first, out }),
        }
    }
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
    ///
    /// # Errors
    /// [`Error::NonFinite`] for the first record that holds such a sample.
    pub(super) fn filter<X: Linear>(
        &self,
        x: &[&[X]],
        out: &mut [&mut [X]],
        rooms: &mut Vec<Rooms>,
    ) -> Result<()> {
        let threads = threads(x.iter().map(|x| x.len()).sum());
        if rooms.len() < threads {
            rooms.resize_with(threads, Rooms::default);
        }
        let tasks = Tasks { lanes: *self, x, out, long: None }.enumerate();
        match share(tasks, &mut rooms[..threads], &|task, rooms| self.run(task, rooms)) {
            Some((_, error)) => Err(error),
            None => Ok(()),
        }
    }

    fn cut(&self, length: usize) -> Option<Cut> {
        Cut::new(length, &self.sections[..self.count])
    }

    fn run<X: Linear>(&self, task: Task<'_, X>, rooms: &mut Rooms) -> Result<()> {
        match self.count {
            1 => self.run_with::<X, 1>(task, rooms),
            2 => self.run_with::<X, 2>(task, rooms),
            3 => self.run_with::<X, 3>(task, rooms),
            _ => self.run_with::<X, 4>(task, rooms),
        }
    }

    /// A sample that is not finite stays in the memory of a recursive filter for ever, so the memory after the pass says
    /// whether there was one, and records are only searched when it does. (Finite samples can overflow it too.)
    fn run_with<X: Linear, const S: usize>(&self, task: Task<'_, X>, rooms: &mut Rooms) -> Result<()> {
        let cascade =
            Cascade::<S> { sections: array::from_fn(|i| self.sections[i]), portable: self.portable };
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

/// What a task left behind when it was refused: its place among the tasks, and why.
type Refusal = Option<(usize, Error)>;

/// Run tasks one after the other, up to the first that is refused.
fn each<T>(
    mut next: impl FnMut() -> Option<(usize, T)>,
    rooms: &mut Rooms,
    run: &impl Fn(T, &mut Rooms) -> Result<()>,
) -> Refusal {
    while let Some((place, task)) = next() {
        if let Err(error) = run(task, rooms) {
            return Some((place, error));
        }
    }
    None
}

/// Run all tasks, on as many threads as there are rooms; each takes the next task when it is done with one. The first
/// refusal in the order of the tasks, whichever thread meets it.
#[cfg(feature = "rayon")]
fn share<T: Send>(
    tasks: impl Iterator<Item = (usize, T)> + Send,
    rooms: &mut [Rooms],
    run: &(impl Fn(T, &mut Rooms) -> Result<()> + Sync),
) -> Refusal {
    fn split<T: Send>(
        next: &(impl Fn() -> Option<(usize, T)> + Sync),
        rooms: &mut [Rooms],
        run: &(impl Fn(T, &mut Rooms) -> Result<()> + Sync),
    ) -> Refusal {
        if let [room] = rooms {
            return each(next, room, run);
        }
        let (left, right) = rooms.split_at_mut(rooms.len() / 2);
        let (left, right) = rayon::join(|| split(next, left, run), || split(next, right, run));
        match (left, right) {
            (Some(left), Some(right)) => Some(if left.0 < right.0 { left } else { right }),
            (left, right) => left.or(right),
        }
    }
    let mut tasks = tasks;
    if let [room] = rooms {
        return each(|| tasks.next(), room, run);
    }
    let tasks = std::sync::Mutex::new(tasks);
    let next = || tasks.lock().unwrap_or_else(std::sync::PoisonError::into_inner).next();
    split(&next, rooms, run)
}

#[cfg(not(feature = "rayon"))]
fn share<T>(
    mut tasks: impl Iterator<Item = (usize, T)>,
    rooms: &mut [Rooms],
    run: &impl Fn(T, &mut Rooms) -> Result<()>,
) -> Refusal {
    rooms.first_mut().and_then(|room| each(|| tasks.next(), room, run))
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
