//! Samples of a linear filter: numbers and frames.

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

/// A number, or a [`Frame`] of numbers: one sample of a linear filter.
///
/// Sealed, so that methods may be added without a breaking change.
///
/// ```
/// use copeak::{Frame, samples::Sample};
/// assert_eq!((2.0f32).scaled(0.5), 1.0);
/// assert_eq!(Frame([1.0, 2.0]).scaled(2.0), Frame([2.0, 4.0]));
/// assert_eq!(Frame([1.5f32, 2.0]).channel(1), 2.0);
/// assert!(!Frame([1.0, f64::NAN]).all_finite());
/// ```
pub trait Sample:
    Copy + Debug + PartialEq + Add<Output = Self> + Sub<Output = Self> + Send + Sync + 'static + sealed::Sealed
{
    /// The same with `f64` in every channel: what sums over many samples are kept in.
    type Wide: Sample<Wide = Self::Wide>;

    /// Zero in every channel.
    const ZERO: Self;

    /// Channels of one sample; 1 for a number.
    const CHANNELS: usize;

    /// `value` in every channel, rounded to nearest.
    #[inline]
    fn splat(value: f64) -> Self {
        Self::from_channels(|_| value)
    }

    /// As `f64`, exactly.
    fn widen(self) -> Self::Wide;

    /// From `f64`, rounded to nearest.
    fn narrow(wide: Self::Wide) -> Self;

    /// Times `factor`, in every channel.
    fn scaled(self, factor: f64) -> Self;

    /// Channel `index`, exactly.
    ///
    /// # Panics
    /// May panic when there is no such channel.
    fn channel(self, index: usize) -> f64;

    /// The sample whose channels `value` names, each rounded to nearest.
    fn from_channels(value: impl FnMut(usize) -> f64) -> Self;

    /// Whether every channel is finite.
    fn all_finite(self) -> bool;

    /// One sample out of `K`, channel by channel: `f` is computed in `f64`, and its value rounded once.
    ///
    /// ```
    /// use copeak::{Frame, samples::Sample};
    /// let product = |[x, y]: [f64; 2]| x * y;
    /// assert_eq!(f32::channelwise([2.0, 3.0], product), 6.0);
    /// assert_eq!(Frame::channelwise([Frame([1.0, 2.0]), Frame([3.0, 4.0])], product), Frame([3.0, 8.0]));
    /// ```
    #[inline]
    fn channelwise<const K: usize>(from: [Self; K], f: impl Fn([f64; K]) -> f64) -> Self {
        Self::from_channels(|channel| f(from.map(|x| x.channel(channel))))
    }
}

impl<T: Real> Sample for T {
    type Wide = f64;
    const ZERO: Self = <T as num_traits::ConstZero>::ZERO;
    const CHANNELS: usize = 1;
    #[inline]
    fn widen(self) -> f64 {
        self.as_f64()
    }
    #[inline]
    fn narrow(wide: f64) -> Self {
        T::cast(wide)
    }
    #[inline]
    fn scaled(self, factor: f64) -> Self {
        self * T::cast(factor)
    }
    #[inline(always)]
    fn channel(self, _: usize) -> f64 {
        self.as_f64()
    }
    #[inline(always)]
    fn from_channels(mut value: impl FnMut(usize) -> f64) -> Self {
        T::cast(value(0))
    }
    #[inline]
    fn all_finite(self) -> bool {
        self.is_finite()
    }
}

impl<T: Real, const N: usize> Sample for Frame<T, N> {
    type Wide = Frame<f64, N>;
    const ZERO: Self = Frame([<T as num_traits::ConstZero>::ZERO; N]);
    const CHANNELS: usize = N;
    #[inline]
    fn widen(self) -> Frame<f64, N> {
        self.map(T::as_f64)
    }
    #[inline]
    fn narrow(wide: Frame<f64, N>) -> Self {
        wide.map(T::cast)
    }
    #[inline]
    fn scaled(self, factor: f64) -> Self {
        self * T::cast(factor)
    }
    #[inline]
    fn channel(self, index: usize) -> f64 {
        self.0[index].as_f64()
    }
    #[inline]
    fn from_channels(mut value: impl FnMut(usize) -> f64) -> Self {
        Frame(core::array::from_fn(|i| T::cast(value(i))))
    }
    #[inline]
    fn all_finite(self) -> bool {
        self.0.iter().all(|x| x.is_finite())
    }
}

/// Index of the first sample that is NaN or infinite in some channel.
#[cfg(feature = "alloc")]
pub(crate) fn first_non_finite<S>(x: &S) -> Option<usize>
where
    S: Samples + ?Sized,
    S::Item: Sample,
{
    let broken = |x: &S::Item| !x.all_finite();
    let Some(slice) = x.as_slice() else {
        return x.iter_samples().position(|x| broken(&x));
    };
    // Block by block without an early exit, which vectorises; then the sample in the block.
    const BLOCK: usize = 64;
    let block = slice.chunks(BLOCK).position(|block| block.iter().fold(false, |any, x| any | broken(x)))?;
    slice[block * BLOCK..].iter().position(broken).map(|i| block * BLOCK + i)
}
