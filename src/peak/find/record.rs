//! The samples that are looked at, and where they stand in the record.

use crate::Real;

/// Samples without NaN; `places` tells where each stands in the record when NaN between them were left out.
#[derive(Clone, Copy)]
pub(super) struct Record<'a, T> {
    pub(super) x: &'a [T],
    places: Option<&'a [usize]>,
}

impl<'a, T: Real> Record<'a, T> {
    pub(super) fn whole(x: &'a [T]) -> Self {
        Self { x, places: None }
    }

    pub(super) fn with_gaps(x: &'a [T], places: &'a [usize]) -> Self {
        Self { x, places: Some(places) }
    }

    pub(super) fn has_gaps(&self) -> bool {
        self.places.is_some()
    }

    /// Index in the record of sample `i`.
    #[inline]
    pub(super) fn place(&self, i: usize) -> usize {
        self.places.map_or(i, |places| places[i])
    }

    /// Value of sample `i`.
    #[inline]
    pub(super) fn at(&self, i: usize) -> f64 {
        self.x[i].wide()
    }
}

/// Index of the first NaN.
pub(super) fn first_nan<T: Real>(x: &[T]) -> Option<usize> {
    const BLOCK: usize = 32;
    let blocks = x.chunks_exact(BLOCK);
    let rest = x.len() - blocks.remainder().len();
    // Whole blocks without a branch on each sample.
    let block = blocks.into_iter().position(|block| block.iter().fold(false, |any, v| any | v.is_nan()));
    let from = block.map_or(rest, |block| block * BLOCK);
    x[from..].iter().position(|v| v.is_nan()).map(|i| from + i)
}
