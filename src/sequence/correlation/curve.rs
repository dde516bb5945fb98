//! A curve made ready: centred, its squares summed, and refused where it has no lag.

use crate::{Error, Real, Result, Samples};

/// A straight line may explain at most this share of a curve's variance.
const MOST_LINEAR: f64 = 0.8;
/// Sums kept side by side, which fill vector lanes. Their number fixes the bits.
const LANES: usize = 8;

/// Copies samples to where they are worked on.
pub(super) fn copy<S>(from: &S, to: &mut [f64])
where
    S: Samples + ?Sized,
    S::Item: Real,
{
    match from.as_contiguous() {
        Some(slice) => to.iter_mut().zip(slice).for_each(|(to, from)| *to = from.wide()),
        None => to.iter_mut().zip(from.iter_samples()).for_each(|(to, from)| *to = from.wide()),
    }
}

/// What decides whether a curve may have a lag.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Moments {
    sum: f64,
    varies: bool,
    /// Sum of squares about the mean.
    pub(super) squares: f64,
    slope: f64,
}

/// Subtracts the mean. To be called where the instructions are chosen.
#[inline(always)]
pub(super) fn centre(x: &mut [f64]) -> Moments {
    let n = x.len() as f64;
    let first = x.first().copied().unwrap_or(0.0);
    let sum = lanes(x, |lane, _, v| *lane += v);
    let mean = sum / n;
    let mut varies = false;
    for v in x.iter_mut() {
        varies |= *v != first;
        *v -= mean;
    }
    let squares = lanes(x, |lane, _, v| *lane += v * v);
    let middle = (n - 1.0) / 2.0;
    let slope = lanes(x, |lane, i, v| *lane += (i - middle) * v);
    Moments { sum, varies, squares, slope }
}

/// A sum over all samples and their indices, in a fixed number of lanes.
#[inline(always)]
fn lanes(x: &[f64], mut add: impl FnMut(&mut f64, f64, f64)) -> f64 {
    let mut lanes = [0.0; LANES];
    let blocks = x.chunks_exact(LANES);
    let rest = blocks.remainder();
    let mut index = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0];
    for block in blocks {
        for l in 0..LANES {
            add(&mut lanes[l], index[l], block[l]);
            index[l] += LANES as f64;
        }
    }
    for (l, v) in rest.iter().enumerate() {
        add(&mut lanes[l], index[l], *v);
    }
    let [a, b, c, d, e, f, g, h] = lanes;
    ((a + e) + (b + f)) + ((c + g) + (d + h))
}

impl Moments {
    /// Refuses a curve of `n` samples that has no lag; `at` reads the curve as it was given.
    pub(super) fn check(&self, operation: &'static str, n: usize, at: impl Fn(usize) -> f64) -> Result<()> {
        if !self.sum.is_finite() {
            if let Some(index) = (0..n).find(|&i| !at(i).is_finite()) {
                return Err(Error::NonFinite { operation, index });
            }
        }
        if !self.varies {
            return Err(Error::Constant { operation });
        }
        let n = n as f64;
        let spread = n * (n * n - 1.0) / 12.0;
        if self.slope * self.slope > MOST_LINEAR * spread * self.squares {
            let reason = "a straight line explains over 80 % of a curve";
            return Err(Error::Undefined { quantity: "a lag", reason });
        }
        Ok(())
    }
}
