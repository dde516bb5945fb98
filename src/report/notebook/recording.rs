//! Signals, channels, recordings and files.

use super::{Show, drawn, show_words};
use crate::recording::{Channel, Recording};
use crate::report::figure::Plot;
use crate::sequence::alignment::ClockOffset;
use crate::simulate::SimulatedTrial;
use crate::{Real, Samples, Signal};
use std::{format, string::String, vec::Vec};

/// Curves that one figure of a recording holds.
const CURVES: usize = 6;

impl<S> Show for Signal<S>
where
    S: Samples,
    S::Item: Real,
{
    fn figures(&self) -> Vec<String> {
        drawn([Plot::new("", "time (s)", "").signal("", self).svg()])
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

show_words!(ClockOffset);

#[cfg(feature = "io")]
mod files {
    use super::{Plot, Show, String, Vec, drawn};
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
            drawn([events.filter(|t| up.covers(*t, *t)).fold(plot, Plot::vertical_line).svg()])
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
}
