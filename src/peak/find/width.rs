//! Width at a fraction of the prominence.

use super::ladder::Ladder;
use super::peaks::{Prominence, Width};
use super::record::Record;
use crate::Real;

/// So far a flank is walked down.
const NEAR: usize = 32;

/// Width of the peak at sample `peak`, `rel_height` of its prominence below its top, between its bases.
pub(super) fn width<T: Real>(
    record: &Record<'_, T>,
    peak: usize,
    prominence: &Prominence,
    rel_height: f64,
    ladder: &mut Ladder,
) -> Width {
    let x = |i: usize| record.at(i);
    let height = x(peak) - prominence.value * rel_height;
    // Where the straight line from sample `outer`, which is below, to `inner` crosses the height.
    let crossing = |outer: usize, inner: usize| {
        let step = record.place(inner) as f64 - record.place(outer) as f64;
        record.place(outer) as f64 + step * ((height - x(outer)) / (x(inner) - x(outer)))
    };
    // An infinite prominence may leave no height at all: every sample then counts as reached.
    let above = |v: f64| height < v;
    let reached = |(low, _): (f64, f64)| !above(low);

    let near = prominence.left_base.max(peak.saturating_sub(NEAR));
    let mut i = peak;
    while near < i && above(x(i)) {
        i -= 1;
    }
    if prominence.left_base < i && above(x(i)) {
        let found = ladder.over(record.x).last_before(i, reached);
        i = found.map_or(prominence.left_base, |found| found.max(prominence.left_base));
    }
    let left = if x(i) < height { crossing(i, i + 1) } else { record.place(i) as f64 };

    let near = prominence.right_base.min(peak + NEAR);
    let mut i = peak;
    while i < near && above(x(i)) {
        i += 1;
    }
    if i < prominence.right_base && above(x(i)) {
        let found = ladder.over(record.x).first_from(i, reached);
        i = found.map_or(prominence.right_base, |found| found.min(prominence.right_base));
    }
    let right = if x(i) < height { crossing(i, i - 1) } else { record.place(i) as f64 };
    Width { width: right - left, height, left, right }
}
