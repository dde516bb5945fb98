//! Missing, mistimed and shape as bars.

use super::style::{self, FigureError, Frame, INK, SCALE, colour, words};
use crate::report::Report;
use plotters::{
    element::{PathElement, Rectangle},
    style::Color,
};
use std::{string::String, vec::Vec};

/// Each comparison's shortfall against the reference, split into missing, mistimed and shape, with 95 % intervals.
/// A bar to the right is a shortfall, to the left a surplus.
///
/// # Errors
/// [`FigureError`] when nothing is compared.
pub fn shortfall(report: &Report) -> Result<String, FigureError> {
    if report.comparisons.is_empty() {
        return Err(FigureError::nothing("comparison"));
    }
    let mut bars = Vec::new();
    for comparison in &report.comparisons {
        bars.push((comparison.file.clone(), None));
        let parts = [
            ("missing", comparison.missing, comparison.missing_ci),
            ("mistimed", comparison.mistimed, comparison.mistimed_ci),
            ("shape", comparison.shape, comparison.shape_ci),
            ("total", comparison.total, comparison.total_ci),
        ];
        bars.extend(
            parts
                .into_iter()
                .enumerate()
                .map(|(i, (name, value, ci))| (String::from(name), Some((i, value, ci)))),
        );
    }
    let rows = bars.len();
    let ends = bars.iter().filter_map(|(_, bar)| *bar).flat_map(|(_, value, ci)| {
        let [low, high] = ci.unwrap_or([value, value]);
        [low, high, value]
    });
    let span = style::span(ends.chain([0.0]), (-1.0, 1.0));
    let first = &report.comparisons[0];
    style::svg((760, 90 + 20 * rows as u32), |area| {
        let names: Vec<String> = bars.iter().map(|(name, _)| name.clone()).collect();
        let axis = std::format!("shortfall against {} ({})", first.reference, first.unit);
        let mut chart = Frame {
            title: "Missing, mistimed or shape",
            x: span,
            y: (-(rows as f64) + 0.4, 0.6),
            x_title: &axis,
            y_title: "",
            left: 220,
            x_label: &style::plain,
            y_label: &|y| style::row_name(&names, y),
            x_ticks: style::ticks(span, 9),
            y_ticks: style::rows(rows),
            lines: false,
        }
        .draw(area)?;
        for (row, (_, bar)) in bars.iter().enumerate() {
            let y = -(row as f64);
            let Some((i, value, ci)) = bar else { continue };
            let fill = if *i == 3 { INK.mix(0.6).filled() } else { colour(*i).mix(0.8).filled() };
            chart
                .draw_series([Rectangle::new([(0.0, y - 0.35), (*value, y + 0.35)], fill)])
                .map_err(words)?;
            if let Some([low, high]) = ci {
                chart
                    .draw_series([PathElement::new([(*low, y), (*high, y)], INK.stroke_width(2 * SCALE))])
                    .map_err(words)?;
            }
        }
        let zero = PathElement::new([(0.0, -(rows as f64) + 0.4), (0.0, 0.6)], INK.stroke_width(SCALE));
        chart.draw_series([zero]).map_err(words)?;
        Ok(())
    })
}
