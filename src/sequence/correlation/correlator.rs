//! The correlation of many pairs of curves, with its buffers.

use super::curve::{Moments, centre, copy};
use super::maxima::best_two;
use super::products::{products, running};
#[cfg(feature = "fft")]
use super::spectrum::Spectrum;
use super::{CrossCorrelation, CurveLag, OPERATION};
use crate::simd::{self, Kernel, Transpose};
use crate::{Error, Rate, Real, Result, Samples};
use alloc::vec::Vec;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// A [`CrossCorrelation`] of curves of one length and rate, with its buffers.
#[derive(Debug, Clone)]
pub struct Correlator {
    pub(super) of: CrossCorrelation,
    pub(super) rate: Rate,
    pub(super) closed: bool,
    /// Lags either way.
    pub(super) lags: usize,
    pub(super) first: Vec<f64>,
    /// The second curve, from `lags` samples before it on: zeros, or what comes round.
    pub(super) second: Vec<f64>,
    /// Products, then correlations, from lag `-lags` on.
    pub(super) r: Vec<f64>,
    /// Running sums and squares from either end of either curve.
    pub(super) sums: Vec<f64>,
    #[cfg(feature = "fft")]
    pub(super) spectrum: Option<Spectrum>,
}

impl Correlator {
    /// Samples of each curve.
    pub fn samples(&self) -> usize {
        self.first.len()
    }

    /// The lag of `second` behind `first`. Nothing is allocated.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] unless both have [`Correlator::samples`]; else as [`CrossCorrelation::find`].
    pub fn find<A, B>(&mut self, first: &A, second: &B) -> Result<CurveLag>
    where
        A: Samples + ?Sized,
        B: Samples + ?Sized,
        A::Item: Real,
        B::Item: Real,
    {
        let n = self.samples();
        for got in [first.len(), second.len()] {
            if got != n {
                return Err(Error::LengthMismatch { operation: OPERATION, left: n, right: got });
            }
        }
        copy(first, &mut self.first);
        copy(second, &mut self.second[self.lags..self.lags + n]);
        let baseline_only = self.of.baseline_only;
        let mut moments = [Moments::default(); 2];
        simd::run(baseline_only, Centring { correlator: self, moments: &mut moments });
        let [a, b] = moments;
        a.check(OPERATION, n, |i| first.sample(i).as_f64())?;
        b.check(OPERATION, n, |i| second.sample(i).as_f64())?;
        let direct = !self.transform();
        simd::run(baseline_only, Correlating { correlator: self, squares: [a.squares, b.squares], direct });

        let (best, second) = best_two(&self.r, self.closed).ok_or(Error::Undefined {
            quantity: "a lag",
            reason: "the correlation is highest at the largest lag looked at",
        })?;
        let seconds = |position: f64| (position - self.lags as f64) / self.rate.as_hz();
        Ok(CurveLag {
            lag_s: seconds(best.position),
            r: best.r,
            second_r: second.map(|m| m.r),
            second_lag_s: second.map(|m| seconds(m.position)),
        })
    }
}

impl Correlator {
    /// The products by transforms, where there is a plan for them; false where they are still to be summed.
    #[cfg(feature = "fft")]
    fn transform(&mut self) -> bool {
        let Some(spectrum) = &mut self.spectrum else { return false };
        let second = &self.second[self.lags..self.lags + self.first.len()];
        spectrum.products(&self.first, second, self.lags, &mut self.r);
        true
    }

    #[cfg(not(feature = "fft"))]
    fn transform(&mut self) -> bool {
        false
    }
}

/// Both curves less their means.
struct Centring<'a> {
    correlator: &'a mut Correlator,
    moments: &'a mut [Moments; 2],
}

impl Kernel for Centring<'_> {
    #[inline(always)]
    fn run<T: Transpose>(self, _: T) {
        let Correlator { first, second, lags, of, .. } = self.correlator;
        let (n, lags) = (first.len(), *lags);
        *self.moments = [centre(first), centre(&mut second[lags..lags + n])];
        if of.circular {
            // What comes round on either side; half a cycle more than the lags at the end.
            second.copy_within(n..n + lags, 0);
            second.copy_within(lags..2 * lags + 1, n + lags);
        }
    }
}

/// From products to correlations.
struct Correlating<'a> {
    correlator: &'a mut Correlator,
    /// Sums of squares of both curves.
    squares: [f64; 2],
    /// Whether the products are still to be summed.
    direct: bool,
}

impl Kernel for Correlating<'_> {
    #[inline(always)]
    fn run<T: Transpose>(self, _: T) {
        let Correlator { first, second, lags, r, sums, of, .. } = self.correlator;
        let (n, lags, [square_a, square_b]) = (first.len(), *lags, self.squares);
        if self.direct {
            products(first, second, if of.circular { 0 } else { lags }, r);
        }
        if of.circular || of.whole {
            let scale = 1.0 / (square_a * square_b).sqrt();
            r.iter_mut().for_each(|r| *r = (*r * scale).clamp(-1.0, 1.0));
            return;
        }
        // What a lag leaves out of each curve, at its front or at its back; the mean of a whole curve is 0.
        let b = &second[lags..lags + n];
        let mut parts = sums.chunks_exact_mut(lags + 1);
        let mut next = || parts.next().unwrap_or_default();
        let [front_a, back_a, front_b, back_b] = [(); 4].map(|()| (next(), next()));
        running(first.iter().take(lags), front_a.0, front_a.1);
        running(first.iter().rev().take(lags), back_a.0, back_a.1);
        running(b.iter().take(lags), front_b.0, front_b.1);
        running(b.iter().rev().take(lags), back_b.0, back_b.1);
        let pearson = |r: &mut f64, k: usize, a: (&[f64], &[f64]), b: (&[f64], &[f64])| {
            let m = 1.0 / (n - k) as f64;
            let (rest_a, rest_b) = (square_a - a.1[k], square_b - b.1[k]);
            let (var_a, var_b) = (rest_a - a.0[k] * a.0[k] * m, rest_b - b.0[k] * b.0[k] * m);
            let value = (*r - a.0[k] * b.0[k] * m) / (var_a * var_b).sqrt();
            // What is left by cancellation alone is no variance.
            let varies = var_a > 1e-12 * square_a && var_b > 1e-12 * square_b;
            *r = if varies { value.clamp(-1.0, 1.0) } else { -1.0 };
        };
        let (negative, rest) = r.split_at_mut(lags);
        for (i, r) in negative.iter_mut().enumerate() {
            pearson(r, lags - i, (front_a.0, front_a.1), (back_b.0, back_b.1));
        }
        for (k, r) in rest.iter_mut().enumerate() {
            pearson(r, k, (back_a.0, back_a.1), (front_b.0, front_b.1));
        }
    }
}
