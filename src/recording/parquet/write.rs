//! From channels to a Parquet file.

use super::{MASS, RATE, SPEED, STANDING, START, TIME, UNIT};
use crate::recording::csv::{UNITS, split_unit};
use crate::recording::{Recording, WriteError, one_table};
use ::parquet::basic::{Compression, Repetition, Type};
use ::parquet::data_type::DoubleType;
use ::parquet::errors::ParquetError;
use ::parquet::file::metadata::KeyValue;
use ::parquet::file::properties::WriterProperties;
use ::parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use ::parquet::schema::types::Type as Schema;
use std::{
    format,
    io::{self, Write},
    string::{String, ToString},
    sync::Arc,
    vec,
    vec::Vec,
};

/// Rows of a group: as other programs write it, and 8 MB of a column.
const GROUP: usize = 1 << 20;

/// Writes a recording as Parquet, with Snappy: `time_s`, then one column per channel, named with its unit where a name can contain it; clock,
/// other units, speed, mass and standing markers in the metadata. Missing samples are nulls. Read back, everything is the same to the last
/// bit, except for the recording's name, which is not stored: it is that of the file.
///
/// # Errors
/// [`WriteError::Unfit`] without a channel, when channels differ in clock or length, two would have one column, or speed, mass or
/// a standing marker is not finite; [`WriteError::Io`].
pub fn write(recording: &Recording, to: impl Write + Send) -> Result<(), WriteError> {
    let (clock, rows) = one_table(recording, "Parquet")?;
    let unfit = |reason: String| Err(WriteError::Unfit { format: "Parquet", reason });
    let values = recording.standing.values().flatten().chain(&recording.speed_mps).chain(&recording.mass_kg);
    if !values.copied().all(f64::is_finite) {
        return unfit("speed, mass or a standing marker is not finite".into());
    }
    let mut metadata = vec![
        KeyValue::new(RATE.into(), clock.rate().as_hz().to_string()),
        KeyValue::new(START.into(), clock.start_s().to_string()),
    ];
    for (key, value) in [(SPEED, recording.speed_mps), (MASS, recording.mass_kg)] {
        metadata.extend(value.map(|value| KeyValue::new(key.into(), value.to_string())));
    }
    for (marker, [x, y, z]) in &recording.standing {
        metadata.push(KeyValue::new(format!("{STANDING}{marker}"), format!("{x} {y} {z}")));
    }
    let mut names = vec![String::from(TIME)];
    for channel in &recording.channels {
        let mut name = column(&channel.name, &channel.unit);
        if name.is_none() {
            metadata.push(KeyValue::new(format!("{UNIT}{}", channel.name), channel.unit.clone()));
        }
        names.push(name.take().unwrap_or_else(|| channel.name.clone()));
    }
    let columns = names.iter().enumerate().map(|(i, name)| {
        let needed = if i == 0 { Repetition::REQUIRED } else { Repetition::OPTIONAL };
        Ok(Arc::new(Schema::primitive_type_builder(name, Type::DOUBLE).with_repetition(needed).build()?))
    });
    let schema = columns
        .collect::<::parquet::errors::Result<_>>()
        .and_then(|columns| Schema::group_type_builder("recording").with_fields(columns).build())
        .map_err(failed)?;
    names.sort_unstable();
    if let Some(pair) = names.windows(2).find(|pair| pair[0] == pair[1]) {
        return unfit(format!("two channels would have one column, {}", pair[0]));
    }
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_key_value_metadata(Some(metadata))
        .set_max_row_group_row_count(Some(GROUP))
        .build();
    let mut file = SerializedFileWriter::new(to, Arc::new(schema), Arc::new(properties)).map_err(failed)?;
    for from in (0..rows).step_by(GROUP) {
        let here = from..rows.min(from + GROUP);
        let mut group = file.next_row_group().map_err(failed)?;
        let times: Vec<f64> = here.clone().map(|row| clock.time_s(row as f64)).collect();
        write_column(&mut group, &times, false).map_err(failed)?;
        for channel in &recording.channels {
            write_column(&mut group, &channel.signal.samples()[here.clone()], true).map_err(failed)?;
        }
        group.close().map_err(failed)?;
    }
    file.close().map_err(failed)?;
    Ok(())
}

fn write_column<W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    samples: &[f64],
    optional: bool,
) -> ::parquet::errors::Result<()> {
    let Some(mut column) = group.next_column()? else { return Ok(()) };
    let writer = column.typed::<DoubleType>();
    if optional {
        let levels: Vec<i16> = samples.iter().map(|sample| i16::from(!sample.is_nan())).collect();
        let there: Vec<f64> = samples.iter().copied().filter(|sample| !sample.is_nan()).collect();
        writer.write_batch(&there, Some(&levels), None)?;
    } else {
        writer.write_batch(samples, None, None)?;
    }
    column.close()
}

/// Returns name and unit as one name, if they can be read back from it.
fn column(name: &str, unit: &str) -> Option<String> {
    let column = match unit {
        "" => String::from(name),
        unit if UNITS.contains(&unit) => format!("{name}_{unit}"),
        _ => return None,
    };
    (split_unit(&column) == (name, unit) && column != TIME).then_some(column)
}

fn failed(error: ParquetError) -> WriteError {
    match error {
        ParquetError::External(error) => match error.downcast::<io::Error>() {
            Ok(error) => WriteError::Io(*error),
            Err(error) => WriteError::Io(io::Error::other(error)),
        },
        error => WriteError::Io(io::Error::other(error)),
    }
}
