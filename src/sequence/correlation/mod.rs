//! The lag of one curve behind another, by correlation instead of peaks.

mod correlator;
#[cfg(feature = "fft")]
mod spectrum;

pub use correlator::Correlator;

use crate::inference::{Estimate, Strides};
use crate::math::{Vertex, median};
use crate::sequence::Relation;
use crate::sequence::lag::{check_standard_error, mean};
use crate::{Error, Rate, Real, Result, Samples};
use alloc::vec::Vec;

const OPERATION: &str = "the lag between two curves";

/// Finds the lag of one curve behind another: the maximum, over bounded lags, of the Pearson correlation of the parts
/// that overlap.
///
/// Mean and norm are computed over the overlap at each lag, so that large lags are not penalised for the samples they do
/// not compare, and the maximum is refined by a parabola between lags. A [circular](Self::circular) curve overlaps
/// completely at every lag. A maximum at the bound is no lag, and a curve that is mostly a straight line (which explains
/// over 80 % of the variance) has none: its overlaps correlate at every lag.
///
/// [`find`](Self::find) is for one pair; [`plan`](Self::plan) keeps the buffers for many pairs of one length;
/// [`over_cycles`](Self::over_cycles) returns the mean lag of many cycles with its interval.
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
    common_se_s: f64,
    level: f64,
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
            Ok(Self {
                max_lag_s,
                least_overlap: 0.75,
                circular: false,
                whole: false,
                baseline_only: false,
                common_se_s: 0.0,
                level: 0.95,
            })
        } else {
            let rule = "finite and above 0 s";
            Err(Error::Parameter { name: "largest lag", rule, value: max_lag_s })
        }
    }

    /// Sets the least overlap as a fraction of the curves' length: above 0 and at most 1. It bounds the lag too, where it is tighter.
    #[must_use]
    pub fn least_overlap(self, fraction: f64) -> Self {
        Self { least_overlap: fraction, ..self }
    }

    /// Sets the standard error in seconds of the lag that all cycles share, such as that of two devices' clocks
    /// ([`crate::sequence::SequenceChannel::common_error_s`]), which enters the interval of a mean lag: finite and at least 0; 0
    /// unless set.
    #[must_use]
    pub fn common_se_s(self, common_se_s: f64) -> Self {
        Self { common_se_s, ..self }
    }

    /// Sets the level of the interval of a mean lag: within (0, 1); 0.95 unless set.
    #[must_use]
    pub fn level(self, level: f64) -> Self {
        Self { level, ..self }
    }

    /// Treats each curve as one cycle, end point excluded: samples shifted out at one end re-enter at the other.
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

    /// Finds the lag of `second` behind `first`, both sampled at `rate` from the same instant on.
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
}

/// Largest share of a curve's variance that a straight line may explain.
const MOST_LINEAR: f64 = 0.8;
/// Number of partial sums, which fill vector lanes. It determines the rounding.
const LANES: usize = 8;

/// Copies samples to a work buffer.
fn copy<S>(from: &S, to: &mut [f64])
where
    S: Samples + ?Sized,
    S::Item: Real,
{
    match from.as_slice() {
        Some(slice) => to.iter_mut().zip(slice).for_each(|(to, from)| *to = from.as_f64()),
        None => to.iter_mut().zip(from.iter_samples()).for_each(|(to, from)| *to = from.as_f64()),
    }
}

/// Moments that decide whether a curve can have a lag.
#[derive(Debug, Clone, Copy, Default)]
struct Moments {
    sum: f64,
    varies: bool,
    /// Sum of squares about the mean.
    squares: f64,
    slope: f64,
}

/// Subtracts the mean. To be called within the function that selects the instruction set.
#[inline(always)]
fn centre(x: &mut [f64]) -> Moments {
    let n = x.len() as f64;
    let (mean, middle) = (sum(x) / n, (n - 1.0) / 2.0);
    let first = x.first().copied().unwrap_or(0.0);
    let (mut squares, mut slopes, mut apart) = ([0.0; LANES], [0.0; LANES], [0.0; LANES]);
    let mut place = core::array::from_fn::<f64, LANES, _>(|l| l as f64 - middle);
    let mut add = |l: usize, v: &mut f64| {
        let off = (*v - first).abs();
        apart[l] = if off > apart[l] { off } else { apart[l] };
        *v -= mean;
        squares[l] += *v * *v;
        slopes[l] += place[l] * *v;
        place[l] += LANES as f64;
    };
    let mut blocks = x.chunks_exact_mut(LANES);
    for block in &mut blocks {
        for (l, v) in block.iter_mut().enumerate() {
            add(l, v);
        }
    }
    for (l, v) in blocks.into_remainder().iter_mut().enumerate() {
        add(l, v);
    }
    Moments {
        sum: mean * n,
        varies: apart.iter().any(|apart| *apart > 0.0),
        squares: together(squares),
        slope: together(slopes),
    }
}

/// Returns the sum of all samples.
#[inline(always)]
fn sum(x: &[f64]) -> f64 {
    let mut lanes = [0.0; LANES];
    let blocks = x.chunks_exact(LANES);
    let rest = blocks.remainder();
    for block in blocks {
        for l in 0..LANES {
            lanes[l] += block[l];
        }
    }
    lanes.iter_mut().zip(rest).for_each(|(lane, v)| *lane += v);
    together(lanes)
}

#[inline(always)]
fn together([a, b, c, d, e, f, g, h]: [f64; LANES]) -> f64 {
    ((a + e) + (b + f)) + ((c + g) + (d + h))
}

impl Moments {
    /// Rejects a curve of `n` samples that has no lag; `at` reads the original curve.
    fn check(&self, operation: &'static str, n: usize, at: impl Fn(usize) -> f64) -> Result<()> {
        if !self.sum.is_finite() {
            if let Some(index) = (0..n).find(|&i| !at(i).is_finite()) {
                return Err(Error::NonFinite { operation, index });
            }
        }
        if !self.varies {
            return Err(Error::Constant { operation });
        }
        let n = n as f64;
        let spread = n * (n * n - 1.0) / 12.0;
        if self.slope * self.slope > MOST_LINEAR * spread * self.squares {
            let reason = "a straight line explains over 80 % of a curve";
            return Err(Error::Undefined { quantity: "a lag", reason });
        }
        Ok(())
    }
}

/// Lags of curves over cycles.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct CurveLags {
    /// Lag in each cycle, or the error for a cycle without one.
    pub cycles: Vec<Result<CurveLag>>,
    /// Number of cycles that have one.
    pub n: usize,
    /// Mean lag in seconds, with t-interval over strides.
    pub mean_s: Estimate,
    /// Median lag in seconds over cycles.
    pub median_s: f64,
    /// Mean correlation at the lag.
    pub mean_r: f64,
    /// Which curve comes first, by the interval of the mean alone.
    pub relation: Relation,
}

impl CrossCorrelation {
    /// Finds the mean lag of the second curve behind the first over cycles `(first, second)`, each of one length.
    ///
    /// Circular lags are taken within half a cycle of one another: each is moved by whole cycles to the first one's neighbourhood.
    ///
    /// ```
    /// use copeak::{Rate, inference::Strides, sequence::CrossCorrelation};
    /// let bell = |i: i32, centre: f64| (-(f64::from(i) - centre).powi(2) / 8.0).exp();
    /// let curve = |centre: f64| (0..60).map(|i| bell(i, centre)).collect::<Vec<f64>>();
    /// let cycles: Vec<_> = [5.0, 6.0, 7.0, 6.0].iter().map(|lag| (curve(25.0), curve(25.0 + lag))).collect();
    /// let finder = CrossCorrelation::new(0.1)?;
    /// let lags = finder.over_cycles(&cycles, Rate::from_hz(100.0)?, &Strides::ungrouped(4))?;
    /// assert!((lags.mean_s.value - 0.06).abs() < 1e-3 && lags.mean_s.excludes(0.0));
    /// # Ok::<(), copeak::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::TooFew`] when no cycle has a lag; [`Error::LengthMismatch`] unless `strides` has one step per cycle;
    /// [`Error::Parameter`] for a common error that is not finite or below 0, a level outside (0, 1), or a bound that
    /// leaves no lag.
    pub fn over_cycles<A, B>(&self, cycles: &[(A, B)], rate: Rate, strides: &Strides) -> Result<CurveLags>
    where
        A: Samples,
        B: Samples,
        A::Item: Real,
        B::Item: Real,
    {
        let Self { common_se_s, level, .. } = *self;
        check_standard_error(common_se_s)?;
        let none = || Error::TooFew { operation: "a mean lag of curves", unit: "cycles", needed: 1, got: 0 };
        let samples = cycles.first().ok_or_else(none)?.0.len();
        let mut plan = self.plan(samples, rate)?;
        let turn_s = samples as f64 / rate.as_hz();
        let mut near = None;
        let found: Vec<Result<CurveLag>> = cycles
            .iter()
            .map(|(first, second)| {
                let mut lag = plan.find(first, second)?;
                if self.circular {
                    let near = *near.get_or_insert(lag.lag_s);
                    let turns = num_traits::Float::round((lag.lag_s - near) / turn_s);
                    lag.lag_s -= turns * turn_s;
                }
                Ok(lag)
            })
            .collect();
        let lags: Vec<f64> = found.iter().map(|f| f.as_ref().map_or(f64::NAN, |f| f.lag_s)).collect();
        let known: Vec<&CurveLag> = found.iter().flatten().collect();
        let n = known.len();
        let median_s = median(&mut known.iter().map(|f| f.lag_s).collect::<Vec<_>>()).ok_or_else(none)?;
        let mean_r = known.iter().map(|f| f.r).sum::<f64>() / n as f64;
        let (mean_s, _) = mean(&lags, strides, common_se_s, level, turn_s)?;
        Ok(CurveLags { n, mean_s, median_s, mean_r, relation: Relation::of(&mean_s, None), cycles: found })
    }
}

/// Position and height of a maximum, interpolated between lags.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Maximum {
    position: f64,
    r: f64,
}

/// Returns the highest local maximum and the next; `None` when the highest value is at an end. Of equal ones the first counts.
fn best_two(r: &[f64], closed: bool) -> Option<(Maximum, Option<Maximum>)> {
    let n = r.len();
    let (mut best, mut second): (Option<usize>, Option<usize>) = (None, None);
    let mut look = |i: usize, before: f64, top: f64, after: f64| {
        // A plateau counts at its first sample.
        if before < top && top >= after {
            if best.is_none_or(|b| top > r[b]) {
                second = best.replace(i);
            } else if second.is_none_or(|s| top > r[s]) {
                second = Some(i);
            }
        }
    };
    if closed {
        look(0, r[n - 1], r[0], r[1]);
    }
    for (i, w) in r.windows(3).enumerate() {
        look(i + 1, w[0], w[1], w[2]);
    }
    if closed {
        look(n - 1, r[n - 2], r[n - 1], r[0]);
    }
    let maximum = |i: usize| {
        let vertex = Vertex::of(r[(i + n - 1) % n], r[i], r[(i + 1) % n]);
        Maximum { position: i as f64 + vertex.shift, r: vertex.value.min(1.0) }
    };
    let best = best.filter(|&b| closed || (r[b] >= r[0] && r[b] >= r[n - 1]))?;
    Some((maximum(best), second.map(maximum)))
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
        let tight = long.least_overlap(0.9);
        assert!(matches!(tight.find(&a, &b, rate()), Err(Error::Undefined { .. })));
    }

    #[test]
    fn the_correlation_of_a_shifted_copy_is_one_over_the_overlap() {
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
    fn the_second_best_lag_of_a_periodic_curve_is_a_period_away() {
        let beat: Vec<f64> =
            (0..200).map(|i| (f64::from(i) * 0.5).sin() * (-f64::from(i) / 300.0).exp()).collect();
        let found = CrossCorrelation::new(0.2).unwrap().find(&beat, &beat, rate()).unwrap();
        assert!(found.lag_s.abs() < 1e-6);
        let period = 2.0 * core::f64::consts::PI / 0.5 / 100.0;
        assert!((found.second_lag_s.unwrap().abs() - period).abs() < 2e-3, "{found:?}");
        assert!(found.second_r.unwrap() < found.r);
    }

    /// The correlations by their definition.
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
    fn every_correlation_equals_its_definition() {
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
    fn curves_and_bounds_without_a_lag_are_errors() {
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
            assert!(finder.least_overlap(overlap).plan(60, rate()).is_err());
        }
    }
}

#[cfg(test)]
mod cycles_tests {
    use super::*;

    fn wave(lag: f64) -> Vec<f64> {
        let turn = |i: u32| core::f64::consts::TAU * (f64::from(i) - lag) / 80.0;
        (0..80).map(|i| turn(i).sin() + 0.3 * (2.0 * turn(i)).cos()).collect()
    }

    fn rate() -> Rate {
        Rate::from_hz(100.0).unwrap()
    }

    #[test]
    fn half_a_cycle_apart_is_one_lag_and_not_two() {
        let cycles: Vec<_> = [38.0, 41.0, 39.0, 42.0].iter().map(|&lag| (wave(0.0), wave(lag))).collect();
        let finder = CrossCorrelation::new(1.0).unwrap().circular();
        let found = finder.over_cycles(&cycles, rate(), &Strides::ungrouped(4)).unwrap();
        assert!((found.mean_s.value - 0.4).abs() < 1e-3, "{:?}", found.mean_s);
        assert!(found.mean_s.ci.unwrap().width() < 0.1);
    }

    #[test]
    fn cycles_without_a_lag_are_reported_and_left_out() {
        let flat = (wave(0.0), vec![1.0; 80]);
        let cycles = [(wave(0.0), wave(5.0)), flat.clone(), (wave(0.0), wave(6.0)), (wave(0.0), wave(5.5))];
        let finder = CrossCorrelation::new(0.2).unwrap();
        let of =
            |common| finder.common_se_s(common).over_cycles(&cycles, rate(), &Strides::ungrouped(4)).unwrap();
        let found = of(0.0);
        assert_eq!(
            (found.n, &found.cycles[1]),
            (3, &Err(Error::Constant { operation: "the lag between two curves" }))
        );
        assert!((found.median_s - 0.055).abs() < 1e-3 && found.mean_r > 0.99);
        assert_eq!((found.relation, of(0.1).relation), (Relation::Before, Relation::Unclear));
        let all_flat = finder.over_cycles(&[flat], rate(), &Strides::ungrouped(1));
        assert!(matches!(all_flat, Err(Error::TooFew { .. })));
        let short = finder.over_cycles(&cycles, rate(), &Strides::ungrouped(3));
        assert!(matches!(short, Err(Error::LengthMismatch { .. })));
        assert!(finder.common_se_s(-1.0).over_cycles(&cycles, rate(), &Strides::ungrouped(4)).is_err());
    }
}

#[cfg(test)]
mod maxima_tests {
    use super::*;

    #[test]
    fn the_two_highest_maxima_are_returned_and_of_equal_ones_the_first() {
        let r = [0.0, 0.5, 0.0, 0.9, 0.1, 0.9, 0.2, 0.7, 0.0];
        let (best, second) = best_two(&r, false).unwrap();
        assert_eq!((best.position.round(), second.unwrap().position.round()), (3.0, 5.0));
        assert_eq!(best_two(&[0.0, 0.5, 0.0, 0.9], false), None);
        let (best, second) = best_two(&[0.0, 0.5, 0.0, 0.9], true).unwrap();
        assert_eq!((best.position.round(), second.unwrap().position.round()), (3.0, 1.0));
        let (flat, none) = best_two(&[0.0, 0.5, 0.5, 0.1], false).unwrap();
        assert_eq!((flat.position, none), (1.5, None));
    }

    #[test]
    fn a_plateau_that_reaches_the_end_is_no_maximum() {
        assert_eq!(best_two(&[0.0, 0.5, 0.9, 0.9], false).map(|(best, _)| best.position), Some(2.5));
        assert_eq!(best_two(&[0.9, 0.9, 0.5, 0.1], false), None);
    }
}
