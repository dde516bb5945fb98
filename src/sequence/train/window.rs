//! How close two events must be to coincide.

use crate::{Error, Result};
use alloc::vec::Vec;

/// When two events of two trains coincide: closer than half of every interval next to either of them, and closer than a cap.
///
/// The window adapts to how dense events are (Quian Quiroga, Kreuz & Grassberger 2002; Kreuz et al. 2015), so one event
/// coincides with at most one event of another train. **Periodic events need a cap**: with one event per cycle half an
/// interval is half a cycle, and any offset whatsoever coincides. [`AdaptiveWindow::capped`] is for strides;
/// [`AdaptiveWindow::uncapped`] is PySpike's.
///
/// ```
/// use copeak::sequence::{AdaptiveWindow, Trains};
/// use copeak::synchrony::SpikeSync;
/// // Two limbs a third of a cycle apart, stride after stride.
/// let cycles = |offset: f64| (0..50).map(|i| 0.7 * (f64::from(i) + offset)).collect::<Vec<_>>();
/// let trains = Trains::new(&[cycles(0.1), cycles(0.43)], 0.0, 35.0)?;
/// assert_eq!(SpikeSync::of(&trains, AdaptiveWindow::uncapped())?.value(), 1.0);
/// assert_eq!(SpikeSync::of(&trains, AdaptiveWindow::capped(0.03)?)?.value(), 0.0);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AdaptiveWindow {
    cap_s: f64,
}

impl AdaptiveWindow {
    /// Events at least `cap_s` apart never coincide.
    ///
    /// # Errors
    /// [`Error::Parameter`] unless the cap is above 0 and finite.
    pub fn capped(cap_s: f64) -> Result<Self> {
        if cap_s > 0.0 && cap_s.is_finite() {
            return Ok(Self { cap_s });
        }
        Err(Error::Parameter {
            name: "cap of the coincidence window",
            rule: "above 0 s and finite",
            value: cap_s,
        })
    }

    /// Only the intervals between events limit the window, as in PySpike. Not for periodic events.
    pub fn uncapped() -> Self {
        Self { cap_s: f64::INFINITY }
    }

    /// The cap; `None` without.
    pub fn cap_s(&self) -> Option<f64> {
        self.cap_s.is_finite().then_some(self.cap_s)
    }

    /// Share of coincidences to be expected of two trains with one event per cycle whose offset is anything: 2 cap/T, at
    /// most 1; NaN unless the cycle is above 0.
    ///
    /// ```
    /// use copeak::sequence::AdaptiveWindow;
    /// assert_eq!(AdaptiveWindow::capped(0.035)?.chance(0.56), 0.125);
    /// assert_eq!(AdaptiveWindow::uncapped().chance(0.7), 1.0);
    /// # Ok::<(), copeak::Error>(())
    /// ```
    pub fn chance(&self, cycle_s: f64) -> f64 {
        if cycle_s > 0.0 { (2.0 * self.cap_s / cycle_s).min(1.0) } else { f64::NAN }
    }

    /// Half windows of every event of a train between these bounds, appended.
    pub(super) fn halves(&self, times: &[f64], bounds_s: (f64, f64), halves: &mut Vec<f64>) {
        let missing = bounds_s.1 - bounds_s.0;
        halves.extend(half_intervals(times, missing).map(|half| half.min(self.cap_s)));
    }
}

/// Half of the lesser of the intervals to the events before and after, for each event of a train; `missing` where there
/// is none.
pub(crate) fn half_intervals(times: &[f64], missing: f64) -> impl Iterator<Item = f64> + '_ {
    let between = move |earlier: Option<f64>, later: Option<f64>| match (earlier, later) {
        (Some(earlier), Some(later)) => later - earlier,
        _ => missing,
    };
    (0..times.len()).map(move |i| {
        let time = Some(times[i]);
        let before = between(i.checked_sub(1).map(|i| times[i]), time);
        let after = between(time, times.get(i + 1).copied());
        0.5 * before.min(after)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_neighbour_counts_as_the_whole_recording() {
        let halves = |times: &[f64]| half_intervals(times, 10.0).collect::<Vec<_>>();
        assert_eq!(halves(&[1.0, 2.0, 4.0]), [0.5, 0.5, 1.0]);
        assert_eq!(halves(&[3.0]), [5.0]);
        assert_eq!(halves(&[]), [0.0; 0]);
    }

    #[test]
    fn bad_caps_are_named() {
        for cap in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(matches!(AdaptiveWindow::capped(cap), Err(Error::Parameter { .. })), "{cap}");
        }
        assert_eq!(AdaptiveWindow::capped(0.02).unwrap().cap_s(), Some(0.02));
        assert_eq!(AdaptiveWindow::uncapped().cap_s(), None);
        assert!(AdaptiveWindow::uncapped().chance(0.0).is_nan());
    }
}
