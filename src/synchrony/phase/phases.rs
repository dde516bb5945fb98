//! Phases of several channels over the same samples.

use super::pairs::{BLOCK, Sums};
use super::{Group, group};
use crate::samples::first_non_finite;
use crate::{Error, Result, Samples};
use alloc::vec::Vec;
use core::f64::consts::TAU;
use core::ops::Range;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

pub(super) const OPERATION: &str = "phase synchrony of channels";

/// Phases of several channels over the same samples, kept as unit vectors.
///
/// From phases found anywhere ([`Phases::from_radians`]), or from the channels themselves by the Hilbert transform
/// (`Phases::of`, with the feature `fft`).
///
/// ```
/// use copeak::synchrony::Phases;
/// use std::f64::consts::TAU;
/// // Two channels an eighth of a cycle apart: locked, and not simultaneous.
/// let first: Vec<f64> = (0..100).map(|i| 0.02 * TAU * i as f64).collect();
/// let second: Vec<f64> = first.iter().map(|p| p - TAU / 8.0).collect();
/// let phases = Phases::from_radians(&[first, second])?;
/// let pair = phases.pair(0, 1)?;
/// assert!((pair.plv - 1.0).abs() < 1e-12 && pair.lag.is_some_and(|lag| (lag - 0.125).abs() < 1e-12));
/// assert!(phases.kuramoto().iter().all(|r| (r - (TAU / 16.0).cos()).abs() < 1e-12));
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Phases {
    channels: usize,
    samples: usize,
    /// Channel after channel.
    pub(super) cos: Vec<f64>,
    pub(super) sin: Vec<f64>,
}

/// How firmly two channels keep their phase difference over the samples of a record.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct PhaseLocking {
    /// Phase locking value, |mean exp(i(phi_a - phi_b))|: 1 locked; for independent phases about 0.89/sqrt(N) of N
    /// *independent* samples, so never 0.
    pub plv: f64,
    /// Pairwise phase consistency (N plv^2 - 1)/(N - 1): 1 locked, 0 to be expected of independent samples; `None` for one
    /// sample.
    pub ppc: Option<f64>,
    /// Mean phase by which the second comes after the first, as a fraction of the cycle in [0, 1); `None` without a
    /// preferred one.
    pub lag: Option<f64>,
    /// Number of samples. Neighbouring ones are not independent: one phase per cycle is
    /// ([`crate::synchrony::locking`]).
    pub n: usize,
}

impl Phases {
    /// From phases in radians, one record per channel, all of one length.
    ///
    /// # Errors
    /// [`Error::TooFew`] without channels or samples, [`Error::LengthMismatch`], [`Error::NonFinite`].
    pub fn from_radians<S: Samples<Item = f64>>(channels: &[S]) -> Result<Self> {
        let samples = checked(channels)?;
        let mut phases = Self::zero(channels.len(), samples);
        let places = phases.cos.chunks_exact_mut(samples).zip(phases.sin.chunks_exact_mut(samples));
        for (channel, (cos, sin)) in channels.iter().zip(places) {
            let channel = channel.to_slice();
            if let Some(index) = first_non_finite(&channel[..]) {
                return Err(Error::NonFinite { operation: OPERATION, index });
            }
            for (phase, (cos, sin)) in channel.iter().zip(cos.iter_mut().zip(sin)) {
                (*sin, *cos) = phase.sin_cos();
            }
        }
        Ok(phases)
    }

    pub(super) fn zero(channels: usize, samples: usize) -> Self {
        let zeros = || alloc::vec![0.0; channels * samples];
        Self { channels, samples, cos: zeros(), sin: zeros() }
    }

    /// Number of channels.
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// Number of samples of each.
    pub fn samples(&self) -> usize {
        self.samples
    }

    pub(super) fn unit(&self, channel: usize) -> (&[f64], &[f64]) {
        let range = channel * self.samples..(channel + 1) * self.samples;
        (&self.cos[range.clone()], &self.sin[range])
    }

    /// The same over a part of the samples.
    ///
    /// # Errors
    /// [`Error::TooFew`] for a range that is empty or leaves the record.
    pub fn cut(&self, range: Range<usize>) -> Result<Self> {
        if range.is_empty() || range.end > self.samples {
            let needed = range.end.max(range.start.saturating_add(1));
            return Err(Error::TooFew { operation: OPERATION, unit: "samples", needed, got: self.samples });
        }
        let part = |all: &[f64]| -> Vec<f64> {
            all.chunks_exact(self.samples).flat_map(|row| &row[range.clone()]).copied().collect()
        };
        let (cos, sin) = (part(&self.cos), part(&self.sin));
        Ok(Self { channels: self.channels, samples: range.len(), cos, sin })
    }

    /// One channel's phases in radians, in (-pi, pi].
    ///
    /// # Errors
    /// [`Error::TooFew`] when there is no such channel.
    pub fn radians(&self, channel: usize) -> Result<Vec<f64>> {
        self.need(channel)?;
        let (cos, sin) = self.unit(channel);
        Ok(sin.iter().zip(cos).map(|(sin, cos)| sin.atan2(*cos)).collect())
    }

    /// How firmly two channels are locked.
    ///
    /// # Errors
    /// [`Error::TooFew`] when there is no such channel.
    #[doc(alias = "phase_locking_value")]
    pub fn pair(&self, a: usize, b: usize) -> Result<PhaseLocking> {
        self.need(a.max(b))?;
        let ((cos_a, sin_a), (cos_b, sin_b)) = (self.unit(a), self.unit(b));
        let mut sums = Sums::new(2);
        self.blocks(|range| {
            sums.add(range.len(), false, |channel, cos, sin| {
                let (from_cos, from_sin) = if channel == 0 { (cos_a, sin_a) } else { (cos_b, sin_b) };
                cos.copy_from_slice(&from_cos[range.clone()]);
                sin.copy_from_slice(&from_sin[range.clone()]);
            });
        });
        Ok(PhaseLocking::new(sums.mean(0, 1, self.samples), self.samples))
    }

    /// Phase locking value of every pair, row after row: symmetric, 1 on the diagonal.
    pub fn plv_matrix(&self) -> Vec<f64> {
        matrix(&self.sums(|_, _| {}), self.channels, self.samples)
    }

    /// Kuramoto's order parameter at each sample, |mean over channels of exp(i phi)|: 1 all at the same phase, about
    /// 0.89/sqrt(k) for k independent channels; 0 when they are spread evenly.
    pub fn kuramoto(&self) -> Vec<f64> {
        let mut order = alloc::vec![0.0; self.samples];
        self.sums(|sums, range| sums.order(false, &mut order[range]));
        order
    }

    /// Cluster phase: how well the group as a whole keeps together, and each member with it.
    pub fn group(&self) -> Group {
        group::of(self)
    }

    fn sums(&self, mut each: impl FnMut(&Sums, Range<usize>)) -> Sums {
        let mut sums = Sums::new(self.channels);
        self.blocks(|range| {
            sums.add(range.len(), false, |channel, cos, sin| {
                let (from_cos, from_sin) = self.unit(channel);
                cos.copy_from_slice(&from_cos[range.clone()]);
                sin.copy_from_slice(&from_sin[range.clone()]);
            });
            each(&sums, range);
        });
        sums
    }

    fn blocks(&self, mut each: impl FnMut(Range<usize>)) {
        for start in (0..self.samples).step_by(BLOCK) {
            each(start..self.samples.min(start + BLOCK));
        }
    }

    fn need(&self, channel: usize) -> Result<()> {
        if channel < self.channels {
            return Ok(());
        }
        Err(Error::TooFew { operation: OPERATION, unit: "channels", needed: channel + 1, got: self.channels })
    }
}

impl PhaseLocking {
    fn new([re, im]: [f64; 2], n: usize) -> Self {
        let plv = re.hypot(im).min(1.0);
        let count = n as f64;
        let ppc = (n > 1).then(|| (count * plv * plv - 1.0) / (count - 1.0));
        // The sum is of a less b: positive when the first is ahead, that is when the second comes later.
        let lag = (plv > 1e-12).then(|| crate::synchrony::wrap(im.atan2(re) / TAU));
        Self { plv, ppc, lag, n }
    }
}

/// Locking values of every pair from their sums.
pub(super) fn matrix(sums: &Sums, channels: usize, samples: usize) -> Vec<f64> {
    let mut values = alloc::vec![1.0; channels * channels];
    matrix_into(sums, channels, samples, &mut values);
    values
}

pub(super) fn matrix_into(sums: &Sums, channels: usize, samples: usize, values: &mut [f64]) {
    for a in 0..channels {
        values[a * channels + a] = 1.0;
        for b in a + 1..channels {
            let [re, im] = sums.mean(a, b, samples);
            let plv = re.hypot(im).min(1.0);
            values[a * channels + b] = plv;
            values[b * channels + a] = plv;
        }
    }
}

/// The length that all channels share.
pub(super) fn checked<S: Samples>(channels: &[S]) -> Result<usize> {
    let too_few = |unit| Error::TooFew { operation: OPERATION, unit, needed: 1, got: 0 };
    let samples = channels.first().ok_or(too_few("channels"))?.len();
    if samples == 0 {
        return Err(too_few("samples"));
    }
    match channels.iter().find(|channel| channel.len() != samples) {
        Some(other) => Err(Error::LengthMismatch { operation: OPERATION, left: samples, right: other.len() }),
        None => Ok(samples),
    }
}
