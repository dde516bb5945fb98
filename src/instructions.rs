//! Which instructions loops over lanes are run with.

/// Something whose inner loops are worth the best instructions. `run` and all it calls must be `inline(always)`.
pub(crate) trait Work {
    fn run(self);
}

/// Run `work` with AVX2 where the feature `simd` is on and the machine has it, else (and always when `portable`) with the
/// baseline of the target. No wider set: AVX-512 gained at most 15 % and lost more where the compiler gave up on it.
/// Fused multiply-add is never used, so the bits are the same.
#[cfg(feature = "simd")]
pub(crate) fn run(portable: bool, work: impl Work) {
    if portable {
        baseline(work);
    } else {
        pulp::Arch::new().dispatch(Call(work));
    }
}

#[cfg(not(feature = "simd"))]
pub(crate) fn run(_portable: bool, work: impl Work) {
    baseline(work);
}

#[inline(never)]
fn baseline(work: impl Work) {
    work.run();
}

#[cfg(feature = "simd")]
struct Call<W>(W);

#[cfg(feature = "simd")]
impl<W: Work> pulp::NullaryFnOnce for Call<W> {
    type Output = ();
    #[inline(always)]
    fn call(self) {
        self.0.run();
    }
}
