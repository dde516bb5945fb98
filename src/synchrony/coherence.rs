//! Magnitude-squared coherence: the linear dependence of two channels, frequency by frequency.

use crate::samples::first_non_finite;
use crate::{Error, Rate, Result, Samples};
use alloc::sync::Arc;
use alloc::{vec, vec::Vec};
use core::f64::consts::PI;
use realfft::num_complex::Complex64;
use realfft::{RealFftPlanner, RealToComplex};

const OPERATION: &str = "coherence";

/// The window by which each segment is multiplied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum SegmentTaper {
    /// Hann's, periodic, as SciPy's `"hann"` in spectra: (1 - cos(2 pi i/n))/2.
    #[default]
    Hann,
    /// Hann's, symmetric, as `numpy.hanning`: (1 - cos(2 pi i/(n - 1)))/2.
    HannSymmetric,
    /// No window: all ones.
    Boxcar,
}

/// Magnitude-squared coherence by Welch's method: overlapping segments are detrended by their mean and
/// windowed, and their spectra averaged. Equals `scipy.signal.coherence`.
///
/// |mean of X* Y|^2 / (mean |X|^2 mean |Y|^2) at each frequency: 1 when one channel is the other through a fixed filter,
/// whatever its delay. For unrelated channels it is **not** 0 but about 1/segments; see [`CoherenceSpectrum::limit`].
///
/// # Costs and limitations
/// One FFT per segment and channel. One segment gives 1 at every frequency, so at least two are needed; a delay that is not
/// short compared with a segment lowers the value.
///
/// ```
/// use copeak::{Rate, synchrony::Coherence};
/// let noise = |seed: u64| -> Vec<f64> {
///     let mut state = seed;
///     (0..2000).map(|_| { state = state.wrapping_mul(6364136223846793005).wrapping_add(1); (state >> 40) as f64 }).collect()
/// };
/// let (arm, leg) = (noise(1), noise(2));
/// let both: Vec<f64> = arm.iter().zip(&leg).map(|(a, l)| a + 0.1 * l).collect();
/// let coherence = Coherence::new(Rate::from_hz(200.0)?, 100)?;
/// let (related, unrelated) = (coherence.of(&arm, &both)?, coherence.of(&arm, &leg)?);
/// let limit = related.limit(0.95)?;
/// assert!(related.value[10] > 0.9 && limit < 0.15 && unrelated.frequency_hz[1] == 2.0);
/// # Ok::<(), copeak::Error>(())
/// ```
#[doc(alias = "coherence")]
#[doc(alias = "csd")]
#[derive(Clone)]
#[doc(alias = "mscohere")]
#[doc(alias = "welch")]
pub struct Coherence {
    rate: Rate,
    overlap: usize,
    window: Vec<f64>,
    forward: Arc<dyn RealToComplex<f64>>,
}

/// Coherence of a pair of channels.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct CoherenceSpectrum {
    /// Frequencies, from 0 to half the rate.
    pub frequency_hz: Vec<f64>,
    /// Coherence at each, 0 to 1; NaN where a channel has no power.
    pub value: Vec<f64>,
    /// Number of segments averaged.
    pub segments: usize,
    /// Number of segments without overlap of the same precision.
    pub effective_segments: f64,
}

impl Coherence {
    /// Plans segments of `segment` samples that overlap by half, with Hann's window.
    ///
    /// # Errors
    /// [`Error::TooFew`] below two samples.
    pub fn new(rate: Rate, segment: usize) -> Result<Self> {
        if segment < 2 {
            return Err(Error::TooFew {
                operation: OPERATION,
                unit: "samples a segment",
                needed: 2,
                got: segment,
            });
        }
        let forward = RealFftPlanner::new().plan_fft_forward(segment);
        let window = window(SegmentTaper::Hann, segment);
        Ok(Self { rate, overlap: segment / 2, window, forward })
    }

    /// Sets the overlap of segments in samples, less than a segment.
    #[must_use]
    pub fn overlap(self, samples: usize) -> Self {
        Self { overlap: samples, ..self }
    }

    /// Sets the window of segments.
    #[must_use]
    pub fn taper(self, taper: SegmentTaper) -> Self {
        let window = window(taper, self.window.len());
        Self { window, ..self }
    }

    /// Measures the coherence of two channels.
    ///
    /// # Errors
    /// [`Error::Parameter`] unless the overlap is less than a segment, [`Error::LengthMismatch`], [`Error::NonFinite`], [`Error::TooFew`] below two segments.
    pub fn of<S: Samples<Item = f64> + ?Sized>(&self, x: &S, y: &S) -> Result<CoherenceSpectrum> {
        let (x, y) = (x.to_slice(), y.to_slice());
        let spectra = self.spectra(&[&x, &y])?;
        Ok(self.pair(&spectra[0], &spectra[1]))
    }

    /// Measures the coherence of every pair of channels (a, b), a below b: (0, 1), (0, 2), ..., (1, 2), ... Each channel is transformed once.
    ///
    /// # Errors
    /// As [`Coherence::of`].
    pub fn pairs<S: Samples<Item = f64>>(&self, channels: &[S]) -> Result<Vec<CoherenceSpectrum>> {
        let channels: Vec<_> = channels.iter().map(|channel| channel.to_slice()).collect();
        let slices: Vec<&[f64]> = channels.iter().map(|channel| &channel[..]).collect();
        let spectra = self.spectra(&slices)?;
        let pairs = (0..spectra.len()).flat_map(|a| (a + 1..spectra.len()).map(move |b| (a, b)));
        Ok(pairs.map(|(a, b)| self.pair(&spectra[a], &spectra[b])).collect())
    }

    /// Returns for each channel the spectra of its segments, one after the other.
    fn spectra(&self, channels: &[&[f64]]) -> Result<Vec<Vec<Complex64>>> {
        let segment = self.window.len();
        if self.overlap >= segment {
            let (name, rule) = ("overlap", "shorter than a segment");
            return Err(Error::Parameter { name, rule, value: self.overlap as f64 });
        }
        let left = channels.first().map_or(0, |channel| channel.len());
        if let Some(other) = channels.iter().find(|channel| channel.len() != left) {
            return Err(Error::LengthMismatch { operation: OPERATION, left, right: other.len() });
        }
        let needed = 2 * segment - self.overlap;
        if left < needed {
            return Err(Error::TooFew { operation: OPERATION, unit: "samples", needed, got: left });
        }
        let mut scratch = self.forward.make_scratch_vec();
        let (mut record, mut spectrum) = (self.forward.make_input_vec(), self.forward.make_output_vec());
        let mut transformed = |x: &[f64]| {
            if let Some(index) = first_non_finite(x) {
                return Err(Error::NonFinite { operation: OPERATION, index });
            }
            let mut all = Vec::new();
            for part in x.windows(segment).step_by(segment - self.overlap) {
                let mean = part.iter().sum::<f64>() / segment as f64;
                for (place, (x, w)) in record.iter_mut().zip(part.iter().zip(&self.window)) {
                    *place = (x - mean) * w;
                }
                let failed =
                    |_| Error::Undefined { quantity: OPERATION, reason: "the transform refused its buffers" };
                self.forward
                    .process_with_scratch(&mut record, &mut spectrum, &mut scratch)
                    .map_err(failed)?;
                all.extend_from_slice(&spectrum);
            }
            Ok(all)
        };
        channels.iter().map(|x| transformed(x)).collect()
    }

    fn pair(&self, x: &[Complex64], y: &[Complex64]) -> CoherenceSpectrum {
        let bins = self.window.len() / 2 + 1;
        let (mut xx, mut yy, mut xy) = (vec![0.0; bins], vec![0.0; bins], vec![Complex64::default(); bins]);
        for (x, y) in x.chunks_exact(bins).zip(y.chunks_exact(bins)) {
            for k in 0..bins {
                xx[k] += x[k].norm_sqr();
                yy[k] += y[k].norm_sqr();
                xy[k] += x[k].conj() * y[k];
            }
        }
        let ratio = |k: usize| xy[k].norm_sqr() / (xx[k] * yy[k]);
        let value = (0..bins).map(ratio).map(|c| if c > 1.0 { 1.0 } else { c }).collect();
        let step = self.rate.as_hz() / self.window.len() as f64;
        let segments = x.len() / bins;
        CoherenceSpectrum {
            frequency_hz: (0..bins).map(|k| k as f64 * step).collect(),
            value,
            segments,
            effective_segments: self.effective(segments),
        }
    }

    /// Returns the number of independent segments of the same precision. Overlapping segments share samples, so their spectra correlate by the squared correlation of the window with itself,
    /// shifted (Welch 1967, doi:10.1109/TAU.1967.1161901).
    fn effective(&self, segments: usize) -> f64 {
        let (window, step) = (&self.window, self.window.len() - self.overlap);
        let power: f64 = window.iter().map(|w| w * w).sum();
        let count = segments as f64;
        let mut share = 1.0;
        for (k, shift) in (step..window.len()).step_by(step).enumerate() {
            let product: f64 = window[shift..].iter().zip(window).map(|(a, b)| a * b).sum();
            share += 2.0 * (1.0 - (k as f64 + 1.0) / count).max(0.0) * (product / power).powi(2);
        }
        count / share
    }
}

impl core::fmt::Debug for Coherence {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Coherence")
            .field("rate", &self.rate)
            .field("segment", &self.window.len())
            .field("overlap", &self.overlap)
            .finish_non_exhaustive()
    }
}

impl CoherenceSpectrum {
    /// Returns the limit that the coherence of unrelated channels stays below at any one frequency with probability `level`: 1 - (1 - level)^(1/(L - 1)) with L
    /// the effective number of segments (Rosenberg et al. 1989, doi:10.1016/0079-6107(89)90004-7).
    ///
    /// It holds for Gaussian channels. One frequency in twenty exceeds the 95 % limit by chance: test one frequency chosen
    /// beforehand, or raise the level for the number of frequencies.
    ///
    /// # Errors
    /// [`Error::Parameter`] for a level outside (0, 1).
    pub fn limit(&self, level: f64) -> Result<f64> {
        let level = crate::inference::checked_level(level)?;
        Ok(1.0 - (1.0 - level).powf(1.0 / (self.effective_segments - 1.0)))
    }
}

fn window(taper: SegmentTaper, length: usize) -> Vec<f64> {
    let hann = |period: usize| {
        (0..length).map(|i| 0.5 - 0.5 * (2.0 * PI * i as f64 / period as f64).cos()).collect()
    };
    match taper {
        SegmentTaper::Hann => hann(length),
        SegmentTaper::HannSymmetric => hann(length - 1),
        SegmentTaper::Boxcar => vec![1.0; length],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inference::draw::Draws;

    /// Unrelated white noise exceeds the limit with the probability documented, with and without overlap.
    #[test]
    fn the_limit_holds_its_level() {
        let rate = Rate::from_hz(100.0).unwrap();
        for (segment, overlap) in [(32, 0), (32, 16), (32, 24)] {
            let coherence = Coherence::new(rate, segment).unwrap().overlap(overlap);
            let mut draws = Draws::new(overlap as u64);
            let mut noise = || (0..320).map(|_| draws.normal()).collect::<Vec<_>>();
            let sessions = 4000;
            let above = (0..sessions)
                .filter(|_| {
                    let spectrum = coherence.of(&noise(), &noise()).unwrap();
                    spectrum.value[7] > spectrum.limit(0.95).unwrap()
                })
                .count();
            let share = above as f64 / f64::from(sessions);
            assert!((0.035..=0.065).contains(&share), "overlap {overlap}: {share}");
        }
    }

    #[test]
    fn short_segments_and_records_uneven_channels_and_overlaps_of_a_segment_are_refused() {
        let rate = Rate::from_hz(100.0).unwrap();
        assert!(matches!(Coherence::new(rate, 1), Err(Error::TooFew { .. })));
        let coherence = Coherence::new(rate, 8).unwrap();
        let overlapped = coherence.clone().overlap(8).of(&[0.0; 16], &[0.0; 16]);
        assert!(matches!(overlapped, Err(Error::Parameter { name: "overlap", .. })));
        assert!(matches!(coherence.of(&[0.0; 11], &[0.0; 11]), Err(Error::TooFew { needed: 12, .. })));
        assert!(matches!(coherence.of(&[0.0; 12][..], &[0.0; 13]), Err(Error::LengthMismatch { .. })));
        let spectrum = coherence.of(&[0.0; 16], &[0.0; 16]).unwrap();
        assert!(spectrum.value.iter().all(|v| v.is_nan()) && spectrum.limit(1.0).is_err());
        assert!(coherence.pairs::<Vec<f64>>(&[]).is_err());
    }
}
