//! Operations of the area `event`.

use crate::json::{Answer, Request};
use copeak::event::drift::DriftRemoval;
use copeak::event::{ForceContacts, Side};
use copeak::{Clock, Rate, Signal};
use serde_json::{Value, json};

/// Returns the answer, when `op` belongs to this area.
pub fn answer(op: &str, request: &Request<'_>) -> Option<Answer> {
    match op {
        "contacts" => Some(contacts(request)),
        "remove_drift" => Some(remove_drift(request)),
        _ => None,
    }
}

fn signal(request: &Request<'_>, key: &str) -> Result<Signal, String> {
    let rate = Rate::from_hz(request.number("rate")?).map_err(|e| e.to_string())?;
    Ok(Signal::new(Clock::from_zero(rate), request.numbers(key)?))
}

fn contacts(request: &Request<'_>) -> Answer {
    let force = signal(request, "fz")?;
    let mut method = ForceContacts::default();
    method.on_n = request.number_or("on", method.on_n)?;
    method.off_n = request.number_or("off", method.off_n)?;
    method.min_contact_s = request.number_or("min_contact_s", method.min_contact_s)?;
    method.min_flight_s = request.number_or("min_flight_s", method.min_flight_s)?;
    let found = method.find(&force, Side::Right).map_err(|e| e.to_string())?;
    let times: Vec<_> = found.contacts.iter().map(|c| [c.initial.time_s, c.terminal.time_s]).collect();
    Ok(json!({ "contacts": times }))
}

fn remove_drift(request: &Request<'_>) -> Answer {
    let force = signal(request, "fz")?;
    let mut removal = DriftRemoval::default();
    removal.threshold_n = request.number_or("threshold", removal.threshold_n)?;
    removal.min_flight_s = request.number_or("min_flight_s", removal.min_flight_s)?;
    let level = removal.apply(&force).map_err(|e| e.to_string())?;
    Ok(json!({ "fz": null_for_nan(level.into_samples()) }))
}

/// JSON has no NaN.
fn null_for_nan(y: Vec<f64>) -> Vec<Value> {
    y.into_iter().map(|v| if v.is_finite() { json!(v) } else { Value::Null }).collect()
}
