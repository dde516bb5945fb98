//! A rate as a ratio of whole numbers to another.

#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// The fraction nearest to `value` whose terms do not exceed `largest`, by continued fractions; `None` when there is none
/// with both terms above 0.
pub(super) fn nearest(value: f64, largest: usize) -> Option<(usize, usize)> {
    let bound = largest as f64;
    if !(value.is_finite() && value > 0.0) {
        return None;
    }
    // Convergents p/q: the last one, and the one before.
    let (mut p, mut q, mut p0, mut q0) = (1.0f64, 0.0f64, 0.0f64, 1.0f64);
    let mut rest = value;
    let mut best: Option<(f64, f64)> = None;
    let consider = |best: &mut Option<(f64, f64)>, p: f64, q: f64| {
        let error = |(p, q): (f64, f64)| (p / q - value).abs();
        let fits = p >= 1.0 && q >= 1.0 && p <= bound && q <= bound;
        if fits && best.is_none_or(|b| error((p, q)) < error(b)) {
            *best = Some((p, q));
        }
    };
    for _ in 0..64 {
        let whole = rest.floor();
        // The largest part of this term that keeps both within bounds.
        let room =
            |last: f64, before: f64| if last > 0.0 { ((bound - before) / last).floor() } else { whole };
        let term = whole.min(room(p, p0)).min(room(q, q0));
        if term >= 1.0 {
            consider(&mut best, term * p + p0, term * q + q0);
        }
        if term < whole {
            break;
        }
        (p, p0) = (whole * p + p0, p);
        (q, q0) = (whole * q + q0, q);
        let fraction = rest - whole;
        if fraction < 1e-12 * value.max(1.0) || p / q == value {
            break;
        }
        rest = 1.0 / fraction;
    }
    best.map(|(p, q)| (p as usize, q as usize))
}

pub(super) fn greatest_common_divisor(mut a: usize, mut b: usize) -> usize {
    while b > 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_nearer_is_left_out() {
        let values = [1.0, 0.5, 48.0 / 44.1, 150.0 / 148.148_148_1, 0.3172, 2.7, 99.5, 0.0101, 7.0];
        for value in values {
            for largest in [1, 2, 7, 30, 100] {
                let all = (1..=largest).flat_map(|p| (1..=largest).map(move |q| (p, q)));
                let error = |(p, q): (usize, usize)| (p as f64 / q as f64 - value).abs();
                let least = all.map(error).fold(f64::INFINITY, f64::min);
                let found = nearest(value, largest);
                if value <= largest as f64 && value * largest as f64 >= 1.0 {
                    let found = found.unwrap();
                    assert!(error(found) <= least + 1e-15, "{value} within {largest}: {found:?}");
                }
            }
        }
        assert_eq!(nearest(48_000.0 / 44_100.0, 1000), Some((160, 147)));
        assert_eq!(nearest(f64::NAN, 10), None);
        assert_eq!(nearest(0.0, 10), None);
    }
}
