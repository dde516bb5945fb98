//! Performance: whether timing explains running speed beyond force, plateaus, and the speed curve of a sprint.
//!
//! | question | answer |
//! |---|---|
//! | does timing explain speed beyond force, and beyond step frequency? | [`SpeedModel`] on one [`SpeedTrial`] per run gives a [`SpeedFit`] |
//! | has speed stopped rising although force still rises? | [`PlateauFinder`] gives a [`SpeedPlateau`] |
//! | what are top speed, time constant and acceleration of a sprint? | [`SprintModel`] on measured speed or gate times gives a [`SprintCurve`] |
//!
//! A [`SpeedTrial`] takes its force and its timing from a [`Session`](crate::convergence::Session), or from any other
//! measurement in the same units for all trials. Associations are not causes: [`SpeedFit::cautions`] lists what a fit cannot
//! show.
//!
//! ```
//! use copeak::performance::{Gate, SprintModel};
//! // Times of a 30 m sprint at timing gates, from the start signal.
//! let gate = |distance_m, time_s| Gate { distance_m, time_s };
//! let gates = [gate(5.0, 1.43), gate(10.0, 2.19), gate(15.0, 2.84), gate(20.0, 3.45), gate(30.0, 4.61)];
//! let curve = SprintModel::new().fit_gates(&gates)?;
//! assert!((curve.vmax_mps.value - 8.9).abs() < 0.3, "{curve:?}");
//! assert!((curve.distance_at(3.45) - 20.0).abs() < 0.2);
//! # Ok::<(), copeak::Error>(())
//! ```

mod display;
mod plateau;
mod speed_model;
mod sprint;

pub(crate) use display::speed_lines;
pub use plateau::{PlateauFinder, SpeedPlateau};
pub use speed_model::{Covariate, Effect, SpeedCaution, SpeedFit, SpeedModel, SpeedTrial};
pub use sprint::{Gate, SprintCurve, SprintModel};
