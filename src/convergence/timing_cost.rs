//! The cost of each contributor's timing.

use super::DriveGrid;
use super::drive_grid::add_scaled;
use super::maxima::highest;
use crate::inference::draw::Draws;
use alloc::{vec, vec::Vec};

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

#[cfg(test)]
mod tests {
    use super::super::GridShape;
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
