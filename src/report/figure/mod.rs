//! Figures as SVG text: colour-blind-safe, readable in print, and in dark mode through [`themed`].

mod convergence;
mod drives;
mod intervals;
mod plot;
mod polar;
mod sequence;
mod shortfall;
mod style;

pub use convergence::convergence;
pub use drives::drives;
pub use intervals::intervals;
pub use plot::Plot;
pub use polar::polar;
pub use sequence::{sequence, timeline};
pub use shortfall::shortfall;
pub use style::{FigureError, themed};
