//! The lag of one curve behind another, without any peak.

mod correlator;
mod curve;
mod cycles;
mod maxima;
mod products;
#[cfg(feature = "fft")]
mod spectrum;

pub use correlator::Correlator;
pub use cycles::CurveLags;

use crate::{Error, Rate, Real, Result, Samples};
use alloc::vec;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;
use products::beyond;

const OPERATION: &str = "the lag between two curves";

/// From so many products (samples times lags) on transforms are quicker than sums.
#[cfg(feature = "fft")]
const MANY_PRODUCTS: usize = 20_000;

/// Finds the lag of one curve behind another: the maximum, over bounded lags, of the Pearson correlation of the parts
/// that overlap.
///
/// Mean and norm are taken over the overlap at each lag, so that a lag does not pay for samples it cannot compare, and
/// the maximum is refined by a parabola between lags. A [circular](Self::circular) curve overlaps in full at every lag.
/// A maximum at the bound is no lag, and a curve that is mostly a straight line (it explains over 80 % of the variance)
/// has none: its overlaps correlate at every lag.
///
/// [`find`](Self::find) is one pair; [`plan`](Self::plan) keeps the buffers for many of one length;
/// [`over_cycles`](Self::over_cycles) gives the mean lag of many cycles with its interval.
///
/// # Costs and limitations
/// (samples x lags) multiplications; means and norms come from running sums. With the feature `fft` long curves are
/// correlated by Fourier transforms instead (from about 200 samples and 50 lags either way on), whose rounding differs in
/// the last bits.
///
/// ```
/// use copeak::{Rate, sequence::CrossCorrelation};
/// let bell = |i: i32, centre: f64| (-(f64::from(i) - centre).powi(2) / 8.0).exp();
/// let hip: Vec<f64> = (0..60).map(|i| bell(i, 25.0)).collect();
/// let knee: Vec<f64> = (0..60).map(|i| bell(i, 31.0)).collect();
/// let lag = CrossCorrelation::new(0.1)?.find(&hip, &knee, Rate::from_hz(100.0)?)?;
/// assert!((lag.lag_s - 0.06).abs() < 1e-4 && lag.r > 0.999);
/// # Ok::<(), copeak::Error>(())
/// ```
#[doc(alias = "correlation_lags")]
#[doc(alias = "xcorr")]
#[derive(Debug, Clone, Copy, PartialEq)]
#[doc(alias = "correlate")]
pub struct CrossCorrelation {
    max_lag_s: f64,
    least_overlap: f64,
    circular: bool,
    whole: bool,
    baseline_only: bool,
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
            Ok(Self { max_lag_s, least_overlap: 0.75, circular: false, whole: false, baseline_only: false })
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

    /// Mean and norm are those of the whole curves at every lag, as when `scipy.signal.correlate` is divided once.
    ///
    /// Cheaper, and drawn towards 0: a lag pays for the samples that it pushes out. For comparison with others' numbers.
    /// It changes nothing for circular curves.
    #[must_use]
    pub fn normalised_by_whole(self) -> Self {
        Self { whole: true, ..self }
    }

    /// With the instructions that every machine of the target has, even where better ones could be chosen at run time
    /// (feature `simd`). The result is the same to the last bit: this is for measuring what the choice is worth.
    #[must_use]
    pub fn baseline_only(self) -> Self {
        Self { baseline_only: true, ..self }
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
        if first.len() != second.len() {
            return Err(Error::LengthMismatch {
                operation: OPERATION,
                left: first.len(),
                right: second.len(),
            });
        }
        self.plan(first.len(), rate)?.find(first, second)
    }

    /// For many pairs of curves of `samples` samples each: buffers, and transforms where they are used, are made once.
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
    /// [`Error::TooFew`] below 4 samples; [`Error::Parameter`] when the bound leaves not even a lag of one sample.
    pub fn plan(&self, samples: usize, rate: Rate) -> Result<Correlator> {
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
        // All the way round there is no bound: the lags' own ends are neighbours.
        let closed = self.circular && 2 * bound >= n - 1;
        let lags = if closed { (n - 1) / 2 } else { bound };
        let count = 2 * lags + 1 + usize::from(closed && n % 2 == 0);
        Ok(Correlator {
            of: *self,
            rate,
            closed,
            lags,
            first: vec![0.0; n],
            second: vec![0.0; n + 2 * lags + 1 + beyond()],
            r: vec![0.0; count],
            sums: vec![0.0; 8 * (lags + 1)],
            #[cfg(feature = "fft")]
            spectrum: (n * count > MANY_PRODUCTS && (!self.circular || spectrum::Spectrum::quick_circle(n)))
                .then(|| spectrum::Spectrum::new(n, lags, self.circular)),
        })
    }
}
#[cfg(test)]
mod tests {
    use super::*;

    fn wave(n: usize, lag: f64) -> Vec<f64> {
        let cycle = |i: usize| 2.0 * core::f64::consts::PI * (i as f64 - lag) / n as f64;
        (0..n).map(|i| cycle(i).sin() + 0.3 * (2.0 * cycle(i)).cos()).collect()
    }

    fn rate() -> Rate {
        Rate::from_hz(100.0).unwrap()
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

    /// Straight from the definition.
    fn obvious(a: &[f64], b: &[f64], lags: usize, whole: bool, circular: bool) -> Vec<f64> {
        let n = a.len() as isize;
        let pearson = |pairs: &[(f64, f64)], means: (f64, f64), norms: Option<f64>| {
            let sum = |f: &dyn Fn(&(f64, f64)) -> f64| pairs.iter().map(f).sum::<f64>();
            let product = sum(&|p| (p.0 - means.0) * (p.1 - means.1));
            let (va, vb) = (sum(&|p| (p.0 - means.0).powi(2)), sum(&|p| (p.1 - means.1).powi(2)));
            product / norms.unwrap_or((va * vb).sqrt())
        };
        let mean = |pairs: &[(f64, f64)]| {
            let m = pairs.len() as f64;
            (pairs.iter().map(|p| p.0).sum::<f64>() / m, pairs.iter().map(|p| p.1).sum::<f64>() / m)
        };
        let everything: Vec<(f64, f64)> = a.iter().copied().zip(b.iter().copied()).collect();
        let centre = mean(&everything);
        let norm = |f: &dyn Fn(&(f64, f64)) -> f64| everything.iter().map(|p| f(p).powi(2)).sum::<f64>();
        let norms = (norm(&|p| p.0 - centre.0) * norm(&|p| p.1 - centre.1)).sqrt();
        (-(lags as isize)..=lags as isize)
            .map(|k| {
                let partner = |i: isize| if circular { (i + k).rem_euclid(n) } else { i + k };
                let pairs: Vec<(f64, f64)> = (0..n)
                    .filter(|&i| (0..n).contains(&partner(i)))
                    .map(|i| (a[i as usize], b[partner(i) as usize]))
                    .collect();
                if whole { pearson(&pairs, centre, Some(norms)) } else { pearson(&pairs, mean(&pairs), None) }
            })
            .collect()
    }

    #[test]
    fn every_correlation_is_the_definitions() {
        let noise = |i: usize, k: usize| ((i * i * k + 7 * i) % 101) as f64 / 101.0 + (i as f64 * 0.05).sin();
        for n in [8, 37, 101, 300, 480] {
            let (a, b): (Vec<f64>, Vec<f64>) = (0..n).map(|i| (noise(i, 3), noise(i, 5))).unzip();
            for (whole, circular) in [(false, false), (true, false), (false, true)] {
                let mut of = CrossCorrelation::new(1e-2 * (n / 4) as f64).unwrap();
                of = if whole { of.normalised_by_whole() } else { of };
                of = if circular { of.circular() } else { of };
                let mut plan = of.plan(n, rate()).unwrap();
                let found = plan.find(&a, &b);
                let expected = obvious(&a, &b, plan.lags, whole, circular);
                for (k, (r, e)) in plan.r.iter().zip(&expected).enumerate() {
                    assert!((r - e).abs() < 1e-12, "{n} {whole} {circular} {k}: {r} {e}");
                }
                let baseline_only = of.baseline_only().plan(n, rate()).unwrap().find(&a, &b);
                assert_eq!(found, baseline_only, "the instructions change the bits");
            }
        }
    }

    #[cfg(feature = "fft")]
    #[test]
    fn transforms_give_the_same_correlations() {
        let noise = |i: usize, k: usize| ((i * i * k + 7 * i) % 101) as f64 / 101.0 + (i as f64 * 0.05).sin();
        for n in [8, 90, 100, 101, 300, 1000] {
            let (a, b): (Vec<f64>, Vec<f64>) = (0..n).map(|i| (noise(i, 3), noise(i, 5))).unzip();
            for circular in [false, true] {
                let of = CrossCorrelation::new(1e-2 * (n / 4) as f64).unwrap();
                let of = if circular { of.circular() } else { of };
                let mut plan = of.plan(n, rate()).unwrap();
                plan.spectrum = None;
                let _ = plan.find(&a, &b);
                let sums = plan.r.clone();
                plan.spectrum = Some(spectrum::Spectrum::new(n, plan.lags, circular));
                let _ = plan.find(&a, &b);
                for (k, (r, e)) in plan.r.iter().zip(&sums).enumerate() {
                    assert!((r - e).abs() < 1e-12, "{n} {circular} {k}: {r} {e}");
                }
            }
        }
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
        let slow = Rate::from_hz(5.0).unwrap();
        assert!(matches!(finder.find(&a, &a, slow), Err(Error::Parameter { .. })));
        for bound in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(CrossCorrelation::new(bound).is_err());
        }
        for overlap in [0.0, 1.1, f64::NAN] {
            assert!(finder.least_overlap(overlap).is_err());
        }
    }
}
