//! Several channels as one sample.

use core::array;
use core::ops::{Add, Index, IndexMut, Mul, Sub};

/// `N` channels sampled at the same instant, as one sample.
///
/// A filter designed for numbers runs on frames with the same coefficients: each channel gives bit for bit what
/// it would give alone, and the compiler can keep the channels in vector lanes.
///
/// ```
/// use copeak::Frame;
/// let a = Frame([1.0, 2.0]);
/// assert_eq!(a + Frame([0.5, 0.5]), Frame([1.5, 2.5]));
/// assert_eq!(a * 2.0, Frame([2.0, 4.0]));
/// assert_eq!(a[1], 2.0);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Frame<T, const N: usize>(pub [T; N]);

impl<T: Copy, const N: usize> Frame<T, N> {
    /// The same value in every channel.
    #[inline]
    pub fn splat(value: T) -> Self {
        Self([value; N])
    }

    /// Apply `f` to every channel.
    #[inline]
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Frame<U, N> {
        Frame(self.0.map(f))
    }
}

impl<T: Default + Copy, const N: usize> Default for Frame<T, N> {
    #[inline]
    fn default() -> Self {
        Self::splat(T::default())
    }
}

impl<T: Copy + Add<Output = T>, const N: usize> Add for Frame<T, N> {
    type Output = Self;
    #[inline]
    fn add(self, other: Self) -> Self {
        Self(array::from_fn(|i| self.0[i] + other.0[i]))
    }
}

impl<T: Copy + Sub<Output = T>, const N: usize> Sub for Frame<T, N> {
    type Output = Self;
    #[inline]
    fn sub(self, other: Self) -> Self {
        Self(array::from_fn(|i| self.0[i] - other.0[i]))
    }
}

impl<T: Copy + Mul<Output = T>, const N: usize> Mul<T> for Frame<T, N> {
    type Output = Self;
    #[inline]
    fn mul(self, factor: T) -> Self {
        self.map(|x| x * factor)
    }
}

impl<T, const N: usize> Index<usize> for Frame<T, N> {
    type Output = T;
    #[inline]
    fn index(&self, channel: usize) -> &T {
        &self.0[channel]
    }
}

impl<T, const N: usize> IndexMut<usize> for Frame<T, N> {
    #[inline]
    fn index_mut(&mut self, channel: usize) -> &mut T {
        &mut self.0[channel]
    }
}

impl<T, const N: usize> From<[T; N]> for Frame<T, N> {
    #[inline]
    fn from(channels: [T; N]) -> Self {
        Self(channels)
    }
}
