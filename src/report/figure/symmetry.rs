//! Differences of right from left.

use super::draw::{Row, Rows, Style, about_zero, display_name, figure, rounded, styles};
use super::error::FigureError;
use crate::study::{SideDifference, SideQuantity};
use std::{
    format,
    string::{String, ToString},
    vec::Vec,
};

/// Draws the difference of right from left as a fraction of the mean of both, with its interval: times in ink, contributors'
/// peaks in their colours; on the right both sides' means.
///
/// ```
/// use copeak::{report::figure, simulate::Sprinter, study::Study};
/// let trial = Sprinter::at_speed(8.0).steps(12).every_amplitude_scatter(0.04).simulate().unwrap().recording;
/// let study = Study::builder().trial(&trial).replicates(50).run().unwrap();
/// let svg = figure::symmetry("Right against left", &study.sessions[0].trials[0].symmetry).unwrap();
/// assert!(svg.contains("contact time"));
/// ```
///
/// # Errors
/// [`FigureError`] when nothing was measured on both sides.
pub fn symmetry(title: &str, sides: &[SideDifference]) -> Result<String, FigureError> {
    if sides.iter().all(|side| !side.index.value.is_finite()) {
        return Err(FigureError::nothing("pair of steps"));
    }
    let contributor = |side: &SideDifference| match &side.quantity {
        SideQuantity::Peak(contributor) => Some(contributor.clone()),
        _ => None,
    };
    let contributors: Vec<String> = sides.iter().filter_map(contributor).collect();
    let mut styles = styles(contributors.iter().map(String::as_str)).into_iter();
    let rows = sides.iter().map(|side| {
        let is_time = contributor(side).is_none();
        let style = if is_time { Style::ink() } else { styles.next().unwrap_or(Style::ink()) };
        let mut row = Row::new(display_name(&side.quantity.to_string()), style);
        row.value = Some(100.0 * side.index.value).filter(|v| v.is_finite());
        row.ci = side.index.ci.map(|ci| ci.scaled(100.0).into());
        let (factor, unit) = if is_time { (1e3, "ms") } else { (1.0, side.unit.as_str()) };
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
