//! Ops of the room `inference`.

use crate::json::{Answer, Request};
use copeak::inference::{Bootstrap, Interval, t_interval};
use serde_json::json;

/// The answer, when `op` belongs to this room.
pub fn answer(op: &str, request: &Request<'_>) -> Option<Answer> {
    (op == "bootstrap").then(|| bootstrap(request))
}

fn bootstrap(request: &Request<'_>) -> Answer {
    let x = request.numbers("x")?;
    let level = request.number_or("level", 0.95)?;
    let statistic = request.text("statistic")?;
    let kind = match request.text("method")? {
        "t" if statistic == "mean" => None,
        "t" => return Err(format!("a t-interval is for a mean, not for a {statistic}")),
        "percentile" => Some(Interval::Percentile),
        "bca" => Some(Interval::Bca),
        "expanded" => Some(Interval::Expanded),
        other => return Err(format!("unknown method {other:?}")),
    };
    let estimate = match kind {
        None => t_interval(&x, level),
        Some(kind) => {
            let seed = request.count_or("seed", 1)? as u64;
            let bootstrap = Bootstrap::new(seed)
                .with_replicates(request.count_or("replicates", 1000)?)
                .and_then(|bootstrap| bootstrap.with_level(level))
                .map_err(|error| error.to_string())?;
            match statistic {
                "mean" => bootstrap.of(kind, &x, |values| mean(values)),
                "median" => bootstrap.of(kind, &x, median),
                other => return Err(format!("unknown statistic {other:?}")),
            }
        }
    };
    let estimate = estimate.map_err(|error| error.to_string())?;
    Ok(json!({ "estimate": estimate.value, "ci": estimate.ci }))
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 { values[middle] } else { 0.5 * (values[middle - 1] + values[middle]) }
}
