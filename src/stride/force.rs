//! What the ground's force does in one step.

use super::Step;
use crate::math::GRAVITY_MPS2;
use crate::time::TimeSpan;
use crate::{Error, Real, Result, Samples, Signal};
use alloc::vec::Vec;
use core::f64::consts::PI;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Impulses, means and shape of the ground reaction force of one step; made by [`StepForces::of`].
///
/// Everything is an integral over the contact of the curve that runs straight between samples, from initial to
/// terminal contact, which may lie between samples. What the thresholds of the events cut off is lost: at 50 N on and 20 N off
/// 0.03 % of the impulse of a half-sine of 1500 N over 0.2 s. Body weight is mass times 9.80665 m/s2.
#[doc(alias = "ground reaction force")]
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct StepForces {
    /// Mean vertical force over the contact in body weights.
    pub mean_bw: f64,
    /// Mean vertical force over the first half of the contact in body weights. Sprinters at top speed differ from
    /// other athletes here and not in the second half: 2.65 against 2.21 (Clark & Weyand 2014,
    /// doi:10.1152/japplphysiol.00174.2014).
    #[doc(alias = "first-half force index")]
    pub first_half_bw: f64,
    /// Mean vertical force over the second half of the contact in body weights: 1.71 and 1.73 there.
    pub second_half_bw: f64,
    /// Largest vertical force, of the samples and the two ends, in body weights.
    pub peak_bw: f64,
    /// Vertical impulse of the contact in newton seconds.
    pub vertical_ns: f64,
    /// Vertical impulse over the one that carries body weight for the whole step: 1 when running steadily on the level.
    /// The same as mean force in body weights over step time by contact time. NaN for a step without an end.
    ///
    /// It tells mass and scale apart from events: seven treadmill runners had 0.93 to 0.99, each the same to about 0.01 at
    /// three speeds and with or without events, so the listed mass and the belt's scale differ by that; one sprinter on
    /// plates had 1.00 at 3.5 m/s and 1.01 at 9.5 m/s (`tests/it/stride/forces.rs`).
    pub support: f64,
    /// How well a half-sine of the same duration and impulse, which is what a spring-mass runner would show, explains the
    /// vertical force: 1 - squared deviations from it / squared deviations from the mean, by time. 0.78 for sprinters at
    /// top speed, 0.91 and above for other athletes (Clark & Weyand 2014).
    #[doc(alias = "spring-mass")]
    pub half_sine_r2: f64,
    /// Root mean square deviation from that half-sine in body weights.
    pub half_sine_rms_bw: f64,
    /// What needs the forward force; `None` without it.
    pub forward: Option<ForwardForces>,
}

/// Impulses of the forward force; braking is negative.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ForwardForces {
    /// Impulse of the backward force in newton seconds, not above 0.
    pub braking_ns: f64,
    /// Impulse of the forward force in newton seconds, not below 0.
    pub propulsive_ns: f64,
    /// Ratio of forces: mean forward force over the mean of the resultant (sagittal) force, method B of Bezodis et al. 2021
    /// (doi:10.1016/j.jbiomech.2021.110685). 0 at steady speed, and neither the mean of the ratio at each instant nor
    /// the ratio to the resultant of the means.
    #[doc(alias("RF", "ratio of forces"))]
    pub ratio: f64,
}

impl ForwardForces {
    /// Net impulse in newton seconds; over body mass it is the step's gain in speed, air resistance apart.
    pub fn net_ns(&self) -> f64 {
        self.braking_ns + self.propulsive_ns
    }
}

impl StepForces {
    /// The forces of the contact that starts `step`. `vertical` is positive upwards, `forward` along the running direction;
    /// they may have clocks of their own.
    ///
    /// On one belt both feet share a channel: with flight phases on both sides of the contact that is no matter.
    ///
    /// # Errors
    /// [`Error::Parameter`] for a mass that is not finite or not above zero; [`Error::Window`] when the contact leaves a
    /// signal; [`Error::NonFinite`] for a NaN or infinite sample in it (index among the contact's points, the landing being 0);
    /// [`Error::Undefined`] when the vertical impulse is not above zero.
    ///
    /// ```
    /// use copeak::{Clock, Rate, Signal, stride::{Step, StepForces}};
    /// # use copeak::event::{Contact, Event, EventKind, Method, Side};
    /// # let event = |t, kind| Event::new(t, 0.001, Side::Left, kind, Method::Force);
    /// # let contact = Contact::new(event(0.125, EventKind::InitialContact), event(0.375, EventKind::TerminalContact))?;
    /// // A contact from 0.125 to 0.375 s under a half-sine of 1600 N, 70 kg, next landing at 0.5 s.
    /// let step = Step::new(contact, 0.5, 0.75);
    /// let clock = Clock::from_zero(Rate::from_hz(1000.0)?);
    /// let force = |i: i32| 1600.0 * (std::f64::consts::PI * f64::from(i - 125) / 250.0).sin().max(0.0);
    /// let vertical = Signal::new(clock, (0..500).map(force).collect::<Vec<_>>());
    /// let forces = StepForces::of(&step, &vertical, None, 70.0)?;
    /// assert!((forces.mean_bw - 1.484).abs() < 1e-3 && forces.half_sine_r2 > 0.999);
    /// assert!((forces.first_half_bw - forces.second_half_bw).abs() < 1e-9);
    /// # Ok::<(), copeak::Error>(())
    /// ```
    pub fn of<S>(step: &Step, vertical: &Signal<S>, forward: Option<&Signal<S>>, mass_kg: f64) -> Result<Self>
    where
        S: Samples,
        S::Item: Real,
    {
        if !(mass_kg.is_finite() && mass_kg > 0.0) {
            return Err(Error::Parameter {
                name: "body mass",
                rule: "finite and above 0 kg",
                value: mass_kg,
            });
        }
        let weight_n = mass_kg * GRAVITY_MPS2;
        let contact = TimeSpan { start_s: step.start_s(), end_s: step.contact.terminal.time_s };
        let middle_s = step.mid_contact_s();
        let times = points(vertical, contact, middle_s)?;
        let up = read(vertical, &times)?;
        let vertical_ns = integral(&times, &up);
        if vertical_ns <= 0.0 {
            let reason = "the vertical impulse of the contact is not above zero; up must be positive";
            return Err(Error::Undefined { quantity: "the forces of a step", reason });
        }
        let half = times.iter().position(|&t| t >= middle_s).unwrap_or(0);
        let first_ns = integral(&times[..=half], &up[..=half]);
        let contact_s = contact.duration_s();
        let mean_n = vertical_ns / contact_s;
        let sine =
            |t: f64| 0.5 * PI * mean_n * (PI * ((t - contact.start_s) / contact_s).clamp(0.0, 1.0)).sin();
        let squares = |model: &dyn Fn(f64) -> f64| {
            let squared: Vec<f64> = times.iter().zip(&up).map(|(&t, f)| (f - model(t)).powi(2)).collect();
            integral(&times, &squared)
        };
        let missed = squares(&sine);
        Ok(Self {
            mean_bw: mean_n / weight_n,
            first_half_bw: 2.0 * first_ns / contact_s / weight_n,
            second_half_bw: 2.0 * (vertical_ns - first_ns) / contact_s / weight_n,
            peak_bw: up.iter().fold(f64::NEG_INFINITY, |top, &f| top.max(f)) / weight_n,
            vertical_ns,
            support: vertical_ns / (weight_n * step.duration_s()),
            half_sine_r2: 1.0 - missed / squares(&|_| mean_n),
            half_sine_rms_bw: (missed / contact_s).sqrt() / weight_n,
            forward: forward.map(|forward| along(forward, vertical, contact)).transpose()?,
        })
    }
}

/// The forward forces of a contact, on the points of both signals.
fn along<S>(forward: &Signal<S>, vertical: &Signal<S>, contact: TimeSpan) -> Result<ForwardForces>
where
    S: Samples,
    S::Item: Real,
{
    let middle_s = 0.5 * (contact.start_s + contact.end_s);
    let mut times = points(forward, contact, middle_s)?;
    times.extend(points(vertical, contact, middle_s)?);
    times.sort_by(f64::total_cmp);
    times.dedup();
    let (ahead, up) = (read(forward, &times)?, read(vertical, &times)?);
    let (mut braking_ns, mut propulsive_ns) = (0.0, 0.0);
    for (t, f) in times.windows(2).zip(ahead.windows(2)) {
        let (dt, f) = (t[1] - t[0], [f[0], f[1]]);
        if f[0] * f[1] < 0.0 {
            // The line crosses zero in between: a triangle of each sign.
            let share = f[0] / (f[0] - f[1]);
            let parts = [0.5 * dt * share * f[0], 0.5 * dt * (1.0 - share) * f[1]];
            braking_ns += parts[0].min(0.0) + parts[1].min(0.0);
            propulsive_ns += parts[0].max(0.0) + parts[1].max(0.0);
        } else {
            let part = 0.5 * dt * (f[0] + f[1]);
            braking_ns += part.min(0.0);
            propulsive_ns += part.max(0.0);
        }
    }
    let whole: Vec<f64> = ahead.iter().zip(&up).map(|(x, z)| x.hypot(*z)).collect();
    Ok(ForwardForces {
        braking_ns,
        propulsive_ns,
        ratio: (braking_ns + propulsive_ns) / integral(&times, &whole),
    })
}

/// The window's ends, its middle and the sample times between.
pub(super) fn points<S: Samples>(signal: &Signal<S>, window: TimeSpan, middle_s: f64) -> Result<Vec<f64>> {
    if !signal.covers(window.start_s, window.end_s) {
        return Err(signal.outside(window.start_s, window.end_s));
    }
    let clock = signal.clock();
    let first = clock.position(window.start_s).floor().max(0.0) as usize;
    let end = (clock.position(window.end_s).ceil() as usize).min(signal.samples().len() - 1);
    let inside = |t: &f64| *t > window.start_s && *t < window.end_s;
    let mut times: Vec<f64> = (first..=end).map(|i| clock.time_s(i as f64)).filter(inside).collect();
    times.extend([window.start_s, middle_s, window.end_s]);
    times.sort_by(f64::total_cmp);
    times.dedup();
    Ok(times)
}

/// Values of a signal at times inside it; all finite.
pub(super) fn read<S>(signal: &Signal<S>, times: &[f64]) -> Result<Vec<f64>>
where
    S: Samples,
    S::Item: Real,
{
    let mut values = Vec::with_capacity(times.len());
    for (index, &t) in times.iter().enumerate() {
        let value = signal.value_at(t)?.as_f64();
        if !value.is_finite() {
            return Err(Error::NonFinite { operation: "the forces of a step", index });
        }
        values.push(value);
    }
    Ok(values)
}

/// The integral of the curve that runs straight between these points.
pub(super) fn integral(times: &[f64], values: &[f64]) -> f64 {
    times.windows(2).zip(values.windows(2)).map(|(t, v)| 0.5 * (t[1] - t[0]) * (v[0] + v[1])).sum()
}
