//! The same sums of products by Fourier transforms, for long curves.

use alloc::{sync::Arc, vec, vec::Vec};
use core::fmt;
use realfft::num_complex::Complex;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};

/// Transforms of one length, with their buffers.
#[derive(Clone)]
pub(super) struct Spectrum {
    forward: Arc<dyn RealToComplex<f64>>,
    inverse: Arc<dyn ComplexToReal<f64>>,
    length: usize,
    time: Vec<f64>,
    first: Vec<Complex<f64>>,
    second: Vec<Complex<f64>>,
    scratch: Vec<Complex<f64>>,
}

impl fmt::Debug for Spectrum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Spectrum").field("length", &self.length).finish_non_exhaustive()
    }
}

impl Spectrum {
    /// For curves of `n` samples and lags up to `lags` either way; circular curves come round after `n`.
    pub(super) fn new(n: usize, lags: usize, circular: bool) -> Self {
        let length = if circular { n } else { quick_length(n + lags) };
        let mut planner = RealFftPlanner::new();
        let (forward, inverse) = (planner.plan_fft_forward(length), planner.plan_fft_inverse(length));
        let scratch = forward.get_scratch_len().max(inverse.get_scratch_len());
        Self {
            time: vec![0.0; length],
            first: forward.make_output_vec(),
            second: forward.make_output_vec(),
            scratch: vec![Complex::default(); scratch],
            forward,
            inverse,
            length,
        }
    }

    /// Returns whether a circle of `n` samples has a fast transform.
    pub(super) fn quick_circle(n: usize) -> bool {
        smooth(n)
    }

    /// `out[j]` = sum over i of `a[i] b[i + j - lags]`, `b` being 0 beyond its ends, or coming round.
    pub(super) fn products(&mut self, a: &[f64], b: &[f64], lags: usize, out: &mut [f64]) {
        for (curve, into) in [(a, &mut self.first), (b, &mut self.second)] {
            self.time[..curve.len()].copy_from_slice(curve);
            self.time[curve.len()..].fill(0.0);
            // The lengths are those of the plan; any other error is impossible.
            let done = self.forward.process_with_scratch(&mut self.time, into, &mut self.scratch);
            debug_assert!(done.is_ok());
        }
        let scale = 1.0 / self.length as f64;
        for (a, b) in self.first.iter_mut().zip(&self.second) {
            *a = a.conj() * b * scale;
        }
        // A rounding remainder there does not belong to a real curve's spectrum.
        if let Some(end) = self.first.first_mut() {
            end.im = 0.0;
        }
        if self.length % 2 == 0 {
            if let Some(end) = self.first.last_mut() {
                end.im = 0.0;
            }
        }
        let done = self.inverse.process_with_scratch(&mut self.first, &mut self.time, &mut self.scratch);
        debug_assert!(done.is_ok());
        let negative = lags.min(out.len());
        out[..negative].copy_from_slice(&self.time[self.length - lags..][..negative]);
        let positive = out.len() - negative;
        out[negative..].copy_from_slice(&self.time[..positive]);
    }
}

/// Returns the next length from `least` on with a fast transform: a multiple of 16 with the prime factors 2, 3 and 5.
fn quick_length(least: usize) -> usize {
    let mut length = least.div_ceil(16) * 16;
    while !smooth(length) {
        length += 16;
    }
    length
}

/// Returns whether `n` has only the prime factors 2, 3 and 5.
fn smooth(mut n: usize) -> bool {
    for factor in [2, 3, 5] {
        while n > 0 && n % factor == 0 {
            n /= factor;
        }
    }
    n == 1
}
