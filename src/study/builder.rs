//! The recordings of a study and its settings.

use super::comparison::compare;
use super::speed::speed_study;
use super::{Caution, FileNote, SCHEMA, SessionStudy, Study, TrialStudy};
use crate::convergence::{ChanceLevel, SessionAnalysis};
use crate::model::Sex;
use crate::recording::Recording;
use crate::{Error, Result};
use alloc::{
    string::{String, ToString},
    vec,
    vec::Vec,
};
use core::fmt;
use core::str::FromStr;

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
    pub(super) model: ModelKind,
    pub(super) cutoff_hz: f64,
    pub(super) seed: u64,
    pub(super) replicates: usize,
    pub(super) sex: Sex,
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
    pub(super) fn analysis(&self) -> SessionAnalysis {
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
