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

    /// The first and the last sample that stand at most `reach` from sample `i` in the record.
    pub(super) fn around(&self, i: usize, reach: usize) -> (usize, usize) {
        let (low, high) = (self.place(i).saturating_sub(reach), self.place(i).saturating_add(reach));
        match self.places {
            None => (low, high.min(self.x.len() - 1)),
            Some(places) => {
                (places.partition_point(|&p| p < low), places.partition_point(|&p| p <= high) - 1)
            }
        }
    }

    /// Value of sample `i`.
    #[inline]
    pub(super) fn at(&self, i: usize) -> f64 {
        self.x[i].as_f64()
    }
}

/// Whether a sample is NaN, without a branch on each.
pub(super) fn any_nan<T: Real>(x: &[T]) -> bool {
    const BLOCK: usize = 32;
    let blocks = x.chunks_exact(BLOCK);
    let nan = |block: &[T]| block.iter().fold(false, |any, v| any | v.is_nan());
    nan(blocks.remainder()) || { blocks }.any(nan)
}
