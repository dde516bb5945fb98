//! Short windows in order of size, several parts of a record side by side.

use crate::filter::edge::Ends;
use crate::samples::Sample;
use alloc::vec::Vec;

/// Parts of the record side by side.
pub(in crate::filter) const LANES: usize = 8;
/// Windows up to this one; longer medians are faster by rank, measured on 1e6 samples.
const LONGEST: usize = 43;
/// Outputs per part.
const PART: usize = 512;

/// One window per lane, each in order of size.
pub(in crate::filter) type Rows<'a> = &'a [[f64; LANES]];

/// What a filter of ordered windows keeps between calls.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::filter) struct LanesScratch {
    samples: Vec<f64>,
    rows: Vec<[f64; LANES]>,
}

impl LanesScratch {
    pub(in crate::filter) fn new() -> Self {
        Self { samples: Vec::new(), rows: Vec::new() }
    }

    /// Whether windows this short are faster side by side.
    pub(in crate::filter) fn suits(window: usize) -> bool {
        window <= LONGEST
    }

    /// `reduce` of the windows that begin at sample `first` and after, from each one's samples in order of size and the
    /// one in its middle.
    pub(in crate::filter) fn run<X: Sample<Wide = f64>>(
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
            start(rows, lanes.map(|lane| &lane[..window]));
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
fn start(rows: &mut [[f64; LANES]], x: [&[f64]; LANES]) {
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
