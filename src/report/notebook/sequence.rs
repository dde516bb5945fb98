//! Peaks, lags, sequences and phases.

use super::{Show, drawn, show_words, stride::percent};
use crate::peak::timing::{PulseAlignment, PulseJitter};
use crate::peak::{Peak, Peaks, onset::OnsetTime, subsample::Vertex};
use crate::report::figure::{Plot, timeline};
use crate::sequence::correlation::{CurveLag, CurveLags};
use crate::sequence::limbs::Limbs;
use crate::sequence::train::{Synfire, TrainProfile};
use crate::sequence::{Order, Sequence};
use crate::synchrony::{
    Circular, CouplingAngles, Locking,
    cycles::CouplingCycles,
    event::EventSync,
    phase::{ClusterPhase, PhaseLocking},
    test::{CouplingTest, SameDirection, VTest, WatsonWilliams},
};
use std::{string::String, vec::Vec};

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
        drawn([plot.vertical_line(100.0 * self.phase).svg()])
    }
}

show_words!(Peak, Vertex, OnsetTime, PulseJitter);

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

show_words!(CurveLag, Order, Synfire);

/// One value per sample.
fn over_samples(values: &[f64], what: &str) -> Vec<String> {
    drawn([Plot::new("", "sample", what)
        .curve("", values.iter().enumerate().map(|(i, v)| (i as f64, *v)))
        .svg()])
}

impl Show for ClusterPhase {
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

show_words!(Circular, Locking, PhaseLocking, EventSync, CouplingTest, VTest, WatsonWilliams, SameDirection);

#[cfg(feature = "fft")]
mod spectra {
    use super::{Plot, Show, String, Vec, drawn, over_samples, percent};
    use crate::sequence::phase_slope::PhaseLag;
    use crate::synchrony::{RelativePhase, cycles::RelativePhaseCycles, spectrum::CoherenceSpectrum};
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

    impl Show for RelativePhaseCycles {
        fn figures(&self) -> Vec<String> {
            let at = percent(self.mean_deg.len());
            let both = self.mean_deg.iter().zip(&self.sd_deg).enumerate();
            let plot = Plot::new("mean and one standard deviation", "period (%)", "relative phase (deg)");
            let plot = plot.band(both.map(|(i, (m, s))| (at(i), m - s, m + s)));
            drawn([plot.curve("", self.mean_deg.iter().enumerate().map(|(i, m)| (at(i), *m))).svg()])
        }
    }
}
