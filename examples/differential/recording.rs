//! Ops of the room `recording`.

use crate::json::{Answer, Request};
use copeak::Signal;
use copeak::recording::c3d;
use serde_json::{Value, json};

/// The answer, when `op` belongs to this room.
pub fn answer(op: &str, request: &Request<'_>) -> Option<Answer> {
    match op {
        "c3d" => Some(read_c3d(request)),
        _ => None,
    }
}

fn samples(signal: &Signal) -> Vec<Option<f64>> {
    signal.samples().iter().map(|v| v.is_finite().then_some(*v)).collect()
}

fn read_c3d(request: &Request<'_>) -> Answer {
    let file = c3d::read_c3d_file(request.text("path")?).map_err(|error| error.to_string())?;
    let channels: Vec<Value> = file
        .recording
        .channels
        .iter()
        .map(|channel| {
            let clock = channel.signal.clock();
            json!({
                "name": channel.name,
                "unit": channel.unit,
                "rate": clock.rate().as_hz(),
                "start_s": clock.start_s(),
                "x": samples(&channel.signal),
            })
        })
        .collect();
    let events: Vec<Value> = file
        .events
        .iter()
        .map(|e| json!({ "time_s": e.time_s, "label": e.label, "context": e.context }))
        .collect();
    let plates: Vec<Value> = file
        .plates
        .iter()
        .map(|p| json!({ "type": p.kind, "channels": p.channels, "corners": p.corners, "origin": p.origin }))
        .collect();
    let force = file.force().ok().map(|axes| axes.each_ref().map(samples));
    let vertical = file.vertical_force().ok().as_ref().map(samples);
    Ok(
        json!({ "channels": channels, "events": events, "plates": plates, "force": force, "vertical": vertical }),
    )
}
