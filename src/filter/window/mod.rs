//! Filters over a window that moves along the record.

#[macro_use]
mod macros;
mod median;
mod moving;
mod savitzky_golay;

pub use median::{Cleaned, Hampel, HampelScratch, HampelWindow, MedianScratch, MedianWindow, MovingMedian};
pub use moving::{MeanWindow, MovingMean, MovingRms, RmsWindow, SumsScratch};
pub use savitzky_golay::{SavitzkyGolay, SavitzkyGolayScratch, SavitzkyGolayState, SavitzkyGolayWindow};

use crate::samples::{Sample, first_non_finite};
use crate::{Error, Rate, Result};
use alloc::vec;
use alloc::vec::Vec;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Value of samples beyond an end of the record, for a centred window that reaches past the ends of the record.
///
/// | here | the record `a b c d` continues as | SciPy (`savgol_filter`, `ndimage`) | elsewhere |
/// |---|---|---|---|
/// | [`Edge::Inside`] | not at all | `interp` | pandas `rolling(center=True, min_periods=1)`, MATLAB `"shrink"` |
/// | [`Edge::Nearest`] | `a a a` before, `d d d` after | `nearest` | |
/// | [`Edge::Mirror`] | `d c b` before, `c b a` after | `mirror` | NumPy: `pad(mode="reflect")` |
/// | [`Edge::Reflect`] | `c b a` before, `d c b` after | `reflect` (`ndimage`, its default) | `pad(mode="symmetric")` |
/// | [`Edge::Constant`] | the value, before and after | `constant` | `medfilt` pads zeros |
///
/// A record shorter than half the window is mirrored again and again. The record as one period of a cycle (`wrap`) is
/// [`Periodic`]: it needs the last samples for the first outputs, so no stream can have it.
///
/// ```
/// use copeak::{Filter, filter::MovingMean, filter::moving::Edge};
/// let x = [1.0, 2.0, 6.0];
/// assert_eq!(MovingMean::new(3)?.apply(&x)?, [1.5, 3.0, 4.0]);
/// assert_eq!(MovingMean::new(3)?.edge(Edge::Constant(0.0)).apply(&x)?, [1.0, 3.0, 8.0 / 3.0]);
/// assert_eq!(MovingMean::new(3)?.periodic().apply(&x)?, [3.0, 3.0, 3.0]);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Edge {
    /// Nothing: only samples of the record count. A moving statistic takes those that its window holds; a
    /// Savitzky-Golay filter reads the first and last half window off the polynomial through the first and last whole
    /// one.
    #[default]
    #[doc(alias("interp", "shrink", "min_periods"))]
    Inside,
    /// The first and the last sample.
    Nearest,
    /// The record reflected about its first and last sample, which are not repeated.
    Mirror,
    /// The record reflected about its ends: the first and the last sample are repeated.
    Reflect,
    /// This value, NaN included.
    Constant(f64),
}

/// A windowed filter over a record that is one period of a cycle, such as a drive over one stride: past the last sample
/// comes the first. Made by the filter's `periodic`; SciPy's `mode="wrap"`.
///
/// Takes a record of any length from one sample on; a window longer than the record goes round more than once.
///
/// ```
/// use copeak::{Filter, filter::SavitzkyGolay};
/// let cycle: Vec<f64> = (0..100).map(|i| (i as f64 * 0.02 * std::f64::consts::PI).cos()).collect();
/// let smooth = SavitzkyGolay::new(11, 3)?.periodic();
/// let (mut turned, mut then) = (cycle.clone(), smooth.apply(&cycle)?);
/// turned.rotate_left(30);
/// then.rotate_left(30);
/// let first = smooth.apply(&turned)?;
/// assert!(first.iter().zip(&then).all(|(a, b)| (a - b).abs() < 1e-15)); // where the cycle is cut does not matter
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[doc(alias = "wrap")]
pub struct Periodic<F>(F);

/// The trailing form of a moving filter: at each sample, the statistic of the last samples up to it. Made by the
/// filter's `trailing`.
///
/// Causal, for live use: [`crate::Stage`] with one output per sample at once. Nothing comes late but the window's
/// middle, which lies half a window back: [`crate::GroupDelay`] gives (window - 1)/2. Until the window is full it takes
/// the samples there are. A whole record goes through [`crate::stage::Causal`].
///
/// ```
/// use copeak::{GroupDelay, Rate, StageExt, filter::MovingRms};
/// let rate = Rate::from_hz(1000.0)?;
/// let envelope = MovingRms::trailing_seconds(0.025, rate)?;
/// assert_eq!(envelope.group_delay_s(0.0, rate), 0.012);
/// let mut live = envelope.stream();
/// assert_eq!(live.push(-3.0), 3.0);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trailing<F>(F);

impl<F> crate::StageExt for Trailing<F> {}

/// Continuation of a record past its ends.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Ends {
    Edge(Edge),
    Wrap,
}

/// Source of a sample past an end.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Source {
    At(usize),
    Level(f64),
    Nothing,
}

impl Ends {
    /// The source of sample `index` of a record of `n` samples, at least one.
    fn source(self, index: isize, n: usize) -> Source {
        let last = n as isize - 1;
        if (0..=last).contains(&index) {
            return Source::At(index as usize);
        }
        let at = match self {
            Ends::Wrap => index.rem_euclid(n as isize),
            Ends::Edge(Edge::Inside) => return Source::Nothing,
            Ends::Edge(Edge::Constant(level)) => return Source::Level(level),
            Ends::Edge(Edge::Nearest) => index.clamp(0, last),
            Ends::Edge(Edge::Mirror) if n == 1 => 0,
            Ends::Edge(Edge::Mirror) => {
                let turn = index.rem_euclid(2 * last);
                turn.min(2 * last - turn)
            }
            Ends::Edge(Edge::Reflect) => {
                let turn = index.rem_euclid(2 * n as isize);
                turn.min(2 * n as isize - 1 - turn)
            }
        };
        Source::At(at as usize)
    }

    /// Sample `index` of the record, inside or past its ends; `None` where nothing is.
    fn sample<X: Sample>(self, x: &[X], index: isize) -> Option<X::Wide> {
        match self.source(index, x.len()) {
            Source::At(index) => Some(x[index].widen()),
            Source::Level(level) => Some(Sample::splat(level)),
            Source::Nothing => None,
        }
    }

    /// Fill `out` with the samples from `first` on; zero where nothing is.
    fn fill<X: Sample>(self, x: &[X], first: isize, out: &mut [X::Wide]) {
        let start = (-first).clamp(0, out.len() as isize) as usize;
        let end = (x.len() as isize - first).clamp(start as isize, out.len() as isize) as usize;
        if start < end {
            let from = (first + start as isize) as usize;
            out[start..end].iter_mut().zip(&x[from..]).for_each(|(out, x)| *out = x.widen());
        }
        let outside = |i: usize| self.sample(x, first + i as isize).unwrap_or(Sample::ZERO);
        (0..start).chain(end..out.len()).for_each(|i| out[i] = outside(i));
    }
}

const LONGEST_WINDOW: usize = (1 << 20) - 1;

/// A window of whole samples.
fn whole_window(window: usize) -> Result<usize> {
    if (1..=LONGEST_WINDOW).contains(&window) {
        return Ok(window);
    }
    Err(Error::Parameter { name: "window", rule: "from 1 to 1048575 samples", value: window as f64 })
}

/// A window with a middle sample.
fn odd_window(window: usize) -> Result<usize> {
    if window % 2 == 1 && window <= LONGEST_WINDOW {
        return Ok(window);
    }
    let rule = "odd, from 1 to 1048575 samples, to have a middle one";
    Err(Error::Parameter { name: "centred window", rule, value: window as f64 })
}

/// A duration in samples, not rounded yet.
fn samples(window_s: f64, rate: Rate) -> Result<f64> {
    let samples = window_s * rate.as_hz();
    if samples >= 1.0 && samples <= LONGEST_WINDOW as f64 {
        return Ok(samples);
    }
    let rule = "finite and from 1 to 1048575 samples long";
    Err(Error::Parameter { name: "window duration in seconds", rule, value: window_s })
}

/// The whole number of samples nearest to a duration.
fn whole_samples(window_s: f64, rate: Rate) -> Result<usize> {
    Ok(samples(window_s, rate)?.round() as usize)
}

/// The odd number of samples nearest to a duration.
fn odd_samples(window_s: f64, rate: Rate) -> Result<usize> {
    odd_window(2 * ((samples(window_s, rate)? - 1.0) / 2.0).round() as usize + 1)
}

/// Whether a record has `needed` samples, all finite.
fn check_record<X: Sample>(x: &[X], operation: &'static str, needed: usize) -> Result<()> {
    if x.len() < needed {
        return Err(Error::TooFew { operation, unit: "samples", needed, got: x.len() });
    }
    match first_non_finite(x) {
        Some(index) => Err(Error::NonFinite { operation, index }),
        None => Ok(()),
    }
}

/// Statistic over the last `window` slots; a slot is empty where there is no sample.
pub trait Slide<W> {
    /// One slot more.
    fn push(&mut self, slot: Option<W>);

    /// The value of the window, of which `held` slots are not empty.
    fn value(&self, held: usize) -> W;
}

/// State of a centred window over a stream, whose output comes half a window late. Use it only with the filter that
/// created it.
#[derive(Debug, Clone, PartialEq)]
pub struct CentredState<W, S> {
    slide: S,
    edge: Edge,
    /// The last samples: half a window and one.
    recent: Vec<W>,
    seen: usize,
    given: usize,
}

impl<W: Sample<Wide = W>, S: Slide<W>> CentredState<W, S> {
    /// `slide` has an odd `window` of empty slots.
    fn new(slide: S, window: usize, edge: Edge) -> Self {
        Self { slide, edge, recent: vec![W::ZERO; window / 2 + 1], seen: 0, given: 0 }
    }

    fn half(&self) -> usize {
        self.recent.len() - 1
    }

    /// Sample `index` of a record of `n`; within half a window of the last one, or the first ones.
    fn slot(&self, index: isize, n: usize) -> Option<W> {
        match Ends::Edge(self.edge).source(index, n) {
            Source::At(index) => Some(self.recent[index % self.recent.len()]),
            Source::Level(level) => Some(W::splat(level)),
            Source::Nothing => None,
        }
    }

    /// Pushes what precedes the record, and its samples up to now.
    fn open(&mut self) {
        for index in -(self.half() as isize)..self.seen as isize {
            let slot = self.slot(index, self.seen);
            self.slide.push(slot);
        }
    }

    fn give(&mut self) -> W {
        let held = held(Ends::Edge(self.edge), self.given, self.half(), self.seen);
        self.given += 1;
        self.slide.value(held)
    }

    #[inline]
    fn step(&mut self, x: W) -> Option<W> {
        let place = self.seen % self.recent.len();
        self.recent[place] = x;
        self.seen += 1;
        match self.seen.cmp(&self.recent.len()) {
            core::cmp::Ordering::Less => return None,
            core::cmp::Ordering::Equal => self.open(),
            core::cmp::Ordering::Greater => self.slide.push(Some(x)),
        }
        Some(self.give())
    }

    fn flush(&mut self) -> Option<W> {
        if self.given == self.seen {
            return None;
        }
        if self.seen < self.recent.len() && self.given == 0 {
            self.open();
            // As far as the window of the first sample still reaches.
            for index in self.seen..self.half() {
                let slot = self.slot(index as isize, self.seen);
                self.slide.push(slot);
            }
        }
        let slot = self.slot((self.given + self.half()) as isize, self.seen);
        self.slide.push(slot);
        Some(self.give())
    }
}

/// State of a trailing window over a stream. Use it only with the filter that created it.
#[derive(Debug, Clone, PartialEq)]
pub struct TrailingState<S> {
    slide: S,
    window: usize,
    held: usize,
}

impl<S> TrailingState<S> {
    /// `slide` has a `window` of empty slots.
    fn new(slide: S, window: usize) -> Self {
        Self { slide, window, held: 0 }
    }

    #[inline]
    fn step<W>(&mut self, x: W) -> W
    where
        S: Slide<W>,
    {
        self.held = (self.held + 1).min(self.window);
        self.slide.push(Some(x));
        self.slide.value(self.held)
    }
}

/// Returns the number of samples of a record of `n` in the window of sample `i`.
#[inline]
fn held(ends: Ends, i: usize, half: usize, n: usize) -> usize {
    match ends {
        Ends::Edge(Edge::Inside) => (i + half + 1).min(n) - i.saturating_sub(half),
        _ => 2 * half + 1,
    }
}

/// The outputs from sample `first` of the record on, bit for bit as a stream gives them.
fn slide_over<X: Sample>(
    slide: &mut impl Slide<X::Wide>,
    half: usize,
    ends: Ends,
    x: &[X],
    first: usize,
    out: &mut [X],
) {
    let push = |slide: &mut _, i: usize| Slide::push(slide, ends.sample(x, i as isize - half as isize));
    (first..first + 2 * half).for_each(|i| push(slide, i));
    for (i, out) in (first..).zip(out) {
        push(slide, i + 2 * half);
        *out = X::narrow(slide.value(held(ends, i, half, x.len())));
    }
}

/// The whole record where samples are put in order by comparison: `whole` gives the windows that begin at a sample and
/// after, all of them full, and `slide`, which gives the same values, what is not full, not long enough or not ordered.
fn ordered_over<X: Sample>(
    slide: &mut impl Slide<X::Wide>,
    window: usize,
    ends: Ends,
    x: &[X],
    out: &mut [X],
    mut whole: impl FnMut(isize, &mut [X]),
) {
    let (n, half) = (x.len(), window / 2);
    let nan = matches!(ends, Ends::Edge(Edge::Constant(level)) if level.is_nan());
    if nan || n < 2 * window {
        slide_over(slide, half, ends, x, 0, out);
    } else if ends == Ends::Edge(Edge::Inside) {
        let (first, rest) = out.split_at_mut(half);
        let (middle, last) = rest.split_at_mut(n - 2 * half);
        slide_over(slide, half, ends, x, 0, first);
        whole(0, middle);
        slide_over(slide, half, ends, x, n - half, last);
    } else {
        whole(-(half as isize), out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extended(ends: Ends, x: &[f64]) -> Vec<f64> {
        let mut out = vec![f64::NAN; x.len() + 14];
        ends.fill(x, -7, &mut out);
        out
    }

    #[test]
    fn records_go_on_as_numpy_pads_them() {
        let x = [1.0, 2.0, 3.0];
        let of = |edge| extended(Ends::Edge(edge), &x);
        assert_eq!(of(Edge::Mirror), [2., 3., 2., 1., 2., 3., 2., 1., 2., 3., 2., 1., 2., 3., 2., 1., 2.]);
        assert_eq!(of(Edge::Reflect), [1., 1., 2., 3., 3., 2., 1., 1., 2., 3., 3., 2., 1., 1., 2., 3., 3.]);
        assert_eq!(of(Edge::Nearest)[5..12], [1., 1., 1., 2., 3., 3., 3.]);
        assert_eq!(of(Edge::Constant(9.0))[6..11], [9., 1., 2., 3., 9.]);
        assert_eq!(extended(Ends::Wrap, &x)[..8], [3., 1., 2., 3., 1., 2., 3., 1.]);
        assert_eq!(extended(Ends::Edge(Edge::Mirror), &[5.0]), [5.0; 15]);
        let mut middle = [0.0; 2];
        Ends::Wrap.fill(&x, 1, &mut middle);
        assert_eq!(middle, [2.0, 3.0]);
    }

    #[test]
    fn durations_become_the_nearest_odd_window() {
        let rate = Rate::from_hz(1000.0).unwrap();
        for (seconds, window) in [(0.025, 25), (0.0259, 25), (0.0261, 27), (0.001, 1), (0.1, 101)] {
            assert_eq!(odd_samples(seconds, rate).unwrap(), window, "{seconds}");
        }
        for seconds in [0.0, -1.0, f64::NAN, f64::INFINITY, 0.0009, 1e9] {
            assert!(matches!(odd_samples(seconds, rate), Err(Error::Parameter { .. })), "{seconds}");
        }
    }
}
