//! Signals, channels and recordings.

use super::{Channel, Recording};
use crate::format::{count, number, paragraph};
use crate::samples::described;
use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use core::fmt;

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = if self.unit.is_empty() { "no unit" } else { &self.unit };
        write!(f, "{} ({unit}): {}", self.name, described(&self.signal, &self.unit))
    }
}

/// Channels that share clock and length stand together, by unit; markers count as one.
impl fmt::Display for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut facts = Vec::new();
        facts.extend(self.speed_mps.map(|v| format!("{v:.2} m/s")));
        facts.extend(self.mass_kg.map(|m| format!("{m:.1} kg")));
        facts.push(count(self.channels.len(), "channel"));
        writeln!(f, "{}: {}", self.name, facts.join(", "))?;
        let mut rest: Vec<&Channel> = self.channels.iter().collect();
        while let Some(first) = rest.first() {
            let (clock, samples) = (first.signal.clock(), first.signal.samples().len());
            let alike = |c: &&Channel| c.signal.clock() == clock && c.signal.samples().len() == samples;
            let (here, others): (Vec<_>, Vec<_>) = rest.into_iter().partition(alike);
            rest = others;
            writeln!(
                f,
                "  {} at {} Hz, {:.3} to {:.3} s",
                count(samples, "sample"),
                number(clock.rate().as_hz()),
                clock.start_s(),
                here[0].signal.end_s()
            )?;
            units(self, &here, f)?;
        }
        Ok(())
    }
}

/// The names of one group, by unit, and what they lack.
fn units(recording: &Recording, here: &[&Channel], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let markers: Vec<&str> = recording.markers().collect();
    let marker = |name: &str| {
        let (stem, axis) = name.rsplit_once('_')?;
        (["x", "y", "z"].contains(&axis) && markers.contains(&stem)).then(|| stem.to_string())
    };
    let mut units: Vec<&str> = Vec::new();
    here.iter().for_each(|c| {
        if !units.contains(&c.unit.as_str()) {
            units.push(&c.unit);
        }
    });
    for unit in units {
        let of = || here.iter().filter(|c| c.unit == unit);
        let mut names: Vec<String> = Vec::new();
        for channel in of() {
            let name = marker(&channel.name).unwrap_or_else(|| channel.name.clone());
            if names.last() != Some(&name) {
                names.push(name);
            }
        }
        let label = format!("    {:<5} ", if unit.is_empty() { "-" } else { unit });
        paragraph(f, &label, &names.join(", "))?;
        let missing: usize = of().map(|c| c.missing()).sum();
        let all: usize = of().map(|c| c.signal.samples().len()).sum();
        if missing > 0 {
            let part = 100.0 * missing as f64 / all as f64;
            writeln!(f, "          {missing} of {all} samples missing ({part:.1} %)")?;
        }
    }
    Ok(())
}

#[cfg(feature = "io")]
mod files {
    use super::{count, paragraph};
    use crate::recording::c3d::C3d;
    use crate::recording::opensim::{Mot, Trc};
    use std::{fmt, format, string::String, vec::Vec};

    impl fmt::Display for C3d {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "{}", self.recording)?;
            let kinds: Vec<String> = self.plates.iter().map(|p| format!("type {}", p.kind)).collect();
            let plates = if kinds.is_empty() { String::new() } else { format!(": {}", kinds.join(", ")) };
            paragraph(f, "  plates  ", &format!("{}{plates}", count(kinds.len(), "force plate")))?;
            let events: Vec<String> =
                self.events.iter().map(|e| format!("{} {} {:.3} s", e.context, e.label, e.time_s)).collect();
            let events = if events.is_empty() { "none".into() } else { events.join(", ") };
            paragraph(f, "  events  ", &events)
        }
    }

    impl fmt::Display for Trc {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "{}", self.recording)?;
            let share = 100.0 * self.occluded_share();
            writeln!(f, "  {}; {share:.1} % of their positions not seen", count(self.markers.len(), "marker"))
        }
    }

    impl fmt::Display for Mot {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "{}", self.recording)?;
            writeln!(
                f,
                "  rotations: {}",
                match self.in_degrees {
                    Some(true) => "degrees, as the header says",
                    Some(false) => "radians, as the header says",
                    None => "the header does not say in which unit",
                }
            )
        }
    }
}
