//! From the convergence room to the report: peaks across the body, step by step and over the recording.

use super::study::Trial;
use super::{
    ContributorReport, ConvergenceReport, Curves, DriveCurve, LockingReport, PeakReport, Settings,
    SimultaneityReport, StepReport,
};
use crate::Result;
use crate::convergence::{
    ChanceLevel, Contribute, Contributor, Cycles, ExcludedContributor, Null, Session, SessionAnalysis,
    SessionContributor,
};
use crate::inference::Estimate;
use crate::math::moments;
use crate::stride::Step;
use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

impl Settings {
    /// How sessions are measured: as many surrogates as replicates, counting the observed session among them.
    pub(super) fn convergence(&self) -> SessionAnalysis {
        let chance = ChanceLevel::new(self.seed).surrogates(self.replicates.saturating_sub(1));
        SessionAnalysis::new(self.seed).chance(chance).replicates(self.replicates)
    }
}

/// Fill in everything that concerns the contributors together.
pub(super) fn together(trial: &mut Trial, contributors: &[Contributor], settings: &Settings) -> Result<()> {
    let Some(cycles) = &trial.cycles else {
        for step in trial.report.steps.iter_mut().filter(|step| step.accepted) {
            lacks(step, contributors.iter().map(Contribute::name), "not compared");
        }
        return Ok(());
    };
    let session = settings.convergence().apply(cycles)?;
    steps(&mut trial.report.steps, cycles, &session);
    let report = &mut trial.report;
    report.notes.extend(
        session
            .excluded_contributors
            .iter()
            .map(|(name, why)| format!("{name} takes no part: {}", words(*why))),
    );
    report.model.clone_from(&session.model);
    report.simultaneity = simultaneity(&session);
    report.locking = session
        .locking
        .iter()
        .map(|pair| LockingReport {
            a: pair.a.clone(),
            b: pair.b.clone(),
            value: pair.locking.map(|l| l.value),
            ci: pair.estimate.and_then(ci),
            approximate: pair.estimate.is_some_and(|e| e.approximate),
        })
        .collect();
    report.convergence = convergence(&session);
    report.contributors = session.contributors.iter().map(contributor).collect();
    report.weak_links = session.weak_links().into_iter().map(|link| link.name.clone()).collect();

    let found = curves(cycles);
    (trial.curves.unit, trial.curves.cycle_s) = (found.unit, found.cycle_s);
    (trial.curves.contact_s, trial.curves.drives) = (found.contact_s, found.drives);
    Ok(())
}

/// How close together the contributors of a session peak.
pub(super) fn simultaneity(session: &Session) -> SimultaneityReport {
    SimultaneityReport {
        value: session.simultaneity.map(|s| s.value),
        ci: session.simultaneity.and_then(ci),
        approximate: session.simultaneity.is_some_and(|s| s.approximate),
        spread_s: session.spread_s,
        n: session.steps.iter().filter(|step| step.timing.simultaneity.is_some()).count(),
    }
}

/// A session's headline.
pub(super) fn convergence(session: &Session) -> ConvergenceReport {
    ConvergenceReport {
        coincidence: session.coincidence,
        kappa: session.kappa.map(|kappa| kappa.value),
        ci: session.kappa.and_then(ci),
        approximate: session.kappa.is_some_and(|kappa| kappa.approximate),
        seam: session.cycle_start.map(|(low, high)| [low, high]),
        p: session.p,
        null: match session.null {
            Null::Independent => "independent",
            _ => "locked",
        }
        .to_string(),
        n: session.steps.len(),
    }
}

pub(super) fn ci(estimate: Estimate) -> Option<[f64; 2]> {
    estimate.ci.map(|(low, high)| [low, high])
}

pub(super) fn words(why: ExcludedContributor) -> &'static str {
    match why {
        ExcludedContributor::Silent => "it is zero in every step",
        ExcludedContributor::NoSamples => "it has samples in no accepted step",
    }
}

/// Every accepted step: its peaks, or why it has none.
fn steps(reports: &mut [StepReport], cycles: &Cycles, session: &Session) {
    let names = || cycles.contributors().iter().map(|member| member.name.as_str());
    let unit = cycles.contributors().first().map(|member| member.unit.clone()).unwrap_or_default();
    for ((step, peaks), window) in session.steps.iter().zip(cycles.peaks()).zip(cycles.windows()) {
        let report = &mut reports[step.source];
        for (name, peak) in names().zip(peaks) {
            match peak {
                Ok(peak) => {
                    let peak = PeakReport { time_s: peak.time_s, se_s: peak.se_s, value: peak.value };
                    report.peaks.insert(name.to_string(), peak);
                }
                Err(absence) => lacks(report, [name], absence.as_str()),
            }
        }
        report.unit.clone_from(&unit);
        report.window_s = Some([window.start_s, window.end_s]);
        report.coincidence = step.kappa.coincidence.coincidence();
        report.chance = step.kappa.chance;
        report.kappa = step.kappa.kappa;
        report.simultaneity = step.timing.simultaneity;
        report.peak_spread_s = step.timing.spread_s.filter(|spread| spread.is_finite());
    }
    for left_out in &session.excluded_steps {
        let whose = left_out.contributor.as_deref();
        let names = names().filter(|name| whose.is_none_or(|whose| whose == *name));
        lacks(&mut reports[left_out.step], names, left_out.reason.as_str());
        let others = cycles.contributors().iter().map(|member| member.name.as_str());
        lacks(&mut reports[left_out.step], others, "step left out");
    }
    for (name, why) in &session.excluded_contributors {
        for report in reports.iter_mut().filter(|report| report.accepted) {
            lacks(report, [name.as_str()], words(*why));
        }
    }
}

/// Note why contributors have no peak in a step; a reason that stands already stays.
fn lacks<'a>(report: &mut StepReport, names: impl IntoIterator<Item = &'a str>, reason: &str) {
    for name in names {
        report.absent.entry(name.to_string()).or_insert_with(|| reason.to_string());
    }
}

pub(super) fn contributor(contributor: &SessionContributor) -> ContributorReport {
    let retiming = contributor.retiming.as_ref();
    ContributorReport {
        name: contributor.name.clone(),
        mean_peak: contributor.mean_peak,
        jitter_s: contributor.jitter.map(|jitter| jitter.sd_s),
        blur: contributor.blur,
        share: contributor.share,
        timing_cost: Some(contributor.timing_cost),
        best_shift_s: contributor.best_shift_s.map(|shift| shift.value),
        best_shift_ci_s: contributor.best_shift_s.and_then(ci),
        gain: retiming.map(|retiming| retiming.gain),
        gain_held_out: retiming.and_then(|retiming| Some(retiming.held_out?.value)),
        gain_ci: retiming.and_then(|retiming| ci(retiming.held_out?)),
        approximate: retiming.and_then(|retiming| retiming.held_out).is_some_and(|gain| gain.approximate),
        at_bound: retiming.is_some_and(|retiming| retiming.at_bound),
        first_probability: retiming.and_then(|retiming| retiming.first),
    }
}

/// The curves behind a session; without the sequence within the leg, which contributors do not have.
pub(super) fn curves(cycles: &Cycles) -> Curves {
    let contact_s = cycles.steps().iter().map(Step::contact_s).sum::<f64>();
    Curves {
        cycle_s: cycles.mean_cycle_s(),
        contact_s: contact_s / cycles.steps().len() as f64,
        unit: cycles.unit().into(),
        drives: (0..cycles.contributors().len()).map(|i| curve(cycles, i)).collect(),
        sequence: Vec::new(),
    }
}

/// Mean and standard deviation of one contributor's drive over the steps, and its peaks.
fn curve(cycles: &Cycles, contributor: usize) -> DriveCurve {
    let drives = cycles.drives();
    let at = |m: usize| -> Vec<f64> { (0..drives.steps()).map(|j| drives.row(j, contributor)[m]).collect() };
    let (mean, sd) = (0..drives.phases()).map(|m| moments(&at(m))).map(|(mean, v)| (mean, v.sqrt())).unzip();
    let peaks = cycles.peaks().iter().zip(cycles.steps());
    let peaks = peaks
        .filter_map(|(peaks, step)| Some(peaks[contributor].as_ref().ok()?.time_s - step.mid_contact_s()));
    let name: String = cycles.contributors()[contributor].name.clone();
    DriveCurve::new(name, mean, sd, peaks.collect())
}
