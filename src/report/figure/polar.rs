//! Peaks as phases of the cycle, on a circle.

use super::curves::Curves;
use super::draw::{
    Align, Hue, LEADING, MARGIN, SWATCH, Swatch, TEXT, WIDTH, cut, display_name, figure, rounded, styles,
};
use super::error::FigureError;
use crate::convergence::Cycles;
use crate::synchrony::Circular;
use std::{f64::consts::TAU, format, string::String, vec::Vec};

/// The circle's radius in pixels.
const RADIUS: f64 = 120.0;
/// Distance between the rings of two contributors' peaks, and the most that all rings may take.
const RING: f64 = 8.0;
const RINGS: f64 = 60.0;
/// Width of the names to the right of the circle.
const KEY: f64 = 230.0;
/// Distance from one contributor's name to the next.
const ENTRY: f64 = 2.0 * LEADING + 8.0;

/// Draws each step's peaks as phases of the cycle, mid-contact at the top and time running clockwise: markers on a ring for
/// each contributor, and a line to the mean phase that is as long as the resultant (the full radius: every peak at one phase).
/// Shaded: the support foot on the ground.
///
/// ```
/// use copeak::{report::figure, simulate::Sprinter, study::Study};
/// let trial = Sprinter::at_speed(9.5).steps(8).simulate().unwrap().recording;
/// let study = Study::builder().trial(&trial).replicates(20).run().unwrap();
/// let cycles = study.sessions[0].trials[0].cycles.as_ref().unwrap();
/// assert!(figure::polar("Peaks as phases of the stride", cycles).unwrap().contains("resultant 1.00"));
/// ```
///
/// # Errors
/// [`FigureError`] when no contributor has a peak.
pub fn polar(title: &str, cycles: &Cycles) -> Result<String, FigureError> {
    draw(title, &Curves::of(cycles))
}

pub(super) fn draw(title: &str, curves: &Curves) -> Result<String, FigureError> {
    let there = curves.drives.iter().any(|drive| drive.peaks_s.iter().any(|t| t.is_finite()));
    if !there || curves.cycle_s.is_nan() || curves.cycle_s <= 0.0 {
        return Err(FigureError::nothing("peak"));
    }
    let styles = styles(curves.drives.iter().map(|drive| drive.name.as_str()));
    let count = curves.drives.len() as f64;
    let apart = RING.min(RINGS / count);
    let outside = RADIUS + apart * count + 8.0;
    Ok(figure(title, |canvas| {
        let high = (2.0 * (outside + LEADING)).max(ENTRY * count);
        let middle = ((WIDTH - KEY) / 2.0 - MARGIN, canvas.y + high / 2.0);
        let at = |phase: f64, radius: f64| {
            let (sin, cos) = (TAU * phase).sin_cos();
            (middle.0 + radius * sin, middle.1 - radius * cos)
        };
        let arc = |from: f64, to: f64| -> Vec<(f64, f64)> {
            (0..=180).map(|i| at(from + (to - from) * f64::from(i) / 180.0, RADIUS)).collect()
        };
        let contact = (0.5 * curves.contact_s / curves.cycle_s).clamp(0.0, 0.5);
        let mut wedge = arc(-contact, contact);
        wedge.push(middle);
        canvas.area(&wedge, Hue::Ink, 0.07);
        for quarter in 0..4 {
            let phase = 0.25 * f64::from(quarter);
            canvas.stroke(&[middle, at(phase, RADIUS)], Hue::Faint, 1.0);
        }
        canvas.stroke(&arc(0.0, 1.0), Hue::Ink, 1.0);
        let quarter_ms = 250.0 * curves.cycle_s;
        let (up, down) = (at(0.0, outside), at(0.5, outside));
        canvas.text("mid-contact", (up.0, up.1 - LEADING / 2.0), Align::Middle);
        canvas.text(&format!("+{quarter_ms:.0} ms"), at(0.25, outside), Align::Start);
        let half = format!("{:.0} ms", 2.0 * quarter_ms);
        canvas.text(&half, (down.0, down.1 + LEADING / 2.0), Align::Middle);
        canvas.text(&format!("-{quarter_ms:.0} ms"), at(0.75, outside), Align::End);

        let left = WIDTH - KEY - MARGIN;
        for (i, (drive, style)) in curves.drives.iter().zip(&styles).enumerate() {
            let ring = RADIUS + apart * (i as f64 + 0.8);
            let phases = drive.peaks_s.iter().filter(|t| t.is_finite());
            let phases: Vec<f64> = phases.map(|t| (t / curves.cycle_s).rem_euclid(1.0)).collect();
            for phase in &phases {
                canvas.marker(*style, at(*phase, ring), 3.0, 0.7);
            }
            let key = middle.1 + ENTRY * (i as f64 - 0.5 * (count - 1.0));
            canvas.swatch(Swatch::Style(*style), (left, key - LEADING / 2.0));
            let name = cut(&display_name(&drive.name), TEXT, KEY - SWATCH - 8.0);
            canvas.text(&name, (left + SWATCH + 8.0, key - LEADING / 2.0), Align::Start);
            let said = match Circular::of(&phases).ok().and_then(|c| Some((c.mean?, c.resultant))) {
                Some((mean, resultant)) => {
                    let end = at(mean, RADIUS * resultant);
                    canvas.line(&[middle, end], *style, 2.5);
                    canvas.marker(*style, end, 4.5, 1.0);
                    let signed = 1e3 * curves.cycle_s * if mean > 0.5 { mean - 1.0 } else { mean };
                    let sign = if signed > 0.0 { "+" } else { "" };
                    format!("{sign}{} ms, resultant {resultant:.2}", rounded(signed, 0))
                }
                None => "no mean phase".into(),
            };
            canvas.text(&said, (left + SWATCH + 8.0, key + LEADING / 2.0), Align::Start);
        }
        canvas.y += high;
    }))
}
