//! From a Parquet file to channels, column by column.

use super::footer::{self, Stored};
use super::format::{ParquetFormat, Time};
use super::page::{Buffers, Chunk, Fault};
use super::{MASS, ParquetError, RATE, SPEED, STANDING, START, UNIT};
use crate::recording::csv::split_unit;
use crate::recording::{Channel, Recording};
use crate::{Clock, Error, Rate, Signal};
use ::parquet::basic::Compression;
use ::parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData, RowGroupMetaData};
use std::{
    collections::{BTreeMap, BTreeSet},
    format,
    io::{Read, Seek, SeekFrom},
    string::{String, ToString},
    vec::Vec,
};

/// A time column is that of the declared clock when no stamp is farther from it, in samples, or than stamps of that size are rounded.
const SAME: f64 = 1e-6;
/// A declared rate that is farther from that of the times contradicts them.
const CONTRADICTION: f64 = 0.01;

/// A column that is wanted.
struct Column {
    /// Its place among the file's.
    place: usize,
    name: String,
    stored: Stored,
    samples: Vec<f64>,
}

pub(super) fn table(
    format: &ParquetFormat,
    mut reader: impl Read + Seek,
    wanted: impl Fn(&str) -> bool,
) -> Result<Recording, ParquetError> {
    let (file, end) = footer::read(&mut reader)?;
    let said = Said::of(&file);
    let names: Vec<String> =
        file.file_metadata().schema_descr().columns().iter().map(|c| c.path().string()).collect();
    let no_time = |name: &String| ParquetError::NoTime { name: name.clone(), columns: names.join(", ") };
    let time = match &format.time {
        Time::Rate(_) => None,
        Time::Column(name) => {
            let place = names.iter().position(|column| column == name);
            if place.is_none() && said.rate()?.is_none() {
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
            decoded.map_err(|Fault { at, reason }| {
                let (column, at) = (column.name.clone(), first + at as u64);
                ParquetError::Damaged { group: group + 1, column, at, reason }
            })?;
        }
        left -= here;
    }
    drop((bytes, buffers));

    let clock = match (&format.time, time) {
        (Time::Rate(rate), _) => Clock::from_zero(*rate),
        (Time::Column(name), Some(place)) => {
            let times = columns.iter().position(|c| c.place == place).map(|at| columns.remove(at));
            said.clock_of(name, &times.map(|c| c.samples).unwrap_or_default())?
        }
        (Time::Column(name), None) => said.clock()?.ok_or_else(|| no_time(name))?,
    };
    let (speed_mps, mass_kg) = (said.number(SPEED, "a number")?, said.number(MASS, "a number")?);
    let mut recording = Recording { speed_mps, mass_kg, standing: said.standing()?, ..Recording::default() };
    for Column { name, samples, .. } in columns {
        let (bare, unit) = match said.0.get(format!("{UNIT}{name}").as_str()) {
            Some(unit) => (name.as_str(), *unit),
            None => split_unit(&name),
        };
        let channel = Channel::new(bare, unit, Signal::new(clock, samples));
        let located = |source| ParquetError::Column { column: name.clone(), source };
        recording.push(channel).map_err(located)?;
    }
    Ok(recording)
}

/// The columns that are wanted, each of numbers and each once.
fn columns(
    file: &ParquetMetaData,
    names: &[String],
    wanted: impl Fn(usize, &str) -> bool,
) -> Result<Vec<Column>, ParquetError> {
    let mut seen = BTreeSet::new();
    let all = file.file_metadata().schema_descr().columns().iter().zip(names).enumerate();
    let wanted = all.filter(|(place, (_, name))| wanted(*place, name));
    wanted
        .map(|(place, (column, name))| {
            let name = name.clone();
            if !seen.insert(name.clone()) {
                let source = Error::Undefined { quantity: "a channel", reason: "its name is taken" };
                return Err(ParquetError::Column { column: name, source });
            }
            let unread = |reason| ParquetError::Unread { column: name.clone(), reason };
            let stored = footer::stored(column).map_err(unread)?;
            Ok(Column { place, name, stored, samples: Vec::new() })
        })
        .collect()
}

/// The rows of each group, which are those of the file and not too many.
fn rows(file: &ParquetMetaData, at: u64, columns: usize, most: u64) -> Result<Vec<usize>, ParquetError> {
    let count = |rows: i64| usize::try_from(rows).ok();
    let rows: Option<Vec<usize>> = file.row_groups().iter().map(|group| count(group.num_rows())).collect();
    let all =
        rows.as_ref().and_then(|rows| rows.iter().try_fold(0, |all: usize, rows| all.checked_add(*rows)));
    let said = count(file.file_metadata().num_rows());
    let (Some(rows), Some(all)) = (rows, all.filter(|all| Some(*all) == said)) else {
        let reason = "the rows of its groups are not those of the file".into();
        return Err(ParquetError::Footer { at, reason });
    };
    let got = (all as u64).saturating_mul(columns as u64).saturating_mul(8);
    if got > most {
        return Err(ParquetError::TooLarge { got, most, unit: "bytes of samples" });
    }
    Ok(rows)
}

/// The part of a column that is in a row group, and the byte at which it begins.
fn chunk<'a>(
    reader: &mut (impl Read + Seek),
    of: &RowGroupMetaData,
    group: usize,
    column: &Column,
    end: u64,
    bytes: &'a mut Vec<u8>,
) -> Result<(Chunk<'a>, u64), ParquetError> {
    let damaged = |at, reason: &str| {
        let (column, reason) = (column.name.clone(), reason.into());
        ParquetError::Damaged { group: group + 1, column, at, reason }
    };
    let part: &ColumnChunkMetaData =
        of.columns().get(column.place).ok_or_else(|| damaged(end, "the footer does not say where it is"))?;
    let snappy = match part.compression() {
        Compression::UNCOMPRESSED => false,
        Compression::SNAPPY => true,
        other => {
            let name = other.to_string();
            let name = name.split('(').next().unwrap_or_default();
            let reason = format!("compression {name} is not read: only SNAPPY and none");
            return Err(ParquetError::Unread { column: column.name.clone(), reason });
        }
    };
    let first = match part.dictionary_page_offset() {
        // Some writers put 0 for "none".
        Some(dictionary) if dictionary > 0 => dictionary.min(part.data_page_offset()),
        _ => part.data_page_offset(),
    };
    let place = u64::try_from(first).ok().zip(u64::try_from(part.compressed_size()).ok());
    let inside = |(first, length): &(u64, u64)| first.checked_add(*length).is_some_and(|last| last <= end);
    let (first, length) = place
        .filter(inside)
        .ok_or_else(|| damaged(end, "the footer says that it is where the file has no data"))?;
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

/// What the metadata say.
struct Said<'a>(BTreeMap<&'a str, &'a str>);

impl<'a> Said<'a> {
    fn of(file: &'a ParquetMetaData) -> Self {
        let pairs = file.file_metadata().key_value_metadata().into_iter().flatten();
        Self(pairs.filter_map(|pair| Some((pair.key.as_str(), pair.value.as_deref()?))).collect())
    }

    fn number(&self, key: &'static str, rule: &'static str) -> Result<Option<f64>, ParquetError> {
        let Some(text) = self.0.get(key) else { return Ok(None) };
        let value: Option<f64> = text.trim().parse().ok();
        value.filter(|v| v.is_finite()).map(Some).ok_or_else(|| unlike(key, text, rule))
    }

    fn standing(&self) -> Result<BTreeMap<String, [f64; 3]>, ParquetError> {
        let said = self.0.iter().filter_map(|(key, text)| Some((*key, key.strip_prefix(STANDING)?, text)));
        said.map(|(key, marker, text)| {
            let place: Option<Vec<f64>> = text.split_whitespace().map(|number| number.parse().ok()).collect();
            let place = place.and_then(|place| <[f64; 3]>::try_from(place).ok());
            let place = place.filter(|place| place.iter().all(|number| number.is_finite()));
            Ok((marker.into(), place.ok_or_else(|| unlike(key, text, "three numbers"))?))
        })
        .collect()
    }

    fn rate(&self) -> Result<Option<Rate>, ParquetError> {
        const RULE: &str = "a rate above 0 Hz";
        let Some(hz) = self.number(RATE, RULE)? else { return Ok(None) };
        Rate::from_hz(hz).map(Some).map_err(|_| unlike(RATE, &hz.to_string(), RULE))
    }

    /// The clock that is declared.
    fn clock(&self) -> Result<Option<Clock>, ParquetError> {
        let Some(rate) = self.rate()? else { return Ok(None) };
        const RULE: &str = "a time in seconds";
        let start_s = self.number(START, RULE)?.unwrap_or(0.0);
        Clock::new(rate, start_s).map(Some).map_err(|_| unlike(START, &start_s.to_string(), RULE))
    }

    /// The clock of time stamps; where it is the declared one, that to the last bit. One stamp alone takes the declared rate.
    fn clock_of(&self, column: &str, times_s: &[f64]) -> Result<Clock, ParquetError> {
        let located = |source| ParquetError::Column { column: column.into(), source };
        let declared = self.clock()?;
        let clock = match (times_s, declared) {
            ([only], Some(declared)) => Clock::new(declared.rate(), *only),
            _ => Clock::from_times(times_s),
        };
        let clock = clock.map_err(located)?;
        let Some(declared) = declared else { return Ok(clock) };
        if (declared.rate().as_hz() / clock.rate().as_hz() - 1.0).abs() > CONTRADICTION {
            let rule = "the column of times has another rate";
            return Err(unlike(RATE, &declared.rate().as_hz().to_string(), rule));
        }
        let largest_s = times_s.iter().fold(0.0, |most: f64, time_s| most.max(time_s.abs()));
        let same = SAME.max(declared.rate().as_hz() * f64::EPSILON * largest_s);
        let on = |(row, time_s): (usize, &f64)| (declared.position(*time_s) - row as f64).abs() <= same;
        Ok(if times_s.iter().enumerate().all(on) { declared } else { clock })
    }
}

fn unlike(key: &str, value: &str, rule: &'static str) -> ParquetError {
    ParquetError::Metadata { key: key.into(), value: value.chars().take(40).collect(), rule }
}
