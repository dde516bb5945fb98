//! Filters, cut-offs and repairs.

use super::{Show, drawn, show_words};
use crate::Real;
use crate::filter::conditioning::Conditioned;
use crate::filter::cutoff::{ResidualCutoff, YuCutoff};
use crate::filter::fir::ImpulseResponse;
use crate::filter::gap::{Repaired, RigidRepaired};
use crate::filter::moving::Cleaned;
use crate::filter::{
    Band, Butterworth, Cascade, CriticallyDamped, Design, Emg, Fir, Notch, Preset, SavitzkyGolay, ZeroPhase,
};
use crate::report::figure::{self, Plot};
use std::{format, string::String, vec::Vec};

/// Points of a response.
const POINTS: usize = 400;

/// The cut-offs of a band.
fn edges(band: Band) -> Vec<f64> {
    match band {
        Band::Low(f) | Band::High(f) => [f].to_vec(),
        Band::Pass(low, high) | Band::Stop(low, high) => [low, high].to_vec(),
    }
}

/// Gain after one and after two passes, with the frequencies of -3 dB.
fn response(design: &Design) -> Vec<String> {
    let rate_hz = design.rate().as_hz();
    let highest = edges(design.band()).into_iter().fold(0.0, f64::max);
    let last = (0.5 * rate_hz).min(4.0 * highest);
    let at = |i: usize| last * i as f64 / POINTS as f64;
    let gain = |passes: i32| (0..=POINTS).map(at).map(move |f| (f, design.gain(f).powi(passes)));
    let plot = Plot::new("", "frequency (Hz)", "gain; dashed: -3 dB").from_zero();
    let plot = plot.curve("one pass", gain(1)).curve("forwards and backwards", gain(2));
    let cutoffs = [1, 2].into_iter().filter_map(|passes| design.effective_cutoff_hz(passes).ok());
    drawn([cutoffs.flat_map(edges).fold(plot, Plot::vertical_line).svg()])
}

/// A design and its frequencies of -3 dB.
fn described(design: &Design) -> String {
    let after = |passes: usize| match design.effective_cutoff_hz(passes) {
        Ok(band) => edges(band).iter().map(|f| format!("{f:.2} Hz")).collect::<Vec<_>>().join(" and "),
        Err(_) => "no frequency".into(),
    };
    format!("{design:.2}\n-3 dB at {} after one pass, at {} forwards and backwards", after(1), after(2))
}

macro_rules! designs {
    ($($ty:ty),*) => {$(
        impl Show for $ty {
            fn figures(&self) -> Vec<String> {
                response(&(*self).into())
            }
            fn words(&self) -> String {
                described(&(*self).into())
            }
        }
    )*};
}
designs!(Butterworth, CriticallyDamped, Notch, Design);

impl Show for Preset {
    fn figures(&self) -> Vec<String> {
        self.design().figures()
    }
}

impl Show for Emg {
    fn figures(&self) -> Vec<String> {
        [self.band(), self.smooth()].iter().flat_map(Show::figures).collect()
    }
}

/// The gain of both passes together.
impl Show for ZeroPhase<Cascade> {
    fn figures(&self) -> Vec<String> {
        let Ok(response) = ImpulseResponse::from_filter(self) else { return Vec::new() };
        let gain = |f: f64| -> f64 {
            let turn = |k: usize| core::f64::consts::TAU * f * (k as f64 - response.lead() as f64);
            response.taps().iter().enumerate().map(|(k, h)| h * turn(k).cos()).sum()
        };
        let curve = (0..=POINTS).map(|i| 0.5 * i as f64 / POINTS as f64).map(|f| (f, gain(f)));
        let plot = Plot::new("", "frequency (part of the sample rate)", "gain of both passes").from_zero();
        drawn([plot.curve("", curve).svg()])
    }
}

impl Show for Fir {
    fn figures(&self) -> Vec<String> {
        let curve = (0..=POINTS).map(|i| 0.5 * i as f64 / POINTS as f64).map(|f| (f, self.gain(f)));
        let plot = Plot::new("", "frequency (part of the sample rate)", "gain").from_zero();
        drawn([plot.curve("", curve).svg()])
    }
}

impl Show for ResidualCutoff {
    fn figures(&self) -> Vec<String> {
        drawn([figure::residual("", "the record's unit", self)])
    }
}

impl Show for Conditioned {
    fn figures(&self) -> Vec<String> {
        self.signal.figures()
    }
}

show_words!(SavitzkyGolay, YuCutoff);

/// The repaired record, its replaced samples as dots.
fn repaired<T: Real>(samples: &[T], put_in: impl Fn(usize) -> bool, name: &str) -> Vec<String> {
    let points: Vec<(f64, f64)> = samples.iter().enumerate().map(|(i, v)| (i as f64, v.as_f64())).collect();
    let dots: Vec<_> = points.iter().enumerate().filter(|(i, _)| put_in(*i)).map(|(_, p)| *p).collect();
    let plot = Plot::new("", "sample", "the record's unit").curve("record", points.clone());
    drawn([plot.dots(name, dots).svg()])
}

impl<T: Real> Show for Repaired<T> {
    fn figures(&self) -> Vec<String> {
        let filled = self.filled_mask();
        repaired(&self.samples, |i| filled[i], "filled")
    }
}

impl<T: Real> Show for Cleaned<T> {
    fn figures(&self) -> Vec<String> {
        repaired(&self.samples, |i| self.replaced.binary_search(&i).is_ok(), "replaced")
    }
}

impl<T> Show for RigidRepaired<T> {}
