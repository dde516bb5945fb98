//! Convergence: how far contributors across the body peak together, what it costs that they do not, and whether it
//! could be chance.
//!
//! Contributors ([`Contribute`], [`Contributor`]) and steps are cut to [`Cycles`].

mod chance;
mod contributor;
mod cycles;
mod drives;
mod role;
mod rotation;

pub use chance::{Chance, Index, Null, StepIndex};
pub use contributor::{Contribute, Contributor, Scale, Shape};
pub use cycles::{CycleKind, Cycles, Dropped, LeftOut, Member, PHASES};
pub use drives::{Coincidence, Drives};
pub use role::{Role, Takes};
