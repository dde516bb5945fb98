//! Lag and locking of leg and opposite arm against speed.

use super::limbs::Runner;
use crate::Error;
use crate::canvas::{Area, BLUE, FAINT, INK, ORANGE, SCALE, svg};
use copeak::inference::Interval;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

const SIZE: (u32, u32) = (760, 360);

/// A point with its interval, and each single lag.
struct Point {
    x: f64,
    y: f64,
    ci: Option<Interval>,
    singles: Vec<f64>,
    colour: RGBColor,
}

pub fn draw(runners: &[Runner]) -> Result<String, Error> {
    let colour = |r: &Runner| if r.name.starts_with("dorn") { BLUE } else { ORANGE };
    let lags = runners.iter().map(|r| Point {
        x: r.speed_mps,
        y: 1e3 * r.answers[0].lag_s.value,
        // One wider than a stride has no information.
        ci: r.answers[0].lag_s.ci.filter(|ci| ci.width() < r.stride_s).map(|ci| ci.scaled(1e3)),
        singles: r.answers[0].lags_s.iter().map(|lag| 1e3 * lag).collect(),
        colour: colour(r),
    });
    let locking = runners.iter().filter_map(|r| {
        let locking = r.answers[0].locking?;
        Some(Point { x: r.speed_mps, y: locking.value, ci: locking.ci, singles: vec![], colour: colour(r) })
    });
    let drawn = svg(SIZE, |area| {
        let (left, right) = area.split_horizontally(SIZE.0 * SCALE / 2);
        panel(&left, "Opposite arm behind the leg, ms", (-80.0, 90.0), &lags.collect::<Vec<_>>())?;
        panel(&right, "Locking of the two", (0.0, 1.05), &locking.collect::<Vec<_>>())?;
        let style = |colour: &RGBColor| {
            ("sans-serif", 13 * SCALE).into_font().color(colour).pos(Pos::new(HPos::Left, VPos::Center))
        };
        for (row, (words, colour)) in [("sprinter", BLUE), ("second runner", ORANGE)].iter().enumerate() {
            let at = (230 * SCALE as i32, (52 + 18 * row as i32) * SCALE as i32);
            area.draw(&Circle::new((at.0, at.1), 4 * SCALE as i32, colour.filled()))?;
            area.draw(&Text::new(*words, (at.0 + 9 * SCALE as i32, at.1), style(&INK)))?;
        }
        Ok(())
    })?;
    Ok(copeak::report::figure::standalone(&drawn))
}

fn panel(area: &Area<'_>, title: &str, y: (f64, f64), points: &[Point]) -> Result<(), Error> {
    let font = |size: u32| ("sans-serif", size * SCALE).into_font().color(&INK);
    let mut chart = ChartBuilder::on(area)
        .margin(10 * SCALE)
        .x_label_area_size(40 * SCALE)
        .y_label_area_size(46 * SCALE)
        .caption(title, font(15))
        .build_cartesian_2d(1.5..10.0, y.0..y.1)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .set_all_tick_mark_size(5 * SCALE)
        .axis_style(INK.stroke_width(SCALE))
        .bold_line_style(FAINT.stroke_width(SCALE))
        .light_line_style(TRANSPARENT)
        .label_style(font(13))
        .axis_desc_style(font(13))
        .x_desc("speed, m/s")
        .x_labels(9)
        .y_labels(9)
        .x_label_formatter(&|v| format!("{v:.0}"))
        .y_label_formatter(&|v| if y.1 > 2.0 { format!("{v:.0}") } else { format!("{v:.1}") })
        .draw()?;
    for point in points {
        if let Some(Interval { low, high }) = point.ci {
            let ends = [(point.x, low.max(y.0)), (point.x, high.min(y.1))];
            chart.draw_series([PathElement::new(ends, point.colour.stroke_width(2 * SCALE))])?;
        }
        let singles = point.singles.iter().filter(|v| (y.0..=y.1).contains(v));
        chart
            .draw_series(singles.map(|v| {
                Circle::new((point.x + 0.15, *v), 2 * SCALE as i32, point.colour.mix(0.5).filled())
            }))?;
        chart.draw_series([Circle::new((point.x, point.y), 4 * SCALE as i32, point.colour.filled())])?;
    }
    Ok(())
}
