//! The last frames of a stream.

use crate::{Clock, Error, Real, Result};
use alloc::{vec, vec::Vec};

#[derive(Debug, Clone)]
pub(super) struct Ring {
    clock: Clock,
    channels: usize,
    /// A power of two, so that places are found by a mask.
    capacity: usize,
    frames: Vec<f64>,
    seen: usize,
}

impl Ring {
    pub(super) fn new(clock: Clock, channels: usize, capacity: usize) -> Self {
        let capacity = capacity.next_power_of_two();
        Self { clock, channels, capacity, frames: vec![0.0; capacity * channels], seen: 0 }
    }

    #[inline]
    pub(super) fn push<T: Real>(&mut self, frame: &[T]) -> Result<()> {
        if frame.len() != self.channels {
            let (left, right) = (frame.len(), self.channels);
            return Err(Error::LengthMismatch { operation: "a frame of a stream", left, right });
        }
        let start = (self.seen & (self.capacity - 1)) * self.channels;
        let place = &mut self.frames[start..start + self.channels];
        place.iter_mut().zip(frame).for_each(|(place, x)| *place = x.wide());
        self.seen += 1;
        Ok(())
    }

    pub(super) fn reset(&mut self) {
        self.seen = 0;
    }

    /// Whether the frames around both times are there.
    pub(super) fn covers(&self, start_s: f64, end_s: f64) -> bool {
        let oldest = self.seen.saturating_sub(self.capacity) as f64;
        let (first, last) = (self.clock.position(start_s), self.clock.position(end_s));
        first >= oldest && last <= self.seen as f64 - 1.0 && first <= last
    }

    /// The shaped channel at a time that is covered, linear between samples.
    #[inline]
    pub(super) fn value_at(&self, time_s: f64, channel: usize, shaped: impl Fn(f64) -> f64) -> f64 {
        let position = self.clock.position(time_s).max(0.0);
        let before = (position as usize).min(self.seen - 1);
        let share = position - before as f64;
        let at = |index: usize| shaped(self.frames[(index & (self.capacity - 1)) * self.channels + channel]);
        if share == 0.0 || before + 1 >= self.seen {
            return at(before);
        }
        let (a, b) = (at(before), at(before + 1));
        a + share * (b - a)
    }
}
