//! Kinematic events against force, each runner left out of the fit that is tested on him.

use copeak::event::calibration::KinematicCalibration;
use copeak::event::{
    Contact, Event, EventKind, FootContacts, ForceContacts, KinematicContacts, LegAngles, Side,
};
use copeak::recording::{Recording, csv};
use std::collections::BTreeMap;
use std::path::Path;

use crate::Error;

/// One recording and who ran how fast in it.
pub struct Trial {
    pub runner: String,
    pub speed: f64,
    pub recording: Recording,
}

/// The 21 treadmill recordings, as `index.csv` names them.
pub fn treadmill(data: &Path) -> Result<Vec<Trial>, Error> {
    let folder = data.join("treadmill_rbds");
    let index = std::fs::read_to_string(folder.join("index.csv"))?;
    let trial = |line: &str| {
        let mut fields = line.split(',');
        let mut next = || fields.next().ok_or("index.csv: a row is too short");
        let (file, runner, speed) = (next()?, next()?, next()?.parse()?);
        Ok(Trial { runner: runner.into(), speed, recording: csv::read(folder.join(file))? })
    };
    index.lines().skip(1).map(trial).collect()
}

/// Runners and laboratories that no constant was fitted on.
pub fn held_out(data: &Path) -> Result<Vec<Trial>, Error> {
    let files = [
        ("sprinter", 3.53, "sprint_dorn2012/dorn2012_ja1_run0350cms.csv"),
        ("sprinter", 9.47, "sprint_dorn2012/dorn2012_ja1_run0900cms.csv"),
        ("runner at 100 Hz", 2.0, "fullbody_hamner2013/hamner2013_s01_run200cms.csv"),
        ("runner at 100 Hz", 3.0, "fullbody_hamner2013/hamner2013_s01_run300cms.csv"),
        ("runner at 150 Hz", 2.67, "fullbody_bmclab/bmclab_run_267cms.csv"),
    ];
    let trial = |(runner, speed, file): (&str, f64, &str)| {
        Ok(Trial { runner: runner.into(), speed, recording: csv::read(data.join(file))? })
    };
    files.into_iter().map(trial).collect()
}

/// Contacts of one foot from force, within the plates where the recording marks them.
pub fn force(recording: &Recording, side: Side) -> Result<FootContacts, Error> {
    let name = format!("grf_vertical_{side}");
    let force = recording.signal(&name)?;
    Ok(match recording.get("grf_valid") {
        Some(valid) => ForceContacts::default().find_where(force, valid.signal.samples(), side)?,
        None => ForceContacts::default().find(force, side)?,
    })
}

/// Contacts of one foot from its joint angles.
pub fn kinematic(
    recording: &Recording,
    side: Side,
    calibration: KinematicCalibration,
) -> Result<FootContacts, Error> {
    let angle = |joint: &str| {
        let name = format!("{joint}_{side}");
        recording.get(&name).map(|c| &c.signal).ok_or(format!("no column {name}"))
    };
    let leg = LegAngles {
        hip_flexion: angle("hip_flexion")?,
        knee_flexion: angle("knee_flexion")?,
        ankle_dorsiflexion: angle("ankle_dorsiflexion")?,
    };
    let mut method = KinematicContacts::default();
    method.calibration = calibration;
    Ok(method.find(&leg, side)?)
}

/// A landmark of the movement with the force event it belongs to.
#[derive(Clone, Copy)]
pub struct Pair {
    pub kind: EventKind,
    /// Landmark minus force event.
    pub delay_s: f64,
    /// Factor of the calibration's slope.
    pub covariate: f64,
    /// Standard error that the landmark came with.
    pub se_s: f64,
    /// Which contact of the trial it belongs to.
    pub contact: usize,
}

/// The pairs of one trial, and what found no partner.
#[derive(Default)]
pub struct Matched {
    pub pairs: Vec<Pair>,
    pub missed: Vec<(Side, f64)>,
    pub extra: Vec<(Side, f64)>,
}

const SAME_S: f64 = 0.12;
/// A step at either end of the record, where a contact may be cut off in one of the two methods.
const END_S: f64 = 0.3;
/// An event this close to the record's ends has too little movement on one side to be recognised.
const EDGE_S: f64 = 0.05;
/// Small, so that the landmarks keep their order.
pub const UNIT: f64 = 1e-6;

pub fn matched(trial: &Trial) -> Result<Matched, Error> {
    let mut out = Matched::default();
    for side in [Side::Right, Side::Left] {
        let measured = force(&trial.recording, side)?;
        // The delays are linear in the calibration, so two runs reveal landmark and covariate.
        let mut plain = KinematicCalibration::default();
        (plain.initial_delay_s, plain.initial_per_deg_s) = (0.0, 0.0);
        (plain.terminal_delay_s, plain.terminal_per_s) = (0.0, 0.0);
        let mut sloped = plain;
        (sloped.initial_per_deg_s, sloped.terminal_per_s) = (UNIT, UNIT);
        let landmarks = kinematic(&trial.recording, side, plain)?;
        let moved = kinematic(&trial.recording, side, sloped)?.events();
        let within =
            |t: f64, s: f64| measured.coverage.iter().any(|seen| t > seen.start_s + s && t < seen.end_s - s);
        pair_up(&mut out, &measured, &landmarks.events(), &moved, SAME_S, |t| within(t, EDGE_S));
    }
    Ok(out)
}

/// Pairs the landmarks of one foot with the force events they belong to.
///
/// `moved` are the landmarks after a calibration of slope [`UNIT`]. An event without a landmark of its kind within `same_s` is
/// missed where it could be found according to `seen`, a landmark without an event is false half a step inside the force.
pub fn pair_up(
    out: &mut Matched,
    measured: &FootContacts,
    landmarks: &[Event],
    moved: &[Event],
    same_s: f64,
    seen: impl Fn(f64) -> bool,
) {
    let (contacts, events) = (out.pairs.len(), measured.events());
    let number = |e: &Event| {
        let holds = |c: &Contact| c.initial.time_s <= e.time_s && e.time_s <= c.terminal.time_s;
        measured.contacts.iter().position(holds).map_or(usize::MAX, |i| contacts + i)
    };
    let within =
        |t: f64, s: f64| measured.coverage.iter().any(|seen| t > seen.start_s + s && t < seen.end_s - s);
    for event in &events {
        let like = landmarks.iter().zip(moved).filter(|(l, _)| l.kind == event.kind);
        let near = like.filter(|(l, _)| (l.time_s - event.time_s).abs() < same_s).collect::<Vec<_>>();
        match near.as_slice() {
            [(landmark, moved)] => out.pairs.push(Pair {
                kind: event.kind,
                delay_s: landmark.time_s - event.time_s,
                covariate: (landmark.time_s - moved.time_s) / UNIT,
                se_s: landmark.se_s,
                contact: number(event),
            }),
            _ if seen(event.time_s) => out.missed.push((measured.side, event.time_s)),
            _ => {}
        }
    }
    let lonely =
        |l: &&Event| !events.iter().any(|e| e.kind == l.kind && (l.time_s - e.time_s).abs() < same_s);
    let extra = landmarks.iter().filter(lonely).filter(|l| within(l.time_s, END_S));
    out.extra.extend(extra.map(|l| (measured.side, l.time_s)));
}

/// Delay = intercept + slope * covariate, by least squares on the medians of the trials, so that every runner and
/// speed counts the same.
pub fn fit<'a>(trials: impl Iterator<Item = &'a Matched>, kind: EventKind) -> (f64, f64) {
    let of = |m: &Matched, value: fn(&Pair) -> f64| {
        median(m.pairs.iter().filter(|p| p.kind == kind).map(value).collect())
    };
    let points: Vec<(f64, f64)> = trials.map(|m| (of(m, |p| p.covariate), of(m, |p| p.delay_s))).collect();
    let n = points.len() as f64;
    let (mx, my) = (points.iter().map(|p| p.0).sum::<f64>() / n, points.iter().map(|p| p.1).sum::<f64>() / n);
    let sxy: f64 = points.iter().map(|p| (p.0 - mx) * (p.1 - my)).sum();
    let sxx: f64 = points.iter().map(|p| (p.0 - mx) * (p.0 - mx)).sum();
    (my - sxy / sxx * mx, sxy / sxx)
}

/// Errors of one trial in seconds: kinematic minus force.
#[derive(Default)]
pub struct Errors {
    pub initial: Vec<f64>,
    pub terminal: Vec<f64>,
    pub contact: Vec<f64>,
}

pub fn errors(m: &Matched, initial: (f64, f64), terminal: (f64, f64)) -> Errors {
    let mut out = Errors::default();
    let mut both: BTreeMap<usize, [Option<f64>; 2]> = BTreeMap::new();
    for p in &m.pairs {
        let first = p.kind == EventKind::InitialContact;
        let (line, list) = if first { (initial, &mut out.initial) } else { (terminal, &mut out.terminal) };
        let error = p.delay_s - line.0 - line.1 * p.covariate;
        list.push(error);
        both.entry(p.contact).or_default()[usize::from(!first)] = Some(error);
    }
    both.remove(&usize::MAX);
    out.contact = both.values().filter_map(|b| Some(b[1]? - b[0]?)).collect();
    out
}

pub fn median(mut x: Vec<f64>) -> f64 {
    x.sort_by(f64::total_cmp);
    let n = x.len();
    if n == 0 { f64::NAN } else { 0.5 * (x[(n - 1) / 2] + x[n / 2]) }
}

/// Smallest absolute error that at least this share does not exceed.
pub fn quantile(x: &[f64], share: f64) -> f64 {
    let mut size: Vec<f64> = x.iter().map(|v| v.abs()).collect();
    size.sort_by(f64::total_cmp);
    let rank = (share * size.len() as f64).ceil() as usize;
    if size.is_empty() { f64::NAN } else { size[rank.clamp(1, size.len()) - 1] }
}

pub fn mean_sd(x: &[f64]) -> (f64, f64) {
    let n = x.len() as f64;
    let mean = x.iter().sum::<f64>() / n;
    (mean, (x.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / (n - 1.0)).sqrt())
}
