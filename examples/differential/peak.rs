//! Ops of the room `peak`.

use crate::json::{Answer, Request};
use copeak::peak::subsample::{Quadratic, parabola};
use copeak::peak::{Bounds, NanPolicy, PeakFinder};
use serde_json::{Value, json};

/// The answer, when `op` belongs to this room.
pub fn answer(op: &str, request: &Request<'_>) -> Option<Answer> {
    match op {
        "find_peaks" => Some(find_peaks(request)),
        "subsample_peak" => Some(subsample_peak(request)),
        _ => None,
    }
}

fn text(error: copeak::Error) -> String {
    error.to_string()
}

/// A least value, or [least, most] with null for an open end.
fn bounds(request: &Request<'_>, key: &str) -> Result<Option<Bounds>, String> {
    let wrong = || format!("field {key} is neither a number nor [least, most]");
    let end = |value: &Value| match value {
        Value::Null => Ok(None),
        value => value.as_f64().map(Some).ok_or_else(wrong),
    };
    match request.field(key) {
        None => Ok(None),
        Some(Value::Array(ends)) if ends.len() == 2 => Ok(Some(match (end(&ends[0])?, end(&ends[1])?) {
            (Some(least), Some(most)) => Bounds::from(least..=most),
            (Some(least), None) => Bounds::from(least),
            (None, Some(most)) => Bounds::from(..=most),
            (None, None) => Bounds::from(..),
        })),
        Some(value) => value.as_f64().map(|least| Some(least.into())).ok_or_else(wrong),
    }
}

/// Every property is measured, whether it is bounded or not.
fn find_peaks(request: &Request<'_>) -> Answer {
    let x = request.numbers("x")?;
    let of = |key| bounds(request, key).map(Option::unwrap_or_default);
    let mut finder = PeakFinder::new()
        .height(of("height")?)
        .threshold(of("threshold")?)
        .prominence(of("prominence")?)
        .width(of("width")?)
        .plateau_size(of("plateau_size")?)
        .rel_height(request.number_or("rel_height", 0.5)?);
    if request.field("distance").is_some() {
        finder = finder.distance(request.number("distance")?);
    }
    if request.field("wlen").is_some() {
        finder = finder.wlen(request.number("wlen")?);
    }
    if request.flag_or("skip_nan", false)? {
        finder = finder.nan(NanPolicy::Skip);
    }
    let peaks = finder.find(&x).map_err(text)?;
    Ok(json!({
        "peaks": peaks.indices,
        "heights": peaks.heights,
        "left_thresholds": peaks.thresholds.iter().map(|t| t.left).collect::<Vec<_>>(),
        "right_thresholds": peaks.thresholds.iter().map(|t| t.right).collect::<Vec<_>>(),
        "prominences": peaks.prominences.iter().map(|p| p.value).collect::<Vec<_>>(),
        "left_bases": peaks.prominences.iter().map(|p| p.left_base).collect::<Vec<_>>(),
        "right_bases": peaks.prominences.iter().map(|p| p.right_base).collect::<Vec<_>>(),
        "widths": peaks.widths.iter().map(|w| w.width).collect::<Vec<_>>(),
        "width_heights": peaks.widths.iter().map(|w| w.height).collect::<Vec<_>>(),
        "left_ips": peaks.widths.iter().map(|w| w.left).collect::<Vec<_>>(),
        "right_ips": peaks.widths.iter().map(|w| w.right).collect::<Vec<_>>(),
        "plateau_sizes": peaks.plateaus.iter().map(|p| p.size()).collect::<Vec<_>>(),
        "left_edges": peaks.plateaus.iter().map(|p| p.left_edge).collect::<Vec<_>>(),
        "right_edges": peaks.plateaus.iter().map(|p| p.right_edge).collect::<Vec<_>>(),
    }))
}

/// The standard error is that of a fit to samples with independent noise, from the fit's own residuals; a parabola
/// through three samples leaves none.
fn subsample_peak(request: &Request<'_>) -> Answer {
    let x = request.numbers("x")?;
    let index = request.count("index")?;
    let (position, value, se) = match request.text("method")? {
        "parabola" => {
            let vertex = parabola(&x, index).map_err(text)?;
            (vertex.position, vertex.value, None)
        }
        "quadratic" => {
            let fit =
                Quadratic::new(request.count("half_width")?).and_then(|q| q.fit(&x, index)).map_err(text)?;
            (fit.position, fit.value, fit.white_noise_error())
        }
        other => return Err(format!("unknown method {other:?}")),
    };
    Ok(json!({ "position": position, "value": value, "se": se }))
}
