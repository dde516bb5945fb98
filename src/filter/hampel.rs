//! Outliers replaced by the median around them.

use super::edge::{self, Edge, Ends, Periodic, windowed};
use super::late::{CentredState, Slide, ordered_over, slide_over};
use super::moving::{LANES, LanesScratch, Ordered, Rows};
use super::whole::{Filter, whole_record};
use crate::math::MAD_SCALE;
use crate::samples::Samples;
use crate::{Error, Flush, GroupDelay, Rate, Real, Result, Stage};
use alloc::vec::Vec;

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
/// Ends as [`Edge`] says, by default the window takes what the record has. As a [`Stage`] it runs half a window late,
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
    /// A centred window of `window` samples, and how many scaled median absolute deviations are too many: 3 is usual.
    ///
    /// # Errors
    /// [`Error::Parameter`] when `window` is even, below 3 or above 1048575, or `threshold` is negative, NaN or
    /// infinite.
    pub fn new(window: usize, threshold: f64) -> Result<Self> {
        let window = edge::odd_window(window)?;
        if window < 3 {
            let rule = "at least 3 samples, to have neighbours";
            return Err(Error::Parameter { name: "outlier window", rule, value: window as f64 });
        }
        let threshold = not_negative("outlier threshold", threshold)?;
        Ok(Self { window, threshold, least_scale: 0.0, edge: Edge::default() })
    }

    /// A centred window of the odd number of samples nearest to `window_s` seconds.
    ///
    /// # Errors
    /// As [`Hampel::new`].
    pub fn lasting(window_s: f64, threshold: f64, rate: Rate) -> Result<Self> {
        Self::new(edge::odd_samples(window_s, rate)?, threshold)
    }

    /// The least that counts as one standard deviation, in the samples' unit: the step of a quantised recording. 0
    /// unless set.
    ///
    /// # Errors
    /// [`Error::Parameter`] when it is negative, NaN or infinite.
    pub fn least_scale(self, least_scale: f64) -> Result<Self> {
        Ok(Self { least_scale: not_negative("least outlier scale", least_scale)?, ..self })
    }

    /// What the window finds past the ends; [`Edge::Inside`] unless set.
    #[must_use]
    pub fn edge(self, edge: Edge) -> Self {
        Self { edge, ..self }
    }

    /// The record as one period of a cycle.
    pub fn periodic(self) -> Periodic<Self> {
        Periodic(self)
    }

    /// The window in samples.
    pub fn window(&self) -> usize {
        self.window
    }

    /// Scaled median absolute deviations beyond which a sample is replaced.
    pub fn threshold(&self) -> f64 {
        self.threshold
    }

    /// The record without its outliers, and which they were.
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

/// What an outlier filter of a whole record keeps between calls.
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

/// What an outlier filter remembers of its window.
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

windowed!([X: Real] Hampel, "an outlier filter", HampelScratch, |_: &Self| 1);
