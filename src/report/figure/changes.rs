//! What changed between two sessions.

use super::error::FigureError;
use super::look::{Look, looks, spoken};
use super::panel::span;
use super::rows::{Row, Rows, room};
use super::sheet::{MARGIN, WIDTH, figure};
use crate::convergence::{Changes, ContributorChange};
use crate::inference::Estimate;
use std::{format, string::String, vec::Vec};

/// Each contributor against itself in the reference: change of its mean peak, peak time, pulse width and the scatter of its
/// peak time, each with its interval; below, what is not chance.
///
/// ```
/// # #[cfg(feature = "plot")] {
/// use copeak::{convergence::{Convergence, CycleKind, Cycles}, model::JointModel, phantom::Sprinter, report::figure};
/// let cycles = |seed: u64| {
///     let trial = Sprinter::at_speed(8.0).steps(16).every_jitter_s(0.004).seed(seed).simulate().unwrap();
///     let steps: Vec<_> = trial.truth.steps.iter().map(|step| step.step).collect();
///     let model = JointModel::new(15.0).unwrap().of(&trial.recording).unwrap();
///     Cycles::cut(&model.contributors, &steps, CycleKind::Stride).unwrap()
/// };
/// let changes = Convergence::new(1).with_replicates(200).unwrap().changes(&cycles(2), &cycles(1)).unwrap();
/// assert!(figure::changes("Tuesday against Monday", &changes).unwrap().contains("peak time (ms)"));
/// # }
/// ```
///
/// # Errors
/// [`FigureError`] when the sessions have no contributor in common.
pub fn changes(title: &str, changes: &Changes) -> Result<String, FigureError> {
    if changes.contributors.is_empty() {
        return Err(FigureError::nothing("contributor"));
    }
    type Of = fn(&ContributorChange) -> Estimate;
    let columns: [(&str, Of, f64); 4] = [
        ("mean peak (%)", |c| c.force, 100.0),
        ("peak time (ms)", |c| c.timing_s, 1e3),
        ("pulse width (%)", |c| c.width, 100.0),
        ("time scatter (ms)", |c| c.jitter_s, 1e3),
    ];
    let looks = looks(changes.contributors.iter().map(|c| c.name.as_str()));
    let names: Vec<String> = changes.contributors.iter().map(|c| spoken(&c.name)).collect();
    let left = room(&names, true).min(220.0);
    figure(title, |sheet| {
        sheet.paragraph(
            "change against the reference, with intervals; dashed: no change",
            super::panel::WHOLE,
        );
        sheet.y += 4.0;
        let top = sheet.y;
        let wide = (WIDTH - 2.0 * MARGIN - left) / columns.len() as f64;
        let mut lowest = top;
        for (k, (what, of, factor)) in columns.into_iter().enumerate() {
            let rows = changes.contributors.iter().zip(&looks).zip(&names);
            let rows = rows.map(|((change, look), name)| row(name, *look, of(change), factor, k == 0));
            let rows: Vec<Row> = rows.collect();
            let from = MARGIN + if k == 0 { 0.0 } else { left + wide * k as f64 };
            sheet.y = top;
            sheet.rows(
                &rows,
                &Rows {
                    x: span(rows.iter().flat_map(Row::values).chain([0.0]), (-1.0, 1.0)),
                    x_title: what,
                    region: (from, MARGIN + left + wide * (k + 1) as f64),
                    left: Some(if k == 0 { left } else { 10.0 }),
                    samples: k == 0,
                    zero: Some(0.0),
                    ..Rows::default()
                },
            );
            lowest = lowest.max(sheet.y);
        }
        sheet.y = lowest + 8.0;
        let named = changes.named.iter().map(|named| {
            let p = if named.p < 0.001 { "p < 0.001".into() } else { format!("p {:.3}", named.p) };
            format!("{} {} ({p})", spoken(&named.contributor), named.cause)
        });
        let named: Vec<String> = named.collect();
        let said = if named.is_empty() {
            "Nothing changed that could not be chance.".into()
        } else {
            format!("More than chance, the largest first: {}.", named.join(", "))
        };
        sheet.paragraph(&said, super::panel::WHOLE);
        Ok(())
    })
}

fn row(name: &str, look: Look, change: Estimate, factor: f64, named: bool) -> Row {
    let mut row = Row::new(if named { name } else { "" }, look);
    row.value = Some(factor * change.value).filter(|v| v.is_finite());
    row.ci = change.ci.map(|(low, high)| (factor * low, factor * high));
    row
}
