//! A peak between samples: position, height and curvature of its vertex.
//!
//! - [`parabola`]: the vertex through the three highest samples; the default everywhere, because wider fits are biased on
//!   skew peaks (half a sample at +/- 6).
//! - [`Quadratic`]: the vertex of a least-squares parabola over more samples.
//!
//! A plateau's time is its middle.

#[cfg(feature = "alloc")]
mod quadratic;

#[cfg(feature = "alloc")]
pub use quadratic::{FittedVertex, Quadratic};

use crate::{Error, Real, Result, Samples, math};

/// Position and height of a peak between samples.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Vertex {
    /// Position in samples from the first.
    pub position: f64,
    /// Height.
    pub value: f64,
    /// Second difference at the highest sample, x(i-1) - 2 x(i) + x(i+1): 0 inside a plateau, else below 0. A
    /// [`TimingNoise`](crate::filter::conditioning::TimingNoise) converts it to a standard error.
    pub second_difference: f64,
}

/// Returns the vertex of the parabola through the sample at `index` and its two neighbours.
///
/// `index` is a local maximum, or any sample of a plateau: the plateau's vertex is its middle, at its height.
/// Inside a plateau of three samples or more the second difference is 0, so a standard error from it is infinite.
///
/// ```
/// use copeak::peak::subsample::parabola;
/// let vertex = parabola(&[0.0, 3.0, 4.0, 1.0], 2)?;
/// assert_eq!((vertex.position, vertex.value, vertex.second_difference), (1.75, 4.125, -4.0));
/// assert_eq!(parabola(&[0.0, 4.0, 4.0, 4.0, 4.0, 1.0], 2)?.position, 2.5);
/// assert!(parabola(&[0.0, 3.0, 4.0, 1.0], 1).is_err());
/// # Ok::<(), copeak::Error>(())
/// ```
///
/// # Errors
/// [`Error::TooFew`] when `index` is past the end; [`Error::NonFinite`] for the sample or one next to it;
/// [`Error::Undefined`] at the record's edge and for a sample that is no local maximum.
#[doc(alias = "quadratic_interpolation")]
pub fn parabola<S>(x: &S, index: usize) -> Result<Vertex>
where
    S: Samples + ?Sized,
    S::Item: Real,
{
    let operation = "placing a peak between samples";
    let n = x.len();
    if index >= n {
        return Err(Error::TooFew { operation, unit: "samples", needed: index.saturating_add(1), got: n });
    }
    let at = |i: usize| x.sample(i).as_f64();
    let top = at(index);
    let (mut first, mut last) = (index, index);
    while first > 0 && at(first - 1) == top {
        first -= 1;
    }
    while last + 1 < n && at(last + 1) == top {
        last += 1;
    }
    let quantity = "a peak between samples";
    if first == 0 || last + 1 == n {
        return Err(Error::Undefined { quantity, reason: "it lies on the edge of the record" });
    }
    if let Some(index) = (first - 1..=last + 1).find(|&i| !at(i).is_finite()) {
        return Err(Error::NonFinite { operation, index });
    }
    if at(first - 1) > top || at(last + 1) > top {
        return Err(Error::Undefined { quantity, reason: "a neighbouring sample is higher" });
    }
    Ok(vertex_of_plateau(at, first, last))
}

/// Returns the vertex of a local maximum whose equal samples run from `first` to `last`; both have neighbours.
pub(super) fn vertex_of_plateau(at: impl Fn(usize) -> f64, first: usize, last: usize) -> Vertex {
    let index = first + (last - first) / 2;
    let three = math::Vertex::of(at(index - 1), at(index), at(index + 1));
    let (position, value) = if first < last {
        (0.5 * (first + last) as f64, at(index))
    } else {
        (index as f64 + three.shift, three.value)
    };
    Vertex { position, value, second_difference: three.bend }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vertex_of_a_parabola_is_exact() {
        for centre in [3.5, 3.75, 4.0, 4.25] {
            let x: [f64; 9] = core::array::from_fn(|i| 7.0 - 2.0 * (i as f64 - centre) * (i as f64 - centre));
            let index = if centre < 4.0 && centre != 3.75 { 3 } else { 4 };
            let vertex = parabola(&x, index).unwrap();
            assert_eq!(vertex.position, centre);
            assert_eq!(vertex.second_difference, -4.0);
            // Two equal highest samples are a plateau, at its height.
            assert_eq!(vertex.value, if centre == 3.5 { 6.5 } else { 7.0 });
        }
    }

    #[test]
    fn a_sample_that_is_no_local_maximum_is_an_error() {
        let x = [1.0, 2.0, 3.0, 3.0];
        assert!(matches!(parabola(&x, 4), Err(Error::TooFew { needed: 5, got: 4, .. })));
        for index in 0..4 {
            assert!(matches!(parabola(&x, index), Err(Error::Undefined { .. })), "{index}");
        }
        assert!(matches!(parabola(&[1.0, 2.0, f64::NAN], 1), Err(Error::NonFinite { index: 2, .. })));
        assert!(matches!(parabola(&[1.0, f64::INFINITY, 1.0], 1), Err(Error::NonFinite { index: 1, .. })));
        assert!(matches!(parabola::<[f64]>(&[], 0), Err(Error::TooFew { .. })));
        assert!(matches!(parabola(&x, usize::MAX), Err(Error::TooFew { got: 4, .. })));
        assert!(parabola(&[2.0; 5], 2).is_err());
    }

    #[test]
    fn tiny_differences_stay_within_half_a_sample() {
        let top = 1.0f64;
        let below = f64::from_bits(top.to_bits() - 1);
        let vertex = parabola(&[below, top, below], 1).unwrap();
        assert_eq!(vertex.position, 1.0);
        let vertex = parabola(&[0.0, top, below, 0.0], 1).unwrap();
        assert!((1.0..=1.5).contains(&vertex.position));
    }
}
