//! Gain of re-timing each contributor.

use super::draw::{Row, Rows, about_zero, display_name, figure, styles};
use super::error::FigureError;
use crate::convergence::session::SessionContributor;
use std::{format, string::String, vec::Vec};

/// Draws the gain of re-timing each contributor, its shift chosen on one half of the strides and judged on the other, with its interval: a
/// weak link is one whose interval lies above 0. On the right is the shift that would help most. Where there are too few strides to judge
/// it on others, it is marked as untested: such a gain is never below 0.
///
/// ```
/// use copeak::{report::figure, simulate::{Pulse, Sprinter}, study::Study};
/// let late = Sprinter::at_speed(8.0).steps(20).every_jitter_s(0.004).offset_s(Pulse::OppositeArm, 0.04);
/// let trial = late.simulate().unwrap().recording;
/// let study = Study::builder().trial(&trial).replicates(100).run().unwrap();
/// let svg = figure::gains("Re-timing", &study.convergence().unwrap().session.contributors).unwrap();
/// assert!(svg.contains("gain of the realised peak"));
/// ```
///
/// # Errors
/// [`FigureError`] when no contributor has a gain.
pub fn gains(title: &str, contributors: &[SessionContributor]) -> Result<String, FigureError> {
    let styles = styles(contributors.iter().map(|contributor| contributor.name.as_str()));
    let rows = contributors.iter().zip(&styles).map(|(contributor, style)| {
        let mut row = Row::new(display_name(&contributor.name), *style);
        let Some(retiming) = contributor.retiming else { return row };
        let gain = retiming.held_out.map_or(retiming.gain, |held_out| held_out.value);
        row.value = Some(100.0 * gain).filter(|gain| gain.is_finite());
        let ci = retiming.held_out.and_then(|held_out| held_out.ci);
        row.ci = ci.map(|ci| ci.scaled(100.0).into());
        if let Some(shift) = contributor.best_shift_s {
            let way = if shift.value < 0.0 { "earlier" } else { "later" };
            let more = if retiming.at_bound { " or more" } else { "" };
            let untested = if retiming.held_out.is_some() { "" } else { ", untested" };
            row.note = format!("{:.0} ms{more} {way}{untested}", 1e3 * shift.value.abs());
        }
        row
    });
    let rows: Vec<Row> = rows.collect();
    if rows.iter().all(|row| row.value.is_none()) {
        return Err(FigureError::nothing("gain"));
    }
    Ok(figure(title, |canvas| {
        canvas.rows(
            &rows,
            &Rows {
                x: about_zero(&rows, 5.0),
                x_title: "gain of the realised peak (%) by the shift on the right: possible, not promised",
                swatches: true,
                zero: Some(0.0),
                ..Rows::default()
            },
        );
    }))
}
