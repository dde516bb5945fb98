//! Renders a [`Study`] as text, an HTML page, CSV and figures.
//!
//! | you want | you take |
//! |---|---|
//! | text for a terminal | [`text`], or the study printed with `{}` |
//! | one self-contained page (feature `std`) | [`html`] |
//! | a table with one row per step and contributor | [`csv()`] |
//! | figures (feature `std`) | [`figure`] |
//! | JSON (feature `serde`) | the study itself, serialised |
//!
//! ```
//! use copeak::{report, simulate::Sprinter, study::Study};
//! let trials = [7.0, 9.5].map(|speed| Sprinter::at_speed(speed).steps(12).every_jitter_s(0.004).simulate());
//! let recordings = trials.into_iter().map(|trial| trial.map(|t| t.recording)).collect::<Result<Vec<_>, _>>()?;
//! let study = Study::builder().trials(&recordings).replicates(50).run()?;
//! assert_eq!((study.trials().count(), study.comparisons.len()), (2, 1));
//! assert!(report::text(&study).contains("coincidence"));
//! # #[cfg(feature = "std")] {
//! let cycles = study.sessions[1].trials[0].cycles.as_ref().unwrap();
//! assert!(report::figure::drives("9.5 m/s", cycles)?.starts_with("<svg"));
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! One of its figures, the legs' sequence:
//!
#![doc = include_str!("../guide/figures.html")]
#![doc = include_str!("../../docs/sequence.svg")]

#[cfg(feature = "std")]
mod escape;
#[cfg(feature = "std")]
pub mod figure;
#[cfg(feature = "notebook")]
pub mod notebook;
#[cfg(feature = "std")]
mod page;
mod table;
mod text;

#[cfg(feature = "std")]
pub use page::html;
pub use table::csv;
pub use text::text;

#[cfg(doc)]
use crate::study::Study;
