//! The speed curve of a sprint.

use crate::inference::distribution::student_quantile;
use crate::inference::interval::{IntervalMethod, NoInterval};
use crate::inference::{Estimate, Interval, checked_level};
use crate::{Error, Real, Result, Samples, Signal};
use alloc::vec;
use alloc::vec::Vec;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Deviations from the curve within this time are taken together: the speed fluctuation of a step lasts a quarter of a second.
const BLOCK_S: f64 = 0.4;
/// Top speed is that of the mean over this time: two steps, so that their fluctuation does not decide.
const TOP_S: f64 = 0.5;
/// Fraction of the largest mean that counts as top speed: the largest mean itself would select a random fluctuation.
const AS_TOP: f64 = 0.99;

/// Fits v(t) = vmax (1 - exp(-(t - start)/tau)) to a sprint from rest.
///
/// An athlete starts with acceleration vmax/tau and approaches vmax, of which 95 % are reached after 3 tau (Furusawa, Hill &
/// Parkinson 1927, doi:10.1098/rspb.1927.0035; Samozino et al. 2016, doi:10.1111/sms.12490). The start is fitted as well, because
/// few devices begin with the first push; [`SprintModel::start_at_zero`] fixes it at time 0.
///
/// **Intervals.** The samples of a speed curve are not independent: deviations are taken together in blocks of
/// 0.4 s, and the t-intervals have as many degrees of freedom as there are blocks minus coefficients (each block left out in turn;
/// Bell & McCaffrey 2002). The deviations of gate times count as independent. The curve
/// is a model: intervals do not contain the effect of a start that is not exponential. (Simulated sprints of 6 s with the
/// fluctuation of steps and dependent noise: vmax, tau and the acceleration covered in 93 to 95 %, the start
/// in 91 %; vmax came out 0.4 % high.)
///
/// ```
/// use copeak::performance::SprintModel;
/// use copeak::{Clock, Rate, Signal};
/// let clock = Clock::from_zero(Rate::from_hz(50.0)?);
/// let speed = |i: u32| 9.0 * (1.0 - (-f64::from(i) / 50.0 / 1.25).exp());
/// let curve = SprintModel::new().fit(&Signal::new(clock, (0..250).map(speed).collect::<Vec<_>>()))?;
/// assert!((curve.vmax_mps.value - 9.0).abs() < 1e-6 && (curve.tau_s.value - 1.25).abs() < 1e-6);
/// assert!((curve.speed_at(1.25) - 9.0 * (1.0 - (-1.0_f64).exp())).abs() < 1e-6);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[doc(alias("curve_fit", "force-velocity profile", "mono-exponential"))]
pub struct SprintModel {
    level: f64,
    free_start: bool,
}

/// The time at which a gate was passed.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Gate {
    /// Distance from the start line.
    pub distance_m: f64,
    /// Time on the clock of the gates.
    pub time_s: f64,
}

/// The speed curve of one sprint.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SprintCurve {
    /// The speed that is approached.
    pub vmax_mps: Estimate,
    /// Time constant.
    pub tau_s: Estimate,
    /// Acceleration of the first push, vmax/tau.
    pub acceleration_mps2: Estimate,
    /// Time of the start on the clock of the data; without interval when it is fixed at time 0.
    pub start_s: Estimate,
    /// The last time used: after it the runner brakes.
    pub end_s: f64,
    /// Root mean square deviation: m/s for a speed curve, s for gate times.
    pub rms: f64,
    /// Covariance of vmax, tau and the start, in this order; 0 where the start is not fitted.
    #[cfg_attr(feature = "serde", serde(default))]
    pub covariance: [[f64; 3]; 3],
}

impl SprintCurve {
    /// Returns the speed at a time on the clock of the data; 0 before the start.
    pub fn speed_at(&self, time_s: f64) -> f64 {
        let after = (time_s - self.start_s.value).max(0.0);
        -self.vmax_mps.value * (-after / self.tau_s.value).exp_m1()
    }

    /// Returns the interval of the model's speed at a time, at the level of the coefficients, to first order in them; `None` when
    /// vmax has none. At the start and before, both ends are 0.
    pub fn speed_interval_at(&self, time_s: f64) -> Option<Interval> {
        let vmax_ci = self.vmax_mps.ci?;
        let after = time_s - self.start_s.value;
        if after <= 0.0 {
            return Some(Interval::new(0.0, 0.0));
        }
        let (vmax, tau) = (self.vmax_mps.value, self.tau_s.value);
        let decay = (-after / tau).exp();
        let by_start = -vmax * decay / tau;
        let slopes = [-(-after / tau).exp_m1(), by_start * after / tau, by_start];
        let terms = (0..3).flat_map(|a| (0..3).map(move |b| (a, b)));
        let variance: f64 = terms.map(|(a, b)| slopes[a] * slopes[b] * self.covariance[a][b]).sum();
        let reach = if self.covariance[0][0] > 0.0 {
            0.5 * vmax_ci.width() * (variance.max(0.0) / self.covariance[0][0]).sqrt()
        } else {
            0.0
        };
        let speed = self.speed_at(time_s);
        Some(Interval::around(speed, reach))
    }

    /// Returns the distance covered at a time on the clock of the data.
    pub fn distance_at(&self, time_s: f64) -> f64 {
        let after = (time_s - self.start_s.value).max(0.0);
        let tau = self.tau_s.value;
        self.vmax_mps.value * (after + tau * (-after / tau).exp_m1())
    }
}

impl Default for SprintModel {
    fn default() -> Self {
        Self::new()
    }
}

impl SprintModel {
    /// Creates a model with a fitted start and level 0.95.
    pub fn new() -> Self {
        Self { level: 0.95, free_start: true }
    }

    /// Fixes the start at time 0.
    #[must_use]
    pub fn start_at_zero(self) -> Self {
        Self { free_start: false, ..self }
    }

    /// Sets the confidence level, between 0 and 1.
    #[must_use]
    pub fn level(self, level: f64) -> Self {
        Self { level, ..self }
    }

    /// Fits measured speed in m/s, from laser, radar or encoder.
    ///
    /// Samples after the mean over 0.5 s was last within 1 % of its maximum are braking and excluded.
    ///
    /// # Errors
    /// [`Error::Parameter`] for a level outside its range; [`Error::TooFew`] below eight blocks of 0.4 s up to there; [`Error::NonFinite`]; [`Error::Constant`];
    /// [`Error::Undefined`] when no curve from rest towards a top speed fits: the speed rises in a straight line, falls, or is
    /// maximal from the first sample on.
    pub fn fit<S>(&self, speed: &Signal<S>) -> Result<SprintCurve>
    where
        S: Samples,
        S::Item: Real,
    {
        let operation = "the speed curve of a sprint";
        checked_level(self.level)?;
        let all: Vec<f64> = speed.samples().iter_samples().map(Real::as_f64).collect();
        checked(&all, operation)?;
        let rate = speed.clock().rate().as_hz();
        let values = &all[..until_top_speed(&all, (TOP_S * rate) as usize)];
        let times: Vec<f64> = (0..values.len()).map(|i| speed.clock().time_s(i as f64)).collect();
        let block = (BLOCK_S * rate).ceil().max(1.0) as usize;
        let blocks = values.len() / block;
        if blocks < 8 {
            return Err(Error::TooFew {
                operation,
                unit: "blocks of 0.4 s before top speed",
                needed: 8,
                got: blocks,
            });
        }
        let rows = |p: &Parameters, i: usize| {
            let after = times[i] - p.start;
            if after <= 0.0 {
                return (values[i], [0.0; 3]);
            }
            let decay = (-after / p.tau).exp();
            let short = -(-after / p.tau).exp_m1();
            let by_start = -p.vmax * decay / p.tau;
            (values[i] - p.vmax * short, [short, by_start * after / p.tau, by_start])
        };
        let top = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let span = times[times.len() - 1] - times[0];
        let starts = times.iter().zip(values).find(|(_, v)| **v > 0.1 * top).map_or(times[0], |(t, _)| *t);
        let first = Parameters {
            vmax: top,
            tau: span / 4.0,
            start: if self.free_start { starts - 0.1 } else { 0.0 },
        };
        // The last block includes the remainder.
        let groups: Vec<usize> = (0..values.len()).map(|i| (i / block).min(blocks - 1)).collect();
        let fit = self.search(first, span, 1.0 / rate, values.len(), &rows)?;
        self.curve(&fit, &groups, blocks, times[times.len() - 1])
    }

    /// Fits the times at which gates were passed.
    ///
    /// # Errors
    /// [`Error::Parameter`] for a level outside its range; [`Error::TooFew`] unless there is one gate more than coefficients (four, three with the
    /// start at time 0); [`Error::NonFinite`]; [`Error::NotRising`] when distances or times do not rise, or
    /// the first distance is not above 0; [`Error::Undefined`] as for a speed.
    pub fn fit_gates(&self, gates: &[Gate]) -> Result<SprintCurve> {
        let operation = "the speed curve of a sprint";
        checked_level(self.level)?;
        let count = gates.len();
        let distances_m: Vec<f64> = gates.iter().map(|gate| gate.distance_m).collect();
        let times_s: Vec<f64> = gates.iter().map(|gate| gate.time_s).collect();
        checked(&distances_m, operation)?;
        checked(&times_s, operation)?;
        let needed = if self.free_start { 4 } else { 3 };
        if count < needed {
            return Err(Error::TooFew { operation, unit: "gates", needed, got: count });
        }
        if distances_m[0] <= 0.0 {
            return Err(Error::NotRising { operation, index: 0 });
        }
        let falls = |i: &usize| distances_m[*i] <= distances_m[i - 1] || times_s[*i] <= times_s[i - 1];
        if let Some(index) = (1..count).find(falls) {
            return Err(Error::NotRising { operation, index });
        }
        let rows = |p: &Parameters, i: usize| {
            let (t, [by_vmax, by_tau]) = passing(distances_m[i], p.vmax, p.tau);
            (times_s[i] - p.start - t, [by_vmax, by_tau, 1.0])
        };
        let last = count - 1;
        let end_speed = (distances_m[last] - distances_m[last - 1]) / (times_s[last] - times_s[last - 1]);
        let first = Parameters { vmax: 1.05 * end_speed, tau: 1.0, start: 0.0 };
        let fit = self.search(first, times_s[last], 0.01, count, &rows)?;
        let groups: Vec<usize> = (0..count).collect();
        self.curve(&fit, &groups, count, times_s[last])
    }

    /// Levenberg-Marquardt from several time constants and nearby starts; the best counts.
    fn search(&self, first: Parameters, span: f64, sample_s: f64, n: usize, rows: &Rows<'_>) -> Result<Fit> {
        let free = if self.free_start { 3 } else { 2 };
        let mut best: Option<Fit> = None;
        let try_from = |best: &mut Option<Fit>, from: Parameters| {
            let found = descend(from, free, n, rows);
            if found.squares.is_finite() && best.as_ref().is_none_or(|best| found.squares < best.squares) {
                *best = Some(found);
            }
        };
        for share in [0.3, 1.0, 2.5] {
            try_from(&mut best, Parameters { tau: first.tau * share, ..first });
        }
        // A start that passes a sample changes the slope of the sum of squares, which may then have a minimum on either side.
        if let Some(near) = best.as_ref().map(|best| best.at).filter(|_| self.free_start) {
            for samples in [-3.0, -2.0, -1.0, 1.0, 2.0, 3.0] {
                try_from(&mut best, Parameters { start: near.start + samples * sample_s, ..near });
            }
        }
        let reason = "no curve from rest towards a top speed fits";
        let undefined = Error::Undefined { quantity: "the speed curve of a sprint", reason };
        best.filter(|fit| {
            let p = &fit.at;
            p.vmax > 0.0 && p.tau > 1e-3 * span && p.tau < span && fit.converged
        })
        .ok_or(undefined)
    }

    /// The curve with its intervals, deviations taken together in groups.
    fn curve(&self, fit: &Fit, groups: &[usize], count: usize, end_s: f64) -> Result<SprintCurve> {
        let k = fit.free;
        let undefined = Error::Undefined {
            quantity: "the interval of a sprint's speed curve",
            reason: "its coefficients cannot be distinguished",
        };
        let freedom = (count - k) as f64;
        let independent = count == groups.len();
        let scale = fit.squares / freedom;
        let covariance = if independent {
            inverse(&fit.normal, k).ok_or(undefined)?.map(|row| row.map(|v| scale * v))
        } else {
            without_each(fit, groups, count).ok_or(undefined)?
        };
        let covariance = |a: usize, b: usize| covariance[a][b];
        let quantile = student_quantile(0.5 + self.level / 2.0, freedom);
        let estimate = |value: f64, variance: Option<f64>| {
            let ci = match variance {
                Some(variance) => Ok(Interval::around(value, quantile * variance.max(0.0).sqrt())),
                None => Err(NoInterval::Given),
            };
            Estimate::new(value, ci, self.level, count, IntervalMethod::StudentT)
        };
        let Parameters { vmax, tau, start } = fit.at;
        let (a, b) = (1.0 / tau, -vmax / (tau * tau));
        let push = a * a * covariance(0, 0) + 2.0 * a * b * covariance(0, 1) + b * b * covariance(1, 1);
        Ok(SprintCurve {
            vmax_mps: estimate(vmax, Some(covariance(0, 0))),
            tau_s: estimate(tau, Some(covariance(1, 1))),
            acceleration_mps2: estimate(vmax / tau, Some(push)),
            start_s: estimate(start, (k == 3).then(|| covariance(2, 2))),
            end_s,
            rms: (fit.squares / groups.len() as f64).sqrt(),
            covariance: core::array::from_fn(|a| {
                core::array::from_fn(|b| if a < k && b < k { covariance(a, b) } else { 0.0 })
            }),
        })
    }
}

fn checked(values: &[f64], operation: &'static str) -> Result<()> {
    match values.iter().position(|v| !v.is_finite()) {
        Some(index) => Err(Error::NonFinite { operation, index }),
        None if values.windows(2).all(|w| w[0] == w[1]) => Err(Error::Constant { operation }),
        None => Ok(()),
    }
}

/// Number of samples up to the middle of the last window whose mean counts as top speed.
fn until_top_speed(values: &[f64], window: usize) -> usize {
    let window = window.clamp(1, values.len());
    let mut sum: f64 = values[..window].iter().sum();
    let mut sums = vec![sum];
    for i in window..values.len() {
        sum += values[i] - values[i - window];
        sums.push(sum);
    }
    let top = sums.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let at = sums.iter().rposition(|sum| *sum >= AS_TOP * top).unwrap_or(sums.len() - 1);
    // Top speed at the very end is not followed by braking.
    if at + 1 == sums.len() { values.len() } else { at + window / 2 }
}

// Least squares for a curve of three parameters, with their covariance.

const ROUNDS: usize = 200;

/// Covariance of the coefficients by excluding each group of rows in turn, linear about the fit; `None` when some
/// group alone determines a coefficient.
fn without_each(fit: &Fit, groups: &[usize], count: usize) -> Option<[[f64; 3]; 3]> {
    let k = fit.free;
    let mut parts = vec![([[0.0; 3]; 3], [0.0; 3]); count];
    for (&group, (residual, slopes)) in groups.iter().zip(&fit.rows) {
        let (normal, along) = &mut parts[group];
        for a in 0..k {
            along[a] += residual * slopes[a];
            (0..k).for_each(|b| normal[a][b] += slopes[a] * slopes[b]);
        }
    }
    let mut covariance = [[0.0; 3]; 3];
    let scale = (count - 1) as f64 / count as f64;
    for (normal, along) in &parts {
        let mut rest = fit.normal;
        (0..k).for_each(|a| (0..k).for_each(|b| rest[a][b] -= normal[a][b]));
        let inverse = inverse(&rest, k)?;
        let mut moved = [0.0; 3];
        (0..k).for_each(|a| moved[a] = (0..k).map(|b| inverse[a][b] * along[b]).sum());
        (0..k).for_each(|a| (0..k).for_each(|b| covariance[a][b] += scale * moved[a] * moved[b]));
    }
    Some(covariance)
}

/// Top speed, time constant, start.
#[derive(Debug, Clone, Copy)]
struct Parameters {
    vmax: f64,
    tau: f64,
    start: f64,
}

impl Parameters {
    fn moved(self, step: &[f64; 3]) -> Self {
        // Neither may become negative in one step.
        let within = |value: f64, step: f64| (value + step).max(0.2 * value);
        Self { vmax: within(self.vmax, step[0]), tau: within(self.tau, step[1]), start: self.start + step[2] }
    }
}

/// Deviation of row i, and the derivatives of the prediction with respect to the parameters.
type Rows<'a> = dyn Fn(&Parameters, usize) -> (f64, [f64; 3]) + 'a;

/// The end of a descent: the first `free` parameters fitted, deviations and slopes there, and their normal equations.
struct Fit {
    at: Parameters,
    free: usize,
    squares: f64,
    normal: [[f64; 3]; 3],
    rows: Vec<(f64, [f64; 3])>,
    converged: bool,
}

/// Minimizes by the method of Levenberg and Marquardt.
fn descend(first: Parameters, free: usize, n: usize, rows: &Rows<'_>) -> Fit {
    let at = |p: Parameters| {
        let all: Vec<_> = (0..n).map(|i| rows(&p, i)).collect();
        let squares: f64 = all.iter().map(|(e, _)| e * e).sum();
        (all, squares)
    };
    let (mut p, mut damping, mut converged) = (first, 1e-3, false);
    let (mut all, mut squares) = at(p);
    let mut normal = [[0.0; 3]; 3];
    for round in 0..=ROUNDS {
        normal = [[0.0; 3]; 3];
        let mut along = [0.0; 3];
        for (e, slopes) in &all {
            for a in 0..free {
                along[a] += slopes[a] * e;
                (0..free).for_each(|b| normal[a][b] += slopes[a] * slopes[b]);
            }
        }
        if converged || round == ROUNDS {
            break;
        }
        let mut better = false;
        while !better && damping < 1e12 {
            let mut damped = normal;
            (0..free).for_each(|a| damped[a][a] *= 1.0 + damping);
            let Some(inverse) = inverse(&damped, free) else {
                damping *= 10.0;
                continue;
            };
            let mut step = [0.0; 3];
            (0..free).for_each(|a| step[a] = (0..free).map(|b| inverse[a][b] * along[b]).sum());
            let next = p.moved(&step);
            let (next_all, next_squares) = at(next);
            better = next_squares <= squares;
            if better {
                let size = |p: Parameters| [p.vmax, p.tau, 1.0];
                converged = (0..free).all(|a| step[a].abs() < 1e-11 * size(next)[a]);
                (p, all, squares, damping) = (next, next_all, next_squares, (damping * 0.1).max(1e-12));
            } else {
                damping *= 10.0;
            }
        }
        // No step improves it: only rounding is left.
        converged |= !better;
    }
    Fit { at: p, free, squares, normal, rows: all, converged }
}

/// Inverse of the leading `k` rows and columns, of a symmetric matrix with positive pivots; `None` when it has none.
fn inverse(matrix: &[[f64; 3]; 3], k: usize) -> Option<[[f64; 3]; 3]> {
    let mut left = *matrix;
    let mut right = [[0.0; 3]; 3];
    (0..k).for_each(|i| right[i][i] = 1.0);
    for i in 0..k {
        let pivot = left[i][i];
        if pivot.is_nan() || pivot <= 1e-13 * matrix[i][i] {
            return None;
        }
        for c in 0..k {
            left[i][c] /= pivot;
            right[i][c] /= pivot;
        }
        for r in (0..k).filter(|&r| r != i) {
            let factor = left[r][i];
            for c in 0..k {
                left[r][c] -= factor * left[i][c];
                right[r][c] -= factor * right[i][c];
            }
        }
    }
    Some(right)
}

// Time at which a sprint passes a distance.

/// Time after the start at which v(t) = vmax (1 - exp(-t/tau)) has covered `distance_m`, and its derivatives by vmax and
/// tau. All three above 0.
fn passing(distance_m: f64, vmax: f64, tau: f64) -> (f64, [f64; 2]) {
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
    use crate::inference::draw::Draws;
    use crate::{Clock, Rate};

    fn passed(distances_m: &[f64], times_s: &[f64]) -> Vec<Gate> {
        distances_m.iter().zip(times_s).map(|(&distance_m, &time_s)| Gate { distance_m, time_s }).collect()
    }

    /// Speed at 100 Hz with the fluctuation of steps and dependent noise.
    fn sprint(seconds: f64, draws: &mut Draws) -> Signal {
        let clock = Clock::from_zero(Rate::from_hz(100.0).unwrap());
        let (phase, mut noise) = (draws.uniform(), 0.0);
        let speed = |i: usize| {
            let t = i as f64 / 100.0;
            let after = (t - 0.5).max(0.0);
            noise = 0.9 * noise + 0.1 * draws.normal();
            let fluctuation =
                if after > 0.0 { 0.25 * (core::f64::consts::TAU * (4.2 * after + phase)).sin() } else { 0.0 };
            9.0 * (1.0 - (-after / 1.2).exp()) + fluctuation + noise
        };
        Signal::new(clock, (0..(100.0 * seconds) as usize).map(speed).collect())
    }

    #[test]
    fn intervals_of_a_speed_curve_hold_the_truth() {
        let mut draws = Draws::new(3);
        let mut held = [0; 4];
        let (times, mut speeds_held) = ([1.0, 2.0, 4.0], [0; 3]);
        let sums = (0..400).fold([0.0; 2], |sums, _| {
            let curve = SprintModel::new().fit(&sprint(6.0, &mut draws)).unwrap();
            let of = [curve.vmax_mps, curve.tau_s, curve.start_s, curve.acceleration_mps2];
            for (held, (estimate, truth)) in held.iter_mut().zip(of.into_iter().zip([9.0, 1.2, 0.5, 7.5])) {
                *held += usize::from(!estimate.excludes(truth));
            }
            for (held, time) in speeds_held.iter_mut().zip(times) {
                let truth = 9.0 * (1.0 - (-(time - 0.5) / 1.2_f64).exp());
                *held += usize::from(curve.speed_interval_at(time).unwrap().contains(truth));
            }
            assert_eq!(curve.speed_interval_at(curve.start_s.value), Some(Interval::new(0.0, 0.0)));
            // At the end of time the speed is vmax.
            let (end, vmax) = (curve.speed_interval_at(1e3).unwrap(), curve.vmax_mps.ci.unwrap());
            assert!((end.low - vmax.low).abs() < 1e-9 && (end.high - vmax.high).abs() < 1e-9);
            [sums[0] + curve.vmax_mps.value - 9.0, sums[1] + curve.tau_s.value - 1.2]
        });
        assert!(speeds_held.iter().all(|held| *held >= 352), "{speeds_held:?} of 400 at {times:?} s");
        // The fluctuation of the first step shifts the start.
        assert!(held.iter().zip([368, 368, 352, 368]).all(|(held, least)| *held >= least), "{held:?} of 400");
        assert!(sums[0].abs() / 400.0 < 0.05 && sums[1].abs() / 400.0 < 0.025, "{sums:?} {held:?}");
    }

    #[test]
    fn intervals_of_gates_hold_the_truth() {
        let mut draws = Draws::new(4);
        let gates = [5.0, 10.0, 20.0, 30.0, 35.0];
        for (model, start) in [(SprintModel::new(), 0.2), (SprintModel::new().start_at_zero(), 0.0)] {
            let held = (0..1000).filter(|_| {
                let times = gates.map(|d| start + passing(d, 8.5, 1.1).0 + 0.01 * draws.normal());
                let curve = model.fit_gates(&passed(&gates, &times)).unwrap();
                !curve.vmax_mps.excludes(8.5)
            });
            let held = held.count();
            assert!((929..=971).contains(&held), "{held} of 1000");
        }
        let times = gates.map(|d| 0.2 + passing(d, 8.5, 1.1).0);
        let exact = SprintModel::new().fit_gates(&passed(&gates, &times)).unwrap();
        assert!(
            (exact.start_s.value - 0.2).abs() < 1e-8 && (exact.tau_s.value - 1.1).abs() < 1e-7,
            "{exact:?}"
        );
        assert!((exact.distance_at(times[2]) - 20.0).abs() < 1e-7 && exact.speed_at(0.1) == 0.0);
    }

    #[test]
    fn braking_is_excluded() {
        let mut draws = Draws::new(5);
        let whole = sprint(6.0, &mut draws);
        let mut braked = whole.samples().clone();
        braked.extend((0..150).map(|i| 8.9 - 0.03 * f64::from(i)));
        let curve = SprintModel::new().fit(&whole.with_samples(braked)).unwrap();
        assert!(curve.end_s < 6.0 && (curve.vmax_mps.value - 9.0).abs() < 0.3, "{curve:?}");
    }

    #[test]
    fn curves_that_are_no_sprint_are_errors() {
        let clock = Clock::from_zero(Rate::from_hz(50.0).unwrap());
        let of = |speed: &dyn Fn(f64) -> f64, n: u32| {
            let samples: Vec<f64> = (0..n).map(|i| speed(f64::from(i) / 50.0)).collect();
            SprintModel::new().fit(&Signal::new(clock, samples))
        };
        assert!(matches!(of(&|t| 2.0 * t, 300), Err(Error::Undefined { .. })));
        assert!(matches!(of(&|_| 5.0, 300), Err(Error::Constant { .. })));
        assert!(matches!(of(&|t| 1.0 - (-t).exp(), 50), Err(Error::TooFew { .. })));
        assert!(matches!(of(&|t| if t > 1.0 { f64::NAN } else { t }, 300), Err(Error::NonFinite { .. })));
        let gates = |d: &[f64], t: &[f64]| SprintModel::new().fit_gates(&passed(d, t));
        assert!(matches!(gates(&[5.0, 10.0, 20.0], &[1.0, 2.0, 3.0]), Err(Error::TooFew { .. })));
        assert!(matches!(
            gates(&[5.0, 10.0, 10.0, 20.0], &[1.0, 2.0, 3.0, 4.0]),
            Err(Error::NotRising { index: 2, .. })
        ));
        assert!(matches!(
            gates(&[0.0, 10.0, 15.0, 20.0], &[1.0, 2.0, 3.0, 4.0]),
            Err(Error::NotRising { index: 0, .. })
        ));
        assert!(matches!(gates(&[5.0], &[1.0]), Err(Error::Constant { .. } | Error::TooFew { .. })));
    }
}

#[cfg(test)]
mod gates_tests {
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
