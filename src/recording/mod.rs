//! Recordings: named channels with unit and clock, and where they come from.

#[cfg(feature = "io")]
pub mod c3d;
mod channel;
#[cfg(feature = "io")]
mod csv;

pub use channel::{Channel, Recording};
#[cfg(feature = "io")]
pub use csv::{ReadError, read_csv, read_csv_file, read_csv_file_where, read_csv_where};
