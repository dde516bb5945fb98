//! The convergence index: coincidence measured against chance.

use super::rotation::{Offsets, Rotor};
use super::{Coincidence, DriveGrid, kappa};
use crate::inference::draw::Draws;
use crate::inference::permutation_p;
use crate::{Error, Result};
use alloc::{vec, vec::Vec};

/// More offset vectors or surrogates than any level or p needs, in little memory.
const MOST_DRAWS: usize = 1_000_000;

/// The null hypothesis of the p value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Null {
    /// One random offset per contributor, the same in every step: running is periodic, so chance means *any* fixed
    /// offsets. One runner has one set of offsets: p does not shrink with the number of steps, and a moderate index is
    /// often not significant (five contributors: the 95 % point lies at 0.22 to 0.52).
    #[default]
    Locked,
    /// New random offsets in every step: tests only whether there is any locking at all.
    Independent,
}

/// Kappa of one step.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct StepKappa {
    /// Available, realised and where.
    pub coincidence: Coincidence,
    /// Mean coincidence under random offsets, C0; `None` unless something is available.
    pub chance: Option<f64>,
    /// (C - C0)/(1 - C0): 0 at chance, 1 when every contributor is at its own peak at the same instant, negative below
    /// chance; `None` when 1 - C0 is below 0.02.
    pub kappa: Option<f64>,
}

/// A session tested against chance.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ChanceTest {
    /// The result for each step.
    pub steps: Vec<StepKappa>,
    /// Mean of the steps' kappa; `None` when no step has one.
    pub kappa: Option<f64>,
    /// Probability of a session kappa this large by chance; `None` without kappa.
    pub p: Option<f64>,
    /// The null hypothesis.
    pub null: Null,
}

impl ChanceTest {
    /// Returns the smallest kappa the session can have when no drive is negative, that of no coincidence at all: the mean of
    /// -C0/(1 - C0) over the steps that have a kappa.
    pub(super) fn least_kappa(&self) -> f64 {
        let defined = || self.steps.iter().filter(|step| step.kappa.is_some()).filter_map(|step| step.chance);
        defined().map(|chance| -chance / (1.0 - chance)).sum::<f64>() / defined().count() as f64
    }

    /// Returns each step's kappa, NaN where it has none.
    pub fn kappas(&self) -> Vec<f64> {
        self.steps.iter().map(|step| step.kappa.unwrap_or(f64::NAN)).collect()
    }
}

/// Tests coincidence against the chance level of random offsets.
///
/// Every contributor is rotated within the cycle by a random offset; the same offset vectors serve all steps. When
/// there are no more different vectors than requested (two contributors: 100), each is used once.
///
/// # Costs
/// Proportional to steps x offsets x contributors x phases: 25 steps, 10,000 offsets, 5 contributors and 100 phases are
/// 1.25e8 additions.
///
/// ```
/// use copeak::convergence::{ChanceLevel, DriveGrid};
/// // Two equal pulses, once together and once apart; four rotations are possible.
/// let together = vec![vec![0.0, 4.0, 0.0, 0.0], vec![0.0, 4.0, 0.0, 0.0]];
/// let apart = vec![vec![0.0, 4.0, 0.0, 0.0], vec![0.0, 0.0, 0.0, 4.0]];
/// let test = ChanceLevel::new(1).test(&DriveGrid::from_steps(&[together, apart])?)?;
/// // One rotation in four gives 1, three give one half.
/// assert_eq!(test.steps[0].chance, Some(0.625));
/// assert_eq!(test.steps[0].kappa, Some(1.0));
/// assert_eq!(test.steps[1].kappa, Some(-1.0 / 3.0));
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChanceLevel {
    seed: u64,
    offsets: usize,
    surrogates: usize,
    null: Null,
}

impl ChanceLevel {
    /// Creates a test with 10,000 offset vectors, 999 surrogate sessions and the null [`Null::Locked`].
    pub fn new(seed: u64) -> Self {
        Self { seed, offsets: 10_000, surrogates: 999, null: Null::Locked }
    }

    /// Sets the number of offset vectors for the chance level, 1 to 1,000,000.
    #[must_use]
    pub fn offsets(self, offsets: usize) -> Self {
        Self { offsets, ..self }
    }

    /// Sets the number of surrogate sessions for the p value, at most 1,000,000; 0 for no p value.
    #[must_use]
    pub fn surrogates(self, surrogates: usize) -> Self {
        Self { surrogates, ..self }
    }

    /// Sets the null hypothesis.
    #[must_use]
    pub fn null(self, null: Null) -> Self {
        Self { null, ..self }
    }

    /// Tests every step and the session against chance.
    ///
    /// Surrogate sessions take their coincidences from the pool of offset vectors; the chance level of a step stays
    /// that of the observed step.
    ///
    /// # Errors
    /// [`Error::Parameter`] for a number of offset vectors or surrogates outside its range.
    pub fn test(&self, drives: &DriveGrid) -> Result<ChanceTest> {
        if !(1..=MOST_DRAWS).contains(&self.offsets) {
            let (name, rule) = ("offset vectors", "from 1 to 1000000");
            return Err(Error::Parameter { name, rule, value: self.offsets as f64 });
        }
        if self.surrogates > MOST_DRAWS {
            let (name, rule) = ("surrogate sessions", "at most 1000000");
            return Err(Error::Parameter { name, rule, value: self.surrogates as f64 });
        }
        let mut draws = Draws::new(self.seed);
        let offsets = Offsets::new(drives.contributors(), drives.phases(), self.offsets, &mut draws);
        let mut rotor = Rotor::new(drives);
        let mut realised = Vec::with_capacity(self.offsets);
        let mut surrogate_sums = vec![0.0; self.surrogates];
        let mut picks: Vec<usize> = Vec::new();
        let mut steps = Vec::with_capacity(drives.steps());
        for j in 0..drives.steps() {
            let coincidence = drives.coincidence(j);
            realised.clear();
            rotor.load(drives, j);
            rotor.realised(&offsets, &mut realised);
            if picks.is_empty() || self.null == Null::Independent {
                picks.clear();
                picks.extend((0..self.surrogates).map(|_| draws.below(realised.len())));
            }
            let chance = coincidence
                .coincidence()
                .map(|_| realised.iter().sum::<f64>() / realised.len() as f64 / coincidence.available);
            let kappa = |p: f64| kappa(p / coincidence.available, chance?);
            let observed = kappa(coincidence.realised);
            if observed.is_some() {
                for (sum, &pick) in surrogate_sums.iter_mut().zip(&picks) {
                    *sum += kappa(realised[pick]).unwrap_or(0.0);
                }
            }
            steps.push(StepKappa { coincidence, chance, kappa: observed });
        }
        let defined: Vec<f64> = steps.iter().filter_map(|step| step.kappa).collect();
        let count = defined.len() as f64;
        let kappa = (!defined.is_empty()).then(|| defined.iter().sum::<f64>() / count);
        let p = kappa
            .filter(|_| self.surrogates > 0)
            .map(|kappa| permutation_p(kappa, surrogate_sums.iter().map(|sum| sum / count)));
        Ok(ChanceTest { steps, kappa, p, null: self.null })
    }
}

#[cfg(test)]
mod tests {
    use super::super::GridShape;
    use super::*;

    fn grid(contributors: usize, y: Vec<f64>) -> DriveGrid {
        DriveGrid::from_shape(GridShape { contributors, phases: 4 }, y).unwrap()
    }

    fn test(drives: &DriveGrid) -> ChanceTest {
        ChanceLevel::new(1).test(drives).unwrap()
    }

    #[test]
    fn a_single_contributor_has_no_kappa() {
        let found = test(&grid(1, vec![0.0, 1.0, 2.0, 1.0]));
        assert_eq!((found.steps[0].chance, found.kappa, found.p), (Some(1.0), None, None));
    }

    #[test]
    fn a_step_with_nothing_available_has_no_chance_level() {
        let mut y = vec![0.0; 8];
        y.extend([0.0, 4.0, 0.0, 0.0, 0.0, 4.0, 0.0, 0.0]);
        let found = test(&grid(2, y));
        assert_eq!((found.steps[0].chance, found.steps[0].kappa), (None, None));
        assert_eq!(found.kappa, Some(1.0));
    }

    #[test]
    fn a_chance_level_near_1_leaves_kappa_undefined() {
        let flat = |phase: usize| (0..4).map(move |t| if t == phase { 1.0 } else { 0.99 });
        assert_eq!(test(&grid(2, flat(0).chain(flat(1)).collect())).kappa, None);
    }

    #[test]
    fn settings_outside_their_range_are_errors_of_the_test() {
        let drives = grid(2, vec![0.0, 4.0, 0.0, 0.0, 0.0, 4.0, 0.0, 0.0]);
        let level = ChanceLevel::new(1);
        for bad in [level.offsets(0), level.offsets(usize::MAX), level.surrogates(usize::MAX)] {
            assert!(matches!(bad.test(&drives), Err(Error::Parameter { .. })));
        }
        assert_eq!(level.surrogates(0).test(&drives).unwrap().p, None);
    }
}
