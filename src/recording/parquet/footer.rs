//! The footer of a Parquet file: which columns there are, and where.

use super::ParquetError;
use super::thrift::{LIST, STRUCT, Thrift};
use ::parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type};
use ::parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};
use ::parquet::schema::types::ColumnDescriptor;
use std::{
    format,
    io::{Read, Seek, SeekFrom},
    string::{String, ToString},
    vec::Vec,
};

/// What a file begins and ends with.
const MAGIC: &[u8; 4] = b"PAR1";
/// The same, when its footer is encrypted.
const ENCRYPTED: &[u8; 4] = b"PARE";
/// Of a recording's footer; each row group takes some hundred bytes for a column.
const MOST_FOOTER: u64 = 1 << 26;

/// What the footer says, and the byte at which it begins.
pub(super) fn read(reader: &mut (impl Read + Seek)) -> Result<(ParquetMetaData, u64), ParquetError> {
    let length = reader.seek(SeekFrom::End(0))?;
    let mut ends = [0; 8];
    let from = length.checked_sub(8).filter(|from| *from >= 4).ok_or(ParquetError::NotParquet)?;
    reader.seek(SeekFrom::Start(from))?;
    reader.read_exact(&mut ends)?;
    let [a, b, c, d, magic @ ..] = ends;
    if &magic == ENCRYPTED {
        return Err(ParquetError::Footer { at: from + 4, reason: "it is encrypted".into() });
    }
    if &magic != MAGIC {
        return Err(ParquetError::NotParquet);
    }
    let bytes = u64::from(u32::from_le_bytes([a, b, c, d]));
    let start = from.checked_sub(bytes).filter(|start| *start >= 4).ok_or_else(|| {
        let reason = format!("its {bytes} bytes do not fit into the file's {length}");
        ParquetError::Footer { at: from, reason }
    })?;
    if bytes > MOST_FOOTER {
        return Err(ParquetError::TooLarge { got: bytes, most: MOST_FOOTER, unit: "bytes of footer" });
    }
    let mut footer = Vec::with_capacity(bytes as usize);
    reader.seek(SeekFrom::Start(start))?;
    reader.take(bytes).read_to_end(&mut footer)?;
    sound(&footer).map_err(|at| {
        let reason = "it breaks off or makes no sense".into();
        ParquetError::Footer { at: start + at as u64, reason }
    })?;
    let metadata = ParquetMetaDataReader::decode_metadata(&footer)
        .map_err(|error| ParquetError::Footer { at: start, reason: error.to_string() })?;
    Ok((metadata, start))
}

/// Whether nothing in a footer makes room for more than is there, which the reader of footers trusts it in: its lists, and the
/// children of a column. The byte at which it is damaged otherwise.
fn sound(footer: &[u8]) -> Result<(), usize> {
    const SCHEMA: i16 = 2;
    const CHILDREN: i16 = 5;
    let mut walk = Thrift::new(footer);
    let columns = |walk: &mut Thrift<'_>| {
        let (count, kind) = walk.list()?;
        (kind == STRUCT).then_some(())?;
        for _ in 0..count {
            let mut last = 0;
            while let Some((id, kind)) = walk.field(last)? {
                if id == CHILDREN {
                    usize::try_from(walk.integer()?).ok().filter(|children| *children < count)?;
                } else {
                    walk.skip(kind)?;
                }
                last = id;
            }
        }
        Some(())
    };
    let mut whole = || {
        let mut last = 0;
        while let Some((id, kind)) = walk.field(last)? {
            if (id, kind) == (SCHEMA, LIST) {
                columns(&mut walk)?
            } else {
                walk.skip(kind)?
            };
            last = id;
        }
        Some(())
    };
    whole().ok_or(walk.at())
}

/// Numbers of a file.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Kind {
    Bool,
    I32,
    U32,
    I64,
    U64,
    F32,
    F64,
}

impl Kind {
    /// Bytes of a value; none for one bit.
    pub(super) fn width(self) -> usize {
        match self {
            Self::Bool => 0,
            Self::I32 | Self::U32 | Self::F32 => 4,
            Self::I64 | Self::U64 | Self::F64 => 8,
        }
    }

    /// Bytes of so many values, where they can be counted.
    pub(super) fn bytes(self, values: usize) -> Option<usize> {
        match self {
            Self::Bool => Some(values.div_ceil(8)),
            _ => values.checked_mul(self.width()),
        }
    }
}

/// How a column's numbers are stored, and by what each is divided.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Stored {
    pub(super) kind: Kind,
    pub(super) per_unit: f64,
}

/// How a column of numbers is stored; why it is none, otherwise.
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
            return Err(format!("{name} is no number"));
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
        (other, _) => return Err(format!("{other} is no number")),
    };
    Ok(Stored { kind, per_unit })
}
