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
(trial).evcxr_display();
let hip = trial.get("hip_flexion_r").ok_or("no such channel")?.clone();
(hip).evcxr_display();
use copeak::filter::ResidualAnalysis;

let rate = hip.signal.clock().rate();
(ResidualAnalysis::new(rate).apply(hip.signal.samples())?).evcxr_display();
use copeak::filter::{Butterworth, CentralDifference, ZeroPhase};
(Butterworth::low_pass(2, 15.0, rate)?.for_passes(2)?).evcxr_display();
use copeak::report::figure::Plot;

let smooth = ZeroPhase::low_pass(2, 15.0, rate)?;
let velocity = CentralDifference::new(rate);
let raw = velocity.apply_signal(&hip.signal)?;
let clean = velocity.apply_signal(&smooth.apply_signal(&hip.signal)?)?;
(Plot::new("Right hip", "time (s)", "flexion velocity (deg/s)").signal("raw", &raw).signal("15 Hz", &clean)).evcxr_display();
let feet = trial.feet()?;
(feet).evcxr_display();
use copeak::report::{figure, notebook::Svg};
(Svg(figure::events(
    "Vertical force and contacts",
    &[trial.get("grf_vertical_l").unwrap(), trial.get("grf_vertical_r").unwrap()],
    &feet.contacts(),
)?)).evcxr_display();
use copeak::stride::{self, StepCriteria};

let steps = stride::steps(&feet.contacts(), &StepCriteria::default(), trial.span()?)?;
(steps).evcxr_display();
use copeak::model::JointModel;

let joint = JointModel::new(15.0)?.of(&trial)?;
(joint).evcxr_display();
use copeak::convergence::{SessionAnalysis, CycleKind, Cycles};

let cycles = Cycles::cut(&joint.contributors, steps.all(), CycleKind::Stride)?;
(cycles).evcxr_display();
let session = SessionAnalysis::new(1).measure(&cycles)?;
(session).evcxr_display();
use copeak::inference::Bootstrap;
(joint.sequence(&steps, &Bootstrap::new(1))?).evcxr_display();
use copeak::report::Settings;

let study = Settings::default().study(&[trial.clone()], None)?;
(study.report).evcxr_display();
Ok(())
}
