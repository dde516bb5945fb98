//! The sequence of ordered channels over cycles.

use super::lag::{Judging, PairCycle, PairLag, check_standard_error, mean};
use super::order::at_level;
use super::{Order, Timing};
use crate::inference::{Bootstrap, Estimate, Strides};
use crate::math::median;
use crate::{Error, Result};
use alloc::string::String;
use alloc::vec::Vec;
use core::f64::consts::TAU;
use core::fmt;
use core::ops::Range;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// One cycle of a sequence, with the time at which each channel peaked (or rose).
#[derive(Debug, Clone, PartialEq)]
pub struct Cycle {
    /// Start of the cycle, from which times are reported: initial contact.
    pub start_s: f64,
    /// Length of the cycle, to which lags in % refer.
    pub duration_s: f64,
    /// Contact time, if known.
    pub contact_s: Option<f64>,
    /// Time of each channel in the expected order, on the recording's clock; `None` where it has none.
    pub times: Vec<Option<Timing>>,
}

/// The order and the lags in which the channels of one extremity peak.
///
/// It implements `Display`, serialises (feature `serde`) and is drawn by `report::figure::timeline` (feature `std`).
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
    /// Lags between neighbours, then from first to last; a pair that no cycle has is absent.
    pub pairs: Vec<PairLag>,
    /// Agreement with the expected order; `None` when no cycle has every channel.
    pub order: Option<Order>,
    /// Time of each channel's peak after the cycle's start.
    pub times: Vec<ChannelTimes>,
    /// Number of cycles.
    pub cycles: usize,
    /// Number of strides that the cycles form: the unit of every interval.
    pub strides: usize,
    /// Mean contact time; `None` unless every cycle has one.
    pub mean_contact_s: Option<f64>,
    /// Largest lag that counts as a tie over the cycles, if one was set.
    pub tie_within_s: Option<f64>,
    /// The phase at which circular cycles were cut; `None` when they are not circular.
    pub seam: Option<CircleCut>,
}

/// Time of one channel's peak after the cycle's start.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ChannelTimes {
    /// Mean, with t-interval over strides. Errors of delays and clocks are in the lags, not here. `None` when no cycle
    /// has the channel.
    pub mean_s: Option<Estimate>,
    /// Median over cycles.
    pub median_s: Option<f64>,
    /// Time in each cycle, delay included; `None` where it has none.
    pub after_start_s: Vec<Option<f64>>,
}

impl Sequence {
    /// Computes the sequence of `channels` (in the expected order) over `cycles`; `strides` groups the cycles into strides,
    /// the unit of every interval. `bootstrap` sets the level, and the draws of the medians' intervals.
    ///
    /// [`Sequencer`] has more settings.
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

    /// Returns the lag from one channel to another, by name; `None` when that pair was not compared.
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

/// Writes one line on one pair.
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

/// A channel of a sequence.
///
/// A plain name suffices when everything is on one clock and nothing is delayed: `"hip".into()`.
///
/// - A **delay** moves the channel's times later before anything is compared. A muscle's electrical onset precedes its
///   force: with an electromechanical delay of 40 ms an onset at 0.10 s in the electromyogram is a pull at 0.14 s. A delay is
///   never assumed, and the result states it.
/// - A **device** has its own clock, known to a standard error. Between channels of one device that error cancels.
///
/// Both errors are the same in every cycle, so no number of cycles reduces them: they enter the interval of a lag in
/// addition to its scatter.
///
/// ```
/// use copeak::sequence::SequenceChannel;
/// let muscle = SequenceChannel::new("gastrocnemius").delayed(0.04, 0.01).on_device("emg", 0.002);
/// let force = SequenceChannel::from("force");
/// assert_eq!(muscle.common_error_s(&force), 0.01f64.hypot(0.002));
/// let soleus = SequenceChannel::new("soleus").on_device("emg", 0.002);
/// assert_eq!(muscle.common_error_s(&soleus), 0.01); // one clock
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SequenceChannel {
    /// Its name.
    pub name: String,
    /// Delay in seconds that is added to the channel's times.
    pub delay_s: f64,
    /// Standard error of the delay.
    pub delay_se_s: f64,
    /// The device that recorded it; `None` for the device of the recording's clock.
    pub device: Option<String>,
    /// Standard error of that device's clock against the recording's.
    pub sync_se_s: f64,
}

impl SequenceChannel {
    /// Creates a channel without delay, on the recording's clock.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), delay_s: 0.0, delay_se_s: 0.0, device: None, sync_se_s: 0.0 }
    }

    /// Counts its times as this much later; `se_s` is the delay's standard error, 0 if it is exact.
    #[doc(alias = "electromechanical delay")]
    #[doc(alias = "EMD")]
    #[must_use]
    pub fn delayed(self, delay_s: f64, se_s: f64) -> Self {
        Self { delay_s, delay_se_s: se_s, ..self }
    }

    /// Sets the device that recorded it, whose clock agrees with the recording's to a standard error of `sync_se_s`.
    #[must_use]
    pub fn on_device(self, device: impl Into<String>, sync_se_s: f64) -> Self {
        Self { device: Some(device.into()), sync_se_s, ..self }
    }

    /// Requires a finite delay, and standard errors that are finite and not below 0.
    fn check(&self) -> Result<()> {
        if !self.delay_s.is_finite() {
            return Err(Error::Parameter { name: "delay", rule: "finite", value: self.delay_s });
        }
        [self.delay_se_s, self.sync_se_s].into_iter().try_for_each(check_standard_error)
    }

    /// Returns the standard error of a lag to `other` that every cycle shares: from both delays, and from the clocks unless
    /// they are the same.
    pub fn common_error_s(&self, other: &SequenceChannel) -> f64 {
        let clocks = if self.device == other.device { 0.0 } else { self.sync_se_s.hypot(other.sync_se_s) };
        self.delay_se_s.hypot(other.delay_se_s).hypot(clocks)
    }
}

impl<S: Into<String>> From<S> for SequenceChannel {
    fn from(name: S) -> Self {
        Self::new(name)
    }
}

/// Computes a [`Sequence`], with all settings.
///
/// ```
/// use copeak::inference::{Bootstrap, Strides};
/// use copeak::sequence::{SequenceChannel, Cycle, Sequencer, Timing};
/// // Peaks close to the cycle start: those of the knee fall into the next cycle.
/// let cycles: Vec<Cycle> = [0.0, 1.0, 2.0, 3.0]
///     .iter()
///     .map(|&start_s| Cycle {
///         start_s,
///         duration_s: 1.0,
///         contact_s: None,
///         times: vec![Some(Timing::at(start_s + 0.96875)), Some(Timing::at(start_s + 0.03125))],
///     })
///     .collect();
/// let channels = [SequenceChannel::new("hip"), SequenceChannel::new("knee").on_device("imu", 0.002)];
/// let sequencer = Sequencer::new(&channels, Bootstrap::new(1))?.circular();
/// let sequence = sequencer.find(&cycles, &Strides::ungrouped(4))?;
/// assert_eq!(sequence.pairs[0].mean_s.value, 0.0625);
/// assert!(sequence.pairs[0].mean_s.ci.unwrap().low > 0.058); // 1.96 times 2 ms
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Sequencer {
    channels: Vec<SequenceChannel>,
    bootstrap: Bootstrap,
    circular: bool,
    tie_within_s: Option<f64>,
}

impl Sequencer {
    /// Creates a sequencer for channels in the expected order, proximal first. `bootstrap` sets the level of every interval,
    /// and the draws of the medians' intervals.
    ///
    /// # Errors
    /// [`Error::TooFew`] below 2 channels; [`Error::Parameter`] for a setting of the bootstrap outside its range, a delay that
    /// is not finite, a standard error that is not finite or below 0, or when channels of one device have different errors of
    /// its clock.
    pub fn new<C: Clone + Into<SequenceChannel>>(channels: &[C], bootstrap: Bootstrap) -> Result<Self> {
        let bootstrap = bootstrap.checked()?;
        let channels: Vec<SequenceChannel> = channels.iter().map(|channel| channel.clone().into()).collect();
        if channels.len() < 2 {
            let (operation, got) = ("a sequence of channels", channels.len());
            return Err(Error::TooFew { operation, unit: "channels", needed: 2, got });
        }
        for (i, a) in channels.iter().enumerate() {
            a.check()?;
            let same = |b: &&SequenceChannel| a.device == b.device && a.sync_se_s != b.sync_se_s;
            if let Some(other) = channels[..i].iter().find(same) {
                let (name, rule) = ("standard error of a device's clock", "the same for all of its channels");
                return Err(Error::Parameter { name, rule, value: other.sync_se_s });
            }
        }
        Ok(Self { channels, bootstrap, circular: false, tie_within_s: None })
    }

    /// Treats cycles as circular: a peak near the cycle start may belong to this cycle or to the next.
    ///
    /// The circle is cut in the middle of the largest gap between the channels' mean phases ([`super::sequencer::CircleCut`]), and every
    /// time is moved by whole cycles accordingly.
    #[must_use]
    pub fn circular(self) -> Self {
        Self { circular: true, ..self }
    }

    /// Counts a mean lag whose interval lies within this much of 0, which must be above 0, as a [`super::Relation::Tie`].
    ///
    /// Without it no pair is tied over cycles: an interval that spans 0 is no evidence of a tie.
    #[must_use]
    pub fn tie_within(self, lag_s: f64) -> Self {
        Self { tie_within_s: Some(lag_s), ..self }
    }

    /// Returns the channels.
    pub fn channels(&self) -> &[SequenceChannel] {
        &self.channels
    }

    /// Computes the sequence over `cycles`; `strides` groups them into strides, the unit of every interval.
    ///
    /// # Errors
    /// [`Error::TooFew`] without a cycle; [`Error::LengthMismatch`] when a cycle has another number of channels, or
    /// `strides` another number of cycles; [`Error::NonFinite`] for a time, standard error or start that is NaN or
    /// infinite (the index is the cycle's); [`Error::Parameter`] for a cycle or contact without duration, a negative standard
    /// error, or a tie margin that is not finite or not above 0; [`Error::Undefined`] when circular and a channel's times
    /// cancel out.
    pub fn find(&self, cycles: &[Cycle], strides: &Strides) -> Result<Sequence> {
        check(self.channels.len(), cycles, strides)?;
        let (cycles, seam) = self.prepared(cycles)?;
        Ok(Sequence { seam, ..self.find_prepared(&cycles, strides)? })
    }

    /// Computes the sequence over [prepared](Self::prepared) cycles.
    pub(super) fn find_prepared(&self, cycles: &[Cycle], strides: &Strides) -> Result<Sequence> {
        let m = self.channels.len();
        let neighbours = (1..m).map(|i| (i - 1, i));
        let ends = (m > 2).then_some((0, m - 1));
        let mut pairs = Vec::with_capacity(m);
        for pair in neighbours.chain(ends) {
            pairs.extend(self.lag(pair, cycles, strides)?);
        }
        let rows: Vec<Vec<f64>> = cycles.iter().map(after_start).collect();
        let complete = rows.iter().any(|row| row.iter().all(|t| !t.is_nan()));
        let times = |channel: usize| -> Result<ChannelTimes> {
            let after_start_s: Vec<f64> = rows.iter().map(|row| row[channel]).collect();
            let mut present: Vec<f64> = after_start_s.iter().copied().filter(|t| !t.is_nan()).collect();
            let used = cycles.iter().zip(&after_start_s).filter(|(_, t)| !t.is_nan());
            let cycle_s = used.map(|(cycle, _)| cycle.duration_s).sum::<f64>() / present.len() as f64;
            let average = || mean(&after_start_s, strides, 0.0, self.bootstrap.confidence(), cycle_s);
            Ok(ChannelTimes {
                mean_s: if present.is_empty() { None } else { Some(average()?.0) },
                median_s: median(&mut present),
                after_start_s: after_start_s.iter().map(|t| (!t.is_nan()).then_some(*t)).collect(),
            })
        };
        let contacts: Option<Vec<f64>> = cycles.iter().map(|cycle| cycle.contact_s).collect();
        Ok(Sequence {
            channels: self.channels.clone(),
            pairs,
            order: if complete { Some(at_level(&rows, self.bootstrap.confidence())?) } else { None },
            times: (0..m).map(times).collect::<Result<_>>()?,
            cycles: cycles.len(),
            strides: strides.len(),
            mean_contact_s: contacts.map(|c| c.iter().sum::<f64>() / c.len() as f64),
            tie_within_s: self.tie_within_s,
            seam: None,
        })
    }

    /// Returns the sequencer of some of the channels.
    pub(super) fn part(&self, channels: Range<usize>) -> Self {
        Self { channels: self.channels[channels].to_vec(), ..self.clone() }
    }

    /// Returns the cycles with delays added, and unrolled if they are circular.
    pub(super) fn prepared(
        &self,
        cycles: &[Cycle],
    ) -> Result<(Vec<Cycle>, Option<super::sequencer::CircleCut>)> {
        if let Some(value) = self.tie_within_s.filter(|lag_s| !(lag_s.is_finite() && *lag_s > 0.0)) {
            let (name, rule) = ("lag that counts as a tie", "finite and above 0 s");
            return Err(Error::Parameter { name, rule, value });
        }
        let mut cycles = cycles.to_vec();
        for cycle in &mut cycles {
            for (time, channel) in cycle.times.iter_mut().zip(&self.channels) {
                if let Some(time) = time {
                    time.time_s += channel.delay_s;
                }
            }
        }
        let seam = if self.circular { unroll(&mut cycles)? } else { None };
        Ok((cycles, seam))
    }

    /// Computes the lag of one pair over prepared cycles.
    pub(super) fn lag(
        &self,
        (from, to): (usize, usize),
        cycles: &[Cycle],
        strides: &Strides,
    ) -> Result<Option<PairLag>> {
        let seen: Vec<PairCycle> = cycles
            .iter()
            .map(|cycle| PairCycle {
                first: cycle.times[from],
                second: cycle.times[to],
                duration_s: cycle.duration_s,
                contact_s: cycle.contact_s,
            })
            .collect();
        let judging = Judging {
            strides,
            bootstrap: &self.bootstrap,
            common_se_s: self.channels[from].common_error_s(&self.channels[to]),
            tie_within_s: self.tie_within_s,
        };
        PairLag::of((from, to), &seen, judging)
    }
}

/// Returns the times after the cycle's start, NaN where a channel has none.
fn after_start(cycle: &Cycle) -> Vec<f64> {
    cycle.times.iter().map(|t| t.map_or(f64::NAN, |t| t.time_s - cycle.start_s)).collect()
}

pub(super) fn check(channels: usize, cycles: &[Cycle], strides: &Strides) -> Result<()> {
    let operation = "a sequence of channels";
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

/// Below this resultant the mean phase is rounding noise.
const NO_DIRECTION: f64 = 1e-12;

/// The phase at which circular cycles were cut.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct CircleCut {
    /// Phase of the cut in [0, 1), as a fraction of the cycle from its start: the middle of the largest gap.
    pub phase: f64,
    /// The largest gap between the channels' mean phases, as a fraction of the cycle. Which channel comes first depends on
    /// this gap being the largest.
    pub gap: f64,
    /// Difference between the largest and the next-largest gap; 1 for a single channel.
    pub margin: f64,
}

/// Moves every time by whole cycles, cutting the circle in the middle of the largest gap between the channels' mean phases.
///
/// Each time then lies within half a cycle of its channel's mean phase, and the mean phases lie within one cycle from the
/// cut, so lags are additive. `None` without a time.
fn unroll(cycles: &mut [Cycle]) -> Result<Option<CircleCut>> {
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
    // The gap before each mean; the one before the first crosses the cycle start. Of equal gaps the first counts.
    let mut gaps: Vec<(f64, f64)> =
        core::iter::once((last - 1.0, first)).chain(sorted.windows(2).map(|w| (w[0], w[1]))).collect();
    gaps.sort_by(|(a, b), (c, d)| (d - c).total_cmp(&(b - a)));
    let (from, to) = gaps[0];
    let margin = gaps.get(1).map_or(1.0, |(a, b)| (to - from) - (b - a));
    let seam = CircleCut { phase: wrap(0.5 * (from + to)), gap: to - from, margin };
    // The cycle from the cut on that begins with a channel in [0, 1).
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

/// Returns the phase wrapped to [0, 1).
fn wrap(phase: f64) -> f64 {
    let wrapped = phase - phase.floor();
    if wrapped < 1.0 { wrapped } else { 0.0 }
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
    fn pairs_are_neighbours_then_first_to_last() {
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
    fn the_text_states_delays_and_the_cut() {
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
    fn every_interval_has_the_level_of_the_bootstrap() {
        let row = [Some(0.1), Some(0.125)];
        let bootstrap = Bootstrap::new(1).level(0.8);
        let cycles = [cycle(0.0, &row), cycle(0.5, &row), cycle(1.0, &row)];
        let sequence = Sequence::of(&["hip", "knee"], &cycles, &Strides::ungrouped(3), &bootstrap).unwrap();
        let order = sequence.order.unwrap().probability;
        assert_eq!((order.level, order.ci), (0.8, crate::inference::wilson(3, 3, 0.8).unwrap().ci));
        assert_eq!((sequence.pairs[0].mean_s.level, sequence.pairs[0].median_s.level), (0.8, 0.8));
    }

    #[test]
    fn a_channel_without_peaks_leaves_the_lags_of_the_others() {
        let row = [Some(0.1), None, Some(0.25)];
        let sequence = of(&["hip", "knee", "ankle"], &[cycle(0.0, &row), cycle(0.5, &row)]).unwrap();
        assert_eq!(sequence.pairs.len(), 1);
        assert_eq!(sequence.order, None);
        assert_eq!(sequence.times[1].median_s, None);
        assert!(format!("{sequence}").ends_with("there is no order"));
    }

    #[test]
    fn cycles_that_do_not_fit_or_are_not_valid_are_errors() {
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

#[cfg(test)]
mod channel_tests {
    use super::*;

    #[test]
    fn two_clocks_add_their_errors() {
        let on = |device: &str, se| SequenceChannel::new("x").on_device(device, se);
        assert_eq!(on("emg", 0.003).common_error_s(&on("imu", 0.004)), 0.005);
        assert_eq!(on("emg", 0.003).common_error_s(&on("emg", 0.003)), 0.0);
        assert_eq!(on("emg", 0.003).common_error_s(&"force".into()), 0.003);
    }

    #[test]
    fn invalid_delays_and_standard_errors_are_errors() {
        let plain = || SequenceChannel::new("x");
        let refused = plain().delayed(f64::NAN, 0.0).check();
        assert!(matches!(refused, Err(Error::Parameter { name: "delay", .. })));
        for se in [-0.001, f64::NAN, f64::INFINITY] {
            assert!(
                plain().delayed(0.04, se).check().is_err() && plain().on_device("emg", se).check().is_err()
            );
        }
    }
}

#[cfg(test)]
mod cut_tests {
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
    fn a_peak_past_the_cycle_start_still_comes_after() {
        let mut found = cycles(&[vec![Some(0.96), Some(0.04)], vec![Some(0.02), Some(0.1)]]);
        let cut = unroll(&mut found).unwrap().unwrap();
        assert!((cut.phase - 0.53).abs() < 1e-9 && (cut.gap - 0.92).abs() < 1e-9, "{cut:?}");
        assert_eq!(phases(&found), [vec![Some(0.96), Some(1.04)], vec![Some(1.02), Some(1.1)]]);
    }

    #[test]
    fn times_away_from_the_cycle_start_are_not_moved() {
        let rows = [vec![Some(0.3), Some(0.35), Some(0.5)], vec![Some(0.32), None, Some(0.48)]];
        let mut found = cycles(&rows);
        let cut = unroll(&mut found).unwrap().unwrap();
        assert_eq!(phases(&found), rows);
        assert!((cut.margin - (0.82 - 0.14)).abs() < 1e-9, "{cut:?}");
    }

    #[test]
    fn no_times_have_no_cut_and_opposite_times_are_an_error() {
        assert_eq!(unroll(&mut []).unwrap(), None);
        assert_eq!(unroll(&mut cycles(&[vec![None, None]])).unwrap(), None);
        let opposite = unroll(&mut cycles(&[vec![Some(0.1)], vec![Some(0.6)]]));
        assert!(matches!(opposite, Err(Error::Undefined { .. })));
        let alone = unroll(&mut cycles(&[vec![Some(0.75)]])).unwrap().unwrap();
        assert_eq!((alone.gap, alone.margin), (1.0, 1.0));
    }
}
