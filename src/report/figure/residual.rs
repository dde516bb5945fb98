//! Residual analysis of a cut-off.

use super::draw::{Axes, Style, Swatch, figure, span};
use super::error::FigureError;
use crate::filter::cutoff::ResidualCutoff;
use std::{format, string::String};

/// Draws the root mean square residual over the cut-off, the line fitted to its tail, and the cut-off where the curve reaches
/// the line's height at 0 Hz; also the cut-offs for the line's range moved by 10 %. `unit` is the record's.
///
/// ```
/// use copeak::{Rate, filter::cutoff::ResidualAnalysis, report::figure};
/// let noisy = |i: i32| (0.05 * f64::from(i)).sin() + 0.1 * f64::from(i * 7919 % 101) / 101.0;
/// let record: Vec<f64> = (0..500).map(noisy).collect();
/// let found = ResidualAnalysis::new(Rate::from_hz(100.0).unwrap()).apply(&record).unwrap();
/// assert!(figure::residual("Knee angle", "deg", &found).unwrap().contains("residual, RMS (deg)"));
/// ```
///
/// # Errors
/// [`FigureError`] when the analysis has no curve.
pub fn residual(title: &str, unit: &str, found: &ResidualCutoff) -> Result<String, FigureError> {
    if found.curve.iter().all(|(f, r)| !(f.is_finite() && r.is_finite())) {
        return Err(FigureError::nothing("residual"));
    }
    let line = |f: f64| (f, found.intercept + found.slope * f);
    let (from, to) = found.range_hz;
    // The first residuals are as high as the record itself; the line lies far below.
    let tail = found.curve.iter().filter(|(f, _)| *f >= found.cutoff_hz).map(|(_, r)| *r);
    let top = span(tail.chain([4.0 * found.intercept, 0.0]), (0.0, 1.0)).1;
    let (curve, fit, drop) = (
        Style::nth(0),
        Style { dashes: &[], ..Style::nth(1) },
        Style { dashes: &[4.0, 3.0], ..Style::ink() },
    );
    Ok(figure(title, |canvas| {
        let moved = [found.lower_range_cutoff_hz, found.higher_range_cutoff_hz];
        canvas.keys(&[
            (Swatch::Line(curve, 2.0), "residual".into()),
            (Swatch::Line(fit, 2.5), format!("line over {from:.0} to {to:.0} Hz, R² {:.3}", found.r2)),
            (Swatch::Line(drop, 1.2), format!("cut-off {:.1} Hz", found.cutoff_hz)),
        ]);
        let panel = canvas.axes(&Axes {
            x: (0.0, to),
            y: (0.0, top),
            x_title: "cut-off (Hz), -3 dB after both passes",
            y_title: &format!("residual, RMS ({unit})"),
            height: 250.0,
            ..Axes::default()
        });
        let inside = found.curve.iter().copied().map(|(f, r)| (f, if r <= top { r } else { f64::NAN }));
        canvas.curve(&panel, inside, curve, 2.0);
        canvas.curve(&panel, [line(from), line(to)], fit, 2.5);
        canvas.curve(&panel, [line(0.0), line(from)], Style { dashes: &[2.0, 3.0], ..fit }, 1.2);
        let (cutoff, level) = (found.cutoff_hz, found.intercept);
        canvas.curve(&panel, [(0.0, level), (cutoff, level), (cutoff, 0.0)], drop, 1.2);
        canvas.marker(Style::ink(), panel.at(cutoff, level), 4.0, 1.0);
        let said = match moved {
            [Some(lower), Some(higher)] => {
                let (low, high) = (lower.min(higher).min(cutoff), lower.max(higher).max(cutoff));
                canvas.shade(&panel, (low, high), Style::ink().hue, 0.1);
                format!(
                    "Shaded: cut-offs from {low:.1} to {high:.1} Hz, when the line's range moves by 10 %."
                )
            }
            _ => "When the line's range moves by 10 %, there is no cut-off.".into(),
        };
        canvas.y += 4.0;
        canvas.paragraph(&said, (panel.left, panel.right));
        if found.is_doubtful() {
            canvas.paragraph(
                "Doubtful: the range of the line decides, or it is not straight.",
                (panel.left, panel.right),
            );
        }
    }))
}
