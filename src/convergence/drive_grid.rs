//! Drives on a common phase grid, and their sums.

use super::Coincidence;
use super::coincidence::{highest, largest_of};
use crate::{Error, Result};
use alloc::{vec, vec::Vec};

/// Drives of several contributors over one or more cycles, an array of `steps` x `contributors` x `phases`.
///
/// A cycle is circular: phase m of M is the fraction m/M; the end point, which is the start again, is excluded.
///
/// ```
/// use copeak::convergence::DriveGrid;
/// // One step, two contributors, four phases: equal pulses one phase apart.
/// let drives = DriveGrid::from_steps(&[vec![vec![0.0, 2.0, 1.0, 0.0], vec![0.0, 0.0, 2.0, 1.0]]])?;
/// let total = drives.coincidence(0);
/// assert_eq!((total.available, total.realised, total.at), (4.0, 3.0, 2));
/// assert_eq!(total.coincidence(), Some(0.75));
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct DriveGrid {
    contributors: usize,
    phases: usize,
    weights: Vec<f64>,
    y: Vec<f64>,
}

/// Size of one step of a [`DriveGrid`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct GridShape {
    /// Number of contributors.
    pub contributors: usize,
    /// Number of phases in a cycle.
    pub phases: usize,
}

impl DriveGrid {
    /// Creates drives from values step by step, in each step contributor by contributor, all weights 1.
    ///
    /// # Errors
    /// [`Error::TooFew`] without contributors, below two phases or without a step; [`Error::LengthMismatch`] when the
    /// values do not fill complete steps; [`Error::NonFinite`].
    pub fn from_shape(shape: GridShape, y: Vec<f64>) -> Result<Self> {
        let GridShape { contributors, phases } = shape;
        let operation = "a set of drives";
        let need = |unit, needed, got| {
            if got < needed { Err(Error::TooFew { operation, unit, needed, got }) } else { Ok(()) }
        };
        need("contributors", 1, contributors)?;
        need("phases", 2, phases)?;
        // Too large to count is too large to be filled.
        let size = contributors.saturating_mul(phases);
        need("steps", 1, y.len().div_ceil(size))?;
        if y.len() % size != 0 {
            let right = y.len().div_ceil(size).saturating_mul(size);
            return Err(Error::LengthMismatch { operation, left: y.len(), right });
        }
        if let Some(index) = y.iter().position(|v| !v.is_finite()) {
            return Err(Error::NonFinite { operation, index });
        }
        Ok(Self { contributors, phases, weights: vec![1.0; contributors], y })
    }

    /// Creates drives from `steps[step][contributor][phase]`.
    ///
    /// # Errors
    /// As [`DriveGrid::from_shape`]; [`Error::LengthMismatch`] when rows or steps differ in length.
    pub fn from_steps<R: AsRef<[f64]>>(steps: &[Vec<R>]) -> Result<Self> {
        let operation = "a set of drives";
        let contributors = steps.first().map_or(0, Vec::len);
        let phases = steps.first().and_then(|step| step.first()).map_or(0, |row| row.as_ref().len());
        let mut y = Vec::with_capacity(steps.len() * contributors * phases);
        for step in steps {
            if step.len() != contributors {
                return Err(Error::LengthMismatch { operation, left: contributors, right: step.len() });
            }
            for row in step {
                let row = row.as_ref();
                if row.len() != phases {
                    return Err(Error::LengthMismatch { operation, left: phases, right: row.len() });
                }
                y.extend_from_slice(row);
            }
        }
        Self::from_shape(GridShape { contributors, phases }, y)
    }

    /// Returns the same drives with a weight for each contributor.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`]; [`Error::Parameter`] for a weight that is negative or not finite.
    pub fn weighted(self, weights: &[f64]) -> Result<Self> {
        if weights.len() != self.contributors {
            let operation = "weighting drives";
            return Err(Error::LengthMismatch { operation, left: self.contributors, right: weights.len() });
        }
        if let Some(&value) = weights.iter().find(|w| !(w.is_finite() && **w >= 0.0)) {
            return Err(Error::Parameter { name: "weight", rule: "finite and at least 0", value });
        }
        Ok(Self { weights: weights.to_vec(), ..self })
    }

    /// Returns the same drives with each contributor divided by `peaks[contributor]`.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`]; [`Error::Parameter`] for a peak that is not finite and above 0.
    pub fn divided_by(&self, peaks: &[f64]) -> Result<Self> {
        if peaks.len() != self.contributors {
            let operation = "scaling drives";
            return Err(Error::LengthMismatch { operation, left: self.contributors, right: peaks.len() });
        }
        if let Some(&value) = peaks.iter().find(|p| !(p.is_finite() && **p > 0.0)) {
            return Err(Error::Parameter { name: "mean peak", rule: "finite and above 0", value });
        }
        let mut scaled = self.clone();
        for (row, peak) in scaled.y.chunks_exact_mut(self.phases).zip(peaks.iter().cycle()) {
            row.iter_mut().for_each(|v| *v /= peak);
        }
        Ok(scaled)
    }

    /// Returns the number of steps.
    pub fn steps(&self) -> usize {
        self.y.len() / (self.contributors * self.phases)
    }

    /// Returns the number of contributors.
    pub fn contributors(&self) -> usize {
        self.contributors
    }

    /// Returns the number of phases in a cycle.
    pub fn phases(&self) -> usize {
        self.phases
    }

    /// Returns the weights.
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// Returns one contributor's drive in one step.
    ///
    /// # Panics
    /// When an index is out of bounds, as indexing does.
    pub fn row(&self, step: usize, contributor: usize) -> &[f64] {
        assert!(contributor < self.contributors, "contributor {contributor} of {}", self.contributors);
        let start = (step * self.contributors + contributor) * self.phases;
        &self.y[start..start + self.phases]
    }

    /// Returns phase index and height of one contributor's maximum in one step (the first of equal ones).
    ///
    /// # Panics
    /// When an index is out of bounds, as indexing does.
    pub fn peak(&self, step: usize, contributor: usize) -> (usize, f64) {
        largest_of(self.row(step, contributor))
    }

    /// Whether any value is below 0, as forces may be.
    pub(super) fn is_negative_anywhere(&self) -> bool {
        self.y.iter().any(|v| *v < 0.0)
    }

    /// Returns the mean over steps of each contributor's maximum.
    pub fn mean_peaks(&self) -> Vec<f64> {
        let steps = self.steps();
        (0..self.contributors)
            .map(|i| (0..steps).map(|j| highest(self.row(j, i))).sum::<f64>() / steps as f64)
            .collect()
    }

    /// Returns what the contributors offer and what they realise together in one step.
    ///
    /// # Panics
    /// When an index is out of bounds, as indexing does.
    pub fn coincidence(&self, step: usize) -> Coincidence {
        let available = (0..self.contributors).map(|i| self.weights[i] * highest(self.row(step, i))).sum();
        let (at, realised) = largest_of(&self.total(step));
        Coincidence { available, realised, at }
    }

    /// Returns the weighted sum over contributors in one step.
    ///
    /// # Panics
    /// When an index is out of bounds, as indexing does.
    pub fn total(&self, step: usize) -> Vec<f64> {
        let mut sum = vec![0.0; self.phases];
        for i in 0..self.contributors {
            add_scaled(&mut sum, self.row(step, i), self.weights[i]);
        }
        sum
    }

    /// Returns the session means of what is available and realised.
    pub fn session(&self) -> (f64, f64) {
        let steps = self.steps();
        let sum = (0..steps)
            .map(|j| self.coincidence(j))
            .fold((0.0, 0.0), |(a, p), c| (a + c.available, p + c.realised));
        (sum.0 / steps as f64, sum.1 / steps as f64)
    }

    /// Selects these steps, in this order; a step may occur more than once.
    pub(super) fn of_steps(&self, steps: &[usize]) -> DriveGrid {
        let rows = steps.iter().flat_map(|&j| (0..self.contributors()).flat_map(move |i| self.row(j, i)));
        DriveGrid { weights: self.weights.clone(), y: rows.copied().collect(), ..*self }
    }

    /// Selects these contributors, in this order.
    pub(super) fn only(&self, contributors: &[usize]) -> DriveGrid {
        let rows = (0..self.steps()).flat_map(|j| contributors.iter().flat_map(move |&i| self.row(j, i)));
        let y = rows.copied().collect();
        let weights = contributors.iter().map(|&i| self.weights()[i]).collect();
        DriveGrid { contributors: contributors.len(), phases: self.phases, weights, y }
    }
}

pub(super) fn add_scaled(sum: &mut [f64], row: &[f64], weight: f64) {
    for (s, v) in sum.iter_mut().zip(row) {
        *s += weight * v;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_beyond_counting_are_refused() {
        for (contributors, phases) in [(usize::MAX, 2), (2, usize::MAX), (usize::MAX, usize::MAX)] {
            let drives = DriveGrid::from_shape(GridShape { contributors, phases }, vec![1.0; 4]);
            assert!(matches!(drives, Err(Error::LengthMismatch { left: 4, .. })));
        }
    }
}
