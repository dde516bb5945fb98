//! One step: times, gait, and whether it counts.

use crate::event::{Contact, Side};
#[cfg(feature = "alloc")]
use crate::format::{foot, number};
use crate::time::TimeSpan;
use core::fmt;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Reason why a step is not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum RejectReason {
    /// The foot stays on the ground: the runner stands.
    Standing,
    /// Contact shorter or longer than accepted.
    ContactTime,
    /// No flight phase: the next foot landed before this one left.
    NoFlight,
    /// A running step next to walking: its stride contains both gaits.
    GaitChange,
    /// The path turns within the step's stride.
    Turning,
    /// Step shorter or longer than accepted.
    StepTime,
    /// The next contact is of the same foot.
    SideRepeats,
    /// Contact or step time is far from the recording's median.
    Outlier,
    /// A sample that the step needs is NaN or infinite.
    NonFinite,
    /// The step's cycle starts before or ends after the recording.
    CycleOutside,
    /// The next contact is not recorded, so the step has no end.
    NoNextContact,
}

impl RejectReason {
    /// Returns the reason in a few words, as reports show it.
    pub fn as_str(self) -> &'static str {
        match self {
            RejectReason::Standing => "standing",
            RejectReason::ContactTime => "contact time",
            RejectReason::NoFlight => "no flight",
            RejectReason::GaitChange => "change of gait",
            RejectReason::Turning => "turning",
            RejectReason::StepTime => "step time",
            RejectReason::SideRepeats => "side repeats",
            RejectReason::Outlier => "outlier",
            RejectReason::NonFinite => "non-finite sample",
            RejectReason::CycleOutside => "cycle leaves the recording",
            RejectReason::NoNextContact => "no next contact",
        }
    }
}

impl fmt::Display for RejectReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Standard errors from zero at which a flight time has a sign (95 %).
const SURE: f64 = 1.96;

/// Gait of a step: running has a flight, walking has both feet on the ground between two single supports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Gait {
    /// A flight longer than 1.96 of its standard errors.
    Running,
    /// The other foot landed more than 1.96 standard errors before this one left.
    Walking,
    /// The sign of the flight time is not certain, or the step has no end.
    Unclear,
}

/// One step, from initial contact to the next contralateral initial contact, and the length of its stride.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Step {
    /// The contact that starts it; its side is the step's support side.
    pub contact: Contact,
    /// Next initial contact: the step's end; NaN when it was not recorded.
    #[cfg_attr(feature = "serde", serde(serialize_with = "null_if_nan", deserialize_with = "nan_if_null"))]
    pub end_s: f64,
    /// Standard error of the end; NaN when it was not recorded.
    #[cfg_attr(feature = "serde", serde(serialize_with = "null_if_nan", deserialize_with = "nan_if_null"))]
    pub end_se_s: f64,
    /// Length of its stride: initial contact to the next of the same foot where that was recorded, else from the one before,
    /// else twice the step (NaN when that has no end). A stride that contains a missed contact does not count as recorded.
    #[cfg_attr(feature = "serde", serde(serialize_with = "null_if_nan", deserialize_with = "nan_if_null"))]
    pub stride_s: f64,
    /// Reason why the step is not used; `None` for an accepted step.
    pub rejected: Option<RejectReason>,
}

/// Writes NaN, which JSON does not have, as `null`.
#[cfg(feature = "serde")]
fn null_if_nan<S: serde::Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    serde::Serialize::serialize(&Some(*value).filter(|value| value.is_finite()), serializer)
}

#[cfg(feature = "serde")]
fn nan_if_null<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let value: Option<f64> = serde::Deserialize::deserialize(deserializer)?;
    Ok(value.unwrap_or(f64::NAN))
}

impl Step {
    /// Builds an accepted step that starts with `contact`, ends at `end_s` and belongs to a stride of `stride_s`. Its end gets the
    /// standard error of its start.
    pub fn new(contact: Contact, end_s: f64, stride_s: f64) -> Self {
        Self { contact, end_s, end_se_s: contact.initial.se_s, stride_s, rejected: None }
    }

    /// Returns the support side.
    #[inline]
    pub fn side(&self) -> Side {
        self.contact.side()
    }

    /// Returns the time of the initial contact, which starts the step.
    #[inline]
    pub fn start_s(&self) -> f64 {
        self.contact.initial.time_s
    }

    /// Returns the step time.
    #[inline]
    pub fn duration_s(&self) -> f64 {
        self.end_s - self.start_s()
    }

    /// Returns the contact time.
    #[inline]
    pub fn contact_s(&self) -> f64 {
        self.contact.duration_s()
    }

    /// Returns the flight time after the contact; negative when the other foot lands first.
    #[inline]
    pub fn flight_s(&self) -> f64 {
        self.end_s - self.contact.terminal.time_s
    }

    /// Returns the standard error of the contact time, from its two events.
    pub fn contact_se_s(&self) -> f64 {
        self.contact.initial.se_s.hypot(self.contact.terminal.se_s)
    }

    /// Returns the standard error of the flight time, from its two events.
    pub fn flight_se_s(&self) -> f64 {
        self.contact.terminal.se_s.hypot(self.end_se_s)
    }

    /// Returns the standard error of the step time, from its two events.
    pub fn duration_se_s(&self) -> f64 {
        self.contact.initial.se_s.hypot(self.end_se_s)
    }

    /// Returns the duty factor: contact time over stride time, below ½ in running and above it in walking.
    ///
    /// ```
    /// # use copeak::{event::{Contact, Event, EventKind, Method, Side}, stride::Step};
    /// # let event = |t, kind| Event::new(t, 0.001, Side::Left, kind, Method::Force);
    /// # let contact = Contact::new(event(1.0, EventKind::InitialContact), event(1.125, EventKind::TerminalContact))?;
    /// // On the ground from 1.0 to 1.125 s, the other foot lands at 1.25 s.
    /// let step = Step::new(contact, 1.25, 0.5);
    /// assert_eq!((step.duty_factor(), step.cadence_spm(), step.flight_s()), (0.25, 240.0, 0.125));
    /// # Ok::<(), copeak::Error>(())
    /// ```
    #[inline]
    pub fn duty_factor(&self) -> f64 {
        self.contact_s() / self.stride_s
    }

    /// Returns the cadence in steps per minute.
    #[inline]
    pub fn cadence_spm(&self) -> f64 {
        60.0 / self.duration_s()
    }

    /// Classifies the gait by the flight time and its standard error.
    pub fn gait(&self) -> Gait {
        let (flight, unsure) = (self.flight_s(), SURE * self.flight_se_s());
        if flight > unsure {
            Gait::Running
        } else if flight < -unsure {
            Gait::Walking
        } else {
            Gait::Unclear
        }
    }

    /// Returns whether the step is used.
    #[inline]
    pub fn accepted(&self) -> bool {
        self.rejected.is_none()
    }

    /// Returns the time of the middle of the contact.
    #[inline]
    pub fn mid_contact_s(&self) -> f64 {
        0.5 * (self.contact.initial.time_s + self.contact.terminal.time_s)
    }

    /// Returns the window one stride long, centred on mid-contact, in which contributors that recur once a stride are
    /// compared.
    pub fn stride_cycle(&self) -> TimeSpan {
        let middle = self.mid_contact_s();
        TimeSpan { start_s: middle - self.stride_s / 2.0, end_s: middle + self.stride_s / 2.0 }
    }
}

#[cfg(feature = "alloc")]
impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = |s: f64| number(1e3 * s);
        write!(
            f,
            "{} step at {:.3} s: contact {} ms, flight {} ms, step {} ms",
            foot(self.side()),
            self.start_s(),
            ms(self.contact_s()),
            ms(self.flight_s()),
            ms(self.duration_s())
        )?;
        self.rejected.map_or(Ok(()), |why| write!(f, "; not used: {why}"))
    }
}
