//! How long a filter remembers.

#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// What may be left of a sample in the memory of a filter that started that many samples later, of the largest sample.
///
/// Two passes and twice the largest sample (a start at the wrong level) leave a margin of more than ten to the 1e-12 that
/// every path keeps.
const LEFT: f64 = 1e-14;

/// Samples after which a cascade has forgotten how it started: beyond it the absolute values of the impulse response add
/// up to less than 1e-14. `None` when no sensible number of samples is enough.
///
/// With N poles p within radius r < 1, the response of 1/prod(1 - p z⁻¹) at sample j is the complete homogeneous symmetric
/// polynomial of degree j in the poles: a sum of C(j+N-1, N-1) products, none larger than r^j. That holds for repeated and
/// clustered poles too, whose response decays as a polynomial times r^j and not as r^j. The numerators multiply by at most
/// A = prod(|b0| + |b1| + |b2|), so what comes after W samples is less than
///
/// A sum over j >= W of C(j+N-1, N-1) r^j  =  A (1-r)^-N P(fewer than N hits in W+N-1 trials of chance 1-r).
///
/// Where W (1-r) >= N the N terms of that probability grow to the last, C(W+N-1, N-1) (1-r)^(N-1) r^W, so the whole is below
/// A N C(W+N-1, N-1) r^W / (1-r), and C(M, N-1) <= M^(N-1) / (N-1)!. W solves this for the bound above.
pub(super) fn warm_up(sections: &[[f64; 5]]) -> Option<usize> {
    let poles: usize =
        sections.iter().map(|[_, _, b2, _, a2]| if *b2 == 0.0 && *a2 == 0.0 { 1 } else { 2 }).sum();
    let radius = sections.iter().map(|[.., a1, a2]| radius(*a1, *a2)).fold(0.0, f64::max);
    let n = poles as f64;
    // Below it the logarithm of the radius says nothing; every such filter forgets within a few dozen samples.
    let radius = radius.max(0.05);
    let rate = -radius.ln();
    let mut start = n.ln() - (1.0 - radius).ln() - LEFT.ln();
    for section in sections {
        start += section[..3].iter().map(|b| b.abs()).sum::<f64>().ln();
    }
    // Less 1/(N-1)!.
    start -= (2..poles).map(|k| (k as f64).ln()).sum::<f64>();
    let least = n / (1.0 - radius);
    let mut samples = least;
    // From below, each step a fraction (N-1)/(W rate) < 1 of the one before.
    for _ in 0..60 {
        let next = ((start + (n - 1.0) * (samples + n - 1.0).ln()) / rate).max(least);
        if next - samples < 0.5 {
            // What the remaining steps could add.
            let samples = (next * 1.01).ceil() + 1.0;
            return (samples < 1e9).then_some(samples as usize);
        }
        samples = next;
    }
    None
}

/// The larger absolute value of the two poles of a section.
fn radius(a1: f64, a2: f64) -> f64 {
    let quarter = a1 * a1 / 4.0 - a2;
    if quarter < 0.0 { a2.sqrt() } else { a1.abs() / 2.0 + quarter.sqrt() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Rate,
        filter::{Band, Butterworth, Section},
    };

    /// The absolute values of the impulse response from sample `from` on, added up.
    fn rest(sections: &[[f64; 5]], from: usize) -> f64 {
        let (mut memory, mut sum) = (vec![[0.0; 2]; sections.len()], 0.0);
        for t in 0..from + 40 * from {
            let mut x = if t == 0 { 1.0 } else { 0.0 };
            for ([b0, b1, b2, a1, a2], [s1, s2]) in sections.iter().zip(&mut memory) {
                let y = *s1 + b0 * x;
                *s1 = *s2 + b1 * x - a1 * y;
                *s2 = b2 * x - a2 * y;
                x = y;
            }
            if t >= from {
                sum += x.abs();
            }
        }
        sum
    }

    fn coefficients(section: &Section<f64>) -> [f64; 5] {
        let ([b0, b1, b2], [a1, a2]) = (section.numerator(), section.denominator());
        [b0, b1, b2, a1, a2]
    }

    #[test]
    fn nothing_is_left_and_little_is_wasted() {
        let rate = Rate::from_hz(1000.0).unwrap();
        for order in 1..=8 {
            for low in [2.0, 20.0, 100.0, 250.0, 450.0] {
                for band in [
                    Band::Low(low),
                    Band::High(low),
                    Band::Pass(low, low + 30.0),
                    Band::Stop(low, low + 30.0),
                ] {
                    let cascade = Butterworth::new(order, band, rate).unwrap().cascade().unwrap();
                    let sections: Vec<_> = cascade.sections().iter().map(coefficients).collect();
                    let samples = warm_up(&sections).unwrap();
                    let left = rest(&sections, samples);
                    assert!(left <= LEFT, "{order} {band:?}: {left:e} after {samples}");
                    if matches!(band, Band::Low(_)) && low <= 100.0 {
                        // Measured: 99 % of it is needed at order 1, 69 % at 4, 57 % at 6, 48 % at 8.
                        let percent = if order <= 4 { 68 } else { 47 };
                        let left = rest(&sections, samples * percent / 100);
                        assert!(
                            left > LEFT,
                            "{order} {band:?}: {left:e} after {percent} % of {samples} already"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn repeated_poles_are_remembered_longer() {
        let double = |p: f64| [(1.0 - p) * (1.0 - p), 0.0, 0.0, -2.0 * p, p * p];
        for p in [0.5, 0.9, 0.99, 0.999] {
            for sections in [1, 2, 4] {
                let cascade = vec![double(p); sections];
                let samples = warm_up(&cascade).unwrap();
                let left = rest(&cascade, samples);
                assert!(left <= LEFT, "{p}, {sections} times: {left:e} after {samples}");
            }
        }
        let one = (LEFT.ln() / 0.99f64.ln()) as usize;
        assert!(rest(&[double(0.99); 4], one) > 1e3 * LEFT, "the largest radius alone would not do");
        assert_eq!(warm_up(&[[1.0, 0.0, 0.0, -(2.0 - 1e-9), 1.0 - 1e-9 + 1e-18]]), None);
    }
}
