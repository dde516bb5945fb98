//! Channel by channel, in double precision.

use super::{Frame, Linear};
use crate::Real;
use core::array;

/// A number, or a [`Frame`] of numbers, whose channels can be told apart.
///
/// For arithmetic that is not linear (a harmonic mean, a missing marker) and for `f32` samples computed in `f64` and
/// rounded once.
///
/// ```
/// use copeak::{Frame, samples::Channels};
/// let marker = Frame([1.0f32, f32::NAN, 2.0]);
/// assert!(marker.is_missing());
/// assert_eq!(marker.channel(2), 2.0);
/// assert_eq!(Frame::<f32, 3>::narrowed(Frame([1.0; 3])), Frame([1.0f32; 3]));
/// ```
pub trait Channels: Linear {
    /// The same channels in double precision.
    type Wide: Channels<Wide = Self::Wide>;

    /// How many there are.
    const COUNT: usize;

    /// In double precision, exactly.
    fn widened(self) -> Self::Wide;

    /// From double precision, rounded to nearest.
    fn narrowed(wide: Self::Wide) -> Self;

    /// One channel, from 0.
    ///
    /// # Panics
    /// When there is no such channel, as indexing a slice does.
    fn channel(self, index: usize) -> f64;

    /// Each channel from its index.
    fn from_channels(each: impl FnMut(usize) -> f64) -> Self;

    /// The same value in every channel.
    #[inline]
    fn filled_with(value: f64) -> Self {
        Self::from_channels(|_| value)
    }

    /// Whether some channel is NaN.
    #[inline]
    fn is_missing(self) -> bool {
        (0..Self::COUNT).any(|i| self.channel(i).is_nan())
    }

    /// Whether some channel is infinite.
    #[inline]
    fn is_infinite(self) -> bool {
        (0..Self::COUNT).any(|i| self.channel(i).is_infinite())
    }
}

impl<T: Real> Channels for T {
    type Wide = f64;
    const COUNT: usize = 1;
    #[inline]
    fn widened(self) -> f64 {
        self.wide()
    }
    #[inline]
    fn narrowed(wide: f64) -> Self {
        T::lit(wide)
    }
    #[inline]
    fn channel(self, index: usize) -> f64 {
        [self.wide()][index]
    }
    #[inline]
    fn from_channels(mut each: impl FnMut(usize) -> f64) -> Self {
        T::lit(each(0))
    }
}

impl<T: Real, const N: usize> Channels for Frame<T, N> {
    type Wide = Frame<f64, N>;
    const COUNT: usize = N;
    #[inline]
    fn widened(self) -> Frame<f64, N> {
        self.map(Real::wide)
    }
    #[inline]
    fn narrowed(wide: Frame<f64, N>) -> Self {
        wide.map(T::lit)
    }
    #[inline]
    fn channel(self, index: usize) -> f64 {
        self.0[index].wide()
    }
    #[inline]
    fn from_channels(mut each: impl FnMut(usize) -> f64) -> Self {
        Frame(array::from_fn(|i| T::lit(each(i))))
    }
}
