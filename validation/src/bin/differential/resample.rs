//! Operations of the area `filter` that change the rate, differentiate, integrate, or choose a cut-off.

use crate::json::{Answer, Request};
use copeak::filter::cutoff::{ResidualAnalysis, yu_cutoff};
use copeak::filter::fir::Taper;
use copeak::filter::integration::Boundary;
use copeak::filter::resample::Padding;
use copeak::filter::{
    Band, CentralDifference, Filter, Fir, Integral, Resample, SecondDifference, SmoothDerivative, SpikeRepair,
};
use copeak::{Analysis, Rate, stage::Causal};
use serde_json::json;

/// The answer, when `op` belongs here.
pub fn answer(op: &str, request: &Request<'_>) -> Option<Answer> {
    match op {
        "resample" => Some(resample(request)),
        "fir" => Some(fir(request)),
        "derivative" => Some(derivative(request)),
        "integrate" => Some(integrate(request)),
        "repair_spikes" => Some(repair_spikes(request)),
        "residual_cutoff" => Some(residual_cutoff(request)),
        "yu_cutoff" => Some(second_opinion(request)),
        _ => None,
    }
}

/// `x`, `up`, `down`; optional `edge` (SciPy's padtype), `beta` (Kaiser), `taps`, `live` (through the streaming form).
fn resample(request: &Request<'_>) -> Answer {
    let x = request.numbers("x")?;
    let edge = match request.field("edge").map(|_| request.text("edge")).transpose()?.unwrap_or("constant") {
        "constant" => Padding::Zero,
        "mean" => Padding::Mean,
        "median" => Padding::Median,
        "minimum" => Padding::Minimum,
        "maximum" => Padding::Maximum,
        "edge" => Padding::Repeat,
        "line" => Padding::Line,
        "wrap" => Padding::Cycle,
        "reflect" => Padding::Reflect,
        "antireflect" => Padding::PointReflect,
        other => return Err(format!("edge {other:?} is not known")),
    };
    let mut design = Resample::new(request.count("up")?, request.count("down")?).map_err(text)?.padding(edge);
    if request.field("beta").is_some() {
        design = design.taper(Taper::Kaiser(request.number("beta")?));
    }
    if request.field("taps").is_some() {
        design = design.taps(&Fir::new(request.numbers("taps")?).map_err(text)?);
    }
    let mut y = vec![];
    if request.flag_or("live", false)? {
        let mut live = design.live().map_err(text)?;
        x.iter().for_each(|x| live.push(*x, |v| y.push(v)));
        live.flush(|v| y.push(v));
    } else {
        y = design.apply(&x).map_err(text)?;
    }
    Ok(json!({ "y": y }))
}

/// `count`, `kind` low/high/band/stop, `cutoff`, `rate`, `window` ("hamming", "hann", "boxcar" or Kaiser's beta); optional
/// `x` for the output of the causal filter.
fn fir(request: &Request<'_>) -> Answer {
    let rate = rate(request)?;
    let edges = request.numbers("cutoff")?;
    let band = match (request.text("kind")?, edges.as_slice()) {
        ("low", &[f]) => Band::Low(f),
        ("high", &[f]) => Band::High(f),
        ("band", &[low, high]) => Band::Pass(low, high),
        ("stop", &[low, high]) => Band::Stop(low, high),
        (kind, _) => return Err(format!("kind {kind:?} with {} cut-offs is not known", edges.len())),
    };
    let window = match request.text("window") {
        Ok("hamming") => Taper::Hamming,
        Ok("hann") => Taper::Hann,
        Ok("boxcar") => Taper::Rectangular,
        Ok(other) => return Err(format!("window {other:?} is not known")),
        Err(_) => Taper::Kaiser(request.number("window")?),
    };
    let filter = Fir::design(request.count("count")?, band, window, rate).map_err(text)?;
    let taps: Vec<f64> = filter.taps().collect();
    let y = match request.field("x") {
        Some(_) => Some(Causal(filter).analyze(&request.numbers("x")?).map_err(text)?),
        None => None,
    };
    Ok(json!({ "taps": taps, "y": y }))
}

/// `x`, `rate`, optional `degree` 1 or 2, `cutoff` and `order` (a zero-phase low-pass before it).
fn derivative(request: &Request<'_>) -> Answer {
    let (x, rate) = (request.numbers("x")?, rate(request)?);
    let degree = request.count_or("degree", 1)?;
    let y = if request.field("cutoff").is_some() {
        let (order, cutoff_hz) = (request.count_or("order", 2)?, request.number("cutoff")?);
        let filter = match degree {
            1 => SmoothDerivative::velocity(order, cutoff_hz, rate),
            2 => SmoothDerivative::acceleration(order, cutoff_hz, rate),
            _ => return Err("degree is neither 1 nor 2".into()),
        };
        filter.map_err(text)?.apply(&x)
    } else {
        match degree {
            1 => CentralDifference::new(rate).apply(&x),
            2 => SecondDifference::new(rate).apply(&x),
            _ => return Err("degree is neither 1 nor 2".into()),
        }
    };
    Ok(json!({ "y": y.map_err(text)? }))
}

/// `x`, `rate`, optional `rule` trapezoid/simpson, and what is known: `start`, or `ends`, or `mean`, or `periodic_mean`.
fn integrate(request: &Request<'_>) -> Answer {
    let x = request.numbers("x")?;
    let integral = Integral::new(rate(request)?);
    let integral = match request.field("rule").map(|_| request.text("rule")).transpose()? {
        None | Some("trapezoid") => integral,
        Some("simpson") => integral.simpson(),
        Some(other) => return Err(format!("rule {other:?} is neither trapezoid nor simpson")),
    };
    let known = if request.field("ends").is_some() {
        match request.numbers("ends")?.as_slice() {
            &[first, last] => Boundary::Ends(first, last),
            _ => return Err("field ends needs two numbers".into()),
        }
    } else if request.field("mean").is_some() {
        Boundary::Mean(request.number("mean")?)
    } else if request.field("periodic_mean").is_some() {
        Boundary::PeriodicMean(request.number("periodic_mean")?)
    } else {
        Boundary::Start(request.number_or("start", 0.0)?)
    };
    Ok(json!({ "y": integral.known(known).apply(&x).map_err(text)? }))
}

/// `x`, optional `threshold`, `widest`.
fn repair_spikes(request: &Request<'_>) -> Answer {
    let x = request.numbers("x")?;
    let repair = SpikeRepair::new()
        .threshold(request.number_or("threshold", 10.0)?)
        .widest(request.count_or("widest", 3)?);
    let runs: Vec<_> = repair.find(&x).map_err(text)?.into_iter().map(|r| [r.start, r.end]).collect();
    Ok(json!({ "y": repair.apply(&x).map_err(text)?, "runs": runs }))
}

/// `x`, `rate`, `order` per pass (default 2); the curve and its sensitivity in addition to the cut-off.
fn residual_cutoff(request: &Request<'_>) -> Answer {
    let analysis = ResidualAnalysis::new(rate(request)?).order(request.count_or("order", 2)?);
    let found = analysis.apply(&request.numbers("x")?).map_err(text)?;
    let sensitivity = Some(found.sensitivity()).filter(|s| s.is_finite());
    Ok(json!({
        "cutoff": found.cutoff_hz, "r2": found.r2, "intercept": found.intercept, "slope": found.slope,
        "range": [found.range_hz.0, found.range_hz.1], "sensitivity": sensitivity, "doubtful": found.is_doubtful(),
        "lower": found.lower_range_cutoff_hz, "higher": found.higher_range_cutoff_hz, "curve": found.curve,
    }))
}

/// `x`, `rate`.
fn second_opinion(request: &Request<'_>) -> Answer {
    let found = yu_cutoff(&request.numbers("x")?, rate(request)?).map_err(text)?;
    Ok(json!({
        "cutoff": found.cutoff_hz, "first": found.first_hz, "relative_residual": found.relative_residual,
        "sensitivity": found.sensitivity,
    }))
}

fn rate(request: &Request<'_>) -> Result<Rate, String> {
    Rate::from_hz(request.number("rate")?).map_err(text)
}

fn text(error: copeak::Error) -> String {
    error.to_string()
}
