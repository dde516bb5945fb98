//! Peaks of a record.

use crate::memory::{self, List};
use crate::status::{CopeakStatus, Fault, guard};
use copeak::Real;
use copeak::peak::{PeakFinder, subsample};

/// Which maxima are peaks. Of copeak_peak_rule, every local maximum is one.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct CopeakPeakRule {
    /// Least height; -INFINITY for any.
    pub height: f64,
    /// Least prominence, 0 for any.
    pub prominence: f64,
    /// Least width in samples at half the prominence, 0 for any.
    pub width: f64,
    /// Least distance between peaks in samples, the highest first; 1 for any.
    pub distance: f64,
}

/// A peak.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct CopeakPeak {
    /// Its sample, counted from 0; of a plateau the middle one.
    pub index: usize,
    /// Where it is between samples, by the parabola through the three top samples.
    pub position: f64,
    /// The sample there.
    pub height: f64,
    /// How far it stands out.
    pub prominence: f64,
    /// Sample of the lowest point on the left.
    pub left_base: usize,
    /// Sample of the lowest point on the right.
    pub right_base: usize,
    /// Width in samples at half the prominence.
    pub width: f64,
}

/// The rule by which every local maximum is a peak.
#[unsafe(no_mangle)]
pub extern "C" fn copeak_peak_rule() -> CopeakPeakRule {
    CopeakPeakRule { height: f64::NEG_INFINITY, prominence: 0.0, width: 0.0, distance: 1.0 }
}

/// The peaks of n samples, as SciPy's find_peaks finds them. `count` gets how many there are; with COPEAK_STATUS_CAPACITY
/// as many as there is room for are written. With a capacity of 0 `peaks` may be NULL. A NaN is refused.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn copeak_find_peaks(
    rule: *const CopeakPeakRule,
    x: *const f64,
    n: usize,
    peaks: *mut CopeakPeak,
    capacity: usize,
    count: *mut usize,
) -> CopeakStatus {
    // SAFETY: null or as many values as said, by the contract of the interface.
    guard(|| unsafe { find(rule, x, n, List::new(peaks, capacity, count)?) })
}

/// As copeak_find_peaks.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn copeak_find_peaks_f32(
    rule: *const CopeakPeakRule,
    x: *const f32,
    n: usize,
    peaks: *mut CopeakPeak,
    capacity: usize,
    count: *mut usize,
) -> CopeakStatus {
    // SAFETY: null or as many values as said, by the contract of the interface.
    guard(|| unsafe { find(rule, x, n, List::new(peaks, capacity, count)?) })
}

/// # Safety
/// `rule` is null or points to one value, `x` is null or points to `n`.
unsafe fn find<T: Real>(
    rule: *const CopeakPeakRule,
    x: *const T,
    n: usize,
    list: List<CopeakPeak>,
) -> Result<(), Fault> {
    // SAFETY: as above.
    let (rule, x) = unsafe { (memory::read_one(rule)?, memory::read(x, n)?) };
    let finder = PeakFinder::default()
        .height(rule.height)
        .prominence(rule.prominence)
        .width(rule.width)
        .distance(rule.distance);
    let found = finder.find(x)?;
    let position = |index: usize| subsample::parabola(x, index).map(|vertex| vertex.position);
    let positions: Vec<f64> = found.indices.iter().map(|i| position(*i)).collect::<copeak::Result<_>>()?;
    list.set((0..found.len()).map(|i| CopeakPeak {
        index: found.indices[i],
        position: positions[i],
        height: found.heights[i],
        prominence: found.prominences[i].value,
        left_base: found.prominences[i].left_base,
        right_base: found.prominences[i].right_base,
        width: found.widths[i].width,
    }))
}
