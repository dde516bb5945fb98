//! One recording against the reference: missing, mistimed, shape.

use super::{Caution, StudyBuilder, TrialStudy};
use crate::convergence::{Changes, SessionComparison};
use crate::{Error, Result};
use alloc::{
    string::{String, ToString},
    vec::Vec,
};

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
    #[cfg_attr(feature = "serde", serde(serialize_with = "super::caution::with_text"))]
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
pub(super) fn compare(
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
