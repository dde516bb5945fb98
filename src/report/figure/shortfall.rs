//! Missing, mistimed and shape as bars.

use super::draw::{Row, Rows, Style, figure, rounded, span};
use super::error::FigureError;
use crate::study::Comparison;
use std::{format, string::String, vec::Vec};

/// Draws each comparison's shortfall against the reference, split into missing, mistimed and shape, with 95 % intervals.
/// A bar to the right is a shortfall, to the left a surplus.
///
/// ```
/// use copeak::{report::figure, simulate::sprinter_at_four_speeds, study::Study};
/// let trials = sprinter_at_four_speeds().unwrap();
/// let recordings = trials[..2].iter().map(|trial| &trial.recording);
/// let study = Study::builder().trials(recordings).replicates(50).run().unwrap();
/// assert!(figure::shortfall(&study.comparisons).unwrap().contains("mistimed"));
/// ```
///
/// # Errors
/// [`FigureError`] when nothing is compared.
pub fn shortfall(comparisons: &[Comparison]) -> Result<String, FigureError> {
    let Some(first) = comparisons.first() else {
        return Err(FigureError::nothing("comparison"));
    };
    let newtons = first.shortfall.unit == "N";
    let mut rows: Vec<Row> = Vec::new();
    for comparison in comparisons {
        rows.push(Row::heading(comparison.file.clone()));
        let parts = &comparison.shortfall.split;
        let parts = [
            ("missing", parts.missing),
            ("mistimed", parts.mistimed),
            ("shape", parts.shape),
            ("total", parts.total),
        ];
        for (i, (name, part)) in parts.into_iter().enumerate() {
            let mut row = Row::new(name, if i == 3 { Style::ink() } else { Style::nth(i) });
            row.value = Some(part.value).filter(|v| v.is_finite());
            row.ci = part.ci.map(Into::into);
            row.note = row.value.map_or("not defined".into(), |v| rounded(v, if newtons { 0 } else { 2 }));
            rows.push(row);
        }
    }
    let intervals = match rows.iter().any(|row| row.ci.is_some()) {
        true => "with 95 % intervals",
        false => "too few strides for intervals",
    };
    let title = format!("shortfall against {} ({}), {intervals}", first.reference, first.shortfall.unit);
    Ok(figure("Missing, mistimed or shape", |canvas| {
        canvas.rows(
            &rows,
            &Rows {
                x: span(rows.iter().flat_map(Row::values).chain([0.0]), (-1.0, 1.0)),
                x_title: &title,
                row: 21.0,
                bars: true,
                zero: Some(0.0),
                ..Rows::default()
            },
        );
    }))
}
