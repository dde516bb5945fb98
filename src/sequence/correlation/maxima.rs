//! The highest and the second-highest local maximum.

use crate::math::Vertex;

/// Where a maximum lies among the lags, and how high it is, between lags.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Maximum {
    pub(super) position: f64,
    pub(super) r: f64,
}

/// The highest local maximum and the next; `None` when the highest value is at an end. The first of equals counts.
pub(super) fn best_two(r: &[f64], closed: bool) -> Option<(Maximum, Option<Maximum>)> {
    let n = r.len();
    let (mut best, mut second): (Option<usize>, Option<usize>) = (None, None);
    let mut look = |i: usize, before: f64, top: f64, after: f64| {
        // A flat top belongs to its first sample.
        if before < top && top >= after {
            if best.is_none_or(|b| top > r[b]) {
                second = best.replace(i);
            } else if second.is_none_or(|s| top > r[s]) {
                second = Some(i);
            }
        }
    };
    if closed {
        look(0, r[n - 1], r[0], r[1]);
    }
    for (i, w) in r.windows(3).enumerate() {
        look(i + 1, w[0], w[1], w[2]);
    }
    if closed {
        look(n - 1, r[n - 2], r[n - 1], r[0]);
    }
    let maximum = |i: usize| {
        let vertex = Vertex::of(r[(i + n - 1) % n], r[i], r[(i + 1) % n]);
        Maximum { position: i as f64 + vertex.shift, r: vertex.value.min(1.0) }
    };
    let best = best.filter(|&b| closed || (r[b] >= r[0] && r[b] >= r[n - 1]))?;
    Some((maximum(best), second.map(maximum)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_highest_and_the_first_of_equals() {
        let r = [0.0, 0.5, 0.0, 0.9, 0.1, 0.9, 0.2, 0.7, 0.0];
        let (best, second) = best_two(&r, false).unwrap();
        assert_eq!((best.position.round(), second.unwrap().position.round()), (3.0, 5.0));
        assert_eq!(best_two(&[0.0, 0.5, 0.0, 0.9], false), None);
        let (best, second) = best_two(&[0.0, 0.5, 0.0, 0.9], true).unwrap();
        assert_eq!((best.position.round(), second.unwrap().position.round()), (3.0, 1.0));
        let (flat, none) = best_two(&[0.0, 0.5, 0.5, 0.1], false).unwrap();
        assert_eq!((flat.position, none), (1.5, None));
    }

    #[test]
    fn a_plateau_that_reaches_the_end_is_at_the_end() {
        assert_eq!(best_two(&[0.0, 0.5, 0.9, 0.9], false).map(|(best, _)| best.position), Some(2.5));
        assert_eq!(best_two(&[0.9, 0.9, 0.5, 0.1], false), None);
    }
}
