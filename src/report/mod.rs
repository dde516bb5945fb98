//! What a coach, a page or a program reads: flat summaries, text, figures and the HTML page.
//!
//! | you want | you take |
//! |---|---|
//! | recordings in, a report out | [`Settings::study`], which gives a [`Study`]: the [`Report`] and the curves behind it |
//! | numbers for a program | [`Report`], serialisable with the feature `serde` |
//! | text for a terminal | [`Report`] printed with `{}` |
//! | figures (feature `plot`) | [`figure`] |
//! | one self-contained page (feature `plot`) | [`html`] |
//!
//! ```
//! use copeak::simulate::Sprinter;
//! use copeak::report::Settings;
//! let trials = [7.0, 9.5].map(|speed| Sprinter::at_speed(speed).steps(12).every_jitter_s(0.004).simulate());
//! let recordings = trials.into_iter().map(|trial| trial.map(|t| t.recording)).collect::<Result<Vec<_>, _>>()?;
//! let study = Settings::default().replicates(50).study(&recordings, None)?;
//! assert_eq!((study.report.recordings.len(), study.report.comparisons.len()), (2, 1));
//! assert!(study.report.to_string().contains("coincidence"));
//! let drives = copeak::report::figure::drives("9.5 m/s", &study.curves[1])?;
//! assert!(drives.starts_with("<svg"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! One of its figures, the legs' sequence:
//!
#![doc = include_str!("../guide/figures.html")]
#![doc = include_str!("../../docs/sequence.svg")]

mod balance;
mod compare;
mod curves;
#[cfg(feature = "plot")]
mod escape;
#[cfg(feature = "plot")]
pub mod figure;
mod model;
#[cfg(feature = "notebook")]
pub mod notebook;
#[cfg(feature = "plot")]
mod page;
mod settings;
mod speed;
mod study;
mod summary;
#[cfg(feature = "io")]
mod table;
mod text;
mod together;
mod trial;
mod within;
mod words;

pub use curves::{Curves, DriveCurve, SequenceRow};
#[cfg(feature = "plot")]
pub use page::html;
pub use settings::{ModelKind, Settings};
pub use speed::SpeedModel;
pub use study::{Study, StudyError};
pub use summary::{
    BalanceReport, ChangeReport, ClosureReport, Comparison, ContactReport, ContributorReport,
    ConvergenceReport, LagReport, LockingReport, PeakReport, RecordingReport, Report, SequenceReport,
    SimultaneityReport, StepReport, SymmetryReport,
};
pub use trial::Contacts;
