//! The finder: conditions, and the order in which they are applied.

use super::distance::{self, Contest};
use super::ladder::Ladder;
use super::maxima::{Maxima, plateau_around};
use super::prominence::{self, Stack, Valley};
use super::prominent::Turns;
use super::record::{Record, any_nan};
use super::side::Side;
use super::{Bounds, Peaks, Plateau, Prominence, Thresholds, width::width};
use crate::{Analysis, AnalysisExt, Error, Real, Result, Samples};
use alloc::vec::Vec;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

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

/// Samples that are worked through at once: with what is made of them they stay in the nearest cache.
const PART: usize = 2048;

/// How a search ended.
#[derive(PartialEq)]
enum Searched {
    Whole,
    MetNan,
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
pub struct Workspace {
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

impl Workspace {
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
        self.find_into(x, &mut Workspace::new(), &mut peaks)?;
        Ok(peaks)
    }

    /// As [`find`](Self::find), into `peaks`, with `workspace` for memory: nothing is allocated once both have grown,
    /// save a copy of samples that are not contiguous.
    ///
    /// # Errors
    /// As [`find`](Self::find); `peaks` is empty then.
    pub fn find_into<S>(&self, x: &S, workspace: &mut Workspace, peaks: &mut Peaks) -> Result<()>
    where
        S: Samples + ?Sized,
        S::Item: Real,
    {
        peaks.clear();
        self.check()?;
        let x = x.to_contiguous();
        if self.side == Side::Maxima {
            return self.find_whole_or_skip(&x, workspace, peaks);
        }
        let mut turned = core::mem::take(&mut workspace.turned);
        turned.clear();
        turned.extend(x.iter().map(|v| self.side.height(v.wide())));
        let done = self.find_whole_or_skip(&turned, workspace, peaks);
        workspace.turned = turned;
        done
    }

    fn find_whole_or_skip<T: Real>(
        &self,
        x: &[T],
        workspace: &mut Workspace,
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
            samples.push(v.wide());
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

    /// Conditions in SciPy's order, save that those which look at one peak at a time may change places among themselves.
    fn search<T: Real>(
        &self,
        record: &Record<'_, T>,
        workspace: &mut Workspace,
        peaks: &mut Peaks,
    ) -> Searched {
        let x = record.x;
        let Workspace { tops, valleys, stack, prominences, contest, ladder, .. } = workspace;
        ladder.forget();
        let measured = self.prominence.is_some() || self.width.is_some();
        // The few peaks that stand out far enough can be had without the others.
        let stand_out = self.prominence.and_then(|bounds| bounds.least()).filter(|&least| least > 0.0);
        let directly = stand_out.filter(|_| self.wlen.is_none());
        let listed = directly.is_none() || self.distance.is_some();

        // All that looks at every sample does so part by part, so that a long record comes from memory once.
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
            maxima.finish(x, &mut peaks.indices);
        }
        if let Some(turns) = turns {
            turns.finish(x, tops, valleys);
            if !listed {
                peaks.indices.clone_from(tops);
            }
        } else if measured && self.wlen.is_none() {
            // No maximum higher than one of these is missing from the list.
            tops.clone_from(&peaks.indices);
            prominence::valleys(x, tops, valleys);
        }

        // A list has been held to the least height already.
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

    /// The conditions that look at nothing but the peak and the samples beside it.
    fn holds_locally<T: Real>(&self, record: &Record<'_, T>, peak: usize) -> bool {
        let size = |bounds: Bounds| {
            let Plateau { left_edge, right_edge } = plateau(record, peak);
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

fn plateau<T: Real>(record: &Record<'_, T>, peak: usize) -> Plateau {
    let (left_edge, right_edge) = plateau_around(record.x, peak);
    Plateau { left_edge, right_edge }
}

fn thresholds<T: Real>(record: &Record<'_, T>, peak: usize) -> Thresholds {
    let height = record.at(peak);
    Thresholds { left: height - record.at(peak - 1), right: height - record.at(peak + 1) }
}

/// The prominences of those `peaks` that are among `tops`; the others go. Both rise.
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
