//! What event trains do over time.

use super::Trains;
use alloc::vec::Vec;

/// A number at every time at which something happens.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
#[doc(alias = "DiscreteFunc")]
pub struct TrainProfile {
    /// Times of the events, rising; equal times of several trains are one.
    pub times_s: Vec<f64>,
    /// Mean over the events of that time and the trains that each is compared with.
    pub values: Vec<f64>,
    /// How many that are.
    pub weights: Vec<f64>,
}

impl TrainProfile {
    /// From a sum for each event in time order.
    pub(crate) fn new(trains: &Trains, sums: &[f64]) -> Self {
        let others = trains.len().saturating_sub(1) as f64;
        let capacity = trains.events();
        let [mut times_s, mut values, mut weights] = [(); 3].map(|()| Vec::with_capacity(capacity));
        for (event, &sum) in trains.merged().iter().zip(sums) {
            if times_s.last() != Some(&event.time_s) {
                times_s.push(event.time_s);
                values.push(0.0);
                weights.push(0.0);
            }
            let i = times_s.len() - 1;
            values[i] += sum;
            weights[i] += others;
        }
        for (value, weight) in values.iter_mut().zip(&weights) {
            *value /= weight;
        }
        Self { times_s, values, weights }
    }

    /// Mean over the events from `from_s` on and before `to_s`; `None` without any.
    ///
    /// ```
    /// use copeak::sequence::{AdaptiveWindow, Trains};
    /// use copeak::synchrony::SpikeSync;
    /// let trains = Trains::new(&[[0.1, 0.5], [0.11, 0.7]], 0.0, 1.0)?;
    /// let profile = SpikeSync::of(&trains, AdaptiveWindow::capped(0.05)?)?.profile();
    /// assert_eq!(profile.mean_between(0.0, 0.4), Some(1.0));
    /// assert_eq!(profile.mean_between(0.4, 1.0), Some(0.0));
    /// assert_eq!(profile.mean_between(0.2, 0.4), None);
    /// # Ok::<(), copeak::Error>(())
    /// ```
    #[doc(alias = "avrg")]
    pub fn mean_between(&self, from_s: f64, to_s: f64) -> Option<f64> {
        let place = |time_s: f64| self.times_s.partition_point(|&t| t < time_s);
        let range = place(from_s)..place(to_s);
        let (values, weights) = (self.values.get(range.clone())?, self.weights.get(range)?);
        let weight: f64 = weights.iter().sum();
        (weight > 0.0).then(|| values.iter().zip(weights).map(|(v, w)| v * w).sum::<f64>() / weight)
    }
}
