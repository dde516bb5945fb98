//! A thousand damaged files of each kind: an error with its place, or a recording; never a panic, and never more than four times the
//! memory that the whole file's samples take.

use crate::common;
use crate::common::memory as peak_memory;
use crate::common::noise;
use copeak::recording::c3d;
use copeak::recording::opensim::{mot, trc};
use copeak::recording::parquet;
use copeak::recording::{Channel, Recording, csv};
use copeak::{Clock, Rate, Signal};
use peak_memory::peak_memory;
use std::ops::Range;

/// Buffers that any reader may have, whatever the file.
const BUFFERS: isize = 1 << 20;

fn bytes(recording: &Recording) -> isize {
    8 * recording.channels.iter().map(|c| c.signal.samples().len() as isize).sum::<isize>()
}

fn trial(names: &[String], unit: &str) -> Recording {
    let clock = Clock::from_zero(Rate::from_hz(200.0).unwrap());
    let mut trial = Recording::new("damaged");
    for (k, name) in names.iter().enumerate() {
        let samples = (0..4000).map(|i| (i as f64 * 0.01 + k as f64).sin() * 300.0).collect();
        trial.push(Channel::new(name, unit, Signal::new(clock, samples))).unwrap();
    }
    trial
}

/// Bytes that hold the description of the content in most files.
const HEADER: Range<usize> = 0..4096;

/// Reads damaged files with `read`; the message of every error must pass `place`. Half of the bits are flipped in the file's `header`,
/// where they do most harm.
fn damage(
    what: &str,
    whole: &[u8],
    header: Range<usize>,
    read: impl Fn(&[u8]) -> Result<Recording, String>,
    place: impl Fn(&str) -> bool,
) {
    let (used, recording) = peak_memory(|| read(whole).unwrap());
    let most = 4 * bytes(&recording) + BUFFERS;
    assert!(used <= most, "{what}: {used} bytes for {}", bytes(&recording));
    drop(recording);
    let mut noise = noise::Noise::new(7);
    let mut below = |n: usize| (noise.uniform() * n as f64) as usize % n;
    let (mut refused, mut loaded) = (0, 0);
    for case in 0..1000 {
        let mut file = whole.to_vec();
        if case % 2 == 0 {
            file.truncate(below(whole.len()));
        } else {
            for _ in 0..1 + below(4) {
                let (from, to) = if case % 4 == 1 {
                    (header.start, header.end.min(whole.len()))
                } else {
                    (0, whole.len())
                };
                let at = from + below(to - from);
                file[at] ^= 1 << below(8);
            }
        }
        let (used, result) = peak_memory(|| read(&file));
        assert!(used <= most, "{what}, case {case}: {used} bytes, at most {most}");
        match result {
            Ok(_) => loaded += 1,
            Err(fault) => {
                assert!(place(&fault), "{what}, case {case}: no place in {fault:?}");
                refused += 1;
            }
        }
    }
    assert!(refused > 300, "{what}: {refused} refused, {loaded} loaded");
}

#[test]
fn csv() {
    let names: Vec<String> = (0..8).map(|k| format!("channel{k}")).collect();
    let mut whole = Vec::new();
    csv::write(&trial(&names, "deg"), &mut whole).unwrap();
    let place = |fault: &str| ["line", "column", "byte"].iter().any(|word| fault.contains(word));
    damage("CSV", &whole, HEADER, |file| csv::read_from(file).map_err(|e| e.to_string()), place);
}

#[test]
fn trc_and_mot() {
    let names: Vec<String> =
        (0..8).flat_map(|k| ["x", "y", "z"].map(|axis| format!("marker{k}_{axis}"))).collect();
    let place = |fault: &str| ["line", "column", "row"].iter().any(|word| fault.contains(word));
    let mut whole = Vec::new();
    trc::write(&trial(&names, "m"), &mut whole).unwrap();
    damage(
        "TRC",
        &whole,
        HEADER,
        |file| trc::read_from(file).map(|t| t.recording).map_err(|e| e.to_string()),
        place,
    );
    let mut whole = Vec::new();
    mot::write(&trial(&names, "deg"), &mut whole).unwrap();
    damage(
        "MOT",
        &whole,
        HEADER,
        |file| mot::read_from(file).map(|m| m.recording).map_err(|e| e.to_string()),
        place,
    );
}

#[test]
fn c3d() {
    let Some(data) = common::data() else { return };
    let whole = std::fs::read(data.join("sprint_dorn2012/raw/JA1Gait21.c3d")).unwrap();
    // Bytes, frames, or what in the header is wrong.
    const PLACES: [&str; 9] = [
        "byte",
        "frame",
        "parameter",
        "processor",
        "first block",
        "force plate",
        "channel",
        "POINT:",
        "ANALOG:",
    ];
    let place = |fault: &str| PLACES.iter().any(|word| fault.contains(word));
    damage(
        "C3D",
        &whole,
        HEADER,
        |file| c3d::read_from(file).map(|t| t.recording).map_err(|e| e.to_string()),
        place,
    );
}

#[test]
fn parquet() {
    let names: Vec<String> = (0..8).map(|k| format!("channel{k}")).collect();
    let mut trial = trial(&names, "deg");
    // Channels that fit a dictionary, and gaps.
    for (k, channel) in trial.channels.iter_mut().enumerate().step_by(2) {
        let coarse = channel.signal.samples().iter().map(|v| (v / 50.0).round()).enumerate();
        let coarse = coarse.map(|(i, v)| if (i / 10 + k) % 7 == 0 { f64::NAN } else { v }).collect();
        channel.signal = channel.signal.with_samples(coarse);
    }
    let mut whole = Vec::new();
    parquet::write(&trial, &mut whole).unwrap();
    let last: [u8; 4] = whole[whole.len() - 8..][..4].try_into().unwrap();
    let footer = whole.len() - 8 - u32::from_le_bytes(last) as usize..whole.len();
    let read = |file: &[u8]| parquet::read_from(std::io::Cursor::new(file)).map_err(|e| e.to_string());
    let place = |fault: &str| ["byte", "column", "metadata", "end"].iter().any(|word| fault.contains(word));
    damage("Parquet", &whole, footer, read, place);
}
