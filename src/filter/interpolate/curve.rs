//! A curve through knots.

use super::slopes::SlopeScratch;
use super::{Interpolation, OPERATION};
use crate::samples::{Sample, Samples};
use crate::{Clock, Error, Result};
use alloc::vec::Vec;

/// A curve through knots, made by [`Interpolation::through`] or [`Interpolation::through_samples`].
///
/// Outside its knots it is NaN in every channel; [`Curve::extrapolated_at`] continues the first or last piece for who
/// asks for it. One value costs a search among the knots (none when they are evenly spaced); [`Curve::sample`]
/// remembers where the last one was found.
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
    pub(super) fn at_times(method: Interpolation, t: Vec<f64>, values: Vec<W>) -> Result<Self> {
        // Times this close cannot be divided by.
        if let Some(i) = t.windows(2).position(|w| !(1.0 / (w[1] - w[0])).is_finite()) {
            return Err(Error::NotRising { operation: OPERATION, index: i + 1 });
        }
        let mut slopes = Vec::new();
        method.slopes(false, |i| t[i + 1] - t[i], &values, &mut slopes, &mut SlopeScratch::default());
        Ok(Self { knots: Knots::At(t), values, slopes })
    }

    pub(super) fn on_clock(method: Interpolation, clock: Clock, values: Vec<W>) -> Self {
        let mut slopes = Vec::with_capacity(values.len());
        method.slopes(true, |_| 1.0, &values, &mut slopes, &mut SlopeScratch::default());
        Self { knots: Knots::On(clock), values, slopes }
    }

    /// Time of the first knot.
    pub fn start_s(&self) -> f64 {
        match &self.knots {
            Knots::On(clock) => clock.start_s(),
            Knots::At(t) => t[0],
        }
    }

    /// Time of the last knot.
    pub fn end_s(&self) -> f64 {
        match &self.knots {
            Knots::On(clock) => clock.time_s((self.values.len() - 1) as f64),
            Knots::At(t) => t[t.len() - 1],
        }
    }

    /// The value at a time; NaN before the first knot and after the last.
    pub fn at(&self, time_s: f64) -> W {
        if self.holds(time_s) { self.extrapolated_at(time_s) } else { W::splat(f64::NAN) }
    }

    /// The first derivative at a time, per second; NaN before the first knot and after the last.
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

    /// The value at any time: outside the knots the first or last piece is continued, which soon means nothing.
    pub fn extrapolated_at(&self, time_s: f64) -> W {
        self.value(&self.place(time_s, 0))
    }

    /// The values at many times, as [`Curve::at`]; quickest when they rise.
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
    pub(super) fn at_position(&self, position: f64) -> W {
        self.value(&self.on_even(position))
    }

    fn holds(&self, time_s: f64) -> bool {
        time_s >= self.start_s() && time_s <= self.end_s()
    }

    #[inline]
    fn on_even(&self, position: f64) -> Place {
        // A float below 0 becomes 0 as an index.
        let piece = (position as usize).min(self.values.len() - 2);
        Place { piece, share: position - piece as f64, width: 1.0 }
    }

    /// Where a time lies; `near` is a piece to look at first.
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
