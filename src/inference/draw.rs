//! Seeded draws. The generator stays inside the crate: callers pass a seed.

#[cfg(feature = "analysis")]
use alloc::vec::Vec;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

/// A stream of random draws, the same on every platform for the same seed.
#[derive(Debug, Clone)]
pub(crate) struct Draws(Xoshiro256PlusPlus);

impl Draws {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Xoshiro256PlusPlus::seed_from_u64(seed))
    }

    /// A whole number below `bound`, every one equally likely (Lemire 2019); `bound` at least 1.
    #[inline]
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        let bound = bound as u64;
        let mut product = u128::from(self.0.next_u64()) * u128::from(bound);
        if (product as u64) < bound {
            // 2^64 is no multiple of the bound: the first `2^64 mod bound` low words are drawn again.
            let surplus = bound.wrapping_neg() % bound;
            while (product as u64) < surplus {
                product = u128::from(self.0.next_u64()) * u128::from(bound);
            }
        }
        (product >> 64) as usize
    }

    /// Writes the `n` indices of a bootstrap resample, in blocks of neighbours (the first follows the last): `block` of them from a
    /// random one on, until there are `n`.
    #[cfg(feature = "analysis")]
    pub(crate) fn resample(&mut self, n: usize, block: usize, indices: &mut Vec<usize>) {
        indices.clear();
        while indices.len() < n {
            let start = self.below(n);
            let taken = block.min(n - indices.len());
            indices.extend((start..start + taken).map(|i| if i < n { i } else { i % n }));
        }
    }

    /// Puts the items in random order (Fisher and Yates).
    #[cfg(feature = "analysis")]
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, self.below(i + 1));
        }
    }

    /// Uniform on the open interval (0, 1).
    #[cfg(feature = "analysis")]
    pub(crate) fn uniform(&mut self) -> f64 {
        ((self.0.next_u64() >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }

    /// Standard normal.
    #[cfg(feature = "analysis")]
    pub(crate) fn normal(&mut self) -> f64 {
        super::distribution::normal_quantile(self.uniform())
    }
}

#[cfg(all(test, feature = "analysis"))]
mod tests {
    use super::*;

    #[test]
    fn bounded_draws_are_uniform_and_repeat() {
        let mut draws = Draws::new(7);
        let mut counts = [0u32; 7];
        for _ in 0..70_000 {
            counts[draws.below(7)] += 1;
        }
        // Chi-square with 6 degrees of freedom: 22.5 is its 99.9 % point.
        let chi2: f64 = counts.iter().map(|&c| (f64::from(c) - 10_000.0).powi(2) / 10_000.0).sum();
        assert!(chi2 < 22.5, "{chi2}");
        let first: Vec<usize> = (0..5)
            .map({
                let mut d = Draws::new(1);
                move |_| d.below(1000)
            })
            .collect();
        assert_eq!(
            first,
            (0..5)
                .map({
                    let mut d = Draws::new(1);
                    move |_| d.below(1000)
                })
                .collect::<Vec<_>>()
        );
        assert_eq!(Draws::new(3).below(1), 0);
    }

    #[test]
    fn a_shuffle_keeps_every_item() {
        let mut items: Vec<usize> = (0..50).collect();
        Draws::new(2).shuffle(&mut items);
        assert_ne!(items, (0..50).collect::<Vec<_>>());
        items.sort_unstable();
        assert_eq!(items, (0..50).collect::<Vec<_>>());
    }
}
