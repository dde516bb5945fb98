//! Events, steps, curves, peaks, sequences and phases.

use super::{Show, drawn, in_words, shown};
use crate::ensemble::{Difference, SimultaneousBand};
use crate::event::{Baseline, Contact, Event, Feet, FootContacts, Side};
use crate::peak::{self, OnsetTime, Peak, Peaks, PulseAlignment, subsample::Vertex};
use crate::report::figure::{self, Plot, intervals, timeline};
use crate::sequence::{CurveLag, CurveLags, Limbs, Order, Sequence, Synfire, TrainProfile};
use crate::stride::{Ensemble, LegStiffness, Means, Speed, SpringMass, Step, StepForces, Steps, Summary};
use crate::synchrony::{
    Circular, CouplingAngles, CouplingCycles, CouplingTest, EventSync, Group, Locking, PhaseLocking,
    SameDirection, VTest, WatsonWilliams,
};
use std::{string::String, vec::Vec};

/// Each contact's length over its time, feet apart.
fn contacts<'a>(all: impl Iterator<Item = &'a Contact> + Clone) -> Vec<String> {
    let plot = Plot::new("", "initial contact (s)", "contact (ms)");
    let of = |side: Side| {
        let own = all.clone().filter(move |c| c.side() == side);
        own.map(|c| (c.initial.time_s, 1e3 * c.duration_s())).collect::<Vec<_>>()
    };
    drawn([plot.dots("left", of(Side::Left)).dots("right", of(Side::Right)).svg()])
}

impl Show for FootContacts {
    fn figures(&self) -> Vec<String> {
        contacts(self.contacts.iter())
    }
}

impl Show for Feet {
    fn figures(&self) -> Vec<String> {
        contacts(self.left.contacts.iter().chain(&self.right.contacts))
    }
}

impl Show for Baseline {
    fn figures(&self) -> Vec<String> {
        let of = |accepted: bool| {
            let flights = self.flights().iter().filter(move |flight| flight.accepted == accepted);
            flights.map(|flight| (flight.middle_s(), flight.level_n)).collect::<Vec<_>>()
        };
        let plot = Plot::new("", "time (s)", "level in flight (N)");
        drawn([plot.dots("used", of(true)).dots("outliers", of(false)).svg()])
    }
}

impl Show for Steps {
    fn figures(&self) -> Vec<String> {
        let of = |value: fn(&Step) -> f64| {
            self.accepted().map(move |step| (step.start_s(), 1e3 * value(step))).collect::<Vec<_>>()
        };
        let plot = Plot::new("accepted steps", "initial contact (s)", "duration (ms)");
        let plot = plot.dots("contact", of(Step::contact_s)).dots("flight", of(Step::flight_s));
        drawn([plot.dots("step", of(Step::duration_s)).svg()])
    }
}

shown!(FootContacts, Feet, Baseline, Steps);
in_words!(Event, Contact, Step, Summary, Means, StepForces, SpringMass, LegStiffness, Speed);

/// Places of points from 0 to 100 % of a period.
fn percent(points: usize) -> impl Fn(usize) -> f64 {
    move |i| 100.0 * i as f64 / (points.max(2) - 1) as f64
}

impl Show for Ensemble {
    fn figures(&self) -> Vec<String> {
        let at = percent(self.mean.len());
        let mut plot = Plot::new("mean and one standard deviation", "period (%)", "the curves' unit");
        if let Some(sd) = &self.sd {
            plot = plot.band(self.mean.iter().zip(sd).enumerate().map(|(i, (m, s))| (at(i), m - s, m + s)));
        }
        drawn([plot.curve("", self.mean.iter().enumerate().map(|(i, m)| (at(i), *m))).svg()])
    }
}

impl Show for SimultaneousBand {
    fn figures(&self) -> Vec<String> {
        drawn([figure::ensemble("", "the curves' unit", "period", &[("mean", self)])])
    }
}

impl Show for Difference {
    fn figures(&self) -> Vec<String> {
        let at = percent(self.t.len());
        let title = "second group less first; shaded: where they differ";
        let plot = Plot::new(title, "period (%)", "difference (the curves' unit)");
        let plot = self.regions.iter().fold(plot, |plot, r| plot.shaded(at(r.start), at(r.end - 1)));
        drawn([plot.curve("", self.difference.iter().enumerate().map(|(i, d)| (at(i), *d))).svg()])
    }
}

impl Show for Peaks {
    fn figures(&self) -> Vec<String> {
        let dots = self.indices.iter().zip(&self.heights).map(|(i, h)| (*i as f64, *h));
        drawn([Plot::new("", "sample", "height (the record's unit)").dots("", dots).svg()])
    }
}

/// The mean pulse.
impl Show for PulseAlignment {
    fn figures(&self) -> Vec<String> {
        let points = self.pulse.len() as f64;
        let pulse = self.pulse.iter().enumerate().map(|(m, y)| (100.0 * m as f64 / points, *y));
        let plot =
            Plot::new("mean pulse; dashed: its peak", "cycle (%)", "the drive's unit").curve("", pulse);
        drawn([plot.upright(100.0 * self.phase).svg()])
    }
}

shown!(Ensemble, SimultaneousBand, Difference, Peaks, PulseAlignment);
in_words!(Peak, Vertex, OnsetTime, peak::PulseJitter);

impl Show for Sequence {
    fn figures(&self) -> Vec<String> {
        drawn([timeline("", self)])
    }
}

impl Show for Limbs {
    fn figures(&self) -> Vec<String> {
        drawn(self.limbs.iter().map(|(name, sequence)| timeline(name, sequence)))
    }
}

impl Show for CurveLags {
    fn figures(&self) -> Vec<String> {
        let found = self.cycles.iter().enumerate();
        let dots = found.filter_map(|(i, lag)| Some((i as f64, 1e3 * lag.as_ref().ok()?.lag_s)));
        drawn([Plot::new("", "cycle", "lag (ms)").dots("", dots).svg()])
    }
}

impl Show for TrainProfile {
    fn figures(&self) -> Vec<String> {
        let dots = self.times_s.iter().copied().zip(self.values.iter().copied());
        drawn([Plot::new("", "time (s)", "value at each event").dots("", dots).svg()])
    }
}

shown!(Sequence, Limbs, CurveLags, TrainProfile);
in_words!(CurveLag, Order, Synfire);

/// One value per sample.
fn over_samples(values: &[f64], what: &str) -> Vec<String> {
    drawn([Plot::new("", "sample", what)
        .curve("", values.iter().enumerate().map(|(i, v)| (i as f64, *v)))
        .svg()])
}

impl Show for Group {
    fn figures(&self) -> Vec<String> {
        over_samples(&self.over_time, "group synchrony")
    }
}

impl Show for CouplingAngles {
    fn figures(&self) -> Vec<String> {
        over_samples(&self.degrees, "coupling angle (deg)")
    }
}

impl Show for CouplingCycles {
    fn figures(&self) -> Vec<String> {
        let curve = |values: &[f64]| {
            let at = percent(values.len());
            values.iter().enumerate().map(|(i, v)| (at(i), *v)).collect::<Vec<_>>()
        };
        let plot = Plot::new("", "period (%)", "angle (deg)").curve("coupling angle", curve(&self.mean_deg));
        drawn([plot.curve("its variability", curve(&self.variability_deg)).svg()])
    }
}

shown!(Group, CouplingAngles, CouplingCycles);
in_words!(Circular, Locking, PhaseLocking, EventSync, CouplingTest, VTest, WatsonWilliams, SameDirection);

#[cfg(feature = "fft")]
mod spectra {
    use super::{Plot, Show, String, Vec, drawn, over_samples, percent, shown};
    use crate::sequence::PhaseLag;
    use crate::synchrony::{CoherenceSpectrum, RelativePhase, RelativePhases};
    use std::format;

    impl Show for CoherenceSpectrum {
        fn figures(&self) -> Vec<String> {
            let curve = self.frequency_hz.iter().copied().zip(self.value.iter().copied());
            let mut plot = Plot::new("", "frequency (Hz)", "coherence").from_zero().curve("coherence", curve);
            if let (Ok(limit), Some(last)) = (self.limit(0.95), self.frequency_hz.last()) {
                let words = format!("unrelated channels stay below {limit:.2}");
                plot = plot.curve(words, [(0.0, limit), (*last, limit)]);
            }
            drawn([plot.svg()])
        }
    }
    impl Show for PhaseLag {
        fn figures(&self) -> Vec<String> {
            let plot = Plot::new("", "frequency (Hz)", "coherence").from_zero();
            drawn([plot.curve("", self.coherence.iter().copied()).svg()])
        }
    }

    impl Show for RelativePhase {
        fn figures(&self) -> Vec<String> {
            over_samples(&self.degrees, "relative phase (deg)")
        }
    }

    impl Show for RelativePhases {
        fn figures(&self) -> Vec<String> {
            let at = percent(self.mean_deg.len());
            let both = self.mean_deg.iter().zip(&self.sd_deg).enumerate();
            let plot = Plot::new("mean and one standard deviation", "period (%)", "relative phase (deg)");
            let plot = plot.band(both.map(|(i, (m, s))| (at(i), m - s, m + s)));
            drawn([plot.curve("", self.mean_deg.iter().enumerate().map(|(i, m)| (at(i), *m))).svg()])
        }
    }

    shown!(CoherenceSpectrum, PhaseLag, RelativePhase, RelativePhases);
}

mod estimates {
    use super::{Show, String, Vec, drawn, in_words, intervals, shown};
    use crate::inference::{Estimate, PermutationTest, Reliability};

    impl Show for Estimate {
        fn figures(&self) -> Vec<String> {
            if self.ci.is_none() {
                Vec::new()
            } else {
                drawn([intervals("", "in its unit", 1.0, [("", self)])])
            }
        }
    }

    impl Show for Reliability {
        fn figures(&self) -> Vec<String> {
            drawn([intervals("", "share of the variance between runners", 1.0, [("ICC(2,1)", &self.icc)])])
        }
    }
    shown!(Estimate, Reliability);
    in_words!(PermutationTest);
}
