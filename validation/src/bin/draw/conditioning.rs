//! Draws the figures of the filters' documentation from a simulated sprinter:
//! `scripts/draw-figures` writes `velocity.svg` and `residual.svg` into that folder.

use copeak::filter::cutoff::ResidualAnalysis;
use copeak::filter::{CentralDifference, Filter, SmoothDerivative, SpikeRepair};
use copeak::simulate::Sprinter;
use copeak::{Signal, report::figure};
use copeak_validation::Error;
use copeak_validation::canvas::{Area, BLUE, FAINT, INK, ORANGE, PURPLE, SCALE, svg};
use plotters::chart::{ChartBuilder, LabelAreaPosition, SeriesLabelPosition};
use plotters::element::PathElement;
use plotters::prelude::IntoFont;
use plotters::series::LineSeries;
use plotters::style::{Color, RGBColor, ShapeStyle, TextStyle};
use std::path::Path;

pub fn main(folder: &Path) -> Result<(), Error> {
    std::fs::write(folder.join("velocity.svg"), figure::standalone(&svg((760, 620), velocity)?))?;
    std::fs::write(folder.join("residual.svg"), figure::standalone(&residual()?))?;
    Ok(())
}

fn font(size: u32) -> TextStyle<'static> {
    TextStyle::from(("sans-serif", size * SCALE).into_font()).color(&INK)
}

/// A number as an axis shows it.
fn plain(value: &f64) -> String {
    format!("{}", (value * 100.0).round() / 100.0)
}

/// A channel of a runner at 7 m/s, with this much camera noise.
fn channel(name: &str, noise_deg: f64) -> Result<Signal, Error> {
    let trial = Sprinter::at_speed(7.0).steps(12).angle_noise_deg(noise_deg).seed(5).simulate()?;
    Ok(trial.recording.signal(name)?.clone())
}

struct Curve<'a> {
    name: &'a str,
    points: Vec<(f64, f64)>,
    style: ShapeStyle,
}

struct Panel<'a> {
    title: &'a str,
    x: (f64, f64),
    y: (f64, f64),
    x_title: &'a str,
    y_title: &'a str,
}

fn chart(area: &Area<'_>, panel: &Panel<'_>, curves: &[Curve<'_>]) -> Result<(), Error> {
    let mut chart = ChartBuilder::on(area)
        .margin(8 * SCALE)
        .margin_right(20 * SCALE)
        .set_label_area_size(LabelAreaPosition::Left, 62 * SCALE)
        .set_label_area_size(LabelAreaPosition::Bottom, 42 * SCALE)
        .caption(panel.title, font(16))
        .build_cartesian_2d(panel.x.0..panel.x.1, panel.y.0..panel.y.1)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .bold_line_style(FAINT.stroke_width(SCALE))
        .light_line_style(plotters::style::TRANSPARENT)
        .axis_style(INK.stroke_width(SCALE))
        .label_style(font(13))
        .axis_desc_style(font(13))
        .x_desc(panel.x_title)
        .y_desc(panel.y_title)
        .x_label_formatter(&plain)
        .y_label_formatter(&plain)
        .x_labels(8)
        .y_labels(6)
        .draw()?;
    for curve in curves {
        // Cut to the panel: what leaves it runs along its edge.
        let inside = curve.points.iter().filter(|(x, _)| *x >= panel.x.0 && *x <= panel.x.1);
        let points: Vec<_> = inside.map(|(x, y)| (*x, y.clamp(panel.y.0, panel.y.1))).collect();
        let style = curve.style;
        let drawn = chart.draw_series(LineSeries::new(points, style))?;
        if !curve.name.is_empty() {
            drawn
                .label(curve.name)
                .legend(move |(x, y)| PathElement::new([(x, y), (x + 22 * SCALE as i32, y)], style));
        }
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperRight)
        .legend_area_size(26 * SCALE)
        .margin(6 * SCALE)
        .label_font(font(13))
        .draw()?;
    Ok(())
}

/// Single frames in which a marker jumped, and what they do to the velocity.
fn velocity(area: &Area<'_>) -> Result<(), Error> {
    let (clean, mut raw) = (channel("trunk_rotation", 0.0)?, channel("trunk_rotation", 0.06)?.into_samples());
    let rate = clean.clock().rate();
    // As it happens with a pelvis marker: one frame, two frames, one frame.
    for (frames, size) in [(171..172, -5.2), (262..264, 4.0), (330..331, 3.0)] {
        raw[frames].iter_mut().for_each(|x| *x += size);
    }
    let repaired = SpikeRepair::new().apply(&raw)?;
    let low_pass = SmoothDerivative::velocity(2, 15.0, rate)?;
    let difference = CentralDifference::new(rate);
    let curve = |name, y: &[f64], colour: RGBColor, width: u32| Curve {
        name,
        points: y.iter().enumerate().map(|(i, y)| (clean.clock().time_s(i as f64), *y)).collect(),
        style: colour.stroke_width(width * SCALE / 2),
    };
    let (from, to) = (clean.clock().time_s(130.0), clean.clock().time_s(370.0));
    let (top, bottom) = area.split_vertically(270 * SCALE);
    let angle = Panel {
        title: "Trunk rotation of a simulated runner at 7 m/s, with single wrong frames",
        x: (from, to),
        y: (-20.0, 25.0),
        x_title: "",
        y_title: "angle, degrees",
    };
    chart(&top, &angle, &[curve("raw", &raw, ORANGE, 3), curve("spikes repaired", &repaired, BLUE, 3)])?;
    let speed = Panel {
        title: "Its velocity",
        x: (from, to),
        y: (-450.0, 550.0),
        x_title: "time, s",
        y_title: "degrees/s",
    };
    chart(
        &bottom,
        &speed,
        &[
            curve("raw", &difference.apply(&raw)?, PURPLE, 2),
            curve("low-pass 15 Hz", &low_pass.apply(&raw)?, ORANGE, 4),
            curve("repaired, low-pass 15 Hz", &low_pass.apply(&repaired)?, BLUE, 4),
            curve("without noise and spikes", &difference.apply(clean.samples())?, INK, 2),
        ],
    )
}

/// The residual over the cut-off, its line, and what the range of the line does to the cut-off.
fn residual() -> Result<String, Error> {
    let angle = channel("knee_flexion_r", 0.2)?;
    let found = ResidualAnalysis::new(angle.clock().rate()).apply(angle.samples())?;
    let title = "Residual analysis of a simulated knee angle with 0.2 degrees of noise";
    Ok(figure::residual(title, "deg", &found)?)
}
