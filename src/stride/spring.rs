//! The runner as a spring and a mass, from contact and flight times alone.

use super::{Speed, Step};
use crate::math::GRAVITY_MPS2;
use crate::{Error, Result};
use core::f64::consts::PI;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Stiffness by the sine-wave method (Morin et al. 2005, doi:10.1123/jab.21.2.167): the vertical force of a contact is taken
/// to be a half-sine that carries body weight over the step.
///
/// With contact time c and flight time f: largest force F = m g (π/2)(f/c + 1), largest drop of the centre of mass
/// D = F c²/(m π²) - g c²/8, vertical stiffness F/D. The standard errors are those that the events' errors make, to first order
/// and with the take-off, which contact and flight share, counted once. The method itself differs from a
/// force plate by 0.67 to 6.93 % (Morin et al. 2005), which they do not contain; it is for level running.
///
/// A contact of 0.20 s before a flight of 0.10 s, read 10 % too short, makes vertical stiffness 19 % too large.
///
/// ```
/// use copeak::stride::{SpringMass, Step, Speed};
/// # use copeak::event::{Contact, Event, EventKind, Method, Side};
/// # let event = |t, kind| Event::new(t, 0.002, Side::Left, kind, Method::Force);
/// # let contact = Contact::new(event(1.0, EventKind::InitialContact), event(1.2, EventKind::TerminalContact))?;
/// // 70 kg, contact 0.20 s, flight 0.12 s, every event known to 2 ms.
/// let spring = SpringMass::of(&Step::new(contact, 1.32, 0.64), 70.0)?;
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
    /// How much the leg shortens, in metres.
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
    /// The spring-mass runner of one step.
    ///
    /// # Errors
    /// [`Error::Parameter`] for a mass that is not finite or not above zero; [`Error::Undefined`] for a step without a
    /// flight after it: what does not leave the ground does not bounce.
    pub fn of(step: &Step, mass_kg: f64) -> Result<Self> {
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
            // From the landing on: large times on the clock must cost no digits.
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

    /// Stiffness of a leg of this length in metres at this speed: it shortens by L - √(L² - (v c/2)²) + D.
    ///
    /// The hip's height above the ground in standing is the usual length (or 0.53 of body height). The mean speed
    /// overestimates that over the contact, which makes the result too small.
    ///
    /// # Errors
    /// [`Error::Parameter`] for a length that is not finite or not above zero, and for a speed that is negative or not finite;
    /// [`Error::Undefined`] when half the way of the contact is not shorter than the leg.
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
            let reason = "the foot is on the ground for a way of two legs or more";
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

/// A function of values with independent errors, and its standard error to first order.
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
