//! Peak times of a session: their spread, locking and scatter.

use super::DriveGrid;
use super::coincidence::largest;
use crate::inference::{Estimate, Strides};
use crate::math::{Vertex, difference, wrap};
use crate::synchrony::{Circular, Locking};
use crate::{Error, Result};
use alloc::vec;
use alloc::vec::Vec;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Peak phases of every step and contributor.
///
/// ```
/// use copeak::{convergence::peak_phases::PeakPhases, inference::Strides};
/// let none = f64::NAN;
/// let peaks = PeakPhases::from_steps(&[[0.25, 0.25], [0.5, 0.5], [0.25, none]], &[0.5; 3])?;
/// let steps = peaks.steps();
/// assert!((steps[0].simultaneity.unwrap() - 1.0).abs() < 1e-15);
/// assert_eq!(steps[2].simultaneity, None);
/// assert_eq!(peaks.simultaneity(&Strides::ungrouped(3), 0.95)?.map(|s| s.n), Some(2));
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct PeakPhases {
    contributors: usize,
    weights: Vec<f64>,
    phases: Vec<f64>,
    cycles_s: Vec<f64>,
}

/// Simultaneity and spread of the peaks of one step.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct StepTiming {
    /// Mean cosine of the phase differences, weighted; `None` below two peaks.
    pub simultaneity: Option<f64>,
    /// Circular standard deviation of the peaks in seconds; `None` below two peaks.
    pub spread_s: Option<f64>,
}

/// Scatter of one contributor's peak time from step to step.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct PeakJitter {
    /// Standard deviation of its peak time within the cycle.
    pub sd_s: f64,
    /// The same without the variance of the measurement, sqrt(max(0, variance - mean SE^2)); `None` when the standard
    /// errors are not known.
    pub corrected_s: Option<f64>,
    /// Mean phase of the peak.
    pub mean_phase: f64,
    /// Number of peaks.
    pub n: usize,
}

impl PeakPhases {
    /// Creates peak phases from `steps[step][contributor]`, NaN where there is no peak, and the duration of each step's cycle.
    /// All weights are 1.
    ///
    /// # Errors
    /// [`Error::TooFew`] without a step or contributors; [`Error::LengthMismatch`] when steps differ in length or there is not
    /// one cycle for each; [`Error::NonFinite`] for an infinite phase; [`Error::Parameter`] for a cycle not above 0 s.
    pub fn from_steps<R: AsRef<[f64]>>(steps: &[R], cycles_s: &[f64]) -> Result<Self> {
        let operation = "peak phases of a session";
        let contributors = steps.first().map_or(0, |step| step.as_ref().len());
        if contributors == 0 {
            return Err(Error::TooFew { operation, unit: "contributors", needed: 1, got: 0 });
        }
        if steps.len() != cycles_s.len() {
            return Err(Error::LengthMismatch { operation, left: steps.len(), right: cycles_s.len() });
        }
        let mut phases = Vec::with_capacity(contributors * steps.len());
        for step in steps {
            let right = step.as_ref().len();
            if right != contributors {
                return Err(Error::LengthMismatch { operation, left: contributors, right });
            }
            phases.extend_from_slice(step.as_ref());
        }
        if let Some(index) = phases.iter().position(|phase| phase.is_infinite()) {
            return Err(Error::NonFinite { operation, index });
        }
        if let Some(&value) = cycles_s.iter().find(|s| !(s.is_finite() && **s > 0.0)) {
            return Err(Error::Parameter { name: "cycle length", rule: "finite and above 0 s", value });
        }
        let weights = alloc::vec![1.0; contributors];
        Ok(Self { contributors, weights, phases, cycles_s: cycles_s.to_vec() })
    }

    /// Returns the same phases with a weight for each contributor.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`]; [`Error::Parameter`] for a weight that is negative or not finite.
    pub fn weighted(self, weights: &[f64]) -> Result<Self> {
        if weights.len() != self.contributors {
            let operation = "weighting peaks";
            return Err(Error::LengthMismatch { operation, left: self.contributors, right: weights.len() });
        }
        if let Some(&value) = weights.iter().find(|w| !(w.is_finite() && **w >= 0.0)) {
            return Err(Error::Parameter { name: "weight", rule: "finite and at least 0", value });
        }
        Ok(Self { weights: weights.to_vec(), ..self })
    }

    /// Returns the phases of one contributor, one per step, NaN where it has no peak.
    ///
    /// # Panics
    /// When the index is out of bounds, as indexing does.
    pub fn contributor(&self, contributor: usize) -> Vec<f64> {
        assert!(contributor < self.contributors, "contributor {contributor} of {}", self.contributors);
        self.phases.iter().skip(contributor).step_by(self.contributors).copied().collect()
    }

    /// Returns simultaneity and spread of every step.
    pub fn steps(&self) -> Vec<StepTiming> {
        let step = |(row, &cycle_s): (&[f64], &f64)| {
            let present = || row.iter().zip(&self.weights).filter(|(phase, _)| !phase.is_nan());
            let (phases, weights): (Vec<f64>, Vec<f64>) = present().map(|(p, w)| (*p, *w)).unzip();
            let summary = Circular::weighted(&phases, &weights).ok().filter(|summary| summary.n >= 2);
            StepTiming {
                simultaneity: summary.and_then(|summary| summary.simultaneity()),
                spread_s: summary.map(|summary| summary.spread_s(cycle_s)),
            }
        };
        self.phases.chunks_exact(self.contributors).zip(&self.cycles_s).map(step).collect()
    }

    /// Returns the mean simultaneity over steps, with the stride as the unit and the interval limited to [-1, 1]; `None` when no step has two peaks.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] when strides and steps do not agree; [`Error::Parameter`] for a level outside (0, 1).
    pub fn simultaneity(&self, strides: &Strides, level: f64) -> Result<Option<Estimate>> {
        let values: Vec<f64> =
            self.steps().iter().map(|step| step.simultaneity.unwrap_or(f64::NAN)).collect();
        match strides.mean(&values, level) {
            Err(Error::TooFew { .. }) => Ok(None),
            other => other.map(|mean| Some(mean.within(-1.0, 1.0))),
        }
    }

    /// Returns the mean over steps of the peaks' spread in seconds; `None` when no step has two peaks.
    pub fn spread_s(&self) -> Option<f64> {
        let spreads: Vec<f64> = self.steps().iter().filter_map(|step| step.spread_s).collect();
        (!spreads.is_empty()).then(|| spreads.iter().sum::<f64>() / spreads.len() as f64)
    }

    /// Returns the locking of the pair `a`, `b` over steps; `None` below two steps in which both have a peak.
    ///
    /// # Panics
    /// As [`PeakPhases::contributor`].
    pub fn locking(&self, a: usize, b: usize) -> Option<Locking> {
        Locking::of(&self.contributor(a), &self.contributor(b)).ok()
    }

    /// Returns the locking of a pair with its interval, with the stride as the unit.
    ///
    /// # Errors
    /// As [`PeakPhases::simultaneity`].
    ///
    /// # Panics
    /// As [`PeakPhases::contributor`].
    pub fn locking_estimate(
        &self,
        a: usize,
        b: usize,
        strides: &Strides,
        level: f64,
    ) -> Result<Option<Estimate>> {
        match Locking::interval(&self.contributor(a), &self.contributor(b), strides, level) {
            Err(Error::TooFew { .. }) => Ok(None),
            other => other.map(Some),
        }
    }

    /// Returns the scatter of one contributor's peak time; `se_s` is the standard error of each step's peak, empty when they
    /// are not known. `None` below two peaks, or when their phases cancel out.
    ///
    /// # Panics
    /// As [`PeakPhases::contributor`].
    pub fn jitter(&self, contributor: usize, se_s: &[f64]) -> Option<PeakJitter> {
        let phases = self.contributor(contributor);
        let peaks: Vec<usize> = (0..phases.len()).filter(|&j| !phases[j].is_nan()).collect();
        let present: Vec<f64> = peaks.iter().map(|&j| phases[j]).collect();
        let mean_phase = Circular::of(&present).ok()?.mean?;
        let n = peaks.len();
        if n < 2 {
            return None;
        }
        let times: Vec<f64> =
            peaks.iter().map(|&j| difference(phases[j], mean_phase) * self.cycles_s[j]).collect();
        let variance = crate::math::moments(&times).1;
        let squares: Vec<f64> = peaks.iter().filter_map(|&j| se_s.get(j)).map(|se| se * se).collect();
        let noise = squares.iter().sum::<f64>() / n as f64;
        let known = squares.len() == n && noise.is_finite();
        let corrected_s = known.then(|| (variance - noise).max(0.0).sqrt());
        Some(PeakJitter { sd_s: variance.sqrt(), corrected_s, mean_phase, n })
    }
}

// Lags of pulses relative to the recording's own mean pulse.

/// Number of times that the mean pulse is formed from the aligned cycles.
const ROUNDS: usize = 3;

impl DriveGrid {
    /// Returns the lag of one contributor's pulse behind its own mean pulse in each step, as a fraction of the cycle:
    /// circular cross-correlation with the mean of the aligned cycles (a matched filter; Woody 1967,
    /// doi:10.1007/BF02474247), searched over a quarter of the cycle either way, refined by a parabola between phases.
    ///
    /// It uses the entire pulse where a peak uses three samples, so noise has much less effect. `None` for a step whose
    /// drive does not vary, and where the best match lies at the bound of the search.
    ///
    /// ```
    /// use copeak::convergence::DriveGrid;
    /// let pulse = |at: usize| (0..20).map(|t: usize| (2.0 - t.abs_diff(at) as f64).max(0.0)).collect::<Vec<_>>();
    /// let drives = DriveGrid::from_steps(&[vec![pulse(9)], vec![pulse(11)]])?;
    /// let lags = drives.pulse_lags(0);
    /// assert!((lags[1].unwrap() - lags[0].unwrap() - 0.1).abs() < 1e-12);
    /// # Ok::<(), copeak::Error>(())
    /// ```
    ///
    /// # Panics
    /// When `contributor` is out of bounds, as indexing does.
    pub fn pulse_lags(&self, contributor: usize) -> Vec<Option<f64>> {
        let (steps, m) = (self.steps(), self.phases());
        let mut lags: Vec<Option<f64>> =
            (0..steps).map(|j| self.peak_phase(j, contributor).map(|_| 0.0)).collect();
        for _ in 0..ROUNDS {
            let mut mean = vec![0.0; m];
            for (j, lag) in lags.iter().enumerate() {
                if let Some(lag) = lag {
                    add_advanced(&mut mean, self.row(j, contributor), lag * m as f64);
                }
            }
            for (j, lag) in lags.iter_mut().enumerate() {
                *lag = lag.and_then(|_| best_lag(self.row(j, contributor), &mean)).map(|lag| lag / m as f64);
            }
        }
        lags
    }
}

/// Adds the row advanced by `lag` phases, linear between them.
fn add_advanced(sum: &mut [f64], row: &[f64], lag: f64) {
    let m = row.len();
    let phases = lag.floor();
    let fraction = lag - phases;
    let first = (wrap(phases / m as f64) * m as f64 + 0.5) as usize;
    for (t, s) in sum.iter_mut().enumerate() {
        let (a, b) = (row[(t + first) % m], row[(t + first + 1) % m]);
        *s += a + fraction * (b - a);
    }
}

/// Lag of the row behind the template, in phases; `None` at the bound of the search.
fn best_lag(row: &[f64], template: &[f64]) -> Option<f64> {
    let m = row.len();
    let reach = m / 4;
    let correlation = |later: usize| -> f64 {
        // `later` counts from `reach` phases early.
        let first = (m + later - reach) % m;
        let rotated = row[first..].iter().chain(&row[..first]);
        template.iter().zip(rotated).map(|(a, b)| a * b).sum()
    };
    let r: Vec<f64> = (0..=2 * reach).map(correlation).collect();
    let (at, _) = largest(r.iter().copied());
    if at == 0 || at == 2 * reach {
        return None;
    }
    Some(at as f64 - reach as f64 + Vertex::of(r[at - 1], r[at], r[at + 1]).shift)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jitter_is_circular() {
        let peaks = PeakPhases::from_steps(&[[0.99], [0.01], [0.0]], &[0.5; 3]).unwrap();
        let jitter = peaks.jitter(0, &[]).unwrap();
        assert!((jitter.sd_s - 0.005).abs() < 1e-12, "{jitter:?}");
        assert_eq!(jitter.corrected_s, None);
        let corrected = peaks.jitter(0, &[0.003; 3]).unwrap().corrected_s.unwrap();
        assert!((corrected - 0.004).abs() < 1e-12, "{corrected}");
        assert_eq!(peaks.jitter(0, &[1.0; 3]).unwrap().corrected_s, Some(0.0));
    }

    #[test]
    fn locking_ignores_steps_without_both_peaks() {
        let steps = [[0.1, 0.2], [0.5, 0.6], [f64::NAN, 0.9]];
        let peaks = PeakPhases::from_steps(&steps, &[0.6; 3]).unwrap();
        let pair = peaks.locking(0, 1).unwrap();
        assert!((pair.value - 1.0).abs() < 1e-12 && pair.n == 2);
        assert!(peaks.jitter(0, &[]).is_some_and(|jitter| jitter.n == 2));
    }

    #[test]
    #[should_panic(expected = "contributor 2 of 2")]
    fn an_index_out_of_bounds_panics() {
        let _ = PeakPhases::from_steps(&[[0.1; 2]; 3], &[0.6; 3]).unwrap().contributor(2);
    }

    #[test]
    fn phases_that_do_not_fill_the_steps_are_errors() {
        let new = |steps: &[&[f64]], cycles: &[f64]| PeakPhases::from_steps(steps, cycles);
        assert!(matches!(new(&[], &[]), Err(Error::TooFew { .. })));
        assert!(matches!(new(&[&[]], &[0.5]), Err(Error::TooFew { .. })));
        assert!(matches!(new(&[&[0.1]], &[0.5; 3]), Err(Error::LengthMismatch { left: 1, right: 3, .. })));
        let ragged = new(&[&[0.1, 0.2], &[0.1]], &[0.5; 2]);
        assert!(matches!(ragged, Err(Error::LengthMismatch { left: 2, right: 1, .. })));
        assert!(matches!(new(&[&[f64::INFINITY]], &[0.5]), Err(Error::NonFinite { .. })));
        assert!(matches!(new(&[&[0.1]], &[0.0]), Err(Error::Parameter { .. })));
    }

    #[test]
    fn one_contributor_has_scatter_but_no_simultaneity() {
        let one = PeakPhases::from_steps(&[[0.1], [0.2]], &[0.5, 0.5]).unwrap();
        assert_eq!(one.simultaneity(&Strides::ungrouped(2), 0.95), Ok(None));
        assert_eq!((one.spread_s(), one.jitter(0, &[]).is_some()), (None, true));
    }
}

#[cfg(test)]
mod pulse_lags_tests {
    use super::super::drive_grid::GridShape;
    use super::*;
    use crate::inference::draw::Draws;

    #[test]
    fn noise_has_less_effect_on_a_pulse_lag_than_on_a_peak() {
        let mut draws = Draws::new(2);
        let (steps, m) = (200, 100);
        let mut y = Vec::new();
        let mut truth = Vec::new();
        for _ in 0..steps {
            let centre = 50.0 + draws.normal();
            truth.push(centre);
            y.extend((0..m).map(|t| {
                let d = (t as f64 - centre) / 10.0;
                (-0.5 * d * d).exp() + 0.05 * draws.normal()
            }));
        }
        let drives = DriveGrid::from_shape(GridShape { contributors: 1, phases: m }, y).unwrap();
        let lags = drives.pulse_lags(0);
        let error = |at: &dyn Fn(usize) -> f64| {
            let errors: Vec<f64> = (0..steps).map(|j| at(j) - truth[j]).collect();
            crate::math::moments(&errors).1.sqrt()
        };
        let matched = error(&|j| lags[j].unwrap() * m as f64);
        let peak = error(&|j| drives.peak(j, 0).0 as f64);
        assert!(matched < 0.25 && peak > 4.0 * matched, "{matched} {peak}");
    }

    #[test]
    fn a_constant_drive_has_no_lag() {
        assert_eq!(
            DriveGrid::from_steps(&[vec![[1.0; 8]], vec![[1.0; 8]]]).unwrap().pulse_lags(0),
            [None, None]
        );
        let two = DriveGrid::from_steps(&[vec![[0.0, 1.0]]]).unwrap();
        assert_eq!(two.pulse_lags(0), [None]);
    }
}
