//! Numbers that several modules compute: moments, the median, the vertex of a maximum, phases, standard gravity.

#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Standard gravity in m/s2 (CGPM 1901).
pub(crate) const GRAVITY_MPS2: f64 = 9.80665;

/// Mean, variance (divisor n - 1; 0 below two values). Equal values have exactly their value and 0, whatever rounding
/// would make of their sum.
#[cfg(feature = "alloc")]
pub(crate) fn moments(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    if let [first, rest @ ..] = values {
        if rest.iter().all(|v| v == first) {
            return (*first, 0.0);
        }
    }
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
    (mean, if values.len() < 2 { 0.0 } else { squares / (n - 1.0) })
}

/// A normal distribution's standard deviation over its median absolute deviation, 1/Phi^-1(3/4).
#[cfg(feature = "alloc")]
pub(crate) const MAD_SCALE: f64 = 1.482_602_218_505_602;

/// The median; `None` without values. Sorts them, NaN last.
#[cfg(feature = "alloc")]
pub(crate) fn median(values: &mut [f64]) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    (!values.is_empty()).then(|| quantile(values, 0.5))
}

/// Quantile of sorted values, linear between order statistics (NumPy's default); NaN of none.
#[cfg(feature = "alloc")]
pub(crate) fn quantile(sorted: &[f64], p: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return f64::NAN };
    let position = p * last as f64;
    let index = (position as usize).min(last);
    let share = position - index as f64;
    if share == 0.0 {
        return sorted[index]; // whatever comes next, infinite or NaN
    }
    sorted[index] + share * (sorted[index + 1] - sorted[index])
}

/// The phase brought into [0, 1).
pub(crate) fn wrap(phase: f64) -> f64 {
    let wrapped = phase - phase.floor();
    // A phase a hair below a whole number rounds up to 1.
    if wrapped < 1.0 { wrapped } else { 0.0 }
}

/// The difference of two phases, brought into [-0.5, 0.5).
pub(crate) fn difference(later: f64, earlier: f64) -> f64 {
    wrap(later - earlier + 0.5) - 0.5
}

/// The vertex of the parabola through a maximum and its two neighbours.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Vertex {
    /// Its place in samples from the middle one, within half a sample; 0 where the three do not bend downwards.
    pub(crate) shift: f64,
    /// Its height.
    pub(crate) value: f64,
    /// The second difference.
    pub(crate) bend: f64,
}

impl Vertex {
    #[inline]
    pub(crate) fn of(before: f64, top: f64, after: f64) -> Self {
        let (slope, bend) = (0.5 * (after - before), before - 2.0 * top + after);
        let shift = if bend < 0.0 { (-slope / bend).clamp(-0.5, 0.5) } else { 0.0 };
        Self { shift, value: top + 0.5 * slope * shift, bend }
    }
}

#[cfg(all(test, feature = "alloc"))]
mod tests {
    use super::*;

    #[test]
    fn quantiles_interpolate() {
        assert_eq!(quantile(&[1.0, 2.0, 4.0], 0.75), 3.0);
        assert_eq!(quantile(&[1.0, 2.0, 4.0], 1.0), 4.0);
        assert!(quantile(&[], 0.5).is_nan());
        assert_eq!(median(&mut [3.0, 1.0, 2.0, 10.0]), Some(2.5));
        assert_eq!(median(&mut [f64::NAN, 1.0, f64::INFINITY]), Some(f64::INFINITY));
        assert_eq!(median(&mut []), None);
    }

    #[test]
    fn a_vertex_lies_between_its_neighbours() {
        assert_eq!(Vertex::of(3.0, 4.0, 1.0), Vertex { shift: -0.25, value: 4.125, bend: -4.0 });
        assert_eq!(Vertex::of(4.0, 4.0, 1.0).shift, -0.5);
        assert_eq!(Vertex::of(2.0, 2.0, 2.0), Vertex { shift: 0.0, value: 2.0, bend: 0.0 });
    }

    #[test]
    fn moments_of_one_value_have_no_variance() {
        assert_eq!(moments(&[3.0]), (3.0, 0.0));
        assert_eq!(moments(&[1.0, 3.0]), (2.0, 2.0));
        assert_eq!(moments(&[0.1; 3]), (0.1, 0.0));
    }
}
