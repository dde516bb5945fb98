//! Comparison of two groups of curves.

use super::Rows;
use crate::inference::draw::Draws;
use crate::inference::permutation_p;
use crate::{Error, Real, Result};
use alloc::{vec, vec::Vec};
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Upper limit of permutations, more than any test needs.
const MOST_PERMUTATIONS: usize = 1_000_000;

/// Compares two groups of curves over their whole length by permutation of the largest |t| (Nichols & Holmes 2002,
/// doi:10.1002/hbm.1058), which holds the level for the curve as a whole, regardless of its smoothness.
///
/// For independent groups the statistic is the pooled t at each point and the labels are exchanged; for pairs, the t of the
/// differences, whose signs are flipped. All permutations are used if there are no more than requested, else random ones.
/// A permutation is as likely as the observed one only when curves are exchangeable under the null hypothesis: athletes
/// are; the strides of two sessions are only if neighbouring strides do not resemble each other. Simulated strides with
/// autocorrelation 0.3 gave 25 % false alarms at 5 % where independent ones gave 5 % (`tests/it/ensemble/calibration.rs`):
/// average each session first, or leave out strides.
///
/// ```
/// use copeak::ensemble::CurveTest;
/// // Twelve curves with scatter, twelve that are higher from point 40 to 60.
/// let curve = |j: i32, up: f64| -> Vec<f64> {
///     let own = f64::from((j * 37) % 11) / 11.0 - 0.5;
///     (0..101).map(|i| own * (0.1 * f64::from(i) + f64::from(j)).sin() + if (40..60).contains(&i) { up } else { 0.0 }).collect()
/// };
/// let before: Vec<_> = (0..12).map(|j| curve(j, 0.0)).collect();
/// let after: Vec<_> = (12..24).map(|j| curve(j, 1.0)).collect();
/// let found = CurveTest::new(1).independent(&before, &after)?;
/// assert!(found.p < 0.01);
/// assert_eq!((found.regions[0].start, found.regions[0].end), (40, 60));
/// # Ok::<(), copeak::Error>(())
/// ```
#[doc(alias("SPM", "SnPM", "statistical parametric mapping", "permutation_test"))]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CurveTest {
    seed: u64,
    permutations: usize,
    level: f64,
}

/// Difference of two groups of curves, with the points at which it is significant.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Difference {
    /// Mean of the second group minus mean of the first.
    pub difference: Vec<f64>,
    /// t value of each point; 0 where nothing varies, infinite where only the groups differ.
    pub t: Vec<f64>,
    /// p of each point, adjusted for the comparison of the whole curve.
    pub p_point: Vec<f64>,
    /// p of the whole curve: the smallest of the points'.
    pub p: f64,
    /// Critical value of |t|; `None` when there are too few permutations for the level.
    pub critical_t: Option<f64>,
    /// Stretches of significant points, in order.
    pub regions: Vec<Region>,
    /// Number of permutations used, including the observed one; p is at least the reciprocal.
    pub permutations: usize,
    /// Whether these are all possible permutations.
    pub exact: bool,
}

/// A stretch of points of a curve.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Region {
    /// First point.
    pub start: usize,
    /// The point after the last.
    pub end: usize,
    /// Smallest p of its points.
    pub p: f64,
}

impl CurveTest {
    /// Creates a test with 1999 permutations at level 0.95.
    pub fn new(seed: u64) -> Self {
        Self { seed, permutations: 1999, level: 0.95 }
    }

    /// Sets the number of permutations in addition to the observed one, from 1 to 1,000,000.
    #[must_use]
    pub fn permutations(self, permutations: usize) -> Self {
        Self { permutations, ..self }
    }

    /// Sets the level, in (0, 1): points with p at most 1 - level are significant.
    #[must_use]
    pub fn level(self, level: f64) -> Self {
        Self { level, ..self }
    }

    fn check(&self) -> Result<()> {
        crate::inference::checked_level(self.level)?;
        if (1..=MOST_PERMUTATIONS).contains(&self.permutations) {
            return Ok(());
        }
        let (name, rule) = ("permutations", "from 1 to 1000000");
        Err(Error::Parameter { name, rule, value: self.permutations as f64 })
    }

    /// Compares two independent groups of curves.
    ///
    /// # Errors
    /// [`Error::TooFew`] below two curves in a group; [`Error::LengthMismatch`] between curves; [`Error::NonFinite`] with the
    /// index of the first curve, counted through both groups, that holds a NaN or infinite value; [`Error::Parameter`] for
    /// permutations or a level outside their range.
    pub fn independent<A, B, T>(&self, first: &[A], second: &[B]) -> Result<Difference>
    where
        A: AsRef<[T]>,
        B: AsRef<[T]>,
        T: Real,
    {
        let operation = "a comparison of curves";
        self.check()?;
        let (a, b) = (first.len(), second.len());
        if a.min(b) < 2 {
            return Err(Error::TooFew { operation, unit: "curves in each group", needed: 2, got: a.min(b) });
        }
        let all: Vec<&[T]> =
            first.iter().map(AsRef::as_ref).chain(second.iter().map(AsRef::as_ref)).collect();
        let mut rows = Rows::of(&all, operation, 4)?;
        let grand = rows.mean();
        rows.subtract(&grand);
        let squares = rows.squares();
        rows.standardise(&squares, &grand);
        // With a total sum of squares of 1, the share between the groups is the squared sum of either times this.
        let share = 1.0 / a as f64 + 1.0 / b as f64;
        let groups = Groups { rows: &rows, chosen: b.min(a), of_second: b <= a };
        let seen = groups.seen();
        let root = |squares: &f64| squares.sqrt();
        let difference = seen
            .iter()
            .zip(squares.iter().map(root))
            .map(|(sum, scale)| sum * scale * share * if groups.of_second { 1.0 } else { -1.0 })
            .collect();
        let freedom = (a + b - 2) as f64;
        let sign = if groups.of_second { 1.0 } else { -1.0 };
        let (maxima, exact) = groups.permuted(self.permutations, self.seed);
        Ok(self.judge(
            difference,
            seen.iter().map(|s| sign * s * share.sqrt()).collect(),
            freedom,
            maxima,
            share,
            exact,
        ))
    }

    /// Compares two groups in which curve i of one is paired with curve i of the other: before and after, left and right.
    ///
    /// # Errors
    /// [`Error::TooFew`] below two pairs; [`Error::LengthMismatch`] between groups and between curves; [`Error::NonFinite`] with
    /// the index of the first pair whose difference has a NaN or infinite value; [`Error::Parameter`] for permutations or a
    /// level outside their range.
    pub fn paired<A, B, T>(&self, first: &[A], second: &[B]) -> Result<Difference>
    where
        A: AsRef<[T]>,
        B: AsRef<[T]>,
        T: Real,
    {
        let operation = "a comparison of pairs of curves";
        self.check()?;
        if first.len() != second.len() {
            return Err(Error::LengthMismatch { operation, left: first.len(), right: second.len() });
        }
        let mut pairs = Vec::with_capacity(first.len());
        for (a, b) in first.iter().map(AsRef::as_ref).zip(second.iter().map(AsRef::as_ref)) {
            if a.len() != b.len() {
                return Err(Error::LengthMismatch { operation, left: a.len(), right: b.len() });
            }
            pairs.push(a.iter().zip(b).map(|(a, b)| b.as_f64() - a.as_f64()).collect::<Vec<f64>>());
        }
        let mut rows = Rows::of(&pairs, operation, 2)?;
        let (difference, squares) = (rows.mean(), rows.squares());
        rows.standardise(&squares, &vec![0.0; rows.points]);
        let share = 1.0 / rows.n as f64;
        let mut seen = vec![0.0; rows.points];
        rows.iter().for_each(|row| add(&mut seen, row, 1.0));
        let (maxima, exact) = flipped(&rows, self.permutations, self.seed);
        let freedom = rows.n as f64 - 1.0;
        Ok(self.judge(
            difference,
            seen.iter().map(|s| s * share.sqrt()).collect(),
            freedom,
            maxima,
            share,
            exact,
        ))
    }

    /// `r` is the signed root of the share of the squares that lies between the groups; `maxima` are the largest sums of
    /// the permutations, which `share` turns into such shares.
    fn judge(
        &self,
        difference: Vec<f64>,
        r: Vec<f64>,
        freedom: f64,
        maxima: Vec<f64>,
        share: f64,
        exact: bool,
    ) -> Difference {
        let mut permuted: Vec<f64> = maxima.iter().map(|sum| sum * share.sqrt()).collect();
        permuted.sort_unstable_by(|a, b| b.total_cmp(a));
        let t_of = |r: f64| {
            let rest = (1.0 - r * r).max(0.0);
            if r == 0.0 {
                0.0
            } else if rest < 1e-14 {
                r.signum() * f64::INFINITY
            } else {
                r * (freedom / rest).sqrt()
            }
        };
        // Sorted, so that each point needs a binary search only.
        let p_of = |r: &f64| {
            let slack = 1e-12 * r.abs().max(1.0);
            let large = permuted.partition_point(|m| *m >= r.abs() - slack);
            (1 + large) as f64 / (1 + permuted.len()) as f64
        };
        let p_point: Vec<f64> = r.iter().map(p_of).collect();
        let top = r.iter().fold(0.0_f64, |top, r| top.max(r.abs()));
        let alpha = 1.0 - self.level;
        let allowed = (alpha * (1 + permuted.len()) as f64 + 1e-9) as usize;
        let critical_t = allowed.checked_sub(1).map(|k| t_of(permuted.get(k).copied().unwrap_or(0.0)));
        let mut regions: Vec<Region> = Vec::new();
        for (i, &p) in p_point.iter().enumerate().filter(|(_, p)| **p <= alpha + 1e-12) {
            match regions.last_mut() {
                Some(last) if last.end == i => (last.end, last.p) = (i + 1, last.p.min(p)),
                _ => regions.push(Region { start: i, end: i + 1, p }),
            }
        }
        Difference {
            difference,
            t: r.into_iter().map(t_of).collect(),
            p: permutation_p(top, permuted.iter().copied()),
            p_point,
            critical_t,
            regions,
            permutations: 1 + permuted.len(),
            exact,
        }
    }
}

/// Rows of two groups, of which the smaller one is drawn again in every permutation.
struct Groups<'a> {
    rows: &'a Rows,
    chosen: usize,
    /// Whether the drawn group is the second, whose rows come last.
    of_second: bool,
}

impl Groups<'_> {
    fn row(&self, i: usize) -> &[f64] {
        &self.rows.values[i * self.rows.points..(i + 1) * self.rows.points]
    }

    fn first(&self) -> usize {
        if self.of_second { self.rows.n - self.chosen } else { 0 }
    }

    /// Returns the observed sum of the drawn group.
    fn seen(&self) -> Vec<f64> {
        let mut sum = vec![0.0; self.rows.points];
        (self.first()..self.first() + self.chosen).for_each(|i| add(&mut sum, self.row(i), 1.0));
        sum
    }

    /// Returns the largest |sum| of each permutation except the observed one, and whether these are all.
    fn permuted(&self, most: usize, seed: u64) -> (Vec<f64>, bool) {
        let (n, k) = (self.rows.n, self.chosen);
        let mut sum = vec![0.0; self.rows.points];
        let mut largest = |chosen: &[usize]| {
            sum.fill(0.0);
            chosen.iter().for_each(|&i| add(&mut sum, self.row(i), 1.0));
            sum.iter().fold(0.0_f64, |top, s| top.max(s.abs()))
        };
        if choices(n, k, most + 1).is_some() {
            let seen: Vec<usize> = (self.first()..self.first() + k).collect();
            let (mut maxima, mut chosen) = (Vec::new(), (0..k).collect::<Vec<usize>>());
            loop {
                if chosen != seen {
                    maxima.push(largest(&chosen));
                }
                // The next combination in order: the last index that can move moves, and those after it follow directly.
                let Some(place) = (0..k).rev().find(|&p| chosen[p] < n - k + p) else {
                    return (maxima, true);
                };
                chosen[place] += 1;
                (place + 1..k).for_each(|p| chosen[p] = chosen[p - 1] + 1);
            }
        }
        let mut draws = Draws::new(seed);
        let mut order: Vec<usize> = (0..n).collect();
        let draw = |_| {
            (0..k).for_each(|i| order.swap(i, i + draws.below(n - i)));
            largest(&order[..k])
        };
        ((0..most).map(draw).collect(), false)
    }
}

/// Returns the number of ways to choose k of n; `None` above `most`.
fn choices(n: usize, k: usize, most: usize) -> Option<usize> {
    let mut ways = 1usize;
    for i in 0..k {
        ways = ways.checked_mul(n - i)? / (i + 1);
        if ways > most {
            return None;
        }
    }
    Some(ways)
}

/// Returns the largest |sum| of rows under each choice of signs except the observed one, up to a change of all, and whether these are all.
fn flipped(rows: &Rows, most: usize, seed: u64) -> (Vec<f64>, bool) {
    let mut sum = vec![0.0; rows.points];
    let mut largest = |sign: &mut dyn FnMut(usize) -> f64| {
        sum.fill(0.0);
        rows.iter().enumerate().for_each(|(j, row)| add(&mut sum, row, sign(j)));
        sum.iter().fold(0.0_f64, |top, s| top.max(s.abs()))
    };
    let all = u32::try_from(rows.n - 1).ok().and_then(|bits| 1usize.checked_shl(bits));
    if let Some(all) = all.filter(|&all| all <= most + 1) {
        let maxima =
            (1..all).map(|bits| largest(&mut |j| if j > 0 && bits >> (j - 1) & 1 == 1 { -1.0 } else { 1.0 }));
        return (maxima.collect(), true);
    }
    let mut draws = Draws::new(seed);
    ((0..most).map(|_| largest(&mut |_| if draws.below(2) == 0 { 1.0 } else { -1.0 })).collect(), false)
}

#[inline]
fn add(sum: &mut [f64], row: &[f64], sign: f64) {
    sum.iter_mut().zip(row).for_each(|(s, x)| *s += sign * x);
}
