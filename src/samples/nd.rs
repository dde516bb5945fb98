//! One-dimensional ndarrays of any ownership, stride and direction as samples.

use super::{Samples, SamplesMut};
use ndarray::{ArrayBase, ArrayRef, Data, DataMut, Ix1};

// `len` goes through `dim`: inside these impls `self.len()` would call this very method.
macro_rules! one_dimensional {
    ($([$($generic:tt)*] $ty:ty),*) => {$(
        impl<$($generic)*> Samples for $ty {
            type Item = T;
            #[inline]
            fn len(&self) -> usize {
                self.dim()
            }
            #[inline]
            fn sample(&self, index: usize) -> T {
                self[index]
            }
            #[inline]
            fn as_slice(&self) -> Option<&[T]> {
                ArrayRef::as_slice(self)
            }
        }
    )*};
}
one_dimensional!([T: Copy] ArrayRef<T, Ix1>, [T: Copy, D: Data<Elem = T>] ArrayBase<D, Ix1>);

macro_rules! one_dimensional_mut {
    ($([$($generic:tt)*] $ty:ty),*) => {$(
        impl<$($generic)*> SamplesMut for $ty {
            #[inline]
            fn set(&mut self, index: usize, value: T) {
                self[index] = value;
            }
            #[inline]
            fn as_mut_slice(&mut self) -> Option<&mut [T]> {
                self.as_slice_mut()
            }
        }
    )*};
}
one_dimensional_mut!([T: Copy] ArrayRef<T, Ix1>, [T: Copy, D: DataMut<Elem = T>] ArrayBase<D, Ix1>);
