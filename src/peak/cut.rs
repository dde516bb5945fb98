//! A window cut out of a drive: its samples, its edges, and what surrounds a maximum in it.

use crate::time::TimeSpan;
use crate::{Samples, Signal};
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// The samples of a window, and what is left and right of a sample in it.
pub(super) struct Cut {
    pub(super) first: usize,
    pub(super) last: usize,
    /// TimeSpan in samples, widened by the millionth of a sample that is granted everywhere.
    start: f64,
    end: f64,
    circular: bool,
}

impl Cut {
    /// `None` below 3 samples.
    pub(super) fn new<S: Samples>(drive: &Signal<S>, window: TimeSpan, circular: bool) -> Option<Self> {
        const SLACK: f64 = 1e-6;
        let clock = drive.clock();
        let start = clock.position(window.start_s) - SLACK;
        // A circular window's end is its start again.
        let end = clock.position(window.end_s) + if circular { -SLACK } else { SLACK };
        let first = start.ceil().max(0.0) as usize;
        let last = (end.floor().max(0.0) as usize).min(drive.samples().len() - 1);
        (end >= start && last >= first + 2).then_some(Self { first, last, start, end, circular })
    }

    /// Whether a maximum from `first` to `last` with its vertex at `position` belongs to the window.
    pub(super) fn holds(&self, first: usize, last: usize, position: f64) -> bool {
        let inside = position >= self.start && position < self.end;
        // Without recurrence the edge samples themselves are no peaks.
        inside && (self.circular || (first > self.first && last < self.last))
    }

    /// Lowest value going left from the top that starts at `first`, up to anything higher.
    pub(super) fn left_low(&self, height: impl Fn(usize) -> f64, first: usize, top: f64) -> f64 {
        let near = (self.first..first.min(self.last + 1)).rev();
        let round = (first.max(self.first)..=self.last).rev();
        lowest_until_higher(near.chain(round.filter(|_| self.circular)).map(height), top)
    }

    /// Lowest value going right from the top that ends at `last`, up to anything higher.
    pub(super) fn right_low(&self, height: impl Fn(usize) -> f64, last: usize, top: f64) -> f64 {
        let near = (last + 1).max(self.first)..=self.last;
        let round = self.first..=last.min(self.last);
        lowest_until_higher(near.chain(round.filter(|_| self.circular)).map(height), top)
    }
}

fn lowest_until_higher(values: impl Iterator<Item = f64>, top: f64) -> f64 {
    values.take_while(|&v| v <= top).fold(top, f64::min)
}

/// The next local maximum from sample `i` on, a plateau as a whole; never the record's first or last sample.
pub(super) fn next_maximum(x: impl Fn(usize) -> f64, mut i: usize, n: usize) -> Option<(usize, usize)> {
    i = i.max(1);
    // Inside a plateau one starts from its first sample.
    while i > 1 && i < n && x(i - 1) == x(i) {
        i -= 1;
    }
    while i + 1 < n {
        if x(i - 1) < x(i) {
            let mut last = i;
            while last + 1 < n && x(last + 1) == x(i) {
                last += 1;
            }
            if last + 1 < n && x(last + 1) < x(i) {
                return Some((i, last));
            }
            i = last;
        }
        i += 1;
    }
    None
}
