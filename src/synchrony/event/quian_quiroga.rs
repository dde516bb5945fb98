//! Event synchronisation of two trains without bounds.

use crate::sequence::train::half_intervals;
use crate::{Error, Result};
use alloc::vec::Vec;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// How far two event series are synchronised, and which leads.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct EventSync {
    /// Q in [0, 1]: coincidences over the geometric mean of the numbers of events.
    pub sync: f64,
    /// q in [-Q, Q]: above 0 when the second comes after the first, as all lags of this crate are signed.
    pub delay: f64,
    /// Events of the first.
    pub n_a: usize,
    /// Events of the second.
    pub n_b: usize,
}

/// Event synchronisation Q and delay asymmetry q of two series of event times (Quian Quiroga, Kreuz & Grassberger 2002,
/// *Phys Rev E* 66:041904, [doi:10.1103/PhysRevE.66.041904](https://doi.org/10.1103/PhysRevE.66.041904)).
///
/// Two events coincide when they are less than half of every interval next to either of them apart, and not more than
/// `tau_max`. An event without neighbour on one side is limited by the other side only. The paper has "not more than half"
/// for the intervals too; then an event exactly in the middle of two others, which is common on a sample grid, would count
/// twice, and Q could exceed 1. Equal times coincide and lead nobody.
///
/// Times may come in any order; equal times of one series are one event. **Periodic events need a `tau_max`**: without it
/// any offset of two series with one event per cycle gives Q = 1.
///
/// ```
/// use copeak::synchrony::event_synchronization;
/// // The second limb comes 20 ms later, but for the last time.
/// let found = event_synchronization(&[0.1, 0.8, 1.5, 2.2], &[0.12, 0.82, 1.52, 2.19], Some(0.05))?;
/// assert_eq!((found.sync, found.delay), (1.0, 0.5));
/// # Ok::<(), copeak::Error>(())
/// ```
///
/// # Errors
/// [`Error::TooFew`] when either series is empty; [`Error::NonFinite`] for a time that is NaN or infinite (the index
/// counts on into the second series); [`Error::Parameter`] for a `tau_max` that is negative or NaN.
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
    // Windows are so narrow that every coincidence is met where the walk stands.
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

/// Each event and half of the lesser interval next to it.
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
    fn bad_input_is_named() {
        assert!(matches!(event_synchronization(&[], &[1.0], None), Err(Error::TooFew { .. })));
        assert!(matches!(
            event_synchronization(&[1.0], &[f64::NAN], None),
            Err(Error::NonFinite { index: 1, .. })
        ));
        assert!(matches!(event_synchronization(&[1.0], &[1.0], Some(-1.0)), Err(Error::Parameter { .. })));
        assert_eq!(event_synchronization(&[1.0, 1.0], &[1.0], Some(0.0)).unwrap().sync, 1.0);
    }
}
