//! The onset of a peak at a fraction of its height.

use super::OnsetTime;
use super::crossing::Passage;
use crate::filter::fir::ImpulseResponse;
use crate::peak::Peak;
use crate::{Error, Real, Result, Samples, Signal};
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Finds the onset of a peak: going back from it, the first crossing of a fraction of its height.
///
/// The default fraction is 50 % of the peak's value (counted from 0, the drive's rest). The time is interpolated
/// linearly between the last sample below the level and the next.
///
/// ```
/// use copeak::{Clock, Rate, Signal, peak::{CyclePeakFinder, Onset}, time::TimeSpan};
/// let clock = Clock::from_zero(Rate::from_hz(8.0)?);
/// let drive = Signal::new(clock, vec![0.0, 0.0, 1.0, 3.0, 8.0, 3.0, 0.0, 0.0]);
/// let window = TimeSpan { start_s: 0.0, end_s: 0.875 };
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
    /// Finds the onset at half the peak's height.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the fraction of the peak's height, strictly between 0 and 1.
    #[must_use]
    pub fn fraction(self, fraction: f64) -> Self {
        Self { fraction }
    }

    /// The onset of `peak`, not before `earliest_s`; `None` when the drive does not fall below the level since then,
    /// or a sample on the way is not finite.
    ///
    /// # Errors
    /// [`Error::Window`] when the peak lies outside the drive's recording; [`Error::Parameter`] when its value is not
    /// above 0, so that a fraction of it means nothing, or unless the fraction is strictly between 0 and 1.
    pub fn find<S>(&self, drive: &Signal<S>, peak: &Peak, earliest_s: f64) -> Result<Option<f64>>
    where
        S: Samples,
        S::Item: Real,
    {
        Ok(self.locate(drive, peak, earliest_s)?.map(|(time_s, ..)| time_s))
    }

    /// The same with its standard error, when the drive is a raw channel with white noise of standard deviation `sigma`
    /// that went through `response`.
    ///
    /// The noise at the crossing and that of the peak, which sets the level, both move it, together where they lie close:
    /// with R the autocovariance of the filtered noise, f the fraction and d the distance to the peak, the variance of the
    /// difference is R(0) (1 + f^2) - 2 f R(d), over the slope squared; what the line between samples misses is added. On
    /// simulated pulses at 200 Hz, low-passed at 15 Hz, 1.96 of it hold 93 to 97 % of the errors.
    ///
    /// ```
    /// use copeak::{Clock, Rate, Signal, time::TimeSpan};
    /// use copeak::{filter::{Conditioner, ZeroPhase}, peak::{CyclePeakFinder, Onset}};
    /// let rate = Rate::from_hz(200.0)?;
    /// // A pulse every 0.5 s, with a little noise.
    /// let sample = |i: i32| (f64::from(i) * 0.01 * std::f64::consts::PI).sin().powi(4) + 0.01 * f64::from(i * i % 7 - 3);
    /// let raw = Signal::new(Clock::from_zero(rate), (0..600).map(sample).collect::<Vec<f64>>());
    /// let curve = Conditioner::new(ZeroPhase::low_pass(2, 15.0, rate)?).apply(&raw)?;
    /// let peak = CyclePeakFinder::new().find(&curve.signal, TimeSpan { start_s: 1.0, end_s: 1.5 }).unwrap();
    /// let onset = Onset::new().find_with_noise(&curve.signal, &peak, 1.0, curve.noise.sigma(), &curve.response)?.unwrap();
    /// assert!((onset.time_s - 1.16).abs() < 0.01 && onset.se_s.unwrap() < 0.002);
    /// # Ok::<(), copeak::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`find`](Self::find).
    pub fn find_with_noise<S>(
        &self,
        drive: &Signal<S>,
        peak: &Peak,
        earliest_s: f64,
        sigma: f64,
        response: &ImpulseResponse,
    ) -> Result<Option<OnsetTime>>
    where
        S: Samples,
        S::Item: Real,
    {
        let Some((time_s, passage, apart)) = self.locate(drive, peak, earliest_s)? else { return Ok(None) };
        let f = self.fraction;
        let [at, next, far] = [0, 1, apart].map(|lag| sigma * sigma * response.autocovariance(lag));
        let se_s = passage.se(at, next, f * f * at - 2.0 * f * far) / drive.clock().rate().as_hz();
        Ok(Some(OnsetTime { time_s, level: f * peak.value, se_s: Some(se_s).filter(|se| se.is_finite()) }))
    }

    /// The time, how the drive passes the level, and how many samples before the peak.
    fn locate<S>(
        &self,
        drive: &Signal<S>,
        peak: &Peak,
        earliest_s: f64,
    ) -> Result<Option<(f64, Passage, usize)>>
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
        if !(self.fraction > 0.0 && self.fraction < 1.0) {
            let (name, rule) = ("onset fraction", "strictly between 0 and 1");
            return Err(Error::Parameter { name, rule, value: self.fraction });
        }
        let level = self.fraction * peak.value;
        let clock = drive.clock();
        let n = drive.samples().len();
        let at = |i: usize| drive.samples().sample(i).as_f64();
        let from = (clock.position(peak.time_s).max(0.0).round() as usize).min(n - 1);
        for below in (0..from).rev() {
            let (low, high) = (at(below), at(below + 1));
            if !(low.is_finite() && high.is_finite()) {
                return Ok(None);
            }
            if low < level {
                let passage = Passage::at(at, n, below, level);
                let position = below as f64 + passage.fraction;
                let onset = clock.time_s(position);
                let apart = (clock.position(peak.time_s) - position).round().max(0.0) as usize;
                return Ok((onset >= earliest_s).then_some((onset, passage, apart)));
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Clock, Rate, peak::CyclePeakFinder, time::TimeSpan};
    use alloc::{vec, vec::Vec};

    fn drive(x: Vec<f64>) -> (Signal, Peak) {
        let signal = Signal::new(Clock::from_zero(Rate::from_hz(1.0).unwrap()), x);
        let window = TimeSpan { start_s: 0.0, end_s: signal.end_s() };
        let peak = CyclePeakFinder::new().find(&signal, window).unwrap();
        (signal, peak)
    }

    #[test]
    fn the_level_moves_the_onset() {
        let (signal, peak) = drive(vec![0.0, 2.0, 4.0, 6.0, 8.0, 6.0, 0.0]);
        assert_eq!(peak.time_s, 4.0);
        for (fraction, onset) in [(0.25, 1.0), (0.5, 2.0), (0.75, 3.0)] {
            let found = Onset::new().fraction(fraction).find(&signal, &peak, 0.0).unwrap().unwrap();
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
            assert!(Onset::new().fraction(fraction).find(&signal, &peak, 0.0).is_err());
        }
        let mut x = signal.into_samples();
        x[1] = f64::NAN;
        let broken = Signal::new(Clock::from_zero(Rate::from_hz(1.0).unwrap()), x);
        assert_eq!(Onset::new().find(&broken, &peak, 0.0).unwrap(), None);
    }
}
