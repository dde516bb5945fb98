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

mod builder;
mod caution;
mod comparison;
mod contacts;
mod contributors;
mod sides;
mod speed;
mod trial;

pub use builder::{ModelKind, Progress, StudyBuilder, StudyError, UnknownModel};
pub use caution::{Caution, ContactSource};
pub use comparison::Comparison;
pub use contacts::Contacts;
pub use contributors::Closure;
pub use sides::{Balance, SideDifference, SideQuantity};
pub use speed::SpeedStudy;
pub use trial::TrialStudy;

use crate::convergence::Session;
use crate::inference::Estimate;
use crate::{Error, Result};
use alloc::{string::String, vec::Vec};

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
