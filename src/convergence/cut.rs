//! From recorded contributors and steps to drives on a common phase grid.

use super::{
    Contribute, CycleContributor, CycleKind, CycleStart, Cycles, DriveGrid, ExcludedContributor,
    ExcludedStep, Normalization, PHASES,
};
use crate::event::Side;
use crate::filter::TimingNoise;
use crate::peak::{CyclePeakFinder, NoPeak, Peak};
use crate::stride::{RejectReason, Step, strides};
use crate::synchrony::wrap;
use crate::time::TimeSpan;
use crate::{Error, Result, Signal};
use alloc::{string::String, vec::Vec};

/// How far the seam of the cycle is moved to see whether the result depends on it, as fractions of the cycle.
const SEAMS: [f64; 4] = [-0.2, -0.1, 0.1, 0.2];

/// A drive and what is known of its noise.
type Drive = (Signal, Option<TimingNoise>);

/// One contributor's drives for both support sides.
struct Source {
    member: CycleContributor,
    target_phase: f64,
    left: Drive,
    right: Drive,
}

impl Source {
    fn drive(&self, support: Side) -> &Drive {
        match support {
            Side::Left => &self.left,
            Side::Right => &self.right,
        }
    }

    /// The drive over a window, at the phases of the grid, the target phase turned back.
    fn cut(&self, support: Side, window: TimeSpan) -> Result<Vec<f64>, RejectReason> {
        let (drive, _) = self.drive(support);
        if !drive.covers(window.start_s, window.end_s) {
            return Err(RejectReason::CycleOutside);
        }
        let at = |m: usize| {
            let phase = wrap(m as f64 / PHASES as f64 + self.target_phase);
            drive.value_at(window.start_s + phase * window.duration_s())
        };
        let row: Vec<f64> = (0..PHASES).map_while(|m| at(m).ok().filter(|v| v.is_finite())).collect();
        if row.len() == PHASES { Ok(row) } else { Err(RejectReason::NonFinite) }
    }

    /// The drive's peak in a window.
    fn peak(&self, support: Side, window: TimeSpan) -> Result<Peak, NoPeak> {
        let finder = CyclePeakFinder::new().circular();
        match self.drive(support) {
            (drive, Some(noise)) => finder.find_with_noise(drive, noise, window),
            (drive, None) => finder.find(drive, window),
        }
    }
}

impl Cycles {
    /// Cuts the cycles of the accepted steps out of the contributors' drives, by linear interpolation.
    ///
    /// `steps` in time order, rejected ones included. A step whose cycle leaves the recording, or in which a
    /// contributor lacks samples, is left out ([`Cycles::left_out`]); a contributor that is zero in every step, or
    /// has samples in none, is dropped ([`Cycles::dropped`]).
    ///
    /// # Errors
    /// [`Error::Missing`] without a contributor, or when all are dropped; [`Error::TooFew`] when no accepted step is
    /// left; [`Error::Undefined`] when contributors differ in [`Normalization`] or share a name; [`Error::Parameter`] for a
    /// bad weight or target phase, and for a mean peak that is not above 0 where drives are divided by it; and what
    /// [`Contribute::drive`] returns.
    pub fn cut<C: Contribute>(contributors: &[C], steps: &[Step], kind: CycleKind) -> Result<Self> {
        let operation = "convergence";
        let (scale, model) = common(contributors)?;
        let mut sources = contributors.iter().map(source).collect::<Result<Vec<_>>>()?;
        let accepted: Vec<usize> = (0..steps.len()).filter(|&j| steps[j].accepted()).collect();
        if accepted.is_empty() {
            return Err(Error::TooFew { operation, unit: "accepted steps", needed: 1, got: 0 });
        }
        let window = |j: usize| cycle_window(steps, j, kind);

        let mut dropped = Vec::new();
        let has_samples =
            |source: &Source| accepted.iter().any(|&j| source.cut(steps[j].side(), window(j)).is_ok());
        if sources.iter().any(has_samples) {
            drop_members(&mut sources, &mut dropped, ExcludedContributor::NoSamples, has_samples);
        }
        let cut = |sources: &[Source], j: usize, moved: f64| {
            let w = window(j);
            let w = w.moved(moved * w.duration_s());
            let rows = sources.iter().map(|source| {
                let row = source.cut(steps[j].side(), w);
                row.map_err(|reason| (reason, source.member.name.clone()))
            });
            rows.collect::<Result<Vec<_>, _>>()
        };
        let (mut used, mut left_out) = (Vec::new(), Vec::new());
        for &j in &accepted {
            match cut(&sources, j, 0.0) {
                Ok(_) => used.push(j),
                Err((reason, name)) => {
                    left_out.push(ExcludedStep { step: j, reason, contributor: Some(name) })
                }
            }
        }
        if used.is_empty() {
            let unit = "accepted steps whose cycle lies inside the recording with all contributors";
            return Err(Error::TooFew { operation, unit, needed: 1, got: 0 });
        }
        let sounds = |source: &Source| {
            let rows = used.iter().filter_map(|&j| source.cut(steps[j].side(), window(j)).ok());
            rows.flatten().any(|v| v != 0.0)
        };
        drop_members(&mut sources, &mut dropped, ExcludedContributor::Silent, sounds);
        if sources.is_empty() {
            return Err(Error::Missing { operation, what: "a contributor that is not zero throughout" });
        }

        let rows: Vec<_> = used.iter().filter_map(|&j| cut(&sources, j, 0.0).ok()).collect();
        let weights: Vec<f64> = sources.iter().map(|source| source.member.weight).collect();
        let raw = DriveGrid::from_steps(&rows)?.with_weights(&weights)?;
        let mean_peaks = raw.mean_peaks();
        let comparable = |drives: DriveGrid| match scale {
            Normalization::Relative => drives.divided_by(&mean_peaks),
            Normalization::Newtons => Ok(drives),
        };
        let mut seams = Vec::new();
        for moved in SEAMS {
            let cuts = used
                .iter()
                .enumerate()
                .filter_map(|(place, &j)| Some((place, cut(&sources, j, moved).ok()?)));
            let (steps, rows): (Vec<usize>, Vec<_>) = cuts.unzip();
            if !rows.is_empty() {
                let drives = comparable(DriveGrid::from_steps(&rows)?.with_weights(&weights)?)?;
                seams.push(CycleStart { moved, steps, drives });
            }
        }
        let peaks = used
            .iter()
            .map(|&j| sources.iter().map(|source| source.peak(steps[j].side(), window(j))).collect());
        let peaks: Vec<Vec<Result<Peak, NoPeak>>> = peaks.collect();
        let target_phases = sources.iter().map(|source| source.target_phase).collect();
        let mut members: Vec<CycleContributor> = sources.into_iter().map(|source| source.member).collect();
        members.iter_mut().zip(&mean_peaks).for_each(|(member, &peak)| member.mean_peak = peak);
        let chosen: Vec<Step> = used.iter().map(|&j| steps[j]).collect();
        Ok(Self {
            members,
            scale,
            model,
            kind,
            strides: strides(&chosen),
            steps: chosen,
            windows: used.iter().map(|&j| window(j)).collect(),
            peaks,
            target_phases,
            sources: used,
            left_out,
            dropped,
            drives: comparable(raw.clone())?,
            raw,
            seams,
        })
    }
}

/// The scale and the model that the contributors share.
fn common<C: Contribute>(contributors: &[C]) -> Result<(Normalization, String)> {
    let quantity = "convergence";
    let Some(first) = contributors.first() else {
        return Err(Error::Missing { operation: quantity, what: "a contributor" });
    };
    if contributors.iter().any(|c| c.scale() != first.scale()) {
        let reason = "some contributors are forces and some are not";
        return Err(Error::Undefined { quantity, reason });
    }
    let repeated = |i: usize| contributors[..i].iter().any(|c| c.name() == contributors[i].name());
    if (1..contributors.len()).any(repeated) {
        return Err(Error::Undefined { quantity, reason: "two contributors share a name" });
    }
    let mut models: Vec<&str> = Vec::new();
    for contributor in contributors {
        if !models.contains(&contributor.model()) {
            models.push(contributor.model());
        }
    }
    Ok((first.scale(), models.join("+")))
}

fn source<C: Contribute>(contributor: &C) -> Result<Source> {
    let (weight, target_phase) = (contributor.weight(), contributor.target_phase());
    if !(weight.is_finite() && weight >= 0.0) {
        return Err(Error::Parameter { name: "weight", rule: "finite and at least 0", value: weight });
    }
    if !target_phase.is_finite() {
        return Err(Error::Parameter { name: "target phase", rule: "finite", value: target_phase });
    }
    let member = CycleContributor {
        name: contributor.name().into(),
        unit: contributor.unit().into(),
        weight,
        mean_peak: f64::NAN,
    };
    let drive = |support| Ok((contributor.drive(support)?, contributor.noise(support)));
    Ok(Source { member, target_phase, left: drive(Side::Left)?, right: drive(Side::Right)? })
}

fn drop_members(
    sources: &mut Vec<Source>,
    dropped: &mut Vec<(String, ExcludedContributor)>,
    why: ExcludedContributor,
    keep: impl Fn(&Source) -> bool,
) {
    sources.retain(|source| {
        let kept = keep(source);
        if !kept {
            dropped.push((source.member.name.clone(), why));
        }
        kept
    });
}

/// The cycle of step `j`.
fn cycle_window(steps: &[Step], j: usize, kind: CycleKind) -> TimeSpan {
    let step = &steps[j];
    match kind {
        CycleKind::Stride => step.stride_cycle(),
        CycleKind::Step => {
            // The flight before it is known when the step before it was recorded; else it is taken to be as long
            // as the flight after it.
            let near = 0.5 * (step.end_s - step.start_s());
            let before = j
                .checked_sub(1)
                .map(|i| &steps[i])
                .filter(|before| (before.end_s - step.start_s()).abs() <= near)
                .map_or(step.flight_s(), Step::flight_s);
            TimeSpan { start_s: step.start_s() - before / 2.0, end_s: step.end_s - step.flight_s() / 2.0 }
        }
    }
}
