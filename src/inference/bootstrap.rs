//! The bootstrap: intervals from resampled strides.

use super::checked_level;
use super::distribution::{normal_cdf, normal_quantile, student_quantile};
use super::draw::Draws;
use super::estimate::{Estimate, Interval, IntervalMethod, NoInterval};
use crate::math::{median, moments, quantile};
use crate::{Error, Result};
use alloc::vec::Vec;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// More replicates than any interval needs, which still take little memory.
const MOST_REPLICATES: usize = 1_000_000;

/// Below this number of units, percentiles of resamples cannot hold 90 %.
const FEWEST_FOR_PERCENTILES: usize = 5;

/// The ends of the bootstrap distribution that make the interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum BootstrapMethod {
    /// Percentiles moved outwards for the sample size, to Phi(-sqrt(n/(n-1)) t) with n - 1 degrees of freedom
    /// (Hesterberg 2015): for ratios and maxima. No resample leaves the range of its strides, so percentiles of 3 or 4
    /// strides cover at most 75 or 87.5 %, whatever the level: there the interval is the mean of the replicates plus and
    /// minus t times their standard deviation times sqrt(n/(n-1)).
    #[default]
    Expanded,
    /// Plain percentiles. Too narrow for few strides: marked approximate below 30.
    Percentile,
    /// Bias-corrected and accelerated (Efron 1987). Too narrow for few strides: marked approximate below 30.
    Bca,
}

/// A seeded bootstrap.
///
/// ```
/// use copeak::inference::Bootstrap;
/// let (missed, taken) = ([1.0, 2.0, 1.0, 3.0, 2.0, 1.0], [5.0, 7.0, 6.0, 9.0, 6.0, 6.0]);
/// let ratio = |strides: &[usize]| {
///     let sum = |x: &[f64]| strides.iter().map(|&i| x[i]).sum::<f64>();
///     sum(&missed) / sum(&taken)
/// };
/// let estimate = Bootstrap::new(1).interval(6, ratio)?;
/// assert_eq!(estimate.value, 10.0 / 39.0);
/// assert!(estimate.ci.is_some_and(|ci| ci.low < 0.25 && ci.high > 0.26));
/// # Ok::<(), copeak::Error>(())
/// ```
#[doc(alias = "bootstrap")]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bootstrap {
    seed: u64,
    method: BootstrapMethod,
    replicates: usize,
    level: f64,
    block: usize,
}

impl Bootstrap {
    /// Creates a bootstrap of 1000 replicates at level 0.95, with [`BootstrapMethod::Expanded`].
    pub fn new(seed: u64) -> Self {
        Self { seed, method: BootstrapMethod::default(), replicates: 1000, level: 0.95, block: 1 }
    }

    /// Sets the ends of the bootstrap distribution that make the interval.
    #[must_use]
    pub fn method(self, method: BootstrapMethod) -> Self {
        Self { method, ..self }
    }

    /// Sets the number of replicates, from 1 to 1,000,000.
    #[must_use]
    pub fn replicates(self, replicates: usize) -> Self {
        Self { replicates, ..self }
    }

    /// Sets the confidence level, in (0, 1).
    #[must_use]
    pub fn level(self, level: f64) -> Self {
        Self { level, ..self }
    }

    /// Resamples blocks of this many neighbouring units, at least 1, for units that resemble their neighbours (circular
    /// block bootstrap, Politis & Romano 1992); 1 draws each unit separately. [`block_length`] proposes a length.
    ///
    /// For a mean, [`t_interval`](super::t_interval) is the better choice: it holds its level with fewer strides.
    ///
    /// ```
    /// use copeak::inference::{Bootstrap, block_length};
    /// let slow: Vec<f64> = (0..40).map(|i| (f64::from(i) * 0.4).sin() + 0.1 * f64::from(i % 3)).collect();
    /// let width = |bootstrap: Bootstrap| bootstrap.median(&slow).unwrap().ci.unwrap().width();
    /// let blocks = Bootstrap::new(1).block_length(block_length(&slow));
    /// assert!(width(blocks) > width(Bootstrap::new(1)));
    /// ```
    #[must_use]
    pub fn block_length(self, block: usize) -> Self {
        Self { block, ..self }
    }

    /// Returns the bootstrap if every setting is within its range.
    pub(crate) fn checked(self) -> Result<Self> {
        let refused = |name, rule, value| Err(Error::Parameter { name, rule, value });
        checked_level(self.level)?;
        match (self.replicates, self.block) {
            (1..=MOST_REPLICATES, 1..) => Ok(self),
            (1..=MOST_REPLICATES, block) => refused("block length", "at least 1", block as f64),
            (replicates, _) => refused("replicates", "from 1 to 1000000", replicates as f64),
        }
    }

    /// Returns the bootstrap with another, independent stream of draws.
    pub(crate) fn reseeded(self, stream: u64) -> Self {
        Self { seed: self.seed ^ stream.wrapping_mul(0xd1b5_4a32_d192_ed03), ..self }
    }

    /// Returns the confidence level.
    pub(crate) fn confidence(&self) -> f64 {
        self.level
    }

    /// Returns the resamples of `n` units one after the other, the same ones on every call.
    pub(crate) fn resamples(&self, n: usize) -> impl Iterator<Item = Vec<usize>> + use<> {
        let (mut draws, block) = (Draws::new(self.seed), self.block);
        let count = if n == 0 { 0 } else { self.replicates };
        (0..count).map(move |_| {
            let mut indices = Vec::with_capacity(n);
            draws.resample(n, block, &mut indices);
            indices
        })
    }

    /// Estimates a statistic of `n` units, with its interval. `statistic` receives the indices of the units to use, with
    /// repetitions; a replicate in which it is NaN is left out.
    ///
    /// There is no interval below 3 units. It is marked approximate below 10 units, or below 30 for the methods that
    /// [`BootstrapMethod`] lists so, and below the same number of blocks.
    ///
    /// # Errors
    /// [`Error::Parameter`] for a setting outside its range; [`Error::TooFew`] without units; [`Error::Undefined`] when the
    /// statistic of all units is not finite.
    pub fn interval<F>(&self, n: usize, mut statistic: F) -> Result<Estimate>
    where
        F: FnMut(&[usize]) -> f64,
    {
        let operation = "a bootstrap over strides";
        self.checked()?;
        if n == 0 {
            return Err(Error::TooFew { operation, unit: "strides", needed: 1, got: 0 });
        }
        let all: Vec<usize> = (0..n).collect();
        let value = statistic(&all);
        if !value.is_finite() {
            return Err(Error::Undefined {
                quantity: "a bootstrap interval",
                reason: "the statistic of all strides has no finite value",
            });
        }
        if n < 3 {
            return Ok(self.estimate(n, value, Err(NoInterval::TooFew)));
        }
        let mut values = Vec::with_capacity(self.replicates);
        let mut draws = Draws::new(self.seed);
        let mut indices = Vec::with_capacity(n);
        for _ in 0..self.replicates {
            draws.resample(n, self.block, &mut indices);
            values.push(statistic(&indices));
        }
        let ci = match self.method {
            BootstrapMethod::Expanded => self.expanded(&mut values, n),
            BootstrapMethod::Percentile => {
                ends(&mut values, [0.5 - self.level / 2.0, 0.5 + self.level / 2.0])
            }
            BootstrapMethod::Bca => {
                let jackknife: Vec<f64> = (0..n)
                    .map(|left_out| {
                        indices.clear();
                        indices.extend((0..n).filter(|&i| i != left_out));
                        statistic(&indices)
                    })
                    .collect();
                let tails = bca_tails(value, &values, &jackknife, self.level);
                ends(&mut values, tails)
            }
        };
        Ok(self.estimate(n, value, ci))
    }

    /// Returns the interval [`BootstrapMethod::Expanded`] of replicates computed elsewhere, such as one of several results of
    /// one resample; `n` is the number of units (the smaller one when two recordings are resampled). NaN replicates are
    /// left out; there is no interval below 3 units or without a finite replicate. Reorders the replicates.
    pub(crate) fn expanded(
        &self,
        replicates: &mut Vec<f64>,
        n: usize,
    ) -> core::result::Result<Interval, NoInterval> {
        if n < 3 {
            return Err(NoInterval::TooFew);
        }
        let freedom = n as f64 - 1.0;
        let t = (n as f64 / freedom).sqrt() * student_quantile(0.5 + self.level / 2.0, freedom);
        if n < FEWEST_FOR_PERCENTILES {
            replicates.retain(|v| v.is_finite());
            let (mean, variance) = moments(replicates);
            let reach = t * variance.sqrt();
            return if replicates.is_empty() {
                Err(NoInterval::Unbounded)
            } else {
                Ok(Interval::around(mean, reach))
            };
        }
        let tail = normal_cdf(-t);
        ends(replicates, [tail, 1.0 - tail])
    }

    /// Estimates the median, with the plain percentiles of its bootstrap distribution as the interval, whatever the method set.
    ///
    /// ```
    /// use copeak::inference::Bootstrap;
    /// let lag = Bootstrap::new(1).median(&[20.0, 22.0, 18.0, 90.0, 21.0])?;
    /// assert_eq!(lag.value, 21.0);
    /// # Ok::<(), copeak::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Parameter`] for a setting outside its range; [`Error::TooFew`] without values; [`Error::NonFinite`].
    pub fn median(&self, values: &[f64]) -> Result<Estimate> {
        self.method(BootstrapMethod::Percentile).of(values, |drawn| median(drawn).unwrap_or(f64::NAN))
    }

    /// Estimates a statistic of values, with its interval.
    ///
    /// # Errors
    /// [`Error::TooFew`] without values, [`Error::NonFinite`], and as [`Bootstrap::interval`].
    pub fn of<F>(&self, values: &[f64], mut statistic: F) -> Result<Estimate>
    where
        F: FnMut(&mut [f64]) -> f64,
    {
        if let Some(index) = values.iter().position(|v| !v.is_finite()) {
            return Err(Error::NonFinite { operation: "a bootstrap over strides", index });
        }
        let mut drawn = Vec::with_capacity(values.len());
        self.interval(values.len(), |indices| {
            drawn.clear();
            drawn.extend(indices.iter().map(|&i| values[i]));
            statistic(&mut drawn)
        })
    }

    fn estimate(&self, n: usize, value: f64, ci: core::result::Result<Interval, NoInterval>) -> Estimate {
        let (method, enough) = match self.method {
            BootstrapMethod::Expanded => (IntervalMethod::Expanded, 10),
            BootstrapMethod::Percentile => (IntervalMethod::Percentile, 30),
            BootstrapMethod::Bca => (IntervalMethod::Bca, 30),
        };
        let method = if self.block > 1 { IntervalMethod::Block } else { method };
        let approximate = n / self.block < enough;
        Estimate { approximate, ..Estimate::new(value, ci, self.level, n, method) }
    }
}

/// Returns the length of the blocks that keep the resemblance of neighbouring strides in a resample: that of least error for the
/// variance of a mean of a first-order autoregressive series, (6 r^2/(1 - r^2)^2 n)^(1/3) with the autocorrelation r of
/// [`autocorrelation`](super::autocorrelation), at least 1 and at most a third of the strides (Politis & White 2004, corrected by Patton,
/// Politis & White 2009, [doi:10.1080/07474930802459016](https://doi.org/10.1080/07474930802459016), with that process's spectrum).
///
/// ```
/// use copeak::inference::block_length;
/// assert_eq!(block_length(&[1.0, -1.0, 1.0, -1.0, 1.0, -1.0]), 1);
/// let slow: Vec<f64> = (0..60).map(|i| (f64::from(i) * 0.2).sin()).collect();
/// assert_eq!(block_length(&slow), 20);
/// ```
pub fn block_length(values: &[f64]) -> usize {
    let r = super::autocorrelation(values);
    let n = values.len() as f64;
    let best = (6.0 * r * r / ((1.0 - r * r) * (1.0 - r * r)) * n).cbrt();
    (best.ceil() as usize).clamp(1, (values.len() / 3).max(1))
}

fn ends(values: &mut Vec<f64>, tails: [f64; 2]) -> core::result::Result<Interval, NoInterval> {
    values.retain(|v| v.is_finite());
    values.sort_unstable_by(f64::total_cmp);
    if values.is_empty() {
        return Err(NoInterval::Unbounded);
    }
    Ok(Interval::from(tails.map(|tail| quantile(values, tail))))
}

/// Tail probabilities of the BCa interval.
fn bca_tails(value: f64, replicates: &[f64], jackknife: &[f64], level: f64) -> [f64; 2] {
    // A resample that is the sample in another order gives the same value except for rounding, which must not decide.
    let speck = 1e-12 * value.abs();
    let below = replicates.iter().filter(|&&v| v.is_finite() && v < value - speck).count();
    let equal = replicates.iter().filter(|&&v| (v - value).abs() <= speck).count();
    let finite = replicates.iter().filter(|v| v.is_finite()).count() as f64;
    // Kept off 0 and 1, where the correction would have no value: at most half a replicate away.
    let share = (below as f64 + 0.5 * equal as f64).clamp(0.5, (finite - 0.5).max(0.5)) / finite.max(1.0);
    let bias = normal_quantile(share);
    let mean = jackknife.iter().sum::<f64>() / jackknife.len() as f64;
    let (cubes, squares) = jackknife.iter().fold((0.0, 0.0), |(cubes, squares), v| {
        let d = mean - v;
        (cubes + d * d * d, squares + d * d)
    });
    let acceleration = if squares > 0.0 { cubes / (6.0 * squares.powf(1.5)) } else { 0.0 };
    [0.5 - level / 2.0, 0.5 + level / 2.0].map(|tail| {
        let z = bias + normal_quantile(tail);
        normal_cdf(bias + z / (1.0 - acceleration * z))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_repeat_and_differ() {
        let x = [1.0, 5.0, 2.0, 8.0, 3.0, 4.0, 4.5];
        let run = |seed| Bootstrap::new(seed).median(&x).unwrap();
        assert_eq!(run(4), run(4));
        let mean = |values: &mut [f64]| values.iter().sum::<f64>() / values.len() as f64;
        let ci = |seed| Bootstrap::new(seed).method(BootstrapMethod::Bca).of(&x, mean).unwrap().ci;
        assert_ne!(ci(1), ci(2));
    }

    #[test]
    fn too_few_values_nan_and_settings_outside_their_range_are_refused() {
        let bootstrap = Bootstrap::new(1);
        assert!(matches!(bootstrap.median(&[]), Err(Error::TooFew { got: 0, .. })));
        assert!(matches!(bootstrap.median(&[f64::NAN]), Err(Error::NonFinite { index: 0, .. })));
        assert_eq!(bootstrap.median(&[1.0, 3.0]).unwrap().ci, None);
        assert_eq!(bootstrap.median(&[2.0; 4]).unwrap().ci, Some(Interval::around(2.0, 0.0)));
        let refused = |bootstrap: Bootstrap| match bootstrap.median(&[1.0; 5]) {
            Err(Error::Parameter { name, .. }) => name,
            found => panic!("{found:?}"),
        };
        assert_eq!(refused(bootstrap.replicates(0)), "replicates");
        assert_eq!(refused(bootstrap.replicates(usize::MAX)), "replicates");
        assert_eq!(refused(bootstrap.level(0.0)), "confidence level");
        assert_eq!(refused(bootstrap.block_length(0)), "block length");
        assert!(bootstrap.replicates(1_000_000).checked().is_ok());
        let nowhere = bootstrap.interval(4, |_| f64::NAN);
        assert!(matches!(nowhere, Err(Error::Undefined { .. })));
        let constant = bootstrap.method(BootstrapMethod::Bca).of(&[2.0; 4], |v| v[0]).unwrap();
        assert_eq!(constant.ci, Some(Interval::around(2.0, 0.0)));
    }

    #[test]
    fn blocks_are_neighbours_and_wrap_round() {
        let bootstrap = Bootstrap::new(3).block_length(4).replicates(200);
        let mut counts = [0; 10];
        for indices in bootstrap.resamples(10) {
            assert_eq!(indices.len(), 10);
            for block in indices.chunks(4) {
                assert!(block.windows(2).all(|w| w[1] == (w[0] + 1) % 10), "{indices:?}");
            }
            indices.iter().for_each(|&i| counts[i] += 1);
        }
        // 200 on average; five standard deviations of three blocks each.
        assert!(counts.iter().all(|&n: &i32| (n - 200).abs() < 100), "{counts:?}");
        let estimate = bootstrap.median(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]).unwrap();
        assert_eq!((estimate.method, estimate.approximate), (IntervalMethod::Block, true));
    }

    #[test]
    fn replicates_that_are_left_out_do_not_shift_the_bca_interval() {
        let replicates: Vec<f64> = (0..101).map(f64::from).collect();
        let jackknife = [49.0, 50.0, 51.0];
        let without = bca_tails(50.0, &replicates, &jackknife, 0.9);
        let with = [replicates, alloc::vec![f64::NAN; 40], alloc::vec![f64::NEG_INFINITY; 9]].concat();
        assert_eq!(bca_tails(50.0, &with, &jackknife, 0.9), without);
        assert!((without[0] - 0.05).abs() < 1e-9 && (without[1] - 0.95).abs() < 1e-9, "{without:?}");
    }

    #[test]
    fn expanded_is_wider_than_plain() {
        let x: Vec<f64> = (0..8).map(|i| f64::from(i * i)).collect();
        let mean = |values: &mut [f64]| values.iter().sum::<f64>() / values.len() as f64;
        let width = |method| Bootstrap::new(1).method(method).of(&x, mean).unwrap().ci.unwrap().width();
        assert!(width(BootstrapMethod::Expanded) > 1.2 * width(BootstrapMethod::Percentile));
    }
}
