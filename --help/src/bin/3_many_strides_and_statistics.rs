#![allow(unused)]
fn main() -> Result<(), Box<dyn std::error::Error>> {

use copeak::prelude::*;
use copeak::simulate::Sprinter;
use copeak::recording::{Recording, read_csv_file};

/// A runner's 30 s at a speed in m/s.
fn run(runner: usize, speed: f64) -> Result<Recording, Box<dyn std::error::Error>> {
    let mut trial = match std::env::var("COPEAK_DATA") {
        Ok(folder) => read_csv_file(format!("{folder}/treadmill_rbds/s{runner:02}_v{:.0}.csv", 10.0 * speed))?,
        Err(_) => {
            let sprinter = Sprinter::at_speed(speed).steps(80).every_jitter_s(0.004).angle_noise_deg(0.1);
            sprinter.serial_correlation(0.3).seed(runner as u64).simulate()?.recording
        }
    };
    trial.speed_mps = Some(speed);
    Ok(trial)
}
const RUNNERS: [usize; 7] = [1, 2, 3, 4, 5, 8, 9];
let trial = run(3, 3.5)?;
println!("{trial}");
use copeak::stride::{self, StepCriteria, Steps};

fn steps_of(trial: &Recording) -> copeak::Result<Steps> {
    stride::steps(&trial.feet()?.contacts(), &StepCriteria::default(), trial.span()?)
}
let steps = steps_of(&trial)?;
(steps).evcxr_display();
use copeak::inference::{Strides, t_interval};

let accepted: Vec<_> = steps.accepted().copied().collect();
let contact_ms: Vec<f64> = accepted.iter().map(|step| 1e3 * step.contact_s()).collect();
let strides = Strides::of_steps(&accepted);
println!("each step a unit, in ms:      {}", t_interval(&contact_ms, 0.95)?);
println!("strides, in ms:               {}", strides.mean(&contact_ms, 0.95)?);
(strides.mean(&contact_ms, 0.95)?).evcxr_display();
use copeak::inference::StridePlan;

let plan = StridePlan::of_pilot(&strides.average(&contact_ms)?)?;
println!("{} strides for 1 ms either way, {} for 0.5 ms", plan.strides(1.0)?, plan.strides(0.5)?);
use copeak::inference::Bootstrap;
use copeak::model::JointModel;

let joint = JointModel::new(12.0)?.of(&trial)?;
(joint.sequence(&steps, &Bootstrap::new(1))?).evcxr_display();
use copeak::inference::{Estimate, Permutations};
use copeak::report::{figure, notebook::Svg};

fn lag(runner: usize, speed: f64) -> Result<Estimate, Box<dyn std::error::Error>> {
    let trial = run(runner, speed)?;
    let sequence = JointModel::new(12.0)?.of(&trial)?.sequence(&steps_of(&trial)?, &Bootstrap::new(1))?;
    Ok(sequence.pair("hip", "ankle").ok_or("no such lag")?.mean_s)
}
let mut lags: Vec<(String, Estimate)> = Vec::new();
let mut faster: Vec<f64> = Vec::new();
for runner in RUNNERS {
    let (slow, fast) = (lag(runner, 2.5)?, lag(runner, 4.5)?);
    faster.push(1e3 * (fast.value - slow.value));
    lags.push((format!("runner {runner}, 2.5 m/s"), slow));
    lags.push((format!("runner {runner}, 4.5 m/s"), fast));
}
(Svg(figure::intervals("Hip to ankle", "lag (ms)", 1e3, lags.iter().map(|(name, lag)| (name.as_str(), lag)))?)).evcxr_display();
println!("lag at 4.5 less lag at 2.5 m/s, in ms:");
(Permutations::new(1).paired(&faster)?).evcxr_display();
use copeak::ensemble::{Band, CurveBand};
use copeak::event::Side;
use copeak::stride::{Normalise, TimeSpan};

/// Knee flexion of the right leg over its strides, 0 to 100 %.
fn knee(trial: &Recording) -> copeak::Result<Vec<Vec<f64>>> {
    let missing = Error::Missing { operation: "the knee's curves", what: "knee_flexion_r" };
    let angle = &trial.get("knee_flexion_r").ok_or(missing)?.signal;
    let steps = steps_of(trial)?;
    let strides = steps.accepted().filter(|s| s.side() == Side::Right);
    let windows = strides.map(|s| TimeSpan { start_s: s.start_s(), end_s: s.start_s() + s.stride_s });
    // The last stride may leave the recording.
    Ok(windows.filter_map(|window| Normalise::default().apply(angle, window).ok()).collect())
}
let slow: Band = CurveBand::new(1).of(&knee(&run(3, 2.5)?)?)?;
let fast: Band = CurveBand::new(1).of(&knee(&run(3, 4.5)?)?)?;
(Svg(figure::ensemble("Runner 3", "knee flexion (deg)", "stride", &[("2.5 m/s", &slow), ("4.5 m/s", &fast)])?)).evcxr_display();
use copeak::ensemble::CurveTest;
use copeak::stride::Ensemble;

let mut curves: [Vec<Vec<f64>>; 2] = [Vec::new(), Vec::new()];
for runner in RUNNERS {
    for (group, speed) in curves.iter_mut().zip([2.5, 4.5]) {
        group.push(Ensemble::of(&knee(&run(runner, speed)?)?)?.mean);
    }
}
(CurveTest::new(1).paired(&curves[0], &curves[1])?).evcxr_display();
use copeak::inference::Reliability;

let mut halves: Vec<[f64; 2]> = Vec::new();
for runner in RUNNERS {
    let steps = steps_of(&run(runner, 3.5)?)?;
    let contact_ms: Vec<f64> = steps.accepted().map(|s| 1e3 * s.contact_s()).collect();
    let (first, second) = contact_ms.split_at(contact_ms.len() / 2);
    halves.push([first, second].map(|half| half.iter().sum::<f64>() / half.len() as f64));
}
println!("contact time, ms:");
(Reliability::of(&halves, 0.95)?).evcxr_display();
use copeak::convergence::{SessionAnalysis, CycleKind, Cycles};

fn cycles(runner: usize, speed: f64) -> Result<Cycles, Box<dyn std::error::Error>> {
    let trial = run(runner, speed)?;
    let joint = JointModel::new(12.0)?.of(&trial)?;
    Ok(Cycles::cut(&joint.contributors, steps_of(&trial)?.all(), CycleKind::Stride)?)
}
(SessionAnalysis::new(1).changes(&cycles(3, 4.5)?, &cycles(3, 2.5)?)?).evcxr_display();
Ok(())
}
