//! Gaps and wrong samples.

mod gap;
mod rigid;
mod spikes;

pub use gap::{FilledGap, Gap, GapFill, GapFillState, GapOutcome, GapPlace, GapScratch, Repaired, Zeros};
pub use rigid::{RigidFill, RigidGap, RigidRepaired};
pub use spikes::{SpikeRepair, SpikeRepairScratch};
