//! The four trials that the examples show.

use super::pulse::Pulse;
use super::sprinter::Sprinter;
use super::trial::SimulatedTrial;
use crate::Result;
use alloc::vec::Vec;

/// One simulated sprinter at 3.5, 5.2, 7.0 and 9.5 m/s, 12 steps each at 250 Hz: **simulated, nobody's recording**.
///
/// With speed, hips, support arm and trunk draw together. At 9.5 m/s the arm opposite the support leg comes 25 ms
/// late: the one thing to find there. Each pulse scatters by 4 ms and 4 % from step to step with a serial correlation
/// of 0.2; white noise is 0.15 deg, 1 mm and 8 N; the runner weighs 75.6 kg.
///
/// # Errors
/// Those of [`Sprinter::simulate`], none of which these settings meet.
///
/// ```
/// use copeak::simulate::{Pulse, sprinter_at_four_speeds};
/// let trials = sprinter_at_four_speeds()?;
/// assert_eq!(trials.len(), 4);
/// assert_eq!(trials[3].recording.speed_mps, Some(9.5));
/// // The late arm peaks last of the five.
/// let step = &trials[3].truth.steps[0];
/// assert!(Pulse::CONTRIBUTORS.iter().all(|&p| step.peak_s(p) <= step.peak_s(Pulse::OppositeArm)));
/// # Ok::<(), copeak::Error>(())
/// ```
pub fn sprinter_at_four_speeds() -> Result<Vec<SimulatedTrial>> {
    // Speed, how much later than usual support arm and trunk peak, how much later the opposite arm.
    const TRIALS: [(f64, f64, f64); 4] =
        [(3.5, 0.0, 0.0), (5.2, 0.006, 0.0), (7.0, 0.012, 0.0), (9.5, 0.020, 0.025)];
    let trial = |(seed, (speed_mps, together_s, late_s)): (u64, (f64, f64, f64))| {
        Sprinter::at_speed(speed_mps)
            .mass_kg(75.6)
            .steps(12)
            .offset_s(Pulse::SupportArm, together_s)
            .offset_s(Pulse::Trunk, together_s)
            .offset_s(Pulse::OppositeArm, late_s)
            .every_jitter_s(0.004)
            .every_amplitude_scatter(0.04)
            .serial_correlation(0.2)
            .angle_noise_deg(0.15)
            .position_noise_m(0.001)
            .force_noise_n(8.0)
            .seed(seed)
            .simulate()
    };
    (1..).zip(TRIALS).map(trial).collect()
}
