//! Records side by side, and parts of one record side by side.

use super::ZeroPhase;
use super::cut::Cut;
use super::ends::LONGEST;
use super::kernel::{Cascade, LANES};
use super::scratch::Rooms;
use super::exact;
use crate::Settle;
use crate::samples::Linear;
use alloc::vec::Vec;
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

    /// Filter each record of `x` into its place in `out`.
    pub(super) fn filter<X: Linear>(&self, x: &[&[X]], out: &mut [&mut [X]], rooms: &mut Vec<Rooms>) {
        if rooms.is_empty() {
            rooms.push(Rooms::default());
        }
        self.one_after_the_other(x, out, &mut rooms[0]);
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
        let mut out = out;
        for index in 0..cut.windows {
            let size = if index + 1 < cut.windows { cut.window() } else { out.len() };
            let (window, rest) = out.split_at_mut(size);
            self.run(Task::Window { x, cut, index, out: window }, rooms);
            out = rest;
        }
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
        let cascade = Cascade::<S> { sections: array::from_fn(|i| self.sections[i]), portable: self.portable };
        let extension = self.extension;
        match task {
            Task::Window { x, cut, index, out } => cut.filter(&cascade, extension, x, index, out, rooms),
            Task::One { x, out } => exact::filter(&cascade, extension, &[x], &mut [out], &mut rooms.one),
            Task::Eight { x, mut out } => exact::filter(&cascade, extension, &x, &mut out, &mut rooms.lanes),
        }
    }
}
