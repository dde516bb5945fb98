//! C3D files: markers, analog channels, force plates and events of one trial, on one clock. A truncated file is an error.

mod plate;

pub use plate::ForcePlate;

use super::{Channel, ReadError, Recording, file_name, from_file, invalid};
use crate::format::{count, paragraph};
use crate::{Clock, Rate, Signal};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, format,
    fs::File,
    io::Read,
    path::Path,
    string::String,
    vec,
    vec::Vec,
};

/// Content of a C3D file.
///
/// All times are on the file's clock: frame 1 is at 0 s, so a file that was cut from a trial starts later, and its
/// events need no shift.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct C3d {
    /// Markers as three channels each (`SACR_x`, `SACR_y`, `SACR_z`), then the analog channels by their labels, each with
    /// the unit that the file gives. A hidden marker is NaN.
    pub recording: Recording,
    /// Events in time order.
    pub events: Vec<C3dEvent>,
    /// Force plates.
    pub plates: Vec<ForcePlate>,
    /// Names of all analog channels of the file, whether read or not: a plate's channels are indices into it.
    pub analog_labels: Vec<String>,
}

/// An event that the laboratory marked.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct C3dEvent {
    /// Time on the file's clock.
    pub time_s: f64,
    /// Label: `Foot Strike`, `Foot Off`, ...
    pub label: String,
    /// Side: `Left`, `Right`, `General`, ...
    pub context: String,
}

/// Reads a C3D file; the recording gets its name.
///
/// # Errors
/// [`ReadError`], which names the fault and its place.
pub fn read(path: impl AsRef<Path>) -> Result<C3d, ReadError> {
    read_where(path, |_| true)
}

/// Reads the wanted channels of a C3D file, as [`read_from_where`]; the recording gets its name.
///
/// # Errors
/// [`ReadError`], which names the fault and its place.
pub fn read_where(path: impl AsRef<Path>, wanted: impl Fn(&str) -> bool) -> Result<C3d, ReadError> {
    from_file(path.as_ref(), |path| {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        let mut trial = parse(file, Some(length), wanted)?;
        trial.recording.name = file_name(path);
        Ok(trial)
    })
}

/// Reads C3D, as [`read_from_where`], with all channels.
///
/// # Errors
/// [`ReadError`], which names the fault and its place.
pub fn read_from(reader: impl Read) -> Result<C3d, ReadError> {
    read_from_where(reader, |_| true)
}

/// Reads C3D: all events and plates, and the channels whose label is wanted (`SACR` for its three channels).
///
/// Frames of floating-point numbers and of integers with scales, of Intel processors. Analog values are scaled to their
/// units. Labels that repeat get a number: the second `Fz1` is `Fz1#2`; a channel without label is `point 3`, `analog 7`.
/// A file that is shorter than its header declares is an error: a truncated trial must not pass for the complete one. A header counts
/// frames up to 65,535; where neither `TRIAL:ACTUAL_END_FIELD` nor `POINT:LONG_FRAMES` counts further and more data follow, a
/// file is read to its end, and a reader of unknown length is an error. So are files above 8 GiB.
///
/// The format: *The C3D File Format User Guide*, Motion Lab Systems (2021), <https://www.c3d.org>.
///
/// # Errors
/// [`ReadError`], which names the fault and its place.
pub fn read_from_where(reader: impl Read, wanted: impl Fn(&str) -> bool) -> Result<C3d, ReadError> {
    parse(reader, None, wanted)
}

/// Reads C3D. `length` is that of the complete file, where it is known.
fn parse(
    mut reader: impl Read,
    length: Option<u64>,
    wanted: impl Fn(&str) -> bool,
) -> Result<C3d, ReadError> {
    let mut head = Vec::new();
    reader.by_ref().take(BLOCK as u64).read_to_end(&mut head)?;
    if head.get(1) != Some(&0x50) {
        return Err(ReadError::NotOfFormat { format: "C3D", reason: "its second byte is not 80".into() });
    }
    let more = first_frame(&head)? - BLOCK;
    reader.by_ref().take(more as u64).read_to_end(&mut head)?;
    let parameters = Parameters::read(&head)?;
    let layout = Layout::new(&head, length, &parameters)?;
    let analog_labels = unique(parameters.texts("ANALOG", "LABELS"), layout.analog, "analog");
    Ok(C3d {
        recording: channels(reader, length, &layout, &parameters, &analog_labels, wanted)?,
        events: events(&parameters)?,
        plates: plate::plates(&parameters, layout.analog)?,
        analog_labels,
    })
}

fn events(parameters: &Parameters) -> Result<Vec<C3dEvent>, ReadError> {
    let used =
        parameters.numbers("EVENT", "USED").and_then(|used| used.first().copied()).unwrap_or(0.0) as usize;
    if used == 0 {
        return Ok(Vec::new());
    }
    let missing = |name| missing("EVENT", name);
    let times = parameters.numbers("EVENT", "TIMES").ok_or_else(|| missing("TIMES"))?;
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

impl fmt::Display for C3d {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.recording)?;
        let kinds: Vec<String> = self.plates.iter().map(|p| format!("type {}", p.kind)).collect();
        let plates = if kinds.is_empty() { String::new() } else { format!(": {}", kinds.join(", ")) };
        paragraph(f, "  plates  ", &format!("{}{plates}", count(kinds.len(), "force plate")))?;
        let events: Vec<String> =
            self.events.iter().map(|e| format!("{} {} {:.3} s", e.context, e.label, e.time_s)).collect();
        let events = if events.is_empty() { "none".into() } else { events.join(", ") };
        paragraph(f, "  events  ", &events)
    }
}

/// Bytes of a block, the unit of the places of sections.
const BLOCK: usize = 512;
/// Processor type: Intel.
const INTEL: u8 = 84;

/// Error of a parameter section that ends early or holds a parameter that does not fit into it.
fn damaged(at: usize) -> ReadError {
    invalid(format!("byte {at}"), "the parameter section is damaged or ends early")
}

/// Error of a parameter that is needed.
fn missing(group: &str, name: &str) -> ReadError {
    invalid(format!("parameter {group}:{name}"), "it is missing or of the wrong type")
}

/// Error of a header word or parameter whose value breaks a rule.
fn wrong(name: &str, rule: &str, value: f64) -> ReadError {
    invalid("header", format!("{name} must be {rule}, got {value}"))
}

/// A parameter's values.
#[derive(Debug, Clone, PartialEq)]
enum Value {
    Texts(Vec<String>),
    Numbers(Vec<f64>),
}

/// All parameters by group and name, in capitals.
#[derive(Debug, Clone, PartialEq)]
struct Parameters(BTreeMap<(String, String), Value>);

impl Parameters {
    fn read(bytes: &[u8]) -> Result<Self, ReadError> {
        let first = bytes.first().copied().unwrap_or(0);
        let start = (usize::from(first).max(1) - 1) * BLOCK;
        let processor = *bytes.get(start + 3).ok_or_else(|| damaged(start))?;
        if processor != INTEL {
            let reason = format!("numbers of processor type {processor} are not read, only Intel (84)");
            return Err(invalid(format!("byte {}", start + 3), reason));
        }
        let mut groups: BTreeMap<u8, String> = BTreeMap::new();
        let mut found: Vec<(u8, String, Value)> = Vec::new();
        let mut at = start + 4;
        // Each entry: length of the name (negative: locked), number of the group (negative: it is the group itself), name,
        // bytes to the next entry (0: this is the last), and, for a parameter, kind, dimensions and values.
        while let Some([length, id]) = array(bytes, at).filter(|[length, _]| *length != 0) {
            let (length, id) = (usize::from((length as i8).unsigned_abs()), id as i8);
            let after_name = at + 2 + length;
            let parts = bytes.get(at + 2..after_name).zip(array(bytes, after_name).map(u16::from_le_bytes));
            let Some((name, next)) = parts else { return Err(damaged(at)) };
            let name = text(name).to_ascii_uppercase();
            if id < 0 {
                groups.insert(id.unsigned_abs(), name);
            } else if id > 0 {
                let value = value(bytes, after_name + 2).ok_or_else(|| damaged(at))?;
                found.push((id.unsigned_abs(), name, value));
            }
            if next == 0 {
                break;
            }
            at = after_name + usize::from(next);
        }
        let named = |(id, name, value): (u8, String, Value)| Some(((groups.get(&id)?.clone(), name), value));
        Ok(Self(found.into_iter().filter_map(named).collect()))
    }

    fn get(&self, group: &str, name: &str) -> Option<&Value> {
        self.0.get(&(String::from(group), String::from(name)))
    }

    /// Returns numbers of any size; `None` when there is no such parameter or it holds text.
    fn numbers(&self, group: &str, name: &str) -> Option<&[f64]> {
        match self.get(group, name)? {
            Value::Numbers(numbers) => Some(numbers),
            Value::Texts(_) => None,
        }
    }

    /// Returns the first number.
    fn number(&self, group: &str, name: &str) -> Option<f64> {
        self.numbers(group, name)?.first().copied()
    }

    /// Returns a whole number that is not negative; 16-bit counts above 32767 are stored as if signed.
    fn count(&self, group: &str, name: &str) -> Option<usize> {
        let value = self.number(group, name)?;
        let value = if (-32768.0..0.0).contains(&value) { value + 65536.0 } else { value };
        (value >= 0.0).then_some(value as usize)
    }

    /// Returns the texts of a parameter and its continuations (`LABELS`, `LABELS2`, ...), trimmed; empty when there are none.
    fn texts(&self, group: &str, name: &str) -> Vec<String> {
        let more = (2..).map(|k| format!("{name}{k}"));
        let parts = core::iter::once(String::from(name)).chain(more).map_while(|name| self.get(group, &name));
        parts
            .filter_map(|part| if let Value::Texts(texts) = part { Some(texts) } else { None })
            .flatten()
            .cloned()
            .collect()
    }
}

/// Reads kind, dimensions and values; `None` when they do not fit into the file or are of no known kind.
fn value(bytes: &[u8], at: usize) -> Option<Value> {
    let [kind, rank] = array(bytes, at)?;
    let dimensions = bytes.get(at + 2..at + 2 + usize::from(rank))?;
    let count = dimensions.iter().try_fold(1usize, |all, d| all.checked_mul(usize::from(*d)))?;
    let start = at + 2 + usize::from(rank);
    let size = usize::from((kind as i8).unsigned_abs());
    let raw = bytes.get(start..start.checked_add(count.checked_mul(size)?)?)?;
    Some(match kind as i8 {
        -1 => {
            let width = usize::from(dimensions.first().copied().unwrap_or(1)).max(1);
            Value::Texts(raw.chunks_exact(width).map(text).collect())
        }
        1 => Value::Numbers(raw.iter().map(|b| f64::from(*b)).collect()),
        2 => Value::Numbers(numbers(raw, |b| f64::from(i16::from_le_bytes(b)))),
        4 => Value::Numbers(numbers(raw, |b| f64::from(f32::from_le_bytes(b)))),
        _ => return None,
    })
}

fn numbers<const N: usize>(raw: &[u8], read: fn([u8; N]) -> f64) -> Vec<f64> {
    raw.chunks_exact(N).filter_map(|bytes| bytes.try_into().ok()).map(read).collect()
}

/// Returns `N` bytes from `at` on, if there are that many.
fn array<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at.checked_add(N)?)?.try_into().ok()
}

/// Returns one character per byte, without padding.
fn text(bytes: &[u8]) -> String {
    let all: String = bytes.iter().map(|b| char::from(*b)).collect();
    String::from(all.trim_matches(|c: char| c == '\0' || c.is_whitespace()))
}

/// The largest frame number of the header.
const MOST_COUNTED: usize = 65_535;
/// The format counts them in 16 bits.
const MOST_CHANNELS: usize = 65_535;
/// Larger files are an error; the rule below gives the same number.
const MOST_BYTES: u64 = 1 << 33;
/// Approximate number of bytes of frames that are decoded at once: they stay in the cache while channel after channel is read.
const CHUNK: usize = 1 << 18;
/// Samples for which memory is reserved when the length of the file is unknown.
const TRUSTED: usize = 1 << 12;

/// Returns the byte of the first frame.
fn first_frame(header: &[u8]) -> Result<usize, ReadError> {
    let at = 16;
    let block = array(header, at).map(u16::from_le_bytes).ok_or_else(|| damaged(at))?;
    if block < 2 {
        return Err(wrong("first block of the data", "after the header's", f64::from(block)));
    }
    Ok((usize::from(block) - 1) * BLOCK)
}

/// Layout of the frames.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Layout {
    /// Markers.
    points: usize,
    /// Analog channels.
    analog: usize,
    /// Analog samples of a channel per frame.
    per_frame: usize,
    frames: usize,
    /// Byte of the first frame.
    start: usize,
    /// Negative: numbers are floating-point; else markers are integers times this.
    scale: f64,
    clock: Clock,
    /// The number of frames is the largest that the header can store, and no parameter gives another.
    uncounted: bool,
}

impl Layout {
    /// Reads the layout from the `bytes` before the first frame. `length` is that of the complete file, where it is known.
    fn new(bytes: &[u8], length: Option<u64>, parameters: &Parameters) -> Result<Self, ReadError> {
        let word = |n: usize| {
            let at = 2 * (n - 1);
            array(bytes, at).map(u16::from_le_bytes).ok_or_else(|| damaged(at))
        };
        let float = |n: usize| {
            let at = 2 * (n - 1);
            array(bytes, at).map(f32::from_le_bytes).ok_or_else(|| damaged(at))
        };
        let points = parameters.count("POINT", "USED").ok_or_else(|| missing("POINT", "USED"))?;
        let analog = parameters.count("ANALOG", "USED").unwrap_or(0);
        for (what, count) in [("POINT:USED", points), ("ANALOG:USED", analog)] {
            if count > MOST_CHANNELS {
                return Err(wrong(what, "at most 65535", count as f64));
            }
        }
        // The header's frame numbers end at 65535; these pairs of words count further.
        let long = |name| {
            let [low, high] = *parameters.numbers("TRIAL", name)?.first_chunk::<2>()?;
            let unsigned = |v: f64| if v < 0.0 { v + 65536.0 } else { v };
            Some(unsigned(low) as usize + 65536 * unsigned(high) as usize)
        };
        let first = long("ACTUAL_START_FIELD").unwrap_or(usize::from(word(4)?));
        let end = long("ACTUAL_END_FIELD");
        let last = end.unwrap_or(usize::from(word(5)?));
        if first == 0 || last < first {
            return Err(wrong("last frame", "at least the first, which is at least 1", last as f64));
        }
        // Some programs stop counting there and continue to write.
        let uncounted = end.is_none() && last == MOST_COUNTED;
        let mut counts =
            ["LONG_FRAMES", "FRAMES"].into_iter().filter_map(|name| parameters.number("POINT", name));
        let long_count = counts.find(|n| uncounted && *n > MOST_COUNTED as f64);
        let frames = long_count.map_or(last - first + 1, |n| n as usize);
        let rate_hz = parameters
            .number("POINT", "RATE")
            .filter(|rate| *rate > 0.0)
            .map_or_else(|| float(11).map(f64::from), Ok)?;
        let rate = Rate::from_hz(rate_hz).map_err(|_| wrong("POINT:RATE", "above 0 Hz", rate_hz))?;
        let per_frame = if analog == 0 { 0 } else { usize::from(word(10)?) };
        if analog > 0 && per_frame == 0 {
            return Err(wrong("analog samples per frame", "at least 1", 0.0));
        }
        let start = first_frame(bytes)?;
        let clock = Clock::new(rate, (first - 1) as f64 / rate_hz);
        let located = |source| ReadError::Column { column: String::from("of times"), source };
        let scale = parameters.number("POINT", "SCALE").map_or_else(|| float(7).map(f64::from), Ok)?;
        let clock = clock.map_err(located)?;
        let uncounted = uncounted && long_count.is_none();
        let mut layout = Self { points, analog, per_frame, frames, start, scale, clock, uncounted };
        if let Some(length) = length.filter(|length| uncounted && layout.continues(*length)) {
            layout.frames = (length - start as u64) as usize / layout.frame();
        }
        // Before memory of that size is reserved.
        if layout.end() > MOST_BYTES {
            return Err(ReadError::TooLarge { limit: MOST_BYTES, unit: "bytes" });
        }
        match length {
            Some(length) if length < layout.end() => Err(layout.truncated(length)),
            _ => Ok(layout),
        }
    }

    /// Returns whether a file of that length has frames after the last one: more than its last block can pad.
    fn continues(&self, length: u64) -> bool {
        self.frame() > 0 && length >= self.end().saturating_add(BLOCK.max(self.frame()) as u64)
    }

    /// Returns the bytes of the file up to the end of the last frame.
    fn end(&self) -> u64 {
        (self.frame() as u64).saturating_mul(self.frames as u64).saturating_add(self.start as u64)
    }

    fn truncated(&self, length: u64) -> ReadError {
        ReadError::Truncated {
            complete: (length.saturating_sub(self.start as u64) / self.frame().max(1) as u64) as usize,
            frames: self.frames,
            got: length,
            needed: self.end(),
        }
    }

    fn float(&self) -> bool {
        self.scale < 0.0
    }

    /// Returns the bytes of a number.
    fn size(&self) -> usize {
        if self.float() { 4 } else { 2 }
    }

    /// Returns the bytes of a frame.
    fn frame(&self) -> usize {
        self.size()
            .saturating_mul((4 * self.points).saturating_add(self.analog.saturating_mul(self.per_frame)))
    }
}

/// A wanted channel or marker, and its samples read so far.
enum Wanted {
    /// A marker, with its axes.
    Marker(usize, [Vec<f64>; 3]),
    Analog(usize, Vec<f64>),
}

impl Wanted {
    /// Appends the samples of the frames in `chunk`.
    fn extend(&mut self, chunk: &[u8], layout: &Layout, analog: &Analog) {
        let frames = chunk.chunks_exact(layout.frame());
        match self {
            Self::Marker(i, axes) => frames.for_each(|frame| {
                // The fourth number is the residual, below 0 for a hidden marker.
                let [x, y, z, residual] = point(frame, *i, layout);
                for (axis, value) in axes.iter_mut().zip([x, y, z]) {
                    axis.push(if residual < 0.0 { f64::NAN } else { value });
                }
            }),
            Self::Analog(i, samples) => frames.for_each(|frame| {
                samples.extend((0..layout.per_frame).map(|k| analog.value(frame, *i, k, layout)));
            }),
        }
    }
}

/// Reads the wanted channels, from a reader at the first frame.
fn channels(
    mut reader: impl Read,
    length: Option<u64>,
    layout: &Layout,
    parameters: &Parameters,
    analog_labels: &[String],
    wanted: impl Fn(&str) -> bool,
) -> Result<Recording, ReadError> {
    let labels = unique(parameters.texts("POINT", "LABELS"), layout.points, "point");
    let room = |samples: usize| if length.is_some() { samples } else { samples.min(TRUSTED) };
    let chosen = |labels: &[String]| -> Vec<usize> {
        labels.iter().enumerate().filter(|(_, label)| wanted(label)).map(|(i, _)| i).collect()
    };
    let markers = chosen(&labels).into_iter();
    let markers =
        markers.map(|i| Wanted::Marker(i, [(); 3].map(|()| Vec::with_capacity(room(layout.frames)))));
    let analogs = chosen(analog_labels).into_iter();
    let analogs = analogs
        .map(|i| Wanted::Analog(i, Vec::with_capacity(room(layout.frames.saturating_mul(layout.per_frame)))));
    let mut channels: Vec<Wanted> = markers.chain(analogs).collect();

    let analog = Analog::of(layout, parameters);
    let (frame, mut left) = (layout.frame(), layout.frames);
    let at_once = (CHUNK / frame.max(1)).max(1);
    let mut chunk = Vec::new();
    while frame > 0 && left > 0 {
        chunk.clear();
        let bytes = left.min(at_once) * frame;
        reader.by_ref().take(bytes as u64).read_to_end(&mut chunk)?;
        if chunk.len() < bytes {
            let before = layout.start + (layout.frames - left) * frame;
            return Err(layout.truncated((before + chunk.len()) as u64));
        }
        channels.iter_mut().for_each(|channel| channel.extend(&chunk, layout, &analog));
        left -= left.min(at_once);
    }

    if layout.uncounted && length.is_none() {
        chunk.clear();
        let after = reader.by_ref().take(BLOCK.max(frame) as u64).read_to_end(&mut chunk)? as u64;
        if layout.continues(layout.end() + after) {
            let reason = "the file continues after frame 65535, the last that the header can count; read it from a file";
            return Err(invalid("header", reason));
        }
    }

    let mut recording = Recording::default();
    let mut push = |name: String, unit: &str, signal: Signal| {
        let kept = name.clone();
        recording
            .push(Channel::new(name, unit, signal))
            .map_err(|source| ReadError::Column { column: kept, source })
    };
    let unit = parameters.texts("POINT", "UNITS").into_iter().next().unwrap_or_default();
    let units = parameters.texts("ANALOG", "UNITS");
    let rate_hz = layout.clock.rate().as_hz() * layout.per_frame as f64;
    for channel in channels {
        match channel {
            Wanted::Marker(i, axes) => {
                for (axis, samples) in ["x", "y", "z"].iter().zip(axes) {
                    push(format!("{}_{axis}", labels[i]), &unit, Signal::new(layout.clock, samples))?;
                }
            }
            Wanted::Analog(i, samples) => {
                let label = &analog_labels[i];
                let located = |source| ReadError::Column { column: label.clone(), source };
                let clock = Rate::from_hz(rate_hz).and_then(|rate| Clock::new(rate, layout.clock.start_s()));
                let signal = Signal::new(clock.map_err(located)?, samples);
                push(label.clone(), units.get(i).map_or("", String::as_str), signal)?;
            }
        }
    }
    Ok(recording)
}

/// Returns number `n` of a frame; the layout has checked that it is there.
fn number(frame: &[u8], n: usize, layout: &Layout, unsigned: bool) -> f64 {
    let at = n * layout.size();
    if layout.float() {
        array(frame, at).map_or(f64::NAN, |b| f64::from(f32::from_le_bytes(b)))
    } else if unsigned {
        array(frame, at).map_or(f64::NAN, |b| f64::from(u16::from_le_bytes(b)))
    } else {
        array(frame, at).map_or(f64::NAN, |b| f64::from(i16::from_le_bytes(b)))
    }
}

fn point(frame: &[u8], i: usize, layout: &Layout) -> [f64; 4] {
    let scale = if layout.float() { 1.0 } else { layout.scale };
    let at = |k: usize| number(frame, 4 * i + k, layout, false);
    [at(0) * scale, at(1) * scale, at(2) * scale, at(3)]
}

/// Conversion of analog numbers into values.
struct Analog {
    /// Scale and offset of each channel.
    scales: Vec<(f64, f64)>,
    unsigned: bool,
}

impl Analog {
    fn of(layout: &Layout, parameters: &Parameters) -> Self {
        let general = parameters.number("ANALOG", "GEN_SCALE").unwrap_or(1.0);
        let unsigned =
            parameters.texts("ANALOG", "FORMAT").first().is_some_and(|f| f.eq_ignore_ascii_case("UNSIGNED"));
        let of = |name, default: f64| {
            let mut all = vec![];
            // A parameter holds 255 channels; its continuations hold more.
            for k in 1.. {
                let name = if k == 1 { String::from(name) } else { format!("{name}{k}") };
                let Some(more) = parameters.numbers("ANALOG", &name) else { break };
                all.extend_from_slice(more);
            }
            all.resize(layout.analog, default);
            all
        };
        let offset = |o: f64| if unsigned && !layout.float() && o < 0.0 { o + 65536.0 } else { o };
        let scales = of("SCALE", 1.0).into_iter().zip(of("OFFSET", 0.0));
        Self { scales: scales.map(|(scale, o)| (scale * general, offset(o))).collect(), unsigned }
    }

    /// Returns sample `k` of channel `i` in a frame.
    fn value(&self, frame: &[u8], i: usize, k: usize, layout: &Layout) -> f64 {
        let (scale, offset) = self.scales[i];
        let raw = number(frame, 4 * layout.points + k * layout.analog + i, layout, self.unsigned);
        (raw - offset) * scale
    }
}

/// Returns `count` labels, none empty and none twice.
fn unique(mut labels: Vec<String>, count: usize, kind: &str) -> Vec<String> {
    labels.resize(count, String::new());
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut name = |i: usize, label: String| {
        let label = if label.is_empty() { format!("{kind} {}", i + 1) } else { label };
        let times = seen.entry(label.clone()).or_insert(0);
        let mut name = label.clone();
        *times += 1;
        while (*times > 1 && name == label) || taken.contains(&name) {
            name = format!("{label}#{}", (*times).max(2));
            *times += usize::from(taken.contains(&name));
        }
        taken.insert(name.clone());
        name
    };
    labels.into_iter().enumerate().map(|(i, label)| name(i, label)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_and_repeated_labels_get_numbers() {
        let of = |labels: &[&str]| unique(labels.iter().map(|l| String::from(*l)).collect(), 5, "analog");
        assert_eq!(of(&["a", "a", "", "a"]), ["a", "a#2", "analog 3", "a#3", "analog 5"]);
        assert_eq!(of(&["a#2", "a", "a", "a", "b"]), ["a#2", "a", "a#3", "a#4", "b"]);
        let many = unique(vec![String::from("x"); 60_000], 60_000, "analog");
        assert_eq!(many[59_999], "x#60000");
    }
}
