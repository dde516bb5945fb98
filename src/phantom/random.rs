//! Seeded draws, one independent stream per purpose, so that adding noise to one channel changes no other draw.

#[cfg(not(feature = "std"))]
use num_traits::Float as _;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

/// A stream of draws.
pub(super) struct Draws(Xoshiro256PlusPlus);

impl Draws {
    /// Stream `stream` of `seed`.
    pub(super) fn new(seed: u64, stream: u64) -> Self {
        // An odd multiplier is a bijection: different streams never share a seed.
        Self(Xoshiro256PlusPlus::seed_from_u64(seed ^ stream.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
    }

    /// Standard normal by the polar method (Marsaglia & Bray 1964); the second of each pair is not kept.
    pub(super) fn normal(&mut self) -> f64 {
        loop {
            let (u, v) = (self.symmetric(), self.symmetric());
            let s = u * u + v * v;
            if s > 0.0 && s < 1.0 {
                return u * (-2.0 * s.ln() / s).sqrt();
            }
        }
    }

    /// Uniform on (-1, 1).
    fn symmetric(&mut self) -> f64 {
        ((self.0.next_u64() >> 11) as f64 + 0.5) / (1u64 << 52) as f64 - 1.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn normal_draws_have_the_moments_of_a_standard_normal() {
        let mut draws = Draws::new(3, 0);
        let n = 200_000;
        let z: Vec<f64> = (0..n).map(|_| draws.normal()).collect();
        let moment = |p: i32| z.iter().map(|z| z.powi(p)).sum::<f64>() / n as f64;
        assert!(moment(1).abs() < 0.01, "{}", moment(1));
        assert!((moment(2) - 1.0).abs() < 0.015, "{}", moment(2));
        assert!(moment(3).abs() < 0.04, "{}", moment(3));
        assert!((moment(4) - 3.0).abs() < 0.12, "{}", moment(4));
        let beyond = z.iter().filter(|z| z.abs() > 1.96).count() as f64 / n as f64;
        assert!((beyond - 0.05).abs() < 0.002, "{beyond}");
    }

    #[test]
    fn streams_of_one_seed_differ() {
        let first = |seed, stream| Draws::new(seed, stream).normal();
        assert_eq!(first(1, 0), first(1, 0));
        assert_ne!(first(1, 0), first(1, 1));
        assert_ne!(first(1, 1), first(2, 1));
    }
}
