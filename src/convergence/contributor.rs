//! Contributors: whatever adds to a step, with its channels, its sign and its rectification.

use super::role::{check_channels, check_sign};
use super::{Rectification, Role};
use crate::event::{Side, Sides};
use crate::filter::conditioning::TimingNoise;
use crate::{Error, Real, Result, Samples, Signal};
use alloc::{boxed::Box, string::String, vec::Vec};

/// The scaling that makes the drives of different contributors comparable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Normalization {
    /// Divides each by its mean peak: for drives that are not forces (joint velocities, EMG).
    #[default]
    Relative,
    /// Leaves forces as they are, in newtons, because they add up.
    Newtons,
}

/// Something that contributes to a step: a joint's velocity, a measured force, a muscle's activity, a segment's force.
///
/// [`Contributor`] covers what is recorded as channels; implement the trait for anything else.
///
/// ```
/// use copeak::{Clock, Rate, Result, Signal, event::Side};
/// use copeak::convergence::{Contribute, Role, Normalization};
///
/// /// A force plate under one leg.
/// struct Plate(Signal);
/// impl Contribute for Plate {
///     fn name(&self) -> &str { "plate" }
///     fn role(&self) -> Role { Role::SupportLeg }
///     fn unit(&self) -> &str { "N" }
///     fn model(&self) -> &str { "newton" }
///     fn normalization(&self) -> Normalization { Normalization::Newtons }
///     fn drive(&self, _support: Side) -> Result<Signal> { Ok(self.0.clone()) }
/// }
/// let plate = Plate(Signal::new(Clock::from_zero(Rate::from_hz(100.0)?), vec![0.0, 900.0, 0.0]));
/// assert_eq!(plate.weight(), 1.0);
/// # Ok::<(), copeak::Error>(())
/// ```
pub trait Contribute {
    /// Returns its name, such as `support_hip`.
    fn name(&self) -> &str;
    /// Returns its role in a step.
    fn role(&self) -> Role;
    /// Returns the unit of the drive.
    fn unit(&self) -> &str;
    /// Returns the model it belongs to, which every result names: `joint`, `newton`, or the user's own.
    fn model(&self) -> &str;
    /// Returns the drive of a step with this support side, over the whole recording, with sign and rectification applied.
    ///
    /// # Errors
    /// Any error that prevents a drive; [`Contributor`] reports its invalid settings here.
    fn drive(&self, support: Side) -> Result<Signal>;

    /// Returns the effect of measurement noise on the times of that drive's peaks; `None` when it is not known, in which
    /// case peak times have no standard error.
    fn noise(&self, support: Side) -> Option<TimingNoise> {
        let _ = support;
        None
    }
    /// Returns how the drive is made comparable.
    fn normalization(&self) -> Normalization {
        Normalization::Relative
    }
    /// Returns its weight, at least 0.
    fn weight(&self) -> f64 {
        1.0
    }
    /// Returns the phase by which it should peak after the others, as a fraction of the cycle.
    fn target_phase(&self) -> f64 {
        0.0
    }
}

macro_rules! by_pointer {
    ($($ty:ty),*) => {$(
        impl<C: Contribute + ?Sized> Contribute for $ty {
            fn name(&self) -> &str { (**self).name() }
            fn role(&self) -> Role { (**self).role() }
            fn unit(&self) -> &str { (**self).unit() }
            fn model(&self) -> &str { (**self).model() }
            fn drive(&self, support: Side) -> Result<Signal> { (**self).drive(support) }
            fn noise(&self, support: Side) -> Option<TimingNoise> { (**self).noise(support) }
            fn normalization(&self) -> Normalization { (**self).normalization() }
            fn weight(&self) -> f64 { (**self).weight() }
            fn target_phase(&self) -> f64 { (**self).target_phase() }
        }
    )*};
}
by_pointer!(&C, Box<C>);

/// A contributor made of channels: one for each side, or one on the midline.
///
/// Setters do not fail. Invalid settings are reported where the drives are needed: by [`Contribute::drive`] and
/// [`Cycles::new`](super::Cycles::new).
///
/// ```
/// use copeak::{Clock, Rate, Signal, event::{Side, Sides}};
/// use copeak::convergence::{Contribute, Contributor, Role};
/// let clock = Clock::from_zero(Rate::from_hz(100.0)?);
/// let left = Signal::new(clock, vec![-3.0, 4.0]);
/// let right = Signal::new(clock, vec![5.0, -6.0]);
/// // Hip extension velocity of the support leg: minus the flexion velocity, its positive part.
/// let hip = Contributor::paired("support_hip", Role::SupportLeg, Sides::new(&left, &right)).sign(-1.0).unit("deg/s");
/// assert_eq!(hip.drive(Side::Left)?.samples(), &[3.0, 0.0]);
/// assert_eq!(hip.drive(Side::Right)?.samples(), &[0.0, 6.0]);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Contributor {
    /// Its name.
    pub name: String,
    /// Its role in a step.
    pub role: Role,
    /// Unit of the drive.
    pub unit: String,
    /// The model it belongs to; `unnamed` unless set.
    pub model: String,
    /// The scaling that makes the drive comparable.
    pub normalization: Normalization,
    /// The treatment of the channel's sign.
    pub rectification: Rectification,
    /// The factor that makes the direction of interest positive.
    pub sign: f64,
    /// Its weight.
    pub weight: f64,
    /// The phase by which it should peak after the others, as a fraction of the cycle.
    pub target_phase: f64,
    channels: Channels,
    /// Of the left and the right channel, or twice that of the midline channel.
    noise: Option<Sides<TimingNoise>>,
}

#[derive(Debug, Clone, PartialEq)]
enum Channels {
    Paired(Sides<Signal>),
    Midline(Signal),
}

impl Contributor {
    /// Creates a contributor with a channel for each side.
    pub fn paired<S>(name: impl Into<String>, role: Role, channels: Sides<&Signal<S>>) -> Self
    where
        S: Samples,
        S::Item: Real,
    {
        Self::from_channels(
            name,
            role,
            Channels::Paired(Sides::new(owned(channels.left), owned(channels.right))),
        )
    }

    /// Creates a contributor with one midline channel, whose sign is the one for right support.
    pub fn midline<S>(name: impl Into<String>, role: Role, channel: &Signal<S>) -> Self
    where
        S: Samples,
        S::Item: Real,
    {
        Self::from_channels(name, role, Channels::Midline(owned(channel)))
    }

    fn from_channels(name: impl Into<String>, role: Role, channels: Channels) -> Self {
        Self {
            name: name.into(),
            role,
            unit: String::new(),
            model: "unnamed".into(),
            normalization: Normalization::Relative,
            rectification: Rectification::Positive,
            sign: 1.0,
            weight: 1.0,
            target_phase: 0.0,
            channels,
            noise: None,
        }
    }

    /// Sets the factor that makes the direction of interest positive: 1 (default) or -1, or a conversion of units; finite
    /// and not 0.
    #[must_use]
    pub fn sign(self, sign: f64) -> Self {
        Self { sign, ..self }
    }

    /// Sets how the channel's sign is treated; [`Rectification::Positive`] by default.
    #[must_use]
    pub fn rectification(self, rectification: Rectification) -> Self {
        Self { rectification, ..self }
    }

    /// Sets the unit of the drive.
    #[must_use]
    pub fn unit(self, unit: impl Into<String>) -> Self {
        Self { unit: unit.into(), ..self }
    }

    /// Sets the name of the model it belongs to.
    #[must_use]
    pub fn model(self, model: impl Into<String>) -> Self {
        Self { model: model.into(), ..self }
    }

    /// Declares a force in newtons in the model `newton`: signed, and not divided by its mean peak.
    #[must_use]
    pub fn in_newtons(self) -> Self {
        Self {
            normalization: Normalization::Newtons,
            rectification: Rectification::Signed,
            unit: "N".into(),
            model: "newton".into(),
            ..self
        }
    }

    /// Sets the effect of the noise of the left and the right channel (the same twice for a midline channel) on peak times.
    #[must_use]
    pub fn noise(self, noise: Sides<TimingNoise>) -> Self {
        Self { noise: Some(noise), ..self }
    }

    /// Sets the weight: finite and at least 0.
    #[must_use]
    pub fn weight(self, weight: f64) -> Self {
        Self { weight, ..self }
    }

    /// Sets the phase by which it should peak after the others, as a fraction of the cycle: finite.
    #[must_use]
    pub fn target_phase(self, target_phase: f64) -> Self {
        Self { target_phase, ..self }
    }

    fn check(&self) -> Result<()> {
        let is_midline = matches!(self.channels, Channels::Midline(_));
        check_channels(&self.role, is_midline)?;
        check_sign(self.sign)?;
        let signals = match &self.channels {
            Channels::Paired(Sides { left, right }) => [left, right],
            Channels::Midline(channel) => [channel, channel],
        };
        if signals.iter().any(|signal| signal.samples().is_empty()) {
            return Err(Error::TooFew { operation: "a contributor", unit: "samples", needed: 1, got: 0 });
        }
        Ok(())
    }
}

impl Contribute for Contributor {
    fn name(&self) -> &str {
        &self.name
    }

    fn role(&self) -> Role {
        self.role.clone()
    }

    fn unit(&self) -> &str {
        &self.unit
    }

    fn model(&self) -> &str {
        &self.model
    }

    /// Returns the drive of a step with this support side.
    ///
    /// # Errors
    /// [`Error::Undefined`] for a role that does not match the channels; [`Error::TooFew`] when a channel is empty;
    /// [`Error::Parameter`] for a sign that is 0 or not finite.
    fn drive(&self, support: Side) -> Result<Signal> {
        self.check()?;
        let (channel, flip) = match (&self.channels, self.role.side(support)) {
            (Channels::Paired(sides), side) => (sides.get(side.unwrap_or(Side::Right)), 1.0),
            (Channels::Midline(channel), _) => (channel, if support == Side::Right { 1.0 } else { -1.0 }),
        };
        let sign = flip * self.sign;
        let samples = channel.samples().iter().map(|x| self.rectification.apply(sign * x)).collect();
        Ok(channel.with_samples(samples))
    }

    fn noise(&self, support: Side) -> Option<TimingNoise> {
        Some(*self.noise?.get(self.role.side(support).unwrap_or(Side::Left)))
    }

    fn normalization(&self) -> Normalization {
        self.normalization
    }

    fn weight(&self) -> f64 {
        self.weight
    }

    fn target_phase(&self) -> f64 {
        self.target_phase
    }
}

fn owned<S>(signal: &Signal<S>) -> Signal
where
    S: Samples,
    S::Item: Real,
{
    let samples: Vec<f64> = signal.samples().iter_samples().map(Real::as_f64).collect();
    signal.with_samples(samples)
}
