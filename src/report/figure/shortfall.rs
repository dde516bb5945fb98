//! Missing, mistimed and shape as bars.

use super::draw::{Row, Rows, Style, figure, rounded, span};
use super::error::FigureError;
use crate::report::Report;
use std::{format, string::String, vec::Vec};

/// Each comparison's shortfall against the reference, split into missing, mistimed and shape, with 95 % intervals.
/// A bar to the right is a shortfall, to the left a surplus.
///
/// ```
/// # #[cfg(feature = "plot")] {
/// use copeak::report::{Comparison, Report, figure};
/// let mut report = Report::default();
/// report.comparisons.push(Comparison::new("slow.csv", "fast.csv", "reference peaks", 0.5, [0.4, 0.2, -0.1]));
/// assert!(figure::shortfall(&report).unwrap().contains("mistimed"));
/// # }
/// ```
///
/// # Errors
/// [`FigureError`] when nothing is compared.
pub fn shortfall(report: &Report) -> Result<String, FigureError> {
    let Some(first) = report.comparisons.first() else {
        return Err(FigureError::nothing("comparison"));
    };
    let newtons = first.unit == "N";
    let mut rows: Vec<Row> = Vec::new();
    for comparison in &report.comparisons {
        rows.push(Row::heading(comparison.file.clone()));
        let parts = [
            ("missing", comparison.missing, comparison.missing_ci),
            ("mistimed", comparison.mistimed, comparison.mistimed_ci),
            ("shape", comparison.shape, comparison.shape_ci),
            ("total", comparison.total, comparison.total_ci),
        ];
        for (i, (name, value, ci)) in parts.into_iter().enumerate() {
            let mut row = Row::new(name, if i == 3 { Style::ink() } else { Style::nth(i) });
            row.value = Some(value).filter(|v| v.is_finite());
            row.ci = ci.map(|[low, high]| (low, high));
            row.note = row.value.map_or("not defined".into(), |v| rounded(v, if newtons { 0 } else { 2 }));
            rows.push(row);
        }
    }
    let intervals = match rows.iter().any(|row| row.ci.is_some()) {
        true => "with 95 % intervals",
        false => "too few strides for intervals",
    };
    let title = format!("shortfall against {} ({}), {intervals}", first.reference, first.unit);
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
