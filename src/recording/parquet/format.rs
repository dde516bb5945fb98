//! What a Parquet file's times are, and how much of it is taken.

use super::{ParquetError, TIME, read};
use crate::Rate;
use crate::recording::{Recording, file_name};
use std::{
    fs::File,
    io::{Read, Seek},
    path::Path,
    string::String,
};

/// How a Parquet file is read. [`read`](super::read) and [`read_from`](super::read_from) read the everyday form.
///
/// ```
/// use copeak::{Rate, recording::{csv, parquet::{self, ParquetFormat}}};
/// use std::io::Cursor;
/// # let mut file = Vec::new();
/// # parquet::write(&csv::read_from("time_s,force_N\n0,70\n0.5,90\n".as_bytes())?, &mut file)?;
/// // Rows at a rate that the file does not say, or says wrongly.
/// let format = ParquetFormat::new().at_rate(Rate::from_hz(300.0)?);
/// let trial = format.read_from_where(Cursor::new(file), |column| column == "force_N")?;
/// assert_eq!(trial.signal("force")?.clock().rate().as_hz(), 300.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ParquetFormat {
    pub(super) time: Time,
    pub(super) most_bytes: u64,
}

/// What the samples' times are.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Time {
    /// A column of seconds, or of time stamps; where there is none, what the metadata say.
    Column(String),
    /// The first row is at 0 s.
    Rate(Rate),
}

impl Default for ParquetFormat {
    fn default() -> Self {
        Self { time: Time::Column(TIME.into()), most_bytes: 1 << 33 }
    }
}

impl ParquetFormat {
    /// Times in `time_s` or by the metadata, at most 8 GiB of samples.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the times from the column of this name: in seconds, or time stamps of any unit. Without such a column the metadata must give a
    /// rate.
    #[must_use]
    pub fn time_column(self, name: impl Into<String>) -> Self {
        Self { time: Time::Column(name.into()), ..self }
    }

    /// Takes no column for the times: rows follow each other at this rate, the first at 0 s, whatever the metadata say.
    #[must_use]
    pub fn at_rate(self, rate: Rate) -> Self {
        Self { time: Time::Rate(rate), ..self }
    }

    /// Refuses files whose wanted columns would take more than this number of bytes, eight a sample.
    #[must_use]
    pub fn most_bytes(self, most_bytes: u64) -> Self {
        Self { most_bytes, ..self }
    }

    /// Reads Parquet; the [module](super) says what a file holds.
    ///
    /// # Errors
    /// [`ParquetError`], which names what is wrong and where.
    pub fn read_from(&self, reader: impl Read + Seek) -> Result<Recording, ParquetError> {
        self.read_from_where(reader, |_| true)
    }

    /// Reads a file, which gives the recording its name.
    ///
    /// # Errors
    /// As [`ParquetFormat::read_from`]; [`ParquetError::Io`] when the file cannot be opened.
    pub fn read(&self, path: impl AsRef<Path>) -> Result<Recording, ParquetError> {
        self.read_where(path, |_| true)
    }

    /// Reads the wanted columns, by their full names; the others are not even looked at.
    ///
    /// # Errors
    /// As [`ParquetFormat::read_from`], for the wanted columns and that of the times.
    pub fn read_from_where(
        &self,
        reader: impl Read + Seek,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<Recording, ParquetError> {
        read::table(self, reader, wanted)
    }

    /// Reads the wanted columns of a file, as [`ParquetFormat::read_from_where`].
    ///
    /// # Errors
    /// As [`ParquetFormat::read`], for the wanted columns and that of the times.
    pub fn read_where(
        &self,
        path: impl AsRef<Path>,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<Recording, ParquetError> {
        let path = path.as_ref();
        let mut recording = read::table(self, File::open(path)?, wanted)?;
        recording.name = file_name(path);
        Ok(recording)
    }
}
