//! Reading CSV recordings: one header row, a `time_s` column, units in the column names.

use super::channel::{Channel, Recording};
use crate::{Clock, Error, Signal};
use std::{fs::File, io::Read, path::Path, string::String, vec::Vec};

/// Why a recording could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The file cannot be opened or read.
    #[error("cannot read: {0}")]
    Io(#[from] std::io::Error),
    /// The file is not a table: unequal rows, bad quoting, not UTF-8.
    #[error("not a CSV table: {0}")]
    Table(#[from] ::csv::Error),
    /// There is no column `time_s`.
    #[error("no column time_s; the columns are: {columns}")]
    NoTime {
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
    /// Two columns bear one name, or a column holds nothing the crate accepts.
    #[error("column {column}: {source}")]
    Column {
        /// Column name.
        column: String,
        /// What is wrong with it.
        source: Error,
    },
}

/// Read a recording from a CSV file; its name is the file's.
///
/// # Errors
/// [`ReadError`], each naming what is wrong and where.
pub fn read_csv_file(path: impl AsRef<Path>) -> Result<Recording, ReadError> {
    read_csv_file_where(path, |_| true)
}

/// Read the wanted columns of a CSV file, as [`read_csv_where`]; the recording's name is the file's.
///
/// # Errors
/// [`ReadError`], each naming what is wrong and where.
pub fn read_csv_file_where(
    path: impl AsRef<Path>,
    wanted: impl Fn(&str) -> bool,
) -> Result<Recording, ReadError> {
    let path = path.as_ref();
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let mut recording = read_csv_where(File::open(path)?, wanted)?;
    recording.name = name;
    Ok(recording)
}

/// Read a recording from CSV text.
///
/// One header row; a column `time_s` with evenly spaced, rising times; all other columns numbers. An empty field
/// or `nan` is a missing sample (NaN). The unit is the last part of a column's name: `hip_flexion_r_deg`.
/// A byte-order mark is skipped.
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
/// assert_eq!(hip.signal.clock().rate().as_hz(), 100.0);
/// assert!(hip.signal.samples()[2].is_nan());
/// # }
/// ```
pub fn read_csv(reader: impl Read) -> Result<Recording, ReadError> {
    read_csv_where(reader, |_| true)
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
pub fn read_csv_where(mut reader: impl Read, wanted: impl Fn(&str) -> bool) -> Result<Recording, ReadError> {
    let mut text = Vec::new();
    reader.read_to_end(&mut text)?;
    let body = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text);
    let mut table = ::csv::ReaderBuilder::new().trim(::csv::Trim::All).from_reader(body);
    let headers: Vec<String> = table.headers()?.iter().map(String::from).collect();
    let time = headers.iter().position(|h| h == "time_s");
    let time = time.ok_or_else(|| ReadError::NoTime { columns: headers.join(", ") })?;

    let kept: Vec<bool> = headers.iter().enumerate().map(|(i, h)| i == time || wanted(h)).collect();
    let mut columns = vec![Vec::new(); headers.len()];
    for row in table.records() {
        let row = row?;
        let line = row.position().map_or(0, ::csv::Position::line);
        let fields = row.iter().zip(&mut columns).zip(&headers).zip(&kept);
        for ((field, column), header) in fields.filter(|(_, kept)| **kept).map(|(field, _)| field) {
            column.push(number(field).ok_or_else(|| ReadError::NotANumber {
                line,
                column: header.clone(),
                value: field.into(),
            })?);
        }
    }
    let located = |column: &str| {
        let column = String::from(column);
        move |source| ReadError::Column { column, source }
    };
    let clock = Clock::from_times(&columns[time]).map_err(located("time_s"))?;
    let mut recording = Recording::default();
    for (i, (header, samples)) in headers.iter().zip(columns).enumerate() {
        if i != time && kept[i] {
            let (name, unit) = split_unit(header);
            recording.push(Channel::new(name, unit, Signal::new(clock, samples))).map_err(located(header))?;
        }
    }
    Ok(recording)
}

/// Splits a column name such as `hip_flexion_r_deg` into name and unit.
fn split_unit(column: &str) -> (&str, &str) {
    const UNITS: [&str; 13] = ["deg", "rad", "N", "Nm", "m", "mm", "s", "mV", "V", "g", "mps", "mps2", "kg"];
    match column.rsplit_once('_') {
        Some((name, unit)) if UNITS.contains(&unit) => (name, unit),
        _ => (column, ""),
    }
}

fn number(field: &str) -> Option<f64> {
    if field.is_empty() { Some(f64::NAN) } else { field.parse().ok() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_fault_is_named_with_its_place() {
        let fault = |text: &str| read_csv(text.as_bytes()).unwrap_err().to_string();
        assert_eq!(fault("t,a\n0,1\n"), "no column time_s; the columns are: t, a");
        assert_eq!(fault("time_s,a\n0,1\n1,x\n"), "line 3, column a: \"x\" is not a number");
        assert!(fault("time_s,a\n0,1\n1\n").starts_with("not a CSV table"));
        assert!(fault("time_s,a_deg,a_rad\n0,1,2\n1,1,2\n").starts_with("column a_rad: "));
        assert!(fault("time_s,a\n").contains("at least 2 time stamps, got 0"));
        assert!(fault("time_s,a\n0,1\n2,1\n1,1\n").contains("rising"));
        assert!(fault("time_s,a\n0,1\nnan,1\n").contains("finite"));
        assert!(matches!(read_csv_file("no such file"), Err(ReadError::Io(_))));
    }

    #[test]
    fn a_byte_order_mark_and_spaces_do_no_harm() {
        let trial = read_csv("\u{feff}time_s, grf_vertical_r_N\n0,1\n0.5,nan\n".as_bytes()).unwrap();
        let force = trial.get("grf_vertical_r").unwrap();
        assert_eq!(force.unit, "N");
        assert!(force.signal.samples()[1].is_nan());
    }
}
