//! Ops of event trains: `event_sync`, `spike_sync`, `synfire`.

use crate::json::{Answer, Request};
use copeak::sequence::train::TrainProfile;
use copeak::sequence::{AdaptiveWindow, SpikeOrder, Trains};
use copeak::synchrony::{SpikeSync, event_synchronization};
use serde_json::{Value, json};

/// The answer, when `op` belongs to event trains.
pub fn answer(op: &str, request: &Request<'_>) -> Option<Answer> {
    match op {
        "event_sync" => Some(event_sync(request)),
        "spike_sync" => Some(spike_sync(request)),
        "synfire" => Some(synfire(request)),
        _ => None,
    }
}

fn text(error: copeak::Error) -> String {
    error.to_string()
}

fn optional(request: &Request<'_>, key: &str) -> Result<Option<f64>, String> {
    request.field(key).map(|_| request.number(key)).transpose()
}

fn event_sync(request: &Request<'_>) -> Answer {
    let (a, b) = (request.numbers("a")?, request.numbers("b")?);
    let found = event_synchronization(&a, &b, optional(request, "tau_max")?).map_err(text)?;
    Ok(json!({ "sync": found.sync, "delay": found.delay }))
}

fn trains(request: &Request<'_>) -> Result<(Trains, AdaptiveWindow), String> {
    let (start, end) = (request.number("start")?, request.number("end")?);
    let trains = Trains::new(&request.rows("trains")?, start, end).map_err(text)?;
    let window = match optional(request, "cap")? {
        Some(cap) => AdaptiveWindow::capped(cap).map_err(text)?,
        None => AdaptiveWindow::uncapped(),
    };
    Ok((trains, window))
}

fn profile(profile: &TrainProfile) -> Value {
    json!({ "times": profile.times_s, "values": profile.values, "weights": profile.weights })
}

fn spike_sync(request: &Request<'_>) -> Answer {
    let (trains, window) = trains(request)?;
    let sync = SpikeSync::of(&trains, window).map_err(text)?;
    let mut answer = json!({ "value": sync.value(), "matrix": sync.matrix() });
    if request.flag_or("profile", false)? {
        answer["profile"] = profile(&sync.profile());
    }
    Ok(answer)
}

fn synfire(request: &Request<'_>) -> Answer {
    let (trains, window) = trains(request)?;
    let order = SpikeOrder::of(&trains, window).map_err(text)?;
    let synfire = order.synfire(request.count_or("seed", 1)? as u64);
    let mut answer = json!({
        "indicator": synfire.indicator,
        "indicator_sorted": synfire.indicator_sorted,
        "order": synfire.order,
        "exact": synfire.exact,
        "leads": order.matrix(),
    });
    if request.flag_or("profile", false)? {
        answer["profile"] = profile(&order.profile());
        answer["event_leads"] = json!(order.event_leads());
    }
    Ok(answer)
}
