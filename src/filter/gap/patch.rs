//! One gap filled from the samples beside it.

use crate::filter::Interpolation;
use crate::filter::interpolate::{SlopeScratch, hermite};
use crate::samples::Sample;
use alloc::vec::Vec;
use core::ops::Range;

/// How a gap is filled: the curve, and how many visible samples on each side make it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Patch {
    pub(super) method: Interpolation,
    pub(super) context: usize,
}

/// The samples that make the curve.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Beside<W> {
    /// In samples from the first missing one.
    at: Vec<f64>,
    values: Vec<W>,
    slopes: Vec<W>,
    scratch: SlopeScratch,
}

impl<W> Beside<W> {
    pub(super) fn new(context: usize) -> Self {
        let most = 2 * context;
        Self {
            at: Vec::with_capacity(most),
            values: Vec::with_capacity(most),
            slopes: Vec::with_capacity(most),
            scratch: SlopeScratch::with_capacity(most),
        }
    }
}

impl Patch {
    /// Samples on either side among which the context is looked for: other gaps may lie between.
    pub(super) fn reach(&self) -> usize {
        2 * self.context
    }

    /// Hand each value of `gap`, which has a visible sample on both sides, to `put`.
    pub(super) fn fill<X: Sample>(
        &self,
        x: &[X],
        mask: &[bool],
        gap: Range<usize>,
        beside: &mut Beside<X::Wide>,
        mut put: impl FnMut(usize, X),
    ) {
        let Beside { at, values, slopes, scratch } = beside;
        let visible = |i: &usize| !mask[*i];
        let left = gap.start.saturating_sub(self.reach())..gap.start;
        let right = gap.end..x.len().min(gap.end + self.reach());
        let before = left.clone().rev().filter(visible).take(self.context).count();
        let skip = left.clone().filter(visible).count() - before;
        at.clear();
        values.clear();
        for i in left.filter(visible).skip(skip).chain(right.filter(visible).take(self.context)) {
            at.push(i as f64 - gap.start as f64);
            values.push(x[i].widen());
        }
        self.method.slopes(false, |i| at[i + 1] - at[i], values, slopes, scratch);
        let (a, b, width) = (values[before - 1], values[before], gap.len() as f64 + 1.0);
        let ends =
            (!slopes.is_empty()).then(|| (slopes[before - 1].scaled(width), slopes[before].scaled(width)));
        for i in gap.clone() {
            let share = (i - gap.start + 1) as f64 / width;
            put(i, X::narrow(hermite(a, b, ends, share)));
        }
    }
}
