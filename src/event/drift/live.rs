//! Drift removal of a stream.

use super::DriftRemoval;
use super::flights::{Flight, FlightState, Flights};
use super::judge::Judge;
use crate::filter::{Interpolation, SlopeScratch, hermite};
use crate::{Error, Flush, GroupDelay, Rate, Real, Result, Stage};
use alloc::collections::VecDeque;
use alloc::{vec, vec::Vec};
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Knots that shape one piece of the baseline.
const AROUND: usize = 4;

/// [`DriftRemoval`] as a stage; made by [`DriftRemoval::live`].
///
/// A sample comes out `delay_s` after it went in. By then the flights around it should be known: where the next four
/// flights after a sample are over, and half a second more has passed, the output is that of
/// [`DriftRemoval::apply`], bit for bit. Where not (the runner stands still, or the delay is short) the baseline
/// stays at the last known level. Before any flight is known the output is NaN, for the plate's level is not known
/// either; an infinite sample counts as a gap. At the end of the record everything is known.
///
/// # Real-time considerations
/// All memory is allocated by `rest`. The cost per sample is constant but at the end of each flight (its median) and
/// every 10 ms (a minimum over 2 s of means).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LiveDrift {
    flights: Flights,
    threshold_n: f64,
    delay: usize,
}

impl DriftRemoval {
    /// The same for a stream, each sample `delay_s` later.
    ///
    /// # Errors
    /// As [`DriftRemoval::baseline`] for the rate and the fields; [`Error::Parameter`] when the delay is negative or
    /// above 60 s.
    ///
    /// ```
    /// use copeak::{Rate, StageExt, event::DriftRemoval};
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

/// What [`LiveDrift`] remembers.
#[derive(Debug, Clone, PartialEq)]
pub struct LiveDriftState<T> {
    flights: FlightState,
    judge: Judge,
    /// Samples that wait for their turn.
    waiting: Vec<T>,
    seen: usize,
    given: usize,
    /// Accepted flights: middle and level; those no longer needed are dropped.
    knots: VecDeque<(f64, f64)>,
    piece: Piece,
}

/// The piece of the baseline at hand.
#[derive(Debug, Clone, PartialEq)]
struct Piece {
    /// The knots it was made from: place of its start among them, and the knots.
    start: usize,
    at: Vec<f64>,
    levels: Vec<f64>,
    slopes: Vec<f64>,
    scratch: SlopeScratch,
}

impl<T> LiveDriftState<T> {
    /// The plate's level at sample `i`, as far as it is known.
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
        // As many knots as the samples that wait can hold, and those around the first of them.
        let knots = self.delay / self.flights.shortest() + 2 * AROUND;
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

/// It waits for its delay.
impl GroupDelay for LiveDrift {
    fn group_delay(&self, _frequency: f64) -> f64 {
        self.delay as f64
    }
}
