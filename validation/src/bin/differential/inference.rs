//! Operations of the area `inference`.

use crate::json::{Answer, Request};
use copeak::inference::{
    Bootstrap, Permutations, Surrogates, benjamini_hochberg, block_length,
    interval::BootstrapMethod,
    max_statistic,
    reliability::{Reliability, StridePlan},
    surrogate::Iaaft,
    t_interval,
};
use serde_json::json;

/// Returns the answer, when `op` belongs to this area.
pub fn answer(op: &str, request: &Request<'_>) -> Option<Answer> {
    match op {
        "bootstrap" => Some(bootstrap(request)),
        "reliability" => Some(reliability(request)),
        "false_discoveries" => Some(false_discoveries(request)),
        "max_statistic" => Some(largest(request)),
        "permutation" => Some(permutation(request)),
        "stride_plan" => Some(stride_plan(request)),
        "surrogate" => Some(surrogate(request)),
        _ => None,
    }
}

fn text(error: copeak::Error) -> String {
    error.to_string()
}

fn bootstrap(request: &Request<'_>) -> Answer {
    let x = request.numbers("x")?;
    let level = request.number_or("level", 0.95)?;
    let statistic = request.text("statistic")?;
    let kind = match request.text("method")? {
        "t" if statistic == "mean" => None,
        "t" => return Err(format!("a t-interval is for a mean, not for a {statistic}")),
        "percentile" => Some(BootstrapMethod::Percentile),
        "bca" => Some(BootstrapMethod::Bca),
        "expanded" | "block" => Some(BootstrapMethod::Expanded),
        other => return Err(format!("unknown method {other:?}")),
    };
    let estimate = match kind {
        None => t_interval(&x, level),
        Some(method) => {
            let seed = request.count_or("seed", 1)? as u64;
            // The method "block" is the expanded one with blocks of the proposed length.
            let proposed = if request.text("method")? == "block" { block_length(&x) } else { 1 };
            let bootstrap = Bootstrap::new(seed)
                .method(method)
                .replicates(request.count_or("replicates", 1000)?)
                .level(level)
                .block_length(request.count_or("block", proposed)?);
            match statistic {
                "mean" => bootstrap.of(&x, |values| mean(values)),
                "median" => bootstrap.of(&x, median),
                other => return Err(format!("unknown statistic {other:?}")),
            }
        }
    };
    let estimate = estimate.map_err(text)?;
    Ok(
        json!({ "estimate": estimate.value, "ci": estimate.ci, "approximate": estimate.approximate, "n": estimate.n }),
    )
}

fn reliability(request: &Request<'_>) -> Answer {
    let found = Reliability::of(&request.rows("x")?, request.number_or("level", 0.95)?).map_err(text)?;
    Ok(json!({
        "icc": found.icc.value, "ci": found.icc.ci, "sem": found.sem, "minimal_change": found.minimal_change,
    }))
}

fn false_discoveries(request: &Request<'_>) -> Answer {
    Ok(json!({ "p": benjamini_hochberg(&request.numbers("p")?).map_err(text)? }))
}

fn largest(request: &Request<'_>) -> Answer {
    let p = max_statistic(&request.numbers("observed")?, request.rows("surrogates")?);
    Ok(json!({ "p": p.map_err(text)? }))
}

fn permutation(request: &Request<'_>) -> Answer {
    let test =
        Permutations::new(request.count_or("seed", 1)? as u64).count(request.count_or("permutations", 9999)?);
    let a = request.numbers("a")?;
    let found = match request.field("b") {
        Some(_) => test.between(&a, &request.numbers("b")?),
        None => test.paired(&a),
    };
    let found = found.map_err(text)?;
    Ok(json!({
        "difference": found.difference, "p": found.p, "permutations": found.permutations, "exact": found.exact,
    }))
}

fn stride_plan(request: &Request<'_>) -> Answer {
    let mut plan = StridePlan::new(request.number("sd")?)
        .autocorrelation(request.number_or("autocorrelation", 0.0)?)
        .level(request.number_or("level", 0.95)?);
    if request.field("assurance").is_some() {
        plan = plan.assurance(request.number("assurance")?);
    }
    Ok(json!({ "strides": plan.strides(request.number("half_width")?).map_err(text)? }))
}

fn surrogate(request: &Request<'_>) -> Answer {
    let x = request.numbers("x")?;
    let mut out = vec![0.0; x.len()];
    let mut surrogates = Surrogates::new(request.count_or("seed", 1)? as u64);
    match request.text("kind")? {
        "circular_shift" => surrogates.circular_shift(&x, &mut out),
        "cycle_shuffle" => {
            let starts: Vec<usize> = request.numbers("starts")?.iter().map(|&start| start as usize).collect();
            surrogates.cycle_shuffle(&x, &starts, &mut out)
        }
        "iaaft" => Iaaft::new(&x).and_then(|mut series| surrogates.iaaft(&mut series, &mut out)),
        other => return Err(format!("unknown kind {other:?}")),
    }
    .map_err(text)?;
    Ok(json!({ "y": out }))
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 { values[middle] } else { 0.5 * (values[middle - 1] + values[middle]) }
}
