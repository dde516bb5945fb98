//! The text files of OpenSim: marker paths (TRC), and joint angles, forces and anything else over time (MOT, STO).
//!
//! Every error names the line; no header decides how much memory is reserved. Files above 2 GiB are an error.

pub mod mot;
pub mod trc;

pub use mot::Mot;
pub use trc::Trc;

use super::{ReadError, WriteError, invalid};
use crate::{Clock, Rate};
use std::{
    io::{BufRead, BufReader, Read},
    string::{String, ToString},
    vec::Vec,
};

/// Larger files are an error.
const MOST_BYTES: u64 = 1 << 31;

/// Error of a line.
fn at_line(line: usize, reason: impl Into<String>) -> ReadError {
    invalid(std::format!("line {line}"), reason)
}

/// The lines of a file with their numbers, from 1, one in memory at a time, without byte-order mark and carriage returns.
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

    /// Returns the next line; `None` at the end.
    fn next(&mut self) -> Result<Option<(usize, &str)>, ReadError> {
        self.line.clear();
        let left = MOST_BYTES + 1 - self.bytes;
        let read = self.reader.by_ref().take(left).read_until(b'\n', &mut self.line)?;
        if read == 0 {
            return Ok(None);
        }
        self.bytes += read as u64;
        if self.bytes > MOST_BYTES {
            return Err(ReadError::TooLarge { limit: MOST_BYTES, unit: "bytes" });
        }
        let mark: &[u8] = if self.number == 0 { b"\xef\xbb\xbf" } else { b"" };
        self.number += 1;
        let line = self.line.strip_prefix(mark).unwrap_or(&self.line);
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let text = core::str::from_utf8(line).map_err(|_| at_line(self.number, "not UTF-8 text"))?;
        Ok(Some((self.number, text)))
    }

    /// Returns the next line, which must exist.
    fn need(&mut self, what: &str) -> Result<(usize, &str), ReadError> {
        let after = self.number + 1;
        self.next()?.ok_or_else(|| at_line(after, std::format!("the file ends before its {what}")))
    }
}

/// Reads a finite number.
fn number(cell: &str, line: usize, column: usize) -> Result<f64, ReadError> {
    let value: Option<f64> = cell.parse().ok();
    value.filter(|v| v.is_finite()).ok_or_else(|| {
        let start: String = cell.chars().take(40).collect();
        invalid(std::format!("line {line}, column {column}"), std::format!("{start:?} is not a number"))
    })
}

/// Reads a number, or NaN for a cell that is empty or `nan`.
fn number_or_missing(cell: &str, line: usize, column: usize) -> Result<f64, ReadError> {
    if cell.is_empty() || cell.eq_ignore_ascii_case("nan") {
        Ok(f64::NAN)
    } else {
        number(cell, line, column)
    }
}

/// Returns the clock of time stamps; a single stamp uses the header's rate.
fn clock(times_s: &[f64], rate_hz: Option<f64>) -> Result<Clock, ReadError> {
    let clock = match (times_s, rate_hz) {
        ([only], Some(rate_hz)) => Rate::from_hz(rate_hz).and_then(|rate| Clock::new(rate, *only)),
        _ => Clock::from_times(times_s),
    };
    clock.map_err(|source| ReadError::Column { column: "time".into(), source })
}

/// Checks a name for a cell of the header: without tabs, line breaks and spaces at its ends, and not empty.
fn writable<'a>(name: &'a str, format: &'static str) -> Result<&'a str, WriteError> {
    if name.trim() != name || name.is_empty() || name.contains(['\t', '\n', '\r']) {
        let reason =
            std::format!("the name {name:?} is empty, or has tabs, line breaks or spaces at its ends");
        return Err(WriteError::Unfit { format, reason });
    }
    Ok(name)
}

/// Returns the shortest text that is read back as the same number; empty for a missing one.
fn cell(value: f64) -> String {
    if value.is_finite() { value.to_string() } else { String::new() }
}
