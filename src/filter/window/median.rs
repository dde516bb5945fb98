//! The moving median.

use crate::filter::Filter;
use crate::filter::moving::Edge;
use crate::filter::state::{CentredState, TrailingState};
use crate::filter::window::{Ends, Periodic, Slide, Trailing, ordered_over, slide_over};
use crate::math::MAD_SCALE;
use crate::samples::{Sample, Samples};
use crate::{Error, Flush, GroupDelay, Rate, Real, Result, Stage};
use alloc::vec;
use alloc::vec::Vec;

/// The median of a window around each sample: spikes of less than half a window vanish, steps stay where they are.
///
/// Windows and ends are those of [`crate::filter::MovingMean`]. With [`Edge::Constant`] of 0 it equals `scipy.signal.medfilt`,
/// with the other edges `scipy.ndimage.median_filter`, and by default pandas' `rolling(window, center=True,
/// min_periods=1).median()`: a window that the end has cut to an even number of samples has the mean of its two middle
/// ones. The samples' own values come out, so `f32` loses nothing.
///
/// As a [`Stage`] it runs half a window late, and [`crate::stage::Collect`] of it is bit for bit the whole-record form;
/// [`MovingMedian::trailing`] is the causal form. No allocation once the state exists.
///
/// # Costs and limitations
/// A whole record costs the same per sample for every window from 45 samples on (sorted once in stretches of four
/// windows, then one step along a set of ranks per sample), and less for shorter ones. A stream costs per sample two
/// binary searches and a move of the samples between the one that comes and the one that goes, on noise a third of the
/// window. A NaN or infinite sample is refused; in a stream an output is NaN as long as its window holds a NaN.
///
/// ```
/// use copeak::{Filter, filter::MovingMedian};
/// assert_eq!(MovingMedian::new(3)?.apply(&[1.0, 1.0, 9.0, 2.0, 2.0])?, [1.0, 1.0, 2.0, 2.0, 2.0]);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[doc(alias("medfilt", "median_filter", "movmedian"))]
pub struct MovingMedian {
    window: usize,
    edge: Edge,
}

/// Window of a moving median over a stream.
#[derive(Debug, Clone, PartialEq)]
pub struct MedianWindow(Ordered);

impl Slide<f64> for MedianWindow {
    #[inline]
    fn push(&mut self, slot: Option<f64>) {
        self.0.push(slot);
    }
    #[inline]
    fn value(&self, _held: usize) -> f64 {
        self.0.median()
    }
}

moving!([X: Real] MovingMedian, "a moving median", MedianWindow, |window| MedianWindow(Ordered::new(window)), MedianScratch);

/// Scratch memory of a moving median of a whole record.
#[derive(Debug, Clone, PartialEq)]
pub struct MedianScratch {
    slide: MedianWindow,
    lanes: LanesScratch,
    ranks: Ranks,
}

impl MovingMedian {
    fn over<X: Real>(&self, ends: Ends, x: &[X], out: &mut [X], scratch: &mut MedianScratch) {
        let MedianScratch { slide, lanes, ranks } = scratch;
        let window = self.window;
        slide.0.clear(window);
        ordered_over(slide, window, ends, x, out, |first, out| {
            if LanesScratch::suits(window) {
                lanes.run(window, ends, x, first, out, |rows, _| rows[rows.len() / 2].map(|y| y + 0.0));
            } else {
                ranks.run(window, ends, x, first, out);
            }
        });
    }

    fn memory(&self) -> MedianScratch {
        let slide = MedianWindow(Ordered::new(self.window));
        MedianScratch { slide, lanes: LanesScratch::new(), ranks: Ranks::new() }
    }
}

/// Replaces a sample that lies too far from the median of the window around it, by that median.
///
/// Too far is more than `threshold` times 1.4826 times the window's median absolute deviation (MAD), which for normal
/// noise is `threshold` standard deviations. All other samples come out untouched, to the last bit. Judged by the
/// record as it was: a replaced sample still counts in its neighbours' windows. A spike is found as long as spikes fill
/// less than half of a window; a curve's own peak is taken for one when it is narrower than half a window, so keep the
/// window short: 5 to 11 frames for marker data. (Hampel 1974, doi:10.1080/01621459.1974.10482962; Pearson et al. 2016,
/// doi:10.1186/s13634-016-0383-6.)
///
/// A MAD of 0 means that more than half of the window is one value. Any sample that differs is then an outlier, which
/// is right for a spike on a flat line, and wrong for quantised data that rest on one step: give those
/// [`Hampel::least_scale`].
///
/// Ends as [`Edge`] defines, by default the window takes what the record has. As a [`Stage`] it runs half a window late,
/// and [`crate::stage::Collect`] of it is bit for bit the whole-record form; no allocation once the state exists. A NaN
/// or infinite sample is refused; in a stream it comes out as it went in, and so do the samples whose window holds a
/// NaN, for they cannot be judged.
///
/// ```
/// use copeak::{Filter, filter::Hampel};
/// let marker = [1.0, 1.1, 1.2, 9.9, 1.4, 1.5, 1.6];
/// let found = Hampel::new(5, 3.0)?.clean(&marker)?;
/// assert_eq!(found.samples, [1.0, 1.1, 1.2, 1.4, 1.4, 1.5, 1.6]);
/// assert_eq!(found.replaced, [3]);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[doc(alias("despike", "outlier", "MAD"))]
pub struct Hampel {
    window: usize,
    threshold: f64,
    least_scale: f64,
    edge: Edge,
}

/// A record without its outliers; made by [`Hampel::clean`].
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Cleaned<T> {
    /// The record, each outlier replaced by the median around it.
    pub samples: Vec<T>,
    /// Which samples were replaced, in rising order.
    pub replaced: Vec<usize>,
}

impl Hampel {
    /// Creates a centred window of `window` samples, and how many scaled median absolute deviations are too many: 3 is usual.
    ///
    /// # Errors
    /// [`Error::Parameter`] when `window` is even, below 3 or above 1048575, or `threshold` is negative, NaN or
    /// infinite.
    pub fn new(window: usize, threshold: f64) -> Result<Self> {
        let window = super::odd_window(window)?;
        if window < 3 {
            let rule = "at least 3 samples, to have neighbours";
            return Err(Error::Parameter { name: "outlier window", rule, value: window as f64 });
        }
        let threshold = not_negative("outlier threshold", threshold)?;
        Ok(Self { window, threshold, least_scale: 0.0, edge: Edge::default() })
    }

    /// Creates a centred window of the odd number of samples nearest to `window_s` seconds.
    ///
    /// # Errors
    /// As [`Hampel::new`].
    pub fn from_seconds(window_s: f64, threshold: f64, rate: Rate) -> Result<Self> {
        Self::new(super::odd_samples(window_s, rate)?, threshold)
    }

    /// Sets the least value that counts as one standard deviation, in the samples' unit: the step of a quantised
    /// recording. Finite and not negative; 0 unless set.
    #[must_use]
    pub fn least_scale(self, least_scale: f64) -> Self {
        Self { least_scale, ..self }
    }

    /// Sets what the window finds past the ends; [`Edge::Inside`] unless set.
    #[must_use]
    pub fn edge(self, edge: Edge) -> Self {
        Self { edge, ..self }
    }

    /// Takes the record as one period of a cycle.
    pub fn periodic(self) -> Periodic<Self> {
        Periodic(self)
    }

    /// Returns the window in samples.
    pub fn window(&self) -> usize {
        self.window
    }

    /// Scaled median absolute deviations beyond which a sample is replaced.
    pub fn threshold(&self) -> f64 {
        self.threshold
    }

    /// Replaces outliers and reports which samples they were.
    ///
    /// # Errors
    /// As [`Filter::check`]: [`Error::TooFew`] without samples, [`Error::NonFinite`].
    pub fn clean<S>(&self, x: &S) -> Result<Cleaned<S::Item>>
    where
        S: Samples + ?Sized,
        S::Item: Real,
    {
        let samples = self.apply(x)?;
        let differs = |(_, (before, after)): &(usize, (S::Item, &S::Item))| before != *after;
        let replaced = x.iter_samples().zip(&samples).enumerate().filter(differs).map(|(i, _)| i).collect();
        Ok(Cleaned { samples, replaced })
    }

    /// `x` or the median around it, from the window's median and a way to its median absolute deviation.
    #[inline]
    fn judge(&self, x: f64, median: f64, deviation: impl FnOnce() -> f64) -> f64 {
        let distance = (x - median).abs();
        // What is near enough for the least scale needs no deviation; nor does a NaN, which compares with nothing.
        if distance > self.threshold * self.least_scale {
            let scale = (MAD_SCALE * deviation()).max(self.least_scale);
            if distance > self.threshold * scale {
                return median;
            }
        }
        x
    }

    fn over<X: Real>(&self, ends: Ends, x: &[X], out: &mut [X], scratch: &mut HampelScratch) {
        let HampelScratch { slide, lanes } = scratch;
        slide.samples.clear(self.window);
        slide.design = *self;
        if !LanesScratch::suits(self.window) {
            return slide_over(slide, self.window / 2, ends, x, 0, out);
        }
        ordered_over(slide, self.window, ends, x, out, |first, out| {
            lanes.run(self.window, ends, x, first, out, |rows, x| {
                let median = rows[rows.len() / 2].map(|y| y + 0.0);
                let deviations = deviations(rows, median);
                core::array::from_fn(|l| self.judge(x[l], median[l], || deviations[l]))
            });
        });
    }

    /// Samples a record must have, if the settings are valid.
    fn shortest(&self) -> Result<usize> {
        not_negative("least outlier scale", self.least_scale)?;
        Ok(1)
    }

    fn memory(&self) -> HampelScratch {
        HampelScratch { slide: HampelWindow::new(*self), lanes: LanesScratch::new() }
    }
}

/// Median absolute deviation in each lane of an odd window: as [`Ordered::median_distance`], over every run.
#[inline(always)]
fn deviations(rows: Rows<'_>, median: [f64; LANES]) -> [f64; LANES] {
    let half = rows.len() / 2;
    let mut least = [f64::INFINITY; LANES];
    for (first, last) in rows.iter().zip(&rows[half..]) {
        for l in 0..LANES {
            let (left, right) = (median[l] - first[l], last[l] - median[l]);
            let larger = if left > right { left } else { right };
            least[l] = if larger < least[l] { larger } else { least[l] };
        }
    }
    least
}

/// Scratch memory of an outlier filter of a whole record.
#[derive(Debug, Clone, PartialEq)]
pub struct HampelScratch {
    slide: HampelWindow,
    lanes: LanesScratch,
}

fn not_negative(name: &'static str, value: f64) -> Result<f64> {
    if value >= 0.0 && value.is_finite() {
        return Ok(value);
    }
    Err(Error::Parameter { name, rule: "finite and not negative", value })
}

/// Window of an outlier filter over a stream.
#[derive(Debug, Clone, PartialEq)]
pub struct HampelWindow {
    samples: Ordered,
    design: Hampel,
}

impl HampelWindow {
    fn new(design: Hampel) -> Self {
        Self { samples: Ordered::new(design.window), design }
    }
}

impl Slide<f64> for HampelWindow {
    #[inline]
    fn push(&mut self, slot: Option<f64>) {
        self.samples.push(slot);
    }

    fn value(&self, _held: usize) -> f64 {
        let x = self.samples.slot(self.design.window / 2).unwrap_or(f64::NAN);
        let median = self.samples.median();
        self.design.judge(x, median, || self.samples.median_distance(median))
    }
}

impl<T: Real> Stage<T> for Hampel {
    type Output = Option<T>;
    type State = CentredState<f64, HampelWindow>;

    fn initial_state(&self) -> Self::State {
        CentredState::new(HampelWindow::new(*self), self.window, self.edge)
    }

    #[inline]
    fn process(&self, state: &mut Self::State, x: T) -> Option<T> {
        state.step(x.as_f64()).map(T::cast)
    }
}

impl<T: Real> Flush<T> for Hampel {
    fn flush(&self, state: &mut Self::State) -> Option<Option<T>> {
        state.flush().map(|y| Some(T::cast(y)))
    }
}

/// It waits for half a window.
impl GroupDelay for Hampel {
    fn group_delay(&self, _frequency: f64) -> f64 {
        (self.window / 2) as f64
    }
}

windowed!([X: Real] Hampel, "an outlier filter", HampelScratch);

/// The last slots of a stream, in order of time and in order of size.
///
/// A sample that comes takes the place of the one that leaves: two binary searches, and the samples between the two
/// places move by one. Numbers are kept as integers that sort the same way, which makes the searches free of branches.
#[derive(Debug, Clone, PartialEq)]
struct Ordered {
    slots: Vec<Option<i64>>,
    oldest: usize,
    keys: Vec<i64>,
}

/// Integers that sort as `f64::total_cmp` does; its own inverse.
#[inline]
fn key(bits: i64) -> i64 {
    bits ^ (((bits >> 63) as u64) >> 1) as i64
}

#[inline]
fn number(k: i64) -> f64 {
    f64::from_bits(key(k) as u64)
}

impl Ordered {
    /// `window` empty slots.
    fn new(window: usize) -> Self {
        Self { slots: vec![None; window], oldest: 0, keys: Vec::with_capacity(window) }
    }

    /// Back to `window` empty slots.
    fn clear(&mut self, window: usize) {
        self.slots.clear();
        self.slots.resize(window, None);
        self.keys.clear();
        self.keys.reserve(window);
        self.oldest = 0;
    }

    fn push(&mut self, slot: Option<f64>) {
        let new = slot.map(|x| key(x.to_bits() as i64));
        let old = core::mem::replace(&mut self.slots[self.oldest], new);
        self.oldest += 1;
        if self.oldest == self.slots.len() {
            self.oldest = 0;
        }
        let place = |keys: &[i64], k: i64| keys.partition_point(|other| *other < k);
        match (old, new) {
            (None, None) => {}
            (None, Some(new)) => {
                let to = place(&self.keys, new);
                self.keys.insert(to, new);
            }
            (Some(old), None) => {
                let from = place(&self.keys, old);
                self.keys.remove(from);
            }
            (Some(old), Some(new)) => {
                let from = place(&self.keys, old);
                let to = place(&self.keys, new);
                if to > from {
                    self.keys.copy_within(from + 1..to, from);
                    self.keys[to - 1] = new;
                } else {
                    self.keys.copy_within(to..from, to + 1);
                    self.keys[to] = new;
                }
            }
        }
    }

    /// The slot `back` slots before the last one.
    fn slot(&self, back: usize) -> Option<f64> {
        let window = self.slots.len();
        self.slots[(self.oldest + window - 1 - back) % window].map(number)
    }

    /// The sample with `rank` smaller ones.
    #[inline]
    fn at(&self, rank: usize) -> f64 {
        number(self.keys[rank])
    }

    /// The median, the mean of the two middle ones where their number is even; NaN when one is NaN, or without samples.
    #[inline]
    fn median(&self) -> f64 {
        let Some(last) = self.keys.len().checked_sub(1) else { return f64::NAN };
        if self.at(0).is_nan() || self.at(last).is_nan() {
            return f64::NAN;
        }
        middle(self.at(last / 2), self.at(last - last / 2))
    }

    /// The median distance from `centre`, which lies among the samples; none of them is NaN.
    ///
    /// The k samples nearest to the centre stand side by side, so their farthest one is the least, over all runs of k,
    /// of the larger distance at a run's two ends; one grows and the other falls along the runs.
    fn median_distance(&self, centre: f64) -> f64 {
        let n = self.keys.len();
        let nearest = |count: usize| {
            let ends = |run: usize| (centre - self.at(run), self.at(run + count - 1) - centre);
            let (mut low, mut high) = (0, n - count);
            while low < high {
                let middle = (low + high) / 2;
                let (left, right) = ends(middle);
                if left > right { low = middle + 1 } else { high = middle }
            }
            let larger = |run: usize| ends(run).0.max(ends(run).1);
            if low == 0 { larger(0) } else { larger(low).min(larger(low - 1)) }
        };
        let upper = nearest(n / 2 + 1);
        if n % 2 == 1 { upper } else { middle(nearest(n / 2), upper) }
    }
}

/// Half way from one to the other, without overflow; never -0, whose place among zeros is chance.
#[inline]
fn middle(a: f64, b: f64) -> f64 {
    if a == b { a + 0.0 } else { 0.5 * a + 0.5 * b }
}

/// Parts of the record side by side.
const LANES: usize = 8;
/// Windows up to this one; longer medians are faster by rank, measured on 1e6 samples.
const LONGEST_IN_LANES: usize = 43;
/// Outputs per part.
const PART: usize = 512;

/// One window per lane, each in order of size.
type Rows<'a> = &'a [[f64; LANES]];

/// Scratch memory of a filter of ordered windows.
#[derive(Debug, Clone, PartialEq)]
struct LanesScratch {
    samples: Vec<f64>,
    rows: Vec<[f64; LANES]>,
}

impl LanesScratch {
    fn new() -> Self {
        Self { samples: Vec::new(), rows: Vec::new() }
    }

    /// Whether windows this short are faster side by side.
    fn suits(window: usize) -> bool {
        window <= LONGEST_IN_LANES
    }

    /// `reduce` of the windows that begin at sample `first` and after, from each one's samples in order of size and the
    /// one in its middle.
    fn run<X: Sample<Wide = f64>>(
        &mut self,
        window: usize,
        ends: Ends,
        x: &[X],
        first: isize,
        out: &mut [X],
        reduce: impl Fn(Rows<'_>, [f64; LANES]) -> [f64; LANES],
    ) {
        let Self { samples, rows } = self;
        samples.resize(LANES * PART + window - 1, 0.0);
        rows.resize(window + 1, [f64::INFINITY; LANES]);
        for (c, out) in out.chunks_mut(LANES * PART).enumerate() {
            let part = out.len().div_ceil(LANES);
            // The last lanes of a short rest repeat what has been.
            let samples = &mut samples[..LANES * part + window - 1];
            let used = out.len() + window - 1;
            ends.fill(x, first + (c * LANES * PART) as isize, &mut samples[..used]);
            samples[used..].fill(0.0);
            let lanes: [&[f64]; LANES] =
                core::array::from_fn(|lane| &samples[lane * part..][..part + window - 1]);
            start_rows(rows, lanes.map(|lane| &lane[..window]));
            for i in 0..part {
                if i > 0 {
                    replace(rows, lanes.map(|lane| lane[i - 1]), lanes.map(|lane| lane[i + window - 1]));
                }
                let values = reduce(&rows[..window], lanes.map(|lane| lane[i + window / 2]));
                for (lane, value) in values.into_iter().enumerate() {
                    if let Some(out) = out.get_mut(lane * part + i) {
                        *out = X::narrow(value);
                    }
                }
            }
        }
    }
}

/// The first windows, sorted; the row behind them is larger than everything.
fn start_rows(rows: &mut [[f64; LANES]], x: [&[f64]; LANES]) {
    rows.fill([f64::INFINITY; LANES]);
    for i in 0..x[0].len() {
        replace(rows, [f64::INFINITY; LANES], x.map(|x| x[i]));
    }
}

/// In each lane, takes `old` out and `new` in: the rows from `old` on move down by one, and between two neighbours the
/// new one is whichever of the three lies in the middle. No branches, the same work for every lane.
#[inline(always)]
fn replace(rows: &mut [[f64; LANES]], old: [f64; LANES], new: [f64; LANES]) {
    let window = rows.len() - 1;
    let mut below = [f64::NEG_INFINITY; LANES];
    let mut row = rows[0];
    for k in 0..window {
        let next = rows[k + 1];
        let mut place = [0.0; LANES];
        for l in 0..LANES {
            let left = if row[l] < old[l] { row[l] } else { next[l] };
            let capped = if new[l] < left { new[l] } else { left };
            place[l] = if capped > below[l] { capped } else { below[l] };
            below[l] = left;
        }
        rows[k] = place;
        row = next;
    }
}

/// Outputs at once, at least, and in windows.
const LEAST: usize = 1024;
const WINDOWS: usize = 4;

/// Memory for the medians of a whole record.
///
/// A stretch of the record is sorted once. From then on a window is a set of ranks, one bit each, and its median moves
/// to the next or the previous bit that is set when a sample has come on the other side of it than one has gone.
#[derive(Debug, Clone, PartialEq)]
struct Ranks {
    samples: Vec<f64>,
    keys: Vec<u128>,
    ranks: Vec<u32>,
    set: Vec<u64>,
}

impl Ranks {
    fn new() -> Self {
        Self { samples: Vec::new(), keys: Vec::new(), ranks: Vec::new(), set: Vec::new() }
    }

    /// The medians of the windows that begin at sample `first` and after.
    fn run<X: Sample<Wide = f64>>(
        &mut self,
        window: usize,
        ends: Ends,
        x: &[X],
        first: isize,
        out: &mut [X],
    ) {
        let at_once = LEAST.max(WINDOWS * window);
        for (c, out) in out.chunks_mut(at_once).enumerate() {
            self.samples.resize(out.len() + window - 1, 0.0);
            ends.fill(x, first + (c * at_once) as isize, &mut self.samples);
            self.sort();
            let mut median = self.start(window);
            for (i, out) in out.iter_mut().enumerate() {
                if i > 0 {
                    median = self.replace(median, window / 2, self.ranks[i - 1], self.ranks[i + window - 1]);
                }
                *out = X::narrow(self.samples[median.rank] + 0.0);
            }
        }
    }

    /// Ranks of the samples, which are then in order of size.
    fn sort(&mut self) {
        let Self { samples, keys, ranks, set } = self;
        // The sample's place in the lower half keeps equal ones apart.
        let with_place = |(i, x): (usize, &f64)| {
            let ordered = (key(x.to_bits() as i64) as u64) ^ (1 << 63);
            (u128::from(ordered) << 32) | i as u128
        };
        keys.clear();
        keys.extend(samples.iter().enumerate().map(with_place));
        keys.sort_unstable();
        ranks.resize(keys.len(), 0);
        for (rank, (k, sample)) in keys.iter().zip(samples).enumerate() {
            ranks[*k as u32 as usize] = rank as u32;
            *sample = f64::from_bits(key(((*k >> 32) as u64 ^ (1 << 63)) as i64) as u64);
        }
        set.clear();
        set.resize(keys.len().div_ceil(64), 0);
    }

    /// The set of the first window, and its median.
    fn start(&mut self, window: usize) -> Median {
        for rank in &self.ranks[..window] {
            self.set[*rank as usize / 64] |= 1 << (rank % 64);
        }
        let mut median = Median { rank: 0, below: 0 };
        if self.set[0] & 1 == 0 {
            median.rank = self.next(0);
        }
        while median.below < window / 2 {
            median = Median { rank: self.next(median.rank), below: median.below + 1 };
        }
        median
    }

    #[inline(always)]
    fn replace(&mut self, mut median: Median, half: usize, old: u32, new: u32) -> Median {
        self.set[old as usize / 64] ^= 1 << (old % 64);
        self.set[new as usize / 64] ^= 1 << (new % 64);
        let rank = median.rank as u32;
        median.below += usize::from(new < rank);
        median.below -= usize::from(old < rank);
        if median.below > half {
            Median { rank: self.previous(median.rank), below: half }
        } else if median.below < half || old == rank {
            Median { rank: self.next(median.rank), below: half }
        } else {
            median
        }
    }

    /// The next rank in the set; there is one.
    #[inline(always)]
    fn next(&self, rank: usize) -> usize {
        let mut word = rank / 64;
        let mut bits = self.set[word] & (!1 << (rank % 64));
        while bits == 0 && word + 1 < self.set.len() {
            word += 1;
            bits = self.set[word];
        }
        word * 64 + bits.trailing_zeros() as usize
    }

    /// The previous rank in the set; there is one.
    #[inline(always)]
    fn previous(&self, rank: usize) -> usize {
        let mut word = rank / 64;
        let mut bits = self.set[word] & !(!0 << (rank % 64));
        while bits == 0 && word > 0 {
            word -= 1;
            bits = self.set[word];
        }
        word * 64 + 63 - bits.leading_zeros().min(63) as usize
    }
}

/// The rank of a window's median, and how many of the window are smaller.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Median {
    rank: usize,
    below: usize,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::median;

    #[test]
    fn medians_and_distances_are_those_of_the_sorted_window() {
        let x: Vec<f64> = (0..400i64).map(|i| ((i * i * 7919) % 101 - 50) as f64 / 7.0).collect();
        for window in [1, 2, 3, 4, 7, 10, 31] {
            let mut ordered = Ordered::new(window);
            for (i, v) in x.iter().enumerate() {
                ordered.push(Some(*v));
                let mut held = x[(i + 1).saturating_sub(window)..=i].to_vec();
                let centre = median(&mut held).unwrap();
                assert!((ordered.median() - centre).abs() < 1e-15 * (1.0 + centre.abs()));
                held.iter_mut().for_each(|v| *v = (*v - ordered.median()).abs());
                let distance = median(&mut held).unwrap();
                assert!((ordered.median_distance(ordered.median()) - distance).abs() < 1e-14);
                assert_eq!(ordered.slot(0), Some(*v));
            }
            for left in (0..window).rev() {
                ordered.push(None);
                assert_eq!(ordered.keys.len(), left);
            }
            assert!(ordered.median().is_nan());
        }
    }

    #[test]
    fn a_missing_number_is_gone_when_it_has_left() {
        let mut ordered = Ordered::new(3);
        for x in [1.0, f64::NAN, -f64::NAN, 5.0, -0.0, 2.0] {
            ordered.push(Some(x));
        }
        assert_eq!(ordered.median(), 2.0);
    }
}
