//! MOT and STO files: joint angles, forces, controls and any other quantity over time.

use super::{Lines, at_line, cell, clock, number, number_or_missing, writable};
use crate::Signal;
use crate::recording::{Channel, ReadError, Recording, WriteError, file_name, from_file, one_table};
use std::{
    fmt, format,
    fs::File,
    io::{Read, Write},
    path::Path,
    string::String,
    vec,
    vec::Vec,
};

/// Content of a MOT or STO file.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Mot {
    /// All columns except the time, by their names, with units where these are known (see [`read_from`]).
    pub recording: Recording,
    /// Whether rotations are in degrees, from the header; `None` when it does not tell.
    pub in_degrees: Option<bool>,
}

impl Mot {
    /// Returns the recording with every channel in radians converted to degrees.
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

/// Reads a MOT or STO file; the recording gets its name.
///
/// # Errors
/// As [`read_from`]; each names the file.
pub fn read(path: impl AsRef<Path>) -> Result<Mot, ReadError> {
    from_file(path.as_ref(), |path| {
        let mut file = read_from(File::open(path)?)?;
        file.recording.name = file_name(path);
        Ok(file)
    })
}

/// Reads MOT or STO text: a header up to `endheader`, one line of column names with `time`, rows of numbers between spaces or
/// tabs. An empty cell between tabs, or `nan`, is missing.
///
/// Units: forces `..._vx`, `_vy`, `_vz` are N, points `_px`, `_py`, `_pz` m, moments `_mx`, `_my`, `_mz` Nm. In a file whose header
/// has `inDegrees`, translations `_tx`, `_ty`, `_tz` are m and the other columns rotations in `deg` or `rad`; without it they
/// have no unit. A file with another number of rows or columns than its header declares is an error.
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
/// [`ReadError`], which names the fault and its line.
pub fn read_from(reader: impl Read) -> Result<Mot, ReadError> {
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
    let time =
        time.ok_or_else(|| at_line(line, format!("no column time; columns present: {}", names.join(", "))))?;
    if let Some(expected) = head.columns.filter(|expected| *expected != names.len()) {
        return Err(at_line(line, format!("{} columns, where nColumns is {expected}", names.len())));
    }
    let mut columns = vec![Vec::new(); names.len()];
    while let Some((line, row)) = lines.next()? {
        if row.trim().is_empty() {
            continue;
        }
        let cells = cells(row, names.len()).ok_or_else(|| {
            let got = row.split_whitespace().count();
            at_line(line, format!("{got} cells, where the header has {} columns", names.len()))
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
        return Err(at_line(
            lines.number,
            format!("the file ends with {got} rows, where nRows is {expected}"),
        ));
    }
    let clock = clock(&columns[time], None)?;
    let mut recording = Recording::default();
    for (i, samples) in columns.into_iter().enumerate().filter(|(i, _)| *i != time) {
        let channel = Channel::new(&names[i], unit(&names[i], head.in_degrees), Signal::new(clock, samples));
        let located = |source| ReadError::Column { column: names[i].clone(), source };
        recording.push(channel).map_err(located)?;
    }
    Ok(Mot { recording, in_degrees: head.in_degrees })
}

/// Returns the cells of a row, between any white space, or between tabs where some are empty; `None` unless there are `width`.
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

/// Content of the lines before `endheader`.
#[derive(Default)]
struct Head {
    rows: Option<usize>,
    columns: Option<usize>,
    in_degrees: Option<bool>,
}

impl Head {
    fn read(lines: &mut Lines<impl Read>) -> Result<Self, ReadError> {
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
                let wrong = |_| at_line(line, format!("{key} is {value:?}, not a count"));
                value.parse().map(Some).map_err(wrong)
            };
            match key.to_ascii_lowercase().as_str() {
                "nrows" => head.rows = count()?,
                "ncolumns" => head.columns = count()?,
                "indegrees" => {
                    head.in_degrees = match value.to_ascii_lowercase().as_str() {
                        "yes" | "true" => Some(true),
                        "no" | "false" => Some(false),
                        _ => return Err(at_line(line, format!("inDegrees is {value:?}, not yes or no"))),
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

/// Writes all channels of a recording as MOT. Read back, numbers are the same, and so are the units that a MOT file can store.
///
/// # Errors
/// [`WriteError::Unfit`] without a channel, when channels differ in clock or length, hold both degrees and radians, a name has
/// white space, or a sample is infinite; [`WriteError::Io`].
pub fn write(recording: &Recording, mut to: impl Write) -> Result<(), WriteError> {
    let (clock, rows) = one_table(recording, "MOT")?;
    let unfit = |reason: String| Err(WriteError::Unfit { format: "MOT", reason });
    for channel in &recording.channels {
        if writable(&channel.name, "MOT")?.contains(char::is_whitespace) {
            return unfit(format!("the name of channel '{}' has white space", channel.name));
        }
    }
    let has = |unit: &str| recording.channels.iter().any(|c| c.unit == unit);
    let in_degrees = match (has("deg"), has("rad")) {
        (true, true) => return unfit("some channels are in degrees and some in radians".into()),
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
                return unfit(format!("sample {row} of channel '{}' is infinite", channel.name));
            }
            write!(to, "\t{}", if value.is_nan() { "nan".into() } else { cell(value) })?;
        }
        writeln!(to)?;
    }
    to.flush()?;
    Ok(())
}

impl fmt::Display for Mot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.recording)?;
        writeln!(
            f,
            "  rotations: {}",
            match self.in_degrees {
                Some(true) => "degrees, from the header",
                Some(false) => "radians, from the header",
                None => "the header gives no unit",
            }
        )
    }
}
