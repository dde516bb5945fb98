//! Kendall's tau-b, and whether there is more order than chance makes.

use crate::inference::distribution::normal_cdf;
use crate::{Error, Result};
use alloc::{vec, vec::Vec};
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Kendall's tau-b between two rows of values: 1 when they rise together, -1 when one falls where the other rises.
///
/// Ties count for neither. `None` when one row is constant, for then nothing orders it. Quadratic in the number of
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

/// Most distinct numbers of pairs out of order for which the exact null distribution is worked out: beyond, the normal
/// approximation is used (and good).
const MOST_VALUES: usize = 20_000;

/// Kendall's S over cycles and its one-sided p value.
///
/// **What p means.** As in [`super::PageTest`]: its null is "the order is exchangeable anew in every cycle", which any fixed
/// lags reject. It is no headline.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct KendallTest {
    /// Pairs of channels in the expected order less those in the other, summed over cycles; ties count for neither.
    pub s: f64,
    /// Probability of an S at least as large when the order is exchangeable anew in every cycle, ties staying ties.
    pub p: f64,
    /// Whether p is exact; else it is from the normal approximation.
    pub exact: bool,
}

/// Whether times rise with the expected order in more pairs than chance makes, `times[cycle][channel]`, channels in the
/// expected order: the permutation test of the summed S.
///
/// The null distribution is exact: that of one cycle counts the arrangements of its times by their inversions (equal times
/// cannot be told apart), and cycles are independent.
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
    // S of a cycle = pairs that are no tie, less twice its inversions.
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
    let exact = untied <= MOST_VALUES;
    let p = if exact {
        let mut all = vec![1.0];
        let mut last: Option<(&[usize], Vec<f64>)> = None;
        for groups in &ties {
            let row = match last {
                Some((same, row)) if same == groups.as_slice() => row,
                _ => inversion_distribution(channels, groups),
            };
            all = super::page::convolve(&all, &row);
            last = Some((groups, row));
        }
        all[..=inversions].iter().sum::<f64>().min(1.0)
    } else {
        // S moves in steps of 2: half a step of continuity.
        normal_cdf(-(s - 1.0) / variance.sqrt())
    };
    Ok(KendallTest { s, p, exact })
}

/// How many equal values there are of each value.
fn tie_groups(row: &[f64]) -> Vec<usize> {
    let mut sorted = row.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.chunk_by(|a, b| a == b).map(<[f64]>::len).collect()
}

/// Probabilities of 0, 1, 2, ... inversions when every arrangement of values with such ties is equally likely: the
/// q-multinomial coefficient, value by value.
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

#[cfg(test)]
mod tests {
    use super::*;

    /// All arrangements of a row, equal values told apart.
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
    fn the_null_is_that_of_all_arrangements() {
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
    fn bad_rows_are_named() {
        assert!(matches!(kendall_test::<[f64; 2]>(&[]), Err(Error::TooFew { unit: "cycles", .. })));
        assert!(matches!(kendall_test(&[[1.0]]), Err(Error::TooFew { unit: "channels", .. })));
        let ragged = [vec![1.0, 2.0], vec![1.0]];
        assert!(matches!(kendall_test(&ragged), Err(Error::LengthMismatch { .. })));
        assert!(matches!(kendall_test(&[[1.0, f64::NAN]]), Err(Error::NonFinite { index: 1, .. })));
    }

    #[test]
    fn ties_and_bad_input() {
        // scipy.stats.kendalltau([1, 2, 2, 4], [1, 3, 2, 2]).statistic
        let tau = kendall_tau_b(&[1.0, 2.0, 2.0, 4.0], &[1.0, 3.0, 2.0, 2.0]).unwrap().unwrap();
        assert!((tau - 0.4).abs() < 1e-15, "{tau}");
        assert!(matches!(kendall_tau_b(&[1.0], &[1.0]), Err(Error::TooFew { .. })));
        assert!(matches!(kendall_tau_b(&[1.0, 2.0], &[1.0]), Err(Error::LengthMismatch { .. })));
        let result = kendall_tau_b(&[1.0, 2.0], &[1.0, f64::NAN]);
        assert!(matches!(result, Err(Error::NonFinite { index: 1, .. })));
    }
}
