//! The whole answer for ordered channels.

use super::{CircleCut, Order, PairLag, SequenceChannel, Sequencer, Timing};
use crate::Result;
use crate::inference::{Bootstrap, Estimate, Strides};
use alloc::vec::Vec;
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
/// It prints itself, serialises (feature `serde`) and is drawn by `report::figure::timeline` (feature `std`).
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
/// let sequence = Sequence::of(&["hip", "knee"], &cycles, &Strides::ungrouped(4), &Bootstrap::new(1))?;
/// let lag = &sequence.pairs[0];
/// assert_eq!((lag.mean_s.value, lag.contact_percent.unwrap().value), (0.0625, 25.0));
/// assert_eq!(lag.relation, Relation::Before);
/// assert_eq!(sequence.times[1].median_s, Some(0.1875));
/// println!("{sequence}");
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Sequence {
    /// The channels in the expected order, proximal first.
    pub channels: Vec<SequenceChannel>,
    /// Lags between neighbours, then from first to last; a pair that no cycle has is not there.
    pub pairs: Vec<PairLag>,
    /// How well the expected order holds; `None` when no cycle has every channel.
    pub order: Option<Order>,
    /// When each channel peaks after the cycle's start.
    pub times: Vec<ChannelTimes>,
    /// Number of cycles looked at.
    pub cycles: usize,
    /// Number of strides that they make up: the unit of every interval.
    pub strides: usize,
    /// Mean contact time; `None` unless every cycle has one.
    pub mean_contact_s: Option<f64>,
    /// The lag within which a pair counts as tied over the cycles, where one was given.
    pub tie_within_s: Option<f64>,
    /// Where circular cycles were cut open; `None` when they are not circular.
    pub seam: Option<CircleCut>,
}

/// When one channel peaks after the cycle's start.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ChannelTimes {
    /// Mean, with t-interval over strides. Errors of delays and clocks are in the lags, not here. `None` when no cycle
    /// has the channel.
    pub mean_s: Option<Estimate>,
    /// Median over cycles.
    pub median_s: Option<f64>,
    /// In each cycle, delay included, `None` where it has none.
    pub after_start_s: Vec<Option<f64>>,
}

impl Sequence {
    /// The sequence of `channels` (in the expected order) over `cycles`; `strides` says which cycles make up a stride,
    /// the unit of every interval. `bootstrap` sets the level, and the draws of the medians' intervals.
    ///
    /// [`Sequencer`] can do more.
    ///
    /// # Errors
    /// As [`Sequencer::new`] and [`Sequencer::find`].
    pub fn of<C: Clone + Into<SequenceChannel>>(
        channels: &[C],
        cycles: &[Cycle],
        strides: &Strides,
        bootstrap: &Bootstrap,
    ) -> Result<Self> {
        Sequencer::new(channels, *bootstrap)?.find(cycles, strides)
    }

    /// The lag from one channel to another, by name; `None` when that pair was not looked at.
    pub fn pair(&self, from: &str, to: &str) -> Option<&PairLag> {
        self.pairs.iter().find(|p| self.channels[p.from].name == from && self.channels[p.to].name == to)
    }
}

impl fmt::Display for Sequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for pair in &self.pairs {
            describe(f, pair, &self.channels[pair.from].name, &self.channels[pair.to].name)?;
        }
        for channel in self.channels.iter().filter(|c| c.delay_s != 0.0 || c.delay_se_s != 0.0) {
            let (delay, se) = (1e3 * channel.delay_s, 1e3 * channel.delay_se_s);
            writeln!(
                f,
                "{} counts as {delay:.1} ms later than it was seen (standard error {se:.1} ms)",
                channel.name
            )?;
        }
        if let Some(seam) = &self.seam {
            let (phase, gap) = (100.0 * seam.phase, 100.0 * seam.gap);
            write!(f, "circular, cut at {phase:.0} % of the cycle, in a gap of {gap:.0} %")?;
            f.write_str(if seam.margin < 0.1 {
                "; the next is nearly as large, so what comes first is open\n"
            } else {
                "\n"
            })?;
        }
        match &self.order {
            Some(order) => write!(f, "{order}"),
            None => f.write_str("no cycle has every channel, so there is no order"),
        }
    }
}

/// One line on one pair.
pub(super) fn describe(f: &mut fmt::Formatter<'_>, pair: &PairLag, from: &str, to: &str) -> fmt::Result {
    write!(f, "{from} -> {to}: {:+.1}", pair.mean_s.ms().unmarked())?;
    match &pair.contact_percent {
        Some(percent) => write!(f, ", {:+.1}", percent.in_unit(1.0, "% of contact").unmarked())?,
        None => write!(f, ", {:+.1}", pair.cycle_percent.in_unit(1.0, "% of the cycle").unmarked())?,
    }
    let [before, tie, after] = pair.counts();
    let mark = if pair.mean_s.approximate { ", approximate" } else { "" };
    write!(f, ", {}, n {} ", pair.relation, pair.n)?;
    writeln!(f, "({before} before, {tie} tied, {after} after){mark}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;
    use alloc::{format, vec};

    fn cycle(start_s: f64, times: &[Option<f64>]) -> Cycle {
        let times = times.iter().map(|t| t.map(|t| Timing::at(start_s + t))).collect();
        Cycle { start_s, duration_s: 0.5, contact_s: None, times }
    }

    fn of(channels: &[&str], cycles: &[Cycle]) -> Result<Sequence> {
        Sequence::of(channels, cycles, &Strides::ungrouped(cycles.len()), &Bootstrap::new(1))
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
            format!("{sequence}").contains(
                "hip -> knee: +25.0 ms (no interval), +5.0 % of the cycle (no interval), unclear, n 2 (2 before, 0 tied, 0 \
                 after), approximate"
            )
        );
    }

    #[test]
    fn what_was_allowed_for_is_said() {
        let row = [Some(0.45), Some(0.02)];
        let cycles = [cycle(0.0, &row), cycle(0.5, &row), cycle(1.0, &row)];
        let channels = [SequenceChannel::new("calf").delayed(0.04, 0.01), SequenceChannel::new("force")];
        let sequencer = Sequencer::new(&channels, Bootstrap::new(1)).unwrap().circular();
        let said = format!("{}", sequencer.find(&cycles, &Strides::ungrouped(3)).unwrap());
        assert!(
            said.contains("calf counts as 40.0 ms later than it was seen (standard error 10.0 ms)"),
            "{said}"
        );
        assert!(said.contains("circular, cut at 51 % of the cycle, in a gap of 94 %\n"), "{said}");
        let opposite = [Some(0.1), Some(0.34)];
        let cycles = [cycle(0.0, &opposite), cycle(0.5, &opposite)];
        let sequencer = Sequencer::new(&["left", "right"], Bootstrap::new(1)).unwrap().circular();
        let said = format!("{}", sequencer.find(&cycles, &Strides::ungrouped(2)).unwrap());
        assert!(said.contains("what comes first is open"), "{said}");
    }

    #[test]
    fn the_level_is_that_of_every_interval() {
        let row = [Some(0.1), Some(0.125)];
        let bootstrap = Bootstrap::new(1).level(0.8);
        let cycles = [cycle(0.0, &row), cycle(0.5, &row), cycle(1.0, &row)];
        let sequence = Sequence::of(&["hip", "knee"], &cycles, &Strides::ungrouped(3), &bootstrap).unwrap();
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
        assert_eq!(sequence.times[1].median_s, None);
        assert!(format!("{sequence}").ends_with("there is no order"));
    }

    #[test]
    fn bad_input_is_named() {
        let good = cycle(0.0, &[Some(0.1), Some(0.2)]);
        let (one, two) = ([good.clone()], ["hip", "knee"]);
        assert!(matches!(of(&["hip"], &one), Err(Error::TooFew { unit: "channels", .. })));
        assert!(matches!(of(&two, &[]), Err(Error::TooFew { unit: "cycles", .. })));
        assert!(matches!(of(&["a", "b", "c"], &one), Err(Error::LengthMismatch { .. })));
        let strides = Strides::ungrouped(2);
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
