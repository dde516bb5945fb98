//! Ops of interpolation and gap filling.

use crate::json::{Answer, Request};
use copeak::filter::gap::GapOutcome;
use copeak::filter::{GapFill, Interpolation};
use copeak::{Rate, Signal};
use serde_json::json;

/// The answer, when `op` belongs here.
pub fn answer(op: &str, request: &Request<'_>) -> Option<Answer> {
    match op {
        "interpolate" => Some(interpolate(request)),
        "reclock" => Some(reclock(request)),
        "fill_gaps" => Some(fill_gaps(request)),
        _ => None,
    }
}

fn method(request: &Request<'_>) -> Result<Interpolation, String> {
    match request.text("method")? {
        "linear" => Ok(Interpolation::Linear),
        "pchip" => Ok(Interpolation::Pchip),
        "cubic" => Ok(Interpolation::Cubic),
        "natural" => Ok(Interpolation::NaturalCubic),
        other => Err(format!("method {other:?} is none of linear, pchip, cubic, natural")),
    }
}

/// `y` and the first derivative `dy`; outside the knots null, or with `extrapolate` the end pieces continued.
fn interpolate(request: &Request<'_>) -> Answer {
    let curve = method(request)?.through(&request.numbers("t")?, &request.numbers("x")?).map_err(text)?;
    let at = request.numbers("at")?;
    let y = if request.flag_or("extrapolate", false)? {
        at.iter().map(|t| curve.extrapolated_at(*t)).collect()
    } else {
        curve.sample(&at)
    };
    let dy: Vec<f64> = at.iter().map(|t| curve.derivative_at(*t)).collect();
    Ok(json!({ "y": y, "dy": dy }))
}

/// Samples taken at `rate` from 0 s, at `points` instants of `new_rate` from `start_s` on.
fn reclock(request: &Request<'_>) -> Answer {
    let clock = |rate: &str, start_s: f64| {
        copeak::Clock::new(Rate::from_hz(request.number(rate)?).map_err(text)?, start_s).map_err(text)
    };
    let signal = Signal::new(clock("rate", 0.0)?, request.numbers("x")?);
    let to = clock("new_rate", request.number_or("start_s", 0.0)?)?;
    let mut y = vec![0.0; request.count("points")?];
    copeak::filter::Regrid::new(to)
        .method(method(request)?)
        .band_limit_hz(to.rate().nyquist_hz())
        .apply_into(&signal, &mut y)
        .map_err(text)?;
    Ok(json!({ "y": y }))
}

fn fill_gaps(request: &Request<'_>) -> Answer {
    let mut fill =
        GapFill::new(Rate::from_hz(request.number("rate")?).map_err(text)?).method(method(request)?);
    if request.field("max_gap_s").is_some() {
        fill = fill.max_gap_s(request.number("max_gap_s")?);
    }
    if request.field("context").is_some() {
        fill = fill.context(request.count("context")?);
    }
    let repaired = fill.repair(&request.numbers("x")?).map_err(text)?;
    let gap = |g: &copeak::filter::gap::FilledGap| {
        let outcome = match g.outcome {
            GapOutcome::Filled => "filled",
            GapOutcome::TooLong => "too_long",
            _ => "at_edge",
        };
        json!({ "start": g.gap.start, "end": g.gap.end, "outcome": outcome })
    };
    let gaps: Vec<_> = repaired.gaps.iter().map(gap).collect();
    Ok(json!({ "y": repaired.samples, "gaps": gaps }))
}

fn text(error: copeak::Error) -> String {
    error.to_string()
}
