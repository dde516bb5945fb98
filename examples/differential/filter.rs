//! Ops of the room `filter`.

use crate::json::{Answer, Request};
use copeak::filter::{Band, Butterworth, Filter, Section, ZeroPhase};
use copeak::{Analysis, Rate, stage::Causal};
use serde_json::json;

/// The answer, when `op` belongs to this room.
pub fn answer(op: &str, request: &Request<'_>) -> Option<Answer> {
    match op {
        "filter" => Some(filter(request)),
        "design" => Some(design(request)),
        _ => None,
    }
}

fn filter(request: &Request<'_>) -> Answer {
    let x = request.numbers("x")?;
    let passes = match request.text("mode")? {
        "causal" => 1,
        "zero_phase" => 2,
        other => return Err(format!("mode {other:?} is neither causal nor zero_phase")),
    };
    let cascade = butterworth(request, passes)?.cascade().map_err(text)?;
    let y = if passes == 1 { Causal(cascade).analyze(&x) } else { ZeroPhase::uncorrected(cascade).apply(&x) };
    Ok(json!({ "y": y.map_err(text)? }))
}

fn design(request: &Request<'_>) -> Answer {
    let passes = request.count_or("passes", 1)?;
    let design = butterworth(request, passes)?;
    let row = |section: Section<f64>| {
        let ([b0, b1, b2], [a1, a2]) = (section.numerator(), section.denominator());
        [b0, b1, b2, 1.0, a1, a2]
    };
    let sos: Vec<_> = design.iter().map_err(text)?.map(row).collect();
    let effective_cutoff = match design.effective_cutoff_hz(passes).map_err(text)?.cutoffs_hz() {
        (low, Some(high)) => json!([low, high]),
        (cutoff, None) => json!(cutoff),
    };
    Ok(json!({ "sos": sos, "effective_cutoff": effective_cutoff }))
}

/// The design asked for, corrected for `passes` when wanted.
fn butterworth(request: &Request<'_>, passes: usize) -> Result<Butterworth, String> {
    match request.text("family")? {
        "butterworth" => {}
        other => return Err(format!("family {other:?} is not known")),
    }
    let kind = request.text("kind")?;
    let edges = match kind {
        "low" | "high" => vec![request.number("cutoff")?],
        _ => request.numbers("cutoff")?,
    };
    let band = match (kind, edges.as_slice()) {
        ("low", &[f]) => Band::Low(f),
        ("high", &[f]) => Band::High(f),
        ("band", &[low, high]) => Band::Pass(low, high),
        ("stop", &[low, high]) => Band::Stop(low, high),
        ("band" | "stop", _) => return Err("field cutoff needs a lower and an upper edge".into()),
        _ => return Err(format!("kind {kind:?} is none of low, high, band, stop")),
    };
    let rate = Rate::hz(request.number("rate")?).map_err(text)?;
    let design = Butterworth::new(request.count("order")?, band, rate).map_err(text)?;
    if request.flag_or("corrected", false)? { design.for_passes(passes).map_err(text) } else { Ok(design) }
}

fn text(error: copeak::Error) -> String {
    error.to_string()
}
