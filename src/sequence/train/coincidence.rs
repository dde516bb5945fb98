//! Coincidences one by one.

use super::{AdaptiveWindow, Trains};
use alloc::{vec, vec::Vec};

/// Two events that coincide, by their places among all events in time order, and whose they are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Coincidence {
    pub(crate) earlier: usize,
    pub(crate) later: usize,
    pub(crate) earlier_train: usize,
    pub(crate) later_train: usize,
    /// Seconds between them; 0 for equal times.
    pub(crate) lag_s: f64,
}

/// Every coincidence, in the order in which they complete.
pub(crate) fn each_coincidence(trains: &Trains, window: AdaptiveWindow, mut found: impl FnMut(Coincidence)) {
    let mut halves = Vec::with_capacity(trains.events());
    for times in trains.iter() {
        window.halves(times, (trains.start_s(), trains.end_s()), &mut halves);
    }
    let mut next = trains.starts().to_vec();
    // Place, time and half window of the last event of each train.
    let mut last = vec![(0, f64::NEG_INFINITY, 0.0); trains.len()];
    for (later, event) in trains.merged().iter().enumerate() {
        let later_train = event.train as usize;
        let half = halves[next[later_train]];
        next[later_train] += 1;
        for (earlier_train, &(earlier, time_s, other)) in last.iter().enumerate() {
            let lag_s = event.time_s - time_s;
            // The last event of the same train is a whole interval ago, which is never within half of it.
            if lag_s < half.min(other) {
                found(Coincidence { earlier, later, earlier_train, later_train, lag_s });
            }
        }
        last[later_train] = (later, event.time_s, half);
    }
}
