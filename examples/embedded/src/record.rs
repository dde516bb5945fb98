//! Results as numbers that another machine compares.

use crate::{CONTRIBUTORS, Found};
use copeak::event::{EventKind, Side};

/// A letter for what it is, and its numbers.
pub struct Record {
    /// `p` for a peak, `e` for an event, `s` for a step.
    pub kind: u8,
    /// Its numbers; NaN for what is not defined.
    pub values: [f64; 9 + 2 * CONTRIBUTORS],
    /// Number of values that are set.
    pub len: usize,
}

/// Peak: sample, place, height. Event: time, standard error, right foot, take-off. Step: number, right foot, start, cycle,
/// coincidence, chance, kappa, simultaneity, spread, then lag and mean lag of each contributor.
pub fn record(found: &Found<'_>) -> Record {
    let right = |side| f64::from(u8::from(side == Side::Right));
    let mut values = [f64::NAN; 9 + 2 * CONTRIBUTORS];
    let (kind, len) = match found {
        Found::Peak(peak) => {
            let [index, place, height, ..] = &mut values;
            (*index, *place, *height) = (peak.index as f64, peak.vertex.position, peak.height);
            (b'p', 3)
        }
        Found::Event(event) => {
            let [time, se, side, left, ..] = &mut values;
            let take_off = f64::from(u8::from(event.kind == EventKind::TerminalContact));
            (*time, *se, *side, *left) = (event.time_s, event.se_s, right(event.side), take_off);
            (b'e', 4)
        }
        Found::Step(step) => {
            let or_nan = |value: Option<f64>| value.unwrap_or(f64::NAN);
            let first = [
                step.number as f64,
                right(step.side),
                step.start_s,
                step.cycle_s,
                or_nan(step.coincidence),
                or_nan(step.chance),
                or_nan(step.kappa),
                or_nan(step.simultaneity),
                or_nan(step.spread_s),
            ];
            let lags = step.lags.iter().flat_map(|lag| [or_nan(lag.lag_s), lag.mean_lag_s]);
            values.iter_mut().zip(first.into_iter().chain(lags)).for_each(|(place, value)| *place = value);
            (b's', 9 + 2 * CONTRIBUTORS)
        }
    };
    Record { kind, values, len }
}
