//! From times to a sequence.

use super::lag::{Judging, PairCycle};
use super::mean::mean;
use super::order::at_level;
use super::seam::unroll;
use super::{ChannelTimes, Cycle, PairLag, Sequence, SequenceChannel};
use crate::inference::{Bootstrap, Strides};
use crate::math::median;
use crate::{Error, Result};
use alloc::vec::Vec;
use core::ops::Range;

/// Works out a [`Sequence`], with everything that can be set.
///
/// ```
/// use copeak::inference::{Bootstrap, Strides};
/// use copeak::sequence::{SequenceChannel, Cycle, Sequencer, Timing};
/// // Peaks close to the seam of the cycle: the knee's fall into the next one.
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
    /// For channels in the expected order, proximal first. `bootstrap` sets the level of every interval, and the draws of
    /// the medians'.
    ///
    /// # Errors
    /// [`Error::TooFew`] below 2 channels; [`Error::Parameter`] for a setting of the bootstrap outside its range, a delay that is not finite, a standard error that is not
    /// finite or below 0, or when channels of one device give its clock different errors.
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

    /// The cycles are circular: a peak near the seam belongs to this cycle or the next alike.
    ///
    /// The circle is cut in the middle of the largest gap between the channels' mean phases ([`super::CircleCut`]), and every
    /// time is moved by whole cycles to where it then belongs.
    #[must_use]
    pub fn circular(self) -> Self {
        Self { circular: true, ..self }
    }

    /// Counts a mean lag whose interval lies within this much of 0, which must be above 0, as a [`super::Relation::Tie`].
    ///
    /// Without it there is no tie over cycles: an interval that spans 0 is no proof of one.
    #[must_use]
    pub fn tie_within(self, lag_s: f64) -> Self {
        Self { tie_within_s: Some(lag_s), ..self }
    }

    /// The channels.
    pub fn channels(&self) -> &[SequenceChannel] {
        &self.channels
    }

    /// The sequence over `cycles`; `strides` says which of them make up a stride, the unit of every interval.
    ///
    /// # Errors
    /// [`Error::TooFew`] without a cycle; [`Error::LengthMismatch`] when a cycle has another number of channels, or
    /// `strides` another number of cycles; [`Error::NonFinite`] for a time, standard error or start that is NaN or
    /// infinite (the index is the cycle's); [`Error::Parameter`] for a cycle or contact that does not last, or a negative
    /// standard error, or a lag that counts as a tie that is not finite or not above 0; [`Error::Undefined`] when circular
    /// and a channel's times cancel out.
    pub fn find(&self, cycles: &[Cycle], strides: &Strides) -> Result<Sequence> {
        check(self.channels.len(), cycles, strides)?;
        let (cycles, seam) = self.prepared(cycles)?;
        Ok(Sequence { seam, ..self.find_prepared(&cycles, strides)? })
    }

    /// The sequence over cycles that are [prepared](Self::prepared).
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

    /// The same for some of the channels.
    pub(super) fn part(&self, channels: Range<usize>) -> Self {
        Self { channels: self.channels[channels].to_vec(), ..self.clone() }
    }

    /// The cycles with delayed channels moved, and unrolled where they are circular.
    pub(super) fn prepared(&self, cycles: &[Cycle]) -> Result<(Vec<Cycle>, Option<super::CircleCut>)> {
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

    /// The lag of one pair over prepared cycles.
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

/// Times after the cycle's start, NaN where a channel has none.
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
