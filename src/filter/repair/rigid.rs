//! Longer gaps of a marker, from the other markers on its segment.

use crate::filter::calculus::{is_infinite, is_missing};
use crate::filter::gap::Gap;
use crate::geometry::{Cluster, Vector, add, length, scale, subtract};
use crate::samples::{Sample, Samples};
use crate::{Error, Frame, Real, Result};
use alloc::vec::Vec;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// The operation that errors name.
const OPERATION: &str = "gap filling";

/// Fills gaps of one marker from at least three others on the same segment, taken for a rigid body.
///
/// The segment's shape is learnt from frames in which all its markers are seen, of the same recording or of a standing
/// trial. In every frame of a gap the shape is brought onto the markers that are seen by least squares (Soederkvist &
/// Wedin 1993, doi:10.1016/0021-9290(93)90098-Y; the rotation by Horn's quaternion, 1987), which shows where the hidden
/// one is. The marker's offset from its place in the shape, measured in the segment's own axes at both edges of the
/// gap, is carried across it linearly, so that the filled stretch joins what was seen.
///
/// Skin moves: the result is as good as the segment is rigid, and [`RigidGap::residual`] shows how rigid that was. It is
/// never applied automatically, and it fills gaps of any length, also at the record's ends (there the one edge's offset is
/// kept). Missing means NaN: let [`crate::filter::gap::Zeros`] mark the exact zeros first. Frames with fewer than three other
/// markers, or with these nearly on a line (second extent below 5 % of the first), stay missing.
///
/// On the markers of a sprinter (250 Hz, right leg) with occlusions planted, median distance from the truth (and 95 %
/// point) in mm, next to what a spline across the gap would give (`tests/it/filter/gaps_real.rs` prints all of them):
///
/// | speed | segment | 5 samples | 10 samples | 20 samples | 50 samples | spline, 50 |
/// |---|---|---|---|---|---|---|
/// | 3.5 m/s | thigh | 0.4 (3.1) | 0.9 (6.5) | 2.1 (8.4) | 3.7 (11) | 13 (40) |
/// | | shank | 0.7 (2.6) | 1.0 (5.0) | 1.5 (5.9) | 2.9 (9.0) | 11 (37) |
/// | | pelvis | 0.3 (1.7) | 0.4 (1.9) | 0.9 (3.2) | 2.0 (7.5) | 8.0 (26) |
/// | | trunk | 0.3 (0.9) | 0.5 (1.5) | 1.1 (3.6) | 3.6 (11) | 5.1 (21) |
/// | 9.5 m/s | thigh | 1.4 (5.2) | 3.2 (10) | 4.4 (14) | 7.6 (22) | 43 (133) |
/// | | shank | 2.0 (5.3) | 2.7 (7.7) | 3.7 (15) | 6.1 (20) | 52 (161) |
/// | | pelvis | 1.0 (4.4) | 1.8 (8.0) | 2.8 (9.5) | 5.6 (23) | 19 (51) |
/// | | trunk | 1.1 (2.5) | 2.4 (7.9) | 5.1 (17) | 14 (45) | 13 (44) |
///
/// Up to about 10 samples [`crate::filter::GapFill`] is as good. C7, T7, sternum and shoulders are no rigid body in a sprint
/// (residual 10 mm), and there it gains nothing.
///
/// ```
/// use copeak::{Frame, filter::RigidFill};
/// let body = [[0.0, 0.0, 0.0], [0.1, 0.0, 0.0], [0.0, 0.2, 0.0], [0.0, 0.1, 0.3]];
/// // A segment that turns and travels, seen by four markers.
/// let seen = |p: [f64; 3]| -> Vec<Frame<f64, 3>> {
///     let at = |i| {
///         let (s, c) = (0.05 * i as f64).sin_cos();
///         Frame([c * p[0] - s * p[1] + 0.04 * i as f64, s * p[0] + c * p[1], p[2]])
///     };
///     (0..100).map(at).collect()
/// };
/// let mut markers = body.map(seen);
/// let truth = markers[3].clone();
/// markers[3][30..80].fill(Frame([f64::NAN; 3]));
///
/// let segment = RigidFill::learn(&markers)?;
/// let repaired = segment.repair(&markers, 3)?;
/// assert!((repaired.samples[55][1] - truth[55][1]).abs() < 1e-12);
/// assert!(repaired.gaps[0].residual < 1e-12);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[doc(alias("Procrustes", "Kabsch", "Soederkvist"))]
pub struct RigidFill {
    cluster: Cluster,
    frames: usize,
}

/// A marker's repaired path, and what was done to it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct RigidRepaired<T = f64> {
    /// The path: filled where the segment was seen, NaN where not.
    pub samples: Vec<Frame<T, 3>>,
    /// Every gap, in order.
    pub gaps: Vec<RigidGap>,
}

/// A gap filled from a rigid segment.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct RigidGap {
    /// The gap.
    pub gap: Gap,
    /// Number of its samples that were filled.
    pub filled: usize,
    /// Root mean square, over the filled frames, of the visible markers' distance from the rigid shape, in the
    /// markers' unit; NaN when nothing was filled.
    pub residual: f64,
    /// The hidden marker's distance from its place in the shape in the last frame before the gap; `None` when unknown.
    pub offset_before: Option<f64>,
    /// The same in the first frame after the gap.
    pub offset_after: Option<f64>,
}

impl RigidFill {
    /// Learns the shape of a segment from its markers, all on one clock, given in an order of your choice.
    ///
    /// # Errors
    /// [`Error::TooFew`] below four markers; [`Error::LengthMismatch`] when they differ in length; [`Error::NonFinite`]
    /// with the index of the first frame that is infinite; [`Error::Missing`] when no frame shows all of them;
    /// [`Error::Undefined`] when they are (nearly) on a line.
    pub fn learn<T, S>(markers: &[S]) -> Result<Self>
    where
        T: Real,
        S: Samples<Item = Frame<T, 3>>,
    {
        let operation = "a rigid segment";
        if markers.len() < 4 {
            return Err(Error::TooFew { operation, unit: "markers", needed: 4, got: markers.len() });
        }
        let length = same_length(markers)?;
        let complete = |i: usize| -> Option<Vec<Vector>> { markers.iter().map(|m| seen(m, i)).collect() };
        let frames: Vec<Vec<Vector>> = (0..length).filter_map(complete).collect();
        let what = "a frame in which every marker is seen";
        let cluster = Cluster::of(&frames).ok_or(Error::Missing { operation, what })?;
        let everyone: Vec<usize> = (0..markers.len()).collect();
        if !cluster.fixes(&everyone) {
            return Err(Error::Undefined {
                quantity: "a segment's turn",
                reason: "its markers are on a line",
            });
        }
        Ok(Self { cluster, frames: frames.len() })
    }

    /// Returns the number of frames that the shape was learnt from.
    pub fn frames(&self) -> usize {
        self.frames
    }

    /// Fills the gaps of marker `hidden` from the others; the markers in the order of [`RigidFill::learn`].
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] when there are not as many markers as the shape has, or they differ in length;
    /// [`Error::NonFinite`]; [`Error::Parameter`] when there is no marker `hidden`; [`Error::Undefined`] when the
    /// others are (nearly) on a line.
    pub fn repair<T, S>(&self, markers: &[S], hidden: usize) -> Result<RigidRepaired<T>>
    where
        T: Real,
        S: Samples<Item = Frame<T, 3>>,
    {
        let known = self.cluster.markers();
        if markers.len() != known {
            return Err(Error::LengthMismatch { operation: OPERATION, left: known, right: markers.len() });
        }
        same_length(markers)?;
        if hidden >= known {
            let (name, rule) = ("hidden marker", "the index of one of the markers");
            return Err(Error::Parameter { name, rule, value: hidden as f64 });
        }
        let others: Vec<usize> = (0..known).filter(|m| *m != hidden).collect();
        if !self.cluster.fixes(&others) {
            return Err(Error::Undefined {
                quantity: "a segment's turn",
                reason: "its markers are on a line",
            });
        }
        let mut samples: Vec<Frame<T, 3>> = markers[hidden].iter_samples().collect();
        let mut gaps = Vec::new();
        for gap in Gap::all_in(&samples) {
            gaps.push(self.fill(markers, hidden, &others, gap, &mut samples));
        }
        Ok(RigidRepaired { samples, gaps })
    }

    fn fill<T, S>(
        &self,
        markers: &[S],
        hidden: usize,
        others: &[usize],
        gap: Gap,
        out: &mut [Frame<T, 3>],
    ) -> RigidGap
    where
        T: Real,
        S: Samples<Item = Frame<T, 3>>,
    {
        let place = self.cluster.point(hidden);
        let with_edges = gap.start.saturating_sub(1)..out.len().min(gap.end + 1);
        // Those seen throughout, so that nothing jumps when another one comes and goes; if they do not do, whoever is seen.
        let throughout = |m: &usize| with_edges.clone().all(|i| seen(&markers[*m], i).is_some());
        let steady: Vec<usize> = others.iter().copied().filter(throughout).collect();
        let steady = self.cluster.fixes(&steady).then_some(steady);
        let pose = |i: usize| {
            let now: Vec<usize>;
            let by = match &steady {
                Some(steady) => steady,
                None => {
                    now = others.iter().copied().filter(|m| seen(&markers[*m], i).is_some()).collect();
                    if !self.cluster.fixes(&now) {
                        return None;
                    }
                    &now
                }
            };
            Some(self.cluster.fit(by, |m| markers[m].sample(i).widen().0))
        };
        let offset = |i: usize| Some(subtract(pose(i)?.back(seen(&markers[hidden], i)?), place));
        let before = gap.start.checked_sub(1).and_then(offset);
        let after = (gap.end < out.len()).then(|| offset(gap.end)).flatten();

        let (mut filled, mut squares) = (0, 0.0);
        for (i, out) in out.iter_mut().enumerate().take(gap.end).skip(gap.start) {
            let Some(pose) = pose(i) else { continue };
            let share = (i + 1 - gap.start) as f64 / (gap.len() + 1) as f64;
            let offset = match (before, after) {
                (Some(a), Some(b)) => add(scale(a, 1.0 - share), scale(b, share)),
                (Some(one), None) | (None, Some(one)) => one,
                (None, None) => [0.0; 3],
            };
            *out = Frame::narrow(Frame(pose.place(add(place, offset))));
            filled += 1;
            squares += pose.residual * pose.residual;
        }
        let size = |v: Option<Vector>| v.map(length);
        let residual = (squares / filled as f64).sqrt();
        RigidGap { gap, filled, residual, offset_before: size(before), offset_after: size(after) }
    }
}

/// Returns the position of a marker, if it is seen.
fn seen<T: Real, S: Samples<Item = Frame<T, 3>>>(marker: &S, frame: usize) -> Option<Vector> {
    let at = marker.sample(frame);
    (!is_missing(at)).then(|| at.widen().0)
}

fn same_length<T: Real, S: Samples<Item = Frame<T, 3>>>(markers: &[S]) -> Result<usize> {
    let length = markers.first().map_or(0, Samples::len);
    for marker in markers {
        if marker.len() != length {
            return Err(Error::LengthMismatch { operation: OPERATION, left: length, right: marker.len() });
        }
        if let Some(index) = marker.iter_samples().position(is_infinite) {
            return Err(Error::NonFinite { operation: OPERATION, index });
        }
    }
    Ok(length)
}
