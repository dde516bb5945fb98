//! The moving median.

use super::lanes::LanesScratch;
use super::ranks::Ranks;
use super::{Ordered, Trailing, moving};
use crate::filter::edge::{self, Edge, Ends, Periodic, windowed};
use crate::filter::late::{CentredState, Slide, TrailingState, ordered_over};
use crate::filter::whole::{Filter, whole_record};
use crate::samples::Sample;
use crate::{Flush, GroupDelay, Rate, Real, Result, Stage};

/// The median of a window around each sample: spikes of less than half a window vanish, steps stay where they are.
///
/// Windows and ends are those of [`super::MovingMean`]. With [`Edge::Constant`] of 0 it equals `scipy.signal.medfilt`,
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

/// What a moving median remembers of its window.
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

/// What a moving median of a whole record keeps between calls.
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
