//! The curves behind a recording's numbers: what figures draw and flat summaries leave out.

use alloc::{string::String, vec::Vec};

/// Mean curves and single peaks of one recording.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Curves {
    /// Mean length of the cycle.
    pub cycle_s: f64,
    /// Mean contact time.
    pub contact_s: f64,
    /// Unit of the drives: `N`, or `mean peaks`.
    pub unit: String,
    /// One entry per contributor.
    pub drives: Vec<DriveCurve>,
    /// One entry per channel of the within-limb sequence, proximal first.
    pub sequence: Vec<SequenceRow>,
}

/// A contributor's drive over the cycle, which is centred on mid-contact.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct DriveCurve {
    /// The contributor.
    pub name: String,
    /// Mean over the accepted steps, at equally spaced phases from the cycle's start, its end excluded.
    pub mean: Vec<f64>,
    /// Standard deviation over the steps at those phases; zero for one step.
    pub sd: Vec<f64>,
    /// Each step's peak time, counted from mid-contact.
    pub peaks_s: Vec<f64>,
}

/// One channel of the within-limb sequence.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct SequenceRow {
    /// The channel.
    pub channel: String,
    /// Each cycle's peak time, counted from initial contact.
    pub times_s: Vec<f64>,
    /// 95 % interval of their mean.
    pub ci: Option<[f64; 2]>,
}

impl DriveCurve {
    /// A contributor's curve.
    pub fn new(name: impl Into<String>, mean: Vec<f64>, sd: Vec<f64>, peaks_s: Vec<f64>) -> Self {
        Self { name: name.into(), mean, sd, peaks_s }
    }
}

impl SequenceRow {
    /// A channel's row.
    pub fn new(channel: impl Into<String>, times_s: Vec<f64>, ci: Option<[f64; 2]>) -> Self {
        Self { channel: channel.into(), times_s, ci }
    }
}
