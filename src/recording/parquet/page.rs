//! The pages of a column chunk: their headers, checked against each other and the bytes that are there.
//!
//! The format: <https://parquet.apache.org/docs/file-format/data-pages/>.

use super::footer::Stored;
use super::thrift::{Numbers, Thrift};
use super::values::{BYTE_STREAM_SPLIT, Data, PLAIN, RLE, counted, hybrid, unread};
use std::{
    format,
    ops::Range,
    string::{String, ToString},
    vec::Vec,
};

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
    pub(super) stored: Stored,
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
        missing: usize,
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
            if !self.can_hold(&page) {
                return Err(Fault { at, reason: "it has fewer bytes than its values take".into() });
            }
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
        // Half as much again, so that many small groups do not each move what is there.
        samples
            .try_reserve_exact(rows.max(samples.len() / 2).min(more).max(rows))
            .map_err(|error| Fault { at: 0, reason: error.to_string() })?;
        buffers.dictionary.clear();
        pages.iter().try_for_each(|page| {
            let fault = |reason| Fault { at: page.at, reason };
            self.page(page, samples, buffers).map_err(fault)
        })
    }

    /// Whether a page has bytes enough for its values, where each takes some: not where they may be missing, in a dictionary or in runs.
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
            return Err("its checksum is another".into());
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
                let size = page.size.checked_sub(place.end).ok_or("its levels are longer than itself")?;
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
}
