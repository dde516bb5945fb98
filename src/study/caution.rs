//! Cautions that belong to the numbers of a study.

use super::ModelKind;
use crate::convergence::cycles::ExcludedContributor;
use crate::event::Side;
use crate::performance::SpeedCaution;
use alloc::{string::String, vec::Vec};
use core::fmt;

/// Channels in which contacts are searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum ContactSource {
    /// Vertical force under the foot.
    Force,
    /// Hip, knee and ankle angles of the leg.
    Angles,
}

/// A caution or remark that belongs to a study's numbers.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(tag = "kind", rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Caution {
    /// A channel that the model cannot use, or not entirely.
    Channel {
        /// Which, and why.
        why: String,
    },
    /// A foot's force or angles cannot be used for contacts.
    ContactSourceUnusable {
        /// Which of the two.
        source: ContactSource,
        /// Which foot.
        side: Side,
        /// Why.
        why: String,
    },
    /// The angles of a leg hold no contact of a runner.
    NoContactInAngles {
        /// Which leg.
        side: Side,
    },
    /// Force thresholds are met after landing and before leaving.
    ThresholdBias {
        /// Mean time after landing.
        late_s: f64,
        /// Mean time before leaving.
        early_s: f64,
    },
    /// Only one foot has contacts.
    OneFoot {
        /// Which one.
        side: Side,
    },
    /// There is no channel to find contacts in.
    NoContactChannel,
    /// The contacts make no steps.
    NoStepsFromContacts {
        /// Why.
        why: String,
    },
    /// There is no step.
    NoStep,
    /// The contributors cannot be brought to common cycles.
    NotComparable {
        /// Why.
        why: String,
    },
    /// A contributor takes no part.
    Excluded {
        /// Which.
        contributor: String,
        /// Why.
        reason: ExcludedContributor,
    },
    /// No known marker set is among the markers, so they give neither joint angles nor segment forces.
    UnknownMarkers {
        /// The names of the markers.
        present: Vec<String>,
    },
    /// Segment forces need a mass.
    NoMass,
    /// There are no segment forces.
    NoSegmentForces {
        /// Why.
        why: String,
    },
    /// The markers that the segment forces come from.
    Markers {
        /// The marker set.
        set: String,
        /// Whether a standing trial scaled the body.
        standing: bool,
        /// Largest movement of a segment's markers against each other (RMS).
        soft_tissue_m: f64,
    },
    /// Standard error of the model's ground force by marker noise alone.
    MarkerNoise {
        /// Upwards.
        vertical_n: f64,
        /// Forwards.
        forward_n: f64,
    },
    /// A contributor's peak time scatters so much that the peak has no one time.
    ScatteredPeak {
        /// Which.
        contributor: String,
        /// Standard deviation of its peak time.
        sd_s: f64,
    },
    /// Of two contributors either may be called late.
    TwoContributors,
    /// A limit of the model's numbers.
    Model {
        /// The model.
        model: ModelKind,
    },
    /// The p value of kappa rests on one set of offsets.
    OneSetOfOffsets,
    /// The leg's sequence rests on more contacts than the convergence.
    MoreContacts {
        /// Contacts of the sequence.
        contacts: usize,
        /// Steps used.
        steps: usize,
    },
    /// Too few usable steps for intervals.
    NoIntervals {
        /// Their number.
        steps: usize,
    },
    /// Few usable steps.
    FewSteps {
        /// Their number.
        steps: usize,
    },
    /// The recording is not compared with the reference.
    NotCompared {
        /// Why.
        why: String,
    },
    /// The recording was chosen as the reference, but has no usable step.
    ReferenceWithoutStep,
    /// In a comparison, a contributor's peak has no one time.
    AmbiguousPeak {
        /// Which.
        contributor: String,
        /// Whether in the reference; else in the recording compared with it.
        in_reference: bool,
    },
    /// All recordings count as one athlete's.
    OneAthlete,
    /// The force of the speed model is a proxy.
    ForceIsProxy,
    /// A limit of the models of speed.
    Speed {
        /// Which.
        limit: SpeedCaution,
    },
    /// There are too few recordings for the models of speed.
    NoSpeedModel {
        /// Why.
        why: String,
    },
}

impl fmt::Display for Caution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Caution::Channel { why } | Caution::NoSpeedModel { why } => f.write_str(why),
            Caution::Speed { limit } => limit.fmt(f),
            Caution::ContactSourceUnusable { source: ContactSource::Force, side, why } => {
                write!(f, "force under foot {side}: {why}")
            }
            Caution::ContactSourceUnusable { source: ContactSource::Angles, side, why } => {
                write!(f, "joint angles of leg {side}: {why}")
            }
            Caution::NoContactInAngles { side } => write!(
                f,
                "joint angles of leg {side}: no contact in them (a runner's are looked for, not a walker's)"
            ),
            Caution::ThresholdBias { late_s, early_s } => write!(
                f,
                "force thresholds are met {:.1} ms after landing and {:.1} ms before leaving, by the slope there: a bias that \
                 no standard error contains",
                1e3 * late_s,
                1e3 * early_s
            ),
            Caution::OneFoot { side } => write!(f, "contacts were found for foot {side} only"),
            Caution::NoContactChannel => {
                f.write_str("contacts need vertical force, or hip, knee and ankle angles of both legs")
            }
            Caution::NoStepsFromContacts { why } => write!(f, "the contacts make no steps: {why}"),
            Caution::NoStep => f.write_str("there is no step, so nothing can be reported about it"),
            Caution::NotComparable { why } => write!(f, "contributors cannot be compared: {why}"),
            Caution::Excluded { contributor, reason } => write!(f, "{contributor} takes no part: {reason}"),
            Caution::UnknownMarkers { present } => write!(
                f,
                "the markers belong to no known set (dorn2012, hamner2013), so they give no joint angles; markers present: {}; \
                 describe yours with model::MarkerSet",
                present.join(", ")
            ),
            Caution::NoMass => {
                f.write_str("segment forces need the body's mass, or force under both feet to weigh it")
            }
            Caution::NoSegmentForces { why } => write!(f, "no segment forces: {why}"),
            Caution::Markers { set, standing, soft_tissue_m } => write!(
                f,
                "markers {set}{}; on one segment they move against each other by up to {:.0} mm (RMS)",
                if *standing { " with a standing trial" } else { "" },
                1e3 * soft_tissue_m
            ),
            Caution::MarkerNoise { vertical_n, forward_n } => write!(
                f,
                "standard error of the model's ground force by marker noise alone: {vertical_n:.0} N upwards, {forward_n:.0} N \
                 forwards"
            ),
            Caution::ScatteredPeak { contributor, sd_s } => write!(
                f,
                "the peak of {contributor} scatters by {:.0} ms: its curve has a flat peak or more than one, and its timing \
                 depends on which counts",
                1e3 * sd_s
            ),
            Caution::TwoContributors => {
                f.write_str("two contributors: either may be called late, re-timing one or the other is the same")
            }
            Caution::Model { model: ModelKind::Joint } => {
                f.write_str("joint-velocity drives are proxies, not forces")
            }
            Caution::Model { model: ModelKind::Newton } => f.write_str(
                "segment forces are signed, and those of low-passed markers on skin: closure shows how far they are from the \
                 plates'",
            ),
            Caution::OneSetOfOffsets => f.write_str(
                "p asks whether random fixed offsets would do as well; one runner has one set of offsets, so it does not shrink \
                 with steps, and a moderate kappa is often not significant",
            ),
            Caution::MoreContacts { contacts, steps } => write!(
                f,
                "the leg's sequence has {contacts} contacts: it needs no whole stride around them, as the {steps} steps used do"
            ),
            Caution::NoIntervals { steps } => {
                write!(f, "{steps} usable step{} too few for intervals", if *steps == 1 { " is" } else { "s are" })
            }
            Caution::FewSteps { steps } => write!(f, "{steps} usable steps: the intervals are approximate"),
            Caution::NotCompared { why } => write!(f, "not compared: {why}"),
            Caution::ReferenceWithoutStep => {
                f.write_str("it was to be the reference, but has no usable step: nothing is compared")
            }
            Caution::AmbiguousPeak { contributor, in_reference } => write!(
                f,
                "the peak of {contributor} has no one time in {}: mistimed and shape depend on which peak counts",
                if *in_reference { "the reference" } else { "it" }
            ),
            Caution::OneAthlete => f.write_str("all recordings are taken for one athlete's"),
            Caution::ForceIsProxy => f.write_str("its force is the contributors' mean peaks, a proxy"),
        }
    }
}

/// Each caution with its words as `text`.
#[cfg(feature = "serde")]
pub(super) fn with_text<S: serde::Serializer>(
    cautions: &[Caution],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    use alloc::string::ToString as _;

    #[derive(serde::Serialize)]
    struct InWords<'a> {
        #[serde(flatten)]
        caution: &'a Caution,
        text: String,
    }

    serializer.collect_seq(cautions.iter().map(|caution| InWords { caution, text: caution.to_string() }))
}
