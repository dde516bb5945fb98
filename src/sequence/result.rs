//! The whole answer for ordered channels.

use super::lag::PairCycle;
use super::order::at_level;
use super::{Order, PairLag, Timing};
use crate::inference::{Bootstrap, Strides};
use crate::numeric::median;
use crate::{Error, Result};
use alloc::{string::String, vec::Vec};
use core::fmt;

/// One cycle of a sequence: when each channel peaked (or rose) in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Cycle {
    /// What times are reported after: initial contact.
    pub start_s: f64,
    /// Length of the cycle: what lags in % refer to.
    pub duration_s: f64,
    /// Contact time, where it is known.
    pub contact_s: Option<f64>,
    /// One entry per channel in the expected order, on the recording's clock; `None` where it has none.
    pub times: Vec<Option<Timing>>,
}

/// In what order, and how far apart, ordered channels of one extremity peak.
///
/// ```
/// use copeak::inference::{Bootstrap, Strides};
/// use copeak::sequence::{Cycle, Relation, Sequence, Timing};
/// let cycles: Vec<Cycle> = [0.0, 1.0, 2.0, 3.0]
///     .iter()
///     .map(|&start_s| Cycle {
///         start_s,
///         duration_s: 1.0,
///         contact_s: Some(0.25),
///         times: vec![Some(Timing::at(start_s + 0.125)), Some(Timing::at(start_s + 0.1875))],
///     })
///     .collect();
/// let sequence = Sequence::of(&["hip", "knee"], &cycles, &Strides::singly(4), &Bootstrap::new(1))?;
/// let lag = &sequence.pairs[0];
/// assert_eq!((lag.mean_s.value, lag.contact_percent), (0.0625, Some(25.0)));
/// assert_eq!(lag.relation, Relation::Before);
/// assert_eq!(sequence.median_after_start_s, [Some(0.125), Some(0.1875)]);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Sequence {
    /// The channels in the expected order, proximal first.
    pub channels: Vec<String>,
    /// Lags between neighbours, then from first to last; a pair that no cycle has is not there.
    pub pairs: Vec<PairLag>,
    /// How well the expected order holds; `None` when no cycle has every channel.
    pub order: Option<Order>,
    /// Each channel's median time after the cycle's start; `None` when no cycle has it.
    pub median_after_start_s: Vec<Option<f64>>,
    /// Number of cycles looked at.
    pub cycles: usize,
}

impl Sequence {
    /// The sequence of `channels` (in the expected order) over `cycles`; `strides` says which cycles make up a stride,
    /// the unit of every interval. `bootstrap` sets the level, and the draws of the medians' intervals.
    ///
    /// # Errors
    /// [`Error::TooFew`] below 2 channels or without a cycle; [`Error::LengthMismatch`] when a cycle has another number
    /// of channels, or `strides` another number of cycles; [`Error::NonFinite`] for a time, standard error or start
    /// that is NaN or infinite (the index is the cycle's); [`Error::Parameter`] for a cycle or contact that does not
    /// last, or a negative standard error.
    pub fn of<C: AsRef<str>>(
        channels: &[C],
        cycles: &[Cycle],
        strides: &Strides,
        bootstrap: &Bootstrap,
    ) -> Result<Self> {
        let m = channels.len();
        check(m, cycles, strides)?;
        let neighbours = (1..m).map(|i| (i - 1, i));
        let ends = (m > 2).then_some((0, m - 1));
        let mut pairs = Vec::with_capacity(m);
        for (from, to) in neighbours.chain(ends) {
            let seen: Vec<PairCycle> = cycles
                .iter()
                .map(|cycle| PairCycle {
                    first: cycle.times[from],
                    second: cycle.times[to],
                    duration_s: cycle.duration_s,
                    contact_s: cycle.contact_s,
                })
                .collect();
            pairs.extend(PairLag::of((from, to), &seen, strides, bootstrap)?);
        }
        let after_start = |cycle: &Cycle, i: usize| cycle.times[i].map(|t| t.time_s - cycle.start_s);
        let rows: Vec<Vec<f64>> = cycles
            .iter()
            .map(|cycle| (0..m).map(|i| after_start(cycle, i).unwrap_or(f64::NAN)).collect())
            .collect();
        let complete = rows.iter().any(|row| row.iter().all(|t| !t.is_nan()));
        let median_of = |i| median(&mut cycles.iter().filter_map(|c| after_start(c, i)).collect::<Vec<_>>());
        Ok(Self {
            channels: channels.iter().map(|c| c.as_ref().into()).collect(),
            pairs,
            order: if complete { Some(at_level(&rows, bootstrap.level())?) } else { None },
            median_after_start_s: (0..m).map(median_of).collect(),
            cycles: cycles.len(),
        })
    }

    /// The lag from one channel to another, by name; `None` when that pair was not looked at.
    pub fn pair(&self, from: &str, to: &str) -> Option<&PairLag> {
        self.pairs.iter().find(|p| self.channels[p.from] == from && self.channels[p.to] == to)
    }
}

fn check(channels: usize, cycles: &[Cycle], strides: &Strides) -> Result<()> {
    let operation = "a sequence of channels";
    if channels < 2 {
        return Err(Error::TooFew { operation, unit: "channels", needed: 2, got: channels });
    }
    if cycles.is_empty() {
        return Err(Error::TooFew { operation, unit: "cycles", needed: 1, got: 0 });
    }
    if strides.steps() != cycles.len() {
        return Err(Error::LengthMismatch { operation, left: cycles.len(), right: strides.steps() });
    }
    for (index, cycle) in cycles.iter().enumerate() {
        if cycle.times.len() != channels {
            return Err(Error::LengthMismatch { operation, left: channels, right: cycle.times.len() });
        }
        let errors = cycle.times.iter().flatten().filter_map(|t| t.se_s);
        let times = cycle.times.iter().flatten().map(|t| t.time_s);
        if !times.chain(errors.clone()).chain([cycle.start_s]).all(f64::is_finite) {
            return Err(Error::NonFinite { operation, index });
        }
        if let Some(value) = errors.clone().find(|&se| se < 0.0) {
            return Err(Error::Parameter { name: "standard error", rule: "at least 0 s", value });
        }
        for (name, value) in [("cycle", Some(cycle.duration_s)), ("contact", cycle.contact_s)] {
            if let Some(value) = value.filter(|v| !(v.is_finite() && *v > 0.0)) {
                return Err(Error::Parameter { name, rule: "finite and longer than 0 s", value });
            }
        }
    }
    Ok(())
}

impl fmt::Display for Sequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for pair in &self.pairs {
            let (from, to) = (&self.channels[pair.from], &self.channels[pair.to]);
            write!(f, "{from} -> {to}: {:+.1} ms", 1e3 * pair.mean_s.value)?;
            match pair.mean_s.ci {
                Some((low, high)) => write!(f, " [{:+.1}, {:+.1}]", 1e3 * low, 1e3 * high)?,
                None => f.write_str(" (no interval)")?,
            }
            let mark = if pair.mean_s.approximate { ", approximate" } else { "" };
            writeln!(f, ", {}, n {}{mark}", pair.relation, pair.n)?;
        }
        match &self.order {
            Some(order) => write!(f, "{order}"),
            None => f.write_str("no cycle has every channel, so there is no order"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{format, vec};

    fn cycle(start_s: f64, times: &[Option<f64>]) -> Cycle {
        let times = times.iter().map(|t| t.map(|t| Timing::at(start_s + t))).collect();
        Cycle { start_s, duration_s: 0.5, contact_s: None, times }
    }

    fn of(channels: &[&str], cycles: &[Cycle]) -> Result<Sequence> {
        Sequence::of(channels, cycles, &Strides::singly(cycles.len()), &Bootstrap::new(1))
    }

    #[test]
    fn neighbours_then_the_ends() {
        let row = [Some(0.1), Some(0.125), Some(0.25)];
        let sequence = of(&["hip", "knee", "ankle"], &[cycle(0.0, &row), cycle(0.5, &row)]).unwrap();
        let pairs: Vec<(usize, usize)> = sequence.pairs.iter().map(|p| (p.from, p.to)).collect();
        assert_eq!(pairs, [(0, 1), (1, 2), (0, 2)]);
        assert_eq!(sequence.pair("hip", "ankle").unwrap().n, 2);
        assert_eq!(sequence.pair("ankle", "hip"), None);
        assert_eq!(sequence.order.as_ref().unwrap().probability.value, 1.0);
        assert!(
            format!("{sequence}").contains("hip -> knee: +25.0 ms (no interval), unclear, n 2, approximate")
        );
    }

    #[test]
    fn the_level_is_that_of_every_interval() {
        let row = [Some(0.1), Some(0.125)];
        let bootstrap = Bootstrap::new(1).with_level(0.8).unwrap();
        let cycles = [cycle(0.0, &row), cycle(0.5, &row), cycle(1.0, &row)];
        let sequence = Sequence::of(&["hip", "knee"], &cycles, &Strides::singly(3), &bootstrap).unwrap();
        let order = sequence.order.unwrap().probability;
        assert_eq!((order.level, order.ci), (0.8, crate::inference::wilson(3, 3, 0.8).unwrap().ci));
        assert_eq!((sequence.pairs[0].mean_s.level, sequence.pairs[0].median_s.level), (0.8, 0.8));
    }

    #[test]
    fn a_channel_that_never_peaks_leaves_the_others() {
        let row = [Some(0.1), None, Some(0.25)];
        let sequence = of(&["hip", "knee", "ankle"], &[cycle(0.0, &row), cycle(0.5, &row)]).unwrap();
        assert_eq!(sequence.pairs.len(), 1);
        assert_eq!(sequence.order, None);
        assert_eq!(sequence.median_after_start_s[1], None);
        assert!(format!("{sequence}").ends_with("there is no order"));
    }

    #[test]
    fn bad_input_is_named() {
        let good = cycle(0.0, &[Some(0.1), Some(0.2)]);
        let (one, two) = ([good.clone()], ["hip", "knee"]);
        assert!(matches!(of(&["hip"], &one), Err(Error::TooFew { unit: "channels", .. })));
        assert!(matches!(of(&two, &[]), Err(Error::TooFew { unit: "cycles", .. })));
        assert!(matches!(of(&["a", "b", "c"], &one), Err(Error::LengthMismatch { .. })));
        let strides = Strides::singly(2);
        let mismatched = Sequence::of(&two, &one, &strides, &Bootstrap::new(1));
        assert!(matches!(mismatched, Err(Error::LengthMismatch { left: 1, right: 2, .. })));
        let broken = cycle(0.0, &[Some(f64::NAN), Some(0.2)]);
        assert!(matches!(of(&two, &[good.clone(), broken]), Err(Error::NonFinite { index: 1, .. })));
        let short = Cycle { duration_s: 0.0, ..good.clone() };
        assert!(matches!(of(&two, &[short]), Err(Error::Parameter { name: "cycle", .. })));
        let negative = Some(Timing { time_s: 0.1, se_s: Some(-0.1) });
        let unsure = Cycle { times: vec![negative, None], ..good };
        assert!(matches!(of(&two, &[unsure]), Err(Error::Parameter { name: "standard error", .. })));
    }
}
