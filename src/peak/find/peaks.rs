//! What is found.

use super::record::Record;
use crate::Real;
use alloc::vec::Vec;

/// Peaks in time order, and the properties that were asked for.
///
/// Each property list is as long as `indices` when its condition was set on the finder (with `..` if nothing is to be
/// rejected), and empty otherwise.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Peaks {
    /// Sample index of each peak; of a plateau the middle one (the left of two).
    pub indices: Vec<usize>,
    /// Value at each peak; always there.
    pub heights: Vec<f64>,
    /// With the condition `plateau_size`.
    pub plateaus: Vec<PlateauEdges>,
    /// With the condition `threshold`.
    pub thresholds: Vec<Thresholds>,
    /// With the condition `prominence` or `width`.
    pub prominences: Vec<Prominence>,
    /// With the condition `width`.
    pub widths: Vec<Width>,
}

/// The equal samples on top of a peak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct PlateauEdges {
    /// First sample of the top.
    pub left_edge: usize,
    /// Last sample of the top.
    pub right_edge: usize,
}

impl PlateauEdges {
    /// How many samples it is long.
    pub fn size(&self) -> usize {
        self.right_edge - self.left_edge + 1
    }
}

/// How far a peak rises above the samples right beside it.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Thresholds {
    /// Above the sample before.
    pub left: f64,
    /// Above the sample after.
    pub right: f64,
}

/// How far a peak stands out: its height above the higher of the two lowest points that separate it from anything
/// higher (or from the ends of the record).
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Prominence {
    /// The prominence.
    pub value: f64,
    /// Sample of the lowest point on the left: of equal ones the nearest.
    pub left_base: usize,
    /// Sample of the lowest point on the right: of equal ones the nearest.
    pub right_base: usize,
}

/// How wide a peak is, at a fraction of its prominence below its top.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Width {
    /// The width in samples.
    pub width: f64,
    /// The height at which it was taken.
    pub height: f64,
    /// Where the left flank crosses that height, interpolated between samples.
    pub left: f64,
    /// Where the right flank does.
    pub right: f64,
}

impl Peaks {
    /// Number of peaks.
    pub fn len(&self) -> usize {
        self.indices.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.indices.is_empty()
    }

    pub(super) fn clear(&mut self) {
        self.indices.clear();
        self.heights.clear();
        self.plateaus.clear();
        self.thresholds.clear();
        self.prominences.clear();
        self.widths.clear();
    }

    /// Keep the peaks with such a prominence; widths are not there yet.
    pub(super) fn keep_prominent(&mut self, good: impl Fn(&Prominence) -> bool) {
        let mut of_peak = self.prominences.iter();
        self.indices.retain(|_| of_peak.next().is_some_and(&good));
        self.prominences.retain(good);
    }

    /// Keep the peaks with such a width.
    pub(super) fn keep_wide(&mut self, good: impl Fn(&Width) -> bool) {
        let mut of_peak = self.widths.iter();
        self.indices.retain(|_| of_peak.next().is_some_and(&good));
        let mut of_peak = self.widths.iter();
        self.prominences.retain(|_| of_peak.next().is_some_and(&good));
        self.widths.retain(good);
    }

    /// From positions among the samples looked at to indices of the record.
    pub(super) fn place<T: Real>(&mut self, record: &Record<'_, T>) {
        if !record.has_gaps() {
            return;
        }
        self.indices.iter_mut().for_each(|i| *i = record.place(*i));
        for p in &mut self.plateaus {
            (p.left_edge, p.right_edge) = (record.place(p.left_edge), record.place(p.right_edge));
        }
        for p in &mut self.prominences {
            (p.left_base, p.right_base) = (record.place(p.left_base), record.place(p.right_base));
        }
    }
}
