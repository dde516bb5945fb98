//! Whether two sets of phases have the same mean.

use super::Circular;
use crate::inference::distribution::student_cdf;
use crate::inference::draw::Draws;
use crate::inference::permutation_p;
use crate::{Error, Result};
use alloc::vec::Vec;
use core::f64::consts::TAU;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// More than any p value needs.
const MOST_REPLICATES: usize = 1_000_000;

/// The Watson-Williams test of two sets of phases.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct WatsonWilliams {
    /// The F statistic, with 1 and [`WatsonWilliams::freedom`] degrees of freedom.
    pub f: f64,
    /// Degrees of freedom within: all phases less two.
    pub freedom: f64,
    /// Probability of an F this large when both have the same mean.
    pub p: f64,
    /// Estimated concentration kappa of both together. The test needs at least about 1.
    pub concentration: f64,
}

/// Whether two sets of phases have the same mean, by permutation.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct SameDirection {
    /// Mean of the second less that of the first, in [-0.5, 0.5); `None` where one has no mean.
    pub difference: Option<f64>,
    /// Probability, when all phases come from one distribution, of two means that lie as far apart.
    pub p: f64,
}

impl Circular {
    /// Whether this and `other` have the same mean phase: the F test of Watson and Williams (1956) as in Zar,
    /// *Biostatistical Analysis*, 5th ed. (2010), section 27.4, with Fisher's (1993, section 4.5.5) estimate of the
    /// concentration.
    ///
    /// It assumes von Mises phases of one concentration, not below about 1 (R above 0.45); where that is in doubt use
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

/// Fisher's (1993, equation 4.40) approximation of the von Mises concentration whose resultant is `r`.
fn concentration(r: f64) -> f64 {
    if r < 0.53 {
        2.0 * r + r.powi(3) + 5.0 * r.powi(5) / 6.0
    } else if r < 0.85 {
        -0.4 + 1.39 * r + 0.43 / (1.0 - r)
    } else {
        1.0 / (r.powi(3) - 4.0 * r.powi(2) + 3.0 * r)
    }
}

/// Whether two sets of phases have the same mean, without a word on how they are distributed: phases are dealt anew
/// between the sets `replicates` times, and p counts how often the two resultants are together as long.
///
/// The null is that both come from one distribution, so a difference in spread can show as well when there are few phases.
/// Phases must be exchangeable: strides that follow each other and resemble each other are not.
///
/// ```
/// use copeak::synchrony::same_direction;
/// let test = same_direction(&[0.98, 0.01, 0.05, 0.93, 0.02], &[0.14, 0.09, 0.12, 0.16, 0.11], 999, 1)?;
/// assert!(test.p < 0.02 && test.difference.is_some_and(|d| d > 0.1));
/// # Ok::<(), copeak::Error>(())
/// ```
///
/// # Errors
/// [`Error::TooFew`] for an empty set, [`Error::NonFinite`], [`Error::Parameter`] for replicates below 1 or above
/// 1,000,000.
#[doc(alias = "permutation_test")]
pub fn same_direction(first: &[f64], second: &[f64], replicates: usize, seed: u64) -> Result<SameDirection> {
    if !(1..=MOST_REPLICATES).contains(&replicates) {
        let (name, rule) = ("replicates", "from 1 to 1000000");
        return Err(Error::Parameter { name, rule, value: replicates as f64 });
    }
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
    let mut draws = Draws::new(seed);
    let surrogates = (0..replicates).map(|_| {
        draws.shuffle(&mut vectors);
        statistic(&vectors)
    });
    let p = permutation_p(observed, surrogates);
    let difference = a.mean.zip(b.mean).map(|(a, b)| super::difference(b, a));
    Ok(SameDirection { difference, p })
}

#[cfg(test)]
mod tests {
    use super::*;

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
                let share = false_alarms(n, sd, |a, b| same_direction(a, b, 199, 7).unwrap().p);
                assert!((share - 0.05).abs() < 0.0146, "permutation, {n} of SD {sd}: {share}");
            }
        }
    }

    #[test]
    fn bad_input_is_named() {
        let one = Circular::of(&[0.2]).unwrap();
        assert!(matches!(one.watson_williams(&one), Err(Error::TooFew { needed: 3, .. })));
        let still = Circular::of(&[0.2; 4]).unwrap();
        assert!(matches!(still.watson_williams(&still), Err(Error::Constant { .. })));
        assert!(matches!(same_direction(&[], &[0.1], 99, 1), Err(Error::TooFew { .. })));
        assert!(matches!(same_direction(&[0.1], &[f64::NAN], 99, 1), Err(Error::NonFinite { .. })));
        assert!(matches!(same_direction(&[0.1], &[0.2], 0, 1), Err(Error::Parameter { .. })));
        // Spread evenly, neither has a mean.
        let even = [0.0, 0.25, 0.5, 0.75];
        assert_eq!(same_direction(&even, &even, 99, 1).unwrap().difference, None);
    }
}
