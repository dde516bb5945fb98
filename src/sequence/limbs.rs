//! Several limbs over the same cycles.

use super::lag::PairLag;
use super::sequencer::{check, describe};
use super::{Cycle, Sequence, SequenceChannel, Sequencer};
use crate::inference::{Bootstrap, Strides, benjamini_hochberg};
use crate::{Error, Result};
use alloc::{string::String, vec::Vec};
use core::fmt;

/// One limb: its name and its channels in the expected order, proximal first.
#[derive(Debug, Clone, PartialEq)]
pub struct Limb {
    /// Name of the limb.
    pub name: String,
    /// Channels of the limb, at least 2.
    pub channels: Vec<SequenceChannel>,
}

impl Limb {
    /// Creates a limb.
    pub fn new<C: Clone + Into<SequenceChannel>>(name: impl Into<String>, channels: &[C]) -> Self {
        Self { name: name.into(), channels: channels.iter().map(|c| c.clone().into()).collect() }
    }
}

/// Computes the sequences of several limbs at once: within each limb, and between limbs.
///
/// Lags within a limb and across limbs are two families that are never pooled: within a limb a lag is expected, across limbs
/// it is not. Every pair of limbs is compared from first channel to first, second to second and so on, as far as both reach.
///
/// ```
/// use copeak::inference::{Bootstrap, Strides};
/// use copeak::sequence::{Cycle, LimbsFinder, Timing};
/// use copeak::sequence::limbs::Limb;
/// let limbs = [Limb::new("leg", &["hip", "knee"]), Limb::new("arm", &["shoulder", "elbow"])];
/// let cycle = |start_s: f64| Cycle {
///     start_s,
///     duration_s: 1.0,
///     contact_s: Some(0.25),
///     times: [0.125, 0.1875, 0.109375, 0.25].map(|t| Some(Timing::at(start_s + t))).to_vec(),
/// };
/// let cycles: Vec<Cycle> = (0..4).map(|i| cycle(f64::from(i))).collect();
/// let found = LimbsFinder::new(&limbs, Bootstrap::new(1))?.find(&cycles, &Strides::ungrouped(4))?;
/// assert_eq!(found.limbs[1].1.pairs[0].mean_s.value, 0.140625);
/// assert_eq!(found.lag("hip", "shoulder").unwrap().mean_s.value, -0.015625);
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct LimbsFinder {
    limbs: Vec<Limb>,
    all: Sequencer,
}

/// The sequences of several limbs over the same cycles.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Limbs {
    /// Each limb's name and sequence.
    pub limbs: Vec<(String, Sequence)>,
    /// All channels, limb by limb; the indices of `across` refer to them.
    pub channels: Vec<SequenceChannel>,
    /// Lags across limbs.
    pub across: Vec<PairLag>,
    /// Adjusted p (Benjamini and Hochberg) of each lag within the limbs, limb by limb and pair by pair; `None` for a lag
    /// without p.
    pub within_p: Vec<Vec<Option<f64>>>,
    /// Adjusted p of each lag across limbs.
    pub across_p: Vec<Option<f64>>,
}

impl LimbsFinder {
    /// Creates a finder for limbs whose channels follow each other, limb by limb, in each cycle's times.
    ///
    /// # Errors
    /// [`Error::TooFew`] without a limb, or below 2 channels in one; as [`Sequencer::new`].
    pub fn new(limbs: &[Limb], bootstrap: Bootstrap) -> Result<Self> {
        let operation = "sequences of limbs";
        if limbs.is_empty() {
            return Err(Error::TooFew { operation, unit: "limbs", needed: 1, got: 0 });
        }
        if let Some(short) = limbs.iter().find(|limb| limb.channels.len() < 2) {
            let got = short.channels.len();
            return Err(Error::TooFew { operation, unit: "channels of a limb", needed: 2, got });
        }
        let channels: Vec<SequenceChannel> =
            limbs.iter().flat_map(|limb| limb.channels.iter().cloned()).collect();
        Ok(Self { limbs: limbs.to_vec(), all: Sequencer::new(&channels, bootstrap)? })
    }

    /// Treats cycles as circular, as [`Sequencer::circular`] does; all limbs share one cycle start.
    #[must_use]
    pub fn circular(self) -> Self {
        Self { all: self.all.circular(), ..self }
    }

    /// Sets the largest lag that counts as a tie, as [`Sequencer::tie_within`] does.
    #[must_use]
    pub fn tie_within(self, lag_s: f64) -> Self {
        Self { all: self.all.tie_within(lag_s), ..self }
    }

    /// Finds the sequences over `cycles`.
    ///
    /// # Errors
    /// As [`Sequencer::find`].
    pub fn find(&self, cycles: &[Cycle], strides: &Strides) -> Result<Limbs> {
        check(self.all.channels().len(), cycles, strides)?;
        let (prepared, seam) = self.all.prepared(cycles)?;
        let mut limbs = Vec::with_capacity(self.limbs.len());
        let mut firsts = Vec::with_capacity(self.limbs.len());
        let mut first = 0;
        for limb in &self.limbs {
            let end = first + limb.channels.len();
            let part = |cycle: &Cycle| Cycle { times: cycle.times[first..end].to_vec(), ..*cycle };
            let part: Vec<Cycle> = prepared.iter().map(part).collect();
            let mut sequence = self.all.part(first..end).find_prepared(&part, strides)?;
            sequence.seam = seam;
            limbs.push((limb.name.clone(), sequence));
            firsts.push(first);
            first = end;
        }
        let mut across = Vec::new();
        for (i, a) in self.limbs.iter().enumerate() {
            for (j, b) in self.limbs.iter().enumerate().skip(i + 1) {
                for k in 0..a.channels.len().min(b.channels.len()) {
                    across.extend(self.all.lag((firsts[i] + k, firsts[j] + k), &prepared, strides)?);
                }
            }
        }
        let within: Vec<Option<f64>> = limbs.iter().flat_map(|(_, s)| s.pairs.iter().map(|p| p.p)).collect();
        let mut within = adjusted(&within)?.into_iter();
        Ok(Limbs {
            within_p: limbs.iter().map(|(_, s)| within.by_ref().take(s.pairs.len()).collect()).collect(),
            across_p: adjusted(&across.iter().map(|pair| pair.p).collect::<Vec<_>>())?,
            limbs,
            channels: self.all.channels().to_vec(),
            across,
        })
    }
}

/// Adjusts the p values that exist by Benjamini and Hochberg.
fn adjusted(p: &[Option<f64>]) -> Result<Vec<Option<f64>>> {
    let known: Vec<f64> = p.iter().copied().flatten().collect();
    let mut adjusted = benjamini_hochberg(&known)?.into_iter();
    Ok(p.iter().map(|p| p.and_then(|_| adjusted.next())).collect())
}

impl Limbs {
    /// Returns the lag across limbs from one channel to another, by name; `None` when that pair was not compared.
    pub fn lag(&self, from: &str, to: &str) -> Option<&PairLag> {
        self.across.iter().find(|p| self.channels[p.from].name == from && self.channels[p.to].name == to)
    }
}

impl fmt::Display for Limbs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, sequence) in &self.limbs {
            writeln!(f, "{name}:\n{sequence}")?;
        }
        writeln!(f, "across limbs:")?;
        for pair in &self.across {
            describe(f, pair, &self.channels[pair.from].name, &self.channels[pair.to].name)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::Timing;
    use super::*;
    use alloc::format;

    fn cycles(n: usize) -> Vec<Cycle> {
        // Exact binary fractions, a little scatter that differs between the channels.
        let scatter = |i: usize, c: usize| ((i * (c + 3)) % 5) as f64 / 1024.0;
        let times = |i: usize| {
            [0.9375, 1.0 / 32.0, 0.96875, 0.0625]
                .iter()
                .enumerate()
                .map(|(c, t)| Some(Timing::at(i as f64 + t + scatter(i, c))))
                .collect()
        };
        (0..n)
            .map(|i| Cycle { start_s: i as f64, duration_s: 1.0, contact_s: None, times: times(i) })
            .collect()
    }

    fn finder() -> LimbsFinder {
        let limbs = [Limb::new("leg", &["hip", "knee"]), Limb::new("arm", &["shoulder", "elbow"])];
        LimbsFinder::new(&limbs, Bootstrap::new(1)).unwrap()
    }

    #[test]
    fn each_limb_equals_its_own_sequence_and_all_share_one_cycle_start() {
        let (cycles, strides) = (cycles(6), Strides::ungrouped(6));
        let found = finder().circular().find(&cycles, &strides).unwrap();
        let leg: Vec<Cycle> = cycles.iter().map(|c| Cycle { times: c.times[..2].to_vec(), ..*c }).collect();
        let alone = Sequencer::new(&["hip", "knee"], Bootstrap::new(1))
            .unwrap()
            .circular()
            .find(&leg, &strides)
            .unwrap();
        assert_eq!(found.limbs[0].1.pairs, alone.pairs);
        assert_eq!(found.across.len(), 2);
        let lag = found.lag("hip", "shoulder").unwrap().mean_s.value;
        assert!((lag - 1.0 / 32.0).abs() < 0.005, "{lag}");
        assert_eq!(found.lag("hip", "elbow"), None);
        assert!(format!("{found}").contains("across limbs:\nhip -> shoulder: +"));
        // Two tests per family: adjusted p is at least the plain one, at most twice it.
        for (pair, adjusted) in found.across.iter().zip(&found.across_p) {
            let (p, adjusted) = (pair.p.unwrap(), adjusted.unwrap());
            assert!(p <= adjusted && adjusted <= 2.0 * p);
        }
        assert_eq!(found.within_p.iter().map(Vec::len).sum::<usize>(), 2);
    }

    #[test]
    fn too_few_limbs_or_channels_and_incomplete_cycles_are_errors() {
        let bootstrap = Bootstrap::new(1);
        assert!(matches!(LimbsFinder::new(&[], bootstrap), Err(Error::TooFew { unit: "limbs", .. })));
        let short = [Limb::new("arm", &["shoulder"])];
        assert!(matches!(LimbsFinder::new(&short, bootstrap), Err(Error::TooFew { got: 1, .. })));
        let cycle = Cycle { start_s: 0.0, duration_s: 1.0, contact_s: None, times: Vec::new() };
        let result = finder().find(&[cycle], &Strides::ungrouped(1));
        assert!(matches!(result, Err(Error::LengthMismatch { left: 4, right: 0, .. })));
    }
}
