//! Markers, gyroscopes and accelerometers against force, on every recording that has both.

use super::compare::{self, Errors, Matched, Pair, Trial, UNIT, errors, fit, median, pair_up};
use crate::Error;
use crate::trc::Trc;
use copeak::event::inertial::{GyroscopeContacts, SacrumContacts, ShankLandings};
use copeak::event::{
    BothFeet, Detect, EventKind, FootContacts, FootMarkers, ForceContacts, MarkerContacts, MarkerMethod, Side,
};
use copeak::filter::{CentralDifference, Filter, ZeroPhase};
use copeak::recording::{Recording, csv};
use copeak::{Clock, Rate, Signal};
use std::path::Path;

/// Delay and slope of initial, then of terminal contacts.
pub type Delays = [f64; 4];

/// One sensor of one trial: the events of a foot after taking these delays off.
pub struct Case {
    pub runner: String,
    pub label: String,
    pub matched: Matched,
}

/// An event of a sensor may lie this far from that of force and still mean it: less than half the shortest stride.
const SAME_S: f64 = 0.2;

/// The cases of a detector that finds a foot's events with given delays.
fn case(
    (runner, label): (&str, String),
    edge_s: f64,
    measured: impl Fn(Side) -> Result<FootContacts, Error>,
    found: impl Fn(Side, Delays) -> Result<FootContacts, Error>,
) -> Result<Case, Error> {
    let mut matched = Matched::default();
    for side in [Side::Right, Side::Left] {
        let landmarks = found(side, [0.0; 4])?;
        let moved = found(side, [0.0, UNIT, 0.0, UNIT])?.events();
        let seen = |t: f64| landmarks.coverage.iter().any(|s| t > s.start_s + edge_s && t < s.end_s - edge_s);
        pair_up(&mut matched, &measured(side)?, &landmarks.events(), &moved, SAME_S, seen);
    }
    Ok(Case { runner: runner.into(), label, matched })
}

/// A recording of markers with force.
pub struct Capture {
    runner: &'static str,
    speed: f64,
    trc: Trc,
    force: Recording,
    names: Names,
}

struct Names {
    heel: &'static str,
    ball: &'static str,
    toe: &'static str,
    pelvis: &'static str,
    /// Upper and lower marker on the shank's side.
    shank: [&'static str; 2],
}

/// The four recordings with markers and force, from three laboratories; forward is x and up is y in all.
pub fn captures(data: &Path) -> Result<Vec<Capture>, Error> {
    let sprint = || Names { heel: "HEEL", ball: "P1MT", toe: "TOE", pelvis: "SACR", shank: ["LEPI", "LMAL"] };
    let other = || Names { heel: "CAL", ball: "MT5", toe: "TOE", pelvis: "RPSI", shank: ["TB1", "TB3"] };
    let sprinter = |trial: &str, speed| {
        Ok::<_, Error>(Capture {
            runner: "sprinter",
            speed,
            trc: Trc::read(&data.join(format!("sprint_dorn2012/raw/run{trial}cms.trc"))),
            force: csv::read(data.join(format!("sprint_dorn2012/dorn2012_ja1_run{trial}cms.csv")))?,
            names: sprint(),
        })
    };
    Ok(vec![
        sprinter("0350", 3.53)?,
        sprinter("0900", 9.47)?,
        Capture {
            runner: "runner at 100 Hz",
            speed: 3.0,
            trc: Trc::read(&data.join("fullbody_hamner2013/run300.trc")),
            force: csv::read(data.join("fullbody_hamner2013/hamner2013_s01_run300cms.csv"))?,
            names: other(),
        },
        Capture {
            runner: "runner at 150 Hz",
            speed: 2.67,
            trc: Trc::read(&data.join("fullbody_bmclab/motion_capture_run.trc")),
            force: csv::read(data.join("fullbody_bmclab/bmclab_run_267cms.csv"))?,
            names: other(),
        },
    ])
}

impl Capture {
    fn label(&self) -> (&str, String) {
        (self.runner, format!("{:.2} {}", self.speed, self.runner))
    }

    fn clock(&self) -> Clock {
        Clock::from_zero(Rate::from_hz(self.trc.rate_hz).expect("a rate"))
    }

    /// A marker of a foot or shank, or one in the middle, along one axis: forward 0, up 1, on the clock of the force.
    fn path(&self, side: Option<Side>, name: &str, axis: usize) -> Signal {
        let letter = side.map_or(String::new(), |s| s.letter().to_uppercase());
        let path = self.trc.marker(&format!("{letter}{name}"));
        Signal::new(self.clock(), path.iter().map(|p| p.0[axis]).collect())
    }

    pub fn markers(&self, method: MarkerMethod, side: Side, delays: Delays) -> Result<FootContacts, Error> {
        let foot = FootMarkers {
            heel_forward: &self.path(Some(side), self.names.heel, 0),
            heel_height: &self.path(Some(side), self.names.heel, 1),
            ball_height: &self.path(Some(side), self.names.ball, 1),
            toe_forward: &self.path(Some(side), self.names.toe, 0),
            toe_height: &self.path(Some(side), self.names.toe, 1),
            pelvis_forward: &self.path(None, self.names.pelvis, 0),
        };
        let mut detector = MarkerContacts::new(method);
        let c = &mut detector.calibration;
        [c.initial_delay_s, _, c.terminal_delay_s, c.terminal_per_s] = delays;
        Ok(detector.find(&foot, side)?)
    }

    /// Pitch velocity of the foot from heel to toe, in degrees per second: what a gyroscope would read.
    pub fn gyroscope(&self, side: Side) -> Result<Signal, Error> {
        let of = |name, axis| self.path(Some(side), name, axis);
        let (heel, toe) = (self.names.heel, self.names.toe);
        let way = |axis| -> Vec<f64> {
            let (a, b) = (of(heel, axis), of(toe, axis));
            a.samples().iter().zip(b.samples()).map(|(a, b)| b - a).collect()
        };
        let (forward, up) = (way(0), way(1));
        let mut angle: Vec<f64> = forward.iter().zip(&up).map(|(x, y)| y.atan2(*x).to_degrees()).collect();
        unwrap(&mut angle);
        rate_of(Signal::new(self.clock(), angle))
    }

    /// Acceleration along the shank in g, gravity included, from a marker on it: what an accelerometer would read.
    fn shank(&self, side: Side) -> Result<Signal, Error> {
        let smooth = ZeroPhase::low_pass(2, SHANK_HZ, self.clock().rate())?;
        let derivative = CentralDifference::new(self.clock().rate());
        let path = |k: usize, axis| -> Result<Vec<f64>, Error> {
            Ok(smooth.apply(self.path(Some(side), self.names.shank[k], axis).samples())?)
        };
        let axes = [0, 1, 2].map(|axis| Ok::<_, Error>([path(0, axis)?, path(1, axis)?]));
        let [x, y, z] = axes;
        let mut sum = vec![0.0; self.trc.frames()];
        let (mut along, mut length) = (vec![0.0; self.trc.frames()], vec![0.0; self.trc.frames()]);
        for (axis, [upper, lower]) in [x?, y?, z?].iter().enumerate() {
            let acceleration = derivative.apply(&derivative.apply(upper)?)?;
            for i in 0..sum.len() {
                let up = if axis == 1 { 9.80665 } else { 0.0 };
                along[i] += (acceleration[i] + up) * (upper[i] - lower[i]);
                length[i] += (upper[i] - lower[i]).powi(2);
            }
        }
        for i in 0..sum.len() {
            sum[i] = along[i] / length[i].sqrt() / 9.80665;
        }
        Ok(Signal::new(self.clock(), sum))
    }
}

/// Markers on skin carry nothing above this.
const SHANK_HZ: f64 = 40.0;

pub fn marker_cases(captures: &[Capture], method: MarkerMethod) -> Result<Vec<Case>, Error> {
    let cases = captures.iter().map(|c| {
        case(c.label(), 0.15, |side| compare::force(&c.force, side), |side, d| c.markers(method, side, d))
    });
    cases.collect()
}

fn gyroscope(signal: &Signal, side: Side, delays: Delays) -> Result<FootContacts, Error> {
    let mut detector = GyroscopeContacts::default();
    let c = &mut detector.calibration;
    [c.initial_delay_s, c.initial_per_deg_s, c.terminal_delay_s, c.terminal_per_deg_s] = delays;
    Ok(detector.find(signal, side)?)
}

/// The foot's pitch velocity in a treadmill recording, where the hip's angle is that of the thigh against the vertical.
pub fn treadmill_gyroscope(recording: &Recording, side: Side) -> Result<Signal, Error> {
    let angle = |joint: &str| {
        let name = format!("{joint}_{side}");
        recording.get(&name).map(|c| &c.signal).ok_or(format!("no column {name}"))
    };
    let (hip, knee, ankle) = (angle("hip_flexion")?, angle("knee_flexion")?, angle("ankle_dorsiflexion")?);
    let pitch = |i: usize| hip.samples()[i] - knee.samples()[i] + ankle.samples()[i];
    rate_of(Signal::new(hip.clock(), (0..hip.samples().len()).map(pitch).collect()))
}

pub fn treadmill_gyroscopes(trials: &[Trial]) -> Result<Vec<Case>, Error> {
    let cases = trials.iter().map(|t| {
        let label = (t.runner.as_str(), format!("{:.1}", t.speed));
        let sensors =
            [treadmill_gyroscope(&t.recording, Side::Left)?, treadmill_gyroscope(&t.recording, Side::Right)?];
        let sensor = |side| &sensors[usize::from(side == Side::Right)];
        case(
            label,
            0.5,
            |side| compare::force(&t.recording, side),
            |side, d| gyroscope(sensor(side), side, d),
        )
    });
    cases.collect()
}

pub fn captured_gyroscopes(captures: &[Capture]) -> Result<Vec<Case>, Error> {
    let found = |c: &Capture, side, d| gyroscope(&c.gyroscope(side)?, side, d);
    let cases = captures.iter();
    cases
        .map(|c| case(c.label(), 0.5, |side| compare::force(&c.force, side), |side, d| found(c, side, d)))
        .collect()
}

pub fn shanks(captures: &[Capture]) -> Result<Vec<Case>, Error> {
    let cases = captures.iter().map(|c| {
        let found = |side, d: Delays| {
            let mut detector = ShankLandings::default();
            detector.initial_delay_s = d[0];
            Ok(detector.find(&c.shank(side)?, side)?)
        };
        // A shank gives no terminal contacts, so none can be missed.
        let landings = |side| {
            let mut force = compare::force(&c.force, side)?;
            let contacts = std::mem::take(&mut force.contacts).into_iter().map(|contact| contact.initial);
            force.unpaired.retain(|e| e.kind == EventKind::InitialContact);
            force.unpaired.extend(contacts);
            Ok(force)
        };
        case(c.label(), 0.15, landings, found)
    });
    cases.collect()
}

/// A trial of the accelerometer on the sacrum.
pub struct SacrumTrial {
    pub speed: f64,
    pub slope: f64,
    pub force: Signal,
    pub acceleration: Signal,
}

/// Body mass of the runner with the accelerometer, as `Sub_Info_one_sub.csv` has it.
const MASS_KG: f64 = 76.8;
/// His force in flight lies up to 20 N off zero when the treadmill slopes.
const OFF_N: f64 = 40.0;

pub fn sacrum_trials(data: &Path) -> Result<Vec<SacrumTrial>, Error> {
    let folder = data.join("sacrum_imu_day");
    let rows = |file: &str| -> Result<Vec<Vec<f64>>, Error> {
        let text = std::fs::read_to_string(folder.join(file))?;
        let row = |line: &str| line.split(',').map(|v| v.trim().parse().unwrap_or(f64::NAN)).collect();
        Ok(text.lines().filter(|l| !l.trim().is_empty()).map(row).collect())
    };
    let clock = Clock::from_zero(Rate::from_hz(500.0)?);
    let (acceleration, force) = (rows("Accelerometer_one_sub.csv")?, rows("GRF_one_sub.csv")?);
    let info = rows("Sub_Info_one_sub.csv")?;
    let trial = |((a, f), info): ((&Vec<f64>, &Vec<f64>), &Vec<f64>)| SacrumTrial {
        speed: info[9],
        slope: info[10],
        force: Signal::new(clock, f.iter().map(|f| f * MASS_KG * 9.80665).collect()),
        acceleration: Signal::new(clock, a[..f.len()].to_vec()),
    };
    Ok(acceleration.iter().zip(&force).zip(&info[1..]).map(trial).collect())
}

/// The trials one by one, both feet as one.
pub fn sacrums(trials: &[SacrumTrial]) -> Result<Vec<Case>, Error> {
    let cases = trials.iter().map(|t| {
        let slope = if t.slope > 0.0 {
            "up"
        } else if t.slope < 0.0 {
            "down"
        } else {
            "level"
        };
        let found = SacrumContacts::default().find(&t.acceleration, Side::Left)?;
        let measured = ForceContacts::new(50.0, OFF_N).find(&t.force, Side::Left)?;
        // Alternating sides are those of force: the same first foot gives the same sides.
        let feet = SacrumContacts::default()
            .find_both(&BothFeet::alternating(t.acceleration.clone(), Side::Left))?;
        let total = feet.left.contacts.len() + feet.right.contacts.len();
        if total != found.contacts.len() {
            return Err("a contact was lost in sharing them out".into());
        }
        let mut matched = Matched::default();
        let seen = |time: f64| found.coverage.iter().any(|s| time > s.start_s + 0.1 && time < s.end_s - 0.1);
        pair_up(&mut matched, &measured, &found.events(), &found.events(), SACRUM_SAME_S, seen);
        Ok(Case { runner: "runner".into(), label: format!("{:.2} {slope}", t.speed), matched })
    });
    cases.collect()
}

/// Less than half of the runner's shortest step of 0.33 s.
const SACRUM_SAME_S: f64 = 0.15;

/// Model of a landmark's delay.
#[derive(Clone, Copy)]
pub enum Shape {
    /// The same for all: the mean over runners of their median delays.
    Constant,
    /// A line over the covariate, by least squares on the medians of the trials.
    Line,
    /// A multiple of the covariate: the mean over runners of the ratios of their medians.
    Proportional,
}

/// Intercept and slope of the delay.
pub fn delay<'a>(cases: impl Iterator<Item = &'a Case> + Clone, kind: EventKind, shape: Shape) -> (f64, f64) {
    if matches!(shape, Shape::Line) {
        return fit(cases.map(|c| &c.matched), kind);
    }
    let mut runners: Vec<&str> = cases.clone().map(|c| c.runner.as_str()).collect();
    runners.sort_unstable();
    runners.dedup();
    let of = |case: &Case, value: fn(&Pair) -> f64| {
        median(case.matched.pairs.iter().filter(|p| p.kind == kind).map(value).collect())
    };
    let one = |case: &Case| {
        let delay = of(case, |p| p.delay_s);
        if matches!(shape, Shape::Constant) { delay } else { delay / of(case, |p| p.covariate) }
    };
    let mean = |x: &[f64]| x.iter().sum::<f64>() / x.len() as f64;
    let runner = |runner: &&str| {
        let his = cases.clone().filter(|c| c.runner == **runner).map(one);
        mean(&his.filter(|d| d.is_finite()).collect::<Vec<_>>())
    };
    let value = mean(&runners.iter().map(runner).collect::<Vec<_>>());
    if matches!(shape, Shape::Constant) { (value, 0.0) } else { (0.0, value) }
}

/// The errors of each case after the fit to the other runners.
pub fn left_out(cases: &[Case], shapes: [Shape; 2]) -> Vec<Errors> {
    let errors_of = |case: &Case| {
        let others = || cases.iter().filter(|c| c.runner != case.runner);
        let initial = delay(others(), EventKind::InitialContact, shapes[0]);
        errors(&case.matched, initial, delay(others(), EventKind::TerminalContact, shapes[1]))
    };
    cases.iter().map(errors_of).collect()
}

fn rate_of(angle: Signal) -> Result<Signal, Error> {
    let velocity = CentralDifference::new(angle.clock().rate()).apply(angle.samples())?;
    Ok(Signal::new(angle.clock(), velocity))
}

fn unwrap(angle: &mut [f64]) {
    for i in 1..angle.len() {
        let turns = ((angle[i] - angle[i - 1]) / 360.0).round();
        if turns.is_finite() {
            angle[i] -= 360.0 * turns;
        }
    }
}
