//! How CSV text is laid out, and how much of it is taken.

use super::{ReadError, read};
use crate::recording::{Recording, file_name};
use crate::{Error, Rate, Result};
use std::{fs::File, io::Read, path::Path, string::String};

/// How to read CSV text; [`super::read_csv`] is the everyday form.
///
/// ```
/// use copeak::recording::CsvFormat;
/// let text = "time_s:grf_vertical_r_N\n0.00:0\n0.01:70\n";
/// let trial = CsvFormat::new().delimiter(b':')?.read(text.as_bytes(), |_| true)?;
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

    /// With this delimiter.
    ///
    /// # Errors
    /// [`Error::Parameter`] for a letter, a digit, a quote, a space, a line break, and whatever else a number or a name can hold.
    pub fn delimiter(self, delimiter: u8) -> Result<Self> {
        if delimiter.is_ascii_alphanumeric() || !delimiter.is_ascii() || b"\"\n\r +-._".contains(&delimiter) {
            let rule = "an ASCII character that neither numbers nor names hold";
            return Err(Error::Parameter { name: "delimiter", rule, value: f64::from(delimiter) });
        }
        Ok(Self { delimiter: Some(delimiter), ..self })
    }

    /// With times, in seconds, in the column of this name.
    ///
    /// ```
    /// use copeak::recording::CsvFormat;
    /// let text = "time,velocity_mps\n0.00,0.2\n0.02,0.3\n";
    /// let run = CsvFormat::new().time_column("time").read(text.as_bytes(), |_| true)?;
    /// assert_eq!(run.channel("velocity")?.unit, "mps");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn time_column(self, name: impl Into<String>) -> Self {
        Self { time: Time::Column(name.into()), in_rows: false, ..self }
    }

    /// Without a column of times: rows follow each other at this rate, the first at 0 s.
    pub fn at_rate(self, rate: Rate) -> Self {
        Self { time: Time::Rate(rate), ..self }
    }

    /// Without a header: the columns are `column_1`, `column_2`, ...
    ///
    /// ```
    /// use copeak::{Rate, recording::CsvFormat};
    /// let format = CsvFormat::new().headless().at_rate(Rate::from_hz(300.0)?);
    /// let force = format.read("329.1\n330.7\n".as_bytes(), |_| true)?;
    /// assert_eq!(force.signal("column_1")?.samples(), &[329.1, 330.7]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn headless(self) -> Self {
        Self { headless: true, ..self }
    }

    /// Without a header, and with a channel in each row: `row_1`, `row_2`, ..., their samples at this rate, the first at 0 s.
    ///
    /// ```
    /// # #[cfg(feature = "io")] {
    /// use copeak::{Rate, recording::CsvFormat};
    /// let format = CsvFormat::new().in_rows(Rate::from_hz(500.0).unwrap());
    /// let trials = format.read("2.26,2.27,2.28\n1.90,1.95,\n".as_bytes(), |row| row == "row_2").unwrap();
    /// let second = trials.get("row_2").unwrap();
    /// assert_eq!((trials.channels.len(), second.signal.samples()[0], second.missing()), (1, 1.9, 1));
    /// # }
    /// ```
    pub fn in_rows(self, rate: Rate) -> Self {
        Self { time: Time::Rate(rate), headless: true, in_rows: true, ..self }
    }

    /// Refusing text that is longer than so many bytes.
    pub fn most_bytes(self, most_bytes: u64) -> Self {
        Self { most_bytes, ..self }
    }

    /// Read the wanted columns, by their full names in the header, of CSV text; what it holds, [`super::read_csv`] says.
    ///
    /// # Errors
    /// [`ReadError`], each naming what is wrong and where.
    pub fn read(
        &self,
        reader: impl Read,
        wanted: impl Fn(&str) -> bool,
    ) -> core::result::Result<Recording, ReadError> {
        read::table(self, reader, None, wanted)
    }

    /// The same of a file, which gives the recording its name.
    ///
    /// # Errors
    /// As [`CsvFormat::read`]; [`ReadError::Io`] when it cannot be opened.
    pub fn read_file(
        &self,
        path: impl AsRef<Path>,
        wanted: impl Fn(&str) -> bool,
    ) -> core::result::Result<Recording, ReadError> {
        let path = path.as_ref();
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        let mut recording = read::table(self, file, Some(length), wanted)?;
        recording.name = file_name(path);
        Ok(recording)
    }
}
