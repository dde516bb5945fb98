//! Operations of the area `peak`.

use crate::json::{Answer, Request, sent};
use copeak::Rate;
use copeak::filter::ZeroPhase;
use copeak::filter::conditioning::TimingNoise;
use copeak::filter::fir::ImpulseResponse;
use copeak::peak::subsample::{Quadratic, parabola};
use copeak::peak::{NanPolicy, PeakFinder, property::Bounds};
use serde_json::{Value, json};

/// Returns the answer, when `op` belongs to this area.
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
    match request.field("side").and_then(Value::as_str) {
        None | Some("maxima") => {}
        Some("minima") => finder = finder.minima(),
        Some("absolute") => finder = finder.absolute(),
        Some(other) => return Err(format!("side {other:?} is none of maxima, minima, absolute")),
    }
    if request.flag_or("skip_nan", false)? {
        finder = finder.nan(NanPolicy::Skip);
    }
    let peaks = finder.find(&x).map_err(text)?;
    let of = |values: &mut dyn Iterator<Item = f64>| values.map(sent).collect::<Vec<_>>();
    let (thresholds, prominences, widths) = (&peaks.thresholds, &peaks.prominences, &peaks.widths);
    Ok(json!({
        "peaks": peaks.indices,
        "heights": of(&mut peaks.heights.iter().copied()),
        "left_thresholds": of(&mut thresholds.iter().map(|t| t.left)),
        "right_thresholds": of(&mut thresholds.iter().map(|t| t.right)),
        "prominences": of(&mut prominences.iter().map(|p| p.value)),
        "left_bases": prominences.iter().map(|p| p.left_base).collect::<Vec<_>>(),
        "right_bases": prominences.iter().map(|p| p.right_base).collect::<Vec<_>>(),
        "widths": of(&mut widths.iter().map(|w| w.width)),
        "width_heights": of(&mut widths.iter().map(|w| w.height)),
        "left_ips": of(&mut widths.iter().map(|w| w.left)),
        "right_ips": of(&mut widths.iter().map(|w| w.right)),
        "plateau_sizes": peaks.plateaus.iter().map(|p| p.size()).collect::<Vec<_>>(),
        "left_edges": peaks.plateaus.iter().map(|p| p.left_edge).collect::<Vec<_>>(),
        "right_edges": peaks.plateaus.iter().map(|p| p.right_edge).collect::<Vec<_>>(),
    }))
}

/// `se` is null unless the noise is known. With `noise_sd`, the SD of the raw channel's white noise, it is that of a curve
/// that went through the zero-phase low-pass of `cutoff`, `order` (per pass) and `rate`, or through nothing when there is
/// no `cutoff`. A fit to more than three samples has one without `noise_sd` too: from its own residuals, for independent
/// noise.
fn subsample_peak(request: &Request<'_>) -> Answer {
    let x = request.numbers("x")?;
    let index = request.count("index")?;
    let noise = match request.field("noise_sd") {
        None => None,
        Some(_) => Some((request.number("noise_sd")?, response(request)?)),
    };
    let (position, value, se) = match request.text("method")? {
        "parabola" => {
            let vertex = parabola(&x, index).map_err(text)?;
            let of_noise = |(sigma, response): (f64, ImpulseResponse)| {
                let noise = TimingNoise::from_response(sigma, &response).map_err(text)?;
                Ok::<_, String>(noise.standard_error_samples(vertex.second_difference))
            };
            (vertex.position, vertex.value, noise.map(of_noise).transpose()?)
        }
        "quadratic" => {
            let fit =
                Quadratic::new(request.count("half_width")?).and_then(|q| q.fit(&x, index)).map_err(text)?;
            let se = match noise {
                Some((sigma, response)) => Some(fit.standard_error_samples(sigma, &response)),
                None => fit.white_noise_error(),
            };
            (fit.position, fit.value, se)
        }
        other => return Err(format!("unknown method {other:?}")),
    };
    Ok(json!({ "position": position, "value": value, "se": se.filter(|se| se.is_finite()) }))
}

fn response(request: &Request<'_>) -> Result<ImpulseResponse, String> {
    if request.field("cutoff").is_none() {
        return Ok(ImpulseResponse::identity());
    }
    let rate = Rate::from_hz(request.number("rate")?).map_err(text)?;
    let filter = ZeroPhase::low_pass(request.count("order")?, request.number("cutoff")?, rate);
    filter.and_then(|filter| ImpulseResponse::from_filter(&filter)).map_err(text)
}
