//! Accuracy of contacts from joint angles, markers and inertial sensors: `scripts/validate events` runs this on the
//! recordings in `COPEAK_DATA`.
//!
//! Prints, per speed, bias and 95 % limits of agreement against force with each runner left out of the fit, the same
//! for held-out runners, and the constants of the crate next to those that the recordings give. Exits non-zero when a
//! target fails. `--json PATH` (`-` = standard output) writes the figures, `--markdown PATH` the tables of `docs/events.md`,
//! `--figure PATH` its drawing.

pub mod compare;
mod figure;
mod sections;
pub mod sensors;
mod table;

use crate::Error;
use crate::options::Options;
use compare::{Errors, Matched, Trial, errors, fit, matched, mean_sd, median, quantile};
use copeak::event::EventKind;
use copeak::event::calibration::KinematicCalibration;
use serde_json::{Value, json};
use std::{collections::BTreeMap, env, ffi::OsString, fs, path::PathBuf};

/// Runs the study with the arguments that follow its name, and returns whether everything that it requires holds.
///
/// # Errors
/// An unknown argument, or a failure of the study.
pub fn run(arguments: Vec<OsString>) -> Result<bool, Error> {
    let options = Options::read(arguments, &["json", "markdown", "figure"])?;
    let data =
        PathBuf::from(env::var_os("COPEAK_DATA").ok_or("set COPEAK_DATA to the folder of recordings")?);
    let trials = compare::treadmill(&data)?;
    let strangers = compare::held_out(&data)?;
    let mut report = Report { quiet: options.json_on_standard_output(), failures: Vec::new() };
    let mut figures = report.write(&trials, &strangers)?;
    figures["sensors"] = sections::all(&mut report, &data, &trials)?;
    figures["failures"] = json!(report.failures);
    options.write_json(&figures)?;
    if let Some(path) = &options.markdown {
        fs::write(path, table::page(&figures)?)?;
    }
    if let Some(path) = &options.figure {
        fs::write(path, figure::draw(&figures)?)?;
    }
    for failure in &report.failures {
        eprintln!("FAILED: {failure}");
    }
    Ok(report.failures.is_empty())
}

struct Report {
    quiet: bool,
    failures: Vec<String>,
}

impl Report {
    fn say(&self, line: &str) {
        if !self.quiet {
            println!("{line}");
        }
    }

    fn require(&mut self, holds: bool, what: String) {
        if !holds {
            self.failures.push(what);
        }
    }

    fn write(&mut self, trials: &[Trial], strangers: &[Trial]) -> Result<Value, Error> {
        let found: Vec<Matched> = trials.iter().map(matched).collect::<Result<_, _>>()?;
        let initial = fit(found.iter(), EventKind::InitialContact);
        let terminal = fit(found.iter(), EventKind::TerminalContact);
        let mut runners: Vec<&str> = trials.iter().map(|t| t.runner.as_str()).collect();
        runners.dedup();
        let left_out: Vec<Errors> = trials
            .iter()
            .zip(&found)
            .map(|(trial, m)| {
                let others =
                    || trials.iter().zip(&found).filter(|(t, _)| t.runner != trial.runner).map(|f| f.1);
                let first = fit(others(), EventKind::InitialContact);
                errors(m, first, fit(others(), EventKind::TerminalContact))
            })
            .collect();

        self.say("Kinematic minus force, ms; treadmill, each runner left out of the fit");
        self.say("event     speed     n    bias    SD   limits of agreement   median |e|  95 % |e|");
        let mut speeds: Vec<f64> = trials.iter().map(|t| t.speed).collect();
        speeds.sort_by(f64::total_cmp);
        speeds.dedup();
        let mut table = serde_json::Map::new();
        for (name, pick) in QUANTITIES {
            let at = |speed: Option<f64>| -> Vec<f64> {
                let here = trials.iter().zip(&left_out).filter(|(t, _)| speed.is_none_or(|v| t.speed == v));
                here.flat_map(|(_, e)| pick(e).to_vec()).collect()
            };
            let mut rows = Vec::new();
            for speed in speeds.iter().map(|&v| Some(v)).chain([None]) {
                let label = speed.map_or("all".into(), |v| format!("{v:.1}"));
                rows.push(self.row(name, &label, &at(speed)));
            }
            let bias = |runner: &&str| {
                let his = trials.iter().zip(&left_out).filter(|(t, _)| t.runner == **runner);
                median(his.flat_map(|(_, e)| pick(e).to_vec()).collect())
            };
            let biases: Vec<f64> = runners.iter().map(bias).collect();
            let shown: Vec<String> = biases.iter().map(|b| format!("{:.1}", b * 1e3)).collect();
            self.say(&format!(
                "{name:9} bias per runner: {}; SD {:.1}",
                shown.join(" "),
                mean_sd(&biases).1 * 1e3
            ));
            table.insert(name.into(), json!({ "rows": rows, "runner_bias_s": biases }));
        }
        let first: Vec<f64> = left_out.iter().flat_map(|e| e.initial.clone()).collect();
        let (middle, wide) = (quantile(&first, 0.5), quantile(&first, 0.95));
        self.require(middle <= 0.008, format!("initial contact: median error {middle} s above 8 ms"));
        self.require(wide <= 0.020, format!("initial contact: 95 % error {wide} s above 20 ms"));

        let count = |speed: Option<f64>| {
            let here =
                || trials.iter().zip(&found).filter(|(t, _)| speed.is_none_or(|v| t.speed == v)).map(|f| f.1);
            let (missed, extra): (usize, usize) =
                here().fold((0, 0), |n, m| (n.0 + m.missed.len(), n.1 + m.extra.len()));
            let pairs: usize = here().map(|m| m.pairs.len()).sum();
            let at = speed.map_or("all".into(), |v| format!("{v:.1}"));
            json!({ "at": at, "events": pairs + missed, "missed": missed, "false": extra })
        };
        let counts: Vec<Value> = speeds.iter().map(|&v| Some(v)).chain([None]).map(count).collect();

        let shipped = KinematicCalibration::default();
        let known = (
            (shipped.initial_delay_s, shipped.initial_per_deg_s),
            (shipped.terminal_delay_s, shipped.terminal_per_s),
        );
        self.say("\nHeld out (never fitted), ms");
        let strange: Vec<Matched> = strangers.iter().map(matched).collect::<Result<_, _>>()?;
        let mut others = Vec::new();
        for (trial, m) in strangers.iter().zip(&strange) {
            let e = errors(m, known.0, known.1);
            let label = format!("{:.2} {}", trial.speed, trial.runner);
            let rows: Vec<Value> =
                QUANTITIES.iter().map(|(name, pick)| self.row(name, &label, pick(&e))).collect();
            let (missed, extra) = (m.missed.len(), m.extra.len());
            let events = m.pairs.len() + missed;
            let counts = json!({ "at": label, "events": events, "missed": missed, "false": extra });
            others.push(
                json!({ "runner": trial.runner, "speed_mps": trial.speed, "rows": rows, "counts": counts }),
            );
        }
        let all = || trials.iter().zip(&found).chain(strangers.iter().zip(&strange));
        for (trial, m) in all() {
            // In a record of little more than a stride the first contact has no swing before it to be known by.
            if trial.recording.span()?.duration_s() < 1.0 {
                continue;
            }
            for (what, list) in [("missed", &m.missed), ("extra", &m.extra)] {
                self.require(
                    list.is_empty(),
                    format!("{} {}: {what} {list:?}", trial.recording.name, trial.speed),
                );
            }
        }
        let pairs: usize = all().map(|(_, m)| m.pairs.len()).sum();
        self.say(&format!("\n{pairs} events, none missed and none extra in records of a second or more unless a failure is shown"));

        let strange_errors = strange.iter().map(|m| errors(m, initial, terminal));
        let everyone: Vec<(&str, Errors)> = trials
            .iter()
            .chain(strangers)
            .map(|t| t.runner.as_str())
            .zip(left_out.into_iter().chain(strange_errors))
            .collect();
        let spread = |pick: Pick| spread(&everyone, pick);
        let (ib, is) = spread(|e| &e.initial);
        let (tb, ts) = spread(|e| &e.terminal);
        let fitted = [initial.0, initial.1, terminal.0, terminal.1, ib, is, tb, ts];
        let kept = [
            shipped.initial_delay_s,
            shipped.initial_per_deg_s,
            shipped.terminal_delay_s,
            shipped.terminal_per_s,
            shipped.initial_bias_sd_s,
            shipped.initial_scatter_s,
            shipped.terminal_bias_sd_s,
            shipped.terminal_scatter_s,
        ];
        self.say("\nconstant              shipped       from these recordings");
        for ((name, kept), fitted) in CONSTANTS.iter().zip(kept).zip(fitted) {
            self.say(&format!("{name:20} {kept:10.3e}  {fitted:10.3e}"));
            self.require(
                (kept - fitted).abs() <= 0.01 * fitted.abs(),
                format!("{name} is not the fitted one"),
            );
        }
        Ok(json!({ "left_out": table, "held_out": others, "events": pairs, "counts": counts,
            "constants": CONSTANTS.iter().zip(fitted).map(|(n, v)| ((*n).into(), json!(v))).collect::<serde_json::Map<_, _>>() }))
    }

    fn row(&self, name: &str, label: &str, e: &[f64]) -> Value {
        let (bias, sd) = mean_sd(e);
        let limits = [bias - 1.96 * sd, bias + 1.96 * sd];
        let (middle, wide) = (quantile(e, 0.5), quantile(e, 0.95));
        let ms = [bias, sd, limits[0], limits[1], middle, wide].map(|x| x * 1e3);
        self.say(&format!(
            "{name:9} {label:5} {:5} {:7.1} {:5.1}   {:7.1} to {:6.1}     {:7.1}   {:7.1}",
            e.len(),
            ms[0],
            ms[1],
            ms[2],
            ms[3],
            ms[4],
            ms[5]
        ));
        json!({ "at": label, "n": e.len(), "bias_s": bias, "sd_s": sd, "limits_s": limits, "median_abs_s": middle, "p95_abs_s": wide })
    }
}

type Pick = fn(&Errors) -> &Vec<f64>;
const QUANTITIES: [(&str, Pick); 3] =
    [("initial", |e| &e.initial), ("terminal", |e| &e.terminal), ("contact", |e| &e.contact)];
const CONSTANTS: [&str; 8] = [
    "initial_delay_s",
    "initial_per_deg_s",
    "terminal_delay_s",
    "terminal_per_s",
    "initial_bias_sd_s",
    "initial_scatter_s",
    "terminal_bias_sd_s",
    "terminal_scatter_s",
];

/// Root mean square of the mean errors, every runner counting the same, and of the errors about them.
fn spread(trials: &[(&str, Errors)], pick: Pick) -> (f64, f64) {
    let mut bias: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    let (mut scatter, mut n) = (0.0, 0);
    for (runner, e) in trials.iter().map(|t| (t.0, pick(&t.1))).filter(|t| !t.1.is_empty()) {
        let mean = e.iter().sum::<f64>() / e.len() as f64;
        bias.entry(runner).or_default().push(mean * mean);
        scatter += e.iter().map(|e| (e - mean) * (e - mean)).sum::<f64>();
        n += e.len() - 1;
    }
    let of_runners: f64 = bias.values().map(|b| b.iter().sum::<f64>() / b.len() as f64).sum();
    ((of_runners / bias.len() as f64).sqrt(), (scatter / n as f64).sqrt())
}
