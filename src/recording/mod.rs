//! Recordings: named channels with unit and clock, read from files of any format or built from your own samples.
//!
//! [`read`] reads a file of any format. The module of a format reads the rest of its content, and writes it:
//!
//! | you have | you call |
//! |---|---|
//! | CSV, with units in the column names | [`csv::read`], [`csv::write`](csv::write()); another layout: [`csv::CsvFormat`] |
//! | TRC, MOT or STO (OpenSim) | [`opensim::trc::read`], [`opensim::mot::read`]; back: [`opensim::trc::write`], [`opensim::mot::write`] |
//! | C3D: markers, analog channels, plates, events | [`c3d::read`] |
//! | Parquet (feature `parquet`) | `parquet::read`, `parquet::write` |
//! | text or bytes in memory | `read_from` of the same modules |
//! | your own samples | [`Recording::push`] of a [`Channel`] |
//! | two devices, two clocks | [`Alignment`](crate::sequence::Alignment): offset and drift with their error |
//!
//! A missing sample is NaN and is counted ([`Channel::missing`]). Readers return an error with the line or the byte for anything that
//! they cannot read ([`ReadError`]); they do not guess.
//!
//! ```
//! use copeak::recording::csv;
//! let text = "time_s,hip_flexion_r_deg,grf_vertical_r_N\n0.00,10.5,0\n0.01,12,\n0.02,13.5,730\n";
//! let trial = csv::read_from(text.as_bytes())?;
//! let force = trial.channel("grf_vertical_r")?;
//! assert_eq!((force.unit.as_str(), force.missing(), force.signal.clock().rate().as_hz()), ("N", 1, 100.0));
//! let mut back = Vec::new();
//! csv::write(&trial, &mut back)?;
//! assert_eq!(csv::read_from(back.as_slice())?.names().collect::<Vec<_>>(), ["hip_flexion_r", "grf_vertical_r"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#[cfg(feature = "io")]
pub mod c3d;
mod channel;
#[cfg(feature = "io")]
pub mod csv;
mod ground_force;
#[cfg(feature = "io")]
pub mod opensim;
#[cfg(feature = "parquet")]
pub mod parquet;
#[cfg(feature = "io")]
mod read;

pub use channel::{Channel, Recording};
pub use ground_force::GroundForce;
#[cfg(feature = "io")]
pub use read::{ProgressReader, ReadError, WriteError, read};

/// Returns the name of a recording from a file: that of the file.
#[cfg(feature = "io")]
fn file_name(path: &std::path::Path) -> std::string::String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Reads a file and adds its path to errors.
#[cfg(feature = "io")]
fn from_file<T>(
    path: &std::path::Path,
    read: impl FnOnce(&std::path::Path) -> Result<T, ReadError>,
) -> Result<T, ReadError> {
    read(path).map_err(|error| ReadError::File { path: path.into(), source: std::boxed::Box::new(error) })
}

/// Builds the error of an invalid place in a file.
#[cfg(feature = "io")]
fn invalid(place: impl Into<std::string::String>, reason: impl Into<std::string::String>) -> ReadError {
    ReadError::Invalid { place: place.into(), reason: reason.into() }
}

/// Checks that the channels fit into one table, and returns its clock and number of rows.
#[cfg(feature = "io")]
fn one_table(recording: &Recording, format: &'static str) -> Result<(crate::Clock, usize), WriteError> {
    let unfit = |reason| WriteError::Unfit { format, reason };
    let first = recording.channels.first();
    let first = first.ok_or_else(|| unfit("the recording has no channel".into()))?;
    let (clock, rows) = (first.signal.clock(), first.signal.samples().len());
    let differs = |c: &&Channel| c.signal.clock() != clock || c.signal.samples().len() != rows;
    match recording.channels.iter().find(differs) {
        Some(other) => Err(unfit(alloc::format!(
            "channel '{}' differs from channel '{}' in clock or length; resample them to one clock",
            other.name,
            first.name
        ))),
        None => Ok((clock, rows)),
    }
}
