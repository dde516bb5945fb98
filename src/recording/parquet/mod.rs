//! Parquet recordings: a table with one row per sample, as pandas, Polars, DuckDB and Spark read and write it.
//!
//! Names as in CSV: a column `time_s` of evenly spaced times, units at the end of the other columns' names. What names cannot say
//! stands in the file's key-value metadata, all of it optional:
//!
//! | key | value |
//! |---|---|
//! | `rate_hz` | samples a second; needed without a column of times |
//! | `start_s` | time of the first row, 0 where it is not there |
//! | `unit:COLUMN` | the unit of the column of that name |
//! | `speed_mps`, `mass_kg` | running speed, body mass |
//! | `standing:MARKER` | where that marker is in standing: three numbers in metres, with spaces between them |
//!
//! Numbers of any size, whole or not, become `f64` (whole ones above 2^53 are rounded), `true` 1 and `false` 0; times of day and time
//! stamps become seconds. A null is a missing sample (NaN, counted by [`Channel::missing`](super::Channel::missing)). Pages are
//! plain, dictionaries, run lengths or byte streams, without compression or with Snappy; whatever else there is, is refused by name.
//!
//! A file is read column by column, so that beside what is decoded no more than one column of one row group is in memory. Room is made
//! only for what the bytes that are there can hold; nulls, dictionaries and run lengths hold any number of samples in a few bytes, and
//! there [`ParquetFormat::most_bytes`] is the limit.

mod footer;
mod format;
mod page;
mod read;
mod thrift;
mod values;
mod write;

pub use format::ParquetFormat;
pub use write::write;

use super::Recording;
use crate::Error;
use std::{
    io::{Read, Seek},
    path::Path,
    string::String,
};

/// Why a Parquet file could not be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ParquetError {
    /// The file cannot be opened, read or written.
    #[error("cannot read or write: {0}")]
    Io(#[from] std::io::Error),
    /// The last four bytes are not those of a Parquet file.
    #[error("not a Parquet file, or one that breaks off: it does not end with PAR1")]
    NotParquet,
    /// The footer is damaged, or cannot be read.
    #[error("byte {at}: the footer: {reason}")]
    Footer {
        /// Where in the file.
        at: u64,
        /// What is wrong.
        reason: String,
    },
    /// The file is larger than [`ParquetFormat::most_bytes`] allows, or its footer than any.
    #[error("{got} {unit}, and {most} are allowed")]
    TooLarge {
        /// How many there are.
        got: u64,
        /// How many are allowed.
        most: u64,
        /// Of what: `bytes of samples`, `bytes of footer`.
        unit: &'static str,
    },
    /// A column holds no numbers, or they are stored in a way that is not read.
    #[error("column {column}: {reason}")]
    Unread {
        /// Its name.
        column: String,
        /// Why.
        reason: String,
    },
    /// A part of a column is damaged.
    #[error("row group {group}, column {column}, byte {at}: {reason}")]
    Damaged {
        /// Row group, from 1.
        group: usize,
        /// Column name.
        column: String,
        /// Where in the file.
        at: u64,
        /// What is wrong.
        reason: String,
    },
    /// There is neither a column of times nor a rate.
    #[error("no column {name}, and no rate_hz in the metadata; the columns are: {columns}")]
    NoTime {
        /// What the column of times should be called.
        name: String,
        /// The columns there are.
        columns: String,
    },
    /// The metadata say something that cannot be.
    #[error("metadata {key} = {value:?}: {rule}")]
    Metadata {
        /// The key.
        key: String,
        /// Its value, the first 40 characters of it.
        value: String,
        /// What it should be.
        rule: &'static str,
    },
    /// Two columns bear one name, or a column holds nothing the crate accepts.
    #[error("column {column}: {source}")]
    Column {
        /// Column name.
        column: String,
        /// What is wrong with it.
        source: Error,
    },
    /// A recording does not fit into one table.
    #[error("cannot be written as Parquet: {0}")]
    Unfit(&'static str),
}

/// Reads a recording from a Parquet file; its name is the file's.
///
/// # Errors
/// As [`read_from`].
pub fn read(path: impl AsRef<Path>) -> Result<Recording, ParquetError> {
    ParquetFormat::new().read(path)
}

/// Reads a recording from Parquet; the [module](self) says what a file holds. [`ParquetFormat`] reads with another column of times,
/// rate or limit, and some of the columns.
///
/// # Errors
/// [`ParquetError`], which names what is wrong and where.
///
/// ```
/// use copeak::recording::{csv, parquet};
/// use std::io::Cursor;
/// let text = "time_s,hip_flexion_r_deg\n0.00,10\n0.01,12\n0.02,\n";
/// let trial = csv::read_from(text.as_bytes())?;
/// let mut file = Vec::new();
/// parquet::write(&trial, &mut file)?;
/// let again = parquet::read_from(Cursor::new(file))?;
/// let hip = again.channel("hip_flexion_r")?;
/// assert_eq!((hip.unit.as_str(), hip.signal.clock().rate().as_hz(), hip.missing()), ("deg", 100.0, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn read_from(reader: impl Read + Seek) -> Result<Recording, ParquetError> {
    ParquetFormat::new().read_from(reader)
}

/// The keys of the metadata.
const RATE: &str = "rate_hz";
const START: &str = "start_s";
const SPEED: &str = "speed_mps";
const MASS: &str = "mass_kg";
const UNIT: &str = "unit:";
const STANDING: &str = "standing:";
/// The column of times.
const TIME: &str = "time_s";
