//! Parquet recordings: a table with one row per sample, as pandas, Polars, DuckDB and Spark read and write it.
//!
//! Names as in CSV: a column `time_s` of evenly spaced times, units at the end of the other columns' names. The file's key-value
//! metadata hold the rest, all of it optional:
//!
//! | key | value |
//! |---|---|
//! | `rate_hz` | samples per second; needed without a column of times |
//! | `start_s` | time of the first row, 0 by default |
//! | `unit:COLUMN` | the unit of the column of that name |
//! | `speed_mps`, `mass_kg` | running speed, body mass |
//! | `standing:MARKER` | position of that marker in standing: three numbers in metres, separated by spaces |
//!
//! Integers and floating-point numbers of any size become `f64` (integers above 2^53 are rounded), `true` 1 and `false` 0; times of day
//! and time stamps become seconds. A null is a missing sample (NaN, counted by [`Channel::missing`](super::Channel::missing)). Pages are
//! plain, dictionaries, run lengths or byte streams, without compression or with Snappy; any other encoding is an error that names it.
//!
//! A file is read column by column, so that memory holds the decoded samples and one column of one row group. Memory is reserved
//! only for samples that the bytes of the file can encode; nulls, dictionaries and run lengths encode any number of samples in a few
//! bytes, and there [`ParquetFormat::most_bytes`] is the limit.

mod pages;
mod write;

pub use write::write;

use super::csv::split_unit;
use super::{Channel, ReadError, Recording, file_name, from_file, invalid};
use crate::{Clock, Error, Rate, Signal};
use ::parquet::basic::Compression;
use ::parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData, RowGroupMetaData};
use pages::{Buffers, Chunk, Fault, Stored};
use std::{
    collections::{BTreeMap, BTreeSet},
    format,
    fs::File,
    io::{Read, Seek, SeekFrom},
    path::Path,
    string::{String, ToString},
    vec::Vec,
};

/// Reads a recording from a Parquet file; it gets the file's name.
///
/// # Errors
/// As [`read_from`]; each names the file.
pub fn read(path: impl AsRef<Path>) -> Result<Recording, ReadError> {
    ParquetFormat::new().read(path)
}

/// Reads a recording from Parquet with the content that the [module](self) describes. [`ParquetFormat`] reads with another column of
/// times, rate or limit, and selected columns.
///
/// # Errors
/// [`ReadError`], which names the fault and its row group, column and byte.
///
/// ```
/// use copeak::recording::{csv, parquet};
/// use std::io::Cursor;
/// let text = "time_s,hip_flexion_r_deg\n0.00,10\n0.01,12\n0.02,\n";
/// let trial = csv::read_from(text.as_bytes())?;
/// let mut file = Vec::new();
/// parquet::write(&trial, &mut file)?;
/// let again = parquet::read_from(Cursor::new(file))?;
/// let hip = again.channel("hip_flexion_r")?;
/// assert_eq!((hip.unit.as_str(), hip.signal.clock().rate().as_hz(), hip.missing()), ("deg", 100.0, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn read_from(reader: impl Read + Seek) -> Result<Recording, ReadError> {
    ParquetFormat::new().read_from(reader)
}

/// The keys of the metadata.
const RATE: &str = "rate_hz";
const START: &str = "start_s";
const SPEED: &str = "speed_mps";
const MASS: &str = "mass_kg";
const UNIT: &str = "unit:";
const STANDING: &str = "standing:";
/// The column of times.
const TIME: &str = "time_s";

/// Settings for reading a Parquet file. [`read`] and [`read_from`] use the default ones.
///
/// ```
/// use copeak::{Rate, recording::{csv, parquet::{self, ParquetFormat}}};
/// use std::io::Cursor;
/// # let mut file = Vec::new();
/// # parquet::write(&csv::read_from("time_s,force_N\n0,70\n0.5,90\n".as_bytes())?, &mut file)?;
/// // Rows at a rate that is missing or wrong in the file.
/// let format = ParquetFormat::new().at_rate(Rate::from_hz(300.0)?);
/// let trial = format.read_from_where(Cursor::new(file), |column| column == "force_N")?;
/// assert_eq!(trial.signal("force")?.clock().rate().as_hz(), 300.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ParquetFormat {
    time: Time,
    most_bytes: u64,
}

/// Times of the samples.
#[derive(Debug, Clone, PartialEq)]
enum Time {
    /// A column of seconds, or of time stamps; without it, those of the metadata.
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
    /// Builds the default settings: times in `time_s` or by the metadata, at most 8 GiB of samples.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the times from the column of this name: in seconds, or time stamps of any unit. Without such a column the metadata must give a
    /// rate.
    #[must_use]
    pub fn time_column(self, name: impl Into<String>) -> Self {
        Self { time: Time::Column(name.into()), ..self }
    }

    /// Reads a table without times: rows follow each other at this rate, the first at 0 s, also where the metadata differ.
    #[must_use]
    pub fn at_rate(self, rate: Rate) -> Self {
        Self { time: Time::Rate(rate), ..self }
    }

    /// Refuses files whose wanted columns would take more than this number of bytes, eight per sample.
    #[must_use]
    pub fn most_bytes(self, most_bytes: u64) -> Self {
        Self { most_bytes, ..self }
    }

    /// Reads Parquet with the content that the [module](self) describes.
    ///
    /// # Errors
    /// [`ReadError`], which names the fault and its row group, column and byte.
    pub fn read_from(&self, reader: impl Read + Seek) -> Result<Recording, ReadError> {
        self.read_from_where(reader, |_| true)
    }

    /// Reads a file; the recording gets its name.
    ///
    /// # Errors
    /// As [`ParquetFormat::read_from`]; [`ReadError::Io`] when the file cannot be opened. Each names the file.
    pub fn read(&self, path: impl AsRef<Path>) -> Result<Recording, ReadError> {
        self.read_where(path, |_| true)
    }

    /// Reads the wanted columns, by their full names; the others are not decoded.
    ///
    /// # Errors
    /// As [`ParquetFormat::read_from`], for the wanted columns and that of the times.
    pub fn read_from_where(
        &self,
        reader: impl Read + Seek,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<Recording, ReadError> {
        table(self, reader, wanted)
    }

    /// Reads the wanted columns of a file, as [`ParquetFormat::read_from_where`].
    ///
    /// # Errors
    /// As [`ParquetFormat::read`], for the wanted columns and that of the times.
    pub fn read_where(
        &self,
        path: impl AsRef<Path>,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<Recording, ReadError> {
        from_file(path.as_ref(), |path| {
            let mut recording = table(self, File::open(path)?, wanted)?;
            recording.name = file_name(path);
            Ok(recording)
        })
    }
}

/// Largest distance, in samples, of a stamp from the declared clock for which the column of times is that clock; it is larger where stamps of
/// that size are rounded more coarsely.
const SAME: f64 = 1e-6;
/// Largest relative difference between the declared rate and that of the times.
const CONTRADICTION: f64 = 0.01;

/// A column that is wanted.
struct Column {
    /// Its index among the file's columns.
    place: usize,
    name: String,
    stored: Stored,
    samples: Vec<f64>,
}

/// Reads the wanted columns into a recording.
fn table(
    format: &ParquetFormat,
    mut reader: impl Read + Seek,
    wanted: impl Fn(&str) -> bool,
) -> Result<Recording, ReadError> {
    let (file, end) = pages::read_footer(&mut reader)?;
    let metadata = Metadata::of(&file);
    let names: Vec<String> =
        file.file_metadata().schema_descr().columns().iter().map(|c| c.path().string()).collect();
    let no_time = |name: &String| {
        let columns = names.join(", ");
        invalid(
            "footer",
            format!("no column {name}, and no rate_hz in the metadata; columns present: {columns}"),
        )
    };
    let time = match &format.time {
        Time::Rate(_) => None,
        Time::Column(name) => {
            let place = names.iter().position(|column| column == name);
            if place.is_none() && metadata.rate()?.is_none() {
                return Err(no_time(name));
            }
            place
        }
    };
    let mut columns = columns(&file, &names, |place, name| Some(place) == time || wanted(name))?;
    let rows = rows(&file, end, columns.len(), format.most_bytes)?;
    let mut buffers = Buffers::default();
    let mut bytes = Vec::new();
    let mut left = rows.iter().sum::<usize>();
    for (group, &here) in rows.iter().enumerate() {
        for column in &mut columns {
            let (chunk, first) = chunk(&mut reader, file.row_group(group), group, column, end, &mut bytes)?;
            let decoded = chunk.decode(here, left, &mut column.samples, &mut buffers);
            decoded
                .map_err(|Fault { at, reason }| damaged(group, &column.name, first + at as u64, reason))?;
        }
        left -= here;
    }
    drop((bytes, buffers));

    let clock = match (&format.time, time) {
        (Time::Rate(rate), _) => Clock::from_zero(*rate),
        (Time::Column(name), Some(place)) => {
            let times = columns.iter().position(|c| c.place == place).map(|at| columns.remove(at));
            metadata.clock_of(name, &times.map(|c| c.samples).unwrap_or_default())?
        }
        (Time::Column(name), None) => metadata.clock()?.ok_or_else(|| no_time(name))?,
    };
    let (speed_mps, mass_kg) =
        (metadata.number(SPEED, "expected a number")?, metadata.number(MASS, "expected a number")?);
    let mut recording =
        Recording { speed_mps, mass_kg, standing: metadata.standing()?, ..Recording::default() };
    for Column { name, samples, .. } in columns {
        let (bare, unit) = match metadata.0.get(format!("{UNIT}{name}").as_str()) {
            Some(unit) => (name.as_str(), *unit),
            None => split_unit(&name),
        };
        let channel = Channel::new(bare, unit, Signal::new(clock, samples));
        let located = |source| ReadError::Column { column: name.clone(), source };
        recording.push(channel).map_err(located)?;
    }
    Ok(recording)
}

/// Error of a part of a column that is damaged.
fn damaged(group: usize, column: &str, at: u64, reason: String) -> ReadError {
    invalid(format!("row group {}, column {column}, byte {at}", group + 1), reason)
}

/// Selects the wanted columns, each of numbers and each once.
fn columns(
    file: &ParquetMetaData,
    names: &[String],
    wanted: impl Fn(usize, &str) -> bool,
) -> Result<Vec<Column>, ReadError> {
    let mut seen = BTreeSet::new();
    let all = file.file_metadata().schema_descr().columns().iter().zip(names).enumerate();
    let wanted = all.filter(|(place, (_, name))| wanted(*place, name));
    wanted
        .map(|(place, (column, name))| {
            let name = name.clone();
            if !seen.insert(name.clone()) {
                let source = Error::Undefined {
                    quantity: "the channel of that name",
                    reason: "the recording already has one",
                };
                return Err(ReadError::Column { column: name, source });
            }
            let unread = |reason: String| invalid(format!("column {name}"), reason);
            let stored = pages::stored(column).map_err(unread)?;
            Ok(Column { place, name, stored, samples: Vec::new() })
        })
        .collect()
}

/// Returns the rows of each group, which add up to those of the file and are not too many.
fn rows(file: &ParquetMetaData, at: u64, columns: usize, most: u64) -> Result<Vec<usize>, ReadError> {
    let count = |rows: i64| usize::try_from(rows).ok();
    let rows: Option<Vec<usize>> = file.row_groups().iter().map(|group| count(group.num_rows())).collect();
    let all =
        rows.as_ref().and_then(|rows| rows.iter().try_fold(0, |all: usize, rows| all.checked_add(*rows)));
    let declared = count(file.file_metadata().num_rows());
    let (Some(rows), Some(all)) = (rows, all.filter(|all| Some(*all) == declared)) else {
        return Err(invalid(
            format!("byte {at}"),
            "the footer: the rows of its groups do not add up to those of the file",
        ));
    };
    let got = (all as u64).saturating_mul(columns as u64).saturating_mul(8);
    if got > most {
        let unit = "bytes of samples; select columns, or raise the limit by ParquetFormat::most_bytes";
        return Err(ReadError::TooLarge { limit: most, unit });
    }
    Ok(rows)
}

/// Reads the part of a column that is in a row group, and returns it with its first byte.
fn chunk<'a>(
    reader: &mut (impl Read + Seek),
    of: &RowGroupMetaData,
    group: usize,
    column: &Column,
    end: u64,
    bytes: &'a mut Vec<u8>,
) -> Result<(Chunk<'a>, u64), ReadError> {
    let damaged = |at, reason: &str| damaged(group, &column.name, at, reason.into());
    let part: &ColumnChunkMetaData =
        of.columns().get(column.place).ok_or_else(|| damaged(end, "the footer gives no place for it"))?;
    let snappy = match part.compression() {
        Compression::UNCOMPRESSED => false,
        Compression::SNAPPY => true,
        other => {
            let name = other.to_string();
            let name = name.split('(').next().unwrap_or_default();
            let reason = format!("compression {name} is not read: only SNAPPY and none");
            return Err(invalid(format!("column {}", column.name), reason));
        }
    };
    let first = match part.dictionary_page_offset() {
        // Some programs write 0 for "none".
        Some(dictionary) if dictionary > 0 => dictionary.min(part.data_page_offset()),
        _ => part.data_page_offset(),
    };
    let place = u64::try_from(first).ok().zip(u64::try_from(part.compressed_size()).ok());
    let inside = |(first, length): &(u64, u64)| first.checked_add(*length).is_some_and(|last| last <= end);
    let (first, length) =
        place.filter(inside).ok_or_else(|| damaged(end, "its place in the footer is outside the data"))?;
    bytes.clear();
    bytes.reserve_exact(length as usize);
    reader.seek(SeekFrom::Start(first))?;
    reader.take(length).read_to_end(bytes)?;
    if bytes.len() as u64 != length {
        return Err(damaged(first + bytes.len() as u64, "the file ends here"));
    }
    let optional = part.column_descr().max_def_level() > 0;
    Ok((Chunk { bytes, stored: column.stored, optional, snappy }, first))
}

/// Key-value metadata of a file.
struct Metadata<'a>(BTreeMap<&'a str, &'a str>);

impl<'a> Metadata<'a> {
    fn of(file: &'a ParquetMetaData) -> Self {
        let pairs = file.file_metadata().key_value_metadata().into_iter().flatten();
        Self(pairs.filter_map(|pair| Some((pair.key.as_str(), pair.value.as_deref()?))).collect())
    }

    fn number(&self, key: &'static str, rule: &'static str) -> Result<Option<f64>, ReadError> {
        let Some(text) = self.0.get(key) else { return Ok(None) };
        let value: Option<f64> = text.trim().parse().ok();
        value.filter(|v| v.is_finite()).map(Some).ok_or_else(|| wrong(key, text, rule))
    }

    fn standing(&self) -> Result<BTreeMap<String, [f64; 3]>, ReadError> {
        let positions =
            self.0.iter().filter_map(|(key, text)| Some((*key, key.strip_prefix(STANDING)?, text)));
        positions
            .map(|(key, marker, text)| {
                let place: Option<Vec<f64>> =
                    text.split_whitespace().map(|number| number.parse().ok()).collect();
                let place = place.and_then(|place| <[f64; 3]>::try_from(place).ok());
                let place = place.filter(|place| place.iter().all(|number| number.is_finite()));
                Ok((marker.into(), place.ok_or_else(|| wrong(key, text, "expected three numbers"))?))
            })
            .collect()
    }

    fn rate(&self) -> Result<Option<Rate>, ReadError> {
        const RULE: &str = "expected a rate above 0 Hz";
        let Some(hz) = self.number(RATE, RULE)? else { return Ok(None) };
        Rate::from_hz(hz).map(Some).map_err(|_| wrong(RATE, &hz.to_string(), RULE))
    }

    /// Returns the declared clock.
    fn clock(&self) -> Result<Option<Clock>, ReadError> {
        let Some(rate) = self.rate()? else { return Ok(None) };
        const RULE: &str = "expected a time in seconds";
        let start_s = self.number(START, RULE)?.unwrap_or(0.0);
        Clock::new(rate, start_s).map(Some).map_err(|_| wrong(START, &start_s.to_string(), RULE))
    }

    /// Returns the clock of time stamps: exactly the declared one where they agree with it. A single stamp uses the declared rate.
    fn clock_of(&self, column: &str, times_s: &[f64]) -> Result<Clock, ReadError> {
        let located = |source| ReadError::Column { column: column.into(), source };
        let declared = self.clock()?;
        let clock = match (times_s, declared) {
            ([only], Some(declared)) => Clock::new(declared.rate(), *only),
            _ => Clock::from_times(times_s),
        };
        let clock = clock.map_err(located)?;
        let Some(declared) = declared else { return Ok(clock) };
        if (declared.rate().as_hz() / clock.rate().as_hz() - 1.0).abs() > CONTRADICTION {
            let rule = "the column of times has another rate";
            return Err(wrong(RATE, &declared.rate().as_hz().to_string(), rule));
        }
        let largest_s = times_s.iter().fold(0.0, |most: f64, time_s| most.max(time_s.abs()));
        let same = SAME.max(declared.rate().as_hz() * f64::EPSILON * largest_s);
        let on = |(row, time_s): (usize, &f64)| (declared.position(*time_s) - row as f64).abs() <= same;
        Ok(if times_s.iter().enumerate().all(on) { declared } else { clock })
    }
}

/// Error of a value in the metadata.
fn wrong(key: &str, value: &str, rule: &'static str) -> ReadError {
    let start: String = value.chars().take(40).collect();
    invalid(format!("metadata {key} = {start:?}"), rule)
}
