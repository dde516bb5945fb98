//! The runner to simulate.

use super::body;
use super::pulse::Pulse;
use super::settings::{PulseSettings, inside};
use super::trial::{self, SimulatedTrial};
use crate::event::Side;
use crate::{Rate, Result};
use alloc::{borrow::ToOwned, string::String, vec::Vec};

/// A simulated sprinter: speed, timing, amplitudes, scatter and noise, all known.
///
/// A new one is *exact*: every step like the last, left like right, no noise. Each method changes one thing and
/// returns the sprinter; nothing is checked before [`simulate`](Sprinter::simulate).
///
/// ```
/// use copeak::simulate::{Pulse, Sprinter};
/// let trial = Sprinter::at_speed(9.5)
///     .steps(6)
///     .offset_s(Pulse::OppositeArm, 0.02) // one arm 20 ms late
///     .every_jitter_s(0.003)
///     .angle_noise_deg(0.2)
///     .seed(7)
///     .simulate()?;
/// assert_eq!(trial.truth.steps.len(), 6);
/// assert!(trial.recording.get("hip_flexion_r").is_some());
/// assert_eq!(trial.recording.speed_mps, Some(9.5));
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Sprinter {
    pub(super) speed_mps: f64,
    pub(super) mass_kg: f64,
    pub(super) contact_s: Option<f64>,
    pub(super) stride_s: Option<f64>,
    pub(super) rate_hz: f64,
    pub(super) force_rate_hz: Option<f64>,
    pub(super) steps: usize,
    pub(super) pulses: [PulseSettings; Pulse::ALL.len()],
    pub(super) serial_correlation: f64,
    pub(super) angle_noise_deg: f64,
    pub(super) position_noise_m: f64,
    pub(super) force_noise_n: f64,
    pub(super) channel_noise: Vec<(String, f64)>,
    pub(super) seed: u64,
}

impl Sprinter {
    /// An exact runner at this speed, with the contact and stride times that go with it: 75 kg, 250 Hz, 10 steps,
    /// no scatter, no noise, seed 1.
    ///
    /// | speed, m/s | contact, s | stride, s | flight, s |
    /// |---|---|---|---|
    /// | 3.5 | 0.249 | 0.757 | 0.129 |
    /// | 5.2 | 0.189 | 0.676 | 0.149 |
    /// | 7.0 | 0.153 | 0.582 | 0.138 |
    /// | 9.5 | 0.124 | 0.463 | 0.107 |
    pub fn at_speed(speed_mps: f64) -> Self {
        Self {
            speed_mps,
            mass_kg: 75.0,
            contact_s: None,
            stride_s: None,
            rate_hz: 250.0,
            force_rate_hz: None,
            steps: 10,
            pulses: [PulseSettings::default(); Pulse::ALL.len()],
            serial_correlation: 0.0,
            angle_noise_deg: 0.0,
            position_noise_m: 0.0,
            force_noise_n: 0.0,
            channel_noise: Vec::new(),
            seed: 1,
        }
    }

    /// Body mass, 20 to 250 kg.
    #[must_use]
    pub fn mass_kg(mut self, mass_kg: f64) -> Self {
        self.mass_kg = mass_kg;
        self
    }

    /// Contact time, instead of the speed's own: 0.07 to 0.40 s and shorter than a step.
    #[must_use]
    pub fn contact_s(mut self, contact_s: f64) -> Self {
        self.contact_s = Some(contact_s);
        self
    }

    /// Stride time, instead of the speed's own: 0.3 to 1.2 s.
    #[must_use]
    pub fn stride_s(mut self, stride_s: f64) -> Self {
        self.stride_s = Some(stride_s);
        self
    }

    /// Sample rate of every channel: 50 Hz to 100 kHz.
    #[must_use]
    pub fn rate_hz(mut self, rate_hz: f64) -> Self {
        self.rate_hz = rate_hz;
        self
    }

    /// Another sample rate for the force channels alone.
    #[must_use]
    pub fn force_rate_hz(mut self, rate_hz: f64) -> Self {
        self.force_rate_hz = Some(rate_hz);
        self
    }

    /// Steps whose whole stride cycle lies in the recording, 1 to 100,000 and 10,000,000 samples at most; the first is
    /// on the right foot.
    #[must_use]
    pub fn steps(mut self, steps: usize) -> Self {
        self.steps = steps;
        self
    }

    /// Sets the time of the pulse's peak after initial contact, instead of the speed's own.
    #[must_use]
    pub fn peak_after_contact_s(mut self, pulse: Pulse, time_s: f64) -> Self {
        self.pulse(pulse).after_ic_s = Some(time_s);
        self
    }

    /// Sets the offset of the pulse's peak from that time (earlier when negative), within a quarter of the stride.
    #[must_use]
    pub fn offset_s(mut self, pulse: Pulse, offset_s: f64) -> Self {
        self.pulse(pulse).offset_s = offset_s;
        self
    }

    /// The pulse's peak velocity over the speed's own: 0.1 to 5.
    #[must_use]
    pub fn amplitude(mut self, pulse: Pulse, factor: f64) -> Self {
        self.pulse(pulse).amplitude = factor;
        self
    }

    /// The pulse's width over the speed's own: 0.5 to 2.
    #[must_use]
    pub fn width(mut self, pulse: Pulse, factor: f64) -> Self {
        self.pulse(pulse).width = factor;
        self
    }

    /// Standard deviation of the pulse's time from step to step.
    #[must_use]
    pub fn jitter_s(mut self, pulse: Pulse, sd_s: f64) -> Self {
        self.pulse(pulse).jitter_s = sd_s;
        self
    }

    /// Standard deviation of every pulse's time from step to step, each drawn separately.
    #[must_use]
    pub fn every_jitter_s(mut self, sd_s: f64) -> Self {
        self.pulses.iter_mut().for_each(|p| p.jitter_s = sd_s);
        self
    }

    /// Standard deviation of the pulse's height from step to step, as a fraction of it.
    #[must_use]
    pub fn amplitude_scatter(mut self, pulse: Pulse, sd: f64) -> Self {
        self.pulse(pulse).amplitude_scatter = sd;
        self
    }

    /// Standard deviation of every pulse's height from step to step, as a fraction of it, each drawn separately.
    #[must_use]
    pub fn every_amplitude_scatter(mut self, sd: f64) -> Self {
        self.pulses.iter_mut().for_each(|p| p.amplitude_scatter = sd);
        self
    }

    /// Sets the delay of the pulse's peak in right steps relative to left ones.
    #[must_use]
    pub fn asymmetry_s(mut self, pulse: Pulse, right_minus_left_s: f64) -> Self {
        self.pulse(pulse).asymmetry_s = right_minus_left_s;
        self
    }

    /// Sets the difference of the pulse's height between right and left steps, as a fraction of their mean.
    #[must_use]
    pub fn amplitude_asymmetry(mut self, pulse: Pulse, right_minus_left: f64) -> Self {
        self.pulse(pulse).amplitude_asymmetry = right_minus_left;
        self
    }

    /// Sets the fraction of the deviations of the other contributors' heights from step to step that the pulse compensates: with 1
    /// it is lower by as much, relative to its own height, as they are higher in sum; negative, it covaries with them.
    #[must_use]
    pub fn compensates(mut self, pulse: Pulse, share: f64) -> Self {
        self.pulse(pulse).compensation = share;
        self
    }

    /// Correlation of a pulse's delays, and of its heights, from one stride to the next of the same side
    /// (first-order autoregression): -0.95 to 0.95.
    #[must_use]
    pub fn serial_correlation(mut self, rho: f64) -> Self {
        self.serial_correlation = rho;
        self
    }

    /// Standard deviation of the white noise on every angle.
    #[must_use]
    pub fn angle_noise_deg(mut self, sd_deg: f64) -> Self {
        self.angle_noise_deg = sd_deg;
        self
    }

    /// Standard deviation of the white noise on the pelvis position.
    #[must_use]
    pub fn position_noise_m(mut self, sd_m: f64) -> Self {
        self.position_noise_m = sd_m;
        self
    }

    /// Standard deviation of the white noise on every force channel, in flight as on the ground.
    #[must_use]
    pub fn force_noise_n(mut self, sd_n: f64) -> Self {
        self.force_noise_n = sd_n;
        self
    }

    /// Standard deviation of the white noise on one channel, in its unit, instead of its kind's.
    #[must_use]
    pub fn channel_noise(mut self, channel: &str, sd: f64) -> Self {
        self.channel_noise.push((channel.to_owned(), sd));
        self
    }

    /// Seed of all draws. Scatter and the noise of each channel are drawn from separate streams: the same seed
    /// with more noise has the same steps.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// One trial.
    ///
    /// # Errors
    /// [`Error::Parameter`](crate::Error::Parameter) for a setting outside its range, a contact that leaves no
    /// flight, or jitter that would swap two pulses of a joint; [`Error::Missing`](crate::Error::Missing) for noise
    /// on a channel that does not exist;
    /// [`Error::TooFew`](crate::Error::TooFew) for no steps; [`Error::Undefined`](crate::Error::Undefined) when two
    /// pulses of one joint lie so close that one swallows the other, or when a pulse is not the largest of its cycle,
    /// by three standard deviations of its height.
    pub fn simulate(&self) -> Result<SimulatedTrial> {
        self.check()?;
        trial::simulate(self)
    }

    /// Contact time in force.
    pub(super) fn contact(&self) -> f64 {
        self.contact_s.unwrap_or_else(|| body::contact_s(self.speed_mps))
    }

    /// Stride time in force.
    pub(super) fn stride(&self) -> f64 {
        self.stride_s.unwrap_or_else(|| body::stride_s(self.speed_mps))
    }

    /// Time of a pulse's peak after initial contact of `side`, without jitter.
    pub(super) fn peak_after_ic_s(&self, pulse: Pulse, side: Side) -> f64 {
        let set = self.pulses[pulse.index()];
        let own = || body::peak_of_contact(pulse).at(self.speed_mps) * self.contact();
        set.after_ic_s.unwrap_or_else(own) + set.offset_s + right(side) * set.asymmetry_s / 2.0
    }

    /// A pulse's height in steps of `side` over the speed's own.
    pub(super) fn amplitude_of(&self, pulse: Pulse, side: Side) -> f64 {
        let set = self.pulses[pulse.index()];
        set.amplitude * (1.0 + right(side) * set.amplitude_asymmetry / 2.0)
    }

    fn pulse(&mut self, pulse: Pulse) -> &mut PulseSettings {
        &mut self.pulses[pulse.index()]
    }

    fn check(&self) -> Result<()> {
        let (slowest, fastest) = body::SPEEDS_MPS;
        inside("speed", "2.5 to 12 m/s", self.speed_mps, slowest, fastest)?;
        inside("body mass", "20 to 250 kg", self.mass_kg, 20.0, 250.0)?;
        let (contact, stride) = (self.contact(), self.stride());
        inside("contact time", "0.07 to 0.40 s", contact, 0.07, 0.40)?;
        inside("stride time", "0.3 to 1.2 s", stride, 0.3, 1.2)?;
        inside("contact time", "at most 95 % of the step, to leave a flight", contact, 0.0, 0.475 * stride)?;
        for rate in [self.rate_hz, self.force_rate_hz.unwrap_or(self.rate_hz)] {
            inside("sample rate", "50 Hz to 100 kHz", Rate::from_hz(rate)?.as_hz(), 50.0, 100_000.0)?;
        }
        if self.steps == 0 {
            return Err(crate::Error::TooFew {
                operation: "a simulated sprinter trial",
                unit: "steps",
                needed: 1,
                got: 0,
            });
        }
        inside("steps", "at most 100000", self.steps as f64, 1.0, 100_000.0)?;
        let fastest_hz = self.rate_hz.max(self.force_rate_hz.unwrap_or(self.rate_hz));
        let samples = self.steps as f64 * stride / 2.0 * fastest_hz;
        inside("samples of all steps", "at most 10000000", samples, 0.0, 10_000_000.0)?;
        inside("serial correlation", "-0.95 to 0.95", self.serial_correlation, -0.95, 0.95)?;
        inside("angle noise", "0 to 20 deg", self.angle_noise_deg, 0.0, 20.0)?;
        inside("position noise", "0 to 1 m", self.position_noise_m, 0.0, 1.0)?;
        inside("force noise", "0 to 1000 N", self.force_noise_n, 0.0, 1000.0)?;
        for (_, sd) in &self.channel_noise {
            inside("channel noise", "0 to 1000", *sd, 0.0, 1000.0)?;
        }
        self.pulses.iter().try_for_each(|p| p.check(stride))
    }
}

/// +1 for the right side, -1 for the left.
fn right(side: Side) -> f64 {
    match side {
        Side::Right => 1.0,
        Side::Left => -1.0,
    }
}
