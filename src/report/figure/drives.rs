//! The contributors' drives over the cycle, with each step's peaks.

use super::curves::Curves;
use super::draw::{Axes, Hue, Row, Rows, display_name, figure, name_width, span, styles};
use super::error::FigureError;
use crate::convergence::Cycles;
use crate::math::moments;
use std::{string::String, vec::Vec};

/// Draws mean drives (with one standard deviation) over the cycle around mid-contact, and below them each step's peak
/// times with their mean and standard deviation. Shaded: the support foot on the ground.
///
/// ```
/// use copeak::{report::figure, simulate::Sprinter, study::Study};
/// let trial = Sprinter::at_speed(9.5).steps(8).simulate().unwrap().recording;
/// let study = Study::builder().trial(&trial).replicates(20).run().unwrap();
/// let cycles = study.sessions[0].trials[0].cycles.as_ref().unwrap();
/// assert!(figure::drives("Mean drives over the stride", cycles).unwrap().contains("support hip"));
/// ```
///
/// # Errors
/// [`FigureError`] when there is no drive, or the cycle has no length.
pub fn drives(title: &str, cycles: &Cycles) -> Result<String, FigureError> {
    draw(title, &Curves::of(cycles))
}

pub(super) fn draw(title: &str, curves: &Curves) -> Result<String, FigureError> {
    let there = curves.drives.iter().any(|d| d.mean.iter().any(|m| m.is_finite()));
    if !there || curves.cycle_s.is_nan() || curves.cycle_s <= 0.0 {
        return Err(FigureError::nothing("drive"));
    }
    let half_ms = 500.0 * curves.cycle_s;
    let contact_ms = 500.0 * curves.contact_s;
    let x = (-half_ms, half_ms);
    let styles = styles(curves.drives.iter().map(|drive| drive.name.as_str()));
    let names: Vec<String> = curves.drives.iter().map(|drive| display_name(&drive.name)).collect();
    let left = name_width(&names, true);

    let tops = curves.drives.iter().flat_map(|d| d.mean.iter().zip(&d.sd).map(|(m, s)| m + s));
    let high = span(tops.chain([0.0, 1.0]), (0.0, 1.0)).1;
    // Forces also pull: their bands reach below 0, where those of clipped drives have nothing to show.
    let below = |(m, s): (&f64, &f64)| if *m < 0.0 { m - s } else { 0.0 };
    let lows = curves.drives.iter().flat_map(|d| d.mean.iter().zip(&d.sd).map(below));
    let low = lows.filter(|low| low.is_finite()).fold(0.0, f64::min);

    let rows = curves.drives.iter().zip(&styles).zip(&names).map(|((drive, style), name)| {
        let times: Vec<f64> = drive.peaks_s.iter().map(|t| 1e3 * t).filter(|t| t.is_finite()).collect();
        let mut row = Row::new(name.clone(), *style);
        if times.is_empty() {
            row.note = "no peak".into();
        } else {
            let (mean, variance) = moments(&times);
            row.value = Some(mean);
            row.ci = (times.len() > 1).then(|| (mean - variance.sqrt(), mean + variance.sqrt()));
        }
        row.dots = times;
        row
    });
    let rows: Vec<Row> = rows.collect();
    Ok(figure(title, |canvas| {
        let panel = canvas.axes(&Axes {
            x,
            y: (low, high),
            y_title: if curves.newtons {
                "force (N): mean and one standard deviation over the steps; below, each step's peak"
            } else {
                "drive (mean peak = 1): mean and one standard deviation over the steps; below, each step's peak"
            },
            height: 230.0,
            left: Some(left),
            numbers: false,
            ..Axes::default()
        });
        canvas.shade(&panel, (-contact_ms, contact_ms), Hue::Ink, 0.07);
        let at = |k: usize, n: usize| -half_ms + k as f64 * 2.0 * half_ms / n as f64;
        for (drive, style) in curves.drives.iter().zip(&styles) {
            let n = drive.mean.len();
            let edges = drive.mean.iter().zip(&drive.sd).enumerate();
            let edges = edges.map(|(k, (m, s))| (at(k, n), (m - s).max(low), m + s));
            canvas.between(&panel, edges, style.hue, 0.15);
        }
        for (drive, style) in curves.drives.iter().zip(&styles) {
            let n = drive.mean.len();
            canvas.curve(&panel, drive.mean.iter().enumerate().map(|(k, m)| (at(k, n), *m)), *style, 2.0);
        }
        canvas.y += 4.0;
        canvas.rows(
            &rows,
            &Rows {
                x,
                x_title: "peak time from mid-contact (ms); shaded: support foot on the ground",
                left: Some(left),
                swatches: true,
                shaded: [(-contact_ms, contact_ms)].to_vec(),
                ..Rows::default()
            },
        );
    }))
}
