//! Buffers that can be read, and written, as a one-dimensional run of samples.
//!
//! Every analysis of the crate takes `&S where S: Samples + ?Sized`, so a slice, an array, a `Vec`, a boxed or
//! copy-on-write slice, a ring buffer (`VecDeque`) and every one-dimensional ndarray (owned, view, strided,
//! reversed, a column of a matrix) go in as they are, and give the identical result.
//!
//! | you have | you pass |
//! |---|---|
//! | one channel, in whatever holds it | a reference to it ([`Samples`]; to be overwritten: [`SamplesMut`]) |
//! | a channel and when it was taken | a [`Signal`]: samples on a [`Clock`](crate::Clock) |
//! | several channels per instant, interleaved | samples of [`Frame`]s |
//! | a matrix | a column of it, or all along an axis: [`FilterAxis`](crate::filter::FilterAxis) |
//!
//! ```
//! use copeak::{Filter, Rate, filter::ZeroPhase};
//! use ndarray::Array2;
//! use std::collections::VecDeque;
//!
//! let low_pass = ZeroPhase::low_pass(2, 10.0, Rate::from_hz(100.0)?)?;
//! let x: Vec<f64> = (0..50).map(|i| (f64::from(i) * 0.2).sin()).collect();
//! let ring: VecDeque<f64> = x.iter().copied().collect();
//! let table = Array2::from_shape_fn((50, 3), |(row, column)| x[row] * if column == 1 { 1.0 } else { 7.0 });
//! let from_slice = low_pass.apply(x.as_slice())?;
//! assert_eq!(low_pass.apply(&ring)?, from_slice);
//! assert_eq!(low_pass.apply(&table.column(1))?, from_slice);
//! # Ok::<(), copeak::Error>(())
//! ```

#[cfg(feature = "alloc")]
mod collections;
#[cfg(feature = "alloc")]
mod display;
mod frame;
mod linear;
#[cfg(feature = "ndarray")]
mod nd;
#[cfg(feature = "alloc")]
mod signal;

#[cfg(feature = "alloc")]
pub(crate) use display::described;
pub use frame::Frame;
pub use linear::Sample;
#[cfg(feature = "alloc")]
pub(crate) use linear::first_non_finite;
#[cfg(feature = "alloc")]
pub use signal::Signal;

#[cfg(feature = "alloc")]
use alloc::borrow::Cow;

/// A finite, indexable run of samples.
///
/// `Samples` is not sealed; implement two methods for your buffer, `len` and `sample`.
///
/// ```
/// use copeak::Samples;
/// fn largest<S: Samples<Item = f64> + ?Sized>(x: &S) -> Option<f64> {
///     x.iter_samples().reduce(f64::max)
/// }
/// assert_eq!(largest(&[1.0, 3.0, 2.0]), Some(3.0));
/// # #[cfg(feature = "alloc")]
/// assert_eq!(largest(&std::collections::VecDeque::from([4.0, 5.0])), Some(5.0));
/// ```
pub trait Samples {
    /// One sample: a number, or a [`Frame`] of several channels.
    type Item: Copy;

    /// Number of samples.
    fn len(&self) -> usize;

    /// Sample at `index`.
    ///
    /// # Panics
    /// When `index` is out of bounds, as indexing a slice does. [`Samples::get_sample`] does not.
    fn sample(&self, index: usize) -> Self::Item;

    /// The samples as one slice, if they are stored so.
    #[inline]
    fn as_slice(&self) -> Option<&[Self::Item]> {
        None
    }

    /// Whether there is no sample.
    #[inline]
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Sample at `index`, or `None` past the end.
    #[inline]
    fn get_sample(&self, index: usize) -> Option<Self::Item> {
        (index < self.len()).then(|| self.sample(index))
    }

    /// Returns the samples, first to last; the iterator also runs from the back.
    #[inline]
    fn iter_samples(&self) -> impl DoubleEndedIterator<Item = Self::Item> + ExactSizeIterator + Clone {
        (0..self.len()).map(|index| self.sample(index))
    }

    /// The samples as one slice: borrowed when stored so, copied once when not.
    #[cfg(feature = "alloc")]
    fn to_slice(&self) -> Cow<'_, [Self::Item]> {
        match self.as_slice() {
            Some(slice) => Cow::Borrowed(slice),
            None => Cow::Owned(self.iter_samples().collect()),
        }
    }
}

/// Samples that may be overwritten in place.
///
/// ```
/// use copeak::SamplesMut;
/// fn rectify<S: SamplesMut<Item = f32> + ?Sized>(x: &mut S) {
///     for i in 0..x.len() {
///         x.set(i, x.sample(i).abs());
///     }
/// }
/// let mut x = [-1.0, 2.0];
/// rectify(&mut x);
/// assert_eq!(x, [1.0, 2.0]);
/// ```
pub trait SamplesMut: Samples {
    /// Overwrite the sample at `index`.
    ///
    /// # Panics
    /// When `index` is out of bounds, as indexing a slice does.
    fn set(&mut self, index: usize, value: Self::Item);

    /// The samples as one mutable slice, if they are stored so.
    #[inline]
    fn as_mut_slice(&mut self) -> Option<&mut [Self::Item]> {
        None
    }
}

/// Implements both traits for a type that dereferences to a slice.
macro_rules! slice_like {
    ($([$($generic:tt)*] $ty:ty),* $(,)?) => {$(
        impl<T: Copy, $($generic)*> Samples for $ty {
            type Item = T;
            #[inline]
            fn len(&self) -> usize {
                <[T]>::len(self)
            }
            #[inline]
            fn sample(&self, index: usize) -> T {
                self[index]
            }
            #[inline]
            fn as_slice(&self) -> Option<&[T]> {
                Some(self)
            }
        }
        impl<T: Copy, $($generic)*> SamplesMut for $ty {
            #[inline]
            fn set(&mut self, index: usize, value: T) {
                self[index] = value;
            }
            #[inline]
            fn as_mut_slice(&mut self) -> Option<&mut [T]> {
                Some(self)
            }
        }
    )*};
}
#[cfg(feature = "alloc")]
use slice_like;
slice_like!([] [T], [const N: usize] [T; N]);

/// A reference to samples is samples.
macro_rules! by_reference {
    ($($ty:ty),*) => {$(
        impl<S: Samples + ?Sized> Samples for $ty {
            type Item = S::Item;
            #[inline]
            fn len(&self) -> usize {
                (**self).len()
            }
            #[inline]
            fn sample(&self, index: usize) -> S::Item {
                (**self).sample(index)
            }
            #[inline]
            fn as_slice(&self) -> Option<&[S::Item]> {
                (**self).as_slice()
            }
        }
    )*};
}
by_reference!(&S, &mut S);

impl<S: SamplesMut + ?Sized> SamplesMut for &mut S {
    #[inline]
    fn set(&mut self, index: usize, value: S::Item) {
        (**self).set(index, value);
    }
    #[inline]
    fn as_mut_slice(&mut self) -> Option<&mut [S::Item]> {
        (**self).as_mut_slice()
    }
}
