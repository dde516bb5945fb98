//! Rows of values with their intervals on one axis.

use super::axes::{Panel, span};
use super::canvas::{Align, Canvas, FULL_WIDTH, SWATCH, Swatch, TEXT};
use super::colour::Hue;
use super::style::Style;
use super::text::{cut, width};
use std::{string::String, vec::Vec};

/// Names are cut beyond this.
const LONGEST_NAME: f64 = 250.0;

/// One row.
#[derive(Debug, Clone)]
pub struct Row {
    pub name: String,
    pub style: Style,
    /// Single values.
    pub dots: Vec<f64>,
    pub value: Option<f64>,
    pub ci: Option<(f64, f64)>,
    /// A note on the right.
    pub note: String,
    /// Whether it is a name over the rows that follow.
    pub heading: bool,
}

impl Row {
    pub fn new(name: impl Into<String>, style: Style) -> Self {
        Self {
            name: name.into(),
            style,
            dots: Vec::new(),
            value: None,
            ci: None,
            note: String::new(),
            heading: false,
        }
    }

    /// A name over the rows that follow.
    pub fn heading(name: impl Into<String>) -> Self {
        Self { heading: true, ..Self::new(name, Style::ink()) }
    }

    /// Returns all values that must lie on the axis.
    pub fn values(&self) -> impl Iterator<Item = f64> + '_ {
        let ends = self.ci.into_iter().flat_map(|(low, high)| [low, high]);
        self.dots.iter().copied().chain(self.value).chain(ends)
    }
}

/// Layout of rows.
pub struct Rows<'t> {
    pub x: (f64, f64),
    pub x_title: &'t str,
    pub region: (f64, f64),
    /// Width of the names; `None` for as much as they need.
    pub left: Option<f64>,
    pub row: f64,
    /// Whether each name has a sample of its style.
    pub swatches: bool,
    /// Whether values are bars from 0.
    pub bars: bool,
    /// Place of a dashed vertical line.
    pub zero: Option<f64>,
    /// Stretches that are shaded.
    pub shaded: Vec<(f64, f64)>,
}

impl Default for Rows<'_> {
    fn default() -> Self {
        Self {
            x: (0.0, 1.0),
            x_title: "",
            region: FULL_WIDTH,
            left: None,
            row: 26.0,
            swatches: false,
            bars: false,
            zero: None,
            shaded: Vec::new(),
        }
    }
}

/// Returns a range about 0 that shows every value, and the intervals up to three times the largest value or `least`: an
/// interval from few strides leaves the picture.
pub fn about_zero(rows: &[Row], least: f64) -> (f64, f64) {
    let values = || rows.iter().filter_map(|row| row.value).filter(|value| value.is_finite());
    let most = values().fold(least, |most, value| most.max(3.0 * value.abs()));
    let ends = rows.iter().filter_map(|row| row.ci).flat_map(|(low, high)| [low, high]);
    span(values().chain(ends.map(|end| end.clamp(-most, most))).chain([0.0]), (-least, least))
}

/// Returns the width that names need.
pub fn name_width(names: impl IntoIterator<Item = impl AsRef<str>>, swatches: bool) -> f64 {
    let widest = names.into_iter().map(|name| width(name.as_ref(), TEXT)).fold(0.0, f64::max);
    widest.min(LONGEST_NAME) + 12.0 + if swatches { SWATCH + 6.0 } else { 0.0 }
}

impl Canvas {
    /// Draws rows from the cursor down, their axis below.
    pub fn rows(&mut self, rows: &[Row], how: &Rows<'_>) -> Panel {
        let (from, to) = how.region;
        let left = how.left.unwrap_or_else(|| {
            name_width(rows.iter().filter(|row| !row.heading).map(|row| &row.name), how.swatches)
        });
        let widest_note = rows.iter().map(|row| width(&row.note, TEXT)).fold(0.0, f64::max);
        let panel = Panel {
            left: from + left,
            top: self.y,
            right: to - 14.0 - if widest_note > 0.0 { widest_note + 12.0 } else { 0.0 },
            bottom: self.y + how.row * rows.len() as f64 + 4.0,
            x: how.x,
            y: (0.0, 1.0),
        };
        for stretch in &how.shaded {
            self.shade(&panel, *stretch, Hue::Ink, 0.07);
        }
        for (i, row) in rows.iter().enumerate() {
            let y = panel.top + how.row * (i as f64 + 0.5);
            if row.heading {
                self.text(&cut(&row.name, TEXT, to - from), (from, y), Align::Start);
                continue;
            }
            let most = left - 12.0 - if how.swatches { SWATCH + 6.0 } else { 0.0 };
            if row.values().next().is_some() {
                self.stroke(&[(panel.left, y), (panel.right, y)], Hue::Faint, 1.0);
            }
            if how.swatches {
                self.swatch(Swatch::Style(row.style), (panel.left - 8.0 - SWATCH, y));
                self.name(&row.name, (panel.left - 14.0 - SWATCH, y), most);
            } else {
                self.name(&row.name, (panel.left - 8.0, y), most);
            }
            self.text(&row.note, (panel.right + 14.0, y), Align::Start);
        }
        if let Some(zero) = how.zero.filter(|zero| (panel.x.0..=panel.x.1).contains(zero)) {
            let dashed = Style { dashes: &[4.0, 3.0], ..Style::ink() };
            for (i, _) in rows.iter().enumerate().filter(|(_, row)| !row.heading) {
                let (x, y) = (panel.x(zero), panel.top + how.row * i as f64);
                self.line(&[(x, y), (x, y + how.row)], dashed, 1.0);
            }
        }
        for (i, row) in rows.iter().enumerate() {
            let y = panel.top + how.row * (i as f64 + 0.5);
            let x = |v: f64| panel.at(v, 0.0).0;
            for dot in row.dots.iter().filter(|v| v.is_finite()) {
                self.marker(row.style, (x(*dot), y), 3.0, 0.45);
            }
            let value = row.value.filter(|v| v.is_finite());
            if let (true, Some(value)) = (how.bars, value) {
                let half = 0.32 * how.row;
                self.block((x(0.0), y - half), (x(value), y + half), row.style.hue, 0.75);
            }
            if let Some((low, high)) = row.ci.filter(|(low, high)| low.is_finite() && high.is_finite()) {
                let hue = if how.bars { Hue::Ink } else { row.style.hue };
                self.stroke(&[(x(low), y), (x(high), y)], hue, if how.bars { 2.0 } else { 3.0 });
                self.end(&panel, low, y, hue);
                self.end(&panel, high, y, hue);
            }
            if let (false, Some(value)) = (how.bars, value) {
                self.marker(row.style, (x(value), y), 5.0, 1.0);
            }
        }
        self.x_axis(&panel, true, how.x_title, how.region);
        panel
    }

    /// Draws the end of an interval: a stop, or a tip where it continues beyond the axis.
    fn end(&mut self, panel: &Panel, value: f64, y: f64, hue: Hue) {
        let x = panel.at(value, 0.0).0;
        let way = if value < panel.x.0 {
            -1.0
        } else if value > panel.x.1 {
            1.0
        } else {
            return self.stroke(&[(x, y - 4.0), (x, y + 4.0)], hue, 1.5);
        };
        self.area(&[(x - 4.0 * way, y - 5.0), (x + 5.0 * way, y), (x - 4.0 * way, y + 5.0)], hue, 1.0);
    }
}
