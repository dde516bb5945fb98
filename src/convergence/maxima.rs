//! Largest values and where they lie.

/// Returns the largest of finite values, eight at a time; -infinity of none.
pub(super) fn highest(values: &[f64]) -> f64 {
    let mut best = [f64::NEG_INFINITY; 8];
    let mut chunks = values.chunks_exact(8);
    for chunk in &mut chunks {
        for (b, v) in best.iter_mut().zip(chunk) {
            *b = if *v > *b { *v } else { *b };
        }
    }
    chunks.remainder().iter().chain(&best).fold(f64::NEG_INFINITY, |b, &v| if v > b { v } else { b })
}

/// Returns index and value of the first largest of finite values.
pub(super) fn largest_of(values: &[f64]) -> (usize, f64) {
    let top = highest(values);
    (values.iter().position(|v| *v == top).unwrap_or(0), top)
}

/// Returns index and value of the first largest; (0, -infinity) of none.
#[cfg(feature = "analysis")]
pub(super) fn largest(values: impl Iterator<Item = f64>) -> (usize, f64) {
    values.enumerate().fold((0, f64::NEG_INFINITY), |best, (i, v)| if v > best.1 { (i, v) } else { best })
}
