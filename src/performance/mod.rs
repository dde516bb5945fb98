//! Does timing matter for speed? Nested models of speed, plateaus, and the speed curve of a sprint.

mod descent;
mod display;
mod exchange;
mod gates;
mod least_squares;
mod model;
mod plateau;
mod sprint;

pub(crate) use display::speed_lines;
pub use model::{Covariate, Effect, SpeedCaution, SpeedFit, SpeedModel, SpeedTrial};
pub use plateau::{Plateau, PlateauFinder};
pub use sprint::{SprintCurve, SprintModel};
