//! The result for a step of a stream, and the state kept from the steps before.

use super::super::maxima::{highest, largest_of};
use super::super::{PHASES, kappa};
use super::{Heap, LiveContributor};
use crate::event::Side;
use crate::math::{Vertex, difference, wrap};
use crate::stride::Step;
use core::f64::consts::TAU;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Time of a contributor's peak relative to all of them.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct LiveLag {
    /// Phase of its peak in the cycle; `None` when its drive does not vary, or the peaks have no mean.
    pub phase: Option<f64>,
    /// Its lag behind the mean of all peaks, in seconds.
    pub lag_s: Option<f64>,
    /// Mean of that lag over the steps so far.
    pub mean_lag_s: f64,
    /// Standard deviation of that lag over the steps so far; 0 below two.
    pub sd_lag_s: f64,
    /// Number of steps so far in which it had a lag.
    pub n: usize,
}

/// One step of a stream. `L` holds the contributors: a `Vec`, or an array where there is no heap.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct LiveStep<L = Heap<LiveLag>> {
    /// Number of measured steps so far, including this one.
    pub number: usize,
    /// Support side.
    pub side: Side,
    /// Initial contact.
    pub start_s: f64,
    /// Length of its cycle, a stride.
    pub cycle_s: f64,
    /// Sum of the contributors' own maxima, A.
    pub available: f64,
    /// Maximum of their sum, P.
    pub realised: f64,
    /// P/A; `None` unless A is above 0.
    pub coincidence: Option<f64>,
    /// Mean coincidence under random offsets over all steps so far.
    pub chance: Option<f64>,
    /// Mean over the last steps of (C - chance)/(1 - chance); `None` when 1 - chance is below 0.02.
    pub kappa: Option<f64>,
    /// Mean cosine of the peaks' phase differences; `None` below two peaks.
    pub simultaneity: Option<f64>,
    /// Circular standard deviation of the peaks in seconds; `None` below two peaks.
    pub spread_s: Option<f64>,
    /// Every contributor, in the order given.
    pub lags: L,
}

impl<L: AsRef<[LiveLag]> + AsMut<[LiveLag]>> LiveStep<L> {
    pub(super) fn of(lags: L) -> Self {
        Self {
            number: 0,
            side: Side::Left,
            start_s: 0.0,
            cycle_s: 0.0,
            available: 0.0,
            realised: 0.0,
            coincidence: None,
            chance: None,
            kappa: None,
            simultaneity: None,
            spread_s: None,
            lags,
        }
    }

    pub(super) fn reset(&mut self) {
        self.number = 0;
        self.lags.as_mut().fill(LiveLag::default());
    }

    /// Sets peak phases, spread, simultaneity and lags from the weighted rows.
    pub(super) fn set_timing(&mut self, step: &Step, contributors: &[LiveContributor], rows: &[f64]) {
        self.number += 1;
        self.side = step.side();
        self.start_s = step.start_s();
        self.cycle_s = step.stride_s;
        let (mut x, mut y, mut weight, mut squares, mut n) = (0.0, 0.0, 0.0, 0.0, 0);
        for ((lag, contributor), row) in
            self.lags.as_mut().iter_mut().zip(contributors).zip(rows.chunks_exact(2 * PHASES))
        {
            lag.phase = row.first_chunk().and_then(peak_phase);
            if let Some(phase) = lag.phase {
                let (sin, cos) = (TAU * phase).sin_cos();
                x += contributor.weight * cos;
                y += contributor.weight * sin;
                weight += contributor.weight;
                squares += contributor.weight * contributor.weight;
                n += 1;
            }
        }
        let resultant = (x.hypot(y) / weight).min(1.0);
        let pairs = weight * weight - squares;
        let several = n >= 2 && pairs > 0.0;
        self.simultaneity = several.then(|| ((weight * resultant).powi(2) - squares) / pairs);
        self.spread_s = several.then(|| step.stride_s * (-2.0 * resultant.ln()).max(0.0).sqrt() / TAU);
        let mean = (several && resultant > 1e-9).then(|| wrap(y.atan2(x) / TAU));
        for lag in self.lags.as_mut() {
            lag.lag_s = lag.phase.zip(mean).map(|(phase, mean)| difference(phase, mean) * step.stride_s);
            if let Some(now) = lag.lag_s {
                // Welford's sums, the variance times the number kept as its root.
                let before = lag.n as f64;
                let off = now - lag.mean_lag_s;
                let squares = lag.sd_lag_s * lag.sd_lag_s * (before - 1.0).max(0.0);
                lag.n += 1;
                lag.mean_lag_s += off / lag.n as f64;
                let squares = squares + off * (now - lag.mean_lag_s);
                lag.sd_lag_s = if lag.n < 2 { 0.0 } else { (squares.max(0.0) / before).sqrt() };
            }
        }
    }
}

/// Phase of the largest value between the phases of the grid; `None` when all are equal.
fn peak_phase(row: &[f64; PHASES]) -> Option<f64> {
    let (at, top) = largest_of(row);
    if row.iter().all(|v| *v == top) {
        return None;
    }
    let at = at % PHASES;
    let (before, after) = (row[(at + PHASES - 1) % PHASES], row[(at + 1) % PHASES]);
    Some(wrap((at as f64 + Vertex::of(before, top, after).shift) / PHASES as f64))
}

/// Adds the peaks of the rows to their `sums` over `steps`, and divides the rows by their reference peaks or by their mean peaks
/// so far; a contributor without a peak above 0 yet is not divided.
pub(super) fn normalize(contributors: &[LiveContributor], sums: &mut [f64], rows: &mut [f64], steps: usize) {
    for ((sum, contributor), row) in sums.iter_mut().zip(contributors).zip(rows.chunks_exact_mut(2 * PHASES))
    {
        let Some(row) = row.first_chunk_mut::<PHASES>() else { continue };
        *sum += highest(row);
        let mean = contributor.reference_peak.unwrap_or(*sum / steps as f64);
        if mean > 0.0 {
            row.iter_mut().for_each(|v| *v /= mean);
        }
    }
}

/// Chance over all steps and coincidence over the last ones.
#[derive(Debug, Clone, Default)]
pub(super) struct RunningChance {
    by_chance: f64,
    offsets: usize,
    steps: usize,
}

impl RunningChance {
    pub(super) fn add(&mut self, window: &mut [f64], coincidence: f64, by_chance: f64, offsets: usize) {
        self.by_chance += by_chance;
        self.offsets += offsets;
        let place = self.steps.checked_rem(window.len()).and_then(|place| window.get_mut(place));
        if let Some(place) = place {
            *place = coincidence;
        }
        self.steps += 1;
    }

    /// Returns the chance level, and kappa of the last steps.
    pub(super) fn kappa(&self, window: &[f64]) -> (Option<f64>, Option<f64>) {
        let held = self.steps.min(window.len());
        if self.offsets == 0 || held == 0 {
            return (None, None);
        }
        let chance = self.by_chance / self.offsets as f64;
        let coincidence = window.iter().take(held).sum::<f64>() / held as f64;
        (Some(chance), kappa(coincidence, chance))
    }
}
