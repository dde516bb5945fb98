//! Agreement of the order of channels with the expected one over cycles.

use crate::inference::distribution::normal_cdf;
use crate::inference::{Estimate, wilson};
use crate::{Error, Result};
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Agreement of the order of channels with the expected one over cycles.
///
/// In most runners a within-limb order is nearly always as expected: the lags carry the information, not this.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Order {
    /// Kendall's tau-b to the expected order in each complete cycle; `None` where all times are equal.
    pub kendall_tau: Vec<Option<f64>>,
    /// Their mean; `None` without any.
    pub mean_kendall_tau: Option<f64>,
    /// Share of cycles in which every channel comes strictly after the one before, with Wilson's interval.
    pub probability: Estimate,
    /// Expected value of that share if every order of the m channels were equally likely: 1/m!.
    pub chance: f64,
    /// Probability, under `null`, of at least this number of cycles in full order (exact: binomial).
    pub probability_p: f64,
    /// Test of the pairs in the expected order against those in the other, on which Kendall's tau rests.
    pub kendall: KendallTest,
    /// Page's test; `None` below 2 complete cycles or 3 channels.
    pub page: Option<PageTest>,
    /// Null hypothesis of the three p values.
    pub null: OrderNull,
    /// Cycles that lack a channel and are left out.
    pub incomplete: usize,
}

/// The null hypothesis of an order's p values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum OrderNull {
    /// All orders are equally likely in every cycle, independently. **Not** "there is no preferred order": any fixed lags,
    /// in whatever order, recur in every cycle and are no draw from this null.
    #[default]
    ExchangeableInEveryCycle,
}

impl fmt::Display for OrderNull {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad("order exchangeable in every cycle independently; any fixed lags reject it")
    }
}

/// Measures the order of channels over cycles, `times[cycle][channel]` with the channels in the expected order.
///
/// NaN marks a channel without a time in that cycle; such a cycle is left out and counted. The interval is at level 0.95.
///
/// ```
/// use copeak::sequence::order;
/// let order = order(&[[0.10, 0.12, 0.15], [0.10, 0.13, 0.12], [0.10, f64::NAN, 0.15]])?;
/// assert_eq!(order.mean_kendall_tau, Some((1.0 + 1.0 / 3.0) / 2.0));
/// assert_eq!((order.probability.value, order.probability.n, order.incomplete), (0.5, 2, 1));
/// # Ok::<(), copeak::Error>(())
/// ```
///
/// # Errors
/// [`Error::TooFew`] below 2 channels or without a complete cycle, [`Error::LengthMismatch`] for rows of different
/// lengths, [`Error::NonFinite`] for an infinite time (the index counts channels over all cycles).
pub fn order<R: AsRef<[f64]>>(times: &[R]) -> Result<Order> {
    at_level(times, 0.95)
}

/// Measures the order as [`order`] does, with the interval at another level.
pub(super) fn at_level<R: AsRef<[f64]>>(times: &[R], level: f64) -> Result<Order> {
    let operation = "the order of channels";
    let channels = times.first().map_or(0, |row| row.as_ref().len());
    if !times.is_empty() && channels < 2 {
        return Err(Error::TooFew { operation, unit: "channels", needed: 2, got: channels });
    }
    let mut complete: Vec<&[f64]> = Vec::with_capacity(times.len());
    for (cycle, row) in times.iter().enumerate() {
        let row = row.as_ref();
        if row.len() != channels {
            return Err(Error::LengthMismatch { operation, left: channels, right: row.len() });
        }
        if let Some(i) = row.iter().position(|t| t.is_infinite()) {
            return Err(Error::NonFinite { operation, index: cycle * channels + i });
        }
        if !row.iter().any(|t| t.is_nan()) {
            complete.push(row);
        }
    }
    if complete.is_empty() {
        return Err(Error::TooFew { operation, unit: "complete cycles", needed: 1, got: 0 });
    }
    let expected: Vec<f64> = (0..channels).map(|i| i as f64).collect();
    let kendall_tau =
        complete.iter().map(|row| kendall_tau_b(&expected, row)).collect::<Result<Vec<Option<f64>>>>()?;
    let known: Vec<f64> = kendall_tau.iter().flatten().copied().collect();
    let in_order = complete.iter().filter(|row| row.windows(2).all(|w| w[0] < w[1])).count();
    let chance = 1.0 / (2..=channels).map(|i| i as f64).product::<f64>();
    Ok(Order {
        mean_kendall_tau: (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64),
        kendall_tau,
        probability: wilson(in_order, complete.len(), level)?,
        chance,
        probability_p: binomial_tail(in_order, complete.len(), chance),
        kendall: kendall_test(&complete)?,
        null: OrderNull::default(),
        page: if complete.len() >= 2 && channels >= 3 { Some(page_test(&complete)?) } else { None },
        incomplete: times.len() - complete.len(),
    })
}

/// Returns the probability of at least `k` successes in `n` trials of probability `p` (0 < p < 1).
fn binomial_tail(k: usize, n: usize, p: f64) -> f64 {
    // In logarithms: (1 - p)^n may underflow where larger terms do not.
    let mut ln_term = n as f64 * (-p).ln_1p();
    let odds = p.ln() - (-p).ln_1p();
    let (mut below, mut above) = (0.0, 0.0);
    for j in 0..=n {
        let term = ln_term.exp();
        if j < k {
            below += term
        } else {
            above += term
        }
        ln_term += odds + ((n - j) as f64 / (j + 1) as f64).ln();
    }
    if k == 0 { 1.0 } else { (above / (below + above)).min(1.0) }
}

/// A p value, for display.
struct Probability(f64);

impl fmt::Display for Probability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 < 0.001 { f.write_str("p < 0.001") } else { write!(f, "p {:.3}", self.0) }
    }
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let p = &self.probability;
        write!(f, "full order in {:.0} % of {} cycles", 100.0 * p.value, p.n)?;
        if let Some(ci) = p.ci {
            write!(f, " {:.0}", ci.scaled(100.0))?;
        }
        write!(f, ", {:.1} % if every order were equally likely", 100.0 * self.chance)?;
        if let Some(tau) = self.mean_kendall_tau {
            write!(f, "; Kendall's tau {tau:.2} ({})", Probability(self.kendall.p))?;
        }
        if let Some(page) = &self.page {
            write!(f, "; Page's L {:.0} ({})", page.l, Probability(page.p))?;
        }
        write!(f, "; null of these p: {}", self.null)?;
        if self.incomplete > 0 {
            write!(f, "; {} cycles lack a channel", self.incomplete)?;
        }
        Ok(())
    }
}

/// Returns Kendall's tau-b of two rows of values: 1 when they rise together, -1 when one falls where the other rises.
///
/// Ties count for neither. `None` when one row is constant and so has no order. Quadratic in the number of
/// values, which are a handful of channels here. Equals `scipy.stats.kendalltau`.
///
/// ```
/// use copeak::sequence::kendall_tau_b;
/// assert_eq!(kendall_tau_b(&[1.0, 2.0, 3.0], &[0.1, 0.3, 0.2])?, Some(1.0 / 3.0));
/// assert_eq!(kendall_tau_b(&[1.0, 2.0], &[5.0, 5.0])?, None);
/// # Ok::<(), copeak::Error>(())
/// ```
///
/// Kendall (1945), *Biometrika* 33:239-251, [doi:10.1093/biomet/33.3.239](https://doi.org/10.1093/biomet/33.3.239).
///
/// # Errors
/// [`Error::LengthMismatch`], [`Error::TooFew`] below 2 values, [`Error::NonFinite`].
#[doc(alias = "kendalltau")]
pub fn kendall_tau_b(a: &[f64], b: &[f64]) -> Result<Option<f64>> {
    let operation = "Kendall's tau";
    if a.len() != b.len() {
        return Err(Error::LengthMismatch { operation, left: a.len(), right: b.len() });
    }
    if a.len() < 2 {
        return Err(Error::TooFew { operation, unit: "values", needed: 2, got: a.len() });
    }
    if let Some(index) = (0..a.len()).find(|&i| !(a[i].is_finite() && b[i].is_finite())) {
        return Err(Error::NonFinite { operation, index });
    }
    let sign = |later: f64, earlier: f64| i64::from(later > earlier) - i64::from(later < earlier);
    let (mut agreement, mut untied_a, mut untied_b) = (0, 0, 0);
    for j in 1..a.len() {
        for i in 0..j {
            let (da, db) = (sign(a[j], a[i]), sign(b[j], b[i]));
            agreement += da * db;
            untied_a += da * da;
            untied_b += db * db;
        }
    }
    // One root of the product: a perfect order without ties gives exactly 1.
    let scale = (untied_a as f64 * untied_b as f64).sqrt();
    Ok((scale > 0.0).then(|| agreement as f64 / scale))
}

/// Largest number of distinct counts of inverted pairs for which the null distribution is exact; beyond it the normal
/// approximation is used (and accurate).
const MOST_KENDALL_VALUES: usize = 20_000;

/// Kendall's S over cycles and its one-sided p value.
///
/// **Meaning of p.** As in [`super::order::PageTest`]: its null is "the order is exchangeable in every cycle independently", which
/// any fixed lags reject. Do not report it as the main result.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct KendallTest {
    /// Pairs of channels in the expected order less those in the other, summed over cycles; ties count for neither.
    pub s: f64,
    /// Probability of an S at least as large when the order is exchangeable in every cycle independently, ties staying ties.
    pub p: f64,
    /// Whether p is exact; else it is from the normal approximation.
    pub exact: bool,
}

/// Tests whether times rise with the expected order in more pairs than by chance, `times[cycle][channel]`, channels in the
/// expected order: the permutation test of the summed S.
///
/// The null distribution is exact: that of one cycle counts the arrangements of its times by their inversions (equal times
/// are indistinguishable), and cycles are independent.
///
/// ```
/// use copeak::sequence::kendall_test;
/// // Of the 36 ways to arrange two cycles of three channels one is in full order in both.
/// let test = kendall_test(&[[0.1, 0.2, 0.3], [0.1, 0.2, 0.3]])?;
/// assert_eq!((test.s, test.p), (6.0, 1.0 / 36.0));
/// # Ok::<(), copeak::Error>(())
/// ```
///
/// Kendall (1938), *Biometrika* 30:81-93, [doi:10.1093/biomet/30.1-2.81](https://doi.org/10.1093/biomet/30.1-2.81).
///
/// # Errors
/// [`Error::TooFew`] without a cycle or below 2 channels, [`Error::LengthMismatch`] for rows of different lengths,
/// [`Error::NonFinite`] (the index counts channels over all cycles).
pub fn kendall_test<R: AsRef<[f64]>>(times: &[R]) -> Result<KendallTest> {
    let operation = "Kendall's test of an order";
    if times.is_empty() {
        return Err(Error::TooFew { operation, unit: "cycles", needed: 1, got: 0 });
    }
    let channels = times[0].as_ref().len();
    if channels < 2 {
        return Err(Error::TooFew { operation, unit: "channels", needed: 2, got: channels });
    }
    // S of a cycle = pairs that are not tied, less twice its inversions.
    let (mut untied, mut inversions, mut variance) = (0usize, 0usize, 0.0);
    let mut ties: Vec<Vec<usize>> = Vec::with_capacity(times.len());
    for (cycle, row) in times.iter().enumerate() {
        let row = row.as_ref();
        if row.len() != channels {
            return Err(Error::LengthMismatch { operation, left: channels, right: row.len() });
        }
        if let Some(i) = row.iter().position(|t| !t.is_finite()) {
            return Err(Error::NonFinite { operation, index: cycle * channels + i });
        }
        for j in 1..channels {
            untied += row[..j].iter().filter(|t| **t != row[j]).count();
            inversions += row[..j].iter().filter(|t| **t > row[j]).count();
        }
        let groups = tie_groups(row);
        let spread = |n: usize| (n * (n - 1) * (2 * n + 5)) as f64 / 18.0;
        variance += spread(channels) - groups.iter().map(|&g| spread(g)).sum::<f64>();
        ties.push(groups);
    }
    let s = untied as f64 - 2.0 * inversions as f64;
    let exact = untied <= MOST_KENDALL_VALUES;
    let p = if exact {
        let mut all = vec![1.0];
        let mut last: Option<(&[usize], Vec<f64>)> = None;
        for groups in &ties {
            let row = match last {
                Some((same, row)) if same == groups.as_slice() => row,
                _ => inversion_distribution(channels, groups),
            };
            all = convolve(&all, &row);
            last = Some((groups, row));
        }
        all[..=inversions].iter().sum::<f64>().min(1.0)
    } else {
        // S changes in steps of 2: a continuity correction of half a step.
        normal_cdf(-(s - 1.0) / variance.sqrt())
    };
    Ok(KendallTest { s, p, exact })
}

/// Returns the number of occurrences of each distinct value.
fn tie_groups(row: &[f64]) -> Vec<usize> {
    let mut sorted = row.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.chunk_by(|a, b| a == b).map(<[f64]>::len).collect()
}

/// Returns the probabilities of 0, 1, 2, ... inversions when every arrangement of values with these ties is equally likely:
/// the q-multinomial coefficient, value by value.
fn inversion_distribution(channels: usize, groups: &[usize]) -> Vec<f64> {
    let mut polynomial = vec![1.0];
    let mut taken = 0;
    for &group in groups {
        // Gaussian binomial of taken + group over group: times (1 - q^(taken + i)), over (1 - q^i).
        for i in 1..=group {
            let above = taken + i;
            let mut next = polynomial.clone();
            next.resize(polynomial.len() + above, 0.0);
            for (k, value) in polynomial.iter().enumerate() {
                next[k + above] -= value;
            }
            for k in i..next.len() {
                next[k] += next[k - i];
            }
            next.truncate(polynomial.len() + above - i);
            polynomial = next;
        }
        taken += group;
    }
    debug_assert_eq!(taken, channels);
    let total: f64 = polynomial.iter().sum();
    polynomial.iter().map(|count| count / total).collect()
}

/// Largest number of channels for which the null distribution is exact.
const MOST_CHANNELS: usize = 12;
/// Largest number of distinct values of L for which the null distribution is exact; beyond it the normal approximation is used.
const MOST_PAGE_VALUES: usize = 20_000;

/// Page's L and its one-sided p value.
///
/// **Meaning of p.** Its null is "the order is exchangeable in every cycle independently", not "there is no preferred
/// order". A runner with any fixed, arbitrary lags repeats them in every cycle and so rejects it (46 % of simulated ones).
/// Do not report this p as the main result: report lags with their intervals.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct PageTest {
    /// Sum over channels of expected rank times rank sum.
    pub l: f64,
    /// Probability of an L at least as large when the order is exchangeable in every cycle independently.
    pub p: f64,
    /// Whether p is exact; else it is from the normal approximation (more than 12 channels, or very many cycles).
    pub exact: bool,
}

/// Tests whether times rise with the expected order by Page's test, `times[cycle][channel]`, channels in the expected order.
///
/// Equal times share their mean rank; p is then that of the next lower integer L, which is conservative. Equals
/// `scipy.stats.page_trend_test(times, method="exact")`.
///
/// ```
/// use copeak::sequence::page_test;
/// let page = page_test(&[[0.1, 0.2, 0.3], [0.1, 0.2, 0.3]])?;
/// assert_eq!((page.l, page.p), (28.0, 1.0 / 36.0));
/// # Ok::<(), copeak::Error>(())
/// ```
///
/// Page (1963), *J Am Stat Assoc* 58:216-230, [doi:10.1080/01621459.1963.10500843](https://doi.org/10.1080/01621459.1963.10500843).
///
/// # Errors
/// [`Error::TooFew`] below 2 cycles or 3 channels, [`Error::LengthMismatch`] for rows of different lengths,
/// [`Error::NonFinite`] (the index counts channels over all cycles).
#[doc(alias = "page_trend_test")]
pub fn page_test<R: AsRef<[f64]>>(times: &[R]) -> Result<PageTest> {
    let operation = "Page's test";
    let channels = times.first().map_or(0, |row| row.as_ref().len());
    let need = |unit, needed, got| {
        if got < needed { Err(Error::TooFew { operation, unit, needed, got }) } else { Ok(()) }
    };
    need("cycles", 2, times.len())?;
    need("channels", 3, channels)?;
    let mut l = 0.0;
    for (cycle, row) in times.iter().enumerate() {
        let row = row.as_ref();
        if row.len() != channels {
            return Err(Error::LengthMismatch { operation, left: channels, right: row.len() });
        }
        if let Some(i) = row.iter().position(|t| !t.is_finite()) {
            return Err(Error::NonFinite { operation, index: cycle * channels + i });
        }
        l += row.iter().enumerate().map(|(i, &t)| (i + 1) as f64 * mean_rank(row, t)).sum::<f64>();
    }
    let (k, n) = (channels as f64, times.len() as f64);
    let least = channels * (channels + 1) * (channels + 2) / 6;
    let most = channels * (channels + 1) * (2 * channels + 1) / 6;
    let exact = channels <= MOST_CHANNELS && times.len() * (most - least) <= MOST_PAGE_VALUES;
    let p = if exact {
        let row = row_distribution(channels);
        let mut all = vec![1.0];
        for _ in 0..times.len() {
            all = convolve(&all, &row);
        }
        // Summed from the smallest term of the tail, so that rounding loses none of the small terms.
        all[l as usize - times.len() * least..].iter().rev().sum::<f64>().min(1.0)
    } else {
        let mean = n * k * (k + 1.0) * (k + 1.0) / 4.0;
        let variance = n * k * k * (k + 1.0) * (k * k - 1.0) / 144.0;
        normal_cdf(-(l - mean) / variance.sqrt())
    };
    Ok(PageTest { l, p, exact })
}

/// Returns the rank of `value` in `row`, from 1; equal values share their mean rank.
fn mean_rank(row: &[f64], value: f64) -> f64 {
    let below = row.iter().filter(|&&t| t < value).count() as f64;
    let equal = row.iter().filter(|&&t| t == value).count() as f64;
    below + 0.5 * (equal + 1.0)
}

/// Returns the probabilities of L of one cycle, from its smallest value on, when every order is equally likely.
///
/// Ranks are assigned channel by channel; the state is the set of ranks already assigned.
fn row_distribution(channels: usize) -> Vec<f64> {
    let least = channels * (channels + 1) * (channels + 2) / 6;
    let most = channels * (channels + 1) * (2 * channels + 1) / 6;
    let mut by_taken = vec![Vec::new(); 1 << channels];
    by_taken[0] = vec![1.0; 1];
    for taken in 0..by_taken.len() {
        let orders: Vec<f64> = core::mem::take(&mut by_taken[taken]);
        let channel = taken.count_ones() as usize + 1;
        if channel > channels {
            let total: f64 = orders.iter().sum();
            return (least..=most).map(|l| orders.get(l).map_or(0.0, |count| count / total)).collect();
        }
        for rank in (1..=channels).filter(|rank| taken >> (rank - 1) & 1 == 0) {
            let next = &mut by_taken[taken | 1 << (rank - 1)];
            let shift = channel * rank;
            next.resize(next.len().max(orders.len() + shift), 0.0);
            for (sum, count) in next[shift..].iter_mut().zip(&orders) {
                *sum += count;
            }
        }
    }
    Vec::new()
}

fn convolve(a: &[f64], b: &[f64]) -> Vec<f64> {
    let mut sum = vec![0.0; a.len() + b.len() - 1];
    for (i, x) in a.iter().enumerate() {
        for (s, y) in sum[i..].iter_mut().zip(b) {
            *s += x * y;
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{format, vec};

    #[test]
    fn a_cycle_of_ties_has_no_tau_and_is_not_in_full_order() {
        let order = order(&[[0.1, 0.1], [0.1, 0.2]]).unwrap();
        assert_eq!(order.kendall_tau, [None, Some(1.0)]);
        assert_eq!((order.mean_kendall_tau, order.probability.value), (Some(1.0), 0.5));
        assert_eq!((order.page, order.chance), (None, 0.5));
    }

    #[test]
    fn the_text_states_the_null_and_the_chance_share() {
        let text = format!("{}", order(&[[0.1, 0.2, 0.3], [0.1, 0.2, 0.3]]).unwrap());
        assert!(text.contains("exchangeable in every cycle independently"), "{text}");
        assert!(text.contains("16.7 % if every order"), "{text}");
    }

    #[test]
    fn the_binomial_tail_is_exact_and_survives_underflow() {
        assert_eq!(binomial_tail(0, 5, 0.5), 1.0);
        assert!((binomial_tail(4, 5, 0.5) - 6.0 / 32.0).abs() < 1e-15);
        assert!((binomial_tail(2, 3, 1.0 / 6.0) - 16.0 / 216.0).abs() < 1e-15);
        // (1/2)^5000 is no f64; the median is.
        let half = binomial_tail(2500, 5000, 0.5);
        assert!((half - 0.5).abs() < 0.01, "{half}");
        assert!((binomial_tail(20, 20, 1.0 / 6.0) / 6f64.powi(-20) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn rows_that_are_empty_ragged_or_infinite_are_errors() {
        assert!(matches!(order::<[f64; 2]>(&[]), Err(Error::TooFew { unit: "complete cycles", .. })));
        assert!(matches!(order(&[[0.1]]), Err(Error::TooFew { unit: "channels", .. })));
        assert!(matches!(order(&[[0.1, f64::NAN]]), Err(Error::TooFew { .. })));
        assert!(matches!(order(&[[0.1, f64::INFINITY]]), Err(Error::NonFinite { index: 1, .. })));
        assert!(matches!(order(&[vec![0.1, 0.2], vec![0.1]]), Err(Error::LengthMismatch { .. })));
    }
}

#[cfg(test)]
mod kendall_tests {
    use super::*;

    /// All arrangements of a row, treating equal values as distinct.
    fn arrangements(row: &[f64]) -> Vec<Vec<f64>> {
        if row.is_empty() {
            return vec![vec![]];
        }
        let mut all = vec![];
        for i in 0..row.len() {
            let mut rest = row.to_vec();
            let first = rest.remove(i);
            for mut tail in arrangements(&rest) {
                tail.insert(0, first);
                all.push(tail);
            }
        }
        all
    }

    #[test]
    fn p_is_the_share_of_all_arrangements() {
        let rows: [&[f64]; 5] = [
            &[1.0, 2.0, 3.0, 4.0],
            &[1.0, 1.0, 2.0, 3.0],
            &[2.0, 1.0, 2.0, 1.0],
            &[5.0, 5.0, 5.0, 1.0],
            &[3.0; 4],
        ];
        for row in rows {
            let all = arrangements(row);
            for observed in &all {
                let test = kendall_test(&[observed]).unwrap();
                let s = |row: &[f64]| kendall_test(&[row]).unwrap().s;
                let share = all.iter().filter(|other| s(other) >= test.s).count() as f64 / all.len() as f64;
                assert!(test.exact && (test.p - share).abs() < 1e-14, "{observed:?}: {test:?}, not {share}");
            }
        }
        // Two cycles with different ties: all pairs of arrangements.
        let (a, b) = (arrangements(&[1.0, 2.0, 3.0]), arrangements(&[1.0, 1.0, 2.0]));
        let of = |x: &Vec<f64>, y: &Vec<f64>| kendall_test(&[x, y]).unwrap();
        let observed = of(&a[2], &b[0]);
        let pairs = a.iter().flat_map(|x| b.iter().map(move |y| (x, y)));
        let large = pairs.filter(|(x, y)| of(x, y).s >= observed.s).count() as f64;
        assert!((observed.p - large / (a.len() * b.len()) as f64).abs() < 1e-14);
    }

    #[test]
    fn many_cycles_go_over_to_the_normal_approximation() {
        let row = |i: usize| core::array::from_fn::<f64, 4, _>(|c| ((i * 7 + c * (3 + i % 3)) % 11) as f64);
        let test = |n| kendall_test(&(0..n).map(row).collect::<Vec<_>>()).unwrap();
        let (exact, normal) = (test(3300), test(3500));
        assert!(exact.exact && !normal.exact);
        assert!((exact.p - normal.p).abs() < 0.05, "{exact:?} {normal:?}");
    }

    #[test]
    fn rows_that_are_empty_ragged_or_nan_are_errors() {
        assert!(matches!(kendall_test::<[f64; 2]>(&[]), Err(Error::TooFew { unit: "cycles", .. })));
        assert!(matches!(kendall_test(&[[1.0]]), Err(Error::TooFew { unit: "channels", .. })));
        let ragged = [vec![1.0, 2.0], vec![1.0]];
        assert!(matches!(kendall_test(&ragged), Err(Error::LengthMismatch { .. })));
        assert!(matches!(kendall_test(&[[1.0, f64::NAN]]), Err(Error::NonFinite { index: 1, .. })));
    }

    #[test]
    fn tau_with_ties_is_scipys_and_unequal_or_nan_rows_are_errors() {
        // scipy.stats.kendalltau([1, 2, 2, 4], [1, 3, 2, 2]).statistic
        let tau = kendall_tau_b(&[1.0, 2.0, 2.0, 4.0], &[1.0, 3.0, 2.0, 2.0]).unwrap().unwrap();
        assert!((tau - 0.4).abs() < 1e-15, "{tau}");
        assert!(matches!(kendall_tau_b(&[1.0], &[1.0]), Err(Error::TooFew { .. })));
        assert!(matches!(kendall_tau_b(&[1.0, 2.0], &[1.0]), Err(Error::LengthMismatch { .. })));
        let result = kendall_tau_b(&[1.0, 2.0], &[1.0, f64::NAN]);
        assert!(matches!(result, Err(Error::NonFinite { index: 1, .. })));
    }
}

#[cfg(test)]
mod page_tests {
    use super::*;

    #[test]
    fn the_distribution_of_one_row_counts_all_orders() {
        // Three channels: L = 10, 11, 11, 13, 13, 14 over the six orders.
        let expected = [1.0, 2.0, 0.0, 2.0, 1.0].map(|c| c / 6.0);
        assert_eq!(row_distribution(3), expected);
        for channels in 4..=9 {
            let row = row_distribution(channels);
            assert!((row.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            assert!(row.iter().zip(row.iter().rev()).all(|(a, b)| a == b), "{channels}");
        }
    }

    #[test]
    fn the_lowest_l_has_p_of_at_most_one() {
        for channels in 3..=7 {
            let falling: Vec<f64> = (0..channels).rev().map(|c| c as f64).collect();
            for cycles in 2..=12 {
                let page = page_test(&vec![falling.clone(); cycles]).unwrap();
                assert!(page.exact && page.p <= 1.0 && page.p > 1.0 - 1e-12, "{channels} {cycles}: {page:?}");
            }
        }
    }

    #[test]
    fn many_cycles_go_over_to_the_normal_approximation() {
        let row = |i: usize| core::array::from_fn::<f64, 4, _>(|c| ((i * 7 + c * (3 + i % 3)) % 11) as f64);
        let few: Vec<[f64; 4]> = (0..1900).map(row).collect();
        let exact = page_test(&few).unwrap();
        let many: Vec<[f64; 4]> = (0..2100).map(row).collect();
        let normal = page_test(&many).unwrap();
        assert!(exact.exact && !normal.exact);
        assert!((exact.p - normal.p).abs() < 0.05, "{exact:?} {normal:?}");
    }

    #[test]
    fn too_few_ragged_or_nan_rows_are_errors() {
        assert!(matches!(page_test(&[[1.0, 2.0, 3.0]]), Err(Error::TooFew { needed: 2, .. })));
        assert!(matches!(page_test(&[[1.0, 2.0], [1.0, 2.0]]), Err(Error::TooFew { needed: 3, .. })));
        assert!(matches!(page_test::<[f64; 3]>(&[]), Err(Error::TooFew { .. })));
        let ragged = [vec![1.0, 2.0, 3.0], vec![1.0, 2.0]];
        assert!(matches!(page_test(&ragged), Err(Error::LengthMismatch { left: 3, right: 2, .. })));
        let broken = [[1.0, 2.0, 3.0], [1.0, f64::NAN, 3.0]];
        assert!(matches!(page_test(&broken), Err(Error::NonFinite { index: 4, .. })));
    }
}
