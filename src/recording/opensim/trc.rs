//! TRC files: marker paths.

use super::{Lines, at_line, cell, clock, number, number_or_missing, writable};
use crate::format::count;
use crate::recording::{Channel, ReadError, Recording, WriteError, file_name, from_file};
use crate::{Clock, Signal};
use std::{
    collections::BTreeSet,
    fmt, format,
    fs::File,
    io::{Read, Write},
    path::Path,
    string::String,
    vec,
    vec::Vec,
};

/// Content of a TRC file.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Trc {
    /// Markers as three channels each in metres, as in a C3D file: `SACR_x`, `SACR_y`, `SACR_z`. Where a marker is
    /// hidden, they are NaN.
    pub recording: Recording,
    /// The markers' names, in file order.
    pub markers: Vec<String>,
    /// Number of frames in which each marker is hidden.
    pub occluded: Vec<usize>,
}

impl Trc {
    /// Returns the fraction of all marker positions that are hidden.
    pub fn occluded_fraction(&self) -> f64 {
        let frames = self.recording.channels.first().map_or(0, |c| c.signal.samples().len());
        let all = frames * self.markers.len();
        if all == 0 { 0.0 } else { self.occluded.iter().sum::<usize>() as f64 / all as f64 }
    }
}

/// Reads a TRC file; the recording gets its name.
///
/// # Errors
/// As [`read_from`]; each names the file.
pub fn read(path: impl AsRef<Path>) -> Result<Trc, ReadError> {
    from_file(path.as_ref(), |path| {
        let mut file = read_from(File::open(path)?)?;
        file.recording.name = file_name(path);
        Ok(file)
    })
}

/// Reads marker paths from TRC text.
///
/// Lengths in m, cm or mm are converted to metres. A marker with an empty cell (or `nan`) is hidden in that frame: all three of
/// its coordinates are NaN, and it is counted. Names that repeat get a number: the second `x5` is `x5#2`. The clock is that
/// of the time column; a file whose `DataRate` contradicts it by more than 1 %, or with another number of frames or
/// markers than its header declares, is an error, so that a truncated trial does not pass for the complete one.
///
/// ```
/// use copeak::recording::opensim::trc;
/// let text = "PathFileType\t4\t(X/Y/Z)\ta.trc\n\
///     DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames\n\
///     100\t100\t2\t1\tmm\t100\t1\t2\n\
///     Frame#\tTime\tSACR\t\t\n\t\tX1\tY1\tZ1\n\n\
///     1\t0.00\t1000\t950\t-20\n\
///     2\t0.01\t\t\t\n";
/// let trial = trc::read_from(text.as_bytes())?;
/// assert_eq!(trial.recording.signal("SACR_y")?.samples()[0], 0.95);
/// assert_eq!((trial.markers[0].as_str(), trial.occluded[0]), ("SACR", 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`ReadError`], which names the fault and its line.
pub fn read_from(reader: impl Read) -> Result<Trc, ReadError> {
    let mut lines = Lines::new(reader);
    let (line, first) = lines.need("first line")?;
    if !first.starts_with("PathFileType") {
        return Err(at_line(line, "not a TRC file, which begins with PathFileType"));
    }
    let head = Head::read(&mut lines)?;
    let (line, names) = lines.need("marker names")?;
    let names = marker_names(names, head.markers, line)?;
    lines.need("axis names")?;

    let width = 2 + 3 * names.len();
    let mut times = Vec::new();
    let mut axes = vec![Vec::new(); 3 * names.len()];
    let mut occluded = vec![0; names.len()];
    while let Some((line, row)) = lines.next()? {
        if row.trim().is_empty() {
            continue;
        }
        let got = cells(row, width).ok_or_else(|| {
            let got = row.split('\t').count();
            at_line(line, format!("{got} cells, where the header has {width} columns"))
        })?;
        times.push(number(got[1], line, 2)?);
        for (m, seen) in occluded.iter_mut().enumerate() {
            let mut point = [0.0; 3];
            for (i, value) in point.iter_mut().enumerate() {
                let column = 2 + 3 * m + i;
                // Divided, not multiplied by a thousandth: 950 mm are 0.95 m to the last bit.
                *value = number_or_missing(got[column], line, column + 1)? / head.per_metre;
            }
            if point.iter().any(|v| v.is_nan()) {
                point = [f64::NAN; 3];
                *seen += 1;
            }
            axes[3 * m..3 * m + 3].iter_mut().zip(point).for_each(|(axis, value)| axis.push(value));
        }
    }
    if times.len() != head.frames {
        let reason = format!("the file ends with {} rows, where NumFrames is {}", times.len(), head.frames);
        return Err(at_line(lines.number, reason));
    }
    let clock = clock(&times, Some(head.rate_hz))?;
    let rate_hz = clock.rate().as_hz();
    if (rate_hz / head.rate_hz - 1.0).abs() > 0.01 {
        let reason = format!("DataRate is {} Hz, but the times have {rate_hz:.2} Hz", head.rate_hz);
        return Err(at_line(3, reason));
    }
    let mut recording = Recording::default();
    for (i, samples) in axes.into_iter().enumerate() {
        let name = format!("{}_{}", names[i / 3], ["x", "y", "z"][i % 3]);
        let column = name.clone();
        let channel = Channel::new(name, "m", Signal::new(clock, samples));
        recording.push(channel).map_err(|source| ReadError::Column { column, source })?;
    }
    Ok(Trc { recording, markers: names, occluded })
}

/// Returns the cells of a row; more than `width` only when the rest is empty. `None` when there are fewer, or more.
fn cells(row: &str, width: usize) -> Option<Vec<&str>> {
    let mut cells: Vec<&str> = row.split('\t').map(str::trim).collect();
    if cells.len() > width && cells[width..].iter().all(|c| c.is_empty()) {
        cells.truncate(width);
    }
    (cells.len() == width).then_some(cells)
}

/// Content of the second and third line.
struct Head {
    rate_hz: f64,
    frames: usize,
    markers: usize,
    /// Units of the file per metre.
    per_metre: f64,
}

impl Head {
    fn read(lines: &mut Lines<impl Read>) -> Result<Self, ReadError> {
        let keys = String::from(lines.need("second line")?.1);
        let (line, values) = lines.need("third line")?;
        let values: Vec<&str> = values.split('\t').map(str::trim).collect();
        let value = |key: &str| {
            let place = keys.split('\t').position(|k| k.trim() == key);
            let value = place.and_then(|place| values.get(place).copied()).filter(|v| !v.is_empty());
            value.ok_or_else(|| at_line(line, format!("the header has no {key}")))
        };
        let count = |key: &str| {
            let value = value(key)?;
            value.parse().map_err(|_| at_line(line, format!("{key} is {value:?}, not a count")))
        };
        let rate = value("DataRate")?;
        let rate_hz = rate.parse().ok().filter(|r: &f64| r.is_finite() && *r > 0.0);
        let per_metre = match value("Units")? {
            "m" | "meters" => 1.0,
            "cm" => 100.0,
            "mm" => 1000.0,
            other => return Err(at_line(line, format!("unit {other:?} is none of m, cm, mm"))),
        };
        Ok(Self {
            rate_hz: rate_hz.ok_or_else(|| at_line(line, format!("DataRate is {rate:?}, not a rate")))?,
            frames: count("NumFrames")?,
            markers: count("NumMarkers")?,
            per_metre,
        })
    }
}

/// Returns the names, one to three cells, each once.
fn marker_names(row: &str, expected: usize, line: usize) -> Result<Vec<String>, ReadError> {
    let mut names: Vec<String> = Vec::new();
    let mut known = BTreeSet::new();
    for name in row.split('\t').skip(2).map(str::trim).filter(|name| !name.is_empty()) {
        let mut unique = String::from(name);
        let mut n = 1;
        while !known.insert(unique.clone()) {
            n += 1;
            unique = format!("{name}#{n}");
        }
        names.push(unique);
    }
    if names.len() != expected {
        return Err(at_line(line, format!("{} marker names, where NumMarkers is {expected}", names.len())));
    }
    Ok(names)
}

/// Writes the markers of a recording as TRC: every `NAME_x`, `NAME_y`, `NAME_z` in metres, in file order. Read back, the numbers
/// are the same. Other channels are left out.
///
/// # Errors
/// [`WriteError::Unfit`] when there is no marker, when markers differ in clock or length, a name does not fit into a
/// cell, or a sample is infinite; [`WriteError::Io`].
pub fn write(recording: &Recording, mut to: impl Write) -> Result<(), WriteError> {
    let unfit = |reason: String| Err(WriteError::Unfit { format: "TRC", reason });
    let mut markers: Vec<(&str, [&Signal; 3])> = Vec::new();
    for name in recording.names().filter_map(|name| name.strip_suffix("_x")) {
        let axis = |axis: &str| {
            let channel = recording.get(&format!("{name}_{axis}"))?;
            (channel.unit == "m").then_some(&channel.signal)
        };
        if let (Some(x), Some(y), Some(z)) = (axis("x"), axis("y"), axis("z")) {
            markers.push((writable(name, "TRC")?, [x, y, z]));
        }
    }
    let Some((_, [first, ..])) = markers.first() else {
        return unfit("the recording has no marker in metres (channels NAME_x, NAME_y, NAME_z)".into());
    };
    let (clock, frames): (Clock, usize) = (first.clock(), first.samples().len());
    let same = |s: &&Signal| s.clock() == clock && s.samples().len() == frames;
    if let Some((name, _)) = markers.iter().find(|(_, axes)| !axes.iter().all(same)) {
        return unfit(format!(
            "marker '{name}' differs from the first in clock or length; resample them to one clock"
        ));
    }
    let rate = clock.rate().as_hz();
    writeln!(to, "PathFileType\t4\t(X/Y/Z)\t{}", recording.name.replace(['\t', '\n', '\r'], " "))?;
    writeln!(
        to,
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames"
    )?;
    writeln!(to, "{rate}\t{rate}\t{frames}\t{}\tm\t{rate}\t1\t{frames}", markers.len())?;
    write!(to, "Frame#\tTime")?;
    for (name, _) in &markers {
        write!(to, "\t{name}\t\t")?;
    }
    write!(to, "\n\t")?;
    for i in 1..=markers.len() {
        write!(to, "\tX{i}\tY{i}\tZ{i}")?;
    }
    writeln!(to, "\n")?;
    for frame in 0..frames {
        write!(to, "{}\t{}", frame + 1, clock.time_s(frame as f64))?;
        for (name, axes) in &markers {
            for axis in axes {
                let value = axis.samples()[frame];
                if value.is_infinite() {
                    return unfit(format!("frame {frame} of marker '{name}' is infinite"));
                }
                write!(to, "\t{}", cell(value))?;
            }
        }
        writeln!(to)?;
    }
    to.flush()?;
    Ok(())
}

impl fmt::Display for Trc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.recording)?;
        let hidden = 100.0 * self.occluded_fraction();
        writeln!(f, "  {}; {hidden:.1} % of their positions hidden", count(self.markers.len(), "marker"))
    }
}
