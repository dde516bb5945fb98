//! Ops of the room `event`.

use crate::json::{Answer, Request};
use copeak::event::{ForceContacts, Side};
use copeak::{Clock, Rate, Signal};
use serde_json::json;

/// The answer, when `op` belongs to this room.
pub fn answer(op: &str, request: &Request<'_>) -> Option<Answer> {
    match op {
        "contacts" => Some(contacts(request)),
        _ => None,
    }
}

fn signal(request: &Request<'_>, key: &str) -> Result<Signal, String> {
    let rate = Rate::hz(request.number("rate")?).map_err(|e| e.to_string())?;
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
