//! Reading a file of any format.

#[cfg(feature = "parquet")]
use super::parquet;
use super::{Recording, c3d, csv, opensim};
use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
    vec::Vec,
};

/// Why a file could not be read. Each variant names the file and what is wrong in it, and where.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The file cannot be opened or read.
    #[error("{}: cannot read: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system reports.
        source: std::io::Error,
    },
    /// Neither the extension nor the first bytes are those of a format that is read.
    #[error("{}: unknown format; expected .csv, .trc, .mot, .sto, .c3d or .parquet", path.display())]
    UnknownFormat {
        /// The file.
        path: PathBuf,
    },
    /// A Parquet file, and the crate was built without the feature `parquet`.
    #[error("{}: Parquet files need the feature `parquet` of copeak", path.display())]
    NeedsParquet {
        /// The file.
        path: PathBuf,
    },
    /// A CSV file.
    #[error("{}: {source}", path.display())]
    Csv {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: csv::CsvError,
    },
    /// A TRC, MOT or STO file.
    #[error("{}: {source}", path.display())]
    OpenSim {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: opensim::OpenSimError,
    },
    /// A C3D file.
    #[error("{}: {source}", path.display())]
    C3d {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: c3d::C3dError,
    },
    /// A Parquet file.
    #[cfg(feature = "parquet")]
    #[error("{}: {source}", path.display())]
    Parquet {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: parquet::ParquetError,
    },
}

/// Reads a recording from a CSV, TRC, MOT, STO, C3D or Parquet file (feature `parquet`), by its extension or, where that is none of
/// these, by its first bytes. The recording's name is the file's.
///
/// Angles of a MOT or STO file are in degrees afterwards. Forces of a C3D file's plates, or of a MOT file whose columns end in `vx`,
/// `vy`, `vz`, are summed in [`Recording::ground_force`]. What else a format has besides channels (events and plates of a C3D file, counts
/// of hidden markers), and other layouts of a table, come from the modules of the formats: [`csv`], [`opensim`], [`c3d`] and
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
    let at = || path.to_path_buf();
    let open_sim = |source| ReadError::OpenSim { path: at(), source };
    match Format::of(path).map_err(|source| ReadError::Io { path: at(), source })? {
        Some(Format::Csv) => csv::read(path).map_err(|source| ReadError::Csv { path: at(), source }),
        Some(Format::Trc) => opensim::trc::read(path).map(|trc| trc.recording).map_err(open_sim),
        Some(Format::Mot) => {
            let mot = opensim::mot::read(path).map_err(open_sim)?;
            let ground_force = mot.ground_force();
            Ok(Recording { ground_force, ..mot.into_degrees() })
        }
        Some(Format::C3d) => {
            let with_force = |c3d: c3d::C3d| {
                let ground_force = if c3d.plates.is_empty() { None } else { Some(c3d.ground_force()?) };
                Ok(Recording { ground_force, ..c3d.recording })
            };
            c3d::read(path).and_then(with_force).map_err(|source| ReadError::C3d { path: at(), source })
        }
        #[cfg(feature = "parquet")]
        Some(Format::Parquet) => {
            parquet::read(path).map_err(|source| ReadError::Parquet { path: at(), source })
        }
        #[cfg(not(feature = "parquet"))]
        Some(Format::Parquet) => Err(ReadError::NeedsParquet { path: at() }),
        None => Err(ReadError::UnknownFormat { path: at() }),
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
