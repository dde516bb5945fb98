//! Recordings: named channels with unit and clock, where they come from, and one clock for several devices.
//!
//! | you have | you call |
//! |---|---|
//! | CSV, with units in the column names | [`read_csv_file`]; another layout: [`CsvFormat`]; back: [`write_csv`] |
//! | TRC, MOT or STO (OpenSim) | [`opensim::read_trc_file`], [`opensim::read_mot_file`]; back: [`opensim::write_trc`], [`opensim::write_mot`] |
//! | C3D: markers, analog channels, plates, events | [`c3d::read_c3d_file`] |
//! | Parquet (feature `parquet`) | `parquet::read_parquet_file`; back: `parquet::write_parquet` |
//! | samples of your own | [`Recording::push`] of a [`Channel`] |
//! | two devices, two clocks | [`Alignment`](crate::sequence::Alignment): offset and drift with their error |
//!
//! A missing sample is NaN and is counted ([`Channel::missing`]). Readers refuse what they cannot read, with the line or the byte
//! ([`ReadError`]); nothing is guessed.
//!
//! ```
//! use copeak::recording::{read_csv, write_csv};
//! let text = "time_s,hip_flexion_r_deg,grf_vertical_r_N\n0.00,10.5,0\n0.01,12,\n0.02,13.5,730\n";
//! let trial = read_csv(text.as_bytes())?;
//! let force = trial.get("grf_vertical_r").unwrap();
//! assert_eq!((force.unit.as_str(), force.missing(), force.signal.clock().rate().as_hz()), ("N", 1, 100.0));
//! let mut back = Vec::new();
//! write_csv(&trial, &mut back)?;
//! assert_eq!(read_csv(back.as_slice())?.names().collect::<Vec<_>>(), ["hip_flexion_r", "grf_vertical_r"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#[cfg(feature = "io")]
pub mod c3d;
mod channel;
#[cfg(feature = "io")]
mod csv;
mod display;
#[cfg(feature = "io")]
pub mod opensim;
#[cfg(feature = "parquet")]
pub mod parquet;
#[cfg(feature = "io")]
mod progress;

pub use channel::{Channel, Recording};
#[cfg(feature = "io")]
pub use csv::{
    CsvFormat, ReadError, read_csv, read_csv_file, read_csv_file_where, read_csv_where, write_csv,
};
#[cfg(feature = "io")]
pub use progress::Progress;

/// What a recording is called that comes from a file.
#[cfg(feature = "io")]
fn file_name(path: &std::path::Path) -> std::string::String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
