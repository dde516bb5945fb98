//! Change of what contributors do together: coincidence, fixed offsets, scatter and order.

use super::super::{Cycles, DriveGrid, SessionAnalysis, TimingLoss};
use crate::inference::{Bootstrap, Estimate, Strides, interval::IntervalMethod};
use crate::math::difference;
use crate::sequence::kendall_tau_b;
use crate::synchrony::Circular;
use crate::{Error, Result};
use alloc::{string::String, vec, vec::Vec};

/// Change of what the contributors do together, this session minus the reference, each with an expanded percentile interval
/// over strides of both resampled.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct FixedOffsetChange {
    /// Of the coincidence.
    pub coincidence: Estimate,
    /// Of the loss by fixed offsets (see [`DriveGrid::loss`]).
    pub offset: Estimate,
    /// Of the loss by scatter.
    pub blur: Estimate,
    /// The contributors in order of their mean peaks in the reference, from the first after the cycle start.
    pub order_before: Vec<String>,
    /// The same in this session, from the same contributor onwards.
    pub order_after: Vec<String>,
    /// Kendall's tau-b between the two orders: 1 when the order did not change.
    pub order_tau: Estimate,
}

/// A session whose strides can be resampled.
struct Resampled<'a> {
    drives: DriveGrid,
    phases: Vec<Vec<f64>>,
    strides: &'a Strides,
}

struct Joint {
    coincidence: f64,
    loss: TimingLoss,
    mean_phases: Vec<f64>,
}

impl<'a> Resampled<'a> {
    fn of(cycles: &'a Cycles, contributors: &[usize]) -> Result<Self> {
        let phases = cycles.peak_phases()?;
        Ok(Self {
            drives: cycles.drives().only(contributors),
            phases: contributors.iter().map(|&i| phases.contributor(i)).collect(),
            strides: cycles.strides(),
        })
    }

    /// Of these strides; `None` when a contributor has no mean phase in them, or nothing is available.
    fn joint(&self, units: &[usize]) -> Option<Joint> {
        let steps: Vec<usize> = units.iter().flat_map(|&unit| self.strides.get(unit)).collect();
        let drives = self.drives.of_steps(&steps);
        let (available, realised) = drives.session();
        let mean = |phases: &Vec<f64>| {
            let present: Vec<f64> =
                steps.iter().map(|&j| phases[j]).filter(|phase| !phase.is_nan()).collect();
            Circular::of(&present).ok()?.mean
        };
        Some(Joint {
            coincidence: super::super::coincidence::ratio(realised, available)?,
            loss: drives.loss().ok()?,
            mean_phases: self.phases.iter().map(mean).collect::<Option<_>>()?,
        })
    }
}

/// Phases after the first contributor's mean phase in the reference: an order needs a beginning.
fn after(phases: &[f64], begin: f64) -> Vec<f64> {
    phases.iter().map(|&phase| 0.5 + difference(phase, begin + 0.5)).collect()
}

fn ordered(places: &[f64], names: &[String]) -> Vec<String> {
    let mut order: Vec<usize> = (0..places.len()).collect();
    order.sort_by(|&a, &b| places[a].total_cmp(&places[b]));
    order.into_iter().map(|i| names[i].clone()).collect()
}

impl SessionAnalysis {
    /// Compares what the contributors do together in this session with a reference: coincidence, fixed offsets, scatter (blur)
    /// and the order of the contributors' mean peaks. [`SessionAnalysis::changes`] compares each contributor.
    ///
    /// Drives are divided by their mean peaks in each session, not in each replicate: strength has no effect.
    ///
    /// # Errors
    /// As [`SessionAnalysis::changes`], except for few strides, which have no intervals.
    pub fn fixed_offset_change(&self, cycles: &Cycles, reference: &Cycles) -> Result<FixedOffsetChange> {
        let quantity = "a change between two sessions";
        let (own, theirs): (Vec<usize>, Vec<usize>) =
            super::super::comparison::common_to(cycles, reference)?.into_iter().unzip();
        let (now, then) = (Resampled::of(cycles, &own)?, Resampled::of(reference, &theirs)?);
        let all = |drawn: &Resampled<'_>| (0..drawn.strides.len()).collect::<Vec<usize>>();
        let reason = "a contributor has no mean peak phase, or nothing is available";
        let joint =
            |drawn: &Resampled<'_>| drawn.joint(&all(drawn)).ok_or(Error::Undefined { quantity, reason });
        let (observed, before) = (joint(&now)?, joint(&then)?);
        let begin = before.mean_phases.iter().copied().fold(f64::INFINITY, f64::min) - 1e-9;
        let differences = |now: &Joint, then: &Joint| {
            let tau = kendall_tau_b(&after(&then.mean_phases, begin), &after(&now.mean_phases, begin));
            [
                now.coincidence - then.coincidence,
                now.loss.offset - then.loss.offset,
                now.loss.blur - then.loss.blur,
                tau.ok().flatten().unwrap_or(f64::NAN),
            ]
        };
        let bootstrap: Bootstrap = self.bootstrap()?;
        let (n, m) = (now.strides.len(), then.strides.len());
        let smaller = n.min(m);
        let mut replicates = vec![Vec::new(); 4];
        if smaller >= 3 {
            // The reference draws from another stream, so that equal stride counts are not resampled identically.
            for (units, reference_units) in bootstrap.resamples(n).zip(bootstrap.reseeded(1).resamples(m)) {
                let Some((now, then)) = now.joint(&units).zip(then.joint(&reference_units)) else { continue };
                replicates.iter_mut().zip(differences(&now, &then)).for_each(|(all, value)| all.push(value));
            }
        }
        let mut estimates =
            differences(&observed, &before).into_iter().zip(replicates).map(|(value, mut all)| {
                all.retain(|value| !value.is_nan());
                let ci = bootstrap.expanded(&mut all, smaller);
                Estimate::new(value, ci, bootstrap.confidence(), smaller, IntervalMethod::Expanded)
            });
        let none = || Error::Undefined { quantity, reason };
        let mut next = || estimates.next().ok_or_else(none);
        let names: Vec<String> = own.iter().map(|&i| cycles.contributors()[i].name.clone()).collect();
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
