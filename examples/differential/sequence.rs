//! Ops of the room `sequence`.

use crate::json::{Answer, Request};
use copeak::Rate;
use copeak::sequence::{CrossCorrelation, order};
use serde_json::json;

/// The answer, when `op` belongs to this room.
pub fn answer(op: &str, request: &Request<'_>) -> Option<Answer> {
    match op {
        "lag" => Some(lag(request)),
        "order" => Some(channel_order(request)),
        _ => None,
    }
}

fn text(error: copeak::Error) -> String {
    error.to_string()
}

fn lag(request: &Request<'_>) -> Answer {
    let (x, y) = (request.numbers("x")?, request.numbers("y")?);
    let rate = Rate::hz(request.number("rate")?).map_err(text)?;
    let mut finder = CrossCorrelation::new(request.number("max_lag_s")?).map_err(text)?;
    if request.field("min_overlap").is_some() {
        finder = finder.least_overlap(request.number("min_overlap")?).map_err(text)?;
    }
    if request.flag_or("circular", false)? {
        finder = finder.circular();
    }
    let found = finder.find(&x, &y, rate).map_err(text)?;
    Ok(json!({
        "lag_s": found.lag_s,
        "r": found.r,
        "second_lag_s": found.second_lag_s,
        "second_r": found.second_r,
    }))
}

fn channel_order(request: &Request<'_>) -> Answer {
    let order = order(&request.rows("times")?).map_err(text)?;
    Ok(json!({
        "kendall_tau": order.mean_kendall_tau,
        "order_probability": order.probability.value,
        "order_ci": order.probability.ci,
        "page_l": order.page.map(|page| page.l),
        "page_p": order.page.map(|page| page.p),
        "n": order.probability.n,
        "incomplete": order.incomplete,
    }))
}
