//! Mean curves and peaks of a session, for `drives` and `polar`.

use crate::convergence::Cycles;
use crate::math::moments;
use crate::stride::Step;
use std::{string::String, vec::Vec};

/// Curves and peaks of a session, over the cycle centred on mid-contact.
#[derive(Debug, Clone)]
pub(super) struct Curves {
    /// Mean length of the cycle.
    pub cycle_s: f64,
    /// Mean contact time.
    pub contact_s: f64,
    /// Whether the drives are forces in newtons.
    pub newtons: bool,
    /// One entry per contributor.
    pub drives: Vec<DriveCurve>,
}

/// A contributor's drive over the cycle.
#[derive(Debug, Clone)]
pub(super) struct DriveCurve {
    pub name: String,
    /// Mean over the steps, at equally spaced phases.
    pub mean: Vec<f64>,
    /// Standard deviation over the steps at those phases; zero for one step.
    pub sd: Vec<f64>,
    /// Each step's peak time, counted from mid-contact.
    pub peaks_s: Vec<f64>,
}

impl Curves {
    pub(super) fn of(cycles: &Cycles) -> Self {
        let contact_s = cycles.steps().iter().map(Step::contact_s).sum::<f64>();
        Self {
            cycle_s: cycles.mean_cycle_s(),
            contact_s: contact_s / cycles.steps().len() as f64,
            newtons: cycles.unit() == "N",
            drives: (0..cycles.contributors().len()).map(|i| DriveCurve::of(cycles, i)).collect(),
        }
    }
}

impl DriveCurve {
    fn of(cycles: &Cycles, contributor: usize) -> Self {
        let drives = cycles.drives();
        let at =
            |m: usize| -> Vec<f64> { (0..drives.steps()).map(|j| drives.row(j, contributor)[m]).collect() };
        let moments = (0..drives.phases()).map(|m| moments(&at(m)));
        let (mean, sd) = moments.map(|(mean, variance)| (mean, variance.sqrt())).unzip();
        let peaks = cycles.peaks().iter().zip(cycles.steps());
        let peaks = peaks.filter_map(|(peaks, step)| {
            Some(peaks[contributor].as_ref().ok()?.time_s - step.mid_contact_s())
        });
        Self { name: cycles.contributors()[contributor].name.clone(), mean, sd, peaks_s: peaks.collect() }
    }
}
