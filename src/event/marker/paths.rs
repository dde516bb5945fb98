//! Landmarks in the paths of a foot's markers.

use super::MarkerMethod;
use crate::event::kinematic::{Sweep, peak};
use crate::filter::{CentralDifference, Filter};
use crate::{Rate, Result};
use alloc::vec::Vec;

/// The heel is farthest forward around when the toe is, within this.
const AROUND_FRONT_S: f64 = 0.1;
/// The jerk that throws the toe upwards comes within this before its greatest acceleration.
const THROW_S: f64 = 0.06;
/// After the toe is farthest forward the foot lands within this share of its way back.
const LANDED: f64 = 0.4;
/// And takes off after this share of it.
const TAKES_OFF: f64 = 0.6;

/// A stretch without gaps, filtered.
pub(super) struct Paths {
    rate_hz: f64,
    /// Against the pelvis.
    heel_forward: Vec<f64>,
    /// Against the pelvis.
    pub(super) toe_forward: Vec<f64>,
    heel_acceleration: Vec<f64>,
    ball_acceleration: Vec<f64>,
    toe_acceleration: Vec<f64>,
    toe_jerk: Vec<f64>,
    toe_forward_acceleration: Vec<f64>,
}

impl Paths {
    /// From heel forward and height, ball height, toe forward and height, pelvis forward.
    pub(super) fn new(channels: &[Vec<f64>; 6], rate: Rate) -> Result<Self> {
        let [heel, heel_height, ball_height, toe, toe_height, pelvis] = channels;
        let derivative = CentralDifference::new(rate);
        let twice = |x: &[f64]| derivative.apply(&derivative.apply(x)?);
        let toe_acceleration = twice(toe_height)?;
        Ok(Self {
            rate_hz: rate.as_hz(),
            heel_forward: against(heel, pelvis),
            toe_forward: against(toe, pelvis),
            heel_acceleration: twice(heel_height)?,
            ball_acceleration: twice(ball_height)?,
            toe_jerk: derivative.apply(&toe_acceleration)?,
            toe_acceleration,
            toe_forward_acceleration: twice(toe)?,
        })
    }

    pub(super) fn initial(&self, method: MarkerMethod, sweep: &Sweep) -> Option<f64> {
        let front = sweep.front?;
        let landed = front + (LANDED * (sweep.back - front) as f64) as usize;
        // From the highest point of the fall on: before it the foot brakes on its way forward.
        let hit = |y: &[f64]| peak(front..landed.min(sweep.middle) + 1, |i| y[i]);
        match method {
            MarkerMethod::Handsaker => {
                let both = [hit(&self.heel_acceleration), hit(&self.ball_acceleration)];
                both.into_iter().flatten().reduce(f64::min)
            }
            MarkerMethod::HeelAndToe => hit(&self.heel_acceleration),
            MarkerMethod::Zeni => {
                let earliest = front.saturating_sub((AROUND_FRONT_S * self.rate_hz) as usize);
                peak(earliest..sweep.middle + 1, |i| self.heel_forward[i])
            }
        }
    }

    pub(super) fn terminal(&self, method: MarkerMethod, sweep: &Sweep) -> Option<f64> {
        // The toe is thrown upwards: what is not close to that is something else, and there is much of it.
        let rear = sweep.front.map_or(sweep.middle, |f| f + (TAKES_OFF * (sweep.back - f) as f64) as usize);
        let lift = peak(rear..sweep.back + 1, |i| self.toe_acceleration[i]);
        match method {
            MarkerMethod::Handsaker => before(&self.toe_jerk, lift?, THROW_S * self.rate_hz),
            MarkerMethod::HeelAndToe => after(&self.toe_forward_acceleration, lift?, sweep.back),
            MarkerMethod::Zeni => {
                let around = sweep.middle..(sweep.back + 2).min(self.toe_forward.len());
                peak(around, |i| -self.toe_forward[i])
            }
        }
    }

    /// How long the toe takes from front to back.
    pub(super) fn way_s(&self, sweep: &Sweep) -> Option<f64> {
        // A record that ends on the way has no back.
        let turned = sweep.back + 1 < self.toe_forward.len();
        turned.then_some((sweep.back - sweep.front?) as f64 / self.rate_hz)
    }
}

fn against(x: &[f64], pelvis: &[f64]) -> Vec<f64> {
    x.iter().zip(pelvis).map(|(x, p)| x - p).collect()
}

/// The last peak before a place, no further away than this.
fn before(y: &[f64], place: f64, most: f64) -> Option<f64> {
    let first = (place - most).max(0.0) as usize;
    let top = (first + 1..place as usize + 1).rev().find(|&i| y[i] > y[i - 1] && y[i] >= y[i + 1])?;
    peak(top - 1..top + 2, |i| y[i])
}

/// The first peak after a place.
fn after(y: &[f64], place: f64, last: usize) -> Option<f64> {
    let top = (place as usize + 1..last).find(|&i| y[i] > y[i - 1] && y[i] >= y[i + 1])?;
    peak(top - 1..top + 2, |i| y[i])
}
