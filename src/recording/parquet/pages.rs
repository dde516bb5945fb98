//! The bytes of a Parquet file: the footer, the pages of a column chunk and their values, checked against each other and the length of
//! the file.
//!
//! The format: <https://parquet.apache.org/docs/file-format/data-pages/>, encodings:
//! <https://parquet.apache.org/docs/file-format/data-pages/encodings/>, Thrift's compact protocol, of which footer and page headers use a
//! part: <https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md>.

use super::{ReadError, invalid};
use ::parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type};
use ::parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};
use ::parquet::schema::types::ColumnDescriptor;
use std::{
    format,
    io::{Read, Seek, SeekFrom},
    ops::Range,
    string::{String, ToString},
    vec::Vec,
};

/// Snappy expands three bytes to at most 64.
const MOST_EXPANSION: usize = 22;

/// Fault of a page, and its byte in the chunk.
pub(super) struct Fault {
    pub(super) at: usize,
    pub(super) reason: String,
}

/// Buffers of the decoder, reused from page to page.
#[derive(Default)]
pub(super) struct Buffers {
    page: Vec<u8>,
    levels: Vec<u32>,
    indices: Vec<u32>,
    dictionary: Vec<f64>,
}

/// The bytes of a column in a row group, and the way its values are stored.
pub(super) struct Chunk<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) stored: Stored,
    /// Whether values may be missing.
    pub(super) optional: bool,
    pub(super) snappy: bool,
}

/// A page: its place, and the content of its header.
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
        missing: usize,
        encoding: i64,
        levels: Range<usize>,
        compressed: bool,
    },
    Index,
}

impl Page {
    fn read(chunk: &[u8], at: usize) -> Option<Self> {
        let mut thrift = Thrift::new(chunk.get(at..)?);
        let mut inner: [Option<Numbers>; 9] = [None; 9];
        let page = thrift.numbers(Some(&mut inner))?;
        let size = |number: Option<i64>| usize::try_from(number?).ok();
        let start = at + thrift.at();
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
                let [_, values, missing, rows, encoding, defined, repeated, compressed, _] = second?;
                (rows? == values?).then_some(())?;
                let from = size(repeated)?;
                let levels = from..from.checked_add(size(defined)?).filter(|end| *end <= data.len())?;
                let compressed = compressed != Some(0);
                Content::Second {
                    values: size(values)?,
                    missing: size(missing)?,
                    encoding: encoding?,
                    levels,
                    compressed,
                }
            }
            _ => return None,
        };
        Some(Self { at, data, size: size(page[2])?, checksum: page[4].map(|crc| crc as u32), content })
    }

    /// Returns the number of values that it adds to its column.
    fn values(&self) -> usize {
        match self.content {
            Content::First { values, .. } | Content::Second { values, .. } => values,
            Content::Dictionary { .. } | Content::Index => 0,
        }
    }
}

impl Chunk<'_> {
    /// Appends the `rows` values of the chunk, of at most `more` in the rest of the file.
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
                .ok_or_else(|| Fault { at, reason: "a page's header is truncated or invalid".into() })?;
            if !self.can_hold(&page) {
                return Err(Fault { at, reason: "the page has fewer bytes than its values need".into() });
            }
            at = page.data.end;
            pages.push(page);
        }
        let there = pages.iter().map(Page::values).fold(0, usize::saturating_add);
        if there != rows {
            return Err(Fault {
                at: 0,
                reason: format!("its pages have {there} values, where the row group has {rows} rows"),
            });
        }
        // Half as much again, so that many small groups do not each move the samples.
        samples
            .try_reserve_exact(rows.max(samples.len() / 2).min(more).max(rows))
            .map_err(|error| Fault { at: 0, reason: error.to_string() })?;
        buffers.dictionary.clear();
        pages.iter().try_for_each(|page| {
            let fault = |reason| Fault { at: page.at, reason };
            self.page(page, samples, buffers).map_err(fault)
        })
    }

    /// Returns whether a page has enough bytes for its values, where each value takes some: not where they may be missing, in a dictionary
    /// or in runs.
    fn can_hold(&self, page: &Page) -> bool {
        let (Content::First { values, encoding, .. } | Content::Second { values, encoding, .. }) =
            page.content
        else {
            return true;
        };
        let most = page.data.len().saturating_mul(if self.snappy { MOST_EXPANSION } else { 1 });
        self.optional
            || !matches!(encoding, PLAIN | BYTE_STREAM_SPLIT)
            || self.stored.kind.bytes(values).is_some_and(|bytes| bytes <= most)
    }

    fn page(&self, page: &Page, samples: &mut Vec<f64>, buffers: &mut Buffers) -> Result<(), String> {
        let raw = &self.bytes[page.data.clone()];
        if page.checksum.is_some_and(|crc| crc != crc32fast::hash(raw)) {
            return Err("its checksum does not match its bytes".into());
        }
        let Buffers { page: buffer, levels, indices, dictionary } = buffers;
        match &page.content {
            Content::Index => Ok(()),
            Content::Dictionary { values } => {
                let bytes = self.decompressed(raw, page.size, buffer)?;
                let data = Data { encoding: PLAIN, values: *values, missing: None, levels: None, bytes };
                data.append_to(dictionary, self.stored, &[], indices)
            }
            Content::First { values, encoding, levels_encoding } => {
                let bytes = self.decompressed(raw, page.size, buffer)?;
                let (levels, bytes) = if self.optional {
                    if *levels_encoding != RLE {
                        return Err(unread(*levels_encoding));
                    }
                    let (defined, rest) = counted(bytes).ok_or("it ends within its levels")?;
                    hybrid(defined, 1, *values, levels)?;
                    (Some(&levels[..]), rest)
                } else {
                    (None, bytes)
                };
                let data = Data { encoding: *encoding, values: *values, missing: None, levels, bytes };
                data.append_to(samples, self.stored, dictionary, indices)
            }
            Content::Second { values, missing, encoding, levels: place, compressed } => {
                let size = page.size.checked_sub(place.end).ok_or("its levels are longer than the page")?;
                let rest = &raw[place.end..];
                let bytes = if *compressed { self.decompressed(rest, size, buffer)? } else { rest };
                let levels = if self.optional {
                    hybrid(&raw[place.clone()], 1, *values, levels)?;
                    Some(&levels[..])
                } else {
                    None
                };
                let data =
                    Data { encoding: *encoding, values: *values, missing: Some(*missing), levels, bytes };
                data.append_to(samples, self.stored, dictionary, indices)
            }
        }
    }

    /// Decompresses a page; memory is reserved only if its bytes can expand to that size.
    fn decompressed<'b>(
        &self,
        raw: &'b [u8],
        size: usize,
        buffer: &'b mut Vec<u8>,
    ) -> Result<&'b [u8], String> {
        if !self.snappy {
            return if raw.len() == size { Ok(raw) } else { Err("its size differs from its header".into()) };
        }
        let damaged = |_| String::from("its compressed data are damaged");
        let size_of_data = snap::raw::decompress_len(raw).map_err(damaged)?;
        if size_of_data != size || size > raw.len().saturating_mul(MOST_EXPANSION) {
            return Err("its decompressed size differs from its header".into());
        }
        if size == 0 {
            return Ok(&[]);
        }
        buffer.clear();
        buffer.resize(size, 0);
        snap::raw::Decoder::new().decompress(raw, buffer).map_err(damaged)?;
        Ok(buffer)
    }
}

/// First and last bytes of a file.
const MAGIC: &[u8; 4] = b"PAR1";
/// Last bytes of a file whose footer is encrypted.
const ENCRYPTED: &[u8; 4] = b"PARE";
/// Largest footer in bytes; each row group takes some hundred bytes per column.
const MOST_FOOTER: u64 = 1 << 26;

/// Reads the footer, and returns it with its first byte.
pub(super) fn read_footer(reader: &mut (impl Read + Seek)) -> Result<(ParquetMetaData, u64), ReadError> {
    let not_parquet = || {
        let reason = "it does not end with PAR1, or is truncated".into();
        ReadError::NotOfFormat { format: "Parquet", reason }
    };
    let fault = |at: u64, reason: &str| invalid(format!("byte {at}"), format!("the footer: {reason}"));
    let length = reader.seek(SeekFrom::End(0))?;
    let mut ends = [0; 8];
    let from = length.checked_sub(8).filter(|from| *from >= 4).ok_or_else(not_parquet)?;
    reader.seek(SeekFrom::Start(from))?;
    reader.read_exact(&mut ends)?;
    let [a, b, c, d, magic @ ..] = ends;
    if &magic == ENCRYPTED {
        return Err(fault(from + 4, "it is encrypted"));
    }
    if &magic != MAGIC {
        return Err(not_parquet());
    }
    let bytes = u64::from(u32::from_le_bytes([a, b, c, d]));
    let start = from
        .checked_sub(bytes)
        .filter(|start| *start >= 4)
        .ok_or_else(|| fault(from, &format!("its {bytes} bytes do not fit into the file's {length}")))?;
    if bytes > MOST_FOOTER {
        return Err(ReadError::TooLarge { limit: MOST_FOOTER, unit: "bytes of footer" });
    }
    let mut footer = Vec::with_capacity(bytes as usize);
    reader.seek(SeekFrom::Start(start))?;
    reader.take(bytes).read_to_end(&mut footer)?;
    sound(&footer).map_err(|at| fault(start + at as u64, "it is truncated or invalid"))?;
    let metadata =
        ParquetMetaDataReader::decode_metadata(&footer).map_err(|error| fault(start, &error.to_string()))?;
    Ok((metadata, start))
}

/// Checks the counts in a footer for which the decoder of footers reserves memory unchecked: lists, and the children of a column.
/// Returns the byte of the fault otherwise.
fn sound(footer: &[u8]) -> Result<(), usize> {
    const SCHEMA: i16 = 2;
    const CHILDREN: i16 = 5;
    let mut thrift = Thrift::new(footer);
    let columns = |thrift: &mut Thrift<'_>| {
        let (count, kind) = thrift.list()?;
        (kind == STRUCT).then_some(())?;
        for _ in 0..count {
            let mut last = 0;
            while let Some((id, kind)) = thrift.field(last)? {
                if id == CHILDREN {
                    usize::try_from(thrift.integer()?).ok().filter(|children| *children < count)?;
                } else {
                    thrift.skip(kind)?;
                }
                last = id;
            }
        }
        Some(())
    };
    let mut whole = || {
        let mut last = 0;
        while let Some((id, kind)) = thrift.field(last)? {
            if (id, kind) == (SCHEMA, LIST) {
                columns(&mut thrift)?
            } else {
                thrift.skip(kind)?
            };
            last = id;
        }
        Some(())
    };
    whole().ok_or(thrift.at())
}

/// Numeric types of a file.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Bool,
    I32,
    U32,
    I64,
    U64,
    F32,
    F64,
}

impl Kind {
    /// Returns the bytes of a value; 0 for a bit.
    fn width(self) -> usize {
        match self {
            Self::Bool => 0,
            Self::I32 | Self::U32 | Self::F32 => 4,
            Self::I64 | Self::U64 | Self::F64 => 8,
        }
    }

    /// Returns the bytes of `values`; `None` if that number overflows.
    fn bytes(self, values: usize) -> Option<usize> {
        match self {
            Self::Bool => Some(values.div_ceil(8)),
            _ => values.checked_mul(self.width()),
        }
    }
}

/// Type of a column's numbers, and the divisor of each.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Stored {
    kind: Kind,
    per_unit: f64,
}

/// Returns the storage of a column of numbers, or the reason why it is no such column.
pub(super) fn stored(column: &ColumnDescriptor) -> Result<Stored, String> {
    if column.path().parts().len() > 1 || column.max_rep_level() > 0 {
        return Err("nested columns are not read".into());
    }
    let seconds = |unit: &TimeUnit| match unit {
        TimeUnit::MILLIS => 1e3,
        TimeUnit::MICROS => 1e6,
        TimeUnit::NANOS => 1e9,
    };
    let logical = column.logical_type_ref();
    let (signed, per_unit) = match (logical, column.converted_type()) {
        (Some(LogicalType::Integer(integer)), _) => (integer.is_signed, 1.0),
        (Some(LogicalType::Timestamp(time)), _) => (true, seconds(&time.unit)),
        (Some(LogicalType::Time(time)), _) => (true, seconds(&time.unit)),
        (None, ConvertedType::UINT_8 | ConvertedType::UINT_16) => (false, 1.0),
        (None, ConvertedType::UINT_32 | ConvertedType::UINT_64) => (false, 1.0),
        (None, ConvertedType::TIME_MILLIS | ConvertedType::TIMESTAMP_MILLIS) => (true, 1e3),
        (None, ConvertedType::TIME_MICROS | ConvertedType::TIMESTAMP_MICROS) => (true, 1e6),
        (None, ConvertedType::NONE | ConvertedType::INT_8 | ConvertedType::INT_16) => (true, 1.0),
        (None, ConvertedType::INT_32 | ConvertedType::INT_64) => (true, 1.0),
        (logical, converted) => {
            let name = logical.map_or_else(|| converted.to_string(), |logical| format!("{logical:?}"));
            return Err(format!("{name} is not a number"));
        }
    };
    let kind = match (column.physical_type(), signed) {
        (Type::BOOLEAN, _) => Kind::Bool,
        (Type::INT32, true) => Kind::I32,
        (Type::INT32, false) => Kind::U32,
        (Type::INT64, true) => Kind::I64,
        (Type::INT64, false) => Kind::U64,
        (Type::FLOAT, _) => Kind::F32,
        (Type::DOUBLE, _) => Kind::F64,
        (other, _) => return Err(format!("{other} is not a number")),
    };
    Ok(Stored { kind, per_unit })
}

const PLAIN: i64 = 0;
const PLAIN_DICTIONARY: i64 = 2;
const RLE: i64 = 3;
const RLE_DICTIONARY: i64 = 8;
const BYTE_STREAM_SPLIT: i64 = 9;

/// Values of a page, after its levels.
#[derive(Clone, Copy)]
struct Data<'a> {
    encoding: i64,
    /// Number of values, including missing ones.
    values: usize,
    /// Number of missing values, if the header has it.
    missing: Option<usize>,
    /// 1 for each value that is not missing; `None` in a column without missing values.
    levels: Option<&'a [u32]>,
    bytes: &'a [u8],
}

impl Data<'_> {
    /// Appends the values, with NaN for missing ones. Values of a dictionary are already divided.
    fn append_to(
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
            return Err("the number of missing values in its levels differs from its header".into());
        }
        if matches!(encoding, PLAIN | BYTE_STREAM_SPLIT) && kind.bytes(present) != Some(data.len()) {
            return Err("its number of values differs from its header and levels".into());
        }
        let mut source = match (encoding, kind) {
            (PLAIN, Kind::Bool) => {
                bits(data, present, indices);
                Values::Indices(indices.iter(), &[0.0, 1.0])
            }
            (PLAIN, kind) => Values::plain(kind, data).ok_or("its values are single bits")?,
            (RLE, Kind::Bool) => {
                let (runs, _) = counted(data).ok_or("it ends within its values")?;
                hybrid(runs, 1, present, indices)?;
                Values::Indices(indices.iter(), &[0.0, 1.0])
            }
            // Without any value there may be no width.
            (PLAIN_DICTIONARY | RLE_DICTIONARY, _) if present > 0 => {
                let (width, runs) = data.split_first().ok_or("it ends before its indices")?;
                if *width > 32 {
                    return Err(format!("its indices have {width} bits, more than 32"));
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

/// Values in order.
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

/// Appends `values` of them, divided; with levels, a NaN wherever they are not 1.
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
    if samples.len() == until { Ok(()) } else { Err("it has fewer values than its header".into()) }
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

/// Splits data after a prefix of four bytes, its length: the data of that length, and the rest.
fn counted(data: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = data.split_first_chunk::<4>()?;
    rest.split_at_checked(u32::from_le_bytes(*length) as usize)
}

/// Unpacks `count` single bits, the lowest of a byte first.
fn bits(data: &[u8], count: usize, into: &mut Vec<u32>) {
    into.clear();
    into.extend(data.iter().flat_map(|byte| (0..8).map(move |bit| u32::from(byte >> bit & 1))).take(count));
}

/// Decodes `count` numbers of `width` bits in runs, each of one repeated number or of packed bits.
fn hybrid(mut data: &[u8], width: usize, count: usize, into: &mut Vec<u32>) -> Result<(), String> {
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
            // Groups of eight; some programs omit the padding of the last one.
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

/// Largest depth of nested structures; those of the format are half as deep.
const DEPTH: usize = 16;

/// Types of values in Parquet's headers.
const TRUE: u8 = 1;
const FALSE: u8 = 2;
const BYTE: u8 = 3;
const I16: u8 = 4;
const I32: u8 = 5;
const I64: u8 = 6;
const DOUBLE: u8 = 7;
const BINARY: u8 = 8;
const LIST: u8 = 9;
const STRUCT: u8 = 12;

/// Integers of a struct by the numbers of their fields; `true` is 1 and `false` 0.
type Numbers = [Option<i64>; 9];

/// Decoder of Thrift's compact protocol; its methods return `None` for truncated or invalid bytes, and [`Thrift::at`] then is the place.
struct Thrift<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Thrift<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// Returns the number of bytes decoded.
    fn at(&self) -> usize {
        self.at
    }

    fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    fn advance(&mut self, bytes: u64) -> Option<()> {
        let left = self.bytes.len() - self.at;
        let bytes = usize::try_from(bytes).ok().filter(|bytes| *bytes <= left)?;
        self.at += bytes;
        Some(())
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn integer(&mut self) -> Option<i64> {
        let value = self.varint()?;
        Some((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    /// Reads number and type of a struct's field after the field `last`; `Some(None)` at its end.
    fn field(&mut self, last: i16) -> Option<Option<(i16, u8)>> {
        let byte = self.byte()?;
        let kind = byte & 0x0f;
        if kind == 0 {
            return Some(None);
        }
        let id = match byte >> 4 {
            0 => i16::try_from(self.integer()?).ok()?,
            more => last.checked_add(i16::from(more))?,
        };
        Some(Some((id, kind)))
    }

    /// Reads length and type of a list; each element takes at least a byte, so that no list is longer than the remaining bytes.
    fn list(&mut self) -> Option<(usize, u8)> {
        let byte = self.byte()?;
        let length = match u64::from(byte >> 4) {
            15 => self.varint()?,
            length => length,
        };
        let left = self.bytes.len() - self.at;
        Some((usize::try_from(length).ok().filter(|length| *length <= left)?, byte & 0x0f))
    }

    fn skip(&mut self, kind: u8) -> Option<()> {
        self.skip_within(kind, DEPTH)
    }

    fn skip_within(&mut self, kind: u8, depth: usize) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        match kind {
            TRUE | FALSE => Some(()),
            BYTE => self.advance(1),
            I16 | I32 | I64 => self.varint().map(drop),
            DOUBLE => self.advance(8),
            BINARY => {
                let length = self.varint()?;
                self.advance(length)
            }
            LIST => {
                let (length, kind) = self.list()?;
                // A list of `bool` takes bytes that a field does not; no footer has one.
                let known = length == 0 || !matches!(kind, TRUE | FALSE);
                known.then_some(())?;
                (0..length).try_for_each(|_| self.skip_within(kind, depth))
            }
            STRUCT => {
                let mut last = 0;
                while let Some((id, kind)) = self.field(last)? {
                    self.skip_within(kind, depth)?;
                    last = id;
                }
                Some(())
            }
            _ => None,
        }
    }

    /// Reads the integers of a struct; those of a struct within it go into `inner`, if given.
    fn numbers(&mut self, mut inner: Option<&mut [Option<Numbers>; 9]>) -> Option<Numbers> {
        let (mut numbers, mut last): (Numbers, i16) = ([None; 9], 0);
        while let Some((id, kind)) = self.field(last)? {
            let place = usize::try_from(id).ok().filter(|place| *place < numbers.len());
            match (place, kind, inner.as_deref_mut()) {
                (Some(place), TRUE | FALSE, _) => numbers[place] = Some(i64::from(kind == TRUE)),
                (Some(place), I16 | I32 | I64, _) => numbers[place] = Some(self.integer()?),
                (Some(place), STRUCT, Some(inner)) => inner[place] = Some(self.numbers(None)?),
                _ => self.skip(kind)?,
            }
            last = id;
        }
        Some(numbers)
    }
}
