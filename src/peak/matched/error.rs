//! How sure a shift against a mean pulse is.

use crate::filter::fir::ImpulseResponse;
use alloc::{vec, vec::Vec};
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Standard error in samples of the shift of a cycle that is this pulse and filtered white noise, where the pulse is the
/// mean of `cycles` such; `None` when the pulse's slope drowns in what noise is left of it.
///
/// The correlation's slope at the true shift is the sum of noise times p', its curvature ||p'||^2. What noise is left in
/// the mean pulse moves the shift and makes it no steeper: it counts in the first and not in the second.
pub(super) fn of_shift(pulse: &[f64], cycles: usize, sigma: f64, response: &ImpulseResponse) -> Option<f64> {
    let n = pulse.len();
    // Round the cycle the response overlaps itself.
    let mut taps = vec![0.0; n];
    for (i, tap) in response.taps().iter().enumerate() {
        taps[(i + n - response.lead() % n) % n] += tap;
    }
    let (slope, of_response) = (difference(pulse), difference(&taps));
    let norm2 = |x: &[f64]| x.iter().map(|v| v * v).sum::<f64>();
    let left = sigma * sigma * n as f64 / cycles as f64;
    let curvature = norm2(&slope) - left * norm2(&of_response);
    let noise2 = norm2(&around(&taps, &slope)) * (1.0 + 1.0 / cycles as f64);
    let se = sigma * noise2.sqrt() / curvature;
    (curvature > 0.0 && se.is_finite() && (se > 0.0 || sigma == 0.0)).then_some(se)
}

/// Central difference round the cycle.
fn difference(x: &[f64]) -> Vec<f64> {
    let n = x.len();
    (0..n).map(|i| 0.5 * (x[(i + 1) % n] - x[(i + n - 1) % n])).collect()
}

/// Correlation of `taps` with `x` round the cycle.
fn around(taps: &[f64], x: &[f64]) -> Vec<f64> {
    let n = x.len();
    let doubled = [x, x].concat();
    let at = |i: usize| taps.iter().zip(&doubled[i..]).filter(|(t, _)| **t != 0.0).map(|(t, v)| t * v).sum();
    (0..n).map(at).collect()
}
