//! The second-order section every recursive filter of the crate is made of.

use crate::{Error, Flush, Frame, GroupDelay, Real, Result, Stage, SteadyState};
use biquad::Coefficients;
use core::any::TypeId;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// A second-order section, (b0 + b1 z⁻¹ + b2 z⁻²) / (1 + a1 z⁻¹ + a2 z⁻²), in transposed direct form II.
///
/// One section, one number or one [`Frame`] of channels per step; a first-order section has b2 = a2 = 0.
/// Sections in an array are a cascade.
///
/// ```
/// use copeak::{StageExt, filter::Section};
/// let mean_of_two = Section::new([0.5, 0.5, 0.0], [0.0, 0.0])?;
/// let mut live = mean_of_two.stream();
/// assert_eq!([2.0, 4.0, 6.0].map(|x| live.push(x)), [1.0, 3.0, 5.0]);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
#[doc(alias = "sos")]
#[doc(alias = "biquad")]
pub struct Section<T> {
    coefficients: Coefficients<T>,
}

/// State of a [`Section`] between samples.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct SectionState<X> {
    s1: X,
    s2: X,
}

impl<T: PartialEq> PartialEq for Section<T> {
    fn eq(&self, other: &Self) -> bool {
        let (x, y) = (&self.coefficients, &other.coefficients);
        x.b0 == y.b0 && x.b1 == y.b1 && x.b2 == y.b2 && x.a1 == y.a1 && x.a2 == y.a2
    }
}

impl<T: Real> Section<T> {
    /// Creates a section from numerator `[b0, b1, b2]` and denominator `[a1, a2]`, with a0 = 1.
    ///
    /// # Errors
    /// [`Error::NonFinite`] (index in b0, b1, b2, a1, a2), and [`Error::Undefined`] when a pole lies on or outside
    /// the unit circle, so that the output would not die away.
    pub fn new(b: [T; 3], a: [T; 2]) -> Result<Self> {
        let [b0, b1, b2] = b;
        let [a1, a2] = a;
        if let Some(index) = [b0, b1, b2, a1, a2].iter().position(|c| !c.is_finite()) {
            return Err(Error::NonFinite { operation: "a filter section", index });
        }
        // The triangle of stable pairs (a1, a2).
        if a2.abs() < T::ONE && a1.abs() < T::ONE + a2 {
            Ok(Self { coefficients: Coefficients { b0, b1, b2, a1, a2 } })
        } else {
            Err(Error::Undefined {
                quantity: "a stable filter section",
                reason: "in this precision a pole lies on or outside the unit circle",
            })
        }
    }

    /// Returns the numerator `[b0, b1, b2]`.
    pub fn numerator(&self) -> [T; 3] {
        let c = &self.coefficients;
        [c.b0, c.b1, c.b2]
    }

    /// Returns the denominator `[a1, a2]`; a0 is 1.
    pub fn denominator(&self) -> [T; 2] {
        [self.coefficients.a1, self.coefficients.a2]
    }

    /// State and output after an endless constant `level`.
    fn settled_at(&self, level: T) -> (SectionState<T>, T) {
        let Coefficients { b0, b1, b2, a1, a2 } = self.coefficients;
        let out = (b0 + b1 + b2) / (T::ONE + a1 + a2) * level;
        (SectionState { s1: out - b0 * level, s2: b2 * level - a2 * out }, out)
    }

    /// Number of poles away from the origin, by the shape of the section: 1 for a first-order section, else 2.
    fn pole_count(&self) -> usize {
        let c = &self.coefficients;
        if c.b2 == T::ZERO && c.a2 == T::ZERO { 1 } else { 2 }
    }
}
impl<T> crate::StageExt for Section<T> {}

impl<T: Real> Stage<T> for Section<T> {
    type Output = T;
    type State = SectionState<T>;

    #[inline]
    fn initial_state(&self) -> SectionState<T> {
        SectionState::default()
    }

    #[inline]
    fn process(&self, state: &mut SectionState<T>, x: T) -> T {
        let c = &self.coefficients;
        let y = state.s1 + c.b0 * x;
        state.s1 = state.s2 + c.b1 * x - c.a1 * y;
        state.s2 = c.b2 * x - c.a2 * y;
        y
    }
}

impl<T: Real> SteadyState<T> for Section<T> {
    fn steady_state(&self, level: T) -> (SectionState<T>, T) {
        self.settled_at(level)
    }
    fn order(&self) -> usize {
        self.pole_count()
    }
    /// In `f32` the memory is not `f64`.
    fn second_order_sections(&self, each: &mut dyn FnMut([f64; 5])) -> bool {
        let Coefficients { b0, b1, b2, a1, a2 } = self.coefficients;
        let double = TypeId::of::<T>() == TypeId::of::<f64>();
        if double {
            each([b0, b1, b2, a1, a2].map(T::as_f64));
        }
        double
    }
}

impl<T: Real> Flush<T> for Section<T> {}

/// That of the numerator less that of the denominator. Where a zero lies on the unit circle (the notch; the ends of
/// the axis) it is the limit from either side.
impl<T: Real> GroupDelay for Section<T> {
    fn group_delay(&self, frequency: f64) -> f64 {
        let ([a1, a2], b) = (self.denominator(), self.numerator());
        delay(b.map(T::as_f64), frequency) - delay([1.0, a1.as_f64(), a2.as_f64()], frequency)
    }
}

/// Group delay of c0 + c1 z^-1 + c2 z^-2 at z = exp(i w): that of z^-1, which is 1, less the slope of the phase of
/// c0 z + c1 + c2 z^-1 = (c0 + c1 + c2) - 2 (c0 + c2) sin^2(w/2) + i (c0 - c2) sin w.
///
/// Near 0 Hz the response of a low cut-off hangs on the first sum, which is small and exact; near the Nyquist
/// frequency on c0 - c1 + c2, so there w is counted from the other end.
fn delay([c0, c1, c2]: [f64; 3], frequency: f64) -> f64 {
    if c0 == c2 || (c0 == -c2 && c1 == 0.0) {
        return 1.0; // symmetric: the phase is a straight line, whatever the zeros on the circle do
    }
    if c2 == 0.0 && c0.abs() == c1.abs() {
        return 0.5;
    }
    let (c1, turn) = if frequency <= 0.25 { (c1, frequency) } else { (-c1, 0.5 - frequency) };
    let (sin, cos) = (core::f64::consts::TAU * turn).sin_cos();
    let half = (core::f64::consts::PI * turn).sin();
    let (sum, difference) = (c0 + c2, c0 - c2);
    let (re, im) = ((c0 + c1 + c2) - 2.0 * sum * half * half, difference * sin);
    if re == 0.0 && im == 0.0 {
        // A zero at this very end of the axis: the factor 1 - z^-1 delays by half a sample, and this is left.
        return 0.5 + delay([c0, -c2, 0.0], 0.0);
    }
    1.0 - difference * (re * cos + sum * sin * sin) / (re * re + im * im)
}

/// Channel by channel the same arithmetic as for numbers, one loop per line so that the channels share vector lanes.
impl<T: Real, const N: usize> Stage<Frame<T, N>> for Section<T> {
    type Output = Frame<T, N>;
    type State = SectionState<Frame<T, N>>;

    #[inline]
    fn initial_state(&self) -> Self::State {
        SectionState::default()
    }

    #[inline]
    fn process(&self, state: &mut Self::State, x: Frame<T, N>) -> Frame<T, N> {
        let c = &self.coefficients;
        let (s1, s2, x) = (&mut state.s1.0, &mut state.s2.0, x.0);
        let mut y = [T::ZERO; N];
        for i in 0..N {
            y[i] = s1[i] + c.b0 * x[i];
        }
        for i in 0..N {
            s1[i] = s2[i] + c.b1 * x[i] - c.a1 * y[i];
        }
        for i in 0..N {
            s2[i] = c.b2 * x[i] - c.a2 * y[i];
        }
        Frame(y)
    }
}

impl<T: Real, const N: usize> SteadyState<Frame<T, N>> for Section<T> {
    fn steady_state(&self, level: Frame<T, N>) -> (Self::State, Frame<T, N>) {
        let lanes = level.map(|x| self.settled_at(x));
        (SectionState { s1: lanes.map(|l| l.0.s1), s2: lanes.map(|l| l.0.s2) }, lanes.map(|l| l.1))
    }
    fn order(&self) -> usize {
        self.pole_count()
    }
}

impl<T: Real, const N: usize> Flush<Frame<T, N>> for Section<T> {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::StageExt;
    use biquad::{Biquad, DirectForm2Transposed};

    fn section() -> Section<f64> {
        Section::new([0.2042538, 0.4085076, 0.2042538], [-0.3802318, 0.1972471]).unwrap()
    }

    #[test]
    fn equals_biquad_bit_for_bit() {
        let section = section();
        let mut theirs = DirectForm2Transposed::<f64>::new(section.coefficients);
        let mut ours = section.stream();
        for i in 0..1000 {
            let x = f64::from(i * i % 101) - 50.3;
            assert_eq!(ours.push(x).to_bits(), theirs.run(x).to_bits());
        }
    }

    #[test]
    fn settled_means_no_transient() {
        let (mut state, out) = SteadyState::<f64>::steady_state(&section(), 3.0);
        for _ in 0..50 {
            assert!((section().process(&mut state, 3.0) - out).abs() < 1e-15);
        }
    }

    #[test]
    fn what_cannot_die_away_is_refused() {
        assert!(matches!(Section::new([1.0, 0.0, 0.0], [-2.0, 1.0]), Err(Error::Undefined { .. })));
        assert!(matches!(Section::new([1.0, 0.0, 0.0], [0.0, 1.0]), Err(Error::Undefined { .. })));
        assert!(matches!(
            Section::new([1.0, f32::NAN, 0.0], [0.0, 0.0]),
            Err(Error::NonFinite { index: 1, .. })
        ));
    }
}
