//! Time at which a sprint passes a distance.

#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Time after the start at which v(t) = vmax (1 - exp(-t/tau)) has covered `distance_m`, and its derivatives by vmax and
/// tau. All three above 0.
pub(super) fn passing(distance_m: f64, vmax: f64, tau: f64) -> (f64, [f64; 2]) {
    // The distance is a convex function of time, so that Newton's method converges from above.
    let mut t = distance_m / vmax + tau;
    for _ in 0..100 {
        let short = -(-t / tau).exp_m1();
        let step = (vmax * (t - tau * short) - distance_m) / (vmax * short);
        t -= step;
        if step.abs() <= 1e-15 * t {
            break;
        }
    }
    let short = -(-t / tau).exp_m1();
    let by_vmax = -distance_m / (vmax * vmax * short);
    let by_tau = (short - (1.0 - short) * t / tau) / short;
    (t, [by_vmax, by_tau])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_the_inverse_of_distance() {
        for (vmax, tau) in [(8.0, 1.2), (12.0, 0.8), (5.0, 0.05)] {
            for t in [0.01_f64, 0.5, 1.0, 7.0] {
                let distance = |t: f64, vmax: f64, tau: f64| vmax * (t + tau * (-t / tau).exp_m1());
                let d = distance(t, vmax, tau);
                let (found, [by_vmax, by_tau]) = passing(d, vmax, tau);
                assert!((found - t).abs() < 1e-9 * t.max(1e-3), "{found} {t}");
                let h = 1e-6;
                let slope = |a: (f64, f64), b: (f64, f64)| {
                    (passing(d, a.0, a.1).0 - passing(d, b.0, b.1).0) / (2.0 * h)
                };
                assert!(
                    (by_vmax - slope((vmax + h, tau), (vmax - h, tau))).abs() < 1e-5 * by_vmax.abs().max(1.0)
                );
                assert!(
                    (by_tau - slope((vmax, tau + h), (vmax, tau - h))).abs() < 1e-5 * by_tau.abs().max(1.0)
                );
            }
        }
    }
}
