//! Mean curves with their bands.

use super::draw::{Axes, Swatch, figure, span, styles};
use super::error::FigureError;
use crate::ensemble::SimultaneousBand;
use std::{format, string::String, vec::Vec};

/// Draws mean curves, each with its pointwise band (darker) and the band that holds the whole curve (lighter), over 0 to 100 % of a
/// period, such as `contact` or `stride`. `quantity` names what is drawn and its unit: `knee flexion (deg)`.
///
/// ```
/// use copeak::{ensemble::CurveBand, report::figure};
/// let curves: Vec<Vec<f64>> = (0..12)
///     .map(|stride| (0..101).map(|i| (f64::from(i) * 0.06).sin() + 0.1 * f64::from((stride * 7 + i / 20) % 5)).collect())
///     .collect();
/// let band = CurveBand::new(1).of(&curves).unwrap();
/// let svg = figure::ensemble("Twelve strides", "knee flexion (deg)", "stride", &[("rested", &band)]).unwrap();
/// assert!(svg.contains("stride (%)"));
/// ```
///
/// # Errors
/// [`FigureError`] when no band has two points to draw a curve through.
pub fn ensemble(
    title: &str,
    quantity: &str,
    period: &str,
    bands: &[(&str, &SimultaneousBand)],
) -> Result<String, FigureError> {
    if !bands.iter().any(|(_, band)| band.mean.len() > 1 && band.mean.iter().any(|m| m.is_finite())) {
        return Err(FigureError::nothing("mean curve"));
    }
    let styles = styles(bands.iter().map(|(name, _)| *name));
    let values = bands.iter().flat_map(|(_, band)| {
        let edges = [&band.simultaneous, &band.pointwise].into_iter().flatten();
        band.mean.iter().chain(edges.flat_map(|edges| edges.low.iter().chain(&edges.high))).copied()
    });
    let y = span(values, (0.0, 1.0));
    Ok(figure(title, |canvas| {
        let mut keys = Vec::new();
        for ((name, band), style) in bands.iter().zip(&styles) {
            keys.push((Swatch::Line(*style, 2.0), format!("{name} (n = {})", band.n)));
        }
        let percent = bands.first().map_or(95.0, |(_, band)| 100.0 * band.level);
        let hue = styles[0].hue;
        if bands.iter().any(|(_, band)| band.pointwise.is_some()) {
            keys.push((Swatch::Area(hue, 0.35), format!("{percent:.0} % at each point")));
        }
        if bands.iter().any(|(_, band)| band.simultaneous.is_some()) {
            keys.push((Swatch::Area(hue, 0.15), format!("{percent:.0} % over the whole curve")));
        }
        canvas.keys(&keys);
        let panel = canvas.axes(&Axes {
            x: (0.0, 100.0),
            y,
            x_title: &format!("{period} (%)"),
            y_title: quantity,
            height: 260.0,
            ..Axes::default()
        });
        let at = |i: usize, n: usize| 100.0 * i as f64 / (n - 1) as f64;
        for ((_, band), style) in bands.iter().zip(&styles) {
            for (edges, opacity) in [(&band.simultaneous, 0.15), (&band.pointwise, 0.24)] {
                let Some(edges) = edges else { continue };
                let n = edges.low.len();
                let both = edges.low.iter().zip(&edges.high).enumerate();
                canvas.between(&panel, both.map(|(i, (l, h))| (at(i, n), *l, *h)), style.hue, opacity);
            }
        }
        for ((_, band), style) in bands.iter().zip(&styles) {
            let n = band.mean.len();
            canvas.curve(&panel, band.mean.iter().enumerate().map(|(i, m)| (at(i, n), *m)), *style, 2.0);
        }
        let few = |(name, band): &(&str, &SimultaneousBand)| {
            band.pointwise.is_none().then(|| format!("{name}: too few curves for a band. "))
        };
        let said: String = bands.iter().filter_map(few).collect();
        canvas.paragraph(&said, (panel.left, panel.right));
    }))
}
