//! One recording against the reference: missing, mistimed, shape.

use super::study::Trial;
use super::{Comparison, Settings};
use crate::Result;
use crate::convergence::{Cycles, Drives, Scale, shortfall_with_intervals};
use crate::inference::{Bootstrap, Estimate};
use alloc::{collections::BTreeMap, string::ToString, vec::Vec};

/// The comparison over the contributors common to both; `None` when there is none, or a recording has no usable step.
pub(super) fn compare(trial: &Trial, reference: &Trial, settings: &Settings) -> Result<Option<Comparison>> {
    let (Some(this), Some(other)) = (&trial.cycles, &reference.cycles) else { return Ok(None) };
    let common: Vec<(usize, usize)> = this
        .members()
        .iter()
        .enumerate()
        .filter_map(|(i, member)| Some((i, other.members().iter().position(|m| m.name == member.name)?)))
        .collect();
    if common.is_empty() {
        return Ok(None);
    }
    let (mine, theirs): (Vec<usize>, Vec<usize>) = common.into_iter().unzip();
    let bootstrap = Bootstrap::new(settings.seed).with_replicates(settings.replicates)?;
    let parts = shortfall_with_intervals(
        (&chosen(this, &mine)?, this.strides()),
        (&chosen(other, &theirs)?, other.strides()),
        this.scale() == Scale::Relative,
        &bootstrap,
    )?;
    let ci = |estimate: &Estimate| estimate.ci.map(|(low, high)| [low, high]);
    let names = mine.iter().map(|&i| this.members()[i].name.clone());
    let missing_by: BTreeMap<_, _> = names.zip(parts.missing_by.iter().map(|part| part.value)).collect();
    Ok(Some(Comparison {
        file: trial.report.file.clone(),
        reference: reference.report.file.clone(),
        unit: if this.scale() == Scale::Relative { "reference peaks" } else { "N" }.to_string(),
        total: parts.total.value,
        total_ci: ci(&parts.total),
        missing: parts.missing.value,
        missing_ci: ci(&parts.missing),
        mistimed: parts.mistimed.value,
        mistimed_ci: ci(&parts.mistimed),
        shape: parts.shape.value,
        shape_ci: ci(&parts.shape),
        missing_by,
    }))
}

/// The drives of some contributors, in their own units.
fn chosen(cycles: &Cycles, members: &[usize]) -> Result<Drives> {
    let raw = cycles.raw();
    let steps: Vec<Vec<&[f64]>> =
        (0..raw.steps()).map(|j| members.iter().map(|&i| raw.row(j, i)).collect()).collect();
    let weights: Vec<f64> = members.iter().map(|&i| raw.weights()[i]).collect();
    Drives::from_steps(&steps)?.with_weights(&weights)
}
