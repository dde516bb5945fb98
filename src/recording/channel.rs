//! Named channels on one clock.

use super::GroundForce;
use crate::time::TimeSpan;
use crate::{Error, Frame, Result, Signal};
use alloc::{
    collections::BTreeMap,
    format,
    string::{String, ToString},
    vec::Vec,
};

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
    /// A channel.
    pub fn new(name: impl Into<String>, unit: impl Into<String>, signal: Signal) -> Self {
        Self { name: name.into(), unit: unit.into(), signal }
    }

    /// Number of missing samples (NaN).
    pub fn missing(&self) -> usize {
        self.signal.samples().iter().filter(|v| v.is_nan()).count()
    }
}

/// What was recorded in one trial.
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
    /// What to call it: usually the file.
    pub name: String,
    /// The channels, in file order.
    pub channels: Vec<Channel>,
    /// Running speed, when known.
    pub speed_mps: Option<f64>,
    /// Body mass, when known.
    pub mass_kg: Option<f64>,
    /// Mean positions of the markers in a standing trial, in metres and in that trial's axes, when there was one: more
    /// markers than in running, and so better joint centres.
    pub standing: BTreeMap<String, [f64; 3]>,
    /// Force of plates that do not distinguish the feet, when the file has any.
    pub ground_force: Option<GroundForce>,
}

impl Recording {
    /// An empty recording.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    /// Add a channel.
    ///
    /// # Errors
    /// [`Error::Undefined`] when a channel of that name is there already; [`Error::TooFew`] when it holds no sample.
    pub fn push(&mut self, channel: Channel) -> Result<()> {
        if self.get(&channel.name).is_some() {
            return Err(Error::Undefined { quantity: "a channel", reason: "its name is taken" });
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

    /// The names, in file order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.channels.iter().map(|c| c.name.as_str())
    }

    /// Every marker: a name with channels `NAME_x`, `NAME_y`, `NAME_z` in m or mm, of one clock and length.
    pub fn markers(&self) -> impl Iterator<Item = &str> {
        self.names().filter_map(|name| name.strip_suffix("_x")).filter(|name| self.marker(name).is_some())
    }

    /// The path of a marker in metres; a frame in which any coordinate is missing is NaN as a whole. `None` without
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

    /// Mean position of every marker over the frames in which it was seen, in metres: what a standing trial is good for
    /// ([`Recording::standing`]).
    pub fn mean_markers(&self) -> BTreeMap<String, [f64; 3]> {
        let mean = |name: &str| {
            let path = self.marker(name)?;
            let seen: Vec<_> = path.samples().iter().filter(|p| p.0[0].is_finite()).collect();
            let sum = seen.iter().fold([0.0; 3], |sum, p| core::array::from_fn(|i| sum[i] + p.0[i]));
            (!seen.is_empty()).then(|| sum.map(|v| v / seen.len() as f64))
        };
        self.markers().filter_map(|name| Some((name.to_string(), mean(name)?))).collect()
    }

    /// The time span that all channels cover.
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
