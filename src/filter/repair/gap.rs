//! Short gaps of a whole record.

use crate::filter::calculus::{SlopeScratch, hermite, is_infinite, is_missing};
use crate::filter::{Filter, Interpolation};
use crate::samples::{Sample, Samples, SamplesMut};
use crate::{Error, Flush, GroupDelay, Rate, Real, Result, Stage};
use alloc::vec;
use alloc::vec::Vec;
use core::ops::Range;

/// The operation that errors name.
const OPERATION: &str = "gap filling";

/// Most samples next to a gap that are used or trimmed.
const MOST_BESIDE: usize = 10_000;
/// The longest gap filled by default, as the crate's definitions have it.
const LONGEST_S: f64 = 0.1;

/// Fills short gaps (NaN) from the samples next to them; longer ones stay NaN, and so do gaps at the record's ends.
///
/// Defaults: gaps of up to 0.1 s, by cubic spline through four visible samples on each side (fewer where the record
/// ends or another gap lies: they are looked for among the eight nearest). [`GapFill::max_gap_s`], [`GapFill::method`] and
/// [`GapFill::context`] change that. A gap's length is its number of missing samples over the rate.
///
/// It runs on numbers and on frames: a marker (`Frame<T, 3>`) with one missing coordinate is missing as a whole.
/// Samples outside gaps keep every bit. `f32` samples are filled in `f64` and rounded once.
///
/// A marker is often displaced just before and after it vanishes. [`GapFill::margin`] takes that many samples next to
/// every gap for missing too (default none).
///
/// # How far to trust it
/// On all markers of a sprinter at 250 Hz with occlusions planted, median distance of a filled sample from the truth
/// (and 95 % point) in mm (`tests/it/filter/gaps_real.rs` prints and holds them):
///
/// | speed | method | 5 samples, 20 ms | 10 samples, 40 ms | 20 samples, 80 ms |
/// |---|---|---|---|---|
/// | 3.5 m/s | cubic | 0.3 (1.9) | 0.5 (3.4) | 1.4 (8.3) |
/// | | PCHIP | 0.4 (1.9) | 1.2 (5.0) | 4.0 (16) |
/// | | linear | 1.1 (3.3) | 3.0 (9.4) | 9.8 (30) |
/// | 9.5 m/s | cubic | 0.7 (4.2) | 1.9 (10) | 7.8 (32) |
/// | | PCHIP | 1.6 (6.4) | 4.9 (18) | 16 (64) |
/// | | linear | 4.2 (13) | 11 (39) | 32 (124) |
///
/// So the cubic is the default. More than four samples on each side changed no median by more than 4 % there. A fill
/// knows nothing of what happened in the gap: a foot strike in it is smoothed away, and no standard error of a later
/// peak or event contains that.
///
/// # As a stage
/// It runs [`GapFill::latency`] samples late, for it must see a gap's end and the samples after it; the output
/// is bit for bit that of the whole record ([`crate::stage::Collect`]). The cost per sample is constant save at
/// a gap's first sample, where the whole gap is filled. A stage cannot refuse: an infinite sample counts as
/// missing there, a setting out of its range is brought to the nearest allowed one, and with [`Zeros::of_markers`] so does every zero of a single channel.
///
/// ```
/// use copeak::{Filter, Rate, filter::GapFill};
/// let fill = GapFill::new(Rate::from_hz(100.0)?);
/// let nan = f64::NAN;
/// let square = [0.0, 1.0, 4.0, nan, nan, 25.0, 36.0, 49.0, nan];
/// let y = fill.apply(&square)?;
/// assert!((y[3] - 9.0).abs() < 1e-12 && (y[4] - 16.0).abs() < 1e-12);
/// assert!(y[8].is_nan()); // never extrapolated
///
/// let report = fill.repair(&square)?;
/// assert_eq!(report.gaps.len(), 2);
/// assert_eq!(report.filled().collect::<Vec<_>>(), [3..5]);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[doc(alias("fill_missing_samples", "interpolate"))]
pub struct GapFill {
    rate: Rate,
    max_gap_s: f64,
    context: usize,
    margin: usize,
    // The settings, brought into their ranges.
    longest: usize,
    missing: Missing,
    patch: Patch,
}

/// Scratch memory of a [`GapFill`].
#[derive(Debug, Clone, PartialEq)]
pub struct GapScratch<W> {
    mask: Vec<bool>,
    beside: Beside<W>,
    hidden: usize,
}

/// A repaired record, and what was done to it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Repaired<X> {
    /// The record: filled where that was allowed, NaN where samples are still missing.
    pub samples: Vec<X>,
    /// Every gap, in order, with trimmed samples and zeros in it.
    pub gaps: Vec<FilledGap>,
    /// Number of samples that were exact zeros that stood for a missing one.
    pub zeros: usize,
}

/// A gap and its outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct FilledGap {
    /// The gap.
    pub gap: Gap,
    /// Its outcome.
    pub outcome: GapOutcome,
}

/// Outcome of a gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum GapOutcome {
    /// Filled.
    Filled,
    /// Longer than the limit: still missing.
    TooLong,
    /// At an end of the record: still missing.
    AtEdge,
}

impl<X> Repaired<X> {
    /// Returns the stretches of samples that were filled.
    pub fn filled(&self) -> impl Iterator<Item = Range<usize>> + '_ {
        self.gaps.iter().filter(|g| g.outcome == GapOutcome::Filled).map(|g| g.gap.start..g.gap.end)
    }

    /// Returns for each sample whether it was filled.
    pub fn filled_mask(&self) -> Vec<bool> {
        let mut mask = vec![false; self.samples.len()];
        self.filled().for_each(|range| mask[range].fill(true));
        mask
    }
}

impl GapFill {
    /// Fills NaN in samples taken at `rate`, with the defaults.
    pub fn new(rate: Rate) -> Self {
        let patch = Patch { method: Interpolation::default(), context: 4 };
        let missing = Missing { zeros: None, trim: 0 };
        let most_s = MOST as f64 / rate.as_hz();
        Self { rate, max_gap_s: 0.0, context: 4, margin: 0, longest: 0, missing, patch }
            .max_gap_s(LONGEST_S.min(most_s))
    }

    /// Does the same for markers as motion capture stores them: exact zeros in all coordinates at once are missing too.
    pub fn markers(rate: Rate) -> Self {
        Self::new(rate).zeros(Zeros::of_markers())
    }

    /// Sets the longest gap to fill, from 0 s (none) to 10,000,000 samples; 0.1 s unless set.
    #[must_use]
    pub fn max_gap_s(self, max_gap_s: f64) -> Self {
        // A float below 0, or NaN, becomes 0 as an integer.
        Self { max_gap_s, longest: (self.samples(max_gap_s) as usize).min(MOST), ..self }
    }

    /// Sets the curve that fills gaps; [`Interpolation::Cubic`] unless set.
    #[must_use]
    pub fn method(self, method: Interpolation) -> Self {
        Self { patch: Patch { method, ..self.patch }, ..self }
    }

    /// Sets the number of visible samples on each side that make the curve, from 1 to 10,000, looked for among twice as
    /// many; 4 unless set.
    #[must_use]
    pub fn context(self, context: usize) -> Self {
        let patch = Patch { context: context.clamp(1, MOST_BESIDE), ..self.patch };
        Self { context, patch, ..self }
    }

    /// Sets the number of visible samples on each side of every gap that count as missing too, at most 10,000; 0 unless
    /// set. Gaps grow by that, also against the limit, and those that are not filled lose these samples.
    #[must_use]
    pub fn margin(self, samples: usize) -> Self {
        let missing = Missing { trim: samples.min(MOST_BESIDE), ..self.missing };
        Self { margin: samples, missing, ..self }
    }

    /// Counts exact zeros as missing samples too.
    #[must_use]
    pub fn zeros(self, zeros: Zeros) -> Self {
        Self { missing: Missing { zeros: Some(zeros), ..self.missing }, ..self }
    }

    /// Returns the sample rate.
    pub fn rate(&self) -> Rate {
        self.rate
    }

    /// Returns the most missing samples in a row that are filled.
    pub fn longest_samples(&self) -> usize {
        self.longest
    }

    /// Returns the number of samples by which the streaming form is late: the longest gap, the samples looked at after it, and what must be
    /// seen to know that a sample is trimmed or part of a run of zeros.
    pub fn latency(&self) -> usize {
        self.longest + self.patch.reach() + self.missing.settles()
    }

    fn check_settings(&self) -> Result<()> {
        let refuse = |name, rule, value| Err(Error::Parameter { name, rule, value });
        if !(0.0..=MOST as f64).contains(&self.samples(self.max_gap_s)) {
            return refuse("longest gap to fill", "from 0 s to 10000000 samples", self.max_gap_s);
        }
        if !(1..=MOST_BESIDE).contains(&self.context) {
            return refuse("samples on each side of a gap", "from 1 to 10000", self.context as f64);
        }
        if self.margin > MOST_BESIDE {
            return refuse("samples trimmed next to a gap", "at most 10000", self.margin as f64);
        }
        Ok(())
    }

    /// A limit in samples: whole ones, and one that is a hair below a whole number by rounding counts as that.
    fn samples(&self, seconds: f64) -> f64 {
        let samples = seconds * self.rate.as_hz();
        num_traits::Float::floor(samples + 1e-9 * num_traits::Float::abs(samples))
    }

    /// Fills gaps and reports what was missing and the outcome of each gap.
    ///
    /// # Errors
    /// As [`Filter::check`].
    pub fn repair<S>(&self, x: &S) -> Result<Repaired<S::Item>>
    where
        S: Samples + ?Sized,
        S::Item: Sample,
    {
        let x = x.to_slice();
        self.check(&x)?;
        let (mut samples, mut gaps) = (vec![S::Item::ZERO; x.len()], Vec::new());
        let mut scratch = Filter::<S::Item>::scratch(self);
        self.each_gap(&x, &mut samples, &mut scratch, |filled| gaps.push(filled));
        Ok(Repaired { samples, gaps, zeros: scratch.hidden })
    }

    fn each_gap<X: Sample>(
        &self,
        x: &[X],
        out: &mut [X],
        scratch: &mut GapScratch<X::Wide>,
        mut report: impl FnMut(FilledGap),
    ) {
        let GapScratch { mask, beside, hidden } = scratch;
        *hidden = self.missing.mark_all(x, mask);
        out.copy_from_slice(x);
        let mut next = 0;
        while let Some(Range { start, end }) = next_run(mask, next) {
            next = end;
            let gap = Gap::new(start, end, x.len());
            let outcome = match gap.place {
                GapPlace::Inside if gap.len() <= self.longest => GapOutcome::Filled,
                GapPlace::Inside => GapOutcome::TooLong,
                _ => GapOutcome::AtEdge,
            };
            if outcome == GapOutcome::Filled {
                self.patch.fill(x, mask, start..end, beside, |i, y| out[i] = y);
            } else {
                out[start..end].fill(X::splat(f64::NAN));
            }
            report(FilledGap { gap, outcome });
        }
    }
}

impl<X: Sample> Filter<X> for GapFill {
    type Scratch = GapScratch<X::Wide>;

    fn scratch(&self) -> Self::Scratch {
        GapScratch { mask: Vec::new(), beside: Beside::new(self.patch.context), hidden: 0 }
    }

    /// # Errors
    /// [`Error::TooFew`] without samples; [`Error::NonFinite`] for an infinite sample (NaN is what is filled);
    /// [`Error::Parameter`] for a setting out of its range, and for [`Zeros::of_markers`] on a single channel.
    fn check(&self, x: &[X]) -> Result<()> {
        self.check_settings()?;
        if x.is_empty() {
            return Err(Error::TooFew { operation: OPERATION, unit: "samples", needed: 1, got: 0 });
        }
        if let Some(zeros) = self.missing.zeros {
            zeros.check(X::CHANNELS)?;
        }
        match x.iter().position(|x| is_infinite(*x)) {
            Some(index) => Err(Error::NonFinite { operation: OPERATION, index }),
            None => Ok(()),
        }
    }

    fn run(&self, x: &[X], out: &mut [X], scratch: &mut Self::Scratch) {
        self.each_gap(x, out, scratch, |_| ());
    }
}

whole_record!([X: Sample] GapFill);

/// A run of missing samples: NaN, in a frame NaN in some channel.
///
/// ```
/// use copeak::{Rate, filter::gap::{Gap, GapPlace}};
/// let nan = f64::NAN;
/// let gaps = Gap::all_in(&[nan, 1.0, nan, nan, 2.0]);
/// assert_eq!((gaps[1].start, gaps[1].end, gaps[1].place), (2, 4, GapPlace::Inside));
/// assert_eq!(gaps[1].duration_s(Rate::from_hz(100.0)?), 0.02);
/// assert_eq!(gaps[0].place, GapPlace::AtStart);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Gap {
    /// First missing sample.
    pub start: usize,
    /// First sample after the gap.
    pub end: usize,
    /// Whether it touches an end of the record.
    pub place: GapPlace,
}

/// Position of a [`Gap`] in the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum GapPlace {
    /// With samples on both sides.
    Inside,
    /// At the record's start.
    AtStart,
    /// At the record's end.
    AtEnd,
    /// No sample of the record is there.
    Whole,
}

impl Gap {
    fn new(start: usize, end: usize, samples: usize) -> Self {
        let place = match (start == 0, end == samples) {
            (false, false) => GapPlace::Inside,
            (true, false) => GapPlace::AtStart,
            (false, true) => GapPlace::AtEnd,
            (true, true) => GapPlace::Whole,
        };
        Self { start, end, place }
    }

    /// Every gap of a record, in order.
    pub fn all_in<S>(x: &S) -> Vec<Self>
    where
        S: Samples + ?Sized,
        S::Item: Sample,
    {
        let missing = |i: &usize| is_missing(x.sample(*i));
        let (mut gaps, mut next) = (Vec::new(), 0);
        while let Some(start) = (next..x.len()).find(missing) {
            next = (start..x.len()).find(|i| !missing(i)).unwrap_or(x.len());
            gaps.push(Self::new(start, next, x.len()));
        }
        gaps
    }

    /// Returns the number of missing samples.
    #[allow(clippy::len_without_is_empty)] // a gap is never empty
    pub fn len(&self) -> usize {
        self.end - self.start
    }

    /// Returns the duration of the gap: the number of missing samples over the rate.
    pub fn duration_s(&self, rate: Rate) -> f64 {
        self.len() as f64 / rate.as_hz()
    }
}

/// Exact zeros that mean "not seen".
///
/// Motion capture stores an occluded marker as x = y = z = 0 (common in C3D files), and some amplifiers write zeros
/// where they lost the signal. A marker is at the origin in all three coordinates at once only when nobody saw it; a
/// single channel crosses zero honestly, so there a shortest run must be named.
///
/// ```
/// use copeak::{Frame, filter::gap::Zeros};
/// let mut heel = [Frame([0.1f64, 0.0, 0.2]), Frame([0.0; 3]), Frame([0.3, 0.1, 0.2])];
/// assert_eq!(Zeros::of_markers().mark(&mut heel)?, 1);
/// assert!(heel[1][0].is_nan() && heel[0][1] == 0.0);
///
/// let mut force = [1.0, 0.0, -1.0, 0.0, 0.0, 0.0, 2.0];
/// assert_eq!(Zeros::of_channel(3)?.mark(&mut force)?, 3);
/// assert_eq!(force[1], 0.0); // a true crossing stays
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Zeros {
    shortest: usize,
}

impl Zeros {
    /// Selects, for markers, every sample that is exactly zero in all channels at once.
    pub fn of_markers() -> Self {
        Self { shortest: 1 }
    }

    /// Selects, for any data including a single channel, runs of at least `shortest` samples that are exactly zero.
    ///
    /// # Errors
    /// [`Error::Parameter`] below two samples, and above 10,000,000.
    pub fn of_channel(shortest: usize) -> Result<Self> {
        if (2..=MOST).contains(&shortest) {
            return Ok(Self { shortest });
        }
        let (name, rule) = ("shortest run of zeros", "from 2 to 10000000 samples");
        Err(Error::Parameter { name, rule, value: shortest as f64 })
    }

    /// Replaces them by NaN and returns their number.
    ///
    /// # Errors
    /// [`Error::Parameter`] for [`Zeros::of_markers`] on a single channel.
    pub fn mark<S>(&self, x: &mut S) -> Result<usize>
    where
        S: SamplesMut + ?Sized,
        S::Item: Sample,
    {
        self.check(S::Item::CHANNELS)?;
        let zero = |x: &S, i| x.sample(i) == S::Item::ZERO;
        let nothing = S::Item::splat(f64::NAN);
        Ok(self.runs(x.len(), x, zero, |x, i| x.set(i, nothing)))
    }

    /// Replaces zeros by NaN in one marker's coordinates kept as channels: what is zero in all of them at once becomes NaN in all.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] when the channels differ in length; [`Error::Parameter`] for [`Zeros::of_markers`] on
    /// fewer than two channels.
    pub fn mark_together<T, S>(&self, channels: &mut [S]) -> Result<usize>
    where
        T: Real,
        S: SamplesMut<Item = T>,
    {
        self.check(channels.len())?;
        let length = channels.first().map_or(0, Samples::len);
        if let Some(other) = channels.iter().map(Samples::len).find(|n| *n != length) {
            return Err(Error::LengthMismatch { operation: OPERATION, left: length, right: other });
        }
        let zero = |all: &&mut [S], i| all.iter().all(|x| x.sample(i) == T::ZERO);
        let hide = |all: &mut &mut [S], i| all.iter_mut().for_each(|x| x.set(i, T::nan()));
        let mut channels = channels;
        Ok(self.runs(length, &mut channels, zero, hide))
    }

    fn check(&self, channels: usize) -> Result<()> {
        if self.shortest > 1 || channels > 1 {
            return Ok(());
        }
        let (name, rule) = ("shortest run of zeros", "at least 2 samples on a single channel");
        Err(Error::Parameter { name, rule, value: self.shortest as f64 })
    }

    fn runs<D: ?Sized>(
        &self,
        length: usize,
        data: &mut D,
        zero: impl Fn(&D, usize) -> bool,
        mut hide: impl FnMut(&mut D, usize),
    ) -> usize {
        let (mut count, mut next) = (0, 0);
        while let Some(start) = (next..length).find(|i| zero(data, *i)) {
            next = (start..length).find(|i| !zero(data, *i)).unwrap_or(length);
            if next - start >= self.shortest {
                (start..next).for_each(|i| hide(data, i));
                count += next - start;
            }
        }
        count
    }
}

/// Most samples of a gap limit, a trim, a run of zeros: far more than is sensible, and still addressable.
const MOST: usize = 10_000_000;

/// NaN; zeros when they stand for it; and what is trimmed next to either.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Missing {
    zeros: Option<Zeros>,
    trim: usize,
}

/// State of the decision after the samples before.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Run {
    zeros: usize,
    ahead: usize,
    /// Samples found to be zeros that stand for NaN.
    hidden: usize,
}

impl Missing {
    /// Samples after which a decision is final.
    fn settles(&self) -> usize {
        self.trim + self.zeros.map_or(0, |zeros| zeros.shortest - 1)
    }

    /// Marks the missing samples of a whole record and returns the number of zeros that stand for NaN.
    fn mark_all<X: Sample>(&self, x: &[X], mask: &mut Vec<bool>) -> usize {
        mask.clear();
        if self.zeros.is_none() && self.trim == 0 {
            mask.extend(x.iter().map(|x| is_missing(*x)));
            return 0;
        }
        mask.resize(x.len(), false);
        let mut run = Run::default();
        for i in 0..x.len() {
            self.mark(&mut run, &x[..=i], &mut mask[..=i]);
        }
        run.hidden
    }

    /// Decides on the newest sample, the last of `x`, and on the ones before it that follow from it.
    #[inline]
    fn mark<X: Sample>(&self, run: &mut Run, x: &[X], mask: &mut [bool]) {
        let Some((newest, _)) = x.split_last() else { return };
        let mut found = usize::from(is_missing(*newest));
        if let Some(zeros) = self.zeros {
            run.zeros = if *newest == X::ZERO { run.zeros + 1 } else { 0 };
            if run.zeros >= zeros.shortest {
                found = if run.zeros == zeros.shortest { run.zeros } else { 1 };
                run.hidden += found;
            }
        }
        let end = mask.len();
        if found > 0 {
            mask[end.saturating_sub(found + self.trim)..].fill(true);
            run.ahead = self.trim;
        } else if run.ahead > 0 {
            mask[end - 1] = true;
            run.ahead -= 1;
        }
    }
}

/// The first run of missing samples from sample `from` on.
///
/// Never inlined: with the caller's variables at hand the compiler counts more than it needs at every sample.
#[inline(never)]
fn next_run(mask: &[bool], from: usize) -> Option<Range<usize>> {
    let start = from + mask[from..].iter().position(|m| *m)?;
    let end = mask[start..].iter().position(|m| !m).map_or(mask.len(), |i| start + i);
    Some(start..end)
}

/// Settings of a fill: the curve, and how many visible samples on each side make it.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Patch {
    method: Interpolation,
    context: usize,
}

/// The samples that make the curve.
#[derive(Debug, Clone, PartialEq)]
struct Beside<W> {
    /// In samples from the first missing one.
    at: Vec<f64>,
    values: Vec<W>,
    slopes: Vec<W>,
    scratch: SlopeScratch,
}

impl<W> Beside<W> {
    fn new(context: usize) -> Self {
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
    fn reach(&self) -> usize {
        2 * self.context
    }

    /// Passes each value of `gap`, which has a visible sample on both sides, to `put`.
    fn fill<X: Sample>(
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

/// State of a [`GapFill`] over a stream: the last [`GapFill::latency`] samples and those needed before them.
#[derive(Debug, Clone, PartialEq)]
pub struct GapFillState<X, W> {
    /// Samples, and which of them are missing; room for twice what is needed, so that they are moved rarely.
    x: Vec<X>,
    mask: Vec<bool>,
    run: Run,
    /// The sample whose turn it is.
    next: usize,
    /// Whether nothing came out yet.
    at_start: bool,
    /// Inside a gap that is not filled.
    skipping: bool,
    /// Values that fill the current gap, the next value last.
    patch: Vec<X>,
    beside: Beside<W>,
}

impl GapFill {
    /// Samples kept before the one whose turn it is.
    fn kept(&self) -> usize {
        self.patch.reach() + self.missing.settles()
    }

    fn capacity(&self) -> usize {
        2 * (self.kept() + self.latency() + 1)
    }

    /// The sample whose turn it is. The end of a gap that is short enough has been seen, or the record has ended.
    fn turn<X: Sample>(&self, state: &mut GapFillState<X, X::Wide>) -> X {
        let GapFillState { x, mask, next, at_start, skipping, patch, beside, .. } = state;
        let i = *next;
        *next += 1;
        let first = core::mem::take(at_start);
        if !mask[i] {
            *skipping = false;
            return x[i];
        }
        if let Some(y) = patch.pop() {
            return y;
        }
        if !*skipping {
            let end = mask[i..].iter().take(self.longest + 1).position(|m| !m).map(|n| i + n);
            match end {
                Some(end) if !first => {
                    self.patch.fill(x, mask, i..end, beside, |_, y| patch.push(y));
                    patch.reverse();
                    if let Some(y) = patch.pop() {
                        return y;
                    }
                }
                _ => *skipping = true,
            }
        }
        X::splat(f64::NAN)
    }
}
impl crate::StageExt for GapFill {}

impl<X: Sample> Stage<X> for GapFill {
    type Output = Option<X>;
    type State = GapFillState<X, X::Wide>;

    fn initial_state(&self) -> Self::State {
        GapFillState {
            x: Vec::with_capacity(self.capacity()),
            mask: Vec::with_capacity(self.capacity()),
            run: Run::default(),
            next: 0,
            at_start: true,
            skipping: false,
            patch: Vec::with_capacity(self.longest),
            beside: Beside::new(self.patch.context),
        }
    }

    fn process(&self, state: &mut Self::State, x: X) -> Option<X> {
        if state.x.len() >= self.capacity() {
            let drop = state.next.saturating_sub(self.kept());
            state.x.drain(..drop);
            state.mask.drain(..drop);
            state.next -= drop;
        }
        state.x.push(if is_infinite(x) { X::splat(f64::NAN) } else { x });
        state.mask.push(false);
        self.missing.mark(&mut state.run, &state.x, &mut state.mask);
        (state.x.len() - state.next > self.latency()).then(|| self.turn(state))
    }
}

impl<X: Sample> Flush<X> for GapFill {
    fn flush(&self, state: &mut Self::State) -> Option<Option<X>> {
        (state.next < state.x.len()).then(|| Some(self.turn(state)))
    }
}

/// It waits for [`GapFill::latency`] samples.
impl GroupDelay for GapFill {
    fn group_delay(&self, _frequency: f64) -> f64 {
        self.latency() as f64
    }
}
