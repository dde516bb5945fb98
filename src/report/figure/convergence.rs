//! Coincidence and convergence index of every recording, by speed where it is known.

use super::style::{self, DOT, FigureError, Frame, SCALE, colour, font, words};
use crate::report::{RecordingReport, Report};
use plotters::{
    element::{Circle, PathElement, Text},
    style::{
        Color,
        text_anchor::{HPos, Pos, VPos},
    },
};
use std::{string::String, vec::Vec};

/// Each step's coincidence and kappa, and the recording's values with the 95 % interval of kappa, by speed; in the
/// order given when any recording has no speed.
///
/// # Errors
/// [`FigureError`] when no recording has an accepted step.
pub fn convergence(report: &Report) -> Result<String, FigureError> {
    let shown: Vec<&RecordingReport> =
        report.recordings.iter().filter(|r| r.convergence.coincidence.is_some()).collect();
    if shown.is_empty() {
        return Err(FigureError::nothing("accepted step"));
    }
    let speeds: Option<Vec<f64>> = shown.iter().map(|r| r.speed_mps).collect();
    let by_speed = speeds.is_some();
    let x: Vec<f64> = speeds.unwrap_or_else(|| (1..=shown.len()).map(|i| i as f64).collect());
    let wide = x.iter().copied().fold(0.0, f64::max) - x.iter().copied().fold(f64::INFINITY, f64::min);
    let room = if wide > 0.0 { 0.12 * wide } else { 1.0 };
    let first = x.iter().copied().fold(f64::INFINITY, f64::min) - room;
    let last = x.iter().copied().fold(0.0, f64::max) + 1.6 * room;
    let aside = 0.12 * room;

    let values = shown.iter().flat_map(|r| {
        let steps = r.steps.iter().flat_map(|s| [s.coincidence, s.kappa]);
        let ends = r.convergence.ci.into_iter().flatten().map(Some);
        steps.chain(ends).flatten()
    });
    let (low, high) = style::span(values.chain([0.0, 1.0]), (0.0, 1.0));
    style::svg((760, 320), |area| {
        let names: Vec<String> = shown.iter().map(|r| r.file.clone()).collect();
        let name = |v: f64| names.get((v.round() as usize).wrapping_sub(1)).cloned().unwrap_or_default();
        let y = (low.max(-1.0), high.min(1.05));
        let mut chart = Frame {
            title: "Coincidence and convergence index",
            x: (first, last),
            y,
            x_title: if by_speed { "speed (m/s)" } else { "recording" },
            y_title: "",
            left: 110,
            x_label: if by_speed { &style::plain } else { &name },
            y_label: &style::plain,
            x_ticks: if by_speed { style::ticks((first, last), 8) } else { x.clone() },
            y_ticks: style::ticks(y, 6),
            lines: true,
        }
        .draw(area)?;
        for (series, label) in ["coincidence", "kappa"].into_iter().enumerate() {
            let ink = colour(series);
            let at = |x: f64| x + if series == 0 { -aside } else { aside };
            let mut mean_line = Vec::new();
            for (recording, &x) in shown.iter().zip(&x) {
                let steps =
                    recording.steps.iter().filter_map(|s| if series == 0 { s.coincidence } else { s.kappa });
                chart
                    .draw_series(steps.map(|v| Circle::new((at(x), v), 3 * DOT, ink.mix(0.35).filled())))
                    .map_err(words)?;
                let convergence = &recording.convergence;
                let mean = if series == 0 { convergence.coincidence } else { convergence.kappa };
                if let (1, Some([low, high])) = (series, convergence.ci) {
                    chart
                        .draw_series([PathElement::new(
                            [(at(x), low), (at(x), high)],
                            ink.stroke_width(3 * SCALE),
                        )])
                        .map_err(words)?;
                }
                mean_line.extend(mean.map(|m| (at(x), m)));
            }
            mean_line.sort_by(|a, b| a.0.total_cmp(&b.0));
            chart
                .draw_series(mean_line.iter().map(|&p| Circle::new(p, 6 * DOT, ink.filled())))
                .map_err(words)?;
            if let Some(&(x, y)) = mean_line.last() {
                let style = font(13).color(&ink).pos(Pos::new(HPos::Left, VPos::Center));
                chart.draw_series([Text::new(label, (x + 0.2 * room, y), style)]).map_err(words)?;
            }
            if by_speed {
                chart.draw_series([PathElement::new(mean_line, ink.stroke_width(SCALE))]).map_err(words)?;
            }
        }
        Ok(())
    })
}
