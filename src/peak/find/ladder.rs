//! Searches that take the logarithm of the distance they go.

use crate::Real;
use alloc::vec::Vec;

/// Entries of one rung that one entry of the next stands for.
const FAN: usize = 16;

/// Lowest and highest of every block of samples, of every block of those, and so on up to one.
///
/// Built when a search first goes far, once a record, in linear time. The samples hold no NaN.
#[derive(Debug, Clone, Default)]
pub(super) struct Ladder {
    rungs: Vec<Vec<(f64, f64)>>,
    built: bool,
}

impl Ladder {
    /// Another record.
    pub(super) fn forget(&mut self) {
        self.built = false;
    }

    /// Ready for searches in `x`, the same record since it was last forgotten.
    pub(super) fn over<'a, T: Real>(&'a mut self, x: &'a [T]) -> Climb<'a, T> {
        if !self.built {
            self.build(x);
            self.built = true;
        }
        Climb { x, rungs: &self.rungs }
    }

    fn build<T: Real>(&mut self, x: &[T]) {
        let join = |(low, high): (f64, f64), (l, h): (f64, f64)| {
            (if l < low { l } else { low }, if h > high { h } else { high })
        };
        const NONE: (f64, f64) = (f64::INFINITY, f64::NEG_INFINITY);
        let mut spare = core::mem::take(&mut self.rungs).into_iter();
        let mut rung = || {
            let mut rung = spare.next().unwrap_or_default();
            rung.clear();
            rung
        };
        let mut top = rung();
        top.extend(x.chunks(FAN).map(|b| b.iter().map(|v| (v.as_f64(), v.as_f64())).fold(NONE, join)));
        while top.len() > 1 {
            let mut next = rung();
            next.extend(top.chunks(FAN).map(|b| b.iter().copied().fold(NONE, join)));
            self.rungs.push(core::mem::replace(&mut top, next));
        }
        self.rungs.push(top);
    }
}

/// The record with its ladder.
pub(super) struct Climb<'a, T> {
    x: &'a [T],
    rungs: &'a [Vec<(f64, f64)>],
}

impl<T: Real> Climb<'_, T> {
    /// Lowest and highest under entry `i`; rung 0 are the samples.
    #[inline]
    fn under(&self, rung: usize, i: usize) -> (f64, f64) {
        match rung.checked_sub(1) {
            Some(above) => self.rungs[above][i],
            None => (self.x[i].as_f64(), self.x[i].as_f64()),
        }
    }

    fn len(&self, rung: usize) -> usize {
        rung.checked_sub(1).map_or(self.x.len(), |above| self.rungs[above].len())
    }

    /// The last sample before `end` for which `hit` holds; `hit` of a block's lowest and highest says whether it holds
    /// for some sample of it.
    pub(super) fn last_before(&self, end: usize, hit: impl Fn((f64, f64)) -> bool) -> Option<usize> {
        let (mut rung, mut i) = (0, end);
        while i > 0 {
            if i % FAN == 0 {
                (rung, i) = (rung + 1, i / FAN);
                continue;
            }
            i -= 1;
            if hit(self.under(rung, i)) {
                while rung > 0 {
                    rung -= 1;
                    let block = i * FAN..((i + 1) * FAN).min(self.len(rung));
                    i = block.rev().find(|&i| hit(self.under(rung, i)))?;
                }
                return Some(i);
            }
        }
        None
    }

    /// The first sample from `start` on for which `hit` holds.
    pub(super) fn first_from(&self, start: usize, hit: impl Fn((f64, f64)) -> bool) -> Option<usize> {
        let (mut rung, mut i) = (0, start);
        while i < self.len(rung) {
            if hit(self.under(rung, i)) {
                while rung > 0 {
                    rung -= 1;
                    let mut block = i * FAN..((i + 1) * FAN).min(self.len(rung));
                    i = block.find(|&i| hit(self.under(rung, i)))?;
                }
                return Some(i);
            }
            i += 1;
            while i % FAN == 0 && rung < self.rungs.len() {
                (rung, i) = (rung + 1, i / FAN);
            }
        }
        None
    }

    /// The lowest value from `start` to before `end`; infinite of none.
    pub(super) fn lowest(&self, start: usize, end: usize) -> f64 {
        let (mut rung, mut i, mut end) = (0, start, end);
        let mut low = f64::INFINITY;
        let mut meet = |rung: usize, i: usize| {
            let under = self.under(rung, i).0;
            low = if under < low { under } else { low };
        };
        while i < end {
            while i < end && i % FAN != 0 {
                meet(rung, i);
                i += 1;
            }
            while i < end && end % FAN != 0 {
                end -= 1;
                meet(rung, end);
            }
            (rung, i, end) = (rung + 1, i / FAN, end / FAN);
        }
        low
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::cases;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(cases(500))]

        #[test]
        fn every_search_is_the_walk(
            x in prop::collection::vec(-40i32..40, 0..900), a in 0usize..900, b in 0usize..900, level in -45i32..45,
        ) {
            let x: Vec<f64> = x.into_iter().map(f64::from).collect();
            let (a, b) = (a.min(x.len()), b.min(x.len()));
            let level = f64::from(level);
            let mut ladder = Ladder::default();
            // A record before it, longer or shorter, leaves nothing behind.
            ladder.over(&vec![0.0; b]);
            ladder.forget();
            let climb = ladder.over(&x);
            let above = |(_, high): (f64, f64)| high > level;
            let below = |(low, _): (f64, f64)| low <= level;
            prop_assert_eq!(climb.last_before(a, above), (0..a).rev().find(|&i| x[i] > level));
            prop_assert_eq!(climb.last_before(a, below), (0..a).rev().find(|&i| x[i] <= level));
            prop_assert_eq!(climb.first_from(a, above), (a..x.len()).find(|&i| x[i] > level));
            prop_assert_eq!(climb.first_from(a, below), (a..x.len()).find(|&i| x[i] <= level));
            let (a, b) = (a.min(b), a.max(b));
            prop_assert_eq!(climb.lowest(a, b), x[a..b].iter().copied().fold(f64::INFINITY, f64::min));
        }
    }
}
