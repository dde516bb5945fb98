//! How CSV text is laid out, and how much of it is taken.

use super::{CsvError, read};
use crate::recording::{Recording, file_name};
use crate::{Error, Rate, Result};
use std::{fs::File, io::Read, path::Path, string::String};

/// How a table of CSV text is laid out. [`read`](super::read) and [`read_from`](super::read_from) read the everyday layout.
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
    pub(super) delimiter: Option<u8>,
    pub(super) time: Time,
    pub(super) headless: bool,
    pub(super) in_rows: bool,
    pub(super) most_bytes: u64,
}

/// What the samples' times are.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Time {
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
    /// A header, the delimiter that it has most of, times in `time_s`, at most 8 GiB.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the delimiter. Reading refuses a letter, a digit, a quote, a space, a line break, and whatever else a number or a name
    /// can hold.
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

    /// Takes no column for the times: rows follow each other at this rate, the first at 0 s.
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

    /// Reads CSV text; [`read_from`](super::read_from) says what it holds.
    ///
    /// # Errors
    /// [`CsvError`], which names what is wrong and where.
    pub fn read_from(&self, reader: impl Read) -> core::result::Result<Recording, CsvError> {
        self.read_from_where(reader, |_| true)
    }

    /// Reads a file, which gives the recording its name.
    ///
    /// # Errors
    /// As [`CsvFormat::read_from`]; [`CsvError::Io`] when the file cannot be opened.
    pub fn read(&self, path: impl AsRef<Path>) -> core::result::Result<Recording, CsvError> {
        self.read_where(path, |_| true)
    }

    /// Reads the wanted columns of CSV text, by their full names in the header; whatever stands in the others is ignored.
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
    ) -> core::result::Result<Recording, CsvError> {
        self.check()?;
        read::table(self, reader, None, wanted)
    }

    /// Reads the wanted columns of a file, as [`CsvFormat::read_from_where`].
    ///
    /// # Errors
    /// As [`CsvFormat::read`], for the wanted columns and that of the times.
    pub fn read_where(
        &self,
        path: impl AsRef<Path>,
        wanted: impl Fn(&str) -> bool,
    ) -> core::result::Result<Recording, CsvError> {
        self.check()?;
        let path = path.as_ref();
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        let mut recording = read::table(self, file, Some(length), wanted)?;
        recording.name = file_name(path);
        Ok(recording)
    }

    fn check(&self) -> Result<()> {
        let Some(delimiter) = self.delimiter else { return Ok(()) };
        if delimiter.is_ascii_alphanumeric() || !delimiter.is_ascii() || b"\"\n\r +-._".contains(&delimiter) {
            let rule = "an ASCII character that neither numbers nor names hold";
            return Err(Error::Parameter { name: "delimiter", rule, value: f64::from(delimiter) });
        }
        Ok(())
    }
}
