//! One recording against the reference: missing, mistimed, shape.

use super::study::{Trial, vague};
use super::together::ci;
use super::{ChangeReport, Comparison, Settings};
use crate::convergence::ContributorChange;
use crate::{Error, Result};
use alloc::{
    boxed::Box,
    format,
    string::{String, ToString},
};

/// What came of a comparison.
pub(super) enum Compared {
    Found(Box<Comparison>),
    /// It cannot be made, and why.
    Not(String),
}

/// The comparison over the contributors common to both.
pub(super) fn compare(trial: &Trial, reference: &Trial, settings: &Settings) -> Result<Compared> {
    let (Some(this), Some(other)) = (&trial.cycles, &reference.cycles) else {
        let without = if trial.cycles.is_none() {
            "there is no usable step"
        } else {
            "the reference has no usable step"
        };
        return Ok(Compared::Not(without.to_string()));
    };
    let found = match settings.convergence().compare(this, other) {
        Err(error @ (Error::Missing { .. } | Error::Undefined { .. })) => {
            return Ok(Compared::Not(error.to_string()));
        }
        found => found?,
    };
    let parts = found.shortfall;
    let changed = match settings.convergence().changes(this, other) {
        // Too few strides to tell, which the missing intervals say too.
        Err(Error::TooFew { .. } | Error::Undefined { .. }) => None,
        changed => Some(changed?),
    };
    let named = changed.iter().flat_map(|changed| &changed.findings);
    let named = named.map(|named| format!("{} {}", named.contributor, named.cause)).collect();
    let missing_by = parts.missing_by.iter().map(|part| part.value);
    let unsure = [(trial, "it"), (reference, "the reference")].into_iter().find_map(|(trial, whose)| {
        let (name, _) = vague(trial).next()?;
        Some(format!(
            "the peak of {name} has no one time in {whose}: mistimed and shape depend on which top counts"
        ))
    });
    Ok(Compared::Found(Box::new(Comparison {
        file: trial.report.file.clone(),
        reference: reference.report.file.clone(),
        model: found.model,
        unit: found.unit,
        total: parts.total.value,
        total_ci: ci(parts.total),
        missing: parts.missing.value,
        missing_ci: ci(parts.missing),
        mistimed: parts.mistimed.value,
        mistimed_ci: ci(parts.mistimed),
        shape: parts.shape.value,
        shape_ci: ci(parts.shape),
        approximate: parts.total.approximate,
        missing_by: found.contributors.into_iter().zip(missing_by).collect(),
        changes: changed.iter().flat_map(|changed| &changed.contributors).map(change).collect(),
        named,
        note: unsure,
    })))
}

fn change(change: &ContributorChange) -> ChangeReport {
    ChangeReport {
        name: change.name.clone(),
        force: change.force.value,
        force_ci: ci(change.force),
        timing_s: change.timing_s.value,
        timing_ci_s: ci(change.timing_s),
        width: change.width.value,
        width_ci: ci(change.width),
        jitter_s: change.jitter_s.value,
        jitter_ci_s: ci(change.jitter_s),
        more_at_other_top: change.other_peaks_after as i64 - change.other_peaks_before as i64,
    }
}
