//! The streaming form.

use super::blocks::Place;
use super::{Kernel, Plan};
use crate::filter::late::{CentredState, Slide};
use crate::samples::Sample;
use alloc::{sync::Arc, vec, vec::Vec};

/// The last samples of a stream, always as one slice.
#[derive(Debug, Clone, PartialEq)]
struct Recent<W> {
    window: usize,
    samples: Vec<W>,
}

impl<W: Copy> Recent<W> {
    fn new(window: usize) -> Self {
        Self { window, samples: Vec::with_capacity(2 * window) }
    }

    /// At twice the window the older half makes room.
    fn push(&mut self, x: W) {
        if self.samples.len() == 2 * self.window {
            self.samples.copy_within(self.window + 1.., 0);
            self.samples.truncate(self.window - 1);
        }
        self.samples.push(x);
    }

    /// The last window, once there is one.
    fn window(&self) -> Option<&[W]> {
        self.samples.len().checked_sub(self.window).map(|start| &self.samples[start..])
    }
}

/// What a Savitzky-Golay filter remembers of its window.
#[derive(Debug, Clone, PartialEq)]
pub struct SavitzkyGolayWindow<W> {
    plan: Arc<Plan>,
    recent: Recent<W>,
    place: Option<Place<W>>,
    value: W,
}

impl<W: Sample<Wide = W>> SavitzkyGolayWindow<W> {
    pub(super) fn new(plan: &Arc<Plan>) -> Self {
        let place = match &plan.kernel {
            Kernel::Blocks(blocks) => Some(blocks.initial_state()),
            Kernel::Direct(_) => None,
        };
        Self { plan: plan.clone(), recent: Recent::new(plan.window), place, value: W::ZERO }
    }
}

impl<W: Sample<Wide = W>> Slide<W> for SavitzkyGolayWindow<W> {
    fn push(&mut self, slot: Option<W>) {
        self.recent.push(slot.unwrap_or(W::ZERO));
        let Some(window) = self.recent.window() else { return };
        self.value = match (&self.plan.kernel, &mut self.place) {
            (Kernel::Blocks(blocks), Some(place)) => blocks.process(place, window),
            (Kernel::Direct(direct), _) => direct.one(window),
            (Kernel::Blocks(_), None) => return, // never: `new` gives one to the other
        };
    }

    fn value(&self, _held: usize) -> W {
        self.value
    }
}

/// What a [`super::SavitzkyGolay`] filter remembers in a stream.
#[derive(Debug, Clone, PartialEq)]
pub struct SavitzkyGolayState<W>(State<W>);

#[derive(Debug, Clone, PartialEq)]
enum State<W> {
    Inside(Inside<W>),
    Extended(CentredState<W, SavitzkyGolayWindow<W>>),
}

/// Ends by fit: a whole window late, for the first output needs the whole first window.
#[derive(Debug, Clone, PartialEq)]
struct Inside<W> {
    slide: SavitzkyGolayWindow<W>,
    /// Outputs from the middle of windows, each at its index modulo their number.
    held: Vec<W>,
    /// Of the first window, then of the last one.
    products: Vec<W>,
    seen: usize,
    given: usize,
    ended: bool,
}

impl<W: Sample<Wide = W>> SavitzkyGolayState<W> {
    pub(super) fn extended(state: CentredState<W, SavitzkyGolayWindow<W>>) -> Self {
        Self(State::Extended(state))
    }

    pub(super) fn inside(plan: &Arc<Plan>) -> Self {
        let polynomials = plan.degree + 1;
        Self(State::Inside(Inside {
            slide: SavitzkyGolayWindow::new(plan),
            held: vec![W::ZERO; plan.window / 2 + 1],
            products: Vec::with_capacity(polynomials),
            seen: 0,
            given: 0,
            ended: false,
        }))
    }

    pub(super) fn step(&mut self, x: W) -> Option<W> {
        match &mut self.0 {
            State::Extended(state) => state.step(x),
            State::Inside(state) => state.step(x),
        }
    }

    pub(super) fn flush(&mut self) -> Option<W> {
        match &mut self.0 {
            State::Extended(state) => state.flush(),
            State::Inside(state) => state.flush(),
        }
    }
}

impl<W: Sample<Wide = W>> Inside<W> {
    fn half(&self) -> usize {
        self.held.len() - 1
    }

    fn fit(&mut self) {
        if let Some(window) = self.slide.recent.window() {
            self.slide.plan.fit.products(window, &mut self.products);
        }
    }

    fn give(&mut self) -> W {
        let (i, half) = (self.given, self.half());
        let fit = &self.slide.plan.fit;
        let y = if i < half {
            fit.first(&self.products, i)
        } else if i + half < self.seen {
            self.held[i % self.held.len()]
        } else {
            fit.last(&self.products, self.seen - 1 - i)
        };
        self.given += 1;
        y
    }

    fn step(&mut self, x: W) -> Option<W> {
        self.slide.push(Some(x));
        self.seen += 1;
        let window = self.slide.plan.window;
        if self.seen < window {
            return None;
        }
        if self.seen == window {
            self.fit();
        }
        let (middle, places) = (self.seen - 1 - self.half(), self.held.len());
        self.held[middle % places] = self.slide.value(window);
        Some(self.give())
    }

    fn flush(&mut self) -> Option<W> {
        if self.seen < self.slide.plan.window || self.given == self.seen {
            return None;
        }
        // The first window's fit is still wanted until its half is given.
        if !self.ended && self.given >= self.half() {
            self.fit();
            self.ended = true;
        }
        Some(self.give())
    }
}
