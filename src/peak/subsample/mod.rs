//! A peak between samples: where its vertex lies, how high it is, and how sure its time is.
//!
//! - [`parabola`]: the vertex through the three top samples; the default everywhere, because wider fits are biased on
//!   skew peaks (half a sample at +/- 6).
//!
//! A plateau's time is its middle.

mod vertex;

pub(crate) use vertex::vertex_of_plateau;
pub use vertex::{Vertex, parabola};
