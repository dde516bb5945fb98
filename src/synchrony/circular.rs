//! Statistics of phases: fractions of a cycle, in which 0.99 and 0.01 are neighbours.

use crate::inference::distribution::{normal_cdf, normal_quantile, student_cdf};
use crate::inference::{Interval, Permutations, checked_level, permutation_p};
use crate::math::{difference, wrap};
use crate::{Error, Result};
use alloc::vec::Vec;
use core::f64::consts::{FRAC_2_PI, FRAC_PI_2, PI, TAU};
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Below this resultant the mean phase is rounding noise.
const NO_DIRECTION: f64 = 1e-12;

/// Circular statistics of phases, which are given as fractions of a cycle.
///
/// ```
/// use copeak::synchrony::Circular;
/// let peaks = Circular::of(&[0.0, 0.25])?;
/// assert_eq!(peaks.mean, Some(0.125));
/// assert!((peaks.resultant - 0.5f64.sqrt()).abs() < 1e-15);
/// assert!(peaks.simultaneity().is_some_and(|s| s.abs() < 1e-15));
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Circular {
    /// Mean phase, in [0, 1); `None` when the phases cancel out.
    pub mean: Option<f64>,
    /// Length of the mean vector, R: 0 spread evenly, 1 all equal.
    pub resultant: f64,
    /// Sum of the weights: the number of phases when there are none.
    pub weight: f64,
    /// Number of phases with a weight above 0.
    pub n: usize,
    squares: f64,
}

impl Circular {
    /// Summarises phases of equal weight.
    ///
    /// # Errors
    /// [`Error::TooFew`] without phases, [`Error::NonFinite`].
    #[doc(alias = "circmean")]
    pub fn of(phases: &[f64]) -> Result<Self> {
        Self::from_pairs(phases.iter().map(|&phase| (phase, 1.0)))
    }

    /// Summarises phases with a weight each.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`]; [`Error::Parameter`] for a weight that is negative or not finite;
    /// [`Error::TooFew`] when no weight is above 0; [`Error::NonFinite`].
    pub fn weighted(phases: &[f64], weights: &[f64]) -> Result<Self> {
        if phases.len() != weights.len() {
            return Err(Error::LengthMismatch {
                operation: "circular statistics (phases, weights)",
                left: phases.len(),
                right: weights.len(),
            });
        }
        if let Some(&value) = weights.iter().find(|w| !(w.is_finite() && **w >= 0.0)) {
            return Err(Error::Parameter { name: "weight", rule: "finite and at least 0", value });
        }
        Self::from_pairs(phases.iter().copied().zip(weights.iter().copied()))
    }

    fn from_pairs(pairs: impl Iterator<Item = (f64, f64)>) -> Result<Self> {
        let operation = "circular statistics";
        let (mut x, mut y, mut weight, mut squares, mut n) = (0.0, 0.0, 0.0, 0.0, 0);
        for (index, (phase, w)) in pairs.enumerate() {
            if !phase.is_finite() {
                return Err(Error::NonFinite { operation, index });
            }
            let (sin, cos) = (TAU * phase).sin_cos();
            x += w * cos;
            y += w * sin;
            weight += w;
            squares += w * w;
            n += usize::from(w > 0.0);
        }
        if n == 0 {
            return Err(Error::TooFew { operation, unit: "phases", needed: 1, got: 0 });
        }
        let resultant = (x.hypot(y) / weight).min(1.0);
        let mean = (resultant > NO_DIRECTION).then(|| wrap(y.atan2(x) / TAU));
        Ok(Self { mean, resultant, weight, n, squares })
    }

    /// Returns the circular standard deviation in radians, sqrt(-2 ln R): infinite when R is 0.
    #[doc(alias = "circstd")]
    pub fn sd_rad(&self) -> f64 {
        (-2.0 * self.resultant.ln()).max(0.0).sqrt()
    }

    /// Returns the circular standard deviation in seconds, for a cycle of `cycle_s`.
    ///
    /// ```
    /// use copeak::synchrony::Circular;
    /// let spread = Circular::of(&[0.1, 0.1, 0.1])?.spread_s(0.7);
    /// assert!(spread < 1e-8);
    /// # Ok::<(), copeak::Error>(())
    /// ```
    pub fn spread_s(&self, cycle_s: f64) -> f64 {
        cycle_s * self.sd_rad() / TAU
    }

    /// Returns the probability of a resultant this long when phases are uniform and independent (Rayleigh's test).
    /// Weights count as repetitions.
    ///
    /// The approximation of Zar, *Biostatistical Analysis*, 5th ed. (2010), section 27.1.
    pub fn rayleigh_p(&self) -> f64 {
        let n = self.weight;
        let sum = n * self.resultant;
        ((1.0 + 4.0 * n + 4.0 * (n * n - sum * sum)).sqrt() - (1.0 + 2.0 * n)).exp().min(1.0)
    }

    /// Returns the p value of Rayleigh's test from the exact distribution of the resultant (Kluyver 1906, Barakat 1973,
    /// doi:10.1088/0305-4470/6/6/008): the form for few phases. `None` when the weights differ.
    ///
    /// Absolute error below 3e-9 for five phases and 2e-12 otherwise; the least value is 1e-12. Four to seven
    /// phases take some milliseconds, other numbers less than one. The error of Zar's form is up to 0.13 for two phases, 0.03 for
    /// three, 0.014 for four, 0.006 for five, 0.0005 for ten.
    ///
    /// ```
    /// use copeak::synchrony::Circular;
    /// // Two phases a quarter of a cycle apart: half of all pairs are closer.
    /// let pair = Circular::of(&[0.0, 0.25])?;
    /// assert!(pair.rayleigh_exact_p().is_some_and(|p| (p - 0.5).abs() < 1e-12));
    /// # Ok::<(), copeak::Error>(())
    /// ```
    pub fn rayleigh_exact_p(&self) -> Option<f64> {
        let n = self.n as f64;
        let equal = (self.weight * self.weight - n * self.squares).abs() <= 1e-12 * n * self.squares;
        equal.then(|| tail(self.n, n * self.resultant))
    }

    /// Returns the mean over all pairs of the cosine of their phase difference: 1 when all are equal, 0 the expectation of
    /// independent uniform phases, at least -1/(k - 1) for k equal weights; `None` below two phases.
    ///
    /// With weights, a pair counts by the product of its weights: (W^2 R^2 - sum w^2)/(W^2 - sum w^2).
    pub fn simultaneity(&self) -> Option<f64> {
        let square = self.weight * self.weight;
        let sum = self.weight * self.resultant;
        (self.n >= 2).then(|| (sum * sum - self.squares) / (square - self.squares))
    }
}

/// Result of the V-test of phases against one phase.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct VTest {
    /// Sum of the cosines of the distances from that phase: n R cos(mean - phase).
    pub v: f64,
    /// V in standard deviations of its distribution for uniform phases, V sqrt(2/n).
    pub u: f64,
    /// Probability of a V this large when phases are uniform and independent.
    pub p: f64,
}

impl Circular {
    /// Tests whether phases cluster around `phase` (a fraction of the cycle, any number of turns), which must be chosen
    /// before the data are seen (Zar, *Biostatistical Analysis*, 5th ed. (2010), section 27.1).
    ///
    /// Its power is higher than that of Rayleigh's test if they do. A small p means "not uniform", not "the mean is this phase". The
    /// p value is that of the normal approximation: at 5 % it raises 5.0-5.1 % false alarms from four phases on (5.5 % for three, 5.9 % for two), at 1 %
    /// fewer than 1 % (0.7 % for four, 0.9 % for ten). Weights count as repetitions.
    ///
    /// ```
    /// use copeak::synchrony::Circular;
    /// let near_zero = Circular::of(&[0.98, 0.01, 0.05, 0.93, 0.02])?;
    /// assert!(near_zero.v_test(0.0)?.p < 0.01);
    /// assert!(near_zero.v_test(0.5)?.p > 0.99);
    /// # Ok::<(), copeak::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Parameter`] for a phase that is not finite.
    pub fn v_test(&self, phase: f64) -> Result<VTest> {
        if !phase.is_finite() {
            return Err(Error::Parameter { name: "expected phase", rule: "finite", value: phase });
        }
        let v = self.mean.map_or(0.0, |mean| self.weight * self.resultant * (TAU * (mean - phase)).cos());
        let u = v * (2.0 / self.weight).sqrt();
        Ok(VTest { v, u, p: normal_cdf(-u) })
    }
}

/// Result of the Watson-Williams test of two sets of phases.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct WatsonWilliams {
    /// The F statistic, with 1 and [`WatsonWilliams::freedom`] degrees of freedom.
    pub f: f64,
    /// Degrees of freedom within: the number of all phases, minus two.
    pub freedom: f64,
    /// Probability of an F this large when both have the same mean.
    pub p: f64,
    /// Estimated concentration kappa of both together. The test needs at least about 1.
    pub concentration: f64,
}

/// Result of a permutation test of whether two sets of phases have the same mean.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct SameDirection {
    /// Mean of the second set minus that of the first, in [-0.5, 0.5); `None` if one has no mean.
    pub difference: Option<f64>,
    /// Probability of two means at least this far apart when all phases come from one distribution.
    pub p: f64,
}

impl Circular {
    /// Tests whether this and `other` have the same mean phase: the F test of Watson and Williams (1956) as in Zar,
    /// *Biostatistical Analysis*, 5th ed. (2010), section 27.4, with Fisher's (1993, section 4.5.5) estimate of the
    /// concentration.
    ///
    /// It assumes von Mises phases of one concentration, not below about 1 (R above 0.45); in doubt use
    /// [`same_direction`]. Weights count as repetitions.
    ///
    /// ```
    /// use copeak::synchrony::Circular;
    /// let slow = Circular::of(&[0.98, 0.01, 0.05, 0.93, 0.02])?;
    /// let fast = Circular::of(&[0.14, 0.09, 0.12, 0.16, 0.11])?;
    /// assert!(slow.watson_williams(&fast)?.p < 0.01);
    /// # Ok::<(), copeak::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::TooFew`] unless the weights sum to more than two; [`Error::Constant`] when neither varies.
    #[doc(alias = "circ_wwtest")]
    pub fn watson_williams(&self, other: &Self) -> Result<WatsonWilliams> {
        let operation = "the Watson-Williams test";
        let all = self.weight + other.weight;
        let freedom = all - 2.0;
        if freedom <= 0.0 {
            return Err(Error::TooFew { operation, unit: "phases", needed: 3, got: self.n + other.n });
        }
        let ([x, y], [other_x, other_y]) = (self.sum(), other.sum());
        let apart = self.weight * self.resultant + other.weight * other.resultant;
        let together = (x + other_x).hypot(y + other_y);
        let within = all - apart;
        if within <= 1e-12 * all {
            return Err(Error::Constant { operation });
        }
        let concentration = concentration(apart / all);
        let factor = if concentration > 0.0 { 1.0 + 3.0 / (8.0 * concentration) } else { 1.0 };
        let f = (factor * freedom * (apart - together) / within).max(0.0);
        Ok(WatsonWilliams { f, freedom, p: 2.0 * student_cdf(-f.sqrt(), freedom), concentration })
    }

    fn sum(&self) -> [f64; 2] {
        let (sin, cos) = (TAU * self.mean.unwrap_or(0.0)).sin_cos();
        let length = if self.mean.is_some() { self.weight * self.resultant } else { 0.0 };
        [length * cos, length * sin]
    }
}

/// Returns Fisher's (1993, equation 4.40) approximation of the von Mises concentration whose resultant is `r`.
fn concentration(r: f64) -> f64 {
    if r < 0.53 {
        2.0 * r + r.powi(3) + 5.0 * r.powi(5) / 6.0
    } else if r < 0.85 {
        -0.4 + 1.39 * r + 0.43 / (1.0 - r)
    } else {
        1.0 / (r.powi(3) - 4.0 * r.powi(2) + 3.0 * r)
    }
}

/// Tests whether two sets of phases have the same mean, without an assumption on their distribution: permutations deal the phases
/// to the sets again, and p counts those in which the sum of the two resultants is at least as large.
///
/// The null is that both sets come from one distribution, so a difference in spread can be found as well when there are few
/// phases. Phases must be exchangeable: successive strides that resemble each other are not. Permutations are always drawn.
///
/// ```
/// use copeak::{inference::Permutations, synchrony::same_direction};
/// let (slow, fast) = ([0.98, 0.01, 0.05, 0.93, 0.02], [0.14, 0.09, 0.12, 0.16, 0.11]);
/// let test = same_direction(&slow, &fast, &Permutations::new(1).count(999))?;
/// assert!(test.p < 0.02 && test.difference.is_some_and(|d| d > 0.1));
/// # Ok::<(), copeak::Error>(())
/// ```
///
/// # Errors
/// [`Error::TooFew`] for an empty set, [`Error::NonFinite`], [`Error::Parameter`] for a number of permutations outside its
/// range.
#[doc(alias = "permutation_test")]
pub fn same_direction(first: &[f64], second: &[f64], permutations: &Permutations) -> Result<SameDirection> {
    let (mut draws, count) = permutations.draws()?;
    let (a, b) = (Circular::of(first)?, Circular::of(second)?);
    let mut vectors: Vec<(f64, f64)> =
        first.iter().chain(second).map(|phase| (TAU * phase).sin_cos()).collect();
    let length = |vectors: &[(f64, f64)]| {
        let (y, x) = vectors.iter().fold((0.0, 0.0), |(y, x), (sin, cos)| (y + sin, x + cos));
        f64::hypot(x, y)
    };
    let statistic = |vectors: &[(f64, f64)]| {
        let (first, second) = vectors.split_at(a.n);
        length(first) + length(second)
    };
    let observed = statistic(&vectors);
    let surrogates = (0..count).map(|_| {
        draws.shuffle(&mut vectors);
        statistic(&vectors)
    });
    let p = permutation_p(observed, surrogates);
    let difference = a.mean.zip(b.mean).map(|(a, b)| difference(b, a));
    Ok(SameDirection { difference, p })
}

impl Circular {
    /// Returns the confidence interval of the mean phase, around [`Circular::mean`] without wrapping: its ends may be below 0 or
    /// above 1, so that the lower end is always the smaller one.
    ///
    /// For phases that are von Mises distributed (Upton 1986; Zar, *Biostatistical Analysis*, 5th ed. (2010), section
    /// 26.7). `None` where the phases scatter so much that the interval is the whole circle. Weights count as
    /// repetitions. Successive strides must be independent; the level is approximate below eight phases.
    ///
    /// ```
    /// use copeak::synchrony::Circular;
    /// let peaks = Circular::of(&[0.98, 0.01, 0.05, 0.93, 0.02, 0.99, 0.03, 0.97])?;
    /// let ci = peaks.mean_interval(0.95)?.unwrap();
    /// assert!(ci.width() < 0.06 && ci.high > 1.0);
    /// let spread = Circular::of(&[0.1, 0.5, 0.8])?;
    /// assert_eq!(spread.mean_interval(0.95)?, None);
    /// # Ok::<(), copeak::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`crate::Error::Parameter`] for a level outside (0, 1).
    #[doc(alias = "circ_confmean")]
    pub fn mean_interval(&self, level: f64) -> Result<Option<Interval>> {
        let chi2 = normal_quantile(0.5 + 0.5 * checked_level(level)?).powi(2);
        let n = self.weight;
        let sum = n * self.resultant;
        let cos = if self.resultant <= 0.9 {
            (2.0 * n * (2.0 * sum * sum - n * chi2) / (4.0 * n - chi2)).sqrt() / sum
        } else {
            (n * n - (n * n - sum * sum) * (chi2 / n).exp()).sqrt() / sum
        };
        // NaN where there is no such interval.
        let reach = cos.min(1.0).acos() / TAU;
        Ok(self.mean.filter(|_| !cos.is_nan()).map(|mean| Interval::around(mean, reach)))
    }
}

/// Smaller probabilities are lost in rounding.
const LEAST: f64 = 1e-12;
/// Terms after which the series is truncated; only five and six phases reach it.
const MOST_TERMS: usize = 20_000;

/// Returns P(S >= s) for the length S of the sum of `n` independent unit vectors of uniform direction.
fn tail(n: usize, s: f64) -> f64 {
    let count = n as f64;
    if s <= 0.0 {
        return 1.0;
    }
    if n < 2 {
        return 1.0;
    }
    if s >= count {
        return LEAST;
    }
    let below = match n {
        2 => 1.0 - FRAC_2_PI * (0.5 * s).acos(),
        3 => pair_within(s, 1.0),
        4 => FRAC_2_PI * quarter_turn(&[s, (2.0 - s).abs()], |r| pair_within(s, r)),
        _ => series(count, s),
    };
    (1.0 - below).clamp(LEAST, 1.0)
}

/// P(|r + e1 + e2| <= s) for two unit vectors of uniform direction: their sum has the length 2 cos b with b uniform over a
/// quarter turn.
fn pair_within(s: f64, r: f64) -> f64 {
    FRAC_2_PI
        * quarter_turn(&[(s - r).abs(), s + r], |length| {
            let cos = (s * s - r * r - length * length) / (2.0 * r * length);
            1.0 - cos.clamp(-1.0, 1.0).acos() / PI
        })
}

/// Integrates `f(2 cos b)` over b from 0 to a quarter turn, in pieces between the lengths at which `f` has a kink.
fn quarter_turn(kinks: &[f64; 2], f: impl Fn(f64) -> f64) -> f64 {
    let mut bounds = [0.0, FRAC_PI_2, FRAC_PI_2, FRAC_PI_2];
    for (bound, kink) in bounds[1..3].iter_mut().zip(kinks) {
        *bound = (0.5 * kink).min(1.0).acos();
    }
    bounds.sort_unstable_by(f64::total_cmp);
    bounds.windows(2).map(|piece| double_exponential(piece[0], piece[1], |b| f(2.0 * b.cos()))).sum()
}

/// Takahasi and Mori's rule, which tolerates singularities at the ends.
fn double_exponential(from: f64, to: f64, f: impl Fn(f64) -> f64) -> f64 {
    const STEP: f64 = 1.0 / 16.0;
    let (middle, half) = (0.5 * (from + to), 0.5 * (to - from));
    if half <= 0.0 {
        return 0.0;
    }
    let mut sum = 0.0;
    for k in -48..=48 {
        let t = STEP * f64::from(k);
        let u = FRAC_PI_2 * t.sinh();
        sum += f(middle + half * u.tanh()) * FRAC_PI_2 * t.cosh() / u.cosh().powi(2);
    }
    STEP * half * sum
}

/// P(S <= s) by the Fourier-Bessel series of a density that ends at `n`, whose coefficients are the powers of J0 that are
/// the characteristic function of S (Barakat 1973).
fn series(n: f64, s: f64) -> f64 {
    let mut sum = 0.0;
    for k in 1..=MOST_TERMS {
        let zero = bessel_zero(k);
        let t = zero / n;
        let slope = libm::j1(zero);
        sum += libm::j0(t).powf(n) * libm::j1(t * s) / (zero * slope * slope);
        // The envelope of the remaining terms: |J0(t)| < sqrt(2 / (pi t)), and less than 0.55 / sqrt(zero) for the rest.
        if (FRAC_2_PI / t).powf(0.5 * n) < 1e-14 {
            break;
        }
    }
    2.0 * s / n * sum
}

/// The k-th zero of J0: McMahon's series, then Newton's method.
fn bessel_zero(k: usize) -> f64 {
    let b = PI * (k as f64 - 0.25);
    let q = 1.0 / (8.0 * b);
    let mut zero = b + q - 124.0 / 3.0 * q.powi(3);
    for _ in 0..2 {
        zero += libm::j0(zero) / libm::j1(zero);
    }
    zero
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inference::draw::Draws;

    #[test]
    fn phases_on_either_side_of_the_cycle_start_are_neighbours() {
        let peaks = Circular::of(&[0.99, 0.01]).unwrap();
        let mean = peaks.mean.unwrap();
        assert!(!(1e-12..=1.0 - 1e-12).contains(&mean), "{mean}");
        assert!((peaks.simultaneity().unwrap() - (TAU * 0.02).cos()).abs() < 1e-14);
        assert!((difference(0.01, 0.99) - 0.02).abs() < 1e-15);
        assert_eq!(wrap(-1e-20), 0.0);
    }

    #[test]
    fn phases_that_cancel_have_no_mean() {
        let peaks = Circular::of(&[0.0, 0.5]).unwrap();
        assert_eq!(peaks.mean, None);
        assert!((peaks.simultaneity().unwrap() + 1.0).abs() < 1e-14);
        assert!((peaks.rayleigh_p() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn weights_repeat_phases() {
        let phases = [0.1, 0.3, 0.35];
        let weighted = Circular::weighted(&phases, &[2.0, 1.0, 1.0]).unwrap();
        let repeated = Circular::of(&[0.1, 0.1, 0.3, 0.35]).unwrap();
        assert!((weighted.resultant - repeated.resultant).abs() < 1e-15);
        assert!((weighted.rayleigh_p() - repeated.rayleigh_p()).abs() < 1e-15);
        let by_hand = {
            let c = |a: f64, b: f64| (TAU * (a - b)).cos();
            (2.0 * c(0.1, 0.3) + 2.0 * c(0.1, 0.35) + c(0.3, 0.35)) / 5.0
        };
        assert!((weighted.simultaneity().unwrap() - by_hand).abs() < 1e-15);
    }

    #[test]
    fn no_phases_nan_and_unfit_weights_are_refused() {
        assert!(matches!(Circular::of(&[]), Err(Error::TooFew { .. })));
        assert!(matches!(Circular::of(&[0.1, f64::NAN]), Err(Error::NonFinite { index: 1, .. })));
        assert!(matches!(Circular::weighted(&[0.1], &[]), Err(Error::LengthMismatch { .. })));
        assert!(matches!(Circular::weighted(&[0.1], &[-1.0]), Err(Error::Parameter { .. })));
        assert!(matches!(Circular::weighted(&[0.1], &[0.0]), Err(Error::TooFew { .. })));
        assert_eq!(Circular::of(&[0.4]).unwrap().simultaneity(), None);
    }

    #[test]
    fn the_v_test_raises_the_false_alarms_documented() {
        for (n, share) in [(3, 0.055), (4, 0.05), (8, 0.05), (20, 0.05)] {
            let mut draws = Draws::new(n as u64);
            let sessions = 40_000;
            let alarms = (0..sessions)
                .filter(|_| {
                    let phases: Vec<f64> = (0..n).map(|_| draws.uniform()).collect();
                    Circular::of(&phases).unwrap().v_test(0.2).unwrap().p <= 0.05
                })
                .count();
            // Three standard errors of 40,000 sessions, and the last digit of the share.
            let off = (alarms as f64 / f64::from(sessions) - share).abs();
            assert!(off < 0.0033 + 0.001, "{n}: {off}");
        }
    }

    #[test]
    fn an_expected_phase_of_nan_is_refused_and_phases_without_a_mean_have_no_v() {
        assert!(Circular::of(&[0.1]).unwrap().v_test(f64::NAN).is_err());
        // Without a mean there is no clustering.
        assert_eq!(Circular::of(&[0.0, 0.5]).unwrap().v_test(0.0).unwrap().v, 0.0);
    }

    /// Share of sessions with p at most 5 %, both sets around one phase.
    fn false_alarms(n: usize, sd: f64, p: impl Fn(&[f64], &[f64]) -> f64) -> f64 {
        let mut draws = Draws::new(n as u64);
        let sessions = 2000;
        let alarms = (0..sessions)
            .filter(|_| {
                let mut set = || (0..n).map(|_| 0.9 + sd * draws.normal()).collect::<Vec<_>>();
                p(&set(), &set()) <= 0.05
            })
            .count();
        alarms as f64 / f64::from(sessions)
    }

    /// Three standard errors of 2000 sessions are 0.0146.
    #[test]
    fn both_tests_hold_their_level() {
        for n in [6, 20] {
            for sd in [0.03, 0.12] {
                let parametric = |a: &[f64], b: &[f64]| {
                    Circular::of(a).unwrap().watson_williams(&Circular::of(b).unwrap()).unwrap().p
                };
                let share = false_alarms(n, sd, parametric);
                assert!((share - 0.05).abs() < 0.0146, "Watson-Williams, {n} of SD {sd}: {share}");
                let share = false_alarms(n, sd, |a, b| {
                    same_direction(a, b, &Permutations::new(7).count(199)).unwrap().p
                });
                assert!((share - 0.05).abs() < 0.0146, "permutation, {n} of SD {sd}: {share}");
            }
        }
    }

    #[test]
    fn single_constant_or_non_finite_phases_and_no_permutations_are_refused() {
        let one = Circular::of(&[0.2]).unwrap();
        assert!(matches!(one.watson_williams(&one), Err(Error::TooFew { needed: 3, .. })));
        let still = Circular::of(&[0.2; 4]).unwrap();
        assert!(matches!(still.watson_williams(&still), Err(Error::Constant { .. })));
        let hundred = Permutations::new(1).count(99);
        assert!(matches!(same_direction(&[], &[0.1], &hundred), Err(Error::TooFew { .. })));
        assert!(matches!(same_direction(&[0.1], &[f64::NAN], &hundred), Err(Error::NonFinite { .. })));
        assert!(matches!(
            same_direction(&[0.1], &[0.2], &Permutations::new(1).count(0)),
            Err(Error::Parameter { .. })
        ));
        // Evenly spread phases have no mean.
        let even = [0.0, 0.25, 0.5, 0.75];
        assert_eq!(same_direction(&even, &even, &hundred).unwrap().difference, None);
    }

    /// Wrapped normal phases of this standard deviation around 0.3 hold their mean in the interval.
    #[test]
    fn the_interval_holds_its_level() {
        for n in [8, 12, 30] {
            for sd in [0.02, 0.08, 0.12] {
                let mut draws = Draws::new(9);
                let (mut held, mut given) = (0, 0);
                for _ in 0..4000 {
                    let phases: Vec<f64> = (0..n).map(|_| 0.3 + sd * draws.normal()).collect();
                    if let Some(ci) = Circular::of(&phases).unwrap().mean_interval(0.95).unwrap() {
                        given += 1;
                        let from_low = difference(0.3, ci.low);
                        held += usize::from(from_low >= 0.0 && from_low <= ci.width());
                    }
                }
                let coverage = f64::from(held as u32) / f64::from(given);
                assert!((0.92..=0.98).contains(&coverage), "{n} phases of SD {sd}: {coverage}");
                assert!(given > 3600, "{n} phases of SD {sd}: {given} of 4000 have one");
            }
        }
    }

    #[test]
    fn equal_phases_have_an_interval_of_no_width_and_opposite_ones_none() {
        let ci = Circular::of(&[0.25; 4]).unwrap().mean_interval(0.95).unwrap().unwrap();
        assert!((ci.low - 0.25).abs() < 1e-7 && (ci.high - 0.25).abs() < 1e-7, "{ci}");
        assert_eq!(Circular::of(&[0.0, 0.5]).unwrap().mean_interval(0.95).unwrap(), None);
        assert!(Circular::of(&[0.0]).unwrap().mean_interval(1.0).is_err());
    }

    #[test]
    fn the_tail_agrees_with_simulated_resultants() {
        let sessions = 200_000;
        for n in [2, 3, 4, 5, 6, 8, 12, 20] {
            let mut draws = Draws::new(n as u64);
            let mut lengths: Vec<f64> = (0..sessions)
                .map(|_| {
                    let (y, x) = (0..n)
                        .map(|_| (TAU * draws.uniform()).sin_cos())
                        .fold((0.0, 0.0), |(y, x), (sin, cos)| (y + sin, x + cos));
                    f64::hypot(x, y)
                })
                .collect();
            lengths.sort_unstable_by(f64::total_cmp);
            for share in [0.001, 0.01, 0.05, 0.2, 0.5, 0.9] {
                let s = lengths[((1.0 - share) * f64::from(sessions)) as usize];
                let error = (share * (1.0 - share) / f64::from(sessions)).sqrt();
                let p = tail(n, s);
                assert!((p - share).abs() < 4.0 * error, "{n} phases, {share}: {p}");
            }
        }
    }

    /// The sum of n unit vectors is shorter than 1 with probability 1/(n + 1) (Kluyver 1906).
    #[test]
    fn sums_shorter_than_one_have_kluyvers_probability() {
        for n in 2..40 {
            let error = tail(n, 1.0) - n as f64 / (n as f64 + 1.0);
            let most = if n == 5 { 3e-9 } else { 2e-12 };
            assert!(error.abs() < most, "{n}: {error:e}");
        }
    }

    #[test]
    fn the_tail_is_one_at_no_length_and_the_least_at_the_longest() {
        assert_eq!(tail(1, 0.7), 1.0);
        assert_eq!(tail(1, 1.0), 1.0);
        assert_eq!(tail(4, 0.0), 1.0);
        assert_eq!(tail(9, 9.0), LEAST);
        assert_eq!(tail(60, 55.0), LEAST);
        assert!((tail(2, 2f64.sqrt()) - 0.5).abs() < 1e-15);
    }
}
