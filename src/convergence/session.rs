//! The convergence of one recording.

use super::chance::{ChanceLevel, ChanceTest, StepKappa};
use super::cycles::{ExcludedContributor, ExcludedStep};
use super::peak_phases::{PeakJitter, PeakPhases, StepTiming};
use super::timing::{Retiming, TimingLoss};
use super::{CycleKind, Cycles, Null};
use crate::inference::{Bootstrap, Estimate, Interval};
use crate::math::moments;
use crate::peak::{NoPeak, Peak};
use crate::synchrony::Locking;
use crate::time::TimeSpan;
use crate::{Error, Result};
use alloc::{string::String, vec::Vec};
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Largest shift of a contributor, as a fraction of the stride.
const REACH: f64 = 0.125;

/// Measures the convergence of a session, and compares sessions.
///
/// ```
/// use copeak::convergence::SessionAnalysis;
/// let analysis = SessionAnalysis::new(1).replicates(200).level(0.9);
/// # let _ = analysis;
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SessionAnalysis {
    seed: u64,
    chance: ChanceLevel,
    replicates: Option<usize>,
    level: Option<f64>,
}

/// One used step.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SessionStep {
    /// Index among the steps given to [`Cycles::new`].
    pub source: usize,
    /// The convergence index: available, realised, chance and kappa.
    pub index: StepKappa,
    /// Simultaneity and spread of its peaks.
    pub timing: StepTiming,
    /// The cycle in which the contributors are compared.
    pub window: TimeSpan,
    /// The peak of each of [`Session::contributors`], in its own unit, or why it has none.
    #[cfg_attr(feature = "serde", serde(with = "serde_peaks"))]
    pub peaks: Vec<Result<Peak, NoPeak>>,
}

/// JSON of a step's peaks: each a peak, or `{"absent": reason}`.
#[cfg(feature = "serde")]
mod serde_peaks {
    use super::{NoPeak, Peak, Vec};
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    #[serde(untagged)]
    enum Outcome {
        Found(Peak),
        Absent { absent: NoPeak },
    }

    pub(super) fn serialize<S: Serializer>(
        peaks: &[Result<Peak, NoPeak>],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(peaks.iter().map(|peak| match *peak {
            Ok(peak) => Outcome::Found(peak),
            Err(absent) => Outcome::Absent { absent },
        }))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<Result<Peak, NoPeak>>, D::Error> {
        let outcomes: Vec<Outcome> = Vec::deserialize(deserializer)?;
        let peak = |outcome| match outcome {
            Outcome::Found(peak) => Ok(peak),
            Outcome::Absent { absent } => Err(absent),
        };
        Ok(outcomes.into_iter().map(peak).collect())
    }
}

/// One contributor over the session.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SessionContributor {
    /// Its name.
    pub name: String,
    /// Unit of `mean_peak`.
    pub unit: String,
    /// Mean of its maxima, in its own unit.
    pub mean_peak: f64,
    /// Its share of the mean sum at the session's phase (see [`super::DriveGrid::shares`]).
    pub share: Option<f64>,
    /// Scatter of its peak time.
    pub jitter: Option<PeakJitter>,
    /// Standard deviation of its pulse's time relative to its own mean pulse (see [`super::DriveGrid::pulse_lags`]), on which
    /// noise has less effect than on the peak; `None` below two steps that have one.
    pub pulse_jitter_s: Option<f64>,
    /// Fraction of its peak that the mean cycle loses by timing scatter.
    pub blur: Option<f64>,
    /// Its share of the leak A - P (Shapley value), in the session's unit.
    pub timing_cost: f64,
    /// The shift, common to all steps, with the largest gain, in seconds of the mean cycle; positive = later (see
    /// [`Retiming::between`]).
    pub best_shift_s: Option<Estimate>,
    /// The gain of re-timing it, with its uncertainty.
    pub retiming: Option<Retiming>,
}

/// Locking of a pair of contributors.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct PairLocking {
    /// First contributor.
    pub a: String,
    /// Second contributor.
    pub b: String,
    /// Pairwise phase consistency; `None` below two steps in which both have a peak.
    pub locking: Option<Locking>,
    /// The same with its interval over strides.
    pub estimate: Option<Estimate>,
}

/// Convergence of one recording. All amounts (available, realised, timing costs) are in `unit`.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Session {
    /// The model of the contributors. Different models answer different questions: joint-velocity drives are proxies,
    /// not forces.
    pub model: String,
    /// `mean peaks` or `N`.
    pub unit: String,
    /// The period in which contributors are compared.
    pub cycle: CycleKind,
    /// The steps used.
    pub steps: Vec<SessionStep>,
    /// Mean available sum, A.
    pub available: f64,
    /// Mean realised sum, P.
    pub realised: f64,
    /// P/A; `None` unless A is above 0.
    pub coincidence: Option<f64>,
    /// Mean kappa of the steps, with its t-interval over strides (limited to the values kappa can take); `None` when no step has a kappa.
    pub kappa: Option<Estimate>,
    /// Smallest and largest kappa when the cycle start is shifted by 0, 10 and 20 % either way; `None` where the recording is too
    /// short for any shift.
    pub cycle_start: Option<Interval>,
    /// Probability of a kappa this large by chance.
    pub p: Option<f64>,
    /// The null hypothesis of `p`.
    pub null: Null,
    /// Mean simultaneity of the steps; `None` when no step has two peaks.
    pub simultaneity: Option<Estimate>,
    /// Mean spread of the peaks in seconds.
    pub spread_s: Option<f64>,
    /// Every pair of contributors.
    pub locking: Vec<PairLocking>,
    /// Loss by fixed offsets and by scatter; `None` unless A is above 0.
    pub loss: Option<TimingLoss>,
    /// The contributors, in the order given.
    pub contributors: Vec<SessionContributor>,
    /// Whether timing costs come from all subsets; else from random orders.
    pub exact_costs: bool,
    /// Accepted steps that are not used, and why.
    pub excluded_steps: Vec<ExcludedStep>,
    /// Contributors that are not used, and why.
    pub excluded_contributors: Vec<(String, ExcludedContributor)>,
}

impl SessionAnalysis {
    /// Creates an analysis with 10,000 offset vectors, 999 surrogates of the null [`Null::Locked`], 1000 bootstrap replicates
    /// and level 0.95.
    pub fn new(seed: u64) -> Self {
        Self { seed, chance: ChanceLevel::new(seed), replicates: None, level: None }
    }

    /// Sets the chance level.
    #[must_use]
    pub fn chance(self, chance: ChanceLevel) -> Self {
        Self { chance, ..self }
    }

    /// Sets the number of bootstrap replicates, 1 to 1,000,000.
    #[must_use]
    pub fn replicates(self, replicates: usize) -> Self {
        Self { replicates: Some(replicates), ..self }
    }

    /// Sets the confidence level, between 0 and 1.
    #[must_use]
    pub fn level(self, level: f64) -> Self {
        Self { level: Some(level), ..self }
    }

    pub(super) fn bootstrap(&self) -> Result<Bootstrap> {
        let mut bootstrap = Bootstrap::new(self.seed);
        if let Some(replicates) = self.replicates {
            bootstrap = bootstrap.replicates(replicates);
        }
        if let Some(level) = self.level {
            bootstrap = bootstrap.level(level);
        }
        bootstrap.checked()
    }

    /// Measures a session.
    ///
    /// # Errors
    /// [`Error::Parameter`] for a setting outside its range; [`Error::NonFinite`] when a value overflows.
    pub fn apply(&self, cycles: &Cycles) -> Result<Session> {
        let bootstrap = self.bootstrap()?;
        let (drives, strides, level) = (cycles.drives(), cycles.strides(), bootstrap.confidence());
        let test = self.chance.test(drives)?;
        let peaks = cycles.peak_phases()?;
        let kappa = test.kappa.map(|_| strides.mean(&test.kappas(), level)).transpose()?;
        let least = if drives.is_negative_anywhere() { f64::NEG_INFINITY } else { test.least_kappa() };
        let kappa = kappa.map(|kappa| kappa.within(least, 1.0));
        let cycle_start =
            kappa.map(|kappa| self.cycle_start_range(cycles, &test, kappa.value)).transpose()?.flatten();
        let (available, realised) = drives.session();
        let steps = (0..cycles.steps().len()).zip(&test.steps).zip(peaks.steps());
        let steps = steps.map(|((j, &index), timing)| SessionStep {
            source: cycles.sources()[j],
            index,
            timing,
            window: cycles.windows()[j],
            peaks: cycles.peaks()[j].clone(),
        });
        Ok(Session {
            model: cycles.model().into(),
            unit: cycles.unit().into(),
            cycle: cycles.kind(),
            steps: steps.collect(),
            available,
            realised,
            coincidence: super::coincidence::ratio(realised, available),
            kappa,
            cycle_start,
            p: test.p,
            null: test.null,
            simultaneity: peaks.simultaneity(strides, level)?,
            spread_s: peaks.spread_s(),
            locking: pairs(cycles, &peaks, level)?,
            loss: drives.loss().ok(),
            contributors: self.contributors(cycles, &peaks, &bootstrap)?,
            exact_costs: drives.contributors() <= super::timing::EXACT_UP_TO,
            excluded_steps: cycles.excluded_steps().to_vec(),
            excluded_contributors: cycles.excluded_contributors().to_vec(),
        })
    }

    /// Range of kappa over the cycle starts, `None` when the recording allows no shift.
    ///
    /// A shift may exclude steps, so what counts is the change of kappa of the steps that are left.
    fn cycle_start_range(&self, cycles: &Cycles, test: &ChanceTest, kappa: f64) -> Result<Option<Interval>> {
        let chance = self.chance.surrogates(0);
        let mut range = None;
        for start in cycles.cycle_starts() {
            let here: Vec<f64> = start.steps.iter().filter_map(|&j| test.steps[j].kappa).collect();
            let moved = chance.test(&start.drives)?.kappa.filter(|_| !here.is_empty());
            let Some(moved) = moved else { continue };
            let there = kappa + moved - moments(&here).0;
            let Interval { low, high } = range.unwrap_or(Interval::new(kappa, kappa));
            range = Some(Interval::new(there.min(low), there.max(high)));
        }
        Ok(range)
    }

    fn contributors(
        &self,
        cycles: &Cycles,
        peaks: &PeakPhases,
        bootstrap: &Bootstrap,
    ) -> Result<Vec<SessionContributor>> {
        let drives = cycles.drives();
        let phases = drives.phases() as f64;
        let strides_per_cycle = cycles.mean_stride_s() / cycles.mean_cycle_s();
        // Whole phases, rounded down; the millionth protects an exact number from rounding errors.
        let reach = (REACH * strides_per_cycle * phases + 1e-6) as usize;
        let links = match drives.in_strides(cycles.strides())?.weak_links(reach, bootstrap) {
            Err(Error::Undefined { .. }) => Vec::new(),
            links => links?,
        };
        let (costs, shares, blur) = (drives.timing_cost(self.seed).costs, drives.shares(), drives.blur());
        let contributor = |(i, contributor): (usize, &super::cycles::CycleContributor)| {
            let retiming = links.iter().find(|link| link.contributor == i).copied();
            SessionContributor {
                name: contributor.name.clone(),
                unit: contributor.unit.clone(),
                mean_peak: contributor.mean_peak,
                share: shares.as_ref().map(|shares| shares[i]),
                jitter: peaks.jitter(i, &cycles.peak_errors_s(i)),
                pulse_jitter_s: pulse_jitter_s(cycles, i),
                blur: blur[i],
                timing_cost: costs[i],
                best_shift_s: retiming.map(|link| link.between.scaled(cycles.mean_cycle_s() / phases)),
                retiming,
            }
        };
        Ok(cycles.contributors().iter().enumerate().map(contributor).collect())
    }
}

impl Session {
    /// Returns the weak links: the contributors whose re-timing gains on strides other than those it was chosen on, largest gain
    /// first.
    pub fn weak_links(&self) -> Vec<&SessionContributor> {
        let gain = |c: &SessionContributor| c.retiming.as_ref().map_or(0.0, |retiming| retiming.gain);
        let confirmed = |c: &&SessionContributor| c.retiming.as_ref().is_some_and(Retiming::is_confirmed);
        let mut links: Vec<_> = self.contributors.iter().filter(confirmed).collect();
        links.sort_by(|a, b| gain(b).total_cmp(&gain(a)));
        links
    }
}

fn pulse_jitter_s(cycles: &Cycles, contributor: usize) -> Option<f64> {
    let lags = cycles.drives().pulse_lags(contributor).into_iter().zip(cycles.windows());
    let times: Vec<f64> = lags.filter_map(|(lag, window)| Some(lag? * window.duration_s())).collect();
    (times.len() >= 2).then(|| moments(&times).1.sqrt())
}

fn pairs(cycles: &Cycles, peaks: &PeakPhases, level: f64) -> Result<Vec<PairLocking>> {
    let contributors = cycles.contributors();
    let mut pairs = Vec::with_capacity(contributors.len() * contributors.len().saturating_sub(1) / 2);
    for (a, first) in contributors.iter().enumerate() {
        for (b, second) in contributors.iter().enumerate().skip(a + 1) {
            let locking = peaks.locking(a, b);
            let estimate = peaks.locking_estimate(a, b, cycles.strides(), level)?;
            pairs.push(PairLocking { a: first.name.clone(), b: second.name.clone(), locking, estimate });
        }
    }
    Ok(pairs)
}
