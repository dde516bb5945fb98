//! Axes: spans, round numbers, and the rectangle that data are drawn in.

use super::canvas::{Align, Canvas, FULL_WIDTH, LEADING, TEXT, rounded};
use super::colour::Hue;
use super::style::Style;
use super::text::{cut, width, wrapped};
use std::{format, string::String, vec, vec::Vec};

/// Beyond this nothing is drawn: differences of such numbers are none.
const LARGEST: f64 = 1e200;
/// Between the labels of two ticks.
const BETWEEN: f64 = 12.0;

/// A range that holds all values with some space on both sides; a default when there is none.
pub fn span(values: impl IntoIterator<Item = f64>, default: (f64, f64)) -> (f64, f64) {
    let (low, high) = values
        .into_iter()
        .filter(|v| v.abs() <= LARGEST)
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
    if low > high {
        return default;
    }
    let room = (0.06 * (high - low)).max(1e-3 * high.abs().max(low.abs())).max(1e-9);
    (low - room, high + room)
}

/// Round numbers (1, 2 or 5 times a power of ten apart) inside a range, about `most` of them, with their labels.
fn ticks((low, high): (f64, f64), most: usize) -> Vec<(f64, String)> {
    let wish = (high - low) / most.max(1) as f64;
    if !(wish > 0.0 && wish.is_finite()) {
        return Vec::new();
    }
    let power = 10f64.powf(wish.log10().floor());
    let step = power * [1.0, 2.0, 5.0, 10.0].into_iter().find(|m| m * power >= 0.999 * wish).unwrap_or(10.0);
    let (first, last) = ((low / step).ceil(), (high / step + 1e-9).floor());
    if last < first {
        return Vec::new();
    }
    let largest = low.abs().max(high.abs());
    let places = -(step.log10() + 1e-9).floor();
    let label = |v: f64| {
        if largest < 1e6 && places < 5.0 {
            rounded(v, places.max(0.0) as usize)
        } else {
            let digits = (largest.log10().floor() + places).clamp(0.0, 15.0) as usize;
            format!("{v:.digits$e}")
        }
    };
    (0..=(last - first).min(100.0) as usize)
        .map(|i| {
            let v = (first + i as f64) * step;
            (v, label(v))
        })
        .collect()
}

/// As many ticks as have labels that do not touch.
fn across(range: (f64, f64), pixels: f64) -> Vec<(f64, String)> {
    let per = pixels / (range.1 - range.0);
    let fits = |ticks: &Vec<(f64, String)>| {
        ticks.windows(2).all(|pair| {
            let half = (width(&pair[0].1, TEXT) + width(&pair[1].1, TEXT)) / 2.0;
            per * (pair[1].0 - pair[0].0) >= half + BETWEEN
        })
    };
    (1..=10).rev().map(|most| ticks(range, most)).find(fits).unwrap_or_default()
}

/// Two axes and the panel between them.
pub struct Axes<'t> {
    pub x: (f64, f64),
    pub y: (f64, f64),
    pub x_title: &'t str,
    pub y_title: &'t str,
    pub height: f64,
    /// Left and right edge of the area that it may take.
    pub region: (f64, f64),
    /// Width of the labels of y; `None` for as much as they need.
    pub left: Option<f64>,
    /// Whether the ticks of x are labelled.
    pub numbers: bool,
}

impl Default for Axes<'_> {
    fn default() -> Self {
        Self {
            x: (0.0, 1.0),
            y: (0.0, 1.0),
            x_title: "",
            y_title: "",
            height: 220.0,
            region: FULL_WIDTH,
            left: None,
            numbers: true,
        }
    }
}

/// The rectangle that two axes enclose.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Panel {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
    pub x: (f64, f64),
    pub y: (f64, f64),
}

impl Panel {
    pub fn x(&self, x: f64) -> f64 {
        self.left + (x - self.x.0) / (self.x.1 - self.x.0) * (self.right - self.left)
    }

    /// A place in the panel; values beyond an edge are drawn on it.
    pub fn at(&self, x: f64, y: f64) -> (f64, f64) {
        let down = (self.y.1 - y) / (self.y.1 - self.y.0) * (self.bottom - self.top);
        let y = (self.top + down).clamp(self.top, self.bottom);
        (self.x(x).clamp(self.left, self.right), y)
    }

    /// The stretches of a curve without gaps, in pixels. Points outside of the panel are left out, and where many samples share
    /// a pixel's width only their extremes are kept.
    fn stretches(&self, points: impl IntoIterator<Item = (f64, f64)>) -> Vec<Vec<(f64, f64)>> {
        let mut stretches: Vec<Vec<(f64, f64)>> = Vec::new();
        let mut open = false;
        for (x, y) in points {
            let there = x >= self.x.0 && x <= self.x.1 && y.abs() <= LARGEST;
            if there {
                if !open {
                    stretches.push(Vec::new());
                }
                if let Some(stretch) = stretches.last_mut() {
                    stretch.push(self.at(x, y));
                }
            }
            open = there;
        }
        stretches.iter().map(|stretch| straightened(&thinned(stretch))).collect()
    }
}

/// Removes the points that lie within a quarter of a pixel of the line between those that stay (Douglas and Peucker 1973,
/// doi:10.3138/FM57-6770-U75U-7727).
fn straightened(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let Some(last) = points.len().checked_sub(1) else { return Vec::new() };
    let mut stays = vec![false; points.len()];
    (stays[0], stays[last]) = (true, true);
    let mut open = vec![(0, last)];
    while let Some((from, to)) = open.pop() {
        let ((x0, y0), (x1, y1)) = (points[from], points[to]);
        let (dx, dy) = (x1 - x0, y1 - y0);
        let length = dx.hypot(dy).max(f64::MIN_POSITIVE);
        let off = |i: usize| ((points[i].0 - x0) * dy - (points[i].1 - y0) * dx).abs() / length;
        let farthest = (from + 1..to).max_by(|&a, &b| off(a).total_cmp(&off(b)));
        if let Some(i) = farthest.filter(|&i| off(i) > 0.25) {
            stays[i] = true;
            open.extend([(from, i), (i, to)]);
        }
    }
    points.iter().zip(stays).filter_map(|(point, stays)| stays.then_some(*point)).collect()
}

/// Keeps at most four points (first, lowest, highest, last) in each half pixel.
fn thinned(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let column = |p: &(f64, f64)| (2.0 * p.0).floor();
    points
        .chunk_by(|a, b| column(a) == column(b))
        .flat_map(|chunk| {
            if chunk.len() <= 4 {
                return chunk.to_vec();
            }
            let by = |a: &usize, b: &usize| chunk[*a].1.total_cmp(&chunk[*b].1);
            let (low, high) = ((0..chunk.len()).min_by(by), (0..chunk.len()).max_by(by));
            let mut kept = [0, low.unwrap_or(0), high.unwrap_or(0), chunk.len() - 1].to_vec();
            kept.sort_unstable();
            kept.dedup();
            kept.into_iter().map(|i| chunk[i]).collect()
        })
        .collect()
}

impl Canvas {
    /// Draws axes from the cursor down and returns the panel that they enclose.
    pub fn axes(&mut self, axes: &Axes<'_>) -> Panel {
        let (from, to) = axes.region;
        if !axes.y_title.is_empty() {
            self.paragraph(axes.y_title, axes.region);
            self.y += 9.0;
        }
        let y_ticks = ticks(axes.y, ((axes.height / 36.0) as usize).max(2));
        let widest = y_ticks.iter().map(|(_, label)| width(label, TEXT)).fold(0.0, f64::max);
        let left = from + axes.left.unwrap_or(widest + 12.0);
        let right = to - 12.0;
        let x_ticks = across(axes.x, right - left);
        let last = x_ticks.last().map_or(0.0, |(_, label)| width(label, TEXT) / 2.0);
        let panel = Panel {
            left,
            top: self.y,
            right: right.min(to - last - 4.0),
            bottom: self.y + axes.height,
            x: axes.x,
            y: axes.y,
        };
        for (y, label) in &y_ticks {
            let (_, down) = panel.at(axes.x.0, *y);
            self.stroke(&[(panel.left, down), (panel.right, down)], Hue::Faint, 1.0);
            self.text(label, (panel.left - 8.0, down), Align::End);
        }
        self.x_axis(&panel, axes.numbers, axes.x_title, axes.region);
        panel
    }

    /// Draws the line below a panel, with ticks, labels and title; the cursor moves below them.
    pub fn x_axis(&mut self, panel: &Panel, numbers: bool, title: &str, region: (f64, f64)) {
        self.stroke(&[(panel.left, panel.bottom), (panel.right, panel.bottom)], Hue::Ink, 1.0);
        self.y = panel.bottom + 8.0;
        for (x, label) in across(panel.x, panel.right - panel.left) {
            let x = panel.x(x);
            self.stroke(&[(x, panel.bottom), (x, panel.bottom + 4.0)], Hue::Ink, 1.0);
            // A label that would touch a neighbouring panel's is left out.
            let half = width(&label, TEXT) / 2.0;
            if numbers && x - half >= region.0 && x + half <= region.1 - 3.0 {
                self.text(&label, (x, panel.bottom + 8.0 + LEADING / 2.0), Align::Middle);
            }
        }
        if numbers {
            self.y += LEADING;
        }
        if !title.is_empty() {
            self.y += 2.0;
            for line in wrapped(title, TEXT, region.1 - region.0) {
                // Below the panel's middle, but inside the region.
                let half = width(&line, TEXT) / 2.0;
                let middle = ((panel.left + panel.right) / 2.0).min(region.1 - half).max(region.0 + half);
                self.text(&line, (middle, self.y + LEADING / 2.0), Align::Middle);
                self.y += LEADING;
            }
        }
    }

    /// Draws a curve of data, broken where a value is missing.
    pub fn curve(
        &mut self,
        panel: &Panel,
        points: impl IntoIterator<Item = (f64, f64)>,
        style: Style,
        width: f64,
    ) {
        for stretch in panel.stretches(points) {
            self.line(&stretch, style, width);
        }
    }

    /// Fills the area between two curves over the same x, where both have values.
    pub fn between(
        &mut self,
        panel: &Panel,
        edges: impl IntoIterator<Item = (f64, f64, f64)>,
        hue: Hue,
        opacity: f64,
    ) {
        let edges: Vec<(f64, f64, f64)> = edges.into_iter().collect();
        for run in edges.split(|(x, low, high)| {
            !(low.abs() <= LARGEST && high.abs() <= LARGEST && *x >= panel.x.0 && *x <= panel.x.1)
        }) {
            let mut outline: Vec<_> = run.iter().map(|(x, low, _)| panel.at(*x, *low)).collect();
            outline.extend(run.iter().rev().map(|(x, _, high)| panel.at(*x, *high)));
            if run.len() > 1 {
                self.area(&outline, hue, opacity);
            }
        }
    }

    /// Draws a vertical line over the height of a panel.
    pub fn vertical_line(&mut self, panel: &Panel, x: f64, style: Style, width: f64) {
        if x >= panel.x.0 && x <= panel.x.1 {
            let x = panel.x(x);
            self.line(&[(x, panel.bottom), (x, panel.top)], style, width);
        }
    }

    /// Shades a stretch of x.
    pub fn shade(&mut self, panel: &Panel, (from, to): (f64, f64), hue: Hue, opacity: f64) {
        let (from, to) = (from.max(panel.x.0), to.min(panel.x.1));
        if to > from {
            self.block((panel.x(from), panel.top), (panel.x(to), panel.bottom), hue, opacity);
        }
    }

    /// Writes the name of a row, its end at this place, cut to a width.
    pub fn name(&mut self, name: &str, at: (f64, f64), most: f64) {
        self.text(&cut(name, TEXT, most), at, Align::End);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_have_distinct_labels() {
        let labels = |range| ticks(range, 5).into_iter().map(|(_, l)| l).collect::<Vec<_>>();
        assert_eq!(labels((-0.1, 1.05)), ["0.0", "0.5", "1.0"]);
        assert_eq!(labels((-9.0, 21.0)), ["0", "10", "20"]);
        for range in [(1e9, 1e9 + 3.0), (-1e200, 1e200), (1e-9, 3e-9), (0.12341, 0.12349)] {
            let found = labels(range);
            assert!(found.len() >= 2, "{range:?} {found:?}");
            assert!(found.windows(2).all(|pair| pair[0] != pair[1]), "{found:?}");
        }
        assert!(labels((1.0, 1.0)).is_empty() && labels((f64::NAN, 1.0)).is_empty());
    }

    #[test]
    fn a_span_holds_its_values() {
        assert_eq!(span([f64::NAN, f64::INFINITY], (0.0, 1.0)), (0.0, 1.0));
        for values in [[5.0, 5.0], [1e12, 1e12], [0.0, 0.0], [-3.0, 2.0]] {
            let (low, high) = span(values, (0.0, 1.0));
            assert!(low < values[0].min(values[1]) && high > values[0].max(values[1]));
        }
    }

    #[test]
    fn a_long_curve_keeps_its_extremes() {
        let points: Vec<(f64, f64)> =
            (0..100_000).map(|i| (f64::from(i) / 1000.0, f64::from(i * 7919 % 1000))).collect();
        let kept = thinned(&points);
        assert!(kept.len() <= 4 * 201, "{}", kept.len());
        let top = |p: &[(f64, f64)]| p.iter().map(|p| p.1).fold(0.0, f64::max);
        assert_eq!(top(&kept), top(&points));
    }
}
