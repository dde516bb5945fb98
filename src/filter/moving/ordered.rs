//! The samples of a window in order of size.

use alloc::{vec, vec::Vec};

/// The last slots of a stream, in order of time and in order of size.
///
/// A sample that comes takes the place of the one that leaves: two binary searches, and the samples between the two
/// places move by one. Numbers are kept as integers that sort the same way, which makes the searches free of branches.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::filter) struct Ordered {
    slots: Vec<Option<i64>>,
    oldest: usize,
    keys: Vec<i64>,
}

/// Integers that sort as `f64::total_cmp` does; its own inverse.
#[inline]
pub(super) fn key(bits: i64) -> i64 {
    bits ^ (((bits >> 63) as u64) >> 1) as i64
}

#[inline]
fn number(k: i64) -> f64 {
    f64::from_bits(key(k) as u64)
}

impl Ordered {
    /// `window` empty slots.
    pub(in crate::filter) fn new(window: usize) -> Self {
        Self { slots: vec![None; window], oldest: 0, keys: Vec::with_capacity(window) }
    }

    /// Back to `window` empty slots.
    pub(in crate::filter) fn clear(&mut self, window: usize) {
        self.slots.clear();
        self.slots.resize(window, None);
        self.keys.clear();
        self.keys.reserve(window);
        self.oldest = 0;
    }

    pub(in crate::filter) fn push(&mut self, slot: Option<f64>) {
        let new = slot.map(|x| key(x.to_bits() as i64));
        let old = core::mem::replace(&mut self.slots[self.oldest], new);
        self.oldest += 1;
        if self.oldest == self.slots.len() {
            self.oldest = 0;
        }
        let place = |keys: &[i64], k: i64| keys.partition_point(|other| *other < k);
        match (old, new) {
            (None, None) => {}
            (None, Some(new)) => {
                let to = place(&self.keys, new);
                self.keys.insert(to, new);
            }
            (Some(old), None) => {
                let from = place(&self.keys, old);
                self.keys.remove(from);
            }
            (Some(old), Some(new)) => {
                let from = place(&self.keys, old);
                let to = place(&self.keys, new);
                if to > from {
                    self.keys.copy_within(from + 1..to, from);
                    self.keys[to - 1] = new;
                } else {
                    self.keys.copy_within(to..from, to + 1);
                    self.keys[to] = new;
                }
            }
        }
    }

    /// The slot `back` slots before the last one.
    pub(in crate::filter) fn slot(&self, back: usize) -> Option<f64> {
        let window = self.slots.len();
        self.slots[(self.oldest + window - 1 - back) % window].map(number)
    }

    /// The sample with `rank` smaller ones.
    #[inline]
    pub(in crate::filter) fn at(&self, rank: usize) -> f64 {
        number(self.keys[rank])
    }

    /// The median, the mean of the two middle ones where their number is even; NaN when one is NaN, or without samples.
    #[inline]
    pub(in crate::filter) fn median(&self) -> f64 {
        let Some(last) = self.keys.len().checked_sub(1) else { return f64::NAN };
        if self.at(0).is_nan() || self.at(last).is_nan() {
            return f64::NAN;
        }
        middle(self.at(last / 2), self.at(last - last / 2))
    }

    /// The median distance from `centre`, which lies among the samples; none of them is NaN.
    ///
    /// The k samples nearest to the centre stand side by side, so their farthest one is the least, over all runs of k,
    /// of the larger distance at a run's two ends; one grows and the other falls along the runs.
    pub(in crate::filter) fn median_distance(&self, centre: f64) -> f64 {
        let n = self.keys.len();
        let nearest = |count: usize| {
            let ends = |run: usize| (centre - self.at(run), self.at(run + count - 1) - centre);
            let (mut low, mut high) = (0, n - count);
            while low < high {
                let middle = (low + high) / 2;
                let (left, right) = ends(middle);
                if left > right { low = middle + 1 } else { high = middle }
            }
            let larger = |run: usize| ends(run).0.max(ends(run).1);
            if low == 0 { larger(0) } else { larger(low).min(larger(low - 1)) }
        };
        let upper = nearest(n / 2 + 1);
        if n % 2 == 1 { upper } else { middle(nearest(n / 2), upper) }
    }
}

/// Half way from one to the other, without overflow; never -0, whose place among zeros is chance.
#[inline]
fn middle(a: f64, b: f64) -> f64 {
    if a == b { a + 0.0 } else { 0.5 * a + 0.5 * b }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::median;

    #[test]
    fn medians_and_distances_are_those_of_the_sorted_window() {
        let x: Vec<f64> = (0..400i64).map(|i| ((i * i * 7919) % 101 - 50) as f64 / 7.0).collect();
        for window in [1, 2, 3, 4, 7, 10, 31] {
            let mut ordered = Ordered::new(window);
            for (i, v) in x.iter().enumerate() {
                ordered.push(Some(*v));
                let mut held = x[(i + 1).saturating_sub(window)..=i].to_vec();
                let centre = median(&mut held).unwrap();
                assert!((ordered.median() - centre).abs() < 1e-15 * (1.0 + centre.abs()));
                held.iter_mut().for_each(|v| *v = (*v - ordered.median()).abs());
                let distance = median(&mut held).unwrap();
                assert!((ordered.median_distance(ordered.median()) - distance).abs() < 1e-14);
                assert_eq!(ordered.slot(0), Some(*v));
            }
            for left in (0..window).rev() {
                ordered.push(None);
                assert_eq!(ordered.keys.len(), left);
            }
            assert!(ordered.median().is_nan());
        }
    }

    #[test]
    fn a_missing_number_is_gone_when_it_has_left() {
        let mut ordered = Ordered::new(3);
        for x in [1.0, f64::NAN, -f64::NAN, 5.0, -0.0, 2.0] {
            ordered.push(Some(x));
        }
        assert_eq!(ordered.median(), 2.0);
    }
}
