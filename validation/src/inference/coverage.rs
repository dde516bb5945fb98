//! Intervals from independent units.

use crate::figure::{Figure, chance_widened, coverage, each, moments};
use crate::noise::Noise;
use copeak::Result;
use copeak::inference::{
    Bootstrap, Estimate,
    interval::BootstrapMethod,
    reliability::{Reliability, StridePlan},
    t_interval, wilson,
};

const STUDY: &str = "intervals of independent strides";
const NAME: &str = "coverage at 0.95";
const BOOTSTRAP_REPLICATES: usize = 999;
/// Random streams of these studies, apart from all others.
const STREAM: u64 = 1;

/// Coverage over sessions; judged unless the interval is marked approximate for another reason than few units.
fn figure(
    case: String,
    units: usize,
    sessions: usize,
    truth: f64,
    session: impl Fn(usize) -> Result<Estimate> + Sync,
) -> Result<Figure> {
    let estimates = each(sessions, session).into_iter().collect::<Result<Vec<Estimate>>>()?;
    let marked = estimates.iter().any(|estimate| estimate.approximate) && units >= 10;
    let (share, _) = coverage(estimates.iter().map(|estimate| estimate.ci), truth);
    let (low, high) = chance_widened(if units >= 10 { (0.92, 0.98) } else { (0.90, 1.0) }, sessions);
    let judged = !marked && units >= 3;
    Ok(Figure::new(STUDY, case, NAME, share).within_if(judged, low, high))
}

fn bootstrap(session: usize) -> Bootstrap {
    Bootstrap::new(session as u64).replicates(BOOTSTRAP_REPLICATES)
}

fn mean(values: &mut [f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// All intervals.
pub fn study(sessions: usize) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for n in [3, 4, 5, 7, 10, 25, 50] {
        let case = format!("mean, t-interval, {n} strides");
        figures.push(figure(case, n, sessions, 0.0, |session| {
            t_interval(&Noise::new(STREAM, session).normals(n), 0.95)
        })?);
    }
    for n in [3, 4, 5, 10, 25, 50] {
        let case = format!("ratio of means, expanded percentile, {n} strides");
        figures.push(figure(case, n, sessions, 0.3, |session| ratio(n, session))?);
    }
    for n in [5, 10, 25, 50] {
        let case = format!("median, percentile bootstrap, {n} strides");
        figures.push(figure(case, n, sessions, 0.0, |session| {
            bootstrap(session).median(&Noise::new(STREAM + 2, session).normals(n))
        })?);
    }
    let kinds = [
        ("percentile", BootstrapMethod::Percentile),
        ("BCa", BootstrapMethod::Bca),
        ("expanded percentile", BootstrapMethod::Expanded),
    ];
    for (name, kind) in kinds {
        for n in [5, 10, 30, 50] {
            let case = format!("mean, {name}, {n} strides");
            // Below 30 the plain methods are marked, and so reported only.
            let units = if kind == BootstrapMethod::Expanded || n >= 30 { n } else { 0 };
            figures.push(figure(case, units, sessions, 0.0, |session| {
                bootstrap(session).method(kind).of(&Noise::new(STREAM + 3, session).normals(n), mean)
            })?);
        }
    }
    // Skew strides: no interval of a mean promises its level for them.
    for n in [10, 50] {
        let skew = |session: usize| {
            (0..n)
                .map({
                    let mut noise = Noise::new(STREAM + 4, session);
                    move |_| noise.exponential()
                })
                .collect::<Vec<f64>>()
        };
        let case = format!("mean of exponential strides, t-interval, {n} strides");
        figures.push(figure(case, 0, sessions, 1.0, |session| t_interval(&skew(session), 0.95))?);
        let case = format!("mean of exponential strides, BCa, {n} strides");
        figures.push(figure(case, 0, sessions, 1.0, |session| {
            bootstrap(session).method(BootstrapMethod::Bca).of(&skew(session), mean)
        })?);
    }
    for n in [5, 10, 25, 50] {
        figures.push(proportion(n, sessions)?);
    }
    for (runners, days) in [(5, 2), (10, 2), (10, 4), (25, 2), (25, 3)] {
        // Variances 4 between runners, 0.25 between days, 1 within: ICC 4/5.25.
        let case = format!("ICC(2,1), {runners} runners x {days} days");
        figures.push(figure(case, runners, sessions, 4.0 / 5.25, |session| {
            let mut noise = Noise::new(STREAM + 6, session);
            let day: Vec<f64> = (0..days).map(|_| 0.5 * noise.normal()).collect();
            let rows: Vec<Vec<f64>> = (0..runners)
                .map(|_| {
                    let level = 2.0 * noise.normal();
                    day.iter().map(|day| level + day + noise.normal()).collect()
                })
                .collect();
            Ok(Reliability::of(&rows, 0.95)?.icc)
        })?);
    }
    for (half_width, assurance) in [(1.0, 0.8), (0.5, 0.8), (0.5, 0.95)] {
        figures.push(planned(half_width, assurance, sessions)?);
    }
    Ok(figures)
}

/// A ratio of two means that move together, as a shortfall is.
fn ratio(n: usize, session: usize) -> Result<Estimate> {
    let mut noise = Noise::new(STREAM + 1, session);
    let pairs: Vec<(f64, f64)> = (0..n)
        .map(|_| {
            let whole = 10.0 + noise.normal();
            (0.3 * whole + 0.5 * noise.normal(), whole)
        })
        .collect();
    bootstrap(session).interval(n, |picks| {
        let sum = picks.iter().fold((0.0, 0.0), |sum, &i| (sum.0 + pairs[i].0, sum.1 + pairs[i].1));
        sum.0 / sum.1
    })
}

/// Proportions anywhere between 0 and 1: for a single one the coverage of any interval jumps.
fn proportion(n: usize, sessions: usize) -> Result<Figure> {
    let held = each(sessions, |session| {
        let mut noise = Noise::new(STREAM + 5, session);
        let truth = noise.uniform();
        let successes = (0..n).filter(|_| noise.uniform() < truth).count();
        Ok(wilson(successes, n, 0.95)?.ci.is_some_and(|ci| ci.contains(truth)))
    });
    let held = held.into_iter().collect::<Result<Vec<bool>>>()?;
    let share = held.iter().filter(|&&held| held).count() as f64 / sessions as f64;
    let (low, high) = chance_widened(if n >= 10 { (0.92, 0.98) } else { (0.90, 1.0) }, sessions);
    let case = format!("proportion, Wilson, {n} trials, any true value");
    Ok(Figure::new(STUDY, case, NAME, share).within(low, high))
}

/// Sessions whose interval is at most as wide as planned for.
fn planned(half_width: f64, assurance: f64, sessions: usize) -> Result<Figure> {
    let n = StridePlan::new(1.0).assurance(assurance).strides(half_width)?;
    let narrow = each(sessions, |session| {
        // The plan speaks of independent strides; the interval's own look at their dependence is left out of it.
        let (_, sd) = moments(&Noise::new(STREAM + 7, session).normals(n));
        Ok(StridePlan::new(sd).half_width(n)?.is_some_and(|width| width <= half_width))
    });
    let narrow = narrow.into_iter().collect::<Result<Vec<bool>>>()?;
    let share = narrow.iter().filter(|&&narrow| narrow).count() as f64 / sessions as f64;
    let reach = 3.0 * (assurance * (1.0 - assurance) / sessions as f64).sqrt();
    let case = format!("planned for +/- {half_width} SD with assurance {assurance}: {n} strides");
    // One stride more than needed on average may only help.
    Ok(Figure::new("stride planning", case, "sessions at most as wide", share).within(assurance - reach, 1.0))
}
