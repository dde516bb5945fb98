//! The four trials that the examples show.

use super::pulse::Pulse;
use super::simulate::Phantom;
use super::sprinter::Sprinter;
use crate::Result;
use alloc::vec::Vec;

/// One simulated sprinter at 3.5, 5.2, 7.0 and 9.5 m/s, 12 steps each at 250 Hz: **simulated, nobody's recording**.
///
/// 75.6 kg; each pulse scatters by 4 ms and 4 % from step to step with a serial correlation of 0.2; noise 0.15 deg,
/// 1 mm and 8 N. With speed the hips and the trunk draw together. At 9.5 m/s the arm opposite the support leg comes
/// 30 ms late: the one thing to find.
///
/// # Errors
/// None in practice: the settings are fixed and tested.
///
/// ```
/// let trials = copeak::phantom::sprinter_at_four_speeds()?;
/// assert_eq!(trials.len(), 4);
/// assert_eq!(trials[3].recording.speed_mps, Some(9.5));
/// # Ok::<(), copeak::Error>(())
/// ```
pub fn sprinter_at_four_speeds() -> Result<Vec<Phantom>> {
    let runner = |speed_mps, seed| {
        Sprinter::at_speed(speed_mps)
            .mass_kg(75.6)
            .steps(12)
            .every_jitter_s(0.004)
            .every_amplitude_scatter(0.04)
            .serial_correlation(0.2)
            .angle_noise_deg(0.15)
            .position_noise_m(0.001)
            .force_noise_n(8.0)
            .seed(seed)
    };
    [runner(3.5, 1), runner(5.2, 2), runner(7.0, 3), runner(9.5, 4).offset_s(Pulse::OppositeArm, 0.030)]
        .iter()
        .map(Sprinter::simulate)
        .collect()
}
