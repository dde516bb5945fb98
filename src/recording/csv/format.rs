//! How CSV text is laid out, and how much of it is taken.

use super::{ReadError, read};
use crate::recording::Recording;
use crate::{Error, Result};
use std::{fs::File, io::Read, path::Path};

/// How to read CSV text; [`super::read_csv`] is the everyday form.
///
/// ```
/// # #[cfg(feature = "io")] {
/// use copeak::recording::CsvFormat;
/// let text = "time_s:grf_vertical_r_N\n0.00:0\n0.01:70\n";
/// let trial = CsvFormat::new().delimiter(b':').unwrap().read(text.as_bytes(), |_| true).unwrap();
/// assert_eq!(trial.get("grf_vertical_r").unwrap().unit, "N");
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CsvFormat {
    pub(super) delimiter: Option<u8>,
    pub(super) most_bytes: u64,
}

impl Default for CsvFormat {
    fn default() -> Self {
        Self { delimiter: None, most_bytes: 1 << 33 }
    }
}

impl CsvFormat {
    /// The delimiter found in the header, at most 8 GiB.
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
        recording.name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(recording)
    }
}
