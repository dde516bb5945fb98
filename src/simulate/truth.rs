//! The truth about a simulated trial.

use super::force::GroundForce;
use super::modulation::Modulation;
use super::pulse::{Joint, Pulse};
use super::waveform::Waveform;
use crate::event::{Contact, Side};
use crate::stride::Step;
use crate::{Error, Result};
use alloc::vec::Vec;

/// Most points of a drive cycle: far more than it has detail.
const MOST_POINTS: usize = 10_000_000;

/// One joint's true angle over time.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Motion {
    pub(super) joint: Joint,
    pub(super) side: Side,
    pub(super) mean_deg: f64,
    pub(super) waveform: Waveform,
    pub(super) modulation: Modulation,
    /// An initial contact of its own side, and the time between two.
    pub(super) ic_s: f64,
    pub(super) stride_s: f64,
}

impl Motion {
    /// Angle in degrees and its rate in deg/s, exact.
    pub(super) fn at(&self, time_s: f64) -> (f64, f64) {
        let now = self.modulation.at(time_s);
        let phase = (time_s - now.delay_s - self.ic_s) / self.stride_s;
        let [angle, velocity, ..] = self.waveform.derivatives(phase);
        let rate = now.gain * velocity * (1.0 - now.delay_rate) + now.gain_rate * angle;
        (self.mean_deg + now.gain * angle, rate)
    }
}

/// The truth about one step.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct StepTruth {
    /// Contact, end and stride time, all exact.
    pub step: Step,
    pub(super) peaks: [(f64, f64); Pulse::ALL.len()],
}

impl StepTruth {
    /// Returns the time of the pulse's peak, in seconds on the recording's clock.
    pub fn peak_s(&self, pulse: Pulse) -> f64 {
        self.peaks[pulse.index()].0
    }

    /// Returns its height in deg/s, above zero.
    pub fn peak_deg_per_s(&self, pulse: Pulse) -> f64 {
        self.peaks[pulse.index()].1
    }
}

/// The truth about a trial: its contacts, every pulse's time and height in every step, and the exact angular
/// velocities behind the sampled angles.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Truth {
    /// Every contact in the recording: one before the first step, and the one that ends the last. The foot meets and
    /// leaves the ground where the force rises from and returns to zero; a threshold finds it a little later and
    /// earlier.
    pub contacts: Vec<Contact>,
    /// The steps whose whole stride cycle lies in the recording.
    pub steps: Vec<StepTruth>,
    pub(super) motions: Vec<Motion>,
    pub(super) force: GroundForce,
}

impl Truth {
    /// Returns the velocity of which `pulse` is a peak, in deg/s, positive in the pulse's direction while `support` is on the
    /// ground; exact, at any time.
    pub fn velocity_deg_per_s(&self, pulse: Pulse, support: Side, time_s: f64) -> f64 {
        let (joint, side) = pulse.joint(support);
        let motion = self.motions.iter().find(|m| m.joint == joint && m.side == side);
        motion.map_or(f64::NAN, |m| pulse.sign(support) * m.at(time_s).1)
    }

    /// Returns the vertical ground reaction force of one foot in newtons, without noise, at any time.
    pub fn vertical_force_n(&self, side: Side, time_s: f64) -> f64 {
        self.force.vertical(side, time_s)
    }

    /// Returns the drive of `pulse` in step `step`, max(0, velocity) in deg/s, at `points` phases m/`points` of the stride
    /// cycle centred on mid-contact, end point excluded.
    ///
    /// # Errors
    /// [`Error::TooFew`] for fewer than 2 points or a step that is not there; [`Error::Parameter`] above 10,000,000
    /// points.
    pub fn drive_cycle(&self, pulse: Pulse, step: usize, points: usize) -> Result<Vec<f64>> {
        if points < 2 {
            return Err(Error::TooFew {
                operation: "a simulated drive cycle",
                unit: "points",
                needed: 2,
                got: points,
            });
        }
        if points > MOST_POINTS {
            let (name, rule) = ("points", "at most 10000000");
            return Err(Error::Parameter { name, rule, value: points as f64 });
        }
        let truth = self.steps.get(step).ok_or(Error::TooFew {
            operation: "a simulated drive cycle",
            unit: "steps",
            needed: step.saturating_add(1),
            got: self.steps.len(),
        })?;
        let (window, side) = (truth.step.stride_cycle(), truth.step.side());
        let time = |m: usize| window.start_s + window.duration_s() * m as f64 / points as f64;
        Ok((0..points).map(|m| self.velocity_deg_per_s(pulse, side, time(m)).max(0.0)).collect())
    }

    /// Returns the coincidence of the five contributors over all steps: mean realised over mean available peak of their drives,
    /// each divided by its mean peak, on 100 phases of the stride cycle.
    ///
    /// It holds for these very steps; the value of a *configuration* is that of many steps.
    pub fn coincidence(&self) -> f64 {
        const POINTS: usize = 100;
        let mut available = 0.0;
        let mut sums: Vec<[f64; POINTS]> = alloc::vec![[0.0; POINTS]; self.steps.len()];
        for pulse in Pulse::CONTRIBUTORS {
            let cycles: Vec<Vec<f64>> =
                (0..self.steps.len()).filter_map(|step| self.drive_cycle(pulse, step, POINTS).ok()).collect();
            let peaks = cycles.iter().map(|c| c.iter().fold(0.0, |a: f64, &b| a.max(b))).sum::<f64>();
            let mean_peak = peaks / cycles.len() as f64;
            available += peaks / mean_peak;
            for (sum, cycle) in sums.iter_mut().zip(&cycles) {
                sum.iter_mut().zip(cycle).for_each(|(s, y)| *s += y / mean_peak);
            }
        }
        sums.iter().map(|s| s.iter().fold(0.0, |a: f64, &b| a.max(b))).sum::<f64>() / available
    }
}
