//! Reading C3D: markers, analog channels, force plates and events of one trial, on one clock.

mod data;
mod parameters;
mod plate;

pub use plate::ForcePlate;

use super::channel::Recording;
use super::file_name;
use crate::Error;
use parameters::{BLOCK, Parameters};
use std::{fs::File, io::Read, path::Path, string::String, vec::Vec};

/// Why a C3D file could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum C3dError {
    /// The file cannot be opened or read.
    #[error("cannot read: {0}")]
    Io(#[from] std::io::Error),
    /// The second byte of a C3D file is 80; this one's is not, or the file ends before it.
    #[error("not a C3D file: its second byte is not 80")]
    NotC3d,
    /// The numbers are those of another processor.
    #[error("numbers of processor type {0} are not read: only Intel (84)")]
    Processor(u8),
    /// The section of parameters breaks off, or one of them does not fit into it.
    #[error("the parameter section is broken at byte {at}")]
    Parameters {
        /// Where.
        at: usize,
    },
    /// A parameter that is needed is not there, or not of the kind that it must be.
    #[error("parameter {group}:{name} is missing or of the wrong kind")]
    Missing {
        /// Its group.
        group: &'static str,
        /// Its name.
        name: &'static str,
    },
    /// A parameter or header word has a value that it cannot have.
    #[error("{what} must be {rule}, got {value}")]
    Value {
        /// The quantity.
        what: &'static str,
        /// What it must be.
        rule: &'static str,
        /// What it was.
        value: f64,
    },
    /// The file is shorter than its header says.
    #[error("the file ends after {whole} of {frames} frames: {got} bytes, {needed} are needed")]
    Truncated {
        /// Frames that are there in whole.
        whole: usize,
        /// Frames that there should be.
        frames: usize,
        /// Bytes of the file.
        got: usize,
        /// Bytes that it should have.
        needed: usize,
    },
    /// A channel holds nothing that the crate accepts.
    #[error("channel {channel}: {source}")]
    Channel {
        /// Its name.
        channel: String,
        /// What is wrong with it.
        source: Error,
    },
    /// What is asked of a force plate cannot be worked out.
    #[error("force plate {plate} of type {kind}: {reason}")]
    Plate {
        /// Which, from 1.
        plate: usize,
        /// Its type.
        kind: i64,
        /// Why.
        reason: &'static str,
    },
}

/// What a C3D file holds.
///
/// Everything is on the file's own clock: frame 1 is at 0 s, so a file that was cut out of a trial starts later, and its
/// events need no shift.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct C3d {
    /// Markers as three channels each (`SACR_x`, `SACR_y`, `SACR_z`), then the analog channels by their labels, each with
    /// the unit that the file gives. A marker that was not seen is NaN.
    pub recording: Recording,
    /// Events in time order.
    pub events: Vec<C3dEvent>,
    /// Force plates.
    pub plates: Vec<ForcePlate>,
    /// Names of all analog channels of the file, whether read or not: what a plate's channels refer to.
    pub analog_labels: Vec<String>,
}

/// An event as the laboratory marked it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct C3dEvent {
    /// When, on the file's clock.
    pub time_s: f64,
    /// What: `Foot Strike`, `Foot Off`, ...
    pub label: String,
    /// Of which side: `Left`, `Right`, `General`, ...
    pub context: String,
}

/// Read a C3D file; the recording's name is the file's.
///
/// # Errors
/// [`C3dError`], each naming what is wrong.
pub fn read(path: impl AsRef<Path>) -> Result<C3d, C3dError> {
    read_where(path, |_| true)
}

/// Read the wanted channels of a C3D file, as [`read_from_where`]; the recording's name is the file's.
///
/// # Errors
/// [`C3dError`], each naming what is wrong.
pub fn read_where(path: impl AsRef<Path>, wanted: impl Fn(&str) -> bool) -> Result<C3d, C3dError> {
    let path = path.as_ref();
    let name = file_name(path);
    let file = File::open(path)?;
    let length = file.metadata()?.len();
    let mut trial = parse(file, Some(length), wanted)?;
    trial.recording.name = name;
    Ok(trial)
}

/// Read C3D, as [`read_from_where`], with all channels.
///
/// # Errors
/// [`C3dError`], each naming what is wrong.
pub fn read_from(reader: impl Read) -> Result<C3d, C3dError> {
    read_from_where(reader, |_| true)
}

/// Read C3D: all of the events and plates, and the channels whose label is wanted (`SACR` for its three channels).
///
/// Frames of floating-point numbers and of integers with scales, of Intel processors. Analog values are scaled to their
/// units. Labels that repeat get a number: the second `Fz1` is `Fz1#2`; a channel without label is `point 3`, `analog 7`.
/// A file that is shorter than its header says is refused: a part of a trial must not pass for the whole. A header counts
/// frames up to 65,535; where neither `TRIAL:ACTUAL_END_FIELD` nor `POINT:LONG_FRAMES` counts on and there is more behind, a
/// file is read to its end, and a reader whose length is not known is refused. So are files above 8 GiB.
///
/// The format: *The C3D File Format User Guide*, Motion Lab Systems (2021), <https://www.c3d.org>.
///
/// # Errors
/// [`C3dError`], each naming what is wrong.
pub fn read_from_where(reader: impl Read, wanted: impl Fn(&str) -> bool) -> Result<C3d, C3dError> {
    parse(reader, None, wanted)
}

/// `length` is that of the whole file, where it is known.
fn parse(mut reader: impl Read, length: Option<u64>, wanted: impl Fn(&str) -> bool) -> Result<C3d, C3dError> {
    let mut head = Vec::new();
    reader.by_ref().take(BLOCK as u64).read_to_end(&mut head)?;
    if head.get(1) != Some(&0x50) {
        return Err(C3dError::NotC3d);
    }
    let more = data::start(&head)? - BLOCK;
    reader.by_ref().take(more as u64).read_to_end(&mut head)?;
    let parameters = Parameters::read(&head)?;
    let layout = data::Layout::of(&head, length, &parameters)?;
    let analog_labels = data::analog_labels(&layout, &parameters);
    Ok(C3d {
        recording: data::channels(reader, length, &layout, &parameters, &analog_labels, wanted)?,
        events: events(&parameters)?,
        plates: plate::plates(&parameters, layout.analog)?,
        analog_labels,
    })
}

fn events(parameters: &Parameters) -> Result<Vec<C3dEvent>, C3dError> {
    let used =
        parameters.numbers("EVENT", "USED").and_then(|used| used.first().copied()).unwrap_or(0.0) as usize;
    if used == 0 {
        return Ok(Vec::new());
    }
    let missing = |name| C3dError::Missing { group: "EVENT", name };
    let times = parameters.numbers("EVENT", "TIMES").ok_or(missing("TIMES"))?;
    if times.len() < 2 * used {
        return Err(missing("TIMES"));
    }
    let labels = parameters.texts("EVENT", "LABELS");
    let contexts = parameters.texts("EVENT", "CONTEXTS");
    let text = |texts: &[String], i: usize| texts.get(i).cloned().unwrap_or_default();
    let mut events: Vec<C3dEvent> = times
        .chunks_exact(2)
        .take(used)
        .enumerate()
        .map(|(i, minutes_seconds)| C3dEvent {
            time_s: 60.0 * minutes_seconds[0] + minutes_seconds[1],
            label: text(&labels, i),
            context: text(&contexts, i),
        })
        .collect();
    events.sort_by(|a, b| a.time_s.total_cmp(&b.time_s));
    Ok(events)
}
