//! The header and the frames of a C3D file.

use super::C3dError;
use super::parameters::{BLOCK, Parameters, array};
use crate::recording::{Channel, Recording};
use crate::{Clock, Rate, Signal};
use std::{
    collections::{BTreeMap, BTreeSet},
    format,
    io::Read,
    string::String,
    vec,
    vec::Vec,
};

/// The largest frame number of the header.
const MOST_COUNTED: usize = 65_535;
/// The format counts them in 16 bits.
const MOST_CHANNELS: usize = 65_535;
/// Larger files are refused; the rule below says so.
const MOST_BYTES: u64 = 1 << 33;
/// About so many bytes of frames are taken apart at once: they stay in the cache while channel after channel is read.
const CHUNK: usize = 1 << 18;
/// Samples that room is made for without knowing that the file is as long as it says.
const TRUSTED: usize = 1 << 12;

/// Byte of the first frame.
pub(super) fn start(header: &[u8]) -> Result<usize, C3dError> {
    let at = 16;
    let block = array(header, at).map(u16::from_le_bytes).ok_or(C3dError::Parameters { at })?;
    if block < 2 {
        let (what, rule) = ("first block of the data", "after the header's");
        return Err(C3dError::Value { what, rule, value: f64::from(block) });
    }
    Ok((usize::from(block) - 1) * BLOCK)
}

/// How the frames are laid out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Layout {
    /// Markers.
    points: usize,
    /// Analog channels.
    pub(super) analog: usize,
    /// Analog samples of a channel to one frame.
    per_frame: usize,
    frames: usize,
    /// Byte of the first frame.
    start: usize,
    /// Negative: numbers are floating-point; else markers are integers times this.
    scale: f64,
    clock: Clock,
    /// The number of frames is the largest that the header can say, and nothing else says one.
    uncounted: bool,
}

impl Layout {
    /// `bytes` are those before the first frame; `length` that of the whole file, where it is known.
    pub(super) fn of(bytes: &[u8], length: Option<u64>, parameters: &Parameters) -> Result<Self, C3dError> {
        let word = |n: usize| {
            let at = 2 * (n - 1);
            array(bytes, at).map(u16::from_le_bytes).ok_or(C3dError::Parameters { at })
        };
        let float = |n: usize| {
            let at = 2 * (n - 1);
            array(bytes, at).map(f32::from_le_bytes).ok_or(C3dError::Parameters { at })
        };
        let missing = |group, name| C3dError::Missing { group, name };
        let points = parameters.count("POINT", "USED").ok_or(missing("POINT", "USED"))?;
        let analog = parameters.count("ANALOG", "USED").unwrap_or(0);
        for (what, count) in [("POINT:USED", points), ("ANALOG:USED", analog)] {
            if count > MOST_CHANNELS {
                return Err(C3dError::Value { what, rule: "at most 65535", value: count as f64 });
            }
        }
        // The header's frame numbers end at 65535; these two words each go on.
        let long = |name| {
            let [low, high] = *parameters.numbers("TRIAL", name)?.first_chunk::<2>()?;
            let unsigned = |v: f64| if v < 0.0 { v + 65536.0 } else { v };
            Some(unsigned(low) as usize + 65536 * unsigned(high) as usize)
        };
        let first = long("ACTUAL_START_FIELD").unwrap_or(usize::from(word(4)?));
        let end = long("ACTUAL_END_FIELD");
        let last = end.unwrap_or(usize::from(word(5)?));
        if first == 0 || last < first {
            let (what, rule) = ("last frame", "at least the first, which is at least 1");
            return Err(C3dError::Value { what, rule, value: last as f64 });
        }
        // Some writers stop counting there and write on.
        let uncounted = end.is_none() && last == MOST_COUNTED;
        let mut counts =
            ["LONG_FRAMES", "FRAMES"].into_iter().filter_map(|name| parameters.number("POINT", name));
        let long_count = counts.find(|n| uncounted && *n > MOST_COUNTED as f64);
        let frames = long_count.map_or(last - first + 1, |n| n as usize);
        let rate_hz = parameters
            .number("POINT", "RATE")
            .filter(|rate| *rate > 0.0)
            .map_or_else(|| float(11).map(f64::from), Ok)?;
        let rate = Rate::from_hz(rate_hz).map_err(|_| C3dError::Value {
            what: "POINT:RATE",
            rule: "above 0 Hz",
            value: rate_hz,
        })?;
        let per_frame = if analog == 0 { 0 } else { usize::from(word(10)?) };
        if analog > 0 && per_frame == 0 {
            return Err(C3dError::Value {
                what: "analog samples to a frame",
                rule: "at least 1",
                value: 0.0,
            });
        }
        let start = start(bytes)?;
        let clock = Clock::new(rate, (first - 1) as f64 / rate_hz);
        let source = |source| C3dError::Channel { channel: String::from("the clock"), source };
        let scale = parameters.number("POINT", "SCALE").map_or_else(|| float(7).map(f64::from), Ok)?;
        let clock = clock.map_err(source)?;
        let uncounted = uncounted && long_count.is_none();
        let mut layout = Self { points, analog, per_frame, frames, start, scale, clock, uncounted };
        if let Some(length) = length.filter(|length| uncounted && layout.goes_on(*length)) {
            layout.frames = (length - start as u64) as usize / layout.frame();
        }
        // Refused before anything of that size is made.
        if layout.end() > MOST_BYTES {
            let (what, rule) = ("bytes of the file", "at most 8589934592");
            return Err(C3dError::Value { what, rule, value: layout.end() as f64 });
        }
        match length {
            Some(length) if length < layout.end() => Err(layout.truncated(length)),
            _ => Ok(layout),
        }
    }

    /// Whether a file of that length has frames behind the last one: more than what fills its last block.
    fn goes_on(&self, length: u64) -> bool {
        self.frame() > 0 && length >= self.end().saturating_add(BLOCK.max(self.frame()) as u64)
    }

    /// Bytes of the file up to the end of the last frame.
    fn end(&self) -> u64 {
        (self.frame() as u64).saturating_mul(self.frames as u64).saturating_add(self.start as u64)
    }

    fn truncated(&self, length: u64) -> C3dError {
        C3dError::Truncated {
            whole: (length.saturating_sub(self.start as u64) / self.frame().max(1) as u64) as usize,
            frames: self.frames,
            got: length as usize,
            needed: self.end() as usize,
        }
    }

    fn float(&self) -> bool {
        self.scale < 0.0
    }

    /// Bytes of a number.
    fn size(&self) -> usize {
        if self.float() { 4 } else { 2 }
    }

    /// Bytes of a frame.
    fn frame(&self) -> usize {
        self.size()
            .saturating_mul((4 * self.points).saturating_add(self.analog.saturating_mul(self.per_frame)))
    }
}

/// A wanted channel or marker, and what has been read of it.
enum Wanted {
    /// A marker, with its axes.
    Marker(usize, [Vec<f64>; 3]),
    Analog(usize, Vec<f64>),
}

impl Wanted {
    /// Appends what frames of `chunk` hold.
    fn extend(&mut self, chunk: &[u8], layout: &Layout, analog: &Analog) {
        let frames = chunk.chunks_exact(layout.frame());
        match self {
            Self::Marker(i, axes) => frames.for_each(|frame| {
                // The fourth number is the residual, below 0 for a marker that was not seen.
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

/// The wanted channels, from a reader that stands at the first frame.
pub(super) fn channels(
    mut reader: impl Read,
    length: Option<u64>,
    layout: &Layout,
    parameters: &Parameters,
    analog_labels: &[String],
    wanted: impl Fn(&str) -> bool,
) -> Result<Recording, C3dError> {
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
        let behind = reader.by_ref().take(BLOCK.max(frame) as u64).read_to_end(&mut chunk)? as u64;
        if layout.goes_on(layout.end() + behind) {
            let (what, rule) = ("last frame", "the last one, but the file goes on behind it");
            return Err(C3dError::Value { what, rule, value: MOST_COUNTED as f64 });
        }
    }

    let mut recording = Recording::default();
    let mut push = |name: String, unit: &str, signal: Signal| {
        let kept = name.clone();
        recording
            .push(Channel::new(name, unit, signal))
            .map_err(|source| C3dError::Channel { channel: kept, source })
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
                let source = |source| C3dError::Channel { channel: label.clone(), source };
                let clock = Rate::from_hz(rate_hz).and_then(|rate| Clock::new(rate, layout.clock.start_s()));
                let signal = Signal::new(clock.map_err(source)?, samples);
                push(label.clone(), units.get(i).map_or("", String::as_str), signal)?;
            }
        }
    }
    Ok(recording)
}

/// Names of the analog channels.
pub(super) fn analog_labels(layout: &Layout, parameters: &Parameters) -> Vec<String> {
    unique(parameters.texts("ANALOG", "LABELS"), layout.analog, "analog")
}

/// Number `n` of a frame; the layout has checked that it is there.
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

/// How analog numbers become values.
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
            // 255 channels to a parameter; more go on in its continuations.
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

    /// Sample `k` of channel `i` in a frame.
    fn value(&self, frame: &[u8], i: usize, k: usize, layout: &Layout) -> f64 {
        let (scale, offset) = self.scales[i];
        let raw = number(frame, 4 * layout.points + k * layout.analog + i, layout, self.unsigned);
        (raw - offset) * scale
    }
}

/// `count` labels, none empty and none twice.
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
    fn no_label_is_empty_and_none_is_there_twice() {
        let of = |labels: &[&str]| unique(labels.iter().map(|l| String::from(*l)).collect(), 5, "analog");
        assert_eq!(of(&["a", "a", "", "a"]), ["a", "a#2", "analog 3", "a#3", "analog 5"]);
        assert_eq!(of(&["a#2", "a", "a", "a", "b"]), ["a#2", "a", "a#3", "a#4", "b"]);
        let many = unique(vec![String::from("x"); 60_000], 60_000, "analog");
        assert_eq!(many[59_999], "x#60000");
    }
}
