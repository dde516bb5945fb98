//! Values with their intervals, one below the other.

use super::style::{self, DOT, FAINT, FigureError, Frame, INK, SCALE, colour, words};
use crate::inference::Estimate;
use plotters::{
    element::{Circle, PathElement},
    style::Color,
};
use std::{string::String, vec::Vec};

/// Named values of one unit, each with its interval where it has one; the dashed line is 0, where it lies within reach.
///
/// `axis` says what the values are and in which unit, and `factor` brings them to it (1000 for seconds in ms).
///
/// ```
/// # #[cfg(feature = "plot")] {
/// use copeak::{inference::t_interval, report::figure};
/// let lag_s = t_interval(&[0.017, 0.021, 0.019, 0.02], 0.95).unwrap();
/// let svg = figure::intervals("Lags", "lag (ms)", 1e3, [("hip to knee", &lag_s)]).unwrap();
/// assert!(svg.contains("hip to knee"));
/// # }
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
    let (names, rows): (Vec<String>, Vec<(f64, Option<(f64, f64)>)>) = rows
        .into_iter()
        .map(|(name, e)| (name.into(), (factor * e.value, e.ci.map(|(l, h)| (factor * l, factor * h)))))
        .unzip();
    let ends = || rows.iter().flat_map(|(value, ci)| [*value, ci.map_or(*value, |c| c.0), ci.map_or(*value, |c| c.1)]);
    if !rows.iter().any(|row| row.0.is_finite()) {
        return Err(FigureError::nothing("value"));
    }
    let narrow = style::span(ends(), (0.0, 1.0));
    let x = if narrow.1 - narrow.0 > 0.0 { narrow } else { (narrow.0 - 1.0, narrow.1 + 1.0) };
    // 0 is shown where the values are not much farther from it than from each other.
    let wide = style::span(ends().chain([0.0]), x);
    let x = if wide.1 - wide.0 < 4.0 * (x.1 - x.0) { wide } else { x };
    let strip = (-(rows.len() as f64) + 0.4, 0.6);
    let height = 64 + 26 * rows.len() as u32 + if title.is_empty() { 0 } else { 26 };
    style::svg((760, height), |area| {
        let mut chart = Frame {
            title,
            x,
            y: strip,
            x_title: axis,
            y_title: "",
            left: 180,
            x_label: &style::plain,
            y_label: &|y| style::row_name(&names, y),
            x_ticks: style::ticks(x, 7),
            y_ticks: style::rows(rows.len()),
            lines: false,
        }
        .draw(area)?;
        if x.0 < 0.0 && x.1 > 0.0 {
            style::dashed(&mut chart, 0.0, strip)?;
        }
        for (i, (value, ci)) in rows.iter().enumerate().filter(|(_, row)| row.0.is_finite()) {
            let y = -(i as f64);
            let lane = PathElement::new([(x.0, y), (x.1, y)], FAINT.stroke_width(SCALE));
            chart.draw_series([lane]).map_err(words)?;
            if let Some((low, high)) = ci {
                let ends = [(low.max(x.0), y), (high.min(x.1), y)];
                chart.draw_series([PathElement::new(ends, INK.stroke_width(3 * SCALE))]).map_err(words)?;
            }
            chart.draw_series([Circle::new((*value, y), 5 * DOT, colour(0).filled())]).map_err(words)?;
        }
        Ok(())
    })
}
