//! Named channels on one clock.

use super::GroundForce;
use crate::format::{count, number, paragraph};
use crate::samples::described;
use crate::time::TimeSpan;
use crate::{Error, Frame, Result, Signal};
use alloc::{
    collections::BTreeMap,
    format,
    string::{String, ToString},
    vec::Vec,
};
use core::fmt;

/// A channel: name, unit and signal. Missing samples are NaN.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Channel {
    /// Name without unit, such as `hip_flexion_r`.
    pub name: String,
    /// Unit, such as `deg`, `N` or `m`; empty when there is none.
    pub unit: String,
    /// Samples and clock.
    pub signal: Signal,
}

impl Channel {
    /// Builds a channel.
    pub fn new(name: impl Into<String>, unit: impl Into<String>, signal: Signal) -> Self {
        Self { name: name.into(), unit: unit.into(), signal }
    }

    /// Counts the missing samples (NaN).
    pub fn missing(&self) -> usize {
        self.signal.samples().iter().filter(|v| v.is_nan()).count()
    }
}

/// The channels of one trial.
///
/// ```
/// use copeak::{Clock, Rate, Signal, recording::{Channel, Recording}};
/// let mut trial = Recording::new("trial 1");
/// let clock = Clock::from_zero(Rate::from_hz(100.0)?);
/// trial.push(Channel::new("hip_flexion_r", "deg", Signal::new(clock, vec![10.0, 12.0])))?;
/// assert_eq!(trial.signal("hip_flexion_r")?.samples(), &[10.0, 12.0]);
/// assert_eq!(trial.channel("hip_flexion_r")?.unit, "deg");
/// assert_eq!(
///     trial.signal("hip_flexion").unwrap_err().to_string(),
///     "no channel 'hip_flexion', did you mean 'hip_flexion_r'? channels present: hip_flexion_r",
/// );
/// assert!(trial.get("hip_flexion_l").is_none());
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Recording {
    /// Its name, usually that of the file.
    pub name: String,
    /// The channels, in file order.
    pub channels: Vec<Channel>,
    /// Running speed in metres per second, when known.
    pub speed_mps: Option<f64>,
    /// Body mass in kilograms, when known.
    pub mass_kg: Option<f64>,
    /// Mean positions of the markers in a standing trial, in metres and in that trial's axes, when there was one: a standing trial has
    /// more markers than a run, and gives better joint centres.
    pub standing: BTreeMap<String, [f64; 3]>,
    /// Force of plates that do not distinguish the feet, when the file has any.
    pub ground_force: Option<GroundForce>,
}

impl Recording {
    /// Builds an empty recording.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    /// Adds a channel.
    ///
    /// # Errors
    /// [`Error::Undefined`] when there is already a channel of that name; [`Error::TooFew`] when it holds no sample.
    pub fn push(&mut self, channel: Channel) -> Result<()> {
        if self.get(&channel.name).is_some() {
            return Err(Error::Undefined {
                quantity: "the channel of that name",
                reason: "the recording already has one",
            });
        }
        if channel.signal.samples().is_empty() {
            return Err(Error::TooFew { operation: "a channel", unit: "samples", needed: 1, got: 0 });
        }
        self.channels.push(channel);
        Ok(())
    }

    /// Returns the signal of the channel of that name.
    ///
    /// # Errors
    /// [`Error::NoChannel`], which lists the channels there are and suggests the nearest name.
    pub fn signal(&self, name: &str) -> Result<&Signal> {
        self.channel(name).map(|channel| &channel.signal)
    }

    /// Returns the channel of that name: its signal and unit.
    ///
    /// # Errors
    /// As [`Recording::signal`].
    pub fn channel(&self, name: &str) -> Result<&Channel> {
        let none = || Error::NoChannel {
            name: name.to_string(),
            present: self.names().map(ToString::to_string).collect(),
        };
        self.get(name).ok_or_else(none)
    }

    /// Returns the channel of that name, if there is one.
    pub fn get(&self, name: &str) -> Option<&Channel> {
        self.channels.iter().find(|c| c.name == name)
    }

    /// Iterates over the names, in file order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.channels.iter().map(|c| c.name.as_str())
    }

    /// Iterates over the markers: names with channels `NAME_x`, `NAME_y`, `NAME_z` in m or mm, of one clock and length.
    pub fn markers(&self) -> impl Iterator<Item = &str> {
        self.names().filter_map(|name| name.strip_suffix("_x")).filter(|name| self.marker(name).is_some())
    }

    /// Returns the path of a marker in metres; in a frame with a missing coordinate all three are NaN. `None` without
    /// such a marker.
    pub fn marker(&self, name: &str) -> Option<Signal<Vec<Frame<f64, 3>>>> {
        let mut axes = Vec::with_capacity(3);
        for axis in ["x", "y", "z"] {
            let channel = self.get(&format!("{name}_{axis}"))?;
            let per_metre = match channel.unit.as_str() {
                "m" => 1.0,
                "mm" => 1000.0,
                _ => return None,
            };
            axes.push((&channel.signal, per_metre));
        }
        let (first, _) = axes[0];
        let same = |s: &Signal| s.clock() == first.clock() && s.samples().len() == first.samples().len();
        if !axes.iter().all(|(signal, _)| same(signal)) {
            return None;
        }
        let at = |frame: usize| {
            let point: [f64; 3] = core::array::from_fn(|i| axes[i].0.samples()[frame] / axes[i].1);
            Frame(if point.iter().all(|v| v.is_finite()) { point } else { [f64::NAN; 3] })
        };
        Some(first.with_samples((0..first.samples().len()).map(at).collect()))
    }

    /// Returns the mean position of every marker over the frames in which it is visible, in metres: of a standing trial, the value of
    /// [`Recording::standing`].
    pub fn mean_markers(&self) -> BTreeMap<String, [f64; 3]> {
        let mean = |name: &str| {
            let path = self.marker(name)?;
            let visible: Vec<_> = path.samples().iter().filter(|p| p.0[0].is_finite()).collect();
            let sum = visible.iter().fold([0.0; 3], |sum, p| core::array::from_fn(|i| sum[i] + p.0[i]));
            (!visible.is_empty()).then(|| sum.map(|v| v / visible.len() as f64))
        };
        self.markers().filter_map(|name| Some((name.to_string(), mean(name)?))).collect()
    }

    /// Returns the time span that all channels cover.
    ///
    /// # Errors
    /// [`Error::Missing`] without channels; [`Error::Undefined`] when there is no time that all of them cover.
    pub fn span(&self) -> Result<TimeSpan> {
        let none = || Error::Missing { operation: "the span of a recording", what: "a channel" };
        let start_s = self.channels.iter().map(|c| c.signal.start_s()).reduce(f64::max).ok_or_else(none)?;
        let end_s = self.channels.iter().map(|c| c.signal.end_s()).reduce(f64::min).ok_or_else(none)?;
        if start_s <= end_s {
            Ok(TimeSpan { start_s, end_s })
        } else {
            let reason = "its channels were not recorded at the same time";
            Err(Error::Undefined { quantity: "the span of a recording", reason })
        }
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = if self.unit.is_empty() { "no unit" } else { &self.unit };
        write!(f, "{} ({unit}): {}", self.name, described(&self.signal, &self.unit))
    }
}

/// Channels of one clock and length form a group, by unit; markers count as one.
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

/// Writes the names of one group, by unit, and the missing samples.
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
