//! One row per recording: the columns of a cohort's Parquet files, and both ways between a row and a [`Recording`].
//!
//! A recording is studied whole, on one worker; rows of samples would have to be collected first. Its channels differ in number and
//! rate, so they are a list and not columns.
//!
//! | column | type | |
//! |---|---|---|
//! | `id` | text | name of the recording |
//! | `athlete` | text | name of the athlete |
//! | `speed_mps`, `mass_kg` | number or null | if known |
//! | `channels` | list of `{name, unit, rate_hz, start_s, samples}` | samples are a list of numbers; a missing one is NaN or null |

use copeak::recording::{Channel, Recording};
use copeak::{Clock, Rate, Signal};
use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, Float64Array, Float64Builder, ListArray, RecordBatch, StringArray,
    StringBuilder, StructArray,
};
use datafusion::arrow::buffer::OffsetBuffer;
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Fields, Float64Type, Schema, SchemaRef};
use datafusion::error::{DataFusionError, Result};
use std::sync::Arc;

/// A recording of a cohort.
pub struct Row {
    pub id: String,
    pub athlete: String,
    pub recording: Recording,
}

/// A sample, as an element of a list.
fn sample() -> FieldRef {
    Arc::new(Field::new_list_field(DataType::Float64, true))
}

/// A channel, as an element of a list.
fn channel() -> FieldRef {
    Arc::new(Field::new_list_field(DataType::Struct(channel_fields()), false))
}

/// Fields of a channel.
fn channel_fields() -> Fields {
    Fields::from(vec![
        Field::new("name", DataType::Utf8, false),
        Field::new("unit", DataType::Utf8, false),
        Field::new("rate_hz", DataType::Float64, false),
        Field::new("start_s", DataType::Float64, false),
        Field::new("samples", DataType::List(sample()), false),
    ])
}

/// The columns.
pub fn schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("id", DataType::Utf8, false),
        Field::new("athlete", DataType::Utf8, false),
        Field::new("speed_mps", DataType::Float64, true),
        Field::new("mass_kg", DataType::Float64, true),
        Field::new("channels", DataType::List(channel()), false),
    ]))
}

/// Recordings as rows.
pub fn batch(rows: &[Row]) -> Result<RecordBatch> {
    let channels = || rows.iter().flat_map(|row| &row.recording.channels);
    let (mut names, mut units) = (StringBuilder::new(), StringBuilder::new());
    let (mut rates, mut starts, mut samples) =
        (Float64Builder::new(), Float64Builder::new(), Float64Builder::new());
    for channel in channels() {
        names.append_value(&channel.name);
        units.append_value(&channel.unit);
        rates.append_value(channel.signal.clock().rate().as_hz());
        starts.append_value(channel.signal.start_s());
        samples.append_slice(channel.signal.samples());
    }
    let samples = ListArray::try_new(
        sample(),
        OffsetBuffer::from_lengths(channels().map(|c| c.signal.samples().len())),
        Arc::new(samples.finish()),
        None,
    )?;
    let columns: Vec<ArrayRef> = vec![
        Arc::new(names.finish()),
        Arc::new(units.finish()),
        Arc::new(rates.finish()),
        Arc::new(starts.finish()),
        Arc::new(samples),
    ];
    let channels = ListArray::try_new(
        channel(),
        OffsetBuffer::from_lengths(rows.iter().map(|row| row.recording.channels.len())),
        Arc::new(StructArray::try_new(channel_fields(), columns, None)?),
        None,
    )?;
    let columns: Vec<ArrayRef> = vec![
        Arc::new(StringArray::from_iter_values(rows.iter().map(|row| &row.id))),
        Arc::new(StringArray::from_iter_values(rows.iter().map(|row| &row.athlete))),
        Arc::new(Float64Array::from_iter(rows.iter().map(|row| row.recording.speed_mps))),
        Arc::new(Float64Array::from_iter(rows.iter().map(|row| row.recording.mass_kg))),
        Arc::new(channels),
    ];
    Ok(RecordBatch::try_new(schema(), columns)?)
}

/// Refuses a column that holds no channels, before anything is read.
pub fn check(channels: &DataType) -> Result<()> {
    let wrong = |what: &str| {
        DataFusionError::Plan(format!(
            "channels must be a list of {{name, unit, rate_hz, start_s, samples}}: {what}"
        ))
    };
    let kind = element(channels).ok_or_else(|| wrong(&format!("this is {channels}")))?.data_type();
    let DataType::Struct(fields) = kind else { return Err(wrong(&format!("its elements are {kind}"))) };
    for wanted in &channel_fields() {
        let (_, field) =
            fields.find(wanted.name()).ok_or_else(|| wrong(&format!("there is no {}", wanted.name())))?;
        let fits = match wanted.data_type() {
            DataType::Utf8 => is_text(field.data_type()),
            DataType::Float64 => field.data_type().is_numeric(),
            _ => element(field.data_type()).is_some_and(|sample| sample.data_type().is_numeric()),
        };
        if !fits {
            return Err(wrong(&format!("{} is {}", wanted.name(), field.data_type())));
        }
    }
    Ok(())
}

/// Text, also as categories.
fn is_text(kind: &DataType) -> bool {
    kind.is_string() || matches!(kind, DataType::Dictionary(_, values) if values.is_string())
}

fn element(list: &DataType) -> Option<&FieldRef> {
    match list {
        DataType::List(field) | DataType::LargeList(field) | DataType::FixedSizeList(field, _) => Some(field),
        _ => None,
    }
}

/// A column of channels, as recordings.
pub struct Recordings {
    channels: ListArray,
    names: StringArray,
    units: StringArray,
    rates: Float64Array,
    starts: Float64Array,
    samples: ListArray,
}

impl Recordings {
    /// # Errors
    /// What the column is that it should not be.
    pub fn of(column: &ArrayRef) -> Result<Self> {
        check(column.data_type())?;
        let channels = as_list(column)?;
        let parts = channels.values().as_struct();
        let part = |name: &str, to: &DataType| {
            let found =
                parts.column_by_name(name).ok_or_else(|| DataFusionError::Internal(format!("no {name}")))?;
            Ok::<ArrayRef, DataFusionError>(cast(found, to)?)
        };
        let text =
            |name: &str| Ok::<_, DataFusionError>(part(name, &DataType::Utf8)?.as_string::<i32>().clone());
        let number = |name: &str| {
            Ok::<_, DataFusionError>(part(name, &DataType::Float64)?.as_primitive::<Float64Type>().clone())
        };
        Ok(Self {
            names: text("name")?,
            units: text("unit")?,
            rates: number("rate_hz")?,
            starts: number("start_s")?,
            samples: part("samples", &DataType::List(sample()))?.as_list::<i32>().clone(),
            channels,
        })
    }

    /// The recording of this row. A channel without samples is not there.
    ///
    /// # Errors
    /// In words, why the row holds none.
    pub fn get(&self, row: usize) -> std::result::Result<Recording, String> {
        let mut recording = Recording::new("");
        let channels = if self.channels.is_null(row) { 0..0 } else { range(&self.channels, row) };
        if channels.is_empty() {
            return Err("it has no channels".into());
        }
        for i in channels {
            if self.names.is_null(i) {
                return Err("a channel without a name".into());
            }
            let name = self.names.value(i);
            let null = [
                ("rate_hz", self.rates.is_null(i)),
                ("start_s", self.starts.is_null(i)),
                ("samples", self.samples.is_null(i)),
            ];
            if let Some((what, _)) = null.into_iter().find(|(_, null)| *null) {
                return Err(format!("{name}: {what} is null"));
            }
            let values = self.samples.value(i);
            if values.is_empty() {
                continue;
            }
            let samples =
                values.as_primitive::<Float64Type>().iter().map(|v| v.unwrap_or(f64::NAN)).collect();
            let unit = if self.units.is_null(i) { "" } else { self.units.value(i) };
            let clock =
                Rate::from_hz(self.rates.value(i)).and_then(|rate| Clock::new(rate, self.starts.value(i)));
            clock
                .and_then(|clock| recording.push(Channel::new(name, unit, Signal::new(clock, samples))))
                .map_err(|error| format!("{name}: {error}"))?;
        }
        Ok(recording)
    }
}

fn range(list: &ListArray, row: usize) -> std::ops::Range<usize> {
    let offsets = list.value_offsets();
    offsets[row] as usize..offsets[row + 1] as usize
}

/// Lists of other kinds as the usual one.
fn as_list(column: &ArrayRef) -> Result<ListArray> {
    let kind = column.data_type();
    let element = element(kind).ok_or_else(|| DataFusionError::Internal(format!("{kind} is no list")))?;
    Ok(cast(column, &DataType::List(element.clone()))?.as_list::<i32>().clone())
}
