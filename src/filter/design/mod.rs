//! Designs: recursive and FIR filters, their sections, and what is built from them.

mod butterworth;
#[cfg(feature = "alloc")]
mod cascade;
#[cfg(feature = "alloc")]
mod conditioner;
mod critically_damped;
#[cfg(feature = "alloc")]
mod emg;
mod envelope;
#[cfg(feature = "alloc")]
mod fir;
mod notch;
mod preset;
#[cfg(feature = "alloc")]
mod residual;
#[cfg(feature = "alloc")]
mod response;
mod section;
mod tkeo;
#[cfg(feature = "alloc")]
mod zero_phase;

pub use butterworth::Butterworth;
pub use critically_damped::CriticallyDamped;
pub use envelope::{Envelope, Rectify};
pub use notch::Notch;
pub use preset::Preset;
pub use section::{Section, SectionState};
pub use tkeo::{Tkeo, TkeoState};
#[cfg(feature = "alloc")]
pub use {
    cascade::{Cascade, CascadeState},
    conditioner::{Conditioned, Conditioner, TimingNoise},
    emg::Emg,
    envelope::EnvelopeScratch,
    fir::{Fir, FirState, Taper},
    residual::{ResidualAnalysis, ResidualCutoff, YuCutoff, yu_cutoff},
    response::ImpulseResponse,
    zero_phase::{ZeroPhase, ZeroPhaseScratch},
};

use crate::{Error, Rate, Real, Result};
use core::f64::consts::PI;
use core::fmt;
use core::marker::PhantomData;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// A recursive design of any family: what a preset or a chain holds.
///
/// ```
/// use copeak::{Rate, filter::{Band, CriticallyDamped, Design}};
/// let design = Design::from(CriticallyDamped::low_pass(2, 10.0, Rate::from_hz(1000.0)?)?);
/// assert_eq!(design.band(), Band::Low(10.0));
/// assert_eq!(format!("{design:.1}"), "critically damped low-pass at 10.0 Hz, order 2, for 1000 Hz");
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Design {
    /// Maximally flat.
    Butterworth(Butterworth),
    /// Without overshoot.
    CriticallyDamped(CriticallyDamped),
    /// One frequency taken out.
    Notch(Notch),
}

/// The same call on whichever family it is.
macro_rules! of_any {
    ($self:expr, $design:ident => $call:expr) => {
        match $self {
            Design::Butterworth($design) => $call,
            Design::CriticallyDamped($design) => $call,
            Design::Notch($design) => $call,
        }
    };
}

impl Design {
    /// Returns the design whose -3 dB points lie at this one's cut-offs after `passes` passes.
    ///
    /// # Errors
    /// As the family's own `for_passes`.
    pub fn for_passes(self, passes: usize) -> Result<Self> {
        of_any!(self, design => design.for_passes(passes).map(Self::from))
    }

    /// The same family, order and cut-offs at another rate.
    ///
    /// # Errors
    /// [`crate::Error::Cutoff`] or [`crate::Error::Parameter`] when a cut-off or bandwidth does not lie below the new
    /// Nyquist frequency.
    pub fn at_rate(self, rate: Rate) -> Result<Self> {
        Ok(match self {
            Design::Butterworth(design) => Butterworth::new(design.order(), design.band(), rate)?.into(),
            Design::CriticallyDamped(design) => {
                CriticallyDamped::new(design.order(), design.band(), rate)?.into()
            }
            Design::Notch(design) => Notch::new(design.centre_hz(), design.bandwidth_hz(), rate)?.into(),
        })
    }

    /// -3 dB points per pass.
    pub fn band(&self) -> Band {
        of_any!(self, design => design.band())
    }

    /// Returns the sample rate.
    pub fn rate(&self) -> Rate {
        of_any!(self, design => design.rate())
    }

    /// Returns the order after `passes` passes.
    ///
    /// # Errors
    /// [`crate::Error::Parameter`] for 0 passes.
    pub fn effective_order(&self, passes: usize) -> Result<usize> {
        of_any!(self, design => design.effective_order(passes))
    }

    /// Returns the frequencies at which the gain is -3 dB after `passes` passes.
    ///
    /// # Errors
    /// [`crate::Error::Parameter`] for 0 passes.
    pub fn effective_cutoff_hz(&self, passes: usize) -> Result<Band> {
        of_any!(self, design => design.effective_cutoff_hz(passes))
    }

    /// Returns the gain of one pass at `frequency_hz`, exactly as designed.
    pub fn gain(&self, frequency_hz: f64) -> f64 {
        of_any!(self, design => design.gain(frequency_hz))
    }

    /// Returns the sections, computed one by one without heap.
    ///
    /// # Errors
    /// As the family's own `iter`.
    pub fn iter<T: Real>(&self) -> Result<Sections<T>> {
        of_any!(self, design => design.iter())
    }

    /// Returns the filter ready to run: sections and memory in `f64`.
    ///
    /// # Errors
    /// As [`Design::iter`].
    #[cfg(feature = "alloc")]
    pub fn cascade(&self) -> Result<Cascade> {
        Cascade::new(self.iter()?)
    }
}

#[cfg(feature = "alloc")]
impl ZeroPhase {
    /// `design` forwards and backwards, its -3 dB points kept where they are after both passes.
    ///
    /// ```
    /// use copeak::{Rate, filter::{Butterworth, ZeroPhase}};
    /// let rate = Rate::from_hz(200.0)?;
    /// let design = Butterworth::low_pass(2, 20.0, rate)?;
    /// assert_eq!(ZeroPhase::corrected(design)?, ZeroPhase::low_pass(2, 20.0, rate)?);
    /// # Ok::<(), copeak::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Design::for_passes`] and [`Design::iter`].
    pub fn corrected(design: impl Into<Design>) -> Result<Self> {
        Ok(Self::single_pass_cutoff(design.into().for_passes(2)?.cascade()?))
    }
}

/// As the family's own.
impl fmt::Display for Design {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        of_any!(self, design => fmt::Display::fmt(design, f))
    }
}

impl From<Butterworth> for Design {
    fn from(design: Butterworth) -> Self {
        Self::Butterworth(design)
    }
}

impl From<CriticallyDamped> for Design {
    fn from(design: CriticallyDamped) -> Self {
        Self::CriticallyDamped(design)
    }
}

impl From<Notch> for Design {
    fn from(design: Notch) -> Self {
        Self::Notch(design)
    }
}

/// Pass band of a filter, with its cut-offs in hertz.
///
/// ```
/// use copeak::filter::Band;
/// let band = Band::Pass(20.0, 450.0);
/// assert_eq!(band.cutoffs_hz(), (20.0, Some(450.0)));
/// assert_eq!(band.to_string(), "band-pass from 20 to 450 Hz");
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Band {
    /// Everything below the cut-off.
    Low(f64),
    /// Everything above the cut-off.
    High(f64),
    /// Everything between the lower and the upper cut-off.
    Pass(f64, f64),
    /// Everything but what lies between the lower and the upper cut-off.
    Stop(f64, f64),
}

/// A band on the axis that the bilinear transform bends frequencies to, W = tan(pi f / rate).
#[derive(Debug, Clone, Copy)]
enum Warped {
    Low(f64),
    High(f64),
    /// Square of the centre, and width.
    Pass(f64, f64),
    Stop(f64, f64),
}

impl Band {
    /// Returns the cut-off, and the upper one where there are two.
    pub fn cutoffs_hz(&self) -> (f64, Option<f64>) {
        match *self {
            Band::Low(f) | Band::High(f) => (f, None),
            Band::Pass(low, high) | Band::Stop(low, high) => (low, Some(high)),
        }
    }

    /// "at 20 Hz", "from 20 to 450 Hz".
    fn fmt_edges(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, second) = self.cutoffs_hz();
        f.write_str(if second.is_some() { "from " } else { "at " })?;
        fmt::Display::fmt(&first, f)?;
        if let Some(second) = second {
            f.write_str(" to ")?;
            fmt::Display::fmt(&second, f)?;
        }
        f.write_str(" Hz")
    }

    /// The band, when every cut-off lies strictly between 0 and the Nyquist frequency and two of them rise.
    fn checked(self, rate: Rate) -> Result<Self> {
        let nyquist_hz = rate.nyquist_hz();
        let (first, second) = self.cutoffs_hz();
        for cutoff_hz in [Some(first), second].into_iter().flatten() {
            if !(cutoff_hz > 0.0 && cutoff_hz < nyquist_hz) {
                return Err(Error::Cutoff { cutoff_hz, nyquist_hz });
            }
        }
        match second {
            Some(high) if high <= first => {
                Err(Error::Parameter { name: "upper cut-off", rule: "above the lower one", value: high })
            }
            _ => Ok(self),
        }
    }

    /// Bent by the bilinear transform, each difference free of cancellation.
    fn warped(self, rate: Rate) -> Warped {
        let pair = |low: f64, high: f64| {
            let width = sin_pi(high - low, rate) / (cos_pi(low, rate) * cos_pi(high, rate));
            (tan_pi(low, rate) * tan_pi(high, rate), width)
        };
        match self {
            Band::Low(f) => Warped::Low(tan_pi(f, rate)),
            Band::High(f) => Warped::High(tan_pi(f, rate)),
            Band::Pass(low, high) => {
                let (centre2, width) = pair(low, high);
                Warped::Pass(centre2, width)
            }
            Band::Stop(low, high) => {
                let (centre2, width) = pair(low, high);
                Warped::Stop(centre2, width)
            }
        }
    }
}

/// Kind and cut-offs; a precision shortens the numbers.
impl fmt::Display for Band {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Band::Low(_) => "low-pass ",
            Band::High(_) => "high-pass ",
            Band::Pass(..) => "band-pass ",
            Band::Stop(..) => "band-stop ",
        })?;
        self.fmt_edges(f)
    }
}

impl Warped {
    /// The band made `factor` times as wide (above 1) or narrow (below 1), its centre kept.
    fn widened(self, factor: f64) -> Self {
        match self {
            Warped::Low(w) => Warped::Low(w * factor),
            Warped::High(w) => Warped::High(w / factor),
            Warped::Pass(centre2, width) => Warped::Pass(centre2, width * factor),
            Warped::Stop(centre2, width) => Warped::Stop(centre2, width / factor),
        }
    }

    /// Back in hertz.
    fn band(self, rate: Rate) -> Band {
        let hz = |w: f64| rate.as_hz() / PI * w.atan();
        let edges = |centre2: f64, width: f64| {
            let upper = 0.5 * (width + (width * width + 4.0 * centre2).sqrt());
            (hz(centre2 / upper), hz(upper))
        };
        match self {
            Warped::Low(w) => Band::Low(hz(w)),
            Warped::High(w) => Band::High(hz(w)),
            Warped::Pass(centre2, width) => {
                let (low, high) = edges(centre2, width);
                Band::Pass(low, high)
            }
            Warped::Stop(centre2, width) => {
                let (low, high) = edges(centre2, width);
                Band::Stop(low, high)
            }
        }
    }
}

fn sin_pi(f: f64, rate: Rate) -> f64 {
    (PI * f / rate.as_hz()).sin()
}

/// cos(pi f / rate), exact to the last digits up to the Nyquist frequency, where it vanishes.
fn cos_pi(f: f64, rate: Rate) -> f64 {
    if f <= rate.as_hz() / 4.0 { (PI * f / rate.as_hz()).cos() } else { sin_pi(rate.nyquist_hz() - f, rate) }
}

fn tan_pi(f: f64, rate: Rate) -> f64 {
    if f <= rate.as_hz() / 4.0 {
        (PI * f / rate.as_hz()).tan()
    } else {
        1.0 / (PI * (rate.nyquist_hz() - f) / rate.as_hz()).tan()
    }
}

/// The highest order a design may have.
const HIGHEST: usize = 1000;

/// The order, when a design may have it.
fn checked_order(order: usize) -> Result<usize> {
    if (1..=HIGHEST).contains(&order) {
        return Ok(order);
    }
    Err(Error::Parameter { name: "filter order", rule: "from 1 to 1000", value: order as f64 })
}

/// The number of passes, when there is at least one.
fn checked_passes(passes: usize) -> Result<usize> {
    if passes > 0 {
        return Ok(passes);
    }
    Err(Error::Parameter { name: "number of passes", rule: "at least 1", value: 0.0 })
}

/// The sections of a design, computed on demand.
#[derive(Debug, Clone)]
pub struct Sections<T> {
    plan: Plan,
    /// The whole gain, when the first section carries it.
    lumped: Option<f64>,
    next: usize,
    sample: PhantomData<T>,
}

impl<T: Real> Sections<T> {
    /// Every section is tried once, so that iterating cannot fail.
    fn new(plan: Plan) -> Result<Self> {
        let mut total = 1.0;
        for i in 0..plan.count() {
            let (row, gain) = plan.row::<T>(i);
            row.section(gain)?;
            total *= gain;
        }
        let lumped = total > T::min_positive_value().as_f64().sqrt();
        Ok(Self { plan, lumped: lumped.then_some(total), next: 0, sample: PhantomData })
    }

    /// All of them, when there are `N`.
    fn array<const N: usize>(mut self) -> Result<[Section<T>; N]> {
        let right = self.plan.count();
        match self.next() {
            Some(first) if N == right => {
                let mut array = [first; N];
                for (place, section) in array[1..].iter_mut().zip(self) {
                    *place = section;
                }
                Ok(array)
            }
            _ => Err(Error::LengthMismatch { operation: "an array of sections", left: N, right }),
        }
    }
}

impl<T: Real> Iterator for Sections<T> {
    type Item = Section<T>;

    fn next(&mut self) -> Option<Section<T>> {
        if self.next == self.plan.count() {
            return None;
        }
        let (row, own) = self.plan.row::<T>(self.next);
        let gain = match self.lumped {
            Some(total) if self.next == 0 => total,
            Some(_) => 1.0,
            None => own,
        };
        self.next += 1;
        row.section(gain).ok()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.plan.count() - self.next;
        (left, Some(left))
    }
}

impl<T: Real> ExactSizeIterator for Sections<T> {}

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
struct Plan {
    prototype: Prototype,
    warped: Warped,
    order: usize,
}

/// A section without its gain, in the precision of `T`.
struct Row<T> {
    b: [f64; 3],
    a: [T; 2],
}

impl<T: Real> Row<T> {
    /// With its gain.
    fn section(&self, gain: f64) -> Result<Section<T>> {
        Section::new(self.b.map(|b| T::cast(b * gain)), self.a)
    }
}

impl Plan {
    fn butterworth(warped: Warped, order: usize) -> Self {
        Self { prototype: Prototype::Butterworth, warped, order }
    }

    /// `warped` holds the poles, not where the gain is -3 dB.
    fn critically_damped(warped: Warped, order: usize) -> Self {
        Self { prototype: Prototype::CriticallyDamped, warped, order }
    }

    /// Number of sections: half the poles, rounded up.
    fn count(&self) -> usize {
        match self.warped {
            Warped::Low(_) | Warped::High(_) => self.order.div_ceil(2),
            Warped::Pass(..) | Warped::Stop(..) => self.order,
        }
    }

    /// Section `i` and its own share of the gain.
    fn row<T: Real>(&self, i: usize) -> (Row<T>, f64) {
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
