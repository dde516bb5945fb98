//! One recording against the reference: missing, mistimed, shape.

use super::study::Trial;
use super::together::ci;
use super::{Comparison, Settings};
use crate::{Error, Result};

/// The comparison over the contributors common to both; `None` when there is none, or a recording has no usable step.
pub(super) fn compare(trial: &Trial, reference: &Trial, settings: &Settings) -> Result<Option<Comparison>> {
    let (Some(this), Some(other)) = (&trial.cycles, &reference.cycles) else { return Ok(None) };
    let found = match settings.convergence()?.compare(this, other) {
        Err(Error::Missing { .. }) => return Ok(None),
        found => found?,
    };
    let parts = found.parts;
    let missing_by = parts.missing_by.iter().map(|part| part.value);
    Ok(Some(Comparison {
        file: trial.report.file.clone(),
        reference: reference.report.file.clone(),
        unit: found.unit,
        total: parts.total.value,
        total_ci: ci(parts.total),
        missing: parts.missing.value,
        missing_ci: ci(parts.missing),
        mistimed: parts.mistimed.value,
        mistimed_ci: ci(parts.mistimed),
        shape: parts.shape.value,
        shape_ci: ci(parts.shape),
        missing_by: found.contributors.into_iter().zip(missing_by).collect(),
    }))
}
