//! What a coach, a page or a program reads: flat summaries, text, figures and the HTML page.

mod curves;
#[cfg(feature = "plot")]
pub mod figure;
#[cfg(feature = "plot")]
mod page;
mod summary;
#[cfg(feature = "io")]
mod table;
mod text;

pub use curves::{Curves, DriveCurve, SequenceRow};
#[cfg(feature = "plot")]
pub use page::html;
pub use summary::*;
