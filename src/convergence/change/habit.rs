//! What changed of the whole: coincidence, habit, scatter and order.

use super::super::{Cycles, DriveGrid, SessionAnalysis, TimingLoss};
use crate::inference::{Bootstrap, Estimate, IntervalMethod, Strides};
use crate::sequence::kendall_tau_b;
use crate::synchrony::{Circular, difference};
use crate::{Error, Result};
use alloc::{string::String, vec, vec::Vec};

/// Change of what the contributors do together, this session less the reference, each with an expanded percentile interval
/// over strides of both resampled.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct FixedOffsetChange {
    /// Of the coincidence.
    pub coincidence: Estimate,
    /// Of what is lost by habit (see [`DriveGrid::loss`]).
    pub offset: Estimate,
    /// Of what is lost by scatter.
    pub blur: Estimate,
    /// The contributors in order of their mean peaks in the reference, from the first after the seam.
    pub order_before: Vec<String>,
    /// The same in this session, from the same contributor on.
    pub order_after: Vec<String>,
    /// Kendall's tau-b between the two orders: 1 when nothing changed places.
    pub order_tau: Estimate,
}

/// A session whose steps can be drawn anew.
struct Drawn<'a> {
    drives: DriveGrid,
    phases: Vec<Vec<f64>>,
    strides: &'a Strides,
}

struct Whole {
    coincidence: f64,
    loss: TimingLoss,
    mean_phases: Vec<f64>,
}

impl<'a> Drawn<'a> {
    fn of(cycles: &'a Cycles, members: &[usize]) -> Result<Self> {
        let phases = cycles.peak_phases()?;
        Ok(Self {
            drives: cycles.drives().only(members),
            phases: members.iter().map(|&member| phases.of(member)).collect(),
            strides: cycles.strides(),
        })
    }

    /// Of the strides drawn; `None` when a contributor has no mean phase in them, or nothing is available.
    fn whole(&self, units: &[usize]) -> Option<Whole> {
        let steps: Vec<usize> = units.iter().flat_map(|&unit| self.strides.get(unit)).collect();
        let drives = self.drives.of_steps(&steps);
        let (available, realised) = drives.session();
        let mean = |phases: &Vec<f64>| {
            let present: Vec<f64> =
                steps.iter().map(|&j| phases[j]).filter(|phase| !phase.is_nan()).collect();
            Circular::of(&present).ok()?.mean
        };
        Some(Whole {
            coincidence: super::super::maximum::ratio(realised, available)?,
            loss: drives.loss().ok()?,
            mean_phases: self.phases.iter().map(mean).collect::<Option<_>>()?,
        })
    }
}

/// How far after the first contributor's mean phase in the reference each comes: an order needs a place to begin.
fn after(phases: &[f64], begin: f64) -> Vec<f64> {
    phases.iter().map(|&phase| 0.5 + difference(phase, begin + 0.5)).collect()
}

fn ordered(places: &[f64], names: &[String]) -> Vec<String> {
    let mut order: Vec<usize> = (0..places.len()).collect();
    order.sort_by(|&a, &b| places[a].total_cmp(&places[b]));
    order.into_iter().map(|i| names[i].clone()).collect()
}

impl SessionAnalysis {
    /// What changed of the whole from the reference to this session: coincidence, habit (offset), scatter (blur) and the
    /// order of the contributors' mean peaks. What changed of each contributor is said by [`SessionAnalysis::changes`].
    ///
    /// Drives are divided by their mean peaks in each session: strength plays no part in it, and neither does the mean
    /// drawn anew in each replicate.
    ///
    /// # Errors
    /// As [`SessionAnalysis::changes`], but for few strides, which leave the intervals out.
    pub fn habit_change(&self, cycles: &Cycles, reference: &Cycles) -> Result<FixedOffsetChange> {
        let quantity = "a change between two sessions";
        let (own, theirs): (Vec<usize>, Vec<usize>) =
            super::super::compare::common_to(cycles, reference)?.into_iter().unzip();
        let (now, then) = (Drawn::of(cycles, &own)?, Drawn::of(reference, &theirs)?);
        let all = |drawn: &Drawn<'_>| (0..drawn.strides.len()).collect::<Vec<usize>>();
        let reason = "a contributor has no mean peak phase, or nothing is available";
        let whole = |drawn: &Drawn<'_>| drawn.whole(&all(drawn)).ok_or(Error::Undefined { quantity, reason });
        let (observed, before) = (whole(&now)?, whole(&then)?);
        let begin = before.mean_phases.iter().copied().fold(f64::INFINITY, f64::min) - 1e-9;
        let differences = |now: &Whole, then: &Whole| {
            let tau = kendall_tau_b(&after(&then.mean_phases, begin), &after(&now.mean_phases, begin));
            [
                now.coincidence - then.coincidence,
                now.loss.offset - then.loss.offset,
                now.loss.blur - then.loss.blur,
                tau.ok().flatten().unwrap_or(f64::NAN),
            ]
        };
        let bootstrap: &Bootstrap = self.bootstrap();
        let (n, m) = (now.strides.len(), then.strides.len());
        let smaller = n.min(m);
        let mut replicates = vec![Vec::new(); 4];
        if smaller >= 3 {
            // The reference draws from a stream of its own, so that equal stride counts are not resampled alike.
            for (units, reference_units) in bootstrap.resamples(n).zip(bootstrap.reseeded(1).resamples(m)) {
                let Some((now, then)) = now.whole(&units).zip(then.whole(&reference_units)) else { continue };
                replicates.iter_mut().zip(differences(&now, &then)).for_each(|(all, value)| all.push(value));
            }
        }
        let mut estimates =
            differences(&observed, &before).into_iter().zip(replicates).map(|(value, mut all)| {
                all.retain(|value| !value.is_nan());
                let ci = bootstrap.expanded(&mut all, smaller);
                Estimate::new(value, ci, bootstrap.level(), smaller, IntervalMethod::Expanded)
            });
        let none = || Error::Undefined { quantity, reason };
        let mut next = || estimates.next().ok_or_else(none);
        let names: Vec<String> = own.iter().map(|&i| cycles.members()[i].name.clone()).collect();
        Ok(FixedOffsetChange {
            coincidence: next()?,
            offset: next()?,
            blur: next()?,
            order_before: ordered(&after(&before.mean_phases, begin), &names),
            order_after: ordered(&after(&observed.mean_phases, begin), &names),
            order_tau: next()?.within(-1.0, 1.0),
        })
    }
}
