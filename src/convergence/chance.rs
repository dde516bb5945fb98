//! The convergence index: coincidence measured against chance.

use super::rotation::{Offsets, Rotor};
use super::{Coincidence, DriveGrid, kappa};
use crate::inference::draw::Draws;
use crate::inference::permutation_p;
use crate::{Error, Result};
use alloc::{vec, vec::Vec};

/// More offset vectors or surrogates than any level or p needs, and still little memory.
const MOST_DRAWS: usize = 1_000_000;

/// What chance means in the p value.
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
    /// Random offsets anew in every step: tests only whether there is any locking at all.
    Independent,
}

/// One step against chance.
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

/// A session against chance.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ChanceTest {
    /// Every step.
    pub steps: Vec<StepKappa>,
    /// Mean of the steps' kappa; `None` when no step has one.
    pub kappa: Option<f64>,
    /// Probability of a session kappa this large by chance; `None` without kappa.
    pub p: Option<f64>,
    /// What chance meant.
    pub null: Null,
}

impl ChanceTest {
    /// The least that the session's kappa can be when no drive is negative: that of no coincidence at all, mean of
    /// -C0/(1 - C0) over the steps that have a kappa.
    pub(super) fn least_kappa(&self) -> f64 {
        let defined = || self.steps.iter().filter(|step| step.kappa.is_some()).filter_map(|step| step.chance);
        defined().map(|chance| -chance / (1.0 - chance)).sum::<f64>() / defined().count() as f64
    }

    /// Each step's kappa, NaN where it has none.
    pub fn kappas(&self) -> Vec<f64> {
        self.steps.iter().map(|step| step.kappa.unwrap_or(f64::NAN)).collect()
    }
}

/// The chance level by random offsets.
///
/// Every contributor is rotated within the cycle by a random offset; the same offset vectors serve all steps. When
/// there are no more different vectors than asked for (two contributors: 100), each is used once.
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
/// let index = ChanceLevel::new(1).index(&DriveGrid::from_steps(&[together, apart])?);
/// // One rotation in four gives 1, three give one half.
/// assert_eq!(index.steps[0].chance, Some(0.625));
/// assert_eq!(index.steps[0].kappa, Some(1.0));
/// assert_eq!(index.steps[1].kappa, Some(-1.0 / 3.0));
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
    /// 10,000 offset vectors, 999 surrogate sessions, null [`Null::Locked`].
    pub fn new(seed: u64) -> Self {
        Self { seed, offsets: 10_000, surrogates: 999, null: Null::Locked }
    }

    /// With another number of offset vectors for the chance level.
    ///
    /// # Errors
    /// [`Error::Parameter`] below 1 and above 1,000,000.
    pub fn with_offsets(self, offsets: usize) -> Result<Self> {
        if !(1..=MOST_DRAWS).contains(&offsets) {
            let (name, rule) = ("offset vectors", "from 1 to 1000000");
            return Err(Error::Parameter { name, rule, value: offsets as f64 });
        }
        Ok(Self { offsets, ..self })
    }

    /// With another number of surrogate sessions for the p value; 0 for none.
    ///
    /// # Errors
    /// [`Error::Parameter`] above 1,000,000.
    pub fn with_surrogates(self, surrogates: usize) -> Result<Self> {
        if surrogates > MOST_DRAWS {
            let (name, rule) = ("surrogate sessions", "at most 1000000");
            return Err(Error::Parameter { name, rule, value: surrogates as f64 });
        }
        Ok(Self { surrogates, ..self })
    }

    /// With another null.
    #[must_use]
    pub fn with_null(self, null: Null) -> Self {
        Self { null, ..self }
    }

    /// Every step and the session against chance.
    ///
    /// Surrogate sessions take their coincidences from the pool of offset vectors; the chance level of a step stays
    /// that of the observed step.
    pub fn index(&self, drives: &DriveGrid) -> ChanceTest {
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
        ChanceTest { steps, kappa, p, null: self.null }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_contributor_has_no_index() {
        let drives = DriveGrid::new(1, 4, vec![0.0, 1.0, 2.0, 1.0]).unwrap();
        let index = ChanceLevel::new(1).index(&drives);
        assert_eq!((index.steps[0].chance, index.kappa, index.p), (Some(1.0), None, None));
    }

    #[test]
    fn a_step_with_nothing_available_has_no_chance_level() {
        let mut y = vec![0.0; 8];
        y.extend([0.0, 4.0, 0.0, 0.0, 0.0, 4.0, 0.0, 0.0]);
        let index = ChanceLevel::new(1).index(&DriveGrid::new(2, 4, y).unwrap());
        assert_eq!((index.steps[0].chance, index.steps[0].kappa), (None, None));
        assert_eq!(index.kappa, Some(1.0));
    }

    #[test]
    fn too_little_room_leaves_the_index_undefined() {
        let flat = |phase: usize| (0..4).map(move |t| if t == phase { 1.0 } else { 0.99 });
        let y = flat(0).chain(flat(1)).collect();
        assert_eq!(ChanceLevel::new(1).index(&DriveGrid::new(2, 4, y).unwrap()).kappa, None);
    }

    #[test]
    fn bad_settings_are_named() {
        assert!(matches!(ChanceLevel::new(1).with_offsets(0), Err(Error::Parameter { .. })));
        assert!(matches!(ChanceLevel::new(1).with_offsets(usize::MAX), Err(Error::Parameter { .. })));
        assert!(matches!(ChanceLevel::new(1).with_surrogates(usize::MAX), Err(Error::Parameter { .. })));
        let drives = DriveGrid::new(2, 4, vec![0.0, 4.0, 0.0, 0.0, 0.0, 4.0, 0.0, 0.0]).unwrap();
        assert_eq!(ChanceLevel::new(1).with_surrogates(0).unwrap().index(&drives).p, None);
    }
}
