//! Drift of a treadmill's force, measured in the flights between contacts and taken away.

mod flights;
mod judge;
mod live;

pub use live::{LiveDrift, LiveDriftState};

use crate::filter::{Curve, Interpolation};
use crate::{Error, Rate, Real, Result, Samples, Signal};
use alloc::vec::Vec;
use flights::{Flight, FlightState, Flights};
use judge::Judge;

const OPERATION: &str = "removing drift";
/// Lowest rate at which a flight holds enough samples.
const LOWEST_HZ: f64 = 50.0;

/// Removes slow drift from vertical force, by what the plate reads while nobody touches it.
///
/// A *flight* is a stretch of `min_flight_s` to `max_flight_s` in which means over 10 ms stay less than
/// `threshold_n` above the lowest of them from 1.5 s before to 0.5 s after. No step is counted and no contact is
/// expected anywhere, so a contact that is missing, cut short, doubled or false moves no baseline: it makes a flight
/// longer, or splits one. The level of a flight is the median of its middle half, at its middle time. A level further
/// than a quarter of `threshold_n` from the median of itself and the two flights on either side is an outlier (a knock
/// on the belt, a pause standing still, the dip of a doubled contact) and is left out. Between the levels the baseline is a monotone cubic (PCHIP);
/// before the first and after the last it stays as it is there.
///
/// NaN marks a gap and stays NaN. A stretch longer than `max_flight_s` at one level is not taken for a flight, since it
/// may be a runner who stands still: the baseline goes across it from flight to flight.
///
/// # Accuracy
/// On 30 s of a treadmill runner with a drift of 112 N added: `tests/it/event/drift.rs` holds the residual mean force
/// in flight and the times of contacts against the record without drift, also with stances cut short, doubled and
/// removed.
///
/// # Limitations
/// Running only: without flight there is nothing to measure the plate by. The drift within 2 s, and four standard
/// deviations of the noise averaged over 10 ms, must together stay below `threshold_n`. A first-order loss at the
/// amplifier (force that sags during each contact) is no drift in this sense.
///
/// ```
/// use copeak::{Clock, Rate, Signal, event::DriftRemoval};
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

/// What the plate read in one flight.
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
    /// Whether the baseline goes through it; false for an outlier among its neighbours.
    pub accepted: bool,
}

impl FlightLevel {
    /// The time the level belongs to.
    pub fn middle_s(&self) -> f64 {
        0.5 * (self.start_s + self.end_s)
    }
}

/// The baseline of a force record; made by [`DriftRemoval::baseline`].
#[derive(Debug, Clone, PartialEq)]
pub struct Baseline {
    flights: Vec<FlightLevel>,
    /// Position and level of the accepted flights.
    knots: Vec<(f64, f64)>,
    /// Through the knots, when there are two at least.
    curve: Option<Curve>,
}

impl Baseline {
    /// Every flight in order, outliers too.
    pub fn flights(&self) -> &[FlightLevel] {
        &self.flights
    }

    /// Force of the unloaded plate, in newtons, at a fractional sample position of the record.
    #[inline]
    fn at_position(&self, position: f64) -> f64 {
        let (first, last) = (self.knots[0], self.knots[self.knots.len() - 1]);
        match &self.curve {
            Some(curve) if position > first.0 && position < last.0 => curve.at(position),
            _ if position <= first.0 => first.1,
            _ => last.1,
        }
    }

    /// Largest less smallest level of the accepted flights, in newtons.
    pub fn range_n(&self) -> f64 {
        let levels = || self.knots.iter().map(|k| k.1);
        levels().fold(f64::NEG_INFINITY, f64::max) - levels().fold(f64::INFINITY, f64::min)
    }
}

impl DriftRemoval {
    /// `threshold_n` for the unloaded plate, else as by default.
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

    /// The baseline of a whole record.
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
            return Err(Error::Missing { operation: OPERATION, what: "a flight" });
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

    /// The force less its baseline.
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
