//! One recording against another.

use super::{Cycles, Normalization, SessionAnalysis, Shortfall};
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
    pub split: Shortfall<Estimate>,
}

impl SessionAnalysis {
    /// Splits what a session realises less than a reference into missing, mistimed and shape.
    ///
    /// Only contributors common to both count, with the weights of the session. Relative drives of both are divided by
    /// their mean peaks in the reference.
    ///
    /// # Errors
    /// [`Error::Missing`] without a common contributor; [`Error::Undefined`] when the two differ in normalization or period,
    /// or when nothing is available in one of them.
    pub fn compare(&self, cycles: &Cycles, reference: &Cycles) -> Result<SessionComparison> {
        let common = common_to(cycles, reference)?;
        let (own, theirs): (Vec<usize>, Vec<usize>) = common.into_iter().unzip();
        let drives = cycles.raw().only(&own);
        let reference_drives = reference.raw().only(&theirs).weighted(drives.weights())?;
        let (drives, reference_drives) =
            (drives.in_strides(cycles.strides())?, reference_drives.in_strides(reference.strides())?);
        let normalization = cycles.normalization();
        let split = drives.shortfall(&reference_drives, normalization, &self.bootstrap()?)?;
        Ok(SessionComparison {
            model: cycles.model().into(),
            unit: if normalization == Normalization::Relative {
                "reference peaks".into()
            } else {
                "N".into()
            },
            contributors: own.iter().map(|&i| cycles.contributors()[i].name.clone()).collect(),
            split,
        })
    }
}

/// Indices of the contributors common to both, in the order of the first.
pub(super) fn common_to(cycles: &Cycles, reference: &Cycles) -> Result<Vec<(usize, usize)>> {
    let quantity = "a comparison of two recordings";
    if cycles.normalization() != reference.normalization() || cycles.kind() != reference.kind() {
        return Err(Error::Undefined { quantity, reason: "the two differ in normalization or period" });
    }
    let find = |name: &str| reference.contributors().iter().position(|other| other.name == name);
    let common: Vec<(usize, usize)> = (cycles.contributors().iter().enumerate())
        .filter_map(|(i, contributor)| Some((i, find(&contributor.name)?)))
        .collect();
    if common.is_empty() {
        return Err(Error::Missing { operation: quantity, what: "a contributor common to both" });
    }
    Ok(common)
}
