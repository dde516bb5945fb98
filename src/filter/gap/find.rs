//! Where samples are missing.

use super::OPERATION;
use crate::filter::interpolate::is_missing;
use crate::samples::{Sample, Samples, SamplesMut};
use crate::{Error, Rate, Real, Result};
use alloc::vec::Vec;

/// A run of missing samples: NaN, in a frame NaN in some channel.
///
/// ```
/// use copeak::{Rate, filter::{Gap, GapPlace}};
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

/// Where in the record a [`Gap`] lies.
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
    pub(super) fn new(start: usize, end: usize, samples: usize) -> Self {
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

    /// Number of missing samples.
    #[allow(clippy::len_without_is_empty)] // a gap is never empty
    pub fn len(&self) -> usize {
        self.end - self.start
    }

    /// The missing samples' time: their number over the rate.
    pub fn duration_s(&self, rate: Rate) -> f64 {
        self.len() as f64 / rate.as_hz()
    }
}

/// Exact zeros that stand for "not seen".
///
/// Motion capture stores an occluded marker as x = y = z = 0 (common in C3D files), and some amplifiers write zeros
/// where they lost the signal. A marker is at the origin in all three coordinates at once only when nobody saw it; a
/// single channel crosses zero honestly, so there a shortest run must be named.
///
/// ```
/// use copeak::{Frame, filter::Zeros};
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
    pub(super) shortest: usize,
}

impl Zeros {
    /// Of markers: every sample that is exactly zero in all channels at once.
    pub fn of_markers() -> Self {
        Self { shortest: 1 }
    }

    /// Of anything, a single channel too: runs of at least `shortest` samples that are exactly zero.
    ///
    /// # Errors
    /// [`Error::Parameter`] below two samples, and above 10,000,000.
    pub fn of_channel(shortest: usize) -> Result<Self> {
        if (2..=super::mask::MOST).contains(&shortest) {
            return Ok(Self { shortest });
        }
        let (name, rule) = ("shortest run of zeros", "from 2 to 10000000 samples");
        Err(Error::Parameter { name, rule, value: shortest as f64 })
    }

    /// Make them NaN; returns how many.
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

    /// The same on one marker's coordinates kept as channels: what is zero in all of them at once becomes NaN in all.
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

    pub(super) fn check(&self, channels: usize) -> Result<()> {
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
