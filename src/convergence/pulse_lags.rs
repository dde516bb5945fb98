//! Lags of pulses relative to the recording's own mean pulse.

use super::DriveGrid;
use super::maxima::largest;
use crate::math::Vertex;
use crate::math::wrap;
use alloc::{vec, vec::Vec};
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

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
    use super::super::GridShape;
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
