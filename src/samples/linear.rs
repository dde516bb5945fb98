//! What a linear filter runs on.

use super::Frame;
#[cfg(feature = "alloc")]
use super::Samples;
use crate::Real;
use core::fmt::Debug;
use core::ops::{Add, Sub};

mod sealed {
    pub trait Sealed {}
    impl<T: crate::Real> Sealed for T {}
    impl<T: crate::Real, const N: usize> Sealed for crate::Frame<T, N> {}
}

/// A number, or a [`Frame`] of numbers: what a linear filter runs on.
///
/// Sealed, so that methods may be added without a breaking change.
///
/// ```
/// use copeak::{Frame, samples::Linear};
/// assert_eq!((2.0f32).scaled(0.5), 1.0);
/// assert_eq!(Frame([1.0, 2.0]).scaled(2.0), Frame([2.0, 4.0]));
/// assert!(!Frame([1.0, f64::NAN]).all_finite());
/// assert_eq!(Frame([0.1f32, 3.0]).widened(), Frame([f64::from(0.1f32), 3.0]));
/// ```
pub trait Linear:
    Copy + Debug + PartialEq + Add<Output = Self> + Sub<Output = Self> + Send + Sync + 'static + sealed::Sealed
{
    /// The same in `f64`: what long sums are kept in.
    type Wide: Linear<Wide = Self::Wide>;

    /// Zero in every channel.
    const ZERO: Self;

    /// How many channels there are: 1 for a number.
    const CHANNELS: usize;

    /// Times `factor`, in every channel.
    fn scaled(self, factor: f64) -> Self;

    /// Whether every channel is finite.
    fn all_finite(self) -> bool;

    /// In `f64`, exactly.
    fn widened(self) -> Self::Wide;

    /// Rounded from `f64`.
    fn rounded(wide: Self::Wide) -> Self;

    /// One channel's value; NaN past the last one.
    fn channel(self, index: usize) -> f64;

    /// A sample whose channels are what `value` gives for their index.
    fn from_channels(value: impl FnMut(usize) -> f64) -> Self;
}

impl<T: Real> Linear for T {
    type Wide = f64;
    const ZERO: Self = <T as num_traits::ConstZero>::ZERO;
    const CHANNELS: usize = 1;
    #[inline]
    fn scaled(self, factor: f64) -> Self {
        self * T::lit(factor)
    }
    #[inline]
    fn all_finite(self) -> bool {
        self.is_finite()
    }
    #[inline]
    fn widened(self) -> f64 {
        self.wide()
    }
    #[inline]
    fn rounded(wide: f64) -> Self {
        T::lit(wide)
    }
    #[inline]
    fn channel(self, index: usize) -> f64 {
        if index == 0 { self.wide() } else { f64::NAN }
    }
    #[inline]
    fn from_channels(mut value: impl FnMut(usize) -> f64) -> Self {
        T::lit(value(0))
    }
}

impl<T: Real, const N: usize> Linear for Frame<T, N> {
    type Wide = Frame<f64, N>;
    const ZERO: Self = Frame([<T as num_traits::ConstZero>::ZERO; N]);
    const CHANNELS: usize = N;
    #[inline]
    fn scaled(self, factor: f64) -> Self {
        self * T::lit(factor)
    }
    #[inline]
    fn all_finite(self) -> bool {
        self.0.iter().all(|x| x.is_finite())
    }
    #[inline]
    fn widened(self) -> Frame<f64, N> {
        self.map(T::wide)
    }
    #[inline]
    fn rounded(wide: Frame<f64, N>) -> Self {
        wide.map(T::lit)
    }
    #[inline]
    fn channel(self, index: usize) -> f64 {
        self.0.get(index).map_or(f64::NAN, |x| x.wide())
    }
    #[inline]
    fn from_channels(mut value: impl FnMut(usize) -> f64) -> Self {
        Frame(core::array::from_fn(|i| T::lit(value(i))))
    }
}

/// Index of the first sample that is NaN or infinite in some channel.
#[cfg(feature = "alloc")]
pub(crate) fn first_non_finite<S>(x: &S) -> Option<usize>
where
    S: Samples + ?Sized,
    S::Item: Linear,
{
    let broken = |x: &S::Item| !x.all_finite();
    let Some(slice) = x.as_contiguous() else {
        return x.iter_samples().position(|x| broken(&x));
    };
    // Block by block without an early exit, which vectorises; then the sample in the block.
    const BLOCK: usize = 64;
    let block = slice.chunks(BLOCK).position(|block| block.iter().fold(false, |any, x| any | broken(x)))?;
    slice[block * BLOCK..].iter().position(broken).map(|i| block * BLOCK + i)
}
