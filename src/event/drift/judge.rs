//! Which flights' levels are believed.

use super::flights::Flight;

/// Flights on either side that a level is compared with.
const BESIDE: usize = 2;
const WINDOW: usize = 2 * BESIDE + 1;

/// Compares each flight's level with its neighbours'.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Judge {
    tolerance: f64,
    last: [Flight; WINDOW],
    seen: usize,
    given: usize,
}

impl Judge {
    /// What counts as unloaded up to `threshold` above the floor may differ from its neighbours by a quarter of that: a
    /// short dip between two contacts has no level of its own.
    pub(super) fn new(threshold: f64) -> Self {
        let tolerance = 0.25 * threshold;
        let none = Flight { first: 0, end: 0, level: 0.0 };
        Self { tolerance, last: [none; WINDOW], seen: 0, given: 0 }
    }

    /// The next flight: the verdict on the one two before it.
    pub(super) fn push(&mut self, flight: Flight) -> Option<(Flight, bool)> {
        self.last[self.seen % WINDOW] = flight;
        self.seen += 1;
        if self.seen > BESIDE { self.give() } else { None }
    }

    /// The verdicts on the last ones; call until `None`.
    pub(super) fn flush(&mut self) -> Option<(Flight, bool)> {
        self.give()
    }

    fn give(&mut self) -> Option<(Flight, bool)> {
        if self.given == self.seen {
            return None;
        }
        let near = self.given.saturating_sub(BESIDE)..(self.given + BESIDE + 1).min(self.seen);
        let n = near.len();
        let mut levels = [f64::INFINITY; WINDOW];
        for (level, i) in levels.iter_mut().zip(near) {
            *level = self.last[i % WINDOW].level;
        }
        levels[..n].sort_unstable_by(f64::total_cmp);
        let median = 0.5 * (levels[(n - 1) / 2] + levels[n / 2]);
        let flight = self.last[self.given % WINDOW];
        self.given += 1;
        Some((flight, (flight.level - median).abs() <= self.tolerance))
    }
}
