//! From text to channels, row by row.

use super::format::{CsvFormat, Time};
use super::{CsvError, split_unit};
use crate::recording::{Channel, Recording};
use crate::{Clock, Error, Signal};
use ::csv::{ByteRecord, ErrorKind, Reader, ReaderBuilder};
use std::io::{BufRead, BufReader, Read};
use std::{collections::HashSet, format, string::String, vec::Vec};

/// No recording has more; a row of delimiters must not cost many times its length.
const MOST_COLUMNS: usize = 100_000;
/// Rows after which the length of a file says how many there will be.
const ROWS_TO_GO_BY: usize = 1000;
/// What the text is read by.
const BUFFER: usize = 1 << 18;

/// A column that is wanted.
struct Column {
    field: usize,
    name: String,
    samples: Vec<f64>,
}

impl Column {
    /// Appends what a row holds.
    fn take(&mut self, row: &ByteRecord) -> Result<(), CsvError> {
        let value = number(row.get(self.field).unwrap_or_default());
        self.samples.push(value.map_err(|value| no_number(row, self.name.clone(), value))?);
        Ok(())
    }
}

fn no_number(row: &ByteRecord, column: String, value: String) -> CsvError {
    let line = row.position().map_or(0, ::csv::Position::line);
    match value.replacen(',', ".", 1).parse::<f64>() {
        Ok(_) => CsvError::DecimalComma { line, column, value },
        Err(_) => CsvError::NotANumber { line, column, value },
    }
}

/// `length` is that of the whole text, where it is known: memory is then asked for once.
pub(super) fn table(
    format: &CsvFormat,
    reader: impl Read,
    length: Option<u64>,
    wanted: impl Fn(&str) -> bool,
) -> Result<Recording, CsvError> {
    let mut text = BufReader::with_capacity(BUFFER, reader.take(format.most_bytes.saturating_add(1)));
    if text.fill_buf()?.starts_with(b"\xef\xbb\xbf") {
        text.consume(3);
    }
    let delimiter = match format.delimiter {
        Some(delimiter) => delimiter,
        None => likely_delimiter(text.fill_buf()?),
    };
    let mut table = ReaderBuilder::new().delimiter(delimiter).has_headers(!format.headless).from_reader(text);
    if format.in_rows {
        return channels_in_rows(format, table, delimiter, wanted);
    }
    let mut row = ByteRecord::new();
    let mut more = true;
    let headers: Vec<String> = if format.headless {
        more = table.read_byte_record(&mut row)?;
        (1..=row.len()).map(|i| format!("column_{i}")).collect()
    } else {
        table.headers()?.iter().map(|name| String::from(name.trim())).collect()
    };
    if headers.len() > MOST_COLUMNS {
        return Err(CsvError::TooLarge { line: 1, most: MOST_COLUMNS as u64, unit: "columns" });
    }
    let time = match &format.time {
        Time::Rate(_) => None,
        Time::Column(name) => Some(
            headers
                .iter()
                .position(|h| h == name)
                .ok_or_else(|| CsvError::NoTime { name: name.clone(), columns: headers.join(", ") })?,
        ),
    };
    let mut columns: Vec<Column> = headers
        .into_iter()
        .enumerate()
        .filter(|(field, name)| Some(*field) == time || wanted(name))
        .map(|(field, name)| Column { field, name, samples: Vec::new() })
        .collect();
    distinct(&columns, time)?;

    if !format.headless {
        more = table.read_byte_record(&mut row).map_err(|error| fields(error, delimiter))?;
    }
    let mut rows = 0;
    while more {
        columns.iter_mut().try_for_each(|column| column.take(&row))?;
        rows += 1;
        if let (ROWS_TO_GO_BY, Some(length)) = (rows, length) {
            let share = table.position().byte().max(1) as f64 / length.min(format.most_bytes) as f64;
            let room = (1.02 * rows as f64 / share - rows as f64).max(0.0) as usize;
            columns.iter_mut().for_each(|column| column.samples.reserve_exact(room));
        }
        more = table.read_byte_record(&mut row).map_err(|error| fields(error, delimiter))?;
    }
    not_too_long(format, &table)?;
    recording(columns, time, &format.time)
}

/// Each row a channel.
fn channels_in_rows(
    format: &CsvFormat,
    mut table: Reader<impl Read>,
    delimiter: u8,
    wanted: impl Fn(&str) -> bool,
) -> Result<Recording, CsvError> {
    let (mut row, mut rows, mut columns) = (ByteRecord::new(), 0, Vec::new());
    while table.read_byte_record(&mut row).map_err(|error| fields(error, delimiter))? {
        rows += 1;
        let name = format!("row_{rows}");
        if wanted(&name) {
            let samples = row.iter().enumerate().map(|(field, text)| {
                number(text).map_err(|value| no_number(&row, format!("column_{}", field + 1), value))
            });
            columns.push(Column { field: rows - 1, samples: samples.collect::<Result<_, _>>()?, name });
        }
    }
    not_too_long(format, &table)?;
    recording(columns, None, &format.time)
}

fn not_too_long(format: &CsvFormat, table: &Reader<impl Read>) -> Result<(), CsvError> {
    if table.position().byte() > format.most_bytes {
        let line = table.position().line();
        return Err(CsvError::TooLarge { line, most: format.most_bytes, unit: "bytes" });
    }
    Ok(())
}

fn recording(columns: Vec<Column>, time: Option<usize>, source: &Time) -> Result<Recording, CsvError> {
    let located = |column: &str| {
        let column = String::from(column);
        move |source| CsvError::Column { column, source }
    };
    let clock = match source {
        Time::Rate(rate) => Clock::from_zero(*rate),
        Time::Column(name) => {
            let times = columns.iter().find(|c| Some(c.field) == time);
            Clock::from_times(times.map_or(&[][..], |c| c.samples.as_slice())).map_err(located(name))?
        }
    };
    let mut recording = Recording::default();
    for Column { name, samples, .. } in columns.into_iter().filter(|c| Some(c.field) != time) {
        let (bare, unit) = split_unit(&name);
        recording.push(Channel::new(bare, unit, Signal::new(clock, samples))).map_err(located(&name))?;
    }
    Ok(recording)
}

/// Whether no two columns give one channel: known before anything is read.
fn distinct(columns: &[Column], time: Option<usize>) -> Result<(), CsvError> {
    let mut seen = HashSet::new();
    let twice =
        columns.iter().filter(|c| Some(c.field) != time).find(|c| !seen.insert(split_unit(&c.name).0));
    twice.map_or(Ok(()), |column| {
        let source = Error::Undefined { quantity: "a channel", reason: "its name is taken" };
        Err(CsvError::Column { column: column.name.clone(), source })
    })
}

/// The delimiter that the first line has most of; the comma where it has none.
fn likely_delimiter(start: &[u8]) -> u8 {
    let header = start.split(|b| *b == b'\n').next().unwrap_or_default();
    let count = |delimiter: u8| header.iter().filter(|b| **b == delimiter).count();
    // The last of equals is taken.
    [b'|', b'\t', b';', b','].into_iter().max_by_key(|delimiter| count(*delimiter)).unwrap_or(b',')
}

/// A row that is too long tells of decimal commas.
fn fields(error: ::csv::Error, delimiter: u8) -> CsvError {
    match error.kind() {
        ErrorKind::UnequalLengths { pos: Some(at), expected_len, len }
            if len > expected_len && delimiter == b',' =>
        {
            CsvError::Fields { line: at.line(), expected: *expected_len as usize, got: *len as usize }
        }
        _ => CsvError::Table(error),
    }
}

fn number(field: &[u8]) -> Result<f64, String> {
    let field = field.trim_ascii();
    // R writes NA.
    if field.is_empty() || field == b"NA" {
        return Ok(f64::NAN);
    }
    let text = core::str::from_utf8(field).ok();
    text.and_then(|text| text.parse().ok()).ok_or_else(|| String::from_utf8_lossy(field).into_owned())
}

#[cfg(test)]
mod tests {
    use super::super::{read as read_file, read_from};
    use super::*;
    use crate::Rate;

    fn fault(text: &str) -> String {
        read_from(text.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn each_fault_is_named_with_its_place() {
        assert_eq!(fault("t,a\n0,1\n"), "no column time_s; the columns are: t, a");
        assert_eq!(fault("time_s,a\n0,1\n1,x\n"), "line 3, column a: \"x\" is not a number");
        assert!(fault("time_s,a\n0,1\n1\n").starts_with("not a CSV table"));
        assert!(fault("time_s,a_deg,a_rad\n0,1,2\n1,1,2\n").starts_with("column a_rad: "));
        assert!(fault("time_s,a\n").contains("at least 2 time stamps, got 0"));
        assert!(fault("time_s,a\n0,1\n2,1\n1,1\n").contains("rising"));
        assert!(fault("time_s,a\n0,1\nnan,1\n").contains("finite"));
        assert!(fault("").starts_with("no column time_s"));
        assert!(matches!(read_file("no such file"), Err(CsvError::Io(_))));
        let latin = read_from(&b"time_s,a\n0,1\n1,\xb0\n"[..]).unwrap_err();
        assert!(matches!(latin, CsvError::NotANumber { line: 3, .. }), "{latin}");
    }

    #[test]
    fn decimal_commas_are_named() {
        let semicolons = fault("time_s;a\n0;1\n0,01;2\n");
        assert_eq!(
            semicolons,
            "line 3, column time_s: \"0,01\" has a decimal comma; numbers need a decimal point"
        );
        let commas = fault("time_s,a\n0,00,1,5\n");
        assert!(commas.starts_with("line 2: 4 fields where the header has 2"), "{commas}");
        assert!(fault("time_s,a\n0,\"1,5\"\n").contains("decimal comma"));
    }

    #[test]
    fn any_delimiter() {
        for delimiter in [',', ';', '\t', '|'] {
            let text = format!(
                "time_s{delimiter}a_N{delimiter}b\n0{delimiter}1{delimiter}2\n1{delimiter} 3 {delimiter}\n"
            );
            let trial = read_from(text.as_bytes()).unwrap();
            assert_eq!(trial.signal("a").unwrap().samples()[..], [1.0, 3.0], "{delimiter:?}");
            assert_eq!(trial.channel("b").unwrap().missing(), 1);
        }
        for bad in [b'a', b'0', b'"', b'\n', b'.', b'-', b' ', 200] {
            let refused = CsvFormat::new().delimiter(bad).read_from("time_s,a\n0,1\n1,2\n".as_bytes());
            assert!(
                matches!(refused, Err(CsvError::Parameter(Error::Parameter { name: "delimiter", .. }))),
                "{bad}"
            );
        }
    }

    #[test]
    fn tables_without_header_or_times() {
        let rate = Rate::from_hz(300.0).unwrap();
        let format = CsvFormat::new().headless().at_rate(rate);
        let trial = format.read_from("1;2\n3;\n".as_bytes()).unwrap();
        assert_eq!(trial.channel("column_2").unwrap().missing(), 1);
        assert_eq!(trial.signal("column_1").unwrap().clock(), Clock::from_zero(rate));
        let timed = CsvFormat::new().headless().time_column("column_1");
        let trial = timed.read_from("0,5\n0.5,6\n".as_bytes()).unwrap();
        assert_eq!(trial.signal("column_2").unwrap().clock().rate().as_hz(), 2.0);
        assert!(timed.read_from("".as_bytes()).unwrap_err().to_string().starts_with("no column column_1"));
        assert!(format.read_from("".as_bytes()).unwrap().channels.is_empty());
    }

    #[test]
    fn tables_with_a_channel_in_each_row() {
        let format = CsvFormat::new().in_rows(Rate::from_hz(300.0).unwrap());
        let read = |text: &str| format.read_from(text.as_bytes());
        let trials = read("1;2;NA\n3;4;5\n").unwrap();
        assert_eq!(trials.names().collect::<Vec<_>>(), ["row_1", "row_2"]);
        assert_eq!(trials.signal("row_2").unwrap().samples()[..], [3.0, 4.0, 5.0]);
        assert_eq!(trials.channel("row_1").unwrap().missing(), 1);
        let fault = |text: &str| read(text).unwrap_err().to_string();
        assert_eq!(fault("1,2\n3,x\n"), "line 2, column column_2: \"x\" is not a number");
        assert!(fault("1,2\n3\n").starts_with("not a CSV table"));
        let short = format.clone().most_bytes(5).read_from("1,2\n3,4\n".as_bytes()).unwrap_err();
        assert!(matches!(short, CsvError::TooLarge { most: 5, .. }));
    }

    #[test]
    fn text_longer_than_allowed_is_refused() {
        let text = "time_s,a\n0,1\n1,2\n";
        let read = |most| CsvFormat::new().most_bytes(most).read_from(text.as_bytes());
        assert!(read(text.len() as u64).is_ok());
        let error = read(text.len() as u64 - 1).unwrap_err();
        assert_eq!(error.to_string(), "line 4: longer than the 16 bytes allowed");
        let wide = format!("time_s{}\n", ",".repeat(MOST_COLUMNS));
        assert!(matches!(read_from(wide.as_bytes()), Err(CsvError::TooLarge { unit: "columns", .. })));
    }

    #[test]
    fn a_byte_order_mark_and_spaces_do_no_harm() {
        let trial = read_from("\u{feff}time_s, grf_vertical_r_N\n0,1\n0.5,nan\n".as_bytes()).unwrap();
        let force = trial.get("grf_vertical_r").unwrap();
        assert_eq!(force.unit, "N");
        assert!(force.signal.samples()[1].is_nan());
    }
}
