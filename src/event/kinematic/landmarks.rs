//! Landmarks of a leg's movement around a contact.

use crate::math::Vertex;
use alloc::vec::Vec;
use core::ops::Range;

/// A swing of the foot from front to back under the hip, in samples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::event) struct Sweep {
    /// Where the foot is farthest forward; `None` when the record starts later.
    pub(in crate::event) front: Option<usize>,
    /// First sample in the rear half of the way.
    pub(in crate::event) middle: usize,
    /// Where it is farthest back, as far as the record goes.
    pub(in crate::event) back: usize,
}

/// The sweeps in the foot's forward position `x`.
pub(in crate::event) fn sweeps(x: &[f64]) -> Vec<Sweep> {
    let turns = turning_points(x);
    let height = |k: Option<usize>| k.and_then(|k| turns.get(k)).map(|&(i, _)| x[i]);
    let mut found = Vec::new();
    for (k, &(i, top)) in turns.iter().enumerate() {
        // Where one end of the sweep is not recorded, its neighbour's height stands in for it.
        let (front, back, high, low) = if top {
            let lowest = || (i..x.len()).fold(i, |low, j| if x[j] < x[low] { j } else { low });
            let back = turns.get(k + 1).map_or_else(lowest, |t| t.0);
            (Some(i), back, Some(x[i]), height(Some(k + 1)).or(height(k.checked_sub(1))))
        } else if k == 0 {
            (None, i, height(Some(1)), Some(x[i]))
        } else {
            continue;
        };
        let (Some(high), Some(low)) = (high, low) else { continue };
        let first = front.unwrap_or(0);
        let middle = (first..=back).find(|&j| x[j] < 0.5 * (high + low));
        found.extend(middle.map(|middle| Sweep { front, middle, back }));
    }
    found
}

/// Turning points with swings of at least 40 % of the whole range: index, and whether it is a top. The record's ends
/// are none.
fn turning_points(x: &[f64]) -> Vec<(usize, bool)> {
    let (low, high) = x.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), &v| (l.min(v), h.max(v)));
    let swing = 0.4 * (high - low);
    let mut turns = Vec::new();
    let (mut lowest, mut highest) = (0, 0);
    let mut rising: Option<bool> = None;
    for (i, &v) in x.iter().enumerate() {
        if v > x[highest] {
            highest = i;
        }
        if v < x[lowest] {
            lowest = i;
        }
        if rising != Some(false) && x[highest] - v >= swing && swing > 0.0 {
            if highest > 0 {
                turns.push((highest, true));
            }
            (rising, lowest) = (Some(false), i);
        } else if rising != Some(true) && v - x[lowest] >= swing && swing > 0.0 {
            if lowest > 0 {
                turns.push((lowest, false));
            }
            (rising, highest) = (Some(true), i);
        }
    }
    turns
}

/// Fractional position of the largest local maximum strictly inside a range: vertex of the parabola through three
/// samples. A value that is largest on the range's edge is no maximum.
pub(in crate::event) fn peak(within: Range<usize>, y: impl Fn(usize) -> f64) -> Option<f64> {
    let inner = within.start + 1..within.end.saturating_sub(1);
    let tops = inner.filter(|&i| y(i) > y(i - 1) && y(i) >= y(i + 1));
    let i = tops.reduce(|best, i| if y(i) > y(best) { i } else { best })?;
    Some(i as f64 + Vertex::of(y(i - 1), y(i), y(i + 1)).shift)
}

/// Returns where `y` has fallen from its peak at `within.start` to half of that, linear between samples; `None` for a peak that is not
/// above 0, which has no half height.
pub(super) fn half_fall(within: Range<f64>, y: impl Fn(usize) -> f64) -> Option<f64> {
    // Rounded: the sample nearest to the peak.
    let half = 0.5 * y((within.start + 0.5) as usize);
    if half <= 0.0 {
        return None;
    }
    let i = (within.start as usize + 1..within.end as usize).find(|&i| y(i) < half)?;
    let (before, after) = (y(i - 1), y(i));
    Some((i - 1) as f64 + (before - half) / (before - after))
}

/// Sample interpolation between samples.
pub(super) fn between(y: &[f64], position: f64) -> f64 {
    let i = (position as usize).min(y.len() - 2);
    y[i] + (position - i as f64) * (y[i + 1] - y[i])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wave(n: usize, phase: f64) -> Vec<f64> {
        (0..n).map(|i| (i as f64 * core::f64::consts::TAU / 40.0 + phase).cos()).collect()
    }

    #[test]
    fn a_sweep_runs_from_the_front_to_the_back() {
        let x = wave(100, -core::f64::consts::FRAC_PI_2); // tops at 10, 50, 90; bottoms at 30, 70
        let found = sweeps(&x);
        assert_eq!(found[0], Sweep { front: Some(10), middle: 21, back: 30 });
        assert_eq!(found[1], Sweep { front: Some(50), middle: 61, back: 70 });
        assert_eq!(found.len(), 2, "after the last top the foot does not come half way back: {found:?}");
    }

    #[test]
    fn a_sweep_cut_off_by_the_record_has_no_front_or_the_last_sample_as_back() {
        let found = sweeps(&wave(66, 0.5)); // starts on the way back
        assert_eq!(found[0].front, None);
        assert!((16..=17).contains(&found[0].back));
        let last = found[found.len() - 1];
        assert_eq!((last.front, last.back), (Some(37), 57));
        let found = sweeps(&wave(52, 0.5)); // ends on the way back
        assert_eq!((found[1].front, found[1].back), (Some(37), 51));
    }

    #[test]
    fn ripples_turn_nothing_and_stillness_does_not_sweep() {
        let rough: Vec<f64> =
            wave(100, 0.5).iter().enumerate().map(|(i, x)| x + 0.15 * (i as f64 * 1.9).sin()).collect();
        assert_eq!(sweeps(&rough).len(), sweeps(&wave(100, 0.5)).len());
        assert_eq!(sweeps(&[3.0; 50]), []);
        assert_eq!(sweeps(&[]), []);
    }

    #[test]
    fn a_peak_lies_inside_and_is_the_largest() {
        let y = [9.0, 1.0, 2.0, 1.0, 3.0, 3.0, 0.0, 8.0];
        assert_eq!(peak(0..8, |i| y[i]), Some(4.5));
        assert_eq!(peak(0..4, |i| y[i]), Some(2.0));
        assert_eq!(peak(5..8, |i| y[i]), None);
        assert_eq!(peak(3..3, |i| y[i]), None);
    }

    #[test]
    fn half_of_a_peak_is_between_samples() {
        let y = [0.0, 4.0, 8.0, 6.0, 3.0, 1.0];
        assert_eq!(half_fall(2.0..6.0, |i| y[i]), Some(3.0 + 2.0 / 3.0));
        assert_eq!(half_fall(2.0..4.0, |i| y[i]), None);
        assert_eq!(half_fall(1.0..4.0, |_| -8.0), None, "a peak below 0 has no half height");
        assert_eq!(between(&y, 2.5), 7.0);
        assert_eq!(between(&y, 5.0), 1.0);
    }
}
