//! Values of every step for the comparison of two sessions.

use super::super::Cycles;
use super::super::maxima::largest_of;
use super::welch::{Mean, Tested, tested};
use crate::Result;
use crate::event::Side;
use crate::inference::{Interval, Strides, interval::NoInterval};
use crate::math::difference;
use crate::math::{MAD_SCALE, median, moments};
use crate::synchrony::Circular;
use alloc::vec::Vec;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// A peak belongs to another pulse when it lies further than this number of scaled median absolute deviations from its side's
/// median.
const JUMP: f64 = 5.0;

/// One contributor's values, one per step, NaN where it has no peak.
struct Values {
    heights: Vec<f64>,
    /// Phase of the peak relative to the reference's mean phase.
    phases: Vec<f64>,
    /// At three quarters of the peak, as a fraction of the cycle.
    widths: Vec<f64>,
}

pub(super) struct Measured<'a> {
    cycles: &'a Cycles,
    sides: Vec<Side>,
    anchors: Vec<f64>,
    values: Vec<Values>,
}

pub(super) struct Change {
    pub(super) force: Tested,
    pub(super) timing: Tested,
    pub(super) width: Tested,
    pub(super) jitter: Tested,
    pub(super) covariation: Option<Tested>,
}

impl<'a> Measured<'a> {
    /// Of these contributors; phases count from the mean phases of `reference`, or from their own.
    pub(super) fn of(
        cycles: &'a Cycles,
        contributors: &[usize],
        reference: Option<&Measured<'_>>,
    ) -> Result<Self> {
        let phases = cycles.peak_phases()?;
        let sides: Vec<Side> = cycles.steps().iter().map(crate::stride::Step::side).collect();
        let own: Vec<Vec<f64>> = contributors.iter().map(|&i| phases.contributor(i)).collect();
        let mean = |phases: &Vec<f64>| {
            let present: Vec<f64> = phases.iter().copied().filter(|phase| !phase.is_nan()).collect();
            Circular::of(&present).ok().and_then(|summary| summary.mean).unwrap_or(0.0)
        };
        let anchors = reference.map_or_else(|| own.iter().map(mean).collect(), |r| r.anchors.clone());
        let values = contributors.iter().zip(&own).zip(&anchors).map(|((&i, phases), &anchor)| {
            // NaN stays NaN.
            let phases: Vec<f64> = phases.iter().map(|&phase| difference(phase, anchor)).collect();
            let height = |peaks: &Vec<Result<crate::peak::Peak, crate::peak::NoPeak>>| {
                peaks[i].as_ref().map_or(f64::NAN, |peak| peak.value)
            };
            Values {
                heights: cycles.peaks().iter().map(height).collect(),
                widths: (0..cycles.steps().len()).map(|j| width(cycles.raw().row(j, i))).collect(),
                phases,
            }
        });
        let values = values.collect();
        Ok(Self { cycles, sides, anchors, values })
    }

    fn mean(&self, values: &[f64]) -> Result<Mean> {
        let strides: &Strides = self.cycles.strides();
        Mean::of(&strides.average(values)?)
    }

    pub(super) fn change(&self, before: &Self, i: usize, level: f64) -> Result<Change> {
        let (own, theirs) = (&self.values[i], &before.values[i]);
        let (cycle_s, their_cycle_s) = (self.cycles.mean_cycle_s(), before.cycles.mean_cycle_s());
        let timing = self.mean(&own.phases)?.less(before.mean(&theirs.phases)?, level);
        Ok(Change {
            force: self.mean(&own.heights)?.over(before.mean(&theirs.heights)?, level)?,
            timing: Tested { estimate: timing.estimate.scaled(cycle_s), ..timing },
            width: self
                .mean(&own.widths)?
                .scaled(cycle_s)
                .over(before.mean(&theirs.widths)?.scaled(their_cycle_s), level)?,
            jitter: self.jitter(before, i, level),
            covariation: self.covariation(i).zip(before.covariation(i)).map(
                |((now, variance, n), (then, their_variance, m))| {
                    // Fisher's z is practically normal: more degrees of freedom than affect an interval.
                    tested(now - then, [variance, their_variance], [1e6; 2], n.min(m), level)
                },
            ),
        })
    }

    /// Mean width at three quarters of the peak, in seconds.
    pub(super) fn width_s(&self, i: usize) -> Result<f64> {
        super::relative(self.mean(&self.values[i].widths)?.value * self.cycles.mean_cycle_s())
    }

    /// Standard deviation of the peak time about the mean of its side, in seconds, peaks of another pulse excluded.
    pub(super) fn jitter_s(&self, i: usize) -> f64 {
        let (phases, freedom) = self.about_sides(i);
        let squares: f64 = phases.iter().map(|phase| phase * phase).sum();
        if freedom > 0.0 { (squares / freedom).sqrt() * self.cycles.mean_cycle_s() } else { 0.0 }
    }

    /// Change of that standard deviation: the logarithm of the two's ratio, whose variance is that of the fourth moment of
    /// both together (Bonett 2006, doi:10.1016/j.csda.2005.01.006), at least a normal distribution's.
    fn jitter(&self, before: &Self, i: usize, level: f64) -> Tested {
        let (own, theirs) = (self.about_sides(i), before.about_sides(i));
        let fourth = |(phases, freedom): &(Vec<f64>, f64)| {
            let squares: f64 = phases.iter().map(|p| p * p).sum::<f64>() / freedom;
            phases.iter().map(|p| (p * p / squares).powi(2)).filter(|v| v.is_finite()).sum::<f64>()
        };
        let kurtosis = ((fourth(&own) + fourth(&theirs)) / (own.0.len() + theirs.0.len()) as f64).max(3.0);
        let variance = |freedom: f64| (kurtosis - 1.0) / (4.0 * freedom);
        let (now, then) = (self.jitter_s(i), before.jitter_s(i));
        let n = own.0.len().min(theirs.0.len());
        if !(now > 0.0 && then > 0.0) {
            // Without any scatter there is no ratio.
            let mut same = tested(now - then, [0.0; 2], [1.0; 2], n, level);
            same.estimate = same.estimate.with_interval(Err(NoInterval::Unbounded));
            return same;
        }
        let mut test =
            tested((now / then).ln(), [variance(own.1), variance(theirs.1)], [own.1, theirs.1], n, level);
        test.estimate.value = now - then;
        test.estimate.ci =
            test.estimate.ci.map(|ci| Interval::new(then * ci.low.exp_m1(), then * ci.high.exp_m1()));
        test
    }

    /// Phases minus the mean of their side, and their degrees of freedom; peaks of another pulse excluded.
    fn about_sides(&self, i: usize) -> (Vec<f64>, f64) {
        let all = &self.values[i].phases;
        let (present, _) = self.own_peaks(i);
        let sides = [Side::Left, Side::Right]
            .iter()
            .filter(|s| present.iter().any(|&j| self.sides[j] == **s))
            .count();
        (self.about_side_means(all, &present), present.len().saturating_sub(sides) as f64)
    }

    /// The steps whose peak belongs to the contributor's own pulse, and the number of the others: when a pulse becomes smaller than
    /// its neighbour of the same joint, the maximum moves to the neighbour, which is not scatter of its timing.
    pub(super) fn own_peaks(&self, i: usize) -> (Vec<usize>, usize) {
        let all = &self.values[i].phases;
        let of_side = |side: Side| (0..all.len()).filter(move |&j| !all[j].is_nan() && self.sides[j] == side);
        let mut about_medians: Vec<(usize, f64)> = Vec::with_capacity(all.len());
        for side in [Side::Left, Side::Right] {
            let Some(centre) = median(&mut of_side(side).map(|j| all[j]).collect::<Vec<_>>()) else {
                continue;
            };
            about_medians.extend(of_side(side).map(|j| (j, (all[j] - centre).abs())));
        }
        let mut distances: Vec<f64> = about_medians.iter().map(|&(_, distance)| distance).collect();
        let grid = 1.0 / self.cycles.raw().phases() as f64;
        let reach = JUMP * MAD_SCALE * median(&mut distances).unwrap_or(0.0).max(grid);
        let mut present: Vec<usize> =
            about_medians.iter().filter(|&&(_, distance)| distance <= reach).map(|&(j, _)| j).collect();
        present.sort_unstable();
        let others = about_medians.len() - present.len();
        (present, others)
    }

    /// Mean over the other contributors of Fisher's z of the correlation of heights within sides; its variance when they
    /// are independent, and the number of steps.
    fn covariation(&self, i: usize) -> Option<(f64, f64, usize)> {
        let k = self.values.len();
        let all = (0..self.sides.len()).filter(|&j| self.values.iter().all(|v| !v.heights[j].is_nan()));
        let steps: Vec<usize> = all.collect();
        let one_side =
            [Side::Left, Side::Right].iter().filter(|s| steps.iter().any(|&j| self.sides[j] == **s));
        // Each side's mean takes a degree of freedom.
        let free = steps.len().checked_sub(one_side.count() + 2).filter(|&free| free >= 1 && k >= 2)?;
        let heights: Vec<Vec<f64>> =
            self.values.iter().map(|v| self.about_side_means(&v.heights, &steps)).collect();
        let z = |other: usize| {
            let (a, b) = (&heights[i], &heights[other]);
            let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
            let size = (dot(a, a) * dot(b, b)).sqrt();
            (size > 0.0).then(|| (dot(a, b) / size).clamp(-0.999_999, 0.999_999).atanh())
        };
        let sum: Option<f64> = (0..k).filter(|&other| other != i).map(z).sum();
        let pairs = (k - 1) as f64;
        Some((sum? / pairs, 1.0 / (free as f64 * pairs), steps.len()))
    }

    fn about_side_means(&self, values: &[f64], steps: &[usize]) -> Vec<f64> {
        let mean = |side: Side| {
            let of_side: Vec<f64> =
                steps.iter().filter(|&&j| self.sides[j] == side).map(|&j| values[j]).collect();
            moments(&of_side).0
        };
        let means = [Side::Left, Side::Right].map(mean);
        steps.iter().map(|&j| values[j] - means[usize::from(self.sides[j] == Side::Right)]).collect()
    }
}

/// Width of the highest pulse at three quarters of its height, as a fraction of the cycle; NaN when it never falls below.
/// At a lower level, a neighbouring pulse of the same joint would contribute.
fn width(row: &[f64]) -> f64 {
    let m = row.len();
    let (at, top) = largest_of(row);
    let level = 0.75 * top;
    let reach = |next: &dyn Fn(usize) -> usize| {
        let mut before = top;
        (1..m).find_map(|d| {
            let now = row[next(d)];
            let found = (now < level).then(|| (d - 1) as f64 + (before - level) / (before - now));
            before = now;
            found
        })
    };
    let (left, right) = (reach(&|d| (at + m - d) % m), reach(&|d| (at + d) % m));
    left.zip(right).map_or(f64::NAN, |(left, right)| (left + right) / m as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_width_is_circular() {
        let triangle = |centre: i32| -> Vec<f64> {
            let apart = |t: i32| ((t - centre + 10).rem_euclid(20) - 10).abs();
            (0..20).map(|t| f64::from((4 - apart(t)).max(0))).collect()
        };
        assert_eq!([9, 0, 19].map(|centre| width(&triangle(centre))), [0.1; 3]);
        assert!(width(&[1.0; 8]).is_nan());
    }
}
