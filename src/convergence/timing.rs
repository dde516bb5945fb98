//! The loss by timing: fixed offsets and scatter.

use super::DriveGrid;
use super::coincidence::{highest, largest};
use super::drive_grid::add_scaled;
use super::shortfall::StridedDrives;
use crate::inference::draw::Draws;
use crate::inference::interval::IntervalMethod;
use crate::inference::{Bootstrap, Estimate, Strides};
use crate::math::{Vertex, wrap};
use crate::synchrony::Circular;
use crate::{Error, Result};
use alloc::vec;
use alloc::vec::Vec;

/// The loss of a session by timing, divided into fixed offsets and scatter: `offset + blur = 1 - C`.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct TimingLoss {
    /// Loss by the contributors' mean offsets, which re-timing can remove.
    pub offset: f64,
    /// Loss by their scatter from step to step, which steadier timing can remove.
    pub blur: f64,
}

impl DriveGrid {
    /// Divides 1 - C of the session into the loss by mean offsets and the loss by scatter from step to step.
    ///
    /// Each is the mean of the gains of removing it first and of removing it last, so the two sum to 1 - C exactly.
    ///
    /// ```
    /// use copeak::convergence::DriveGrid;
    /// // Always apart by the same two phases: a fixed offset, no scatter.
    /// let apart = vec![[0.0, 4.0, 0.0, 0.0], [0.0, 0.0, 0.0, 4.0]];
    /// let loss = DriveGrid::from_steps(&[apart.clone(), apart])?.loss()?;
    /// assert_eq!((loss.offset, loss.blur), (0.5, 0.0));
    /// # Ok::<(), copeak::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Undefined`] when nothing is available.
    pub fn loss(&self) -> Result<TimingLoss> {
        let (available, realised) = self.session();
        if available.is_nan() || available <= 0.0 {
            let reason = "nothing is available: the contributors' peaks do not sum to more than 0";
            return Err(Error::Undefined { quantity: "coincidence", reason });
        }
        let m = self.phases();
        let offsets: Vec<usize> =
            self.mean_phases().iter().map(|&phase| on_grid(phase.unwrap_or(0.0), m)).collect();
        let without = |shift: &dyn Fn(usize, usize) -> usize| {
            let steps = self.steps();
            let sum: f64 = (0..steps).map(|j| self.realised_when(j, |i| shift(j, i))).sum();
            sum / steps as f64 / available
        };
        let c = realised / available;
        let without_offset = without(&|_, i| offsets[i]);
        let without_scatter = without(&|j, i| self.peak(j, i).0 + m - offsets[i]);
        Ok(TimingLoss {
            offset: ((without_offset - c) + (1.0 - without_scatter)) / 2.0,
            blur: ((without_scatter - c) + (1.0 - without_offset)) / 2.0,
        })
    }

    /// Returns how far the peak of each contributor's mean cycle is below its mean peak because its timing varies,
    /// N/(N - 1) (1 - max of the mean / mean of the max); `None` below two steps or without a peak above 0.
    ///
    /// ```
    /// use copeak::convergence::DriveGrid;
    /// let drives = DriveGrid::from_steps(&[vec![[4.0, 0.0]], vec![[0.0, 4.0]]])?;
    /// assert_eq!(drives.blur(), [Some(1.0)]);
    /// # Ok::<(), copeak::Error>(())
    /// ```
    pub fn blur(&self) -> Vec<Option<f64>> {
        let steps = self.steps();
        let n = steps as f64;
        let blur = |(i, mean_peak): (usize, f64)| {
            let mut sum = vec![0.0; self.phases()];
            (0..steps).for_each(|j| super::drive_grid::add_scaled(&mut sum, self.row(j, i), 1.0));
            let peak_of_mean = highest(&sum) / n;
            (steps >= 2 && mean_peak > 0.0).then(|| n / (n - 1.0) * (1.0 - peak_of_mean / mean_peak))
        };
        self.mean_peaks().into_iter().enumerate().map(blur).collect()
    }

    /// Returns the circular mean over steps of each contributor's peak phase on the grid; `None` when they cancel out or no step
    /// has a peak (all its phases are equal).
    pub fn mean_phases(&self) -> Vec<Option<f64>> {
        (0..self.contributors())
            .map(|i| {
                let phases: Vec<f64> = (0..self.steps()).filter_map(|j| self.peak_phase(j, i)).collect();
                Circular::of(&phases).ok().and_then(|summary| summary.mean)
            })
            .collect()
    }

    /// Phase of the maximum on the grid; `None` for a constant drive.
    pub(super) fn peak_phase(&self, step: usize, contributor: usize) -> Option<f64> {
        let row = self.row(step, contributor);
        let varies = row.iter().any(|v| *v != row[0]);
        varies.then(|| self.peak(step, contributor).0 as f64 / self.phases() as f64)
    }

    /// Returns the phase of the maximum between the phases of the grid, by the parabola through it and its neighbours, in [0, 1);
    /// `None` for a constant drive.
    ///
    /// ```
    /// use copeak::convergence::DriveGrid;
    /// let drives = DriveGrid::from_steps(&[vec![[0.0, 4.0, 3.0, 0.0]]])?;
    /// assert_eq!(drives.vertex_phase(0, 0), Some(1.3 / 4.0));
    /// # Ok::<(), copeak::Error>(())
    /// ```
    ///
    /// # Panics
    /// When an index is out of bounds, as indexing does.
    pub fn vertex_phase(&self, step: usize, contributor: usize) -> Option<f64> {
        self.peak_phase(step, contributor)?;
        let (row, m) = (self.row(step, contributor), self.phases());
        let (at, top) = self.peak(step, contributor);
        let (before, after) = (row[(at + m - 1) % m], row[(at + 1) % m]);
        Some(wrap((at as f64 + Vertex::of(before, top, after).shift) / m as f64))
    }

    /// Maximum of the sum in one step with each contributor rotated back by `by(contributor)` phases.
    fn realised_when(&self, step: usize, by: impl Fn(usize) -> usize) -> f64 {
        let m = self.phases();
        let mut sum = vec![0.0; m];
        for i in 0..self.contributors() {
            let (row, weight, shift) = (self.row(step, i), self.weights()[i], by(i) % m);
            let rotated = row[shift..].iter().chain(&row[..shift]);
            sum.iter_mut().zip(rotated).for_each(|(s, v)| *s += weight * v);
        }
        highest(&sum)
    }
}

/// The grid phase nearest to a phase, the later one of two as near (to within rounding, which must not decide).
pub(super) fn on_grid(phase: f64, phases: usize) -> usize {
    (wrap(phase) * phases as f64 + 0.5 + 1e-9) as usize % phases
}

// The cost of each contributor's timing.

/// Up to this number of contributors, all 2^k subsets are taken.
pub(super) const EXACT_UP_TO: usize = 12;
/// Above it, this number of random orders, each also reversed.
const SAMPLED_ORDERS: usize = 1000;

/// The leak A - P, divided among the contributors.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct TimingCost {
    /// Cost of each contributor: never negative, and together the leak.
    pub costs: Vec<f64>,
    /// Whether all subsets were taken (up to 12 contributors) or random orders sampled (they still sum to the leak).
    pub exact: bool,
}

impl DriveGrid {
    /// Returns the gain in one step of timing one contributor ideally while the others keep their timing:
    /// P(i) + P(without i) - P, the gain of its best rotation.
    ///
    /// ```
    /// use copeak::convergence::DriveGrid;
    /// let drives = DriveGrid::from_steps(&[vec![[0.0, 2.0, 1.0, 0.0], [0.0, 0.0, 2.0, 1.0]]])?;
    /// assert_eq!(drives.ideal_gain(0), [1.0, 1.0]);
    /// # Ok::<(), copeak::Error>(())
    /// ```
    ///
    /// # Panics
    /// When an index is out of bounds, as indexing does.
    pub fn ideal_gain(&self, step: usize) -> Vec<f64> {
        let realised = self.coincidence(step).realised;
        let gain = |i: usize| {
            let mut rest = vec![0.0; self.phases()];
            for other in (0..self.contributors()).filter(|&other| other != i) {
                add_scaled(&mut rest, self.row(step, other), self.weights()[other]);
            }
            let alone = self.weights()[i] * self.peak(step, i).1;
            (alone + highest(&rest) - realised).max(0.0)
        };
        (0..self.contributors()).map(gain).collect()
    }

    /// Returns the timing cost of each contributor, mean over steps: the Shapley value of
    /// v(Q) = sum over Q of w M + P(without Q) - P, in which the contributors in Q realise their full peak M and the
    /// others coincide as observed.
    ///
    /// `seed` matters only above 12 contributors.
    ///
    /// ```
    /// use copeak::convergence::DriveGrid;
    /// // Two together, one apart: the odd one out costs most.
    /// let rows = vec![[0.0, 4.0, 0.0, 0.0], [0.0, 4.0, 0.0, 0.0], [0.0, 0.0, 0.0, 4.0]];
    /// let cost = DriveGrid::from_steps(&[rows])?.timing_cost(1);
    /// assert!(cost.costs[2] > cost.costs[0] && cost.costs[0] == cost.costs[1]);
    /// assert!((cost.costs.iter().sum::<f64>() - 4.0).abs() < 1e-14);
    /// # Ok::<(), copeak::Error>(())
    /// ```
    pub fn timing_cost(&self, seed: u64) -> TimingCost {
        let k = self.contributors();
        let exact = k <= EXACT_UP_TO;
        let mut draws = Draws::new(seed);
        let orders: Vec<Vec<usize>> = if exact { Vec::new() } else { sampled_orders(k, &mut draws) };
        let mut costs = vec![0.0; k];
        for step in 0..self.steps() {
            let values = if exact { self.exact_values(step) } else { self.sampled_values(step, &orders) };
            for (i, (cost, value)) in costs.iter_mut().zip(values).enumerate() {
                // Rounding may leave it slightly below 0.
                *cost += (self.weights()[i] * self.peak(step, i).1 - value).max(0.0);
            }
        }
        let steps = self.steps() as f64;
        costs.iter_mut().for_each(|cost| *cost /= steps);
        TimingCost { costs, exact }
    }

    /// Shapley values of the game P in one step, by all subsets.
    fn exact_values(&self, step: usize) -> Vec<f64> {
        let k = self.contributors();
        let mut table = vec![0.0; 1 << k];
        self.fill_subsets(step, 0, 0, &vec![0.0; self.phases()], &mut table);
        // A subset of size s counts s!(k - s - 1)!/k! = 1/(k binomial(k - 1, s)).
        let mut share = 1.0 / k as f64;
        let shares: Vec<f64> = (0..k)
            .map(|size| {
                let now = share;
                share *= (size + 1) as f64 / (k - 1 - size).max(1) as f64;
                now
            })
            .collect();
        (0..k)
            .map(|i| {
                let without = (0..table.len()).filter(|subset| subset & (1 << i) == 0);
                without
                    .map(|subset| {
                        shares[subset.count_ones() as usize] * (table[subset | (1 << i)] - table[subset])
                    })
                    .sum()
            })
            .collect()
    }

    /// P of every subset that extends `subset` by contributors from `next` onwards; `sum` is the sum over `subset`.
    fn fill_subsets(&self, step: usize, next: usize, subset: usize, sum: &[f64], table: &mut [f64]) {
        if subset != 0 {
            table[subset] = highest(sum);
        }
        for i in next..self.contributors() {
            let mut with = sum.to_vec();
            add_scaled(&mut with, self.row(step, i), self.weights()[i]);
            self.fill_subsets(step, i + 1, subset | (1 << i), &with, table);
        }
    }

    /// Shapley values of the game P in one step, from random orders of joining.
    fn sampled_values(&self, step: usize, orders: &[Vec<usize>]) -> Vec<f64> {
        let mut values = vec![0.0; self.contributors()];
        for order in orders {
            let mut sum = vec![0.0; self.phases()];
            let mut before = 0.0;
            for &i in order {
                add_scaled(&mut sum, self.row(step, i), self.weights()[i]);
                let now = highest(&sum);
                values[i] += now - before;
                before = now;
            }
        }
        values.iter_mut().for_each(|value| *value /= orders.len() as f64);
        values
    }
}

fn sampled_orders(contributors: usize, draws: &mut Draws) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..contributors).collect();
    let mut orders = Vec::with_capacity(2 * SAMPLED_ORDERS);
    for _ in 0..SAMPLED_ORDERS {
        draws.shuffle(&mut order);
        orders.push(order.clone());
        orders.push(order.iter().rev().copied().collect());
    }
    orders
}

// Counterfactual re-timing: the gain of one shift, the same in all steps.

/// The gain of re-timing one contributor. A gain is possible, not predicted.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Retiming {
    /// Index of the contributor.
    pub contributor: usize,
    /// The best shift in phases of the grid; positive = later.
    pub shift: isize,
    /// The best shift between phases (a parabola through the realised sums about `shift`), with its interval over resampled
    /// strides; `at_bound`, an end of it may lie beyond what was tried. Without interval below three strides.
    pub between: Estimate,
    /// Relative gain of the session's realised sum with that shift: a maximum over shifts, so never negative, and
    /// larger than 0 by chance alone.
    pub gain: f64,
    /// The gain of a shift chosen on one half of the strides (every other one) and judged on the other, mean of both
    /// directions: this, not `gain`, shows whether there is one. `None` below two strides; without interval below
    /// six, three in each half. The interval holds the gain of the best shift in 82 % of simulated sessions of 6 strides
    /// and in 93 to 100 % of those of 8 to 40; where there was no gain it lay above 0 in under 0.5 %.
    pub held_out: Option<Estimate>,
    /// Whether the best shift is the farthest that was tried: the true best may lie beyond it.
    pub at_bound: bool,
    /// Whether the held-out gain is above 0 at a level corrected for the number of contributors (Bonferroni).
    confirmed: bool,
    /// Probability that its gain is the largest of all contributors, over resampled strides; `None` below two strides.
    pub first: Option<f64>,
}

impl Retiming {
    /// Whether the interval of the held-out gain lies above 0, at a level corrected for the number of contributors (Bonferroni).
    pub fn is_confirmed(&self) -> bool {
        self.confirmed
    }
}

impl StridedDrives<'_> {
    /// Tries shifts of up to `reach` phases either way on every contributor, and returns the contributors by falling gain:
    /// the weak links first.
    ///
    /// `reach` is limited to half a cycle.
    ///
    /// ```
    /// use copeak::{convergence::DriveGrid, inference::{Bootstrap, Strides}};
    /// // Two together, the third two phases late.
    /// let pulse = |at: usize| (0..20).map(|t| if t == at { 4.0 } else { 0.0 }).collect::<Vec<_>>();
    /// let step = vec![pulse(8), pulse(8), pulse(10)];
    /// let drives = DriveGrid::from_steps(&[step.clone(), step])?;
    /// let links = drives.in_strides(&Strides::ungrouped(2))?.weak_links(2, &Bootstrap::new(1))?;
    /// assert_eq!((links[0].contributor, links[0].shift, links[0].gain), (2, -2, 0.5));
    /// # Ok::<(), copeak::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Undefined`] when the session realises nothing above 0; [`Error::Parameter`] for a setting of the bootstrap outside
    /// its range.
    pub fn weak_links(&self, reach: usize, bootstrap: &Bootstrap) -> Result<Vec<Retiming>> {
        let bootstrap = bootstrap.checked()?;
        let Self { drives, strides } = *self;
        let table = Table::new(drives, strides, reach.min(drives.phases() / 2));
        let units: Vec<usize> = (0..strides.len()).collect();
        if table.sum(&units, 0, table.reach) <= 0.0 {
            let reason = "the session realises nothing above 0";
            return Err(Error::Undefined { quantity: "the gain of re-timing", reason });
        }
        let k = drives.contributors();
        let (even, odd) = halves(&units);
        let split = |even: &[usize], odd: &[usize], i: usize| {
            (table.gain(odd, i, table.best(even, i)) + table.gain(even, i, table.best(odd, i))) / 2.0
        };
        let mut held_out: Vec<Vec<f64>> = vec![Vec::new(); k];
        let mut shifts: Vec<Vec<f64>> = held_out.clone();
        let mut firsts = vec![0usize; k];
        let judged = !odd.is_empty();
        if judged {
            let drawn =
                |half: &[usize], picks: Vec<usize>| picks.into_iter().map(|p| half[p]).collect::<Vec<_>>();
            let evens = bootstrap.resamples(even.len()).map(|picks| drawn(&even, picks));
            let odds = bootstrap.reseeded(1).resamples(odd.len()).map(|picks| drawn(&odd, picks));
            for all in bootstrap.reseeded(2).resamples(units.len()) {
                let best: Vec<usize> = (0..k).map(|i| table.best(&all, i)).collect();
                firsts[largest(best.iter().enumerate().map(|(i, &s)| table.gain(&all, i, s))).0] += 1;
                shifts
                    .iter_mut()
                    .enumerate()
                    .for_each(|(i, values)| values.push(table.between(&all, i, best[i])));
            }
            for (even, odd) in evens.zip(odds) {
                held_out.iter_mut().enumerate().for_each(|(i, values)| values.push(split(&even, &odd, i)));
            }
        }
        let mut links: Vec<Retiming> = held_out
            .iter_mut()
            .zip(&mut shifts)
            .enumerate()
            .map(|(i, (replicates, shifts))| {
                let best = table.best(&units, i);
                let stricter = bootstrap.level(1.0 - (1.0 - bootstrap.confidence()) / k as f64);
                let confirmed = stricter.expanded(replicates, odd.len()).is_ok_and(|ci| ci.low > 0.0);
                let estimate = |value, replicates: &mut Vec<f64>, resampled: usize| {
                    let ci = bootstrap.expanded(replicates, resampled);
                    let estimate = Estimate::new(
                        value,
                        ci,
                        bootstrap.confidence(),
                        units.len(),
                        IntervalMethod::Expanded,
                    );
                    Estimate { approximate: resampled < 10, ..estimate }
                };
                Retiming {
                    contributor: i,
                    shift: best as isize - table.reach as isize,
                    gain: table.gain(&units, i, best),
                    at_bound: best == 0 || best == 2 * table.reach,
                    confirmed,
                    // A half is what is resampled, so its size, not the whole's, determines how much too narrow the replicates lie,
                    // and whether there are enough strides at all.
                    held_out: judged.then(|| estimate(split(&even, &odd, i), replicates, odd.len())),
                    between: estimate(table.between(&units, i, best), shifts, units.len()),
                    first: judged.then(|| firsts[i] as f64 / firsts.iter().sum::<usize>() as f64),
                }
            })
            .collect();
        links.sort_by(|a, b| b.gain.total_cmp(&a.gain));
        Ok(links)
    }
}

/// Every other stride, so that a slow drift affects both halves equally.
fn halves(units: &[usize]) -> (Vec<usize>, Vec<usize>) {
    units.iter().partition(|&&unit| unit % 2 == 0)
}

/// Realised sums of every stride, for every contributor shifted by every amount.
struct Table {
    reach: usize,
    units: usize,
    /// `[contributor][reach + shift][unit]`: sum over the stride's steps.
    realised: Vec<f64>,
}

impl Table {
    fn new(drives: &DriveGrid, strides: &Strides, reach: usize) -> Self {
        let (m, units) = (drives.phases(), strides.len());
        let mut realised = vec![0.0; drives.contributors() * (2 * reach + 1) * units];
        for (unit, steps) in strides.iter().enumerate() {
            for step in steps {
                let total = drives.total(step);
                for i in 0..drives.contributors() {
                    let (row, weight) = (drives.row(step, i), drives.weights()[i]);
                    let mut rest = total.clone();
                    add_scaled(&mut rest, row, -weight);
                    for s in 0..=2 * reach {
                        // Later by `s - reach` phases: the value at t comes from t - (s - reach).
                        let from = (m + reach - s) % m;
                        let shifted = row[from..].iter().chain(&row[..from]);
                        let best = largest(rest.iter().zip(shifted).map(|(r, y)| r + weight * y)).1;
                        realised[(i * (2 * reach + 1) + s) * units + unit] += best;
                    }
                }
            }
        }
        Self { reach, units, realised }
    }

    /// Sum over strides of what contributor `i` shifted by `s - reach` realises.
    fn sum(&self, units: &[usize], i: usize, s: usize) -> f64 {
        let start = (i * (2 * self.reach + 1) + s) * self.units;
        let row = &self.realised[start..start + self.units];
        units.iter().map(|&unit| row[unit]).sum()
    }

    /// The best shift, the smallest of equal ones.
    fn best(&self, units: &[usize], i: usize) -> usize {
        let mut best = (self.reach, self.sum(units, i, self.reach));
        for distance in 1..=self.reach {
            for s in [self.reach - distance, self.reach + distance] {
                let sum = self.sum(units, i, s);
                // Rounding must not produce a shift.
                if sum > best.1 * (1.0 + 1e-12) {
                    best = (s, sum);
                }
            }
        }
        best.0
    }

    /// The best shift `s - reach` in fractions of a phase; an integer at the farthest ones.
    fn between(&self, units: &[usize], i: usize, s: usize) -> f64 {
        let nearest = s as f64 - self.reach as f64;
        if s == 0 || s == 2 * self.reach {
            return nearest;
        }
        let [before, top, after] = [s - 1, s, s + 1].map(|s| self.sum(units, i, s));
        nearest + Vertex::of(before, top, after).shift
    }

    fn gain(&self, units: &[usize], i: usize, s: usize) -> f64 {
        self.sum(units, i, s) / self.sum(units, i, self.reach) - 1.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scatter_about_a_common_phase_is_all_blur() {
        let at = |phase: usize| core::array::from_fn::<f64, 20, _>(|t| if t == phase { 1.0 } else { 0.0 });
        let drives = DriveGrid::from_steps(&[vec![at(4), at(6)], vec![at(6), at(4)]]).unwrap();
        let loss = drives.loss().unwrap();
        assert!((loss.offset, loss.blur) == (0.0, 0.5), "{loss:?}");
    }

    #[test]
    fn without_anything_available_there_is_no_loss() {
        let drives = DriveGrid::from_steps(&[vec![[0.0; 2]; 2]]).unwrap();
        assert!(matches!(drives.loss(), Err(Error::Undefined { .. })));
        assert_eq!(drives.blur(), [None, None]);
        assert_eq!(drives.mean_phases(), [None, None]);
    }

    #[test]
    fn grid_phases_round_to_nearest() {
        let phases = [0.004, 0.006, 0.996, -0.01, 0.005 - 1e-17];
        assert_eq!(phases.map(|phase| on_grid(phase, 100)), [0, 1, 0, 99, 1]);
    }
}

#[cfg(test)]
mod timing_cost_tests {
    use super::super::drive_grid::GridShape;
    use super::*;

    fn random(contributors: usize, steps: usize) -> DriveGrid {
        let mut draws = Draws::new(3);
        let y = (0..contributors * steps * 20).map(|_| draws.uniform()).collect();
        DriveGrid::from_shape(GridShape { contributors, phases: 20 }, y).unwrap()
    }

    #[test]
    fn sampled_orders_agree_with_all_subsets() {
        let drives = random(6, 1);
        let exact = drives.exact_values(0);
        let sampled = drives.sampled_values(0, &sampled_orders(6, &mut Draws::new(1)));
        for (e, s) in exact.iter().zip(&sampled) {
            assert!((e - s).abs() < 0.02, "{exact:?} {sampled:?}");
        }
    }

    #[test]
    fn above_twelve_it_is_sampled_and_still_sums_to_the_leak() {
        let drives = random(14, 2);
        let cost = drives.timing_cost(1);
        let (available, realised) = drives.session();
        assert!(!cost.exact && random(12, 1).timing_cost(1).exact);
        let leak = available - realised;
        assert!((cost.costs.iter().sum::<f64>() - leak).abs() < 1e-12 * leak);
    }

    #[test]
    fn one_contributor_costs_nothing() {
        let drives = DriveGrid::from_steps(&[vec![[1.0, 2.0, 0.0]]]).unwrap();
        assert_eq!(drives.timing_cost(1).costs, [0.0]);
        assert_eq!(drives.ideal_gain(0), [2.0 + 0.0 - 2.0]);
    }
}

#[cfg(test)]
mod retiming_tests {
    use super::super::drive_grid::GridShape;
    use super::*;
    use crate::inference::draw::Draws;

    fn found_in(drives: &DriveGrid, reach: usize, bootstrap: &Bootstrap) -> Result<Vec<Retiming>> {
        drives.in_strides(&Strides::ungrouped(drives.steps()))?.weak_links(reach, bootstrap)
    }

    /// Smooth pulses of three contributors about `centres`, jittering by up to one phase, in single-step strides.
    fn session(n: usize, centres: [f64; 3], draws: &mut Draws) -> DriveGrid {
        let mut y = Vec::new();
        for _ in 0..n {
            for centre in centres {
                let centre = centre + 2.0 * draws.normal();
                y.extend((0..100).map(|t| {
                    let d = (t as f64 - centre) / 12.0;
                    (-0.5 * d * d).exp()
                }));
            }
        }
        DriveGrid::from_shape(GridShape { contributors: 3, phases: 100 }, y).unwrap()
    }

    #[test]
    fn a_late_contributor_is_found_and_an_aligned_one_is_not_confirmed() {
        let bootstrap = Bootstrap::new(1).replicates(300);
        let mut draws = Draws::new(4);
        let (mut found, mut false_alarms) = (0, 0);
        for _ in 0..200 {
            let late = session(12, [50.0, 50.0, 62.0], &mut draws);
            let links = found_in(&late, 12, &bootstrap).unwrap();
            found += usize::from(links[0].contributor == 2 && links[0].is_confirmed() && links[0].shift < -8);
            let aligned = session(12, [50.0; 3], &mut draws);
            let links = found_in(&aligned, 12, &bootstrap).unwrap();
            false_alarms += links.iter().filter(|link| link.is_confirmed()).count();
        }
        assert!(found >= 190, "{found} of 200");
        assert!(false_alarms <= 30, "{false_alarms} of 600");
    }

    #[test]
    fn strides_must_agree_and_something_must_be_realised() {
        let drives = session(3, [50.0; 3], &mut Draws::new(1));
        let bootstrap = Bootstrap::new(1);
        let short = Strides::ungrouped(2);
        let short = drives.in_strides(&short);
        assert!(matches!(short, Err(Error::LengthMismatch { .. })));
        let silent = DriveGrid::from_shape(GridShape { contributors: 2, phases: 10 }, vec![0.0; 20]).unwrap();
        let refused = found_in(&silent, 2, &bootstrap);
        assert!(matches!(refused, Err(Error::Undefined { .. })));
        let one = DriveGrid::from_steps(&[vec![[0.0, 1.0, 0.0, 0.0]]]).unwrap();
        let alone = found_in(&one, 9, &bootstrap).unwrap();
        assert_eq!((alone[0].gain, alone[0].held_out, alone[0].first), (0.0, None, None));
    }
}
