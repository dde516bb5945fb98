//! Missing samples: found, reported, and filled when that is honest.

mod fill;
mod find;
mod live;
mod mask;
mod patch;
mod rigid;

pub use fill::{FilledGap, GapFill, GapOutcome, GapScratch, Repaired};
pub use find::{Gap, GapPlace, Zeros};
pub use live::GapFillState;
pub use rigid::{RigidFill, RigidGap, RigidRepaired};

/// What refusals call it.
const OPERATION: &str = "gap filling";
