//! Samples that no limb could have reached.

use crate::filter::Filter;
use crate::math::{MAD_SCALE, median};
use crate::samples::{Sample, first_non_finite};
use crate::{Error, Real, Result, Samples};
use alloc::vec::Vec;
use core::ops::Range;

const OPERATION: &str = "spike repair";
/// Least number of samples for a scale of the misfits.
const NEEDED: usize = 16;
/// The widest spike that can be asked for.
const WIDEST: usize = 16;

/// Replaces isolated wrong samples of a smooth motion by the cubic through their neighbours.
///
/// One frame in which a camera takes a reflection for a marker moves every angle that hangs on that marker, for that frame
/// only. A low-pass does not remove such a spike, it spreads it: at 250 Hz and 15 Hz a spike of 5 degrees still moves the
/// velocity by 40 degrees/s and is felt over 60 ms, enough to pass for a peak. And a median over a window of raw values (Hampel's rule)
/// hardly sees it where the limb itself moves by degrees per frame.
///
/// So each sample is compared with the **cubic through its two neighbours on either side**: the misfit of a smooth motion is
/// noise, whatever its speed. With s = 1.4826 times the median misfit, a misfit above `threshold` s (10 unless set) is
/// looked at, largest first. The narrowest run of at most `widest` samples (3 unless set) is replaced whose removal makes the
/// misfits around it fall below the threshold, if the curve continues behind it as before; otherwise there is a step or
/// a corner, which stays. The two samples at either end are never replaced.
///
/// All other samples come out bit for bit as they went in; [`SpikeRepair::find`] returns which do not. Each channel of a frame is
/// judged alone. For signals with true jumps or corners (force at contact, EMG) this is the wrong filter. Records with
/// many spikes, so that the median misfit is one need a look at the recording.
///
/// ```
/// use copeak::{Filter, filter::SpikeRepair};
/// let mut angle: Vec<f64> = (0..200).map(|i| 30.0 * (i as f64 * 0.05).sin() + 0.01 * ((i * 7 % 5) as f64)).collect();
/// let clean = angle[120];
/// angle[120] += 5.0;
/// let repair = SpikeRepair::new();
/// assert_eq!(repair.find(&angle)?, [120..121]);
/// assert!((repair.apply(&angle)?[120] - clean).abs() < 0.1);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[doc(alias = "despike")]
pub struct SpikeRepair {
    threshold: f64,
    widest: usize,
}

impl Default for SpikeRepair {
    fn default() -> Self {
        Self::new()
    }
}

impl SpikeRepair {
    /// Examines misfits above 10 s, in runs of up to 3 samples.
    pub fn new() -> Self {
        Self { threshold: 10.0, widest: 3 }
    }

    /// Sets the misfit above which a sample is examined, in units of s; finite and at least 3, since below that noise is
    /// repaired. 10 unless set.
    #[must_use]
    pub fn threshold(self, threshold: f64) -> Self {
        Self { threshold, ..self }
    }

    /// Sets the longest run of samples that is replaced, from 1 to 16; 3 unless set.
    #[must_use]
    pub fn widest(self, widest: usize) -> Self {
        Self { widest, ..self }
    }

    fn check_settings(&self) -> Result<()> {
        if !(self.threshold >= 3.0 && self.threshold.is_finite()) {
            let (name, rule) = ("spike threshold", "finite and at least 3");
            return Err(Error::Parameter { name, rule, value: self.threshold });
        }
        if !(1..=WIDEST).contains(&self.widest) {
            let (name, rule) = ("widest spike", "from 1 to 16 samples");
            return Err(Error::Parameter { name, rule, value: self.widest as f64 });
        }
        Ok(())
    }

    /// Returns the runs of samples that would be replaced, in order of time.
    ///
    /// # Errors
    /// As [`Filter::check`].
    pub fn find<S>(&self, x: &S) -> Result<Vec<Range<usize>>>
    where
        S: Samples + ?Sized,
        S::Item: Real,
    {
        let mut wide: Vec<f64> = x.iter_samples().map(Real::as_f64).collect();
        Filter::check(self, &wide)?;
        let mut found = Vec::new();
        self.repair(&mut wide, &mut Buffer::default(), |run| found.push(run));
        found.sort_unstable_by_key(|run| run.start);
        Ok(found)
    }

    fn repair(&self, x: &mut [f64], buffer: &mut Buffer, mut each: impl FnMut(Range<usize>)) {
        let inside = 2..x.len() - 2;
        buffer.sizes.clear();
        buffer.sizes.extend(inside.clone().map(|i| misfit(x, i).abs()));
        let scale = match median(&mut buffer.sizes) {
            Some(middle) if middle > 0.0 => MAD_SCALE * middle,
            // More than half of them exactly 0, as in records of few digits.
            _ => 1.2533 * buffer.sizes.iter().sum::<f64>() / buffer.sizes.len() as f64,
        };
        let limit = self.threshold * scale;
        buffer.places.clear();
        buffer.places.extend(inside.filter(|i| misfit(x, *i).abs() > limit));
        buffer.places.sort_unstable_by(|a, b| misfit(x, *b).abs().total_cmp(&misfit(x, *a).abs()));
        for &at in &buffer.places {
            let size = misfit(x, at).abs();
            if size <= limit {
                continue; // a repair next to it was enough
            }
            if let Some(run) = (1..=self.widest).find_map(|width| best(x, at, width, limit)) {
                bridge(x, run.clone());
                each(run);
            }
        }
    }
}

#[derive(Debug, Clone, Default, PartialEq)]
struct Buffer {
    sizes: Vec<f64>,
    places: Vec<usize>,
}

/// Scratch memory of a [`SpikeRepair`].
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SpikeRepairScratch {
    channel: Vec<f64>,
    buffer: Buffer,
    runs: Vec<Range<usize>>,
}

/// By how much a sample misses the cubic through its two neighbours on either side.
#[inline]
fn misfit(x: &[f64], i: usize) -> f64 {
    x[i] - (4.0 * (x[i - 1] + x[i + 1]) - (x[i - 2] + x[i + 2])) / 6.0
}

/// Replaces a run by the cubic through the two samples before and the two after it.
fn bridge(x: &mut [f64], run: Range<usize>) {
    let width = run.len() as f64;
    let (a, b, c, d) = (x[run.start - 2], x[run.start - 1], x[run.end], x[run.end + 1]);
    for (i, y) in x[run].iter_mut().enumerate() {
        // Lagrange over the places -2, -1, width, width + 1.
        let t = i as f64;
        let (p, q, r, s) = (t + 2.0, t + 1.0, t - width, t - width - 1.0);
        let outer = (width + 2.0) * (width + 3.0);
        let inner = (width + 1.0) * (width + 2.0);
        *y = -a * q * r * s / outer + b * p * r * s / inner - c * p * q * s / inner + d * p * q * r / outer;
    }
}

/// The run of this width over or next to `at` without which the curve fits best, when it then fits and the run was a spike.
/// (Next to a wide spike the good sample has the larger misfit.) `x` is as before afterwards.
fn best(x: &mut [f64], at: usize, width: usize, limit: f64) -> Option<Range<usize>> {
    let mut best: Option<(f64, Range<usize>)> = None;
    let mut kept = [0.0; WIDEST];
    for start in at.saturating_sub(width).max(2)..=at + 1 {
        let run = start..start + width;
        if run.end + 2 > x.len() {
            break;
        }
        kept[..width].copy_from_slice(&x[run.clone()]);
        bridge(x, run.clone());
        let size = x[run.clone()].iter().zip(&kept).map(|(new, old)| (new - old).abs()).fold(0.0, f64::max);
        let around = (start - 2).max(2)..(run.end + 2).min(x.len() - 2);
        let left = around.map(|i| misfit(x, i).abs()).fold(0.0, f64::max);
        let spike = is_spike(x, &run, size, limit);
        x[run.clone()].copy_from_slice(&kept[..width]);
        if spike && left <= limit && best.as_ref().is_none_or(|(least, _)| left < *least) {
            best = Some((left, run));
        }
    }
    best.map(|(_, run)| run)
}

/// Whether the curve continues after a run as it went before it: what was `size` off in between was a spike then. Continued
/// straight into the middle of the run, both sides must meet (at a step they do not), and their slopes must be alike (at a
/// corner they are not).
fn is_spike(x: &[f64], run: &Range<usize>, size: f64, limit: f64) -> bool {
    let half = 0.5 * (run.len() as f64 + 1.0);
    let (before, after) = (x[run.start - 1], x[run.end]);
    let (slope_before, slope_after) = (before - x[run.start - 2], x[run.end + 1] - after);
    let gap = (before + half * slope_before) - (after - half * slope_after);
    gap.abs() <= (0.5 * size).max(limit) && (slope_after - slope_before).abs() <= (1.5 * size).max(limit)
}

impl<X: Sample> Filter<X> for SpikeRepair {
    type Scratch = SpikeRepairScratch;

    fn scratch(&self) -> SpikeRepairScratch {
        SpikeRepairScratch::default()
    }

    /// # Errors
    /// [`Error::TooFew`] below 16 samples; [`Error::NonFinite`].
    fn check(&self, x: &[X]) -> Result<()> {
        self.check_settings()?;
        if x.len() < NEEDED {
            return Err(Error::TooFew {
                operation: OPERATION,
                unit: "samples",
                needed: NEEDED,
                got: x.len(),
            });
        }
        match first_non_finite(x) {
            Some(index) => Err(Error::NonFinite { operation: OPERATION, index }),
            None => Ok(()),
        }
    }

    fn run(&self, x: &[X], out: &mut [X], scratch: &mut SpikeRepairScratch) {
        let SpikeRepairScratch { channel, buffer, runs } = scratch;
        out.copy_from_slice(x);
        for index in 0..X::CHANNELS {
            channel.clear();
            channel.extend(x.iter().map(|x| x.channel(index)));
            runs.clear();
            self.repair(channel, buffer, |run| runs.push(run));
            for i in runs.drain(..).flatten() {
                let old = out[i];
                out[i] = X::from_channels(|c| if c == index { channel[i] } else { old.channel(c) });
            }
        }
    }
}

whole_record!([X: Sample] SpikeRepair);
