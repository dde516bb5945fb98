//! What a study may be told.

use crate::model::Sex;
use crate::{Error, Result};

/// Which contributors a study takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum ModelKind {
    /// Angular-velocity drives: proxies, not forces.
    #[default]
    Joint,
    /// Segment forces in newtons, from markers.
    Newton,
}

impl ModelKind {
    /// Its name, as every result gives it.
    pub fn name(self) -> &'static str {
        match self {
            ModelKind::Joint => "joint",
            ModelKind::Newton => "newton",
        }
    }
}

/// How recordings are studied.
///
/// ```
/// use copeak::{simulate::sprinter_at_four_speeds, report::Settings};
/// let trials = sprinter_at_four_speeds()?;
/// let recordings: Vec<_> = trials.into_iter().map(|trial| trial.recording).collect();
/// let study = Settings::default().replicates(200).study(&recordings[2..], None).unwrap();
/// assert_eq!(study.report.recordings.len(), 2);
/// assert_eq!(study.report.comparisons.len(), 1);
/// println!("{}", study.report);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    pub(super) model: ModelKind,
    pub(super) cutoff_hz: f64,
    pub(super) seed: u64,
    pub(super) replicates: usize,
    pub(super) sex: Sex,
}

impl Default for Settings {
    /// Joint-velocity drives from angles low-passed at 15 Hz, seed 1, 1000 replicates; male segment masses.
    fn default() -> Self {
        Self { model: ModelKind::Joint, cutoff_hz: 15.0, seed: 1, replicates: 1000, sex: Sex::Male }
    }
}

impl Settings {
    /// With the contributors of this model.
    #[must_use]
    pub fn model(self, model: ModelKind) -> Self {
        Self { model, ..self }
    }

    /// With the model of this name.
    ///
    /// # Errors
    /// [`Error::Undefined`] for a name that is no model's.
    pub fn model_named(self, name: &str) -> Result<Self> {
        let known = [ModelKind::Joint, ModelKind::Newton];
        match known.into_iter().find(|model| model.name() == name) {
            Some(model) => Ok(self.model(model)),
            None => Err(Error::Undefined { quantity: "the model", reason: "the models are: joint, newton" }),
        }
    }

    /// With this low-pass cut-off for kinematics: the -3 dB point of both passes together.
    #[must_use]
    pub fn cutoff_hz(self, cutoff_hz: f64) -> Self {
        Self { cutoff_hz, ..self }
    }

    /// With the segment masses of this sex, for the newton model.
    #[must_use]
    pub fn sex(self, sex: Sex) -> Self {
        Self { sex, ..self }
    }

    /// With this seed for every random draw.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// With this many bootstrap and surrogate replicates.
    #[must_use]
    pub fn replicates(self, replicates: usize) -> Self {
        Self { replicates, ..self }
    }
}
