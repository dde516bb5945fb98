//! The loss by timing: fixed offsets and scatter.

use super::DriveGrid;
use super::maxima::highest;
use crate::math::Vertex;
use crate::math::wrap;
use crate::synchrony::Circular;
use crate::{Error, Result};
use alloc::{vec, vec::Vec};

/// The loss of a session by timing, divided into fixed offsets and scatter: `offset + blur = 1 - C`.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct TimingLoss {
    /// Loss by the contributors' mean offsets, which re-timing can remove.
    pub offset: f64,
    /// Loss by their scatter from step to step, which steadier timing can remove.
    pub blur: f64,
}

impl DriveGrid {
    /// Divides 1 - C of the session into the loss by mean offsets and the loss by scatter from step to step.
    ///
    /// Each is the mean of the gains of removing it first and of removing it last, so the two sum to 1 - C exactly.
    ///
    /// ```
    /// use copeak::convergence::DriveGrid;
    /// // Always apart by the same two phases: a fixed offset, no scatter.
    /// let apart = vec![[0.0, 4.0, 0.0, 0.0], [0.0, 0.0, 0.0, 4.0]];
    /// let loss = DriveGrid::from_steps(&[apart.clone(), apart])?.loss()?;
    /// assert_eq!((loss.offset, loss.blur), (0.5, 0.0));
    /// # Ok::<(), copeak::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Undefined`] when nothing is available.
    pub fn loss(&self) -> Result<TimingLoss> {
        let (available, realised) = self.session();
        if available.is_nan() || available <= 0.0 {
            let reason = "nothing is available: the contributors' peaks do not sum to more than 0";
            return Err(Error::Undefined { quantity: "coincidence", reason });
        }
        let m = self.phases();
        let offsets: Vec<usize> =
            self.mean_phases().iter().map(|&phase| on_grid(phase.unwrap_or(0.0), m)).collect();
        let without = |shift: &dyn Fn(usize, usize) -> usize| {
            let steps = self.steps();
            let sum: f64 = (0..steps).map(|j| self.realised_when(j, |i| shift(j, i))).sum();
            sum / steps as f64 / available
        };
        let c = realised / available;
        let without_offset = without(&|_, i| offsets[i]);
        let without_scatter = without(&|j, i| self.peak(j, i).0 + m - offsets[i]);
        Ok(TimingLoss {
            offset: ((without_offset - c) + (1.0 - without_scatter)) / 2.0,
            blur: ((without_scatter - c) + (1.0 - without_offset)) / 2.0,
        })
    }

    /// Returns how far the peak of each contributor's mean cycle is below its mean peak because its timing varies,
    /// N/(N - 1) (1 - max of the mean / mean of the max); `None` below two steps or without a peak above 0.
    ///
    /// ```
    /// use copeak::convergence::DriveGrid;
    /// let drives = DriveGrid::from_steps(&[vec![[4.0, 0.0]], vec![[0.0, 4.0]]])?;
    /// assert_eq!(drives.blur(), [Some(1.0)]);
    /// # Ok::<(), copeak::Error>(())
    /// ```
    pub fn blur(&self) -> Vec<Option<f64>> {
        let steps = self.steps();
        let n = steps as f64;
        let blur = |(i, mean_peak): (usize, f64)| {
            let mut sum = vec![0.0; self.phases()];
            (0..steps).for_each(|j| super::drive_grid::add_scaled(&mut sum, self.row(j, i), 1.0));
            let peak_of_mean = highest(&sum) / n;
            (steps >= 2 && mean_peak > 0.0).then(|| n / (n - 1.0) * (1.0 - peak_of_mean / mean_peak))
        };
        self.mean_peaks().into_iter().enumerate().map(blur).collect()
    }

    /// Returns the circular mean over steps of each contributor's peak phase on the grid; `None` when they cancel out or no step
    /// has a peak (all its phases are equal).
    pub fn mean_phases(&self) -> Vec<Option<f64>> {
        (0..self.contributors())
            .map(|i| {
                let phases: Vec<f64> = (0..self.steps()).filter_map(|j| self.peak_phase(j, i)).collect();
                Circular::of(&phases).ok().and_then(|summary| summary.mean)
            })
            .collect()
    }

    /// Phase of the maximum on the grid; `None` for a constant drive.
    pub(super) fn peak_phase(&self, step: usize, contributor: usize) -> Option<f64> {
        let row = self.row(step, contributor);
        let varies = row.iter().any(|v| *v != row[0]);
        varies.then(|| self.peak(step, contributor).0 as f64 / self.phases() as f64)
    }

    /// Returns the phase of the maximum between the phases of the grid, by the parabola through it and its neighbours, in [0, 1);
    /// `None` for a constant drive.
    ///
    /// ```
    /// use copeak::convergence::DriveGrid;
    /// let drives = DriveGrid::from_steps(&[vec![[0.0, 4.0, 3.0, 0.0]]])?;
    /// assert_eq!(drives.vertex_phase(0, 0), Some(1.3 / 4.0));
    /// # Ok::<(), copeak::Error>(())
    /// ```
    ///
    /// # Panics
    /// When an index is out of bounds, as indexing does.
    pub fn vertex_phase(&self, step: usize, contributor: usize) -> Option<f64> {
        self.peak_phase(step, contributor)?;
        let (row, m) = (self.row(step, contributor), self.phases());
        let (at, top) = self.peak(step, contributor);
        let (before, after) = (row[(at + m - 1) % m], row[(at + 1) % m]);
        Some(wrap((at as f64 + Vertex::of(before, top, after).shift) / m as f64))
    }

    /// Maximum of the sum in one step with each contributor rotated back by `by(contributor)` phases.
    fn realised_when(&self, step: usize, by: impl Fn(usize) -> usize) -> f64 {
        let m = self.phases();
        let mut sum = vec![0.0; m];
        for i in 0..self.contributors() {
            let (row, weight, shift) = (self.row(step, i), self.weights()[i], by(i) % m);
            let rotated = row[shift..].iter().chain(&row[..shift]);
            sum.iter_mut().zip(rotated).for_each(|(s, v)| *s += weight * v);
        }
        highest(&sum)
    }
}

/// The grid phase nearest to a phase, the later one of two as near (to within rounding, which must not decide).
pub(super) fn on_grid(phase: f64, phases: usize) -> usize {
    (wrap(phase) * phases as f64 + 0.5 + 1e-9) as usize % phases
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scatter_about_a_common_phase_is_all_blur() {
        let at = |phase: usize| core::array::from_fn::<f64, 20, _>(|t| if t == phase { 1.0 } else { 0.0 });
        let drives = DriveGrid::from_steps(&[vec![at(4), at(6)], vec![at(6), at(4)]]).unwrap();
        let loss = drives.loss().unwrap();
        assert!((loss.offset, loss.blur) == (0.0, 0.5), "{loss:?}");
    }

    #[test]
    fn without_anything_available_there_is_no_loss() {
        let drives = DriveGrid::from_steps(&[vec![[0.0; 2]; 2]]).unwrap();
        assert!(matches!(drives.loss(), Err(Error::Undefined { .. })));
        assert_eq!(drives.blur(), [None, None]);
        assert_eq!(drives.mean_phases(), [None, None]);
    }

    #[test]
    fn grid_phases_round_to_nearest() {
        let phases = [0.004, 0.006, 0.996, -0.01, 0.005 - 1e-17];
        assert_eq!(phases.map(|phase| on_grid(phase, 100)), [0, 1, 0, 99, 1]);
    }
}
