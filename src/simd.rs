//! Which instructions loops over lanes are run with.

/// Rows that go through a section together, and lanes whose samples change place with theirs at once.
pub(crate) const TILE: usize = 4;

/// Something whose inner loops are worth the best instructions. `run` and all it calls must be `inline(always)`.
pub(crate) trait Kernel {
    fn run<T: Transpose>(self, turn: T);
}

/// Exchanges rows and columns.
pub(crate) trait Transpose: Copy {
    /// Whether that is faster than moving every number alone.
    const WORTH_IT: bool;

    fn turn(self, square: [[f64; TILE]; TILE]) -> [[f64; TILE]; TILE];
}

/// Runs `work` with AVX2 where the feature `simd` is on and the machine has it, else (and always when `baseline_only`) with the
/// baseline of the target. No wider set: AVX-512 gained at most 15 % and lost more where the compiler gave up on it.
/// Fused multiply-add is never used, so the bits are the same.
pub(crate) fn run(baseline_only: bool, work: impl Kernel) {
    #[cfg(all(feature = "simd", target_arch = "x86_64"))]
    if let (false, Some(v3)) = (baseline_only, pulp::x86::V3::try_new()) {
        return v3.vectorize(avx2::Call(work, v3));
    }
    let _ = baseline_only;
    baseline(work);
}

#[inline(never)]
fn baseline(work: impl Kernel) {
    work.run(Baseline);
}

#[derive(Clone, Copy)]
struct Baseline;

impl Transpose for Baseline {
    const WORTH_IT: bool = false;

    #[inline(always)]
    fn turn(self, square: [[f64; TILE]; TILE]) -> [[f64; TILE]; TILE] {
        core::array::from_fn(|i| square.map(|row| row[i]))
    }
}

#[cfg(all(feature = "simd", target_arch = "x86_64"))]
mod avx2 {
    use super::{Kernel, TILE, Transpose};
    use pulp::x86::V3;

    pub(super) struct Call<W>(pub(super) W, pub(super) V3);

    impl<W: Kernel> pulp::NullaryFnOnce for Call<W> {
        type Output = ();
        #[inline(always)]
        fn call(self) {
            self.0.run(self.1);
        }
    }

    impl Transpose for V3 {
        const WORTH_IT: bool = true;

        #[inline(always)]
        fn turn(self, square: [[f64; TILE]; TILE]) -> [[f64; TILE]; TILE] {
            let avx = self.avx;
            let [a, b, c, d] = square;
            let [a, b, c, d] = [pulp::cast(a), pulp::cast(b), pulp::cast(c), pulp::cast(d)];
            // Even and odd columns of two rows each, then their lower and upper halves.
            let (even_ab, odd_ab) = (avx._mm256_unpacklo_pd(a, b), avx._mm256_unpackhi_pd(a, b));
            let (even_cd, odd_cd) = (avx._mm256_unpacklo_pd(c, d), avx._mm256_unpackhi_pd(c, d));
            [
                pulp::cast(avx._mm256_permute2f128_pd::<0x20>(even_ab, even_cd)),
                pulp::cast(avx._mm256_permute2f128_pd::<0x20>(odd_ab, odd_cd)),
                pulp::cast(avx._mm256_permute2f128_pd::<0x31>(even_ab, even_cd)),
                pulp::cast(avx._mm256_permute2f128_pd::<0x31>(odd_ab, odd_cd)),
            ]
        }
    }
}
