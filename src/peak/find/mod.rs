//! All peaks of a record, with the semantics of SciPy's `find_peaks`.

use crate::{Analysis, AnalysisExt, Error, Real, Result, Samples};
use alloc::vec::Vec;
use core::ops::{RangeFrom, RangeFull, RangeInclusive, RangeToInclusive};
use distance::Contest;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;
use prominence::{Ladder, Stack, Turns, Valley};

mod distance;
mod prominence;
#[cfg(test)]
mod tests;

/// Lower and upper bound of a property of a peak, both included.
///
/// Converts from a number (the lower bound) or from a range: `0.5`, `0.5..=2.0`, `0.5..`, `..=2.0`; `..` measures the
/// property and rejects nothing.
///
/// ```
/// use copeak::peak::property::Bounds;
/// assert!(Bounds::from(2.0).holds(2.0));
/// assert!(!Bounds::from(..=2.0).holds(2.5));
/// assert!(Bounds::from(..).holds(f64::NAN));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Bounds {
    least: Option<f64>,
    most: Option<f64>,
}

impl Bounds {
    /// Returns whether `value` is within the bounds. NaN is outside any bound.
    #[inline]
    pub fn holds(&self, value: f64) -> bool {
        self.least.is_none_or(|least| least <= value) && self.most.is_none_or(|most| value <= most)
    }

    /// Returns the lower bound.
    pub fn least(&self) -> Option<f64> {
        self.least
    }

    /// Returns the upper bound.
    pub fn most(&self) -> Option<f64> {
        self.most
    }

    fn checked(self, name: &'static str) -> Result<Self> {
        match [self.least, self.most].into_iter().flatten().find(|bound| bound.is_nan()) {
            Some(value) => Err(Error::Parameter { name, rule: "a number", value }),
            None => Ok(self),
        }
    }
}

impl From<f64> for Bounds {
    fn from(least: f64) -> Self {
        Self { least: Some(least), most: None }
    }
}

impl From<RangeInclusive<f64>> for Bounds {
    fn from(range: RangeInclusive<f64>) -> Self {
        Self { least: Some(*range.start()), most: Some(*range.end()) }
    }
}

impl From<RangeFrom<f64>> for Bounds {
    fn from(range: RangeFrom<f64>) -> Self {
        Self { least: Some(range.start), most: None }
    }
}

impl From<RangeToInclusive<f64>> for Bounds {
    fn from(range: RangeToInclusive<f64>) -> Self {
        Self { least: None, most: Some(range.end) }
    }
}

impl From<RangeFull> for Bounds {
    fn from(_: RangeFull) -> Self {
        Self::default()
    }
}

/// Transformation of a value into its height.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// The value.
    Maxima,
    /// The value negated.
    Minima,
    /// The magnitude.
    Absolute,
}

impl Side {
    /// Returns the height of a value.
    #[inline]
    pub(super) fn height(self, value: f64) -> f64 {
        match self {
            Side::Maxima => value,
            Side::Minima => -value,
            Side::Absolute => value.abs(),
        }
    }
}

/// Handling of NaN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum NanPolicy {
    /// Rejects the record.
    #[default]
    Refuse,
    /// Removes them: the samples before and after a NaN become neighbours, so no peak next to one is lost. Indices,
    /// distances, `wlen` and widths still count all samples of the record.
    Skip,
}

/// Finds the peaks of a record, as SciPy's `find_peaks` does.
///
/// A peak is a sample, or a plateau of equal samples, that is higher than its neighbours; the first and the last sample
/// are never peaks. The conditions are applied in this order, each only when it was set: plateau size, height, threshold,
/// distance, prominence, width. Setting one also measures its property; `..` measures without rejecting.
///
/// ```
/// use copeak::peak::PeakFinder;
/// let x = [0.0, 2.0, 0.0, 5.0, 5.0, 5.0, 1.0, 3.0, 0.0];
/// let peaks = PeakFinder::new().prominence(2.0).find(&x)?;
/// assert_eq!(peaks.indices, [1, 4, 7]);
/// assert_eq!(peaks.prominences[1].value, 5.0);
/// assert_eq!(PeakFinder::new().distance(4.0).find(&x)?.indices, [4]);
/// # Ok::<(), copeak::Error>(())
/// ```
///
/// # For SciPy users
/// Indices are identical and properties agree to rounding, with these differences: among peaks of *equal height* within
/// `distance`, SciPy's choice depends on how a sort breaks ties; here **the later one wins**. NaN are an error unless
/// [skipped](NanPolicy::Skip) (SciPy silently loses the peaks next to them). Infinite samples are allowed and give what
/// SciPy gives: an infinite prominence is kept, and a width at an infinite height follows from the same comparisons.
///
/// # Costs and limitations
/// Linear in the number of samples, except for sorting the peaks that the distance rule cannot settle otherwise, and for
/// windows (`wlen`) and widths of thousands of samples, whose cost per peak grows with the logarithm of their length: the
/// time is quadratic for no record. With a minimum prominence above 0 and no `wlen`, only the peaks that reach it are
/// examined, which is the fastest form. [`find_into`](Self::find_into) reuses memory; [`minima`](Self::minima),
/// [`absolute`](Self::absolute) and skipped NaN copy the record into it.
#[doc(alias = "argrelextrema")]
#[doc(alias = "argrelmin")]
#[derive(Debug, Clone, Copy, PartialEq)]
#[doc(alias = "find_peaks")]
#[doc(alias = "argrelmax")]
#[doc(alias = "peak_prominences")]
#[doc(alias = "peak_widths")]
pub struct PeakFinder {
    plateau_size: Option<Bounds>,
    height: Option<Bounds>,
    threshold: Option<Bounds>,
    distance: Option<f64>,
    prominence: Option<Bounds>,
    width: Option<Bounds>,
    wlen: Option<f64>,
    rel_height: f64,
    nan: NanPolicy,
    side: Side,
}

impl Default for PeakFinder {
    fn default() -> Self {
        Self {
            plateau_size: None,
            height: None,
            threshold: None,
            distance: None,
            prominence: None,
            width: None,
            wlen: None,
            rel_height: 0.5,
            nan: NanPolicy::Refuse,
            side: Side::Maxima,
        }
    }
}

/// Memory that [`PeakFinder::find_into`] reuses from call to call.
#[derive(Debug, Clone, Default)]
pub struct PeakWorkspace {
    turned: Vec<f64>,
    samples: Vec<f64>,
    places: Vec<usize>,
    tops: Vec<usize>,
    valleys: Vec<Valley>,
    stack: Stack,
    prominences: Vec<Prominence>,
    contest: Contest,
    ladder: Ladder,
}

impl PeakWorkspace {
    /// Creates an empty workspace; it grows with the first record.
    pub fn new() -> Self {
        Self::default()
    }
}

impl PeakFinder {
    /// Creates a finder of every local maximum.
    pub fn new() -> Self {
        Self::default()
    }

    /// Finds minima instead. Heights in conditions and in results are those of the negated record -x: a minimum of -3 has
    /// the height 3.
    #[must_use]
    pub fn minima(self) -> Self {
        Self { side: Side::Minima, ..self }
    }

    /// Finds the peaks of the magnitude |x| instead, regardless of sign.
    #[must_use]
    pub fn absolute(self) -> Self {
        Self { side: Side::Absolute, ..self }
    }

    /// Requires the length of the peak's plateau to be within these bounds, in samples.
    #[must_use]
    pub fn plateau_size(self, samples: impl Into<Bounds>) -> Self {
        Self { plateau_size: Some(samples.into()), ..self }
    }

    /// Requires the height to be within these bounds.
    #[must_use]
    pub fn height(self, height: impl Into<Bounds>) -> Self {
        Self { height: Some(height.into()), ..self }
    }

    /// Requires the rise above the two adjacent samples to be within these bounds: the lower bound applies to the smaller
    /// of the two differences, the upper bound to the larger.
    #[must_use]
    pub fn threshold(self, threshold: impl Into<Bounds>) -> Self {
        Self { threshold: Some(threshold.into()), ..self }
    }

    /// Requires peaks to be at least this many samples apart (at least 1, rounded up): lower peaks are removed first, and
    /// of equal ones the earlier.
    #[must_use]
    pub fn distance(self, samples: f64) -> Self {
        Self { distance: Some(samples), ..self }
    }

    /// Requires the prominence to be within these bounds.
    #[must_use]
    pub fn prominence(self, prominence: impl Into<Bounds>) -> Self {
        Self { prominence: Some(prominence.into()), ..self }
    }

    /// Requires the width at [`rel_height`](Self::rel_height) to be within these bounds, in samples.
    #[must_use]
    pub fn width(self, samples: impl Into<Bounds>) -> Self {
        Self { width: Some(samples.into()), ..self }
    }

    /// Measures the prominence within a window of this many samples centred on the peak (more than 1, rounded up to the
    /// next odd number) instead of the whole record.
    #[must_use]
    pub fn wlen(self, samples: f64) -> Self {
        Self { wlen: Some(samples), ..self }
    }

    /// Sets the depth below the peak at which widths are measured, as a fraction of the prominence (default 0.5; at least 0).
    #[must_use]
    pub fn rel_height(self, fraction: f64) -> Self {
        Self { rel_height: fraction, ..self }
    }

    /// Sets the handling of NaN; by default they are an error.
    #[must_use]
    pub fn nan(self, policy: NanPolicy) -> Self {
        Self { nan: policy, ..self }
    }

    /// Finds the peaks of `x`, of any length.
    ///
    /// # Errors
    /// [`Error::NonFinite`] for a NaN unless they are skipped; [`Error::Parameter`] for a bound that is NaN, a distance
    /// below 1, a window not longer than 1, or a negative `rel_height`.
    pub fn find<S>(&self, x: &S) -> Result<Peaks>
    where
        S: Samples + ?Sized,
        S::Item: Real,
    {
        let mut peaks = Peaks::default();
        self.find_into(x, &mut PeakWorkspace::new(), &mut peaks)?;
        Ok(peaks)
    }

    /// Finds the peaks as [`find`](Self::find) does and writes them to `peaks`, with `workspace` for memory: nothing is
    /// allocated once both have grown, except a copy of samples that are not contiguous.
    ///
    /// # Errors
    /// As [`find`](Self::find); `peaks` is then empty.
    pub fn find_into<S>(&self, x: &S, workspace: &mut PeakWorkspace, peaks: &mut Peaks) -> Result<()>
    where
        S: Samples + ?Sized,
        S::Item: Real,
    {
        peaks.clear();
        self.check()?;
        let x = x.to_slice();
        if self.side == Side::Maxima {
            return self.find_whole_or_skip(&x, workspace, peaks);
        }
        let mut turned = core::mem::take(&mut workspace.turned);
        turned.clear();
        turned.extend(x.iter().map(|v| self.side.height(v.as_f64())));
        let done = self.find_whole_or_skip(&turned, workspace, peaks);
        workspace.turned = turned;
        done
    }

    fn find_whole_or_skip<T: Real>(
        &self,
        x: &[T],
        workspace: &mut PeakWorkspace,
        peaks: &mut Peaks,
    ) -> Result<()> {
        if self.search(&Record::whole(x), workspace, peaks) == Searched::Whole {
            return Ok(());
        }
        peaks.clear();
        if self.nan == NanPolicy::Refuse {
            let index = x.iter().position(|v| v.is_nan()).unwrap_or(0);
            return Err(Error::NonFinite { operation: "finding peaks (NaN are refused)", index });
        }
        let mut samples = core::mem::take(&mut workspace.samples);
        let mut places = core::mem::take(&mut workspace.places);
        samples.clear();
        places.clear();
        for (place, v) in x.iter().enumerate().filter(|(_, v)| !v.is_nan()) {
            samples.push(v.as_f64());
            places.push(place);
        }
        let record = Record::with_gaps(&samples, &places);
        self.search(&record, workspace, peaks);
        peaks.place(&record);
        workspace.samples = samples;
        workspace.places = places;
        Ok(())
    }

    fn check(&self) -> Result<()> {
        let bounds = [
            ("plateau size", self.plateau_size),
            ("height", self.height),
            ("threshold", self.threshold),
            ("prominence", self.prominence),
            ("width", self.width),
        ];
        for (name, bounds) in bounds {
            bounds.unwrap_or_default().checked(name)?;
        }
        let least = |name, rule, value: Option<f64>, good: fn(f64) -> bool| match value {
            Some(value) if !good(value) => Err(Error::Parameter { name, rule, value }),
            _ => Ok(()),
        };
        least("distance", "finite and at least 1 sample", self.distance, |d| d.is_finite() && d >= 1.0)?;
        least("wlen", "more than 1 sample", self.wlen, |w| w > 1.0)?;
        least("rel_height", "finite and at least 0", Some(self.rel_height), |h| h.is_finite() && h >= 0.0)
    }
}

impl<S> Analysis<S> for PeakFinder
where
    S: Samples + ?Sized,
    S::Item: Real,
{
    type Output = Peaks;
    fn analyze(&self, input: &S) -> Result<Peaks> {
        self.find(input)
    }
}

impl AnalysisExt for PeakFinder {}

/// Peaks in time order, with the requested properties.
///
/// Each list of properties is as long as `indices` when its condition was set on the finder (`..` rejects nothing), and
/// empty otherwise.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Peaks {
    /// Sample index of each peak; for a plateau the middle sample (the left of two).
    pub indices: Vec<usize>,
    /// Value at each peak; always present.
    pub heights: Vec<f64>,
    /// Plateaus, with the condition `plateau_size`.
    pub plateaus: Vec<PlateauEdges>,
    /// Rises above the adjacent samples, with the condition `threshold`.
    pub thresholds: Vec<Thresholds>,
    /// Prominences, with the condition `prominence` or `width`.
    pub prominences: Vec<Prominence>,
    /// Widths, with the condition `width`.
    pub widths: Vec<Width>,
}

/// Extent of the equal highest samples of a peak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct PlateauEdges {
    /// First sample of the plateau.
    pub left_edge: usize,
    /// Last sample of the plateau.
    pub right_edge: usize,
}

impl PlateauEdges {
    /// Returns the length in samples.
    pub fn size(&self) -> usize {
        self.right_edge - self.left_edge + 1
    }
}

/// Rise of a peak above its two adjacent samples.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Thresholds {
    /// Rise above the sample before.
    pub left: f64,
    /// Rise above the sample after.
    pub right: f64,
}

/// Prominence of a peak: its height above the higher of the two lowest points that separate it from anything higher (or
/// from the ends of the record).
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Prominence {
    /// The prominence.
    pub value: f64,
    /// Sample of the lowest point on the left; of equal ones the nearest.
    pub left_base: usize,
    /// Sample of the lowest point on the right; of equal ones the nearest.
    pub right_base: usize,
}

/// Width of a peak at a fraction of its prominence below its highest sample.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Width {
    /// The width in samples.
    pub width: f64,
    /// The height at which it was measured.
    pub height: f64,
    /// Position at which the left flank crosses that height, interpolated between samples.
    pub left: f64,
    /// Position at which the right flank crosses it.
    pub right: f64,
}

impl Peaks {
    /// Returns the number of peaks.
    pub fn len(&self) -> usize {
        self.indices.len()
    }

    /// Returns whether there are no peaks.
    pub fn is_empty(&self) -> bool {
        self.indices.is_empty()
    }

    fn clear(&mut self) {
        self.indices.clear();
        self.heights.clear();
        self.plateaus.clear();
        self.thresholds.clear();
        self.prominences.clear();
        self.widths.clear();
    }

    /// Keeps the peaks whose prominence is `good`; widths are not measured yet.
    fn keep_prominent(&mut self, good: impl Fn(&Prominence) -> bool) {
        let mut of_peak = self.prominences.iter();
        self.indices.retain(|_| of_peak.next().is_some_and(&good));
        self.prominences.retain(good);
    }

    /// Keeps the peaks whose width is `good`.
    fn keep_wide(&mut self, good: impl Fn(&Width) -> bool) {
        let mut of_peak = self.widths.iter();
        self.indices.retain(|_| of_peak.next().is_some_and(&good));
        let mut of_peak = self.widths.iter();
        self.prominences.retain(|_| of_peak.next().is_some_and(&good));
        self.widths.retain(good);
    }

    /// Converts positions among the searched samples to indices of the record.
    fn place<T: Real>(&mut self, record: &Record<'_, T>) {
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

/// Samples processed at once: they and their intermediate results stay in the L1 cache.
const PART: usize = 2048;

/// Outcome of a search.
#[derive(PartialEq)]
enum Searched {
    Whole,
    MetNan,
}

impl PeakFinder {
    /// Applies the conditions in SciPy's order, except that those which examine one peak at a time may be reordered among themselves.
    fn search<T: Real>(
        &self,
        record: &Record<'_, T>,
        workspace: &mut PeakWorkspace,
        peaks: &mut Peaks,
    ) -> Searched {
        let x = record.x;
        let PeakWorkspace { tops, valleys, stack, prominences, contest, ladder, .. } = workspace;
        ladder.forget();
        let measured = self.prominence.is_some() || self.width.is_some();
        // The few peaks that are prominent enough can be found without the others.
        let stand_out = self.prominence.and_then(|bounds| bounds.least()).filter(|&least| least > 0.0);
        let directly = stand_out.filter(|_| self.wlen.is_none());
        let listed = directly.is_none() || self.distance.is_some();

        // Everything that reads every sample does so part by part, so a long record is loaded from memory once.
        let height = self.height.and_then(|bounds| bounds.least()).unwrap_or(f64::NEG_INFINITY);
        let mut maxima = listed.then(|| Maxima::new(height));
        let mut turns = directly.map(Turns::new);
        tops.clear();
        valleys.clear();
        let mut end = 0;
        for part in x.chunks(PART) {
            if any_nan(part) {
                return Searched::MetNan;
            }
            end += part.len();
            if let Some(maxima) = &mut maxima {
                maxima.advance(x, end, &mut peaks.indices);
            }
            if let Some(turns) = &mut turns {
                turns.advance(x, end, tops, valleys);
            }
        }
        if let Some(maxima) = maxima {
            maxima.flush(x, &mut peaks.indices);
        }
        if let Some(turns) = turns {
            turns.flush(x, tops, valleys);
            if !listed {
                peaks.indices.clone_from(tops);
            }
        } else if measured && self.wlen.is_none() {
            // The list lacks no maximum that is higher than one of these.
            tops.clone_from(&peaks.indices);
            prominence::valleys(x, tops, valleys);
        }

        // The minimum height has already been applied to the list.
        let height = self.height.is_some_and(|bounds| bounds.most().is_some() || !listed);
        if self.plateau_size.is_some() || height || self.threshold.is_some() {
            peaks.indices.retain(|&peak| self.holds_locally(record, peak));
        }
        if let Some(distance) = self.distance {
            distance::select(record, &mut peaks.indices, distance.ceil() as usize, contest);
        }
        if let Some(wlen) = self.wlen.filter(|_| measured) {
            let wlen = wlen.ceil() as usize;
            let measure = |&peak: &usize| prominence::within(record, peak, wlen, ladder);
            peaks.prominences.extend(peaks.indices.iter().map(measure));
        } else if measured {
            prominence::from_valleys(x, tops, valleys, stack, prominences);
            pick(&mut peaks.indices, tops, prominences, &mut peaks.prominences);
        }
        if let Some(bounds) = self.prominence {
            peaks.keep_prominent(|prominence| bounds.holds(prominence.value));
        }
        if let Some(bounds) = self.width {
            let measure = |(&peak, prominence)| width(record, peak, prominence, self.rel_height, ladder);
            peaks.widths.extend(peaks.indices.iter().zip(&peaks.prominences).map(measure));
            peaks.keep_wide(|width| bounds.holds(width.width));
        }

        peaks.heights.extend(peaks.indices.iter().map(|&peak| record.at(peak)));
        if self.plateau_size.is_some() {
            peaks.plateaus.extend(peaks.indices.iter().map(|&peak| plateau(record, peak)));
        }
        if self.threshold.is_some() {
            peaks.thresholds.extend(peaks.indices.iter().map(|&peak| thresholds(record, peak)));
        }
        Searched::Whole
    }

    /// Returns whether the conditions hold that depend only on the peak and its adjacent samples.
    fn holds_locally<T: Real>(&self, record: &Record<'_, T>, peak: usize) -> bool {
        let size = |bounds: Bounds| {
            let PlateauEdges { left_edge, right_edge } = plateau(record, peak);
            bounds.holds((record.place(right_edge) - record.place(left_edge) + 1) as f64)
        };
        let rise = |bounds: Bounds| {
            let Thresholds { left, right } = thresholds(record, peak);
            bounds.holds(left) && bounds.holds(right)
        };
        self.plateau_size.is_none_or(size)
            && self.height.is_none_or(|bounds| bounds.holds(record.at(peak)))
            && self.threshold.is_none_or(rise)
    }
}

fn plateau<T: Real>(record: &Record<'_, T>, peak: usize) -> PlateauEdges {
    let (left_edge, right_edge) = plateau_around(record.x, peak);
    PlateauEdges { left_edge, right_edge }
}

fn thresholds<T: Real>(record: &Record<'_, T>, peak: usize) -> Thresholds {
    let height = record.at(peak);
    Thresholds { left: height - record.at(peak - 1), right: height - record.at(peak + 1) }
}

/// Picks the prominences of those `peaks` that are among the given maxima and removes the other peaks. Both are sorted.
fn pick(peaks: &mut Vec<usize>, tops: &[usize], all: &[Prominence], picked: &mut Vec<Prominence>) {
    let mut next = 0;
    peaks.retain(|&peak| {
        while next < tops.len() && tops[next] < peak {
            next += 1;
        }
        let found = tops.get(next) == Some(&peak);
        if found {
            picked.push(all[next]);
        }
        found
    });
}

/// Samples without NaN; `places` holds the index of each in the record when NaN between them were left out.
#[derive(Clone, Copy)]
struct Record<'a, T> {
    x: &'a [T],
    places: Option<&'a [usize]>,
}

impl<'a, T: Real> Record<'a, T> {
    fn whole(x: &'a [T]) -> Self {
        Self { x, places: None }
    }

    fn with_gaps(x: &'a [T], places: &'a [usize]) -> Self {
        Self { x, places: Some(places) }
    }

    fn has_gaps(&self) -> bool {
        self.places.is_some()
    }

    /// Returns the index in the record of sample `i`.
    #[inline]
    fn place(&self, i: usize) -> usize {
        self.places.map_or(i, |places| places[i])
    }

    /// Returns the first and the last sample that are at most `reach` from sample `i` in the record.
    fn around(&self, i: usize, reach: usize) -> (usize, usize) {
        let (low, high) = (self.place(i).saturating_sub(reach), self.place(i).saturating_add(reach));
        match self.places {
            None => (low, high.min(self.x.len() - 1)),
            Some(places) => {
                (places.partition_point(|&p| p < low), places.partition_point(|&p| p <= high) - 1)
            }
        }
    }

    /// Returns the value of sample `i`.
    #[inline]
    fn at(&self, i: usize) -> f64 {
        self.x[i].as_f64()
    }
}

/// Returns whether any sample is NaN, without a branch per sample.
fn any_nan<T: Real>(x: &[T]) -> bool {
    const BLOCK: usize = 32;
    let blocks = x.chunks_exact(BLOCK);
    let nan = |block: &[T]| block.iter().fold(false, |any, v| any | v.is_nan());
    nan(blocks.remainder()) || { blocks }.any(nan)
}

/// Samples compared at once.
const BLOCK: usize = 8;

/// Finds local maxima of at least the height `least`, part by part of the record.
struct Maxima {
    least: f64,
    /// Index of the next sample.
    i: usize,
    /// Number of maxima found, and of those that are settled: known to fall on the right, and placed in the middle of their
    /// plateau.
    count: usize,
    settled: usize,
}

impl Maxima {
    fn new(least: f64) -> Self {
        Self { least, i: 1, count: 0, settled: 0 }
    }

    /// Scans the samples before `end`, as far as whole blocks reach.
    ///
    /// Candidates that are not yet known to fall on the right are stored first: one store per sample and no branch that
    /// depends on it; a store beyond the count is overwritten by the next. They are settled while their samples are in the
    /// cache.
    fn advance<T: Real>(&mut self, x: &[T], end: usize, found: &mut Vec<usize>) {
        let Self { least, mut i, mut count, .. } = *self;
        while let Some(block) = x[..end].get(i - 1..).and_then(|x| x.first_chunk::<{ BLOCK + 2 }>()) {
            let mut tops = [false; BLOCK];
            let mut any = false;
            for j in 0..BLOCK {
                tops[j] = (block[j] < block[j + 1])
                    & (block[j + 1] >= block[j + 2])
                    & (block[j + 1].as_f64() >= least);
                any |= tops[j];
            }
            if any {
                if found.len() < count + BLOCK {
                    found.resize(2 * found.len() + BLOCK, 0);
                }
                let slots = &mut found[count..count + BLOCK];
                let mut used = 0;
                for (j, top) in tops.into_iter().enumerate() {
                    slots[used % BLOCK] = i + j;
                    used += usize::from(top);
                }
                count += used;
            }
            i += BLOCK;
        }
        (self.i, self.count) = (i, count);
        self.settle(x, found);
    }

    /// Replaces a plateau's first sample by its middle, and drops plateaus after which the record does not fall.
    fn settle<T: Real>(&mut self, x: &[T], found: &mut [usize]) {
        for unsettled in self.settled..self.count {
            let top = found[unsettled];
            if let Some(right) = plateau_end(x, top) {
                found[self.settled] = top + (right - top) / 2;
                self.settled += 1;
            }
        }
        self.count = self.settled;
    }

    /// Completes the list with the middle of every local maximum, in order; the record's first and last sample, and a
    /// plateau that touches them, are not maxima.
    fn flush<T: Real>(mut self, x: &[T], found: &mut Vec<usize>) {
        found.truncate(self.count);
        for i in self.i..x.len().saturating_sub(1) {
            if x[i - 1] < x[i] && x[i] >= x[i + 1] && x[i].as_f64() >= self.least {
                found.push(i);
            }
        }
        self.count = found.len();
        self.settle(x, found);
        found.truncate(self.count);
    }
}

/// Returns the last sample of the plateau that starts at `left`, if the record falls after it.
#[inline]
fn plateau_end<T: Real>(x: &[T], left: usize) -> Option<usize> {
    let mut right = left;
    while right + 1 < x.len() && x[right + 1] == x[left] {
        right += 1;
    }
    (right + 1 < x.len() && x[right + 1] < x[left]).then_some(right)
}

/// Returns the first and last sample of the plateau around `i`.
fn plateau_around<T: Real>(x: &[T], i: usize) -> (usize, usize) {
    let (mut left, mut right) = (i, i);
    while left > 0 && x[left - 1] == x[i] {
        left -= 1;
    }
    while right + 1 < x.len() && x[right + 1] == x[i] {
        right += 1;
    }
    (left, right)
}

/// Number of samples of a flank that are scanned one by one.
const NEAR: usize = 32;

/// Returns the width of the peak at sample `peak`, at `rel_height` of its prominence below it, between its bases.
fn width<T: Real>(
    record: &Record<'_, T>,
    peak: usize,
    prominence: &Prominence,
    rel_height: f64,
    ladder: &mut Ladder,
) -> Width {
    let x = |i: usize| record.at(i);
    let height = x(peak) - prominence.value * rel_height;
    // The position at which the straight line from sample `outer`, which is below, to `inner` crosses the height.
    let crossing = |outer: usize, inner: usize| {
        let step = record.place(inner) as f64 - record.place(outer) as f64;
        record.place(outer) as f64 + step * ((height - x(outer)) / (x(inner) - x(outer)))
    };
    // An infinite prominence may leave the height undefined: every sample then counts as reached.
    let above = |v: f64| height < v;
    let reached = |(low, _): (f64, f64)| !above(low);

    let near = prominence.left_base.max(peak.saturating_sub(NEAR));
    let mut i = peak;
    while near < i && above(x(i)) {
        i -= 1;
    }
    if prominence.left_base < i && above(x(i)) {
        let found = ladder.over(record.x).last_before(i, reached);
        i = found.map_or(prominence.left_base, |found| found.max(prominence.left_base));
    }
    let left = if x(i) < height { crossing(i, i + 1) } else { record.place(i) as f64 };

    let near = prominence.right_base.min(peak + NEAR);
    let mut i = peak;
    while i < near && above(x(i)) {
        i += 1;
    }
    if i < prominence.right_base && above(x(i)) {
        let found = ladder.over(record.x).first_from(i, reached);
        i = found.map_or(prominence.right_base, |found| found.min(prominence.right_base));
    }
    let right = if x(i) < height { crossing(i, i - 1) } else { record.place(i) as f64 };
    Width { width: right - left, height, left, right }
}
