//! Permutation tests of means.

use super::draw::Draws;
use super::permutation_p;
use crate::{Error, Result};
use alloc::vec::Vec;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// More permutations than any p needs.
const MOST_PERMUTATIONS: usize = 1_000_000;

/// Seeded permutation tests whose unit is the stride.
///
/// All permutations are taken when there are no more of them than asked for, and the p value is then exact; else so many are
/// drawn, and the p value is that of [`permutation_p`]. Both are two-sided and never below what their number allows: with
/// three against three strides there are 20 splits, and no p below 0.1.
///
/// **Strides must be exchangeable**: neighbouring strides that resemble each other make the p too small. Then compare
/// intervals that allow for it ([`super::t_interval`]), or test one value per session.
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

/// What a permutation test found.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct PermutationTest {
    /// Difference of the means, first less second; of a paired test the mean difference.
    pub difference: f64,
    /// Share of permutations with a difference at least as large either way.
    pub p: f64,
    /// Permutations taken, beside the observed one when they are drawn.
    pub permutations: usize,
    /// Whether these are all there are.
    pub exact: bool,
}

impl Permutations {
    /// Up to 9999 permutations.
    pub fn new(seed: u64) -> Self {
        Self { seed, count: 9999 }
    }

    /// Sets the number of permutations, from 1 to 1,000,000.
    #[must_use]
    pub fn count(self, count: usize) -> Self {
        Self { count, ..self }
    }

    fn check(&self) -> Result<()> {
        if (1..=MOST_PERMUTATIONS).contains(&self.count) {
            return Ok(());
        }
        Err(Error::Parameter { name: "permutations", rule: "from 1 to 1000000", value: self.count as f64 })
    }

    /// Whether two sets of strides have different means, when under the null any split of them is as likely.
    ///
    /// # Errors
    /// [`Error::TooFew`] when either set is empty; [`Error::NonFinite`] (the index continues into the second set);
    /// [`Error::Parameter`] for a number of permutations outside its range.
    pub fn between(&self, a: &[f64], b: &[f64]) -> Result<PermutationTest> {
        let operation = "a permutation test between two sets";
        self.check()?;
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
        match splits(n, m).filter(|&splits| splits <= self.count) {
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
                let (mut draws, mut order) = (Draws::new(self.seed), all.clone());
                let drawn = (0..self.count).map(|_| {
                    draws.shuffle(&mut order);
                    difference(order[..m].iter().sum()).abs()
                });
                Ok(self.drawn(observed, drawn))
            }
        }
    }

    /// Whether differences of pairs have a mean other than 0, when under the null either sign is as likely.
    ///
    /// # Errors
    /// [`Error::TooFew`] without differences; [`Error::NonFinite`]; [`Error::Parameter`] for a number of permutations outside
    /// its range.
    pub fn paired(&self, differences: &[f64]) -> Result<PermutationTest> {
        let operation = "a permutation test of differences";
        self.check()?;
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
        if n < 20 && 1 << n <= self.count {
            let every = (0..1usize << n).map(|signs| mean(&mut |i| signs >> i & 1 == 1).abs());
            return Ok(exact(observed, every, 1 << n));
        }
        let mut draws = Draws::new(self.seed);
        let drawn = (0..self.count).map(|_| mean(&mut |_| draws.below(2) == 1).abs());
        Ok(self.drawn(observed, drawn))
    }

    fn drawn(&self, observed: f64, drawn: impl Iterator<Item = f64>) -> PermutationTest {
        let p = permutation_p(observed.abs(), drawn);
        PermutationTest { difference: observed, p, permutations: self.count, exact: false }
    }
}

/// All permutations, the observed one among them: without it `permutation_p` would count it twice.
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

/// How many ways there are to choose m of n; `None` beyond any number of permutations.
fn splits(n: usize, m: usize) -> Option<usize> {
    (0..m.min(n - m)).try_fold(1usize, |ways, i| {
        let ways = ways.checked_mul(n - i)? / (i + 1);
        (ways <= MOST_PERMUTATIONS).then_some(ways)
    })
}

/// The next choice in the order of a dictionary; `false` after the last.
fn next_split(chosen: &mut [usize], n: usize) -> bool {
    let m = chosen.len();
    let Some(i) = (0..m).rev().find(|&i| chosen[i] < n - m + i) else { return false };
    chosen[i] += 1;
    for later in i + 1..m {
        chosen[later] = chosen[later - 1] + 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

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
    fn bad_input_is_named() {
        let test = Permutations::new(1);
        assert!(matches!(test.between(&[], &[1.0]), Err(Error::TooFew { .. })));
        assert!(matches!(test.between(&[1.0], &[f64::NAN]), Err(Error::NonFinite { index: 1, .. })));
        assert!(matches!(test.paired(&[]), Err(Error::TooFew { .. })));
        assert!(matches!(test.paired(&[f64::INFINITY]), Err(Error::NonFinite { index: 0, .. })));
        assert!(matches!(test.count(0).paired(&[1.0]), Err(Error::Parameter { .. })));
        assert_eq!(test.between(&[1.0; 3], &[1.0; 4]).unwrap().p, 1.0);
    }
}
