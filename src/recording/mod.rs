//! Recordings: named channels with unit and clock, where they come from, and one clock for several devices.
//!
//! [`read`] reads a file of any format. What else a format holds, and how it is written:
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
//! A missing sample is NaN and is counted ([`Channel::missing`]). Readers refuse what they cannot read, with the line or the byte
//! ([`ReadError`]); nothing is guessed.
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
mod display;
mod ground_force;
#[cfg(feature = "io")]
pub mod opensim;
#[cfg(feature = "parquet")]
pub mod parquet;
#[cfg(feature = "io")]
mod progress;
#[cfg(feature = "io")]
mod read;

pub use channel::{Channel, Recording};
pub use ground_force::GroundForce;
#[cfg(feature = "io")]
pub use progress::Progress;
#[cfg(feature = "io")]
pub use read::{ReadError, read};

/// What a recording is called that comes from a file.
#[cfg(feature = "io")]
fn file_name(path: &std::path::Path) -> std::string::String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
