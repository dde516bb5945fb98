//! The contributors' drives over the cycle, with each step's peaks.

use super::style::{self, DOT, FAINT, FigureError, Frame, INK, SCALE, colour, font, words};
use crate::numeric::moments;
use crate::report::Curves;
use plotters::{
    element::{Circle, PathElement, Polygon, Rectangle, Text},
    series::LineSeries,
    style::{
        Color,
        text_anchor::{HPos, Pos, VPos},
    },
};
use std::{string::String, vec::Vec};

/// Mean drives (with one standard deviation) over the cycle around mid-contact, and below them each step's peak
/// times with their mean and standard deviation.
///
/// # Errors
/// [`FigureError`] when there is no drive.
pub fn drives(title: &str, curves: &Curves) -> Result<String, FigureError> {
    if curves.drives.is_empty() {
        return Err(FigureError::nothing("drive"));
    }
    let half_ms = 500.0 * curves.cycle_s;
    let contact_ms = 500.0 * curves.contact_s;
    let rows = curves.drives.len();
    let upper = 280;
    style::svg((760, upper + 70 + 24 * rows as u32), |area| {
        let (top, bottom) = area.split_vertically(upper * SCALE);
        let tops = curves.drives.iter().flat_map(|d| d.mean.iter().zip(&d.sd).map(|(m, s)| m + s));
        let high = style::span(tops.chain([0.0, 1.0]), (0.0, 1.0)).1;
        // Forces also pull: their bands reach below 0, where those of clipped drives have nothing to show.
        let below = |(m, s): (&f64, &f64)| if *m < 0.0 { m - s } else { 0.0 };
        let low = curves.drives.iter().flat_map(|d| d.mean.iter().zip(&d.sd).map(below)).fold(0.0, f64::min);
        let mut chart = Frame {
            title,
            x: (-half_ms, half_ms),
            y: (low, high),
            x_title: "",
            y_title: if curves.unit == "N" { "force (N)" } else { "drive" },
            left: 110,
            x_label: &|_| String::new(),
            y_label: &style::plain,
            x_ticks: style::ticks((-half_ms, half_ms), 9),
            y_ticks: style::ticks((low, high), 5),
            lines: true,
        }
        .draw(&top)?;
        // Where the support foot is down; half a cycle away, the other one.
        let shade = |from: f64, to: f64, y: (f64, f64)| {
            Rectangle::new([(from.max(-half_ms), y.0), (to.min(half_ms), y.1)], INK.mix(0.07).filled())
        };
        chart.draw_series([shade(-contact_ms, contact_ms, (low, high))]).map_err(words)?;
        for (i, drive) in curves.drives.iter().enumerate() {
            let step = 2.0 * half_ms / drive.mean.len() as f64;
            let x = |k: usize| -half_ms + k as f64 * step;
            let upper = drive.mean.iter().zip(&drive.sd).enumerate().map(|(k, (m, s))| (x(k), m + s));
            let lower = drive.mean.iter().zip(&drive.sd).enumerate().map(|(k, (m, s))| (x(k), m - s));
            let mut band: Vec<(f64, f64)> = upper.collect();
            band.extend(lower.map(|(x, y)| (x, y.max(low))).rev());
            chart.draw_series([Polygon::new(band, colour(i).mix(0.15))]).map_err(words)?;
        }
        for (i, drive) in curves.drives.iter().enumerate() {
            let step = 2.0 * half_ms / drive.mean.len() as f64;
            let line = drive.mean.iter().enumerate().map(|(k, m)| (-half_ms + k as f64 * step, *m));
            chart.draw_series(LineSeries::new(line, colour(i).stroke_width(2 * SCALE))).map_err(words)?;
        }

        let names: Vec<String> = curves.drives.iter().map(|d| d.name.replace('_', " ")).collect();
        let strip = (-(rows as f64) + 0.4, 0.6);
        let mut chart = Frame {
            title: "",
            x: (-half_ms, half_ms),
            y: strip,
            x_title: "time from mid-contact (ms); shaded: support foot on the ground",
            y_title: "",
            left: 110,
            x_label: &style::plain,
            y_label: &|y| style::row_name(&names, y),
            x_ticks: style::ticks((-half_ms, half_ms), 9),
            y_ticks: style::rows(rows),
            lines: false,
        }
        .draw(&bottom)?;
        chart.draw_series([shade(-contact_ms, contact_ms, strip)]).map_err(words)?;
        for (i, drive) in curves.drives.iter().enumerate() {
            let y = -(i as f64);
            let times: Vec<f64> = drive.peaks_s.iter().map(|t| 1e3 * t).collect();
            if times.is_empty() {
                let note = Text::new(
                    "no peak",
                    (0.0, y),
                    font(12).color(&INK).pos(Pos::new(HPos::Center, VPos::Center)),
                );
                chart.draw_series([note]).map_err(words)?;
                continue;
            }
            let (mean, variance) = moments(&times);
            let sd = variance.sqrt();
            chart
                .draw_series([PathElement::new([(-half_ms, y), (half_ms, y)], FAINT.stroke_width(SCALE))])
                .map_err(words)?;
            chart
                .draw_series([PathElement::new(
                    [(mean - sd, y), (mean + sd, y)],
                    colour(i).stroke_width(4 * SCALE),
                )])
                .map_err(words)?;
            chart
                .draw_series(times.iter().map(|t| Circle::new((*t, y), 3 * DOT, colour(i).mix(0.5).filled())))
                .map_err(words)?;
            chart.draw_series([Circle::new((mean, y), 5 * DOT, colour(i).filled())]).map_err(words)?;
        }
        Ok(())
    })
}
