//! One independent stream of draws per purpose, so that adding noise to one channel changes no other draw.

use crate::inference::draw::Draws;

/// Stream `purpose` of `seed`.
pub(super) fn stream(seed: u64, purpose: u64) -> Draws {
    // An odd multiplier is a bijection: two purposes never share a seed.
    Draws::new(seed ^ purpose.wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn every_stream_is_standard_normal_and_they_are_unrelated() {
        let n = 50_000;
        let draw = |seed, purpose| {
            let mut draws = stream(seed, purpose);
            (0..n).map(|_| draws.normal()).collect::<Vec<f64>>()
        };
        let mean = |x: &mut dyn Iterator<Item = f64>| x.sum::<f64>() / n as f64;
        let (a, b) = (draw(3, 1), draw(3, 2));
        assert_eq!(a, draw(3, 1));
        for z in [&a, &b] {
            // Bounds of four standard errors.
            assert!(mean(&mut z.iter().copied()).abs() < 0.018);
            assert!((mean(&mut z.iter().map(|z| z * z)) - 1.0).abs() < 0.026);
            assert!((mean(&mut z.iter().map(|z| z.powi(4))) - 3.0).abs() < 0.18);
        }
        assert!(mean(&mut a.iter().zip(&b).map(|(a, b)| a * b)).abs() < 0.018);
        assert!(mean(&mut a.iter().zip(&draw(2, 1)).map(|(a, b)| a * b)).abs() < 0.018);
    }
}
