//! Centred windows over a stream: every output as soon as its window is full.

use super::edge::{Edge, Ends, Source};
use crate::samples::Sample;
use alloc::{vec, vec::Vec};

/// What is worked out over the last `window` slots; a slot is empty where there is no sample.
pub trait Slide<W> {
    /// One slot more.
    fn push(&mut self, slot: Option<W>);

    /// The value of the window, of which `held` slots are not empty.
    fn value(&self, held: usize) -> W;
}

/// What a centred window over a stream remembers, its output being half a window late. It belongs to the design that
/// made it: in the hands of another it goes on as its own.
#[derive(Debug, Clone, PartialEq)]
pub struct CentredState<W, S> {
    slide: S,
    edge: Edge,
    /// The last samples: half a window and one.
    recent: Vec<W>,
    seen: usize,
    given: usize,
}

impl<W: Sample<Wide = W>, S: Slide<W>> CentredState<W, S> {
    /// `slide` has an odd `window` of empty slots.
    pub(super) fn new(slide: S, window: usize, edge: Edge) -> Self {
        Self { slide, edge, recent: vec![W::ZERO; window / 2 + 1], seen: 0, given: 0 }
    }

    fn half(&self) -> usize {
        self.recent.len() - 1
    }

    /// Sample `index` of a record of `n`; within half a window of the last one, or the first ones.
    fn slot(&self, index: isize, n: usize) -> Option<W> {
        match Ends::Edge(self.edge).source(index, n) {
            Source::At(index) => Some(self.recent[index % self.recent.len()]),
            Source::Level(level) => Some(W::splat(level)),
            Source::Nothing => None,
        }
    }

    /// What lies before the record, and what has been seen of it.
    fn open(&mut self) {
        for index in -(self.half() as isize)..self.seen as isize {
            let slot = self.slot(index, self.seen);
            self.slide.push(slot);
        }
    }

    fn give(&mut self) -> W {
        let held = held(Ends::Edge(self.edge), self.given, self.half(), self.seen);
        self.given += 1;
        self.slide.value(held)
    }

    #[inline]
    pub(super) fn step(&mut self, x: W) -> Option<W> {
        let place = self.seen % self.recent.len();
        self.recent[place] = x;
        self.seen += 1;
        match self.seen.cmp(&self.recent.len()) {
            core::cmp::Ordering::Less => return None,
            core::cmp::Ordering::Equal => self.open(),
            core::cmp::Ordering::Greater => self.slide.push(Some(x)),
        }
        Some(self.give())
    }

    pub(super) fn flush(&mut self) -> Option<W> {
        if self.given == self.seen {
            return None;
        }
        if self.seen < self.recent.len() && self.given == 0 {
            self.open();
            // As far as the window of the first sample still reaches.
            for index in self.seen..self.half() {
                let slot = self.slot(index as isize, self.seen);
                self.slide.push(slot);
            }
        }
        let slot = self.slot((self.given + self.half()) as isize, self.seen);
        self.slide.push(slot);
        Some(self.give())
    }
}

/// What a trailing window over a stream remembers. It belongs to the design that made it: in the hands of another it
/// goes on as its own.
#[derive(Debug, Clone, PartialEq)]
pub struct TrailingState<S> {
    slide: S,
    window: usize,
    held: usize,
}

impl<S> TrailingState<S> {
    /// `slide` has a `window` of empty slots.
    pub(super) fn new(slide: S, window: usize) -> Self {
        Self { slide, window, held: 0 }
    }

    #[inline]
    pub(super) fn step<W>(&mut self, x: W) -> W
    where
        S: Slide<W>,
    {
        self.held = (self.held + 1).min(self.window);
        self.slide.push(Some(x));
        self.slide.value(self.held)
    }
}

/// How many samples of a record of `n` the window of sample `i` holds.
#[inline]
pub(super) fn held(ends: Ends, i: usize, half: usize, n: usize) -> usize {
    match ends {
        Ends::Edge(Edge::Inside) => (i + half + 1).min(n) - i.saturating_sub(half),
        _ => 2 * half + 1,
    }
}

/// The outputs from sample `first` of the record on, bit for bit as a stream gives them.
pub(super) fn slide_over<X: Sample>(
    slide: &mut impl Slide<X::Wide>,
    half: usize,
    ends: Ends,
    x: &[X],
    first: usize,
    out: &mut [X],
) {
    let push = |slide: &mut _, i: usize| Slide::push(slide, ends.sample(x, i as isize - half as isize));
    (first..first + 2 * half).for_each(|i| push(slide, i));
    for (i, out) in (first..).zip(out) {
        push(slide, i + 2 * half);
        *out = X::narrow(slide.value(held(ends, i, half, x.len())));
    }
}

/// The whole record where samples are put in order by comparison: `whole` gives the windows that begin at a sample and
/// after, all of them full, and `slide`, which gives the same values, what is not full, not long enough or not ordered.
pub(super) fn ordered_over<X: Sample>(
    slide: &mut impl Slide<X::Wide>,
    window: usize,
    ends: Ends,
    x: &[X],
    out: &mut [X],
    mut whole: impl FnMut(isize, &mut [X]),
) {
    let (n, half) = (x.len(), window / 2);
    let nan = matches!(ends, Ends::Edge(Edge::Constant(level)) if level.is_nan());
    if nan || n < 2 * window {
        slide_over(slide, half, ends, x, 0, out);
    } else if ends == Ends::Edge(Edge::Inside) {
        let (first, rest) = out.split_at_mut(half);
        let (middle, last) = rest.split_at_mut(n - 2 * half);
        slide_over(slide, half, ends, x, 0, first);
        whole(0, middle);
        slide_over(slide, half, ends, x, n - half, last);
    } else {
        whole(-(half as isize), out);
    }
}
