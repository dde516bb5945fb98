//! The integral of a record, and what keeps it from drifting.

use crate::filter::Filter;
use crate::samples::{Sample, first_non_finite};
use crate::{Error, Rate, Result, Samples, Signal};
use alloc::vec::Vec;

const OPERATION: &str = "integration";

/// Known values of an integral, from which its constant and its drift are taken.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Boundary {
    /// Its value at the first sample. Nothing is known of drift, and none is removed.
    Start(f64),
    /// Its values at the first and the last sample: a straight line takes up the difference. For a foot at rest at both ends
    /// (0, 0), or one stride of a velocity that is the same at the next contact.
    Ends(f64, f64),
    /// Its mean; no drift is removed.
    Mean(f64),
    /// As much at the last sample as at the first, and its mean: one step or stride of steady running, from contact to
    /// contact, whose vertical velocity has mean 0 and whose horizontal velocity has the known speed (Cavagna 1975).
    PeriodicMean(f64),
}

/// Rule for the integral between two samples.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Rule {
    Trapezoid,
    Simpson,
}

/// The integral over time from the first sample to each one: acceleration to velocity, velocity to displacement.
///
/// By the trapezoid rule, as `scipy.integrate.cumulative_trapezoid(x, dx=1/rate, initial=0)`; with
/// [`Integral::simpson`], a parabola through each three samples, as `scipy.integrate.cumulative_simpson(x, dx=1/rate,
/// initial=0)`. The trapezoid rule reads a sine of frequency f too small by 1/3 (pi f/rate)^2 of it: 0.03 % at a hundredth
/// of the rate. Sums are kept in `f64`; `f32` samples are rounded once.
///
/// # Drift
/// An offset b in the input grows as b t, and twice integrated as b t^2/2. White noise of standard deviation sigma
/// becomes a random walk: after t seconds its standard deviation is sigma sqrt(t/rate), and integrated once more
/// sigma sqrt(t^3/(3 rate)). So an integral is worth something only as far as something is known of it: a [`Boundary`]; values
/// at several times ([`Integral::through`]: a foot at rest in every mid-stance); or that slow motion is of no interest, which is
/// a high-pass behind it, `Integral::new(rate).feed(ZeroPhase::high_pass(2, 0.5, rate)?)`. A walk that is held at both ends of
/// T seconds is largest in the middle, sigma sqrt(T/rate)/2. Live: [`crate::filter::LeakyIntegral`].
///
/// NaN is refused: it would reach every later sample.
///
/// ```
/// use copeak::{Filter, Rate, filter::Integral, filter::integration::Boundary};
/// let rate = Rate::from_hz(10.0)?;
/// let velocity = Integral::new(rate).apply(&[0.0f64, 2.0, 2.0])?;
/// assert!((velocity[2] - 0.3).abs() < 1e-15);
/// // A runner's vertical acceleration with an offset of 0.5 over one step: the velocity returns to where it was.
/// let step = Integral::new(rate).known(Boundary::PeriodicMean(0.0)).apply(&[0.5f64; 4])?;
/// assert!(step.iter().all(|v| v.abs() < 1e-15));
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[doc(alias = "cumulative_trapezoid")]
#[doc(alias = "cumtrapz")]
#[doc(alias = "cumulative_simpson")]
pub struct Integral {
    rate: Rate,
    rule: Rule,
    known: Boundary,
}

impl Integral {
    /// Integrates by the trapezoid rule, 0 at the first sample.
    pub fn new(rate: Rate) -> Self {
        Self { rate, rule: Rule::Trapezoid, known: Boundary::Start(0.0) }
    }

    /// Integrates by Simpson's rule; exact for polynomials to the second degree. A record of two samples takes the trapezoid.
    #[must_use]
    pub fn simpson(self) -> Self {
        Self { rule: Rule::Simpson, ..self }
    }

    /// Sets what is known of the integral, in its unit, the same for every channel; 0 at the first sample unless set.
    #[must_use]
    pub fn known(self, known: Boundary) -> Self {
        Self { known, ..self }
    }

    /// Returns the sample rate.
    pub fn rate(&self) -> Rate {
        self.rate
    }

    /// Returns the integral of a channel that has `values[k]` at `times_s[k]`: the drift between two known times is taken off as a
    /// straight line, before the first and after the last as a constant. For a foot's velocity, 0 in each mid-stance (the
    /// zero-velocity update of foot-worn sensors). The boundary set with [`Integral::known`] is not used.
    ///
    /// ```
    /// use copeak::{Clock, Rate, Signal, filter::Integral};
    /// let rate = Rate::from_hz(100.0)?;
    /// let offset = Signal::new(Clock::from_zero(rate), vec![0.2f64; 301]);
    /// let velocity = Integral::new(rate).through(&offset, &[0.5, 1.5, 2.5], &[0.0; 3])?;
    /// assert!(velocity.value_at(1.0)?.abs() < 1e-12);
    /// assert!((velocity.value_at(3.0)? - 0.1).abs() < 1e-12);
    /// # Ok::<(), copeak::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Filter::check`]; [`Error::TooFew`] without a time, [`Error::LengthMismatch`], [`Error::NotRising`] for
    /// times, [`Error::Window`] for a time outside the channel, [`Error::NonFinite`] for a value.
    pub fn through<S>(&self, x: &Signal<S>, times_s: &[f64], values: &[f64]) -> Result<Signal<Vec<S::Item>>>
    where
        S: Samples,
        S::Item: Sample,
    {
        let operation = "an integral through known values";
        let (left, right) = (times_s.len(), values.len());
        if left != right {
            return Err(Error::LengthMismatch { operation, left, right });
        }
        if left == 0 {
            return Err(Error::TooFew { operation, unit: "known values", needed: 1, got: 0 });
        }
        if let Some(index) = first_non_finite(values) {
            return Err(Error::NonFinite { operation, index });
        }
        if let Some(i) = times_s.windows(2).position(|w| w[1] <= w[0]) {
            return Err(Error::NotRising { operation, index: i + 1 });
        }
        if let Some(t) = times_s.iter().find(|t| !x.covers(**t, **t)) {
            return Err(x.outside(*t, *t));
        }
        let x_all = x.samples().to_slice();
        Filter::check(self, &x_all)?;
        let mut wide = Vec::with_capacity(x_all.len());
        self.sum(&x_all, |y| wide.push(y));

        type Wide<X> = <X as Sample>::Wide;
        let place = |t: f64| x.clock().position(t).clamp(0.0, (wide.len() - 1) as f64);
        let at = |p: f64| {
            let i = (p as usize).min(wide.len() - 2);
            wide[i] + (wide[i + 1] - wide[i]).scaled(p - i as f64)
        };
        // What must be taken off at each known time.
        let knots: Vec<(f64, Wide<S::Item>)> = times_s
            .iter()
            .zip(values)
            .map(|(t, v)| (place(*t), at(place(*t)) - Wide::<S::Item>::from_channels(|_| *v)))
            .collect();
        let mut next = 0;
        let corrected = wide.iter().enumerate().map(|(i, y)| {
            let i = i as f64;
            while next < knots.len() && knots[next].0 <= i {
                next += 1;
            }
            let drift = match (next.checked_sub(1).map(|k| knots[k]), knots.get(next)) {
                (Some((p0, d0)), Some((p1, d1))) => d0 + (*d1 - d0).scaled((i - p0) / (p1 - p0)),
                (Some((_, d)), None) | (None, Some(&(_, d))) => d,
                (None, None) => Wide::<S::Item>::ZERO, // never: there is a knot
            };
            S::Item::narrow(*y - drift)
        });
        Ok(x.with_samples(corrected.collect()))
    }

    /// The integral from 0, sample by sample.
    fn sum<X: Sample>(&self, x: &[X], mut each: impl FnMut(X::Wide)) {
        let period = self.rate.period_s();
        let mut sum = X::Wide::ZERO;
        each(sum);
        let n = x.len();
        let wide = |i: usize| x[i].widen();
        match self.rule {
            Rule::Simpson if n > 2 => {
                // The parabola through a, b, c, from a to b.
                let part = |a: X::Wide, b: X::Wide, c: X::Wide| {
                    (a.scaled(1.25) + b.scaled(2.0) - c.scaled(0.25)).scaled(period / 3.0)
                };
                for i in 1..n {
                    // Odd samples look forwards, even ones and the last backwards.
                    let forwards = i % 2 == 1 && i + 1 < n;
                    sum = sum
                        + if forwards {
                            part(wide(i - 1), wide(i), wide(i + 1))
                        } else {
                            part(wide(i), wide(i - 1), wide(i - 2))
                        };
                    each(sum);
                }
            }
            _ => {
                for w in x.windows(2) {
                    sum = sum + (w[0].widen() + w[1].widen()).scaled(period / 2.0);
                    each(sum);
                }
            }
        }
    }

    /// Value to add at the first sample, and slope to add per sample, given the integral from 0.
    fn correction<W: Sample<Wide = W>>(&self, last: W, mean: W, n: usize) -> (W, W) {
        let level = |v: f64| W::from_channels(|_| v);
        let steps = (n - 1) as f64;
        match self.known {
            Boundary::Start(v) => (level(v), W::ZERO),
            Boundary::Ends(first, end) => (level(first), (level(end - first) - last).scaled(1.0 / steps)),
            Boundary::Mean(v) => (level(v) - mean, W::ZERO),
            // The line that is taken off has half its rise as its mean.
            Boundary::PeriodicMean(v) => (level(v) - (mean - last.scaled(0.5)), last.scaled(-1.0 / steps)),
        }
    }
}

impl<X: Sample> Filter<X> for Integral {
    /// The integral in `f64`.
    type Scratch = Vec<X::Wide>;

    fn scratch(&self) -> Self::Scratch {
        Vec::new()
    }

    /// # Errors
    /// [`Error::Parameter`] when a known value is not finite; [`Error::TooFew`] below two samples; [`Error::NonFinite`].
    fn check(&self, x: &[X]) -> Result<()> {
        let values = match self.known {
            Boundary::Start(v) | Boundary::Mean(v) | Boundary::PeriodicMean(v) => [v, v],
            Boundary::Ends(first, last) => [first, last],
        };
        if let Some(value) = values.into_iter().find(|v| !v.is_finite()) {
            return Err(Error::Parameter { name: "value of an integral", rule: "finite", value });
        }
        if x.len() < 2 {
            return Err(Error::TooFew { operation: OPERATION, unit: "samples", needed: 2, got: x.len() });
        }
        match first_non_finite(x) {
            Some(index) => Err(Error::NonFinite { operation: OPERATION, index }),
            None => Ok(()),
        }
    }

    fn run(&self, x: &[X], out: &mut [X], wide: &mut Self::Scratch) {
        let mut places = out.iter_mut();
        if let Boundary::Start(v) = self.known {
            // Nothing to look back for.
            let start = X::Wide::from_channels(|_| v);
            self.sum(x, |y| {
                if let Some(place) = places.next() {
                    *place = X::narrow(if v == 0.0 { y } else { start + y });
                }
            });
            return;
        }
        wide.clear();
        wide.reserve(x.len());
        self.sum(x, |y| wide.push(y));
        let n = wide.len();
        let last = wide[n - 1];
        // By the trapezoid rule: both ends of a stride count half.
        let all = wide.iter().fold(X::Wide::ZERO, |sum, y| sum + *y) - last.scaled(0.5);
        let (start, slope) = self.correction(last, all.scaled(1.0 / (n - 1) as f64), n);
        for (i, (place, y)) in places.zip(wide.iter()).enumerate() {
            *place = X::narrow(start + (*y + slope.scaled(i as f64)));
        }
    }
}

whole_record!([X: Sample] Integral);
