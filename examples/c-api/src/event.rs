//! Sides and events.

use crate::status::{CopeakStatus, Fault};
use copeak::event::{Event, EventKind, Method, Side};

/// Side of the body.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CopeakSide {
    /// Left.
    Left = 0,
    /// Right.
    Right = 1,
}

/// What happened at an event.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CopeakEventKind {
    /// Nothing.
    None = 0,
    /// The foot met the ground.
    InitialContact = 1,
    /// The foot left the ground.
    TerminalContact = 2,
}

/// A landing or a take-off.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct CopeakEvent {
    /// When, interpolated between samples.
    pub time_s: f64,
    /// Standard error of the time.
    pub se_s: f64,
    /// A CopeakSide.
    pub side: u32,
    /// A CopeakEventKind.
    pub kind: u32,
}

impl CopeakEvent {
    pub(crate) const NONE: Self = Self { time_s: f64::NAN, se_s: f64::NAN, side: 0, kind: 0 };

    pub(crate) fn event(&self) -> Result<Event, Fault> {
        let kind = match self.kind {
            1 => EventKind::InitialContact,
            2 => EventKind::TerminalContact,
            _ => return Err(CopeakStatus::Parameter.into()),
        };
        if !(self.time_s.is_finite() && self.se_s.is_finite()) {
            return Err(CopeakStatus::NonFinite.into());
        }
        Ok(Event::new(self.time_s, self.se_s, side_of(self.side)?, kind, Method::Force))
    }
}

impl From<Event> for CopeakEvent {
    fn from(event: Event) -> Self {
        let kind = match event.kind {
            EventKind::InitialContact => CopeakEventKind::InitialContact,
            EventKind::TerminalContact => CopeakEventKind::TerminalContact,
            _ => CopeakEventKind::None,
        };
        Self { time_s: event.time_s, se_s: event.se_s, side: number_of(event.side), kind: kind as u32 }
    }
}

pub(crate) fn side_of(side: u32) -> Result<Side, Fault> {
    match side {
        0 => Ok(Side::Left),
        1 => Ok(Side::Right),
        _ => Err(CopeakStatus::Parameter.into()),
    }
}

pub(crate) fn number_of(side: Side) -> u32 {
    let side = match side {
        Side::Left => CopeakSide::Left,
        Side::Right => CopeakSide::Right,
    };
    side as u32
}
