//! Surrogates: data in which one thing is as it was and what is tested is destroyed.

use super::draw::Draws;
use crate::{Error, Result};
use alloc::vec::Vec;

/// A seeded stream of surrogates.
///
/// | surrogate | keeps | destroys |
/// |---|---|---|
/// | [`Surrogates::circular_shift`] | the series, its distribution and its dependence from value to value | when it happens, against other series |
/// | [`Surrogates::cycle_shuffle`] | every cycle as it is | which cycle follows which, and what happens in other series in the same cycle |
/// | [`Surrogates::iaaft`] (feature `fft`) | the distribution and the spectrum | phases: everything that is not linear, and when it happens |
///
/// The p value is that of [`super::permutation_p`].
///
/// ```
/// use copeak::inference::{Surrogates, permutation_p};
/// // Does the second series follow the first from stride to stride?
/// let (x, y) = ([1.0, 3.0, 2.0, 5.0, 4.0, 1.5, 2.5, 0.5], [1.1, 2.8, 2.2, 4.6, 4.1, 1.3, 2.6, 0.9]);
/// let together = |x: &[f64]| x.iter().zip(&y).map(|(x, y)| x * y).sum::<f64>();
/// let (mut surrogates, mut shifted) = (Surrogates::new(1), vec![0.0; 8]);
/// let p = permutation_p(together(&x), (0..999).map(|_| {
///     surrogates.circular_shift(&x, &mut shifted).unwrap();
///     together(&shifted)
/// }));
/// assert!(p < 0.2); // one shift in eight is none at all: with eight strides p cannot be smaller
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Surrogates {
    pub(super) draws: Draws,
}

impl Surrogates {
    /// A stream that is the same for the same seed on every platform.
    pub fn new(seed: u64) -> Self {
        Self { draws: Draws::new(seed) }
    }

    /// The series moved round by a random number of places, none at all included: every one is equally likely.
    ///
    /// Exact when the series is stationary and its ends meet; where they do not, the seam is one false neighbour in the
    /// series' length.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] unless `out` is as long as the series.
    #[doc(alias = "roll")]
    pub fn circular_shift<T: Copy>(&mut self, x: &[T], out: &mut [T]) -> Result<()> {
        same_length(x, out)?;
        let shift = if x.is_empty() { 0 } else { self.draws.below(x.len()) };
        let (before, after) = x.split_at(shift);
        out[..after.len()].copy_from_slice(after);
        out[after.len()..].copy_from_slice(before);
        Ok(())
    }

    /// The cycles of a series in random order, every order equally likely. `starts` are the first samples of the cycles,
    /// rising; the last cycle ends with the series, and what comes before the first stays where it is.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] unless `out` is as long as the series; [`Error::Parameter`] for a start that does not
    /// rise or lies beyond the series.
    pub fn cycle_shuffle<T: Copy>(&mut self, x: &[T], starts: &[usize], out: &mut [T]) -> Result<()> {
        same_length(x, out)?;
        let rises = |i: usize| starts[i] < x.len() && (i == 0 || starts[i - 1] < starts[i]);
        if let Some(i) = (0..starts.len()).find(|&i| !rises(i)) {
            let (name, rule) = ("start of a cycle", "inside the series and after the one before it");
            return Err(Error::Parameter { name, rule, value: starts[i] as f64 });
        }
        let first = starts.first().copied().unwrap_or(x.len());
        out[..first].copy_from_slice(&x[..first]);
        let end = |cycle: usize| starts.get(cycle + 1).copied().unwrap_or(x.len());
        let mut order: Vec<usize> = (0..starts.len()).collect();
        self.draws.shuffle(&mut order);
        let mut filled = first;
        for cycle in order {
            let cycle = &x[starts[cycle]..end(cycle)];
            out[filled..filled + cycle.len()].copy_from_slice(cycle);
            filled += cycle.len();
        }
        Ok(())
    }
}

pub(super) fn same_length<T, U>(x: &[T], out: &[U]) -> Result<()> {
    if x.len() == out.len() {
        return Ok(());
    }
    Err(Error::LengthMismatch { operation: "a surrogate (series, output)", left: x.len(), right: out.len() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn shifts_and_orders_are_equally_likely() {
        let mut surrogates = Surrogates::new(1);
        let (mut shifts, mut orders) = (vec![0; 5], vec![0; 6]);
        let mut out = [0; 5];
        for _ in 0..60_000 {
            surrogates.circular_shift(&[0, 1, 2, 3, 4], &mut out).unwrap();
            assert!((0..5).all(|i| out[(i + 1) % 5] == (out[i] + 1) % 5), "{out:?}");
            shifts[out[0]] += 1;
            let mut out = [0; 7];
            surrogates.cycle_shuffle(&[9, 1, 1, 2, 3, 3, 3], &[1, 3, 4], &mut out).unwrap();
            let place = [[1, 1, 2], [1, 1, 3], [2, 1, 1], [2, 3, 3], [3, 3, 3]];
            let found = place.iter().position(|start| out[1..4] == start[..]).unwrap();
            orders[if found == 4 { 4 + usize::from(out[4] == 2) } else { found }] += 1;
            assert_eq!(out[0], 9);
        }
        // Within five standard deviations.
        assert!(shifts.iter().all(|&n: &i32| (n - 12_000).abs() < 490), "{shifts:?}");
        assert!(orders.iter().all(|&n: &i32| (n - 10_000).abs() < 457), "{orders:?}");
    }

    #[test]
    fn bad_input_is_named() {
        let mut surrogates = Surrogates::new(1);
        let mut out = [0.0; 3];
        let refused = surrogates.circular_shift(&[1.0], &mut out);
        assert!(matches!(refused, Err(Error::LengthMismatch { left: 1, right: 3, .. })));
        for starts in [&[0, 0][..], &[2, 1], &[3]] {
            let refused = surrogates.cycle_shuffle(&[1.0; 3], starts, &mut out);
            assert!(matches!(refused, Err(Error::Parameter { .. })), "{starts:?}");
        }
        surrogates.cycle_shuffle(&[1.0, 2.0, 3.0], &[], &mut out).unwrap();
        assert_eq!(out, [1.0, 2.0, 3.0]);
        surrogates.circular_shift::<f64>(&[], &mut []).unwrap();
    }
}
