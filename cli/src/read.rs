//! Files of any format.

use copeak::recording::c3d::{self, C3d};
use copeak::recording::opensim::{Mot, Trc, mot, trc};
use copeak::recording::parquet;
use copeak::recording::{Recording, csv};
use std::error::Error;
use std::fmt;
use std::path::Path;

/// Content of a file.
pub enum Content {
    /// C3D: markers, analog channels, plates, events.
    C3d(C3d),
    /// TRC: markers.
    Trc(Trc),
    /// MOT or STO: anything over time.
    Mot(Mot),
    /// CSV or Parquet: a table.
    Table(Recording),
}

/// The format that a file's extension names: `csv`, `parquet`, `c3d`, `trc`, `mot` or `sto`.
pub fn format(file: &Path) -> Option<&'static str> {
    let extension = file.extension()?.to_str()?.to_ascii_lowercase();
    ["csv", "parquet", "c3d", "trc", "mot", "sto"].into_iter().find(|known| *known == extension)
}

/// Reads a file by its extension. Errors name the file.
pub fn read(file: &Path) -> Result<Content, Box<dyn Error>> {
    Ok(match format(file) {
        Some("c3d") => Content::C3d(c3d::read(file)?),
        Some("trc") => Content::Trc(trc::read(file)?),
        Some("mot" | "sto") => Content::Mot(mot::read(file)?),
        Some("parquet") => Content::Table(parquet::read(file)?),
        Some(_) => Content::Table(csv::read(file)?),
        None => {
            let formats = ".csv, .parquet, .c3d, .trc, .mot or .sto";
            return Err(format!("{}: unknown format; expected {formats}", file.display()).into());
        }
    })
}

impl Content {
    /// The channels as the file has them.
    pub fn recording(&self) -> &Recording {
        match self {
            Content::C3d(file) => &file.recording,
            Content::Trc(file) => &file.recording,
            Content::Mot(file) => &file.recording,
            Content::Table(recording) => recording,
        }
    }

    /// The channels as the file has them.
    pub fn into_recording(self) -> Recording {
        match self {
            Content::C3d(file) => file.recording,
            Content::Trc(file) => file.recording,
            Content::Mot(file) => file.recording,
            Content::Table(recording) => recording,
        }
    }
}

impl fmt::Display for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Content::C3d(file) => file.fmt(f),
            Content::Trc(file) => file.fmt(f),
            Content::Mot(file) => file.fmt(f),
            Content::Table(recording) => recording.fmt(f),
        }
    }
}
