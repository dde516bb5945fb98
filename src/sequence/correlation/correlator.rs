//! The correlation of many pairs of curves, with its buffers.

#[cfg(feature = "fft")]
use super::spectrum::Spectrum;
use super::{CrossCorrelation, CurveLag, OPERATION};
use super::{Moments, best_two, centre, copy};
use crate::simd::{self, Kernel, Transpose};
use crate::{Error, Rate, Real, Result, Samples};
use alloc::{vec, vec::Vec};
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Number of products (samples times lags) above which transforms are faster than sums.
#[cfg(feature = "fft")]
const MANY_PRODUCTS: usize = 20_000;

/// A [`CrossCorrelation`] of curves of one length and rate, with its buffers.
#[derive(Debug, Clone)]
pub struct Correlator {
    of: CrossCorrelation,
    rate: Rate,
    closed: bool,
    /// Lags in either direction.
    pub(super) lags: usize,
    first: Vec<f64>,
    /// The second curve, from `lags` samples before its start: padded with zeros or periodically.
    second: Vec<f64>,
    /// Products, then correlations, from lag `-lags` on.
    pub(super) r: Vec<f64>,
    /// Running sums and squares from either end of either curve.
    sums: Vec<f64>,
    #[cfg(feature = "fft")]
    pub(super) spectrum: Option<Spectrum>,
}

impl CrossCorrelation {
    /// Prepares for many pairs of curves of `samples` samples each: buffers and transforms are created once.
    ///
    /// ```
    /// use copeak::{Rate, sequence::CrossCorrelation};
    /// let rate = Rate::from_hz(100.0)?;
    /// let mut plan = CrossCorrelation::new(0.1)?.plan(60, rate)?;
    /// let bell = |i: i32, centre: f64| (-(f64::from(i) - centre).powi(2) / 8.0).exp();
    /// for lag in [2.0, 4.0] {
    ///     let hip: Vec<f64> = (0..60).map(|i| bell(i, 25.0)).collect();
    ///     let knee: Vec<f64> = (0..60).map(|i| bell(i, 25.0 + lag)).collect();
    ///     assert!((plan.find(&hip, &knee)?.lag_s - 0.01 * lag).abs() < 1e-4);
    /// }
    /// # Ok::<(), copeak::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::TooFew`] below 4 samples; [`Error::Parameter`] when the bound leaves no lag of one sample, and for a least
    /// overlap outside (0, 1].
    pub fn plan(&self, samples: usize, rate: Rate) -> Result<Correlator> {
        if !(self.least_overlap > 0.0 && self.least_overlap <= 1.0) {
            let rule = "above 0 and at most 1";
            return Err(Error::Parameter { name: "least overlap", rule, value: self.least_overlap });
        }
        let n = samples;
        if n < 4 {
            return Err(Error::TooFew { operation: OPERATION, unit: "samples", needed: 4, got: n });
        }
        let wanted = (self.max_lag_s * rate.as_hz() + 1e-9).floor().min(n as f64) as usize;
        let allowed = if self.circular { n / 2 } else { n - (self.least_overlap * n as f64).ceil() as usize };
        let bound = wanted.min(allowed);
        if bound == 0 {
            let rule = "at least one sample, with the overlap asked for";
            return Err(Error::Parameter { name: "largest lag", rule, value: self.max_lag_s });
        }
        // Over the whole circle there is no bound: the first and the last lag are neighbours.
        let closed = self.circular && 2 * bound >= n - 1;
        let lags = if closed { (n - 1) / 2 } else { bound };
        let count = 2 * lags + 1 + usize::from(closed && n % 2 == 0);
        Ok(Correlator {
            of: *self,
            rate,
            closed,
            lags,
            first: vec![0.0; n],
            second: vec![0.0; n + 2 * lags + 1 + WIDE],
            r: vec![0.0; count],
            sums: vec![0.0; 8 * (lags + 1)],
            #[cfg(feature = "fft")]
            spectrum: (n * count > MANY_PRODUCTS && (!self.circular || Spectrum::quick_circle(n)))
                .then(|| Spectrum::new(n, lags, self.circular)),
        })
    }
}

impl Correlator {
    /// Returns the number of samples of each curve.
    pub fn samples(&self) -> usize {
        self.first.len()
    }

    /// Finds the lag of `second` behind `first`, without allocation.
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
    /// Computes the products by transforms if there is a plan for them; returns false if they are still to be summed.
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
            // Periodic continuation on either side; half a cycle more than the lags at the end.
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
        // The samples that a lag leaves out of each curve, at its front or back; the mean of a whole curve is 0.
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
            // A remainder of cancellation is no variance.
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

/// Lags computed together: six vectors of four, with one factor for all of them.
const WIDE: usize = 24;

/// `out[j]` = sum over i of `a[i] b[i + j]`; `b` extends for at least [`beyond`] samples past the last one used.
///
/// Where `zeros` is not 0, that many samples of `b` before and after the middle `a.len()` are known to be 0 and are left
/// out. The sums are taken in the order of i with every instruction set.
#[inline(always)]
fn products(a: &[f64], b: &[f64], zeros: usize, out: &mut [f64]) {
    let mut from = 0;
    while from < out.len() {
        let left = out.len() - from;
        let width = if left > 16 {
            WIDE
        } else if left > 8 {
            16
        } else {
            8
        };
        // Only where the tile's samples of `b` are not all 0.
        let first = zeros.saturating_sub(from + width - 1);
        let end = if zeros > 0 { a.len().min(zeros + a.len() - from) } else { a.len() };
        let (a, b) = (&a[first..end], &b[first + from..]);
        let out = &mut out[from..from + left.min(width)];
        match width {
            WIDE => tile::<{ WIDE / 4 }>(a, b, out),
            16 => tile::<4>(a, b, out),
            _ => tile::<2>(a, b, out),
        }
        from += width;
    }
}

/// `V` vectors of four lags.
#[inline(always)]
fn tile<const V: usize>(a: &[f64], b: &[f64], out: &mut [f64]) {
    let mut sums = [[0.0; 4]; V];
    for (a, b) in a.iter().zip(b.windows(4 * V)) {
        for (sums, b) in sums.iter_mut().zip(b.chunks_exact(4)) {
            let Ok(b) = <&[f64; 4]>::try_from(b) else { continue };
            for l in 0..4 {
                sums[l] += a * b[l];
            }
        }
    }
    for (out, sums) in out.chunks_mut(4).zip(&sums) {
        out.copy_from_slice(&sums[..out.len()]);
    }
}

/// Sum and sum of squares of the first 0, 1, 2, ... values.
#[inline(always)]
fn running<'a>(values: impl Iterator<Item = &'a f64>, sums: &mut [f64], squares: &mut [f64]) {
    let (mut sum, mut square) = (0.0, 0.0);
    sums[0] = 0.0;
    squares[0] = 0.0;
    for ((value, sums), squares) in values.zip(&mut sums[1..]).zip(&mut squares[1..]) {
        sum += value;
        square += value * value;
        *sums = sum;
        *squares = square;
    }
}
