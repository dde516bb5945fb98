//! Parquet: identical data after writing and reading, files of other writers, and faults with their place.

use crate::common::cases;
use ::parquet::basic::{Compression, Encoding, LogicalType, Repetition, TimeUnit, Type};
use ::parquet::data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, FloatType, Int32Type, Int64Type};
use ::parquet::file::metadata::KeyValue;
use ::parquet::file::properties::{WriterProperties, WriterPropertiesBuilder, WriterVersion};
use ::parquet::file::writer::SerializedFileWriter;
use ::parquet::schema::types::Type as Schema;
use copeak::recording::parquet::{self, ParquetFormat};
use copeak::recording::{Channel, ProgressReader, Recording};
use copeak::{Clock, Rate, Signal};
use proptest::prelude::*;
use std::io::Cursor;
use std::sync::Arc;

fn read(file: &[u8]) -> Recording {
    parquet::read_from(Cursor::new(file)).unwrap()
}

fn fault(file: &[u8]) -> String {
    parquet::read_from(Cursor::new(file)).unwrap_err().to_string()
}

fn written(trial: &Recording) -> Vec<u8> {
    let mut file = Vec::new();
    parquet::write(trial, &mut file).unwrap();
    file
}

fn trial(rate: f64, start: f64, channels: &[(&str, &str, &[f64])]) -> Recording {
    let clock = Clock::new(Rate::from_hz(rate).unwrap(), start).unwrap();
    let mut trial = Recording::new("trial");
    for (name, unit, samples) in channels {
        trial.push(Channel::new(*name, *unit, Signal::new(clock, samples.to_vec()))).unwrap();
    }
    trial
}

fn same(a: &Recording, b: &Recording) {
    assert_eq!((a.channels.len(), a.speed_mps, a.mass_kg), (b.channels.len(), b.speed_mps, b.mass_kg));
    let standing = |r: &Recording| -> Vec<_> {
        r.standing.iter().map(|(marker, place)| (marker.clone(), place.map(f64::to_bits))).collect()
    };
    assert_eq!(standing(a), standing(b));
    for (a, b) in a.channels.iter().zip(&b.channels) {
        assert_eq!((&a.name, &a.unit, a.signal.clock()), (&b.name, &b.unit, b.signal.clock()));
        let bits = |c: &Channel| -> Vec<_> {
            c.signal.samples().iter().map(|v| (!v.is_nan()).then_some(v.to_bits())).collect()
        };
        assert_eq!(bits(a), bits(b), "{}", a.name);
    }
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn a_written_recording_reads_back_the_same(
        rate in 1.0..5000.0f64, start in prop_oneof![-100.0..100.0f64, 1.7e9..1.8e9f64], speed in prop::option::of(0.0..12.0f64),
        standing in prop::collection::btree_map(
            ".{0,9}", prop::array::uniform3(prop_oneof![-3.0..3.0f64, Just(-0.0), prop::num::f64::NORMAL]), 0..4),
        values in prop::collection::vec(
            prop_oneof![8 => -5.0..5.0f64, 2 => Just(f64::NAN), 1 => prop::num::f64::ANY, 1 => Just(-0.0)], 1..400),
    ) {
        let units = [("hip_flexion_r", "deg"), ("a name, with \"signs\"", ""), ("force_N", ""), ("odd", "furlong"), ("time", "s")];
        let shifted: Vec<Vec<f64>> = (0..units.len()).map(|k| {
            let mut shifted = values.clone();
            shifted.rotate_left(k % values.len());
            shifted
        }).collect();
        let channels: Vec<_> = units.iter().zip(&shifted).map(|((name, unit), v)| (*name, *unit, &v[..])).collect();
        let mut trial = trial(rate, start, &channels);
        trial.speed_mps = speed;
        trial.mass_kg = speed.map(|v| 60.0 + v);
        trial.standing = standing;
        same(&read(&written(&trial)), &trial);
    }
}

/// Two million rows are two row groups; some columns fit a dictionary, others do not, one is missing throughout.
#[test]
fn row_groups_are_joined() {
    let rows = 2_100_000;
    let noise: Vec<f64> = (0..rows).map(|i| ((i * 7919) % 1_000_003) as f64 * 0.37 - 9.0).collect();
    let steps: Vec<f64> =
        (0..rows).map(|i| if i % 11 == 0 { f64::NAN } else { (i % 300 / 7) as f64 }).collect();
    let trial =
        trial(1000.0, 0.25, &[("a", "N", &noise), ("b", "", &steps), ("c", "V", &vec![f64::NAN; rows])]);
    let file = written(&trial);
    let mut read_bytes = 0;
    let again =
        parquet::read_from(ProgressReader::new(Cursor::new(&file), |bytes| read_bytes = bytes)).unwrap();
    same(&again, &trial);
    assert!(
        read_bytes as usize <= file.len() && read_bytes as usize > file.len() / 2,
        "{read_bytes} of {}",
        file.len()
    );
    assert_eq!(again.channel("c").unwrap().missing(), rows);
    let one =
        parquet::ParquetFormat::new().read_from_where(Cursor::new(&file), |column| column == "b").unwrap();
    assert_eq!(one.names().collect::<Vec<_>>(), ["b"]);
}

/// A column of another writer.
enum Values {
    Bool(Vec<bool>),
    I32(Vec<i32>, Option<LogicalType>),
    I64(Vec<i64>, Option<LogicalType>),
    F32(Vec<f32>),
    F64(Vec<f64>),
    Text,
}

/// Returns a file with these columns, all of one length, as another program writes it.
fn other(
    columns: &[(&str, Values)],
    metadata: &[(&str, &str)],
    properties: WriterPropertiesBuilder,
) -> Vec<u8> {
    let fields = columns.iter().map(|(name, values)| {
        let (physical, logical) = match values {
            Values::Bool(_) => (Type::BOOLEAN, None),
            Values::I32(_, logical) => (Type::INT32, logical.clone()),
            Values::I64(_, logical) => (Type::INT64, logical.clone()),
            Values::F32(_) => (Type::FLOAT, None),
            Values::F64(_) => (Type::DOUBLE, None),
            Values::Text => (Type::BYTE_ARRAY, Some(LogicalType::String)),
        };
        let field = Schema::primitive_type_builder(name, physical).with_logical_type(logical);
        Arc::new(field.with_repetition(Repetition::REQUIRED).build().unwrap())
    });
    let schema = Schema::group_type_builder("schema").with_fields(fields.collect()).build().unwrap();
    let pairs =
        metadata.iter().map(|(key, value)| KeyValue::new(key.to_string(), value.to_string())).collect();
    let properties = properties.set_key_value_metadata(Some(pairs)).build();
    let mut file = SerializedFileWriter::new(Vec::new(), Arc::new(schema), Arc::new(properties)).unwrap();
    let mut group = file.next_row_group().unwrap();
    let mut columns = columns.iter();
    while let (Some(mut column), Some((_, values))) = (group.next_column().unwrap(), columns.next()) {
        match values {
            Values::Bool(v) => column.typed::<BoolType>().write_batch(v, None, None),
            Values::I32(v, _) => column.typed::<Int32Type>().write_batch(v, None, None),
            Values::I64(v, _) => column.typed::<Int64Type>().write_batch(v, None, None),
            Values::F32(v) => column.typed::<FloatType>().write_batch(v, None, None),
            Values::F64(v) => column.typed::<DoubleType>().write_batch(v, None, None),
            Values::Text => {
                column.typed::<ByteArrayType>().write_batch(&vec![ByteArray::from("x"); 3], None, None)
            }
        }
        .unwrap();
        column.close().unwrap();
    }
    group.close().unwrap();
    file.into_inner().unwrap()
}

fn plain() -> WriterPropertiesBuilder {
    WriterProperties::builder()
}

fn samples<'a>(trial: &'a Recording, name: &str) -> &'a [f64] {
    trial.get(name).unwrap_or_else(|| panic!("no {name}")).signal.samples()
}

#[test]
fn numbers_of_every_size_become_f64() {
    let unsigned = Some(LogicalType::integer(32, false));
    let columns = || {
        vec![
            ("time_s", Values::F32(vec![0.5, 0.75, 1.0])),
            ("plate", Values::Bool(vec![true, false, true])),
            ("raw", Values::I32(vec![-7, 0, i32::MAX], None)),
            ("counter", Values::I32(vec![-1, 0, 1], unsigned.clone())),
            ("long", Values::I64(vec![i64::MIN, 0, 1 << 53], None)),
            ("longer", Values::I64(vec![-1, 0, 1], Some(LogicalType::integer(64, false)))),
            ("force_N", Values::F32(vec![0.1, 700.0, f32::NAN])),
        ]
    };
    let both =
        [plain(), plain().set_writer_version(WriterVersion::PARQUET_1_0).set_dictionary_enabled(false)];
    for properties in both {
        let trial = read(&other(&columns(), &[], properties.set_compression(Compression::UNCOMPRESSED)));
        assert_eq!(trial.channels[0].signal.clock(), Clock::new(Rate::from_hz(4.0).unwrap(), 0.5).unwrap());
        assert_eq!(samples(&trial, "plate"), [1.0, 0.0, 1.0]);
        assert_eq!(samples(&trial, "raw"), [-7.0, 0.0, f64::from(i32::MAX)]);
        assert_eq!(samples(&trial, "counter"), [f64::from(u32::MAX), 0.0, 1.0]);
        assert_eq!(samples(&trial, "long"), [i64::MIN as f64, 0.0, (1u64 << 53) as f64]);
        assert_eq!(samples(&trial, "longer"), [u64::MAX as f64, 0.0, 1.0]);
        assert_eq!(
            (samples(&trial, "force")[0], trial.channel("force").unwrap().missing()),
            (f64::from(0.1f32), 1)
        );
    }
}

#[test]
fn every_encoding_and_page_version_is_read() {
    let bools: Vec<bool> = (0..5000).map(|i| i % 3 == 0 || i > 4000).collect();
    let few: Vec<f64> = (0..5000).map(|i| f64::from(i % 40)).collect();
    let wave: Vec<f64> = (0..5000).map(|i| (f64::from(i) * 0.01).sin()).collect();
    let single: Vec<f32> = wave.iter().map(|v| *v as f32).collect();
    let columns = || {
        vec![
            ("bools", Values::Bool(bools.clone())),
            ("few", Values::F64(few.clone())),
            ("wave", Values::F64(wave.clone())),
            ("single", Values::F32(single.clone())),
        ]
    };
    for version in [WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0] {
        for compression in [Compression::SNAPPY, Compression::UNCOMPRESSED] {
            for split in [false, true] {
                let mut properties = plain().set_writer_version(version).set_compression(compression);
                properties = properties.set_data_page_row_count_limit(700).set_write_batch_size(100);
                if split {
                    properties = properties.set_dictionary_enabled(false);
                    for name in ["wave", "single"] {
                        properties = properties.set_column_encoding(name.into(), Encoding::BYTE_STREAM_SPLIT);
                    }
                }
                let trial = read(&other(&columns(), &[("rate_hz", "250")], properties));
                let numbers: Vec<f64> = bools.iter().map(|b| f64::from(*b)).collect();
                assert_eq!(samples(&trial, "bools"), numbers, "{version:?} {compression:?} {split}");
                assert_eq!(samples(&trial, "few"), few);
                assert_eq!(samples(&trial, "wave"), wave);
                assert!(samples(&trial, "single").iter().zip(&single).all(|(a, b)| *a == f64::from(*b)));
            }
        }
    }
}

#[test]
fn times_come_from_a_column_the_metadata_or_the_caller() {
    let rows = || ("x", Values::F64(vec![1.0, 2.0, 3.0]));
    let hz = |hz: f64, start: f64| Clock::new(Rate::from_hz(hz).unwrap(), start).unwrap();
    let clock = |columns: &[(&str, Values)], metadata: &[(&str, &str)]| {
        parquet::read_from(Cursor::new(other(columns, metadata, plain())))
            .map(|t| t.signal("x").unwrap().clock())
    };
    let of = |columns: &[(&str, Values)], metadata: &[(&str, &str)]| clock(columns, metadata).unwrap();
    let error = |columns: &[(&str, Values)], metadata: &[(&str, &str)]| {
        clock(columns, metadata).unwrap_err().to_string()
    };
    // Rows at a declared rate.
    assert_eq!(of(&[rows()], &[("rate_hz", "46.875")]), hz(46.875, 0.0));
    assert_eq!(of(&[rows()], &[("rate_hz", " 100 "), ("start_s", "-1.5")]), hz(100.0, -1.5));
    // Time stamps of each unit.
    let first = 1_700_000_000;
    for (unit, per_s) in
        [(TimeUnit::MILLIS, 1_000), (TimeUnit::MICROS, 1_000_000), (TimeUnit::NANOS, 1_000_000_000)]
    {
        let stamps = (0..3).map(|i| first * per_s + i * per_s / 100).collect();
        let stamps = Values::I64(stamps, Some(LogicalType::timestamp(true, unit)));
        let clock = of(&[("time_s", stamps), rows()], &[]);
        assert!((clock.rate().as_hz() - 100.0).abs() < 1e-2 && (clock.start_s() - first as f64).abs() < 1e-6);
    }
    // A declared clock that the times are on is taken to the last bit; one they have been cut out of gives way to them.
    let third = 1.0 / 3.0;
    let times = || ("time_s", Values::F64(vec![0.0, third, 2.0 * third]));
    assert_eq!(of(&[times(), rows()], &[("rate_hz", "3")]), hz(3.0, 0.0));
    assert_eq!(of(&[times(), rows()], &[("rate_hz", "3"), ("start_s", "7")]).start_s(), 0.0);
    assert_eq!(
        error(&[times(), rows()], &[("rate_hz", "4")]),
        "metadata rate_hz = \"4\": the column of times has another rate"
    );
    // One row.
    let one = || [("time_s", Values::F64(vec![2.0])), ("x", Values::F64(vec![1.0]))];
    assert_eq!(of(&one(), &[("rate_hz", "50")]), hz(50.0, 2.0));
    assert!(error(&one(), &[]).contains("at least 2 time stamps, got 1"));
    // Missing, invalid and contradictory times.
    assert_eq!(
        error(&[rows()], &[]),
        "footer: no column time_s, and no rate_hz in the metadata; columns present: x"
    );
    assert_eq!(
        error(&[rows()], &[("rate_hz", "fast")]),
        "metadata rate_hz = \"fast\": expected a rate above 0 Hz"
    );
    assert_eq!(error(&[rows()], &[("rate_hz", "0")]), "metadata rate_hz = \"0\": expected a rate above 0 Hz");
    assert!(error(&[rows()], &[("rate_hz", "1"), ("start_s", "inf")]).starts_with("metadata start_s"));
    let falling = ("time_s", Values::F64(vec![0.0, 2.0, 1.0]));
    assert!(error(&[falling, rows()], &[]).starts_with("column time_s: "));
    let format = ParquetFormat::new().time_column("t");
    let file = other(&[("t", Values::I32(vec![4, 5, 6], None)), rows()], &[], plain());
    assert_eq!(format.read_from(Cursor::new(&file)).unwrap().channels[0].signal.clock(), hz(1.0, 4.0));
    let at_rate =
        ParquetFormat::new().at_rate(Rate::from_hz(10.0).unwrap()).read_from(Cursor::new(&file)).unwrap();
    assert_eq!(at_rate.names().collect::<Vec<_>>(), ["t", "x"]);
}

#[test]
fn units_come_from_names_and_metadata() {
    let columns = || [("hip_deg", Values::F64(vec![1.0])), ("emg", Values::F64(vec![2.0]))];
    let error = [("rate_hz", "10"), ("unit:emg", "uV"), ("speed_mps", "9.5"), ("mass_kg", "75.6")];
    let trial = read(&other(&columns(), &error, plain()));
    assert_eq!(
        (trial.channel("hip").unwrap().unit.as_str(), trial.channel("emg").unwrap().unit.as_str()),
        ("deg", "uV")
    );
    assert_eq!((trial.speed_mps, trial.mass_kg), (Some(9.5), Some(75.6)));
    let odd = [("rate_hz", "10"), ("mass_kg", "heavy")];
    assert_eq!(fault(&other(&columns(), &odd, plain())), "metadata mass_kg = \"heavy\": expected a number");
    for odd in ["1 2", "1 2 3 4", "1 2 inf", "1 2 x"] {
        let error = fault(&other(&columns(), &[("rate_hz", "10"), ("standing:knee", odd)], plain()));
        assert_eq!(error, format!("metadata standing:knee = {odd:?}: expected three numbers"));
    }
}

#[test]
fn the_message_of_each_fault_has_row_group_column_and_byte() {
    let rate = [("rate_hz", "10")];
    let column = || ("x", Values::F64((0..3000).map(|i| f64::from(i) * 0.1).collect()));
    let whole =
        other(&[column()], &rate, plain().set_dictionary_enabled(false).set_compression(Compression::SNAPPY));
    assert!(parquet::read_from(Cursor::new(&whole)).is_ok());
    let broken = "not a Parquet file: it does not end with PAR1, or is truncated";
    assert_eq!(fault(b""), broken);
    assert_eq!(fault(b"time_s,x\n0,1\n"), broken);
    assert_eq!(fault(&whole[..whole.len() - 1]), broken);
    let end = whole.len();
    let with = |at: usize, byte: u8| {
        let mut file = whole.clone();
        file[at] = byte;
        fault(&file)
    };
    assert_eq!(with(end - 1, b'E'), format!("byte {}: the footer: it is encrypted", end - 4));
    assert!(with(end - 5, 9).starts_with(&format!("byte {}: the footer: its ", end - 8)));
    let footer = end - 8 - u32::from_le_bytes(whole[end - 8..end - 4].try_into().unwrap()) as usize;
    // A field of a type that no footer has.
    assert_eq!(with(footer, 0x7d), format!("byte {}: the footer: it is truncated or invalid", footer + 1));
    // The first page begins at byte 4 with its type.
    assert_eq!(with(5, 0x0e), "row group 1, column x, byte 4: a page's header is truncated or invalid");
    let packed = with(100, whole[100] ^ 0xff);
    assert!(packed.starts_with("row group 1, column x, byte 4: its compressed data are damaged"), "{packed}");
}

#[test]
fn columns_and_encodings_that_are_not_read_are_errors_that_name_them() {
    let rate = [("rate_hz", "10")];
    let whole = |columns: &[(&str, Values)]| other(columns, &rate, plain());
    let error = fault(&whole(&[("remark", Values::Text)]));
    assert_eq!(error, "column remark: String is not a number");
    let date = Values::I32(vec![1, 2, 3], Some(LogicalType::Date));
    assert_eq!(fault(&whole(&[("day", date)])), "column day: Date is not a number");
    let ints = || ("n", Values::I32((0..3000).collect(), None));
    let delta = plain().set_dictionary_enabled(false).set_encoding(Encoding::DELTA_BINARY_PACKED);
    assert_eq!(
        fault(&other(&[ints()], &rate, delta)),
        "row group 1, column n, byte 4: encoding 5 (DELTA_BINARY_PACKED) is not read: only PLAIN, RLE, dictionaries \
         and BYTE_STREAM_SPLIT"
    );
    let few =
        ParquetFormat::new().most_bytes(23_999).read_from_where(Cursor::new(whole(&[ints()])), |_| true);
    assert_eq!(
        few.unwrap_err().to_string(),
        "more than 23999 bytes of samples; select columns, or raise the limit by ParquetFormat::most_bytes"
    );
    // Unwanted columns are not decoded.
    let mixed = whole(&[("remark", Values::Text), ("x", Values::F64(vec![1.0, 2.0, 3.0]))]);
    let trial =
        parquet::ParquetFormat::new().read_from_where(Cursor::new(mixed), |column| column == "x").unwrap();
    assert_eq!(trial.channels.len(), 1);
    assert!(
        parquet::read("no such file").unwrap_err().to_string().starts_with("no such file: cannot read: ")
    );
}

#[test]
fn channels_that_a_table_cannot_hold_are_refused() {
    let fault = |trial: &Recording| parquet::write(trial, Vec::new()).unwrap_err().to_string();
    assert!(fault(&Recording::default()).contains("no channel"));
    let mut two = trial(10.0, 0.0, &[("a", "N", &[1.0])]);
    let other = trial(20.0, 0.0, &[("b", "N", &[1.0])]);
    two.push(other.channels[0].clone()).unwrap();
    assert!(fault(&two).contains("clock"));
    assert!(fault(&trial(10.0, 0.0, &[("a", "N", &[1.0]), ("a_N", "", &[1.0])])).contains("one column"));
    assert!(fault(&trial(10.0, 0.0, &[("time_s", "", &[1.0])])).contains("one column"));
    let mut nowhere = trial(10.0, 0.0, &[("a", "N", &[1.0])]);
    nowhere.standing.insert("knee".into(), [0.0, f64::NAN, 0.0]);
    assert!(fault(&nowhere).contains("not finite"));
}

/// One column `x`, NaN for missing values, without compression.
fn with_gaps(samples: &[f64], properties: WriterPropertiesBuilder) -> Vec<u8> {
    let field = Schema::primitive_type_builder("x", Type::DOUBLE).with_repetition(Repetition::OPTIONAL);
    let fields = vec![Arc::new(field.build().unwrap())];
    let schema = Schema::group_type_builder("schema").with_fields(fields).build().unwrap();
    let rate = KeyValue::new("rate_hz".to_string(), "10".to_string());
    let properties = properties.set_key_value_metadata(Some(vec![rate])).build();
    let mut file = SerializedFileWriter::new(Vec::new(), Arc::new(schema), Arc::new(properties)).unwrap();
    let mut group = file.next_row_group().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    let levels: Vec<i16> = samples.iter().map(|v| i16::from(!v.is_nan())).collect();
    let there: Vec<f64> = samples.iter().copied().filter(|v| !v.is_nan()).collect();
    column.typed::<DoubleType>().write_batch(&there, Some(&levels), None).unwrap();
    column.close().unwrap();
    group.close().unwrap();
    file.into_inner().unwrap()
}

/// Whichever bit of the pages is flipped: a fault, or the gaps and all other samples where they were.
#[test]
fn no_flipped_bit_shifts_samples() {
    // Without a run of eight, so that each level is its own bit.
    let samples: Vec<f64> = (0..61)
        .map(|i| if i * i % 7 == 2 || i % 5 == 1 { f64::NAN } else { f64::from(i * i % 11) })
        .collect();
    let both = [WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0];
    let plain = || plain().set_compression(Compression::UNCOMPRESSED);
    let single = |version| plain().set_writer_version(version).set_dictionary_enabled(false);
    let split = |version| single(version).set_encoding(Encoding::BYTE_STREAM_SPLIT);
    let dictionary = plain().set_writer_version(WriterVersion::PARQUET_2_0);
    let layouts = both.map(single).into_iter().chain(both.map(split)).chain([dictionary]);
    for (layout, properties) in layouts.enumerate() {
        let whole = with_gaps(&samples, properties);
        let footer =
            whole.len() - 8 - u32::from_le_bytes(whole[whole.len() - 8..][..4].try_into().unwrap()) as usize;
        let mut refused = 0;
        for bit in 4 * 8..footer * 8 {
            let mut file = whole.clone();
            file[bit / 8] ^= 1 << (bit % 8);
            let Ok(trial) = parquet::read_from(Cursor::new(&file)) else {
                refused += 1;
                continue;
            };
            let pairs = self::samples(&trial, "x").iter().zip(&samples);
            let other = pairs.clone().filter(|(a, b)| a.to_bits() != b.to_bits()).count();
            let gaps = pairs.clone().filter(|(a, b)| a.is_nan() != b.is_nan()).count();
            // A number of a dictionary stands for several samples.
            let dictionary = layout == 4;
            assert!(
                gaps == 0 && (dictionary || other <= 1),
                "layout {layout}, bit {bit}: {other}, {gaps} gaps"
            );
        }
        assert!(refused >= 61, "layout {layout}: {refused}");
    }
}

#[test]
fn a_level_that_does_not_fit_is_refused() {
    let whole = with_gaps(
        &[1.0; 100],
        plain().set_compression(Compression::UNCOMPRESSED).set_writer_version(WriterVersion::PARQUET_1_0),
    );
    // Three bytes of levels: a run of a hundred, each 1.
    let levels = [3, 0, 0, 0, 200, 1, 1];
    let at = whole.windows(7).position(|bytes| bytes == levels).unwrap() + 6;
    for bit in 1..8 {
        let mut file = whole.clone();
        file[at] ^= 1 << bit;
        assert!(fault(&file).ends_with("a run of its levels or indices is damaged"), "bit {bit}");
    }
}

/// Footer, group and page agree on a number of rows for which there are no bytes.
#[test]
fn a_false_number_of_rows_reserves_no_memory() {
    let column = ("x", Values::F64((0..100).map(f64::from).collect()));
    let properties = plain().set_dictionary_enabled(false).set_compression(Compression::UNCOMPRESSED);
    let mut file = other(&[column], &[("rate_hz", "10")], properties);
    // 100 and 8000, zigzag, as long as each other.
    let varint = |rows: u64| [(((rows * 2) & 0x7f) | 0x80) as u8, ((rows * 2) >> 7) as u8];
    while let Some(at) = file.windows(2).position(|bytes| bytes == varint(100)) {
        file[at..at + 2].copy_from_slice(&varint(8000));
    }
    assert_eq!(fault(&file), "row group 1, column x, byte 4: the page has fewer bytes than its values need");
}
