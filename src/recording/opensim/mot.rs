//! Anything over time: joint angles, forces, controls.

use super::{Lines, OpenSimError, cell, clock, header, number, number_or_missing, writable};
use crate::Signal;
use crate::recording::{Channel, Recording, file_name};
use std::{
    format,
    fs::File,
    io::{Read, Write},
    path::Path,
    string::String,
    vec,
    vec::Vec,
};

/// What a MOT or STO file holds.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Mot {
    /// The columns but for the time, by their names, with units where these are known (see [`read_from`]).
    pub recording: Recording,
    /// Whether rotations are in degrees, as the header says; `None` when it does not.
    pub in_degrees: Option<bool>,
}

impl Mot {
    /// The recording with every channel in radians turned into degrees.
    #[must_use]
    pub fn into_degrees(mut self) -> Recording {
        for channel in self.recording.channels.iter_mut().filter(|c| c.unit == "rad") {
            let degrees = channel.signal.samples().iter().map(|v| v.to_degrees()).collect();
            channel.signal = channel.signal.with_samples(degrees);
            channel.unit = "deg".into();
        }
        self.recording
    }
}

/// Read a MOT or STO file; the recording's name is the file's.
///
/// # Errors
/// As [`read_from`].
pub fn read(path: impl AsRef<Path>) -> Result<Mot, OpenSimError> {
    let path = path.as_ref();
    let mut file = read_from(File::open(path)?)?;
    file.recording.name = file_name(path);
    Ok(file)
}

/// Read MOT or STO text: a header up to `endheader`, one line of column names with `time`, rows of numbers between spaces or
/// tabs. An empty cell between tabs, or `nan`, is missing.
///
/// Units: forces `..._vx`, `_vy`, `_vz` are N, points `_px`, `_py`, `_pz` m, moments `_mx`, `_my`, `_mz` Nm. In a file whose header
/// has `inDegrees`, translations `_tx`, `_ty`, `_tz` are m and the other columns rotations in `deg` or `rad`; without it they
/// have no unit. A file with another number of rows or columns than its header says is refused.
///
/// ```
/// use copeak::recording::opensim::mot;
/// let text = "Coordinates\nversion=1\nnRows=2\nnColumns=3\ninDegrees=no\nendheader\n\
///     time\thip_flexion_r\tpelvis_tx\n0.00\t0.5\t1.0\n0.01\t0.6\t1.1\n";
/// let angles = mot::read_from(text.as_bytes())?;
/// assert_eq!(angles.recording.channel("pelvis_tx")?.unit, "m");
/// let hip = angles.into_degrees().channel("hip_flexion_r")?.clone();
/// assert_eq!((hip.unit.as_str(), hip.signal.samples()[0]), ("deg", 0.5f64.to_degrees()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`OpenSimError`], each naming what is wrong and where.
pub fn read_from(reader: impl Read) -> Result<Mot, OpenSimError> {
    let mut lines = Lines::new(reader);
    let head = Head::read(&mut lines)?;
    let names = loop {
        let names: Vec<String> = lines.need("column names")?.1.split_whitespace().map(String::from).collect();
        if !names.is_empty() {
            break names;
        }
    };
    let line = lines.number;
    let time = names.iter().position(|name| name.eq_ignore_ascii_case("time"));
    let time = time.ok_or_else(|| header(line, "there is no column time"))?;
    if let Some(expected) = head.columns.filter(|expected| *expected != names.len()) {
        let what = format!("{} columns, where nColumns is {expected}", names.len());
        return Err(header(line, what));
    }
    let mut columns = vec![Vec::new(); names.len()];
    while let Some((line, row)) = lines.next()? {
        if row.trim().is_empty() {
            continue;
        }
        let cells = cells(row, names.len()).ok_or_else(|| OpenSimError::Cells {
            line,
            expected: names.len(),
            got: row.split_whitespace().count(),
        })?;
        for (i, (cell, column)) in cells.into_iter().zip(&mut columns).enumerate() {
            column.push(if i == time {
                number(cell, line, i + 1)?
            } else {
                number_or_missing(cell, line, i + 1)?
            });
        }
    }
    let got = columns[time].len();
    if let Some(expected) = head.rows.filter(|expected| *expected != got) {
        return Err(OpenSimError::Rows { line: lines.number, expected, got });
    }
    let clock = clock(&columns[time], None)?;
    let mut recording = Recording::default();
    for (i, samples) in columns.into_iter().enumerate().filter(|(i, _)| *i != time) {
        let channel = Channel::new(&names[i], unit(&names[i], head.in_degrees), Signal::new(clock, samples));
        let located = |source| OpenSimError::Column { column: names[i].clone(), source };
        recording.push(channel).map_err(located)?;
    }
    Ok(Mot { recording, in_degrees: head.in_degrees })
}

/// The cells of a row, between any white space, or between tabs where some are empty; `None` unless there are `width`.
fn cells(row: &str, width: usize) -> Option<Vec<&str>> {
    let spaced: Vec<&str> = row.split_whitespace().collect();
    if spaced.len() == width {
        return Some(spaced);
    }
    let mut tabbed: Vec<&str> = row.split('\t').map(str::trim).collect();
    if tabbed.len() == width + 1 && tabbed[width].is_empty() {
        tabbed.pop();
    }
    (tabbed.len() == width).then_some(tabbed)
}

/// What the lines before `endheader` say.
#[derive(Default)]
struct Head {
    rows: Option<usize>,
    columns: Option<usize>,
    in_degrees: Option<bool>,
}

impl Head {
    fn read(lines: &mut Lines<impl Read>) -> Result<Self, OpenSimError> {
        let mut head = Self::default();
        loop {
            let (line, text) = lines.need("line endheader")?;
            let text = text.trim();
            if text.eq_ignore_ascii_case("endheader") {
                return Ok(head);
            }
            let Some((key, value)) = text.split_once('=').map(|(key, value)| (key.trim(), value.trim()))
            else {
                continue;
            };
            let count = || {
                let wrong = |_| header(line, format!("{key} is {value:?}, not a count"));
                value.parse().map(Some).map_err(wrong)
            };
            match key.to_ascii_lowercase().as_str() {
                "nrows" => head.rows = count()?,
                "ncolumns" => head.columns = count()?,
                "indegrees" => {
                    head.in_degrees = match value.to_ascii_lowercase().as_str() {
                        "yes" | "true" => Some(true),
                        "no" | "false" => Some(false),
                        _ => return Err(header(line, format!("inDegrees is {value:?}, not yes or no"))),
                    }
                }
                _ => {}
            }
        }
    }
}

fn unit(name: &str, in_degrees: Option<bool>) -> &'static str {
    let end = |letter: char| {
        let mut end = name.rsplit('_').next().unwrap_or_default().chars();
        let axis = |c: Option<char>| c.is_some_and(|c| "xyz".contains(c));
        name.contains('_') && end.next() == Some(letter) && axis(end.next()) && end.next().is_none()
    };
    match in_degrees {
        _ if end('v') => "N",
        _ if end('p') => "m",
        _ if end('m') => "Nm",
        Some(_) if end('t') => "m",
        Some(true) => "deg",
        Some(false) => "rad",
        None => "",
    }
}

/// Write all channels of a recording as MOT. Read back, numbers and units are the same, as far as a MOT can say units.
///
/// # Errors
/// [`OpenSimError::Unfit`] without a channel, when channels differ in clock or length, hold both degrees and radians, or a name has
/// white space; [`OpenSimError::Io`].
pub fn write(recording: &Recording, mut to: impl Write) -> Result<(), OpenSimError> {
    let first = recording.channels.first().ok_or(OpenSimError::Unfit("there is no channel"))?;
    let (clock, rows) = (first.signal.clock(), first.signal.samples().len());
    for channel in &recording.channels {
        if channel.signal.clock() != clock || channel.signal.samples().len() != rows {
            return Err(OpenSimError::Unfit("the channels differ in clock or length"));
        }
        if writable(&channel.name)?.contains(char::is_whitespace) {
            return Err(OpenSimError::Unfit("a channel's name has white space"));
        }
    }
    let has = |unit: &str| recording.channels.iter().any(|c| c.unit == unit);
    let in_degrees = match (has("deg"), has("rad")) {
        (true, true) => return Err(OpenSimError::Unfit("some channels are in degrees and some in radians")),
        (true, false) => Some("yes"),
        (false, true) => Some("no"),
        (false, false) => None,
    };
    writeln!(to, "{}\nversion=1", recording.name.replace(['\n', '\r', '='], " "))?;
    writeln!(to, "nRows={rows}\nnColumns={}", recording.channels.len() + 1)?;
    if let Some(in_degrees) = in_degrees {
        writeln!(to, "inDegrees={in_degrees}")?;
    }
    write!(to, "endheader\ntime")?;
    for name in recording.names() {
        write!(to, "\t{name}")?;
    }
    writeln!(to)?;
    for row in 0..rows {
        write!(to, "{}", clock.time_s(row as f64))?;
        for channel in &recording.channels {
            let value = channel.signal.samples()[row];
            if value.is_infinite() {
                return Err(OpenSimError::Unfit("a sample is infinite"));
            }
            write!(to, "\t{}", if value.is_nan() { "nan".into() } else { cell(value) })?;
        }
        writeln!(to)?;
    }
    to.flush()?;
    Ok(())
}
