//! Ops of the room `synchrony`.

use crate::json::{Answer, Request};
use copeak::synchrony::Circular;
use serde_json::json;

/// The answer, when `op` belongs to this room.
pub fn answer(op: &str, request: &Request<'_>) -> Option<Answer> {
    (op == "circular").then(|| circular(request))
}

fn circular(request: &Request<'_>) -> Answer {
    let phases = request.numbers("phase")?;
    let summary = match request.field("weights") {
        Some(_) => Circular::weighted(&phases, &request.numbers("weights")?),
        None => Circular::of(&phases),
    };
    let summary = summary.map_err(|error| error.to_string())?;
    Ok(json!({
        "mean": summary.mean,
        "resultant": summary.resultant,
        "sd": summary.sd_rad(),
        "rayleigh_p": summary.rayleigh_p(),
        "simultaneity": summary.simultaneity(),
    }))
}
