//! From recordings to the report.

use super::balance::balance;
use super::compare::{Compared, compare};
use super::model::Modelled;
use super::together::together;
use super::trial::{Contacts, mass_kg, speed_mps};
use super::within::within;
use super::{
    ContactReport, ContributorReport, Curves, ModelKind, RecordingReport, Report, Settings, StepReport,
};
use crate::convergence::{Contribute, CycleKind, Cycles};
use crate::event::{Contact, Side};
use crate::recording::Recording;
use crate::stride::{RejectReason, Step, StepCriteria, Steps, steps_with_loose};
use crate::time::TimeSpan;
use crate::{Error, Result, Signal};
use alloc::{
    collections::BTreeMap,
    format,
    string::{String, ToString},
    vec::Vec,
};

/// Everything found, and the curves behind it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Study {
    /// The numbers.
    pub report: Report,
    /// The curves of each recording, in the same order.
    pub curves: Vec<Curves>,
}

/// Which recording could not be studied, and why.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{recording}: {source}")]
#[non_exhaustive]
pub struct StudyError {
    /// The recording's name.
    pub recording: String,
    /// Why.
    pub source: Error,
}

/// One recording on its way through the study.
pub(super) struct Trial {
    pub(super) report: RecordingReport,
    pub(super) curves: Curves,
    /// `None` when no step has every contributor.
    pub(super) cycles: Option<Cycles>,
}

impl Settings {
    /// Study recordings, and compare them with a reference.
    ///
    /// These channels of a [`Recording`] are used, all others ignored; a channel that is missing or in another unit makes
    /// absent what needs it, which the report names:
    ///
    /// | channel | unit | for |
    /// |---|---|---|
    /// | `hip_flexion_l`, `_r` | deg | `support_hip`, `swing_hip`; the leg's sequence; contacts without force |
    /// | `knee_flexion_l`, `_r` (positive = flexed), `ankle_dorsiflexion_l`, `_r` | deg | the same, but for the hips |
    /// | `shoulder_flexion_l`, `_r` | deg | `support_arm`, `opposite_arm` |
    /// | `trunk_rotation` | deg | `trunk` |
    /// | `grf_vertical_l`, `_r` | N | contacts; body mass, where it is not given |
    /// | `grf_valid` | - | above 1/2 where there was a plate; without it, everywhere |
    /// | `pelvis_x` | m | speed, where it is not given |
    /// | `grf_forward`, or `grf_forward_l`, `_r` | N | the newton model's closure |
    /// | `NAME_x`, `_y`, `_z` of a known marker set | m, mm | the newton model ([`crate::model::NewtonModel`]) |
    ///
    /// `reference` is the position of the recording to compare with; without it, the fastest with a usable step, or the
    /// first such when no recording has a speed. A recording in which nothing can be found is reported as such and not refused.
    ///
    /// # Errors
    /// [`StudyError`] for what no recording can be studied with, such as a cut-off above its Nyquist frequency, a given speed or mass that is
    /// not finite and above 0, or a reference that is not there.
    pub fn study(&self, recordings: &[Recording], reference: Option<usize>) -> Result<Study, StudyError> {
        self.study_with(recordings, reference, |_, _, _| {})
    }

    /// [`Settings::study`] with word of its progress: pieces of work done, pieces in all, and what comes next.
    ///
    /// # Errors
    /// As [`Settings::study`].
    pub fn study_with(
        &self,
        recordings: &[Recording],
        reference: Option<usize>,
        mut progress: impl FnMut(usize, usize, &str),
    ) -> Result<Study, StudyError> {
        let all = 2 * recordings.len();
        let mut trials = Vec::new();
        for (i, recording) in recordings.iter().enumerate() {
            progress(i, all, &recording.name);
            trials.push(self.trial(recording).map_err(|source| at(recording, source))?);
        }
        let reference = match reference {
            Some(i) if i >= trials.len() => {
                let source = Error::Parameter {
                    name: "position of the reference",
                    rule: "below the number of recordings",
                    value: i as f64,
                };
                return Err(StudyError { recording: "reference".to_string(), source });
            }
            Some(i) => i,
            None => fastest(&trials),
        };
        if trials.len() > 1 && trials[reference].cycles.is_none() {
            let note = "it was to be the reference, but has no usable step: nothing is compared".to_string();
            trials[reference].report.notes.push(note);
        }
        let mut comparisons = Vec::new();
        for (i, recording) in recordings.iter().enumerate().filter(|(i, _)| *i != reference) {
            progress(recordings.len() + i, all, &format!("{} compared", recording.name));
            match compare(&trials[i], &trials[reference], self).map_err(|source| at(recording, source))? {
                Compared::Found(comparison) => comparisons.push(*comparison),
                Compared::Not(why) => trials[i].report.notes.push(format!("not compared: {why}")),
            }
        }
        let speed_model = super::speed::speed_model(&trials, reference, self.seed)
            .map_err(|source| StudyError { recording: "the speed model".to_string(), source })?;
        let (reports, curves) = trials.into_iter().map(|trial| (trial.report, trial.curves)).unzip();
        Ok(Study { report: Report { recordings: reports, comparisons, speed_model }, curves })
    }

    /// The report of one recording by itself.
    ///
    /// ```
    /// use copeak::{simulate::Sprinter, report::Settings};
    /// let trial = Sprinter::at_speed(9.5).steps(12).every_jitter_s(0.004).simulate()?;
    /// let report = Settings::default().replicates(50).report(&trial.recording)?;
    /// assert!(report.convergence.kappa.is_some());
    /// let lag = report.sequence.as_ref().and_then(|leg| leg.pair("hip", "knee")).map(|pair| pair.lag_s);
    /// assert!(lag.is_some());
    /// # Ok::<(), copeak::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Settings::study`], without the recording's name.
    pub fn report(&self, recording: &Recording) -> Result<RecordingReport> {
        Ok(self.trial(recording)?.report)
    }

    fn trial(&self, recording: &Recording) -> Result<Trial> {
        for (name, given) in [("running speed", recording.speed_mps), ("body mass", recording.mass_kg)] {
            if let Some(value) = given.filter(|value| !(value.is_finite() && *value > 0.0)) {
                return Err(Error::Parameter { name, rule: "finite and above 0", value });
            }
        }
        let found = Contacts::of(recording)?;
        let model = Modelled::of(self, recording, &found)?;
        // Contacts that make no steps, such as two feet that land at once, are still reported, with the reason.
        let (steps, unsteady) = match self.steps(recording, &model, &found) {
            Ok(steps) => (steps, None),
            Err(error) => (Steps::default(), Some(format!("the contacts make no steps: {error}"))),
        };
        let mut trial = Trial {
            report: outline(recording, self.model, &model, &found, &steps),
            curves: Curves::default(),
            cycles: None,
        };
        trial.report.notes.extend(unsteady);
        if trial.report.steps.is_empty() {
            trial.report.notes.push("there is no step, so nothing can be said of it".to_string());
        }
        trial.report.closure = model.closure(self, recording, &steps, trial.report.mass_kg)?;
        within(&mut trial, &model.leg, &steps, self)?;
        if !model.contributors.is_empty() && steps.accepted().next().is_some() {
            match Cycles::new(&model.contributors, steps.all(), model.cycle) {
                Ok(cycles) => trial.cycles = Some(cycles),
                Err(error) => trial.report.notes.push(format!("contributors cannot be compared: {error}")),
            }
        }
        together(&mut trial, &model.contributors, self)?;
        balance(&mut trial, self)?;
        cautions(&mut trial);
        Ok(trial)
    }

    fn steps(&self, recording: &Recording, model: &Modelled, found: &Contacts) -> Result<Steps> {
        if found.contacts.is_empty() {
            return Ok(Steps::default());
        }
        let sides = |c| [Side::Left, Side::Right].map(|side| Contribute::drive(c, side));
        let drives: Vec<Signal> = model.contributors.iter().flat_map(sides).collect::<Result<_>>()?;
        let mut recorded = recording.span()?;
        if model.cycle == CycleKind::Step {
            // What a step needs of the recording is its own window, which is looked at below, and not a whole stride.
            recorded = TimeSpan { start_s: f64::NEG_INFINITY, end_s: f64::INFINITY };
        }
        // A contributor's channel, or else any, says how fine the clock is.
        let rate = drives.first().map_or_else(|| recording.channels[0].signal.clock(), |d| d.clock()).rate();
        let mut steps = steps_with_loose(&found.contacts, &found.loose, &StepCriteria::at(rate), recorded)?;
        steps.screen_within(&drives.iter().collect::<Vec<_>>(), |step| model.window(step));
        Ok(steps)
    }
}

fn at(recording: &Recording, source: Error) -> StudyError {
    StudyError { recording: recording.name.clone(), source }
}

/// The fastest trial with a usable step, the first such when none has a speed; the first of all when no step is usable.
fn fastest(trials: &[Trial]) -> usize {
    let usable = || trials.iter().enumerate().filter(|(_, trial)| trial.cycles.is_some());
    let first = usable().next().map_or(0, |(i, _)| i);
    let speeds = usable().filter_map(|(i, trial)| Some((i, trial.report.speed_mps?)));
    speeds
        .fold(None, |best: Option<(usize, f64)>, now| match best {
            Some(best) if best.1 >= now.1 => Some(best),
            _ => Some(now),
        })
        .map_or(first, |(i, _)| i)
}

/// What is known before any contributor is looked at.
fn outline(
    recording: &Recording,
    kind: ModelKind,
    model: &Modelled,
    found: &Contacts,
    steps: &Steps,
) -> RecordingReport {
    let clock = recording.channels.iter().find(|c| c.unit == "deg").or(recording.channels.first());
    RecordingReport {
        file: recording.name.clone(),
        speed_mps: speed_mps(recording),
        mass_kg: mass_kg(recording, &found.contacts),
        rate_hz: clock.map(|c| c.signal.clock().rate().as_hz()),
        event_method: found.contacts.iter().map(Contact::method).reduce(|a, b| a.with(b)),
        model: kind.name().to_string(),
        cycle: match model.cycle {
            CycleKind::Step => "step",
            _ => "stride",
        }
        .to_string(),
        contacts: found.contacts.iter().map(contact).collect(),
        steps: steps.all().iter().map(|s| step(s, model.window(s))).collect(),
        sequence: None,
        simultaneity: Default::default(),
        locking: Vec::new(),
        convergence: Default::default(),
        closure: Vec::new(),
        contributors: Vec::new(),
        impulses: Vec::new(),
        balance: None,
        symmetry: Vec::new(),
        weak_links: Vec::new(),
        absent: model.absent.clone(),
        notes: model.notes.iter().chain(&found.notes).cloned().collect(),
    }
}

fn contact(contact: &Contact) -> ContactReport {
    ContactReport {
        side: contact.side(),
        ic_s: contact.initial.time_s,
        ic_se_s: contact.initial.se_s,
        tc_s: contact.terminal.time_s,
        tc_se_s: contact.terminal.se_s,
        method: contact.method(),
    }
}

fn step(step: &Step, window: TimeSpan) -> StepReport {
    let finite = |value: f64| Some(value).filter(|v| v.is_finite());
    StepReport {
        side: step.side(),
        start_s: step.start_s(),
        end_s: finite(step.end_s),
        contact_s: step.contact_s(),
        flight_s: finite(step.flight_s()),
        accepted: step.accepted(),
        reason: step.rejected.map(|reason: RejectReason| reason.to_string()),
        peaks: BTreeMap::new(),
        absent: BTreeMap::new(),
        window_s: Some([window.start_s, window.end_s]).filter(|w| w.iter().all(|v| v.is_finite())),
        unit: String::new(),
        coincidence: None,
        chance: None,
        kappa: None,
        simultaneity: None,
        peak_spread_s: None,
    }
}

/// A contributor whose peak time scatters by more than this fraction of the cycle has no one time.
const VAGUE: f64 = 0.05;

/// The contributors whose peak has no one time, and by how much it scatters.
pub(super) fn vague(trial: &Trial) -> impl Iterator<Item = (&str, f64)> {
    let limit = VAGUE * trial.curves.cycle_s;
    let scatter = move |c: &ContributorReport| c.jitter_s.filter(|jitter_s| *jitter_s > limit);
    trial.report.contributors.iter().filter_map(move |c| Some((c.name.as_str(), scatter(c)?)))
}

/// What a reader must know before using the numbers.
fn cautions(trial: &mut Trial) {
    let scattered = |(name, jitter_s): (&str, f64)| {
        format!(
            "the peak of {name} scatters by {:.0} ms: its curve has a flat top or more than one, and what is said of its \
             timing depends on which counts",
            1e3 * jitter_s
        )
    };
    let scattered: Vec<String> = vague(trial).map(scattered).collect();
    let report = &mut trial.report;
    report.notes.extend(scattered);
    if report.contributors.len() == 2 {
        report.notes.push(
            "two contributors: either may be called late, re-timing one or the other is the same".to_string(),
        );
    }
    if report.model == "joint" && (!report.contributors.is_empty() || report.sequence.is_some()) {
        report.notes.push("joint-velocity drives are proxies, not forces".to_string());
    }
    if report.model == "newton" && !report.contributors.is_empty() {
        report.notes.push(
            "segment forces are signed, and those of low-passed markers on skin: how far they are from the plates' is \
             what closure says"
                .to_string(),
        );
    }
    let n = report.convergence.n;
    if report.convergence.p.is_some() {
        report.notes.push(
            "p asks whether random fixed offsets would do as well; one runner has one set of offsets, so it does not \
             shrink with steps, and a moderate kappa is often not significant"
                .to_string(),
        );
    }
    let whole = report.sequence.as_ref().map_or(0, |s| s.pairs.iter().map(|pair| pair.n).max().unwrap_or(0));
    if whole > n {
        report.notes.push(format!(
            "the leg's sequence has {whole} contacts: it needs no whole stride around them, as the {n} steps used do"
        ));
    }
    if n > 0 && report.convergence.ci.is_none() {
        report
            .notes
            .push(format!("{n} usable step{} too few for intervals", if n == 1 { " is" } else { "s are" }));
    } else if n > 0 && report.convergence.approximate {
        report.notes.push(format!("{n} usable steps: the intervals are approximate"));
    }
}
