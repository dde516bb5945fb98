//! From recordings to domain values: contacts, steps, sequence, convergence, comparisons, the model of speed.
//!
//! A [`Study`] holds what the other modules return, with the cautions that belong to it. [`crate::report`] renders it as text, an HTML
//! page, CSV and figures; with the feature `serde` it is its own JSON.
//!
//! ```
//! use copeak::{simulate::Sprinter, study::Study};
//! let trial = Sprinter::at_speed(9.5).steps(12).every_jitter_s(0.004).simulate()?.recording;
//! let study = Study::builder().trial(&trial).replicates(50).run()?;
//! let kappa = study.convergence()?.kappa;
//! assert!(kappa.ci.is_some());
//! let leg = study.sessions[0].trials[0].sequence.as_ref().and_then(|leg| leg.pair("hip", "knee"));
//! assert!(leg.is_some_and(|lag| lag.mean_s.value > 0.0));
//! println!("{study}");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod caution;
mod trial;
pub use caution::{Caution, ContactSource};
pub use trial::{Balance, Closure, Contacts, SideDifference, SideQuantity, TrialStudy};

use crate::convergence::chance::ChanceLevel;
use crate::convergence::change::Changes;
use crate::convergence::shortfall::SessionComparison;
use crate::convergence::{Normalization, Session, SessionAnalysis};
use crate::inference::Estimate;
use crate::model::Sex;
use crate::performance::{SpeedCaution, SpeedFit, SpeedModel, SpeedTrial};
use crate::recording::Recording;
use crate::{Error, Result};
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

/// Version of the serialised form.
const SCHEMA: u32 = 2;

/// Everything found in a set of recordings.
///
/// Times are seconds on the recording's clock, angles degrees, everything else SI; `None` (`null` in JSON) stands wherever a
/// number is not defined or too little was recorded for it.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Study {
    /// Version of the serialised form: 2.
    pub schema: u32,
    /// Version of the crate that made it.
    pub version: String,
    /// The sessions in the order given; each recording is a session of one trial.
    pub sessions: Vec<SessionStudy>,
    /// Every other recording against the reference.
    pub comparisons: Vec<Comparison>,
    /// Whether timing explains speed beyond force; `None` unless two recordings have a speed and a kappa.
    pub speed: Option<SpeedStudy>,
    /// The files that the recordings were read from, as far as they were named with [`StudyBuilder::file`].
    pub files: Vec<FileNote>,
}

/// The trials of one athlete on one occasion.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SessionStudy {
    /// Who ran, where that was given.
    pub athlete: Option<String>,
    /// Which occasion, where that was given.
    pub session: Option<String>,
    /// Under which condition, where that was given.
    pub condition: Option<String>,
    /// The trials in the order given.
    pub trials: Vec<TrialStudy>,
}

/// Remarks on reading one file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct FileNote {
    /// The file's name.
    pub file: String,
    /// The layout that its channels were read by.
    pub layout: Option<String>,
    /// Remarks of the reader.
    pub notes: Vec<String>,
    /// Why it could not be read.
    pub problem: Option<String>,
}

/// The convergence of one trial, with its kappa.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Convergence<'a> {
    /// Mean convergence index of the steps: 0 at chance, 1 when all contributors peak at one instant.
    pub kappa: Estimate,
    /// Everything else.
    pub session: &'a Session,
}

impl Study {
    /// A study of no recording yet.
    pub fn builder<'a>() -> StudyBuilder<'a> {
        StudyBuilder::default()
    }

    /// Every trial, session by session.
    pub fn trials(&self) -> impl Iterator<Item = &TrialStudy> {
        self.sessions.iter().flat_map(|session| &session.trials)
    }

    /// Every trial, session by session, when the rest is not needed.
    pub fn into_trials(self) -> impl Iterator<Item = TrialStudy> {
        self.sessions.into_iter().flat_map(|session| session.trials)
    }

    /// The trial of a name.
    ///
    /// # Errors
    /// [`StudyError`] with the name, when no trial has it.
    pub fn trial(&self, file: &str) -> Result<&TrialStudy, StudyError> {
        self.trials().find(|trial| trial.file == file).ok_or_else(|| StudyError {
            recording: file.into(),
            source: Error::Missing { operation: "a trial by name", what: "a trial of that name" },
        })
    }

    /// The convergence of a study of one trial.
    ///
    /// # Errors
    /// [`Error::Undefined`] unless the study has one trial and that trial has a kappa; choose among several with
    /// [`Study::trial`].
    pub fn convergence(&self) -> Result<Convergence<'_>> {
        let undefined = |reason| Error::Undefined { quantity: "the convergence of a study", reason };
        let mut trials = self.trials();
        let (Some(trial), None) = (trials.next(), trials.next()) else {
            return Err(undefined("it has not one trial; choose one by its name"));
        };
        let Some(session) = &trial.convergence else {
            return Err(undefined("no usable step has every contributor"));
        };
        let kappa = session.kappa.ok_or(undefined("chance would do as well in every step"))?;
        Ok(Convergence { kappa, session })
    }
}

impl FileNote {
    /// A file without remarks.
    pub fn new(file: impl Into<String>) -> Self {
        Self { file: file.into(), layout: None, notes: Vec::new(), problem: None }
    }
}

// The recordings of a study and its settings.

/// Which contributors a study takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum ModelKind {
    /// Angular-velocity drives: proxies, not forces.
    #[default]
    Joint,
    /// Segment forces in newtons, from markers.
    Newton,
}

impl ModelKind {
    /// `joint` or `newton`.
    pub fn name(self) -> &'static str {
        match self {
            ModelKind::Joint => "joint",
            ModelKind::Newton => "newton",
        }
    }
}

impl fmt::Display for ModelKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A name that is no model's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown model '{0}'; expected joint or newton")]
pub struct UnknownModel(String);

/// ```
/// use copeak::study::ModelKind;
/// assert_eq!("newton".parse(), Ok(ModelKind::Newton));
/// let error = "foo".parse::<ModelKind>().unwrap_err();
/// assert_eq!(error.to_string(), "unknown model 'foo'; expected joint or newton");
/// ```
impl FromStr for ModelKind {
    type Err = UnknownModel;

    fn from_str(name: &str) -> Result<Self, UnknownModel> {
        let known = [ModelKind::Joint, ModelKind::Newton];
        known.into_iter().find(|model| model.name() == name).ok_or_else(|| UnknownModel(name.into()))
    }
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

/// Progress of a study.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress<'a> {
    /// Pieces of work done.
    pub done: usize,
    /// Pieces of work in all.
    pub all: usize,
    /// The recording that comes next.
    pub recording: &'a str,
    /// Whether it is compared with the reference next; else it is studied alone.
    pub compared: bool,
}

/// Studies recordings, and compares them with a reference.
///
/// These channels of a [`Recording`] are used, all others ignored; a channel that is missing or in another unit makes absent what
/// needs it, which the study names:
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
/// A recording in which nothing can be found is reported as such and not refused.
///
/// ```
/// use copeak::{simulate::sprinter_at_four_speeds, study::Study};
/// let trials = sprinter_at_four_speeds()?;
/// let study = Study::builder().trials(trials[2..].iter().map(|trial| &trial.recording)).replicates(200).run()?;
/// assert_eq!(study.trials().count(), 2);
/// assert_eq!(study.comparisons.len(), 1);
/// println!("{study}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct StudyBuilder<'a> {
    recordings: Vec<&'a Recording>,
    files: Vec<FileNote>,
    reference: Option<usize>,
    model: ModelKind,
    cutoff_hz: f64,
    seed: u64,
    replicates: usize,
    sex: Sex,
}

impl Default for StudyBuilder<'_> {
    /// Joint-velocity drives from angles low-passed at 15 Hz, seed 1, 1000 replicates; male segment masses.
    fn default() -> Self {
        Self {
            recordings: Vec::new(),
            files: Vec::new(),
            reference: None,
            model: ModelKind::Joint,
            cutoff_hz: 15.0,
            seed: 1,
            replicates: 1000,
            sex: Sex::Male,
        }
    }
}

impl<'a> StudyBuilder<'a> {
    /// Adds a recording.
    #[must_use]
    pub fn trial(mut self, recording: &'a Recording) -> Self {
        self.recordings.push(recording);
        self
    }

    /// Adds recordings.
    #[must_use]
    pub fn trials(mut self, recordings: impl IntoIterator<Item = &'a Recording>) -> Self {
        self.recordings.extend(recordings);
        self
    }

    /// Adds a remark on a file that was read, which the study passes on.
    #[must_use]
    pub fn file(mut self, note: FileNote) -> Self {
        self.files.push(note);
        self
    }

    /// Sets which recording, by its position, the others are compared with; without it, the fastest with a usable step, or the
    /// first such when no recording has a speed.
    #[must_use]
    pub fn reference(self, position: usize) -> Self {
        Self { reference: Some(position), ..self }
    }

    /// Sets the model that the contributors come from.
    #[must_use]
    pub fn model(self, model: ModelKind) -> Self {
        Self { model, ..self }
    }

    /// Sets the low-pass cut-off for kinematics: the -3 dB point of both passes together.
    #[must_use]
    pub fn cutoff_hz(self, cutoff_hz: f64) -> Self {
        Self { cutoff_hz, ..self }
    }

    /// Sets the sex whose segment masses the newton model takes.
    #[must_use]
    pub fn sex(self, sex: Sex) -> Self {
        Self { sex, ..self }
    }

    /// Sets the seed of every random draw.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// Sets the number of bootstrap and surrogate replicates.
    #[must_use]
    pub fn replicates(self, replicates: usize) -> Self {
        Self { replicates, ..self }
    }

    /// Studies the recordings.
    ///
    /// # Errors
    /// [`StudyError`] for what no recording can be studied with, such as a cut-off above its Nyquist frequency, a given speed or
    /// mass that is not finite and above 0, or a reference that is not among the recordings.
    pub fn run(&self) -> Result<Study, StudyError> {
        self.run_with(|_| {})
    }

    /// Studies the recordings and reports the progress.
    ///
    /// # Errors
    /// As [`StudyBuilder::run`].
    pub fn run_with(&self, mut progress: impl FnMut(Progress<'_>)) -> Result<Study, StudyError> {
        let n = self.recordings.len();
        let mut report = |i: usize, compared: bool| {
            let done = if compared { n + i } else { i };
            progress(Progress { done, all: 2 * n, recording: &self.recordings[i].name, compared });
        };
        let at = |i: usize, source: Error| StudyError { recording: self.recordings[i].name.clone(), source };
        let mut trials = Vec::new();
        for (i, recording) in self.recordings.iter().enumerate() {
            report(i, false);
            trials.push(TrialStudy::of(recording, self).map_err(|source| at(i, source))?);
        }
        let reference = self.reference_among(&trials)?;
        if trials.len() > 1 && trials[reference].cycles.is_none() {
            trials[reference].cautions.push(Caution::ReferenceWithoutStep);
        }
        let mut comparisons = Vec::new();
        for i in (0..n).filter(|i| *i != reference) {
            report(i, true);
            match compare(&trials[i], &trials[reference], self).map_err(|source| at(i, source))? {
                Ok(comparison) => comparisons.push(comparison),
                Err(why) => trials[i].cautions.push(why),
            }
        }
        let speed = speed_study(&trials, reference, self.seed)
            .map_err(|source| StudyError { recording: "the speed model".to_string(), source })?;
        let session =
            |trial| SessionStudy { athlete: None, session: None, condition: None, trials: vec![trial] };
        Ok(Study {
            schema: SCHEMA,
            version: env!("CARGO_PKG_VERSION").to_string(),
            sessions: trials.into_iter().map(session).collect(),
            comparisons,
            speed,
            files: self.files.clone(),
        })
    }

    fn reference_among(&self, trials: &[TrialStudy]) -> Result<usize, StudyError> {
        match self.reference {
            Some(i) if i >= trials.len() => {
                let source = Error::Parameter {
                    name: "position of the reference",
                    rule: "below the number of recordings",
                    value: i as f64,
                };
                Err(StudyError { recording: "reference".to_string(), source })
            }
            Some(i) => Ok(i),
            None => Ok(fastest(trials)),
        }
    }

    /// Settings of a session's measures: as many surrogates as replicates, counting the observed session among them.
    fn analysis(&self) -> SessionAnalysis {
        let chance = ChanceLevel::new(self.seed).surrogates(self.replicates.saturating_sub(1));
        SessionAnalysis::new(self.seed).chance(chance).replicates(self.replicates)
    }
}

/// The fastest trial with a usable step, the first such when none has a speed; the first of all when no step is usable.
fn fastest(trials: &[TrialStudy]) -> usize {
    let usable = || trials.iter().enumerate().filter(|(_, trial)| trial.cycles.is_some());
    let first = usable().next().map_or(0, |(i, _)| i);
    let speeds = usable().filter_map(|(i, trial)| Some((i, trial.speed_mps?)));
    speeds
        .fold(None, |best: Option<(usize, f64)>, now| match best {
            Some(best) if best.1 >= now.1 => Some(best),
            _ => Some(now),
        })
        .map_or(first, |(i, _)| i)
}

// One recording against the reference: missing, mistimed, shape.

/// A recording against the reference.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Comparison {
    /// The recording.
    pub file: String,
    /// The recording that it is compared with.
    pub reference: String,
    /// Its shortfall over the contributors common to both.
    pub shortfall: SessionComparison,
    /// Each contributor against itself in the reference; `None` with fewer than three strides in one of the two.
    pub changes: Option<Changes>,
    /// Limits of the split.
    #[cfg_attr(feature = "serde", serde(serialize_with = "caution::with_text"))]
    pub cautions: Vec<Caution>,
}

impl Comparison {
    /// A comparison without changes and cautions.
    pub fn new(file: impl Into<String>, reference: impl Into<String>, shortfall: SessionComparison) -> Self {
        Self {
            file: file.into(),
            reference: reference.into(),
            shortfall,
            changes: None,
            cautions: Vec::new(),
        }
    }
}

/// The comparison over the contributors common to both, or why there is none.
fn compare(
    trial: &TrialStudy,
    reference: &TrialStudy,
    settings: &StudyBuilder<'_>,
) -> Result<Result<Comparison, Caution>> {
    let not = |why: &str| Ok(Err(Caution::NotCompared { why: why.to_string() }));
    let Some(this) = &trial.cycles else { return not("there is no usable step") };
    let Some(other) = &reference.cycles else { return not("the reference has no usable step") };
    let analysis = settings.analysis();
    let shortfall = match analysis.compare(this, other) {
        Err(error @ (Error::Missing { .. } | Error::Undefined { .. })) => return not(&error.to_string()),
        found => found?,
    };
    let changes = match analysis.changes(this, other) {
        // Too few strides, which the missing intervals show, too.
        Err(Error::TooFew { .. } | Error::Undefined { .. }) => None,
        changed => Some(changed?),
    };
    let ambiguous = [(trial, false), (reference, true)].into_iter().find_map(|(trial, in_reference)| {
        let contributor = trial.scattered_peaks().next()?.0.to_string();
        Some(Caution::AmbiguousPeak { contributor, in_reference })
    });
    Ok(Ok(Comparison {
        changes,
        cautions: ambiguous.into_iter().collect(),
        ..Comparison::new(&trial.file, &reference.file, shortfall)
    }))
}

// Whether timing explains speed beyond force, over all recordings.

/// Nested models of speed over the recordings: by force and its square, then with kappa.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SpeedStudy {
    /// Recordings with a speed, a kappa and the contributors that all have.
    pub trials: usize,
    /// Athletes: all recordings are taken for one athlete's.
    pub athletes: usize,
    /// Unit of the force, which is the sum of the mean peaks of the contributors that all recordings have: `reference peaks`
    /// (no force but what stands for it) or `N`.
    pub force_unit: String,
    /// The models; `None` with too few recordings for them.
    pub fit: Option<SpeedFit>,
    /// Their limits.
    #[cfg_attr(feature = "serde", serde(serialize_with = "caution::with_text"))]
    pub cautions: Vec<Caution>,
}

/// The models over all trials; `None` below two that can take part.
fn speed_study(trials: &[TrialStudy], reference: usize, seed: u64) -> Result<Option<SpeedStudy>> {
    let takes_part =
        |trial: &&TrialStudy| trial.cycles.is_some() && trial.speed_mps.is_some() && kappa(trial).is_some();
    let usable: Vec<&TrialStudy> = trials.iter().filter(takes_part).collect();
    if usable.len() < 2 {
        return Ok(None);
    }
    let (points, force) = points(&usable, &trials[reference]);
    let mut cautions = Vec::new();
    let fit = match SpeedModel::new(seed).fit(&points) {
        Ok(fit) => {
            cautions.extend(fit.cautions().into_iter().map(|limit| Caution::Speed { limit }));
            Some(fit)
        }
        Err(error @ (Error::TooFew { .. } | Error::Undefined { .. } | Error::Constant { .. })) => {
            cautions.push(Caution::Speed { limit: SpeedCaution::OneAthlete });
            cautions.push(Caution::NoSpeedModel { why: error.to_string() });
            None
        }
        Err(error) => return Err(error),
    };
    cautions.push(Caution::OneAthlete);
    if force == Normalization::Relative {
        cautions.push(Caution::ForceIsProxy);
    }
    let force_unit = match force {
        Normalization::Relative => "reference peaks",
        Normalization::Newtons => "N",
    };
    let force_unit = force_unit.to_string();
    Ok(Some(SpeedStudy { trials: points.len(), athletes: 1, force_unit, fit, cautions }))
}

fn kappa(trial: &TrialStudy) -> Option<f64> {
    Some(trial.convergence.as_ref()?.kappa?.value)
}

/// One point per recording, its force from the contributors that all of them and the reference have; and what that force is.
fn points(usable: &[&TrialStudy], reference: &TrialStudy) -> (Vec<SpeedTrial>, Normalization) {
    let peak = |trial: &TrialStudy, name: &str| {
        let members = trial.cycles.as_ref()?.contributors();
        members.iter().find(|member| member.name == name).map(|member| member.weight * member.mean_peak)
    };
    let names =
        reference.cycles.iter().flat_map(|cycles| cycles.contributors()).map(|member| member.name.as_str());
    let common: Vec<&str> =
        names.filter(|name| usable.iter().all(|trial| peak(trial, name).is_some())).collect();
    let scale = reference.cycles.as_ref().map_or(Normalization::Relative, |cycles| cycles.normalization());
    let force = |trial: &TrialStudy| -> f64 {
        let of = |name: &&str| {
            let own = peak(trial, name)?;
            Some(if scale == Normalization::Relative { own / peak(reference, name)? } else { own })
        };
        common.iter().filter_map(of).sum()
    };
    let point = |trial: &&TrialStudy| {
        let stride_s = trial.cycles.as_ref()?.mean_stride_s();
        Some(SpeedTrial {
            athlete: 0,
            speed_mps: trial.speed_mps?,
            force: force(trial),
            convergence: kappa(trial)?,
            step_frequency_hz: Some(2.0 / stride_s),
        })
    };
    (usable.iter().filter_map(point).collect(), scale)
}
