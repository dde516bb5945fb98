//! Operations of the area `filter`: windows that move along the record.

use crate::json::{Answer, Request};
use copeak::filter::moving::{Edge, Periodic};
use copeak::filter::{Filter, Hampel, MovingMean, MovingMedian, MovingRms, SavitzkyGolay};
use copeak::stage::{Causal, Collect};
use copeak::{Analysis, Flush, Rate, Stage};
use serde_json::json;

/// The answer, when `op` belongs to this part of the area.
pub fn answer(op: &str, request: &Request<'_>) -> Option<Answer> {
    match op {
        "savgol" => Some(savgol(request)),
        "moving" => Some(moving(request)),
        "hampel" => Some(hampel(request)),
        _ => None,
    }
}

/// The default mode is interp; `stream` asks for the late stage instead of the whole record.
fn savgol(request: &Request<'_>) -> Answer {
    let x = request.numbers("x")?;
    let filter = SavitzkyGolay::new(request.count("window")?, request.count("degree")?).map_err(text)?;
    let filter = match request.count_or("derivative", 0)? {
        0 => filter,
        order => {
            let rate = Rate::from_hz(request.number("rate")?).map_err(text)?;
            filter.derivative(order, rate)
        }
    };
    let y = match ends(request, "mode")? {
        Some(edge) => with(request, filter.edge(edge), &x)?,
        None => filter.periodic().apply(&x).map_err(text)?,
    };
    Ok(json!({ "y": y }))
}

fn moving(request: &Request<'_>) -> Answer {
    let window = request.count("window")?;
    let y = match request.text("kind")? {
        "mean" => statistic(request, MovingMean::new(window), MovingMean::edge, MovingMean::periodic),
        "median" => statistic(request, MovingMedian::new(window), MovingMedian::edge, MovingMedian::periodic),
        "rms" => statistic(request, MovingRms::new(window), MovingRms::edge, MovingRms::periodic),
        "trailing_mean" => causal(request, MovingMean::trailing(window)),
        "trailing_median" => causal(request, MovingMedian::trailing(window)),
        "trailing_rms" => causal(request, MovingRms::trailing(window)),
        other => Err(format!("kind {other:?} is none of mean, median, rms, trailing_mean, ...")),
    };
    Ok(json!({ "y": y? }))
}

fn hampel(request: &Request<'_>) -> Answer {
    let x = request.numbers("x")?;
    let filter = Hampel::new(request.count("window")?, request.number("threshold")?).map_err(text)?;
    let filter = filter.least_scale(request.number_or("least_scale", 0.0)?);
    let Some(edge) = ends(request, "edge")? else {
        return Ok(json!({ "y": filter.periodic().apply(&x).map_err(text)? }));
    };
    let filter = filter.edge(edge);
    let cleaned = filter.clean(&x).map_err(text)?;
    let streamed = with(request, filter, &x)?;
    Ok(json!({ "y": streamed, "replaced": cleaned.replaced }))
}

/// `None` for the periodic form. `cval` is the value of constant.
fn ends(request: &Request<'_>, key: &str) -> Result<Option<Edge>, String> {
    let name = if request.field(key).is_some() { request.text(key)? } else { "inside" };
    Ok(Some(match name {
        "interp" | "inside" => Edge::Inside,
        "nearest" => Edge::Nearest,
        "mirror" => Edge::Mirror,
        "reflect" => Edge::Reflect,
        "constant" => Edge::Constant(request.number_or("cval", 0.0)?),
        "wrap" => return Ok(None),
        other => {
            return Err(format!(
                "{key} {other:?} is none of interp, nearest, mirror, reflect, constant, wrap"
            ));
        }
    }))
}

fn with<F>(request: &Request<'_>, filter: F, x: &[f64]) -> Result<Vec<f64>, String>
where
    F: Filter<f64> + Flush<f64, Output = Option<f64>>,
{
    if request.flag_or("stream", false)? { Collect(filter).analyze(x) } else { filter.apply(x) }.map_err(text)
}

fn statistic<F>(
    request: &Request<'_>,
    filter: copeak::Result<F>,
    edge: fn(F, Edge) -> F,
    periodic: fn(F) -> Periodic<F>,
) -> Result<Vec<f64>, String>
where
    F: Filter<f64> + Flush<f64, Output = Option<f64>>,
    Periodic<F>: Filter<f64>,
{
    let (filter, x) = (filter.map_err(text)?, request.numbers("x")?);
    match ends(request, "edge")? {
        Some(ends) => with(request, edge(filter, ends), &x),
        None => periodic(filter).apply(&x).map_err(text),
    }
}

fn causal<P>(request: &Request<'_>, stage: copeak::Result<P>) -> Result<Vec<f64>, String>
where
    P: Stage<f64, Output = f64>,
{
    Causal(stage.map_err(text)?).analyze(&request.numbers("x")?).map_err(text)
}

fn text(error: copeak::Error) -> String {
    error.to_string()
}
