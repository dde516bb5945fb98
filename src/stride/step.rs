//! One step and the verdict on it.

use crate::event::{Contact, Side};
use core::fmt;

/// A time window in seconds on the recording's clock.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Window {
    /// Where it starts.
    pub start_s: f64,
    /// Where it ends.
    pub end_s: f64,
}

impl Window {
    /// Its length in seconds.
    #[inline]
    pub fn duration_s(&self) -> f64 {
        self.end_s - self.start_s
    }

    /// The window moved by `by_s` seconds.
    #[must_use]
    pub fn moved(self, by_s: f64) -> Self {
        Self { start_s: self.start_s + by_s, end_s: self.end_s + by_s }
    }
}

/// Why a step is not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Reason {
    /// Contact shorter or longer than accepted.
    ContactTime,
    /// No flight phase: the next foot landed before this one left.
    NoFlight,
    /// Step shorter or longer than accepted.
    StepTime,
    /// The next contact is of the same foot.
    SideRepeats,
    /// Contact or step time far from the recording's median.
    Outlier,
    /// A sample that the step needs is NaN or infinite.
    NonFinite,
    /// The step's cycle starts before or ends after the recording.
    CycleOutside,
    /// The next contact is not recorded, so the step has no end.
    NoNextContact,
}

impl Reason {
    /// The reason in a few words, as reports show it.
    pub fn as_str(self) -> &'static str {
        match self {
            Reason::ContactTime => "contact time",
            Reason::NoFlight => "no flight",
            Reason::StepTime => "step time",
            Reason::SideRepeats => "side repeats",
            Reason::Outlier => "outlier",
            Reason::NonFinite => "non-finite sample",
            Reason::CycleOutside => "cycle leaves the recording",
            Reason::NoNextContact => "no next contact",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// One step: from initial contact to the next contralateral initial contact, with the stride around it.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Step {
    /// The contact that starts it; its side is the step's support side.
    pub contact: Contact,
    /// Next initial contact: the step's end; NaN when it was not recorded.
    pub end_s: f64,
    /// Length of the stride it belongs to: initial contact to the next of the same foot where that was recorded,
    /// else from the one before, else twice the step (NaN when that has no end). A stride with a missed contact in
    /// it does not count as recorded.
    pub stride_s: f64,
    /// Why the step is not used; `None` for an accepted step.
    pub rejected: Option<Reason>,
}

impl Step {
    /// A step that starts with `contact`, ends at `end_s` and belongs to a stride of `stride_s`; accepted.
    pub fn new(contact: Contact, end_s: f64, stride_s: f64) -> Self {
        Self { contact, end_s, stride_s, rejected: None }
    }

    /// Support side.
    #[inline]
    pub fn side(&self) -> Side {
        self.contact.side()
    }

    /// Initial contact: the step's start.
    #[inline]
    pub fn start_s(&self) -> f64 {
        self.contact.initial.time_s
    }

    /// Step time.
    #[inline]
    pub fn duration_s(&self) -> f64 {
        self.end_s - self.start_s()
    }

    /// Contact time.
    #[inline]
    pub fn contact_s(&self) -> f64 {
        self.contact.duration_s()
    }

    /// Flight time after the contact; negative when there is none.
    #[inline]
    pub fn flight_s(&self) -> f64 {
        self.end_s - self.contact.terminal.time_s
    }

    /// Whether the step is used.
    #[inline]
    pub fn accepted(&self) -> bool {
        self.rejected.is_none()
    }

    /// Middle of the contact.
    #[inline]
    pub fn mid_contact_s(&self) -> f64 {
        0.5 * (self.contact.initial.time_s + self.contact.terminal.time_s)
    }

    /// The window one stride long, centred on mid-contact, in which contributors that recur once a stride are
    /// compared.
    pub fn stride_cycle(&self) -> Window {
        let middle = self.mid_contact_s();
        Window { start_s: middle - self.stride_s / 2.0, end_s: middle + self.stride_s / 2.0 }
    }
}
