//! The whole answer for one recording.

use super::{
    ChanceLevel, ChanceTest, CycleKind, Cycles, ExcludedContributor, ExcludedStep, Null, PeakJitter,
    PeakPhases, Retiming, StepKappa, StepTiming, TimingLoss, weak_links,
};
use crate::inference::{Bootstrap, Estimate, Interval};
use crate::math::moments;
use crate::peak::{NoPeak, Peak};
use crate::synchrony::Locking;
use crate::time::TimeSpan;
use crate::{Error, Result};
use alloc::{string::String, vec::Vec};
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// How far a contributor may be re-timed, as a fraction of the stride.
const REACH: f64 = 0.125;

/// How a session is measured.
///
/// ```
/// use copeak::convergence::SessionAnalysis;
/// let convergence = SessionAnalysis::new(1).with_replicates(200)?;
/// # let _ = convergence;
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SessionAnalysis {
    seed: u64,
    chance: ChanceLevel,
    bootstrap: Bootstrap,
}

/// One used step.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SessionStep {
    /// Index among the steps given to [`Cycles::cut`].
    pub source: usize,
    /// Available, realised, chance and kappa.
    pub index: StepKappa,
    /// Simultaneity and spread of its peaks.
    pub timing: StepTiming,
    /// The cycle in which the contributors are compared.
    pub window: TimeSpan,
    /// The peak of each of [`Session::contributors`], in its own unit, or why it has none.
    #[cfg_attr(feature = "serde", serde(with = "crate::json::peaks"))]
    pub peaks: Vec<Result<Peak, NoPeak>>,
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
    /// How steady its peak time is.
    pub jitter: Option<PeakJitter>,
    /// Standard deviation of its pulse's time against its own mean pulse (see [`super::DriveGrid::pulse_lags`]), which
    /// noise moves less than the peak; `None` below two steps that have one.
    pub pulse_jitter_s: Option<f64>,
    /// How much of its peak the mean cycle loses by unsteady timing.
    pub blur: Option<f64>,
    /// Its part of the leak A - P (Shapley), in the session's unit.
    pub timing_cost: f64,
    /// The one shift, common to all steps, that gains most, in seconds of the mean cycle; positive = later (see
    /// [`Retiming::between`]).
    pub best_shift_s: Option<Estimate>,
    /// What re-timing it would gain, and how sure that is.
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
    /// Mean kappa of the steps, with its t-interval over strides (cut to the values kappa can take); `None` when no step has a kappa.
    pub kappa: Option<Estimate>,
    /// Least and largest kappa with the cycle's seam where it is and moved by 10 and 20 % either way; `None` where the
    /// recording is too short for any of it.
    pub seam: Option<Interval>,
    /// Probability of a kappa this large by chance.
    pub p: Option<f64>,
    /// What chance means in it.
    pub null: Null,
    /// Mean simultaneity of the steps; `None` when no step has two peaks.
    pub simultaneity: Option<Estimate>,
    /// Mean spread of the peaks in seconds.
    pub spread_s: Option<f64>,
    /// Every pair of contributors.
    pub locking: Vec<PairLocking>,
    /// What is lost by habit and what by scatter; `None` unless A is above 0.
    pub loss: Option<TimingLoss>,
    /// The contributors, in the order given.
    pub contributors: Vec<SessionContributor>,
    /// Whether timing costs come from all subsets; else from random orders.
    pub exact_costs: bool,
    /// Accepted steps that are not used, and why.
    pub left_out: Vec<ExcludedStep>,
    /// Contributors that are not used, and why.
    pub dropped: Vec<(String, ExcludedContributor)>,
}

impl SessionAnalysis {
    /// 10,000 offset vectors, 999 surrogates of the null [`Null::Locked`], 1000 bootstrap replicates, level 0.95.
    pub fn new(seed: u64) -> Self {
        Self { seed, chance: ChanceLevel::new(seed), bootstrap: Bootstrap::new(seed) }
    }

    /// With another chance level.
    #[must_use]
    pub fn with_chance(self, chance: ChanceLevel) -> Self {
        Self { chance, ..self }
    }

    /// With another number of bootstrap replicates.
    ///
    /// # Errors
    /// [`Error::Parameter`] below 1 and above 1,000,000.
    pub fn with_replicates(self, replicates: usize) -> Result<Self> {
        Ok(Self { bootstrap: self.bootstrap.with_replicates(replicates)?, ..self })
    }

    /// With another confidence level.
    ///
    /// # Errors
    /// [`Error::Parameter`] outside (0, 1).
    pub fn with_level(self, level: f64) -> Result<Self> {
        Ok(Self { bootstrap: self.bootstrap.with_level(level)?, ..self })
    }

    pub(super) fn bootstrap(&self) -> &Bootstrap {
        &self.bootstrap
    }

    /// Measures a session.
    ///
    /// # Errors
    /// [`Error::NonFinite`] when a value overflows on the way; nothing else for what [`Cycles::cut`] returns.
    pub fn measure(&self, cycles: &Cycles) -> Result<Session> {
        let (drives, strides, level) = (cycles.drives(), cycles.strides(), self.bootstrap.level());
        let index = self.chance.index(drives);
        let peaks = cycles.peak_phases()?;
        let kappa = index.kappa.map(|_| strides.mean(&index.kappas(), level)).transpose()?;
        let least = if drives.is_negative_anywhere() { f64::NEG_INFINITY } else { index.least_kappa() };
        let kappa = kappa.map(|kappa| kappa.within(least, 1.0));
        let seam = kappa.map(|kappa| self.seam(cycles, &index, kappa.value)).transpose()?.flatten();
        let (available, realised) = drives.session();
        let steps = (0..cycles.steps().len()).zip(&index.steps).zip(peaks.steps());
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
            coincidence: super::maximum::ratio(realised, available),
            kappa,
            seam,
            p: index.p,
            null: index.null,
            simultaneity: peaks.simultaneity(strides, level)?,
            spread_s: peaks.spread_s(),
            locking: pairs(cycles, &peaks, level)?,
            loss: drives.loss().ok(),
            contributors: self.contributors(cycles, &peaks)?,
            exact_costs: drives.contributors() <= super::cost::EXACT_UP_TO,
            left_out: cycles.left_out().to_vec(),
            dropped: cycles.dropped().to_vec(),
        })
    }

    /// Range of kappa over the seams, `None` when the recording allows none to be moved.
    ///
    /// A moved seam may take steps out of the recording, so what counts is how far it moves the kappa of the steps it
    /// leaves.
    fn seam(&self, cycles: &Cycles, index: &ChanceTest, kappa: f64) -> Result<Option<Interval>> {
        let chance = self.chance.with_surrogates(0)?;
        let mut range = None;
        for seam in cycles.seams() {
            let here: Vec<f64> = seam.steps.iter().filter_map(|&j| index.steps[j].kappa).collect();
            let moved = chance.index(&seam.drives).kappa.filter(|_| !here.is_empty());
            let Some(moved) = moved else { continue };
            let there = kappa + moved - moments(&here).0;
            let Interval { low, high } = range.unwrap_or(Interval::new(kappa, kappa));
            range = Some(Interval::new(there.min(low), there.max(high)));
        }
        Ok(range)
    }

    fn contributors(&self, cycles: &Cycles, peaks: &PeakPhases) -> Result<Vec<SessionContributor>> {
        let drives = cycles.drives();
        let phases = drives.phases() as f64;
        let strides_per_cycle = cycles.mean_stride_s() / cycles.mean_cycle_s();
        // Whole phases, cut down; the millionth keeps an exact number from falling by rounding.
        let reach = (REACH * strides_per_cycle * phases + 1e-6) as usize;
        let links = match weak_links(drives, cycles.strides(), reach, &self.bootstrap) {
            Err(Error::Undefined { .. }) => Vec::new(),
            links => links?,
        };
        let (costs, shares, blur) = (drives.timing_cost(self.seed).costs, drives.shares(), drives.blur());
        let contributor = |(i, member): (usize, &super::CycleContributor)| {
            let retiming = links.iter().find(|link| link.contributor == i).copied();
            SessionContributor {
                name: member.name.clone(),
                unit: member.unit.clone(),
                mean_peak: member.mean_peak,
                share: shares.as_ref().map(|shares| shares[i]),
                jitter: peaks.jitter(i, &cycles.peak_errors_s(i)),
                pulse_jitter_s: pulse_jitter_s(cycles, i),
                blur: blur[i],
                timing_cost: costs[i],
                best_shift_s: retiming.map(|link| link.between.scaled(cycles.mean_cycle_s() / phases)),
                retiming,
            }
        };
        Ok(cycles.members().iter().enumerate().map(contributor).collect())
    }
}

impl Session {
    /// The contributors whose re-timing shows a gain on strides it was not chosen on, largest gain first.
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
    let members = cycles.members();
    let mut pairs = Vec::with_capacity(members.len() * members.len().saturating_sub(1) / 2);
    for (a, first) in members.iter().enumerate() {
        for (b, second) in members.iter().enumerate().skip(a + 1) {
            let locking = peaks.locking(a, b);
            let estimate = peaks.locking_estimate(a, b, cycles.strides(), level)?;
            pairs.push(PairLocking { a: first.name.clone(), b: second.name.clone(), locking, estimate });
        }
    }
    Ok(pairs)
}
