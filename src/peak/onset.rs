//! When the rise to a peak began.

use super::Peak;
use crate::{Error, Real, Result, Samples, Signal};
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Finds the onset of a peak: going back from it, the first crossing of a fraction of its height.
///
/// The default fraction is 50 % of the peak's value (counted from 0, the drive's rest). The time is interpolated
/// linearly between the last sample below the level and the next.
///
/// ```
/// use copeak::{Clock, Rate, Signal, peak::{CyclePeakFinder, Onset}, stride::Window};
/// let clock = Clock::from_zero(Rate::hz(8.0)?);
/// let drive = Signal::new(clock, vec![0.0, 0.0, 1.0, 3.0, 8.0, 3.0, 0.0, 0.0]);
/// let window = Window { start_s: 0.0, end_s: 0.875 };
/// let peak = CyclePeakFinder::new().find(&drive, window).unwrap();
/// let onset = Onset::new().find(&drive, &peak, window.start_s)?;
/// assert_eq!(onset, Some(0.4)); // between 0.375 s (3.0) and 0.5 s (8.0), where the drive passes 4.0
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Onset {
    fraction: f64,
}

impl Default for Onset {
    fn default() -> Self {
        Self { fraction: 0.5 }
    }
}

impl Onset {
    /// At half the peak's height.
    pub fn new() -> Self {
        Self::default()
    }

    /// At this fraction of the peak's height.
    ///
    /// # Errors
    /// [`Error::Parameter`] unless it lies strictly between 0 and 1.
    pub fn at_fraction(fraction: f64) -> Result<Self> {
        if fraction > 0.0 && fraction < 1.0 {
            Ok(Self { fraction })
        } else {
            let rule = "strictly between 0 and 1";
            Err(Error::Parameter { name: "onset fraction", rule, value: fraction })
        }
    }

    /// The onset of `peak`, not before `earliest_s`; `None` when the drive does not fall below the level since then,
    /// or a sample on the way is not finite.
    ///
    /// # Errors
    /// [`Error::Window`] when the peak lies outside the drive's recording; [`Error::Parameter`] when its value is not
    /// above 0, so that a fraction of it means nothing.
    pub fn find<S>(&self, drive: &Signal<S>, peak: &Peak, earliest_s: f64) -> Result<Option<f64>>
    where
        S: Samples,
        S::Item: Real,
    {
        if !drive.covers(peak.time_s, peak.time_s) {
            return Err(drive.outside(peak.time_s, peak.time_s));
        }
        if !(peak.value > 0.0 && peak.value.is_finite()) {
            let rule = "finite and above 0";
            return Err(Error::Parameter { name: "value of a peak with an onset", rule, value: peak.value });
        }
        let level = self.fraction * peak.value;
        let clock = drive.clock();
        let last = drive.samples().len() - 1;
        let at = |i: usize| drive.samples().at(i).wide();
        let from = (clock.position(peak.time_s).max(0.0).round() as usize).min(last);
        for below in (0..from).rev() {
            let (low, high) = (at(below), at(below + 1));
            if !(low.is_finite() && high.is_finite()) {
                return Ok(None);
            }
            if low < level {
                // The sample beside the peak may itself lie below the level when the peak is that narrow.
                let share = if high > low { ((level - low) / (high - low)).min(1.0) } else { 0.0 };
                let onset = clock.time_s(below as f64 + share);
                return Ok((onset >= earliest_s).then_some(onset));
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Clock, Rate, peak::CyclePeakFinder, stride::Window};
    use alloc::{vec, vec::Vec};

    fn drive(x: Vec<f64>) -> (Signal, Peak) {
        let signal = Signal::new(Clock::from_zero(Rate::hz(1.0).unwrap()), x);
        let window = Window { start_s: 0.0, end_s: signal.end_s() };
        let peak = CyclePeakFinder::new().find(&signal, window).unwrap();
        (signal, peak)
    }

    #[test]
    fn the_level_moves_the_onset() {
        let (signal, peak) = drive(vec![0.0, 2.0, 4.0, 6.0, 8.0, 6.0, 0.0]);
        assert_eq!(peak.time_s, 4.0);
        for (fraction, onset) in [(0.25, 1.0), (0.5, 2.0), (0.75, 3.0)] {
            let found = Onset::at_fraction(fraction).unwrap().find(&signal, &peak, 0.0).unwrap().unwrap();
            assert_eq!(found, onset * peak.value / 8.0, "{fraction}");
        }
    }

    #[test]
    fn no_crossing_is_none_and_bad_input_is_named() {
        let (signal, peak) = drive(vec![6.0, 5.0, 8.0, 5.0, 0.0]);
        assert_eq!(Onset::new().find(&signal, &peak, 0.0).unwrap(), None);
        let (signal, peak) = drive(vec![0.0, 2.0, 8.0, 2.0, 0.0]);
        assert!(Onset::new().find(&signal, &peak, 0.0).unwrap().is_some());
        assert_eq!(Onset::new().find(&signal, &peak, 1.9).unwrap(), None);
        let late = Peak { time_s: 9.0, ..peak };
        assert!(matches!(Onset::new().find(&signal, &late, 0.0), Err(Error::Window { .. })));
        let low = Peak { value: -1.0, ..peak };
        assert!(matches!(Onset::new().find(&signal, &low, 0.0), Err(Error::Parameter { .. })));
        for fraction in [0.0, 1.0, f64::NAN] {
            assert!(Onset::at_fraction(fraction).is_err());
        }
        let mut x = signal.into_samples();
        x[1] = f64::NAN;
        let broken = Signal::new(Clock::from_zero(Rate::hz(1.0).unwrap()), x);
        assert_eq!(Onset::new().find(&broken, &peak, 0.0).unwrap(), None);
    }
}
