//! Results of the recordings.

use copeak::convergence::{Contributor, CycleKind, Cycles, SessionAnalysis};
use copeak::event::{Side, Sides};
use copeak::filter::{Filter as _, ZeroPhase};
use copeak::model::{ForceResidual, Forces, Landmark, MarkerSet, NewtonModel, Sex};
use copeak::recording::opensim::{mot, trc};
use copeak::recording::{Channel, Recording, csv};
use copeak::report::figure;
use copeak::stride::{StepCriteria, Steps};
use copeak::study::{ModelKind, Study, TrialStudy};
use copeak::time::TimeSpan;
use copeak::{Clock, Signal};
use serde_json::{Value, json};
use std::{error::Error, path::Path};

type Found<T> = Result<T, Box<dyn Error>>;

/// The sprinter's four speeds, in the files' names.
const SPEEDS: [&str; 4] = ["0350", "0500", "0700", "0900"];
/// The marker files' clock is ahead of the tables'.
const AHEAD_S: f64 = 0.004;
/// The second runner's plates are late against his markers: where the closure of 0 to 30 ms is best.
const LATE_S: f64 = 0.0125;

pub fn found(folder: &Path, cutoff_hz: f64) -> Found<Value> {
    let trials = SPEEDS.map(|speed| sprint(folder, speed));
    let trials: Vec<Recording> = trials.into_iter().collect::<Result<_, _>>()?;
    let runner = second_runner(folder)?;
    let study = Study::builder().trials(&trials).cutoff_hz(cutoff_hz);
    let newton = study.clone().model(ModelKind::Newton).run()?;
    let joint = study.run()?;
    let second = Study::builder().trial(&runner).cutoff_hz(cutoff_hz).model(ModelKind::Newton).run()?;
    let of = |study: &Study| study.trials().cloned().collect::<Vec<_>>();
    let (of_newton, of_second) = (of(&newton), of(&second));
    let mut normalised = Vec::new();
    for (trial, report) in trials.iter().zip(&of_newton) {
        normalised.push(as_drives(trial, report, cutoff_hz)?);
    }
    let mut plates = Vec::new();
    let tested = [(&trials[0], &of_newton[0]), (&trials[3], &of_newton[3]), (&runner, &of_second[0])];
    for (trial, report) in tested {
        plates.push(against_plates(trial, report, cutoff_hz)?);
    }
    Ok(json!({
        "newton": of_newton, "joint": of(&joint), "as_drives": normalised,
        "second_runner": of_second, "plates": plates,
        "comparisons": newton.comparisons, "late_s": LATE_S,
    }))
}

/// Markers, standing trial, force and joint angles of one speed, on the marker file's clock.
fn sprint(folder: &Path, speed: &str) -> Found<Recording> {
    let folder = folder.join("sprint_dorn2012");
    let mut trial = trc::read(folder.join(format!("raw/run{speed}cms.trc")))?.recording;
    trial.standing = trc::read(folder.join("raw/static.trc"))?.recording.mean_markers();
    for channel in csv::read(folder.join(format!("dorn2012_ja1_run{speed}cms.csv")))?.channels {
        let clock = channel.signal.clock();
        let clock = Clock::new(clock.rate(), clock.start_s() + AHEAD_S)?;
        let moved = Signal::new(clock, channel.signal.samples().clone());
        trial.push(Channel::new(channel.name, channel.unit, moved))?;
    }
    trial.mass_kg = Some(75.6);
    Ok(trial)
}

/// Markers and force of the runner on the treadmill.
fn second_runner(folder: &Path) -> Found<Recording> {
    let folder = folder.join("fullbody_hamner2013");
    let mut trial = trc::read(folder.join("run300.trc"))?.recording;
    let force = mot::read(folder.join("run300_grf.mot"))?.recording;
    for (from, to) in
        [("1_vy", "vertical_r"), ("2_vy", "vertical_l"), ("1_vx", "forward_r"), ("2_vx", "forward_l")]
    {
        let channel = force.get(&format!("ground_force_{from}")).ok_or("a force column is missing")?;
        trial.push(Channel::new(format!("grf_{to}"), "N", channel.signal.clone()))?;
    }
    trial.mass_kg = Some(72.84);
    trial.speed_mps = Some(3.0);
    Ok(trial)
}

/// The same forces treated as drives are: clipped, divided by their mean peaks, over a whole stride.
fn as_drives(trial: &Recording, report: &TrialStudy, cutoff_hz: f64) -> Found<Value> {
    let newton = NewtonModel::new(cutoff_hz).mass_kg(report.mass_kg.ok_or("no mass")?).apply(trial)?;
    let v = &newton.vertical;
    let arms = v.arms.as_ref().ok_or("no arms")?;
    let paired = |name: &str, role, left: &Signal, right: &Signal| {
        Contributor::paired(name, role, Sides::new(left, right))
    };
    use copeak::convergence::Role;
    use copeak::convergence::role::ChannelSource;
    let both = |name: &str| Role::Other { name: name.into(), source: ChannelSource::SupportSide };
    let (left, right) = (&v.left_leg.force, &v.right_leg.force);
    let drives = [
        paired("support_leg", Role::SupportLeg, left, right),
        paired("swing_leg", Role::SwingLeg, left, right),
        paired("arms", both("arms"), &arms.force, &arms.force),
        paired("trunk_head", both("trunk"), &v.trunk_head.force, &v.trunk_head.force),
    ];
    let found = Steps::from_contacts(
        &report.contacts,
        &[],
        &StepCriteria::from_rate(newton.body.clock.rate()),
        trial.span()?,
    )?;
    let mut of = serde_json::Map::new();
    for (name, kind) in [("stride", CycleKind::Stride), ("step", CycleKind::Step)] {
        let cycles = Cycles::new(&drives, found.all(), kind)?;
        let session = SessionAnalysis::new(1).replicates(100).apply(&cycles)?;
        let kappa = session.kappa.map(|k| k.value);
        of.insert(
            name.into(),
            json!({ "coincidence": session.coincidence, "kappa": kappa, "n": session.steps.len() }),
        );
    }
    Ok(Value::Object(of))
}

/// Force of both plates along one direction, that much earlier.
fn plates(trial: &Recording, direction: &str, late_s: f64) -> Found<Signal> {
    let [left, right] = [Side::Left, Side::Right].map(|side| trial.get(&format!("grf_{direction}_{side}")));
    let (left, right) = (&left.ok_or("no force")?.signal, &right.ok_or("no force")?.signal);
    let clock = Clock::new(left.clock().rate(), left.start_s() - late_s)?;
    Ok(Signal::new(clock, left.samples().iter().zip(right.samples()).map(|(l, r)| l + r).collect()))
}

/// Low-passed as the model is.
fn smooth(force: &Signal, hz: f64) -> Found<Signal> {
    Ok(force.with_samples(ZeroPhase::low_pass(2, hz, force.clock().rate())?.apply(force.samples())?))
}

/// Segment forces and plates at the slowest and the fastest speed, as `newton-slow.svg` and `newton.svg`.
pub fn draw(folder: &Path, cutoff_hz: f64, into: &Path) -> Found<Value> {
    for (speed, title, name) in [("0350", "3.53 m/s", "newton-slow.svg"), ("0900", "9.47 m/s", "newton.svg")]
    {
        let trial = sprint(folder, speed)?;
        let study = Study::builder().trial(&trial).cutoff_hz(cutoff_hz).replicates(1);
        let study = study.model(ModelKind::Newton).run()?;
        let report = study.trials().next().ok_or("no trial")?;
        let newton = NewtonModel::new(cutoff_hz).mass_kg(report.mass_kg.ok_or("no mass")?).apply(&trial)?;
        let force = smooth(&plates(&trial, "vertical", 0.0)?, cutoff_hz)?;
        let windows = &report.closure.vertical.as_ref().ok_or("no plates")?.steps;
        let seen = |t: f64| windows.iter().any(|w| (w.start_s..=w.end_s).contains(&t));
        let seen = force
            .samples()
            .iter()
            .enumerate()
            .map(|(i, v)| if seen(force.clock().time_s(i as f64)) { *v } else { f64::NAN });
        let force = force.with_samples(seen.collect());
        let title =
            format!("Segment forces and plates, both low-passed at {cutoff_hz} Hz: sprinter at {title}");
        let svg = figure::forces(&title, "vertical", &newton.vertical, Some(&force), &report.contacts)?;
        std::fs::write(into.join(name), figure::standalone(&svg))?;
    }
    Ok(json!({}))
}

/// ForceResidual by cut-off and by what is left out, and the curves.
fn against_plates(trial: &Recording, report: &TrialStudy, cutoff_hz: f64) -> Found<Value> {
    let mass_kg = report.mass_kg.ok_or("no mass")?;
    let vertical = report.closure.vertical.as_ref().ok_or("no plates")?;
    let windows: Vec<TimeSpan> =
        vertical.steps.iter().map(|s| TimeSpan { start_s: s.start_s, end_s: s.end_s }).collect();
    let late_s = if trial.standing.is_empty() { LATE_S } else { 0.0 };
    let closure =
        |forces: &Forces, plates: &Signal| ForceResidual::new(&forces.total.force, plates, &windows, mass_kg);
    let set = MarkerSet::detect(trial.markers()).ok_or("no known markers")?;

    let mut by_cutoff = Vec::new();
    for hz in [6.0, 8.0, 10.0, 12.0, 15.0, 20.0, 25.0, 30.0] {
        let newton = NewtonModel::new(hz).mass_kg(mass_kg).apply(trial)?;
        for (direction, forces) in [("vertical", &newton.vertical), ("forward", &newton.forward)] {
            let force = plates(trial, direction, late_s)?;
            by_cutoff.push(json!({
                "cutoff_hz": hz, "direction": direction, "se_n": forces.total.se_n,
                "same_filter": closure(forces, &smooth(&force, hz)?)?, "as_recorded": closure(forces, &force)?,
            }));
        }
    }
    let mut variants = Vec::new();
    let mut variant = |name: &str, trial: &Recording, set: &MarkerSet, sex: Sex, late_s: f64| -> Found<()> {
        let newton =
            NewtonModel::new(cutoff_hz).sex(sex).mass_kg(mass_kg).markers(set.clone()).apply(trial)?;
        let found = |direction: &str, forces: &Forces| -> Found<ForceResidual> {
            Ok(closure(forces, &smooth(&plates(trial, direction, late_s)?, cutoff_hz)?)?)
        };
        let (vertical, forward) = (found("vertical", &newton.vertical)?, found("forward", &newton.forward)?);
        variants.push(json!({ "name": name, "vertical": vertical, "forward": forward }));
        Ok(())
    };
    variant("the model", trial, &set, Sex::Male, late_s)?;
    if late_s > 0.0 {
        variant("plates as recorded, 12.5 ms late", trial, &set, Sex::Male, 0.0)?;
    }
    if !trial.standing.is_empty() {
        let mut without = trial.clone();
        without.standing.clear();
        variant("without standing trial", &without, &set, Sex::Male, late_s)?;
    }
    let none: [&str; 0] = [];
    variant("female masses and centres", trial, &set, Sex::Female, late_s)?;
    if !set.names(Landmark::RibCage).is_empty() {
        variant("without T7", trial, &set.clone().landmark(Landmark::RibCage, none), Sex::Male, late_s)?;
        variant(
            "without the pelvis' cluster",
            trial,
            &set.clone().landmark(Landmark::Pelvis, none),
            Sex::Male,
            late_s,
        )?;
    }
    let bare = set.clone().landmark(Landmark::RibCage, none).landmark(Landmark::Sternum, none);
    variant("trunk from C7 alone", trial, &bare, Sex::Male, late_s)?;
    let handless = [Side::Left, Side::Right]
        .into_iter()
        .fold(set.clone(), |set, side| set.landmark(Landmark::Acromion(side), none));
    variant("arms' mass moving with the trunk", trial, &handless, Sex::Male, late_s)?;
    if !trial.standing.is_empty() {
        let mut outer = trial.clone();
        outer.standing.clear();
        let one = |set: MarkerSet, landmark: Landmark| {
            let first: Vec<String> = set.names(landmark).iter().take(1).cloned().collect();
            set.landmark(landmark, first)
        };
        let set = [Side::Left, Side::Right]
            .into_iter()
            .fold(set.clone(), |set, side| one(one(set, Landmark::Knee(side)), Landmark::Ankle(side)));
        variant("knee and ankle at their outer marker", &outer, &set, Sex::Male, late_s)?;
    }
    let newton = NewtonModel::new(cutoff_hz).mass_kg(mass_kg).apply(trial)?;
    let curves = |forces: &Forces, direction: &str| -> Found<Value> {
        let force = plates(trial, direction, late_s)?;
        Ok(json!({
            "plates": smooth(&force, cutoff_hz)?.samples(), "total": forces.total.force.samples(),
            "left_leg": forces.left_leg.force.samples(), "right_leg": forces.right_leg.force.samples(),
            "arms": forces.arms.as_ref().map(|a| a.force.samples()), "trunk_head": forces.trunk_head.force.samples(),
        }))
    };
    let force = plates(trial, "vertical", late_s)?;
    Ok(json!({
        "file": report.file, "mass_kg": mass_kg, "windows": windows.iter().map(|w| [w.start_s, w.end_s]).collect::<Vec<_>>(),
        "contacts": report.contacts, "by_cutoff": by_cutoff, "variants": variants,
        "softness_m": newton.body.softness, "rate_hz": newton.body.clock.rate().as_hz(),
        "start_s": newton.body.clock.start_s(), "plates_start_s": force.start_s(),
        "vertical": curves(&newton.vertical, "vertical")?, "forward": curves(&newton.forward, "forward")?,
    }))
}
