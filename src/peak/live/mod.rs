//! Peaks as the samples come.

mod queue;
mod state;

pub use state::LivePeakState;

use super::subsample::Vertex;
use crate::{Error, Flush, Real, Result, Stage};

/// Finds peaks sample by sample, with a bounded look-ahead and without heap: [`PeakFinder`](super::PeakFinder)'s rules for
/// height, distance and prominence, one after the other.
///
/// As a [`Stage`] it gives, for every sample, `None` or the next decision, in the order of the maxima: a [`LivePeak`], or
/// [`Undecided`] for a maximum that would be a peak or not by what comes later than the look-ahead, or that `N` places
/// for open maxima did not last for. What it decides is what the batch finder decides on the whole record with the same
/// conditions (and NaN skipped), whatever comes later; [`Flush`] decides the rest at the end of the record. Conditions
/// that are not set cost nothing: without a distance and a prominence a maximum comes out with the sample that ends it.
///
/// - **Prominence** (at least so much) is decided as soon as the curve has fallen by so much from the maximum, or risen above
///   it.
/// - **Distance** needs the samples up to that far behind the maximum, and longer while each maximum stands in the shadow
///   of a higher one to come.
/// - A NaN is left out: its neighbours are neighbours. The middle of a plateau with NaN in it is that of its two ends.
///
/// # Real-time considerations
/// No allocation. Most samples cost a few comparisons; one that ends a maximum up to `N` squared when a distance is set,
/// `N` otherwise. A decision comes out at most the look-ahead after the maximum (or with the sample that ends a longer
/// plateau), and a sample later for each decision that comes out before it at the same time. Choose `N` for the maxima (of at least the least height, noise included) that
/// look-ahead can hold; smooth first, and few do.
///
/// ```
/// use copeak::{StageExt, peak::LivePeakFinder};
/// let finder = LivePeakFinder::<8>::new(10)?.prominence(2.0)?;
/// let mut live = finder.stream();
/// let curve = [0.0, 1.0, 0.5, 4.0, 3.9, 1.5, 0.0];
/// let found: Vec<_> = curve.iter().map(|&x| live.push(x)).collect();
/// let peak = found[5].unwrap()?; // the curve has fallen by 2 from 4.0
/// assert_eq!((peak.index, peak.height), (3, 4.0));
/// assert_eq!(found.iter().flatten().count(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LivePeakFinder<const N: usize> {
    look_ahead: usize,
    height: f64,
    prominence: f64,
    distance: usize,
}

/// A peak of a stream.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct LivePeak {
    /// Its sample, counted from the first; of a plateau the middle one (the left of two).
    pub index: usize,
    /// The value there.
    pub height: f64,
    /// The vertex through the three top samples, or a plateau's middle.
    pub vertex: Vertex,
}

/// A maximum that could not be decided in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the maximum at sample {index} could not be decided within the look-ahead")]
#[non_exhaustive]
pub struct Undecided {
    /// Its sample.
    pub index: usize,
}

impl<const N: usize> LivePeakFinder<N> {
    /// Every local maximum, decided at most so many samples later.
    ///
    /// # Errors
    /// [`Error::Parameter`] for no look-ahead, and for `N` = 0.
    pub fn new(look_ahead: usize) -> Result<Self> {
        for (name, value) in [("look-ahead", look_ahead), ("places for open maxima", N)] {
            if value == 0 {
                return Err(Error::Parameter { name, rule: "at least 1", value: 0.0 });
            }
        }
        Ok(Self { look_ahead, height: f64::NEG_INFINITY, prominence: 0.0, distance: 1 })
    }

    /// The peak must be at least so high.
    ///
    /// # Errors
    /// [`Error::Parameter`] for NaN.
    pub fn height(self, least: f64) -> Result<Self> {
        if least.is_nan() {
            return Err(Error::Parameter { name: "height", rule: "a number", value: least });
        }
        Ok(Self { height: least, ..self })
    }

    /// The peak must stand out at least so far.
    ///
    /// # Errors
    /// [`Error::Parameter`] unless at least 0.
    pub fn prominence(self, least: f64) -> Result<Self> {
        if least >= 0.0 {
            Ok(Self { prominence: least, ..self })
        } else {
            Err(Error::Parameter { name: "prominence", rule: "at least 0", value: least })
        }
    }

    /// Peaks must be at least so many samples apart: lower ones go first, and of equal ones the earlier.
    ///
    /// # Errors
    /// [`Error::Parameter`] unless at least 1 and at most the look-ahead.
    pub fn distance(self, samples: usize) -> Result<Self> {
        if samples >= 1 && samples <= self.look_ahead {
            Ok(Self { distance: samples, ..self })
        } else {
            let rule = "at least 1 sample and at most the look-ahead";
            Err(Error::Parameter { name: "distance", rule, value: samples as f64 })
        }
    }

    /// Most samples from a maximum to its decision.
    pub fn look_ahead(&self) -> usize {
        self.look_ahead
    }
}
impl<const N: usize> crate::StageExt for LivePeakFinder<N> {}

impl<T: Real, const N: usize> Stage<T> for LivePeakFinder<N> {
    type Output = Option<Result<LivePeak, Undecided>>;
    type State = LivePeakState<N>;

    fn initial_state(&self) -> LivePeakState<N> {
        LivePeakState::new()
    }

    #[inline]
    fn process(&self, state: &mut LivePeakState<N>, x: T) -> Self::Output {
        state.push(self, x.as_f64())
    }
}

impl<T: Real, const N: usize> Flush<T> for LivePeakFinder<N> {
    fn flush(&self, state: &mut LivePeakState<N>) -> Option<Self::Output> {
        state.end(self).map(Some)
    }
}
