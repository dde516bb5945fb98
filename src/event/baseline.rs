//! Drift of a treadmill's force, measured in the flights between contacts and removed.

use crate::filter::interpolation::Curve;
use crate::filter::{Interpolation, SlopeScratch, hermite};
use crate::format::{count, number};
use crate::math::median;
use crate::{Error, Flush, GroupDelay, Rate, Real, Result, Samples, Signal, Stage};
use alloc::{collections::VecDeque, vec, vec::Vec};
use core::fmt;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

const OPERATION: &str = "removing drift";
/// Lowest rate at which a flight holds enough samples.
const LOWEST_HZ: f64 = 50.0;

/// Removes slow drift from vertical force, by the level of the unloaded plate.
///
/// A *flight* is a stretch of `min_flight_s` to `max_flight_s` in which means over 10 ms stay less than
/// `threshold_n` above the lowest of them from 1.5 s before to 0.5 s after. No step is counted and no contact is
/// expected anywhere, so a contact that is missing, cut short, doubled or false moves no baseline: it makes a flight
/// longer, or splits one. The level of a flight is the median of its middle half, at its middle time. A level that differs by more
/// than a quarter of `threshold_n` from the median of itself and the two flights on either side is an outlier (a knock
/// on the belt, a pause standing still, the dip of a doubled contact) and is excluded. Between the levels the baseline is a monotone
/// cubic (PCHIP); before the first and after the last level it is constant.
///
/// NaN marks a gap and stays NaN. A stretch longer than `max_flight_s` at one level does not count as a flight, since it
/// may be a runner who stands still: the baseline connects the flights around it.
///
/// # Accuracy
/// On 30 s of a treadmill runner with a drift of 112 N added: `tests/it/event/drift.rs` holds the residual mean force
/// in flight and the times of contacts against the record without drift, also with stances cut short, doubled and
/// removed.
///
/// # Limitations
/// Running only: without flight the plate is never unloaded. The drift within 2 s, and four standard
/// deviations of the noise averaged over 10 ms, must together stay below `threshold_n`. A first-order loss at the
/// amplifier (force that sags during each contact) is no drift in this sense.
///
/// ```
/// use copeak::{Clock, Rate, Signal, event::drift::DriftRemoval};
/// let clock = Clock::from_zero(Rate::from_hz(500.0)?);
/// // Half-sine contacts of 0.2 s, three a second, on a plate that drifts by 3 N a second.
/// let force = |i: usize| {
///     let t = i as f64 / 500.0;
///     let phase = (t % (1.0 / 3.0)) / 0.2;
///     3.0 * t + if phase < 1.0 { 1600.0 * (std::f64::consts::PI * phase).sin() } else { 0.0 }
/// };
/// let drifting = Signal::new(clock, (0..5000).map(force).collect::<Vec<f64>>());
/// let level = DriftRemoval::default().apply(&drifting)?;
/// assert!(level.value_at(4.94)?.abs() < 0.1 && level.value_at(9.94)?.abs() < 0.5);
/// # Ok::<(), copeak::Error>(())
/// ```
#[doc(alias = "dryft")]
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct DriftRemoval {
    /// Force in newtons above the plate's own level up to which it counts as unloaded.
    pub threshold_n: f64,
    /// Shortest flight in seconds.
    pub min_flight_s: f64,
    /// Longest flight in seconds; with one foot per signal it includes the other foot's contact.
    pub max_flight_s: f64,
}

impl Default for DriftRemoval {
    /// 50 N, flights of 30 ms to 1.5 s.
    fn default() -> Self {
        Self { threshold_n: 50.0, min_flight_s: 0.03, max_flight_s: 1.5 }
    }
}

/// Level of the plate in one flight.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct FlightLevel {
    /// First sample of the flight, in seconds.
    pub start_s: f64,
    /// Last sample.
    pub end_s: f64,
    /// Median force of its middle half, in newtons.
    pub level_n: f64,
    /// Whether the baseline uses it; false for an outlier among its neighbours.
    pub accepted: bool,
}

impl FlightLevel {
    /// Returns the time of the level, the middle of the flight.
    pub fn middle_s(&self) -> f64 {
        0.5 * (self.start_s + self.end_s)
    }
}

/// The baseline of a force record; measured by [`DriftRemoval::baseline`].
#[derive(Debug, Clone, PartialEq)]
pub struct Baseline {
    flights: Vec<FlightLevel>,
    /// Position and level of the accepted flights.
    knots: Vec<(f64, f64)>,
    /// Curve through the knots, when there are at least two.
    curve: Option<Curve>,
}

impl Baseline {
    /// Returns every flight in order, including outliers.
    pub fn flights(&self) -> &[FlightLevel] {
        &self.flights
    }

    /// Returns the force of the unloaded plate, in newtons, at a fractional sample position of the record.
    #[inline]
    fn at_position(&self, position: f64) -> f64 {
        let (first, last) = (self.knots[0], self.knots[self.knots.len() - 1]);
        match &self.curve {
            Some(curve) if position > first.0 && position < last.0 => curve.at(position),
            _ if position <= first.0 => first.1,
            _ => last.1,
        }
    }

    /// Returns the largest minus the smallest level of the accepted flights, in newtons.
    pub fn range_n(&self) -> f64 {
        let levels = || self.knots.iter().map(|k| k.1);
        levels().fold(f64::NEG_INFINITY, f64::max) - levels().fold(f64::INFINITY, f64::min)
    }
}

impl DriftRemoval {
    /// Builds a removal with this threshold for the unloaded plate, else as by default.
    pub fn new(threshold_n: f64) -> Self {
        Self { threshold_n, ..Self::default() }
    }

    fn flights(&self, rate: Rate) -> Result<Flights> {
        if rate.as_hz() < LOWEST_HZ {
            let value = rate.as_hz();
            return Err(Error::Parameter { name: "sample rate", rule: "at least 50 Hz", value });
        }
        let above_zero = [
            ("threshold of the unloaded plate", "finite and above 0 N", self.threshold_n),
            ("shortest flight", "finite and above 0 s", self.min_flight_s),
        ];
        for (name, rule, value) in above_zero {
            if !(value.is_finite() && value > 0.0) {
                return Err(Error::Parameter { name, rule, value });
            }
        }
        if !(self.max_flight_s > self.min_flight_s && self.max_flight_s <= 10.0) {
            let rule = "above the shortest flight and at most 10 s";
            return Err(Error::Parameter { name: "longest flight", rule, value: self.max_flight_s });
        }
        Ok(Flights::new(rate, self))
    }

    /// Measures the baseline of a complete record.
    ///
    /// # Errors
    /// [`Error::Parameter`] below 50 Hz, or when a field is out of its range; [`Error::NonFinite`] on an infinite
    /// sample; [`Error::Missing`] when the record holds no flight.
    pub fn baseline<S>(&self, force: &Signal<S>) -> Result<Baseline>
    where
        S: Samples,
        S::Item: Real,
    {
        let design = self.flights(force.clock().rate())?;
        let samples = force.samples();
        if let Some(index) = (0..samples.len()).find(|&i| samples.sample(i).as_f64().is_infinite()) {
            return Err(Error::NonFinite { operation: OPERATION, index });
        }
        let (mut state, mut judge) = (FlightState::new(&design), Judge::new(self.threshold_n));
        let mut judged: Vec<(Flight, bool)> = Vec::new();
        for x in samples.iter_samples() {
            if let Some(flight) = design.process(&mut state, x.as_f64()) {
                judged.extend(judge.push(flight));
            }
        }
        while let Some(flight) = design.flush(&mut state) {
            judged.extend(judge.push(flight));
        }
        while let Some(verdict) = judge.flush() {
            judged.push(verdict);
        }
        let accepted = judged.iter().filter(|j| j.1);
        let knots: Vec<(f64, f64)> = accepted.map(|(f, _)| (f.middle(), f.level)).collect();
        if knots.is_empty() {
            return Err(Error::Missing { operation: OPERATION, what: "a flight, a stretch without load" });
        }
        let time = |i: usize| force.clock().time_s(i as f64);
        let flight = |(f, accepted): (Flight, bool)| FlightLevel {
            start_s: time(f.first),
            end_s: time(f.end - 1),
            level_n: f.level,
            accepted,
        };
        let flights = judged.into_iter().map(flight).collect();
        let (at, levels): (Vec<f64>, Vec<f64>) = knots.iter().copied().unzip();
        let curve = if knots.len() > 1 { Some(Interpolation::Pchip.through(&at, &levels)?) } else { None };
        Ok(Baseline { flights, knots, curve })
    }

    /// Subtracts the baseline from the force.
    ///
    /// # Errors
    /// As [`DriftRemoval::baseline`].
    pub fn apply<S>(&self, force: &Signal<S>) -> Result<Signal<Vec<S::Item>>>
    where
        S: Samples,
        S::Item: Real,
    {
        let baseline = self.baseline(force)?;
        let level = |(i, x): (usize, S::Item)| S::Item::cast(x.as_f64() - baseline.at_position(i as f64));
        Ok(force.with_samples(force.samples().iter_samples().enumerate().map(level).collect()))
    }
}

impl fmt::Display for Baseline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let flights = self.flights();
        let used = flights.iter().filter(|flight| flight.accepted).count();
        write!(f, "level in {used} of {}, ", count(flights.len(), "flight"))?;
        match used {
            0 | 1 => f.write_str("too few to measure drift"),
            _ => write!(f, "over a range of {} N", number(self.range_n())),
        }
    }
}

/// Knots that determine one piece of the baseline.
const AROUND: usize = 4;

/// [`DriftRemoval`] as a stage; built by [`DriftRemoval::live`].
///
/// A sample is emitted `delay_s` after it was processed. By then the flights around it should be known: where the next four
/// flights after a sample are over, and half a second more has passed, the output is that of
/// [`DriftRemoval::apply`], bit for bit. Otherwise (the runner stands still, or the delay is short) the baseline
/// stays at the last known level. Before the first flight is known the output is NaN, since the plate's level is not known
/// either; an infinite sample counts as a gap. At the end of the record all flights are known.
///
/// # Real-time considerations
/// All memory is allocated by `initial_state`. The cost per sample is constant except at the end of each flight (its median) and
/// every 10 ms (a minimum over 2 s of means).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LiveDrift {
    flights: Flights,
    threshold_n: f64,
    delay: usize,
}

impl DriftRemoval {
    /// Builds the removal as a stage, which emits each sample `delay_s` later.
    ///
    /// # Errors
    /// As [`DriftRemoval::baseline`] for the rate and the fields; [`Error::Parameter`] when the delay is negative or
    /// above 60 s.
    ///
    /// ```
    /// use copeak::{Rate, StageExt, event::drift::DriftRemoval};
    /// let mut live = DriftRemoval::default().live(Rate::from_hz(200.0)?, 3.0)?.stream();
    /// // 0.2 s on the ground, 0.15 s in the air, on a plate that reads 40 N too much.
    /// let force = |i: usize| if i % 70 < 40 { 1500.0 } else { 0.0 } + 40.0;
    /// let out: Vec<f64> = (0..2000).filter_map(|i| live.push(force(i))).collect();
    /// assert_eq!(out.len(), 1400);
    /// assert!(out[60].abs() < 1e-9 && (out[80] - 1500.0).abs() < 1e-9);
    /// # Ok::<(), copeak::Error>(())
    /// ```
    pub fn live(&self, rate: Rate, delay_s: f64) -> Result<LiveDrift> {
        let flights = self.flights(rate)?;
        if !(0.0..=60.0).contains(&delay_s) {
            return Err(Error::Parameter { name: "delay", rule: "0 to 60 s", value: delay_s });
        }
        let delay = (delay_s * rate.as_hz()).round() as usize;
        Ok(LiveDrift { flights, threshold_n: self.threshold_n, delay })
    }
}

/// State of [`LiveDrift`] as a stage.
#[derive(Debug, Clone, PartialEq)]
pub struct LiveDriftState<T> {
    flights: FlightState,
    judge: Judge,
    /// Samples that wait for their delay.
    waiting: Vec<T>,
    seen: usize,
    given: usize,
    /// Accepted flights: middle and level; those no longer needed are dropped.
    knots: VecDeque<(f64, f64)>,
    piece: Piece,
}

/// The current piece of the baseline.
#[derive(Debug, Clone, PartialEq)]
struct Piece {
    /// The knots it was computed from: index of its start among them, and the knots.
    start: usize,
    at: Vec<f64>,
    levels: Vec<f64>,
    slopes: Vec<f64>,
    scratch: SlopeScratch,
}

impl<T> LiveDriftState<T> {
    /// Returns the plate's level at sample `i`, from the flights known.
    fn level(&mut self, i: usize) -> f64 {
        let position = i as f64;
        // The knot before the piece's start is needed for the slope there.
        while self.knots.len() > AROUND && self.knots[2].0 <= position {
            self.knots.pop_front();
        }
        let knots = &self.knots;
        let after = knots.iter().take_while(|k| k.0 <= position).count();
        match after {
            0 => knots.front().map_or(f64::NAN, |k| k.1),
            n if n == knots.len() => knots[n - 1].1,
            n => {
                let first = n.saturating_sub(2);
                let around = knots.range(first..(n + 2).min(knots.len()));
                self.piece.at(n - 1 - first, around, position)
            }
        }
    }
}

impl Piece {
    fn at<'a>(
        &mut self,
        start: usize,
        around: impl ExactSizeIterator<Item = &'a (f64, f64)> + Clone,
        position: f64,
    ) -> f64 {
        let made_of_these = self.start == start
            && self.at.len() == around.len()
            && self.at.iter().zip(around.clone()).all(|(t, k)| *t == k.0);
        if !made_of_these {
            self.start = start;
            self.at.clear();
            self.levels.clear();
            self.at.extend(around.clone().map(|k| k.0));
            self.levels.extend(around.map(|k| k.1));
            let at = &self.at;
            let width = |i: usize| at[i + 1] - at[i];
            Interpolation::Pchip.slopes(false, width, &self.levels, &mut self.slopes, &mut self.scratch);
        }
        let i = self.start;
        let width = self.at[i + 1] - self.at[i];
        let slopes = Some((self.slopes[i] * width, self.slopes[i + 1] * width));
        hermite(self.levels[i], self.levels[i + 1], slopes, (position - self.at[i]) / width)
    }
}

impl LiveDrift {
    fn accept<T>(state: &mut LiveDriftState<T>, verdict: Option<(Flight, bool)>) {
        if let Some((flight, true)) = verdict {
            state.knots.push_back((flight.middle(), flight.level));
        }
    }

    fn give<T: Real>(&self, state: &mut LiveDriftState<T>) -> T {
        let x = state.waiting[state.given % state.waiting.len()];
        let level = state.level(state.given);
        state.given += 1;
        T::cast(x.as_f64() - level)
    }
}
impl crate::StageExt for LiveDrift {}

impl<T: Real> Stage<T> for LiveDrift {
    type Output = Option<T>;
    type State = LiveDriftState<T>;

    fn initial_state(&self) -> Self::State {
        // As many knots as the waiting samples can contain, and those around the first of them.
        let knots = self.delay / self.flights.shortest + 2 * AROUND;
        LiveDriftState {
            flights: FlightState::new(&self.flights),
            judge: Judge::new(self.threshold_n),
            waiting: vec![T::ZERO; self.delay + 1],
            seen: 0,
            given: 0,
            knots: VecDeque::with_capacity(knots),
            piece: Piece {
                start: usize::MAX,
                at: Vec::with_capacity(AROUND),
                levels: Vec::with_capacity(AROUND),
                slopes: Vec::with_capacity(AROUND),
                scratch: SlopeScratch::default(),
            },
        }
    }

    fn process(&self, state: &mut Self::State, x: T) -> Option<T> {
        let x = if x.is_infinite() { T::nan() } else { x };
        let place = state.seen % state.waiting.len();
        state.waiting[place] = x;
        state.seen += 1;
        if let Some(flight) = self.flights.process(&mut state.flights, x.as_f64()) {
            let verdict = state.judge.push(flight);
            Self::accept(state, verdict);
        }
        (state.seen > self.delay).then(|| self.give(state))
    }
}

impl<T: Real> Flush<T> for LiveDrift {
    fn flush(&self, state: &mut Self::State) -> Option<Option<T>> {
        while let Some(flight) = self.flights.flush(&mut state.flights) {
            let verdict = state.judge.push(flight);
            Self::accept(state, verdict);
        }
        while let Some(verdict) = state.judge.flush() {
            Self::accept(state, Some(verdict));
        }
        (state.given < state.seen).then(|| Some(self.give(state)))
    }
}

/// Equals the delay.
impl GroupDelay for LiveDrift {
    fn group_delay(&self, _frequency: f64) -> f64 {
        self.delay as f64
    }
}

/// Duration of the cells over which samples are averaged.
const CELL_S: f64 = 0.01;
/// The lowest cell is searched from this long before to this long after: after, one contact of either foot; before, longer, for the
/// landing of a runner who stood.
const BACK_S: f64 = 1.5;
const AHEAD_S: f64 = 0.5;

/// A stretch without load.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Flight {
    first: usize,
    end: usize,
    level: f64,
}

impl Flight {
    /// Returns its middle as a sample position.
    fn middle(&self) -> f64 {
        0.5 * (self.first + self.end - 1) as f64
    }
}

/// Detector of flights, sample by sample, whatever level the plate has.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Flights {
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
    fn new(rate: Rate, removal: &DriftRemoval) -> Self {
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

    /// Returns the samples from the end of a flight to its detection.
    fn latency(&self) -> usize {
        (self.ahead + 2) * self.cell
    }
}

/// State of the detector of flights.
#[derive(Debug, Clone, PartialEq)]
struct FlightState {
    /// The last samples: a longest flight and the latency after it.
    recent: Vec<f64>,
    /// Means of the last cells; NaN where a cell holds no sample.
    cells: Vec<f64>,
    seen: usize,
    /// Complete cells, and those of them that were judged.
    complete: usize,
    judged: usize,
    sum: f64,
    counted: usize,
    /// First sample of a flight that has not ended.
    open: Option<usize>,
    sorted: Vec<f64>,
    ended: bool,
}

impl FlightState {
    fn new(design: &Flights) -> Self {
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
    /// Processes one sample; NaN is a missing one.
    fn process(&self, state: &mut FlightState, x: f64) -> Option<Flight> {
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

    /// Returns the flights in the record's last cells; call until `None`.
    fn flush(&self, state: &mut FlightState) -> Option<Flight> {
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

    /// Judges the next cell, loaded or not. Emits a flight when it ends.
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

/// Flights on either side that a level is compared with.
const NEIGHBOURS: usize = 2;
const WINDOW: usize = 2 * NEIGHBOURS + 1;

/// Compares each flight's level with its neighbours'.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Judge {
    tolerance: f64,
    last: [Flight; WINDOW],
    seen: usize,
    given: usize,
}

impl Judge {
    /// Accepts levels that differ from their neighbours by up to a quarter of the `threshold` for the unloaded plate: a short dip
    /// between two contacts does not reach the plate's level.
    fn new(threshold: f64) -> Self {
        let tolerance = 0.25 * threshold;
        let none = Flight { first: 0, end: 0, level: 0.0 };
        Self { tolerance, last: [none; WINDOW], seen: 0, given: 0 }
    }

    /// Takes the next flight and returns the verdict on the one two before it.
    fn push(&mut self, flight: Flight) -> Option<(Flight, bool)> {
        self.last[self.seen % WINDOW] = flight;
        self.seen += 1;
        if self.seen > NEIGHBOURS { self.give() } else { None }
    }

    /// Returns the verdicts on the last flights; call until `None`.
    fn flush(&mut self) -> Option<(Flight, bool)> {
        self.give()
    }

    fn give(&mut self) -> Option<(Flight, bool)> {
        if self.given == self.seen {
            return None;
        }
        let near = self.given.saturating_sub(NEIGHBOURS)..(self.given + NEIGHBOURS + 1).min(self.seen);
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
