//! Events and contacts.

use super::Side;
#[cfg(feature = "alloc")]
use crate::format::{foot, ms};
use core::fmt;

/// Kind of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum EventKind {
    /// The foot meets the ground (IC, foot strike, touch-down).
    InitialContact,
    /// The foot leaves the ground (TC, toe-off).
    TerminalContact,
}

/// Source of an event: the sensor and signal in which it was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Method {
    /// Threshold on measured vertical ground reaction force.
    Force,
    /// Leg kinematics (joint angles).
    Kinematic,
    /// Markers on the foot.
    Marker,
    /// Gyroscope on the foot.
    FootGyroscope,
    /// Accelerometer on the shank.
    ShankAccelerometer,
    /// Accelerometer on the sacrum.
    SacrumAccelerometer,
    /// Events of more than one method together.
    Mixed,
}

impl Method {
    /// Returns the method that describes both: this one if they are equal, else [`Method::Mixed`].
    #[must_use]
    pub fn with(self, other: Method) -> Method {
        if self == other { self } else { Method::Mixed }
    }

    /// Returns whether most of the standard error of its events is shared by all steps of a recording: a bias of the method in this
    /// runner, which averaging over steps does not reduce. True for all methods but force.
    ///
    /// Add such an error once more to a mean over steps: a lag from these events takes it by `Channel::delayed`.
    ///
    /// ```
    /// use copeak::event::Method;
    /// assert!(Method::SacrumAccelerometer.has_shared_error() && !Method::Force.has_shared_error());
    /// ```
    #[must_use]
    pub fn has_shared_error(self) -> bool {
        self != Method::Force
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Method::Force => "force",
            Method::Kinematic => "kinematic",
            Method::Marker => "marker",
            Method::FootGyroscope => "foot_gyroscope",
            Method::ShankAccelerometer => "shank_accelerometer",
            Method::SacrumAccelerometer => "sacrum_accelerometer",
            Method::Mixed => "mixed",
        })
    }
}

/// A contact event in seconds on the recording's clock.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Event {
    /// Time in seconds, interpolated between samples.
    pub time_s: f64,
    /// Standard error of the time, without any constant bias of the method.
    pub se_s: f64,
    /// The foot.
    pub side: Side,
    /// Landing or take-off.
    pub kind: EventKind,
    /// The source.
    pub method: Method,
}

impl Event {
    /// Builds an event.
    pub fn new(time_s: f64, se_s: f64, side: Side, kind: EventKind, method: Method) -> Self {
        Self { time_s, se_s, side, kind, method }
    }
}

/// Contact of one foot with the ground, from initial to terminal contact.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Contact {
    /// The landing.
    pub initial: Event,
    /// The take-off.
    pub terminal: Event,
}

impl Contact {
    /// Builds a contact from two events of one foot.
    ///
    /// # Errors
    /// [`crate::Error::NotRising`] when the terminal event does not come after the initial one;
    /// [`crate::Error::Undefined`] when the events are of different feet.
    pub fn new(initial: Event, terminal: Event) -> crate::Result<Self> {
        if initial.side != terminal.side {
            return Err(crate::Error::Undefined {
                quantity: "a contact",
                reason: "its two events belong to different feet",
            });
        }
        if terminal.time_s > initial.time_s {
            Ok(Self { initial, terminal })
        } else {
            Err(crate::Error::NotRising { operation: "a contact", index: 1 })
        }
    }

    /// Returns the side of the foot.
    #[inline]
    pub fn side(&self) -> Side {
        self.initial.side
    }

    /// Returns the contact time in seconds.
    #[inline]
    pub fn duration_s(&self) -> f64 {
        self.terminal.time_s - self.initial.time_s
    }

    /// Returns the source of its events, [`Method::Mixed`] when they differ.
    pub fn method(&self) -> Method {
        self.initial.method.with(self.terminal.method)
    }
}

#[cfg(feature = "alloc")]
impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            EventKind::InitialContact => "initial contact",
            EventKind::TerminalContact => "terminal contact",
        })
    }
}

#[cfg(feature = "alloc")]
impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (time_s, se) = (self.time_s, ms(self.se_s));
        write!(f, "{} {} at {time_s:.3} s, standard error {se} ({})", foot(self.side), self.kind, self.method)
    }
}

#[cfg(feature = "alloc")]
impl fmt::Display for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (on, off) = (&self.initial, &self.terminal);
        write!(
            f,
            "{} contact {:.3} to {:.3} s, {:.0} ms (standard errors {} and {}; {})",
            foot(self.side()),
            on.time_s,
            off.time_s,
            1e3 * self.duration_s(),
            ms(on.se_s),
            ms(off.se_s),
            self.method()
        )
    }
}
