//! The SQL functions.
//!
//! ```sql
//! copeak_report(channels [, speed_mps [, mass_kg [, replicates]]])   -- what peaks together, with intervals
//! copeak_contacts(channels)                                          -- every contact
//! ```
//!
//! Both give one struct a row. What cannot be studied has a `problem` and nulls beside it: one bad recording of a hundred
//! thousand ends nothing, and is not lost.

use crate::columns::{Column, Get, ListOf, fields, table};
use crate::layout::{self, Recordings};
use copeak::event::Contact;
use copeak::recording::Recording;
use copeak::report::{Contacts, ContributorReport, LagReport, RecordingReport, Settings};
use datafusion::arrow::array::{Array, ArrayRef, AsArray, Float64Array, StringArray, StructArray};
use datafusion::arrow::datatypes::{DataType, Field, Fields, Float64Type};
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use std::fmt::Debug;
use std::hash::Hash;
use std::marker::PhantomData;
use std::sync::Arc;

/// Every function of this cohort.
pub fn all() -> [ScalarUDF; 2] {
    [Function::<CopeakReport>::udf(), Function::<CopeakContacts>::udf()]
}

/// What a function makes of a recording.
trait Answer: Debug + PartialEq + Eq + Hash + Send + Sync + 'static {
    type Row;
    const NAME: &'static str;
    /// Names of the numbers that may follow the channels.
    const NUMBERS: &'static [&'static str];
    fn columns() -> Vec<Column<Self::Row>>;
    fn of(recording: Recording, replicates: Option<f64>) -> std::result::Result<Self::Row, String>;
}

/// What peaks together: the report of one recording.
#[derive(Debug, PartialEq, Eq, Hash)]
struct CopeakReport;

impl Answer for CopeakReport {
    type Row = RecordingReport;
    const NAME: &'static str = "copeak_report";
    const NUMBERS: &'static [&'static str] = &["speed_mps", "mass_kg", "replicates"];

    fn columns() -> Vec<Column<RecordingReport>> {
        let lags = ListOf { get: lags, columns: lag_columns() };
        let contributors =
            ListOf { get: |r: &RecordingReport| &r.contributors, columns: contributor_columns() };
        vec![
            Column("model", Get::Text(|r| r.model.clone())),
            Column("speed_mps", Get::Number(|r| r.speed_mps)),
            Column("mass_kg", Get::Number(|r| r.mass_kg)),
            Column("rate_hz", Get::Number(|r| r.rate_hz)),
            Column("contacts", Get::Count(|r| r.contacts.len())),
            Column("steps", Get::Count(|r| r.convergence.n)),
            Column("coincidence", Get::Number(|r| r.convergence.coincidence)),
            Column("kappa", Get::Number(|r| r.convergence.kappa)),
            Column("kappa_low", Get::Number(|r| low(r.convergence.ci))),
            Column("kappa_high", Get::Number(|r| high(r.convergence.ci))),
            Column("kappa_approximate", Get::Flag(|r| r.convergence.approximate)),
            Column("p", Get::Number(|r| r.convergence.p)),
            Column("null", Get::Text(|r| r.convergence.null.clone())),
            Column("simultaneity", Get::Number(|r| r.simultaneity.value)),
            Column("simultaneity_low", Get::Number(|r| low(r.simultaneity.ci))),
            Column("simultaneity_high", Get::Number(|r| high(r.simultaneity.ci))),
            Column("simultaneity_approximate", Get::Flag(|r| r.simultaneity.approximate)),
            Column("peak_spread_s", Get::Number(|r| r.simultaneity.spread_s)),
            Column("hip_knee_s", Get::Number(|r| lag_s(r, "hip", "knee"))),
            Column("knee_ankle_s", Get::Number(|r| lag_s(r, "knee", "ankle"))),
            Column("hip_ankle_s", Get::Number(|r| lag_s(r, "hip", "ankle"))),
            Column("lags", Get::Rows(Box::new(lags))),
            Column("contributors", Get::Rows(Box::new(contributors))),
            Column("weak_links", Get::Texts(|r| &r.weak_links)),
            Column("absent", Get::Texts(|r| &r.absent)),
            Column("notes", Get::Texts(|r| &r.notes)),
        ]
    }

    fn of(recording: Recording, replicates: Option<f64>) -> std::result::Result<RecordingReport, String> {
        let mut settings = Settings::default();
        if let Some(n) = replicates {
            if n < 0.0 || n > f64::from(u32::MAX) || n.fract() != 0.0 {
                return Err(format!("replicates must be a whole number, got {n}"));
            }
            settings = settings.replicates(n as usize);
        }
        settings.report(&recording).map_err(|error| error.to_string())
    }
}

fn lag_s(report: &RecordingReport, from: &str, to: &str) -> Option<f64> {
    report.sequence.as_ref()?.pair(from, to).map(|pair| pair.lag_s)
}

fn low(interval: Option<[f64; 2]>) -> Option<f64> {
    interval.map(|[low, _]| low)
}

fn high(interval: Option<[f64; 2]>) -> Option<f64> {
    interval.map(|[_, high]| high)
}

fn lags(report: &RecordingReport) -> &[LagReport] {
    report.sequence.as_ref().map_or(&[], |sequence| &sequence.pairs)
}

fn lag_columns() -> Vec<Column<LagReport>> {
    vec![
        Column("from", Get::Text(|l| l.from.clone())),
        Column("to", Get::Text(|l| l.to.clone())),
        Column("lag_s", Get::Number(|l| Some(l.lag_s))),
        Column("low_s", Get::Number(|l| low(l.ci))),
        Column("high_s", Get::Number(|l| high(l.ci))),
        Column("approximate", Get::Flag(|l| l.approximate)),
        Column("relation", Get::Text(|l| l.relation.clone())),
        Column("n", Get::Count(|l| l.n)),
    ]
}

fn contributor_columns() -> Vec<Column<ContributorReport>> {
    vec![
        Column("name", Get::Text(|c| c.name.clone())),
        Column("mean_peak", Get::Number(|c| Some(c.mean_peak))),
        Column("jitter_s", Get::Number(|c| c.jitter_s)),
        Column("share", Get::Number(|c| c.share)),
        Column("timing_cost", Get::Number(|c| c.timing_cost)),
        Column("best_shift_s", Get::Number(|c| c.best_shift_s)),
        Column("best_shift_low_s", Get::Number(|c| low(c.best_shift_ci_s))),
        Column("best_shift_high_s", Get::Number(|c| high(c.best_shift_ci_s))),
        Column("at_bound", Get::Flag(|c| c.at_bound)),
        Column("gain_held_out", Get::Number(|c| c.gain_held_out)),
        Column("gain_low", Get::Number(|c| low(c.gain_ci))),
        Column("gain_high", Get::Number(|c| high(c.gain_ci))),
        Column("approximate", Get::Flag(|c| c.approximate)),
    ]
}

/// Every contact of a recording.
#[derive(Debug, PartialEq, Eq, Hash)]
struct CopeakContacts;

impl Answer for CopeakContacts {
    type Row = Contacts;
    const NAME: &'static str = "copeak_contacts";
    const NUMBERS: &'static [&'static str] = &[];

    fn columns() -> Vec<Column<Contacts>> {
        let contact = vec![
            Column("side", Get::Text(|c: &Contact| c.side().to_string())),
            Column("initial_s", Get::Number(|c| Some(c.initial.time_s))),
            Column("initial_se_s", Get::Number(|c| Some(c.initial.se_s))),
            Column("terminal_s", Get::Number(|c| Some(c.terminal.time_s))),
            Column("terminal_se_s", Get::Number(|c| Some(c.terminal.se_s))),
            Column("method", Get::Text(|c| c.method().to_string())),
        ];
        vec![
            Column(
                "contacts",
                Get::Rows(Box::new(ListOf { get: |f: &Contacts| &f.contacts, columns: contact })),
            ),
            Column("notes", Get::Texts(|f| &f.notes)),
        ]
    }

    fn of(recording: Recording, _: Option<f64>) -> std::result::Result<Contacts, String> {
        Contacts::of(&recording).map_err(|error| error.to_string())
    }
}

/// An [`Answer`] as a function of SQL.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Function<A> {
    signature: Signature,
    answer: PhantomData<A>,
}

impl<A: Answer> Function<A> {
    fn udf() -> ScalarUDF {
        // Its answer to a row is always the same, but dear: of a call that is not volatile a filter gets a copy.
        ScalarUDF::from(Self {
            signature: Signature::user_defined(Volatility::Volatile),
            answer: PhantomData,
        })
    }

    fn fields() -> Fields {
        let problem = Arc::new(Field::new("problem", DataType::Utf8, true));
        fields(&A::columns()).iter().cloned().chain([problem]).collect()
    }

    fn answers(channels: &ArrayRef, numbers: &[ArrayRef]) -> Result<StructArray> {
        let recordings = Recordings::of(channels)?;
        let numbers: Vec<&Float64Array> =
            numbers.iter().map(|column| column.as_primitive::<Float64Type>()).collect();
        let answer = |row: usize| {
            let number = |name: &str| {
                let column = numbers.get(A::NUMBERS.iter().position(|n| *n == name)?)?;
                column.is_valid(row).then(|| column.value(row))
            };
            // NaN is what many a writer has for a number that is not known.
            let known = |name: &str| number(name).filter(|value| !value.is_nan());
            let mut recording = recordings.get(row)?;
            (recording.speed_mps, recording.mass_kg) = (known("speed_mps"), known("mass_kg"));
            A::of(recording, number("replicates"))
        };
        let answers: Vec<_> = (0..channels.len()).map(answer).collect();
        let found: Vec<Option<&A::Row>> = answers.iter().map(|answer| answer.as_ref().ok()).collect();
        let problems: StringArray = answers.iter().map(|answer| answer.as_ref().err()).collect();
        let (_, mut arrays, _) = table(&A::columns(), &found)?.into_parts();
        arrays.push(Arc::new(problems));
        Ok(StructArray::try_new(Self::fields(), arrays, None)?)
    }
}

impl<A: Answer> ScalarUDFImpl for Function<A> {
    fn name(&self) -> &str {
        A::NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        let wrong = |what: String| {
            DataFusionError::Plan(format!("{}(channels, {}): {what}", A::NAME, A::NUMBERS.join(", ")))
        };
        let [channels, numbers @ ..] = given else { return Err(wrong("channels are missing".into())) };
        layout::check(channels).map_err(|error| wrong(error.message().into_owned()))?;
        if numbers.len() > A::NUMBERS.len() {
            return Err(wrong(format!("{} arguments are too many", given.len())));
        }
        for (name, number) in A::NUMBERS.iter().zip(numbers) {
            if !number.is_numeric() && !number.is_null() {
                return Err(wrong(format!("{name} must be a number, not {number}")));
            }
        }
        Ok([channels.clone()].into_iter().chain(numbers.iter().map(|_| DataType::Float64)).collect())
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Struct(Self::fields()))
    }

    fn invoke_with_args(&self, given: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let columns = ColumnarValue::values_to_arrays(&given.args)?;
        let [channels, numbers @ ..] = columns.as_slice() else {
            return Err(DataFusionError::Internal("channels are missing".into()));
        };
        Ok(ColumnarValue::Array(Arc::new(Self::answers(channels, numbers)?)))
    }
}
