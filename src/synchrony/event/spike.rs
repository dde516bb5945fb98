//! SPIKE-synchronization: the share of events that coincide.

use crate::Result;
use crate::sequence::train::{AdaptiveWindow, Counted, TrainProfile, Trains, counts, each_coincidence};
use alloc::{vec, vec::Vec};

/// SPIKE-synchronization of several event trains: the share of their events that coincide, of each pair, of all, and over
/// time (Kreuz, Mulansky & Bozanic 2015, *J Neurophysiol* 113:3432,
/// [doi:10.1152/jn.00848.2014](https://doi.org/10.1152/jn.00848.2014)).
///
/// Range 0 (nothing coincides) to 1 (every event coincides with one of every other train). Of independent trains it is
/// not 0 but about [`AdaptiveWindow::chance`] when each has one event per cycle. Without a cap it equals PySpike 0.9, and
/// is then blind for periodic events: any offset gives 1.
///
/// # Costs
/// Proportional to trains x events: for each pair, to the events of its two trains. Sixteen trains of 10,000 events take
/// one pass over 160,000 events.
///
/// ```
/// use copeak::sequence::{AdaptiveWindow, Trains};
/// use copeak::synchrony::SpikeSync;
/// let trains = Trains::new(&[vec![0.10, 0.80, 1.50], vec![0.11, 0.95, 1.49], vec![0.09, 0.81]], 0.0, 2.0)?;
/// let sync = SpikeSync::of(&trains, AdaptiveWindow::capped(0.03)?)?;
/// assert_eq!(sync.pair(0, 1), 4.0 / 6.0);
/// assert_eq!(sync.value(), (4.0 + 4.0 + 2.0) / 16.0);
/// assert_eq!(sync.profile().values[2], 1.0); // the third event, 0.11 s, coincides with both others
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[doc(alias = "spike_sync")]
pub struct SpikeSync<'a> {
    trains: &'a Trains,
    window: AdaptiveWindow,
    /// `[a * trains + b]`, symmetric.
    coincidences: Vec<u64>,
}

impl<'a> SpikeSync<'a> {
    /// Of these trains with this window.
    ///
    /// # Errors
    /// [`Error::TooFew`](crate::Error::TooFew) below two trains.
    pub fn of(trains: &'a Trains, window: AdaptiveWindow) -> Result<Self> {
        trains.at_least_two("SPIKE-synchronization")?;
        let one_way = counts(trains, window, Counted::All);
        let k = trains.len();
        let both_ways = |at: usize| one_way[at] + one_way[at % k * k + at / k];
        Ok(Self { trains, window, coincidences: (0..k * k).map(both_ways).collect() })
    }

    /// Share of all events that coincide, over all pairs; 1 when no train has any.
    #[doc(alias = "spike_sync_multi")]
    pub fn value(&self) -> f64 {
        // Both halves of the matrix hold every coincidence, and a coincidence takes two events.
        let coinciding: u64 = self.coincidences.iter().sum();
        share(coinciding, (self.trains.len() - 1) * self.trains.events())
    }

    /// Coincidences of two trains; of a train with itself 0.
    ///
    /// # Panics
    /// When a train does not exist, as indexing does.
    pub fn coincidences(&self, a: usize, b: usize) -> u64 {
        assert!(b < self.trains.len(), "train {b} of {}", self.trains.len());
        self.coincidences[a * self.trains.len() + b]
    }

    /// Share of the events of two trains that coincide: 1 when neither has any, 0 when one has none. A train coincides
    /// with itself.
    ///
    /// # Panics
    /// When a train does not exist, as indexing does.
    pub fn pair(&self, a: usize, b: usize) -> f64 {
        let coincidences = self.coincidences(a, b);
        if a == b {
            return 1.0;
        }
        share(2 * coincidences, self.trains.get(a).len() + self.trains.get(b).len())
    }

    /// [`SpikeSync::pair`] for every pair.
    #[doc(alias = "spike_sync_matrix")]
    pub fn matrix(&self) -> Vec<Vec<f64>> {
        let k = self.trains.len();
        (0..k).map(|a| (0..k).map(|b| self.pair(a, b)).collect()).collect()
    }

    /// The share over time: at each event, of the other trains that have one which coincides.
    #[doc(alias = "spike_sync_profile")]
    pub fn profile(&self) -> TrainProfile {
        let mut sums = vec![0.0; self.trains.events()];
        each_coincidence(self.trains, self.window, |found| {
            sums[found.earlier] += 1.0;
            sums[found.later] += 1.0;
        });
        TrainProfile::new(self.trains, &sums)
    }
}

fn share(coinciding: u64, events: usize) -> f64 {
    if events == 0 { 1.0 } else { coinciding as f64 / events as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;

    fn sync(trains: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let trains = Trains::new(trains, 0.0, 1.0).unwrap();
        SpikeSync::of(&trains, AdaptiveWindow::uncapped()).unwrap().matrix()
    }

    #[test]
    fn trains_without_events() {
        assert_eq!(sync(&[vec![], vec![]]), [[1.0, 1.0], [1.0, 1.0]]);
        assert_eq!(sync(&[vec![], vec![0.3]])[0][1], 0.0);
        let trains = Trains::new(&[[0.0; 0]; 3], 0.0, 1.0).unwrap();
        let sync = SpikeSync::of(&trains, AdaptiveWindow::uncapped()).unwrap();
        assert_eq!((sync.value(), sync.profile().times_s.len()), (1.0, 0));
    }

    #[test]
    fn equal_times_always_coincide() {
        assert_eq!(sync(&[vec![0.5], vec![0.5]])[0][1], 1.0);
        let trains = Trains::new(&[[0.5], [0.5], [0.5]], 0.0, 1.0).unwrap();
        let capped = SpikeSync::of(&trains, AdaptiveWindow::capped(1e-9).unwrap()).unwrap();
        assert_eq!((capped.value(), capped.profile().weights), (1.0, vec![6.0]));
    }

    /// Half the interval next to an event is not within it: no event is counted twice.
    #[test]
    fn the_window_is_open() {
        assert_eq!(sync(&[vec![0.25, 0.75], vec![0.5]])[0][1], 0.0);
        let capped = |dt: f64| {
            let trains = Trains::new(&[[0.25], [0.25 + dt]], 0.0, 1.0).unwrap();
            SpikeSync::of(&trains, AdaptiveWindow::capped(0.125).unwrap()).unwrap().value()
        };
        assert_eq!((capped(0.125), capped(0.1249)), (0.0, 1.0));
    }

    #[test]
    fn one_train_is_refused() {
        let one = Trains::new(&[[0.1]], 0.0, 1.0).unwrap();
        let refused = SpikeSync::of(&one, AdaptiveWindow::uncapped());
        assert!(matches!(refused, Err(Error::TooFew { needed: 2, got: 1, .. })));
    }
}
