//! One joint's angle over the stride: the integral of bell-shaped velocity lobes, as a Fourier series.

use super::body::{Lobe, Place};
use crate::{Error, Result};
use alloc::vec::Vec;
use core::f64::consts::{PI, TAU};
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// A lobe at a definite speed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bell {
    /// Centre as a fraction of the stride.
    pub(super) phase: f64,
    /// Height in deg/s.
    pub(super) height: f64,
    /// Standard deviation as a fraction of the stride.
    pub(super) width: f64,
    /// Whether the *whole* velocity must peak at this phase with this height.
    pub(super) set: bool,
}

impl Bell {
    pub(super) fn new(lobe: &Lobe, phase: f64, speed_mps: f64) -> Self {
        Self {
            phase,
            height: lobe.height.at(speed_mps),
            width: lobe.width.at(speed_mps),
            set: !matches!(lobe.place, Place::Phase(_)),
        }
    }
}

/// An angle about its mean, recurring once a stride: `sum a_k cos 2 pi k phase + b_k sin 2 pi k phase`, degrees.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Waveform {
    harmonics: Vec<(f64, f64)>,
    stride_s: f64,
}

impl Waveform {
    /// The waveform whose set bells are peaks of its velocity, at their phase and with their height.
    ///
    /// Neighbouring lobes overlap, so a bell placed at a phase does not peak there: places and heights are moved until
    /// the whole velocity does.
    pub(super) fn through(bells: &[Bell], stride_s: f64) -> Result<Self> {
        let mut placed: Vec<Bell> = bells.to_vec();
        for _ in 0..200 {
            let wave = Self::of(&placed, stride_s);
            let mut worst = 0.0f64;
            for (bell, goal) in placed.iter_mut().zip(bells).filter(|(_, goal)| goal.set) {
                let [_, velocity, slope, bend] = wave.derivatives(goal.phase);
                if !(bend * goal.height < 0.0 && velocity * goal.height > 0.0) {
                    return Err(CROWDED);
                }
                // Newton's step to the extremum near the goal, damped to a quarter of the pulse.
                let miss = (-slope / bend / stride_s).clamp(-bell.width / 4.0, bell.width / 4.0);
                bell.phase -= miss;
                bell.height *= goal.height / velocity;
                worst = worst.max(miss.abs()).max((velocity / goal.height - 1.0).abs());
            }
            if worst < 1e-13 {
                return Ok(Self::of(&placed, stride_s));
            }
        }
        Err(CROWDED)
    }

    /// The waveform of these bells as they stand. A wrapped normal bell of deviation s has the Fourier coefficients
    /// s sqrt(2 pi) exp(-2 pi^2 k^2 s^2); its mean is left out, so the angle comes back after every stride.
    fn of(bells: &[Bell], stride_s: f64) -> Self {
        let narrowest = bells.iter().map(|b| b.width).fold(1.0, f64::min);
        // Beyond this the coefficients are below 1e-17 of the first.
        let count = (1.41 / narrowest).ceil() as usize;
        let harmonics = (1..=count)
            .map(|k| {
                let k = k as f64;
                let (mut a, mut b) = (0.0, 0.0);
                for bell in bells {
                    let size = 2.0 * bell.height * bell.width * TAU.sqrt();
                    let size = size * (-2.0 * (PI * k * bell.width).powi(2)).exp() * stride_s / (TAU * k);
                    let (sin, cos) = (TAU * k * bell.phase).sin_cos();
                    a -= size * sin;
                    b += size * cos;
                }
                (a, b)
            })
            .collect();
        Self { harmonics, stride_s }
    }

    /// Angle about the mean (deg), velocity (deg/s), and the next two derivatives (deg/s^2, deg/s^3) at a phase.
    pub(super) fn derivatives(&self, phase: f64) -> [f64; 4] {
        let (sin1, cos1) = (TAU * (phase - phase.floor())).sin_cos();
        let omega = TAU / self.stride_s;
        let (mut cos, mut sin) = (1.0, 0.0);
        let mut out = [0.0; 4];
        for (k, (a, b)) in self.harmonics.iter().enumerate() {
            (cos, sin) = (cos * cos1 - sin * sin1, sin * cos1 + cos * sin1);
            let w = omega * (k + 1) as f64;
            let even = a * cos + b * sin;
            let odd = w * (b * cos - a * sin);
            out[0] += even;
            out[1] += odd;
            out[2] -= w * w * even;
            out[3] -= w * w * odd;
        }
        out
    }
}

const CROWDED: Error = Error::Undefined {
    quantity: "a simulated sprinter with these pulse times and heights",
    reason: "a pulse that a neighbour on the same joint swallows has no peak",
};

#[cfg(test)]
mod tests {
    use super::*;

    fn bell(phase: f64, height: f64, width: f64, set: bool) -> Bell {
        Bell { phase, height, width, set }
    }

    #[test]
    fn set_bells_are_peaks_where_and_as_high_as_asked() {
        let bells = [
            bell(0.16, -680.0, 0.085, true),
            bell(0.49, 400.0, 0.065, false),
            bell(0.66, 900.0, 0.065, true),
            bell(0.88, -500.0, 0.055, false),
        ];
        let wave = Waveform::through(&bells, 0.464).unwrap();
        for goal in bells.iter().filter(|b| b.set) {
            let [_, velocity, slope, _] = wave.derivatives(goal.phase);
            assert!((velocity - goal.height).abs() < 1e-9, "{velocity}");
            assert!(slope.abs() < 1e-6, "{slope}");
        }
    }

    #[test]
    fn derivatives_are_those_of_the_angle() {
        let wave = Waveform::of(&[bell(0.3, 500.0, 0.05, false), bell(0.8, -200.0, 0.08, false)], 0.6);
        let h = 1e-5;
        for i in 0..20 {
            let phase = f64::from(i) / 20.0;
            let (before, here, after) =
                (wave.derivatives(phase - h), wave.derivatives(phase), wave.derivatives(phase + h));
            // Sizes of velocity, acceleration and jerk of bells this high and narrow.
            for (d, size) in [500.0, 1e4, 5e5].into_iter().enumerate() {
                let slope = (after[d] - before[d]) / (2.0 * h * 0.6);
                assert!((slope - here[d + 1]).abs() < 1e-6 * size, "{d} {slope} {here:?}");
            }
        }
    }

    #[test]
    fn a_velocity_that_is_one_bell_has_its_shape() {
        // Far from the bell the velocity is minus the bell's mean, and at half its height the bell is 1.1774 widths away.
        let wave = Waveform::of(&[bell(0.5, 100.0, 0.04, false)], 1.0);
        let mean = 100.0 * 0.04 * TAU.sqrt();
        assert!((wave.derivatives(0.0)[1] + mean).abs() < 1e-9);
        let half = wave.derivatives(0.5 + 0.04 * (2.0 * 2f64.ln()).sqrt())[1];
        assert!((half - (50.0 - mean)).abs() < 1e-9, "{half}");
    }

    #[test]
    fn a_swallowed_pulse_is_refused() {
        let bells = [bell(0.50, 100.0, 0.05, true), bell(0.51, -900.0, 0.08, true)];
        assert!(matches!(Waveform::through(&bells, 0.5), Err(Error::Undefined { .. })));
    }
}
