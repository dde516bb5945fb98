//! The finder: its conditions, and what it makes of a record before it searches.

use super::distance::Contest;
use super::ladder::Ladder;
use super::prominence::{Stack, Valley};
use super::record::Record;
use super::search::Searched;
use super::side::Side;
use super::{Bounds, Peaks, Prominence};
use crate::{Analysis, AnalysisExt, Error, Real, Result, Samples};
use alloc::vec::Vec;

/// What to do with NaN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum NanPolicy {
    /// Refuse the record.
    #[default]
    Refuse,
    /// Look at the record without them: the samples on either side of a NaN are neighbours, so no peak is lost beside
    /// one. Indices, distances, `wlen` and widths still count the record's own samples.
    Skip,
}

/// Finds the peaks of a record, as SciPy's `find_peaks` does.
///
/// A peak is a sample, or a plateau of equal samples, that is higher than its neighbours; the record's ends are none. The
/// conditions are applied in this order, each only when it was set: plateau size, height, threshold, distance,
/// prominence, width. Setting one also measures its property; `..` measures without rejecting.
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
/// `distance`, SciPy's choice depends on how a sort breaks ties; here **the later one wins**. NaN are refused unless
/// [skipped](NanPolicy::Skip) (SciPy silently loses the peaks beside them). Infinite samples are allowed and give what
/// SciPy gives: an infinite prominence is one, and a width at an infinite height is what the comparisons with it leave.
///
/// # Costs and limitations
/// Linear in the samples, save for sorting the peaks that the distance rule cannot settle otherwise, and for windows
/// (`wlen`) and widths of thousands of samples, whose cost for each peak grows with the logarithm of their length: no
/// record makes the time grow as the square of its length. With a least prominence above 0 and no `wlen`, only the peaks
/// that reach it are looked at: the fastest form. [`find_into`](Self::find_into) reuses memory; [`minima`](Self::minima),
/// [`absolute`](Self::absolute) and skipped NaN copy the record into it.
#[doc(alias = "argrelextrema")]
#[doc(alias = "argrelmin")]
#[derive(Debug, Clone, Copy, PartialEq)]
#[doc(alias = "find_peaks")]
#[doc(alias = "argrelmax")]
#[doc(alias = "peak_prominences")]
#[doc(alias = "peak_widths")]
pub struct PeakFinder {
    pub(super) plateau_size: Option<Bounds>,
    pub(super) height: Option<Bounds>,
    pub(super) threshold: Option<Bounds>,
    pub(super) distance: Option<f64>,
    pub(super) prominence: Option<Bounds>,
    pub(super) width: Option<Bounds>,
    pub(super) wlen: Option<f64>,
    pub(super) rel_height: f64,
    pub(super) nan: NanPolicy,
    pub(super) side: Side,
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
    pub(super) turned: Vec<f64>,
    pub(super) samples: Vec<f64>,
    pub(super) places: Vec<usize>,
    pub(super) tops: Vec<usize>,
    pub(super) valleys: Vec<Valley>,
    pub(super) stack: Stack,
    pub(super) prominences: Vec<Prominence>,
    pub(super) contest: Contest,
    pub(super) ladder: Ladder,
}

impl PeakWorkspace {
    /// Empty; it grows with the first record.
    pub fn new() -> Self {
        Self::default()
    }
}

impl PeakFinder {
    /// Every local maximum.
    pub fn new() -> Self {
        Self::default()
    }

    /// The minima instead. All that is asked and told of heights is that of the negated record -x: a minimum of -3 has the
    /// height 3.
    #[must_use]
    pub fn minima(self) -> Self {
        Self { side: Side::Minima, ..self }
    }

    /// The peaks of the magnitude |x|, whatever their sign.
    #[must_use]
    pub fn absolute(self) -> Self {
        Self { side: Side::Absolute, ..self }
    }

    /// The plateau on top must be so many samples long.
    #[must_use]
    pub fn plateau_size(self, samples: impl Into<Bounds>) -> Self {
        Self { plateau_size: Some(samples.into()), ..self }
    }

    /// The peak must be so high.
    #[must_use]
    pub fn height(self, height: impl Into<Bounds>) -> Self {
        Self { height: Some(height.into()), ..self }
    }

    /// The peak must rise so far above the samples right beside it: the least bound holds for the smaller of the two
    /// steps, the greatest for the larger.
    #[must_use]
    pub fn threshold(self, threshold: impl Into<Bounds>) -> Self {
        Self { threshold: Some(threshold.into()), ..self }
    }

    /// Peaks must be at least so many samples apart (at least 1, rounded up): lower ones go first, and of equal ones the
    /// earlier.
    #[must_use]
    pub fn distance(self, samples: f64) -> Self {
        Self { distance: Some(samples), ..self }
    }

    /// The peak must stand out so far.
    #[must_use]
    pub fn prominence(self, prominence: impl Into<Bounds>) -> Self {
        Self { prominence: Some(prominence.into()), ..self }
    }

    /// The peak must be so many samples wide at [`rel_height`](Self::rel_height).
    #[must_use]
    pub fn width(self, samples: impl Into<Bounds>) -> Self {
        Self { width: Some(samples.into()), ..self }
    }

    /// Prominence counts within a window of so many samples centred on the peak (more than 1, rounded up to the next odd
    /// number) instead of the whole record.
    #[must_use]
    pub fn wlen(self, samples: f64) -> Self {
        Self { wlen: Some(samples), ..self }
    }

    /// Widths are taken so far below the top, as a fraction of the prominence (default 0.5; at least 0).
    #[must_use]
    pub fn rel_height(self, fraction: f64) -> Self {
        Self { rel_height: fraction, ..self }
    }

    /// What to do with NaN; refused by default.
    #[must_use]
    pub fn nan(self, policy: NanPolicy) -> Self {
        Self { nan: policy, ..self }
    }

    /// The peaks of `x`, of any length.
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

    /// As [`find`](Self::find), into `peaks`, with `workspace` for memory: nothing is allocated once both have grown,
    /// save a copy of samples that are not contiguous.
    ///
    /// # Errors
    /// As [`find`](Self::find); `peaks` is empty then.
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
