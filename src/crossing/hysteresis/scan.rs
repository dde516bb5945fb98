//! Blocks of samples, looked through for what can turn.

use super::{Crossing, Hysteresis, HysteresisState, RECENT, whole_above};
use crate::crossing::calm;
#[cfg(feature = "alloc")]
use crate::{Flush, Samples};
use crate::{Real, Stage};
#[cfg(feature = "alloc")]
use alloc::vec::Vec;

/// Samples before a crossing, beside the line's, that its shape is read from.
const KEPT: usize = 5;

impl Hysteresis {
    /// Feed a block of samples: the same crossings as sample by sample, several times quicker, because stretches in
    /// which nothing can turn are only looked through.
    ///
    /// ```
    /// use copeak::{Stage, crossing::Hysteresis};
    /// let switch = Hysteresis::new(50.0, 20.0)?;
    /// let force: Vec<f64> = (0..1000).map(|i| 100.0 * (f64::from(i) / 30.0).sin()).collect();
    /// let mut state = Stage::<f64>::initial_state(&switch);
    /// let mut found = vec![];
    /// for block in force.chunks(256) {
    ///     switch.scan(&mut state, block, |crossing| found.push(crossing.position));
    /// }
    /// assert_eq!(found.len(), 11);
    /// # Ok::<(), copeak::Error>(())
    /// ```
    pub fn scan<T: Real>(&self, state: &mut HysteresisState<T>, block: &[T], each: impl FnMut(Crossing)) {
        self.scan_gaps(state, block, each, |_, _| {});
    }

    /// The same, and each sample that is not finite, by its index in the block.
    pub(crate) fn scan_gaps<T: Real>(
        &self,
        state: &mut HysteresisState<T>,
        block: &[T],
        mut each: impl FnMut(Crossing),
        mut gap: impl FnMut(usize, T),
    ) {
        let mut i = 0;
        while i < block.len() {
            let calm = self.calm(state, &block[i..]);
            state.skip(&block[i..i + calm], self.half_width as usize + KEPT);
            i += calm;
            // What has lasted meanwhile comes out before the next turn, or at the block's end.
            if calm > 0 {
                if let Some(crossing) = self.ripen(state) {
                    each(crossing);
                }
            }
            let Some(&x) = block.get(i) else { break };
            if !x.is_finite() {
                gap(i, x);
            }
            if let Some(crossing) = self.process(state, x) {
                each(crossing);
            }
            i += 1;
        }
    }

    /// All crossings of a record, into memory used again: those of [`Hysteresis::scan`], and what it held at the end.
    #[cfg(feature = "alloc")]
    pub fn find_into<S>(&self, samples: &S, crossings: &mut Vec<Crossing>)
    where
        S: Samples + ?Sized,
        S::Item: Real,
    {
        crossings.clear();
        let mut state = self.initial_state();
        match samples.as_slice() {
            Some(slice) => self.scan(&mut state, slice, |c| crossings.push(c)),
            None => crossings.extend(samples.iter_samples().filter_map(|x| self.process(&mut state, x))),
        }
        crossings.extend(self.flush(&mut state).flatten());
    }

    /// How many of the samples to come can turn nothing; up to where the shape of what is pending can be told.
    #[inline]
    fn calm<T: Real>(&self, state: &HysteresisState<T>, rest: &[T]) -> usize {
        let Some(high) = state.high else { return 0 };
        let rest = match &state.pending {
            // The samples that a shape needs must not be passed by.
            Some(candidate) if candidate.shape.is_none() => {
                let due = whole_above(candidate.position + self.half_width).max(candidate.after + 1);
                &rest[..due.saturating_sub(state.seen).min(rest.len())]
            }
            _ => rest,
        };
        if high { calm::at_least(rest, self.off) } else { calm::below(rest, self.on) }
    }
}

impl<T: Real> HysteresisState<T> {
    /// Go on by these samples, of which the last `kept` will be asked for.
    #[inline]
    fn skip(&mut self, calm: &[T], kept: usize) {
        let first = calm.len().saturating_sub(kept);
        for (i, x) in calm.iter().enumerate().skip(first) {
            self.recent[(self.seen + i) % RECENT] = *x;
        }
        self.seen += calm.len();
    }
}
