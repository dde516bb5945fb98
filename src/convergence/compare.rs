//! One recording against another.

use super::{Cycles, DriveGrid, Normalization, SessionAnalysis, Shortfall, shortfall_with_intervals};
use crate::inference::Estimate;
use crate::{Error, Result};
use alloc::{string::String, vec::Vec};

/// A shortfall against a reference, with intervals.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SessionComparison {
    /// The model of the contributors.
    pub model: String,
    /// `reference peaks` or `N`.
    pub unit: String,
    /// The contributors common to both, in the recording's order.
    pub contributors: Vec<String>,
    /// Missing, mistimed and shape; `missing_by` in the order of `contributors`.
    pub parts: Shortfall<Estimate>,
}

impl SessionAnalysis {
    /// What a session realises less than a reference, split into missing, mistimed and shape.
    ///
    /// Only contributors common to both count, with the weights of the session. Relative drives of both are divided by
    /// their mean peaks in the reference.
    ///
    /// # Errors
    /// [`Error::Missing`] without a common contributor; [`Error::Undefined`] when the two differ in scale or period,
    /// or when nothing is available in one of them.
    pub fn compare(&self, cycles: &Cycles, reference: &Cycles) -> Result<SessionComparison> {
        let common = common_to(cycles, reference)?;
        let (own, theirs): (Vec<usize>, Vec<usize>) = common.into_iter().unzip();
        let drives = cycles.raw().only(&own);
        let reference_drives = reference.raw().only(&theirs).with_weights(drives.weights())?;
        let relative = cycles.scale() == Normalization::Relative;
        let parts = shortfall_with_intervals(
            (&drives, cycles.strides()),
            (&reference_drives, reference.strides()),
            relative,
            self.bootstrap(),
        )?;
        Ok(SessionComparison {
            model: cycles.model().into(),
            unit: if relative { "reference peaks".into() } else { "N".into() },
            contributors: own.iter().map(|&i| cycles.members()[i].name.clone()).collect(),
            parts,
        })
    }
}

/// Places of the contributors common to both, in the order of the first.
pub(super) fn common_to(cycles: &Cycles, reference: &Cycles) -> Result<Vec<(usize, usize)>> {
    let quantity = "a comparison of two recordings";
    if cycles.scale() != reference.scale() || cycles.kind() != reference.kind() {
        return Err(Error::Undefined { quantity, reason: "the two differ in scale or period" });
    }
    let find = |name: &str| reference.members().iter().position(|other| other.name == name);
    let common: Vec<(usize, usize)> = (cycles.members().iter().enumerate())
        .filter_map(|(i, member)| Some((i, find(&member.name)?)))
        .collect();
    if common.is_empty() {
        return Err(Error::Missing { operation: quantity, what: "a contributor common to both" });
    }
    Ok(common)
}

impl DriveGrid {
    /// These steps only, in this order; a step may come more than once.
    pub(super) fn of_steps(&self, steps: &[usize]) -> DriveGrid {
        let rows = steps.iter().flat_map(|&j| (0..self.contributors()).flat_map(move |i| self.row(j, i)));
        DriveGrid::from_parts(
            self.contributors(),
            self.phases(),
            self.weights().to_vec(),
            rows.copied().collect(),
        )
    }

    /// These contributors only, in this order.
    pub(super) fn only(&self, contributors: &[usize]) -> DriveGrid {
        let rows = (0..self.steps()).flat_map(|j| contributors.iter().flat_map(move |&i| self.row(j, i)));
        let y = rows.copied().collect();
        let weights = contributors.iter().map(|&i| self.weights()[i]).collect();
        DriveGrid::from_parts(contributors.len(), self.phases(), weights, y)
    }
}
