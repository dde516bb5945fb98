//! Who leads: SPIKE-order.

use super::{AdaptiveWindow, Counted, Synfire, TrainProfile, Trains, counts, each_coincidence, search};
use crate::{Error, Result};
use alloc::{vec, vec::Vec};

/// Which of several event trains lead, over all their coincidences (SPIKE-order and the Synfire Indicator, Kreuz et al.
/// 2017, *New J Phys* 19:043028, [doi:10.1088/1367-2630/aa68c3](https://doi.org/10.1088/1367-2630/aa68c3)).
///
/// Equals PySpike 0.9 without a cap. The lead is a count of who is first; by how many milliseconds, a lag with its
/// interval says ([`crate::sequence::PairLag`]).
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
    /// Who leads whom among these trains.
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

    /// Coincidences in which train `a` comes first, less those in which `b` does.
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

    /// The indicator in the order given and in the best order there is: who leads, who follows.
    ///
    /// Up to 16 trains the best order is exact, found over all subsets of trains (2^k k^2/4 additions); of several equally
    /// good ones it is the one that names earlier-listed trains first. Beyond, it is the best that a search by moving
    /// single trains finds from 256 starts, drawn with `seed`: nothing is promised, but it is never worse than the order
    /// given.
    #[doc(alias = "optimal_spike_train_sorting")]
    pub fn synfire(&self, seed: u64) -> Synfire {
        let (order, exact) = search::best_order(&self.leads, self.trains.len(), seed);
        Synfire {
            indicator: self.indicator(),
            indicator_sorted: self.indicator_of_sum(self.sum(order.iter().copied())),
            order,
            exact,
        }
    }

    /// The order over time: at each event +1 where the earlier-listed train of a pair leads, -1 where it follows, 0
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

    /// How much each event leads: +1 for every other train that it leads in a coincidence, -1 for every one it follows, over
    /// the number of other trains; `[train][event]`.
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

    /// Leads of each train over all that come after it.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_input_is_named() {
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
    fn equal_times_lead_nobody() {
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
