//! Recordings: named channels with unit and clock, where they come from, and one clock for several devices.

mod alignment;
#[cfg(feature = "io")]
pub mod c3d;
mod channel;
#[cfg(feature = "io")]
mod csv;
#[cfg(feature = "io")]
pub mod opensim;
#[cfg(feature = "parquet")]
pub mod parquet;
#[cfg(feature = "io")]
mod progress;

pub use alignment::{Alignment, ClockOffset, Drift};
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
