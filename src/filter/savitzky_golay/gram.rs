//! Polynomials that are orthogonal over the samples of a window (Gram, or discrete Chebyshev polynomials).

use alloc::{vec, vec::Vec};

/// The polynomials over `window` samples, up to a degree.
///
/// Q_0 = 1, (n + 1)(N - 1 - n) Q_(n+1)(x) = (2n + 1)(N - 1 - 2x) Q_n(x) - n (N + n) Q_(n-1)(x), so that Q_n(0) = 1; they are
/// the Hahn polynomials with both parameters 0 (NIST Digital Library of Mathematical Functions, 18.19 to 18.22).
#[derive(Debug, Clone, Copy)]
pub(super) struct Gram {
    pub(super) window: usize,
    pub(super) degree: usize,
}

impl Gram {
    /// The `derivative`-th derivatives of all polynomials at `x`, which need not be a whole number.
    pub(super) fn at(&self, x: f64, derivative: usize) -> Vec<f64> {
        let last = self.window as f64 - 1.0;
        // One row per polynomial: its derivatives from the 0th on.
        let mut rows = vec![vec![0.0; derivative + 1]; self.degree + 1];
        rows[0][0] = 1.0;
        for n in 0..self.degree {
            let k = n as f64;
            let (of, down) = ((2.0 * k + 1.0) * (last - 2.0 * x), k * (last + 1.0 + k));
            for r in 0..=derivative {
                let product = if r == 0 { 0.0 } else { 2.0 * r as f64 * (2.0 * k + 1.0) * rows[n][r - 1] };
                let before = if n == 0 { 0.0 } else { down * rows[n - 1][r] };
                rows[n + 1][r] = (of * rows[n][r] - product - before) / ((k + 1.0) * (last - k));
            }
        }
        rows.iter().map(|row| row[derivative]).collect()
    }

    /// Sum of Q_n squared over the window, for every n.
    pub(super) fn squares(&self) -> Vec<f64> {
        let size = self.window as f64;
        let mut square = size;
        (0..=self.degree)
            .map(|n| {
                let k = n as f64;
                if n > 0 {
                    square *= (2.0 * k - 1.0) / (2.0 * k + 1.0) * ((size + k) / (size - k));
                }
                square
            })
            .collect()
    }

    /// What each polynomial weighs in the `derivative`-th derivative at `x` of the polynomial that fits best: the filter's
    /// coefficient for sample k is the sum of weight times Q_n(k).
    pub(super) fn weights(&self, x: f64, derivative: usize) -> Vec<f64> {
        self.at(x, derivative).iter().zip(self.squares()).map(|(value, square)| value / square).collect()
    }

    /// The weighted sum of the polynomials at `x`.
    pub(super) fn sum(&self, weights: &[f64], x: f64) -> f64 {
        weights.iter().zip(self.at(x, 0)).map(|(weight, value)| weight * value).sum()
    }

    /// The weighted sum as a sum over m of a factor times "k choose m", from the window's beginning.
    ///
    /// Q_n(k) = sum over m of (-1)^m (n over m)(n + m over m) m! / ((N-1)(N-2)...(N-m)) (k over m): no differences are taken,
    /// so the small factors of a long window are as exact as the others.
    pub(super) fn binomial(&self, weights: &[f64]) -> Vec<f64> {
        let mut factors = vec![0.0; self.degree + 1];
        for (n, weight) in weights.iter().enumerate() {
            let mut factor = *weight;
            for (m, sum) in factors.iter_mut().enumerate().take(n + 1) {
                *sum += factor;
                // From (n over m)(n + m over m) m!/... to the one for m + 1.
                let (n, m) = (n as f64, m as f64);
                factor *= -(n - m) * (n + m + 1.0) / ((m + 1.0) * (self.window as f64 - 1.0 - m));
            }
        }
        factors
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_orthogonal() {
        let gram = Gram { window: 21, degree: 6 };
        let rows: Vec<Vec<f64>> = (0..21).map(|k| gram.at(f64::from(k), 0)).collect();
        for (n, square) in gram.squares().into_iter().enumerate() {
            for m in 0..=6 {
                let product: f64 = rows.iter().map(|row| row[n] * row[m]).sum();
                let expected = if n == m { square } else { 0.0 };
                assert!((product - expected).abs() < 1e-13 * square, "{n} {m}: {product}");
            }
        }
    }

    #[test]
    fn the_binomial_form_is_the_same_polynomial() {
        let gram = Gram { window: 51, degree: 5 };
        let weights = gram.weights(25.0, 1);
        let factors = gram.binomial(&weights);
        for k in 0..13 {
            let mut choose = 1.0;
            let mut sum = 0.0;
            for (m, factor) in factors.iter().enumerate() {
                sum += factor * choose;
                choose *= f64::from(k - m as i32) / (m as f64 + 1.0);
            }
            let expected = gram.sum(&weights, f64::from(k));
            assert!((sum - expected).abs() < 1e-16, "{k}: {sum} {expected}");
        }
    }
}
