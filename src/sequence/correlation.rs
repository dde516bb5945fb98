//! The lag of one curve behind another, without any peak.

use crate::numeric::Vertex;
use crate::{Error, Rate, Real, Result, Samples};
use alloc::vec::Vec;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// A straight line may explain at most this share of a curve's variance.
const MOST_LINEAR: f64 = 0.8;

/// Finds the lag of one curve behind another: the maximum, over bounded lags, of the Pearson correlation of the parts
/// that overlap.
///
/// Mean and norm are taken over the overlap at each lag, so that a lag does not pay for samples it cannot compare, and
/// the maximum is refined by a parabola between lags. A [circular](Self::circular) curve overlaps in full at every lag.
/// A maximum at the bound is no lag, and a curve that is mostly a straight line (it explains over 80 % of the variance)
/// has none: its overlaps correlate at every lag.
///
/// Costs (samples x lags) multiplications; means and norms come from running sums.
///
/// ```
/// use copeak::{Rate, sequence::CrossCorrelation};
/// let bell = |i: i32, centre: f64| (-(f64::from(i) - centre).powi(2) / 8.0).exp();
/// let hip: Vec<f64> = (0..60).map(|i| bell(i, 25.0)).collect();
/// let knee: Vec<f64> = (0..60).map(|i| bell(i, 31.0)).collect();
/// let lag = CrossCorrelation::new(0.1)?.find(&hip, &knee, Rate::hz(100.0)?)?;
/// assert!((lag.lag_s - 0.06).abs() < 1e-4 && lag.r > 0.999);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[doc(alias = "correlate")]
pub struct CrossCorrelation {
    max_lag_s: f64,
    least_overlap: f64,
    circular: bool,
}

/// Lag of a curve behind another.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct CurveLag {
    /// Lag, positive when the second curve comes after the first.
    pub lag_s: f64,
    /// Correlation there, at the vertex between lags.
    pub r: f64,
    /// Correlation at the second-best local maximum: close to `r` means that the lag may be off by a cycle.
    pub second_r: Option<f64>,
    /// Lag of that maximum.
    pub second_lag_s: Option<f64>,
}

impl CrossCorrelation {
    /// Lags up to `max_lag_s` either way, overlapping by at least 75 %, not circular.
    ///
    /// # Errors
    /// [`Error::Parameter`] unless the bound is finite and above 0.
    pub fn new(max_lag_s: f64) -> Result<Self> {
        if max_lag_s.is_finite() && max_lag_s > 0.0 {
            Ok(Self { max_lag_s, least_overlap: 0.75, circular: false })
        } else {
            let rule = "finite and above 0 s";
            Err(Error::Parameter { name: "largest lag", rule, value: max_lag_s })
        }
    }

    /// With another least overlap, as a fraction of the curves' length. It bounds the lag too, where it is tighter.
    ///
    /// # Errors
    /// [`Error::Parameter`] unless it is above 0 and at most 1.
    pub fn least_overlap(self, fraction: f64) -> Result<Self> {
        if fraction > 0.0 && fraction <= 1.0 {
            Ok(Self { least_overlap: fraction, ..self })
        } else {
            let rule = "above 0 and at most 1";
            Err(Error::Parameter { name: "least overlap", rule, value: fraction })
        }
    }

    /// The curves are one cycle each, end point excluded: what leaves at one end comes in at the other.
    ///
    /// With a bound of half a cycle or more every lag is looked at, and none lies at the bound.
    #[must_use]
    pub fn circular(self) -> Self {
        Self { circular: true, ..self }
    }

    /// The lag of `second` behind `first`, both sampled at `rate` from the same instant on.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`]; [`Error::TooFew`] below 4 samples; [`Error::NonFinite`] (the index is that of the
    /// first curve that has one); [`Error::Constant`]; [`Error::Parameter`] when the bound leaves not even a lag of one
    /// sample; [`Error::Undefined`] when a straight line explains over 80 % of a curve, or the correlation is highest at
    /// the bound.
    pub fn find<A, B>(&self, first: &A, second: &B, rate: Rate) -> Result<CurveLag>
    where
        A: Samples + ?Sized,
        B: Samples + ?Sized,
        A::Item: Real,
        B::Item: Real,
    {
        let operation = "the lag between two curves";
        let n = first.len();
        if n != second.len() {
            return Err(Error::LengthMismatch { operation, left: n, right: second.len() });
        }
        if n < 4 {
            return Err(Error::TooFew { operation, unit: "samples", needed: 4, got: n });
        }
        let (a, b) = (centred(first, operation)?, centred(second, operation)?);

        let wanted = (self.max_lag_s * rate.as_hz() + 1e-9).floor().min(n as f64) as usize;
        let allowed = if self.circular { n / 2 } else { n - (self.least_overlap * n as f64).ceil() as usize };
        let bound = wanted.min(allowed);
        if bound == 0 {
            let rule = "at least one sample, with the overlap asked for";
            return Err(Error::Parameter { name: "largest lag", rule, value: self.max_lag_s });
        }
        // All the way round there is no bound: the lags' own ends are neighbours.
        let closed = self.circular && 2 * bound >= n - 1;
        let r = if self.circular {
            let lags = if closed { (n - 1) / 2 } else { bound };
            circular_correlations(&a, &b, lags, closed && n % 2 == 0)
        } else {
            overlap_correlations(&a, &b, bound)
        };
        let zero = if self.circular && closed { (n - 1) / 2 } else { bound };

        let (best, second) = best_two(&r, closed).ok_or(Error::Undefined {
            quantity: "a lag",
            reason: "the correlation is highest at the largest lag looked at",
        })?;
        let seconds = |maximum: &Maximum| (maximum.position - zero as f64) / rate.as_hz();
        Ok(CurveLag {
            lag_s: seconds(&best),
            r: best.r,
            second_r: second.as_ref().map(|m| m.r),
            second_lag_s: second.as_ref().map(seconds),
        })
    }
}

/// The curve less its mean, if it may have a lag.
fn centred<S>(x: &S, operation: &'static str) -> Result<Vec<f64>>
where
    S: Samples + ?Sized,
    S::Item: Real,
{
    let mut x: Vec<f64> = x.iter_samples().map(Real::wide).collect();
    if let Some(index) = x.iter().position(|v| !v.is_finite()) {
        return Err(Error::NonFinite { operation, index });
    }
    if x.iter().all(|&v| v == x[0]) {
        return Err(Error::Constant { operation });
    }
    let n = x.len() as f64;
    let mean = x.iter().sum::<f64>() / n;
    let (mut total, mut slope) = (0.0, 0.0);
    for (i, v) in x.iter_mut().enumerate() {
        *v -= mean;
        total += *v * *v;
        slope += (i as f64 - (n - 1.0) / 2.0) * *v;
    }
    let spread = n * (n * n - 1.0) / 12.0;
    if slope * slope > MOST_LINEAR * spread * total {
        let reason = "a straight line explains over 80 % of a curve";
        return Err(Error::Undefined { quantity: "a lag", reason });
    }
    Ok(x)
}

/// Correlations at lags -bound..=bound over what overlaps; -1 where an overlap does not vary.
fn overlap_correlations(a: &[f64], b: &[f64], bound: usize) -> Vec<f64> {
    let n = a.len();
    let (sums_a, sums_b) = (running_sums(a), running_sums(b));
    let at = |first: usize, second: usize, m: usize| {
        let part = |sums: &[(f64, f64)], from: usize| {
            let (sum, squares) = (sums[from + m].0 - sums[from].0, sums[from + m].1 - sums[from].1);
            (sum, squares - sum * sum / m as f64, squares)
        };
        let (sum_a, var_a, squares_a) = part(&sums_a, first);
        let (sum_b, var_b, squares_b) = part(&sums_b, second);
        // What is left by cancellation alone is no variance.
        if var_a <= 1e-12 * squares_a || var_b <= 1e-12 * squares_b {
            return -1.0;
        }
        let product = dot(&a[first..first + m], &b[second..second + m]);
        ((product - sum_a * sum_b / m as f64) / (var_a * var_b).sqrt()).clamp(-1.0, 1.0)
    };
    let negative = (1..=bound).rev().map(|k| at(k, 0, n - k));
    negative.chain((0..=bound).map(|k| at(0, k, n - k))).collect()
}

/// Correlations at lags -lags..=lags round the cycle, and at the lag of half a cycle if `half`.
fn circular_correlations(a: &[f64], b: &[f64], lags: usize, half: bool) -> Vec<f64> {
    let n = a.len();
    let scale = (dot(a, a) * dot(b, b)).sqrt();
    let at = |k: usize| {
        let product = dot(&a[..n - k], &b[k..]) + dot(&a[n - k..], &b[..k]);
        (product / scale).clamp(-1.0, 1.0)
    };
    let negative = (1..=lags).rev().map(|k| at(n - k));
    let positive = (0..=lags).map(at);
    negative.chain(positive).chain(half.then(|| at(n / 2))).collect()
}

/// Sum and sum of squares of the first i values, for i from 0.
fn running_sums(x: &[f64]) -> Vec<(f64, f64)> {
    let next = |sums: &mut (f64, f64), &v: &f64| {
        *sums = (sums.0 + v, sums.1 + v * v);
        Some(*sums)
    };
    core::iter::once((0.0, 0.0)).chain(x.iter().scan((0.0, 0.0), next)).collect()
}

/// Four partial sums, which the compiler can keep in vector lanes.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut lanes = [0.0; 4];
    let (chunks_a, chunks_b) = (a.chunks_exact(4), b.chunks_exact(4));
    let rest: f64 = chunks_a.remainder().iter().zip(chunks_b.remainder()).map(|(x, y)| x * y).sum();
    for (x, y) in chunks_a.zip(chunks_b) {
        for l in 0..4 {
            lanes[l] += x[l] * y[l];
        }
    }
    (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]) + rest
}

/// Where a maximum lies among the lags, and how high it is, between lags.
struct Maximum {
    position: f64,
    r: f64,
    /// At the lag itself.
    sampled: f64,
}

/// The highest local maximum and the next; `None` when the highest value is at an end.
fn best_two(r: &[f64], closed: bool) -> Option<(Maximum, Option<Maximum>)> {
    let n = r.len();
    let ends = if closed { 0 } else { 1 };
    let maximum = |i: usize| {
        let (before, top, after) = (r[(i + n - 1) % n], r[i], r[(i + 1) % n]);
        // A flat top belongs to its first sample.
        (before < top && top >= after).then(|| {
            let vertex = Vertex::of(before, top, after);
            Maximum { position: i as f64 + vertex.shift, r: vertex.value.min(1.0), sampled: top }
        })
    };
    let mut maxima: Vec<Maximum> = (ends..n - ends).filter_map(maximum).collect();
    maxima.sort_by(|x, y| y.sampled.total_cmp(&x.sampled));
    let highest = r.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut maxima = maxima.into_iter();
    let best = maxima.next().filter(|best| best.sampled >= highest)?;
    Some((best, maxima.next()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wave(n: usize, lag: f64) -> Vec<f64> {
        let cycle = |i: usize| 2.0 * core::f64::consts::PI * (i as f64 - lag) / n as f64;
        (0..n).map(|i| cycle(i).sin() + 0.3 * (2.0 * cycle(i)).cos()).collect()
    }

    fn rate() -> Rate {
        Rate::hz(100.0).unwrap()
    }

    #[test]
    fn a_circular_lag_is_found_anywhere_on_the_circle() {
        for n in [80, 81] {
            for lag in [-35.0, -3.25, 0.0, 7.5, 39.75] {
                let all = CrossCorrelation::new(1.0).unwrap().circular();
                let found = all.find(&wave(n, 0.0), &wave(n, lag), rate()).unwrap();
                let mut off = found.lag_s * 100.0 - lag;
                off -= (off / n as f64).round() * n as f64;
                assert!(off.abs() < 0.02 && found.r > 0.999, "{n} {lag}: {found:?}");
            }
        }
    }

    #[test]
    fn a_maximum_at_the_bound_is_no_lag() {
        let (a, b) = (wave(100, 0.0), wave(100, 12.0));
        let short = CrossCorrelation::new(0.1).unwrap();
        for finder in [short, short.circular()] {
            assert!(matches!(finder.find(&a, &b, rate()), Err(Error::Undefined { .. })));
        }
        let long = CrossCorrelation::new(0.2).unwrap();
        for finder in [long, long.circular()] {
            let found = finder.find(&a, &b, rate()).unwrap();
            assert!((found.lag_s - 0.12).abs() < 5e-4, "{found:?}");
        }
        // The overlap bounds the lag where it is tighter.
        let tight = long.least_overlap(0.9).unwrap();
        assert!(matches!(tight.find(&a, &b, rate()), Err(Error::Undefined { .. })));
    }

    #[test]
    fn the_overlap_is_all_that_counts() {
        // Pearson over the overlap alone is exact for a shifted copy, whatever enters at the ends.
        let long: Vec<f64> =
            (0..130).map(|i| (f64::from(i) * 0.37).sin() + (f64::from(i) * 0.11).cos()).collect();
        for lag in 0..20 {
            let (a, b) = (&long[20..120], &long[20 - lag..120 - lag]);
            let found = CrossCorrelation::new(0.24).unwrap().find(a, b, rate()).unwrap();
            assert!((found.lag_s * 100.0 - lag as f64).abs() < 0.05 && found.r > 0.9999, "{lag}: {found:?}");
        }
    }

    #[test]
    fn the_second_best_is_reported() {
        let beat: Vec<f64> =
            (0..200).map(|i| (f64::from(i) * 0.5).sin() * (-f64::from(i) / 300.0).exp()).collect();
        let found = CrossCorrelation::new(0.2).unwrap().find(&beat, &beat, rate()).unwrap();
        assert!(found.lag_s.abs() < 1e-6);
        let period = 2.0 * core::f64::consts::PI / 0.5 / 100.0;
        assert!((found.second_lag_s.unwrap().abs() - period).abs() < 2e-3, "{found:?}");
        assert!(found.second_r.unwrap() < found.r);
    }

    #[test]
    fn bad_input_is_named() {
        let finder = CrossCorrelation::new(0.1).unwrap();
        let a = wave(50, 0.0);
        assert!(matches!(finder.find(&a, &a[1..], rate()), Err(Error::LengthMismatch { .. })));
        assert!(matches!(finder.find(&a[..3], &a[..3], rate()), Err(Error::TooFew { .. })));
        assert!(matches!(finder.find(&a, &[1.0; 50], rate()), Err(Error::Constant { .. })));
        let mut broken = a.clone();
        broken[7] = f64::NAN;
        assert!(matches!(finder.find(&a, &broken, rate()), Err(Error::NonFinite { index: 7, .. })));
        let trend: Vec<f64> = a.iter().enumerate().map(|(i, v)| v + 0.5 * i as f64).collect();
        assert!(matches!(finder.find(&trend, &a, rate()), Err(Error::Undefined { .. })));
        let slow = Rate::hz(5.0).unwrap();
        assert!(matches!(finder.find(&a, &a, slow), Err(Error::Parameter { .. })));
        for bound in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(CrossCorrelation::new(bound).is_err());
        }
        for overlap in [0.0, 1.1, f64::NAN] {
            assert!(finder.least_overlap(overlap).is_err());
        }
    }
}
