//! Results as Markdown and JSON.

use super::limbs::{LIMBS, QUESTIONS, Runner};
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

/// With its interval; one that is wider than `most` has no information.
fn interval(estimate: &Estimate, scale: f64, digits: usize, most: f64) -> String {
    let value = format!("{:+.digits$}", scale * estimate.value);
    match estimate.ci {
        Some(ci) if ci.width() > most => format!("{value} [cannot tell]"),
        Some(ci) => format!("{value} {:+.digits$}", ci.scaled(scale)),
        None => format!("{value} [-]"),
    }
}

pub fn markdown(runners: &[Runner], trends: &[Trend]) -> String {
    let mut text = String::from(
        "# Arms and legs: locked, and how simultaneous?\n\n\
        Written by `scripts/validate synchrony --docs`, which also reads every peak and lag a second time with SciPy.\n\n\
        ![Lag of the opposite arm behind the leg, and locking, against speed](synchrony.svg)\n\n\
        The event of each limb is its fastest forward swing in a stride: the peak of the flexion velocity of hip or shoulder (angles \
        low-passed at 15 Hz, zero-phase). The lag is the time from the first limb's peak to the second's, minus half a stride between two legs or two arms: **negative means that the second comes early**. Leg and opposite arm pool both sides. Brackets: \
        95 % intervals, of lags with the stride as unit (right and left averaged), of locking with the swing as unit, where a \
        difference between the sides counts as scatter. With this few strides intervals are approximate, and with three or fewer often wider than the stride (\"cannot tell\"). \
        \"Phase\" is the same lag at the stride's own frequency (first harmonic, Hilbert transform), for each pair; PLV is over the samples of that wave, at most one of which per stride is independent.\n",
    );
    for (place, (question, ..)) in QUESTIONS.iter().enumerate() {
        let _ = write!(
            text,
            "\n## {question}\n\n| recording | speed, m/s | swings | strides | lag, ms | lag, % of stride | phase, % | locking | simultaneity | PLV |\n\
            |---|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n"
        );
        for runner in runners {
            let answer = &runner.answers[place];
            let phase: Vec<String> = answer.phase_percent.iter().map(|p| format!("{p:+.1}")).collect();
            let phase = phase.join(", ");
            let locking = match answer.locking.map(|l| (l.value, l.ci)) {
                Some((value, Some(ci))) => format!("{value:.3} {ci:.3}"),
                Some((value, None)) => format!("{value:.3} [-]"),
                None => "-".into(),
            };
            let _ = writeln!(
                text,
                "| {} | {:.2} | {} | {} | {} | {} | {phase} | {locking} | {:.3} | {:.3} |",
                runner.name,
                runner.speed_mps,
                answer.lags_s.len(),
                answer.lag_s.n,
                interval(&answer.lag_s, 1e3, 0, runner.stride_s),
                interval(&answer.lag_percent, 1.0, 1, 100.0),
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
    text.push_str("\nThe four limbs as a group (cluster phase at the stride's frequency, left leg and right arm shifted by half a cycle, because opposite limbs would otherwise cancel and leave the group without a phase): ");
    let groups = runners.iter().map(|r| format!("{:.4} at {:.2} m/s", r.group, r.speed_mps));
    text.push_str(&(groups.collect::<Vec<_>>().join(", ") + ".\n"));
    text.push_str(
        "\n## How to read it\n\n\
        - Locking is near 1 throughout: the distance between these limbs is constant from stride to stride. Locking does not measure how large that distance is; simultaneity and the lag do.\n\
        - A lag depends on the event that is timed. The fastest moment of the arm's swing can come well before that of the opposite leg \
        while the first harmonics of the same two angles are within two or three percent of each other: the curves differ in shape.\n\
        - Where the peak of the leg's velocity is flat, as in the second runner, its time scatters, and locking by peaks is lower than \
        locking by phase.\n\
        - Four trials of one athlete do not establish a trend, and with three intervals at 95 % one in seven such tables would show some trend by \
        chance.\n",
    );
    text
}

pub fn json(runners: &[Runner], trends: &[Trend]) -> Value {
    let recordings = runners.iter().map(|runner| {
        let peaks: serde_json::Map<String, Value> =
            LIMBS.iter().zip(&runner.peaks_s).map(|((name, _), times)| ((*name).into(), json!(times))).collect();
        let answers = runner.answers.iter().map(|a| {
            json!({
                "pair": a.question, "n": a.lags_s.len(), "strides": a.lag_s.n, "lags_s": a.lags_s, "lag_s": a.lag_s.value, "lag_ci": a.lag_s.ci,
                "lag_percent": a.lag_percent.value, "lag_percent_ci": a.lag_percent.ci, "locking": a.locking.map(|l| l.value),
                "locking_ci": a.locking.and_then(|l| l.ci), "approximate": a.locking.is_none_or(|l| l.approximate), "simultaneity": a.simultaneity,
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
