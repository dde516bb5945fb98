//! The contributors' balance, and left against right.

use super::{StudyBuilder, TrialStudy};
use crate::convergence::{CompensationTest, Cycles, Session, SessionCompensation, Symmetry};
use crate::event::Side;
use crate::inference::{Estimate, t_interval};
use crate::stride::{Step, Steps};
use crate::{Error, Result};
use alloc::{string::String, vec::Vec};
use core::fmt;

const LEVEL: f64 = 0.95;

/// The contributors' shares of the sum at the session's best phase.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Balance {
    /// Evenness of their shares (Pielou): 1 when all contribute equally, 0 when one contributes everything.
    pub evenness: Option<f64>,
    /// Whether they compensate for each other from step to step; `None` below two steps or two contributors.
    pub compensation: Option<SessionCompensation>,
}

/// A quantity that both sides have.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum SideQuantity {
    /// Contact time.
    ContactTime,
    /// Flight time.
    FlightTime,
    /// Step time.
    StepTime,
    /// Height of a contributor's peak.
    Peak(String),
}

impl fmt::Display for SideQuantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            SideQuantity::ContactTime => "contact time",
            SideQuantity::FlightTime => "flight time",
            SideQuantity::StepTime => "step time",
            SideQuantity::Peak(contributor) => contributor,
        })
    }
}

/// One quantity on the left and on the right side, over pairs of neighbouring accepted steps.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SideDifference {
    /// The quantity.
    pub quantity: SideQuantity,
    /// Unit of `left` and `right`.
    pub unit: String,
    /// Mean over steps of the left foot.
    pub left: f64,
    /// Mean over steps of the right foot.
    pub right: f64,
    /// Mean difference of a pair over its mean: positive when the right side has more; its `n` counts pairs.
    pub index: Estimate,
}

/// At the session's best phase: how evenly the contributors share the sum, and whether they compensate for each other.
pub(super) fn balance(cycles: &Cycles, settings: &StudyBuilder<'_>) -> Result<Balance> {
    let drives = cycles.drives();
    let test = CompensationTest::new(settings.seed).surrogates(settings.replicates.saturating_sub(1).max(1));
    let compensation = match test.test(drives) {
        Err(Error::TooFew { .. } | Error::Constant { .. }) => None,
        found => Some(found?),
    };
    Ok(Balance { evenness: drives.evenness(), compensation })
}

/// Contact, flight and step time, and each contributor's peak, of neighbouring accepted steps of a left and a right foot.
pub(super) fn side_differences(trial: &TrialStudy) -> Result<Vec<SideDifference>> {
    let pairs = pairs(&trial.steps);
    let steps = trial.steps.all();
    let finite = |value: f64| Some(value).filter(|value| value.is_finite());
    let time = |quantity, of: fn(&Step) -> f64| compared(quantity, "s", &pairs, |i| finite(of(&steps[i])));
    let mut found = Vec::new();
    found.extend(time(SideQuantity::ContactTime, Step::contact_s)?);
    found.extend(time(SideQuantity::FlightTime, Step::flight_s)?);
    found.extend(time(SideQuantity::StepTime, Step::duration_s)?);
    for (k, contributor) in trial.convergence.iter().flat_map(|session| &session.contributors).enumerate() {
        let peak = |i| peak(trial.convergence.as_ref()?, i, k);
        found.extend(compared(
            SideQuantity::Peak(contributor.name.clone()),
            &contributor.unit,
            &pairs,
            peak,
        )?);
    }
    Ok(found)
}

/// Height of a contributor's peak in the step at this position.
fn peak(session: &Session, step: usize, contributor: usize) -> Option<f64> {
    let step = session.steps.iter().find(|used| used.source == step)?;
    Some(step.peaks[contributor].ok()?.value)
}

/// Positions of the left and the right step of each pair of neighbours; a step belongs to one pair.
fn pairs(steps: &Steps) -> Vec<[usize; 2]> {
    let mut found = Vec::new();
    let mut i = 0;
    while let Some([first, second]) = steps.all().get(i..i + 2) {
        let follows = first.end_s == second.start_s() && first.side() != second.side();
        if follows && first.accepted() && second.accepted() {
            found.push(if first.side() == Side::Left { [i, i + 1] } else { [i + 1, i] });
            i += 2;
        } else {
            i += 1;
        }
    }
    found
}

/// One quantity on both sides, over the pairs that have it twice; `None` without any.
fn compared(
    quantity: SideQuantity,
    unit: &str,
    pairs: &[[usize; 2]],
    of: impl Fn(usize) -> Option<f64>,
) -> Result<Option<SideDifference>> {
    let both = pairs.iter().filter_map(|[left, right]| Some((of(*left)?, of(*right)?)));
    let both: Vec<(f64, f64)> = both.filter(|(l, r)| Symmetry::new(*l, *r).is_some()).collect();
    if both.is_empty() {
        return Ok(None);
    }
    let n = both.len() as f64;
    let indices: Vec<f64> = both.iter().filter_map(|(l, r)| Some(Symmetry::new(*l, *r)?.index)).collect();
    let mut index = t_interval(&indices, LEVEL)?;
    // Of two amounts above 0, one is never more than twice their mean.
    if both.iter().all(|(left, right)| *left >= 0.0 && *right >= 0.0) {
        index = index.within(-2.0, 2.0);
    }
    Ok(Some(SideDifference {
        quantity,
        unit: unit.into(),
        left: both.iter().map(|(left, _)| left / n).sum(),
        right: both.iter().map(|(_, right)| right / n).sum(),
        index,
    }))
}
