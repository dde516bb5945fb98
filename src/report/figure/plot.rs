//! Curves, dots and bands on two axes: for what has no figure of its own.

use super::style::{self, DOT, FigureError, Frame, INK, SCALE, colour, font, words};
use crate::{Real, Samples, Signal};
use plotters::{
    element::{Circle, PathElement, Polygon, Rectangle, Text},
    style::{
        Color,
        text_anchor::{HPos, Pos, VPos},
    },
};
use std::{string::String, vec::Vec};

/// Size in pixels.
const SIZE: (u32, u32) = (760, 280);
/// Curves of more points are drawn by the least and the largest of each piece.
const MOST_POINTS: usize = 1500;
/// A row of the legend.
const ROW: i32 = 18;

/// A plot that is put together piece by piece: curves, dots, bands and upright lines on two axes, with a legend.
///
/// ```
/// # #[cfg(feature = "plot")] {
/// use copeak::{Clock, Filter, Rate, Signal, filter::ZeroPhase, report::figure::Plot};
/// let rate = Rate::hz(100.0).unwrap();
/// let angle: Vec<f64> = (0..200).map(|i| (f64::from(i) * 0.1).sin() + 0.1 * f64::from(i % 3)).collect();
/// let smooth = ZeroPhase::low_pass(2, 6.0, rate).unwrap().apply(&angle).unwrap();
/// let clock = Clock::from_zero(rate);
/// let plot = Plot::new("A filter", "time (s)", "angle (deg)")
///     .signal("raw", &Signal::new(clock, angle))
///     .signal("6 Hz", &Signal::new(clock, smooth));
/// assert!(plot.svg().unwrap().starts_with("<svg"));
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Plot {
    title: String,
    x_title: String,
    y_title: String,
    layers: Vec<Layer>,
    uprights: Vec<f64>,
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
    /// An empty plot; titles of axes name their units.
    pub fn new(title: impl Into<String>, x_title: impl Into<String>, y_title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            x_title: x_title.into(),
            y_title: y_title.into(),
            layers: Vec::new(),
            uprights: Vec::new(),
            shades: Vec::new(),
            from_zero: false,
        }
    }

    /// With a curve through points in rising order; a value that is not finite breaks it. A name goes to the legend, an
    /// empty one does not.
    #[must_use]
    pub fn curve(self, name: impl Into<String>, points: impl IntoIterator<Item = (f64, f64)>) -> Self {
        self.with(name, Kind::Curve(points.into_iter().collect()))
    }

    /// With a signal over its time in seconds.
    #[must_use]
    pub fn signal<S>(self, name: impl Into<String>, signal: &Signal<S>) -> Self
    where
        S: Samples,
        S::Item: Real,
    {
        let clock = signal.clock();
        let points = signal.samples().iter_samples().enumerate();
        self.curve(name, points.map(|(i, x)| (clock.time_s(i as f64), x.wide())))
    }

    /// With dots.
    #[must_use]
    pub fn dots(self, name: impl Into<String>, points: impl IntoIterator<Item = (f64, f64)>) -> Self {
        self.with(name, Kind::Dots(points.into_iter().collect()))
    }

    /// With a band between a lower and an upper edge, each given with its place, in the colour of what comes next.
    #[must_use]
    pub fn band(self, edges: impl IntoIterator<Item = (f64, f64, f64)>) -> Self {
        self.with("", Kind::Band(edges.into_iter().collect()))
    }

    /// With a dashed line from bottom to top.
    #[must_use]
    pub fn upright(mut self, x: f64) -> Self {
        self.uprights.push(x);
        self
    }

    /// With a shaded stretch, such as a contact.
    #[must_use]
    pub fn shaded(mut self, from: f64, to: f64) -> Self {
        self.shades.push((from, to));
        self
    }

    /// With an upright axis that begins at 0.
    #[must_use]
    pub fn from_zero(mut self) -> Self {
        self.from_zero = true;
        self
    }

    /// Its title.
    pub fn title(&self) -> &str {
        &self.title
    }

    fn with(mut self, name: impl Into<String>, kind: Kind) -> Self {
        self.layers.push(Layer { name: name.into(), kind });
        self
    }

    /// The plot as SVG.
    ///
    /// # Errors
    /// [`FigureError`] when no point is finite.
    pub fn svg(&self) -> Result<String, FigureError> {
        let points: Vec<(f64, f64)> = self.layers.iter().flat_map(Layer::points).collect();
        let seen = || points.iter().filter(|(x, y)| x.is_finite() && y.is_finite());
        if seen().next().is_none() {
            return Err(FigureError::nothing("sample"));
        }
        let (first, last) = ends(seen().map(|p| p.0).chain(self.uprights.iter().copied()));
        let x = if first < last { (first, last) } else { (first - 0.5, last + 0.5) };
        let zero = self.from_zero.then_some(0.0);
        let (mut low, high) = style::span(seen().map(|p| p.1).chain(zero), (0.0, 1.0));
        if self.from_zero {
            low = low.max(0.0);
        }
        let y = if low < high { (low, high) } else { (low - 1.0, high + 1.0) };
        style::svg(SIZE, |area| {
            let mut chart = Frame {
                title: &self.title,
                x,
                y,
                x_title: &self.x_title,
                y_title: &self.y_title,
                left: 70,
                x_label: &label,
                y_label: &label,
                x_ticks: style::ticks(x, 9),
                y_ticks: style::ticks(y, 5),
                lines: true,
            }
            .draw(area)?;
            let within = |v: f64| v.clamp(x.0, x.1);
            for &(from, to) in self.shades.iter().filter(|(from, to)| *to > x.0 && *from < x.1) {
                let shade = [(within(from), y.0), (within(to), y.1)];
                chart.draw_series([Rectangle::new(shade, INK.mix(0.07).filled())]).map_err(words)?;
            }
            let mut series = 0;
            let mut legend = Vec::new();
            for layer in &self.layers {
                let ink = colour(series);
                match &layer.kind {
                    Kind::Band(edges) => {
                        let upper = edges.iter().map(|e| (e.0, e.2));
                        let outline: Vec<_> = upper.chain(edges.iter().rev().map(|e| (e.0, e.1))).collect();
                        chart.draw_series([Polygon::new(outline, ink.mix(0.2))]).map_err(words)?;
                        continue;
                    }
                    Kind::Curve(points) => {
                        for piece in pieces(&thinned(points)) {
                            let line = PathElement::new(piece, ink.stroke_width(3 * SCALE / 2));
                            chart.draw_series([line]).map_err(words)?;
                        }
                    }
                    Kind::Dots(points) => {
                        let finite = points.iter().filter(|p| p.0.is_finite() && p.1.is_finite());
                        let dots = finite.map(|p| Circle::new(*p, 3 * DOT, ink.filled()));
                        chart.draw_series(dots).map_err(words)?;
                    }
                }
                if !layer.name.is_empty() {
                    legend.push((layer.name.as_str(), ink));
                }
                series += 1;
            }
            for &upright in &self.uprights {
                style::dashed(&mut chart, upright, y)?;
            }
            // Above the plotting area, on the right, where no curve is.
            let mut right = SIZE.0 as i32 - 16;
            for (name, ink) in legend.into_iter().rev() {
                let style = font(13).color(&ink).pos(Pos::new(HPos::Right, VPos::Center));
                area.draw(&Text::new(String::from(name), (right * DOT, ROW * DOT), style)).map_err(words)?;
                right -= 8 * name.chars().count() as i32 + 18;
            }
            Ok(())
        })
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

fn ends(values: impl Iterator<Item = f64>) -> (f64, f64) {
    values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)))
}

/// A number as an axis shows it, however large or small.
fn label(value: f64) -> String {
    let size = value.abs();
    if size != 0.0 && !(0.01..1e6).contains(&size) {
        std::format!("{value:.0e}")
    } else {
        style::plain(value)
    }
}

/// At most so many points that a screen can show: of each piece of a longer curve the least and the largest.
fn thinned(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    if points.len() <= MOST_POINTS {
        return points.to_vec();
    }
    let piece = points.len().div_ceil(MOST_POINTS / 2);
    let mut kept = Vec::with_capacity(MOST_POINTS + 2);
    for piece in points.chunks(piece) {
        let by_height = |a: &&(f64, f64), b: &&(f64, f64)| a.1.total_cmp(&b.1);
        if let Some(gap) = piece.iter().find(|p| !p.1.is_finite()) {
            kept.push(*gap);
            continue;
        }
        let (Some(low), Some(high)) = (piece.iter().min_by(by_height), piece.iter().max_by(by_height)) else {
            continue;
        };
        kept.extend(if low.0 < high.0 { [*low, *high] } else { [*high, *low] });
    }
    kept
}

/// The stretches between values that are not finite.
fn pieces(points: &[(f64, f64)]) -> impl Iterator<Item = Vec<(f64, f64)>> + '_ {
    points.split(|p| !p.1.is_finite()).filter(|piece| !piece.is_empty()).map(<[_]>::to_vec)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_curves_keep_their_extremes() {
        let mut points: Vec<(f64, f64)> =
            (0..100_000).map(|i| (f64::from(i), f64::from(i % 7))).collect();
        points[54_321].1 = 99.0;
        points[12_345].1 = -99.0;
        let thin = thinned(&points);
        assert!(thin.len() <= MOST_POINTS + 2);
        assert!(thin.contains(&points[54_321]) && thin.contains(&points[12_345]));
        assert!(thin.windows(2).all(|w| w[0].0 <= w[1].0), "in order");
    }

    #[test]
    fn a_gap_breaks_the_curve() {
        let points = [(0.0, 1.0), (1.0, 2.0), (2.0, f64::NAN), (3.0, 1.0)];
        let found: Vec<_> = pieces(&points).collect();
        assert_eq!(found, [vec![(0.0, 1.0), (1.0, 2.0)], vec![(3.0, 1.0)]]);
    }

    #[test]
    fn labels_of_any_size() {
        assert_eq!([0.0, 0.25, 1500.0, 1e-5, 2e7].map(label), ["0", "0.25", "1500", "1e-5", "2e7"]);
    }
}
