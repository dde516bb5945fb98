//! The pages of a column chunk: their headers, checked against each other and the bytes that are there, and their values.
//!
//! The format: <https://parquet.apache.org/docs/file-format/data-pages/>.

use super::footer::Kind;
use super::thrift::{Numbers, Thrift};
use std::{format, ops::Range, string::String, vec::Vec};

/// Snappy makes at most 64 bytes of three.
const MOST_EXPANSION: usize = 22;

/// What is wrong with a page, and at which byte of its chunk.
pub(super) struct Fault {
    pub(super) at: usize,
    pub(super) reason: String,
}

/// What pages are decoded through, kept from one to the next.
#[derive(Default)]
pub(super) struct Buffers {
    page: Vec<u8>,
    levels: Vec<u32>,
    indices: Vec<u32>,
    dictionary: Vec<f64>,
}

/// How the values of a chunk are stored.
pub(super) struct Chunk<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) kind: Kind,
    /// Values per unit: every value is divided by it.
    pub(super) per_unit: f64,
    /// Whether values may be missing.
    pub(super) optional: bool,
    pub(super) snappy: bool,
}

/// A page: where it is, and what its header says.
struct Page {
    at: usize,
    data: Range<usize>,
    /// Bytes when decompressed.
    size: usize,
    checksum: Option<u32>,
    content: Content,
}

enum Content {
    Dictionary {
        values: usize,
    },
    /// Values with their levels before them.
    First {
        values: usize,
        encoding: i64,
        levels_encoding: i64,
    },
    /// The same, with levels that are not compressed.
    Second {
        values: usize,
        encoding: i64,
        levels: Range<usize>,
        compressed: bool,
    },
    Index,
}

impl Page {
    fn read(chunk: &[u8], at: usize) -> Option<Self> {
        let mut walk = Thrift::new(chunk.get(at..)?);
        let mut inner: [Option<Numbers>; 9] = [None; 9];
        let page = walk.numbers(Some(&mut inner))?;
        let size = |number: Option<i64>| usize::try_from(number?).ok();
        let start = at + walk.at();
        let data = start..start.checked_add(size(page[3])?).filter(|end| *end <= chunk.len())?;
        let [_, _, _, _, _, first, _, dictionary, second] = inner;
        let content = match page[1]? {
            0 => {
                let [_, values, encoding, levels, ..] = first?;
                Content::First { values: size(values)?, encoding: encoding?, levels_encoding: levels? }
            }
            1 => Content::Index,
            2 => {
                let [_, values, encoding, ..] = dictionary?;
                // PLAIN, or PLAIN under its old name.
                matches!(encoding?, 0 | 2).then_some(())?;
                Content::Dictionary { values: size(values)? }
            }
            3 => {
                let [_, values, _, _, encoding, defined, repeated, compressed, _] = second?;
                let from = size(repeated)?;
                let levels = from..from.checked_add(size(defined)?).filter(|end| *end <= data.len())?;
                let compressed = compressed != Some(0);
                Content::Second { values: size(values)?, encoding: encoding?, levels, compressed }
            }
            _ => return None,
        };
        Some(Self { at, data, size: size(page[2])?, checksum: page[4].map(|crc| crc as u32), content })
    }

    /// Values that it adds to its column.
    fn values(&self) -> usize {
        match self.content {
            Content::First { values, .. } | Content::Second { values, .. } => values,
            Content::Dictionary { .. } | Content::Index => 0,
        }
    }
}

impl Chunk<'_> {
    /// Appends the `rows` values of the chunk, of at most `more` that are to come.
    pub(super) fn decode(
        &self,
        rows: usize,
        more: usize,
        samples: &mut Vec<f64>,
        buffers: &mut Buffers,
    ) -> Result<(), Fault> {
        let mut pages: Vec<Page> = Vec::new();
        let mut at = 0;
        while at < self.bytes.len() {
            let page = Page::read(self.bytes, at)
                .ok_or_else(|| Fault { at, reason: "a page's header breaks off or makes no sense".into() })?;
            at = page.data.end;
            pages.push(page);
        }
        let there = pages.iter().map(Page::values).fold(0, usize::saturating_add);
        if there != rows {
            return Err(Fault {
                at: 0,
                reason: format!("its pages have {there} values, where there are {rows} rows"),
            });
        }
        // Only now is the number of rows believed. Half as much again, so that many small groups do not each move what is there.
        samples.reserve_exact(rows.max(samples.len() / 2).min(more).max(rows));
        let mut dictionary = core::mem::take(&mut buffers.dictionary);
        dictionary.clear();
        let decoded = pages.iter().try_for_each(|page| {
            let fault = |reason| Fault { at: page.at, reason };
            self.page(page, samples, &mut dictionary, buffers).map_err(fault)
        });
        buffers.dictionary = dictionary;
        decoded
    }

    fn page(
        &self,
        page: &Page,
        samples: &mut Vec<f64>,
        dictionary: &mut Vec<f64>,
        buffers: &mut Buffers,
    ) -> Result<(), String> {
        let raw = &self.bytes[page.data.clone()];
        if page.checksum.is_some_and(|crc| crc != crc32fast::hash(raw)) {
            return Err("its checksum is another".into());
        }
        let Buffers { page: buffer, levels, indices, .. } = buffers;
        match &page.content {
            Content::Index => Ok(()),
            Content::Dictionary { values } => {
                let data = self.decompressed(raw, page.size, buffer)?;
                let mut plain = Values::plain(self.kind, data).ok_or("a dictionary of single bits")?;
                fill(dictionary, *values, None, &mut plain, self.per_unit)
            }
            Content::First { values, encoding, levels_encoding } => {
                let data = self.decompressed(raw, page.size, buffer)?;
                let (levels, data) = if self.optional {
                    if *levels_encoding != RLE {
                        return Err(unread(*levels_encoding));
                    }
                    let (defined, rest) = counted(data).ok_or("it ends within its levels")?;
                    hybrid(defined, 1, *values, levels)?;
                    (Some(&levels[..]), rest)
                } else {
                    (None, data)
                };
                self.values(*encoding, *values, levels, data, samples, dictionary, indices)
            }
            Content::Second { values, encoding, levels: place, compressed } => {
                let size = page.size.checked_sub(place.end).ok_or("its levels are longer than itself")?;
                let rest = &raw[place.end..];
                let data = if *compressed { self.decompressed(rest, size, buffer)? } else { rest };
                let levels = if self.optional {
                    hybrid(&raw[place.clone()], 1, *values, levels)?;
                    Some(&levels[..])
                } else {
                    None
                };
                self.values(*encoding, *values, levels, data, samples, dictionary, indices)
            }
        }
    }

    /// What a page holds; room for it is made only where so much can come out of it.
    fn decompressed<'b>(
        &self,
        raw: &'b [u8],
        size: usize,
        buffer: &'b mut Vec<u8>,
    ) -> Result<&'b [u8], String> {
        if !self.snappy {
            return if raw.len() == size {
                Ok(raw)
            } else {
                Err("it has another size than its header says".into())
            };
        }
        let damaged = |_| String::from("its compressed data are damaged");
        let says = snap::raw::decompress_len(raw).map_err(damaged)?;
        if says != size || size > raw.len().saturating_mul(MOST_EXPANSION) {
            return Err("it decompresses to another size than its header says".into());
        }
        if size == 0 {
            return Ok(&[]);
        }
        buffer.clear();
        buffer.resize(size, 0);
        snap::raw::Decoder::new().decompress(raw, buffer).map_err(damaged)?;
        Ok(buffer)
    }

    /// Appends the values of a page: NaN where its levels say that there is none.
    #[allow(clippy::too_many_arguments)] // what a page is made of
    fn values(
        &self,
        encoding: i64,
        values: usize,
        levels: Option<&[u32]>,
        data: &[u8],
        samples: &mut Vec<f64>,
        dictionary: &[f64],
        indices: &mut Vec<u32>,
    ) -> Result<(), String> {
        let present = levels.map_or(values, |levels| levels.iter().filter(|level| **level == 1).count());
        let mut source = match (encoding, self.kind) {
            (PLAIN, Kind::Bool) => {
                bits(data, present, indices)?;
                Values::Indices(indices.iter(), &[0.0, 1.0])
            }
            (PLAIN, kind) => Values::plain(kind, data).ok_or("it has single bits")?,
            (RLE, Kind::Bool) => {
                let (runs, _) = counted(data).ok_or("it ends within its values")?;
                hybrid(runs, 1, present, indices)?;
                Values::Indices(indices.iter(), &[0.0, 1.0])
            }
            (PLAIN_DICTIONARY | RLE_DICTIONARY, _) => {
                let (width, runs) = data.split_first().ok_or("it ends before its indices")?;
                if *width > 32 {
                    return Err(format!("its indices have {width} bits, and 32 are the most"));
                }
                hybrid(runs, usize::from(*width), present, indices)?;
                // What comes out of a dictionary has been divided.
                let mut source = Values::Indices(indices.iter(), dictionary);
                return fill(samples, values, levels, &mut source, 1.0);
            }
            (BYTE_STREAM_SPLIT, kind) if kind != Kind::Bool => {
                if data.len() != present * kind.width() {
                    return Err("it has another number of values than its header says".into());
                }
                Values::Split { kind, data, stride: present, next: 0 }
            }
            (other, _) => return Err(unread(other)),
        };
        fill(samples, values, levels, &mut source, self.per_unit)
    }
}

const PLAIN: i64 = 0;
const PLAIN_DICTIONARY: i64 = 2;
const RLE: i64 = 3;
const RLE_DICTIONARY: i64 = 8;
const BYTE_STREAM_SPLIT: i64 = 9;

fn unread(encoding: i64) -> String {
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
fn counted(data: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = data.split_first_chunk::<4>()?;
    rest.split_at_checked(u32::from_le_bytes(*length) as usize)
}

/// `count` single bits, the lowest of a byte first.
fn bits(data: &[u8], count: usize, into: &mut Vec<u32>) -> Result<(), String> {
    into.clear();
    into.extend(data.iter().flat_map(|byte| (0..8).map(move |bit| u32::from(byte >> bit & 1))).take(count));
    if into.len() == count { Ok(()) } else { Err("it has fewer values than its header says".into()) }
}

/// `count` numbers of `width` bits in runs, each of one number again and again or of packed bits.
fn hybrid(mut data: &[u8], width: usize, count: usize, into: &mut Vec<u32>) -> Result<(), String> {
    into.clear();
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
            let value = value.iter().rev().fold(0, |value, byte| value << 8 | u32::from(*byte));
            (length > 0).then_some(()).ok_or_else(damaged)?;
            into.resize(into.len() + length.min(left), value);
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
