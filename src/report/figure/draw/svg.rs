//! SVG as text: elements with rounded numbers and escaped words.

use crate::report::escape::escaped;
use std::{
    fmt::{self, Write as _},
    format,
    string::String,
};

/// A place in pixels, to the right and down.
pub type Point = (f64, f64);

/// A number in an attribute: to a tenth, and finite whatever it is made from.
struct Tenths(f64);

impl fmt::Display for Tenths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Adding 0 takes the sign from -0.
        write!(f, "{}", (10.0 * self.0).round().clamp(-1e9, 1e9) / 10.0 + 0.0)
    }
}

/// Elements of a drawing, in the order in which they cover each other.
#[derive(Debug, Default)]
pub struct Svg(String);

impl Svg {
    /// Adds a line of text. `attributes` are `text-anchor`, `dy` and the like.
    pub fn text(&mut self, text: &str, (x, y): Point, size: f64, colour: &str, attributes: &str) {
        let (x, y, text) = (Tenths(x), Tenths(y), escaped(text));
        self.put(format_args!(
            "<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\" fill=\"{colour}\" {attributes}>{text}</text>"
        ));
    }

    /// Adds a line through points.
    pub fn polyline(&mut self, points: &[Point], colour: &str, width: f64, opacity: f64) {
        let (points, width, opacity) = (list(points), Tenths(width), opaque(opacity));
        self.put(format_args!(
            "<polyline{opacity} fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width}\" points=\"{points}\"/>"
        ));
    }

    /// Adds a filled outline.
    pub fn polygon(&mut self, points: &[Point], colour: &str, opacity: f64) {
        let (points, opacity) = (list(points), opaque(opacity));
        self.put(format_args!("<polygon{opacity} fill=\"{colour}\" points=\"{points}\"/>"));
    }

    /// Adds a filled circle.
    pub fn circle(&mut self, (x, y): Point, radius: f64, colour: &str, opacity: f64) {
        let (x, y, radius, opacity) = (Tenths(x), Tenths(y), Tenths(radius), opaque(opacity));
        self.put(format_args!("<circle{opacity} cx=\"{x}\" cy=\"{y}\" r=\"{radius}\" fill=\"{colour}\"/>"));
    }

    fn put(&mut self, element: fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.0, "{element}");
    }

    /// Returns the drawing of this size in pixels, with a label for screen readers.
    pub fn finish(self, label: &str, width: f64, height: f64) -> String {
        let (label, elements) = (escaped(label), self.0);
        format!(
            "<svg role=\"img\" aria-label=\"{label}\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\" xmlns=\"http://www.w3.org/2000/svg\">\n\
             {elements}</svg>\n"
        )
    }
}

fn list(points: &[Point]) -> String {
    let mut list = String::new();
    for (i, (x, y)) in points.iter().enumerate() {
        let space = if i == 0 { "" } else { " " };
        let _ = write!(list, "{space}{},{}", Tenths(*x), Tenths(*y));
    }
    list
}

fn opaque(opacity: f64) -> String {
    if opacity < 1.0 { format!(" opacity=\"{opacity}\"") } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_numbers_and_escapes_words() {
        let mut svg = Svg::default();
        svg.polyline(&[(0.04, -0.04), (1.25, f64::INFINITY)], "#222222", 1.0, 1.0);
        svg.circle((2.0, 3.0), 4.5, "#0072B2", 0.5);
        svg.text("a < b", (1.0, 2.0), 12.5, "#222222", "text-anchor=\"end\"");
        let text = svg.finish("\"c\" & d", 760.0, 20.0);
        for part in [
            "points=\"0,0 1.3,100000000\"/>",
            "<circle opacity=\"0.5\" cx=\"2\" cy=\"3\" r=\"4.5\"",
            "text-anchor=\"end\">a &lt; b</text>",
            "aria-label=\"&quot;c&quot; &amp; d\" width=\"760\" height=\"20\"",
        ] {
            assert!(text.contains(part), "{part} is not in {text}");
        }
    }
}
