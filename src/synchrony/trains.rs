//! Synchrony of event trains: the share of their events that coincide.

use crate::sequence::train::{
    AdaptiveWindow, Counted, TrainProfile, Trains, counts, each_coincidence, half_intervals,
};
use crate::{Error, Result};
use alloc::{vec, vec::Vec};
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// SPIKE-synchronization of several event trains: the share of their events that coincide, of each pair, of all, and over
/// time (Kreuz, Mulansky & Bozanic 2015, *J Neurophysiol* 113:3432,
/// [doi:10.1152/jn.00848.2014](https://doi.org/10.1152/jn.00848.2014)).
///
/// Range 0 (nothing coincides) to 1 (every event coincides with one of every other train). For independent trains with one event
/// per cycle it is not 0 but about [`AdaptiveWindow::chance`]. Without a cap it equals PySpike 0.9, and is then insensitive to the
/// offset of periodic events: any offset gives 1. The two hips of a real runner score 1.00
/// without a cap and 0.00 within 30 ms.
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
    /// Measures trains with a window.
    ///
    /// # Errors
    /// [`Error::TooFew`] below two trains.
    pub fn of(trains: &'a Trains, window: AdaptiveWindow) -> Result<Self> {
        trains.at_least_two("SPIKE-synchronization")?;
        let one_way = counts(trains, window, Counted::All);
        let k = trains.len();
        let both_ways = |at: usize| one_way[at] + one_way[at % k * k + at / k];
        Ok(Self { trains, window, coincidences: (0..k * k).map(both_ways).collect() })
    }

    /// Returns the share of all events that coincide, over all pairs; 1 when no train has any.
    #[doc(alias = "spike_sync_multi")]
    pub fn value(&self) -> f64 {
        // Both halves of the matrix hold every coincidence, and a coincidence has two events.
        let coinciding: u64 = self.coincidences.iter().sum();
        share(coinciding, (self.trains.len() - 1) * self.trains.events())
    }

    /// Returns the number of coincidences of two trains, 0 for a train with itself.
    ///
    /// # Panics
    /// When a train does not exist, as indexing does.
    pub fn coincidences(&self, a: usize, b: usize) -> u64 {
        assert!(b < self.trains.len(), "train {b} of {}", self.trains.len());
        self.coincidences[a * self.trains.len() + b]
    }

    /// Returns the share of the events of two trains that coincide: 1 when neither has any, 0 when one has none, 1 for a train
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

    /// Returns [`SpikeSync::pair`] for every pair.
    #[doc(alias = "spike_sync_matrix")]
    pub fn matrix(&self) -> Vec<Vec<f64>> {
        let k = self.trains.len();
        (0..k).map(|a| (0..k).map(|b| self.pair(a, b)).collect()).collect()
    }

    /// Returns the share over time: at each event, the share of the other trains with a coinciding event.
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

/// Event synchronisation of two series, and which of them leads.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct EventSync {
    /// Q in [0, 1]: coincidences over the geometric mean of the numbers of events.
    pub sync: f64,
    /// q in [-Q, Q]: above 0 when the second comes after the first, as all lags of this crate are signed.
    pub delay: f64,
    /// Number of events of the first.
    pub n_a: usize,
    /// Number of events of the second.
    pub n_b: usize,
}

/// Measures the event synchronisation Q and the delay asymmetry q of two series of event times (Quian Quiroga, Kreuz & Grassberger 2002,
/// *Phys Rev E* 66:041904, [doi:10.1103/PhysRevE.66.041904](https://doi.org/10.1103/PhysRevE.66.041904)).
///
/// Two events coincide when the distance between them is less than half of every interval next to either of them, and not more
/// than `tau_max`. An event with one neighbour is limited by that side only. The paper has "not more than half"
/// for the intervals too; then an event exactly in the middle of two others, which is common on a sample grid, would count
/// twice, and Q could exceed 1. Equal times coincide without a leader.
///
/// Times may come in any order; equal times of one series are one event. **Periodic events need a `tau_max`**: without it
/// any offset of two series with one event per cycle gives Q = 1.
///
/// ```
/// use copeak::synchrony::event_synchronization;
/// // The second limb comes 20 ms later, except the last time.
/// let found = event_synchronization(&[0.1, 0.8, 1.5, 2.2], &[0.12, 0.82, 1.52, 2.19], Some(0.05))?;
/// assert_eq!((found.sync, found.delay), (1.0, 0.5));
/// # Ok::<(), copeak::Error>(())
/// ```
///
/// # Errors
/// [`Error::TooFew`] when either series is empty; [`Error::NonFinite`] for a time that is NaN or infinite (the index
/// continues into the second series); [`Error::Parameter`] for a `tau_max` that is negative or NaN.
#[doc(alias = "event_sync")]
pub fn event_synchronization(a: &[f64], b: &[f64], tau_max: Option<f64>) -> Result<EventSync> {
    let operation = "event synchronisation";
    let cap = tau_max.unwrap_or(f64::INFINITY);
    if cap.is_nan() || cap < 0.0 {
        return Err(Error::Parameter { name: "tau_max", rule: "at least 0 s", value: cap });
    }
    if let Some(index) = a.iter().chain(b).position(|t| !t.is_finite()) {
        return Err(Error::NonFinite { operation, index });
    }
    let (a, b) = (windowed(a), windowed(b));
    if a.is_empty() || b.is_empty() {
        return Err(Error::TooFew { operation, unit: "events in each series", needed: 1, got: 0 });
    }
    let (mut coincidences, mut leads) = (0u64, 0i64);
    let (mut i, mut j) = (0, 0);
    // The windows are narrow enough that one pass through both series meets every coincidence.
    while let (Some(&(time_a, half_a)), Some(&(time_b, half_b))) = (a.get(i), b.get(j)) {
        let lag = time_b - time_a;
        if lag == 0.0 || (lag.abs() < half_a.min(half_b) && lag.abs() <= cap) {
            coincidences += 1;
            leads += i64::from(lag > 0.0) - i64::from(lag < 0.0);
        }
        i += usize::from(lag >= 0.0);
        j += usize::from(lag <= 0.0);
    }
    let size = ((a.len() * b.len()) as f64).sqrt();
    Ok(EventSync { sync: coincidences as f64 / size, delay: leads as f64 / size, n_a: a.len(), n_b: b.len() })
}

/// Returns each event with half of the shorter interval next to it.
fn windowed(times: &[f64]) -> Vec<(f64, f64)> {
    let mut times = times.to_vec();
    times.sort_unstable_by(f64::total_cmp);
    times.dedup();
    let halves: Vec<f64> = half_intervals(&times, f64::INFINITY).collect();
    times.into_iter().zip(halves).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sync(trains: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let trains = Trains::new(trains, 0.0, 1.0).unwrap();
        SpikeSync::of(&trains, AdaptiveWindow::uncapped()).unwrap().matrix()
    }

    #[test]
    fn two_empty_trains_have_synchrony_one_and_a_single_empty_one_zero() {
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

    #[test]
    fn an_event_in_the_middle_of_two_counts_with_neither() {
        let found = event_synchronization(&[0.0, 2.0, 4.0], &[1.0, 3.0], None).unwrap();
        assert_eq!((found.sync, found.delay), (0.0, 0.0));
        assert_eq!(event_synchronization(&[1.0], &[9.0], None).unwrap().delay, 1.0);
        assert_eq!(event_synchronization(&[1.0], &[1.5], Some(0.5)).unwrap().sync, 1.0);
        assert_eq!(event_synchronization(&[1.0], &[1.5], Some(0.49)).unwrap().sync, 0.0);
    }

    #[test]
    fn turning_the_series_round_turns_the_delay() {
        let (a, b) = ([0.3, 1.0, 2.2, 2.9], [0.35, 1.1, 2.15, 3.0, 4.0]);
        let (there, back) =
            (event_synchronization(&a, &b, None).unwrap(), event_synchronization(&b, &a, None).unwrap());
        assert_eq!((there.sync, there.delay), (back.sync, -back.delay));
        assert!((there.sync - 4.0 / 20f64.sqrt()).abs() < 1e-15);
    }

    #[test]
    fn empty_series_nan_and_a_negative_window_are_refused() {
        assert!(matches!(event_synchronization(&[], &[1.0], None), Err(Error::TooFew { .. })));
        assert!(matches!(
            event_synchronization(&[1.0], &[f64::NAN], None),
            Err(Error::NonFinite { index: 1, .. })
        ));
        assert!(matches!(event_synchronization(&[1.0], &[1.0], Some(-1.0)), Err(Error::Parameter { .. })));
        assert_eq!(event_synchronization(&[1.0, 1.0], &[1.0], Some(0.0)).unwrap().sync, 1.0);
    }
}
