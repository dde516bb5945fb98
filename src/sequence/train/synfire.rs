//! The order that explains event trains best.

use super::{AdaptiveWindow, Counted, TrainProfile, Trains, counts, each_coincidence};
use crate::inference::draw::Draws;
use crate::{Error, Result};
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

/// Agreement of one order of all trains with the observed leads.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Synfire {
    /// Synfire Indicator in the order given, in [-1, 1].
    pub indicator: f64,
    /// Synfire Indicator in the best order, in [0, 1]. It is above 0 for independent trains, too: compare it with surrogates.
    pub indicator_sorted: f64,
    /// The best order, from the leading train to the last.
    pub order: Vec<usize>,
    /// Whether no better order exists; `false` for too many trains to search exhaustively.
    pub exact: bool,
}

impl fmt::Display for Synfire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Synfire Indicator {:.2} in the order given, ", self.indicator)?;
        write!(
            f,
            "{:.2} in the {} order",
            self.indicator_sorted,
            if self.exact { "best" } else { "best found" }
        )?;
        self.order.iter().try_for_each(|train| write!(f, " {train}"))
    }
}

/// Which of several event trains lead, over all their coincidences (SPIKE-order and the Synfire Indicator, Kreuz et al.
/// 2017, *New J Phys* 19:043028, [doi:10.1088/1367-2630/aa68c3](https://doi.org/10.1088/1367-2630/aa68c3)).
///
/// Equals PySpike 0.9 without a cap. The lead counts which train is first; for the time by which it leads use a lag with
/// its interval ([`crate::sequence::lag::PairLag`]).
///
/// ```
/// use copeak::sequence::{AdaptiveWindow, SpikeOrder, Trains};
/// // Hip, knee and ankle, but given in the order ankle, hip, knee.
/// let limb = |late: f64| (1..20).map(|i| 0.7 * f64::from(i) + late).collect::<Vec<_>>();
/// let trains = Trains::new(&[limb(0.03), limb(0.0), limb(0.02)], 0.0, 14.0)?;
/// let order = SpikeOrder::of(&trains, AdaptiveWindow::capped(0.05)?)?;
/// assert_eq!(order.lead(1, 2), 19);
/// let synfire = order.synfire(1);
/// assert_eq!((synfire.order, synfire.indicator_sorted), (vec![1, 2, 0], 1.0));
/// assert_eq!(synfire.indicator, -1.0 / 3.0);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[doc(alias = "spike_directionality")]
#[doc(alias = "spike_train_order")]
pub struct SpikeOrder<'a> {
    trains: &'a Trains,
    window: AdaptiveWindow,
    /// `[a * trains + b]`, antisymmetric.
    leads: Vec<i64>,
}

impl<'a> SpikeOrder<'a> {
    /// Measures which of these trains leads which.
    ///
    /// # Errors
    /// [`Error::TooFew`] below two trains.
    pub fn of(trains: &'a Trains, window: AdaptiveWindow) -> Result<Self> {
        trains.at_least_two("SPIKE-order")?;
        let led = counts(trains, window, Counted::Led);
        let k = trains.len();
        let lead = |at: usize| led[at % k * k + at / k] as i64 - led[at] as i64;
        Ok(Self { trains, window, leads: (0..k * k).map(lead).collect() })
    }

    /// Returns the number of coincidences in which train `a` comes first, less those in which `b` does.
    ///
    /// # Panics
    /// When a train does not exist, as indexing does.
    pub fn lead(&self, a: usize, b: usize) -> i64 {
        assert!(b < self.trains.len(), "train {b} of {}", self.trains.len());
        self.leads[a * self.trains.len() + b]
    }

    /// [`SpikeOrder::lead`] for every pair, `[a][b]`: antisymmetric.
    #[doc(alias = "spike_directionality_matrix")]
    pub fn matrix(&self) -> Vec<Vec<i64>> {
        self.leads.chunks(self.trains.len()).map(<[i64]>::to_vec).collect()
    }

    /// The Synfire Indicator of the trains in the order given: 1 when every event coincides with one of every other train
    /// and the earlier-listed train always comes first, -1 when it always comes last, 0 without a preferred order.
    ///
    /// Twice the leads of earlier-listed trains over the events of all pairs. Two trains without events count as one
    /// event in order, as in PySpike.
    #[doc(alias = "spike_train_order")]
    pub fn indicator(&self) -> f64 {
        self.indicator_of_sum(self.sum(0..self.trains.len()))
    }

    /// The Synfire Indicator of another order, which names every train once.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] for another number of trains, [`Error::Parameter`] for a train that does not exist or is
    /// named twice.
    pub fn indicator_of(&self, order: &[usize]) -> Result<f64> {
        let k = self.trains.len();
        if order.len() != k {
            let operation = "an order of trains";
            return Err(Error::LengthMismatch { operation, left: k, right: order.len() });
        }
        let mut seen = vec![false; k];
        for &train in order {
            if train >= k || core::mem::replace(&mut seen[train], true) {
                let (name, rule) = ("train in an order", "one of the trains, each of them once");
                return Err(Error::Parameter { name, rule, value: train as f64 });
            }
        }
        Ok(self.indicator_of_sum(self.sum(order.iter().copied())))
    }

    /// Returns the indicator in the order given and in the best order, from the leading train to the last.
    ///
    /// Up to 16 trains the best order is exact, found over all subsets of trains (2^k k^2/4 additions); of several equally
    /// good orders it is the one with earlier-listed trains first. For more trains it is the best that a search by moving
    /// single trains finds from 256 starts, drawn with `seed`: not guaranteed to be optimal, but never worse than the order
    /// given.
    #[doc(alias = "optimal_spike_train_sorting")]
    pub fn synfire(&self, seed: u64) -> Synfire {
        let (order, exact) = best_order(&self.leads, self.trains.len(), seed);
        Synfire {
            indicator: self.indicator(),
            indicator_sorted: self.indicator_of_sum(self.sum(order.iter().copied())),
            order,
            exact,
        }
    }

    /// Returns the order over time: at each event +1 where the earlier-listed train of a pair leads, -1 where it follows, 0
    /// without a coincidence or at equal times; mean over the pairs.
    #[doc(alias = "spike_train_order_profile")]
    pub fn profile(&self) -> TrainProfile {
        let mut sums = vec![0.0; self.trains.events()];
        each_coincidence(self.trains, self.window, |found| {
            let sign = match (found.lag_s > 0.0, found.earlier_train < found.later_train) {
                (false, _) => 0.0,
                (true, true) => 1.0,
                (true, false) => -1.0,
            };
            sums[found.earlier] += sign;
            sums[found.later] += sign;
        });
        TrainProfile::new(self.trains, &sums)
    }

    /// Returns the lead of each event at `[train][event]`: +1 for every other train that it leads in a coincidence, -1 for
    /// every one it follows, divided by the number of other trains.
    #[doc(alias = "spike_directionality_values")]
    pub fn event_leads(&self) -> Vec<Vec<f64>> {
        let mut sums = vec![0.0; self.trains.events()];
        each_coincidence(self.trains, self.window, |found| {
            if found.lag_s > 0.0 {
                sums[found.earlier] += 1.0;
                sums[found.later] -= 1.0;
            }
        });
        let others = (self.trains.len() - 1) as f64;
        let mut leads: Vec<Vec<f64>> =
            self.trains.iter().map(|times| Vec::with_capacity(times.len())).collect();
        for (event, sum) in self.trains.merged().iter().zip(sums) {
            leads[event.train as usize].push(sum / others);
        }
        leads
    }

    /// Returns the sum of leads of each train over all that come after it.
    fn sum(&self, order: impl Iterator<Item = usize> + Clone) -> i64 {
        let pairs = order.clone().enumerate().map(|(place, a)| {
            order.clone().skip(place + 1).map(|b| self.leads[a * self.trains.len() + b]).sum::<i64>()
        });
        pairs.sum()
    }

    fn indicator_of_sum(&self, sum: i64) -> f64 {
        let silent = self.trains.iter().filter(|times| times.is_empty()).count();
        let silent_pairs = (silent * silent.saturating_sub(1) / 2) as f64;
        let events = ((self.trains.len() - 1) * self.trains.events()) as f64;
        (2.0 * sum as f64 + silent_pairs) / (events + silent_pairs)
    }
}

/// Largest number of trains whose subsets fit in a small table.
const EXACT_UP_TO: usize = 16;
/// Number of starts of the search beyond that: the order given, the order by total lead, and random changes of the best one.
const STARTS: usize = 256;

/// Returns the order with the greatest sum of leads of each train over those after it, and whether it is certain.
fn best_order(leads: &[i64], k: usize, seed: u64) -> (Vec<usize>, bool) {
    if k <= EXACT_UP_TO { (over_subsets(leads, k), true) } else { (by_moves(leads, k, seed), false) }
}

/// Computes the best sum of every subset from those with one train less; then reads off the trains from the first on.
fn over_subsets(leads: &[i64], k: usize) -> Vec<usize> {
    let members = |subset: usize| (0..k).filter(move |i| subset >> i & 1 == 1);
    let over = |i: usize, rest: usize| members(rest).map(|j| leads[i * k + j]).sum::<i64>();
    let mut best = vec![0i64; 1 << k];
    for subset in 1..best.len() {
        let with_first = |i: usize| {
            let rest = subset & !(1 << i);
            over(i, rest) + best[rest]
        };
        best[subset] = members(subset).map(with_first).max().unwrap_or(0);
    }
    let mut rest = best.len() - 1;
    let mut order = Vec::with_capacity(k);
    while rest != 0 {
        // The first train that reaches the best sum, so that equally good orders start with earlier-listed trains.
        let reaches = |&i: &usize| over(i, rest & !(1 << i)) + best[rest & !(1 << i)] == best[rest];
        let Some(first) = members(rest).find(reaches) else { break };
        order.push(first);
        rest &= !(1 << first);
    }
    order
}

fn by_moves(leads: &[i64], k: usize, seed: u64) -> Vec<usize> {
    let given: Vec<usize> = (0..k).collect();
    let mut best = given.clone();
    let mut best_sum = improve(leads, &mut best);
    let mut by_lead = given;
    by_lead.sort_by_key(|&i| core::cmp::Reverse(leads[i * k..][..k].iter().sum::<i64>()));
    let mut draws = Draws::new(seed);
    for start in 1..STARTS {
        let mut order = if start == 1 { by_lead.clone() } else { best.clone() };
        match start % 2 {
            0 => draws.shuffle(&mut order),
            _ if start == 1 => {}
            _ => (0..k.div_ceil(8)).for_each(|_| order.swap(draws.below(k), draws.below(k))),
        }
        let sum = improve(leads, &mut order);
        if sum > best_sum {
            (best, best_sum) = (order, sum);
        }
    }
    best
}

/// Moves single trains to their best positions until no move improves the sum, and returns the sum.
fn improve(leads: &[i64], order: &mut [usize]) -> i64 {
    let k = order.len();
    let lead = |a: usize, b: usize| leads[a * k + b];
    loop {
        let (mut gain, mut from, mut to) = (0, 0, 0);
        for place in 0..k {
            let train = order[place];
            // Passing a train reverses its lead.
            let mut earlier = 0;
            for target in (0..place).rev() {
                earlier += 2 * lead(train, order[target]);
                if earlier > gain {
                    (gain, from, to) = (earlier, place, target);
                }
            }
            let mut later = 0;
            for (target, &passed) in order.iter().enumerate().skip(place + 1) {
                later += 2 * lead(passed, train);
                if later > gain {
                    (gain, from, to) = (later, place, target);
                }
            }
        }
        if gain == 0 {
            break;
        }
        if from < to { order[from..=to].rotate_left(1) } else { order[to..=from].rotate_right(1) }
    }
    (0..k).map(|i| (i + 1..k).map(|j| lead(order[i], order[j])).sum::<i64>()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{string::ToString, vec};

    #[test]
    fn an_order_from_a_search_is_reported_as_best_found() {
        let synfire = Synfire { indicator: -0.25, indicator_sorted: 0.5, order: vec![1, 0], exact: false };
        assert_eq!(
            synfire.to_string(),
            "Synfire Indicator -0.25 in the order given, 0.50 in the best found order 1 0"
        );
    }
}

#[cfg(test)]
mod order_tests {
    use super::*;

    #[test]
    fn a_single_train_and_invalid_orders_are_errors() {
        let one = Trains::new(&[[0.1]], 0.0, 1.0).unwrap();
        let refused = SpikeOrder::of(&one, AdaptiveWindow::uncapped());
        assert!(matches!(refused, Err(Error::TooFew { needed: 2, got: 1, .. })));
        let two = Trains::new(&[[0.1], [0.2]], 0.0, 1.0).unwrap();
        let order = SpikeOrder::of(&two, AdaptiveWindow::uncapped()).unwrap();
        assert!(matches!(order.indicator_of(&[0]), Err(Error::LengthMismatch { .. })));
        assert!(matches!(order.indicator_of(&[0, 0]), Err(Error::Parameter { value: 0.0, .. })));
        assert!(matches!(order.indicator_of(&[0, 2]), Err(Error::Parameter { value: 2.0, .. })));
        assert_eq!(order.indicator_of(&[1, 0]), Ok(-1.0));
    }

    #[test]
    fn events_at_equal_times_do_not_lead() {
        let trains = Trains::new(&[[0.3, 0.6], [0.3, 0.61]], 0.0, 1.0).unwrap();
        let order = SpikeOrder::of(&trains, AdaptiveWindow::uncapped()).unwrap();
        assert_eq!((order.lead(0, 1), order.lead(1, 0), order.indicator()), (1, -1, 0.5));
        assert_eq!(order.event_leads(), [[0.0, 1.0], [0.0, -1.0]]);
        assert_eq!(order.profile().values, [0.0, 1.0, 1.0]);
        assert_eq!(order.profile().weights, [2.0, 1.0, 1.0]);
    }

    #[test]
    fn trains_without_events_are_in_order_by_convention() {
        let trains = Trains::new(&[vec![], vec![], vec![0.1]], 0.0, 1.0).unwrap();
        let order = SpikeOrder::of(&trains, AdaptiveWindow::uncapped()).unwrap();
        assert_eq!(order.indicator(), 1.0 / 3.0);
    }
}

#[cfg(test)]
mod search_tests {
    use super::*;

    fn random(k: usize, draws: &mut Draws) -> Vec<i64> {
        let mut leads = vec![0; k * k];
        for a in 0..k {
            for b in 0..a {
                let lead = draws.below(21) as i64 - 10;
                (leads[a * k + b], leads[b * k + a]) = (lead, -lead);
            }
        }
        leads
    }

    fn sum(leads: &[i64], order: &[usize]) -> i64 {
        let k = order.len();
        (0..k).map(|i| order[i + 1..].iter().map(|&b| leads[order[i] * k + b]).sum::<i64>()).sum()
    }

    /// All orders, in lexicographic order.
    fn every(k: usize) -> Vec<Vec<usize>> {
        if k == 0 {
            return vec![vec![]];
        }
        let mut orders: Vec<Vec<usize>> = every(k - 1)
            .into_iter()
            .flat_map(|order| {
                (0..k).map(move |place| {
                    let mut order = order.clone();
                    order.insert(place, k - 1);
                    order
                })
            })
            .collect();
        orders.sort();
        orders
    }

    #[test]
    fn subsets_find_what_all_permutations_find() {
        let mut draws = Draws::new(1);
        for k in 1..8 {
            let all = every(k);
            for _ in 0..20 {
                let leads = random(k, &mut draws);
                let most = all.iter().map(|order| sum(&leads, order)).max().unwrap();
                let first = all.iter().find(|order| sum(&leads, order) == most).unwrap();
                assert_eq!(best_order(&leads, k, 1), (first.clone(), true));
            }
        }
    }

    #[test]
    fn moves_find_what_subsets_find() {
        let mut draws = Draws::new(2);
        for k in [9, 12, 16] {
            for seed in 0..10 {
                let leads = random(k, &mut draws);
                let (found, best) = (by_moves(&leads, k, seed), over_subsets(&leads, k));
                assert_eq!(sum(&leads, &found), sum(&leads, &best), "{k} trains");
            }
        }
    }

    #[test]
    fn many_trains_in_a_hidden_order_are_sorted() {
        let mut draws = Draws::new(3);
        let k = 40;
        let mut hidden: Vec<usize> = (0..k).collect();
        draws.shuffle(&mut hidden);
        let mut leads = vec![0; k * k];
        for (place, &a) in hidden.iter().enumerate() {
            for &b in &hidden[place + 1..] {
                (leads[a * k + b], leads[b * k + a]) = (5, -5);
            }
        }
        assert_eq!(best_order(&leads, k, 1), (hidden, false));
    }
}
