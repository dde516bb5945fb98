//! A simulated sprinter whose timing is known: the ground truth behind the validation studies, and the data behind
//! every example that must run without a file.
//!
//! - [`Sprinter`] sets speed, timing, amplitudes, scatter and noise, and simulates.
//! - [`Pulse`] names the pulses of angular velocity whose times and peaks can be set.
//! - [`SimulatedTrial`] is one simulated trial: its [`Recording`](crate::recording::Recording) and its [`Truth`].
//! - [`sprinter_at_four_speeds`] is the set of four trials that the examples show.
//!
//! ```
//! use copeak::simulate::{Pulse, Sprinter};
//! let trial = Sprinter::at_speed(9.5).steps(4).peak_after_contact_s(Pulse::Knee, 0.09).simulate()?;
//! let step = &trial.truth.steps[0];
//! assert_eq!(format!("{:.1} ms", 1e3 * (step.peak_s(Pulse::Knee) - step.step.start_s())), "90.0 ms"); // as set
//! assert_eq!(trial.recording.channel("knee_flexion_r")?.unit, "deg");
//! # Ok::<(), copeak::Error>(())
//! ```
//!
//! Its mean drives over a stride, one arm late, and each step's peaks:
//!
#![doc = include_str!("../guide/figures.html")]
#![doc = include_str!("../../docs/drives.svg")]
//!
//! # Model
//! **Vertical force** is the two-mass model of Clark, Ryan & Weyand (2017), *J Exp Biol* 220:247-258,
//! [doi:10.1242/jeb.138057](https://doi.org/10.1242/jeb.138057): a short raised-cosine pulse that stops the lower limb
//! (8 % of body mass) and a long one that carries the rest (92 %), with the impulse that running at constant height
//! demands, m g times the step time. **Fore-aft force** brakes, then propels, with no net impulse.
//! **Joint angles** are the integrals of angular velocities that are sums of bell-shaped pulses recurring once a stride,
//! written as Fourier series, so that velocities and accelerations are exact. Mean angles, pulse heights and widths
//! follow the kinematics published for running at 3.5 to 9.5 m/s (Dorn, Schache & Pandy 2012, *J Exp Biol*
//! 215:1944-1956); none of it is anybody's recording.
//!
//! # What it is not
//! Joints do not move because forces act on them: force and angles share a clock and nothing else. It shows whether a
//! method recovers known timing; it shows nothing about how a body produces speed.

mod body;
mod display;
mod force;
mod modulation;
mod pulse;
mod random;
mod settings;
mod speeds;
mod sprinter;
mod trial;
mod truth;
mod waveform;

pub use pulse::Pulse;
pub use speeds::sprinter_at_four_speeds;
pub use sprinter::Sprinter;
pub use trial::SimulatedTrial;
pub use truth::{StepTruth, Truth};
