//! Right against left.

use super::draw::{Row, Rows, Style, about_zero, display_name, figure, rounded, styles};
use super::error::FigureError;
use crate::report::SymmetryReport;
use std::{format, string::String, vec::Vec};

/// How much more the right side has, as a part of the mean of both, with its interval: times in ink, contributors' peaks in their
/// colours; beside it both sides' means.
///
/// ```
/// # #[cfg(feature = "plot")] {
/// use copeak::{simulate::Sprinter, report::{Settings, figure}};
/// let trial = Sprinter::at_speed(8.0).steps(12).every_amplitude_scatter(0.04).simulate().unwrap();
/// let study = Settings::default().replicates(50).study(&[trial.recording], None).unwrap();
/// let svg = figure::symmetry("Right against left", &study.report.recordings[0].symmetry).unwrap();
/// assert!(svg.contains("contact time"));
/// # }
/// ```
///
/// # Errors
/// [`FigureError`] when nothing was measured on both sides.
pub fn symmetry(title: &str, sides: &[SymmetryReport]) -> Result<String, FigureError> {
    if sides.iter().all(|side| !side.index.is_finite()) {
        return Err(FigureError::nothing("pair of steps"));
    }
    let is_time = |side: &SymmetryReport| side.unit == "s";
    let mut styles =
        styles(sides.iter().filter(|side| !is_time(side)).map(|side| side.name.as_str())).into_iter();
    let rows = sides.iter().map(|side| {
        let style = if is_time(side) { Style::ink() } else { styles.next().unwrap_or(Style::ink()) };
        let mut row = Row::new(display_name(&side.name), style);
        row.value = Some(100.0 * side.index).filter(|v| v.is_finite());
        row.ci = side.ci.map(|[low, high]| (100.0 * low, 100.0 * high));
        let (factor, unit) = if is_time(side) { (1e3, "ms") } else { (1.0, side.unit.as_str()) };
        let of = |v: f64| rounded(factor * v, 0);
        row.note = format!("L {}, R {} {unit}", of(side.left), of(side.right));
        row
    });
    let rows: Vec<Row> = rows.collect();
    Ok(figure(title, |canvas| {
        canvas.rows(
            &rows,
            &Rows {
                x: about_zero(&rows, 20.0),
                x_title: "right less left (% of their mean), mean and interval; dashed: equal",
                zero: Some(0.0),
                ..Rows::default()
            },
        );
    }))
}
