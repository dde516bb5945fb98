//! Draws of the studies' own: they must not lean on those they check.

use std::f64::consts::TAU;

/// A small generator (SplitMix64).
#[derive(Debug, Clone)]
pub struct Noise(u64);

impl Noise {
    /// Different seeds, different draws.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0xd134_2543_de82_ef95) ^ 0x2545_f491_4f6c_dd1d)
    }

    /// Uniform on [0, 1).
    pub fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Standard normal.
    pub fn normal(&mut self) -> f64 {
        (-2.0 * (1.0 - self.uniform()).ln()).sqrt() * (TAU * self.uniform()).cos()
    }

    /// `n` values of standard deviation 1, each resembling the last by `rho`.
    pub fn resembling(&mut self, n: usize, rho: f64) -> Vec<f64> {
        let mut x = self.normal();
        let step = (1.0 - rho * rho).sqrt();
        (0..n)
            .map(|_| {
                let now = x;
                x = rho * x + step * self.normal();
                now
            })
            .collect()
    }
}
