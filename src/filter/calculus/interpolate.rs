//! Between the samples: linear, monotone and spline interpolation, and a signal onto another clock.

use crate::samples::{Sample, Samples, SamplesMut};
use crate::{Analysis, AnalysisExt, Clock, Error, Result, Signal};
use alloc::vec::Vec;
use core::ops::Range;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

const OPERATION: &str = "interpolation";

/// Method of interpolation between samples.
///
/// | here | SciPy | between the knots | slope |
/// |---|---|---|---|
/// | `Linear` | `interp1d`, `numpy.interp` | never beyond its two neighbours | jumps |
/// | `Pchip` | `PchipInterpolator` | never beyond its two neighbours | continuous |
/// | `Cubic` | `CubicSpline` (not-a-knot) | may overshoot | continuous, and the curvature too |
/// | `NaturalCubic` | `CubicSpline(bc_type="natural")` | may overshoot | as `Cubic`, no curvature at the ends |
///
/// `Pchip` is the shape-preserving cubic of Fritsch & Butland (1984, doi:10.1137/0905021): it has a peak only where a
/// sample has one, so it truncates peaks between samples. `Cubic` gives every cubic back exactly, and is the
/// default. Below four knots it is the parabola through three, or the line through two.
///
/// ```
/// use copeak::filter::Interpolation;
/// let (t, x) = ([0.0, 1.0, 3.0, 4.0], [0.0, 1.0, 27.0, 64.0]);
/// let cube = Interpolation::Cubic.through(&t, &x)?;
/// assert!((cube.at(2.0) - 8.0).abs() < 1e-12);
/// assert!((cube.derivative_at(2.0) - 12.0).abs() < 1e-12);
/// assert!(cube.at(4.1).is_nan()); // nothing is known there
/// assert!((cube.extrapolated_at(5.0) - 125.0).abs() < 1e-11); // unless it is asked for
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
#[doc(alias("interp1d", "CubicSpline", "PchipInterpolator"))]
pub enum Interpolation {
    /// Straight lines.
    Linear,
    /// Shape-preserving cubics: no overshoot.
    Pchip,
    /// The cubic spline whose first two and last two pieces are one cubic each (not-a-knot).
    #[default]
    Cubic,
    /// The cubic spline without curvature at its ends.
    NaturalCubic,
}

impl Interpolation {
    /// Builds the curve through `x` at the times `t`, in O(n).
    ///
    /// `f32` samples give a curve in `f64`.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`]; [`Error::TooFew`] below two knots; [`Error::NonFinite`] with the index of the first
    /// knot whose time or value is NaN or infinite; [`Error::NotRising`] where a time does not come after the one
    /// before it.
    pub fn through<T, S>(self, t: &T, x: &S) -> Result<Curve<<S::Item as Sample>::Wide>>
    where
        T: Samples<Item = f64> + ?Sized,
        S: Samples + ?Sized,
        S::Item: Sample,
    {
        if t.len() != x.len() {
            return Err(Error::LengthMismatch { operation: OPERATION, left: t.len(), right: x.len() });
        }
        let t: Vec<f64> = t.iter_samples().collect();
        if let Some(index) = t.iter().position(|t| !t.is_finite()) {
            return Err(Error::NonFinite { operation: OPERATION, index });
        }
        if let Some(i) = t.windows(2).position(|w| w[1] <= w[0]) {
            return Err(Error::NotRising { operation: OPERATION, index: i + 1 });
        }
        Curve::at_times(self, t, values(x)?)
    }

    /// Builds the curve through samples taken on `clock`, in O(n) and without a search per value.
    ///
    /// # Errors
    /// [`Error::TooFew`] below two samples; [`Error::NonFinite`] with the index of the first that is NaN or infinite.
    pub fn through_samples<S>(self, clock: Clock, x: &S) -> Result<Curve<<S::Item as Sample>::Wide>>
    where
        S: Samples + ?Sized,
        S::Item: Sample,
    {
        Ok(Curve::on_clock(self, clock, values(x)?))
    }
}

/// The samples in double precision; all must be finite, and at least two.
fn values<S>(x: &S) -> Result<Vec<<S::Item as Sample>::Wide>>
where
    S: Samples + ?Sized,
    S::Item: Sample,
{
    if x.len() < 2 {
        return Err(Error::TooFew { operation: OPERATION, unit: "knots", needed: 2, got: x.len() });
    }
    match crate::samples::first_non_finite(x) {
        Some(index) => Err(Error::NonFinite { operation: OPERATION, index }),
        None => Ok(x.iter_samples().map(Sample::widen).collect()),
    }
}

/// Whether some channel is NaN.
#[inline]
pub(in crate::filter) fn is_missing<X: Sample>(x: X) -> bool {
    (0..X::CHANNELS).any(|i| x.channel(i).is_nan())
}

/// Whether some channel is infinite.
#[inline]
pub(in crate::filter) fn is_infinite<X: Sample>(x: X) -> bool {
    (0..X::CHANNELS).any(|i| x.channel(i).is_infinite())
}

/// A curve through knots, made by [`Interpolation::through`] or [`Interpolation::through_samples`].
///
/// Outside its knots it is NaN in every channel; [`Curve::extrapolated_at`] continues the first or last piece for who
/// asks for it. One value costs a search among the knots (none when they are evenly spaced); [`Curve::sample`]
/// keeps the position of the last one.
///
/// ```
/// use copeak::{Clock, Rate, filter::Interpolation};
/// let clock = Clock::from_zero(Rate::from_hz(10.0)?);
/// let step = Interpolation::Pchip.through_samples(clock, &[0.0, 0.0, 1.0, 1.0])?;
/// assert_eq!(step.sample(&[0.05, 0.15, 0.25, 0.35])[..3], [0.0, 0.5, 1.0]); // no overshoot
/// assert!(step.sample(&[0.35])[0].is_nan());
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Curve<W = f64> {
    knots: Knots,
    values: Vec<W>,
    /// Per unit of the knots: seconds, or samples on a clock. Empty: straight lines.
    slopes: Vec<W>,
}

#[derive(Debug, Clone, PartialEq)]
enum Knots {
    On(Clock),
    At(Vec<f64>),
}

/// A place on the curve: its piece, how far into it (0 to 1 inside), and how wide the piece is.
struct Place {
    piece: usize,
    share: f64,
    width: f64,
}

impl<W: Sample<Wide = W>> Curve<W> {
    fn at_times(method: Interpolation, t: Vec<f64>, values: Vec<W>) -> Result<Self> {
        // Times this close cannot be divided by.
        if let Some(i) = t.windows(2).position(|w| !(1.0 / (w[1] - w[0])).is_finite()) {
            return Err(Error::NotRising { operation: OPERATION, index: i + 1 });
        }
        let mut slopes = Vec::new();
        method.slopes(false, |i| t[i + 1] - t[i], &values, &mut slopes, &mut SlopeScratch::default());
        Ok(Self { knots: Knots::At(t), values, slopes })
    }

    fn on_clock(method: Interpolation, clock: Clock, values: Vec<W>) -> Self {
        let mut slopes = Vec::with_capacity(values.len());
        method.slopes(true, |_| 1.0, &values, &mut slopes, &mut SlopeScratch::default());
        Self { knots: Knots::On(clock), values, slopes }
    }

    /// Returns the time of the first knot.
    pub fn start_s(&self) -> f64 {
        match &self.knots {
            Knots::On(clock) => clock.start_s(),
            Knots::At(t) => t[0],
        }
    }

    /// Returns the time of the last knot.
    pub fn end_s(&self) -> f64 {
        match &self.knots {
            Knots::On(clock) => clock.time_s((self.values.len() - 1) as f64),
            Knots::At(t) => t[t.len() - 1],
        }
    }

    /// Returns the value at a time; NaN before the first knot and after the last.
    pub fn at(&self, time_s: f64) -> W {
        if self.holds(time_s) { self.extrapolated_at(time_s) } else { W::splat(f64::NAN) }
    }

    /// Returns the first derivative at a time, per second; NaN before the first knot and after the last.
    ///
    /// At a knot where it jumps (`Sample`) it is the slope of the piece that begins there.
    pub fn derivative_at(&self, time_s: f64) -> W {
        if !self.holds(time_s) {
            return W::splat(f64::NAN);
        }
        let place = self.place(time_s, 0);
        let per_piece = match self.piece(&place) {
            (a, b, None) => b - a,
            (a, b, Some((da, db))) => {
                let (s, rise) = (place.share, b - a);
                let (bend, twist) = (rise.scaled(3.0) - da.scaled(2.0) - db, da + db - rise.scaled(2.0));
                da + bend.scaled(2.0 * s) + twist.scaled(3.0 * s * s)
            }
        };
        match &self.knots {
            Knots::On(clock) => per_piece.scaled(clock.rate().as_hz()),
            Knots::At(_) => per_piece.scaled(1.0 / place.width),
        }
    }

    /// Returns the value at any time: outside the knots the first or last piece is continued, which soon means nothing.
    pub fn extrapolated_at(&self, time_s: f64) -> W {
        self.value(&self.place(time_s, 0))
    }

    /// Returns the values at many times, as [`Curve::at`]; fastest when they rise.
    pub fn sample<T>(&self, times_s: &T) -> Vec<W>
    where
        T: Samples<Item = f64> + ?Sized,
    {
        let mut piece = 0;
        let each = |time_s: f64| {
            if !self.holds(time_s) {
                return W::splat(f64::NAN);
            }
            let place = self.place(time_s, piece);
            piece = place.piece;
            self.value(&place)
        };
        times_s.iter_samples().map(each).collect()
    }

    /// The value at a fractional sample position of the clock, which must not lie before the first knot or after the
    /// last by more than rounding.
    #[inline]
    fn at_position(&self, position: f64) -> W {
        self.value(&self.on_even(position))
    }

    fn holds(&self, time_s: f64) -> bool {
        time_s >= self.start_s() && time_s <= self.end_s()
    }

    #[inline]
    fn on_even(&self, position: f64) -> Place {
        // Signed integers, which processors convert from and to floats in one instruction.
        let piece = (position as isize).clamp(0, self.values.len() as isize - 2);
        Place { piece: piece as usize, share: position - piece as f64, width: 1.0 }
    }

    /// Returns the place of a time; `near` is a piece to look at first.
    #[inline]
    fn place(&self, time_s: f64, near: usize) -> Place {
        let t = match &self.knots {
            Knots::On(clock) => return self.on_even(clock.position(time_s)),
            Knots::At(t) => t,
        };
        let last = t.len() - 2;
        let within = |i: usize| i <= last && time_s >= t[i] && time_s < t[i + 1];
        let piece = if within(near) {
            near
        } else if within(near + 1) {
            near + 1
        } else {
            t.partition_point(|t| *t <= time_s).saturating_sub(1).min(last)
        };
        let width = t[piece + 1] - t[piece];
        Place { piece, share: (time_s - t[piece]) / width, width }
    }

    /// Both ends of a piece, and the slopes there per piece.
    #[inline]
    fn piece(&self, place: &Place) -> (W, W, Option<(W, W)>) {
        let (i, h) = (place.piece, place.width);
        let slopes =
            (!self.slopes.is_empty()).then(|| (self.slopes[i].scaled(h), self.slopes[i + 1].scaled(h)));
        (self.values[i], self.values[i + 1], slopes)
    }

    #[inline]
    fn value(&self, place: &Place) -> W {
        let (a, b, slopes) = self.piece(place);
        hermite(a, b, slopes, place.share)
    }
}

/// The cubic from `a` to `b` with these slopes per piece, or the line, at `share` of the way. Exact at both ends.
#[inline]
pub(crate) fn hermite<W: Sample>(a: W, b: W, slopes: Option<(W, W)>, share: f64) -> W {
    if share == 1.0 {
        return b;
    }
    let rise = b - a;
    match slopes {
        None => a + rise.scaled(share),
        Some((da, db)) => {
            let twist = da + db - rise.scaled(2.0);
            let bend = rise - da - twist;
            a + (da + (bend + twist.scaled(share)).scaled(share)).scaled(share)
        }
    }
}

/// Memory that the spline's equations use again.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct SlopeScratch {
    upper: Vec<f64>,
}

impl SlopeScratch {
    pub(in crate::filter) fn with_capacity(knots: usize) -> Self {
        Self { upper: Vec::with_capacity(knots) }
    }
}

impl Interpolation {
    /// The slopes at knots `width(i)` apart, at least two of them; none for straight lines. `even`: every width is 1.
    pub(crate) fn slopes<W: Sample>(
        self,
        even: bool,
        width: impl Fn(usize) -> f64,
        y: &[W],
        slopes: &mut Vec<W>,
        scratch: &mut SlopeScratch,
    ) {
        slopes.clear();
        let secant = |i: usize| (y[i + 1] - y[i]).scaled(1.0 / width(i));
        match (self, y.len()) {
            (Self::Linear, _) => {}
            (_, 2) => slopes.resize(2, secant(0)),
            (Self::Pchip, n) => monotone(n, &width, secant, slopes),
            (Self::Cubic, 3) => parabola(&width, secant, slopes),
            (Self::Cubic, n) => spline((n, even), &width, secant, slopes, &mut scratch.upper, End::NotAKnot),
            (Self::NaturalCubic, n) => {
                spline((n, even), &width, secant, slopes, &mut scratch.upper, End::Natural)
            }
        }
    }
}

/// Fritsch & Butland's weighted harmonic means.
fn monotone<W: Sample>(
    n: usize,
    width: impl Fn(usize) -> f64,
    secant: impl Fn(usize) -> W,
    out: &mut Vec<W>,
) {
    let end = |near: (f64, W), next: (f64, W)| {
        W::from_channels(|c| one_sided(near.0, next.0, near.1.channel(c), next.1.channel(c)))
    };
    let (mut left_width, mut left) = (width(0), secant(0));
    out.push(end((left_width, left), (width(1), secant(1))));
    out.extend((1..n - 1).map(|i| {
        let (right_width, right) = (width(i), secant(i));
        let (w_left, w_right) = (2.0 * right_width + left_width, right_width + 2.0 * left_width);
        let slope = W::from_channels(|c| {
            let (a, b) = (left.channel(c), right.channel(c));
            if (a > 0.0 && b > 0.0) || (a < 0.0 && b < 0.0) {
                (w_left + w_right) / (w_left / a + w_right / b)
            } else {
                0.0
            }
        });
        (left_width, left) = (right_width, right);
        slope
    }));
    out.push(end((left_width, left), (width(n - 3), secant(n - 3))));
}

/// The three-point slope at an end, kept from overshooting.
fn one_sided(h0: f64, h1: f64, m0: f64, m1: f64) -> f64 {
    let sign = |v: f64| {
        if v > 0.0 {
            1
        } else if v < 0.0 {
            -1
        } else {
            0
        }
    };
    let slope = ((2.0 * h0 + h1) * m0 - h0 * m1) / (h0 + h1);
    if sign(slope) != sign(m0) {
        0.0
    } else if sign(m0) != sign(m1) && slope.abs() > 3.0 * m0.abs() {
        3.0 * m0
    } else {
        slope
    }
}

fn parabola<W: Sample>(width: impl Fn(usize) -> f64, secant: impl Fn(usize) -> W, out: &mut Vec<W>) {
    let (h0, h1, m0, m1) = (width(0), width(1), secant(0), secant(1));
    let bend = (m1 - m0).scaled(1.0 / (h0 + h1));
    out.extend([m0 - bend.scaled(h0), m0 + bend.scaled(h0), m1 + bend.scaled(h1)]);
}

#[derive(Clone, Copy, PartialEq)]
enum End {
    NotAKnot,
    Natural,
}

/// The tridiagonal equations of the spline, eliminated once down and once up. Its pivots are positive for either end.
///
/// On even knots the pivots soon stop changing to the last bit; from there no division is left, and nothing is kept of
/// them.
fn spline<W: Sample>(
    (n, even): (usize, bool),
    width: impl Fn(usize) -> f64,
    secant: impl Fn(usize) -> W,
    out: &mut Vec<W>,
    upper: &mut Vec<f64>,
    end: End,
) {
    upper.clear();
    // Of an end, seen from it: own coefficient, the neighbour's, and the right side.
    let edge = |h0: f64, h1: f64, m0: W, m1: W| match end {
        End::NotAKnot => {
            let both = h0 + h1;
            (h1, both, (m0.scaled((h0 + 2.0 * both) * h1) + m1.scaled(h0 * h0)).scaled(1.0 / both))
        }
        End::Natural => (2.0, 1.0, m0.scaled(3.0)),
    };
    let (mut h0, mut m0) = (width(0), secant(0));
    let (own, next, right) = edge(h0, width(1), m0, secant(1));
    let mut ratio = next / own;
    let mut before = right.scaled(1.0 / own);
    upper.push(ratio);
    out.push(before);
    // What the last pivot was made of, and what it gave.
    let mut last = ((f64::NAN, f64::NAN, f64::NAN), (0.0, 0.0));
    let mut i = 1;
    while i < n - 1 {
        let (h1, m1) = (width(i), secant(i));
        let made_of = (h0, h1, ratio);
        if last.0 == made_of && even {
            break;
        }
        if last.0 != made_of {
            let pivot = 1.0 / (2.0 * (h0 + h1) - h1 * ratio);
            last = (made_of, (pivot, h0 * pivot));
        }
        let (pivot, above) = last.1;
        let right = m0.scaled(3.0 * h1) + m1.scaled(3.0 * h0);
        before = (right - before.scaled(h1)).scaled(pivot);
        ratio = above;
        upper.push(ratio);
        out.push(before);
        (h0, m0) = (h1, m1);
        i += 1;
    }
    let (pivot, _) = last.1;
    out.extend((i..n - 1).map(|i| {
        let m1 = secant(i);
        before = (m0.scaled(3.0) + m1.scaled(3.0) - before).scaled(pivot);
        m0 = m1;
        before
    }));
    let (own, next, right) = edge(h0, width(n - 3), m0, secant(n - 3));
    let mut after = (right - before.scaled(next)).scaled(1.0 / (own - next * ratio));
    out.push(after);
    let (changing, settled) = out.split_at_mut(upper.len());
    for slope in settled.iter_mut().rev().skip(1) {
        after = *slope - after.scaled(ratio);
        *slope = after;
    }
    for (slope, ratio) in changing.iter_mut().zip(&*upper).rev() {
        after = *slope - after.scaled(*ratio);
        *slope = after;
    }
}

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
/// where: [`Regrid::band_limit_hz`]. For a rational change of rate a resampler with its own low-pass is the better
/// tool; this one is for clocks that are not commensurable, and for another start.
///
/// `f32` samples are interpolated in `f64` and rounded once.
///
/// ```
/// use copeak::{Clock, Rate, Signal, filter::Regrid};
/// let force = Clock::new(Rate::from_hz(1000.0)?, 0.0)?;
/// let markers = Signal::new(Clock::new(Rate::from_hz(250.0)?, 0.0005)?, (0..50).map(f64::from).collect::<Vec<_>>());
/// let fast = Regrid::new(force).apply(&markers)?;
/// assert_eq!(fast.start_s(), 0.001); // the first instant of the force's clock inside the recording
/// assert!((fast.samples()[0] - 0.125).abs() < 1e-12);
///
/// let slow = Regrid::new(Clock::from_zero(Rate::from_hz(100.0)?));
/// assert!(slow.apply(&markers).is_err());
/// assert_eq!(slow.band_limit_hz(20.0).apply(&markers)?.samples().len(), 19);
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
    /// Puts signals onto `clock`, by cubic spline.
    pub fn new(clock: Clock) -> Self {
        Self { clock, method: Interpolation::default(), limit_hz: None }
    }

    /// Sets the method of interpolation; [`Interpolation::Cubic`] unless set.
    #[must_use]
    pub fn method(self, method: Interpolation) -> Self {
        Self { method, ..self }
    }

    /// States that the signal holds next to nothing from `frequency_hz` on (it was low-passed there), so it may go onto a slower
    /// clock whose Nyquist frequency is not below that. The claim is yours; it is not checked against the samples.
    #[must_use]
    pub fn band_limit_hz(self, frequency_hz: f64) -> Self {
        Self { limit_hz: Some(frequency_hz), ..self }
    }

    /// Returns the clock of the result.
    pub fn clock(&self) -> Clock {
        self.clock
    }

    /// Returns the signal at every instant of the clock that its recording covers; the result starts at the first of them.
    ///
    /// # Errors
    /// [`Error::NonFinite`] for an infinite sample (NaN is missing, and stays so); [`Error::Parameter`] when the clock
    /// is slower than the recording's and no [`Regrid::band_limit_hz`] was set, or when the result would not fit in
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

    /// Returns the signal at the first `out.len()` instants of the clock; NaN where the recording does not cover them.
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
        let position = move |k: usize| from.position(to.time_s(first + k as isize as f64));
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
                k = trace(&curve, position, (low, high), out, k);
            }
        }
        (k..out.len()).for_each(|k| out.set(k, nothing));
    }
}

/// Writes the curve from sample `low` to sample `high` into the instants from `k` on and returns the first instant after
/// it.
///
/// Never inlined: among the variables of a caller the loop would keep its own in memory.
#[inline(never)]
fn trace<W, O>(
    curve: &Curve<W>,
    position: impl Fn(usize) -> f64,
    (low, high): (f64, f64),
    out: &mut O,
    mut k: usize,
) -> usize
where
    W: Sample<Wide = W>,
    O: SamplesMut<Item: Sample<Wide = W>> + ?Sized,
{
    while k < out.len() {
        let at = position(k);
        if at > high + SLACK {
            break;
        }
        let inside = at.clamp(low, high) - low;
        out.set(k, Sample::narrow(curve.at_position(inside)));
        k += 1;
    }
    k
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
