//! Sessions, their parts and comparisons, and studies.

use super::{Show, drawn, show_words};
use crate::convergence::chance::ChanceTest;
use crate::convergence::change::{Changes, FixedOffsetChange};
use crate::convergence::compensation::{Compensation, SessionCompensation};
use crate::convergence::live::LiveStep;
use crate::convergence::shortfall::{ContactImpulse, Shortfall};
use crate::convergence::timing::{TimingCost, TimingLoss};
use crate::convergence::{self, Coincidence, Cycles, Session, Symmetry};
use crate::inference::Estimate;
use crate::performance::{SpeedFit, SpeedPlateau, SprintCurve};
use crate::report::figure::{self, Plot, intervals};
use crate::study::{Comparison, SpeedStudy, Study, TrialStudy};
use std::{fmt::Write as _, format, string::String, vec::Vec};

/// Coincidence and kappa of every step, and the gain of re-timing.
impl Show for Session {
    fn figures(&self) -> Vec<String> {
        let steps = || self.steps.iter().map(|step| (step.source as f64, step.index));
        let plot = Plot::new("", "step", "coincidence, kappa");
        let coincidence = steps().filter_map(|(x, index)| Some((x, index.coincidence.coincidence()?)));
        let kappa = steps().filter_map(|(x, index)| Some((x, index.kappa?)));
        let plot = plot.dots("coincidence", coincidence).dots("kappa", kappa);
        drawn([plot.svg(), figure::gains("What re-timing could gain", &self.contributors)])
    }
}

impl Show for Cycles {
    fn figures(&self) -> Vec<String> {
        let what = if self.unit() == "N" { "forces" } else { "drives" };
        let title = format!("Mean {what} over the {}", self.kind());
        drawn([figure::drives(&title, self), figure::polar("Peak phases", self)])
    }
}

/// Missing, mistimed and shape, with their sum.
impl Show for Shortfall<Estimate> {
    fn figures(&self) -> Vec<String> {
        let rows = [
            ("missing", &self.missing),
            ("mistimed", &self.mistimed),
            ("shape", &self.shape),
            ("total", &self.total),
        ];
        drawn([intervals("", "shortfall (the drives' unit)", 1.0, rows)])
    }
}

impl Show for convergence::shortfall::SessionComparison {
    fn figures(&self) -> Vec<String> {
        let parts = &self.split;
        let rows = [
            ("missing", &parts.missing),
            ("mistimed", &parts.mistimed),
            ("shape", &parts.shape),
            ("total", &parts.total),
        ];
        drawn([intervals("", &format!("shortfall ({})", self.unit), 1.0, rows)])
    }
}

/// In addition to the findings, every contributor's change of force and time.
impl Show for Changes {
    fn words(&self) -> String {
        let mut words = format!("{self}\n{}\n", crate::format::model(&self.model));
        for c in &self.contributors {
            let _ = writeln!(words, "  {:<14} peak {}; time {}", c.name, c.force.percent(), c.timing_s.ms());
        }
        words
    }

    fn figures(&self) -> Vec<String> {
        drawn([figure::changes("", self)])
    }
}

impl Show for FixedOffsetChange {
    fn figures(&self) -> Vec<String> {
        let rows = [
            ("coincidence", &self.coincidence),
            ("lost by offsets", &self.offset),
            ("by scatter", &self.blur),
        ];
        drawn([intervals("", "change (points of %)", 100.0, rows)])
    }
}

impl Show for ContactImpulse {
    fn figures(&self) -> Vec<String> {
        Self::figures_of(core::slice::from_ref(self))
    }

    fn figures_of(all: &[Self]) -> Vec<String> {
        drawn([figure::impulse("", all)])
    }
}

impl Show for SpeedFit {
    fn figures(&self) -> Vec<String> {
        drawn([figure::speed_model("", self)])
    }
}

impl Show for SprintCurve {
    fn figures(&self) -> Vec<String> {
        drawn([figure::sprint("", self, None)])
    }
}

show_words!(
    Coincidence,
    ChanceTest,
    TimingLoss,
    TimingCost,
    convergence::peak_phases::PeakJitter,
    Compensation,
    SessionCompensation,
    LiveStep,
    Symmetry,
    SpeedPlateau,
    SpeedStudy
);

/// Impulse and symmetry; the curves are shown by the study.
impl Show for TrialStudy {
    fn figures(&self) -> Vec<String> {
        drawn([figure::impulse("", &self.impulses), figure::symmetry("Right against left", &self.symmetry)])
    }
}

impl Show for Comparison {
    fn figures(&self) -> Vec<String> {
        drawn([figure::shortfall(core::slice::from_ref(self)), figure::comparison(self)])
    }
}

/// The figures over all trials, the changes, and each trial's own figures.
impl Show for Study {
    fn figures(&self) -> Vec<String> {
        let mut figures = drawn([figure::convergence(self), figure::shortfall(&self.comparisons)]);
        figures.extend(drawn(self.comparisons.iter().map(figure::comparison)));
        for trial in self.trials() {
            if let Some(cycles) = &trial.cycles {
                let what = if cycles.unit() == "N" { "forces" } else { "drives" };
                let title = format!("{}: mean {what} over the {}", trial.file, trial.cycle);
                figures.extend(drawn([figure::drives(&title, cycles)]));
            }
            if let Some(leg) = &trial.sequence {
                let title = format!("{}: peak extension velocity of the support leg", trial.file);
                figures.extend(drawn([figure::sequence(&title, leg)]));
            }
            figures.extend(trial.figures());
        }
        figures
    }
}
