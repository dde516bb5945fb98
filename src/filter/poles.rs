//! From a bent band to the coefficients of each section, by poles and zeros.

use super::Section;
use super::band::Warped;
use crate::{Real, Result};
use core::f64::consts::PI;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// The low-pass that a family is made from, of cut-off 1.
#[derive(Debug, Clone, Copy)]
enum Prototype {
    /// Poles evenly over the left half of the unit circle.
    Butterworth,
    /// All poles at -1.
    CriticallyDamped,
}

/// The bent band and what its sections share.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plan {
    prototype: Prototype,
    warped: Warped,
    order: usize,
}

/// A section without its gain, in the precision of `T`.
pub(super) struct Row<T> {
    b: [f64; 3],
    a: [T; 2],
}

impl<T: Real> Row<T> {
    /// With its gain.
    pub(super) fn section(&self, gain: f64) -> Result<Section<T>> {
        Section::new(self.b.map(|b| T::cast(b * gain)), self.a)
    }
}

impl Plan {
    pub(super) fn butterworth(warped: Warped, order: usize) -> Self {
        Self { prototype: Prototype::Butterworth, warped, order }
    }

    /// `warped` holds the poles, not where the gain is -3 dB.
    pub(super) fn critically_damped(warped: Warped, order: usize) -> Self {
        Self { prototype: Prototype::CriticallyDamped, warped, order }
    }

    /// Number of sections: half the poles, rounded up.
    pub(super) fn count(&self) -> usize {
        match self.warped {
            Warped::Low(_) | Warped::High(_) => self.order.div_ceil(2),
            Warped::Pass(..) | Warped::Stop(..) => self.order,
        }
    }

    /// Section `i` and its own share of the gain.
    pub(super) fn row<T: Real>(&self, i: usize) -> (Row<T>, f64) {
        let odd = self.order % 2;
        let real = i < odd;
        match self.warped {
            Warped::Low(w) | Warped::High(w) => {
                let low = matches!(self.warped, Warped::Low(_));
                let sign = if low { 1.0 } else { -1.0 };
                if real {
                    let a1 = T::cast(bilinear(w));
                    // At its end of the axis the gain is 1 with the pole as rounded.
                    let gain = (1.0 + sign * a1.as_f64()) / 2.0;
                    return (Row { b: [1.0, sign, 0.0], a: [a1, T::ZERO] }, gain);
                }
                let (damping, _) = self.angle(self.order / 2 - 1 - (i - odd));
                let a = denominator::<T>(2.0 * w * damping, w * w);
                let gain = end_value(a, sign) / 4.0;
                (Row { b: [1.0, 2.0 * sign, 1.0], a }, gain)
            }
            Warped::Pass(centre2, width) => {
                let (c1, c0) = self.resonance(i, centre2, width);
                (Row { b: [1.0, 0.0, -1.0], a: denominator(c1, c0) }, width / (1.0 + c1 + c0))
            }
            Warped::Stop(centre2, width) => {
                let (c1, c0) = self.resonance(i, centre2, width);
                let a = denominator::<T>(c1, c0);
                let b1 = notch::<T>(centre2, i);
                (Row { b: [1.0, b1, 1.0], a }, end_value(a, 1.0) / (2.0 + b1))
            }
        }
    }

    /// Minus the real part, and the imaginary part, of prototype pole pair `k`, least damped first.
    fn angle(&self, k: usize) -> (f64, f64) {
        match self.prototype {
            Prototype::Butterworth => {
                let angle = PI * (2 * k + 1) as f64 / (2 * self.order) as f64;
                (angle.sin(), angle.cos())
            }
            Prototype::CriticallyDamped => (1.0, 0.0),
        }
    }

    /// The factor s^2 + c1 s + c0 of section `i` of a band-pass or band-stop.
    ///
    /// A prototype pole p gives the roots of s^2 - p width s + centre2, one larger and one smaller than the
    /// centre; the smaller comes from their product, so nothing cancels.
    fn resonance(&self, i: usize, centre2: f64, width: f64) -> (f64, f64) {
        let odd = self.order % 2;
        if i < odd {
            return (width, centre2);
        }
        let (pair, small) = ((i - odd) / 2, (i - odd) % 2 == 1);
        let (damping, imaginary) = self.angle(self.order / 2 - 1 - pair);
        let (re, im) = (-damping * width / 2.0, imaginary * width / 2.0);
        let centre = centre2.sqrt();
        // t = i sqrt(centre2 - (re + i im)^2), on the side where it adds to re + i im.
        let u = (centre - re) * (centre + re) + im * im;
        let v = 2.0 * re * im;
        let modulus = u.hypot(v);
        let (t_re, t_im) = if u >= 0.0 {
            let t_im = ((modulus + u) / 2.0).sqrt();
            (v / (2.0 * t_im), t_im)
        } else {
            let t_re = -((modulus - u) / 2.0).sqrt();
            (t_re, v / (2.0 * t_re))
        };
        let (re, im) = (re + t_re, im + t_im);
        let modulus2 = re * re + im * im;
        if small {
            (-2.0 * re * centre2 / modulus2, centre2 * centre2 / modulus2)
        } else {
            (-2.0 * re, modulus2)
        }
    }
}

/// `[a1, a2]` of the bilinear transform of s^2 + c1 s + c0, rounded to `T`.
///
/// Near 0 Hz the response hangs on 1 + a1 + a2, which is far smaller than its terms (near the Nyquist frequency on
/// 1 - a1 + a2). So a1 is counted from -2 (from 2), which leaves one rounding; 1 + a1 is then exact, and a2 is
/// rounded to make the sum right whatever a1 was rounded to.
fn denominator<T: Real>(c1: f64, c0: f64) -> [T; 2] {
    let scale = 1.0 + c1 + c0;
    let direct = 2.0 * (c0 - 1.0) / scale;
    if direct < -0.75 {
        let a1 = T::cast((2.0 * c1 + 4.0 * c0) / scale - 2.0);
        [a1, T::cast(4.0 * c0 / scale - (1.0 + a1.as_f64()))]
    } else if direct > 0.75 {
        let a1 = T::cast(2.0 - (2.0 * c1 + 4.0) / scale);
        [a1, T::cast(4.0 / scale - (1.0 - a1.as_f64()))]
    } else {
        [T::cast(direct), T::cast((1.0 - c1 + c0) / scale)]
    }
}

/// The denominator at 0 Hz (`sign` 1) or at the Nyquist frequency (-1).
fn end_value<T: Real>(a: [T; 2], sign: f64) -> f64 {
    1.0 + sign * a[0].as_f64() + a[1].as_f64()
}

/// b1 of the zeros of section `i` at the centre of a band-stop, rounded to `T`.
///
/// All sections want the same value; were it rounded alike in each, the errors would add up to a wrong gain below the
/// notch. So section i is rounded to make the sum of the first i + 1 right.
fn notch<T: Real>(centre2: f64, i: usize) -> f64 {
    let rounded = T::cast(2.0 * bilinear(centre2)).as_f64();
    if centre2 >= 0.5 {
        return rounded;
    }
    let missing = (4.0 * centre2 / (centre2 + 1.0) - (2.0 + rounded)) / T::epsilon().as_f64();
    let steps = ((i + 1) as f64 * missing).round() - (i as f64 * missing).round();
    rounded + steps * T::epsilon().as_f64()
}

/// (c - 1) / (c + 1), the bilinear image of the real axis, with one rounding near -1 and 1.
fn bilinear(c: f64) -> f64 {
    if c < 0.5 {
        2.0 * c / (c + 1.0) - 1.0
    } else if c > 2.0 {
        1.0 - 2.0 / (c + 1.0)
    } else {
        (c - 1.0) / (c + 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Analog factors of a band by multiplying them out again: s^4 and s^0 terms fixed, s^3 and s^1 by the width.
    #[test]
    fn the_two_resonances_of_a_pole_pair_multiply_back() {
        for (centre2, width) in [(1e-6, 1e-5), (1.0, 0.1), (0.5, 3.0), (2e-5, 8.9e-3), (40.0, 900.0)] {
            for order in [2, 3, 8] {
                let plan = Plan::butterworth(Warped::Pass(centre2, width), order);
                let first = order % 2;
                let ((p1, p0), (q1, q0)) =
                    (plan.resonance(first, centre2, width), plan.resonance(first + 1, centre2, width));
                let (damping, _) = plan.angle(order / 2 - 1);
                let close = |x: f64, y: f64| assert!((x - y).abs() <= 4e-15 * y.abs(), "{x} is not {y}");
                close(p1 + q1, 2.0 * damping * width);
                close(p0 * q0, centre2 * centre2);
                close(p0 + q0 + p1 * q1, 2.0 * centre2 + width * width);
                close(p1 * q0 + q1 * p0, 2.0 * damping * width * centre2);
            }
        }
    }

    #[test]
    fn the_end_of_the_axis_is_right_to_half_a_unit_of_a2() {
        for w in [1e-4, 1e-3, 0.1] {
            let (c1, c0) = (2.0 * w * 0.3, w * w);
            let [a1, a2] = denominator::<f64>(c1, c0);
            let wanted = 4.0 * c0 / (1.0 + c1 + c0);
            assert!((1.0 + a1 + a2 - wanted).abs() <= f64::EPSILON / 4.0);
            let [a1, a2] = denominator::<f64>(c1 / c0, 1.0 / c0);
            let wanted = 4.0 / (1.0 + c1 / c0 + 1.0 / c0);
            assert!((1.0 - a1 + a2 - wanted).abs() <= f64::EPSILON / 4.0 * 1.001);
        }
    }
}
