//! Ordinary least squares on a few columns.

use alloc::{vec, vec::Vec};
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// A column of which less than this share is left beside the columns before it says nothing of its own.
const LEAST_REST: f64 = 1e-9;

/// An orthonormal basis of some columns, by Gram-Schmidt done twice.
#[derive(Debug, Clone, Default)]
pub(super) struct Basis {
    rows: usize,
    columns: Vec<Vec<f64>>,
}

impl Basis {
    pub(super) fn new(rows: usize) -> Self {
        Self { rows, columns: Vec::new() }
    }

    /// ChannelSource up a column; false, and nothing taken, when the columns before it already make it up.
    #[must_use]
    pub(super) fn take(&mut self, column: &[f64]) -> bool {
        let mut rest = column.to_vec();
        self.remove_from(&mut rest);
        let size = dot(&rest, &rest).sqrt();
        if size.is_nan() || size <= LEAST_REST * dot(column, column).sqrt() {
            return false;
        }
        rest.iter_mut().for_each(|v| *v /= size);
        self.columns.push(rest);
        true
    }

    /// Number of columns.
    pub(super) fn len(&self) -> usize {
        self.columns.len()
    }

    /// What of `y` the columns do not make up.
    pub(super) fn rest(&self, y: &[f64]) -> Vec<f64> {
        let mut rest = y.to_vec();
        self.remove_from(&mut rest);
        rest
    }

    fn remove_from(&self, y: &mut [f64]) {
        for _ in 0..2 {
            for column in &self.columns {
                let along = dot(column, y);
                y.iter_mut().zip(column).for_each(|(y, c)| *y -= along * c);
            }
        }
    }

    /// Sum of squares that is left of `y`.
    pub(super) fn rest_squares(&self, y: &[f64]) -> f64 {
        let made_up: f64 = self.columns.iter().map(|column| dot(column, y).powi(2)).sum();
        (dot(y, y) - made_up).max(0.0)
    }

    /// How much each row takes part in its own fitted value.
    pub(super) fn leverages(&self) -> Vec<f64> {
        let mut sums = vec![0.0; self.rows];
        for column in &self.columns {
            sums.iter_mut().zip(column).for_each(|(sum, c)| *sum += c * c);
        }
        sums
    }

    /// Root mean square of what is missed in each row when the rest is fitted without it; `None` when a row is fitted by
    /// itself alone.
    pub(super) fn leave_one_out(&self, residuals: &[f64]) -> Option<f64> {
        let missed = residuals.iter().zip(self.leverages());
        let squares = missed.map(|(e, h)| (1.0 - h > LEAST_REST).then(|| (e / (1.0 - h)).powi(2)));
        let sum: Option<f64> = squares.sum();
        sum.map(|sum| (sum / residuals.len() as f64).sqrt())
    }
}

pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The values less their mean, over their standard deviation where they vary: spans the same beside a constant, without
/// the rounding that a square of large numbers brings.
pub(super) fn standardised(values: &[f64]) -> Vec<f64> {
    let (mean, variance) = crate::math::moments(values);
    let scale = if variance > 0.0 { variance.sqrt() } else { 1.0 };
    values.iter().map(|v| (v - mean) / scale).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_fitted_and_left_out() {
        let mut basis = Basis::new(4);
        assert!(basis.take(&[1.0; 4]) && basis.take(&[0.0, 1.0, 2.0, 3.0]));
        assert!(!basis.take(&[5.0, 7.0, 9.0, 11.0]) && basis.len() == 2);
        let y = [1.0, 2.0, 2.0, 4.0];
        let rest = basis.rest(&y);
        let expected = [0.1, 0.2, -0.7, 0.4]; // of the line 0.9 + 0.9 t
        assert!(rest.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12), "{rest:?}");
        assert!((basis.rest_squares(&y) - dot(&rest, &rest)).abs() < 1e-12);
        assert!((basis.leverages().iter().sum::<f64>() - 2.0).abs() < 1e-12);
        // Without the first, the line through (1, 2), (2, 2), (3, 4) misses it by 1 - 2/3.
        let first = rest[0] / (1.0 - basis.leverages()[0]);
        assert!((first - (1.0 - 2.0 / 3.0)).abs() < 1e-12, "{first}");
    }
}
