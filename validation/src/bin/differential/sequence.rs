//! Operations of the area `sequence`.

use crate::json::{Answer, Request};
use copeak::Rate;
use copeak::inference::{Bootstrap, Strides};
use copeak::sequence::lag::CommonError;
use copeak::sequence::{CrossCorrelation, Cycle, PhaseSlope, Sequence, SequenceChannel, Timing, order};
use serde_json::json;

/// Returns the answer, when `op` belongs to this area.
pub fn answer(op: &str, request: &Request<'_>) -> Option<Answer> {
    match op {
        "lag" => Some(lag(request)),
        "lag_mean" => Some(lag_mean(request)),
        "order" => Some(channel_order(request)),
        "phase_slope" => Some(phase_slope(request)),
        _ => None,
    }
}

fn text(error: copeak::Error) -> String {
    error.to_string()
}

fn lag(request: &Request<'_>) -> Answer {
    let (x, y) = (request.numbers("x")?, request.numbers("y")?);
    let rate = Rate::from_hz(request.number("rate")?).map_err(text)?;
    let mut finder = CrossCorrelation::new(request.number("max_lag_s")?).map_err(text)?;
    if request.field("min_overlap").is_some() {
        finder = finder.least_overlap(request.number("min_overlap")?);
    }
    if request.flag_or("circular", false)? {
        finder = finder.circular();
    }
    if request.flag_or("whole", false)? {
        finder = finder.normalised_by_whole();
    }
    let found = finder.find(&x, &y, rate).map_err(text)?;
    Ok(json!({
        "lag_s": found.lag_s,
        "r": found.r,
        "second_lag_s": found.second_lag_s,
        "second_r": found.second_r,
    }))
}

fn channel_order(request: &Request<'_>) -> Answer {
    let order = order(&request.rows("times")?).map_err(text)?;
    Ok(json!({
        "kendall_tau": order.mean_kendall_tau,
        "order_probability": order.probability.value,
        "order_ci": order.probability.ci,
        "probability_p": order.probability_p,
        "kendall_s": order.kendall.s,
        "kendall_p": order.kendall.p,
        "page_l": order.page.map(|page| page.l),
        "page_p": order.page.map(|page| page.p),
        "n": order.probability.n,
        "incomplete": order.incomplete,
    }))
}

/// Mean lag of `second` behind `first` (times, one a cycle) and its change from the lags in `earlier`.
fn lag_mean(request: &Request<'_>) -> Answer {
    let sync_se_s = request.number_or("sync_se_s", 0.0)?;
    let of = |lags: &[f64]| {
        let second = SequenceChannel::new("second").on_device("other", sync_se_s);
        let cycle = |lag: &f64| Cycle {
            start_s: 0.0,
            duration_s: 1.0,
            contact_s: Some(0.25),
            times: vec![Some(Timing::at(0.0)), Some(Timing::at(*lag))],
        };
        let cycles: Vec<Cycle> = lags.iter().map(cycle).collect();
        let bootstrap = Bootstrap::new(1).replicates(1);
        let strides = Strides::ungrouped(lags.len());
        let found = Sequence::of(&[SequenceChannel::new("first"), second], &cycles, &strides, &bootstrap)
            .map_err(text)?;
        Ok::<_, String>(found.pairs[0].clone())
    };
    let lag = of(&request.numbers("lags")?)?;
    let change = match request.field("earlier") {
        Some(_) => {
            Some(lag.change_from(&of(&request.numbers("earlier")?)?, CommonError::Separate).map_err(text)?)
        }
        None => None,
    };
    Ok(json!({
        "lag_s": lag.mean_s.value,
        "ci": lag.mean_s.ci,
        "p": lag.p,
        "relation": lag.relation.as_str(),
        "change_s": change.map(|change| change.value),
        "change_ci": change.and_then(|change| change.ci),
    }))
}

/// `first` and `second`: rows, one a cycle.
fn phase_slope(request: &Request<'_>) -> Answer {
    let (first, second) = (request.rows("first")?, request.rows("second")?);
    let cycles: Vec<(Vec<f64>, Vec<f64>)> = first.into_iter().zip(second).collect();
    let rate = Rate::from_hz(request.number("rate")?).map_err(text)?;
    let mut slope = PhaseSlope::new(request.number("low")?, request.number("high")?).map_err(text)?;
    if request.flag_or("circular", false)? {
        slope = slope.circular();
    }
    let found = slope.find(&cycles, rate, &Strides::ungrouped(cycles.len())).map_err(text)?;
    Ok(
        json!({ "lag_s": found.lag_s.value, "ci": found.lag_s.ci, "fit": found.fit, "coherence": found.coherence }),
    )
}
