//! Ground reaction force of one contact.

use crate::event::Side;
use crate::math::GRAVITY_MPS2;
use crate::{Error, Result};
use core::f64::consts::PI;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Share of body mass that the impact stops: foot and shank.
const LOWER_LIMB: f64 = 0.08;
/// Time of the long pulse's peak, as a fraction of contact.
const LONG_PEAK: f64 = 0.47;
/// End of braking and start of propulsion, as a fraction of contact.
const BRAKING: f64 = 0.48;

/// Force of one foot from initial contact on; zero outside the contact.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct ContactForce {
    contact_s: f64,
    /// Height and half-length of the impact pulse.
    impact: (f64, f64),
    /// Height of the long pulse.
    carry: f64,
    /// Height of the propulsive pulse.
    propulsion: f64,
}

impl ContactForce {
    /// `step_s` is the time that the contact's impulse must carry the body.
    pub(super) fn new(speed_mps: f64, mass_kg: f64, contact_s: f64, step_s: f64) -> Result<Self> {
        // Time in which the lower limb stops, and the vertical velocity it loses.
        let stop_s = 0.012 + 0.097 * contact_s;
        let stop_mps = 1.2 + 1.4 * (speed_mps - 3.5) / 6.0;
        let weight = mass_kg * GRAVITY_MPS2;
        let total = weight * step_s;
        let mean_impact = LOWER_LIMB * mass_kg * (stop_mps / stop_s + GRAVITY_MPS2);
        let impact = mean_impact * 2.0 * stop_s;
        if impact >= total {
            return Err(Error::Undefined {
                quantity: "a simulated ground reaction force",
                reason: "the impact alone exceeds the impulse that so short a step allows",
            });
        }
        Ok(Self {
            contact_s,
            impact: (2.0 * mean_impact, stop_s),
            carry: 2.0 * (total - impact) / contact_s,
            propulsion: weight * (0.16 + 0.063 * speed_mps),
        })
    }

    /// Upward force, `after_s` after initial contact.
    pub(super) fn vertical(&self, after_s: f64) -> f64 {
        let (height, half) = self.impact;
        let peak = LONG_PEAK * self.contact_s;
        height * raised_cosine(after_s, half, half, half)
            + self.carry * raised_cosine(after_s, peak, peak, self.contact_s - peak)
    }

    /// Forward force: braking is negative.
    pub(super) fn forward(&self, after_s: f64) -> f64 {
        let (brake, push) = (BRAKING * self.contact_s / 2.0, (1.0 - BRAKING) * self.contact_s / 2.0);
        // Equal impulses: height times length is the same for both.
        self.propulsion
            * (raised_cosine(after_s, 2.0 * brake + push, push, push)
                - push / brake * raised_cosine(after_s, brake, brake, brake))
    }
}

/// The force of both feet over a run: every contact the same.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct GroundForce {
    pub(super) contact: ContactForce,
    /// An initial contact of the right foot.
    pub(super) right_ic_s: f64,
    pub(super) step_s: f64,
}

impl GroundForce {
    /// Upward force of one foot.
    pub(super) fn vertical(&self, side: Side, time_s: f64) -> f64 {
        self.contact.vertical(self.since_contact_s(side, time_s))
    }

    /// Forward force of one foot.
    pub(super) fn forward(&self, side: Side, time_s: f64) -> f64 {
        self.contact.forward(self.since_contact_s(side, time_s))
    }

    /// Time since this foot's last initial contact.
    fn since_contact_s(&self, side: Side, time_s: f64) -> f64 {
        let half = if side == Side::Right { 0.0 } else { self.step_s };
        let strides = (time_s - self.right_ic_s - half) / (2.0 * self.step_s);
        (strides - strides.floor()) * 2.0 * self.step_s
    }
}

/// A pulse of height 1 at `peak`, zero from `before` before to `after` after it.
fn raised_cosine(at: f64, peak: f64, before: f64, after: f64) -> f64 {
    let from = at - peak;
    let half = if from < 0.0 { before } else { after };
    if from.abs() < half { 0.5 * (1.0 + (PI * from / half).cos()) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn integral(f: impl Fn(f64) -> f64, to: f64) -> f64 {
        let n = 20_000;
        (0..n).map(|i| f((i as f64 + 0.5) / n as f64 * to)).sum::<f64>() * to / n as f64
    }

    #[test]
    fn impulse_carries_the_body_over_the_step_and_neither_speeds_nor_slows_it() {
        for (speed, contact, step) in
            [(3.5, 0.249, 0.378), (5.2, 0.189, 0.34), (7.0, 0.153, 0.291), (9.5, 0.124, 0.231)]
        {
            let force = ContactForce::new(speed, 70.0, contact, step).unwrap();
            let vertical = integral(|t| force.vertical(t), contact);
            assert!((vertical / (70.0 * GRAVITY_MPS2 * step) - 1.0).abs() < 1e-6, "{speed}: {vertical}");
            assert!(integral(|t| force.forward(t), contact).abs() < 1e-6);
            let peak = (0..1000).map(|i| force.vertical(i as f64 / 1000.0 * contact)).fold(0.0, f64::max);
            assert!((2.4..3.6).contains(&(peak / 70.0 / GRAVITY_MPS2)), "{speed}: {peak}");
            assert_eq!(force.vertical(-1e-9), 0.0);
            assert_eq!(force.vertical(contact), 0.0);
        }
    }
}
