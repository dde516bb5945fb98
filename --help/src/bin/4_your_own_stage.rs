#![allow(unused)]
fn main() -> Result<(), Box<dyn std::error::Error>> {

use copeak::prelude::*;
use copeak::simulate::Sprinter;
use copeak::recording::{Recording, read_csv_file};

fn sprint() -> Result<Recording, Box<dyn std::error::Error>> {
    match std::env::var("COPEAK_DATA") {
        Ok(folder) => Ok(read_csv_file(format!("{folder}/sprint_dorn2012/dorn2012_ja1_run0900cms.csv"))?),
        Err(_) => Ok(Sprinter::at_speed(9.5).steps(6).angle_noise_deg(0.1).force_noise_n(8.0).simulate()?.recording),
    }
}
let trial = sprint()?;
let knee = trial.get("knee_flexion_r").ok_or("no knee")?.signal.clone();
let rate = knee.clock().rate();
(knee).evcxr_display();
#[derive(Debug, Clone, Copy)]
struct SpeedLimit {
    most_per_sample: f64,
}

impl Stage<f64> for SpeedLimit {
    type Output = f64;
    type State = Option<f64>;

    fn initial_state(&self) -> Option<f64> {
        None
    }

    fn process(&self, last: &mut Option<f64>, x: f64) -> f64 {
        let before = last.unwrap_or(x);
        let now = before + (x - before).clamp(-self.most_per_sample, self.most_per_sample);
        *last = Some(now);
        now
    }
}
// With this line it can stand in a chain.
impl StageExt for SpeedLimit {}
use copeak::report::figure::Plot;
use copeak::stage::Causal;

let mut swapped = knee.clone().into_samples();
[60, 61, 180].iter().for_each(|&i| swapped[i] -= 45.0);
let swapped = knee.with_samples(swapped);
let limit = SpeedLimit { most_per_sample: 1500.0 / rate.as_hz() };
let limited = knee.with_samples(Causal(limit).analyze(swapped.samples())?);
(Plot::new("Right knee", "time (s)", "flexion (deg)").signal("frames swapped", &swapped).signal("limited", &limited)).evcxr_display();
let mut live = limit.stream();
let pushed: Vec<f64> = swapped.samples().iter().map(|&x| live.push(x)).collect();
assert_eq!(&pushed, limited.samples());
println!("{} samples, equal", pushed.len());
use copeak::filter::Butterworth;

let low: [_; 1] = Butterworth::low_pass(2, 15.0, rate)?.sections::<f64, 1>()?;
let chain = limit.then(low);
let clean = knee.with_samples(Causal(chain).analyze(swapped.samples())?);
(Plot::new("Right knee", "time (s)", "flexion (deg)").signal("as recorded", &knee).signal("limited, low-passed, live", &clean)).evcxr_display();
#[derive(Debug, Clone, Copy)]
struct Exponential {
    share: f64,
}

impl Stage<f64> for Exponential {
    type Output = f64;
    type State = f64;

    fn initial_state(&self) -> f64 {
        0.0
    }

    fn process(&self, level: &mut f64, x: f64) -> f64 {
        *level += self.share * (x - *level);
        *level
    }
}

impl SteadyState<f64> for Exponential {
    fn steady_state(&self, level: f64) -> (f64, f64) {
        (level, level)
    }

    fn order(&self) -> usize {
        1
    }
}
use copeak::filter::ZeroPhase;

let smooth = Exponential { share: 0.25 };
let late = knee.with_samples(Causal(smooth).analyze(knee.samples())?);
let on_time = ZeroPhase::single_pass_cutoff(smooth).apply_signal(&knee)?;
(Plot::new("Exponential smoothing", "time (s)", "flexion (deg)")
    .signal("as recorded", &knee)
    .signal("causal: late", &late)
    .signal("forwards and backwards: on time", &on_time)).evcxr_display();
use copeak::sequence::CrossCorrelation;
(CrossCorrelation::new(0.05)?.find(knee.samples(), late.samples(), rate)?).evcxr_display();
use copeak::convergence::{Contribute, Role, ChannelSource};
use copeak::event::Side;
use copeak::filter::CentralDifference;

struct Pelvis {
    velocity: Signal,
}

impl Contribute for Pelvis {
    fn name(&self) -> &str {
        "pelvis"
    }
    fn role(&self) -> Role {
        Role::Other { name: "pelvis".into(), takes: ChannelSource::Midline }
    }
    fn unit(&self) -> &str {
        "deg/s"
    }
    fn model(&self) -> &str {
        "pelvis rotation"
    }
    fn drive(&self, support: Side) -> copeak::Result<Signal> {
        let sign = if support == Side::Right { 1.0 } else { -1.0 };
        Ok(self.velocity.with_samples(self.velocity.samples().iter().map(|v| (sign * v).max(0.0)).collect()))
    }
}

// The simulated runner has no pelvis of its own: its trunk stands in.
let angle = trial.get("pelvis_rotation").or(trial.get("trunk_rotation")).ok_or("no pelvis")?.signal.clone();
let angle = ZeroPhase::low_pass(2, 15.0, rate)?.apply_signal(&angle)?;
let pelvis = Pelvis { velocity: CentralDifference::new(rate).apply_signal(&angle)? };
(pelvis.drive(Side::Right)?).evcxr_display();
use copeak::convergence::{SessionAnalysis, CycleKind, Cycles};
use copeak::model::JointModel;
use copeak::stride::{self, StepCriteria};

let steps = stride::steps(&trial.feet()?.contacts(), &StepCriteria::default(), trial.span()?)?;
let mut contributors: Vec<Box<dyn Contribute>> = vec![Box::new(pelvis)];
for own in JointModel::new(15.0)?.of(&trial)?.contributors {
    contributors.push(Box::new(own));
}
let cycles = Cycles::cut(&contributors, steps.all(), CycleKind::Stride)?;
(cycles).evcxr_display();

(SessionAnalysis::new(1).measure(&cycles)?).evcxr_display();
use copeak::report::notebook::{Show, show};

struct RangeOfMotion {
    joint: String,
    low_deg: f64,
    high_deg: f64,
}

impl std::fmt::Display for RangeOfMotion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {:.0} deg, from {:.0} to {:.0}", self.joint, self.high_deg - self.low_deg, self.low_deg, self.high_deg)
    }
}

impl Show for RangeOfMotion {}

impl RangeOfMotion {
    fn evcxr_display(&self) {
        show(self);
    }
}

let range = knee.samples().iter().fold((f64::MAX, f64::MIN), |(low, high), x| (x.min(low), x.max(high)));
let found = RangeOfMotion { joint: "right knee".into(), low_deg: range.0, high_deg: range.1 };
(found).evcxr_display();
Ok(())
}
