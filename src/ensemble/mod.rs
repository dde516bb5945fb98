//! Curves of many strides: the mean with a band around it, and where two groups of curves differ.
//!
//! Cut the curves with [`crate::stride::normalize`] or [`crate::stride::Landmarks`]; [`crate::stride::Ensemble`] has their mean
//! and standard deviation. The unit is the stride: average a left and a right step first, or treat each side separately.
//!
//! Two curves that differ at a point may differ in height or in timing there: this module does not distinguish the two
//! ([`DriveGrid::shortfall`](crate::convergence::DriveGrid::shortfall) does).
//!
#![doc = include_str!("../guide/figures.html")]
#![doc = include_str!("../../docs/bands.svg")]
//!
//! ```
//! use copeak::ensemble::{CurveBand, CurveTest};
//! // Ten strides before and ten after, the later ones 3 degrees more flexed around 60 %.
//! let stride = |n: i32, more: f64| -> Vec<f64> {
//!     let bump = |i: i32| (-0.5 * (f64::from(i - 60) / 8.0).powi(2)).exp();
//!     (0..101).map(|i| 40.0 + f64::from((n * 7) % 5 - 2) + (20.0 + more) * bump(i)).collect()
//! };
//! let before: Vec<_> = (0..10).map(|n| stride(n, 0.0)).collect();
//! let after: Vec<_> = (0..10).map(|n| stride(n + 3, 3.0)).collect();
//! let band = CurveBand::new(1).of(&before)?;
//! let whole = band.simultaneous.unwrap();
//! assert_eq!(format!("{:.1} [{:.1}, {:.1}]", band.mean[60], whole.low[60], whole.high[60]), "60.0 [58.9, 61.1]");
//! let test = CurveTest::new(1).independent(&after, &before)?;
//! let region = &test.regions[0];
//! assert_eq!(format!("differ from {} to {} %, p {:.4}", region.start, region.end, region.p), "differ from 52 to 69 %, p 0.0040");
//! # Ok::<(), copeak::Error>(())
//! ```

mod band;
mod compare;
mod display;

pub use band::{CurveBand, Edges, SimultaneousBand};
pub use compare::{CurveTest, Difference, Region};

use crate::{Error, Real, Result};
use alloc::vec::Vec;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Curves of equal length, all finite, as rows of one table.
struct Rows {
    values: Vec<f64>,
    points: usize,
    n: usize,
}

impl Rows {
    /// Builds the table from at least `needed` curves.
    fn of<C: AsRef<[T]>, T: Real>(curves: &[C], operation: &'static str, needed: usize) -> Result<Self> {
        let n = curves.len();
        if n < needed {
            return Err(Error::TooFew { operation, unit: "curves", needed, got: n });
        }
        let points = curves[0].as_ref().len();
        if points == 0 {
            return Err(Error::TooFew { operation, unit: "points", needed: 1, got: 0 });
        }
        let mut values = Vec::with_capacity(n * points);
        for (index, curve) in curves.iter().map(AsRef::as_ref).enumerate() {
            if curve.len() != points {
                return Err(Error::LengthMismatch { operation, left: points, right: curve.len() });
            }
            values.extend(curve.iter().map(|x| x.as_f64()));
            if values[index * points..].iter().any(|x| !x.is_finite()) {
                return Err(Error::NonFinite { operation, index });
            }
        }
        Ok(Self { values, points, n })
    }

    fn iter(&self) -> impl DoubleEndedIterator<Item = &[f64]> {
        self.values.chunks_exact(self.points)
    }

    fn mean(&self) -> Vec<f64> {
        let mut mean = alloc::vec![0.0; self.points];
        for row in self.iter() {
            mean.iter_mut().zip(row).for_each(|(m, x)| *m += x);
        }
        mean.iter_mut().for_each(|m| *m /= self.n as f64);
        mean
    }

    /// Subtracts a curve from every row.
    fn subtract(&mut self, curve: &[f64]) {
        for row in self.values.chunks_exact_mut(self.points) {
            row.iter_mut().zip(curve).for_each(|(x, c)| *x -= c);
        }
    }

    /// Sum of squares at each point.
    fn squares(&self) -> Vec<f64> {
        let mut squares = alloc::vec![0.0; self.points];
        for row in self.iter() {
            squares.iter_mut().zip(row).for_each(|(s, x)| *s += x * x);
        }
        squares
    }

    /// Divides each point by the root of its sum of squares; one that does not vary becomes 0 throughout. What rounding
    /// leaves of equal curves (1e-28 of the squares of `size`) does not vary.
    fn standardise(&mut self, squares: &[f64], size: &[f64]) {
        let scale: Vec<f64> = squares
            .iter()
            .zip(size)
            .map(|(s, size)| if *s > 1e-28 * size * size * self.n as f64 { 1.0 / s.sqrt() } else { 0.0 })
            .collect();
        for row in self.values.chunks_exact_mut(self.points) {
            row.iter_mut().zip(&scale).for_each(|(x, s)| *x *= s);
        }
    }
}
