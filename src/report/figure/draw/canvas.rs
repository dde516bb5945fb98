//! The canvas that a figure is drawn on: strokes, areas, markers and text in pixels, from the top down.

use super::colour::Hue;
use super::style::{Marker, Style};
use super::svg::{Point, Svg};
use super::text::{cut, width, wrapped};
use std::{
    string::{String, ToString},
    vec::Vec,
};

/// Width of every figure in pixels.
pub const WIDTH: f64 = 760.0;
pub const MARGIN: f64 = 14.0;
/// Size of text.
pub const TEXT: f64 = 12.5;
const TITLE: f64 = 15.0;
/// Bold letters are wider.
const BOLD: f64 = 1.2;
/// Distance from one line of text to the next.
pub const LEADING: f64 = 17.0;
/// Left and right edge of what is drawn.
pub const FULL_WIDTH: (f64, f64) = (MARGIN, WIDTH - MARGIN);

/// The part of a text that its point fixes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Align {
    Start,
    Middle,
    End,
}

/// Sample of a series next to its name in the legend.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Swatch {
    /// A line with its dashes, and its marker.
    Style(Style),
    /// A line alone.
    Line(Style, f64),
    /// A marker alone.
    Marker(Style),
    /// An area of this opacity.
    Area(Hue, f64),
}

/// A drawing and the cursor that runs down it.
#[derive(Debug)]
pub struct Canvas {
    svg: Svg,
    /// Height of the cursor.
    pub y: f64,
}

/// Returns a figure: its title, and what `draw` draws below.
pub fn figure(title: &str, draw: impl FnOnce(&mut Canvas)) -> String {
    let mut canvas = Canvas { svg: Svg::default(), y: MARGIN };
    for line in wrapped(title, BOLD * TITLE, WIDTH - 2.0 * MARGIN) {
        let bold = "font-weight=\"bold\" dy=\"0.76em\"";
        canvas.svg.text(&line, (MARGIN, canvas.y), TITLE, Hue::Ink.printed(), bold);
        canvas.y += 22.0;
    }
    draw(&mut canvas);
    canvas.svg.finish(title, WIDTH, (canvas.y + MARGIN / 2.0).ceil())
}

impl Canvas {
    /// Writes text, its middle at this height.
    pub fn text(&mut self, text: &str, at: Point, align: Align) {
        if text.is_empty() {
            return;
        }
        let attributes = match align {
            Align::Start => "dy=\"0.5ex\"",
            Align::Middle => "dy=\"0.5ex\" text-anchor=\"middle\"",
            Align::End => "dy=\"0.5ex\" text-anchor=\"end\"",
        };
        self.svg.text(text, at, TEXT, Hue::Ink.printed(), attributes);
    }

    /// Writes lines of text from the cursor down, as wide as a region.
    pub fn paragraph(&mut self, text: &str, (from, to): (f64, f64)) {
        for line in wrapped(text, TEXT, to - from) {
            self.text(&line, (from, self.y + LEADING / 2.0), Align::Start);
            self.y += LEADING;
        }
    }

    /// Draws an unbroken line.
    pub fn stroke(&mut self, points: &[Point], hue: Hue, width: f64) {
        if points.len() > 1 {
            self.svg.polyline(points, hue.printed(), width, 1.0);
        }
    }

    /// Draws a line with the dashes of its style.
    pub fn line(&mut self, points: &[(f64, f64)], style: Style, width: f64) {
        for piece in dashed(points, style.dashes) {
            self.stroke(&piece, style.hue, width);
        }
    }

    /// Draws a filled shape.
    pub fn area(&mut self, points: &[Point], hue: Hue, opacity: f64) {
        self.svg.polygon(points, hue.printed(), opacity);
    }

    /// Draws a filled rectangle between two corners.
    pub fn block(&mut self, (x0, y0): (f64, f64), (x1, y1): (f64, f64), hue: Hue, opacity: f64) {
        self.area(&[(x0, y0), (x1, y0), (x1, y1), (x0, y1)], hue, opacity);
    }

    /// Draws the marker of a style, about as large as a circle of this radius.
    pub fn marker(&mut self, style: Style, (x, y): (f64, f64), radius: f64, opacity: f64) {
        let r = radius;
        let colour = style.hue.printed();
        let shape = match style.marker {
            Marker::Circle => return self.svg.circle((x, y), r, colour, opacity),
            Marker::Cross => {
                let arm = 0.9 * r;
                for (dx, dy) in [(arm, arm), (arm, -arm)] {
                    let ends = [(x - dx, y - dy), (x + dx, y + dy)];
                    self.svg.polyline(&ends, colour, 0.65 * r, opacity);
                }
                return;
            }
            Marker::Triangle => [(0.0, -1.2), (1.1, 0.8), (-1.1, 0.8)].to_vec(),
            Marker::Tip => [(0.0, 1.2), (1.1, -0.8), (-1.1, -0.8)].to_vec(),
            Marker::Square => [(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)].to_vec(),
            Marker::Diamond => [(0.0, -1.3), (1.1, 0.0), (0.0, 1.3), (-1.1, 0.0)].to_vec(),
        };
        let points: Vec<_> = shape.iter().map(|(dx, dy)| (x + r * dx, y + r * dy)).collect();
        self.area(&points, style.hue, opacity);
    }

    /// Draws a sample, [`SWATCH`] pixels wide from here.
    pub fn swatch(&mut self, sample: Swatch, (x, y): (f64, f64)) {
        match sample {
            Swatch::Style(style) => {
                self.line(&[(x, y), (x + SWATCH, y)], style, 2.0);
                self.marker(style, (x + SWATCH / 2.0, y), 4.0, 1.0);
            }
            Swatch::Line(style, width) => self.line(&[(x, y), (x + SWATCH, y)], style, width),
            Swatch::Marker(style) => self.marker(style, (x + SWATCH / 2.0, y), 4.0, 1.0),
            Swatch::Area(hue, opacity) => {
                self.block((x + 4.0, y - 6.0), (x + SWATCH - 4.0, y + 6.0), hue, opacity);
            }
        }
    }

    /// Draws the legend from left to right, in as many rows as it needs.
    pub fn keys(&mut self, keys: &[(Swatch, String)]) {
        let (left, right) = (MARGIN, WIDTH - MARGIN);
        let mut x = left;
        for (sample, name) in keys {
            let name = cut(name, TEXT, right - left - SWATCH - 6.0);
            let wide = SWATCH + 6.0 + width(&name, TEXT);
            if x > left && x + wide > right {
                x = left;
                self.y += LEADING + 1.0;
            }
            let middle = self.y + LEADING / 2.0;
            self.swatch(*sample, (x, middle));
            self.text(&name, (x + SWATCH + 6.0, middle), Align::Start);
            x += wide + 18.0;
        }
        if !keys.is_empty() {
            self.y += LEADING + 6.0;
        }
    }
}

/// Width of a sample.
pub const SWATCH: f64 = 30.0;

/// Cuts a line into its dashes; without any, returns it uncut.
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

/// A number with this many decimals.
pub fn rounded(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    // No minus before a zero.
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
