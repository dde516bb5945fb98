//! Events and contacts.

use super::Side;
use core::fmt;

/// What happened at an event.
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

/// How an event was found.
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
    /// The method of two things taken together.
    #[must_use]
    pub fn with(self, other: Method) -> Method {
        if self == other { self } else { Method::Mixed }
    }

    /// Whether most of its events' standard error is the same in every step of a recording: a bias of the method in this
    /// runner, which no number of steps makes smaller. So it is of all methods but force.
    ///
    /// A mean over steps must be given such an error once more: a lag from these events takes it by `Channel::delayed`.
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
    /// When, interpolated between samples.
    pub time_s: f64,
    /// Standard error of the time, without any constant bias of the method.
    pub se_s: f64,
    /// Which foot.
    pub side: Side,
    /// What happened.
    pub kind: EventKind,
    /// How it was found.
    pub method: Method,
}

impl Event {
    /// An event.
    pub fn new(time_s: f64, se_s: f64, side: Side, kind: EventKind, method: Method) -> Self {
        Self { time_s, se_s, side, kind, method }
    }
}

/// One foot's stay on the ground, from initial to terminal contact.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Contact {
    /// The foot met the ground.
    pub initial: Event,
    /// It left the ground.
    pub terminal: Event,
}

impl Contact {
    /// A contact between two events of one foot.
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

    /// Which foot.
    #[inline]
    pub fn side(&self) -> Side {
        self.initial.side
    }

    /// Contact time in seconds.
    #[inline]
    pub fn duration_s(&self) -> f64 {
        self.terminal.time_s - self.initial.time_s
    }

    /// How its events were found.
    pub fn method(&self) -> Method {
        self.initial.method.with(self.terminal.method)
    }
}
