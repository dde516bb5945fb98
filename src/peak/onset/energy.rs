//! The onset of muscle activity in an electromyogram.

use super::threshold::{check_duration, samples_in};
use super::{OnsetTime, ThresholdOnset};
use crate::filter::{Filter, MovingMean, Tkeo};
use crate::math::moments;
use crate::time::TimeSpan;
use crate::{Clock, Error, Real, Result, Samples, Signal};
use alloc::vec::Vec;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Finds when the energy of an electromyogram leaves its baseline and stays above it.
///
/// The band-passed channel goes through [`Tkeo`], the magnitude and a centred moving mean; the level is the mean plus
/// [`new`](Self::new)'s number of standard deviations of the result in a window of rest, and the onset is the first
/// crossing that [lasts](Self::lasting) (Solnik et al. 2010, doi:10.1007/s00421-010-1521-8; persistence as in Hodges & Bui
/// 1996, doi:10.1016/0921-884X(96)95190-5). Defaults: a mean over 20 ms, at least 25 ms, dips up to 10 ms bridged.
///
/// The **standard error** has three parts: the scatter of the energy in the smoothing window at the crossing (energy
/// scatters in proportion to itself, by as much as the baseline shows), and that of the level, whose mean and SD come from
/// a baseline of only so many independent values, both over the slope across that window; and the time over which energy
/// is one and the same spike, than which no instant is finer. On simulated bursts 15 to 30 dB above rest, sudden or growing
/// over 30 or 100 ms, 1.96 of it hold 0.88 to 1.00 of the crossings about their own mean; at 10 dB over 100 ms only 0.77
/// (`tests/it/peak/onset.rs`).
///
/// It does not hold the **bias**: a centred window of 20 ms sees a sudden burst up to 12 ms before it begins, and one that
/// grows slowly passes the level late (15 ms at 15 dB over 100 ms).
///
/// ```
/// use copeak::{Clock, Rate, Signal, peak::EnergyOnset, time::TimeSpan};
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
    /// Finds onsets at the baseline's mean plus this many of its standard deviations, above 0.
    pub fn new(deviations: f64) -> Self {
        Self { deviations, smooth_s: 0.02, least_s: 0.025, dip_s: 0.01 }
    }

    /// Averages the energy over a centred window of this many seconds; 0 leaves it as it is.
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

    /// The first onset of the band-passed channel `emg` in `window`, against its rest in `baseline`; `None` when there is
    /// none.
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
        // Of what scatters in proportion to itself, the square says how much.
        let squares: f64 = energy.raw[from..=to].iter().map(|e| e * e).sum();
        let spread = raw.sd * raw.sd / (raw.sd * raw.sd + raw.mean * raw.mean);
        let count = (2 * half + 1) as f64;
        let of_curve = spread * squares * raw.together() / (count * count);
        let of_level =
            smooth.sd * smooth.sd * (1.0 + 0.5 * self.deviations * self.deviations) / smooth.independent;
        // Over the whole window the slope is that of the burst and not of its single spikes.
        let slope = (curve.samples()[to] - curve.samples()[from]) / (to - from).max(1) as f64;
        let slope = if to > from && slope > 0.0 { slope } else { passage.slope };
        // No instant is finer than the time over which the energy is one and the same spike.
        let grain = raw.together();
        let se_s = ((of_curve + of_level) / (slope * slope) + grain * grain).sqrt() / rate.as_hz();
        Ok(Some(OnsetTime { time_s, level, se_s: Some(se_s).filter(|se| se.is_finite()) }))
    }
}

/// The energy in a window, taken from no sample beyond it.
struct Energy {
    /// The first sample's index in the recording.
    first: usize,
    raw: Vec<f64>,
    smooth: Vec<f64>,
}

impl Energy {
    /// Averaged over `half` samples to either side.
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

/// Time over which the energy of surface electromyograms is related to itself without any smoothing.
const MUSCLE_S: f64 = 0.005;

/// A baseline.
struct Rest {
    n: usize,
    mean: f64,
    sd: f64,
    /// Values that would be worth as much if they were independent: n / (1 + 2 sum of the autocorrelations).
    independent: f64,
}

impl Rest {
    /// Values further apart than `related` samples are taken to be independent, as are those after the first that
    /// correlate no more: the sum of many small chance correlations would say anything.
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

    /// Samples that scatter as one.
    fn together(&self) -> f64 {
        self.n as f64 / self.independent
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Clock, Rate};
    use alloc::vec;

    #[test]
    fn bad_input_is_named() {
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
    fn independent_values_are_counted() {
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
