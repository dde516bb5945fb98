//! Convergence: how far contributors across the body peak together, what timing apart costs, and whether it could be chance.
//!
//! From a recording: contributors ([`Contribute`], [`Contributor`]) and steps are cut to [`Cycles`];
//! [`SessionAnalysis::apply`] gives the [`Session`], [`SessionAnalysis::compare`] its [`SessionComparison`](crate::convergence::shortfall::SessionComparison) with a reference.
//! From arrays: [`DriveGrid`] holds steps x contributors x phases, and every measure is a method of it or takes it; [`DriveGrid::in_strides`] adds what intervals need.
//!
//! | question | answer |
//! |---|---|
//! | how much of what is available is realised? | [`DriveGrid::coincidence`] |
//! | more than by chance? | [`ChanceLevel::test`](crate::convergence::chance::ChanceLevel::test) |
//! | how close together, how locked, how steady are the peaks? | [`PeakPhases`](crate::convergence::peak_phases::PeakPhases), [`DriveGrid::pulse_lags`] |
//! | is the loss a fixed offset or scatter? | [`DriveGrid::loss`], [`DriveGrid::blur`] |
//! | who costs how much? | [`DriveGrid::timing_cost`], [`DriveGrid::ideal_gain`] |
//! | what would re-timing gain? | [`StridedDrives::weak_links`](crate::convergence::shortfall::StridedDrives::weak_links) |
//! | missing, mistimed or another shape? | [`DriveGrid::shortfall`], [`StridedDrives::shortfall`](crate::convergence::shortfall::StridedDrives::shortfall) |
//! | the same for the impulse within the contact? | [`Cycles::contact_impulses`], [`SessionAnalysis::compare_impulse`] |
//! | what changed between two sessions? | [`SessionAnalysis::changes`], [`SessionAnalysis::fixed_offset_change`] |
//! | do contributors compensate for each other, share evenly? | [`Compensation`](crate::convergence::compensation::Compensation), [`CompensationTest`](crate::convergence::compensation::CompensationTest), [`DriveGrid::evenness`] |
//! | left against right? | [`Symmetry`] |
//! | the same while the runner runs? | [`LiveConvergence`] |
//! | does timing explain speed beyond force? | [`SpeedModel`](crate::performance::SpeedModel), [`PlateauFinder`](crate::performance::PlateauFinder) |
//! | how fast, from a sprint's speed curve or gate times? | [`SprintModel`](crate::performance::SprintModel) |
//!
//! **Different models answer different questions.** Joint-velocity drives are proxies, not forces; every result names
//! its model.
//!
//! Mean drives over a stride, and each step's peaks: together, except for one arm.
//!
#![doc = include_str!("../guide/figures.html")]
#![doc = include_str!("../../docs/drives.svg")]
//!
//! Shortfall of a late arm and of a weak one relative to a reference: the first is mistimed, the second missing.
//!
#![doc = include_str!("../../docs/shortfall.svg")]
//!
//! ```
//! use copeak::convergence::{SessionAnalysis, CycleKind, Cycles};
//! use copeak::model::JointModel;
//! use copeak::simulate::{Pulse, Sprinter};
//! let trial = Sprinter::at_speed(9.5)
//!     .steps(20)
//!     .offset_s(Pulse::OppositeArm, 0.06) // one arm 60 ms late
//!     .every_jitter_s(0.004)
//!     .seed(7)
//!     .simulate()?;
//! let steps: Vec<_> = trial.truth.steps.iter().map(|s| s.step).collect();
//! let joint = JointModel::new(15.0).apply(&trial.recording)?;
//! let cycles = Cycles::new(&joint.contributors, &steps, CycleKind::Stride)?;
//! let session = SessionAnalysis::new(1).replicates(200).apply(&cycles)?;
//! let worst = session.contributors.iter().max_by(|a, b| a.timing_cost.total_cmp(&b.timing_cost)).unwrap();
//! assert_eq!(format!("{} {:+.0} ms", worst.name, 1e3 * worst.best_shift_s.unwrap().value), "opposite_arm -56 ms");
//! # Ok::<(), copeak::Error>(())
//! ```
//!
//! Simulated timing is recovered: [the figures](crate::guide::studies::recovery). Limits of the evidence:
//! [cautions](crate::guide::cautions).

#[cfg(feature = "analysis")]
pub mod chance;
#[cfg(feature = "analysis")]
pub mod change;
mod coincidence;
#[cfg(feature = "analysis")]
pub mod compensation;
#[cfg(feature = "analysis")]
mod contributor;
#[cfg(feature = "analysis")]
pub mod cycles;
#[cfg(feature = "analysis")]
mod display;
#[cfg(feature = "analysis")]
pub mod drive_grid;
pub mod live;
#[cfg(feature = "analysis")]
pub mod peak_phases;
pub mod role;
#[cfg(feature = "analysis")]
pub mod session;
#[cfg(feature = "analysis")]
pub mod shortfall;
#[cfg(feature = "analysis")]
mod symmetry;
#[cfg(feature = "analysis")]
pub mod timing;

#[cfg(feature = "analysis")]
#[doc(inline)]
pub use chance::Null;
pub use coincidence::{Coincidence, kappa};
#[cfg(feature = "analysis")]
pub use contributor::{Contribute, Contributor, Normalization};
#[cfg(feature = "analysis")]
#[doc(inline)]
pub use cycles::{CycleKind, Cycles};
#[cfg(feature = "analysis")]
pub(crate) use display::{contributors as contributors_table, together, weak_link};
#[cfg(feature = "analysis")]
#[doc(inline)]
pub use drive_grid::DriveGrid;
#[doc(inline)]
pub use live::{LiveContributor, LiveConvergence};
#[doc(inline)]
pub use role::{Rectification, Role};
#[cfg(feature = "analysis")]
#[doc(inline)]
pub use session::{Session, SessionAnalysis};
#[cfg(feature = "analysis")]
pub use symmetry::Symmetry;

/// Memory and builders of live convergence.
pub mod state {
    pub use super::live::{LiveConvergenceBuilder, LiveMemory};
}

/// Number of phases in a cycle.
pub const PHASES: usize = 100;
