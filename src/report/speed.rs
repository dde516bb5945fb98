//! Whether timing explains speed beyond force, over all recordings.

use super::study::Trial;
use crate::convergence::Normalization;
use crate::performance::SpeedTrial;
use crate::{Error, Result};
use alloc::{
    string::{String, ToString},
    vec::Vec,
};

/// Nested models of speed over the recordings: by force and its square, then with kappa. `None` where it cannot be said.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SpeedModel {
    /// Recordings with a speed, a kappa and the contributors that all have.
    pub trials: usize,
    /// Athletes: all recordings are taken for one athlete's.
    pub athletes: usize,
    /// Unit of the force, which is the sum of the mean peaks of the contributors that all recordings have: `reference peaks`
    /// (no force but what stands for it) or `N`.
    pub force_unit: String,
    /// R^2 by force and its square.
    pub r2_force: Option<f64>,
    /// R^2 with kappa.
    pub r2_full: Option<f64>,
    /// Share of what force leaves unexplained that kappa explains.
    pub partial_r2: Option<f64>,
    /// Speed in m/s for a kappa larger by 1 at equal force.
    pub coefficient: Option<f64>,
    /// 95 % interval.
    pub coefficient_ci: Option<[f64; 2]>,
    /// Freedman-Lane permutation p.
    pub p: Option<f64>,
    /// Root mean square error of each speed predicted from the other recordings, by force alone.
    pub left_out_force_mps: Option<f64>,
    /// The same with kappa.
    pub left_out_full_mps: Option<f64>,
    /// What step frequency explains instead of kappa.
    pub rival_partial_r2: Option<f64>,
    /// What kappa still explains beside force and step frequency.
    pub beside_rival_partial_r2: Option<f64>,
    /// Its p.
    pub beside_rival_p: Option<f64>,
    /// What must be said beside it.
    pub notes: Vec<String>,
}

/// The models over all trials; `None` below two that can take part.
pub(super) fn speed_model(trials: &[Trial], reference: usize, seed: u64) -> Result<Option<SpeedModel>> {
    let usable: Vec<&Trial> = trials
        .iter()
        .filter(|trial| {
            let report = &trial.report;
            trial.cycles.is_some() && report.speed_mps.is_some() && report.convergence.kappa.is_some()
        })
        .collect();
    if usable.len() < 2 {
        return Ok(None);
    }
    let (points, force_unit) = points(&usable, &trials[reference]);
    let mut model = SpeedModel {
        trials: points.len(),
        athletes: 1,
        force_unit,
        r2_force: None,
        r2_full: None,
        partial_r2: None,
        coefficient: None,
        coefficient_ci: None,
        p: None,
        left_out_force_mps: None,
        left_out_full_mps: None,
        rival_partial_r2: None,
        beside_rival_partial_r2: None,
        beside_rival_p: None,
        notes: Vec::new(),
    };
    match crate::performance::SpeedModel::new(seed).fit(&points) {
        Ok(fit) => {
            let effect = fit.convergence;
            model.r2_force = Some(fit.r2_force);
            model.r2_full = Some(fit.r2_full);
            model.partial_r2 = Some(effect.partial_r2);
            model.coefficient = Some(effect.coefficient.value);
            model.coefficient_ci = super::together::ci(effect.coefficient);
            model.p = effect.p;
            model.left_out_force_mps = fit.left_out_force_mps;
            model.left_out_full_mps = fit.left_out_full_mps;
            model.rival_partial_r2 = fit.covariate.map(|rival| rival.step_frequency.partial_r2);
            model.beside_rival_partial_r2 = fit.covariate.map(|rival| rival.convergence.partial_r2);
            model.beside_rival_p = fit.covariate.and_then(|rival| rival.convergence.p);
            model.notes = fit.cautions();
        }
        Err(error @ (Error::TooFew { .. } | Error::Undefined { .. } | Error::Constant { .. })) => {
            model.notes.push("one athlete: no inference over athletes is possible".to_string());
            model.notes.push(error.to_string());
        }
        Err(error) => return Err(error),
    }
    model.notes.push("all recordings are taken for one athlete's".to_string());
    if model.force_unit != "N" {
        model.notes.push("its force is the contributors' mean peaks, a proxy".to_string());
    }
    Ok(Some(model))
}

/// One point per recording, its force from the contributors that all of them and the reference have.
fn points(usable: &[&Trial], reference: &Trial) -> (Vec<SpeedTrial>, String) {
    let peak = |trial: &Trial, name: &str| {
        let members = trial.cycles.as_ref()?.contributors();
        members.iter().find(|member| member.name == name).map(|member| member.weight * member.mean_peak)
    };
    let names =
        reference.cycles.iter().flat_map(|cycles| cycles.contributors()).map(|member| member.name.as_str());
    let common: Vec<&str> =
        names.filter(|name| usable.iter().all(|trial| peak(trial, name).is_some())).collect();
    let relative =
        reference.cycles.as_ref().is_none_or(|cycles| cycles.normalization() == Normalization::Relative);
    let force = |trial: &Trial| -> f64 {
        let of = |name: &&str| {
            let own = peak(trial, name)?;
            Some(if relative { own / peak(reference, name)? } else { own })
        };
        common.iter().filter_map(of).sum()
    };
    let point = |trial: &&Trial| {
        let report = &trial.report;
        let stride_s = trial.cycles.as_ref()?.mean_stride_s();
        Some(SpeedTrial {
            athlete: 0,
            speed_mps: report.speed_mps?,
            force: force(trial),
            convergence: report.convergence.kappa?,
            step_frequency_hz: Some(2.0 / stride_s),
        })
    };
    let unit = if relative { "reference peaks" } else { "N" };
    (usable.iter().filter_map(point).collect(), unit.to_string())
}
