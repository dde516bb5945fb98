//! How the contributors share the work: impulses within the contact, balance, left against right.

use super::study::Trial;
use super::{BalanceReport, RecordingReport, Settings, StepReport, SymmetryReport};
use crate::convergence::{CompensationTest, Cycles, Symmetry};
use crate::event::Side;
use crate::inference::t_interval;
use crate::{Error, Result};
use alloc::{string::ToString, vec::Vec};

const LEVEL: f64 = 0.95;

/// Fill in impulses, balance and symmetry, once the steps have their peaks.
pub(super) fn balance(trial: &mut Trial, settings: &Settings) -> Result<()> {
    if let Some(cycles) = &trial.cycles {
        trial.report.impulses = cycles.contact_impulses(LEVEL)?;
        trial.report.balance = Some(shared(cycles, settings)?);
    }
    trial.report.symmetry = sides(&trial.report)?;
    Ok(())
}

/// At the session's best phase: how evenly the contributors share the sum, and whether they cover for each other.
fn shared(cycles: &Cycles, settings: &Settings) -> Result<BalanceReport> {
    let drives = cycles.drives();
    let found = match CompensationTest::new(settings.seed)
        .surrogates(settings.replicates.saturating_sub(1).max(1))
        .test(drives)
    {
        Err(Error::TooFew { .. } | Error::Constant { .. }) => None,
        found => Some(found?),
    };
    Ok(BalanceReport {
        evenness: drives.evenness(),
        variance_ratio: found.map(|found| found.observed.variance_ratio),
        delta_v: found.map(|found| found.observed.delta_v),
        delta_v_excess: found.map(|found| found.excess),
        p: found.map(|found| found.p),
    })
}

/// Contact, flight and step time, and each contributor's peak, of neighbouring accepted steps of a left and a right foot.
fn sides(report: &RecordingReport) -> Result<Vec<SymmetryReport>> {
    let pairs = pairs(&report.steps);
    let mut found = Vec::new();
    found.extend(compared("contact time", "s", &pairs, |step| Some(step.contact_s))?);
    found.extend(compared("flight time", "s", &pairs, |step| step.flight_s)?);
    found.extend(compared("step time", "s", &pairs, |step| Some(step.end_s? - step.start_s))?);
    for contributor in &report.contributors {
        let name = contributor.name.as_str();
        let unit = pairs.first().map_or("", |pair| pair[0].unit.as_str());
        found.extend(compared(name, unit, &pairs, |step| Some(step.peaks.get(name)?.value))?);
    }
    Ok(found)
}

/// Left and right step of each pair of neighbours; a step belongs to one pair.
fn pairs(steps: &[StepReport]) -> Vec<[&StepReport; 2]> {
    let mut found = Vec::new();
    let mut i = 0;
    while let Some([first, second]) = steps.get(i..i + 2) {
        let follows = first.end_s == Some(second.start_s) && first.side != second.side;
        if follows && first.accepted && second.accepted {
            found.push(if first.side == Side::Left { [first, second] } else { [second, first] });
            i += 2;
        } else {
            i += 1;
        }
    }
    found
}

/// One quantity on both sides, over the pairs that have it twice; `None` without any.
fn compared(
    name: &str,
    unit: &str,
    pairs: &[[&StepReport; 2]],
    of: impl Fn(&StepReport) -> Option<f64>,
) -> Result<Option<SymmetryReport>> {
    let both = pairs.iter().filter_map(|[left, right]| Some((of(left)?, of(right)?)));
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
    Ok(Some(SymmetryReport {
        name: name.to_string(),
        unit: unit.to_string(),
        left: both.iter().map(|(left, _)| left / n).sum(),
        right: both.iter().map(|(_, right)| right / n).sum(),
        index: index.value,
        ci: super::together::ci(index),
        approximate: index.approximate,
        n: both.len(),
    }))
}
