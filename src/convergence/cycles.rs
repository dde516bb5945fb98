//! The drives of a session on a common phase grid.

use super::{DriveGrid, Normalization, PeakPhases};
use crate::Result;
use crate::inference::Strides;
use crate::peak::{NoPeak, Peak};
use crate::stride::{RejectReason, Step};
use crate::time::TimeSpan;
use alloc::{string::String, vec::Vec};
use core::fmt;

/// The natural period over which contributors recur, and so the window in which they are compared.
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

/// Why a step or a contributor takes no part.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ExcludedStep {
    /// Index among the steps given.
    pub step: usize,
    /// Why.
    pub reason: RejectReason,
    /// The contributor that lacks samples there, when it is one contributor's fault.
    pub contributor: Option<String>,
}

/// One contributor as it takes part.
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

/// The drives with the seam of the cycle moved.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct CycleStart {
    /// By how much, as a fraction of the cycle.
    pub moved: f64,
    /// Which of the used steps these are: those whose moved cycle the recording still holds.
    pub steps: Vec<usize>,
    /// Their drives.
    pub drives: DriveGrid,
}

/// Why a contributor takes no part in a session.
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
/// use copeak::event::{Contact, Event, EventKind, Method, Side};
/// use copeak::{Clock, Rate, Signal, stride::Step};
/// let clock = Clock::from_zero(Rate::from_hz(100.0)?);
/// // The left channel peaks every second from 0.5 s on, the right one half a second later.
/// let pulse = |i: usize| if i % 100 == 50 { 2.0 } else { 0.0 };
/// let left = Signal::new(clock, (0..400).map(pulse).collect::<Vec<_>>());
/// let right = Signal::new(clock, (50..450).map(pulse).collect::<Vec<_>>());
/// let legs = [
///     Contributor::paired("support", Role::SupportLeg, &left, &right)?,
///     Contributor::paired("swing", Role::SwingLeg, &left, &right)?,
/// ];
/// let event = |time_s, kind| Event::new(time_s, 0.001, Side::Left, kind, Method::Force);
/// let contact =
///     Contact::new(event(1.4, EventKind::InitialContact), event(1.6, EventKind::TerminalContact))?;
/// let cycles = Cycles::cut(&legs, &[Step::new(contact, 1.9, 1.0)], CycleKind::Stride)?;
/// assert_eq!(cycles.drives().peak(0, 0), (50, 1.0));
/// assert_eq!(cycles.drives().peak(0, 1), (0, 1.0));
/// assert_eq!(cycles.members()[0].mean_peak, 2.0);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Cycles {
    pub(super) members: Vec<CycleContributor>,
    pub(super) scale: Normalization,
    pub(super) model: String,
    pub(super) kind: CycleKind,
    pub(super) steps: Vec<Step>,
    pub(super) sources: Vec<usize>,
    pub(super) windows: Vec<TimeSpan>,
    pub(super) strides: Strides,
    pub(super) left_out: Vec<ExcludedStep>,
    pub(super) dropped: Vec<(String, ExcludedContributor)>,
    /// `[step][contributor]`.
    pub(super) peaks: Vec<Vec<Result<Peak, NoPeak>>>,
    pub(super) target_phases: Vec<f64>,
    /// In the contributors' own units.
    pub(super) raw: DriveGrid,
    /// Made comparable.
    pub(super) drives: DriveGrid,
    /// The same steps cut with the seam moved, made comparable in the same way; steps for which that leaves the
    /// recording are not in it.
    pub(super) seams: Vec<CycleStart>,
}

impl Cycles {
    /// The contributors that take part, in the order given.
    pub fn members(&self) -> &[CycleContributor] {
        &self.members
    }

    /// How they are made comparable.
    pub fn scale(&self) -> Normalization {
        self.scale
    }

    /// Unit of the drives once they are comparable: `mean peaks` or `N`.
    pub fn unit(&self) -> &'static str {
        match self.scale {
            Normalization::Relative => "mean peaks",
            Normalization::Newtons => "N",
        }
    }

    /// The model they belong to; the names joined by `+` when there are several.
    pub fn model(&self) -> &str {
        &self.model
    }

    /// The period in which they are compared.
    pub fn kind(&self) -> CycleKind {
        self.kind
    }

    /// The steps used.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Index of each used step among the steps given.
    pub fn sources(&self) -> &[usize] {
        &self.sources
    }

    /// The cycle of each used step.
    pub fn windows(&self) -> &[TimeSpan] {
        &self.windows
    }

    /// Mean length of the cycle.
    pub fn mean_cycle_s(&self) -> f64 {
        self.windows.iter().map(TimeSpan::duration_s).sum::<f64>() / self.windows.len() as f64
    }

    /// Mean length of the strides they belong to.
    pub fn mean_stride_s(&self) -> f64 {
        self.steps.iter().map(|step| step.stride_s).sum::<f64>() / self.steps.len() as f64
    }

    /// The peak of each contributor in each used step, `[step][contributor]`, in its own unit, or why it has none.
    pub fn peaks(&self) -> &[Vec<Result<Peak, NoPeak>>] {
        &self.peaks
    }

    /// The peaks as phases of their cycles, the target phases turned back.
    ///
    /// # Errors
    /// As [`PeakPhases::new`], which what was cut satisfies.
    pub fn peak_phases(&self) -> Result<PeakPhases> {
        let phases = self.peaks.iter().zip(&self.windows).flat_map(|(step, window)| {
            step.iter().zip(&self.target_phases).map(move |(peak, target)| {
                let phase = |time_s: f64| (time_s - window.start_s) / window.duration_s() - target;
                peak.as_ref().map_or(f64::NAN, |peak| phase(peak.time_s))
            })
        });
        let cycles_s = self.windows.iter().map(TimeSpan::duration_s).collect();
        PeakPhases::new(self.members.len(), phases.collect(), cycles_s)?.with_weights(self.raw.weights())
    }

    /// Standard errors of one contributor's peak times, one per step, NaN where there is none.
    ///
    /// # Panics
    /// When the index is out of bounds, as indexing does.
    pub fn peak_errors_s(&self, contributor: usize) -> Vec<f64> {
        let error = |peak: &Result<Peak, NoPeak>| peak.ok().and_then(|peak| peak.se_s).unwrap_or(f64::NAN);
        self.peaks.iter().map(|step| error(&step[contributor])).collect()
    }

    /// How the steps used make up strides.
    pub fn strides(&self) -> &Strides {
        &self.strides
    }

    /// The accepted steps that are not used, and why.
    pub fn left_out(&self) -> &[ExcludedStep] {
        &self.left_out
    }

    /// The contributors that are not used, and why.
    pub fn dropped(&self) -> &[(String, ExcludedContributor)] {
        &self.dropped
    }

    /// The drives in the contributors' own units.
    pub fn raw(&self) -> &DriveGrid {
        &self.raw
    }

    /// The drives made comparable: each divided by its mean peak, or in newtons.
    pub fn drives(&self) -> &DriveGrid {
        &self.drives
    }

    /// The drives with the seam of the cycle moved by a fraction of it, for each fraction at which the recording
    /// holds at least one of the cycles.
    pub fn seams(&self) -> &[CycleStart] {
        &self.seams
    }
}
