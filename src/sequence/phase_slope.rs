//! The lag of one curve behind another from the slope of their cross-spectrum's phase.

use super::Relation;
use super::lag::{LagError, check_standard_error, mean};
use crate::inference::{Estimate, Interval, Strides};
use crate::{Error, Rate, Real, Result, Samples};
use alloc::{vec, vec::Vec};
use core::f64::consts::{PI, TAU};
use realfft::RealFftPlanner;
use realfft::num_complex::Complex;

const OPERATION: &str = "a lag from phases";
/// Largest coherence: 1 would have an infinite weight.
const MOST_COHERENT: f64 = 1.0 - 1e-9;
/// Starting values of the lag per period of the highest frequency.
const TRIES: f64 = 32.0;

/// Finds the lag of one curve behind another over many cycles from their cross-spectrum: a pure delay shifts the phase at
/// each frequency in proportion to the frequency, and the slope of that line is the lag.
///
/// Frequencies are weighted by their coherence g over the cycles, g/(1 - g), as in maximum likelihood, so those that carry
/// only noise have no weight; the bias of g from few cycles is removed. The line passes through 0: an offset that is the
/// same at every frequency is no lag. [`PhaseLag::fit`] is the measure of how well one lag explains the phases.
///
/// Its interval is a jackknife over cycles: each cycle's pseudo-value is treated as its lag, so strides and their
/// autocorrelation are handled as in every other interval.
///
/// It pools noisy cycles, which the maximum of each cycle's own correlation cannot do.
///
/// Hannan & Thomson (1973), *Biometrika* 60:469-477, [doi:10.1093/biomet/60.3.469](https://doi.org/10.1093/biomet/60.3.469).
///
/// ```
/// use copeak::{Rate, inference::Strides, sequence::PhaseSlope};
/// let bell = |i: i32, centre: f64| (-(f64::from(i) - centre).powi(2) / 50.0).exp();
/// let curve = |centre: f64| (0..100).map(|i| bell(i, centre)).collect::<Vec<f64>>();
/// let cycles: Vec<_> = [5.0, 6.0, 7.0, 6.0].iter().map(|lag| (curve(45.0), curve(45.0 + lag))).collect();
/// let slope = PhaseSlope::new(1.0, 8.0)?.circular();
/// let found = slope.find(&cycles, Rate::from_hz(100.0)?, &Strides::ungrouped(4))?;
/// assert!((found.lag_s.value - 0.06).abs() < 1e-3 && found.fit > 0.99);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PhaseSlope {
    low_hz: f64,
    high_hz: f64,
    circular: bool,
    common_se_s: f64,
    level: f64,
}

/// A lag from phases.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct PhaseLag {
    /// The lag in seconds, positive when the second curve comes after the first, with jackknife t-interval over strides.
    pub lag_s: Estimate,
    /// Components of its error.
    pub error: LagError,
    /// Weighted mean of the cosine of the phase residuals: 1 when one lag explains all phases.
    pub fit: f64,
    /// Frequency in hertz and coherence in [0, 1] of every frequency in the band.
    pub coherence: Vec<(f64, f64)>,
    /// Which curve comes first, by the interval alone.
    pub relation: Relation,
}

impl PhaseSlope {
    /// Creates a finder that uses the frequencies between these two.
    ///
    /// # Errors
    /// [`Error::Parameter`] unless both are finite and 0 < low < high.
    pub fn new(low_hz: f64, high_hz: f64) -> Result<Self> {
        let rule = "finite, above 0 Hz and in rising order";
        if !(low_hz.is_finite() && low_hz > 0.0) {
            return Err(Error::Parameter { name: "lower end of the band", rule, value: low_hz });
        }
        if !(high_hz.is_finite() && high_hz > low_hz) {
            return Err(Error::Parameter { name: "upper end of the band", rule, value: high_hz });
        }
        Ok(Self { low_hz, high_hz, circular: false, common_se_s: 0.0, level: 0.95 })
    }

    /// Sets the standard error in seconds of the lag that all cycles share, such as that of two devices' clocks
    /// ([`crate::sequence::SequenceChannel::common_error_s`]), which enters the interval of a mean lag: finite and at least 0; 0
    /// unless set.
    #[must_use]
    pub fn common_se_s(self, common_se_s: f64) -> Self {
        Self { common_se_s, ..self }
    }

    /// Sets the level of the interval of a mean lag: within (0, 1); 0.95 unless set.
    #[must_use]
    pub fn level(self, level: f64) -> Self {
        Self { level, ..self }
    }

    /// Treats each curve as one cycle, end point excluded, which needs no taper; otherwise each curve is tapered by a Hann
    /// window.
    #[must_use]
    pub fn circular(self) -> Self {
        Self { circular: true, ..self }
    }

    /// Finds the lag of the second curve behind the first over cycles `(first, second)` of one length, within half a cycle
    /// in either direction.
    ///
    /// # Errors
    /// [`Error::TooFew`] below 3 cycles (coherence of fewer is meaningless) or 4 samples; [`Error::LengthMismatch`] for
    /// curves of different lengths, or unless `strides` has one step per cycle; [`Error::NonFinite`] (the index is the
    /// cycle's); [`Error::Parameter`] when fewer than 2 frequencies lie in the band below the Nyquist frequency, for a
    /// common error that is not finite or below 0, or a level outside (0, 1); [`Error::Undefined`] when the curves are
    /// nowhere coherent in the band.
    pub fn find<A, B>(&self, cycles: &[(A, B)], rate: Rate, strides: &Strides) -> Result<PhaseLag>
    where
        A: Samples,
        B: Samples,
        A::Item: Real,
        B::Item: Real,
    {
        let k = cycles.len();
        if k < 3 {
            return Err(Error::TooFew { operation: OPERATION, unit: "cycles", needed: 3, got: k });
        }
        let Self { common_se_s, level, .. } = *self;
        check_standard_error(common_se_s)?;
        let spectra = self.spectra(cycles, rate)?;
        let all = spectra.sum(None);
        let lag_s = spectra.lag(&all, None).ok_or(Error::Undefined {
            quantity: OPERATION,
            reason: "the curves are nowhere coherent in the band",
        })?;
        let count = k as f64;
        let pseudo: Vec<f64> = (0..k)
            .map(|out| {
                let without = spectra.lag(&spectra.sum(Some(out)), Some(lag_s)).unwrap_or(lag_s);
                count * lag_s - (count - 1.0) * without
            })
            .collect();
        let (around, error) = mean(&pseudo, strides, common_se_s, level, 2.0 * spectra.half_s)?;
        let moved = lag_s - around.value;
        let ci = around.ci.map(|ci| Interval::new(ci.low + moved, ci.high + moved));
        let lag = Estimate { value: lag_s, ci, ..around };
        let weights: Vec<f64> = all.iter().map(|bin| bin.weight(k)).collect();
        let residual = |i: usize| (all[i].cross.arg() + TAU * spectra.frequencies[i] * lag_s).cos();
        let fit = (0..all.len()).map(|i| weights[i] * residual(i)).sum::<f64>() / weights.iter().sum::<f64>();
        let coherence = spectra.frequencies.iter().zip(&all).map(|(f, bin)| (*f, bin.coherence(k))).collect();
        Ok(PhaseLag { relation: Relation::of(&lag, None), lag_s: lag, error, fit, coherence })
    }

    fn spectra<A, B>(&self, cycles: &[(A, B)], rate: Rate) -> Result<Spectra>
    where
        A: Samples,
        B: Samples,
        A::Item: Real,
        B::Item: Real,
    {
        let n = cycles[0].0.len();
        if n < 4 {
            return Err(Error::TooFew { operation: OPERATION, unit: "samples", needed: 4, got: n });
        }
        let spacing = rate.as_hz() / n as f64;
        // A frequency exactly at the band's edge is in the band, despite rounding.
        let first = (self.low_hz / spacing - 1e-9).ceil().max(1.0) as usize;
        // Below the Nyquist frequency, where a phase is meaningful.
        let last = ((self.high_hz / spacing + 1e-9).floor() as usize).min((n - 1) / 2);
        if last < first + 1 {
            let (name, rule) =
                ("band of a phase slope", "wide enough for 2 frequencies below the Nyquist frequency");
            return Err(Error::Parameter { name, rule, value: self.high_hz });
        }
        let plan = RealFftPlanner::<f64>::new().plan_fft_forward(n);
        let mut time = vec![0.0; n];
        let (mut spectrum, mut scratch) = (plan.make_output_vec(), plan.make_scratch_vec());
        let mut bins = Vec::with_capacity(cycles.len());
        for (index, (a, b)) in cycles.iter().enumerate() {
            for got in [a.len(), b.len()] {
                if got != n {
                    return Err(Error::LengthMismatch { operation: OPERATION, left: n, right: got });
                }
            }
            let mut transform = |at: &dyn Fn(usize) -> f64| {
                let mean = (0..n).map(at).sum::<f64>() / n as f64;
                for (i, t) in time.iter_mut().enumerate() {
                    let taper =
                        if self.circular { 1.0 } else { (PI * (i as f64 + 0.5) / n as f64).sin().powi(2) };
                    *t = (at(i) - mean) * taper;
                }
                // The lengths are those of the plan; any other error is impossible.
                let done = plan.process_with_scratch(&mut time, &mut spectrum, &mut scratch);
                debug_assert!(done.is_ok());
                spectrum[first..=last].to_vec()
            };
            let (a, b) = (transform(&|i| a.sample(i).as_f64()), transform(&|i| b.sample(i).as_f64()));
            if a.iter().chain(&b).any(|v| !v.is_finite()) {
                return Err(Error::NonFinite { operation: OPERATION, index });
            }
            let bin = |(a, b): (&Complex<f64>, &Complex<f64>)| Bin {
                cross: a.conj() * b,
                first: a.norm_sqr(),
                second: b.norm_sqr(),
            };
            bins.push(a.iter().zip(&b).map(bin).collect());
        }
        let frequencies = (first..=last).map(|i| i as f64 * spacing).collect();
        Ok(Spectra { bins, frequencies, half_s: 0.5 * n as f64 / rate.as_hz() })
    }
}

/// One frequency, summed over cycles.
#[derive(Debug, Clone, Copy, Default)]
struct Bin {
    cross: Complex<f64>,
    first: f64,
    second: f64,
}

impl Bin {
    /// Returns the magnitude-squared coherence over `k` cycles, corrected for bias.
    fn coherence(&self, k: usize) -> f64 {
        let power = self.first * self.second;
        if power <= 0.0 {
            return 0.0;
        }
        let (plain, k) = (self.cross.norm_sqr() / power, k as f64);
        ((k * plain - 1.0) / (k - 1.0)).clamp(0.0, MOST_COHERENT)
    }

    fn weight(&self, k: usize) -> f64 {
        let coherence = self.coherence(k);
        coherence / (1.0 - coherence)
    }
}

/// The band's frequencies in every cycle.
struct Spectra {
    bins: Vec<Vec<Bin>>,
    frequencies: Vec<f64>,
    /// Half a cycle: the largest lag.
    half_s: f64,
}

impl Spectra {
    /// Sums over all cycles, or all except one.
    fn sum(&self, out: Option<usize>) -> Vec<Bin> {
        let mut sum = vec![Bin::default(); self.frequencies.len()];
        for (_, bins) in self.bins.iter().enumerate().filter(|(i, _)| Some(*i) != out) {
            for (sum, bin) in sum.iter_mut().zip(bins) {
                sum.cross += bin.cross;
                sum.first += bin.first;
                sum.second += bin.second;
            }
        }
        sum
    }

    /// Fits the lag whose line is closest to the phases, starting from the best of all starting values or from `near_s`.
    fn lag(&self, sum: &[Bin], near_s: Option<f64>) -> Option<f64> {
        // With a given start, one cycle is left out.
        let k = self.bins.len() - usize::from(near_s.is_some());
        let weights: Vec<f64> = sum.iter().map(|bin| bin.weight(k)).collect();
        let scale: f64 = weights.iter().zip(&self.frequencies).map(|(w, f)| w * f * f).sum();
        if scale <= 0.0 {
            return None;
        }
        let phases: Vec<f64> = sum.iter().map(|bin| bin.cross.arg()).collect();
        let turned = |lag: f64| {
            weights
                .iter()
                .zip(&self.frequencies)
                .zip(&phases)
                .map(move |((w, f), p)| (*w, *f, p + TAU * f * lag))
        };
        let likeness = |lag: f64| turned(lag).map(|(w, _, angle)| w * angle.cos()).sum::<f64>();
        let mut lag = near_s.unwrap_or_else(|| {
            let highest = self.frequencies.last().copied().unwrap_or(1.0);
            let steps = (self.half_s * highest * TRIES).ceil() as i64;
            let tries = (-steps..=steps).map(|i| self.half_s * i as f64 / steps as f64);
            tries
                .map(|lag| (lag, likeness(lag)))
                .fold((0.0, f64::NEG_INFINITY), |best, try_| if try_.1 > best.1 { try_ } else { best })
                .0
        });
        for _ in 0..8 {
            let off: f64 =
                turned(lag).map(|(w, f, angle)| w * f * (angle - TAU * (angle / TAU).round())).sum();
            lag -= off / (TAU * scale);
        }
        Some(lag)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wave(n: usize, lag: f64, seed: usize) -> Vec<f64> {
        let turn = |i: usize| TAU * (i as f64 - lag) / n as f64;
        let noise = |i: usize| ((i * i * (seed + 3) + 13 * i * seed) % 97) as f64 / 97.0 - 0.5;
        (0..n)
            .map(|i| {
                turn(i).sin() + 0.5 * (2.0 * turn(i)).cos() + 0.3 * (5.0 * turn(i)).sin() + 0.1 * noise(i)
            })
            .collect()
    }

    fn find(slope: PhaseSlope, lags: &[f64]) -> PhaseLag {
        let cycles: Vec<_> = lags
            .iter()
            .enumerate()
            .map(|(i, lag)| (wave(100, 0.0, 2 * i), wave(100, *lag, 2 * i + 1)))
            .collect();
        slope.find(&cycles, Rate::from_hz(100.0).unwrap(), &Strides::ungrouped(lags.len())).unwrap()
    }

    #[test]
    fn lags_longer_than_a_period_of_the_highest_frequency_are_found() {
        let slope = PhaseSlope::new(1.0, 8.0).unwrap().circular();
        for lag in [-30.0, -3.3, 0.0, 7.25, 41.0] {
            let found = find(slope, &[lag; 6]);
            assert!((found.lag_s.value - lag / 100.0).abs() < 2e-3, "{lag}: {:?}", found.lag_s);
            assert!(found.fit > 0.99);
        }
    }

    #[test]
    fn coherence_is_high_only_at_shared_frequencies_of_the_band() {
        let found = find(PhaseSlope::new(0.5, 20.4).unwrap().circular(), &[4.0, 4.5, 3.5, 4.0, 4.2, 3.8]);
        assert_eq!((found.coherence.first().unwrap().0, found.coherence.last().unwrap().0), (1.0, 20.0));
        let of = |hz: f64| found.coherence.iter().find(|(f, _)| (f - hz).abs() < 1e-9).unwrap().1;
        assert!(of(1.0) > 0.99 && of(5.0) > 0.8, "{:?}", found.coherence);
        assert_eq!(found.relation, Relation::Before);
        let ci = found.lag_s.ci.unwrap();
        assert!(ci.contains(0.04) && ci.width() < 0.02);
    }

    #[test]
    fn invalid_bands_and_unusable_cycles_are_errors() {
        for (low, high) in [(0.0, 5.0), (5.0, 5.0), (f64::NAN, 5.0), (1.0, f64::INFINITY)] {
            assert!(PhaseSlope::new(low, high).is_err());
        }
        let slope = PhaseSlope::new(1.0, 8.0).unwrap();
        let rate = Rate::from_hz(100.0).unwrap();
        let of = |cycles: &[(Vec<f64>, Vec<f64>)], common| {
            slope.common_se_s(common).find(cycles, rate, &Strides::ungrouped(cycles.len()))
        };
        let good = (wave(100, 0.0, 0), wave(100, 3.0, 1));
        let three = vec![good.clone(), good.clone(), good.clone()];
        assert!(matches!(of(&three[..2], 0.0), Err(Error::TooFew { unit: "cycles", .. })));
        assert!(of(&three, -1.0).is_err());
        let short = vec![good.clone(), good.clone(), (good.0.clone(), good.1[1..].to_vec())];
        assert!(matches!(of(&short, 0.0), Err(Error::LengthMismatch { left: 100, right: 99, .. })));
        let mut broken = three.clone();
        broken[1].1[5] = f64::NAN;
        assert!(matches!(of(&broken, 0.0), Err(Error::NonFinite { index: 1, .. })));
        let narrow = PhaseSlope::new(1.0, 1.5).unwrap();
        let result = narrow.find(&three, rate, &Strides::ungrouped(3));
        assert!(matches!(result, Err(Error::Parameter { name: "band of a phase slope", .. })));
        let flat = vec![(vec![1.0; 100], vec![2.0; 100]); 3];
        assert!(matches!(of(&flat, 0.0), Err(Error::Undefined { .. })));
    }
}
