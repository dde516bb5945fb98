//! Short gaps of a whole record.

use super::mask::{MOST, Missing, Run};
use super::patch::{Beside, Patch};
use super::{Gap, GapPlace, OPERATION, Zeros};
use crate::filter::Interpolation;
use crate::filter::interpolate::is_infinite;
use crate::filter::whole::{Filter, whole_record};
use crate::samples::{Sample, Samples};
use crate::{Error, Rate, Result};
use alloc::{vec, vec::Vec};
use core::ops::Range;

/// The longest gap filled by default, as the crate's definitions have it.
const LONGEST_S: f64 = 0.1;

/// Fills short gaps (NaN) from the samples beside them; longer ones stay NaN, and so do gaps at the record's ends.
///
/// Defaults: gaps of up to 0.1 s, by cubic spline through four visible samples on each side (fewer where the record
/// ends or another gap lies: they are looked for among the eight nearest). [`GapFill::max_gap_s`], [`GapFill::method`] and
/// [`GapFill::with_context`] change that. A gap's length is its number of missing samples over the rate.
///
/// It runs on numbers and on frames: a marker (`Frame<T, 3>`) with one missing coordinate is missing as a whole.
/// Samples outside gaps keep every bit. `f32` samples are filled in `f64` and rounded once.
///
/// A marker is often displaced just before and after it vanishes. [`GapFill::margin`] takes that many samples beside
/// every gap for missing too (default none).
///
/// # How far to trust it
/// On all markers of a sprinter at 250 Hz with occlusions planted, median distance of a filled sample from the truth
/// (and 95 % point) in mm (`tests/filter_gaps_real.rs` prints and holds them):
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
/// missing there, and with [`Zeros::of_markers`] so does every zero of a single channel.
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
    pub(super) longest: usize,
    pub(super) missing: Missing,
    pub(super) patch: Patch,
}

/// What a [`GapFill`] keeps between calls.
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
    /// How many samples were exact zeros that stood for a missing one.
    pub zeros: usize,
}

/// A gap and what became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct FilledGap {
    /// The gap.
    pub gap: Gap,
    /// What became of it.
    pub fate: GapOutcome,
}

/// What became of a gap.
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
    /// The stretches of samples that were filled.
    pub fn filled(&self) -> impl Iterator<Item = Range<usize>> + '_ {
        self.gaps.iter().filter(|g| g.fate == GapOutcome::Filled).map(|g| g.gap.start..g.gap.end)
    }

    /// For each sample whether it was filled.
    pub fn filled_mask(&self) -> Vec<bool> {
        let mut mask = vec![false; self.samples.len()];
        self.filled().for_each(|range| mask[range].fill(true));
        mask
    }
}

impl GapFill {
    /// NaN in samples taken at `rate`, with the defaults.
    pub fn new(rate: Rate) -> Self {
        let patch = Patch { method: Interpolation::default(), context: 4 };
        let mut fill = Self { rate, longest: 0, missing: Missing { zeros: None, trim: 0 }, patch };
        fill.longest = fill.samples(LONGEST_S).min(MOST as f64) as usize;
        fill
    }

    /// The same for markers as motion capture stores them: exact zeros in all coordinates at once are missing too.
    pub fn markers(rate: Rate) -> Self {
        Self::new(rate).with_zeros(Zeros::of_markers())
    }

    /// Fill gaps of up to `longest_s` seconds; 0 fills none.
    ///
    /// # Errors
    /// [`Error::Parameter`] when it is negative, not finite, or more than 10,000,000 samples.
    pub fn max_gap_s(self, longest_s: f64) -> Result<Self> {
        let samples = self.samples(longest_s);
        if (0.0..=MOST as f64).contains(&samples) {
            return Ok(Self { longest: samples as usize, ..self });
        }
        let (name, rule) = ("longest gap to fill", "from 0 s to 10000000 samples");
        Err(Error::Parameter { name, rule, value: longest_s })
    }

    /// By another curve.
    #[must_use]
    pub fn method(self, method: Interpolation) -> Self {
        Self { patch: Patch { method, ..self.patch }, ..self }
    }

    /// From `context` visible samples on each side, looked for among twice as many.
    ///
    /// # Errors
    /// [`Error::Parameter`] for none, and above 10,000.
    pub fn with_context(self, context: usize) -> Result<Self> {
        if (1..=10_000).contains(&context) {
            return Ok(Self { patch: Patch { context, ..self.patch }, ..self });
        }
        let (name, rule) = ("samples on each side of a gap", "from 1 to 10000");
        Err(Error::Parameter { name, rule, value: context as f64 })
    }

    /// Take `samples` visible samples on each side of every gap for missing too. Gaps grow by that, also against the
    /// limit, and those that are not filled lose these samples.
    ///
    /// # Errors
    /// [`Error::Parameter`] above 10,000.
    pub fn margin(self, samples: usize) -> Result<Self> {
        if samples <= 10_000 {
            return Ok(Self { missing: Missing { trim: samples, ..self.missing }, ..self });
        }
        let (name, rule) = ("samples trimmed beside a gap", "at most 10000");
        Err(Error::Parameter { name, rule, value: samples as f64 })
    }

    /// Exact zeros are missing samples too.
    #[must_use]
    pub fn with_zeros(self, zeros: Zeros) -> Self {
        Self { missing: Missing { zeros: Some(zeros), ..self.missing }, ..self }
    }

    /// The sample rate.
    pub fn rate(&self) -> Rate {
        self.rate
    }

    /// The most missing samples in a row that are filled.
    pub fn longest_samples(&self) -> usize {
        self.longest
    }

    /// Samples by which the streaming form is late: the longest gap, the samples looked at after it, and what must be
    /// seen to know that a sample is trimmed or part of a run of zeros.
    pub fn latency(&self) -> usize {
        self.longest + self.patch.reach() + self.missing.settles()
    }

    /// A limit in samples: whole ones, and one that is a hair below a whole number by rounding counts as that.
    fn samples(&self, seconds: f64) -> f64 {
        let samples = seconds * self.rate.as_hz();
        num_traits::Float::floor(samples + 1e-9 * num_traits::Float::abs(samples))
    }

    /// Fill, and say what was missing and what became of it.
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
        mask.clear();
        mask.resize(x.len(), false);
        let mut run = Run::default();
        for i in 0..x.len() {
            self.missing.mark(&mut run, &x[..=i], &mut mask[..=i]);
        }
        *hidden = run.hidden;
        out.copy_from_slice(x);
        let mut next = 0;
        while let Some(start) = mask[next..].iter().position(|m| *m).map(|i| next + i) {
            next = mask[start..].iter().position(|m| !m).map_or(x.len(), |i| start + i);
            let gap = Gap::new(start, next, x.len());
            let fate = match gap.place {
                GapPlace::Inside if gap.len() <= self.longest => GapOutcome::Filled,
                GapPlace::Inside => GapOutcome::TooLong,
                _ => GapOutcome::AtEdge,
            };
            if fate == GapOutcome::Filled {
                self.patch.fill(x, mask, start..next, beside, |i, y| out[i] = y);
            } else {
                out[start..next].fill(X::splat(f64::NAN));
            }
            report(FilledGap { gap, fate });
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
    /// [`Error::Parameter`] for [`Zeros::of_markers`] on a single channel.
    fn check(&self, x: &[X]) -> Result<()> {
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
