//! What was found, as Markdown and JSON.

use crate::limbs::{LIMBS, QUESTIONS, Runner};
use copeak::inference::{Estimate, distribution::student_quantile};
use serde_json::{Value, json};
use std::error::Error;
use std::fmt::Write;

/// Change of a lag with speed over one athlete's trials.
pub struct Trend {
    pub question: &'static str,
    /// Percent of the stride per m/s.
    pub slope: f64,
    pub ci: (f64, f64),
    pub trials: usize,
}

/// The athlete with trials enough for a line: the file names' first part.
fn athlete(runner: &Runner) -> &str {
    runner.name.split('_').next().unwrap_or_default()
}

/// For each question the slope of the lag against speed, trial by trial, of the athlete with the most trials.
pub fn trends(runners: &[Runner]) -> Result<Vec<Trend>, Box<dyn Error>> {
    let count = |name: &str| runners.iter().filter(|r| athlete(r) == name).count();
    let most = runners.iter().map(athlete).max_by_key(|name| count(name)).ok_or("no recording")?;
    let trials: Vec<&Runner> = runners.iter().filter(|r| athlete(r) == most).collect();
    if trials.len() < 3 {
        return Ok(Vec::new());
    }
    let line = |(place, (question, ..)): (usize, &(&'static str, _, _))| {
        let points = trials.iter().map(|r| (r.speed_mps, r.answers[place].lag_percent.value));
        let (slope, ci) = slope(&points.collect::<Vec<_>>());
        Trend { question, slope, ci, trials: trials.len() }
    };
    Ok(QUESTIONS.iter().enumerate().map(line).collect())
}

/// Slope of a line through points by least squares, with its 95 % interval.
fn slope(points: &[(f64, f64)]) -> (f64, (f64, f64)) {
    let n = points.len() as f64;
    let (x, y) = points.iter().fold((0.0, 0.0), |(x, y), p| (x + p.0 / n, y + p.1 / n));
    let square: f64 = points.iter().map(|p| (p.0 - x).powi(2)).sum();
    let slope = points.iter().map(|p| (p.0 - x) * (p.1 - y)).sum::<f64>() / square;
    let rest: f64 = points.iter().map(|p| (p.1 - y - slope * (p.0 - x)).powi(2)).sum();
    let reach = student_quantile(0.975, n - 2.0) * (rest / (n - 2.0) / square).sqrt();
    (slope, (slope - reach, slope + reach))
}

fn interval(estimate: &Estimate, scale: f64, digits: usize) -> String {
    let value = format!("{:+.digits$}", scale * estimate.value);
    match estimate.ci {
        Some((low, high)) => format!("{value} [{:+.digits$}, {:+.digits$}]", scale * low, scale * high),
        None => format!("{value} [-]"),
    }
}

pub fn markdown(runners: &[Runner], trends: &[Trend]) -> String {
    let mut text = String::from(
        "# Arms and legs: locked, and how simultaneous?\n\n\
        Written by `scripts/validate-synchrony --docs`, which also reads every peak and lag a second time with SciPy.\n\n\
        ![Lag of the opposite arm behind the leg, and locking, against speed](synchrony.svg)\n\n\
        Each limb's event is its fastest forward swing of a stride: the top of the flexion velocity of hip or shoulder (angles \
        low-passed at 15 Hz, zero-phase). The lag is that of the second limb's top behind the first's, less half a stride between \
        two legs or two arms: **negative means that the second comes early**. Both sides are pooled, so a difference between \
        them counts as scatter. Brackets: 95 % intervals, the stride as unit; with fewer than ten pairs they are approximate. \
        \"Phase\" is the same lag at the stride's own frequency (first harmonic, Hilbert transform), right and left pair; PLV is \
        over the samples of that wave, of which there is one independent one a stride at most.\n",
    );
    for (place, (question, ..)) in QUESTIONS.iter().enumerate() {
        let _ = write!(
            text,
            "\n## {question}\n\n| recording | speed, m/s | n | lag, ms | lag, % of stride | phase, % | locking | simultaneity | PLV |\n\
            |---|--:|--:|--:|--:|--:|--:|--:|--:|\n"
        );
        for runner in runners {
            let answer = &runner.answers[place];
            let [right, left] = answer.phase_percent;
            let locking = match answer.locking.ci {
                Some((low, high)) => format!("{:.3} [{low:.3}, {high:.3}]", answer.locking.value),
                None => format!("{:.3} [-]", answer.locking.value),
            };
            let _ = writeln!(
                text,
                "| {} | {:.2} | {} | {} | {} | {right:+.1}, {left:+.1} | {locking} | {:.3} | {:.3} |",
                runner.name,
                runner.speed_mps,
                answer.lags_s.len(),
                interval(&answer.lag_s, 1e3, 0),
                interval(&answer.lag_percent, 1.0, 1),
                answer.simultaneity,
                answer.plv,
            );
        }
    }
    text.push_str("\n## Trend with speed, one sprinter\n\n");
    for Trend { question, slope, ci: (low, high), trials } in trends {
        let reading = if *low > 0.0 || *high < 0.0 { "" } else { ": cannot tell" };
        let _ = writeln!(
            text,
            "- {question}: {slope:+.2} % of the stride per m/s, 95 % interval [{low:+.2}, {high:+.2}] ({trials} trials){reading}."
        );
    }
    text.push_str("\nThe four limbs as a group (cluster phase at the stride's frequency): ");
    let groups = runners.iter().map(|r| format!("{:.4} at {:.2} m/s", r.group, r.speed_mps));
    text.push_str(&(groups.collect::<Vec<_>>().join(", ") + ".\n"));
    text
}

pub fn json(runners: &[Runner], trends: &[Trend]) -> Value {
    let recordings = runners.iter().map(|runner| {
        let peaks: serde_json::Map<String, Value> =
            LIMBS.iter().zip(&runner.peaks_s).map(|((name, _), times)| ((*name).into(), json!(times))).collect();
        let answers = runner.answers.iter().map(|a| {
            json!({
                "pair": a.question, "n": a.lags_s.len(), "lags_s": a.lags_s, "lag_s": a.lag_s.value, "lag_ci": a.lag_s.ci,
                "lag_percent": a.lag_percent.value, "lag_percent_ci": a.lag_percent.ci, "locking": a.locking.value,
                "locking_ci": a.locking.ci, "approximate": a.locking.approximate, "simultaneity": a.simultaneity,
                "plv": a.plv, "phase_percent": a.phase_percent,
            })
        });
        json!({
            "file": runner.name, "speed_mps": runner.speed_mps, "stride_s": runner.stride_s, "peaks_s": peaks,
            "pairs": answers.collect::<Vec<_>>(), "group": runner.group,
        })
    });
    let trends = trends.iter().map(|t| {
        json!({ "pair": t.question, "percent_per_mps": t.slope, "ci": [t.ci.0, t.ci.1], "trials": t.trials })
    });
    json!({ "recordings": recordings.collect::<Vec<_>>(), "trends": trends.collect::<Vec<_>>() })
}
