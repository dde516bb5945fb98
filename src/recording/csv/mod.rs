//! CSV recordings: one header row, a `time_s` column, units in the column names.

mod format;
mod read;
mod write;

pub use format::CsvFormat;
pub use write::write_csv;

use super::channel::Recording;
use crate::Error;
use std::{io::Read, path::Path, string::String};

/// Why a recording could not be read, or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The file cannot be opened, read or written.
    #[error("cannot read or write: {0}")]
    Io(#[from] std::io::Error),
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

/// Read a recording from a CSV file; its name is the file's.
///
/// # Errors
/// [`ReadError`], each naming what is wrong and where.
pub fn read_csv_file(path: impl AsRef<Path>) -> Result<Recording, ReadError> {
    CsvFormat::new().read_file(path, |_| true)
}

/// Read the wanted columns of a CSV file, as [`read_csv_where`]; the recording's name is the file's.
///
/// # Errors
/// [`ReadError`], each naming what is wrong and where.
pub fn read_csv_file_where(
    path: impl AsRef<Path>,
    wanted: impl Fn(&str) -> bool,
) -> Result<Recording, ReadError> {
    CsvFormat::new().read_file(path, wanted)
}

/// Read a recording from CSV text.
///
/// One header row; a column `time_s` with evenly spaced, rising times; all other columns numbers with a decimal point. An
/// empty field, `nan` or `NA` is a missing sample (NaN, counted by [`super::Channel::missing`]). The unit is the last part of a
/// column's name: `hip_flexion_r_deg`. The delimiter is the one of comma, semicolon, tab and bar that the header has most of. A
/// byte-order mark is skipped. [`CsvFormat`] reads with another delimiter or limit.
///
/// # Errors
/// [`ReadError`], each naming what is wrong and where.
///
/// ```
/// # #[cfg(feature = "io")] {
/// use copeak::recording::read_csv;
/// let text = "time_s,hip_flexion_r_deg\n0.00,10\n0.01,12\n0.02,\n";
/// let trial = read_csv(text.as_bytes()).unwrap();
/// let hip = trial.get("hip_flexion_r").unwrap();
/// assert_eq!((hip.signal.clock().rate().as_hz(), hip.missing()), (100.0, 1));
/// assert!(hip.signal.samples()[2].is_nan());
/// # }
/// ```
pub fn read_csv(reader: impl Read) -> Result<Recording, ReadError> {
    CsvFormat::new().read(reader, |_| true)
}

/// Read the wanted columns of CSV text, by their full names in the header; whatever stands in the others is ignored.
///
/// # Errors
/// As [`read_csv`], for the wanted columns and `time_s`.
///
/// ```
/// # #[cfg(feature = "io")] {
/// use copeak::recording::read_csv_where;
/// let text = "time_s,hip_flexion_r_deg,remark\n0.00,10,start\n0.01,12,-\n";
/// let trial = read_csv_where(text.as_bytes(), |column| column.ends_with("_deg")).unwrap();
/// assert_eq!(trial.names().collect::<Vec<_>>(), ["hip_flexion_r"]);
/// # }
/// ```
pub fn read_csv_where(reader: impl Read, wanted: impl Fn(&str) -> bool) -> Result<Recording, ReadError> {
    CsvFormat::new().read(reader, wanted)
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
