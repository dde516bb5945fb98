//! The slope at each knot, which makes the curve.

use super::Interpolation;
use crate::samples::Sample;
use alloc::vec::Vec;

/// Memory that the spline's equations use again.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct SlopeScratch {
    upper: Vec<f64>,
}

impl SlopeScratch {
    pub(in crate::filter) fn with_capacity(knots: usize) -> Self {
        Self { upper: Vec::with_capacity(knots) }
    }
}

impl Interpolation {
    /// The slopes at knots `width(i)` apart, at least two of them; none for straight lines. `even`: every width is 1.
    pub(crate) fn slopes<W: Sample>(
        self,
        even: bool,
        width: impl Fn(usize) -> f64,
        y: &[W],
        slopes: &mut Vec<W>,
        scratch: &mut SlopeScratch,
    ) {
        slopes.clear();
        let secant = |i: usize| (y[i + 1] - y[i]).scaled(1.0 / width(i));
        match (self, y.len()) {
            (Self::Linear, _) => {}
            (_, 2) => slopes.resize(2, secant(0)),
            (Self::Pchip, n) => monotone(n, &width, secant, slopes),
            (Self::Cubic, 3) => parabola(&width, secant, slopes),
            (Self::Cubic, n) => spline((n, even), &width, secant, slopes, &mut scratch.upper, End::NotAKnot),
            (Self::NaturalCubic, n) => {
                spline((n, even), &width, secant, slopes, &mut scratch.upper, End::Natural)
            }
        }
    }
}

/// Fritsch & Butland's weighted harmonic means.
fn monotone<W: Sample>(
    n: usize,
    width: impl Fn(usize) -> f64,
    secant: impl Fn(usize) -> W,
    out: &mut Vec<W>,
) {
    let end = |near: (f64, W), next: (f64, W)| {
        W::from_channels(|c| one_sided(near.0, next.0, near.1.channel(c), next.1.channel(c)))
    };
    let (mut left_width, mut left) = (width(0), secant(0));
    out.push(end((left_width, left), (width(1), secant(1))));
    for i in 1..n - 1 {
        let (right_width, right) = (width(i), secant(i));
        let (w_left, w_right) = (2.0 * right_width + left_width, right_width + 2.0 * left_width);
        out.push(W::from_channels(|c| {
            let (a, b) = (left.channel(c), right.channel(c));
            if (a > 0.0 && b > 0.0) || (a < 0.0 && b < 0.0) {
                (w_left + w_right) / (w_left / a + w_right / b)
            } else {
                0.0
            }
        }));
        (left_width, left) = (right_width, right);
    }
    out.push(end((left_width, left), (width(n - 3), secant(n - 3))));
}

/// The three-point slope at an end, kept from overshooting.
fn one_sided(h0: f64, h1: f64, m0: f64, m1: f64) -> f64 {
    let sign = |v: f64| {
        if v > 0.0 {
            1
        } else if v < 0.0 {
            -1
        } else {
            0
        }
    };
    let slope = ((2.0 * h0 + h1) * m0 - h0 * m1) / (h0 + h1);
    if sign(slope) != sign(m0) {
        0.0
    } else if sign(m0) != sign(m1) && slope.abs() > 3.0 * m0.abs() {
        3.0 * m0
    } else {
        slope
    }
}

fn parabola<W: Sample>(width: impl Fn(usize) -> f64, secant: impl Fn(usize) -> W, out: &mut Vec<W>) {
    let (h0, h1, m0, m1) = (width(0), width(1), secant(0), secant(1));
    let bend = (m1 - m0).scaled(1.0 / (h0 + h1));
    out.extend([m0 - bend.scaled(h0), m0 + bend.scaled(h0), m1 + bend.scaled(h1)]);
}

#[derive(Clone, Copy, PartialEq)]
enum End {
    NotAKnot,
    Natural,
}

/// The tridiagonal equations of the spline, eliminated once down and once up. Its pivots are positive for either end.
///
/// On even knots the pivots soon stop changing to the last bit; from there no division is left, and nothing is kept of
/// them.
fn spline<W: Sample>(
    (n, even): (usize, bool),
    width: impl Fn(usize) -> f64,
    secant: impl Fn(usize) -> W,
    out: &mut Vec<W>,
    upper: &mut Vec<f64>,
    end: End,
) {
    upper.clear();
    // Of an end, seen from it: own coefficient, the neighbour's, and the right side.
    let edge = |h0: f64, h1: f64, m0: W, m1: W| match end {
        End::NotAKnot => {
            let both = h0 + h1;
            (h1, both, (m0.scaled((h0 + 2.0 * both) * h1) + m1.scaled(h0 * h0)).scaled(1.0 / both))
        }
        End::Natural => (2.0, 1.0, m0.scaled(3.0)),
    };
    let (mut h0, mut m0) = (width(0), secant(0));
    let (own, next, right) = edge(h0, width(1), m0, secant(1));
    let mut ratio = next / own;
    let mut before = right.scaled(1.0 / own);
    upper.push(ratio);
    out.push(before);
    // What the last pivot was made of, and what it gave.
    let mut last = ((f64::NAN, f64::NAN, f64::NAN), (0.0, 0.0));
    let mut i = 1;
    while i < n - 1 {
        let (h1, m1) = (width(i), secant(i));
        let made_of = (h0, h1, ratio);
        if last.0 == made_of && even {
            break;
        }
        if last.0 != made_of {
            let pivot = 1.0 / (2.0 * (h0 + h1) - h1 * ratio);
            last = (made_of, (pivot, h0 * pivot));
        }
        let (pivot, above) = last.1;
        let right = m0.scaled(3.0 * h1) + m1.scaled(3.0 * h0);
        before = (right - before.scaled(h1)).scaled(pivot);
        ratio = above;
        upper.push(ratio);
        out.push(before);
        (h0, m0) = (h1, m1);
        i += 1;
    }
    let (pivot, _) = last.1;
    out.extend((i..n - 1).map(|i| {
        let m1 = secant(i);
        before = (m0.scaled(3.0) + m1.scaled(3.0) - before).scaled(pivot);
        m0 = m1;
        before
    }));
    let (own, next, right) = edge(h0, width(n - 3), m0, secant(n - 3));
    let mut after = (right - before.scaled(next)).scaled(1.0 / (own - next * ratio));
    out.push(after);
    let (changing, settled) = out.split_at_mut(upper.len());
    for slope in settled.iter_mut().rev().skip(1) {
        after = *slope - after.scaled(ratio);
        *slope = after;
    }
    for (slope, ratio) in changing.iter_mut().zip(&*upper).rev() {
        after = *slope - after.scaled(*ratio);
        *slope = after;
    }
}
