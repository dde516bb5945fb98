//! Operations of the area `filter`.
//!
//! A design is given by `rate` and `family`:
//!
//! - `butterworth`: `kind` low/high/band/stop, `order` per pass, `cutoff` a number or [low, high];
//! - `critically_damped`: `kind` low/high, `order` per pass, `cutoff`;
//! - `notch`: `centre`, and `bandwidth` or `quality`.
//!
//! | `op` | request besides the design | answer |
//! |---|---|---|
//! | `filter` | `mode` causal/zero_phase, `corrected` bool, `x` | `y` |
//! | `design` | `passes`, `corrected` | `sos`, `effective_cutoff`, `effective_order` |
//! | `group_delay` | `frequencies` in Hz | `samples` |
//! | `tkeo` | only `x` | `y` |
//! | `envelope` | instead of the design: `rate`, `band` and `smooth`, a design each; `mode`, `corrected`, `x` | `y`, causal also `delay` in samples |

use crate::json::{Answer, Request};
use copeak::filter::{
    Band, Butterworth, Cascade, CriticallyDamped, Design, Envelope, Filter, Notch, Section, Tkeo, ZeroPhase,
};
use copeak::{Analysis, GroupDelay, Rate, stage::Causal};
use serde_json::json;

/// Returns the answer, when `op` belongs to this area.
pub fn answer(op: &str, request: &Request<'_>) -> Option<Answer> {
    match op {
        "filter" => Some(filter(request)),
        "design" => Some(design(request)),
        "group_delay" => Some(group_delay(request)),
        "tkeo" => Some(tkeo(request)),
        "envelope" => Some(envelope(request)),
        _ => None,
    }
}

fn filter(request: &Request<'_>) -> Answer {
    let x = request.numbers("x")?;
    let (passes, corrected) = (passes(request)?, request.flag_or("corrected", false)?);
    let cascade = cascade(of_family(request, rate(request)?)?, passes, corrected)?;
    let y = if passes == 1 {
        Causal(cascade).analyze(&x)
    } else {
        ZeroPhase::single_pass_cutoff(cascade).apply(&x)
    };
    Ok(json!({ "y": y.map_err(text)? }))
}

fn design(request: &Request<'_>) -> Answer {
    let passes = request.count_or("passes", 1)?;
    let asked = of_family(request, rate(request)?)?;
    let design =
        if request.flag_or("corrected", false)? { asked.for_passes(passes).map_err(text)? } else { asked };
    let row = |section: Section<f64>| {
        let ([b0, b1, b2], [a1, a2]) = (section.numerator(), section.denominator());
        [b0, b1, b2, 1.0, a1, a2]
    };
    let sos: Vec<_> = design.iter().map_err(text)?.map(row).collect();
    let effective_cutoff = match design.effective_cutoff_hz(passes).map_err(text)?.cutoffs_hz() {
        (low, Some(high)) => json!([low, high]),
        (cutoff, None) => json!(cutoff),
    };
    let effective_order = design.effective_order(passes).map_err(text)?;
    Ok(json!({ "sos": sos, "effective_cutoff": effective_cutoff, "effective_order": effective_order }))
}

fn group_delay(request: &Request<'_>) -> Answer {
    let rate = rate(request)?;
    let cascade = of_family(request, rate)?.cascade().map_err(text)?;
    let samples: Vec<_> =
        request.numbers("frequencies")?.iter().map(|f| cascade.group_delay(f / rate.as_hz())).collect();
    Ok(json!({ "samples": samples }))
}

fn tkeo(request: &Request<'_>) -> Answer {
    Ok(json!({ "y": Tkeo.apply(&request.numbers("x")?).map_err(text)? }))
}

fn envelope(request: &Request<'_>) -> Answer {
    let x = request.numbers("x")?;
    let (rate, passes, corrected) = (rate(request)?, passes(request)?, request.flag_or("corrected", false)?);
    let part = |key: &str| {
        let value = request.field(key).ok_or_else(|| format!("field {key} is missing"))?;
        cascade(of_family(&Request::new(value)?, rate)?, passes, corrected)
    };
    let (band, smooth) = (part("band")?, part("smooth")?);
    if passes == 1 {
        let envelope = Envelope::new(band, smooth);
        let delay = envelope.group_delay(0.0);
        Ok(json!({ "y": Causal(envelope).analyze(&x).map_err(text)?, "delay": delay }))
    } else {
        let envelope =
            Envelope::new(ZeroPhase::single_pass_cutoff(band), ZeroPhase::single_pass_cutoff(smooth));
        Ok(json!({ "y": envelope.apply(&x).map_err(text)? }))
    }
}

fn rate(request: &Request<'_>) -> Result<Rate, String> {
    Rate::from_hz(request.number("rate")?).map_err(text)
}

fn passes(request: &Request<'_>) -> Result<usize, String> {
    match request.text("mode")? {
        "causal" => Ok(1),
        "zero_phase" => Ok(2),
        other => Err(format!("mode {other:?} is neither causal nor zero_phase")),
    }
}

fn cascade(design: Design, passes: usize, corrected: bool) -> Result<Cascade, String> {
    let design = if corrected { design.for_passes(passes).map_err(text)? } else { design };
    design.cascade().map_err(text)
}

/// The design asked for, as it stands.
fn of_family(request: &Request<'_>, rate: Rate) -> Result<Design, String> {
    match request.text("family")? {
        "butterworth" => {
            let order = request.count("order")?;
            Butterworth::new(order, band(request)?, rate).map(Design::from).map_err(text)
        }
        "critically_damped" => {
            let order = request.count("order")?;
            CriticallyDamped::new(order, band(request)?, rate).map(Design::from).map_err(text)
        }
        "notch" => {
            let centre = request.number("centre")?;
            let notch = match request.field("quality") {
                Some(_) => Notch::from_quality(centre, request.number("quality")?, rate),
                None => Notch::new(centre, request.number("bandwidth")?, rate),
            };
            notch.map(Design::from).map_err(text)
        }
        other => Err(format!("family {other:?} is none of butterworth, critically_damped, notch")),
    }
}

fn band(request: &Request<'_>) -> Result<Band, String> {
    let kind = request.text("kind")?;
    let edges = match kind {
        "low" | "high" => vec![request.number("cutoff")?],
        _ => request.numbers("cutoff")?,
    };
    match (kind, edges.as_slice()) {
        ("low", &[f]) => Ok(Band::Low(f)),
        ("high", &[f]) => Ok(Band::High(f)),
        ("band", &[low, high]) => Ok(Band::Pass(low, high)),
        ("stop", &[low, high]) => Ok(Band::Stop(low, high)),
        ("band" | "stop", _) => Err("field cutoff needs a lower and an upper edge".into()),
        _ => Err(format!("kind {kind:?} is none of low, high, band, stop")),
    }
}

fn text(error: copeak::Error) -> String {
    error.to_string()
}
