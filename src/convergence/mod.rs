//! Convergence: how far contributors across the body peak together, what it costs that they do not, and whether it
//! could be chance.
//!
//! Contributors ([`Contribute`], [`Contributor`]) and steps are cut to [`Cycles`].

mod chance;
mod compare;
mod compensation;
mod contributor;
mod cost;
mod cut;
mod cycles;
mod drives;
mod gain;
mod pulse;
mod role;
mod rotation;
mod scatter;
mod session;
mod shortfall;
mod timing;

pub use chance::{Chance, Index, Null, StepIndex};
pub use compare::Comparison;
pub use compensation::{Compensation, SessionCompensation, compensation, evenness};
pub use contributor::{Contribute, Contributor, Scale, Shape};
pub use cost::TimingCost;
pub use cycles::{CycleKind, Cycles, Dropped, LeftOut, Member, PHASES};
pub use drives::{Coincidence, Drives};
pub use gain::{Retiming, weak_links};
pub use role::{Role, Takes};
pub use scatter::Loss;
pub use session::{Convergence, PairLocking, Session, SessionContributor, SessionStep};
pub use shortfall::{Parts, shortfall, shortfall_with_intervals};
pub use timing::{Jitter, PeakPhases, StepTiming};
