//! Thrift's compact protocol, as far as the footer and the page headers of a Parquet file need it.
//!
//! The format: <https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md>.

/// How deep a footer may nest; those of the format go half as deep.
const DEPTH: usize = 16;

/// Kinds of values, those that Parquet has.
pub(super) const TRUE: u8 = 1;
const FALSE: u8 = 2;
const BYTE: u8 = 3;
const I16: u8 = 4;
const I32: u8 = 5;
const I64: u8 = 6;
const DOUBLE: u8 = 7;
const BINARY: u8 = 8;
pub(super) const LIST: u8 = 9;
pub(super) const STRUCT: u8 = 12;

/// Integers of a struct by the numbers of their fields; `true` is 1 and `false` 0.
pub(super) type Numbers = [Option<i64>; 9];

/// Walks over bytes; `None` where they break off or make no sense, and then [`Thrift::at`] says where.
pub(super) struct Thrift<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Thrift<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// How many bytes have been walked over.
    pub(super) fn at(&self) -> usize {
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

    pub(super) fn integer(&mut self) -> Option<i64> {
        let value = self.varint()?;
        Some((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    /// Number and kind of a struct's field after the field `last`; `Some(None)` at its end.
    pub(super) fn field(&mut self, last: i16) -> Option<Option<(i16, u8)>> {
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

    /// Length and kind of a list; each element takes a byte at least, so that no list is longer than what is left.
    pub(super) fn list(&mut self) -> Option<(usize, u8)> {
        let byte = self.byte()?;
        let length = match u64::from(byte >> 4) {
            15 => self.varint()?,
            length => length,
        };
        let left = self.bytes.len() - self.at;
        Some((usize::try_from(length).ok().filter(|length| *length <= left)?, byte & 0x0f))
    }

    pub(super) fn skip(&mut self, kind: u8) -> Option<()> {
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

    /// The integers of a struct; those of a struct within it go into `inner`, where that is wanted.
    pub(super) fn numbers(&mut self, mut inner: Option<&mut [Option<Numbers>; 9]>) -> Option<Numbers> {
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
