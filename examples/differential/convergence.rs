//! Ops of the room `convergence`.

use crate::json::{Answer, Request};
use copeak::convergence::{Drives, compensation, shortfall};
use serde_json::json;

/// The answer, when `op` belongs to this room.
pub fn answer(op: &str, request: &Request<'_>) -> Option<Answer> {
    match op {
        "coincidence" => Some(coincidence(request)),
        "shortfall" => Some(parts(request)),
        "compensation" => Some(together(request)),
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
        shortfall(&cycle(request, "y")?, &cycle(request, "y_ref")?).map_err(|error| error.to_string())?;
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
    let result = compensation(&a).map_err(|error| error.to_string())?;
    Ok(json!({
        "variance_ratio": result.variance_ratio,
        "delta_v": result.delta_v,
        "z0": result.z0,
    }))
}

/// One cycle of every contributor.
fn cycle(request: &Request<'_>, key: &str) -> Result<Drives, String> {
    let drives = Drives::from_steps(&[request.rows(key)?]).map_err(|error| error.to_string())?;
    if request.field("weights").is_none() {
        return Ok(drives);
    }
    drives.with_weights(&request.numbers("weights")?).map_err(|error| error.to_string())
}
