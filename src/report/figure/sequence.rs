//! The within-limb sequence as a timeline.

use super::style::{self, DOT, FAINT, FigureError, Frame, INK, SCALE, colour, words};
use crate::report::Curves;
use plotters::{
    element::{Circle, PathElement},
    style::Color,
};
use std::{string::String, vec::Vec};

/// Peak times after initial contact of each channel: every cycle, the mean and its 95 % interval; the dashed line is
/// terminal contact.
///
/// # Errors
/// [`FigureError`] when there is no sequence.
pub fn sequence(title: &str, curves: &Curves) -> Result<String, FigureError> {
    if curves.sequence.iter().all(|row| row.times_s.is_empty()) {
        return Err(FigureError::nothing("sequence"));
    }
    let rows = curves.sequence.len();
    style::svg((760, 100 + 40 * rows as u32), |area| {
        let names: Vec<String> = curves.sequence.iter().map(|row| row.channel.clone()).collect();
        let all = curves.sequence.iter().flat_map(|row| row.times_s.iter().copied());
        let (_, latest) = style::span(all.chain([0.0, curves.contact_s]), (0.0, 0.3));
        let strip = (-(rows as f64) + 0.4, 0.6);
        let mut chart = Frame {
            title,
            x: (0.0, 1e3 * latest),
            y: strip,
            x_title: "time after initial contact (ms)",
            y_title: "",
            left: 110,
            x_label: &style::plain,
            y_label: &|y| style::row_name(&names, y),
            x_ticks: style::ticks((0.0, 1e3 * latest), 9),
            y_ticks: style::rows(rows),
            lines: false,
        }
        .draw(area)?;
        let off = 1e3 * curves.contact_s;
        let dashes = (0..12).map(|i| {
            let at = |f: f64| (off, strip.0 + (strip.1 - strip.0) * f / 12.0);
            PathElement::new([at(f64::from(i)), at(f64::from(i) + 0.5)], INK.stroke_width(SCALE))
        });
        chart.draw_series(dashes).map_err(words)?;
        for (i, row) in curves.sequence.iter().enumerate() {
            let y = -(i as f64);
            chart
                .draw_series([PathElement::new([(0.0, y), (1e3 * latest, y)], FAINT.stroke_width(SCALE))])
                .map_err(words)?;
            let dots =
                row.times_s.iter().map(|t| Circle::new((1e3 * t, y), 3 * DOT, colour(i).mix(0.4).filled()));
            chart.draw_series(dots).map_err(words)?;
            if let Some([low, high]) = row.ci {
                let bar =
                    PathElement::new([(1e3 * low, y), (1e3 * high, y)], colour(i).stroke_width(5 * SCALE));
                chart.draw_series([bar]).map_err(words)?;
            }
            if !row.times_s.is_empty() {
                let mean = row.times_s.iter().sum::<f64>() / row.times_s.len() as f64;
                chart
                    .draw_series([Circle::new((1e3 * mean, y), 6 * DOT, colour(i).filled())])
                    .map_err(words)?;
            }
        }
        Ok(())
    })
}
