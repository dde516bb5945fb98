//! All peaks of a record, with the semantics of SciPy's `find_peaks`.

mod bounds;
mod distance;
mod finder;
mod ladder;
mod maxima;
mod peaks;
mod prominence;
mod prominent;
mod record;
mod search;
mod side;
#[cfg(test)]
mod tests;
mod width;

pub use bounds::Bounds;
pub use finder::{NanPolicy, PeakFinder, PeakWorkspace};
pub use peaks::{Peaks, PlateauEdges, Prominence, Thresholds, Width};
pub(super) use side::Side;
