//! How long a signal stays on one side of a level.

use crate::Real;

/// Samples that are looked through together.
const BLOCK: usize = 32;
/// Of which so many side by side.
const LANES: usize = 8;

/// How many samples from the first on are finite and not below `level`.
#[inline]
pub(super) fn at_least<T: Real>(x: &[T], level: f64) -> usize {
    // The sign of the difference: set where a sample lies below.
    run(x, |x| (x - level).to_bits(), |x| x >= level)
}

/// How many samples from the first on are finite and below `level`.
#[inline]
pub(crate) fn below<T: Real>(x: &[T], level: f64) -> usize {
    run(x, |x| !(x - level).to_bits(), |x| x < level)
}

/// Processes block after block without a branch or a comparison inside one, so that the compiler takes several samples at
/// once: `turns` has its highest bit set where `calm` does not hold, and a sum that is not finite has such a sample in it
/// (or overflows, and then one sample after the other tells).
#[inline(always)]
fn run<T: Real>(x: &[T], turns: impl Fn(f64) -> u64 + Copy, calm: impl Fn(f64) -> bool) -> usize {
    let long = x.chunks_exact(BLOCK).take_while(|block| still(block, turns)).count() * BLOCK;
    let rows = x[long..].chunks_exact(LANES).take_while(|row| still(row, turns)).count() * LANES;
    let mut passed = long + rows;
    while passed < x.len() && calm(x[passed].as_f64()) && x[passed].is_finite() {
        passed += 1;
    }
    passed
}

/// Whether nothing turns in a block of whole rows.
#[inline(always)]
fn still<T: Real>(block: &[T], turns: impl Fn(f64) -> u64) -> bool {
    let (mut turned, mut sum) = ([0_u64; LANES], [0.0; LANES]);
    for row in block.chunks_exact(LANES) {
        for lane in 0..LANES {
            let x = row[lane].as_f64();
            turned[lane] |= turns(x);
            sum[lane] += x;
        }
    }
    turned.iter().fold(0, |all, t| all | t) >> 63 == 0 && sum.iter().sum::<f64>().is_finite()
}
