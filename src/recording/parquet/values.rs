//! The values of a page.
//!
//! The format: <https://parquet.apache.org/docs/file-format/data-pages/encodings/>.

use super::footer::{Kind, Stored};
use std::{
    format,
    string::{String, ToString},
    vec::Vec,
};

pub(super) const PLAIN: i64 = 0;
const PLAIN_DICTIONARY: i64 = 2;
pub(super) const RLE: i64 = 3;
const RLE_DICTIONARY: i64 = 8;
pub(super) const BYTE_STREAM_SPLIT: i64 = 9;

/// What a page holds behind its levels.
#[derive(Clone, Copy)]
pub(super) struct Data<'a> {
    pub(super) encoding: i64,
    /// How many there are, with those that are missing.
    pub(super) values: usize,
    /// How many are missing, where the header says so.
    pub(super) missing: Option<usize>,
    /// 1 for each that is not missing; none where none can be.
    pub(super) levels: Option<&'a [u32]>,
    pub(super) bytes: &'a [u8],
}

impl Data<'_> {
    /// Appends them: NaN where the levels say that there is none. What a dictionary has, has been divided already.
    pub(super) fn append_to(
        &self,
        samples: &mut Vec<f64>,
        stored: Stored,
        dictionary: &[f64],
        indices: &mut Vec<u32>,
    ) -> Result<(), String> {
        let Self { encoding, values, missing, levels, bytes: data } = *self;
        let Stored { kind, per_unit } = stored;
        let present = levels.map_or(values, |levels| levels.iter().filter(|level| **level == 1).count());
        if missing.is_some_and(|missing| missing != values - present) {
            return Err("its levels have another number of missing values than its header says".into());
        }
        if matches!(encoding, PLAIN | BYTE_STREAM_SPLIT) && kind.bytes(present) != Some(data.len()) {
            return Err("it has another number of values than its header and levels say".into());
        }
        let mut source = match (encoding, kind) {
            (PLAIN, Kind::Bool) => {
                bits(data, present, indices);
                Values::Indices(indices.iter(), &[0.0, 1.0])
            }
            (PLAIN, kind) => Values::plain(kind, data).ok_or("it has single bits")?,
            (RLE, Kind::Bool) => {
                let (runs, _) = counted(data).ok_or("it ends within its values")?;
                hybrid(runs, 1, present, indices)?;
                Values::Indices(indices.iter(), &[0.0, 1.0])
            }
            // Where all are missing there need not be a width.
            (PLAIN_DICTIONARY | RLE_DICTIONARY, _) if present > 0 => {
                let (width, runs) = data.split_first().ok_or("it ends before its indices")?;
                if *width > 32 {
                    return Err(format!("its indices have {width} bits, and 32 are the most"));
                }
                hybrid(runs, usize::from(*width), present, indices)?;
                let mut source = Values::Indices(indices.iter(), dictionary);
                return fill(samples, values, levels, &mut source, 1.0);
            }
            (BYTE_STREAM_SPLIT, kind) if kind != Kind::Bool => {
                Values::Split { kind, data, stride: present, next: 0 }
            }
            (PLAIN_DICTIONARY | RLE_DICTIONARY, _) => Values::Indices([].iter(), &[]),
            (other, _) => return Err(unread(other)),
        };
        fill(samples, values, levels, &mut source, per_unit)
    }
}

pub(super) fn unread(encoding: i64) -> String {
    let name = match encoding {
        4 => " (BIT_PACKED)",
        5 => " (DELTA_BINARY_PACKED)",
        6 => " (DELTA_LENGTH_BYTE_ARRAY)",
        7 => " (DELTA_BYTE_ARRAY)",
        _ => "",
    };
    format!("encoding {encoding}{name} is not read: only PLAIN, RLE, dictionaries and BYTE_STREAM_SPLIT")
}

/// Values one after the other.
enum Values<'a> {
    F64(core::slice::ChunksExact<'a, u8>),
    Plain(Kind, core::slice::ChunksExact<'a, u8>),
    Indices(core::slice::Iter<'a, u32>, &'a [f64]),
    Split { kind: Kind, data: &'a [u8], stride: usize, next: usize },
}

impl<'a> Values<'a> {
    fn plain(kind: Kind, data: &'a [u8]) -> Option<Self> {
        match (kind, kind.width()) {
            (_, 0) => None,
            (Kind::F64, width) => Some(Self::F64(data.chunks_exact(width))),
            (kind, width) => Some(Self::Plain(kind, data.chunks_exact(width))),
        }
    }
}

/// Appends `values` of them, divided; where levels are given, a NaN wherever they are not 1.
fn fill(
    samples: &mut Vec<f64>,
    values: usize,
    levels: Option<&[u32]>,
    source: &mut Values<'_>,
    per_unit: f64,
) -> Result<(), String> {
    match source {
        Values::F64(chunks) => place(samples, values, levels, || {
            Some(f64::from_le_bytes(chunks.next()?.try_into().ok()?) / per_unit)
        }),
        Values::Plain(kind, chunks) => {
            place(samples, values, levels, || Some(number(*kind, chunks.next()?)? / per_unit))
        }
        Values::Indices(indices, of) => {
            place(samples, values, levels, || Some(*of.get(*indices.next()? as usize)? / per_unit))
        }
        Values::Split { kind, data, stride, next } => place(samples, values, levels, || {
            let mut bytes = [0; 8];
            for (k, byte) in bytes[..kind.width()].iter_mut().enumerate() {
                *byte = *data.get(*next + k * *stride)?;
            }
            *next += 1;
            Some(number(*kind, &bytes[..kind.width()])? / per_unit)
        }),
    }
}

fn place(
    samples: &mut Vec<f64>,
    values: usize,
    levels: Option<&[u32]>,
    mut next: impl FnMut() -> Option<f64>,
) -> Result<(), String> {
    let until = samples.len() + values;
    match levels {
        None => samples.extend((0..values).map_while(|_| next())),
        Some(levels) => {
            samples
                .extend(levels.iter().map_while(|level| if *level == 1 { next() } else { Some(f64::NAN) }));
        }
    }
    if samples.len() == until { Ok(()) } else { Err("it has fewer values than its header says".into()) }
}

fn number(kind: Kind, bytes: &[u8]) -> Option<f64> {
    let four = || bytes.try_into().ok();
    let eight = || bytes.try_into().ok();
    Some(match kind {
        Kind::Bool => return None,
        Kind::I32 => f64::from(i32::from_le_bytes(four()?)),
        Kind::U32 => f64::from(u32::from_le_bytes(four()?)),
        Kind::F32 => f64::from(f32::from_le_bytes(four()?)),
        Kind::I64 => i64::from_le_bytes(eight()?) as f64,
        Kind::U64 => u64::from_le_bytes(eight()?) as f64,
        Kind::F64 => f64::from_le_bytes(eight()?),
    })
}

/// What stands behind the four bytes that say how long it is, and the rest.
pub(super) fn counted(data: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = data.split_first_chunk::<4>()?;
    rest.split_at_checked(u32::from_le_bytes(*length) as usize)
}

/// `count` single bits, the lowest of a byte first.
fn bits(data: &[u8], count: usize, into: &mut Vec<u32>) {
    into.clear();
    into.extend(data.iter().flat_map(|byte| (0..8).map(move |bit| u32::from(byte >> bit & 1))).take(count));
}

/// `count` numbers of `width` bits in runs, each of one number again and again or of packed bits.
pub(super) fn hybrid(mut data: &[u8], width: usize, count: usize, into: &mut Vec<u32>) -> Result<(), String> {
    into.clear();
    into.try_reserve(count).map_err(|error| error.to_string())?;
    let damaged = || String::from("a run of its levels or indices is damaged");
    while into.len() < count {
        let left = count - into.len();
        let (mut run, mut shift) = (0u64, 0);
        loop {
            let (byte, rest) = data.split_first().filter(|_| shift < 35).ok_or_else(damaged)?;
            data = rest;
            run |= u64::from(byte & 0x7f) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                break;
            }
        }
        let length = (run >> 1) as usize;
        if run & 1 == 0 {
            let (value, rest) = data.split_at_checked(width.div_ceil(8)).ok_or_else(damaged)?;
            let value = value.iter().rev().fold(0, |value, byte| value << 8 | u64::from(*byte));
            (length > 0 && value >> width == 0).then_some(()).ok_or_else(damaged)?;
            into.resize(into.len() + length.min(left), value as u32);
            data = rest;
        } else {
            // Groups of eight; some writers leave out what pads the last one.
            let values = length.saturating_mul(8).min(left);
            let bytes = length.saturating_mul(width).min(data.len());
            if length == 0 || bytes.saturating_mul(8) < values * width {
                return Err(damaged());
            }
            let (packed, rest) = data.split_at(bytes);
            let (mut bits, mut held) = (0u64, 0);
            let mut packed = packed.iter();
            let mask = (1u64 << width) - 1;
            for _ in 0..values {
                while held < width {
                    bits |= u64::from(*packed.next().ok_or_else(damaged)?) << held;
                    held += 8;
                }
                into.push((bits & mask) as u32);
                bits >>= width;
                held -= width;
            }
            data = rest;
        }
    }
    Ok(())
}
