//! What a coach, a page or a program reads: flat summaries, text, figures and the HTML page.

mod balance;
mod compare;
mod curves;
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
