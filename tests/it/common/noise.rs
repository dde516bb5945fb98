//! Normal draws.

/// Draws by SplitMix64, independent of those of the crate: calibrations must not depend on the draws they check.
pub use copeak_validation::noise::Noise as SplitMix;

/// By Box and Muller over a linear congruential generator; a fixed seed is all that is wanted.
pub struct Noise(u64);

impl Noise {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }

    pub fn normal(&mut self) -> f64 {
        (-2.0 * self.uniform().ln()).sqrt() * (std::f64::consts::TAU * self.uniform()).cos()
    }
}
