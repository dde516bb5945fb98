//! Contributors: whatever adds to a step, with its channels, its sign and its shape.

use super::{ChannelSource, Rectification, Role};
use crate::event::Side;
use crate::filter::TimingNoise;
use crate::{Error, Real, Result, Samples, Signal};
use alloc::{boxed::Box, string::String, vec::Vec};

/// How contributors are made comparable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Normalization {
    /// Each is divided by its mean peak: for drives that are not forces (joint velocities, EMG).
    #[default]
    Relative,
    /// Forces that add up as they are, in newtons.
    Newtons,
}

/// Whatever may contribute to a step: a joint's velocity, a measured force, a muscle's activity, a segment's force.
///
/// [`Contributor`] covers what comes as channels; implement the trait for anything else.
///
/// ```
/// use copeak::{Clock, Rate, Result, Signal, event::Side};
/// use copeak::convergence::{Contribute, Role, Normalization};
///
/// /// A force plate that sees one leg.
/// struct Plate(Signal);
/// impl Contribute for Plate {
///     fn name(&self) -> &str { "plate" }
///     fn role(&self) -> Role { Role::SupportLeg }
///     fn unit(&self) -> &str { "N" }
///     fn model(&self) -> &str { "newton" }
///     fn scale(&self) -> Normalization { Normalization::Newtons }
///     fn drive(&self, _support: Side) -> Result<Signal> { Ok(self.0.clone()) }
/// }
/// let plate = Plate(Signal::new(Clock::from_zero(Rate::from_hz(100.0)?), vec![0.0, 900.0, 0.0]));
/// assert_eq!(plate.weight(), 1.0);
/// # Ok::<(), copeak::Error>(())
/// ```
pub trait Contribute {
    /// Its name, such as `support_hip`.
    fn name(&self) -> &str;
    /// Its part in a step.
    fn role(&self) -> Role;
    /// Unit of the drive.
    fn unit(&self) -> &str;
    /// The model it belongs to, which every result names: `joint`, `newton`, or the user's own.
    fn model(&self) -> &str;
    /// The drive of a step with this support side, over the whole recording, sign and shape applied.
    ///
    /// # Errors
    /// Whatever keeps it from having one.
    fn drive(&self, support: Side) -> Result<Signal>;

    /// What measurement noise does to the times of that drive's peaks; `None` when it is not known, and peak times
    /// then have no standard error.
    fn noise(&self, support: Side) -> Option<TimingNoise> {
        let _ = support;
        None
    }
    /// How it is made comparable.
    fn scale(&self) -> Normalization {
        Normalization::Relative
    }
    /// Its weight, at least 0.
    fn weight(&self) -> f64 {
        1.0
    }
    /// The phase by which it should peak after the others, as a fraction of the cycle.
    fn target_phase(&self) -> f64 {
        0.0
    }
}

/// A reference, a box or the like contributes as what it holds does.
macro_rules! by_pointer {
    ($($ty:ty),*) => {$(
        impl<C: Contribute + ?Sized> Contribute for $ty {
            fn name(&self) -> &str { (**self).name() }
            fn role(&self) -> Role { (**self).role() }
            fn unit(&self) -> &str { (**self).unit() }
            fn model(&self) -> &str { (**self).model() }
            fn drive(&self, support: Side) -> Result<Signal> { (**self).drive(support) }
            fn noise(&self, support: Side) -> Option<TimingNoise> { (**self).noise(support) }
            fn scale(&self) -> Normalization { (**self).scale() }
            fn weight(&self) -> f64 { (**self).weight() }
            fn target_phase(&self) -> f64 { (**self).target_phase() }
        }
    )*};
}
by_pointer!(&C, Box<C>);

/// A contributor made of channels: one for each side, or one on the midline.
///
/// ```
/// use copeak::{Clock, Rate, Signal, event::Side};
/// use copeak::convergence::{Contribute, Contributor, Role};
/// let clock = Clock::from_zero(Rate::from_hz(100.0)?);
/// let left = Signal::new(clock, vec![-3.0, 4.0]);
/// let right = Signal::new(clock, vec![5.0, -6.0]);
/// // Hip extension velocity of the support leg: minus the flexion velocity, its positive part.
/// let hip = Contributor::paired("support_hip", Role::SupportLeg, &left, &right)?
///     .with_sign(-1.0)?
///     .with_unit("deg/s");
/// assert_eq!(hip.drive(Side::Left)?.samples(), &[3.0, 0.0]);
/// assert_eq!(hip.drive(Side::Right)?.samples(), &[0.0, 6.0]);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Contributor {
    name: String,
    role: Role,
    channels: Channels,
    sign: f64,
    shape: Rectification,
    unit: String,
    model: String,
    scale: Normalization,
    weight: f64,
    target_phase: f64,
    /// Of the left (or midline) and the right channel.
    noise: Option<(TimingNoise, TimingNoise)>,
}

#[derive(Debug, Clone, PartialEq)]
enum Channels {
    Paired { left: Signal, right: Signal },
    Midline(Signal),
}

impl Contributor {
    /// A contributor with a channel for each side.
    ///
    /// # Errors
    /// [`Error::Undefined`] for a midline role; [`Error::TooFew`] when a channel is empty.
    pub fn paired<S>(name: impl Into<String>, role: Role, left: &Signal<S>, right: &Signal<S>) -> Result<Self>
    where
        S: Samples,
        S::Item: Real,
    {
        if role.takes() == ChannelSource::Midline {
            return Err(Error::Undefined {
                quantity: "a contributor with two sides",
                reason: "its role takes one midline channel",
            });
        }
        Ok(Self::with_channels(name, role, Channels::Paired { left: owned(left)?, right: owned(right)? }))
    }

    /// A contributor with one midline channel, whose sign is the one for right support.
    ///
    /// # Errors
    /// [`Error::Undefined`] for a role with sides; [`Error::TooFew`] when the channel is empty.
    pub fn midline<S>(name: impl Into<String>, role: Role, channel: &Signal<S>) -> Result<Self>
    where
        S: Samples,
        S::Item: Real,
    {
        if role.takes() != ChannelSource::Midline {
            return Err(Error::Undefined {
                quantity: "a contributor on the midline",
                reason: "its role takes the channel of one side",
            });
        }
        Ok(Self::with_channels(name, role, Channels::Midline(owned(channel)?)))
    }

    fn with_channels(name: impl Into<String>, role: Role, channels: Channels) -> Self {
        Self {
            name: name.into(),
            role,
            channels,
            sign: 1.0,
            shape: Rectification::Positive,
            unit: String::new(),
            model: "unnamed".into(),
            scale: Normalization::Relative,
            weight: 1.0,
            target_phase: 0.0,
            noise: None,
        }
    }

    /// With the factor that makes the wanted direction positive: 1 (default) or -1, or a conversion of units.
    ///
    /// # Errors
    /// [`Error::Parameter`] for 0 or a factor that is not finite.
    pub fn with_sign(self, sign: f64) -> Result<Self> {
        if sign.is_finite() && sign != 0.0 {
            Ok(Self { sign, ..self })
        } else {
            Err(Error::Parameter { name: "sign", rule: "finite and not 0", value: sign })
        }
    }

    /// With another shape than the positive part.
    #[must_use]
    pub fn with_shape(self, shape: Rectification) -> Self {
        Self { shape, ..self }
    }

    /// With the unit of the drive.
    #[must_use]
    pub fn with_unit(self, unit: impl Into<String>) -> Self {
        Self { unit: unit.into(), ..self }
    }

    /// With the name of the model it belongs to; `unnamed` unless stated.
    #[must_use]
    pub fn with_model(self, model: impl Into<String>) -> Self {
        Self { model: model.into(), ..self }
    }

    /// A force in newtons, in the model `newton`: signed, and not scaled.
    #[must_use]
    pub fn in_newtons(self) -> Self {
        Self {
            scale: Normalization::Newtons,
            shape: Rectification::Signed,
            unit: "N".into(),
            model: "newton".into(),
            ..self
        }
    }

    /// With what the noise of the left and the right channel (the same twice for a midline channel) does to peak times.
    #[must_use]
    pub fn with_noise(self, left: TimingNoise, right: TimingNoise) -> Self {
        Self { noise: Some((left, right)), ..self }
    }

    /// With a weight.
    ///
    /// # Errors
    /// [`Error::Parameter`] for a weight that is negative or not finite.
    pub fn with_weight(self, weight: f64) -> Result<Self> {
        if weight.is_finite() && weight >= 0.0 {
            Ok(Self { weight, ..self })
        } else {
            Err(Error::Parameter { name: "weight", rule: "finite and at least 0", value: weight })
        }
    }

    /// With the phase by which it should peak after the others, as a fraction of the cycle.
    ///
    /// # Errors
    /// [`Error::Parameter`] when it is not finite.
    pub fn with_target_phase(self, target_phase: f64) -> Result<Self> {
        if target_phase.is_finite() {
            Ok(Self { target_phase, ..self })
        } else {
            Err(Error::Parameter { name: "target phase", rule: "finite", value: target_phase })
        }
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

    fn drive(&self, support: Side) -> Result<Signal> {
        let (channel, flip) = match (&self.channels, self.role.side(support)) {
            (Channels::Paired { left, .. }, Some(Side::Left)) => (left, 1.0),
            (Channels::Paired { right, .. }, _) => (right, 1.0),
            (Channels::Midline(channel), _) => (channel, if support == Side::Right { 1.0 } else { -1.0 }),
        };
        let sign = flip * self.sign;
        let shaped = |&x: &f64| match self.shape {
            // A missing sample stays missing: `max` would turn it into 0.
            Rectification::Positive if sign * x <= 0.0 => 0.0,
            Rectification::Positive | Rectification::Signed => sign * x,
            Rectification::Magnitude => (sign * x).abs(),
        };
        Ok(channel.with_samples(channel.samples().iter().map(shaped).collect()))
    }

    fn noise(&self, support: Side) -> Option<TimingNoise> {
        let (left, right) = self.noise?;
        Some(if self.role.side(support) == Some(Side::Right) { right } else { left })
    }

    fn scale(&self) -> Normalization {
        self.scale
    }

    fn weight(&self) -> f64 {
        self.weight
    }

    fn target_phase(&self) -> f64 {
        self.target_phase
    }
}

fn owned<S>(signal: &Signal<S>) -> Result<Signal>
where
    S: Samples,
    S::Item: Real,
{
    let samples: Vec<f64> = signal.samples().iter_samples().map(Real::as_f64).collect();
    if samples.is_empty() {
        return Err(Error::TooFew { operation: "a contributor", unit: "samples", needed: 1, got: 0 });
    }
    Ok(signal.with_samples(samples))
}
