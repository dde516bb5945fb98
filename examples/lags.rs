//! Who comes first, and by how much: the lag between hip and knee over the steps, with an interval; then the lag of two curves.
//!
//! ```text
//! cargo run --release --example lags
//! ```

use copeak::inference::Bootstrap;
use copeak::inference::Strides;
use copeak::sequence::{CrossCorrelation, Cycle, Sequence, Timing};
use copeak::simulate::{Pulse, Sprinter};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let trial = Sprinter::at_speed(9.5).steps(20).every_jitter_s(0.004).seed(6).simulate()?;

    // Peak times of each step, here the true ones; from a recording, `peak` finds them.
    let joints = [("hip", Pulse::SupportHip), ("knee", Pulse::Knee), ("ankle", Pulse::Ankle)];
    let cycles: Vec<Cycle> = trial
        .truth
        .steps
        .iter()
        .map(|s| Cycle {
            start_s: s.step.start_s(),
            duration_s: s.step.stride_s,
            contact_s: Some(s.step.contact_s()),
            times: joints.iter().map(|(_, pulse)| Some(Timing::at(s.peak_s(*pulse)))).collect(),
        })
        .collect();
    let steps: Vec<_> = trial.truth.steps.iter().map(|s| s.step).collect();
    let names = joints.map(|(name, _)| name);
    let sequence = Sequence::of(&names, &cycles, &Strides::from_steps(&steps), &Bootstrap::new(1))?;
    println!("{sequence}");

    // Two whole curves, which need no peak: the left shoulder's angle against the right hip's, up to 0.1 s apart.
    let angle = |name: &str| trial.recording.get(name).map(|c| &c.signal).ok_or(format!("no {name}"));
    let (hip, shoulder) = (angle("hip_flexion_r")?, angle("shoulder_flexion_l")?);
    let lag = CrossCorrelation::new(0.1)?.find(hip.samples(), shoulder.samples(), hip.clock().rate())?;
    println!("the opposite arm comes {:+.1} ms after the hip, correlation {:.3}", 1e3 * lag.lag_s, lag.r);
    Ok(())
}
