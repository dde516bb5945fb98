//! Operations of the area `convergence`.

use crate::json::{Answer, Request};
use copeak::convergence::DriveGrid;
use copeak::convergence::compensation::Compensation;
use copeak::inference::Estimate;
use copeak::performance::{Effect, Gate, PlateauFinder, SpeedModel, SpeedTrial, SprintCurve, SprintModel};
use copeak::{Clock, Rate, Signal};
use serde_json::json;

/// Returns the answer, when `op` belongs to this area.
pub fn answer(op: &str, request: &Request<'_>) -> Option<Answer> {
    match op {
        "coincidence" => Some(coincidence(request)),
        "shortfall" => Some(parts(request)),
        "compensation" => Some(together(request)),
        "speed_model" => Some(speed(request)),
        "plateau" => Some(plateau(request)),
        "sprint_curve" => Some(sprint(request)),
        _ => None,
    }
}

fn coincidence(request: &Request<'_>) -> Answer {
    let drives = cycle(request, "y")?;
    let sum = drives.coincidence(0);
    Ok(json!({
        "available": sum.available,
        "realised": sum.realised,
        "coincidence": sum.coincidence(),
        "at": sum.at,
        "ideal_gain": drives.ideal_gain(0),
        "timing_cost": drives.timing_cost(1).costs,
    }))
}

fn parts(request: &Request<'_>) -> Answer {
    let parts =
        cycle(request, "y")?.shortfall(&cycle(request, "y_ref")?).map_err(|error| error.to_string())?;
    Ok(json!({
        "total": parts.total,
        "missing": parts.missing,
        "mistimed": parts.mistimed,
        "shape": parts.shape,
        "missing_by": parts.missing_by,
    }))
}

fn together(request: &Request<'_>) -> Answer {
    let mut a = request.rows("a")?;
    if request.field("weights").is_some() {
        let weights = request.numbers("weights")?;
        if a.iter().any(|step| step.len() != weights.len()) {
            return Err("field weights needs one weight per contributor".into());
        }
        a.iter_mut()
            .for_each(|step| step.iter_mut().zip(&weights).for_each(|(value, weight)| *value *= weight));
    }
    let result = Compensation::from_contributions(&a).map_err(|error| error.to_string())?;
    Ok(json!({
        "variance_ratio": result.variance_ratio,
        "delta_v": result.delta_v,
        "z0": result.z0,
    }))
}

/// One cycle of every contributor.
fn cycle(request: &Request<'_>, key: &str) -> Result<DriveGrid, String> {
    let drives = DriveGrid::from_steps(&[request.rows(key)?]).map_err(|error| error.to_string())?;
    if request.field("weights").is_none() {
        return Ok(drives);
    }
    drives.weighted(&request.numbers("weights")?).map_err(|error| error.to_string())
}

fn speed(request: &Request<'_>) -> Answer {
    let (speed, force) = (request.numbers("speed")?, request.numbers("force")?);
    let convergence = request.numbers("convergence")?;
    let optional = |key: &str| request.field(key).map(|_| request.numbers(key)).transpose();
    let (athlete, frequency) = (optional("athlete")?, optional("step_frequency")?);
    let lengths = [Some(&force), Some(&convergence), athlete.as_ref(), frequency.as_ref()];
    if lengths.into_iter().flatten().any(|values| values.len() != speed.len()) {
        return Err("speed, force, convergence, athlete and step_frequency need one number per trial".into());
    }
    // Any number identifies an athlete.
    let mut names: Vec<u64> = athlete.iter().flatten().map(|name| name.to_bits()).collect();
    names.sort_unstable();
    names.dedup();
    let trial = |i: usize| SpeedTrial {
        athlete: athlete.as_ref().map_or(0, |a| names.binary_search(&a[i].to_bits()).unwrap_or(0)),
        speed_mps: speed[i],
        force: force[i],
        convergence: convergence[i],
        step_frequency_hz: frequency.as_ref().map(|frequency| frequency[i]),
    };
    let trials: Vec<SpeedTrial> = (0..speed.len()).map(trial).collect();
    let mut model = SpeedModel::new(request.count_or("seed", 1)? as u64)
        .replicates(request.count_or("replicates", 4_999)?);
    if request.flag_or("athlete_intercepts", false)? {
        model = model.athlete_intercepts();
    }
    let fit = model.fit(&trials).map_err(|error| error.to_string())?;
    let effect = |effect: Effect| json!({ "coefficient": effect.coefficient.value, "ci": effect.coefficient.ci, "partial_r2": effect.partial_r2, "p": effect.p });
    Ok(json!({
        "r2_force": fit.r2_force,
        "r2_full": fit.r2_full,
        "partial_r2": fit.convergence.partial_r2,
        "coefficient": fit.convergence.coefficient.value,
        "ci": fit.convergence.coefficient.ci,
        "p": fit.convergence.p,
        "exact": fit.exact,
        "athletes": fit.athletes,
        "left_out_force": fit.left_out_force_mps,
        "left_out_full": fit.left_out_full_mps,
        "covariate": fit.covariate.map(|covariate| json!({
            "r2": covariate.r2,
            "step_frequency": effect(covariate.step_frequency),
            "convergence": effect(covariate.convergence),
        })),
        "cautions": fit.cautions().iter().map(ToString::to_string).collect::<Vec<_>>(),
    }))
}

fn both(estimate: Estimate) -> serde_json::Value {
    json!({ "value": estimate.value, "ci": estimate.ci })
}

fn plateau(request: &Request<'_>) -> Answer {
    let found = PlateauFinder::new()
        .find(&request.numbers("speed")?, &request.numbers("force")?)
        .map_err(|error| error.to_string())?;
    Ok(json!({
        "speed_slope": both(found.speed_slope),
        "force_slope": both(found.force_slope),
        "delta": found.delta,
        "plateau": found.plateau,
    }))
}

/// Of a speed (`x`, `rate`, `start_s`), or of gates (`distances`, `times`); `from_start` takes time 0 for the start.
fn sprint(request: &Request<'_>) -> Answer {
    let mut model = SprintModel::new();
    if request.flag_or("from_start", false)? {
        model = model.start_at_zero();
    }
    let curve = if request.field("x").is_some() {
        let (x, start_s) = (request.numbers("x")?, request.number_or("start_s", 0.0)?);
        let clock = Rate::from_hz(request.number("rate")?).and_then(|rate| Clock::new(rate, start_s));
        clock.and_then(|clock| model.fit(&Signal::new(clock, x)))
    } else {
        let (distances_m, times_s) = (request.numbers("distances")?, request.numbers("times")?);
        if distances_m.len() != times_s.len() {
            return Err("distances and times need one number per gate".into());
        }
        let gates = distances_m.into_iter().zip(times_s);
        let gates: Vec<Gate> = gates.map(|(distance_m, time_s)| Gate { distance_m, time_s }).collect();
        model.fit_gates(&gates)
    };
    let SprintCurve { vmax_mps, tau_s, acceleration_mps2, start_s, end_s, rms, .. } =
        curve.map_err(|error| error.to_string())?;
    Ok(json!({
        "vmax": both(vmax_mps),
        "tau": both(tau_s),
        "acceleration": both(acceleration_mps2),
        "start": both(start_s),
        "end_s": end_s,
        "rms": rms,
    }))
}
