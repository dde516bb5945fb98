//! Phases by the Hilbert transform, and locking and order of many channels in reused memory.

use super::super::analytic::Hilbert;
use super::{BLOCK, OPERATION, Phases, Sums, checked, matrix_into};
use crate::simd::{self, Kernel, Transpose};
use crate::{Error, Result, Samples};
use alloc::{vec, vec::Vec};

impl Phases {
    /// Computes the phases of channels by the Hilbert transform of each, unchanged: remove the mean, and components slower or
    /// faster than the cycle, before. [`Analytic`](crate::synchrony::Analytic) describes the errors at the ends.
    ///
    /// # Errors
    /// [`Error::TooFew`] without channels or samples, [`Error::LengthMismatch`], [`Error::NonFinite`].
    pub fn of<S: Samples<Item = f64>>(channels: &[S]) -> Result<Self> {
        let samples = checked(channels)?;
        let mut hilbert = Hilbert::new(samples)?;
        let mut turned = vec![0.0; samples];
        let mut phases = Self::zero(channels.len(), samples);
        let places = phases.cos.chunks_exact_mut(samples).zip(phases.sin.chunks_exact_mut(samples));
        for (channel, (cos, sin)) in channels.iter().zip(places) {
            let channel = channel.to_slice();
            hilbert.transform_into(&channel, &mut turned)?;
            normalise(false, &channel, &turned, cos, sin);
        }
        Ok(phases)
    }
}

/// The phase locking value of every pair of channels and their Kuramoto order parameter, for many records of one size, in reused
/// memory.
///
/// Equals [`Phases::of`] with [`Phases::plv_matrix`] and [`Phases::kuramoto`], to rounding. Phases are not stored: each block of samples goes from Hilbert transform to sums while it is in the cache.
///
/// # Costs and limitations
/// Two real FFTs per channel and four multiplications per pair and sample; memory for one transformed copy of the channels.
///
/// ```
/// use copeak::synchrony::phase::PhasePlan;
/// let wave = |lag: f64| (0..500).map(|i| (0.02 * i as f64 * std::f64::consts::TAU - lag).sin()).collect::<Vec<_>>();
/// let (first, second) = (wave(0.0), wave(1.0));
/// let mut plan = PhasePlan::new(2, 500)?;
/// let (mut plv, mut order) = ([0.0; 4], [0.0; 500]);
/// plan.measure_into(&[&first, &second], &mut plv, &mut order)?;
/// assert!((plv[1] - 1.0).abs() < 1e-12 && (order[250] - 0.5f64.cos()).abs() < 1e-12);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct PhasePlan {
    hilbert: Hilbert,
    channels: usize,
    turned: Vec<f64>,
    sums: Sums,
    baseline_only: bool,
}

impl PhasePlan {
    /// Plans for records of `channels` channels with `samples` samples each.
    ///
    /// # Errors
    /// [`Error::TooFew`] when either is 0.
    pub fn new(channels: usize, samples: usize) -> Result<Self> {
        if channels == 0 {
            return Err(Error::TooFew { operation: OPERATION, unit: "channels", needed: 1, got: 0 });
        }
        let hilbert = Hilbert::new(samples)?;
        let turned = vec![0.0; channels * samples];
        Ok(Self { hilbert, channels, turned, sums: Sums::new(channels), baseline_only: false })
    }

    /// Restricts the plan to the baseline instructions: the same bits, slower on machines that have better ones.
    #[must_use]
    pub fn baseline_only(self) -> Self {
        Self { baseline_only: true, ..self }
    }

    /// Writes the locking value of every pair to `plv`, row after row, and the order parameter of every sample to `order`.
    /// Does not allocate.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] for channels, `plv` or `order` of another size than planned, [`Error::NonFinite`].
    pub fn measure_into(&mut self, channels: &[&[f64]], plv: &mut [f64], order: &mut [f64]) -> Result<()> {
        let (count, samples) = (self.channels, self.hilbert.len());
        let sizes = [(count, channels.len()), (count * count, plv.len()), (samples, order.len())];
        if let Some((left, right)) = sizes.into_iter().find(|(planned, got)| planned != got) {
            return Err(Error::LengthMismatch { operation: OPERATION, left, right });
        }
        for (channel, turned) in channels.iter().zip(self.turned.chunks_exact_mut(samples)) {
            self.hilbert.transform_into(channel, turned)?;
        }
        let (baseline_only, turned) = (self.baseline_only, &self.turned);
        self.sums.clear();
        for (block, order) in order.chunks_mut(BLOCK).enumerate() {
            let range = block * BLOCK..block * BLOCK + order.len();
            self.sums.add(order.len(), baseline_only, |channel, cos, sin| {
                let turned = &turned[channel * samples..(channel + 1) * samples];
                normalise(baseline_only, &channels[channel][range.clone()], &turned[range.clone()], cos, sin);
            });
            self.sums.order(baseline_only, order);
        }
        matrix_into(&self.sums, count, samples, plv);
        Ok(())
    }
}

/// Writes the unit vectors of the directions of (x, h); that of a vector of length 0 is (1, 0).
fn normalise(baseline_only: bool, x: &[f64], h: &[f64], cos: &mut [f64], sin: &mut [f64]) {
    simd::run(baseline_only, Normalise { x, h, cos, sin });
}

struct Normalise<'a> {
    x: &'a [f64],
    h: &'a [f64],
    cos: &'a mut [f64],
    sin: &'a mut [f64],
}

impl Kernel for Normalise<'_> {
    #[inline(always)]
    fn run<T: Transpose>(self, _: T) {
        let n = self.x.len();
        let (h, cos, sin) = (&self.h[..n], &mut self.cos[..n], &mut self.sin[..n]);
        for t in 0..n {
            let (x, h) = (self.x[t], h[t]);
            let square = x * x + h * h;
            let inverse = 1.0 / square.sqrt();
            let still = square == 0.0;
            cos[t] = if still { 1.0 } else { x * inverse };
            sin[t] = if still { 0.0 } else { h * inverse };
        }
    }
}
