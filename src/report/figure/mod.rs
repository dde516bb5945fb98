//! Figures as SVG text, each from the crate's own results.
//!
//! | figure | of |
//! |---|---|
//! | [`drives`], [`polar`] | a session's [`crate::convergence::Cycles`]: the times of all peaks |
//! | [`sequence`], [`timeline`] | the order within an extremity |
//! | [`convergence()`] | coincidence and kappa over the trials of a [`crate::study::Study`] |
//! | [`shortfall`] | missing, mistimed and shape against the reference |
//! | [`changes`], [`comparison`] | [`crate::convergence::change::Changes`] between two sessions, [`crate::study::Comparison`] |
//! | [`gains`] | gain of re-timing each [`crate::convergence::session::SessionContributor`] |
//! | [`impulse`] | [`crate::convergence::shortfall::ContactImpulse`]: first half of contact |
//! | [`symmetry`] | a trial's [`crate::study::SideDifference`]s: right against left |
//! | [`forces`] | [`crate::model::Forces`]: segment forces in newtons, and plates |
//! | [`speed_model`], [`sprint`] | [`crate::performance::SpeedFit`], [`crate::performance::SprintCurve`] |
//! | [`ensemble`] | [`crate::ensemble::SimultaneousBand`]: mean curves with bands |
//! | [`events`] | signals with their [`crate::event::Contact`]s |
//! | [`residual`] | [`crate::filter::cutoff::ResidualCutoff`] |
//! | [`intervals`] | named values with their intervals |
//! | [`Plot`] | anything else: curves, dots and bands on two axes |
//!
//! They have no background and the colours of paper: [`standalone`] makes one fit for a file, [`themed`] leaves the colours to a
//! page.
//!
//! - **One style.** A contributor of the crate's models has the same colour, dashes and marker in every figure. Dashes and
//!   markers alone distinguish six, also in grey print. Lines have a contrast of at least 3 with the paper, light and dark, and
//!   text of at least 4.5 (WCAG 2.2); every pair of colours stays apart with any common colour-vision deficiency.
//! - **Nothing overlaps.** Text is laid out by the widths of a wide font; long names are cut in the middle.
//! - **Missing values** leave gaps, and what cannot be drawn at all is a [`FigureError`].

mod changes;
mod convergence;
mod curves;
mod draw;
mod drives;
mod ensemble;
mod error;
mod events;
mod forces;
mod gains;
mod impulse;
mod intervals;
#[cfg(test)]
mod layout_tests;
mod plot;
mod polar;
mod residual;
mod sequence;
mod shortfall;
mod speed;
mod symmetry;

pub use changes::{changes, comparison};
pub use convergence::convergence;
#[cfg(feature = "notebook")]
pub(super) use draw::notebook_colours;
pub use draw::{page_colours, standalone, themed};
pub use drives::drives;
pub use ensemble::ensemble;
pub use error::FigureError;
pub use events::events;
pub use forces::forces;
pub use gains::gains;
pub use impulse::impulse;
pub use intervals::intervals;
pub use plot::Plot;
pub use polar::polar;
pub use residual::residual;
pub use sequence::{sequence, timeline};
pub use shortfall::shortfall;
pub use speed::{speed_model, sprint};
pub use symmetry::symmetry;
