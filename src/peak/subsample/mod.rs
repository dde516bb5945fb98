//! A peak between samples: where its vertex lies, how high it is, and how sure its time is.
//!
//! - [`parabola`]: the vertex through the three top samples; the default everywhere, because wider fits are biased on
//!   skew peaks (half a sample at +/- 6).
//! - [`Quadratic`]: the vertex of a least-squares parabola over more samples.
//!
//! A plateau's time is its middle.

#[cfg(feature = "alloc")]
mod quadratic;
mod vertex;

#[cfg(feature = "alloc")]
pub use quadratic::{FittedVertex, Quadratic};
#[cfg(feature = "alloc")]
pub(crate) use vertex::vertex_of_plateau;
pub use vertex::{Vertex, parabola};
