//! The last frames of a stream.

use crate::{Clock, Error, Real, Result};

/// Places of the frames in memory that is passed with every call.
#[derive(Debug, Clone)]
pub(super) struct Ring {
    clock: Clock,
    channels: usize,
    /// A power of two, so that a mask gives the place.
    capacity: usize,
    seen: usize,
}

impl Ring {
    pub(super) fn new(clock: Clock, channels: usize, capacity: usize) -> Self {
        Self { clock, channels, capacity, seen: 0 }
    }

    /// Returns the number of samples of all its frames.
    pub(super) fn samples(&self) -> usize {
        self.capacity * self.channels
    }

    #[inline]
    pub(super) fn push<T: Real>(&mut self, memory: &mut [f64], frame: &[T]) -> Result<()> {
        if frame.len() != self.channels {
            let (left, right) = (frame.len(), self.channels);
            return Err(Error::LengthMismatch { operation: "a frame of a stream", left, right });
        }
        let start = (self.seen & (self.capacity - 1)) * self.channels;
        if let Some(place) = memory.get_mut(start..start + self.channels) {
            place.iter_mut().zip(frame).for_each(|(place, x)| *place = x.as_f64());
        }
        self.seen += 1;
        Ok(())
    }

    pub(super) fn reset(&mut self) {
        self.seen = 0;
    }

    /// Whether the frames around both times are stored.
    pub(super) fn covers(&self, start_s: f64, end_s: f64) -> bool {
        let oldest = self.seen.saturating_sub(self.capacity) as f64;
        let (first, last) = (self.clock.position(start_s), self.clock.position(end_s));
        first >= oldest && last <= self.seen as f64 - 1.0 && first <= last
    }

    /// Returns the rectified channel at a covered time, linear between samples.
    #[inline]
    pub(super) fn value_at(
        &self,
        memory: &[f64],
        time_s: f64,
        channel: usize,
        rectified: impl Fn(f64) -> f64,
    ) -> f64 {
        let position = self.clock.position(time_s).max(0.0);
        let before = (position as usize).min(self.seen.saturating_sub(1));
        let share = position - before as f64;
        let at = |index: usize| {
            let place = (index & (self.capacity - 1)) * self.channels + channel;
            memory.get(place).map_or(f64::NAN, |x| rectified(*x))
        };
        if share == 0.0 || before + 1 >= self.seen {
            return at(before);
        }
        let (a, b) = (at(before), at(before + 1));
        a + share * (b - a)
    }
}
