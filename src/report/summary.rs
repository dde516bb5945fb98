//! The result as flat values: what JSON, text, tables and figures are made of.
//!
//! Times are seconds on the recording's clock, angles degrees, everything else SI. `None` (`null` in JSON) stands
//! wherever a number is not defined or too little was recorded to say it.

use super::SpeedModel;
use crate::convergence::ContactImpulse;
use crate::event::{Method, Side};
use crate::model::ForceResidual;
use alloc::{collections::BTreeMap, string::String, vec::Vec};

/// Everything found in a set of recordings.
#[derive(Debug, Clone, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Report {
    /// One entry per recording, in the order given.
    pub recordings: Vec<RecordingReport>,
    /// Every other recording against the reference.
    pub comparisons: Vec<Comparison>,
    /// Whether timing explains speed beyond force; `None` unless two recordings have a speed and a kappa.
    pub speed_model: Option<SpeedModel>,
}

/// What was found in one recording.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct RecordingReport {
    /// The recording's name: its file's, when it was read from one.
    pub file: String,
    /// Running speed.
    pub speed_mps: Option<f64>,
    /// Body mass.
    pub mass_kg: Option<f64>,
    /// Sample rate of the contributors' channels; `None` for a recording without channels.
    pub rate_hz: Option<f64>,
    /// How the contacts were found; `None` when there is none.
    pub event_method: Option<Method>,
    /// Which contributors: `joint` (angular-velocity drives, proxies and not forces) or another model's name.
    pub model: String,
    /// The natural period of the contributors: `stride` or `step`.
    pub cycle: String,
    /// All contacts in time order.
    pub contacts: Vec<ContactReport>,
    /// All steps, accepted or not.
    pub steps: Vec<StepReport>,
    /// Order and lags within the support leg; `None` when its channels are not there.
    pub sequence: Option<SequenceReport>,
    /// How close together the contributors peak.
    pub simultaneity: SimultaneityReport,
    /// How constant each pair's offset is.
    pub locking: Vec<LockingReport>,
    /// The headline.
    pub convergence: ConvergenceReport,
    /// How the model's ground force meets the plates', for models in newtons where there were plates.
    #[cfg_attr(feature = "serde", serde(default))]
    pub closure: Vec<ClosureReport>,
    /// One entry per contributor.
    pub contributors: Vec<ContributorReport>,
    /// Each contributor's impulse within the contact, and how much of it falls in the first half.
    #[cfg_attr(feature = "serde", serde(default))]
    pub impulses: Vec<ContactImpulse>,
    /// How the contributors share the sum; `None` without a usable step.
    #[cfg_attr(feature = "serde", serde(default))]
    pub balance: Option<BalanceReport>,
    /// Left against right: contact, flight and step time, then each contributor's peak.
    #[cfg_attr(feature = "serde", serde(default))]
    pub symmetry: Vec<SymmetryReport>,
    /// Contributors whose re-timing shows a gain, largest first; empty when none can be told.
    pub weak_links: Vec<String>,
    /// Contributors of the model that this recording has no channels for.
    pub absent: Vec<String>,
    /// Cautions and remarks, in words.
    pub notes: Vec<String>,
}

/// One contact.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ContactReport {
    /// Foot.
    pub side: Side,
    /// Initial contact.
    pub ic_s: f64,
    /// Its standard error.
    pub ic_se_s: f64,
    /// Terminal contact.
    pub tc_s: f64,
    /// Its standard error.
    pub tc_se_s: f64,
    /// How it was found.
    pub method: Method,
}

/// One step.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct StepReport {
    /// Support side.
    pub side: Side,
    /// Initial contact.
    pub start_s: f64,
    /// Next initial contact; `None` when it was not recorded.
    pub end_s: Option<f64>,
    /// Contact time.
    pub contact_s: f64,
    /// Flight time.
    pub flight_s: Option<f64>,
    /// Whether the step is used.
    pub accepted: bool,
    /// Why not.
    pub reason: Option<String>,
    /// Peak of each contributor that has one.
    pub peaks: BTreeMap<String, PeakReport>,
    /// Why each other contributor has none.
    pub absent: BTreeMap<String, String>,
    /// The cycle in which the contributors are compared.
    pub window_s: Option<[f64; 2]>,
    /// Unit of the peak values.
    pub unit: String,
    /// Coincidence of this step.
    pub coincidence: Option<f64>,
    /// Its chance level.
    pub chance: Option<f64>,
    /// Convergence index of this step.
    pub kappa: Option<f64>,
    /// Simultaneity of this step's peaks.
    pub simultaneity: Option<f64>,
    /// Spread of this step's peaks.
    pub peak_spread_s: Option<f64>,
}

/// One peak.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct PeakReport {
    /// When.
    pub time_s: f64,
    /// Standard error of the time.
    pub se_s: Option<f64>,
    /// How high, in the step's unit.
    pub value: f64,
}

/// Order and lags within an extremity.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SequenceReport {
    /// Proximal first.
    pub channels: Vec<String>,
    /// Lags between neighbours and from first to last.
    pub pairs: Vec<LagReport>,
    /// Share of cycles in the full expected order.
    pub order_probability: Option<f64>,
    /// Its Wilson interval; `None` from fewer than 3 cycles.
    pub order_ci: Option<[f64; 2]>,
    /// Whether that interval comes from fewer than 10 cycles.
    pub approximate: bool,
    /// Mean Kendall tau-b to the expected order.
    pub kendall_tau: Option<f64>,
    /// Median peak time after initial contact.
    pub peak_after_ic_s: BTreeMap<String, f64>,
}

impl SequenceReport {
    /// The lag from one channel to another, by name; `None` when that pair was not looked at, or has none.
    pub fn pair(&self, from: &str, to: &str) -> Option<&LagReport> {
        self.pairs.iter().find(|pair| pair.from == from && pair.to == to)
    }
}

/// Lag of one channel pair over the cycles.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct LagReport {
    /// The channel that lags are counted from.
    pub from: String,
    /// The channel they are counted to; a positive lag means that it peaks later.
    pub to: String,
    /// Mean lag.
    pub lag_s: f64,
    /// Standard deviation over cycles.
    pub sd_s: Option<f64>,
    /// 95 % interval of the mean.
    pub ci: Option<[f64; 2]>,
    /// Whether that interval comes from fewer than 10 cycles.
    pub approximate: bool,
    /// `before`, `after` or `unclear`.
    pub relation: String,
    /// Cycles.
    pub n: usize,
}

/// How close together the contributors peak.
#[derive(Debug, Clone, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SimultaneityReport {
    /// Mean over steps; 1 when all peak together, 0 expected for independent uniform phases.
    pub value: Option<f64>,
    /// 95 % interval.
    pub ci: Option<[f64; 2]>,
    /// Whether that interval comes from fewer than 10 cycles.
    pub approximate: bool,
    /// Mean peak spread.
    pub spread_s: Option<f64>,
    /// Steps.
    pub n: usize,
}

/// How constant the offset of a contributor pair is.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct LockingReport {
    /// One contributor.
    pub a: String,
    /// The other.
    pub b: String,
    /// Pairwise phase consistency over the steps; `None` with fewer than two.
    pub value: Option<f64>,
    /// Interval, over strides.
    pub ci: Option<[f64; 2]>,
    /// Whether that interval comes from fewer than 10 strides.
    pub approximate: bool,
}

/// The headline of a recording.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ConvergenceReport {
    /// Realised over available, both as means over the accepted steps.
    pub coincidence: Option<f64>,
    /// Mean convergence index: 0 at chance, 1 when all peak at one instant.
    pub kappa: Option<f64>,
    /// 95 % interval of kappa.
    pub ci: Option<[f64; 2]>,
    /// Whether that interval comes from fewer than 10 cycles.
    pub approximate: bool,
    /// Range of kappa when the window's seam is moved.
    pub seam: Option<[f64; 2]>,
    /// Surrogate p of kappa.
    pub p: Option<f64>,
    /// Null hypothesis of that p.
    pub null: String,
    /// Steps.
    pub n: usize,
}

/// How a model's ground force meets the plates', along one direction.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ClosureReport {
    /// `vertical` or `forward`.
    pub direction: String,
    /// By step and over all, in body weights; the plates low-passed as the model is.
    #[cfg_attr(feature = "serde", serde(flatten))]
    pub closure: ForceResidual,
}

/// One contributor over the recording.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ContributorReport {
    /// Its name.
    pub name: String,
    /// Mean peak in its own unit.
    pub mean_peak: f64,
    /// Standard deviation of its peak time in the cycle.
    pub jitter_s: Option<f64>,
    /// TimingLoss of its mean curve's peak by step-to-step scatter.
    pub blur: Option<f64>,
    /// Its share of the sum at the session's best phase.
    pub share: Option<f64>,
    /// Shapley part of the leak, in normalised units.
    pub timing_cost: Option<f64>,
    /// The one shift, common to all steps, that would help most; positive = later.
    pub best_shift_s: Option<f64>,
    /// 95 % interval.
    pub best_shift_ci_s: Option<[f64; 2]>,
    /// Relative gain of the realised peak by that shift.
    pub gain: Option<f64>,
    /// The gain of a shift chosen on one half of the strides and judged on the other: what tells whether there is one.
    pub gain_held_out: Option<f64>,
    /// 95 % interval of `gain_held_out`.
    pub gain_ci: Option<[f64; 2]>,
    /// Whether that interval comes from fewer than 10 strides in a half.
    pub approximate: bool,
    /// Whether `best_shift_s` is as far as was tried, so that more might gain more.
    pub at_bound: bool,
    /// Probability that its gain is the largest, over resampled strides.
    pub first_probability: Option<f64>,
}

/// How the contributors share the sum at the session's best phase.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct BalanceReport {
    /// Evenness of their shares (Pielou): 1 when all give as much, 0 when one gives all.
    pub evenness: Option<f64>,
    /// Variance of the sum over the sum of the variances, from step to step: 1 when they vary independently, below 1 when one
    /// covers for another, above 1 when they rise and fall together.
    pub variance_ratio: Option<f64>,
    /// The same as synergy index dV: positive when they cover for each other.
    pub delta_v: Option<f64>,
    /// dV beyond that of steps shuffled for each contributor.
    pub delta_v_excess: Option<f64>,
    /// Permutation p of that.
    pub p: Option<f64>,
}

/// One quantity on the left and on the right side, over pairs of neighbouring accepted steps.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SymmetryReport {
    /// `contact time`, `flight time`, `step time`, or the contributor whose peak it is.
    pub name: String,
    /// Unit of `left` and `right`.
    pub unit: String,
    /// Mean over steps of the left foot.
    pub left: f64,
    /// Mean over steps of the right foot.
    pub right: f64,
    /// Mean difference of a pair over its mean: positive when the right side has more.
    pub index: f64,
    /// 95 % interval.
    pub ci: Option<[f64; 2]>,
    /// Whether that interval comes from fewer than 10 pairs.
    pub approximate: bool,
    /// Pairs of steps.
    pub n: usize,
}

/// A recording against the reference.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Comparison {
    /// The recording.
    pub file: String,
    /// What it is compared with.
    pub reference: String,
    /// Which contributors: the model's name.
    pub model: String,
    /// Unit of all amounts.
    pub unit: String,
    /// Shortfall of the realised peak against the reference.
    pub total: f64,
    /// 95 % interval.
    pub total_ci: Option<[f64; 2]>,
    /// Part that is missing amplitude.
    pub missing: f64,
    /// 95 % interval.
    pub missing_ci: Option<[f64; 2]>,
    /// Part that is mistimed.
    pub mistimed: f64,
    /// 95 % interval.
    pub mistimed_ci: Option<[f64; 2]>,
    /// Part that is a change of pulse shape.
    pub shape: f64,
    /// 95 % interval.
    pub shape_ci: Option<[f64; 2]>,
    /// Whether the intervals come from fewer than 10 strides in one of the two.
    pub approximate: bool,
    /// The missing part by contributor.
    pub missing_by: BTreeMap<String, f64>,
    /// What each contributor does otherwise than in the reference; empty with fewer than three strides in one of the two.
    pub changes: Vec<ChangeReport>,
    /// The changes that are not chance, the largest first, in words such as `trunk later`; empty when unclear.
    pub named: Vec<String>,
    /// What makes the split unsure.
    pub note: Option<String>,
}

/// One contributor against itself in the reference.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ChangeReport {
    /// The contributor.
    pub name: String,
    /// Change of its mean peak, as a part of the reference's.
    pub force: f64,
    /// 95 % interval.
    pub force_ci: Option<[f64; 2]>,
    /// How much later it peaks in the cycle.
    pub timing_s: f64,
    /// 95 % interval.
    pub timing_ci_s: Option<[f64; 2]>,
    /// Change of its pulse's width, as a part of the reference's.
    pub width: f64,
    /// 95 % interval.
    pub width_ci: Option<[f64; 2]>,
    /// Change of the scatter of its peak time, peaks at another top left out.
    pub jitter_s: f64,
    /// 95 % interval.
    pub jitter_ci_s: Option<[f64; 2]>,
    /// How many more steps than in the reference peak at another top.
    #[cfg_attr(feature = "serde", serde(default))]
    pub more_at_other_top: i64,
}

impl Default for ConvergenceReport {
    /// Of no step.
    fn default() -> Self {
        Self {
            coincidence: None,
            kappa: None,
            ci: None,
            approximate: false,
            seam: None,
            p: None,
            null: "locked".into(),
            n: 0,
        }
    }
}

impl Comparison {
    /// A comparison of point estimates; `parts` are missing, mistimed and shape.
    pub fn new(
        file: impl Into<String>,
        reference: impl Into<String>,
        unit: impl Into<String>,
        total: f64,
        parts: [f64; 3],
    ) -> Self {
        Self {
            file: file.into(),
            reference: reference.into(),
            model: String::new(),
            unit: unit.into(),
            total,
            total_ci: None,
            missing: parts[0],
            missing_ci: None,
            mistimed: parts[1],
            mistimed_ci: None,
            shape: parts[2],
            shape_ci: None,
            approximate: false,
            missing_by: BTreeMap::new(),
            changes: Vec::new(),
            named: Vec::new(),
            note: None,
        }
    }
}
