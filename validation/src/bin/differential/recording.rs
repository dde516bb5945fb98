//! Operations of the area `recording`.

use crate::json::{Answer, Request};
use copeak::recording::{Channel, Recording, c3d, parquet};
use copeak::{Clock, Rate, Signal};
use serde_json::{Value, json};

/// Returns the answer, when `op` belongs to this area.
pub fn answer(op: &str, request: &Request<'_>) -> Option<Answer> {
    match op {
        "c3d" => Some(read_c3d(request)),
        "parquet" => Some(read_parquet(request)),
        "write_parquet" => Some(write_parquet(request)),
        _ => None,
    }
}

fn samples(signal: &Signal) -> Vec<Option<f64>> {
    signal.samples().iter().map(|v| v.is_finite().then_some(*v)).collect()
}

fn channels(recording: &Recording) -> Vec<Value> {
    let one = |channel: &Channel| {
        let clock = channel.signal.clock();
        json!({
            "name": channel.name,
            "unit": channel.unit,
            "rate": clock.rate().as_hz(),
            "start_s": clock.start_s(),
            "x": samples(&channel.signal),
        })
    };
    recording.channels.iter().map(one).collect()
}

fn read_parquet(request: &Request<'_>) -> Answer {
    let file = parquet::read(request.text("path")?).map_err(|error| error.to_string())?;
    Ok(json!({ "channels": channels(&file), "speed_mps": file.speed_mps, "mass_kg": file.mass_kg }))
}

/// Writes the channels `names` with `units` and `rows` of one rate and start to `path`.
fn write_parquet(request: &Request<'_>) -> Answer {
    let rate = Rate::from_hz(request.number("rate")?).map_err(|error| error.to_string())?;
    let clock = Clock::new(rate, request.number("start_s")?).map_err(|error| error.to_string())?;
    let (names, units) = (request.texts("names")?, request.texts("units")?);
    let mut recording = Recording::new("written");
    for ((name, unit), samples) in names.iter().zip(units).zip(request.rows("rows")?) {
        let channel = Channel::new(*name, unit, Signal::new(clock, samples));
        recording.push(channel).map_err(|error| error.to_string())?;
    }
    let file = std::fs::File::create(request.text("path")?).map_err(|error| error.to_string())?;
    parquet::write(&recording, file).map_err(|error| error.to_string())?;
    Ok(json!({ "written": names.len() }))
}

fn read_c3d(request: &Request<'_>) -> Answer {
    let file = c3d::read(request.text("path")?).map_err(|error| error.to_string())?;
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
        json!({ "channels": channels(&file.recording), "events": events, "plates": plates, "force": force, "vertical": vertical }),
    )
}
