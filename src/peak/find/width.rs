//! Width at a fraction of the prominence.

use super::peaks::{Prominence, Width};
use super::record::Record;
use crate::Real;

/// Width of the peak at sample `peak`, `rel_height` of its prominence below its top, between its bases.
pub(super) fn width<T: Real>(
    record: &Record<'_, T>,
    peak: usize,
    prominence: &Prominence,
    rel_height: f64,
) -> Width {
    let x = |i: usize| record.at(i);
    let height = x(peak) - prominence.value * rel_height;
    // Where the straight line from sample `outer`, which is below, to `inner` crosses the height.
    let crossing = |outer: usize, inner: usize| {
        let step = record.place(inner) as f64 - record.place(outer) as f64;
        record.place(outer) as f64 + step * ((height - x(outer)) / (x(inner) - x(outer)))
    };
    let mut i = peak;
    while prominence.left_base < i && height < x(i) {
        i -= 1;
    }
    let left = if x(i) < height { crossing(i, i + 1) } else { record.place(i) as f64 };
    let mut i = peak;
    while i < prominence.right_base && height < x(i) {
        i += 1;
    }
    let right = if x(i) < height { crossing(i, i - 1) } else { record.place(i) as f64 };
    Width { width: right - left, height, left, right }
}
