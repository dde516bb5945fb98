//! Convergence: how far contributors across the body peak together, what it costs that they do not, and whether it
//! could be chance.
//!
//! Contributors ([`Contribute`], [`Contributor`]) and steps are cut to [`Cycles`].

mod chance;
mod contributor;
mod cost;
mod cycles;
mod drives;
mod gain;
mod role;
mod rotation;
mod scatter;
mod shortfall;

pub use chance::{Chance, Index, Null, StepIndex};
pub use contributor::{Contribute, Contributor, Scale, Shape};
pub use cost::TimingCost;
pub use cycles::{CycleKind, Cycles, Dropped, LeftOut, Member, PHASES};
pub use drives::{Coincidence, Drives};
pub use gain::{Retiming, weak_links};
pub use role::{Role, Takes};
pub use scatter::Loss;
pub use shortfall::{Parts, shortfall, shortfall_with_intervals};
