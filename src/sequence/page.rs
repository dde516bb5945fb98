//! Page's test for an expected order.

use crate::inference::distribution::normal_cdf;
use crate::{Error, Result};
use alloc::{vec, vec::Vec};
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Most channels whose exact null distribution is worked out.
const MOST_CHANNELS: usize = 12;
/// Most distinct values of L for which it is: beyond, the normal approximation is used (and good).
const MOST_VALUES: usize = 20_000;

/// Page's L and its one-sided p value.
///
/// **What p means.** Its null is "the order is exchangeable anew in every cycle": not "there is no preferred order".
/// A runner with any fixed, arbitrary lags repeats them in every cycle and so rejects it (46 % of simulated ones), so
/// this p is no headline; lags with their intervals are.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct PageTest {
    /// Sum over channels of expected rank times rank sum.
    pub l: f64,
    /// Probability of an L at least as large when the order is exchangeable anew in every cycle.
    pub p: f64,
    /// Whether p is exact; else it is from the normal approximation (more than 12 channels, or very many cycles).
    pub exact: bool,
}

/// Page's test that times rise with the expected order, `times[cycle][channel]`, channels in the expected order.
///
/// Equal times share their mean rank; p is then that of the next whole L below, which is on the safe side. Equals
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
    let exact = channels <= MOST_CHANNELS && times.len() * (most - least) <= MOST_VALUES;
    let p = if exact {
        let row = row_distribution(channels);
        let mut all = vec![1.0];
        for _ in 0..times.len() {
            all = convolve(&all, &row);
        }
        // From the small end of the tail, so that nothing is lost beside a large term.
        all[l as usize - times.len() * least..].iter().rev().sum::<f64>().min(1.0)
    } else {
        let mean = n * k * (k + 1.0) * (k + 1.0) / 4.0;
        let variance = n * k * k * (k + 1.0) * (k * k - 1.0) / 144.0;
        normal_cdf(-(l - mean) / variance.sqrt())
    };
    Ok(PageTest { l, p, exact })
}

/// Rank of `value` in `row`, from 1, equal values sharing the mean of theirs.
fn mean_rank(row: &[f64], value: f64) -> f64 {
    let below = row.iter().filter(|&&t| t < value).count() as f64;
    let equal = row.iter().filter(|&&t| t == value).count() as f64;
    below + 0.5 * (equal + 1.0)
}

/// Probabilities of L of one cycle, from its least value on, when every order is equally likely.
///
/// Ranks are handed out channel by channel; all that matters of the past is which are taken.
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

pub(super) fn convolve(a: &[f64], b: &[f64]) -> Vec<f64> {
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

    #[test]
    fn one_row_counts_all_orders() {
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
    fn the_least_order_has_p_one_and_no_more() {
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
    fn bad_input_is_named() {
        assert!(matches!(page_test(&[[1.0, 2.0, 3.0]]), Err(Error::TooFew { needed: 2, .. })));
        assert!(matches!(page_test(&[[1.0, 2.0], [1.0, 2.0]]), Err(Error::TooFew { needed: 3, .. })));
        assert!(matches!(page_test::<[f64; 3]>(&[]), Err(Error::TooFew { .. })));
        let ragged = [vec![1.0, 2.0, 3.0], vec![1.0, 2.0]];
        assert!(matches!(page_test(&ragged), Err(Error::LengthMismatch { left: 3, right: 2, .. })));
        let broken = [[1.0, 2.0, 3.0], [1.0, f64::NAN, 3.0]];
        assert!(matches!(page_test(&broken), Err(Error::NonFinite { index: 4, .. })));
    }
}
