//! The first derivative.

use crate::samples::Sample;
#[cfg(feature = "alloc")]
use crate::{Error, Filter, Result};
use crate::{Flush, GroupDelay, Rate, Stage};

/// The first derivative by central differences, in units per second.
///
/// y(i) = (x(i+1) - x(i-1)) rate/2, and at the two ends the one-sided (x(1) - x(0)) rate and (x(n-1) - x(n-2)) rate:
/// as `numpy.gradient(x, 1 / rate)`. As long as the input.
///
/// As a [`Stage`] it runs one sample late, for it needs the sample to come: the first push gives `None`, each later
/// one the derivative at the sample before, [`Flush::flush`] the last. [`crate::stage::Collect`] of it is bit for
/// bit the whole-record form. A NaN reaches its two neighbours' derivatives, and no others.
///
/// ```
/// use copeak::{Filter, Rate, filter::CentralDifference};
/// let velocity = CentralDifference::new(Rate::from_hz(2.0)?);
/// assert_eq!(velocity.apply(&[0.0, 1.0, 4.0, 9.0])?, [2.0, 4.0, 8.0, 10.0]);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[doc(alias = "gradient")]
pub struct CentralDifference {
    rate: Rate,
}

/// State of a [`CentralDifference`]: the last samples, newest last.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CentralDifferenceState<X> {
    before: Option<X>,
    last: Option<X>,
}

impl CentralDifference {
    /// Computes the derivative of samples taken at `rate`.
    pub fn new(rate: Rate) -> Self {
        Self { rate }
    }

    /// Returns the sample rate.
    pub fn rate(&self) -> Rate {
        self.rate
    }

    #[inline]
    fn one_sided<X: Sample>(&self, left: X, right: X) -> X {
        (right - left).scaled(self.rate.as_hz())
    }

    #[inline]
    fn central<X: Sample>(&self, left: X, right: X) -> X {
        (right - left).scaled(self.rate.as_hz() / 2.0)
    }
}

#[cfg(feature = "alloc")]
impl<X: Sample> Filter<X> for CentralDifference {
    type Scratch = ();

    fn scratch(&self) {}

    /// # Errors
    /// [`Error::TooFew`] below two samples.
    fn check(&self, x: &[X]) -> Result<()> {
        if x.len() < 2 {
            let operation = "a derivative";
            return Err(Error::TooFew { operation, unit: "samples", needed: 2, got: x.len() });
        }
        Ok(())
    }

    fn run(&self, x: &[X], out: &mut [X], (): &mut ()) {
        let n = x.len();
        out[0] = self.one_sided(x[0], x[1]);
        for (out, x) in out[1..n - 1].iter_mut().zip(x.windows(3)) {
            *out = self.central(x[0], x[2]);
        }
        out[n - 1] = self.one_sided(x[n - 2], x[n - 1]);
    }
}
impl crate::StageExt for CentralDifference {}

impl<X: Sample> Stage<X> for CentralDifference {
    type Output = Option<X>;
    type State = CentralDifferenceState<X>;

    fn initial_state(&self) -> Self::State {
        CentralDifferenceState { before: None, last: None }
    }

    #[inline]
    fn process(&self, state: &mut Self::State, x: X) -> Option<X> {
        let out = match (state.before, state.last) {
            (Some(before), _) => Some(self.central(before, x)),
            (None, Some(last)) => Some(self.one_sided(last, x)),
            (None, None) => None,
        };
        state.before = state.last.replace(x);
        out
    }
}

impl<X: Sample> Flush<X> for CentralDifference {
    fn flush(&self, state: &mut Self::State) -> Option<Option<X>> {
        let out = self.one_sided(state.before.take()?, state.last.take()?);
        Some(Some(out))
    }
}

/// It waits for one sample.
impl GroupDelay for CentralDifference {
    fn group_delay(&self, _frequency: f64) -> f64 {
        1.0
    }
}

#[cfg(feature = "alloc")]
whole_record!([X: Sample] CentralDifference);

/// The second derivative by central differences, in units per second squared.
///
/// y(i) = (x(i-1) - 2 x(i) + x(i+1)) rate^2; the first and the last output are those of their neighbours, which is what a
/// parabola through the three end samples gives. As long as the input. At the frequency f the gain is
/// (2 sin(pi f/rate) rate)^2, that is, within 1 % of the true (2 pi f)^2 up to 0.055 of the rate, and within 5 % up to
/// 0.12. (`numpy.gradient` twice spans five samples instead of three, and is four times as far off.)
///
/// **Noise**: white noise of standard deviation sigma comes out with sqrt(6) rate^2 sigma: 0.1 degrees at 250 Hz as
/// 15,300 degrees/s2. Smooth first: [`crate::filter::SmoothDerivative::acceleration`].
///
/// As a [`Stage`] it runs two samples late: the output for the first sample needs two more, and one comes out per push.
/// [`crate::stage::Collect`] of it is bit for bit the whole-record form. A NaN reaches its neighbours' outputs.
///
/// ```
/// use copeak::{Filter, Rate, filter::SecondDifference};
/// let acceleration = SecondDifference::new(Rate::from_hz(2.0)?);
/// assert_eq!(acceleration.apply(&[0.0, 1.0, 4.0, 9.0])?, [8.0, 8.0, 8.0, 8.0]);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SecondDifference {
    rate: Rate,
}

/// State of a [`SecondDifference`]: the last two samples, and the output that is held back.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SecondDifferenceState<X> {
    before: Option<X>,
    last: Option<X>,
    held: Option<X>,
}

impl SecondDifference {
    /// Computes the second derivative of samples taken at `rate`.
    pub fn new(rate: Rate) -> Self {
        Self { rate }
    }

    /// Returns the sample rate.
    pub fn rate(&self) -> Rate {
        self.rate
    }

    #[inline]
    fn of<X: Sample>(&self, before: X, at: X, after: X) -> X {
        let rate = self.rate.as_hz();
        ((after - at) - (at - before)).scaled(rate * rate)
    }
}

#[cfg(feature = "alloc")]
impl<X: Sample> Filter<X> for SecondDifference {
    type Scratch = ();

    fn scratch(&self) {}

    /// # Errors
    /// [`Error::TooFew`] below three samples.
    fn check(&self, x: &[X]) -> Result<()> {
        if x.len() < 3 {
            let operation = "a second derivative";
            return Err(Error::TooFew { operation, unit: "samples", needed: 3, got: x.len() });
        }
        Ok(())
    }

    fn run(&self, x: &[X], out: &mut [X], (): &mut ()) {
        let n = x.len();
        for (out, x) in out[1..n - 1].iter_mut().zip(x.windows(3)) {
            *out = self.of(x[0], x[1], x[2]);
        }
        out[0] = out[1];
        out[n - 1] = out[n - 2];
    }
}
impl crate::StageExt for SecondDifference {}

impl<X: Sample> Stage<X> for SecondDifference {
    type Output = Option<X>;
    type State = SecondDifferenceState<X>;

    fn initial_state(&self) -> Self::State {
        SecondDifferenceState { before: None, last: None, held: None }
    }

    #[inline]
    fn process(&self, state: &mut Self::State, x: X) -> Option<X> {
        let before = state.before;
        state.before = state.last.replace(x);
        let y = self.of(before?, state.before?, x);
        Some(state.held.replace(y).unwrap_or(y))
    }
}

impl<X: Sample> Flush<X> for SecondDifference {
    fn flush(&self, state: &mut Self::State) -> Option<Option<X>> {
        if state.before.take().is_some() {
            return state.held.map(Some);
        }
        state.last = None;
        state.held.take().map(Some)
    }
}

/// It waits for two samples.
impl GroupDelay for SecondDifference {
    fn group_delay(&self, _frequency: f64) -> f64 {
        2.0
    }
}

#[cfg(feature = "alloc")]
whole_record!([X: Sample] SecondDifference);

#[cfg(all(test, feature = "alloc"))]
mod tests {
    use super::*;
    use crate::{Analysis, AnalysisExt, Frame, StageExt, stage::Collect};
    use alloc::vec::Vec;

    #[test]
    fn streaming_gives_the_same_bits_one_sample_late() {
        let x: Vec<f64> = (0..50).map(|i| f64::from(i * i % 17) / 7.0).collect();
        let velocity = CentralDifference::new(Rate::from_hz(333.0).unwrap());
        let batch = velocity.apply(&x).unwrap();
        assert_eq!(Collect(velocity).analyze(&x).unwrap(), batch);
        let mut live = velocity.stream();
        assert_eq!(live.push(x[0]), None);
        assert_eq!(live.push(x[1]), Some(batch[0]));
        let _ = velocity.feed(velocity);
    }

    #[test]
    fn one_sample_has_no_derivative() {
        let velocity = CentralDifference::new(Rate::from_hz(1.0).unwrap());
        assert!(matches!(velocity.apply(&[1.0]), Err(Error::TooFew { needed: 2, got: 1, .. })));
        let mut live = velocity.stream();
        assert_eq!(live.push(1.0), None);
        assert_eq!(live.flush(), None);
    }

    #[test]
    fn streaming_gives_the_same_bits_two_samples_late() {
        let bend = SecondDifference::new(Rate::from_hz(333.0).unwrap());
        for n in 3..40 {
            let x: Vec<f64> = (0..n).map(|i| f64::from(i * i % 17) / 7.0).collect();
            let batch = bend.apply(&x).unwrap();
            assert_eq!(Collect(bend).analyze(&x).unwrap(), batch);
            let frames: Vec<_> = x.iter().map(|x| Frame([*x, 2.0 * x])).collect();
            assert_eq!(Collect(bend).analyze(&frames).unwrap(), bend.apply(&frames).unwrap());
            let mut live = bend.stream();
            let pushed: Vec<_> = x.iter().map(|x| live.push(*x)).collect();
            assert_eq!(pushed[..2], [None, None]);
            assert_eq!(pushed[2..], batch[..n as usize - 2].iter().map(|y| Some(*y)).collect::<Vec<_>>());
        }
    }

    #[test]
    fn two_samples_have_no_second_derivative() {
        let bend = SecondDifference::new(Rate::from_hz(1.0).unwrap());
        for x in [&[][..], &[1.0], &[1.0, 5.0]] {
            assert!(matches!(bend.apply(x), Err(Error::TooFew { needed: 3, .. })));
            assert_eq!(Collect(bend).analyze(x).unwrap(), []);
        }
    }
}
