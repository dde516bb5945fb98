//! Reading a file of any format, and the errors of reading and writing.

#[cfg(feature = "parquet")]
use super::parquet;
use super::{Recording, c3d, csv, from_file, opensim};
use crate::Error;
use std::{
    boxed::Box,
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    string::String,
    vec::Vec,
};

/// Reason why a recording could not be read. Its text names the file, the place in it, and the fault.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// An error in a file.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The error.
        source: Box<ReadError>,
    },
    /// The file cannot be opened or read.
    #[error("cannot read: {0}")]
    Io(#[from] io::Error),
    /// Neither the extension nor the first bytes are those of a format that can be read.
    #[error("unknown format; expected .csv, .trc, .mot, .sto, .c3d or .parquet")]
    UnknownFormat,
    /// A Parquet file, and the crate was built without the feature `parquet`.
    #[error("Parquet files need the feature `parquet` of copeak")]
    NeedsParquet,
    /// The file is not of the format.
    #[error("not a {format} file: {reason}")]
    NotOfFormat {
        /// The format: `CSV`, `C3D`, `Parquet`.
        format: &'static str,
        /// The fault.
        reason: String,
    },
    /// A place in the file is damaged, contradicts the header, or holds content that cannot be read.
    #[error("{place}: {reason}")]
    Invalid {
        /// The place: `line 3, column a`, `byte 512`, `parameter POINT:USED`.
        place: String,
        /// The fault.
        reason: String,
    },
    /// The file is shorter than its header declares.
    #[error("the file ends after {complete} of {frames} frames: {got} of {needed} bytes")]
    Truncated {
        /// Complete frames.
        complete: usize,
        /// Frames that the header declares.
        frames: usize,
        /// Bytes of the file.
        got: u64,
        /// Bytes that the header declares.
        needed: u64,
    },
    /// The file is larger than the limit.
    #[error("more than {limit} {unit}")]
    TooLarge {
        /// The limit.
        limit: u64,
        /// The unit of the limit, and the way to raise it where that is possible.
        unit: &'static str,
    },
    /// A channel, or the column of times, has content that no recording can hold.
    #[error("column {column}: {source}")]
    Column {
        /// The name of the column or channel in the file.
        column: String,
        /// The fault.
        source: Error,
    },
    /// A setting of the reader breaks its rule.
    #[error(transparent)]
    Setting(Error),
}

/// Reason why a recording could not be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// The file cannot be written.
    #[error("cannot write: {0}")]
    Io(#[from] io::Error),
    /// The recording does not fit into the format.
    #[error("cannot write as {format}: {reason}")]
    Unfit {
        /// The format: `CSV`, `MOT`, `TRC`, `Parquet`.
        format: &'static str,
        /// The part that does not fit.
        reason: String,
    },
}

/// A reader that reports the number of bytes read. Around a file it shows the progress of any of the readers of recordings, all of
/// which process what they read as they go. (A Parquet file describes its columns at its end, which is read first.)
///
/// ```
/// use copeak::recording::{ProgressReader, csv};
/// let text = "time_s,a_N\n0,1\n0.01,2\n";
/// let mut read = 0;
/// let trial = csv::read_from(ProgressReader::new(text.as_bytes(), |bytes| read = bytes)).unwrap();
/// assert_eq!((trial.channels.len(), read), (1, text.len() as u64));
/// ```
#[derive(Debug, Clone)]
pub struct ProgressReader<R, F> {
    reader: R,
    report: F,
    bytes: u64,
}

impl<R: Read, F: FnMut(u64)> ProgressReader<R, F> {
    /// Wraps a reader; `report` is called with the number of bytes read so far, after every part.
    pub fn new(reader: R, report: F) -> Self {
        Self { reader, report, bytes: 0 }
    }
}

impl<R: Read, F: FnMut(u64)> Read for ProgressReader<R, F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.bytes += read as u64;
        if read > 0 {
            (self.report)(self.bytes);
        }
        Ok(read)
    }
}

impl<R: Seek, F> Seek for ProgressReader<R, F> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.reader.seek(to)
    }
}

/// Reads a recording from a CSV, TRC, MOT, STO, C3D or Parquet file (feature `parquet`), by its extension or, if
/// that is another, by its first bytes. The recording gets the file's name.
///
/// Angles of a MOT or STO file are converted to degrees. The forces of a C3D file's plates, and of a MOT file's columns that end in
/// `vx`, `vy`, `vz`, are summed in [`Recording::ground_force`]. The modules of the formats return what a file holds in addition to channels
/// (events and plates of a C3D file, counts of hidden markers) and read other layouts of a table: [`csv`], [`opensim`], [`c3d`] and
/// `parquet`.
///
/// # Errors
/// [`ReadError`].
///
/// ```
/// let path = std::env::temp_dir().join("copeak_read_example.csv");
/// std::fs::write(&path, "time_s,hip_flexion_r_deg\n0.00,10\n0.01,12\n")?;
/// let trial = copeak::recording::read(&path)?;
/// assert_eq!(trial.signal("hip_flexion_r")?.samples(), &[10.0, 12.0]);
/// let error = copeak::recording::read("sprint.xlsx").unwrap_err();
/// assert!(error.to_string().starts_with("sprint.xlsx: cannot read: "));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn read(path: impl AsRef<Path>) -> Result<Recording, ReadError> {
    let path = path.as_ref();
    match from_file(path, |path| Ok(Format::of(path)?))? {
        Some(Format::Csv) => csv::read(path),
        Some(Format::Trc) => opensim::trc::read(path).map(|trc| trc.recording),
        Some(Format::Mot) => {
            let mot = opensim::mot::read(path)?;
            let ground_force = mot.ground_force();
            Ok(Recording { ground_force, ..mot.into_degrees() })
        }
        Some(Format::C3d) => {
            let c3d = c3d::read(path)?;
            let ground_force = from_file(path, |_| c3d.ground_force())?;
            Ok(Recording { ground_force, ..c3d.recording })
        }
        #[cfg(feature = "parquet")]
        Some(Format::Parquet) => parquet::read(path),
        #[cfg(not(feature = "parquet"))]
        Some(Format::Parquet) => from_file(path, |_| Err(ReadError::NeedsParquet)),
        None => from_file(path, |_| Err(ReadError::UnknownFormat)),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Csv,
    Trc,
    Mot,
    C3d,
    Parquet,
}

impl Format {
    fn of(path: &Path) -> std::io::Result<Option<Self>> {
        let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase();
        match Self::of_extension(&extension) {
            Some(format) => Ok(Some(format)),
            None => {
                let mut start = Vec::new();
                File::open(path)?.take(4096).read_to_end(&mut start)?;
                Ok(Self::of_content(&start))
            }
        }
    }

    fn of_extension(extension: &str) -> Option<Self> {
        match extension {
            "csv" => Some(Self::Csv),
            "trc" => Some(Self::Trc),
            "mot" | "sto" => Some(Self::Mot),
            "c3d" => Some(Self::C3d),
            "parquet" => Some(Self::Parquet),
            _ => None,
        }
    }

    fn of_content(start: &[u8]) -> Option<Self> {
        let has = |wanted: &[u8]| start.windows(wanted.len()).any(|part| part == wanted);
        if start.starts_with(b"PAR1") {
            Some(Self::Parquet)
        } else if start.starts_with(b"PathFileType") {
            Some(Self::Trc)
        } else if has(b"endheader") {
            Some(Self::Mot)
        } else if start.split(|byte| *byte == b'\n').next().is_some_and(|line| {
            line.windows(6).any(|part| part == b"time_s") && core::str::from_utf8(line).is_ok()
        }) {
            Some(Self::Csv)
        } else if start.get(1) == Some(&0x50) {
            Some(Self::C3d)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Format;

    #[test]
    fn formats_are_recognised_by_their_first_bytes() {
        for (start, format) in [
            (&b"PAR1\x15\x04"[..], Some(Format::Parquet)),
            (b"PathFileType\t4\t(X/Y/Z)\trun.trc", Some(Format::Trc)),
            (b"Coordinates\nversion=1\nendheader\ntime\thip", Some(Format::Mot)),
            (b"time_s,grf_vertical_r_N\n0,1\n", Some(Format::Csv)),
            (b"\x02\x50\x08\x00", Some(Format::C3d)),
            (b"PK\x03\x04", None),
            (b"", None),
        ] {
            assert_eq!(Format::of_content(start), format, "{start:?}");
        }
        assert_eq!(Format::of_extension("sto"), Some(Format::Mot));
        assert_eq!(Format::of_extension("xlsx"), None);
    }
}
