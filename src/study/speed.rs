//! Whether timing explains speed beyond force, over all recordings.

use super::{Caution, TrialStudy};
use crate::convergence::Normalization;
use crate::performance::{SpeedCaution, SpeedFit, SpeedModel, SpeedTrial};
use crate::{Error, Result};
use alloc::{
    string::{String, ToString},
    vec::Vec,
};

/// Nested models of speed over the recordings: by force and its square, then with kappa.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SpeedStudy {
    /// Recordings with a speed, a kappa and the contributors that all have.
    pub trials: usize,
    /// Athletes: all recordings are taken for one athlete's.
    pub athletes: usize,
    /// Unit of the force, which is the sum of the mean peaks of the contributors that all recordings have: `reference peaks`
    /// (no force but what stands for it) or `N`.
    pub force_unit: String,
    /// The models; `None` with too few recordings for them.
    pub fit: Option<SpeedFit>,
    /// Their limits.
    #[cfg_attr(feature = "serde", serde(serialize_with = "super::caution::with_text"))]
    pub cautions: Vec<Caution>,
}

/// The models over all trials; `None` below two that can take part.
pub(super) fn speed_study(trials: &[TrialStudy], reference: usize, seed: u64) -> Result<Option<SpeedStudy>> {
    let takes_part =
        |trial: &&TrialStudy| trial.cycles.is_some() && trial.speed_mps.is_some() && kappa(trial).is_some();
    let usable: Vec<&TrialStudy> = trials.iter().filter(takes_part).collect();
    if usable.len() < 2 {
        return Ok(None);
    }
    let (points, force) = points(&usable, &trials[reference]);
    let mut cautions = Vec::new();
    let fit = match SpeedModel::new(seed).fit(&points) {
        Ok(fit) => {
            cautions.extend(fit.cautions().into_iter().map(|limit| Caution::Speed { limit }));
            Some(fit)
        }
        Err(error @ (Error::TooFew { .. } | Error::Undefined { .. } | Error::Constant { .. })) => {
            cautions.push(Caution::Speed { limit: SpeedCaution::OneAthlete });
            cautions.push(Caution::NoSpeedModel { why: error.to_string() });
            None
        }
        Err(error) => return Err(error),
    };
    cautions.push(Caution::OneAthlete);
    if force == Normalization::Relative {
        cautions.push(Caution::ForceIsProxy);
    }
    let force_unit = match force {
        Normalization::Relative => "reference peaks",
        Normalization::Newtons => "N",
    };
    let force_unit = force_unit.to_string();
    Ok(Some(SpeedStudy { trials: points.len(), athletes: 1, force_unit, fit, cautions }))
}

fn kappa(trial: &TrialStudy) -> Option<f64> {
    Some(trial.convergence.as_ref()?.kappa?.value)
}

/// One point per recording, its force from the contributors that all of them and the reference have; and what that force is.
fn points(usable: &[&TrialStudy], reference: &TrialStudy) -> (Vec<SpeedTrial>, Normalization) {
    let peak = |trial: &TrialStudy, name: &str| {
        let members = trial.cycles.as_ref()?.contributors();
        members.iter().find(|member| member.name == name).map(|member| member.weight * member.mean_peak)
    };
    let names =
        reference.cycles.iter().flat_map(|cycles| cycles.contributors()).map(|member| member.name.as_str());
    let common: Vec<&str> =
        names.filter(|name| usable.iter().all(|trial| peak(trial, name).is_some())).collect();
    let scale = reference.cycles.as_ref().map_or(Normalization::Relative, |cycles| cycles.normalization());
    let force = |trial: &TrialStudy| -> f64 {
        let of = |name: &&str| {
            let own = peak(trial, name)?;
            Some(if scale == Normalization::Relative { own / peak(reference, name)? } else { own })
        };
        common.iter().filter_map(of).sum()
    };
    let point = |trial: &&TrialStudy| {
        let stride_s = trial.cycles.as_ref()?.mean_stride_s();
        Some(SpeedTrial {
            athlete: 0,
            speed_mps: trial.speed_mps?,
            force: force(trial),
            convergence: kappa(trial)?,
            step_frequency_hz: Some(2.0 / stride_s),
        })
    };
    (usable.iter().filter_map(point).collect(), scale)
}
