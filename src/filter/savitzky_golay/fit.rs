//! The first and the last half window, read off the polynomial through a whole one.

use super::gram::Gram;
use crate::samples::Sample;
use alloc::vec::Vec;

/// The best polynomial of a window, and its derivative at the first half's samples.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fit {
    /// Polynomials at each sample of the first half and the middle, row by row.
    values: Vec<f64>,
    /// Their derivatives, the same way, over the polynomials' squares and times the scale.
    derivatives: Vec<f64>,
    polynomials: usize,
    /// Whether the derivative turns the symmetry of every polynomial round.
    odd: bool,
}

impl Fit {
    pub(super) fn new(gram: Gram, derivative: usize, scale: f64) -> Self {
        let half = gram.window / 2;
        let values = (0..=half).flat_map(|k| gram.at(k as f64, 0)).collect();
        let weights = |k: usize| gram.weights(k as f64, derivative);
        let derivatives = (0..half).flat_map(|k| weights(k).into_iter().map(|v| v * scale)).collect();
        Self { values, derivatives, polynomials: gram.degree + 1, odd: derivative % 2 == 1 }
    }

    /// Each polynomial's product with a whole window. By symmetry a pair of samples at the same distance from the
    /// middle is added for the even polynomials and subtracted for the odd ones.
    pub(super) fn products<W: Sample>(&self, window: &[W], out: &mut Vec<W>) {
        let half = window.len() / 2;
        out.clear();
        out.resize(self.polynomials, W::ZERO);
        for (k, row) in self.values.chunks_exact(self.polynomials).enumerate() {
            let (first, last) = (window[k], window[window.len() - 1 - k]);
            let pair = if k == half { [first, W::ZERO] } else { [first + last, first - last] };
            for (n, (out, value)) in out.iter_mut().zip(row).enumerate() {
                *out = *out + pair[n % 2].scaled(*value);
            }
        }
    }

    /// The value `k` samples after the window's first, in the first half.
    pub(super) fn first<W: Sample>(&self, products: &[W], k: usize) -> W {
        let row = &self.derivatives[k * self.polynomials..][..self.polynomials];
        products.iter().zip(row).fold(W::ZERO, |sum, (product, weight)| sum + product.scaled(*weight))
    }

    /// The value `k` samples before the window's last, in the last half.
    pub(super) fn last<W: Sample>(&self, products: &[W], k: usize) -> W {
        let row = &self.derivatives[k * self.polynomials..][..self.polynomials];
        let signed = |n: usize, weight: f64| if (n % 2 == 1) == self.odd { weight } else { -weight };
        let terms = products.iter().zip(row).enumerate();
        terms.fold(W::ZERO, |sum, (n, (product, weight))| sum + product.scaled(signed(n, *weight)))
    }
}
