//! CSV recordings: one header row, a `time_s` column, units in the column names.

mod format;
mod read;
mod write;

pub use format::CsvFormat;
pub use write::write;

use super::channel::Recording;
use crate::Error;
use std::{io::Read, path::Path, string::String};

/// Why a recording could not be read from CSV text, or written as such.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CsvError {
    /// The file cannot be opened, read or written.
    #[error("cannot read or write: {0}")]
    Io(#[from] std::io::Error),
    /// A setting of [`CsvFormat`] breaks its rule.
    #[error(transparent)]
    Parameter(#[from] Error),
    /// The file is not a table: rows too short, bad quoting, not UTF-8.
    #[error("not a CSV table: {0}")]
    Table(#[from] ::csv::Error),
    /// A row has more fields than the header.
    #[error(
        "line {line}: {got} fields where the header has {expected}; numbers need a decimal point, not a comma"
    )]
    Fields {
        /// Line in the file, from 1.
        line: u64,
        /// Fields of the header.
        expected: usize,
        /// Fields of that row.
        got: usize,
    },
    /// There is no column of times: `time_s`, or what [`CsvFormat::time_column`] asks for.
    #[error("no column {name}; the columns are: {columns}")]
    NoTime {
        /// What it should be called.
        name: String,
        /// The columns there are.
        columns: String,
    },
    /// A field is neither a number nor empty.
    #[error("line {line}, column {column}: {value:?} is not a number")]
    NotANumber {
        /// Line in the file, from 1.
        line: u64,
        /// Column name.
        column: String,
        /// What stands there.
        value: String,
    },
    /// A number is written with a decimal comma.
    #[error("line {line}, column {column}: {value:?} has a decimal comma; numbers need a decimal point")]
    DecimalComma {
        /// Line in the file, from 1.
        line: u64,
        /// Column name.
        column: String,
        /// What stands there.
        value: String,
    },
    /// Two columns bear one name, or a column holds nothing the crate accepts.
    #[error("column {column}: {source}")]
    Column {
        /// Column name.
        column: String,
        /// What is wrong with it.
        source: Error,
    },
    /// The text is longer than [`CsvFormat::most_bytes`] allows, or has more columns than any recording.
    #[error("line {line}: longer than the {most} {unit} allowed")]
    TooLarge {
        /// Line in the file, from 1.
        line: u64,
        /// How many are allowed.
        most: u64,
        /// Of what: `bytes`, `columns`.
        unit: &'static str,
    },
    /// A recording does not fit into one table.
    #[error("cannot be written as CSV: {0}")]
    Unfit(&'static str),
}

/// Reads a recording from a CSV file; its name is the file's.
///
/// # Errors
/// As [`read_from`]; [`CsvError::Io`] when the file cannot be opened.
pub fn read(path: impl AsRef<Path>) -> Result<Recording, CsvError> {
    CsvFormat::new().read(path)
}

/// Reads a recording from CSV text.
///
/// The text has one header row, a column `time_s` with evenly spaced, rising times, and numbers with a decimal point in all other
/// columns. An empty field, `nan` or `NA` is a missing sample (NaN, counted by [`Channel::missing`](super::Channel::missing)). The
/// unit is the last part of a column's name: `hip_flexion_r_deg`. The delimiter is the one of comma, semicolon, tab and bar that the
/// header has most of. A byte-order mark is skipped. [`CsvFormat`] reads other layouts, and some of the columns.
///
/// # Errors
/// [`CsvError`], which names what is wrong and where.
///
/// ```
/// use copeak::recording::csv;
/// let text = "time_s,hip_flexion_r_deg\n0.00,10\n0.01,12\n0.02,\n";
/// let trial = csv::read_from(text.as_bytes())?;
/// let hip = trial.channel("hip_flexion_r")?;
/// assert_eq!((hip.signal.clock().rate().as_hz(), hip.missing()), (100.0, 1));
/// assert!(hip.signal.samples()[2].is_nan());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn read_from(reader: impl Read) -> Result<Recording, CsvError> {
    CsvFormat::new().read_from(reader)
}

/// Units that the last part of a column's name may be.
pub(super) const UNITS: [&str; 13] =
    ["deg", "rad", "N", "Nm", "m", "mm", "s", "mV", "V", "g", "mps", "mps2", "kg"];

/// Splits a column name such as `hip_flexion_r_deg` into name and unit.
pub(super) fn split_unit(column: &str) -> (&str, &str) {
    match column.rsplit_once('_') {
        Some((name, unit)) if UNITS.contains(&unit) => (name, unit),
        _ => (column, ""),
    }
}
