//! Share of the impulse in the first half of contact.

use super::draw::{Row, Rows, display_name, figure, rounded, span, styles};
use super::error::FigureError;
use crate::convergence::shortfall::ContactImpulse;
use std::{format, string::String, vec::Vec};

/// Draws each contributor's share of its impulse in the first half of contact, with its interval, against even halves; on the
/// right the impulse.
///
/// ```
/// use copeak::{convergence::{CycleKind, Cycles}, model::JointModel, simulate::Sprinter, report::figure};
/// let trial = Sprinter::at_speed(8.0).steps(16).simulate().unwrap();
/// let steps: Vec<_> = trial.truth.steps.iter().map(|step| step.step).collect();
/// let model = JointModel::new(15.0).apply(&trial.recording).unwrap();
/// let cycles = Cycles::new(&model.contributors, &steps, CycleKind::Stride).unwrap();
/// let svg = figure::impulse("Simulated sprint", &cycles.contact_impulses(0.95).unwrap()).unwrap();
/// assert!(svg.contains("first half of contact (%)"));
/// ```
///
/// # Errors
/// [`FigureError`] when no contributor has an impulse above 0.
pub fn impulse(title: &str, impulses: &[ContactImpulse]) -> Result<String, FigureError> {
    if impulses.iter().all(|impulse| impulse.first_half.is_none()) {
        return Err(FigureError::nothing("impulse"));
    }
    let styles = styles(impulses.iter().map(|impulse| impulse.name.as_str()));
    let rows = impulses.iter().zip(&styles).map(|(impulse, style)| {
        let mut row = Row::new(display_name(&impulse.name), *style);
        if let Some(share) = impulse.first_half {
            row.value = Some(100.0 * share.value).filter(|v| v.is_finite());
            row.ci = share.ci.map(|ci| ci.scaled(100.0).into());
        }
        row.note = said(impulse);
        row
    });
    let rows: Vec<Row> = rows.collect();
    // An interval from few strides leaves the picture: the shares themselves set its range.
    let shares = || rows.iter().filter_map(|row| row.value).chain([0.0, 100.0]);
    Ok(figure(title, |canvas| {
        canvas.rows(
            &rows,
            &Rows {
                x: if shares().all(|share| (0.0..=100.0).contains(&share)) { (0.0, 100.0) } else { span(shares(), (0.0, 100.0)) },
                x_title: match rows.iter().any(|row| row.ci.is_some()) {
                    true => "share of the impulse in the first half of contact (%), mean and interval; dashed: even halves",
                    false => "share of the impulse in the first half of contact (%), mean; dashed: even halves",
                },
                swatches: true,
                zero: Some(50.0),
                ..Rows::default()
            },
        );
    }))
}

/// The impulse with as many digits as distinguish contributors.
fn said(impulse: &ContactImpulse) -> String {
    let value = impulse.impulse.value;
    let decimals = if value.abs() >= 100.0 { 0 } else { 1 + usize::from(value.abs() < 10.0) };
    let none = if impulse.first_half.is_none() { ", no share" } else { "" };
    // Degrees per second over seconds are degrees.
    let unit = impulse.unit.replace("/s s", "");
    format!("{} {unit}{none}", rounded(value, decimals))
}
