//! What a window finds where it reaches past the ends of the record.

use crate::samples::{Sample, first_non_finite};
use crate::{Error, Rate, Result};
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// What a centred window finds where it reaches past the ends of the record.
///
/// | here | the record `a b c d` goes on as | SciPy (`savgol_filter`, `ndimage`) | elsewhere |
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
/// use copeak::{Filter, filter::{Edge, MovingMean}};
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
/// ChannelSource a record of any length from one sample on; a window longer than the record goes round more than once.
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
pub struct Periodic<F>(pub(super) F);

/// How a record goes on past its ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Ends {
    Edge(Edge),
    Wrap,
}

/// Where a sample past an end comes from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Source {
    At(usize),
    Level(f64),
    Nothing,
}

impl Ends {
    /// The source of sample `index` of a record of `n` samples, at least one.
    pub(super) fn source(self, index: isize, n: usize) -> Source {
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
    pub(super) fn sample<X: Sample>(self, x: &[X], index: isize) -> Option<X::Wide> {
        match self.source(index, x.len()) {
            Source::At(index) => Some(x[index].widen()),
            Source::Level(level) => Some(Sample::splat(level)),
            Source::Nothing => None,
        }
    }

    /// Fill `out` with the samples from `first` on; zero where nothing is.
    pub(super) fn fill<X: Sample>(self, x: &[X], first: isize, out: &mut [X::Wide]) {
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

const LONGEST: usize = (1 << 20) - 1;

/// A window of whole samples.
pub(super) fn whole_window(window: usize) -> Result<usize> {
    if (1..=LONGEST).contains(&window) {
        return Ok(window);
    }
    Err(Error::Parameter { name: "window", rule: "from 1 to 1048575 samples", value: window as f64 })
}

/// A window with a middle sample.
pub(super) fn odd_window(window: usize) -> Result<usize> {
    if window % 2 == 1 && window <= LONGEST {
        return Ok(window);
    }
    let rule = "odd, from 1 to 1048575 samples, to have a middle one";
    Err(Error::Parameter { name: "centred window", rule, value: window as f64 })
}

/// A duration in samples, not rounded yet.
fn samples(window_s: f64, rate: Rate) -> Result<f64> {
    let samples = window_s * rate.as_hz();
    if samples >= 1.0 && samples <= LONGEST as f64 {
        return Ok(samples);
    }
    let rule = "finite and from 1 to 1048575 samples long";
    Err(Error::Parameter { name: "window duration in seconds", rule, value: window_s })
}

/// The whole number of samples nearest to a duration.
pub(super) fn whole_samples(window_s: f64, rate: Rate) -> Result<usize> {
    Ok(samples(window_s, rate)?.round() as usize)
}

/// The odd number of samples nearest to a duration.
pub(super) fn odd_samples(window_s: f64, rate: Rate) -> Result<usize> {
    odd_window(2 * ((samples(window_s, rate)? - 1.0) / 2.0).round() as usize + 1)
}

/// What every windowed filter over whole records has alike. The type has `over` (record to output, with given ends),
/// `memory` (a new scratch), `shortest` (samples it needs), `window` and `edge`.
macro_rules! windowed {
    ([$x:ident: $bound:path] $ty:ident, $operation:literal, $scratch:ty, $shortest:expr) => {
        impl crate::StageExt for $ty {}

        impl<$x: $bound> Filter<$x> for $ty {
            type Scratch = $scratch;

            fn scratch(&self) -> Self::Scratch {
                self.memory()
            }

            /// # Errors
            /// [`crate::Error::TooFew`] for a record that is too short, [`crate::Error::NonFinite`] with the index of
            /// the first sample that is NaN or infinite.
            fn check(&self, x: &[$x]) -> Result<()> {
                edge::check(x, $operation, $shortest(self))
            }

            fn run(&self, x: &[$x], out: &mut [$x], scratch: &mut Self::Scratch) {
                self.over(Ends::Edge(self.edge), x, out, scratch);
            }
        }

        impl<$x: $bound> Filter<$x> for Periodic<$ty> {
            type Scratch = $scratch;

            fn scratch(&self) -> Self::Scratch {
                self.0.memory()
            }

            /// # Errors
            /// [`crate::Error::TooFew`] without samples, [`crate::Error::NonFinite`] with the index of the first sample
            /// that is NaN or infinite.
            fn check(&self, x: &[$x]) -> Result<()> {
                edge::check(x, $operation, 1)
            }

            fn run(&self, x: &[$x], out: &mut [$x], scratch: &mut Self::Scratch) {
                self.0.over(Ends::Wrap, x, out, scratch);
            }
        }

        whole_record!([$x: $bound] $ty);
        whole_record!([$x: $bound] Periodic<$ty>);
    };
}
pub(super) use windowed;

/// Whether a record has `needed` samples, all finite.
pub(super) fn check<X: Sample>(x: &[X], operation: &'static str, needed: usize) -> Result<()> {
    if x.len() < needed {
        return Err(Error::TooFew { operation, unit: "samples", needed, got: x.len() });
    }
    match first_non_finite(x) {
        Some(index) => Err(Error::NonFinite { operation, index }),
        None => Ok(()),
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
