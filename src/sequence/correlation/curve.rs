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
    match from.as_slice() {
        Some(slice) => to.iter_mut().zip(slice).for_each(|(to, from)| *to = from.as_f64()),
        None => to.iter_mut().zip(from.iter_samples()).for_each(|(to, from)| *to = from.as_f64()),
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
    let (mean, middle) = (sum(x) / n, (n - 1.0) / 2.0);
    let first = x.first().copied().unwrap_or(0.0);
    let (mut squares, mut slopes, mut apart) = ([0.0; LANES], [0.0; LANES], [0.0; LANES]);
    let mut place = core::array::from_fn::<f64, LANES, _>(|l| l as f64 - middle);
    let mut add = |l: usize, v: &mut f64| {
        let off = (*v - first).abs();
        apart[l] = if off > apart[l] { off } else { apart[l] };
        *v -= mean;
        squares[l] += *v * *v;
        slopes[l] += place[l] * *v;
        place[l] += LANES as f64;
    };
    let mut blocks = x.chunks_exact_mut(LANES);
    for block in &mut blocks {
        for (l, v) in block.iter_mut().enumerate() {
            add(l, v);
        }
    }
    for (l, v) in blocks.into_remainder().iter_mut().enumerate() {
        add(l, v);
    }
    Moments {
        sum: mean * n,
        varies: apart.iter().any(|apart| *apart > 0.0),
        squares: together(squares),
        slope: together(slopes),
    }
}

/// The sum of all samples.
#[inline(always)]
fn sum(x: &[f64]) -> f64 {
    let mut lanes = [0.0; LANES];
    let blocks = x.chunks_exact(LANES);
    let rest = blocks.remainder();
    for block in blocks {
        for l in 0..LANES {
            lanes[l] += block[l];
        }
    }
    lanes.iter_mut().zip(rest).for_each(|(lane, v)| *lane += v);
    together(lanes)
}

#[inline(always)]
fn together([a, b, c, d, e, f, g, h]: [f64; LANES]) -> f64 {
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
