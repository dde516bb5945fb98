//! Random numbers of the studies, independent of the draws of the crate that they check.

use std::f64::consts::TAU;

/// SplitMix64.
#[derive(Debug, Clone)]
pub struct Noise(u64);

impl Noise {
    /// Creates a separate stream for each study and session.
    pub fn new(study: u64, session: usize) -> Self {
        let mut noise = Self(
            study.wrapping_mul(0xd1b5_4a32_d192_ed03) ^ (session as u64).wrapping_mul(0x2545_f491_4f6c_dd1d),
        );
        noise.uniform();
        noise
    }

    /// Creates a stream; different seeds give different streams.
    pub fn from_seed(seed: u64) -> Self {
        Self(seed.wrapping_mul(0xd134_2543_de82_ef95) ^ 0x2545_f491_4f6c_dd1d)
    }

    /// Creates a stream from the state of the generator itself; states that differ by a multiple of its increment give shifted copies of one
    /// stream.
    pub fn from_state(state: u64) -> Self {
        Self(state)
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

    /// Mean 1, skewness 2.
    pub fn exponential(&mut self) -> f64 {
        -(1.0 - self.uniform()).ln()
    }

    /// `n` standard normal values.
    pub fn normals(&mut self, n: usize) -> Vec<f64> {
        (0..n).map(|_| self.normal()).collect()
    }

    /// A stationary first-order autoregressive series of variance 1.
    pub fn autoregressive(&mut self, n: usize, rho: f64) -> Vec<f64> {
        let mut x = self.normal();
        (0..n)
            .map(|_| {
                let now = x;
                x = rho * x + (1.0 - rho * rho).sqrt() * self.normal();
                now
            })
            .collect()
    }
}
