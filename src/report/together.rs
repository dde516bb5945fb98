//! From the convergence room to the report: peaks across the body, step by step and over the recording.

use super::study::Trial;
use super::{
    ContributorReport, ConvergenceReport, DriveCurve, LockingReport, PeakReport, Settings,
    SimultaneityReport, StepReport,
};
use crate::convergence::{Chance, Contribute, Contributor, Cycles, Drives, Index, Retiming, weak_links};
use crate::event::Side;
use crate::inference::{Bootstrap, Strides};
use crate::peak::CyclePeakFinder;
use crate::stride::{Step, Steps};
use crate::synchrony::{Circular, locking};
use crate::{Result, Signal};
use alloc::{string::ToString, vec, vec::Vec};
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// How far a re-timing may move a contributor, as a fraction of the cycle.
const REACH: f64 = 0.125;

/// Fill in everything that concerns the contributors together.
pub(super) fn together(
    trial: &mut Trial,
    contributors: &[Contributor],
    steps: &Steps,
    settings: &Settings,
) -> Result<()> {
    let peaks = Peaks::find(trial, contributors, steps)?;
    peaks.synchrony(trial)?;
    let Some(cycles) = trial.cycles.take() else { return Ok(()) };
    let index = chance(settings).index(cycles.drives());
    for (&source, step) in cycles.sources().iter().zip(&index.steps) {
        let report = &mut trial.report.steps[source];
        report.coincidence = step.coincidence.coincidence();
        report.chance = step.chance;
        report.kappa = step.kappa;
    }
    trial.report.model = cycles.model().to_string();
    trial.report.convergence = convergence(&cycles, &index, settings)?;
    members(trial, &cycles, &peaks, settings)?;
    curves(trial, &cycles, &peaks);
    trial.cycles = Some(cycles);
    Ok(())
}

fn chance(settings: &Settings) -> Chance {
    Chance::new(settings.seed).with_surrogates(settings.replicates.saturating_sub(1))
}

fn convergence(cycles: &Cycles, index: &Index, settings: &Settings) -> Result<ConvergenceReport> {
    let (available, realised) = cycles.drives().session();
    let kappas = index.kappas();
    let estimate = index.kappa.map(|_| cycles.strides().mean(&kappas, 0.95)).transpose()?;
    // Only the level is wanted of the moved seams, not a p value.
    let silent = chance(settings).with_surrogates(0);
    let moved = cycles.seams().iter().filter_map(|(_, drives)| silent.index(drives).kappa);
    let seam = moved.chain(index.kappa).fold(None, |range: Option<[f64; 2]>, kappa| {
        let [low, high] = range.unwrap_or([kappa, kappa]);
        Some([low.min(kappa), high.max(kappa)])
    });
    Ok(ConvergenceReport {
        coincidence: (available > 0.0).then(|| realised / available),
        kappa: index.kappa,
        ci: estimate.and_then(|e| e.ci).map(|(low, high)| [low, high]),
        approximate: estimate.is_some_and(|e| e.approximate),
        seam,
        p: index.p,
        null: "locked".to_string(),
        n: cycles.steps().len(),
    })
}

fn members(trial: &mut Trial, cycles: &Cycles, peaks: &Peaks, settings: &Settings) -> Result<()> {
    let drives = cycles.drives();
    let bootstrap = Bootstrap::new(settings.seed).with_replicates(settings.replicates)?;
    let reach = (REACH * drives.phases() as f64) as usize;
    let links = weak_links(drives, cycles.strides(), reach, &bootstrap).unwrap_or_default();
    let blurs = drives.blur();
    let costs = drives.timing_cost(settings.seed).costs;
    let shares = shares(drives);
    let phase_s = cycles.mean_cycle_s() / drives.phases() as f64;
    for (i, member) in cycles.members().iter().enumerate() {
        let link = links.iter().find(|link| link.contributor == i);
        trial.report.contributors.push(ContributorReport {
            name: member.name.clone(),
            mean_peak: member.mean_peak,
            jitter_s: sd(&peaks.from_mid_contact(&member.name)),
            blur: blurs[i],
            share: shares.as_ref().map(|shares| shares[i]),
            timing_cost: Some(costs[i]),
            best_shift_s: link.map(|link| link.shift as f64 * phase_s),
            gain: link.map(|link| link.gain),
            gain_ci: link.and_then(|link| link.held_out?.ci).map(|(low, high)| [low, high]),
        });
    }
    let confirmed = links.iter().filter(|link| Retiming::is_confirmed(link));
    trial.report.weak_links = confirmed.map(|link| cycles.members()[link.contributor].name.clone()).collect();
    Ok(())
}

/// Each contributor's part of the sum at the one phase where the session's mean sum is largest; `None` where that sum
/// is not above 0.
fn shares(drives: &Drives) -> Option<Vec<f64>> {
    let mut sums = vec![vec![0.0; drives.phases()]; drives.contributors()];
    for (i, sum) in sums.iter_mut().enumerate() {
        for j in 0..drives.steps() {
            sum.iter_mut().zip(drives.row(j, i)).for_each(|(s, v)| *s += drives.weights()[i] * v);
        }
    }
    let total = |m: usize| sums.iter().map(|sum| sum[m]).sum::<f64>();
    let at = (0..drives.phases()).max_by(|&a, &b| total(a).total_cmp(&total(b)))?;
    (total(at) > 0.0).then(|| sums.iter().map(|sum| sum[at] / total(at)).collect())
}

/// Standard deviation (divisor n - 1); `None` below two values.
fn sd(values: &[f64]) -> Option<f64> {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|v| (v - mean) * (v - mean)).sum();
    (values.len() > 1).then(|| (squares / (n - 1.0)).sqrt())
}

fn curves(trial: &mut Trial, cycles: &Cycles, peaks: &Peaks) {
    let steps = cycles.steps();
    trial.curves.cycle_s = cycles.mean_cycle_s();
    trial.curves.contact_s = steps.iter().map(Step::contact_s).sum::<f64>() / steps.len() as f64;
    let drives = cycles.drives();
    for (i, member) in cycles.members().iter().enumerate() {
        let at = |m: usize| (0..drives.steps()).map(|j| drives.row(j, i)[m]).collect::<Vec<_>>();
        let columns: Vec<Vec<f64>> = (0..drives.phases()).map(at).collect();
        let mean = columns.iter().map(|c| c.iter().sum::<f64>() / c.len() as f64).collect();
        let sds = columns.iter().map(|c| sd(c).unwrap_or(0.0)).collect();
        trial.curves.drives.push(DriveCurve::new(
            member.name.clone(),
            mean,
            sds,
            peaks.from_mid_contact(&member.name),
        ));
    }
}

/// A contributor's peak in one step, noted in the step's report; its time, NaN where it has none.
fn peak_in(contributor: &Contributor, drives: &[Signal; 2], step: &Step, report: &mut StepReport) -> f64 {
    let drive = &drives[usize::from(step.side() == Side::Right)];
    let finder = CyclePeakFinder::new().circular();
    let peak = match contributor.noise(step.side()) {
        Some(noise) => finder.find_with_noise(drive, &noise, step.stride_cycle()),
        None => finder.find(drive, step.stride_cycle()),
    };
    let name = contributor.name().to_string();
    report.unit = contributor.unit().to_string();
    match peak {
        Ok(peak) => {
            report.peaks.insert(name, PeakReport { time_s: peak.time_s, se_s: peak.se_s, value: peak.value });
            peak.time_s
        }
        Err(absence) => {
            report.absent.insert(name, absence.to_string());
            f64::NAN
        }
    }
}

/// The peaks of every contributor in every accepted step.
struct Peaks {
    /// The accepted steps.
    steps: Vec<Step>,
    /// Their places among all steps.
    sources: Vec<usize>,
    names: Vec<alloc::string::String>,
    weights: Vec<f64>,
    /// Time of contributor i's peak in accepted step j, `[i][j]`; NaN where it has none.
    times: Vec<Vec<f64>>,
    /// The same as a fraction of the step's cycle, the target phase turned back.
    phases: Vec<Vec<f64>>,
}

impl Peaks {
    fn find(trial: &mut Trial, contributors: &[Contributor], steps: &Steps) -> Result<Self> {
        let accepted: Vec<(usize, Step)> =
            steps.all().iter().copied().enumerate().filter(|(_, s)| s.accepted()).collect();
        let mut peaks = Self {
            steps: accepted.iter().map(|(_, s)| *s).collect(),
            sources: accepted.iter().map(|(i, _)| *i).collect(),
            names: contributors.iter().map(|c| c.name().to_string()).collect(),
            weights: contributors.iter().map(Contribute::weight).collect(),
            times: Vec::new(),
            phases: Vec::new(),
        };
        for contributor in contributors {
            let drives = [contributor.drive(Side::Left)?, contributor.drive(Side::Right)?];
            let mut times = Vec::new();
            let mut phases = Vec::new();
            for (source, step) in &accepted {
                let report = &mut trial.report.steps[*source];
                let time = peak_in(contributor, &drives, step, report);
                let cycle = step.stride_cycle();
                times.push(time);
                phases.push((time - cycle.start_s) / cycle.duration_s() - contributor.target_phase());
            }
            peaks.times.push(times);
            peaks.phases.push(phases);
        }
        Ok(peaks)
    }

    /// Simultaneity and spread of each step and of the recording, and the locking of each pair.
    fn synchrony(&self, trial: &mut Trial) -> Result<()> {
        let mut simultaneity = vec![f64::NAN; self.steps.len()];
        let mut spreads = Vec::new();
        for (j, step) in self.steps.iter().enumerate() {
            let present = (0..self.names.len()).filter(|&i| self.phases[i][j].is_finite());
            let (phases, weights): (Vec<f64>, Vec<f64>) =
                present.map(|i| (self.phases[i][j], self.weights[i])).unzip();
            let Some(circular) = Circular::weighted(&phases, &weights).ok() else { continue };
            let Some(value) = circular.simultaneity() else { continue };
            let spread = circular.spread_s(step.stride_s);
            let report = &mut trial.report.steps[self.sources[j]];
            report.simultaneity = Some(value);
            report.peak_spread_s = Some(spread).filter(|s| s.is_finite());
            simultaneity[j] = value;
            spreads.extend(report.peak_spread_s);
        }
        let n = simultaneity.iter().filter(|v| v.is_finite()).count();
        if n > 0 {
            let estimate = Strides::of_steps(&self.steps).mean(&simultaneity, 0.95)?;
            trial.report.simultaneity = SimultaneityReport {
                value: Some(estimate.value),
                ci: estimate.ci.map(|(low, high)| [low, high]),
                approximate: estimate.approximate,
                spread_s: (!spreads.is_empty()).then(|| spreads.iter().sum::<f64>() / spreads.len() as f64),
                n,
            };
        }
        for a in 0..self.names.len() {
            for b in a + 1..self.names.len() {
                trial.report.locking.push(LockingReport {
                    a: self.names[a].clone(),
                    b: self.names[b].clone(),
                    value: locking(&self.phases[a], &self.phases[b]).ok().map(|pair| pair.value),
                });
            }
        }
        Ok(())
    }

    /// A contributor's peak times from each step's mid-contact, of the steps that have one.
    fn from_mid_contact(&self, name: &str) -> Vec<f64> {
        let Some(i) = self.names.iter().position(|n| n == name) else { return Vec::new() };
        let times = self.times[i].iter().zip(&self.steps);
        times.filter(|(t, _)| t.is_finite()).map(|(t, step)| t - step.mid_contact_s()).collect()
    }
}
