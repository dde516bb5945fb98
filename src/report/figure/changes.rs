//! Changes between two sessions.

use super::draw::{FULL_WIDTH, MARGIN, Row, Rows, WIDTH, display_name, figure, name_width, span, styles};
use super::error::FigureError;
use crate::convergence::change::{Changes, ContributorChange};
use crate::inference::Estimate;
use crate::study::Comparison;
use std::{format, string::String, vec::Vec};

/// Draws each contributor against itself in the reference: change of its mean peak, peak time, pulse width and the scatter of
/// its peak time, each with its interval; below, the findings that are distinguishable from chance.
///
/// ```
/// use copeak::{convergence::{SessionAnalysis, CycleKind, Cycles}, model::JointModel, simulate::Sprinter, report::figure};
/// let cycles = |seed: u64| {
///     let trial = Sprinter::at_speed(8.0).steps(16).every_jitter_s(0.004).seed(seed).simulate().unwrap();
///     let steps: Vec<_> = trial.truth.steps.iter().map(|step| step.step).collect();
///     let model = JointModel::new(15.0).apply(&trial.recording).unwrap();
///     Cycles::new(&model.contributors, &steps, CycleKind::Stride).unwrap()
/// };
/// let changes = SessionAnalysis::new(1).replicates(200).changes(&cycles(2), &cycles(1)).unwrap();
/// assert!(figure::changes("Tuesday against Monday", &changes).unwrap().contains("peak time (ms)"));
/// ```
///
/// # Errors
/// [`FigureError`] when the sessions have no contributor in common.
pub fn changes(title: &str, changes: &Changes) -> Result<String, FigureError> {
    let named = changes.findings.iter().map(|named| {
        let p = crate::format::p_short(named.p);
        format!("{} {} ({p})", display_name(&named.contributor), named.cause)
    });
    draw(title, &changes.contributors, &named.collect::<Vec<_>>())
}

/// Draws the same of a trial against the reference of its study.
///
/// ```
/// use copeak::{report::figure, simulate::{Pulse, Sprinter}, study::Study};
/// let runner = |seed: u64| Sprinter::at_speed(8.0).steps(20).every_jitter_s(0.004).seed(seed);
/// let trials = [runner(1).offset_s(Pulse::Trunk, 0.03), runner(2)].map(|trial| trial.simulate().unwrap().recording);
/// let study = Study::builder().trials(&trials).reference(1).replicates(100).run().unwrap();
/// assert!(figure::comparison(&study.comparisons[0]).unwrap().contains("trunk later"));
/// ```
///
/// # Errors
/// [`FigureError`] when no contributor's change is known: there were too few strides.
pub fn comparison(comparison: &Comparison) -> Result<String, FigureError> {
    let changes = comparison.changes.as_ref().ok_or(FigureError::nothing("contributor"))?;
    let named =
        changes.findings.iter().map(|named| format!("{} {}", display_name(&named.contributor), named.cause));
    let title = format!("{} against {}", comparison.file, comparison.reference);
    draw(&title, &changes.contributors, &named.collect::<Vec<_>>())
}

/// Title of each column, and the factor from the values to its unit.
const COLUMNS: [(&str, f64); 4] = [
    ("mean peak (%)", 100.0),
    ("peak time (ms)", 1e3),
    ("pulse width (%)", 100.0),
    ("time scatter (ms)", 1e3),
];

fn draw(title: &str, changes: &[ContributorChange], named: &[String]) -> Result<String, FigureError> {
    if changes.is_empty() {
        return Err(FigureError::nothing("contributor"));
    }
    let styles = styles(changes.iter().map(|change| change.name.as_str()));
    let names: Vec<String> = changes.iter().map(|change| display_name(&change.name)).collect();
    let left = name_width(&names, true).min(220.0);
    Ok(figure(title, |canvas| {
        canvas.paragraph("change against the reference, with intervals; dashed: no change", FULL_WIDTH);
        canvas.y += 4.0;
        let top = canvas.y;
        let wide = (WIDTH - 2.0 * MARGIN - left) / COLUMNS.len() as f64;
        let mut lowest = top;
        for (k, (what, factor)) in COLUMNS.into_iter().enumerate() {
            let rows = changes.iter().zip(&styles).zip(&names).map(|((change, style), name)| {
                let Estimate { value, ci, .. } =
                    [change.force, change.timing_s, change.width, change.jitter_s][k];
                let mut row = Row::new(if k == 0 { name } else { "" }, *style);
                row.value = Some(factor * value).filter(|v| v.is_finite());
                row.ci = ci.map(|ci| ci.scaled(factor).into());
                row
            });
            let rows: Vec<Row> = rows.collect();
            let from = MARGIN + if k == 0 { 0.0 } else { left + wide * k as f64 };
            canvas.y = top;
            canvas.rows(
                &rows,
                &Rows {
                    x: span(rows.iter().flat_map(Row::values).chain([0.0]), (-1.0, 1.0)),
                    x_title: what,
                    region: (from, MARGIN + left + wide * (k + 1) as f64),
                    left: Some(if k == 0 { left } else { 10.0 }),
                    swatches: k == 0,
                    zero: Some(0.0),
                    ..Rows::default()
                },
            );
            lowest = lowest.max(canvas.y);
        }
        canvas.y = lowest + 8.0;
        let said = if named.is_empty() {
            "No change is distinguishable from chance.".into()
        } else {
            format!("More than chance, the largest first: {}.", named.join(", "))
        };
        canvas.paragraph(&said, FULL_WIDTH);
    }))
}
