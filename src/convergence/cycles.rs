//! The drives of a session on a common phase grid.

use super::peak_phases::PeakPhases;
use super::role::{check_target_phase, check_weight};
use super::{Contribute, DriveGrid, Normalization, PHASES};
use crate::event::Side;
use crate::filter::conditioning::TimingNoise;
use crate::inference::Strides;
use crate::math::wrap;
use crate::peak::{CyclePeakFinder, NoPeak, Peak};
use crate::stride::{RejectReason, Step};
use crate::time::TimeSpan;
use crate::{Error, Result, Signal};
use alloc::{string::String, vec::Vec};
use core::fmt;

/// Shifts of the cycle start that show whether the result depends on it, as fractions of the cycle.
const SHIFTS: [f64; 4] = [-0.2, -0.1, 0.1, 0.2];

/// The period over which contributors recur, and therefore the window in which they are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum CycleKind {
    /// One stride, centred on the step's mid-contact: for side-specific channels, which peak once a stride.
    #[default]
    Stride,
    /// From mid-flight to mid-flight: for forces whose sum vanishes in flight.
    Step,
}

/// An accepted step that is not used.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ExcludedStep {
    /// Index among the steps given.
    pub step: usize,
    /// The reason.
    pub reason: RejectReason,
    /// The contributor that lacks samples there.
    pub contributor: Option<String>,
}

/// One contributor of a session's cycles.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct CycleContributor {
    /// Its name.
    pub name: String,
    /// Unit of its drive.
    pub unit: String,
    /// Its weight.
    pub weight: f64,
    /// Its mean peak over the steps used, in its unit.
    pub mean_peak: f64,
}

/// The drives with the cycle start shifted.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct CycleStart {
    /// The shift as a fraction of the cycle.
    pub shift: f64,
    /// Indices of the used steps whose shifted cycle lies within the recording.
    pub steps: Vec<usize>,
    /// Their drives.
    pub drives: DriveGrid,
}

/// The reason why a contributor is not used in a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum ExcludedContributor {
    /// It is zero in every step.
    Silent,
    /// It has samples in no accepted step.
    NoSamples,
}

impl ExcludedContributor {
    /// The reason in a few words, as reports show it.
    pub fn as_str(self) -> &'static str {
        match self {
            ExcludedContributor::Silent => "it is zero in every step",
            ExcludedContributor::NoSamples => "it has samples in no accepted step",
        }
    }
}

impl fmt::Display for ExcludedContributor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The drives of a session: every usable step's cycle on the phase grid, and which steps and contributors those are.
///
/// ```
/// use copeak::convergence::{Contributor, CycleKind, Cycles, Role};
/// use copeak::event::{Contact, Event, EventKind, Method, Side, Sides};
/// use copeak::{Clock, Rate, Signal, stride::Step};
/// let clock = Clock::from_zero(Rate::from_hz(100.0)?);
/// // The left channel peaks every second from 0.5 s on, the right one half a second later.
/// let pulse = |i: usize| if i % 100 == 50 { 2.0 } else { 0.0 };
/// let left = Signal::new(clock, (0..400).map(pulse).collect::<Vec<_>>());
/// let right = Signal::new(clock, (50..450).map(pulse).collect::<Vec<_>>());
/// let legs = [
///     Contributor::paired("support", Role::SupportLeg, Sides::new(&left, &right)),
///     Contributor::paired("swing", Role::SwingLeg, Sides::new(&left, &right)),
/// ];
/// let event = |time_s, kind| Event::new(time_s, 0.001, Side::Left, kind, Method::Force);
/// let contact =
///     Contact::new(event(1.4, EventKind::InitialContact), event(1.6, EventKind::TerminalContact))?;
/// let cycles = Cycles::new(&legs, &[Step::new(contact, 1.9, 1.0)], CycleKind::Stride)?;
/// assert_eq!(cycles.drives().peak(0, 0), (50, 1.0));
/// assert_eq!(cycles.drives().peak(0, 1), (0, 1.0));
/// assert_eq!(cycles.contributors()[0].mean_peak, 2.0);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Cycles {
    contributors: Vec<CycleContributor>,
    normalization: Normalization,
    model: String,
    kind: CycleKind,
    steps: Vec<Step>,
    sources: Vec<usize>,
    windows: Vec<TimeSpan>,
    strides: Strides,
    excluded_steps: Vec<ExcludedStep>,
    excluded_contributors: Vec<(String, ExcludedContributor)>,
    /// `[step][contributor]`.
    peaks: Vec<Vec<Result<Peak, NoPeak>>>,
    target_phases: Vec<f64>,
    /// In the contributors' own units.
    raw: DriveGrid,
    /// Made comparable.
    drives: DriveGrid,
    /// The same steps cut with the cycle start shifted, made comparable in the same way; without the steps whose shifted cycle
    /// leaves the recording.
    cycle_starts: Vec<CycleStart>,
}

impl Cycles {
    /// Returns the contributors used, in the order given.
    pub fn contributors(&self) -> &[CycleContributor] {
        &self.contributors
    }

    /// Returns how they are made comparable.
    pub fn normalization(&self) -> Normalization {
        self.normalization
    }

    /// Returns the unit of the drives once they are comparable: `mean peaks` or `N`.
    pub fn unit(&self) -> &'static str {
        match self.normalization {
            Normalization::Relative => "mean peaks",
            Normalization::Newtons => "N",
        }
    }

    /// Returns the model they belong to; several names are joined by `+`.
    pub fn model(&self) -> &str {
        &self.model
    }

    /// Returns the period in which they are compared.
    pub fn kind(&self) -> CycleKind {
        self.kind
    }

    /// Returns the steps used.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Returns the index of each used step among the steps given.
    pub fn sources(&self) -> &[usize] {
        &self.sources
    }

    /// Returns the cycle of each used step.
    pub fn windows(&self) -> &[TimeSpan] {
        &self.windows
    }

    /// Returns the mean duration of the cycles.
    pub fn mean_cycle_s(&self) -> f64 {
        self.windows.iter().map(TimeSpan::duration_s).sum::<f64>() / self.windows.len() as f64
    }

    /// Returns the mean duration of the strides they belong to.
    pub fn mean_stride_s(&self) -> f64 {
        self.steps.iter().map(|step| step.stride_s).sum::<f64>() / self.steps.len() as f64
    }

    /// Returns the peak of each contributor in each used step, `[step][contributor]`, in its own unit, or the reason why it has
    /// none.
    pub fn peaks(&self) -> &[Vec<Result<Peak, NoPeak>>] {
        &self.peaks
    }

    /// Returns the peaks as phases of their cycles, less the target phases.
    ///
    /// # Errors
    /// As [`PeakPhases::from_steps`]; none for cycles of a recording.
    pub fn peak_phases(&self) -> Result<PeakPhases> {
        let phase = |peak: &Result<Peak, NoPeak>, window: &TimeSpan, target: f64| {
            let phase = |time_s: f64| (time_s - window.start_s) / window.duration_s() - target;
            peak.as_ref().map_or(f64::NAN, |peak| phase(peak.time_s))
        };
        let step = |(peaks, window): (&Vec<Result<Peak, NoPeak>>, &TimeSpan)| -> Vec<f64> {
            peaks.iter().zip(&self.target_phases).map(|(peak, target)| phase(peak, window, *target)).collect()
        };
        let steps: Vec<Vec<f64>> = self.peaks.iter().zip(&self.windows).map(step).collect();
        let cycles_s: Vec<f64> = self.windows.iter().map(TimeSpan::duration_s).collect();
        PeakPhases::from_steps(&steps, &cycles_s)?.weighted(self.raw.weights())
    }

    /// Returns the standard errors of one contributor's peak times, one per step, NaN where there is none.
    ///
    /// # Panics
    /// When the index is out of bounds, as indexing does.
    pub fn peak_errors_s(&self, contributor: usize) -> Vec<f64> {
        let error = |peak: &Result<Peak, NoPeak>| peak.ok().and_then(|peak| peak.se_s).unwrap_or(f64::NAN);
        self.peaks.iter().map(|step| error(&step[contributor])).collect()
    }

    /// Returns how the steps used make up strides.
    pub fn strides(&self) -> &Strides {
        &self.strides
    }

    /// Returns the accepted steps that are not used, and why.
    pub fn excluded_steps(&self) -> &[ExcludedStep] {
        &self.excluded_steps
    }

    /// Returns the names of the contributors that are not used, and why.
    pub fn excluded_contributors(&self) -> &[(String, ExcludedContributor)] {
        &self.excluded_contributors
    }

    /// Returns the drives in the contributors' own units.
    pub fn raw(&self) -> &DriveGrid {
        &self.raw
    }

    /// Returns the drives made comparable: each divided by its mean peak, or in newtons.
    pub fn drives(&self) -> &DriveGrid {
        &self.drives
    }

    /// Returns the drives with the cycle start shifted by -20, -10, 10 and 20 % of the cycle, for each shift at which at least
    /// one cycle lies within the recording.
    pub fn cycle_starts(&self) -> &[CycleStart] {
        &self.cycle_starts
    }
}

/// A drive, and its noise where that is known.
type Drive = (Signal, Option<TimingNoise>);

/// One contributor's drives for both support sides.
struct Source {
    contributor: CycleContributor,
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

    /// The drive over a window at the phases of the grid, shifted by the target phase.
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
    /// Cuts the cycles of the accepted steps from the contributors' drives, by linear interpolation.
    ///
    /// Requires `steps` in time order, rejected ones included. A step whose cycle leaves the recording, or in which a
    /// contributor lacks samples, is excluded ([`Cycles::excluded_steps`]); a contributor that is zero in every step, or
    /// has samples in none, is excluded ([`Cycles::excluded_contributors`]).
    ///
    /// # Errors
    /// [`Error::Missing`] without a contributor, or when all are excluded; [`Error::TooFew`] when no accepted step is
    /// left; [`Error::Undefined`] when contributors differ in [`Normalization`] or share a name; [`Error::Parameter`] for a
    /// weight, target phase or sign outside its range, and for a mean peak that is not above 0 where drives are divided by it; and the errors of
    /// [`Contribute::drive`].
    pub fn new<C: Contribute>(contributors: &[C], steps: &[Step], kind: CycleKind) -> Result<Self> {
        let operation = "convergence";
        let (normalization, model) = common(contributors)?;
        let mut sources = contributors.iter().map(source).collect::<Result<Vec<_>>>()?;
        let accepted: Vec<usize> = (0..steps.len()).filter(|&j| steps[j].accepted()).collect();
        if accepted.is_empty() {
            return Err(Error::TooFew { operation, unit: "accepted steps", needed: 1, got: 0 });
        }
        let window = |j: usize| cycle_window(steps, j, kind);

        let mut excluded_contributors = Vec::new();
        let has_samples =
            |source: &Source| accepted.iter().any(|&j| source.cut(steps[j].side(), window(j)).is_ok());
        if sources.iter().any(has_samples) {
            exclude(&mut sources, &mut excluded_contributors, ExcludedContributor::NoSamples, has_samples);
        }
        let cut = |sources: &[Source], j: usize, shift: f64| {
            let w = window(j);
            let w = w.moved(shift * w.duration_s());
            let rows = sources.iter().map(|source| {
                let row = source.cut(steps[j].side(), w);
                row.map_err(|reason| (reason, source.contributor.name.clone()))
            });
            rows.collect::<Result<Vec<_>, _>>()
        };
        let (mut used, mut excluded_steps) = (Vec::new(), Vec::new());
        for &j in &accepted {
            match cut(&sources, j, 0.0) {
                Ok(_) => used.push(j),
                Err((reason, name)) => {
                    excluded_steps.push(ExcludedStep { step: j, reason, contributor: Some(name) })
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
        exclude(&mut sources, &mut excluded_contributors, ExcludedContributor::Silent, sounds);
        if sources.is_empty() {
            return Err(Error::Missing { operation, what: "a contributor that is not zero throughout" });
        }

        let rows: Vec<_> = used.iter().filter_map(|&j| cut(&sources, j, 0.0).ok()).collect();
        let weights: Vec<f64> = sources.iter().map(|source| source.contributor.weight).collect();
        let raw = DriveGrid::from_steps(&rows)?.weighted(&weights)?;
        let mean_peaks = raw.mean_peaks();
        let comparable = |drives: DriveGrid| match normalization {
            Normalization::Relative => drives.divided_by(&mean_peaks),
            Normalization::Newtons => Ok(drives),
        };
        let mut cycle_starts = Vec::new();
        for shift in SHIFTS {
            let cuts = used
                .iter()
                .enumerate()
                .filter_map(|(place, &j)| Some((place, cut(&sources, j, shift).ok()?)));
            let (steps, rows): (Vec<usize>, Vec<_>) = cuts.unzip();
            if !rows.is_empty() {
                let drives = comparable(DriveGrid::from_steps(&rows)?.weighted(&weights)?)?;
                cycle_starts.push(CycleStart { shift, steps, drives });
            }
        }
        let peaks = used
            .iter()
            .map(|&j| sources.iter().map(|source| source.peak(steps[j].side(), window(j))).collect());
        let peaks: Vec<Vec<Result<Peak, NoPeak>>> = peaks.collect();
        let target_phases = sources.iter().map(|source| source.target_phase).collect();
        let mut contributors: Vec<CycleContributor> =
            sources.into_iter().map(|source| source.contributor).collect();
        contributors.iter_mut().zip(&mean_peaks).for_each(|(one, &peak)| one.mean_peak = peak);
        let chosen: Vec<Step> = used.iter().map(|&j| steps[j]).collect();
        Ok(Self {
            contributors,
            normalization,
            model,
            kind,
            strides: Strides::from_steps(&chosen),
            steps: chosen,
            windows: used.iter().map(|&j| window(j)).collect(),
            peaks,
            target_phases,
            sources: used,
            excluded_steps,
            excluded_contributors,
            drives: comparable(raw.clone())?,
            raw,
            cycle_starts,
        })
    }
}

/// The normalization and the model that the contributors share.
fn common<C: Contribute>(contributors: &[C]) -> Result<(Normalization, String)> {
    let quantity = "convergence";
    let Some(first) = contributors.first() else {
        return Err(Error::Missing { operation: quantity, what: "a contributor" });
    };
    if contributors.iter().any(|c| c.normalization() != first.normalization()) {
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
    Ok((first.normalization(), models.join("+")))
}

fn source<C: Contribute>(contributor: &C) -> Result<Source> {
    let (weight, target_phase) = (contributor.weight(), contributor.target_phase());
    check_weight(weight)?;
    check_target_phase(target_phase)?;
    let cut = CycleContributor {
        name: contributor.name().into(),
        unit: contributor.unit().into(),
        weight,
        mean_peak: f64::NAN,
    };
    let drive = |support| Ok((contributor.drive(support)?, contributor.noise(support)));
    Ok(Source { contributor: cut, target_phase, left: drive(Side::Left)?, right: drive(Side::Right)? })
}

fn exclude(
    sources: &mut Vec<Source>,
    excluded: &mut Vec<(String, ExcludedContributor)>,
    why: ExcludedContributor,
    keep: impl Fn(&Source) -> bool,
) {
    sources.retain(|source| {
        let kept = keep(source);
        if !kept {
            excluded.push((source.contributor.name.clone(), why));
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
