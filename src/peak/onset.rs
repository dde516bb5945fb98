//! Times at which a rise begins.
//!
//! - [`Onset`]: going back from a peak, the crossing of a fraction of the peak's height.
//! - [`ThresholdOnset`]: the crossing after which the curve stays above a level for a minimum time.
//! - [`EnergyOnset`]: the time at which the energy of an electromyogram leaves its baseline.

use crate::crossing::{Direction, Hysteresis};
use crate::filter::fir::ImpulseResponse;
use crate::filter::{Filter, MovingMean, Tkeo};
use crate::math::moments;
use crate::peak::Peak;
use crate::stage::Collect;
use crate::time::TimeSpan;
use crate::{Analysis, Clock, Error, Real, Result, Samples, Signal};
use alloc::vec::Vec;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Time at which a curve rose through a level.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct OnsetTime {
    /// Time on the recording's clock, interpolated linearly between samples.
    pub time_s: f64,
    /// The level that was passed, in the curve's unit.
    pub level: f64,
    /// Standard error of the time; `None` when the noise is not known.
    ///
    /// It is the uncertainty of the time at which the curve passes the level. The rise itself began earlier, by the time
    /// from rest to the level: that is a bias which depends on the level, and is not part of the standard error.
    pub se_s: Option<f64>,
}

/// A crossing between two samples, with the shape of the curve there.
struct Passage {
    /// Position between the two samples, from 0 to 1.
    fraction: f64,
    /// Difference from one to the other, above 0.
    rise: f64,
    /// Slope per sample over the surrounding samples, above 0.
    slope: f64,
    /// The larger second difference at the two.
    bend: f64,
}

impl Passage {
    /// Returns the crossing between sample `before` and the next, of a curve of `n` samples.
    fn at(x: impl Fn(usize) -> f64, n: usize, before: usize, level: f64) -> Self {
        let (low, high) = (x(before), x(before + 1));
        let rise = high - low;
        // The sample next to a narrow peak may itself lie below the level.
        let fraction = if rise > 0.0 { ((level - low) / rise).min(1.0) } else { 0.0 };
        let finite = |i: usize| Some(i).filter(|&i| i < n).map(&x).filter(|v| v.is_finite());
        let (outer, inner) = (before.checked_sub(1).and_then(finite), finite(before + 2));
        // A line through four samples where they exist; one that slopes against the rise comes from noise.
        let line = match (outer, inner) {
            (Some(outer), Some(inner)) => (3.0 * (inner - outer) + rise) / 10.0,
            _ => rise,
        };
        let slope = if line > 0.0 { line } else { rise };
        let bend = |a: Option<f64>, b: f64, c: f64| a.map_or(0.0, |a| (a - 2.0 * b + c).abs());
        Self { fraction, rise, slope, bend: bend(outer, low, high).max(bend(inner, high, low)) }
    }

    /// Returns the standard error of the position in samples: the noise of the curve relative to the level, divided by the
    /// slope, and the error of the straight line on a curved signal.
    ///
    /// `variance` is that of the noise at a sample, `neighbours` its covariance with the next one's, and `level` the
    /// contribution of the level's noise: its variance less twice its covariance with the curve's.
    fn se(&self, variance: f64, neighbours: f64, level: f64) -> f64 {
        let (u, v) = (self.fraction, 1.0 - self.fraction);
        let curve = (u * u + v * v) * variance + 2.0 * u * v * neighbours;
        let noise = (curve + level).max(0.0) / (self.slope * self.slope);
        let line = u * v / 2.0 * self.bend / self.rise;
        (noise + line * line).sqrt()
    }
}

/// Finds the onset of a peak: going back from it, the first crossing of a fraction of its height.
///
/// The default fraction is 50 % of the peak's value (relative to 0, the drive at rest). The time is interpolated
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

    /// Finds the onset of `peak`, not before `earliest_s`; `None` when the drive does not fall below the level after that
    /// time, or a sample in between is not finite.
    ///
    /// # Errors
    /// [`Error::Window`] when the peak lies outside the drive's recording; [`Error::Parameter`] when its value is not
    /// above 0, so that a fraction of it is meaningless, or unless the fraction is strictly between 0 and 1.
    pub fn find<S>(&self, drive: &Signal<S>, peak: &Peak, earliest_s: f64) -> Result<Option<f64>>
    where
        S: Samples,
        S::Item: Real,
    {
        Ok(self.locate(drive, peak, earliest_s)?.map(|(time_s, ..)| time_s))
    }

    /// Finds the onset with its standard error, when the drive is a raw channel with white noise of standard deviation
    /// `sigma`, filtered by `response`.
    ///
    /// Both the noise at the crossing and that of the peak, which sets the level, move the crossing, and they are correlated
    /// when close together: with R the autocovariance of the filtered noise, f the fraction and d the distance to the peak,
    /// the variance of the difference is R(0) (1 + f^2) - 2 f R(d), over the slope squared; the error of the line between
    /// samples is added. On simulated pulses at 200 Hz, low-passed at 15 Hz, 1.96 standard errors cover 93 to 97 % of the
    /// errors.
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

    /// Returns the time, the crossing, and its distance from the peak in samples.
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

/// Finds the first time at which a curve rises through a level and stays above it for a minimum time.
///
/// An excursion above the level that is shorter than the [minimum duration](Self::lasting) is no onset, and a dip below the
/// level that is shorter than the [longest dip](Self::bridging) does not end it (both 0 unless set). A curve that starts
/// above the level has no onset until it has been below it, and an excursion that has not lasted long enough when the
/// window ends is no onset.
///
/// ```
/// use copeak::{Clock, Rate, Signal, peak::onset::ThresholdOnset, time::TimeSpan};
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
    /// Creates a finder of onsets at this level, without a minimum duration.
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

    /// Finds the first onset in `window`, without standard error; `None` when there is none.
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

    /// Finds the first onset with its standard error, when the curve is a raw channel with white noise of standard deviation
    /// `sigma`, filtered by `response` ([`ImpulseResponse::identity`] for the raw channel itself).
    ///
    /// Noise moves the crossing along the slope of the line through the four surrounding samples. In a raw channel whose
    /// noise is large relative to its slope, the *first* crossing is early, which no standard error covers: smooth first.
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

    /// Returns the time and the crossing.
    fn locate<S>(&self, curve: &Signal<S>, window: TimeSpan) -> Result<Option<(f64, Passage)>>
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
            // Dips are bridged before the duration above the level is measured.
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
        // A crossing exactly at a sample may have that sample on either side.
        let before = (position.ceil() as usize).saturating_sub(1);
        let passage = Passage::at(|i| x[i], x.len(), before, self.level);
        Ok(Some((clock.time_s(first as f64 + position), passage)))
    }
}

/// Returns the samples of a window, and the index of the first.
fn samples_in<S>(curve: &Signal<S>, window: TimeSpan, operation: &'static str) -> Result<(usize, Vec<f64>)>
where
    S: Samples,
    S::Item: Real,
{
    let TimeSpan { start_s, end_s } = window;
    if !curve.covers(start_s, end_s) {
        return Err(curve.outside(start_s, end_s));
    }
    // The same tolerance as at the ends of the recording.
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

fn check_duration(name: &'static str, value: f64) -> Result<()> {
    if value.is_finite() && value >= 0.0 {
        Ok(())
    } else {
        Err(Error::Parameter { name, rule: "finite and not negative", value })
    }
}

/// Finds the time at which the energy of an electromyogram leaves its baseline and stays above it.
///
/// The band-passed channel passes through [`Tkeo`], the magnitude and a centred moving mean; the level is the mean of the
/// result in a window of rest plus a [number](Self::new) of its standard deviations, and the onset is the first crossing
/// that [lasts](Self::lasting) (Solnik et al. 2010, doi:10.1007/s00421-010-1521-8; persistence as in Hodges & Bui 1996,
/// doi:10.1016/0921-884X(96)95190-5). Defaults: a mean over 20 ms, at least 25 ms, dips up to 10 ms bridged.
///
/// The **standard error** has three parts: the scatter of the energy in the smoothing window at the crossing (energy
/// scatters in proportion to its level, by the ratio found in the baseline) and that of the level, whose mean and SD come
/// from a baseline with a limited number of independent values, both divided by the slope across that window; and the time
/// over which the energy belongs to a single spike, which limits the resolution. On simulated bursts 15 to 30 dB above
/// rest, sudden or growing over 30 or 100 ms, 1.96 standard errors cover 0.88 to 1.00 of the crossings about their own
/// mean; at 10 dB over 100 ms only 0.77 (`tests/it/peak/onset.rs`).
///
/// It does not include the **bias**: a centred window of 20 ms detects a sudden burst up to 12 ms before it begins, and a
/// slowly growing one passes the level late (15 ms at 15 dB over 100 ms).
///
/// ```
/// use copeak::{Clock, Rate, Signal, peak::onset::EnergyOnset, time::TimeSpan};
/// // Rest, then a burst from 0.5 s on.
/// let sample = |i: i32| {
///     let (slow, fast) = (f64::from(i * 7 % 11 - 5), f64::from(i * i % 13 - 6));
///     (slow + fast) * if i < 500 { 0.01 } else { 0.2 }
/// };
/// let emg = Signal::new(Clock::from_zero(Rate::from_hz(1000.0)?), (0..800).map(sample).collect::<Vec<f64>>());
/// let rest = TimeSpan { start_s: 0.05, end_s: 0.4 };
/// let onset = EnergyOnset::new(3.0).find(&emg, rest, TimeSpan { start_s: 0.4, end_s: 0.79 })?.unwrap();
/// assert!((onset.time_s - 0.5).abs() < 0.012);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[doc(alias = "emg_onset")]
pub struct EnergyOnset {
    deviations: f64,
    smooth_s: f64,
    least_s: f64,
    dip_s: f64,
}

impl EnergyOnset {
    /// Creates a finder of onsets at the baseline's mean plus this many of its standard deviations, above 0.
    pub fn new(deviations: f64) -> Self {
        Self { deviations, smooth_s: 0.02, least_s: 0.025, dip_s: 0.01 }
    }

    /// Averages the energy over a centred window of this many seconds; 0 leaves it unsmoothed.
    #[must_use]
    pub fn smoothing(self, seconds: f64) -> Self {
        Self { smooth_s: seconds, ..self }
    }

    /// Requires the energy to stay above the level for this many seconds.
    #[must_use]
    pub fn lasting(self, seconds: f64) -> Self {
        Self { least_s: seconds, ..self }
    }

    /// Ignores dips below the level that are shorter than this many seconds.
    #[must_use]
    pub fn bridging(self, seconds: f64) -> Self {
        Self { dip_s: seconds, ..self }
    }

    /// Finds the first onset of the band-passed channel `emg` in `window`, relative to its rest in `baseline`; `None` when
    /// there is none.
    ///
    /// # Errors
    /// [`Error::Window`] when a window leaves the recording; [`Error::NonFinite`] for a sample in one that is not finite;
    /// [`Error::TooFew`] when the baseline leaves fewer than 10 independent values; [`Error::Constant`] when its energy
    /// does not vary; [`Error::Parameter`] for standard deviations that are not above 0, or a duration that is negative or
    /// not finite; those of [`MovingMean::from_seconds`] for the smoothing.
    pub fn find<S>(&self, emg: &Signal<S>, baseline: TimeSpan, window: TimeSpan) -> Result<Option<OnsetTime>>
    where
        S: Samples,
        S::Item: Real,
    {
        if !(self.deviations.is_finite() && self.deviations > 0.0) {
            let (name, rule) = ("standard deviations above the baseline", "finite and above 0");
            return Err(Error::Parameter { name, rule, value: self.deviations });
        }
        check_duration("smoothing of the energy", self.smooth_s)?;
        check_duration("least duration of an onset", self.least_s)?;
        check_duration("longest dip after an onset", self.dip_s)?;
        let rate = emg.clock().rate();
        let half = (0.5 * self.smooth_s * rate.as_hz()).round() as usize;
        let related = (MUSCLE_S * rate.as_hz()).ceil() as usize;
        let rest = Energy::of(emg, baseline, half)?;
        let (raw, smooth) =
            (Rest::of(&rest.raw, related)?, Rest::of(&rest.smooth, related.max(2 * half + 1))?);
        let level = smooth.mean + self.deviations * smooth.sd;

        let energy = Energy::of(emg, window, half)?;
        let curve = Signal::new(Clock::new(rate, emg.clock().time_s(energy.first as f64))?, energy.smooth);
        let all = TimeSpan { start_s: curve.start_s(), end_s: curve.end_s() };
        let onset = ThresholdOnset::new(level).lasting(self.least_s).bridging(self.dip_s);
        let Some((time_s, passage)) = onset.locate(&curve, all)? else { return Ok(None) };

        let at = (curve.clock().position(time_s).round() as usize).min(energy.raw.len() - 1);
        let (from, to) = (at.saturating_sub(half), (at + half).min(energy.raw.len() - 1));
        // The scatter is proportional to the level, so its square scales with the squared level.
        let squares: f64 = energy.raw[from..=to].iter().map(|e| e * e).sum();
        let spread = raw.sd * raw.sd / (raw.sd * raw.sd + raw.mean * raw.mean);
        let count = (2 * half + 1) as f64;
        let of_curve = spread * squares * raw.together() / (count * count);
        let of_level =
            smooth.sd * smooth.sd * (1.0 + 0.5 * self.deviations * self.deviations) / smooth.independent;
        // Over the whole window the slope is that of the burst and not of single spikes.
        let slope = (curve.samples()[to] - curve.samples()[from]) / (to - from).max(1) as f64;
        let slope = if to > from && slope > 0.0 { slope } else { passage.slope };
        // The resolution is limited to the time over which the energy belongs to a single spike.
        let grain = raw.together();
        let se_s = ((of_curve + of_level) / (slope * slope) + grain * grain).sqrt() / rate.as_hz();
        Ok(Some(OnsetTime { time_s, level, se_s: Some(se_s).filter(|se| se.is_finite()) }))
    }
}

/// The energy in a window, computed from no sample beyond it.
struct Energy {
    /// The first sample's index in the recording.
    first: usize,
    raw: Vec<f64>,
    smooth: Vec<f64>,
}

impl Energy {
    /// Computes the energy, averaged over `half` samples to either side.
    fn of<S>(emg: &Signal<S>, window: TimeSpan, half: usize) -> Result<Self>
    where
        S: Samples,
        S::Item: Real,
    {
        let (first, x) = samples_in(emg, window, "the energy of an electromyogram")?;
        let mut raw = Tkeo.apply(&x)?;
        raw.iter_mut().for_each(|v| *v = v.abs());
        let smooth = MovingMean::new(2 * half + 1)?.apply(&raw)?;
        Ok(Self { first, raw, smooth })
    }
}

/// Time over which the energy of surface electromyograms is autocorrelated without any smoothing.
const MUSCLE_S: f64 = 0.005;

/// A baseline.
struct Rest {
    n: usize,
    mean: f64,
    sd: f64,
    /// Effective number of independent values: n / (1 + 2 sum of the autocorrelations).
    independent: f64,
}

impl Rest {
    /// Measures a baseline. Values further apart than `related` samples are assumed independent, as are those beyond the
    /// first lag without correlation: the sum of many small chance correlations would be arbitrary.
    fn of(energy: &[f64], related: usize) -> Result<Self> {
        const FEWEST: usize = 10;
        let operation = "a baseline of rest";
        let n = energy.len();
        let (mean, variance) = moments(energy);
        if n >= FEWEST && variance == 0.0 {
            return Err(Error::Constant { operation });
        }
        let product = |lag: usize| {
            energy.iter().zip(&energy[lag..]).map(|(a, b)| (a - mean) * (b - mean)).sum::<f64>() / n as f64
        };
        let lags = 1..n.min(related + 1);
        let rho = lags.map(|lag| product(lag) / variance).take_while(|&rho| rho > 0.0).sum::<f64>();
        let independent = n as f64 / (1.0 + 2.0 * rho);
        if n < FEWEST || independent < FEWEST as f64 {
            let unit = "independent values";
            return Err(Error::TooFew { operation, unit, needed: FEWEST, got: independent as usize });
        }
        Ok(Self { n, mean, sd: variance.sqrt(), independent })
    }

    /// Returns the number of samples that scatter as one.
    fn together(&self) -> f64 {
        self.n as f64 / self.independent
    }
}

#[cfg(test)]
mod fraction_tests {
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
    fn a_higher_fraction_gives_a_later_onset() {
        let (signal, peak) = drive(vec![0.0, 2.0, 4.0, 6.0, 8.0, 6.0, 0.0]);
        assert_eq!(peak.time_s, 4.0);
        for (fraction, onset) in [(0.25, 1.0), (0.5, 2.0), (0.75, 3.0)] {
            let found = Onset::new().fraction(fraction).find(&signal, &peak, 0.0).unwrap().unwrap();
            assert_eq!(found, onset * peak.value / 8.0, "{fraction}");
        }
    }

    #[test]
    fn no_crossing_is_none_and_unusable_peaks_and_fractions_are_errors() {
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

#[cfg(test)]
mod threshold_tests {
    use super::*;
    use crate::{Clock, Rate};

    fn curve(x: &[f64]) -> Signal {
        Signal::new(Clock::new(Rate::from_hz(10.0).unwrap(), 1.0).unwrap(), x.to_vec())
    }

    fn all(curve: &Signal) -> TimeSpan {
        TimeSpan { start_s: curve.start_s(), end_s: curve.end_s() }
    }

    #[test]
    fn short_excursions_are_no_onset_and_short_dips_are_bridged() {
        let curve = curve(&[0.0, 4.0, 0.0, 0.0, 4.0, 4.0, 4.0, 0.0, 4.0, 4.0, 4.0, 4.0]);
        let at = |onset: ThresholdOnset| onset.find(&curve, all(&curve)).unwrap().map(|o| o.time_s);
        let new = ThresholdOnset::new(2.0);
        assert_eq!(at(new), Some(1.05));
        assert_eq!(at(new.lasting(0.25)), Some(1.35));
        assert_eq!(at(new.lasting(0.35)), Some(1.75));
        assert_eq!(at(new.lasting(0.35).bridging(0.15)), Some(1.35));
        // The record ends before the minimum duration has passed.
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
    fn settings_samples_and_windows_that_are_not_valid_are_errors() {
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

#[cfg(test)]
mod energy_tests {
    use super::*;
    use crate::{Clock, Rate};
    use alloc::vec;

    #[test]
    fn invalid_settings_and_baselines_without_variation_are_errors() {
        let onset = EnergyOnset::new(3.0);
        let clock = Clock::from_zero(Rate::from_hz(1000.0).unwrap());
        let all = TimeSpan { start_s: 0.0, end_s: 0.399 };
        let flat = Signal::new(clock, vec![0.0; 400]);
        let bad = [0.0, f64::NAN, f64::INFINITY].map(EnergyOnset::new);
        for bad in bad.into_iter().chain([onset.smoothing(-1.0), onset.lasting(f64::NAN)]) {
            assert!(matches!(bad.find(&flat, all, all), Err(Error::Parameter { .. })), "{bad:?}");
        }
        assert!(matches!(onset.find(&flat, all, all), Err(Error::Constant { .. })));
        let few = TimeSpan { start_s: 0.0, end_s: 0.005 };
        assert!(matches!(onset.find(&flat, few, all), Err(Error::TooFew { .. })));
        let beyond = TimeSpan { start_s: 0.0, end_s: 0.5 };
        assert!(matches!(onset.find(&flat, beyond, all), Err(Error::Window { .. })));
    }

    #[test]
    fn repeated_values_count_as_one_independent_value() {
        // Each value three times over.
        let mut state = 5u64;
        let mut draw = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as f64
        };
        let thrice: Vec<f64> = (0..1000).flat_map(|_| [draw(); 3]).collect();
        let rest = Rest::of(&thrice, 20).unwrap();
        assert!((rest.independent / 1000.0 - 1.0).abs() < 0.15, "{}", rest.independent);
    }
}
