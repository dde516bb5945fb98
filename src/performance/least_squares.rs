//! Ordinary least squares on a few columns.

use alloc::{vec, vec::Vec};
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// A column of which a smaller fraction is independent of the columns before it is not used.
const LEAST_REST: f64 = 1e-9;

/// An orthonormal basis of some columns, by Gram-Schmidt with reorthogonalization.
#[derive(Debug, Clone, Default)]
pub(super) struct Basis {
    rows: usize,
    columns: Vec<Vec<f64>>,
}

impl Basis {
    pub(super) fn new(rows: usize) -> Self {
        Self { rows, columns: Vec::new() }
    }

    /// Adds a column; false, without adding, when it is a combination of the columns before it.
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

    /// Residual of `y` after projection on the columns.
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

    /// Sum of squares of that residual.
    pub(super) fn rest_squares(&self, y: &[f64]) -> f64 {
        let projected: f64 = self.columns.iter().map(|column| dot(column, y).powi(2)).sum();
        (dot(y, y) - projected).max(0.0)
    }

    /// Leverage of each row.
    pub(super) fn leverages(&self) -> Vec<f64> {
        let mut sums = vec![0.0; self.rows];
        for column in &self.columns {
            sums.iter_mut().zip(column).for_each(|(sum, c)| *sum += c * c);
        }
        sums
    }

    /// Root mean square error of each row predicted by a fit without it; `None` when a row alone determines its fitted value.
    pub(super) fn leave_one_out(&self, residuals: &[f64]) -> Option<f64> {
        let errors = residuals.iter().zip(self.leverages());
        let squares = errors.map(|(e, h)| (1.0 - h > LEAST_REST).then(|| (e / (1.0 - h)).powi(2)));
        let sum: Option<f64> = squares.sum();
        sum.map(|sum| (sum / residuals.len() as f64).sqrt())
    }
}

pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The values minus their mean, over their standard deviation where they vary: with a constant column they span the same space,
/// without the rounding errors of large squares.
pub(super) fn standardised(values: &[f64]) -> Vec<f64> {
    let (mean, variance) = crate::math::moments(values);
    let scale = if variance > 0.0 { variance.sqrt() } else { 1.0 };
    values.iter().map(|v| (v - mean) / scale).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_residuals_and_leverages() {
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
