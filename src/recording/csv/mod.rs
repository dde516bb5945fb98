//! CSV recordings: one header row, a `time_s` column, units in the column names.

mod write;

pub use write::write;

use super::{Channel, ReadError, Recording, file_name, from_file, invalid};
use crate::{Clock, Error, Rate, Signal};
use ::csv::{ByteRecord, ErrorKind, Reader, ReaderBuilder};
use std::io::{BufRead, BufReader, Read};
use std::{
    collections::HashSet,
    format,
    fs::File,
    path::Path,
    string::{String, ToString},
    vec::Vec,
};

/// Reads a recording from a CSV file; its name is the file's.
///
/// # Errors
/// As [`read_from`]; [`ReadError::Io`] when the file cannot be opened. Each names the file.
pub fn read(path: impl AsRef<Path>) -> Result<Recording, ReadError> {
    CsvFormat::new().read(path)
}

/// Reads a recording from CSV text.
///
/// The text has one header row, a column `time_s` with evenly spaced, rising times, and numbers with a decimal point in all other
/// columns. An empty field, `nan` or `NA` is a missing sample (NaN, counted by [`Channel::missing`](super::Channel::missing)). The
/// unit is the last part of a column's name: `hip_flexion_r_deg`. The delimiter is the one of comma, semicolon, tab and bar that the
/// header contains most of. A byte-order mark is skipped. [`CsvFormat`] reads other layouts, and selected columns.
///
/// # Errors
/// [`ReadError`], which names the fault and its line and column.
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
pub fn read_from(reader: impl Read) -> Result<Recording, ReadError> {
    CsvFormat::new().read_from(reader)
}

/// Units that the last part of a column's name can be.
pub(super) const UNITS: [&str; 13] =
    ["deg", "rad", "N", "Nm", "m", "mm", "s", "mV", "V", "g", "mps", "mps2", "kg"];

/// Splits a column name such as `hip_flexion_r_deg` into name and unit.
pub(super) fn split_unit(column: &str) -> (&str, &str) {
    match column.rsplit_once('_') {
        Some((name, unit)) if UNITS.contains(&unit) => (name, unit),
        _ => (column, ""),
    }
}

/// Layout of a table of CSV text. [`read`] and [`read_from`] read the default layout.
///
/// ```
/// use copeak::recording::csv::CsvFormat;
/// let text = "time_s:grf_vertical_r_N\n0.00:0\n0.01:70\n";
/// let trial = CsvFormat::new().delimiter(b':').read_from(text.as_bytes())?;
/// assert_eq!(trial.channel("grf_vertical_r")?.unit, "N");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct CsvFormat {
    delimiter: Option<u8>,
    time: Time,
    headless: bool,
    in_rows: bool,
    most_bytes: u64,
}

/// Times of the samples.
#[derive(Debug, Clone, PartialEq)]
enum Time {
    /// A column of seconds.
    Column(String),
    /// The first row is at 0 s.
    Rate(Rate),
}

impl Default for CsvFormat {
    fn default() -> Self {
        let time = Time::Column("time_s".into());
        Self { delimiter: None, time, headless: false, in_rows: false, most_bytes: 1 << 33 }
    }
}

impl CsvFormat {
    /// Builds the default layout: a header, the delimiter that it contains most of, times in `time_s`, at most 8 GiB.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the delimiter. Reading refuses a letter, a digit, a quote, a space, a line break, and any other character of numbers and
    /// names.
    #[must_use]
    pub fn delimiter(self, delimiter: u8) -> Self {
        Self { delimiter: Some(delimiter), ..self }
    }

    /// Takes the times, in seconds, from the column of this name.
    ///
    /// ```
    /// use copeak::recording::csv::CsvFormat;
    /// let text = "time,velocity_mps\n0.00,0.2\n0.02,0.3\n";
    /// let run = CsvFormat::new().time_column("time").read_from(text.as_bytes())?;
    /// assert_eq!(run.channel("velocity")?.unit, "mps");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn time_column(self, name: impl Into<String>) -> Self {
        Self { time: Time::Column(name.into()), in_rows: false, ..self }
    }

    /// Reads a table without times: rows follow each other at this rate, the first at 0 s.
    #[must_use]
    pub fn at_rate(self, rate: Rate) -> Self {
        Self { time: Time::Rate(rate), ..self }
    }

    /// Expects no header: the columns are `column_1`, `column_2`, ...
    ///
    /// ```
    /// use copeak::{Rate, recording::csv::CsvFormat};
    /// let format = CsvFormat::new().headless().at_rate(Rate::from_hz(300.0)?);
    /// let force = format.read_from("329.1\n330.7\n".as_bytes())?;
    /// assert_eq!(force.signal("column_1")?.samples(), &[329.1, 330.7]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn headless(self) -> Self {
        Self { headless: true, ..self }
    }

    /// Expects no header and a channel in each row: `row_1`, `row_2`, ..., their samples at this rate, the first at 0 s.
    ///
    /// ```
    /// use copeak::{Rate, recording::csv::CsvFormat};
    /// let format = CsvFormat::new().in_rows(Rate::from_hz(500.0)?);
    /// let trials = format.read_from_where("2.26,2.27,2.28\n1.90,1.95,\n".as_bytes(), |row| row == "row_2")?;
    /// let second = trials.channel("row_2")?;
    /// assert_eq!((trials.channels.len(), second.signal.samples()[0], second.missing()), (1, 1.9, 1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn in_rows(self, rate: Rate) -> Self {
        Self { time: Time::Rate(rate), headless: true, in_rows: true, ..self }
    }

    /// Refuses text that is longer than this number of bytes.
    #[must_use]
    pub fn most_bytes(self, most_bytes: u64) -> Self {
        Self { most_bytes, ..self }
    }

    /// Reads CSV text with the content that [`read_from`] describes.
    ///
    /// # Errors
    /// [`ReadError`], which names the fault and its line and column.
    pub fn read_from(&self, reader: impl Read) -> Result<Recording, ReadError> {
        self.read_from_where(reader, |_| true)
    }

    /// Reads a file; the recording gets its name.
    ///
    /// # Errors
    /// As [`CsvFormat::read_from`]; [`ReadError::Io`] when the file cannot be opened. Each names the file.
    pub fn read(&self, path: impl AsRef<Path>) -> Result<Recording, ReadError> {
        self.read_where(path, |_| true)
    }

    /// Reads the wanted columns of CSV text, by their full names in the header; the content of the others is ignored.
    ///
    /// # Errors
    /// As [`CsvFormat::read_from`], for the wanted columns and that of the times.
    ///
    /// ```
    /// use copeak::recording::csv::CsvFormat;
    /// let text = "time_s,hip_flexion_r_deg,remark\n0.00,10,start\n0.01,12,-\n";
    /// let trial = CsvFormat::new().read_from_where(text.as_bytes(), |column| column.ends_with("_deg"))?;
    /// assert_eq!(trial.names().collect::<Vec<_>>(), ["hip_flexion_r"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn read_from_where(
        &self,
        reader: impl Read,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<Recording, ReadError> {
        self.check()?;
        table(self, reader, None, wanted)
    }

    /// Reads the wanted columns of a file, as [`CsvFormat::read_from_where`].
    ///
    /// # Errors
    /// As [`CsvFormat::read`], for the wanted columns and that of the times.
    pub fn read_where(
        &self,
        path: impl AsRef<Path>,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<Recording, ReadError> {
        self.check()?;
        from_file(path.as_ref(), |path| {
            let file = File::open(path)?;
            let length = file.metadata()?.len();
            let mut recording = table(self, file, Some(length), wanted)?;
            recording.name = file_name(path);
            Ok(recording)
        })
    }

    fn check(&self) -> Result<(), ReadError> {
        let Some(delimiter) = self.delimiter else { return Ok(()) };
        if delimiter.is_ascii_alphanumeric() || !delimiter.is_ascii() || b"\"\n\r +-._".contains(&delimiter) {
            let rule = "an ASCII character that occurs in neither numbers nor names";
            let value = f64::from(delimiter);
            return Err(ReadError::Setting(Error::Parameter { name: "delimiter", rule, value }));
        }
        Ok(())
    }
}

/// Largest number of columns, so that a row of delimiters does not cost many times its length.
const MOST_COLUMNS: usize = 100_000;
/// Rows after which the total number of rows is extrapolated from the length of the file.
const ROWS_TO_EXTRAPOLATE: usize = 1000;
/// Bytes that are read at once.
const BUFFER: usize = 1 << 18;

/// A column that is wanted.
struct Column {
    field: usize,
    name: String,
    samples: Vec<f64>,
}

impl Column {
    /// Appends the value of a row.
    fn take(&mut self, row: &ByteRecord) -> Result<(), ReadError> {
        let value = number(row.get(self.field).unwrap_or_default());
        self.samples.push(value.map_err(|value| no_number(row, self.name.clone(), value))?);
        Ok(())
    }
}

fn no_number(row: &ByteRecord, column: String, value: String) -> ReadError {
    let line = row.position().map_or(0, ::csv::Position::line);
    let reason = match value.replacen(',', ".", 1).parse::<f64>() {
        Ok(_) => format!("{value:?} has a decimal comma; write numbers with a decimal point"),
        Err(_) => format!("{value:?} is not a number"),
    };
    invalid(format!("line {line}, column {column}"), reason)
}

/// Converts an error of the parser.
fn not_a_table(error: ::csv::Error) -> ReadError {
    let reason = error.to_string();
    match error.into_kind() {
        ErrorKind::Io(error) => ReadError::Io(error),
        _ => ReadError::NotOfFormat { format: "CSV", reason },
    }
}

/// Reads a table. `length` is that of the complete text, where it is known: memory is then allocated once.
fn table(
    format: &CsvFormat,
    reader: impl Read,
    length: Option<u64>,
    wanted: impl Fn(&str) -> bool,
) -> Result<Recording, ReadError> {
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
        more = table.read_byte_record(&mut row).map_err(not_a_table)?;
        (1..=row.len()).map(|i| format!("column_{i}")).collect()
    } else {
        table.headers().map_err(not_a_table)?.iter().map(|name| String::from(name.trim())).collect()
    };
    if headers.len() > MOST_COLUMNS {
        return Err(ReadError::TooLarge { limit: MOST_COLUMNS as u64, unit: "columns" });
    }
    let time = match &format.time {
        Time::Rate(_) => None,
        Time::Column(name) => {
            let present =
                || invalid("header", format!("no column {name}; columns present: {}", headers.join(", ")));
            Some(headers.iter().position(|h| h == name).ok_or_else(present)?)
        }
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
        if let (ROWS_TO_EXTRAPOLATE, Some(length)) = (rows, length) {
            let share = table.position().byte().max(1) as f64 / length.min(format.most_bytes) as f64;
            let room = (1.02 * rows as f64 / share - rows as f64).max(0.0) as usize;
            columns.iter_mut().for_each(|column| column.samples.reserve_exact(room));
        }
        more = table.read_byte_record(&mut row).map_err(|error| fields(error, delimiter))?;
    }
    not_too_long(format, &table)?;
    recording(columns, time, &format.time)
}

/// Reads a table with a channel in each row.
fn channels_in_rows(
    format: &CsvFormat,
    mut table: Reader<impl Read>,
    delimiter: u8,
    wanted: impl Fn(&str) -> bool,
) -> Result<Recording, ReadError> {
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

fn not_too_long(format: &CsvFormat, table: &Reader<impl Read>) -> Result<(), ReadError> {
    if table.position().byte() > format.most_bytes {
        let unit = "bytes of text; raise the limit by CsvFormat::most_bytes";
        return Err(ReadError::TooLarge { limit: format.most_bytes, unit });
    }
    Ok(())
}

fn recording(columns: Vec<Column>, time: Option<usize>, source: &Time) -> Result<Recording, ReadError> {
    let located = |column: &str| {
        let column = String::from(column);
        move |source| ReadError::Column { column, source }
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

/// Checks that no two columns give one channel, before anything is read.
fn distinct(columns: &[Column], time: Option<usize>) -> Result<(), ReadError> {
    let mut seen = HashSet::new();
    let twice =
        columns.iter().filter(|c| Some(c.field) != time).find(|c| !seen.insert(split_unit(&c.name).0));
    twice.map_or(Ok(()), |column| {
        let source = Error::Undefined {
            quantity: "the channel of that name",
            reason: "the recording already has one",
        };
        Err(ReadError::Column { column: column.name.clone(), source })
    })
}

/// Returns the delimiter that the first line contains most of; the comma where it contains none.
fn likely_delimiter(start: &[u8]) -> u8 {
    let header = start.split(|b| *b == b'\n').next().unwrap_or_default();
    let count = |delimiter: u8| header.iter().filter(|b| **b == delimiter).count();
    // The last of equals is taken.
    [b'|', b'\t', b';', b','].into_iter().max_by_key(|delimiter| count(*delimiter)).unwrap_or(b',')
}

/// Explains a row that is too long by decimal commas.
fn fields(error: ::csv::Error, delimiter: u8) -> ReadError {
    match error.kind() {
        ErrorKind::UnequalLengths { pos: Some(at), expected_len, len }
            if len > expected_len && delimiter == b',' =>
        {
            let reason = format!(
                "{len} fields where the header has {expected_len}; write numbers with a decimal point, not a comma"
            );
            invalid(format!("line {}", at.line()), reason)
        }
        _ => not_a_table(error),
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
    use super::*;

    fn fault(text: &str) -> String {
        read_from(text.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn the_message_of_each_fault_has_line_and_column() {
        assert_eq!(fault("t,a\n0,1\n"), "header: no column time_s; columns present: t, a");
        assert_eq!(fault("time_s,a\n0,1\n1,x\n"), "line 3, column a: \"x\" is not a number");
        assert!(fault("time_s,a\n0,1\n1\n").starts_with("not a CSV file: "));
        assert!(fault("time_s,a_deg,a_rad\n0,1,2\n1,1,2\n").starts_with("column a_rad: "));
        assert!(fault("time_s,a\n").contains("at least 2 time stamps, got 0"));
        assert!(fault("time_s,a\n0,1\n2,1\n1,1\n").contains("rising"));
        assert!(fault("time_s,a\n0,1\nnan,1\n").contains("finite"));
        assert!(fault("").starts_with("header: no column time_s"));
        let absent = read("no such file").unwrap_err();
        assert!(matches!(&absent, ReadError::File { source, .. } if matches!(**source, ReadError::Io(_))));
        assert!(absent.to_string().starts_with("no such file: cannot read: "));
        let latin = read_from(&b"time_s,a\n0,1\n1,\xb0\n"[..]).unwrap_err();
        assert!(latin.to_string().starts_with("line 3, column a: "), "{latin}");
    }

    #[test]
    fn a_decimal_comma_is_reported_as_one() {
        let semicolons = fault("time_s;a\n0;1\n0,01;2\n");
        assert_eq!(
            semicolons,
            "line 3, column time_s: \"0,01\" has a decimal comma; write numbers with a decimal point"
        );
        let commas = fault("time_s,a\n0,00,1,5\n");
        assert!(commas.starts_with("line 2: 4 fields where the header has 2"), "{commas}");
        assert!(fault("time_s,a\n0,\"1,5\"\n").contains("decimal comma"));
    }

    #[test]
    fn comma_semicolon_tab_and_bar_are_recognised() {
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
                matches!(refused, Err(ReadError::Setting(Error::Parameter { name: "delimiter", .. }))),
                "{bad}"
            );
        }
    }

    #[test]
    fn tables_without_header_or_times_are_read() {
        let rate = Rate::from_hz(300.0).unwrap();
        let format = CsvFormat::new().headless().at_rate(rate);
        let trial = format.read_from("1;2\n3;\n".as_bytes()).unwrap();
        assert_eq!(trial.channel("column_2").unwrap().missing(), 1);
        assert_eq!(trial.signal("column_1").unwrap().clock(), Clock::from_zero(rate));
        let timed = CsvFormat::new().headless().time_column("column_1");
        let trial = timed.read_from("0,5\n0.5,6\n".as_bytes()).unwrap();
        assert_eq!(trial.signal("column_2").unwrap().clock().rate().as_hz(), 2.0);
        assert!(
            timed.read_from("".as_bytes()).unwrap_err().to_string().starts_with("header: no column column_1")
        );
        assert!(format.read_from("".as_bytes()).unwrap().channels.is_empty());
    }

    #[test]
    fn tables_with_a_channel_in_each_row_are_read() {
        let format = CsvFormat::new().in_rows(Rate::from_hz(300.0).unwrap());
        let read = |text: &str| format.read_from(text.as_bytes());
        let trials = read("1;2;NA\n3;4;5\n").unwrap();
        assert_eq!(trials.names().collect::<Vec<_>>(), ["row_1", "row_2"]);
        assert_eq!(trials.signal("row_2").unwrap().samples()[..], [3.0, 4.0, 5.0]);
        assert_eq!(trials.channel("row_1").unwrap().missing(), 1);
        let fault = |text: &str| read(text).unwrap_err().to_string();
        assert_eq!(fault("1,2\n3,x\n"), "line 2, column column_2: \"x\" is not a number");
        assert!(fault("1,2\n3\n").starts_with("not a CSV file: "));
        let short = format.clone().most_bytes(5).read_from("1,2\n3,4\n".as_bytes()).unwrap_err();
        assert!(matches!(short, ReadError::TooLarge { limit: 5, .. }));
    }

    #[test]
    fn text_longer_than_allowed_is_refused() {
        let text = "time_s,a\n0,1\n1,2\n";
        let read = |most| CsvFormat::new().most_bytes(most).read_from(text.as_bytes());
        assert!(read(text.len() as u64).is_ok());
        let error = read(text.len() as u64 - 1).unwrap_err();
        assert_eq!(error.to_string(), "more than 16 bytes of text; raise the limit by CsvFormat::most_bytes");
        let wide = format!("time_s{}\n", ",".repeat(MOST_COLUMNS));
        assert!(matches!(read_from(wide.as_bytes()), Err(ReadError::TooLarge { unit: "columns", .. })));
    }

    #[test]
    fn a_byte_order_mark_and_spaces_are_skipped() {
        let trial = read_from("\u{feff}time_s, grf_vertical_r_N\n0,1\n0.5,nan\n".as_bytes()).unwrap();
        let force = trial.get("grf_vertical_r").unwrap();
        assert_eq!(force.unit, "N");
        assert!(force.signal.samples()[1].is_nan());
    }
}
