//! A signal onto another clock.

use super::curve::Curve;
use super::{Interpolation, OPERATION, is_infinite, is_missing};
use crate::samples::{Sample, Samples, SamplesMut};
use crate::{Analysis, AnalysisExt, Clock, Error, Result, Signal};
use alloc::vec::Vec;
use core::ops::Range;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Rounding of an instant, in samples: as [`Signal::covers`].
const SLACK: f64 = 1e-6;

/// A signal at the instants of another clock: another rate, another start, or both.
///
/// Nothing is extrapolated. [`Regrid::apply`] gives the instants that the recording covers and no others;
/// [`Regrid::apply_into`] fills a buffer from the clock's first instant on and writes NaN outside the recording, so
/// that channels of different extent come out index by index alike. Missing samples (NaN) are not bridged: an instant
/// between a missing sample and its neighbour is NaN. Fill short gaps first ([`crate::filter::GapFill`]).
///
/// A clock slower than the recording's folds everything above its Nyquist frequency into what remains (aliasing), and
/// interpolation does not prevent that. So a lower rate is refused until you say that the signal is low-passed, and
/// where: [`Regrid::band_limited_to`]. For a rational change of rate a resampler with its own low-pass is the better
/// tool; this one is for clocks that are not commensurable, and for another start.
///
/// `f32` samples are interpolated in `f64` and rounded once.
///
/// ```
/// use copeak::{Clock, Rate, Signal, filter::Regrid};
/// let force = Clock::new(Rate::from_hz(1000.0)?, 0.0)?;
/// let markers = Signal::new(Clock::new(Rate::from_hz(250.0)?, 0.0005)?, (0..50).map(f64::from).collect::<Vec<_>>());
/// let fast = Regrid::onto(force).apply(&markers)?;
/// assert_eq!(fast.start_s(), 0.001); // the first instant of the force's clock inside the recording
/// assert!((fast.samples()[0] - 0.125).abs() < 1e-12);
///
/// let slow = Regrid::onto(Clock::from_zero(Rate::from_hz(100.0)?));
/// assert!(slow.apply(&markers).is_err());
/// assert_eq!(slow.band_limited_to(20.0).apply(&markers)?.samples().len(), 19);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[doc(alias = "resample")]
pub struct Regrid {
    clock: Clock,
    method: Interpolation,
    limit_hz: Option<f64>,
}

impl Regrid {
    /// Onto `clock`, by cubic spline.
    pub fn onto(clock: Clock) -> Self {
        Self { clock, method: Interpolation::default(), limit_hz: None }
    }

    /// By another method.
    #[must_use]
    pub fn method(self, method: Interpolation) -> Self {
        Self { method, ..self }
    }

    /// The signal holds next to nothing from `frequency_hz` on (it was low-passed there), so it may go onto a slower
    /// clock whose Nyquist frequency is not below that. The claim is yours; it is not checked against the samples.
    #[must_use]
    pub fn band_limited_to(self, frequency_hz: f64) -> Self {
        Self { limit_hz: Some(frequency_hz), ..self }
    }

    /// The clock of the result.
    pub fn clock(&self) -> Clock {
        self.clock
    }

    /// The signal at every instant of the clock that its recording covers; the result starts at the first of them.
    ///
    /// # Errors
    /// [`Error::NonFinite`] for an infinite sample (NaN is missing, and stays so); [`Error::Parameter`] when the clock
    /// is slower than the recording's and no [`Regrid::band_limited_to`] was said, or when the result would not fit in
    /// memory; [`Error::Cutoff`] when that frequency is not between 0 and the new Nyquist frequency (which is allowed);
    /// [`Error::Window`] when no instant of the clock lies inside the recording.
    pub fn apply<S>(&self, signal: &Signal<S>) -> Result<Signal<Vec<S::Item>>>
    where
        S: Samples,
        S::Item: Sample,
    {
        self.check(signal)?;
        let covered = self.covered(signal);
        if covered.is_empty() {
            let start_s = self.clock.start_s();
            return Err(signal.outside(start_s, start_s));
        }
        let length = (covered.end - covered.start) as usize;
        let mut out = Vec::new();
        if out.try_reserve_exact(length).is_err() {
            let (name, rule) = ("samples on the new clock", "few enough for the memory");
            return Err(Error::Parameter { name, rule, value: length as f64 });
        }
        out.resize(length, S::Item::ZERO);
        self.fill(signal, covered.start as f64, &mut out);
        let clock = Clock::new(self.clock.rate(), self.clock.time_s(covered.start as f64))?;
        Ok(Signal::new(clock, out))
    }

    /// The signal at the first `out.len()` instants of the clock; NaN where the recording does not cover them.
    ///
    /// # Errors
    /// As [`Regrid::apply`], without the last.
    pub fn apply_into<S, O>(&self, signal: &Signal<S>, out: &mut O) -> Result<()>
    where
        S: Samples,
        S::Item: Sample,
        O: SamplesMut<Item = S::Item> + ?Sized,
    {
        self.check(signal)?;
        self.fill(signal, 0.0, out);
        Ok(())
    }

    fn check<S>(&self, signal: &Signal<S>) -> Result<()>
    where
        S: Samples,
        S::Item: Sample,
    {
        let (rate, old) = (self.clock.rate(), signal.clock().rate());
        match self.limit_hz {
            Some(cutoff_hz) if !(cutoff_hz > 0.0 && cutoff_hz <= rate.nyquist_hz()) => {
                return Err(Error::Cutoff { cutoff_hz, nyquist_hz: rate.nyquist_hz() });
            }
            None if rate < old => {
                let (name, rule) = ("new sample rate", "at least the recording's, unless it is band-limited");
                return Err(Error::Parameter { name, rule, value: rate.as_hz() });
            }
            _ => {}
        }
        match signal.samples().iter_samples().position(is_infinite) {
            Some(index) => Err(Error::NonFinite { operation: OPERATION, index }),
            None => Ok(()),
        }
    }

    /// The instants inside the recording, by their index on the clock: not below 0.
    fn covered<S: Samples>(&self, signal: &Signal<S>) -> Range<u64> {
        let Some(last) = signal.samples().len().checked_sub(1) else { return 0..0 };
        // In instants per sample; a float below 0 becomes 0 as an index.
        let scale = self.clock.rate().as_hz() / signal.clock().rate().as_hz();
        let at = |sample: f64| (sample - signal.clock().position(self.clock.start_s())) * scale;
        let (first, end) = (at(-SLACK).ceil() as u64, (at(last as f64 + SLACK).floor() + 1.0) as u64);
        first..end
    }

    /// Instants from `first` on into `out`.
    fn fill<S, O>(&self, signal: &Signal<S>, first: f64, out: &mut O)
    where
        S: Samples,
        S::Item: Sample,
        O: SamplesMut<Item = S::Item> + ?Sized,
    {
        let x = signal.samples();
        let (from, to) = (signal.clock(), self.clock);
        let position = |k: usize| from.position(to.time_s(first + k as f64));
        let nothing = S::Item::splat(f64::NAN);
        let mut k = 0;
        for run in visible_runs(x) {
            let (low, high) = (run.start as f64, (run.end - 1) as f64);
            while k < out.len() && position(k) < low - SLACK {
                out.set(k, nothing);
                k += 1;
            }
            let piece = Clock::from_zero(from.rate());
            let values: Vec<_> = run.clone().map(|i| x.sample(i).widen()).collect();
            if let [only] = values[..] {
                while k < out.len() && position(k) <= high + SLACK {
                    out.set(k, S::Item::narrow(only));
                    k += 1;
                }
            } else {
                let curve = Curve::on_clock(self.method, piece, values);
                while k < out.len() {
                    let at = position(k);
                    if at > high + SLACK {
                        break;
                    }
                    let inside = at.clamp(low, high) - low;
                    out.set(k, S::Item::narrow(curve.at_position(inside)));
                    k += 1;
                }
            }
        }
        (k..out.len()).for_each(|k| out.set(k, nothing));
    }
}

/// Stretches without a missing sample.
fn visible_runs<S>(x: &S) -> impl Iterator<Item = Range<usize>> + '_
where
    S: Samples,
    S::Item: Sample,
{
    let mut next = 0;
    core::iter::from_fn(move || {
        let start = (next..x.len()).find(|i| !is_missing(x.sample(*i)))?;
        next = (start..x.len()).find(|i| is_missing(x.sample(*i))).unwrap_or(x.len());
        Some(start..next)
    })
}

impl<S> Analysis<Signal<S>> for Regrid
where
    S: Samples,
    S::Item: Sample,
{
    type Output = Signal<Vec<S::Item>>;
    fn analyze(&self, input: &Signal<S>) -> Result<Self::Output> {
        self.apply(input)
    }
}

impl AnalysisExt for Regrid {}
