//! Curves, dots and bands on two axes, for any other data.

use super::draw::{Axes, Canvas, Hue, Panel, Style, Swatch, figure, span};
use super::error::FigureError;
use crate::{Real, Samples, Signal};
use std::{string::String, vec::Vec};

/// A plot built piece by piece: curves, dots, bands and vertical lines on two axes, with a legend.
///
/// ```
/// use copeak::{Clock, Filter, Rate, Signal, filter::ZeroPhase, report::figure::Plot};
/// let rate = Rate::from_hz(100.0).unwrap();
/// let angle: Vec<f64> = (0..200).map(|i| (f64::from(i) * 0.1).sin() + 0.1 * f64::from(i % 3)).collect();
/// let smooth = ZeroPhase::low_pass(2, 6.0, rate).unwrap().apply(&angle).unwrap();
/// let clock = Clock::from_zero(rate);
/// let plot = Plot::new("A filter", "time (s)", "angle (deg)")
///     .signal("raw", &Signal::new(clock, angle))
///     .signal("6 Hz", &Signal::new(clock, smooth));
/// assert!(plot.svg().unwrap().starts_with("<svg"));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Plot {
    title: String,
    x_title: String,
    y_title: String,
    layers: Vec<Layer>,
    vertical_lines: Vec<f64>,
    shades: Vec<(f64, f64)>,
    from_zero: bool,
}

/// One thing on the plot.
#[derive(Debug, Clone, PartialEq)]
struct Layer {
    name: String,
    kind: Kind,
}

#[derive(Debug, Clone, PartialEq)]
enum Kind {
    Curve(Vec<(f64, f64)>),
    Dots(Vec<(f64, f64)>),
    /// Place, lower and upper edge.
    Band(Vec<(f64, f64, f64)>),
}

impl Plot {
    /// Builds an empty plot; titles of axes name their units.
    pub fn new(title: impl Into<String>, x_title: impl Into<String>, y_title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            x_title: x_title.into(),
            y_title: y_title.into(),
            layers: Vec::new(),
            vertical_lines: Vec::new(),
            shades: Vec::new(),
            from_zero: false,
        }
    }

    /// Adds a curve through points in rising order; a value that is not finite breaks it. The name goes to the legend unless
    /// it is empty.
    #[must_use]
    pub fn curve(self, name: impl Into<String>, points: impl IntoIterator<Item = (f64, f64)>) -> Self {
        self.with(name, Kind::Curve(points.into_iter().collect()))
    }

    /// Adds a signal over its time in seconds.
    #[must_use]
    pub fn signal<S>(self, name: impl Into<String>, signal: &Signal<S>) -> Self
    where
        S: Samples,
        S::Item: Real,
    {
        let clock = signal.clock();
        let points = signal.samples().iter_samples().enumerate();
        self.curve(name, points.map(|(i, x)| (clock.time_s(i as f64), x.as_f64())))
    }

    /// Adds dots.
    #[must_use]
    pub fn dots(self, name: impl Into<String>, points: impl IntoIterator<Item = (f64, f64)>) -> Self {
        self.with(name, Kind::Dots(points.into_iter().collect()))
    }

    /// Adds a band from place, lower and upper edge, in the colour of the next curve or dots.
    #[must_use]
    pub fn band(self, edges: impl IntoIterator<Item = (f64, f64, f64)>) -> Self {
        self.with("", Kind::Band(edges.into_iter().collect()))
    }

    /// Adds a dashed vertical line.
    #[must_use]
    pub fn vertical_line(mut self, x: f64) -> Self {
        self.vertical_lines.push(x);
        self
    }

    /// Shades a stretch, such as a contact.
    #[must_use]
    pub fn shaded(mut self, from: f64, to: f64) -> Self {
        self.shades.push((from, to));
        self
    }

    /// Starts the vertical axis at 0.
    #[must_use]
    pub fn from_zero(mut self) -> Self {
        self.from_zero = true;
        self
    }

    /// Returns the title.
    pub fn title(&self) -> &str {
        &self.title
    }

    fn with(mut self, name: impl Into<String>, kind: Kind) -> Self {
        self.layers.push(Layer { name: name.into(), kind });
        self
    }

    /// Draws the plot as SVG.
    ///
    /// # Errors
    /// [`FigureError`] when no point is finite.
    pub fn svg(&self) -> Result<String, FigureError> {
        let points: Vec<(f64, f64)> = self.layers.iter().flat_map(Layer::points).collect();
        let seen = || points.iter().filter(|(x, y)| x.is_finite() && y.is_finite());
        if seen().next().is_none() {
            return Err(FigureError::nothing("sample"));
        }
        let places = seen().map(|p| p.0).chain(self.vertical_lines.iter().copied());
        let (first, last) =
            places.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)));
        // Dots keep a distance from the edges.
        let curves = self.layers.iter().any(|layer| !matches!(layer.kind, Kind::Dots(_)));
        let x = if curves && first < last { (first, last) } else { span([first, last], (0.0, 1.0)) };
        let (low, high) = span(seen().map(|p| p.1).chain(self.from_zero.then_some(0.0)), (0.0, 1.0));
        let y = (if self.from_zero { low.max(0.0) } else { low }, high);
        let named: Vec<(&Layer, Style)> = self.layers.iter().zip(self.styles()).collect();
        Ok(figure(&self.title, |canvas| {
            let keys = named.iter().filter(|(layer, _)| !layer.name.is_empty());
            canvas.keys(
                &keys
                    .map(|(layer, style)| (layer.kind.swatch(*style), layer.name.clone()))
                    .collect::<Vec<_>>(),
            );
            let panel = canvas.axes(&Axes {
                x,
                y,
                x_title: &self.x_title,
                y_title: &self.y_title,
                ..Axes::default()
            });
            for shade in &self.shades {
                canvas.shade(&panel, *shade, Hue::Ink, 0.07);
            }
            for vertical_line in &self.vertical_lines {
                canvas.vertical_line(
                    &panel,
                    *vertical_line,
                    Style { dashes: &[4.0, 3.0], ..Style::ink() },
                    1.2,
                );
            }
            named.iter().for_each(|(layer, style)| layer.kind.draw(canvas, &panel, *style));
        }))
    }

    /// Each layer's style; a band has that of the next curve or dots.
    fn styles(&self) -> Vec<Style> {
        let mut number = 0;
        let style = |layer: &Layer| {
            let style = Style::nth(number);
            number += usize::from(!matches!(layer.kind, Kind::Band(_)));
            style
        };
        self.layers.iter().map(style).collect()
    }
}

impl Layer {
    fn points(&self) -> Vec<(f64, f64)> {
        match &self.kind {
            Kind::Curve(points) | Kind::Dots(points) => points.clone(),
            Kind::Band(edges) => edges.iter().flat_map(|e| [(e.0, e.1), (e.0, e.2)]).collect(),
        }
    }
}

impl Kind {
    fn swatch(&self, style: Style) -> Swatch {
        match self {
            Kind::Curve(_) => Swatch::Line(style, 1.8),
            Kind::Dots(_) => Swatch::Marker(style),
            Kind::Band(_) => Swatch::Area(style.hue, 0.2),
        }
    }

    fn draw(&self, canvas: &mut Canvas, panel: &Panel, style: Style) {
        match self {
            Kind::Curve(points) => canvas.curve(panel, points.iter().copied(), style, 1.8),
            Kind::Dots(points) => {
                for (x, y) in points.iter().filter(|p| p.0.is_finite() && p.1.is_finite()) {
                    canvas.marker(style, panel.at(*x, *y), 3.0, 0.9);
                }
            }
            Kind::Band(edges) => canvas.between(panel, edges.iter().copied(), style.hue, 0.2),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_layer_is_drawn() {
        let plot = Plot::new("Knee", "time (s)", "angle (deg)")
            .band([(0.0, -1.0, 1.0), (1.0, -1.0, 2.0)])
            .curve("raw", [(0.0, 0.0), (1.0, 1.0)])
            .dots("peaks", [(0.5, 0.5), (0.7, f64::NAN)]);
        assert_eq!(plot.styles(), [0, 0, 1].map(Style::nth));
        let svg = plot.vertical_line(0.25).svg().unwrap();
        for word in ["Knee", "time (s)", "angle (deg)", "raw", "peaks"] {
            assert!(svg.contains(word), "{word}");
        }
        assert!(Plot::new("", "", "").curve("", [(0.0, f64::NAN)]).svg().is_err());
    }
}
