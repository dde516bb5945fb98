//! Models and their closure.

use super::{Show, drawn};
use crate::convergence::Contribute;
use crate::event::Side;
use crate::model::{ForceResidual, Forces, GroupForce, Joint, Newton};
use crate::report::figure::{self, Plot};
use std::{string::String, vec::Vec};

/// The error of every step.
impl Show for ForceResidual {
    fn figures(&self) -> Vec<String> {
        let steps = || self.steps.iter().map(|step| (step.start_s, step));
        let plot = Plot::new("model less plates, by step", "start of the step (s)", "% of body weight");
        let plot = plot.dots("RMS", steps().map(|(x, step)| (x, 100.0 * step.rms_bw)));
        drawn([plot.dots("mean", steps().map(|(x, step)| (x, 100.0 * step.mean_bw))).svg()])
    }
}

impl Show for GroupForce {
    fn figures(&self) -> Vec<String> {
        drawn([Plot::new("", "time (s)", "force (N)").signal("", &self.force).svg()])
    }
}

impl Show for Forces {
    fn figures(&self) -> Vec<String> {
        let plot = Plot::new("", "time (s)", "force (N)");
        drawn([self.named().fold(plot, |plot, (name, group)| plot.signal(name, &group.force)).svg()])
    }
}

impl Show for Newton {
    fn figures(&self) -> Vec<String> {
        drawn([figure::forces("", "vertical", &self.vertical, None, &[])])
    }
}

/// The drives of a step on the right foot.
impl Show for Joint {
    fn figures(&self) -> Vec<String> {
        let unit = self.contributors.first().map_or("", |c| c.unit());
        let plot = Plot::new("drives when the right foot supports", "time (s)", unit);
        let drives = self.contributors.iter().filter_map(|c| Some((c.name(), c.drive(Side::Right).ok()?)));
        drawn([drives.fold(plot, |plot, (name, drive)| plot.signal(name, &drive)).svg()])
    }
}
