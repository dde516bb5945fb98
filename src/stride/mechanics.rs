//! Mechanics of one step: impulses and shape of the ground reaction force, stiffness of the spring-mass model.

use super::Step;
use super::speed::{Speed, with_error};
use crate::format::number;
use crate::math::GRAVITY_MPS2;
use crate::time::TimeSpan;
use crate::{Error, Real, Result, Samples, Signal};
use alloc::vec::Vec;
use core::f64::consts::PI;
use core::fmt;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Impulses, means and shape of the ground reaction force of one step; made by [`StepForces::from_step`].
///
/// Everything is an integral over the contact of the curve that runs straight between samples, from initial to
/// terminal contact, which may lie between samples. The force before and after the thresholds of the events is lost: at 50 N on and
/// 20 N off 0.03 % of the impulse of a half-sine of 1500 N over 0.2 s. Body weight is mass times 9.80665 m/s2.
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
    /// Mean force over body weight must equal step time over contact time; this is their ratio. NaN for a step without an end.
    ///
    /// It separates errors of mass and scale from errors of events: seven treadmill runners had 0.93 to 0.99, each the same to about 0.01 at
    /// three speeds and with or without events, so the listed mass and the belt's scale differ by that; one sprinter on
    /// plates had 1.00 at 3.5 m/s and 1.01 at 9.5 m/s (`tests/it/stride/forces.rs`).
    pub support: f64,
    /// Fit of a half-sine of the same duration and impulse, the force of a spring-mass runner, to the
    /// vertical force: 1 - squared deviations from it / squared deviations from the mean, by time. 0.78 for sprinters at
    /// top speed, 0.91 and above for other athletes (Clark & Weyand 2014).
    #[doc(alias = "spring-mass")]
    pub half_sine_r2: f64,
    /// Root mean square deviation from that half-sine in body weights.
    pub half_sine_rms_bw: f64,
    /// Impulses of the forward force; `None` without a forward channel.
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
    /// Returns the net impulse in newton seconds; over body mass it is the step's gain in speed, air resistance apart.
    pub fn net_ns(&self) -> f64 {
        self.braking_ns + self.propulsive_ns
    }
}

impl StepForces {
    /// Measures the forces of the contact that starts `step`. `vertical` is positive upwards, `forward` along the running direction;
    /// their clocks may differ.
    ///
    /// Both feet may share a channel, as on a treadmill with one belt, when there is a flight before and after the contact.
    ///
    /// # Errors
    /// [`Error::Parameter`] for a mass that is not finite or not above zero; [`Error::Window`] when the contact leaves a
    /// signal; [`Error::NonFinite`] for a NaN or infinite sample in it (index among the contact's points, the landing being 0);
    /// [`Error::Undefined`] when the vertical impulse is not above zero.
    ///
    /// ```
    /// use copeak::{Clock, Rate, Signal, stride::{Step, mechanics::StepForces}};
    /// # use copeak::event::{Contact, Event, EventKind, Method, Side};
    /// # let event = |t, kind| Event::new(t, 0.001, Side::Left, kind, Method::Force);
    /// # let contact = Contact::new(event(0.125, EventKind::InitialContact), event(0.375, EventKind::TerminalContact))?;
    /// // A contact from 0.125 to 0.375 s under a half-sine of 1600 N, 70 kg, next landing at 0.5 s.
    /// let step = Step::new(contact, 0.5, 0.75);
    /// let clock = Clock::from_zero(Rate::from_hz(1000.0)?);
    /// let force = |i: i32| 1600.0 * (std::f64::consts::PI * f64::from(i - 125) / 250.0).sin().max(0.0);
    /// let vertical = Signal::new(clock, (0..500).map(force).collect::<Vec<_>>());
    /// let forces = StepForces::from_step(&step, &vertical, None, 70.0)?;
    /// assert!((forces.mean_bw - 1.484).abs() < 1e-3 && forces.half_sine_r2 > 0.999);
    /// assert!((forces.first_half_bw - forces.second_half_bw).abs() < 1e-9);
    /// # Ok::<(), copeak::Error>(())
    /// ```
    pub fn from_step<S>(
        step: &Step,
        vertical: &Signal<S>,
        forward: Option<&Signal<S>>,
        mass_kg: f64,
    ) -> Result<Self>
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

/// Measures the forward forces of a contact, on the points of both signals.
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

/// Returns the window's ends, its middle and the sample times between them.
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

/// Returns the values of a signal at times inside it; all finite.
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

/// Integrates the curve that runs straight between these points.
pub(super) fn integral(times: &[f64], values: &[f64]) -> f64 {
    times.windows(2).zip(values.windows(2)).map(|(t, v)| 0.5 * (t[1] - t[0]) * (v[0] + v[1])).sum()
}

/// Stiffness by the sine-wave method (Morin et al. 2005, doi:10.1123/jab.21.2.167): the vertical force of a contact is taken
/// to be a half-sine that carries body weight over the step.
///
/// With contact time c and flight time f: largest force F = m g (π/2)(f/c + 1), largest drop of the centre of mass
/// D = F c²/(m π²) - g c²/8, vertical stiffness F/D. The standard errors are those that the events' errors make, to first order
/// and with the take-off, which contact and flight share, counted once. They do not include the error of the method, which differs
/// from a force plate by 0.67 to 6.93 % (Morin et al. 2005). It is for level running.
///
/// A contact of 0.20 s before a flight of 0.10 s, measured 10 % too short, makes the vertical stiffness 19 % too large.
///
/// ```
/// use copeak::stride::{Step, mechanics::SpringMass, speed::Speed};
/// # use copeak::event::{Contact, Event, EventKind, Method, Side};
/// # let event = |t, kind| Event::new(t, 0.002, Side::Left, kind, Method::Force);
/// # let contact = Contact::new(event(1.0, EventKind::InitialContact), event(1.2, EventKind::TerminalContact))?;
/// // 70 kg, contact 0.20 s, flight 0.12 s, every event known to 2 ms.
/// let spring = SpringMass::from_step(&Step::new(contact, 1.32, 0.64), 70.0)?;
/// println!("{:.1} ± {:.1} kN/m", spring.vertical_npm / 1e3, spring.vertical_se_npm / 1e3);
/// # assert_eq!(format!("{:.1} ± {:.1} kN/m", spring.vertical_npm / 1e3, spring.vertical_se_npm / 1e3), "33.9 ± 0.7 kN/m");
/// // A leg of 0.95 m at 4 m/s.
/// let leg = spring.leg(0.95, Speed::new(4.0, 0.05))?;
/// assert!(leg.stiffness_npm < spring.vertical_npm);
/// # Ok::<(), copeak::Error>(())
/// ```
#[doc(alias("vertical stiffness", "kvert", "sine-wave method"))]
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SpringMass {
    /// Largest vertical force in newtons.
    pub force_n: f64,
    /// Its standard error.
    pub force_se_n: f64,
    /// Largest drop of the centre of mass in metres.
    pub drop_m: f64,
    /// Its standard error.
    pub drop_se_m: f64,
    /// Vertical stiffness in newtons per metre.
    pub vertical_npm: f64,
    /// Its standard error.
    pub vertical_se_npm: f64,
    mass_kg: f64,
    events: [Known; 3],
}

/// Stiffness of the leg; see [`SpringMass::leg`].
#[doc(alias = "kleg")]
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct LegStiffness {
    /// Shortening of the leg in metres.
    pub shortening_m: f64,
    /// Its standard error.
    pub shortening_se_m: f64,
    /// Largest force over shortening, in newtons per metre.
    pub stiffness_npm: f64,
    /// Its standard error.
    pub stiffness_se_npm: f64,
}

/// A value and its standard error.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct Known {
    value: f64,
    se: f64,
}

impl SpringMass {
    /// Fits the spring-mass model to the times of one step.
    ///
    /// # Errors
    /// [`Error::Parameter`] for a mass that is not finite or not above zero; [`Error::Undefined`] for a step without a
    /// flight after it, which does not bounce.
    pub fn from_step(step: &Step, mass_kg: f64) -> Result<Self> {
        if !(mass_kg.is_finite() && mass_kg > 0.0) {
            return Err(Error::Parameter {
                name: "body mass",
                rule: "finite and above 0 kg",
                value: mass_kg,
            });
        }
        let flies = step.flight_s() > 0.0 && step.contact_s() > 0.0;
        if !flies {
            let reason = "the step has no flight";
            return Err(Error::Undefined { quantity: "the stiffness of a step", reason });
        }
        let (initial, terminal) = (step.contact.initial, step.contact.terminal);
        let events = [
            // Relative to the landing: large times on the clock must cost no digits.
            Known { value: 0.0, se: initial.se_s },
            Known { value: terminal.time_s - initial.time_s, se: terminal.se_s },
            Known { value: step.end_s - initial.time_s, se: step.end_se_s },
        ];
        let bounce = |t: &[f64; 3]| Bounce::of(t, mass_kg);
        let (force_n, force_se_n) = propagate(&events, |t| bounce(t).force_n);
        let (drop_m, drop_se_m) = propagate(&events, |t| bounce(t).drop_m);
        let (vertical_npm, vertical_se_npm) = propagate(&events, |t| bounce(t).force_n / bounce(t).drop_m);
        Ok(Self { force_n, force_se_n, drop_m, drop_se_m, vertical_npm, vertical_se_npm, mass_kg, events })
    }

    /// Returns the stiffness of a leg of this length in metres at this speed: it shortens by L - √(L² - (v c/2)²) + D.
    ///
    /// The hip's height above the ground in standing is the usual length (or 0.53 of body height). The mean speed
    /// overestimates that over the contact, which makes the result too small.
    ///
    /// # Errors
    /// [`Error::Parameter`] for a length that is not finite or not above zero, and for a speed that is negative or not finite;
    /// [`Error::Undefined`] when half the distance covered during the contact is not shorter than the leg.
    pub fn leg(&self, length_m: f64, speed: Speed) -> Result<LegStiffness> {
        if !(length_m.is_finite() && length_m > 0.0) {
            let rule = "finite and above 0 m";
            return Err(Error::Parameter { name: "length of the leg", rule, value: length_m });
        }
        if !(speed.mps.is_finite() && speed.mps >= 0.0) {
            let rule = "finite and not negative";
            return Err(Error::Parameter { name: "speed", rule, value: speed.mps });
        }
        let half_way = |contact_s: f64, mps: f64| 0.5 * mps * contact_s;
        if half_way(self.events[1].value, speed.mps) >= length_m {
            let reason =
                "the runner moves by two leg lengths or more during the contact; check leg length and speed";
            return Err(Error::Undefined { quantity: "the stiffness of a leg", reason });
        }
        let [a, b, c] = self.events;
        let known = [a, b, c, Known { value: speed.mps, se: speed.se_mps }];
        let shortening = |x: &[f64; 4]| {
            let sweep = half_way(x[1] - x[0], x[3]);
            let bounce = Bounce::of(&[x[0], x[1], x[2]], self.mass_kg);
            (length_m - (length_m * length_m - sweep * sweep).sqrt() + bounce.drop_m, bounce.force_n)
        };
        let (shortening_m, shortening_se_m) = propagate(&known, |x| shortening(x).0);
        let (stiffness_npm, stiffness_se_npm) = propagate(&known, |x| shortening(x).1 / shortening(x).0);
        Ok(LegStiffness { shortening_m, shortening_se_m, stiffness_npm, stiffness_se_npm })
    }
}

/// A half-sine contact between landing, take-off and next landing.
struct Bounce {
    force_n: f64,
    drop_m: f64,
}

impl Bounce {
    fn of(&[landing, leaving, next]: &[f64; 3], mass_kg: f64) -> Self {
        let (contact, step) = (leaving - landing, next - landing);
        let force_n = mass_kg * GRAVITY_MPS2 * 0.5 * PI * step / contact;
        let drop_m = contact * contact * (force_n / (mass_kg * PI * PI) - GRAVITY_MPS2 / 8.0);
        Self { force_n, drop_m }
    }
}

/// Returns a function of values with independent errors, and its standard error to first order.
fn propagate<const N: usize>(known: &[Known; N], f: impl Fn(&[f64; N]) -> f64) -> (f64, f64) {
    let at = known.map(|k| k.value);
    let mut variance = 0.0;
    for i in 0..N {
        // Central difference: times and speeds are of the order of 1, so rounding and curvature stay below 1e-9.
        let step = 1e-5;
        let (mut less, mut more) = (at, at);
        less[i] -= step;
        more[i] += step;
        let slope = (f(&more) - f(&less)) / (2.0 * step);
        variance += (slope * known[i].se).powi(2);
    }
    (f(&at), variance.sqrt())
}

impl fmt::Display for StepForces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "vertical force {:.2} BW on average ({:.2} in the first half of contact, {:.2} in the second), peak {:.2} BW, \
             impulse {} N s; half-sine R^2 {:.2}; support {}",
            self.mean_bw,
            self.first_half_bw,
            self.second_half_bw,
            self.peak_bw,
            number(self.vertical_ns),
            self.half_sine_r2,
            number(self.support)
        )?;
        self.forward.as_ref().map_or(Ok(()), |forward| write!(f, "; {forward}"))
    }
}

impl fmt::Display for ForwardForces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "braking {} N s, propulsion {} N s, ratio of forces {:.1} %",
            number(self.braking_ns),
            number(self.propulsive_ns),
            100.0 * self.ratio
        )
    }
}

impl fmt::Display for SpringMass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "largest force {}, drop {}, vertical stiffness {}; a spring-mass model",
            with_error(self.force_n, self.force_se_n, 1.0, "N"),
            with_error(self.drop_m, self.drop_se_m, 1e3, "mm"),
            with_error(self.vertical_npm, self.vertical_se_npm, 1e-3, "kN/m")
        )
    }
}

impl fmt::Display for LegStiffness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the leg shortens by {}, leg stiffness {}; a spring-mass model",
            with_error(self.shortening_m, self.shortening_se_m, 1e3, "mm"),
            with_error(self.stiffness_npm, self.stiffness_se_npm, 1e-3, "kN/m")
        )
    }
}
