//! Left against right.

use crate::event::Sides;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Difference of a quantity between the sides; both measures are positive when the right side has more.
///
/// ```
/// use copeak::{convergence::Symmetry, event::Sides};
/// assert_eq!(Symmetry::new(Sides::new(3.0, 5.0)).map(|s| s.index), Some(0.5));
/// assert_eq!(Symmetry::new(Sides::new(4.0, 4.0)).map(|s| s.angle_percent), Some(0.0));
/// assert_eq!(Symmetry::new(Sides::new(2.0, -2.0)), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Symmetry {
    /// Difference over the mean, 2 (R - L)/(R + L): 0 when equal.
    pub index: f64,
    /// Symmetry angle in per cent (Zifchock et al. 2008, doi:10.1016/j.gaitpost.2007.08.006), which needs no reference
    /// value: 0 when equal, 100 when opposite.
    pub angle_percent: f64,
}

impl Symmetry {
    /// Compares a quantity measured on both sides; `None` when the two sum to 0 or one is not finite.
    pub fn new(sides: Sides<f64>) -> Option<Self> {
        let Sides { left, right } = sides;
        let sum = left + right;
        if !(left.is_finite() && right.is_finite()) || sum == 0.0 {
            return None;
        }
        let angle = (45.0 - (left / right).atan().to_degrees()) / 90.0 * 100.0;
        let angle_percent = if angle > 100.0 { angle - 200.0 } else { angle };
        Some(Self { index: 2.0 * (right - left) / sum, angle_percent })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn swapping_sides_flips_the_sign() {
        for (left, right) in [(1.0, 2.0), (0.5, 40.0), (3.0, 0.0), (-1.0, 5.0), (-2.0, -3.0)] {
            let (a, b) = (
                Symmetry::new(Sides::new(left, right)).unwrap(),
                Symmetry::new(Sides::new(right, left)).unwrap(),
            );
            assert!((a.index + b.index).abs() < 1e-12, "{left} {right}: {a:?} {b:?}");
            // The angle of one side against the other has a period of 200 %.
            let round = (a.angle_percent + b.angle_percent).rem_euclid(200.0);
            assert!(!(1e-9..=200.0 - 1e-9).contains(&round), "{left} {right}: {a:?} {b:?}");
        }
        assert_eq!(Symmetry::new(Sides::new(f64::NAN, 1.0)), None);
        assert_eq!(Symmetry::new(Sides::new(0.0, 0.0)), None);
        assert!((Symmetry::new(Sides::new(0.0, 7.0)).unwrap().angle_percent - 50.0).abs() < 1e-12);
    }
}
