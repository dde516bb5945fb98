//! The text files of OpenSim: marker paths (TRC), and joint angles, forces and anything else over time (MOT, STO).
//!
//! Every fault is told with its line; nothing in a header decides how much memory is taken. Files above 2 GiB are refused.

pub mod mot;
pub mod trc;

pub use mot::Mot;
pub use trc::Trc;

use crate::{Clock, Error, Rate};
use std::{
    io::{BufRead, BufReader, Read},
    string::{String, ToString},
    vec::Vec,
};

/// Why a TRC, MOT or STO file could not be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenSimError {
    /// The file cannot be opened, read or written.
    #[error("cannot read or write: {0}")]
    Io(#[from] std::io::Error),
    /// The file is larger than any that is read.
    #[error("the file has more than {most} bytes")]
    TooLarge {
        /// The most that are read.
        most: u64,
    },
    /// A line is not text.
    #[error("line {line} is not UTF-8 text")]
    NotText {
        /// Line, from 1.
        line: usize,
    },
    /// The header lacks something, or says something that cannot be.
    #[error("line {line}: {what}")]
    Header {
        /// Line, from 1.
        line: usize,
        /// What is wrong.
        what: String,
    },
    /// A line has more or fewer cells than the header names columns.
    #[error("line {line}: {got} cells, where the header asks for {expected}")]
    Cells {
        /// Line, from 1.
        line: usize,
        /// Cells that there should be.
        expected: usize,
        /// Cells that there are.
        got: usize,
    },
    /// A cell is not a finite number.
    #[error("line {line}, column {column}: {value:?} is not a number")]
    NotANumber {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What stands there, the first 40 characters of it.
        value: String,
    },
    /// The file has another number of rows than its header says.
    #[error("the file ends on line {line} with {got} rows, where its header says {expected}")]
    Rows {
        /// The last line.
        line: usize,
        /// Rows that there should be.
        expected: usize,
        /// Rows that there are.
        got: usize,
    },
    /// The times are no clock, or not the one the header names.
    #[error("column time: {0}")]
    Time(Error),
    /// A column holds nothing the crate accepts.
    #[error("column {column}: {source}")]
    Column {
        /// Its name.
        column: String,
        /// What is wrong with it.
        source: Error,
    },
    /// What is to be written does not fit into one table.
    #[error("cannot be written: {0}")]
    Unfit(&'static str),
}

/// Files above this are refused.
const MOST_BYTES: u64 = 1 << 31;

fn header(line: usize, what: impl Into<String>) -> OpenSimError {
    OpenSimError::Header { line, what: what.into() }
}

/// The lines of a file with their numbers, from 1, one in memory at a time; a byte-order mark and carriage returns are taken
/// away.
struct Lines<R> {
    reader: BufReader<R>,
    line: Vec<u8>,
    number: usize,
    bytes: u64,
}

impl<R: Read> Lines<R> {
    fn new(reader: R) -> Self {
        Self { reader: BufReader::with_capacity(1 << 16, reader), line: Vec::new(), number: 0, bytes: 0 }
    }

    /// The next line; `None` at the end.
    fn next(&mut self) -> Result<Option<(usize, &str)>, OpenSimError> {
        self.line.clear();
        let left = MOST_BYTES + 1 - self.bytes;
        let read = self.reader.by_ref().take(left).read_until(b'\n', &mut self.line)?;
        if read == 0 {
            return Ok(None);
        }
        self.bytes += read as u64;
        if self.bytes > MOST_BYTES {
            return Err(OpenSimError::TooLarge { most: MOST_BYTES });
        }
        let mark: &[u8] = if self.number == 0 { b"\xef\xbb\xbf" } else { b"" };
        self.number += 1;
        let line = self.line.strip_prefix(mark).unwrap_or(&self.line);
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let text = core::str::from_utf8(line).map_err(|_| OpenSimError::NotText { line: self.number })?;
        Ok(Some((self.number, text)))
    }

    /// A line that must be there.
    fn need(&mut self, what: &str) -> Result<(usize, &str), OpenSimError> {
        let after = self.number + 1;
        self.next()?.ok_or_else(|| header(after, std::format!("the file ends before its {what}")))
    }
}

/// A finite number.
fn number(cell: &str, line: usize, column: usize) -> Result<f64, OpenSimError> {
    let value: Option<f64> = cell.parse().ok();
    value.filter(|v| v.is_finite()).ok_or_else(|| OpenSimError::NotANumber {
        line,
        column,
        value: cell.chars().take(40).collect(),
    })
}

/// A number, or NaN for a cell that is empty or says so.
fn number_or_missing(cell: &str, line: usize, column: usize) -> Result<f64, OpenSimError> {
    if cell.is_empty() || cell.eq_ignore_ascii_case("nan") {
        Ok(f64::NAN)
    } else {
        number(cell, line, column)
    }
}

/// The clock of time stamps; one stamp alone takes the header's rate.
fn clock(times_s: &[f64], rate_hz: Option<f64>) -> Result<Clock, OpenSimError> {
    match (times_s, rate_hz) {
        ([only], Some(rate_hz)) => {
            Rate::from_hz(rate_hz).and_then(|rate| Clock::new(rate, *only)).map_err(OpenSimError::Time)
        }
        _ => Clock::from_times(times_s).map_err(OpenSimError::Time),
    }
}

/// A name that stands in a header's cell: without tabs, line breaks and spaces at its ends, and not empty.
fn writable(name: &str) -> Result<&str, OpenSimError> {
    if name.trim() != name || name.is_empty() || name.contains(['\t', '\n', '\r']) {
        return Err(OpenSimError::Unfit("a name is empty, or has tabs, line breaks or spaces at its ends"));
    }
    Ok(name)
}

/// The shortest text that reads back as the same number; empty for a missing one.
fn cell(value: f64) -> String {
    if value.is_finite() { value.to_string() } else { String::new() }
}
