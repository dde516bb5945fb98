//! Where a circle of times is cut open, so that they have an order.

use super::Cycle;
use crate::{Error, Result};
use alloc::vec::Vec;
use core::f64::consts::TAU;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Below this resultant the mean phase is rounding noise.
const NO_DIRECTION: f64 = 1e-12;

/// Where circular cycles were cut open.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct CircleCut {
    /// Where, as a fraction of the cycle from its start, in [0, 1): in the middle of the largest gap.
    pub phase: f64,
    /// The largest gap between the channels' mean phases, as a fraction of the cycle. What comes first is a matter of
    /// this gap being the largest.
    pub gap: f64,
    /// How far the next-largest gap falls short of it; 1 for a single channel.
    pub margin: f64,
}

/// Moves every time by whole cycles to where it belongs when the circle is cut in the middle of the largest gap between
/// the channels' mean phases.
///
/// Each time then lies within half a cycle of its channel's mean phase, and these lie in one turn from the seam on, so
/// lags still add up. `None` without a time.
pub(super) fn unroll(cycles: &mut [Cycle]) -> Result<Option<CircleCut>> {
    let channels = cycles.first().map_or(0, |cycle| cycle.times.len());
    let phase = |cycle: &Cycle, time_s: f64| (time_s - cycle.start_s) / cycle.duration_s;
    let mut means = Vec::with_capacity(channels);
    for channel in 0..channels {
        let phases = cycles.iter().filter_map(|cycle| Some(phase(cycle, cycle.times[channel]?.time_s)));
        let (x, y, n) = phases.fold((0.0, 0.0, 0.0), |(x, y, n), phase| {
            let (sin, cos) = (TAU * phase).sin_cos();
            (x + cos, y + sin, n + 1.0)
        });
        if n > 0.0 && x.hypot(y) <= n * NO_DIRECTION {
            let reason = "its times cancel out on the circle, so it has no mean phase";
            return Err(Error::Undefined { quantity: "the place of a channel in a circular cycle", reason });
        }
        means.push((n > 0.0).then(|| wrap(y.atan2(x) / TAU)));
    }
    let mut sorted: Vec<f64> = means.iter().copied().flatten().collect();
    sorted.sort_by(f64::total_cmp);
    let Some((&first, &last)) = sorted.first().zip(sorted.last()) else { return Ok(None) };
    // The gap before each mean; that before the first goes round the circle. Of equal gaps the first counts.
    let mut gaps: Vec<(f64, f64)> =
        core::iter::once((last - 1.0, first)).chain(sorted.windows(2).map(|w| (w[0], w[1]))).collect();
    gaps.sort_by(|(a, b), (c, d)| (d - c).total_cmp(&(b - a)));
    let (from, to) = gaps[0];
    let margin = gaps.get(1).map_or(1.0, |(a, b)| (to - from) - (b - a));
    let seam = CircleCut { phase: wrap(0.5 * (from + to)), gap: to - from, margin };
    // The turn from the seam on that begins with a channel in [0, 1).
    let places: Vec<Option<f64>> =
        means.iter().map(|mean| mean.map(|mean| seam.phase + wrap(mean - seam.phase))).collect();
    let earliest = places.iter().copied().flatten().fold(f64::INFINITY, f64::min).floor();
    for cycle in cycles {
        let (start_s, duration_s) = (cycle.start_s, cycle.duration_s);
        for (time, place) in cycle.times.iter_mut().zip(&places) {
            if let (Some(time), Some(place)) = (time, place) {
                let turns = (place - earliest - (time.time_s - start_s) / duration_s).round();
                time.time_s += turns * duration_s;
            }
        }
    }
    Ok(Some(seam))
}

/// The phase brought into [0, 1).
fn wrap(phase: f64) -> f64 {
    let wrapped = phase - phase.floor();
    if wrapped < 1.0 { wrapped } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::super::Timing;
    use super::*;
    use alloc::vec;

    fn cycles(rows: &[Vec<Option<f64>>]) -> Vec<Cycle> {
        let of = |row: &Vec<Option<f64>>| Cycle {
            start_s: 10.0,
            duration_s: 0.5,
            contact_s: None,
            times: row.iter().map(|p| p.map(|p| Timing::at(10.0 + 0.5 * p))).collect(),
        };
        rows.iter().map(of).collect()
    }

    fn phases(cycles: &[Cycle]) -> Vec<Vec<Option<f64>>> {
        let of = |c: &Cycle| {
            c.times.iter().map(|t| t.map(|t| ((t.time_s - 10.0) / 0.5 * 1e9).round() / 1e9)).collect()
        };
        cycles.iter().map(of).collect()
    }

    #[test]
    fn a_peak_past_the_seam_still_comes_after() {
        let mut found = cycles(&[vec![Some(0.96), Some(0.04)], vec![Some(0.02), Some(0.1)]]);
        let seam = unroll(&mut found).unwrap().unwrap();
        assert!((seam.phase - 0.53).abs() < 1e-9 && (seam.gap - 0.92).abs() < 1e-9, "{seam:?}");
        assert_eq!(phases(&found), [vec![Some(0.96), Some(1.04)], vec![Some(1.02), Some(1.1)]]);
    }

    #[test]
    fn times_clear_of_the_seam_stay_where_they_are() {
        let rows = [vec![Some(0.3), Some(0.35), Some(0.5)], vec![Some(0.32), None, Some(0.48)]];
        let mut found = cycles(&rows);
        let seam = unroll(&mut found).unwrap().unwrap();
        assert_eq!(phases(&found), rows);
        assert!((seam.margin - (0.82 - 0.14)).abs() < 1e-9, "{seam:?}");
    }

    #[test]
    fn nothing_to_place_and_nowhere_to_place_it() {
        assert_eq!(unroll(&mut []).unwrap(), None);
        assert_eq!(unroll(&mut cycles(&[vec![None, None]])).unwrap(), None);
        let opposite = unroll(&mut cycles(&[vec![Some(0.1)], vec![Some(0.6)]]));
        assert!(matches!(opposite, Err(Error::Undefined { .. })));
        let alone = unroll(&mut cycles(&[vec![Some(0.75)]])).unwrap().unwrap();
        assert_eq!((alone.gap, alone.margin), (1.0, 1.0));
    }
}
