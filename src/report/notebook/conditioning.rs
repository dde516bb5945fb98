//! Signals, recordings, filters, cut-offs and repairs.

use super::{Show, drawn, in_words, show, shown};
use crate::filter::{
    Band, Butterworth, Cascade, Cleaned, Conditioned, CriticallyDamped, Design, Emg, Fir, ImpulseResponse,
    Notch, Preset, Repaired, ResidualCutoff, RigidRepaired, SavitzkyGolay, YuCutoff, ZeroPhase,
};
use crate::recording::{Channel, Recording};
use crate::report::figure::{self, Plot};
use crate::sequence::ClockOffset;
use crate::simulate::SimulatedTrial;
use crate::{Real, Samples, Signal};
use std::{format, string::String, vec::Vec};

/// Curves that one figure of a recording holds.
const CURVES: usize = 6;
/// Points of a response.
const POINTS: usize = 400;

impl<S> Show for Signal<S>
where
    S: Samples,
    S::Item: Real,
{
    fn figures(&self) -> Vec<String> {
        drawn([Plot::new("", "time (s)", "").signal("", self).svg()])
    }
}

impl<S> Signal<S>
where
    S: Samples,
    S::Item: Real,
{
    /// Shows it in a notebook; see [`crate::report::notebook`].
    pub fn evcxr_display(&self) {
        show(self);
    }
}

impl Show for Channel {
    fn figures(&self) -> Vec<String> {
        drawn([Plot::new("", "time (s)", titled(&self.name, &self.unit)).signal("", &self.signal).svg()])
    }
}

fn titled(name: &str, unit: &str) -> String {
    if unit.is_empty() { name.into() } else { format!("{name} ({unit})") }
}

/// The first channels of each unit; coordinates, of which there are many, only where there is nothing else.
impl Show for Recording {
    fn figures(&self) -> Vec<String> {
        let mut units: Vec<&str> = Vec::new();
        for channel in &self.channels {
            if !units.contains(&channel.unit.as_str()) {
                units.push(&channel.unit);
            }
        }
        let is_place = |unit: &&str| ["m", "mm"].contains(unit);
        if !units.iter().all(is_place) {
            units.retain(|unit| !is_place(unit) && !unit.is_empty());
        }
        drawn(units.into_iter().map(|unit| {
            let of: Vec<&Channel> = self.channels.iter().filter(|c| c.unit == unit).collect();
            let title = match of.len() {
                n if n > CURVES => format!("the first {CURVES} of {n} channels in {unit}"),
                _ => String::new(),
            };
            let empty = Plot::new(title, "time (s)", unit);
            of.iter().take(CURVES).fold(empty, |plot, c| plot.signal(c.name.as_str(), &c.signal)).svg()
        }))
    }
}

impl Show for SimulatedTrial {
    fn figures(&self) -> Vec<String> {
        self.recording.figures()
    }
}

shown!(Channel, Recording, SimulatedTrial);
in_words!(ClockOffset);

#[cfg(feature = "io")]
mod files {
    use super::{Plot, Show, String, Vec, drawn, shown};
    use crate::recording::c3d::C3d;
    use crate::recording::opensim::{Mot, Trc};

    /// The force on the plates with the file's events, or else its channels.
    impl Show for C3d {
        fn figures(&self) -> Vec<String> {
            let Ok(up) = self.vertical_force() else { return self.recording.figures() };
            let plot = Plot::new(
                "vertical force of all plates; dashed: events of the file",
                "time (s)",
                "force (N)",
            );
            let plot = plot.signal("", &up);
            let events = self.events.iter().map(|e| e.time_s);
            drawn([events.filter(|t| up.covers(*t, *t)).fold(plot, Plot::upright).svg()])
        }
    }

    impl Show for Trc {
        fn figures(&self) -> Vec<String> {
            self.recording.figures()
        }
    }

    impl Show for Mot {
        fn figures(&self) -> Vec<String> {
            self.recording.figures()
        }
    }

    shown!(C3d, Trc, Mot);
}

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
    drawn([cutoffs.flat_map(edges).fold(plot, Plot::upright).svg()])
}

/// What a design is, and where -3 dB come to lie.
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
        shown!($ty);
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

shown!(Preset, Emg, ZeroPhase<Cascade>, Fir, ResidualCutoff, Conditioned);
in_words!(SavitzkyGolay, YuCutoff);

/// Repairs: the record, with what was put in as dots.
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

macro_rules! shown_of_any {
    ($($name:ident: $bound:path),*) => {$(
        impl<T: $bound> $name<T> {
            /// Shows it in a notebook; see [`crate::report::notebook`].
            pub fn evcxr_display(&self) {
                show(self);
            }
        }
    )*};
}
shown_of_any!(Repaired: Real, Cleaned: Real, RigidRepaired: Copy);
