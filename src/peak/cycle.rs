//! The peak of a contributor in a cycle.

use super::find::Side;
use super::subsample::{Vertex, vertex_of_plateau};
use crate::filter::conditioning::TimingNoise;
use crate::time::TimeSpan;
use crate::{Error, Real, Result, Samples, Signal};
use core::fmt;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// The peak of a contributor in a cycle.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Peak {
    /// Time of the peak on the recording's clock, interpolated between samples.
    pub time_s: f64,
    /// Height at that time, in the drive's unit.
    pub value: f64,
    /// Standard error of the time; `None` when the drive's noise is not known or the peak is a plateau.
    ///
    /// On simulated pulses at 100 to 1000 Hz with white noise 10 to 40 dB below the signal, low-passed at 15 Hz, 1.96 of
    /// these standard errors cover 90 to 98 % of the errors of peaks that are not approximate
    /// ([the figures](crate::guide::studies::peaks)).
    pub se_s: Option<f64>,
    /// Whether the standard error is approximate: it exceeds half a sample, or the noise of the curvature exceeds a quarter
    /// of the curvature, or the peak is a plateau.
    pub approximate: bool,
    /// Prominence of the peak within the cycle, in the drive's unit.
    pub prominence: f64,
}

/// Why a contributor has no peak in a cycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum NoPeak {
    /// The drive is highest on the window's edge, where it keeps rising.
    Edge,
    /// The drive does not vary in the window (or is nowhere above 0 where it is clipped there).
    Flat,
    /// A sample in the window, or one adjacent to it, is NaN or infinite.
    NonFinite,
    /// No maximum stands out enough.
    NotProminent,
    /// The window leaves the recording, or holds fewer than 3 samples.
    Outside,
}

impl NoPeak {
    /// Returns `edge`, `flat`, `non_finite`, `not_prominent` or `outside`, as in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            NoPeak::Edge => "edge",
            NoPeak::Flat => "flat",
            NoPeak::NonFinite => "non_finite",
            NoPeak::NotProminent => "not_prominent",
            NoPeak::Outside => "outside",
        }
    }
}

impl core::error::Error for NoPeak {}

impl fmt::Display for NoPeak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Finds the peak of a contributor in a cycle: the highest maximum of its drive in a window that stands out by at
/// least a quarter of the drive's range there.
///
/// The drive has its own clock and the window is in seconds, so channels of different rates can be combined. The peak's
/// time is the vertex of the parabola through the three highest *recorded* samples, even if one of them lies beyond the
/// window's edge; a peak belongs to the window when that time does. Of equal maxima the first counts.
///
/// - **Not circular** (default): the prominence is measured inside the window. A maximum on its edge is no peak.
/// - **[Circular](Self::circular)**: the window is one cycle of a periodic drive, its end coincides with its start (and is
///   left out), and the prominence is measured around the circle. A sample that is a maximum only because the recording
///   was cut there (the drive keeps rising beyond the edge) is no peak, though it still bounds the prominence of others.
///
/// ```
/// use copeak::{Clock, Rate, Signal, peak::{NoPeak, CyclePeakFinder}, time::TimeSpan};
/// let clock = Clock::from_zero(Rate::from_hz(4.0)?);
/// let drive = Signal::new(clock, vec![0.0, 1.0, 5.0, 3.0, 0.0, 0.0, 2.0, 4.0, 6.0]);
/// let finder = CyclePeakFinder::new();
/// let peak = finder.find(&drive, TimeSpan { start_s: 0.0, end_s: 1.25 })?;
/// assert_eq!((peak.value, peak.prominence), (5.0 + 1.0 / 12.0, 5.0));
/// // From 1.25 s on it only rises.
/// let absent = finder.find(&drive, TimeSpan { start_s: 1.25, end_s: 2.0 });
/// assert_eq!(absent.unwrap_err(), NoPeak::Edge);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CyclePeakFinder {
    prominence: f64,
    circular: bool,
    clipped: bool,
    side: Side,
}

impl Default for CyclePeakFinder {
    fn default() -> Self {
        Self { prominence: 0.25, circular: false, clipped: false, side: Side::Maxima }
    }
}

impl CyclePeakFinder {
    /// Creates a finder: prominence at least 25 % of the range, window not circular, drive unchanged.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the minimum prominence, as a fraction of the drive's range in the window.
    ///
    /// # Errors
    /// [`Error::Parameter`] unless it is in [0, 1].
    pub fn prominence(self, fraction: f64) -> Result<Self> {
        if (0.0..=1.0).contains(&fraction) {
            Ok(Self { prominence: fraction, ..self })
        } else {
            Err(Error::Parameter { name: "prominence of a cycle's peak", rule: "in [0, 1]", value: fraction })
        }
    }

    /// Treats the window as one cycle of a periodic drive.
    #[must_use]
    pub fn circular(self) -> Self {
        Self { circular: true, ..self }
    }

    /// Counts values below 0 as 0: for signed channels of which only the positive part drives.
    ///
    /// Range and prominence are those of max(0, x), and a maximum not above 0 is no peak; the time is still interpolated on
    /// the channel itself, which has no corner at 0.
    #[must_use]
    pub fn positive_part(self) -> Self {
        Self { clipped: true, ..self }
    }

    /// Finds the lowest minimum instead. Height, range and prominence are those of the negated drive -x: a minimum of -3
    /// has the value 3.
    #[must_use]
    pub fn minima(self) -> Self {
        Self { side: Side::Minima, ..self }
    }

    /// Finds the peak of the magnitude |x| instead, regardless of sign.
    #[must_use]
    pub fn absolute(self) -> Self {
        Self { side: Side::Absolute, ..self }
    }

    /// Finds the peak in `window`, without standard error.
    ///
    /// # Errors
    /// A [`NoPeak`] with the reason when there is none.
    pub fn find<S>(&self, drive: &Signal<S>, window: TimeSpan) -> Result<Peak, NoPeak>
    where
        S: Samples,
        S::Item: Real,
    {
        let (vertex, prominence) = self.locate(drive, window)?;
        let time_s = drive.clock().time_s(vertex.position);
        let approximate = vertex.second_difference == 0.0;
        Ok(Peak { time_s, value: vertex.value, se_s: None, approximate, prominence })
    }

    /// Finds the peak in `window`, with its standard error from the drive's noise.
    ///
    /// # Errors
    /// A [`NoPeak`] with the reason when there is none.
    pub fn find_with_noise<S>(
        &self,
        drive: &Signal<S>,
        noise: &TimingNoise,
        window: TimeSpan,
    ) -> Result<Peak, NoPeak>
    where
        S: Samples,
        S::Item: Real,
    {
        let (vertex, prominence) = self.locate(drive, window)?;
        let time_s = drive.clock().time_s(vertex.position);
        let se_s = noise.standard_error_s(vertex.second_difference, drive.clock().rate());
        Ok(Peak {
            time_s,
            value: vertex.value,
            se_s: se_s.is_finite().then_some(se_s),
            approximate: noise.is_approximate(vertex.second_difference),
            prominence,
        })
    }

    fn locate<S>(&self, drive: &Signal<S>, window: TimeSpan) -> Result<(Vertex, f64), NoPeak>
    where
        S: Samples,
        S::Item: Real,
    {
        if !drive.covers(window.start_s, window.end_s) {
            return Err(NoPeak::Outside);
        }
        let cut = Cut::new(drive, window, self.circular).ok_or(NoPeak::Outside)?;
        let x = |i: usize| self.side.height(drive.samples().sample(i).as_f64());
        let height = |i: usize| if self.clipped { x(i).max(0.0) } else { x(i) };

        // The window's samples and, for maxima at its edges, one more on either side where the recording has one.
        let (from, to) = (cut.first.saturating_sub(1), (cut.last + 1).min(drive.samples().len() - 1));
        if (from..=to).any(|i| !x(i).is_finite()) {
            return Err(NoPeak::NonFinite);
        }
        let extremes = |(low, high): (f64, f64), i| (height(i).min(low), height(i).max(high));
        let (low, high) = (cut.first..=cut.last).fold((f64::INFINITY, f64::NEG_INFINITY), extremes);
        if low == high {
            return Err(NoPeak::Flat);
        }
        let least = self.prominence * (high - low);

        let mut best: Option<(Vertex, f64, f64)> = None;
        let (mut candidates, mut highest) = (false, f64::NEG_INFINITY);
        let mut i = from;
        while let Some((first, last)) = next_maximum(x, i, drive.samples().len()) {
            if first > to {
                break;
            }
            i = last + 1;
            let top = height(first);
            let vertex = vertex_of_plateau(x, first, last);
            if !cut.holds(first, last, vertex.position) || (self.clipped && top <= 0.0) {
                continue;
            }
            (candidates, highest) = (true, top.max(highest));
            if best.is_some_and(|(.., found)| found >= top) {
                continue;
            }
            let prominence = top - cut.left_low(height, first, top).max(cut.right_low(height, last, top));
            if prominence >= least {
                best = Some((vertex, prominence, top));
            }
        }
        match best {
            Some((vertex, prominence, _)) => Ok((vertex, prominence)),
            None if candidates && highest >= high => Err(NoPeak::NotProminent),
            None => Err(NoPeak::Edge),
        }
    }
}

/// The samples of a window, with searches to the left and right of a sample.
struct Cut {
    first: usize,
    last: usize,
    /// The window in samples, widened by the tolerance of a millionth of a sample.
    start: f64,
    end: f64,
    circular: bool,
}

impl Cut {
    /// Returns `None` below 3 samples.
    fn new<S: Samples>(drive: &Signal<S>, window: TimeSpan, circular: bool) -> Option<Self> {
        const SLACK: f64 = 1e-6;
        let clock = drive.clock();
        let start = clock.position(window.start_s) - SLACK;
        // The end of a circular window coincides with its start.
        let end = clock.position(window.end_s) + if circular { -SLACK } else { SLACK };
        let first = start.ceil().max(0.0) as usize;
        let last = (end.floor().max(0.0) as usize).min(drive.samples().len() - 1);
        (end >= start && last >= first + 2).then_some(Self { first, last, start, end, circular })
    }

    /// Returns whether a maximum from `first` to `last` with its vertex at `position` belongs to the window.
    fn holds(&self, first: usize, last: usize, position: f64) -> bool {
        let inside = position >= self.start && position < self.end;
        // In a window that is not circular the edge samples are no peaks.
        inside && (self.circular || (first > self.first && last < self.last))
    }

    /// Returns the lowest value to the left of the maximum that starts at `first`, up to anything higher.
    fn left_low(&self, height: impl Fn(usize) -> f64, first: usize, top: f64) -> f64 {
        let near = (self.first..first.min(self.last + 1)).rev();
        let round = (first.max(self.first)..=self.last).rev();
        lowest_until_higher(near.chain(round.filter(|_| self.circular)).map(height), top)
    }

    /// Returns the lowest value to the right of the maximum that ends at `last`, up to anything higher.
    fn right_low(&self, height: impl Fn(usize) -> f64, last: usize, top: f64) -> f64 {
        let near = (last + 1).max(self.first)..=self.last;
        let round = self.first..=last.min(self.last);
        lowest_until_higher(near.chain(round.filter(|_| self.circular)).map(height), top)
    }
}

fn lowest_until_higher(values: impl Iterator<Item = f64>, top: f64) -> f64 {
    values.take_while(|&v| v <= top).fold(top, f64::min)
}

/// Returns the next local maximum from sample `i` on, a plateau as a whole; never the record's first or last sample.
fn next_maximum(x: impl Fn(usize) -> f64, mut i: usize, n: usize) -> Option<(usize, usize)> {
    i = i.max(1);
    // Inside a plateau the search starts from its first sample.
    while i > 1 && i < n && x(i - 1) == x(i) {
        i -= 1;
    }
    while i + 1 < n {
        if x(i - 1) < x(i) {
            let mut last = i;
            while last + 1 < n && x(last + 1) == x(i) {
                last += 1;
            }
            if last + 1 < n && x(last + 1) < x(i) {
                return Some((i, last));
            }
            i = last;
        }
        i += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Clock, Rate};

    fn signal(x: &[f64]) -> Signal {
        Signal::new(Clock::from_zero(Rate::from_hz(1.0).unwrap()), x.to_vec())
    }

    fn window(start_s: f64, end_s: f64) -> TimeSpan {
        TimeSpan { start_s, end_s }
    }

    #[test]
    fn each_window_without_a_peak_reports_its_reason() {
        let finder = CyclePeakFinder::new();
        let absent = |x: &[f64], from, to| finder.find(&signal(x), window(from, to)).unwrap_err();
        assert_eq!(absent(&[0.0, 1.0, 2.0, 3.0], 0.0, 3.0), NoPeak::Edge);
        assert_eq!(absent(&[9.0, 0.0, 1.0, 0.0], 0.0, 3.0), NoPeak::Edge);
        assert_eq!(absent(&[1.0; 5], 0.0, 4.0), NoPeak::Flat);
        assert_eq!(absent(&[0.0, 1.0, f64::NAN, 1.0], 0.0, 3.0), NoPeak::NonFinite);
        assert_eq!(absent(&[0.0, 1.0, 0.0, f64::INFINITY], 0.0, 2.0), NoPeak::NonFinite);
        assert_eq!(absent(&[0.0, 9.0, 10.0, 9.5, 9.9], 0.0, 4.0), NoPeak::NotProminent);
        assert_eq!(absent(&[0.0, 1.0, 0.0], 0.0, 2.1), NoPeak::Outside);
        assert_eq!(absent(&[0.0, 1.0, 0.0], 0.0, 1.5), NoPeak::Outside);
        assert_eq!(absent(&[0.0, 1.0, 0.0], 2.0, 0.0), NoPeak::Outside);
        assert_eq!(absent(&[0.0, 1.0, 0.0], f64::NAN, 2.0), NoPeak::Outside);
        assert_eq!(absent(&[], 0.0, 2.0), NoPeak::Outside);
    }

    /// A pulse in every cycle of 20 samples, with its peak at `at`.
    fn pulses(at: f64, n: usize) -> Signal {
        let away = |i: usize| (i as f64 - at + 10.0).rem_euclid(20.0) - 10.0;
        signal(&(0..n).map(|i| (-away(i) * away(i) / 8.0).exp()).collect::<alloc::vec::Vec<f64>>())
    }

    #[test]
    fn a_periodic_pulse_has_one_peak_for_any_cycle_start() {
        let finder = CyclePeakFinder::new().circular();
        let drive = pulses(7.3, 100);
        for cut in 0..40 {
            let start = 25.0 + 0.5 * f64::from(cut);
            let peak = finder.find(&drive, window(start, start + 20.0)).unwrap();
            let cycles = (peak.time_s - 7.3) / 20.0;
            assert!((cycles - cycles.round()).abs() < 0.001, "{cut}: {peak:?}");
            assert!(peak.time_s >= start && peak.time_s < start + 20.0);
            assert!(peak.prominence > 0.9);
        }
    }

    #[test]
    fn a_cut_through_a_ramp_makes_no_peak() {
        // Rises throughout: around the circle its last sample is higher than both neighbours.
        let ramp: alloc::vec::Vec<f64> = (0..40).map(f64::from).collect();
        let circular = CyclePeakFinder::new().circular();
        assert_eq!(circular.find(&signal(&ramp), window(10.0, 30.0)).unwrap_err(), NoPeak::Edge);
        // A smaller maximum in the window counts when it is prominent enough.
        let mut x = ramp.clone();
        x[15] = 24.0;
        let peak = circular.find(&signal(&x), window(10.0, 30.0)).unwrap();
        assert_eq!((peak.time_s.round(), peak.prominence), (15.0, 24.0 - 16.0));
    }

    #[test]
    fn circular_prominence_is_measured_across_the_cycle_start() {
        // The dip that makes this a peak lies on the other side of the cycle start.
        let x = [5.0, 8.0, 9.0, 8.5, 8.4, 8.3, 8.2, 8.1, 8.0, 0.0, 5.0];
        let flat = CyclePeakFinder::new().prominence(0.9).unwrap();
        assert_eq!(flat.find(&signal(&x), window(0.0, 10.0)).unwrap_err(), NoPeak::NotProminent);
        assert_eq!(flat.circular().find(&signal(&x), window(0.0, 10.0)).unwrap().prominence, 9.0);
    }

    #[test]
    fn the_highest_maximum_counts_and_a_plateau_peaks_in_its_middle() {
        let x = [0.0, 4.0, 0.0, 6.0, 6.0, 6.0, 0.0, 5.0, 0.0];
        let peak = CyclePeakFinder::new().find(&signal(&x), window(0.0, 8.0)).unwrap();
        assert_eq!((peak.time_s, peak.value, peak.approximate), (4.0, 6.0, true));
        let noise = TimingNoise::new(0.1, 0.5).unwrap();
        let peak = CyclePeakFinder::new().find_with_noise(&signal(&x), &noise, window(0.0, 8.0)).unwrap();
        assert_eq!((peak.se_s, peak.approximate), (None, true));
        let peak = CyclePeakFinder::new().find_with_noise(&signal(&x), &noise, window(6.0, 8.0)).unwrap();
        assert_eq!((peak.time_s, peak.se_s, peak.approximate), (7.0, Some(0.005), false));
        // Of equal maxima the first counts.
        let peak =
            CyclePeakFinder::new().find(&signal(&[0.0, 1.0, 0.0, 1.0, 0.0]), window(0.0, 4.0)).unwrap();
        assert_eq!(peak.time_s, 1.0);
    }

    #[test]
    fn clipping_changes_the_range_but_not_the_interpolated_time() {
        let x = [-9.0, -3.0, 1.0, -2.0, -9.0];
        let finder = CyclePeakFinder::new().positive_part();
        let peak = finder.find(&signal(&x), window(0.0, 4.0)).unwrap();
        assert_eq!(peak.prominence, 1.0);
        assert_eq!(peak.time_s, 2.0 + 0.5 / 7.0);
        let below = [-9.0, -3.0, -1.0, -2.0, -9.0];
        assert_eq!(finder.find(&signal(&below), window(0.0, 4.0)).unwrap_err(), NoPeak::Flat);
        assert!(CyclePeakFinder::new().find(&signal(&below), window(0.0, 4.0)).is_ok());
    }

    #[test]
    fn minima_and_magnitudes_are_peaks_of_the_negated_or_absolute_drive() {
        let x = [0.0, 2.0, 0.0, -1.0, -5.0, -1.0, 0.0, 3.0, 0.0];
        let all = window(0.0, 8.0);
        let finder = CyclePeakFinder::new();
        for finder in
            [finder.minima(), finder.absolute(), finder.minima().positive_part(), finder.minima().circular()]
        {
            let peak = finder.find(&signal(&x), all).unwrap();
            assert_eq!((peak.time_s, peak.value), (4.0, 5.0), "{finder:?}");
        }
        // From 5 down to -2, the higher of the two lowest points on either side.
        assert_eq!(finder.minima().find(&signal(&x), all).unwrap().prominence, 7.0);
        assert_eq!(finder.find(&signal(&x), all).unwrap().time_s, 7.0);
        // A drive that only rises has its minimum on the edge.
        let ramp = [0.0, 1.0, 2.0, 3.0, 4.0];
        assert_eq!(finder.minima().find(&signal(&ramp), window(0.0, 4.0)).unwrap_err(), NoPeak::Edge);
    }

    #[test]
    fn the_record_may_end_where_the_window_does() {
        // The window's last sample is the record's: whether it keeps rising is not known.
        let drive = pulses(39.0, 40);
        let circular = CyclePeakFinder::new().circular();
        assert_eq!(circular.find(&drive, window(19.5, 39.0)).unwrap_err(), NoPeak::Edge);
        assert!(CyclePeakFinder::new().prominence(1.1).is_err());
        assert!(CyclePeakFinder::new().prominence(f64::NAN).is_err());
    }
}
