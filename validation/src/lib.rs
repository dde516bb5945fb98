//! Studies of copeak's methods, where the truth is known or on recordings. `scripts/validate` runs them; the tests of the library
//! use some of their parts.

pub mod canvas;
pub mod convergence;
pub mod events;
pub mod figure;
pub mod inference;
pub mod newton;
pub mod noise;
pub mod options;
pub mod peaks;
pub mod sequence;
pub mod synchrony;
pub mod trc;

/// Any failure of a study, as words.
pub type Error = Box<dyn std::error::Error>;
