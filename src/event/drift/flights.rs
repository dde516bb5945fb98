//! Flights of a force whose plate has a level of its own, sample by sample.

use super::DriftRemoval;
use crate::Rate;
use crate::math::median;
use alloc::{vec, vec::Vec};
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Samples are averaged over this long before they are looked at.
const CELL_S: f64 = 0.01;
/// The lowest cell is looked for this far back and ahead: ahead, one contact of either foot; back, some more, for the
/// landing of a runner who stood.
const BACK_S: f64 = 1.5;
const AHEAD_S: f64 = 0.5;

/// A stretch without load.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Flight {
    pub(super) first: usize,
    pub(super) end: usize,
    pub(super) level: f64,
}

impl Flight {
    /// Its middle as a sample position.
    pub(super) fn middle(&self) -> f64 {
        0.5 * (self.first + self.end - 1) as f64
    }
}

/// How flights are found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Flights {
    threshold: f64,
    /// Samples per cell.
    cell: usize,
    /// Cells back and ahead.
    back: usize,
    ahead: usize,
    /// Shortest and longest flight in samples.
    shortest: usize,
    longest: usize,
}

impl Flights {
    pub(super) fn new(rate: Rate, removal: &DriftRemoval) -> Self {
        let samples = |seconds: f64| (seconds * rate.as_hz()).round().max(1.0) as usize;
        let cell = samples(CELL_S);
        let cells = |seconds: f64| samples(seconds).div_ceil(cell);
        Self {
            threshold: removal.threshold_n,
            cell,
            back: cells(BACK_S),
            ahead: cells(AHEAD_S),
            shortest: samples(removal.min_flight_s),
            longest: samples(removal.max_flight_s),
        }
    }

    /// Samples from the end of a flight to its being known.
    pub(super) fn latency(&self) -> usize {
        (self.ahead + 2) * self.cell
    }

    /// Shortest flight in samples.
    pub(super) fn shortest(&self) -> usize {
        self.shortest
    }
}

/// What has been seen of a record.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct FlightState {
    /// The last samples: a longest flight and what must be awaited behind it.
    recent: Vec<f64>,
    /// Means of the last cells; NaN where a cell holds no sample.
    cells: Vec<f64>,
    seen: usize,
    /// Complete cells so far, and those of them that were judged.
    complete: usize,
    judged: usize,
    sum: f64,
    counted: usize,
    /// First sample of the flight that may be going on.
    open: Option<usize>,
    sorted: Vec<f64>,
    ended: bool,
}

impl FlightState {
    pub(super) fn new(design: &Flights) -> Self {
        let recent = design.longest + design.latency() + design.cell;
        Self {
            recent: vec![0.0; recent],
            cells: vec![f64::NAN; design.back + design.ahead + 1],
            seen: 0,
            complete: 0,
            judged: 0,
            sum: 0.0,
            counted: 0,
            open: None,
            sorted: Vec::with_capacity(design.longest),
            ended: false,
        }
    }

    fn close_cell(&mut self) {
        let place = self.complete % self.cells.len();
        self.cells[place] = if self.counted > 0 { self.sum / self.counted as f64 } else { f64::NAN };
        self.complete += 1;
        (self.sum, self.counted) = (0.0, 0);
    }
}

impl Flights {
    /// Feed one sample; NaN is none.
    pub(super) fn process(&self, state: &mut FlightState, x: f64) -> Option<Flight> {
        let place = state.seen % state.recent.len();
        state.recent[place] = x;
        state.seen += 1;
        if x.is_finite() {
            state.sum += x;
            state.counted += 1;
        }
        if state.seen % self.cell > 0 {
            return None;
        }
        state.close_cell();
        if state.complete > self.ahead { self.judge(state) } else { None }
    }

    /// The flights still in the record's last cells; call until `None`.
    pub(super) fn flush(&self, state: &mut FlightState) -> Option<Flight> {
        if !state.ended {
            state.ended = true;
            if state.seen % self.cell > 0 {
                state.close_cell();
            }
        }
        while state.judged < state.complete {
            let found = self.judge(state);
            if found.is_some() {
                return found;
            }
        }
        let first = state.open.take()?;
        self.flight(state, first, state.seen)
    }

    /// The next cell: loaded or not. A flight comes out when it ends.
    fn judge(&self, state: &mut FlightState) -> Option<Flight> {
        let cell = state.judged;
        state.judged += 1;
        let ring = state.cells.len();
        let mean = state.cells[cell % ring];
        let near = cell.saturating_sub(self.back)..(cell + self.ahead + 1).min(state.complete);
        // The smallest that is not NaN.
        let floor = near.map(|c| state.cells[c % ring]).fold(f64::INFINITY, f64::min);
        if mean < floor + self.threshold {
            state.open.get_or_insert(cell * self.cell);
            return None;
        }
        let first = state.open.take()?;
        self.flight(state, first, cell * self.cell)
    }

    fn flight(&self, state: &mut FlightState, first: usize, end: usize) -> Option<Flight> {
        let length = end - first;
        if !(self.shortest..=self.longest).contains(&length) {
            return None;
        }
        let trim = length / 4;
        let ring = state.recent.len();
        state.sorted.clear();
        let middle = (first + trim..end - trim).map(|i| state.recent[i % ring]);
        state.sorted.extend(middle.filter(|x| x.is_finite()));
        let level = median(&mut state.sorted)?;
        Some(Flight { first, end, level })
    }
}
