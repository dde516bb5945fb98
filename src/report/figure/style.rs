//! One look for all figures.

use plotters::{
    chart::{ChartBuilder, ChartContext},
    coord::ranged1d::{DefaultFormatting, KeyPointHint, Ranged},
    drawing::DrawingArea,
    element::PathElement,
    prelude::{Cartesian2d, IntoDrawingArea, IntoFont, SVGBackend},
    style::{Color, RGBColor, TextStyle},
};
use std::{fmt, ops::Range, string::String, vec::Vec};

/// A figure that could not be drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct FigureError(String);

impl fmt::Display for FigureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot draw the figure: {}", self.0)
    }
}

impl std::error::Error for FigureError {}

impl FigureError {
    pub(super) fn nothing(what: &str) -> Self {
        Self(std::format!("there is no {what} to show"))
    }
}

/// Drawing errors carry the backend's type; only their words leave this room.
pub(super) fn words(error: impl fmt::Display) -> FigureError {
    FigureError(std::string::ToString::to_string(&error))
}

/// The backend rounds to whole units; this many of them to a pixel keep curves smooth.
pub(super) const SCALE: u32 = 8;
/// The same for radii.
pub(super) const DOT: i32 = SCALE as i32;
pub(super) const INK: RGBColor = RGBColor(0x22, 0x22, 0x22);
pub(super) const FAINT: RGBColor = RGBColor(0xD9, 0xD9, 0xD9);
/// Okabe and Ito's colours, told apart with every common colour-vision deficiency.
pub(super) const PALETTE: [RGBColor; 6] = [
    RGBColor(0x00, 0x72, 0xB2),
    RGBColor(0xD5, 0x5E, 0x00),
    RGBColor(0x00, 0x9E, 0x73),
    RGBColor(0xCC, 0x79, 0xA7),
    RGBColor(0xE6, 0x9F, 0x00),
    RGBColor(0x56, 0xB4, 0xE9),
];

pub(super) fn colour(index: usize) -> RGBColor {
    PALETTE[index % PALETTE.len()]
}

/// Let a page's style sheet recolour a figure: each colour becomes a CSS variable (`--ink`, `--faint`, `--c0`
/// to `--c5`) that falls back to the printed colour.
pub fn themed(svg: &str) -> String {
    let names = ["--ink", "--faint", "--c0", "--c1", "--c2", "--c3", "--c4", "--c5"];
    let mut out = String::from(svg);
    for (name, RGBColor(r, g, b)) in names.iter().zip([INK, FAINT].iter().chain(&PALETTE)) {
        let hex = std::format!("\"#{r:02X}{g:02X}{b:02X}\"");
        out = out.replace(&hex, &std::format!("\"var({name},{})\"", hex.trim_matches('"')));
    }
    out
}

pub(super) type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;
pub(super) type Chart<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<Axis, Axis>>;

/// An axis with its tick marks exactly where they are asked for.
pub(super) struct Axis {
    span: (f64, f64),
    ticks: Vec<f64>,
}

impl Ranged for Axis {
    type FormatOption = DefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (low, high): (i32, i32)) -> i32 {
        let share = (value - self.span.0) / (self.span.1 - self.span.0);
        low + (share * f64::from(high - low)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, _: Hint) -> Vec<f64> {
        self.ticks.clone()
    }

    fn range(&self) -> Range<f64> {
        self.span.0..self.span.1
    }
}

/// Draw into a fresh SVG of this size in pixels, on no background.
pub(super) fn svg(
    (width, height): (u32, u32),
    draw: impl FnOnce(&Area<'_>) -> Result<(), FigureError>,
) -> Result<String, FigureError> {
    let mut text = String::new();
    let (wide, high) = (width * SCALE, height * SCALE);
    {
        let area = SVGBackend::with_string(&mut text, (wide, high)).into_drawing_area();
        draw(&area)?;
        area.present().map_err(words)?;
    }
    let size = |w: u32, h: u32| std::format!("width=\"{w}\" height=\"{h}\" ");
    Ok(text.replacen(&size(wide, high), &size(width, height), 1))
}

pub(super) fn font(size: u32) -> TextStyle<'static> {
    TextStyle::from(("sans-serif", size * SCALE).into_font()).color(&INK)
}

/// An empty chart with axes on the left and below.
pub(super) struct Frame<'t> {
    pub title: &'t str,
    pub x: (f64, f64),
    pub y: (f64, f64),
    pub x_title: &'t str,
    pub y_title: &'t str,
    /// Room on the left for the axis labels.
    pub left: u32,
    /// How an x label reads; `None` hides it.
    pub x_label: &'t dyn Fn(f64) -> String,
    pub y_label: &'t dyn Fn(f64) -> String,
    pub x_ticks: Vec<f64>,
    pub y_ticks: Vec<f64>,
    /// Whether faint lines run across at the y ticks.
    pub lines: bool,
}

impl Frame<'_> {
    pub(super) fn draw<'a, 'b>(&self, area: &'a Area<'b>) -> Result<Chart<'a, 'b>, FigureError> {
        let mut builder = ChartBuilder::on(area);
        builder
            .margin(8 * SCALE)
            .margin_right(16 * SCALE)
            .set_label_area_size(plotters::chart::LabelAreaPosition::Left, self.left * SCALE)
            .set_label_area_size(
                plotters::chart::LabelAreaPosition::Bottom,
                SCALE * if self.x_title.is_empty() { 8 } else { 40 },
            );
        if !self.title.is_empty() {
            builder.caption(self.title, font(16));
        }
        let axis = |span: (f64, f64), ticks: &[f64]| Axis { span, ticks: ticks.to_vec() };
        let mut chart = builder
            .build_cartesian_2d(axis(self.x, &self.x_ticks), axis(self.y, &self.y_ticks))
            .map_err(words)?;
        let (x_label, y_label) = (|x: &f64| (self.x_label)(*x), |y: &f64| (self.y_label)(*y));
        let mut mesh = chart.configure_mesh();
        mesh.disable_x_mesh()
            .set_all_tick_mark_size(5 * DOT)
            .axis_style(INK.stroke_width(SCALE))
            .bold_line_style(FAINT.stroke_width(SCALE))
            .light_line_style(plotters::style::TRANSPARENT)
            .label_style(font(13))
            .axis_desc_style(font(13))
            .x_desc(self.x_title)
            .y_desc(self.y_title)
            .x_labels(self.x_ticks.len())
            .y_labels(self.y_ticks.len())
            .x_label_formatter(&x_label)
            .y_label_formatter(&y_label);
        if !self.lines {
            mesh.disable_y_mesh();
        }
        mesh.draw().map_err(words)?;
        drop(mesh);
        Ok(chart)
    }
}

/// A number as an axis shows it.
pub(super) fn plain(value: f64) -> String {
    let rounded = (value * 100.0).round() / 100.0;
    std::format!("{}", if rounded == 0.0 { 0.0 } else { rounded })
}

/// A range that holds all values with some room on both sides; a default when there is none.
pub(super) fn span(values: impl Iterator<Item = f64>, default: (f64, f64)) -> (f64, f64) {
    let (low, high) = values
        .filter(|v| v.is_finite())
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
    if low > high {
        return default;
    }
    let room = 0.08 * (high - low).max(1e-9);
    (low - room, high + room)
}

/// About `count` round numbers (1, 2 or 5 times a power of ten apart) inside a range.
pub(super) fn ticks((low, high): (f64, f64), count: usize) -> Vec<f64> {
    let wish = (high - low) / count.max(1) as f64;
    let power = 10f64.powf(wish.log10().floor());
    let step = power * [1.0, 2.0, 5.0, 10.0].into_iter().find(|m| m * power >= 0.999 * wish).unwrap_or(10.0);
    let first = (low / step).ceil();
    (0..=4 * count).map(|i| (first + i as f64) * step).take_while(|v| *v <= high).collect()
}

/// Rows of a strip lie at 0, -1, -2, ... from the top.
pub(super) fn rows(count: usize) -> Vec<f64> {
    (0..count).map(|i| -(i as f64)).collect()
}

/// The name that belongs to a row's place on the axis.
pub(super) fn row_name(names: &[String], at: f64) -> String {
    names.get((-at).round() as usize).cloned().unwrap_or_default()
}

/// A dashed line from bottom to top.
pub(super) fn dashed(chart: &mut Chart<'_, '_>, x: f64, (low, high): (f64, f64)) -> Result<(), FigureError> {
    let dashes = (0..12).map(|i| {
        let at = |f: f64| (x, low + (high - low) * f / 12.0);
        PathElement::new([at(f64::from(i)), at(f64::from(i) + 0.5)], INK.stroke_width(SCALE))
    });
    chart.draw_series(dashes).map_err(words).map(|_| ())
}
