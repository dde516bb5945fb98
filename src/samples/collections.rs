//! The heap buffers of `alloc` as samples.

use super::{Samples, SamplesMut, slice_like};
use alloc::{borrow::Cow, boxed::Box, collections::VecDeque, rc::Rc, sync::Arc, vec::Vec};

slice_like!([] Vec<T>, [] Box<[T]>);

/// Shared slices are read-only samples.
macro_rules! shared {
    ($($ty:ty),*) => {$(
        impl<T: Copy> Samples for $ty {
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
    )*};
}
shared!(Cow<'_, [T]>, Rc<[T]>, Arc<[T]>);

impl<T: Copy> Samples for VecDeque<T> {
    type Item = T;
    #[inline]
    fn len(&self) -> usize {
        VecDeque::len(self)
    }
    #[inline]
    fn sample(&self, index: usize) -> T {
        self[index]
    }
    #[inline]
    fn as_slice(&self) -> Option<&[T]> {
        match self.as_slices() {
            (slice, []) => Some(slice),
            _ => None,
        }
    }
}

impl<T: Copy> SamplesMut for VecDeque<T> {
    #[inline]
    fn set(&mut self, index: usize, value: T) {
        self[index] = value;
    }
    #[inline]
    fn as_mut_slice(&mut self) -> Option<&mut [T]> {
        Some(self.make_contiguous())
    }
}
