//! The functions return the results of the library, and report what is wrong.

use crate::layout::{Recordings, Row, batch};
use crate::session;
use copeak::recording::{Channel, Recording};
use copeak::simulate::Sprinter;
use copeak::study::{Contacts, Study};
use copeak::{Clock, Rate, Signal};
use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, Float64Array, ListArray, RecordBatch, StringArray, StructArray,
};
use datafusion::arrow::buffer::OffsetBuffer;
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, Fields, Float64Type, Int64Type};
use datafusion::prelude::SessionContext;
use std::sync::Arc;

fn sprint(seed: u64) -> Recording {
    let sprinter = Sprinter::at_speed(8.0).steps(14).every_jitter_s(0.004).angle_noise_deg(0.1).seed(seed);
    let mut recording = sprinter.simulate().unwrap().recording;
    recording.name.clear();
    // A row has these in addition to the channels.
    (recording.speed_mps, recording.mass_kg) = (None, None);
    recording
}

fn rows(recordings: Vec<Recording>) -> RecordBatch {
    let row = |(i, recording)| Row { id: format!("{i}"), athlete: "one".into(), recording };
    batch(&recordings.into_iter().enumerate().map(row).collect::<Vec<_>>()).unwrap()
}

async fn answer(batch: RecordBatch, query: &str) -> Result<RecordBatch, String> {
    let session = SessionContext::new_with_config(session::config(2));
    session::register(&session);
    session.register_batch("recordings", batch).unwrap();
    let found = session.sql(query).await.map_err(|error| error.to_string())?;
    Ok(found.collect().await.map_err(|error| error.to_string())?.remove(0))
}

fn field(batch: &RecordBatch, name: &str) -> ArrayRef {
    batch.column(0).as_struct().column_by_name(name).unwrap().clone()
}

#[tokio::test]
async fn a_report_is_that_of_a_study() {
    let recordings = vec![sprint(1), sprint(2)];
    let found = answer(
        rows(recordings.clone()),
        "SELECT copeak_report(channels, speed_mps, mass_kg, 60) FROM recordings",
    )
    .await
    .unwrap();
    for (i, recording) in recordings.into_iter().enumerate() {
        let study = Study::builder().trial(&recording).replicates(60).run().unwrap();
        let report = study.into_trials().next().unwrap();
        let number = |name: &str| {
            let column = field(&found, name);
            let column = column.as_primitive::<Float64Type>();
            column.is_valid(i).then(|| column.value(i).to_bits())
        };
        let bits = |value: Option<f64>| value.map(f64::to_bits);
        let convergence = report.convergence.as_ref().unwrap();
        let kappa = convergence.kappa.unwrap();
        let (low, high) = kappa.ci.unwrap();
        assert!(convergence.p.is_some());
        assert_eq!(number("kappa"), bits(Some(kappa.value)));
        assert_eq!([number("kappa_low"), number("kappa_high")], [low, high].map(|v| bits(Some(v))));
        assert_eq!(number("p"), bits(convergence.p));
        assert_eq!(number("speed_mps"), bits(report.speed_mps));
        let leg = report.sequence.as_ref().unwrap();
        let pair = |from, to| leg.pair(from, to).map(|pair| pair.mean_s.value.to_bits());
        assert!(pair("hip", "knee").is_some());
        assert_eq!(
            [number("hip_knee_s"), number("knee_ankle_s")],
            [pair("hip", "knee"), pair("knee", "ankle")]
        );
        assert_eq!(
            field(&found, "steps").as_primitive::<Int64Type>().value(i),
            convergence.steps.len() as i64
        );
        let lags = field(&found, "lags").as_list::<i32>().value(i);
        let lag = lags.as_struct().column_by_name("lag_s").unwrap().as_primitive::<Float64Type>().clone();
        let lags: Vec<f64> = leg.pairs.iter().map(|pair| pair.mean_s.value).collect();
        assert_eq!(lag.values().to_vec(), lags);
        let contributors = field(&found, "contributors").as_list::<i32>().value(i);
        let names = contributors.as_struct().column_by_name("name").unwrap().as_string::<i32>().clone();
        assert!(
            names.iter().flatten().eq(convergence.contributors.iter().map(|c| c.name.as_str()))
                && names.len() == 5
        );
        assert!(field(&found, "problem").is_null(i));
    }
}

#[tokio::test]
async fn contacts_are_those_of_the_recording() {
    let found =
        answer(rows(vec![sprint(3)]), "SELECT copeak_contacts(channels) FROM recordings").await.unwrap();
    let contacts = field(&found, "contacts").as_list::<i32>().value(0);
    let initial =
        contacts.as_struct().column_by_name("initial_s").unwrap().as_primitive::<Float64Type>().clone();
    let expected = Contacts::of(&sprint(3)).unwrap().contacts;
    assert!(expected.len() > 10);
    assert_eq!(initial.values().to_vec(), expected.iter().map(|c| c.initial.time_s).collect::<Vec<_>>());
}

#[tokio::test]
async fn what_cannot_be_studied_is_said_and_the_others_go_on() {
    let clock = Clock::from_zero(Rate::from_hz(100.0).unwrap());
    let mut slow = Recording::new("");
    // A cut-off of 15 Hz needs more than 30 samples a second.
    let clock_20 = Clock::from_zero(Rate::from_hz(20.0).unwrap());
    for name in ["hip_flexion_l", "hip_flexion_r"] {
        slow.push(Channel::new(name, "deg", Signal::new(clock_20, vec![1.0; 100]))).unwrap();
    }
    let mut empty = Recording::new("");
    empty.push(Channel::new("grf_vertical_l", "N", Signal::new(clock, vec![f64::NAN; 50]))).unwrap();
    let found = answer(
        rows(vec![Recording::new(""), sprint(1), slow, empty]),
        "SELECT copeak_report(channels) FROM recordings",
    )
    .await
    .unwrap();
    let problem = field(&found, "problem").as_string::<i32>().clone();
    let kappa = field(&found, "kappa");
    assert_eq!(problem.value(0), "it has no channels");
    assert!(problem.is_null(1) && kappa.is_valid(1));
    assert!(problem.value(2).contains("Nyquist"), "{}", problem.value(2));
    assert!((0..4).all(|i| i == 1 || kappa.is_null(i)));
    // A recording in which nothing is found is no problem: its notes say why.
    let notes = field(&found, "notes").as_list::<i32>().value(3);
    assert!(
        problem.is_null(3)
            && notes.len() > 1
            && notes.as_string::<i32>().iter().flatten().any(|note| note.contains("no step"))
    );

    for (replicates, wanted) in
        [("0", "got 0"), ("2.5", "got 2.5"), ("-1", "got -1"), ("double '1e300'", "got 1000")]
    {
        let query = format!("SELECT copeak_report(channels, NULL, NULL, {replicates}) FROM recordings");
        let found = answer(rows(vec![sprint(1)]), &query).await.unwrap();
        let problem = field(&found, "problem").as_string::<i32>().clone();
        assert!(
            problem.value(0).contains("replicates must be") && problem.value(0).contains(wanted),
            "{}",
            problem.value(0)
        );
    }
}

#[tokio::test]
async fn other_columns_are_refused_before_anything_is_read() {
    for (arguments, wanted) in [
        ("", "channels are missing"),
        ("id", "this is Utf8"),
        ("[1.0, 2.0]", "its elements are Float64"),
        ("[named_struct('name', 'a')]", "there is no unit"),
        ("channels, athlete", "speed_mps must be a number, not Utf8"),
        ("channels, 1, 2, 3, 4", "5 arguments are too many"),
        (
            "[named_struct('name', 'a', 'unit', 'N', 'rate_hz', 'fast', 'start_s', 0, 'samples', [1.0])]",
            "rate_hz is Utf8",
        ),
        (
            "[named_struct('name', 'a', 'unit', 'N', 'rate_hz', 1, 'start_s', 0, 'samples', 1.0)]",
            "samples is Float64",
        ),
    ] {
        let error =
            answer(rows(vec![sprint(1)]), &format!("SELECT copeak_report({arguments}) FROM recordings"))
                .await
                .unwrap_err();
        assert!(error.contains(wanted), "{arguments}: {error}");
    }
}

/// A recording is studied once, whatever is done with the answer.
#[tokio::test]
async fn an_answer_is_used_often_and_worked_out_once() {
    for query in [
        "SELECT r['kappa'], r['p'], r['contacts'] FROM (SELECT copeak_report(channels) AS r FROM recordings)",
        "SELECT r['kappa'] FROM (SELECT copeak_report(channels) AS r FROM recordings) WHERE r['problem'] IS NULL AND r['kappa'] > 0.3",
        "SELECT athlete, median(r['kappa']), max(r['p']) FROM (SELECT athlete, copeak_report(channels) AS r FROM recordings) GROUP BY athlete",
        include_str!("../sql/recordings.sql"),
        include_str!("../sql/athletes.sql"),
        include_str!("../sql/contributors.sql"),
    ] {
        let plan = answer(rows(vec![sprint(1)]), &format!("EXPLAIN {query}")).await.unwrap();
        let (kinds, plans) = (plan.column(0).as_string::<i32>(), plan.column(1).as_string::<i32>());
        let physical = (0..plan.num_rows())
            .find(|i| kinds.value(*i) == "physical_plan")
            .map(|i| plans.value(i))
            .unwrap();
        assert_eq!(physical.matches("copeak_report(").count(), 1, "{physical}");
    }
}

#[test]
fn a_recording_comes_back_as_it_was() {
    let mut gap = sprint(2);
    let mut samples = gap.channels[0].signal.samples().clone();
    samples[3] = f64::NAN;
    gap.channels[0].signal = gap.channels[0].signal.with_samples(samples);
    let batch = rows(vec![sprint(1), gap.clone()]);
    let column = batch.column_by_name("channels").unwrap();
    let recordings = Recordings::of(column).unwrap();
    assert_eq!(recordings.get(0).unwrap(), sprint(1));
    assert_eq!(format!("{:?}", recordings.get(1).unwrap()), format!("{gap:?}"));
    // A part of a column, as an engine hands it on.
    let part = Recordings::of(&column.slice(1, 1)).unwrap();
    assert_eq!(format!("{:?}", part.get(0).unwrap()), format!("{gap:?}"));
}

/// The channels of a recording in one row, with columns of these types, each element and sample nullable, as a list of that kind.
fn as_written(recording: Recording, types: [(&str, DataType); 5], large: bool) -> ArrayRef {
    let batch = rows(vec![recording]);
    let column = batch.column_by_name("channels").unwrap().as_list::<i32>();
    let parts = column.values().as_struct();
    let fields: Fields = types.into_iter().map(|(name, kind)| Field::new(name, kind, true)).collect();
    let arrays = fields
        .iter()
        .map(|f| cast(parts.column_by_name(f.name()).unwrap(), f.data_type()).unwrap())
        .collect();
    let element = Arc::new(Field::new("element", DataType::Struct(fields.clone()), true));
    let structs = Arc::new(StructArray::try_new(fields, arrays, None).unwrap());
    let list: ArrayRef =
        Arc::new(ListArray::try_new(element.clone(), column.offsets().clone(), structs, None).unwrap());
    if large { cast(&list, &DataType::LargeList(element)).unwrap() } else { list }
}

/// Types of other writers: large lists, single precision, whole rates, views, categories.
#[test]
fn other_writers_types_are_read() {
    let single = DataType::LargeList(Arc::new(Field::new("element", DataType::Float32, true)));
    let category = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    for (name, large) in [(DataType::Utf8View, true), (category, false), (DataType::LargeUtf8, false)] {
        let types = [
            ("samples", single.clone()),
            ("rate_hz", DataType::Int32),
            ("start_s", DataType::Float32),
            ("unit", DataType::LargeUtf8),
            ("name", name),
        ];
        let read = Recordings::of(&as_written(sprint(1), types, large)).unwrap().get(0).unwrap();
        let original = sprint(1);
        assert!(read.names().eq(original.names()));
        for (read, original) in read.channels.iter().zip(&original.channels) {
            assert_eq!(
                (&read.unit, read.signal.clock().rate()),
                (&original.unit, original.signal.clock().rate())
            );
            assert!(
                read.signal
                    .samples()
                    .iter()
                    .zip(original.signal.samples())
                    .all(|(a, b)| *a as f32 == *b as f32)
            );
        }
    }
}

/// A missing sample is NaN, a channel without samples is not there, and any other null is reported.
#[test]
fn null_samples_are_nan_and_other_nulls_are_reported() {
    let one = |name: Option<&str>,
               rate: Option<f64>,
               start: Option<f64>,
               samples: Option<Vec<Option<f64>>>| {
        let list = ListArray::from_iter_primitive::<Float64Type, _, _>([samples]);
        let columns: Vec<(&str, ArrayRef)> = vec![
            ("name", Arc::new(StringArray::from(vec![name]))),
            ("unit", Arc::new(StringArray::from(vec![None::<&str>]))),
            ("rate_hz", Arc::new(Float64Array::from(vec![rate]))),
            ("start_s", Arc::new(Float64Array::from(vec![start]))),
            ("samples", Arc::new(list)),
        ];
        let fields: Fields =
            columns.iter().map(|(name, array)| Field::new(*name, array.data_type().clone(), true)).collect();
        let structs =
            StructArray::try_new(fields.clone(), columns.into_iter().map(|(_, array)| array).collect(), None)
                .unwrap();
        let element = Arc::new(Field::new("element", DataType::Struct(fields), true));
        let list =
            ListArray::try_new(element, OffsetBuffer::from_lengths([1]), Arc::new(structs), None).unwrap();
        Recordings::of(&(Arc::new(list) as ArrayRef)).unwrap().get(0)
    };
    let samples = || Some(vec![Some(1.0), None, Some(3.0)]);
    let read = one(Some("a"), Some(10.0), Some(2.0), samples()).unwrap();
    assert_eq!(format!("{:?}", read.channels[0].signal.samples()), "[1.0, NaN, 3.0]");
    assert_eq!((read.channels[0].unit.as_str(), read.channels[0].signal.start_s()), ("", 2.0));
    assert!(one(Some("a"), Some(10.0), Some(2.0), Some(vec![])).unwrap().channels.is_empty());
    for (read, wanted) in [
        (one(None, Some(10.0), Some(2.0), samples()), "a channel without a name"),
        (one(Some("a"), None, Some(2.0), samples()), "a: rate_hz is null"),
        (one(Some("a"), Some(10.0), None, samples()), "a: start_s is null"),
        (one(Some("a"), Some(10.0), Some(2.0), None), "a: samples is null"),
    ] {
        assert_eq!(read.unwrap_err(), wanted);
    }
    assert!(one(Some("a"), Some(0.0), Some(0.0), samples()).unwrap_err().starts_with("a: "));
}
