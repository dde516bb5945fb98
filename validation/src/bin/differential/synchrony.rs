//! Operations of the area `synchrony`: phases, and what runs through a whole record.

use crate::json::{Answer, Request};
use copeak::Rate;
use copeak::inference::{Permutations, Strides};
use copeak::synchrony::{
    Analytic, Circular, Coherence, CouplingAngles, Locking, Phases, RelativePhase,
    cycles::{CouplingCycles, RelativePhaseCycles},
    same_direction,
    spectrum::SegmentTaper,
};
use serde_json::{Value, json};

/// Returns the answer, when `op` belongs to this area.
pub fn answer(op: &str, request: &Request<'_>) -> Option<Answer> {
    Some(match op {
        "circular" => circular(request),
        "analytic_phase" => analytic_phase(request),
        "plv" => plv(request),
        "kuramoto" => kuramoto(request),
        "cluster_phase" => cluster_phase(request),
        "relative_phase" => relative_phase(request),
        "coupling_angle" => coupling_angle(request),
        "coherence" => coherence(request),
        "locking" => locking(request),
        _ => return None,
    })
}

/// The library's refusal as text.
fn said<T>(result: copeak::Result<T>) -> Result<T, String> {
    result.map_err(|error| error.to_string())
}

fn circular(request: &Request<'_>) -> Answer {
    let phases = request.numbers("phase")?;
    let summary = said(match request.field("weights") {
        Some(_) => Circular::weighted(&phases, &request.numbers("weights")?),
        None => Circular::of(&phases),
    })?;
    let mut answer = json!({
        "mean": summary.mean,
        "resultant": summary.resultant,
        "sd": finite(summary.sd_rad()),
        "rayleigh_p": summary.rayleigh_p(),
        "simultaneity": summary.simultaneity(),
        "rayleigh_exact_p": summary.rayleigh_exact_p(),
        "ci": said(summary.mean_interval(request.number_or("level", 0.95)?))?,
    });
    if request.field("expected").is_some() {
        let test = said(summary.v_test(request.number("expected")?))?;
        answer["v_test"] = json!({ "v": test.v, "u": test.u, "p": test.p });
    }
    if request.field("other").is_some() {
        let others = request.numbers("other")?;
        let test = said(summary.watson_williams(&said(Circular::of(&others))?))?;
        answer["watson_williams"] =
            json!({ "f": test.f, "df": test.freedom, "p": test.p, "kappa": test.concentration });
        let (replicates, seed) = (request.count_or("replicates", 999)?, request.count_or("seed", 1)? as u64);
        let test = said(same_direction(&phases, &others, &Permutations::new(seed).count(replicates)))?;
        answer["same_direction"] = json!({ "difference": test.difference, "p": test.p });
    }
    Ok(answer)
}

fn analytic_phase(request: &Request<'_>) -> Answer {
    let x = request.numbers("x")?;
    let analytic = said(match request.field("bridge") {
        Some(_) => Analytic::bridged(&x, request.count("bridge")?),
        None => Analytic::of(&x),
    })?;
    Ok(json!({ "phase": analytic.phase_rad(), "amplitude": analytic.amplitude() }))
}

/// Of two channels, or of two rows of phases in radians (`phases`).
fn plv(request: &Request<'_>) -> Answer {
    let phases = said(match request.field("phases") {
        Some(_) => Phases::from_radians(&request.rows("phases")?),
        None => Phases::of(&[request.numbers("x")?, request.numbers("y")?]),
    })?;
    let pair = said(phases.pair(0, 1))?;
    Ok(json!({ "plv": pair.plv, "ppc": pair.ppc, "lag": pair.lag, "matrix": phases.plv_matrix() }))
}

fn kuramoto(request: &Request<'_>) -> Answer {
    Ok(json!({ "r": said(Phases::of(&request.rows("x")?))?.kuramoto() }))
}

fn cluster_phase(request: &Request<'_>) -> Answer {
    let group = said(Phases::of(&request.rows("x")?))?.cluster_phase();
    Ok(json!({
        "rho_group": group.synchrony,
        "rho": group.members,
        "rho_group_i": group.over_time,
        "distance": group.distances_rad,
    }))
}

/// One cycle each, or rows of cycles.
fn relative_phase(request: &Request<'_>) -> Answer {
    if !rows_given(request, "proximal") {
        let relative = said(RelativePhase::of(&request.numbers("proximal")?, &request.numbers("distal")?))?;
        let marp = relative.mean_absolute_deg();
        return Ok(json!({ "crp_deg": relative.degrees, "marp_deg": marp, "dp_deg": null }));
    }
    let (proximal, distal) = (request.rows("proximal")?, request.rows("distal")?);
    same_count(&proximal, &distal)?;
    let cycles = proximal.iter().zip(&distal).map(|(p, d)| RelativePhase::of(p, d));
    let cycles = said(cycles.collect::<copeak::Result<Vec<_>>>())?;
    let all = said(RelativePhaseCycles::of(&cycles))?;
    Ok(json!({
        "crp_deg": cycles.iter().map(|cycle| &cycle.degrees).collect::<Vec<_>>(),
        "marp_deg": all.mean_absolute_deg(),
        "dp_deg": all.deviation_deg(),
        "mean_deg": all.mean_deg,
        "sd_deg": all.sd_deg,
    }))
}

/// One cycle each, or rows of cycles.
fn coupling_angle(request: &Request<'_>) -> Answer {
    if !rows_given(request, "proximal") {
        let coupling = said(CouplingAngles::of(&request.numbers("proximal")?, &request.numbers("distal")?))?;
        let (mean, bins) = (coupling.mean_deg(), coupling.bins());
        return Ok(json!({ "angle_deg": nulls(&coupling.degrees), "mean_deg": mean, "bins": bins }));
    }
    let (proximal, distal) = (request.rows("proximal")?, request.rows("distal")?);
    same_count(&proximal, &distal)?;
    let cycles = proximal.iter().zip(&distal).map(|(p, d)| CouplingAngles::of(p, d));
    let cycles = said(cycles.collect::<copeak::Result<Vec<_>>>())?;
    let all = said(CouplingCycles::of(&cycles))?;
    let mut bins = [0; 8];
    cycles.iter().for_each(|cycle| bins.iter_mut().zip(cycle.bins()).for_each(|(sum, bin)| *sum += bin));
    Ok(json!({
        "angle_deg": cycles.iter().map(|cycle| nulls(&cycle.degrees)).collect::<Vec<_>>(),
        "mean_deg": nulls(&all.mean_deg),
        "variability_deg": nulls(&all.variability_deg),
        "bins": bins,
    }))
}

fn coherence(request: &Request<'_>) -> Answer {
    let segment = request.count("nperseg")?;
    let taper = match request.field("window").map(|_| request.text("window")).transpose()? {
        None | Some("hann") => SegmentTaper::Hann,
        Some("hann_symmetric") => SegmentTaper::HannSymmetric,
        Some("boxcar") => SegmentTaper::Boxcar,
        Some(other) => return Err(format!("unknown window {other:?}")),
    };
    let coherence = said(
        Rate::from_hz(request.number("rate")?)
            .and_then(|rate| Coherence::new(rate, segment))
            .map(|coherence| coherence.taper(taper)),
    )?;
    let coherence = coherence.overlap(request.count_or("noverlap", segment / 2)?);
    let spectrum = said(coherence.of(&request.numbers("x")?, &request.numbers("y")?))?;
    Ok(json!({
        "frequency_hz": spectrum.frequency_hz,
        "coherence": nulls(&spectrum.value),
        "segments": spectrum.segments,
        "effective_segments": spectrum.effective_segments,
        "limit": said(spectrum.limit(request.number_or("level", 0.95)?))?,
    }))
}

/// Of two contributors' phases, one per cycle, in cycles.
fn locking(request: &Request<'_>) -> Answer {
    let (a, b) = (request.numbers("a")?, request.numbers("b")?);
    let estimate =
        said(Locking::interval(&a, &b, &Strides::ungrouped(a.len()), request.number_or("level", 0.95)?))?;
    let pair = said(Locking::of(&a, &b))?;
    Ok(json!({ "value": estimate.value, "ci": estimate.ci, "lag": pair.lag, "n": pair.n }))
}

fn rows_given(request: &Request<'_>, key: &str) -> bool {
    request.field(key).and_then(Value::as_array).and_then(|rows| rows.first()).is_some_and(Value::is_array)
}

fn same_count(proximal: &[Vec<f64>], distal: &[Vec<f64>]) -> Result<(), String> {
    match (proximal.len(), distal.len()) {
        (p, d) if p == d => Ok(()),
        (p, d) => Err(format!("{p} proximal and {d} distal cycles")),
    }
}

fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}

fn nulls(values: &[f64]) -> Vec<Option<f64>> {
    values.iter().map(|value| finite(*value)).collect()
}
