//! The sections on markers and inertial sensors.

use super::compare::{Errors, Trial};
use super::sensors::{self, Case, Shape, delay, left_out};
use super::{QUANTITIES, Report, spread};
use crate::Error;
use copeak::event::inertial::{GyroscopeCalibration, SacrumContacts, ShankLandings};
use copeak::event::{EventKind, MarkerMethod};
use serde_json::{Value, json};
use std::path::Path;

/// Published standard errors in seconds below which no default goes: bias and scatter of Handsaker et al. (2016) joined, and
/// root mean square errors of Hreljac & Stergiou (2000).
const HANDSAKER_S: [f64; 2] = [0.0082, 0.0056];
const HEEL_AND_TOE_S: [f64; 2] = [0.0045, 0.0069];
/// Spread of a foot gyroscope's bias between runners: interquartile range of 10 ms (Falbriard et al. 2018) over 1.349.
const SHOE_S: f64 = 0.0074;

pub fn all(report: &mut Report, data: &Path, trials: &[Trial]) -> Result<Value, Error> {
    let captures = sensors::captures(data)?;
    let mut sections = Vec::new();
    let methods = [
        ("Markers: Handsaker et al.", MarkerMethod::Handsaker, Shape::Constant, HANDSAKER_S),
        ("Markers: heel and toe accelerations", MarkerMethod::HeelAndToe, Shape::Constant, HEEL_AND_TOE_S),
        ("Markers: Zeni et al., moved for running", MarkerMethod::Zeni, Shape::Proportional, [0.0; 2]),
    ];
    for (title, method, shape, published) in methods {
        let cases = sensors::marker_cases(&captures, method)?;
        let shapes = [Shape::Constant, shape];
        let fitted = fitted(&cases, shapes, |bias, scatter, k| bias.hypot(scatter).max(published[k]));
        let c = method.calibration();
        let shipped =
            [c.initial_delay_s, 0.0, c.initial_se_s, c.terminal_delay_s, c.terminal_per_s, c.terminal_se_s];
        let section = Section { title, note: LEFT_OUT, shipped, fitted };
        sections.push(section.write(report, &cases, &left_out(&cases, shapes)));
    }
    let gyroscopes = sensors::treadmill_gyroscopes(trials)?;
    let lines = [Shape::Line, Shape::Line];
    let strange = sensors::captured_gyroscopes(&captures)?;
    let constants = with_strangers(&gyroscopes, lines, &strange);
    let c = GyroscopeCalibration::default();
    let shipped = [
        c.initial_delay_s,
        c.initial_per_deg_s,
        c.initial_se_s,
        c.terminal_delay_s,
        c.terminal_per_deg_s,
        c.terminal_se_s,
    ];
    let section = Section {
        title: "Foot gyroscope derived from markers: seven treadmill runners",
        note: "No recording of a foot's gyroscope with force was available: pitch velocity is that of the foot's markers. Each runner is left out of the fit that is tested on him.",
        shipped,
        fitted: constants,
    };
    sections.push(section.write(report, &gyroscopes, &left_out(&gyroscopes, lines)));
    let known =
        |case: &Case| super::errors(&case.matched, (shipped[0], shipped[1]), (shipped[3], shipped[4]));
    let section = Section {
        title: "Foot gyroscope derived from markers: runners of other laboratories",
        note: "Never fitted; counted in the standard errors, the sprint by the factor for swings faster than those of the fit.",
        shipped,
        fitted: shipped,
    };
    sections.push(section.write(report, &strange, &strange.iter().map(known).collect::<Vec<_>>()));

    let shanks = sensors::shanks(&captures)?;
    let s = ShankLandings::default();
    let shipped = [s.initial_delay_s, 0.0, s.initial_se_s, 0.0, 0.0, f64::NAN];
    let as_is = |case: &Case| super::errors(&case.matched, (shipped[0], 0.0), (0.0, 0.0));
    let section = Section {
        title: "Shank accelerometer derived from markers",
        note: "Second derivative of a marker on the shank below 40 Hz, and gravity, along the shank, since there is no recording. Delay and standard error as published; terminal contacts are refused.",
        shipped,
        fitted: shipped,
    };
    sections.push(section.write(report, &shanks, &shanks.iter().map(as_is).collect::<Vec<_>>()));

    let trials = sensors::sacrum_trials(data)?;
    let cases = sensors::sacrums(&trials)?;
    let c = SacrumContacts::default();
    let shipped = [c.initial_delay_s, 0.0, c.initial_se_s, c.terminal_delay_s, 0.0, c.terminal_se_s];
    let as_is = |case: &Case| super::errors(&case.matched, (0.0, 0.0), (0.0, 0.0));
    let section = Section {
        title: "Sacrum accelerometer, one runner, 31 trials up, down and level",
        note: "Nothing fitted. The recording holds magnitudes: it never goes below zero. Its standard errors are those of the published limits over 74 runners.",
        shipped,
        fitted: shipped,
    };
    sections.push(section.write(report, &cases, &cases.iter().map(as_is).collect::<Vec<_>>()));
    Ok(json!(sections))
}

const LEFT_OUT: &str = "Three runners; each is left out of the fit that is tested on him.";

/// Delay, slope and standard error of initial, then of terminal contacts.
type Constants = [f64; 6];

fn fitted(cases: &[Case], shapes: [Shape; 2], se: impl Fn(f64, f64, usize) -> f64) -> Constants {
    let (initial, terminal) = (
        delay(cases.iter(), EventKind::InitialContact, shapes[0]),
        delay(cases.iter(), EventKind::TerminalContact, shapes[1]),
    );
    let errors: Vec<(&str, Errors)> =
        cases.iter().map(|c| c.runner.as_str()).zip(left_out(cases, shapes)).collect();
    let (ib, is) = spread(&errors, |e| &e.initial);
    let (tb, ts) = spread(&errors, |e| &e.terminal);
    [initial.0, initial.1, se(ib, is, 0), terminal.0, terminal.1, se(tb, ts, 1)]
}

/// The same for a fit to some and standard errors over all, the strangers with the constants of the fit; sprinting is left to
/// the factor that widens them.
fn with_strangers(cases: &[Case], shapes: [Shape; 2], strangers: &[Case]) -> Constants {
    let [initial, terminal] = [EventKind::InitialContact, EventKind::TerminalContact];
    let (initial, terminal) =
        (delay(cases.iter(), initial, shapes[0]), delay(cases.iter(), terminal, shapes[1]));
    let own = cases.iter().map(|c| c.runner.as_str()).zip(left_out(cases, shapes));
    let slow = strangers.iter().filter(|c| !c.label.starts_with("9.47"));
    let strange = slow.map(|c| (c.runner.as_str(), super::errors(&c.matched, initial, terminal)));
    let all: Vec<(&str, Errors)> = own.chain(strange).collect();
    let (ib, is) = spread(&all, |e| &e.initial);
    let (tb, ts) = spread(&all, |e| &e.terminal);
    let se = |bias: f64, scatter: f64| bias.hypot(scatter).hypot(SHOE_S);
    [initial.0, initial.1, se(ib, is), terminal.0, terminal.1, se(tb, ts)]
}

struct Section {
    title: &'static str,
    note: &'static str,
    shipped: Constants,
    fitted: Constants,
}

impl Section {
    fn write(&self, report: &mut Report, cases: &[Case], errors: &[Errors]) -> Value {
        report.say(&format!("\n{}", self.title));
        let mut labels: Vec<&str> = cases.iter().map(|c| c.label.as_str()).collect();
        labels.sort_unstable();
        labels.dedup();
        let mut rows = Vec::new();
        for (name, pick) in QUANTITIES {
            for label in labels.iter().map(|&l| Some(l)).chain([None]) {
                let here = cases.iter().zip(errors).filter(|(c, _)| label.is_none_or(|l| c.label == l));
                let e: Vec<f64> = here.flat_map(|(_, e)| pick(e).clone()).collect();
                if !e.is_empty() {
                    let mut row = report.row(name, label.unwrap_or("all"), &e);
                    row["event"] = json!(name);
                    rows.push(row);
                }
            }
        }
        let count = |label: Option<&str>| {
            let here = || cases.iter().filter(|c| label.is_none_or(|l| c.label == l)).map(|c| &c.matched);
            let missed: usize = here().map(|m| m.missed.len()).sum();
            let found: usize = here().map(|m| m.pairs.len()).sum();
            let extra: usize = here().map(|m| m.extra.len()).sum();
            report.say(&format!(
                "{:24} {} events, {missed} missed, {extra} false",
                label.unwrap_or("all"),
                found + missed
            ));
            json!({ "at": label.unwrap_or("all"), "events": found + missed, "missed": missed, "false": extra })
        };
        let counts: Vec<Value> = labels.iter().map(|&l| Some(l)).chain([None]).map(count).collect();
        // How many errors the standard errors that the crate ships cover.
        let covered = |kind: EventKind, pick: fn(&Errors) -> &Vec<f64>| {
            let one = |(case, e): (&Case, &Errors)| {
                let ses: Vec<f64> =
                    case.matched.pairs.iter().filter(|p| p.kind == kind).map(|p| p.se_s).collect();
                ses.into_iter().zip(pick(e).clone()).collect::<Vec<_>>()
            };
            let all: Vec<(f64, f64)> = cases.iter().zip(errors).flat_map(one).collect();
            all.iter().filter(|(se, e)| e.abs() <= 1.96 * se).count() as f64 / all.len() as f64
        };
        let cover = [
            covered(EventKind::InitialContact, |e| &e.initial),
            covered(EventKind::TerminalContact, |e| &e.terminal),
        ];
        report.say(&format!("covered by 1.96 SE: initial {:.3}, terminal {:.3}", cover[0], cover[1]));
        for (name, share) in ["initial", "terminal"].iter().zip(cover) {
            report.require(
                share >= 0.9 || share.is_nan(),
                format!("{}: {name} covered in {share:.3}", self.title),
            );
        }
        for ((name, kept), fitted) in NAMES.iter().zip(self.shipped).zip(self.fitted) {
            report.say(&format!("{name:20} {kept:10.3e}  {fitted:10.3e}"));
            let same = (kept - fitted).abs() <= 0.01 * fitted.abs() || (kept.is_nan() && fitted.is_nan());
            report.require(same, format!("{}: {name} is not the fitted one", self.title));
        }
        json!({ "title": self.title, "note": self.note, "rows": rows, "counts": counts, "covered": cover,
            "se_s": [self.shipped[2], self.shipped[5]] })
    }
}

const NAMES: [&str; 6] =
    ["initial delay", "initial slope", "initial se", "terminal delay", "terminal slope", "terminal se"];
