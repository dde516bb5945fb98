//! Values with their intervals, one below the other.

use super::draw::{Row, Rows, Style, figure, span};
use super::error::FigureError;
use crate::inference::Estimate;
use std::{string::String, vec::Vec};

/// Draws named values of one unit, each with its interval where it has one; the dashed line is 0, if it is near them.
///
/// `axis` names the quantity and its unit, and `factor` converts the values to it (1000 for seconds in ms).
///
/// ```
/// use copeak::{inference::t_interval, report::figure};
/// let lag_s = t_interval(&[0.017, 0.021, 0.019, 0.02], 0.95).unwrap();
/// let svg = figure::intervals("Lags", "lag (ms)", 1e3, [("hip to knee", &lag_s)]).unwrap();
/// assert!(svg.contains("hip to knee"));
/// ```
///
/// # Errors
/// [`FigureError`] when no value is finite.
pub fn intervals<'a, N: Into<String>>(
    title: &str,
    axis: &str,
    factor: f64,
    rows: impl IntoIterator<Item = (N, &'a Estimate)>,
) -> Result<String, FigureError> {
    let row = |(name, e): (N, &Estimate)| {
        let mut row = Row::new(name, Style { dashes: &[], ..Style::nth(0) });
        row.value = Some(factor * e.value).filter(|v| v.is_finite());
        row.ci = e.ci.map(|ci| ci.scaled(factor).into());
        row
    };
    let rows: Vec<Row> = rows.into_iter().map(row).collect();
    if rows.iter().all(|row| row.value.is_none()) {
        return Err(FigureError::nothing("value"));
    }
    // 0 is shown where the values are not much farther from it than from each other.
    let values = || rows.iter().flat_map(Row::values);
    let (close, wide) = (span(values(), (0.0, 1.0)), span(values().chain([0.0]), (0.0, 1.0)));
    let x = if wide.1 - wide.0 < 4.0 * (close.1 - close.0) { wide } else { close };
    let zero = (x.0 < 0.0 && x.1 > 0.0).then_some(0.0);
    Ok(figure(title, |canvas| {
        canvas.rows(&rows, &Rows { x, x_title: axis, zero, ..Rows::default() });
    }))
}
