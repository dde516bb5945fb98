//! The onset at a level that is kept.

use super::OnsetTime;
use super::crossing::Passage;
use crate::crossing::{Direction, Hysteresis};
use crate::filter::fir::ImpulseResponse;
use crate::stage::Collect;
use crate::time::TimeSpan;
use crate::{Analysis, Error, Real, Result, Samples, Signal};
use alloc::vec::Vec;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Finds where a curve first passes a level upwards and stays there for a while.
///
/// What is above the level for less than the [least duration](Self::lasting) is no onset, and a dip below it of less than
/// the [longest dip](Self::bridging) does not end it (both 0 unless set). A curve that starts above the level has no onset
/// before it has been below it, and one that has not lasted when the window ends has none.
///
/// ```
/// use copeak::{Clock, Rate, Signal, peak::ThresholdOnset, time::TimeSpan};
/// let clock = Clock::from_zero(Rate::from_hz(100.0)?);
/// let curve = Signal::new(clock, vec![0.0, 0.0, 3.0, 0.0, 0.0, 1.0, 3.0, 4.0, 4.0, 4.0, 4.0]);
/// let all = TimeSpan { start_s: 0.0, end_s: 0.1 };
/// let onset = ThresholdOnset::new(2.0).lasting(0.03).find(&curve, all)?.unwrap();
/// assert_eq!(onset.time_s, 0.055); // the blip at 0.02 s did not last
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ThresholdOnset {
    level: f64,
    least_s: f64,
    dip_s: f64,
}

impl ThresholdOnset {
    /// Finds onsets at this level, however short.
    pub fn new(level: f64) -> Self {
        Self { level, least_s: 0.0, dip_s: 0.0 }
    }

    /// Requires the curve to stay at the level or above for this many seconds.
    #[must_use]
    pub fn lasting(self, seconds: f64) -> Self {
        Self { least_s: seconds, ..self }
    }

    /// Ignores dips below the level that are shorter than this many seconds.
    #[must_use]
    pub fn bridging(self, seconds: f64) -> Self {
        Self { dip_s: seconds, ..self }
    }

    /// The first onset in `window`, without standard error; `None` when there is none.
    ///
    /// # Errors
    /// [`Error::Window`] when the window leaves the recording; [`Error::NonFinite`] for a sample in it that is not finite;
    /// [`Error::Parameter`] for a level that is not finite, or a duration that is negative or not finite.
    pub fn find<S>(&self, curve: &Signal<S>, window: TimeSpan) -> Result<Option<OnsetTime>>
    where
        S: Samples,
        S::Item: Real,
    {
        let found = self.locate(curve, window)?;
        Ok(found.map(|(time_s, _)| OnsetTime { time_s, level: self.level, se_s: None }))
    }

    /// The same with its standard error, when the curve is a raw channel with white noise of standard deviation `sigma`
    /// that went through `response` ([`ImpulseResponse::identity`] for the raw channel itself).
    ///
    /// Noise moves the crossing along the slope of the line through the four samples around it. In a raw channel that is
    /// noisy against its own slope the *first* crossing is early, and no standard error holds that: smooth first.
    ///
    /// # Errors
    /// As [`find`](Self::find).
    pub fn find_with_noise<S>(
        &self,
        curve: &Signal<S>,
        window: TimeSpan,
        sigma: f64,
        response: &ImpulseResponse,
    ) -> Result<Option<OnsetTime>>
    where
        S: Samples,
        S::Item: Real,
    {
        let [at, next] = [0, 1].map(|lag| sigma * sigma * response.autocovariance(lag));
        let rate = curve.clock().rate();
        let timed = |(time_s, passage): (f64, Passage)| {
            let se_s = passage.se(at, next, 0.0) / rate.as_hz();
            OnsetTime { time_s, level: self.level, se_s: Some(se_s).filter(|se| se.is_finite()) }
        };
        Ok(self.locate(curve, window)?.map(timed))
    }

    /// The time, and how the curve passes the level.
    pub(super) fn locate<S>(&self, curve: &Signal<S>, window: TimeSpan) -> Result<Option<(f64, Passage)>>
    where
        S: Samples,
        S::Item: Real,
    {
        if !self.level.is_finite() {
            return Err(Error::Parameter { name: "onset level", rule: "finite", value: self.level });
        }
        check_duration("least duration of an onset", self.least_s)?;
        check_duration("longest dip after an onset", self.dip_s)?;
        let (first, x) = samples_in(curve, window, "looking for an onset")?;
        let clock = curve.clock();
        let rate = clock.rate().as_hz();
        let crossings = Collect(Hysteresis::new(self.level, self.level)?).analyze(&x)?;
        let mut rests = crossings.iter();
        let position = loop {
            let Some(up) = rests.find(|c| c.direction == Direction::Up) else { return Ok(None) };
            // Dips are bridged before the time above the level is measured.
            let mut down = rests.next();
            while let (Some(low), Some(high)) = (down, rests.as_slice().first()) {
                if high.position - low.position >= self.dip_s * rate {
                    break;
                }
                rests.next();
                down = rests.next();
            }
            let end = down.map_or(x.len() as f64 - 1.0, |down| down.position);
            if end - up.position >= self.least_s * rate {
                break up.position;
            }
        };
        // A crossing that falls on a sample may have that sample on either side.
        let before = (position.ceil() as usize).saturating_sub(1);
        let passage = Passage::at(|i| x[i], x.len(), before, self.level);
        Ok(Some((clock.time_s(first as f64 + position), passage)))
    }
}

/// The samples of a window, and the index of the first.
pub(super) fn samples_in<S>(
    curve: &Signal<S>,
    window: TimeSpan,
    operation: &'static str,
) -> Result<(usize, Vec<f64>)>
where
    S: Samples,
    S::Item: Real,
{
    let TimeSpan { start_s, end_s } = window;
    if !curve.covers(start_s, end_s) {
        return Err(curve.outside(start_s, end_s));
    }
    // As much slack as the recording grants at its ends.
    const SLACK: f64 = 1e-6;
    let clock = curve.clock();
    let first = (clock.position(start_s) - SLACK).ceil().max(0.0) as usize;
    let end = (clock.position(end_s) + SLACK).floor().max(0.0) as usize + 1;
    let end = end.min(curve.samples().len());
    let x: Vec<f64> = (first..end).map(|i| curve.samples().sample(i).as_f64()).collect();
    match x.iter().position(|v| !v.is_finite()) {
        Some(index) => Err(Error::NonFinite { operation, index: first + index }),
        None => Ok((first, x)),
    }
}

pub(super) fn check_duration(name: &'static str, value: f64) -> Result<()> {
    if value.is_finite() && value >= 0.0 {
        Ok(())
    } else {
        Err(Error::Parameter { name, rule: "finite and not negative", value })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Clock, Rate};

    fn curve(x: &[f64]) -> Signal {
        Signal::new(Clock::new(Rate::from_hz(10.0).unwrap(), 1.0).unwrap(), x.to_vec())
    }

    fn all(curve: &Signal) -> TimeSpan {
        TimeSpan { start_s: curve.start_s(), end_s: curve.end_s() }
    }

    #[test]
    fn what_does_not_last_is_no_onset_and_short_dips_are_bridged() {
        let curve = curve(&[0.0, 4.0, 0.0, 0.0, 4.0, 4.0, 4.0, 0.0, 4.0, 4.0, 4.0, 4.0]);
        let at = |onset: ThresholdOnset| onset.find(&curve, all(&curve)).unwrap().map(|o| o.time_s);
        let new = ThresholdOnset::new(2.0);
        assert_eq!(at(new), Some(1.05));
        assert_eq!(at(new.lasting(0.25)), Some(1.35));
        assert_eq!(at(new.lasting(0.35)), Some(1.75));
        assert_eq!(at(new.lasting(0.35).bridging(0.15)), Some(1.35));
        // Not known to last that long.
        assert_eq!(at(new.lasting(0.75)), None);
    }

    #[test]
    fn a_curve_that_starts_high_must_fall_first() {
        let curve = curve(&[5.0, 5.0, 1.0, 5.0, 5.0]);
        let onset = ThresholdOnset::new(3.0);
        assert_eq!(onset.find(&curve, all(&curve)).unwrap().unwrap().time_s, 1.25);
        let late = TimeSpan { start_s: 1.3, end_s: 1.4 };
        assert_eq!(onset.find(&curve, late).unwrap(), None);
        assert_eq!(ThresholdOnset::new(9.0).find(&curve, all(&curve)).unwrap(), None);
    }

    #[test]
    fn the_standard_error_is_the_noise_over_the_slope() {
        let curve = curve(&[0.0, 1.0, 2.0, 3.0, 4.0]);
        let identity = ImpulseResponse::identity();
        let se = |level: f64| {
            let onset = ThresholdOnset::new(level);
            onset.find_with_noise(&curve, all(&curve), 0.2, &identity).unwrap().unwrap().se_s.unwrap()
        };
        assert!((se(1.5) - 0.02 * 0.5f64.sqrt()).abs() < 1e-12);
        assert!((se(2.0) - 0.02).abs() < 1e-12);
    }

    #[test]
    fn bad_input_is_named() {
        let onset = ThresholdOnset::new(1.0);
        let rise = curve(&[0.0, 2.0, 2.0]);
        for bad in [ThresholdOnset::new(f64::NAN), onset.lasting(-1.0), onset.bridging(f64::INFINITY)] {
            assert!(matches!(bad.find(&rise, all(&rise)), Err(Error::Parameter { .. })), "{bad:?}");
        }
        let x = curve(&[0.0, f64::NAN, 2.0]);
        assert!(matches!(onset.find(&x, all(&x)), Err(Error::NonFinite { index: 1, .. })));
        assert!(matches!(onset.find(&x, TimeSpan { start_s: 0.5, end_s: 1.1 }), Err(Error::Window { .. })));
        let backwards = TimeSpan { start_s: 1.2, end_s: 1.0 };
        assert_eq!(onset.find(&curve(&[0.0, 2.0, 2.0]), backwards).unwrap(), None);
    }
}
