//! Operations of the areas `stride` and `ensemble`.

use crate::json::{Answer, Request};
use copeak::ensemble::CurveTest;
use copeak::stride::{Landmarks, normalize};
use copeak::time::TimeSpan;
use copeak::{Clock, Rate, Signal};
use serde_json::{Value, json};

/// Returns the answer, when `op` belongs to this area.
pub fn answer(op: &str, request: &Request<'_>) -> Option<Answer> {
    match op {
        "normalise" => Some(normalise(request)),
        "compare_curves" => Some(compare(request)),
        _ => None,
    }
}

/// From `start_s` to `end_s`, or through `events_s`, which go to the places `at`.
fn normalise(request: &Request<'_>) -> Answer {
    let rate = Rate::from_hz(request.number("rate")?).map_err(|e| e.to_string())?;
    let x = Signal::new(Clock::from_zero(rate), request.numbers("x")?);
    let points = request.count_or("points", 101)?;
    let y = if request.field("events_s").is_some() {
        let landmarks = Landmarks::new(request.numbers("at")?, points);
        let events_s = request.numbers("events_s")?;
        landmarks.and_then(|l| l.apply(&x, &events_s))
    } else {
        let window = TimeSpan { start_s: request.number("start_s")?, end_s: request.number("end_s")? };
        normalize(&x, window, points)
    };
    Ok(json!({ "y": finite(&y.map_err(|e| e.to_string())?) }))
}

/// Curves `a` and `b` [curves][points], `paired` or not; the answer's `t` is b minus a.
fn compare(request: &Request<'_>) -> Answer {
    let (a, b) = (request.rows("a")?, request.rows("b")?);
    let test = CurveTest::new(request.count_or("seed", 1)? as u64)
        .permutations(request.count_or("permutations", 1999)?);
    let found =
        if request.flag_or("paired", false)? { test.paired(&a, &b) } else { test.independent(&a, &b) };
    let found = found.map_err(|e| e.to_string())?;
    Ok(json!({
        "t": finite(&found.t),
        "p": found.p,
        "p_point": found.p_point,
        "permutations": found.permutations,
        "exact": found.exact,
    }))
}

/// `null` for what is not finite.
fn finite(values: &[f64]) -> Vec<Value> {
    values.iter().map(|v| if v.is_finite() { json!(v) } else { Value::Null }).collect()
}
