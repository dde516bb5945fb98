//! Permutations, surrogates and the p values that come from them.

use super::draw::Draws;
use crate::format::{number, p_words, permutations};
use crate::{Error, Result};
use alloc::{vec, vec::Vec};
use core::fmt;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Returns the p value of an observed statistic among surrogates that are as likely under the null: (1 + those at least as
/// large)/(1 + all), which is never 0 (Phipson & Smyth 2010).
///
/// A surrogate within 1e-12 of the observed value, relative to its size or to 1, counts as equal, so that the order of
/// summation does not decide. Surrogates that are NaN count as large; an observed NaN gives 1, and infinite values
/// are compared as they are.
///
/// ```
/// use copeak::inference::permutation_p;
/// assert_eq!(permutation_p(0.5, [0.1, 0.2, 0.7]), 0.5);
/// assert_eq!(permutation_p(0.9, [0.1, 0.2, 0.7]), 0.25);
/// ```
#[doc(alias = "permutation_test")]
pub fn permutation_p(observed: f64, surrogates: impl IntoIterator<Item = f64>) -> f64 {
    let slack = if observed.is_finite() { 1e-12 * observed.abs().max(1.0) } else { 0.0 };
    let bar = observed - slack;
    let (mut large, mut all) = (1usize, 1usize);
    for surrogate in surrogates {
        all += 1;
        large += usize::from(surrogate >= bar || surrogate.is_nan() || bar.is_nan());
    }
    large as f64 / all as f64
}

/// More permutations than any p needs.
const MOST_PERMUTATIONS: usize = 1_000_000;

/// Seeded permutation tests whose unit is the stride.
///
/// Where there are no more permutations than [`Permutations::count`], all are taken and the p value is exact; otherwise that number
/// is drawn, and the p value is that of [`permutation_p`]. Both are two-sided and never below what their number allows: three
/// against three strides have 20 splits, and no p below 0.1.
///
/// **Strides must be exchangeable**: neighbouring strides that resemble each other make the p too small. Then compare
/// intervals that allow for it ([`t_interval`](super::t_interval)), or test one value per session.
///
/// ```
/// use copeak::inference::Permutations;
/// let (before, after) = ([31.0, 28.0, 35.0, 30.0], [22.0, 25.0, 21.0, 24.0]);
/// let test = Permutations::new(1).between(&before, &after)?;
/// assert_eq!((test.difference, test.p, test.exact), (8.0, 2.0 / 70.0, true));
/// // The same runners twice: the sign of each difference is exchangeable.
/// let test = Permutations::new(1).paired(&[9.0, 3.0, 14.0, 6.0])?;
/// assert_eq!(test.p, 2.0 / 16.0);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[doc(alias = "permutation_test")]
pub struct Permutations {
    seed: u64,
    count: usize,
}

/// Result of a permutation test of means.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct PermutationTest {
    /// Difference of the means, first less second; of a paired test the mean difference.
    pub difference: f64,
    /// Share of permutations with a difference at least as large, in either direction.
    pub p: f64,
    /// Number of permutations; the observed order is one of them only if they are all there are.
    pub permutations: usize,
    /// Whether these are all the permutations there are.
    pub exact: bool,
}

impl Permutations {
    /// Creates tests of up to 9999 permutations.
    pub fn new(seed: u64) -> Self {
        Self { seed, count: 9999 }
    }

    /// Sets the number of permutations, from 1 to 1,000,000.
    #[must_use]
    pub fn count(self, count: usize) -> Self {
        Self { count, ..self }
    }

    /// Returns the draws and the number of permutations, if that is within its range.
    pub(crate) fn draws(&self) -> Result<(Draws, usize)> {
        if (1..=MOST_PERMUTATIONS).contains(&self.count) {
            return Ok((Draws::new(self.seed), self.count));
        }
        Err(Error::Parameter { name: "permutations", rule: "from 1 to 1000000", value: self.count as f64 })
    }

    /// Tests whether two sets of strides have different means; under the null, every split of them is as likely.
    ///
    /// # Errors
    /// [`Error::TooFew`] when either set is empty; [`Error::NonFinite`] (the index continues into the second set);
    /// [`Error::Parameter`] for a number of permutations outside its range.
    pub fn between(&self, a: &[f64], b: &[f64]) -> Result<PermutationTest> {
        let operation = "a permutation test between two sets";
        let (mut draws, count) = self.draws()?;
        if a.is_empty() || b.is_empty() {
            return Err(Error::TooFew { operation, unit: "strides in each set", needed: 1, got: 0 });
        }
        let all = [a, b].concat();
        checked(&all, operation)?;
        let (n, m) = (all.len(), a.len());
        let total: f64 = all.iter().sum();
        // Only the sum of the first set changes.
        let difference = |sum: f64| sum / m as f64 - (total - sum) / (n - m) as f64;
        let observed = difference(a.iter().sum());
        match splits(n, m).filter(|&splits| splits <= count) {
            Some(splits) => {
                let mut chosen: Vec<usize> = (0..m).collect();
                let mut first = true;
                let every = core::iter::from_fn(|| {
                    (core::mem::take(&mut first) || next_split(&mut chosen, n))
                        .then(|| difference(chosen.iter().map(|&i| all[i]).sum()).abs())
                });
                Ok(exact(observed, every, splits))
            }
            None => {
                let mut order = all.clone();
                let permuted = (0..count).map(|_| {
                    draws.shuffle(&mut order);
                    difference(order[..m].iter().sum()).abs()
                });
                Ok(drawn(observed, permuted, count))
            }
        }
    }

    /// Tests whether differences of pairs have a mean other than 0; under the null, either sign is as likely.
    ///
    /// # Errors
    /// [`Error::TooFew`] without differences; [`Error::NonFinite`]; [`Error::Parameter`] for a number of permutations outside
    /// its range.
    pub fn paired(&self, differences: &[f64]) -> Result<PermutationTest> {
        let operation = "a permutation test of differences";
        let (mut draws, count) = self.draws()?;
        let n = differences.len();
        if n == 0 {
            return Err(Error::TooFew { operation, unit: "differences", needed: 1, got: 0 });
        }
        checked(differences, operation)?;
        let mean = |sign: &mut dyn FnMut(usize) -> bool| {
            let signed = differences.iter().enumerate().map(|(i, &d)| if sign(i) { -d } else { d });
            signed.sum::<f64>() / n as f64
        };
        let observed = mean(&mut |_| false);
        if n < 20 && 1 << n <= count {
            let every = (0..1usize << n).map(|signs| mean(&mut |i| signs >> i & 1 == 1).abs());
            return Ok(exact(observed, every, 1 << n));
        }
        let permuted = (0..count).map(|_| mean(&mut |_| draws.below(2) == 1).abs());
        Ok(drawn(observed, permuted, count))
    }
}

/// The result of permutations that were drawn.
fn drawn(observed: f64, permuted: impl Iterator<Item = f64>, count: usize) -> PermutationTest {
    let p = permutation_p(observed.abs(), permuted);
    PermutationTest { difference: observed, p, permutations: count, exact: false }
}

/// The result of all permutations. The observed order is among them, and `permutation_p` counts it once more.
fn exact(observed: f64, every: impl Iterator<Item = f64>, count: usize) -> PermutationTest {
    let p = permutation_p(observed.abs(), every);
    let large = p * (count + 1) as f64 - 1.0;
    PermutationTest {
        difference: observed,
        p: large.round() / count as f64,
        permutations: count,
        exact: true,
    }
}

fn checked(values: &[f64], operation: &'static str) -> Result<()> {
    match values.iter().position(|v| !v.is_finite()) {
        Some(index) => Err(Error::NonFinite { operation, index }),
        None => Ok(()),
    }
}

/// Number of ways to choose m of n; `None` above the largest number of permutations.
fn splits(n: usize, m: usize) -> Option<usize> {
    (0..m.min(n - m)).try_fold(1usize, |ways, i| {
        let ways = ways.checked_mul(n - i)? / (i + 1);
        (ways <= MOST_PERMUTATIONS).then_some(ways)
    })
}

/// Moves on to the next choice in lexicographic order; `false` after the last.
fn next_split(chosen: &mut [usize], n: usize) -> bool {
    let m = chosen.len();
    let Some(i) = (0..m).rev().find(|&i| chosen[i] < n - m + i) else { return false };
    chosen[i] += 1;
    for later in i + 1..m {
        chosen[later] = chosen[later - 1] + 1;
    }
    true
}

impl fmt::Display for PermutationTest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (difference, p) = (number(self.difference), p_words(self.p));
        let how = permutations(self.permutations, self.exact);
        write!(f, "difference {difference} (the values' unit), {p}; {how}")
    }
}

/// Adjusts p values for their number, such that the false discovery rate is held.
///
/// The result is in the order given and equals SciPy's `false_discovery_control`.
///
/// Benjamini & Hochberg (1995), *J R Stat Soc B* 57:289-300,
/// [doi:10.1111/j.2517-6161.1995.tb02031.x](https://doi.org/10.1111/j.2517-6161.1995.tb02031.x).
///
/// ```
/// use copeak::inference::benjamini_hochberg;
/// assert_eq!(benjamini_hochberg(&[0.01, 0.5, 0.02, 0.25])?, [0.04, 0.5, 0.04, 0.25 * 4.0 / 3.0]);
/// # Ok::<(), copeak::Error>(())
/// ```
///
/// # Errors
/// [`Error::Parameter`] for a value outside [0, 1] or NaN.
#[doc(alias = "false_discovery_control")]
#[doc(alias = "multipletests")]
pub fn benjamini_hochberg(p: &[f64]) -> Result<Vec<f64>> {
    if let Some(&value) = p.iter().find(|p| !(0.0..=1.0).contains(*p)) {
        return Err(Error::Parameter { name: "p value", rule: "between 0 and 1", value });
    }
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|&a, &b| p[a].total_cmp(&p[b]));
    let mut adjusted = vec![0.0; p.len()];
    let mut least = 1.0f64;
    for (rank, &i) in order.iter().enumerate().rev() {
        least = least.min(p[i] * p.len() as f64 / (rank + 1) as f64);
        adjusted[i] = least;
    }
    Ok(adjusted)
}

/// Returns p values of several tests, adjusted such that the chance of any false alarm among them is held: each observed
/// statistic is compared with the largest of all statistics in the same surrogate (Westfall & Young 1993; Nichols & Holmes 2002, *Hum Brain Mapp*
/// 15:1-25, [doi:10.1002/hbm.1058](https://doi.org/10.1002/hbm.1058)).
///
/// Allows for dependence between the tests, because every surrogate keeps it. The statistics must be comparable: correlations
/// or t values, not raw differences in different units. The p value is that of [`permutation_p`]: (1 + surrogates at
/// least as large)/(1 + all).
///
/// ```
/// use copeak::inference::max_statistic;
/// let surrogates = [[0.1, 0.3], [0.2, 0.9], [0.4, 0.1]];
/// assert_eq!(max_statistic(&[0.8, 0.35], surrogates)?, [0.5, 0.75]);
/// # Ok::<(), copeak::Error>(())
/// ```
///
/// # Errors
/// [`Error::LengthMismatch`] for a surrogate with another number of statistics.
pub fn max_statistic<R: AsRef<[f64]>>(
    observed: &[f64],
    surrogates: impl IntoIterator<Item = R>,
) -> Result<Vec<f64>> {
    let mut largest = Vec::new();
    for surrogate in surrogates {
        let surrogate = surrogate.as_ref();
        if surrogate.len() != observed.len() {
            let operation = "the largest of several statistics (observed, surrogate)";
            return Err(Error::LengthMismatch { operation, left: observed.len(), right: surrogate.len() });
        }
        // NaN counts as large, so that it is never evidence against the null.
        let larger = |a: f64, b: f64| if a.is_nan() || b <= a { a } else { b };
        largest.push(surrogate.iter().copied().fold(f64::NEG_INFINITY, larger));
    }
    Ok(observed.iter().map(|&o| permutation_p(o, largest.iter().copied())).collect())
}

/// A seeded stream of surrogates.
///
/// | surrogate | keeps | destroys |
/// |---|---|---|
/// | [`Surrogates::circular_shift`] | the series, its distribution and the dependence between its values | its timing relative to other series |
/// | [`Surrogates::cycle_shuffle`] | every cycle | the order of cycles, and the relation to other series in the same cycle |
/// | [`Surrogates::iaaft`] (feature `fft`) | the distribution and the spectrum | phases: everything nonlinear, and the timing |
///
/// The p value is that of [`permutation_p`].
///
/// ```
/// use copeak::inference::{Surrogates, permutation_p};
/// // Does the second series follow the first from stride to stride?
/// let (x, y) = ([1.0, 3.0, 2.0, 5.0, 4.0, 1.5, 2.5, 0.5], [1.1, 2.8, 2.2, 4.6, 4.1, 1.3, 2.6, 0.9]);
/// let together = |x: &[f64]| x.iter().zip(&y).map(|(x, y)| x * y).sum::<f64>();
/// let (mut surrogates, mut shifted) = (Surrogates::new(1), vec![0.0; 8]);
/// let p = permutation_p(together(&x), (0..999).map(|_| {
///     surrogates.circular_shift(&x, &mut shifted).unwrap();
///     together(&shifted)
/// }));
/// assert!(p < 0.2); // one shift in eight is 0, so eight strides give no smaller p
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Surrogates {
    draws: Draws,
}

impl Surrogates {
    /// Creates a stream, which is the same for the same seed on every platform.
    pub fn new(seed: u64) -> Self {
        Self { draws: Draws::new(seed) }
    }

    /// Rotates the series by a random number of places, 0 included, every one equally likely.
    ///
    /// Exact when the series is stationary and its ends meet; where they do not, the junction is one false pair of neighbours in
    /// the length of the series.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] unless `out` is as long as the series.
    #[doc(alias = "roll")]
    pub fn circular_shift<T: Copy>(&mut self, x: &[T], out: &mut [T]) -> Result<()> {
        same_length(x, out)?;
        let shift = if x.is_empty() { 0 } else { self.draws.below(x.len()) };
        let (before, after) = x.split_at(shift);
        out[..after.len()].copy_from_slice(after);
        out[after.len()..].copy_from_slice(before);
        Ok(())
    }

    /// Puts the cycles of a series in random order, every order equally likely. `starts` are the first samples of the cycles,
    /// rising; the last cycle ends with the series, and the samples before the first cycle keep their place.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] unless `out` is as long as the series; [`Error::Parameter`] for a start that does not
    /// rise or lies beyond the series.
    pub fn cycle_shuffle<T: Copy>(&mut self, x: &[T], starts: &[usize], out: &mut [T]) -> Result<()> {
        same_length(x, out)?;
        let rises = |i: usize| starts[i] < x.len() && (i == 0 || starts[i - 1] < starts[i]);
        if let Some(i) = (0..starts.len()).find(|&i| !rises(i)) {
            let (name, rule) = ("start of a cycle", "inside the series and after the one before it");
            return Err(Error::Parameter { name, rule, value: starts[i] as f64 });
        }
        let first = starts.first().copied().unwrap_or(x.len());
        out[..first].copy_from_slice(&x[..first]);
        let end = |cycle: usize| starts.get(cycle + 1).copied().unwrap_or(x.len());
        let mut order: Vec<usize> = (0..starts.len()).collect();
        self.draws.shuffle(&mut order);
        let mut filled = first;
        for cycle in order {
            let cycle = &x[starts[cycle]..end(cycle)];
            out[filled..filled + cycle.len()].copy_from_slice(cycle);
            filled += cycle.len();
        }
        Ok(())
    }
}

pub(super) fn same_length<T, U>(x: &[T], out: &[U]) -> Result<()> {
    if x.len() == out.len() {
        return Ok(());
    }
    Err(Error::LengthMismatch { operation: "a surrogate (series, output)", left: x.len(), right: out.len() })
}

#[cfg(feature = "fft")]
pub use iaaft::Iaaft;

#[cfg(feature = "fft")]
mod iaaft {
    //! Phase-randomised surrogates with the distribution kept.

    use super::{Surrogates, same_length};
    use crate::{Error, Result};
    use alloc::sync::Arc;
    use alloc::{vec, vec::Vec};
    use core::fmt;
    use realfft::num_complex::Complex;
    use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};

    /// Passes after which the order of the values has settled in practice; where it has not, the last one counts.
    const MOST_PASSES: usize = 200;

    /// A series prepared for surrogates that have its values and, as nearly as these allow, its spectrum, but random phases:
    /// iterated amplitude-adjusted Fourier transform surrogates (Schreiber & Schmitz 1996, *Phys Rev Lett* 77:635,
    /// [doi:10.1103/PhysRevLett.77.635](https://doi.org/10.1103/PhysRevLett.77.635)).
    ///
    /// Their null hypothesis is a linear Gaussian process, observed through any monotone function. The values are exactly those of
    /// the series; its autocorrelation is kept to within 0.01 in normally distributed series of 300 values (worst of 40), but only
    /// to 0.02 (median) or 0.12 (worst) in skew ones. A series whose ends do not meet has a spectrum of its jump:
    /// cut it to whole cycles first. The same seed gives the same surrogates where the same FFT code runs; between machines
    /// with other instructions the last bit, and so the order of nearly equal values, may differ.
    ///
    /// ```
    /// use copeak::inference::{Surrogates, surrogate::Iaaft};
    /// let x: Vec<f64> = (0..128).map(|i| (f64::from(i) * 0.3).sin() + 0.1 * f64::from(i % 7)).collect();
    /// let (mut series, mut surrogate) = (Iaaft::new(&x)?, vec![0.0; 128]);
    /// Surrogates::new(1).iaaft(&mut series, &mut surrogate)?;
    /// let sorted = |values: &[f64]| {
    ///     let mut values = values.to_vec();
    ///     values.sort_by(f64::total_cmp);
    ///     values
    /// };
    /// assert_ne!(surrogate, x);
    /// assert_eq!(sorted(&surrogate), sorted(&x));
    /// # Ok::<(), copeak::Error>(())
    /// ```
    #[derive(Clone)]
    pub struct Iaaft {
        sorted: Vec<f64>,
        amplitudes: Vec<f64>,
        forward: Arc<dyn RealToComplex<f64>>,
        inverse: Arc<dyn ComplexToReal<f64>>,
        spectrum: Vec<Complex<f64>>,
        scratch: Vec<Complex<f64>>,
        values: Vec<f64>,
        order: Vec<usize>,
        last_order: Vec<usize>,
    }

    impl Iaaft {
        /// Prepares a series.
        ///
        /// # Errors
        /// [`Error::TooFew`] below four values, [`Error::NonFinite`].
        pub fn new(x: &[f64]) -> Result<Self> {
            let operation = "phase-randomised surrogates";
            if x.len() < 4 {
                return Err(Error::TooFew { operation, unit: "samples", needed: 4, got: x.len() });
            }
            if let Some(index) = x.iter().position(|v| !v.is_finite()) {
                return Err(Error::NonFinite { operation, index });
            }
            let mut planner = RealFftPlanner::new();
            let (forward, inverse) = (planner.plan_fft_forward(x.len()), planner.plan_fft_inverse(x.len()));
            let mut sorted = x.to_vec();
            sorted.sort_unstable_by(f64::total_cmp);
            let scratch = vec![Complex::default(); forward.get_scratch_len().max(inverse.get_scratch_len())];
            let mut series = Self {
                amplitudes: Vec::new(),
                spectrum: forward.make_output_vec(),
                values: x.to_vec(),
                order: (0..x.len()).collect(),
                last_order: Vec::with_capacity(x.len()),
                sorted,
                forward,
                inverse,
                scratch,
            };
            series.transform()?;
            series.amplitudes = series.spectrum.iter().map(|c| c.norm()).collect();
            Ok(series)
        }

        fn transform(&mut self) -> Result<()> {
            let scratch = &mut self.scratch[..self.forward.get_scratch_len()];
            self.forward.process_with_scratch(&mut self.values, &mut self.spectrum, scratch).map_err(refused)
        }

        /// The spectrum's amplitudes with the phases of `values`, back in time; scaled, which changes no order.
        fn impose_spectrum(&mut self) -> Result<()> {
            self.transform()?;
            for (c, &amplitude) in self.spectrum.iter_mut().zip(&self.amplitudes) {
                let norm = c.norm();
                *c = if norm > 0.0 { *c * (amplitude / norm) } else { Complex::new(amplitude, 0.0) };
            }
            let scratch = &mut self.scratch[..self.inverse.get_scratch_len()];
            self.inverse.process_with_scratch(&mut self.spectrum, &mut self.values, scratch).map_err(refused)
        }

        /// Whether the order of the values is what it was.
        fn settled(&mut self) -> bool {
            self.last_order.clear();
            self.last_order.extend_from_slice(&self.order);
            let values = &self.values;
            self.order.sort_unstable_by(|&a, &b| values[a].total_cmp(&values[b]).then(a.cmp(&b)));
            self.order == self.last_order
        }

        fn impose_values(&mut self) {
            for (&place, &value) in self.order.iter().zip(&self.sorted) {
                self.values[place] = value;
            }
        }
    }

    /// The lengths are fixed by `new`, so the transform does not fail.
    fn refused(_: realfft::FftError) -> Error {
        Error::Undefined { quantity: "a Fourier transform", reason: "its buffers have other lengths" }
    }

    impl fmt::Debug for Iaaft {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.debug_struct("Iaaft").field("samples", &self.sorted.len()).finish_non_exhaustive()
        }
    }

    impl Surrogates {
        /// Writes the next surrogate of a series prepared by [`Iaaft::new`].
        ///
        /// # Errors
        /// [`Error::LengthMismatch`] unless `out` is as long as the series.
        pub fn iaaft(&mut self, series: &mut Iaaft, out: &mut [f64]) -> Result<()> {
            same_length(&series.sorted, out)?;
            series.values.copy_from_slice(&series.sorted);
            self.draws.shuffle(&mut series.values);
            series.settled();
            for _ in 0..MOST_PASSES {
                series.impose_spectrum()?;
                let settled = series.settled();
                series.impose_values();
                if settled {
                    break;
                }
            }
            out.copy_from_slice(&series.values);
            Ok(())
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;
        use crate::inference::draw::Draws;

        /// A slow series, so that its autocorrelation is there to be kept.
        fn slow(n: usize) -> Vec<f64> {
            let mut draws = Draws::new(4);
            let mut x = 0.0;
            (0..n)
                .map(|_| {
                    x = 0.8 * x + draws.normal();
                    (0.5 * x).exp()
                })
                .collect()
        }

        fn autocorrelation(x: &[f64], lag: usize) -> f64 {
            let mean = x.iter().sum::<f64>() / x.len() as f64;
            let product = |lag: usize| {
                (0..x.len()).map(|i| (x[i] - mean) * (x[(i + lag) % x.len()] - mean)).sum::<f64>()
            };
            product(lag) / product(0)
        }

        #[test]
        fn values_and_spectrum_are_kept_and_the_rest_is_not() {
            for n in [64, 101, 600] {
                let x = slow(n);
                let mut series = Iaaft::new(&x).unwrap();
                let (mut surrogates, mut out) = (Surrogates::new(1), vec![0.0; n]);
                let mut correlations = 0.0;
                for _ in 0..50 {
                    surrogates.iaaft(&mut series, &mut out).unwrap();
                    let mut sorted = out.clone();
                    sorted.sort_by(f64::total_cmp);
                    assert_eq!(sorted, series.sorted);
                    for lag in 1..4 {
                        let (kept, was) = (autocorrelation(&out, lag), autocorrelation(&x, lag));
                        // Short and skew series are the hardest.
                        let slack = if n < 200 { 0.25 } else { 0.08 };
                        assert!((kept - was).abs() < slack, "{n} at {lag}: {kept} {was}");
                    }
                    let mean = x.iter().sum::<f64>() / n as f64;
                    let cross: f64 = x.iter().zip(&out).map(|(a, b)| (a - mean) * (b - mean)).sum();
                    correlations += cross / x.iter().map(|a| (a - mean) * (a - mean)).sum::<f64>();
                }
                // Independent of the series on average: fifty slow series of this length scatter by less than 0.1.
                assert!((correlations / 50.0).abs() < 0.2, "{n}: {correlations}");
            }
        }

        #[test]
        fn a_short_series_nan_and_another_length_are_refused_and_a_constant_series_returns() {
            assert!(matches!(Iaaft::new(&[1.0; 3]), Err(Error::TooFew { needed: 4, got: 3, .. })));
            assert!(matches!(Iaaft::new(&[1.0, f64::NAN, 2.0, 3.0]), Err(Error::NonFinite { index: 1, .. })));
            let mut series = Iaaft::new(&[1.0; 5]).unwrap();
            let mut out = [0.0; 5];
            let refused = Surrogates::new(1).iaaft(&mut series, &mut out[..4]);
            assert!(matches!(refused, Err(Error::LengthMismatch { .. })));
            Surrogates::new(1).iaaft(&mut series, &mut out).unwrap();
            assert_eq!(out, [1.0; 5]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn equal_up_to_rounding_counts_as_equal() {
        assert_eq!(permutation_p(0.3, [0.1 + 0.2, 0.3 - 1e-14]), 1.0);
        assert_eq!(permutation_p(0.3, [0.3 - 1e-9, f64::NAN]), 2.0 / 3.0);
    }

    #[test]
    fn what_is_not_finite_is_never_significant_for_it() {
        let infinite = f64::INFINITY;
        assert_eq!(permutation_p(f64::NAN, [0.1, 0.2, infinite]), 1.0);
        assert_eq!(permutation_p(infinite, [0.1, infinite, f64::NAN]), 0.75);
        assert_eq!(permutation_p(-infinite, [0.1, -infinite]), 1.0);
    }

    #[test]
    fn every_split_comes_once() {
        for (n, m) in [(1, 1), (5, 2), (6, 3), (7, 6)] {
            let mut chosen: Vec<usize> = (0..m).collect();
            let mut seen = vec![chosen.clone()];
            while next_split(&mut chosen, n) {
                seen.push(chosen.clone());
            }
            assert_eq!(splits(n, m), Some(seen.len()), "{n} {m}");
            seen.sort();
            seen.dedup();
            assert_eq!(splits(n, m), Some(seen.len()), "{n} {m}");
        }
        assert_eq!(splits(1000, 500), None);
    }

    #[test]
    fn drawn_and_exact_agree() {
        let (a, b) = ([1.0, 2.5, 3.0, 2.2, 1.8], [2.9, 3.1, 2.0, 4.0, 3.5, 2.7]);
        let exact = Permutations::new(1).between(&a, &b).unwrap();
        let drawn = Permutations::new(1).count(461).between(&a, &b).unwrap();
        assert!(exact.exact && exact.permutations == 462 && !drawn.exact);
        let error = (exact.p * (1.0 - exact.p) / 461.0).sqrt();
        assert!((exact.p - drawn.p).abs() < 4.0 * error, "{exact:?} {drawn:?}");
        let d = [0.5, -0.2, 0.9, 0.4, -0.1, 0.6, 0.3];
        let exact = Permutations::new(2).paired(&d).unwrap();
        let drawn = Permutations::new(2).count(127).paired(&d).unwrap();
        assert!(exact.exact && exact.permutations == 128 && !drawn.exact);
        assert!((exact.p - drawn.p).abs() < 4.0 * (exact.p * (1.0 - exact.p) / 127.0).sqrt());
    }

    #[test]
    fn empty_sets_non_finite_values_and_no_permutations_are_refused() {
        let test = Permutations::new(1);
        assert!(matches!(test.between(&[], &[1.0]), Err(Error::TooFew { .. })));
        assert!(matches!(test.between(&[1.0], &[f64::NAN]), Err(Error::NonFinite { index: 1, .. })));
        assert!(matches!(test.paired(&[]), Err(Error::TooFew { .. })));
        assert!(matches!(test.paired(&[f64::INFINITY]), Err(Error::NonFinite { index: 0, .. })));
        assert!(matches!(test.count(0).paired(&[1.0]), Err(Error::Parameter { .. })));
        assert_eq!(test.between(&[1.0; 3], &[1.0; 4]).unwrap().p, 1.0);
    }

    #[test]
    fn a_p_value_of_nan_is_refused() {
        assert!(matches!(benjamini_hochberg(&[0.1, f64::NAN]), Err(Error::Parameter { .. })));
        assert_eq!(benjamini_hochberg(&[]).unwrap(), []);
    }

    #[test]
    fn the_largest_of_each_surrogate_counts() {
        let refused = max_statistic(&[1.0, 2.0], [[1.0]]);
        assert!(matches!(refused, Err(Error::LengthMismatch { left: 2, right: 1, .. })));
        let p = max_statistic(&[3.0, 1.0], [[0.0, f64::NAN], [2.0, 0.0], [f64::NAN, 0.5]]).unwrap();
        assert_eq!(p, [0.75, 1.0]);
        assert_eq!(max_statistic::<[f64; 0]>(&[], []).unwrap(), []);
    }

    #[test]
    fn no_adjusted_p_exceeds_one() {
        for n in 1..60 {
            let adjusted = benjamini_hochberg(&vec![1.0; n]).unwrap();
            assert!(adjusted.iter().all(|p| *p == 1.0), "{n}: {adjusted:?}");
        }
    }

    #[test]
    fn shifts_and_orders_are_equally_likely() {
        let mut surrogates = Surrogates::new(1);
        let (mut shifts, mut orders) = (vec![0; 5], vec![0; 6]);
        let mut out = [0; 5];
        for _ in 0..60_000 {
            surrogates.circular_shift(&[0, 1, 2, 3, 4], &mut out).unwrap();
            assert!((0..5).all(|i| out[(i + 1) % 5] == (out[i] + 1) % 5), "{out:?}");
            shifts[out[0]] += 1;
            let mut out = [0; 7];
            surrogates.cycle_shuffle(&[9, 1, 1, 2, 3, 3, 3], &[1, 3, 4], &mut out).unwrap();
            let place = [[1, 1, 2], [1, 1, 3], [2, 1, 1], [2, 3, 3], [3, 3, 3]];
            let found = place.iter().position(|start| out[1..4] == start[..]).unwrap();
            orders[if found == 4 { 4 + usize::from(out[4] == 2) } else { found }] += 1;
            assert_eq!(out[0], 9);
        }
        // Within five standard deviations.
        assert!(shifts.iter().all(|&n: &i32| (n - 12_000).abs() < 490), "{shifts:?}");
        assert!(orders.iter().all(|&n: &i32| (n - 10_000).abs() < 457), "{orders:?}");
    }

    #[test]
    fn other_lengths_and_starts_out_of_order_are_refused_and_empty_ones_are_not() {
        let mut surrogates = Surrogates::new(1);
        let mut out = [0.0; 3];
        let refused = surrogates.circular_shift(&[1.0], &mut out);
        assert!(matches!(refused, Err(Error::LengthMismatch { left: 1, right: 3, .. })));
        for starts in [&[0, 0][..], &[2, 1], &[3]] {
            let refused = surrogates.cycle_shuffle(&[1.0; 3], starts, &mut out);
            assert!(matches!(refused, Err(Error::Parameter { .. })), "{starts:?}");
        }
        surrogates.cycle_shuffle(&[1.0, 2.0, 3.0], &[], &mut out).unwrap();
        assert_eq!(out, [1.0, 2.0, 3.0]);
        surrogates.circular_shift::<f64>(&[], &mut []).unwrap();
    }
}
