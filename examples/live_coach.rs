//! Live convergence, as an app would show it: after each step, how closely the contributors peaked together.
//!
//! ```text
//! cargo run --release --example live_coach
//! ```

use copeak::convergence::{LiveContributor, LiveConvergence, Role};
use copeak::event::{ForceContacts, Side, Sides};
use copeak::filter::{Butterworth, CentralDifference};
use copeak::simulate::{Pulse, Sprinter};
use copeak::{Clock, StageExt};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // The opposite arm comes 40 ms late.
    let sprinter = Sprinter::at_speed(7.0).steps(20).every_jitter_s(0.004).angle_noise_deg(0.1);
    let trial = sprinter.offset_s(Pulse::OppositeArm, 0.04).seed(8).simulate()?.recording;
    let samples = |name: &str| trial.get(name).map(|c| c.signal.samples()).ok_or(format!("no {name}"));
    let clock: Clock = trial.get("hip_flexion_l").ok_or("no hip")?.signal.clock();

    // Before the run: one filter and one detector for all, and what each channel does for a step.
    let velocity =
        Butterworth::low_pass(2, 20.0, clock.rate())?.cascade()?.then(CentralDifference::new(clock.rate()));
    let mut angles = Vec::new();
    for name in ["hip_flexion_l", "hip_flexion_r", "shoulder_flexion_l", "shoulder_flexion_r"] {
        angles.push(((&velocity).stream(), samples(name)?));
    }
    let mut feet = Vec::new();
    for (side, name) in [(Side::Left, "grf_vertical_l"), (Side::Right, "grf_vertical_r")] {
        feet.push((ForceContacts::default().live(clock, side, 1.0)?.stream::<f64>(), samples(name)?));
    }
    let contributors = [
        LiveContributor::paired(Role::SupportLeg, Sides::new(0, 1)).sign(-1.0), // extension
        LiveContributor::paired(Role::SwingLeg, Sides::new(0, 1)),
        LiveContributor::paired(Role::SupportArm, Sides::new(2, 3)),
        LiveContributor::paired(Role::OppositeArm, Sides::new(2, 3)).sign(-1.0),
    ];
    let mut live = LiveConvergence::builder(clock, contributors).channels(angles.len()).build()?;

    // During the run: one frame after the other.
    for i in 0..angles[0].1.len() {
        let mut frame = [0.0; 4];
        for (value, (stream, angle)) in frame.iter_mut().zip(&mut angles) {
            *value = stream.push(angle[i]).unwrap_or(0.0);
        }
        live.push(&frame)?;
        for (foot, force) in &mut feet {
            let Some(footfall) = foot.push(force[i]) else { continue };
            let Some(step) = live.event(footfall.event()) else { continue };
            let (Some(coincidence), Some(spread_s)) = (step.coincidence, step.spread_s) else { continue };
            let kappa = step.kappa.map_or("-".into(), |kappa| format!("{kappa:.2}"));
            let spread_ms = 1e3 * spread_s;
            println!(
                "step {:2}: coincidence {coincidence:.2}, kappa so far {kappa}, spread {spread_ms:.0} ms",
                step.number
            );
        }
    }
    Ok(())
}
