//! The sheet that a figure is drawn on: strokes, areas, markers and text in pixels, from the top down.

use super::error::FigureError;
use super::escape::escaped;
use super::look::{Look, Marker};
use super::measure::{cut, width, wrapped};
use super::theme::Hue;
use plotters::{
    coord::Shift,
    drawing::DrawingArea,
    element::{Circle, Drawable, PathElement, PointCollection, Polygon, Text},
    prelude::{IntoDrawingArea, IntoFont, SVGBackend},
    style::{
        Color, FontStyle, TextStyle,
        text_anchor::{HPos, Pos, VPos},
    },
};
use std::{
    borrow::ToOwned,
    format,
    string::{String, ToString},
    vec::Vec,
};

/// The backend rounds to whole units; this many of them to a pixel keep curves smooth.
const SCALE: f64 = 8.0;
/// Every figure is so wide.
pub(super) const WIDTH: f64 = 760.0;
pub(super) const MARGIN: f64 = 14.0;
/// Size of text.
pub(super) const TEXT: f64 = 12.5;
const TITLE: f64 = 15.0;
/// Bold letters are wider.
const BOLD: f64 = 1.2;
/// From one line of text to the next.
pub(super) const LEADING: f64 = 17.0;
/// Higher than any figure: the sheet is cut below what was drawn.
const ENDLESS: u32 = 400_000;

/// Where text stands about its point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Side {
    Left,
    Middle,
    Right,
}

/// What a key shows beside its name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Sample {
    /// A line with its dashes, and its marker.
    Look(Look),
    /// A line alone.
    Line(Look, f64),
    /// A marker alone.
    Marker(Look),
    /// An area of this opacity.
    Area(Hue, f64),
}

pub(super) struct Sheet<'a> {
    area: DrawingArea<SVGBackend<'a>, Shift>,
    failed: Option<FigureError>,
    /// How far down it is drawn on.
    pub y: f64,
}

/// A figure: its title, and what is drawn below.
pub(super) fn figure(
    title: &str,
    draw: impl FnOnce(&mut Sheet<'_>) -> Result<(), FigureError>,
) -> Result<String, FigureError> {
    let mut text = String::new();
    let (wide, endless) = ((WIDTH * SCALE) as u32, ENDLESS * SCALE as u32);
    let (height, failed) = {
        let area = SVGBackend::with_string(&mut text, (wide, endless)).into_drawing_area();
        let mut sheet = Sheet { area, failed: None, y: MARGIN };
        for line in wrapped(title, BOLD * TITLE, WIDTH - 2.0 * MARGIN) {
            sheet.title(&line);
        }
        draw(&mut sheet)?;
        sheet.area.present().map_err(FigureError::words)?;
        (sheet.y + MARGIN / 2.0, sheet.failed)
    };
    if let Some(error) = failed {
        return Err(error);
    }
    let label = escaped(title);
    let drawn = format!("width=\"{wide}\" height=\"{endless}\" viewBox=\"0 0 {wide} {endless}\"");
    let high = (height * SCALE).ceil();
    let cut = format!(
        "role=\"img\" aria-label=\"{label}\" width=\"{WIDTH}\" height=\"{}\" viewBox=\"0 0 {wide} {high}\"",
        (high / SCALE).ceil()
    );
    Ok(text.replacen(&drawn, &cut, 1))
}

fn unit((x, y): (f64, f64)) -> (i32, i32) {
    let scaled = |v: f64| (v * SCALE).round().clamp(-1e8, 1e8) as i32;
    (scaled(x), scaled(y))
}

impl<'a> Sheet<'a> {
    fn put<E>(&mut self, element: &E)
    where
        E: Drawable<SVGBackend<'a>>,
        for<'b> &'b E: PointCollection<'b, (i32, i32)>,
    {
        if let Err(error) = self.area.draw(element) {
            self.failed.get_or_insert(FigureError::words(error));
        }
    }

    fn title(&mut self, line: &str) {
        let font = ("sans-serif", 1.24 * TITLE * SCALE, FontStyle::Bold).into_font();
        let ink = Hue::Ink.printed();
        let style = TextStyle::from(font).color(&ink).pos(Pos::new(HPos::Left, VPos::Top));
        self.put(&Text::new(line.to_owned(), unit((MARGIN, self.y)), style));
        self.y += 22.0;
    }

    /// Text, its middle at this height.
    pub(super) fn text(&mut self, text: &str, at: (f64, f64), side: Side) {
        if text.is_empty() {
            return;
        }
        let h = match side {
            Side::Left => HPos::Left,
            Side::Middle => HPos::Center,
            Side::Right => HPos::Right,
        };
        // The backend writes a size 1.24 times smaller than it is told.
        let font = ("sans-serif", 1.24 * TEXT * SCALE).into_font();
        let ink = Hue::Ink.printed();
        let style = TextStyle::from(font).color(&ink).pos(Pos::new(h, VPos::Center));
        self.put(&Text::new(text.to_owned(), unit(at), style));
    }

    /// Lines of text from the cursor down, as wide as a region.
    pub(super) fn paragraph(&mut self, text: &str, (from, to): (f64, f64)) {
        for line in wrapped(text, TEXT, to - from) {
            self.text(&line, (from, self.y + LEADING / 2.0), Side::Left);
            self.y += LEADING;
        }
    }

    /// An unbroken line.
    pub(super) fn stroke(&mut self, points: &[(f64, f64)], hue: Hue, width: f64) {
        if points.len() > 1 {
            let style = hue.printed().stroke_width((width * SCALE).round() as u32);
            self.put(&PathElement::new(points.iter().map(|p| unit(*p)).collect::<Vec<_>>(), style));
        }
    }

    /// A line with the dashes of its look.
    pub(super) fn line(&mut self, points: &[(f64, f64)], look: Look, width: f64) {
        for piece in dashed(points, look.dashes) {
            self.stroke(&piece, look.hue, width);
        }
    }

    /// A filled shape.
    pub(super) fn area(&mut self, points: &[(f64, f64)], hue: Hue, opacity: f64) {
        let points: Vec<_> = points.iter().map(|p| unit(*p)).collect();
        self.put(&Polygon::new(points, hue.printed().mix(opacity)));
    }

    /// A filled rectangle between two corners.
    pub(super) fn block(&mut self, (x0, y0): (f64, f64), (x1, y1): (f64, f64), hue: Hue, opacity: f64) {
        self.area(&[(x0, y0), (x1, y0), (x1, y1), (x0, y1)], hue, opacity);
    }

    /// The marker of a look, about as large as a circle of this radius.
    pub(super) fn marker(&mut self, look: Look, (x, y): (f64, f64), radius: f64, opacity: f64) {
        let r = radius;
        let shape = match look.marker {
            Marker::Circle => {
                let style = look.hue.printed().mix(opacity).filled();
                return self.put(&Circle::new(unit((x, y)), (r * SCALE).round() as i32, style));
            }
            Marker::Cross => {
                let (r, style) =
                    (0.9 * r, look.hue.printed().mix(opacity).stroke_width((0.65 * r * SCALE).ceil() as u32));
                for (dx, dy) in [(r, r), (r, -r)] {
                    self.put(&PathElement::new(
                        [unit((x - dx, y - dy)), unit((x + dx, y + dy))].to_vec(),
                        style,
                    ));
                }
                return;
            }
            Marker::Triangle => [(0.0, -1.2), (1.1, 0.8), (-1.1, 0.8)].to_vec(),
            Marker::Tip => [(0.0, 1.2), (1.1, -0.8), (-1.1, -0.8)].to_vec(),
            Marker::Square => [(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)].to_vec(),
            Marker::Diamond => [(0.0, -1.3), (1.1, 0.0), (0.0, 1.3), (-1.1, 0.0)].to_vec(),
        };
        let points: Vec<_> = shape.iter().map(|(dx, dy)| (x + r * dx, y + r * dy)).collect();
        self.area(&points, look.hue, opacity);
    }

    /// What stands for a key, 30 pixels wide from here.
    pub(super) fn sample(&mut self, sample: Sample, (x, y): (f64, f64)) {
        match sample {
            Sample::Look(look) => {
                self.line(&[(x, y), (x + SAMPLE, y)], look, 2.0);
                self.marker(look, (x + SAMPLE / 2.0, y), 4.0, 1.0);
            }
            Sample::Line(look, width) => self.line(&[(x, y), (x + SAMPLE, y)], look, width),
            Sample::Marker(look) => self.marker(look, (x + SAMPLE / 2.0, y), 4.0, 1.0),
            Sample::Area(hue, opacity) => {
                self.block((x + 4.0, y - 6.0), (x + SAMPLE - 4.0, y + 6.0), hue, opacity);
            }
        }
    }

    /// Keys beside each other, in as many rows as they need.
    pub(super) fn keys(&mut self, keys: &[(Sample, String)]) {
        let (left, right) = (MARGIN, WIDTH - MARGIN);
        let mut x = left;
        for (sample, name) in keys {
            let name = cut(name, TEXT, right - left - SAMPLE - 6.0);
            let wide = SAMPLE + 6.0 + width(&name, TEXT);
            if x > left && x + wide > right {
                x = left;
                self.y += LEADING + 1.0;
            }
            let middle = self.y + LEADING / 2.0;
            self.sample(*sample, (x, middle));
            self.text(&name, (x + SAMPLE + 6.0, middle), Side::Left);
            x += wide + 18.0;
        }
        if !keys.is_empty() {
            self.y += LEADING + 6.0;
        }
    }
}

/// Width of a key's sample.
pub(super) const SAMPLE: f64 = 30.0;

/// A line cut into its dashes; whole without any.
fn dashed(points: &[(f64, f64)], dashes: &[f64]) -> Vec<Vec<(f64, f64)>> {
    let (Some(first), false) = (points.first(), dashes.is_empty()) else {
        return [points.to_vec()].to_vec();
    };
    let (mut pieces, mut piece) = (Vec::new(), [*first].to_vec());
    let (mut index, mut left) = (0, dashes[0]);
    for pair in points.windows(2) {
        let (mut from, to) = (pair[0], pair[1]);
        let mut length = (to.0 - from.0).hypot(to.1 - from.1);
        while length > left {
            let share = left / length;
            from = (from.0 + share * (to.0 - from.0), from.1 + share * (to.1 - from.1));
            length -= left;
            if index % 2 == 0 {
                piece.push(from);
                pieces.push(core::mem::take(&mut piece));
            } else {
                piece = [from].to_vec();
            }
            index = (index + 1) % dashes.len();
            left = dashes[index];
        }
        left -= length;
        if index % 2 == 0 {
            piece.push(to);
        }
    }
    pieces.push(piece);
    pieces.retain(|piece| piece.len() > 1);
    pieces
}

/// A number with as many digits as its unit deserves.
pub(super) fn rounded(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    // No minus before a nought.
    if text.trim_start_matches('-').chars().all(|c| c == '0' || c == '.') {
        text.trim_start_matches('-').to_string()
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dashes_cover_their_part_of_a_line() {
        let line = [(0.0, 0.0), (30.0, 0.0), (30.0, 40.0)];
        let pieces = dashed(&line, &[6.0, 4.0]);
        let length = |piece: &Vec<(f64, f64)>| -> f64 {
            piece.windows(2).map(|p| (p[1].0 - p[0].0).hypot(p[1].1 - p[0].1)).sum()
        };
        assert_eq!(pieces.len(), 7);
        assert!((pieces.iter().map(length).sum::<f64>() - 42.0).abs() < 1e-9);
        assert_eq!(dashed(&line, &[]), [line.to_vec()]);
        assert!(dashed(&[], &[6.0, 4.0]).iter().all(Vec::is_empty));
    }
}
