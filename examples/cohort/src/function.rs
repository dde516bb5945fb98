//! The SQL functions.
//!
//! ```sql
//! copeak_report(channels [, speed_mps [, mass_kg [, replicates]]])   -- what peaks together, with intervals
//! copeak_contacts(channels)                                          -- every contact
//! ```
//!
//! Both return one struct a row. A recording that cannot be studied has a `problem` and nulls in its other fields: one bad
//! recording of a hundred thousand does not end the query, and is not lost.

use crate::columns::{Column, Get, ListOf, fields, table};
use crate::layout::{self, Recordings};
use copeak::convergence::session::SessionContributor;
use copeak::convergence::{Null, Session};
use copeak::event::Contact;
use copeak::inference::Estimate;
use copeak::recording::Recording;
use copeak::sequence::Sequence;
use copeak::sequence::lag::PairLag;
use copeak::study::{Contacts, Study, TrialStudy};
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

/// The answer of a function for a recording.
trait Answer: Debug + PartialEq + Eq + Hash + Send + Sync + 'static {
    type Row;
    const NAME: &'static str;
    /// Names of the numbers that may follow the channels.
    const NUMBERS: &'static [&'static str];
    fn columns() -> Vec<Column<Self::Row>>;
    fn of(recording: Recording, replicates: Option<f64>) -> std::result::Result<Self::Row, String>;
}

/// The report of one recording.
#[derive(Debug, PartialEq, Eq, Hash)]
struct CopeakReport;

impl Answer for CopeakReport {
    type Row = TrialStudy;
    const NAME: &'static str = "copeak_report";
    const NUMBERS: &'static [&'static str] = &["speed_mps", "mass_kg", "replicates"];

    fn columns() -> Vec<Column<TrialStudy>> {
        let lags = ListOf { get: lags, columns: lag_columns() };
        let contributors = ListOf { get: contributors, columns: contributor_columns() };
        vec![
            Column("model", Get::Text(|t| t.model.to_string())),
            Column("speed_mps", Get::Number(|t| t.speed_mps)),
            Column("mass_kg", Get::Number(|t| t.mass_kg)),
            Column("rate_hz", Get::Number(|t| t.rate_hz)),
            Column("contacts", Get::Count(|t| t.contacts.len())),
            Column("steps", Get::Count(|t| session(t).map_or(0, |s| s.steps.len()))),
            Column("coincidence", Get::Number(|t| session(t)?.coincidence)),
            Column("kappa", Get::Number(|t| value(session(t)?.kappa))),
            Column("kappa_low", Get::Number(|t| low(session(t)?.kappa))),
            Column("kappa_high", Get::Number(|t| high(session(t)?.kappa))),
            Column("kappa_approximate", Get::Flag(|t| approximate(session(t).and_then(|s| s.kappa)))),
            Column("p", Get::Number(|t| session(t)?.p)),
            Column("null", Get::Text(|t| session(t).map_or(Null::Locked, |s| s.null).to_string())),
            Column("simultaneity", Get::Number(|t| value(session(t)?.simultaneity))),
            Column("simultaneity_low", Get::Number(|t| low(session(t)?.simultaneity))),
            Column("simultaneity_high", Get::Number(|t| high(session(t)?.simultaneity))),
            Column(
                "simultaneity_approximate",
                Get::Flag(|t| approximate(session(t).and_then(|s| s.simultaneity))),
            ),
            Column("peak_spread_s", Get::Number(|t| session(t)?.spread_s)),
            Column("hip_knee_s", Get::Number(|t| lag_s(t, "hip", "knee"))),
            Column("knee_ankle_s", Get::Number(|t| lag_s(t, "knee", "ankle"))),
            Column("hip_ankle_s", Get::Number(|t| lag_s(t, "hip", "ankle"))),
            Column("lags", Get::Rows(Box::new(lags))),
            Column("contributors", Get::Rows(Box::new(contributors))),
            Column("weak_links", Get::Texts(weak_links)),
            Column("absent", Get::Texts(|t| t.absent.clone())),
            Column("notes", Get::Texts(|t| t.cautions.iter().map(ToString::to_string).collect())),
        ]
    }

    fn of(recording: Recording, replicates: Option<f64>) -> std::result::Result<TrialStudy, String> {
        let mut study = Study::builder().trial(&recording);
        if let Some(n) = replicates {
            if n < 0.0 || n > f64::from(u32::MAX) || n.fract() != 0.0 {
                return Err(format!("replicates must be a whole number, got {n}"));
            }
            study = study.replicates(n as usize);
        }
        let study = study.run().map_err(|error| error.source.to_string())?;
        study.into_trials().next().ok_or("it has no trial".into())
    }
}

fn session(trial: &TrialStudy) -> Option<&Session> {
    trial.convergence.as_ref()
}

fn value(estimate: Option<Estimate>) -> Option<f64> {
    estimate.map(|estimate| estimate.value)
}

fn low(estimate: Option<Estimate>) -> Option<f64> {
    estimate?.ci.map(|ci| ci.low)
}

fn high(estimate: Option<Estimate>) -> Option<f64> {
    estimate?.ci.map(|ci| ci.high)
}

fn approximate(estimate: Option<Estimate>) -> bool {
    estimate.is_some_and(|estimate| estimate.approximate)
}

fn lag_s(trial: &TrialStudy, from: &str, to: &str) -> Option<f64> {
    trial.sequence.as_ref()?.pair(from, to).map(|pair| pair.mean_s.value)
}

/// A lag with the names of its channels.
struct Lag {
    from: String,
    to: String,
    pair: PairLag,
}

fn lags(trial: &TrialStudy) -> Vec<Lag> {
    let named = |sequence: &Sequence| {
        let name = |i: usize| sequence.channels[i].name.clone();
        let lag = |pair: &PairLag| Lag { from: name(pair.from), to: name(pair.to), pair: pair.clone() };
        sequence.pairs.iter().map(lag).collect()
    };
    trial.sequence.as_ref().map(named).unwrap_or_default()
}

fn lag_columns() -> Vec<Column<Lag>> {
    vec![
        Column("from", Get::Text(|l| l.from.clone())),
        Column("to", Get::Text(|l| l.to.clone())),
        Column("lag_s", Get::Number(|l| Some(l.pair.mean_s.value))),
        Column("low_s", Get::Number(|l| low(Some(l.pair.mean_s)))),
        Column("high_s", Get::Number(|l| high(Some(l.pair.mean_s)))),
        Column("approximate", Get::Flag(|l| l.pair.mean_s.approximate)),
        Column("relation", Get::Text(|l| l.pair.relation.to_string())),
        Column("n", Get::Count(|l| l.pair.n)),
    ]
}

fn contributors(trial: &TrialStudy) -> Vec<SessionContributor> {
    session(trial).map(|session| session.contributors.clone()).unwrap_or_default()
}

fn weak_links(trial: &TrialStudy) -> Vec<String> {
    session(trial).iter().flat_map(|session| session.weak_links()).map(|link| link.name.clone()).collect()
}

fn held_out(contributor: &SessionContributor) -> Option<Estimate> {
    contributor.retiming?.held_out
}

fn contributor_columns() -> Vec<Column<SessionContributor>> {
    vec![
        Column("name", Get::Text(|c| c.name.clone())),
        Column("mean_peak", Get::Number(|c| Some(c.mean_peak))),
        Column("jitter_s", Get::Number(|c| Some(c.jitter?.sd_s))),
        Column("share", Get::Number(|c| c.share)),
        Column("timing_cost", Get::Number(|c| Some(c.timing_cost))),
        Column("best_shift_s", Get::Number(|c| value(c.best_shift_s))),
        Column("best_shift_low_s", Get::Number(|c| low(c.best_shift_s))),
        Column("best_shift_high_s", Get::Number(|c| high(c.best_shift_s))),
        Column("at_bound", Get::Flag(|c| c.retiming.is_some_and(|retiming| retiming.at_bound))),
        Column("gain_held_out", Get::Number(|c| value(held_out(c)))),
        Column("gain_low", Get::Number(|c| low(held_out(c)))),
        Column("gain_high", Get::Number(|c| high(held_out(c)))),
        Column("approximate", Get::Flag(|c| approximate(held_out(c)))),
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
                Get::Rows(Box::new(ListOf { get: |f: &Contacts| f.contacts.clone(), columns: contact })),
            ),
            Column("notes", Get::Texts(|f| f.cautions.iter().map(ToString::to_string).collect())),
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
