//! From channels to text.

use super::{UNITS, split_unit};
use crate::recording::{Recording, WriteError, one_table};
use std::{
    borrow::ToOwned,
    format,
    io::{BufWriter, Write},
    string::{String, ToString},
};

/// Writes a recording as CSV that [`read_from`](super::read_from) reads: `time_s`, then one column per channel, named with its unit.
///
/// Numbers have as few digits as are needed to read the same number again; a missing sample is an empty field.
///
/// # Errors
/// [`WriteError::Unfit`] without a channel; when channels differ in clock or length; when a unit cannot be part of a column's
/// name, or a name without unit ends in one; when a sample is infinite. [`WriteError::Io`].
///
/// ```
/// # #[cfg(feature = "io")] {
/// use copeak::recording::csv;
/// let text = "time_s,hip_flexion_r_deg,grf_vertical_r_N\n0,10.25,0\n0.01,,12\n";
/// let mut again = Vec::new();
/// csv::write(&csv::read_from(text.as_bytes()).unwrap(), &mut again).unwrap();
/// assert_eq!(String::from_utf8(again).unwrap(), text);
/// # }
/// ```
pub fn write(recording: &Recording, to: impl Write) -> Result<(), WriteError> {
    let (clock, rows) = one_table(recording, "CSV")?;
    let mut names = vec!["time_s".to_owned()];
    for channel in &recording.channels {
        names.push(column(&channel.name, &channel.unit)?);
    }
    let mut table = ::csv::Writer::from_writer(BufWriter::new(to));
    table.write_record(&names).map_err(failed)?;
    let mut fields: std::vec::Vec<String> = vec![String::new(); names.len()];
    for row in 0..rows {
        let time_s = clock.time_s(row as f64);
        let samples = recording.channels.iter().map(|channel| channel.signal.samples()[row]);
        for ((field, value), name) in
            fields.iter_mut().zip(core::iter::once(time_s).chain(samples)).zip(&names)
        {
            field.clear();
            if value.is_infinite() {
                return Err(unfit(format!("row {row} of column {name} is infinite")));
            }
            if !value.is_nan() {
                use core::fmt::Write;
                // Writing to a string does not fail.
                let _ = write!(field, "{value}");
            }
        }
        table.write_record(&fields).map_err(failed)?;
    }
    Ok(table.flush()?)
}

fn unfit(reason: String) -> WriteError {
    WriteError::Unfit { format: "CSV", reason }
}

fn failed(error: ::csv::Error) -> WriteError {
    let reason = error.to_string();
    match error.into_kind() {
        ::csv::ErrorKind::Io(error) => WriteError::Io(error),
        _ => unfit(reason),
    }
}

/// Returns name and unit in the form in which they are read back.
fn column(name: &str, unit: &str) -> Result<String, WriteError> {
    if !unit.is_empty() && !UNITS.contains(&unit) {
        let known = UNITS.join(", ");
        return Err(unfit(format!("the unit '{unit}' of channel '{name}' is none of {known}")));
    }
    let column = if unit.is_empty() { name.to_owned() } else { format!("{name}_{unit}") };
    if split_unit(&column) != (name, unit) || name.trim() != name || column == "time_s" {
        return Err(unfit(format!("the name of channel '{name}' would be read back as another")));
    }
    Ok(column)
}

#[cfg(test)]
mod tests {
    use super::super::read_from;
    use super::*;
    use crate::recording::Channel;
    use crate::{Clock, Rate, Signal};
    use std::vec::Vec;

    fn signal(rate: f64, samples: &[f64]) -> Signal {
        Signal::new(Clock::new(Rate::from_hz(rate).unwrap(), 0.48).unwrap(), samples.to_vec())
    }

    #[test]
    fn names_units_and_every_bit_are_read_back() {
        let mut trial = Recording::default();
        let odd = [0.1 + 0.2, -0.0, 1e-300, 1.0 / 3.0, f64::NAN, 123456789.123456];
        for (name, unit) in [("hip, right", "deg"), ("a \"quoted\" name", ""), ("grf_vertical_r", "N")] {
            trial.push(Channel::new(name, unit, signal(150.0, &odd))).unwrap();
        }
        let mut text = Vec::new();
        write(&trial, &mut text).unwrap();
        let again = read_from(text.as_slice()).unwrap();
        assert!((again.channels[0].signal.clock().rate().as_hz() - 150.0).abs() < 1e-9);
        for (ours, theirs) in again.channels.iter().zip(&trial.channels) {
            assert_eq!((&ours.name, &ours.unit), (&theirs.name, &theirs.unit));
            let bits = |c: &Channel| c.signal.samples().iter().map(|v| v.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(ours), bits(theirs));
        }
    }

    #[test]
    fn channels_that_a_table_cannot_hold_are_refused() {
        let fault = |channels: &[(&str, &str, f64, &[f64])]| {
            let mut trial = Recording::default();
            for (name, unit, rate, samples) in channels {
                trial.push(Channel::new(*name, *unit, signal(*rate, samples))).unwrap();
            }
            write(&trial, Vec::new()).unwrap_err().to_string()
        };
        assert!(fault(&[]).contains("no channel"));
        assert!(fault(&[("a", "N", 10.0, &[1.0]), ("b", "N", 20.0, &[1.0])]).contains("clock"));
        assert!(fault(&[("a", "N", 10.0, &[1.0]), ("b", "N", 10.0, &[1.0, 2.0])]).contains("length"));
        assert!(fault(&[("a", "furlong", 10.0, &[1.0])]).contains("unit"));
        assert!(fault(&[("a_N", "", 10.0, &[1.0])]).contains("read back as another"));
        assert!(fault(&[("time", "s", 10.0, &[1.0])]).contains("read back as another"));
        assert!(fault(&[("a", "N", 10.0, &[f64::INFINITY])]).contains("infinite"));
    }
}
