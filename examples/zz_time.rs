//! timing
use copeak::convergence::*;
use std::time::Instant;
fn main() {
    for (steps, k) in [(25usize, 5usize), (200, 8)] {
        let mut s = 1u64;
        let mut next = || {
            s = s.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (s >> 11) as f64 / (1u64 << 53) as f64
        };
        let y: Vec<f64> = (0..steps * k * 100).map(|_| next()).collect();
        let d: Drives = Drives::new(k, 100, y).unwrap();
        for _ in 0..3 {
            let t = Instant::now();
            let i = Chance::new(1).index(&d);
            let e = t.elapsed();
            println!(
                "{steps} x {k}: {:?}, {:.1} ns per step and vector, kappa {:?}",
                e,
                e.as_nanos() as f64 / (steps * 10_000) as f64,
                i.kappa
            );
        }
    }
}
