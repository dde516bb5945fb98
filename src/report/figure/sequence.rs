//! Sequence of a limb as a timeline.

use super::draw::{Canvas, Row, Rows, Style, about_zero, figure, name_width, span};
use super::error::FigureError;
use crate::sequence::Sequence;
use std::{format, string::String, vec::Vec};

/// Draws the peak times after initial contact of each channel: every cycle, the mean and its interval. Shaded: the foot on the ground.
///
/// ```
/// use copeak::{report::figure, simulate::Sprinter, study::Study};
/// let trial = Sprinter::at_speed(9.5).steps(8).simulate().unwrap().recording;
/// let study = Study::builder().trial(&trial).replicates(20).run().unwrap();
/// let leg = study.sessions[0].trials[0].sequence.as_ref().unwrap();
/// assert!(figure::sequence("Support leg", leg).unwrap().contains("knee"));
/// ```
///
/// # Errors
/// [`FigureError`] when no channel has a time.
pub fn sequence(title: &str, sequence: &Sequence) -> Result<String, FigureError> {
    let rows = channels(sequence)?;
    let left = name_width(rows.iter().map(|row| &row.name), false);
    Ok(figure(title, |canvas| {
        times(canvas, &rows, sequence.mean_contact_s, left);
    }))
}

/// Draws a [`Sequence`]: above, the peak times of each channel after the cycle's start (every cycle, the mean and its
/// interval; shaded up to terminal contact, where every cycle has one); below, each lag with its interval and relation.
///
/// The intervals of the times hold their scatter; those of the lags also what delays and clocks add.
///
/// ```
/// use copeak::inference::{Bootstrap, Strides};
/// use copeak::{report::figure, sequence::{Cycle, Sequence, Timing}};
/// let cycle = |lag: f64| Cycle {
///     start_s: 0.0,
///     duration_s: 0.5,
///     contact_s: Some(0.2),
///     times: vec![Some(Timing::at(0.1)), Some(Timing::at(0.1 + lag))],
/// };
/// let cycles = [cycle(0.02), cycle(0.025), cycle(0.022)];
/// let sequence = Sequence::of(&["hip", "knee"], &cycles, &Strides::ungrouped(3), &Bootstrap::new(1)).unwrap();
/// assert!(figure::timeline("Support leg", &sequence).unwrap().starts_with("<svg"));
/// ```
///
/// # Errors
/// [`FigureError`] when no channel has a time.
pub fn timeline(title: &str, sequence: &Sequence) -> Result<String, FigureError> {
    let rows = channels(sequence)?;
    let lags = lags(sequence);
    let left = name_width(rows.iter().chain(&lags).map(|row| &row.name), false);
    Ok(figure(title, |canvas| {
        times(canvas, &rows, sequence.mean_contact_s, left);
        if !lags.is_empty() {
            canvas.y += 12.0;
            canvas.rows(
                &lags,
                &Rows {
                    x: about_zero(&lags, 30.0),
                    x_title: "lag (ms), mean and interval",
                    left: Some(left),
                    zero: Some(0.0),
                    ..Rows::default()
                },
            );
        }
    }))
}

/// Peak times of each channel.
fn channels(sequence: &Sequence) -> Result<Vec<Row>, FigureError> {
    let rows = sequence.channels.iter().zip(&sequence.times).map(|(channel, found)| {
        let mut row = Row::new(&channel.name, Style::nth(0));
        let after = found.after_start_s.iter().flatten();
        row.dots = after.map(|t| 1e3 * t).filter(|t| t.is_finite()).collect();
        row.value = found.mean_s.map(|mean| 1e3 * mean.value).filter(|mean| mean.is_finite());
        row.ci = found.mean_s.and_then(|mean| mean.ci).map(|ci| ci.scaled(1e3).into());
        row.note = row.value.map_or("no peak".into(), |mean| format!("{mean:.0} ms"));
        row
    });
    let rows: Vec<Row> = rows.collect();
    if rows.iter().all(|row| row.value.is_none()) {
        return Err(FigureError::nothing("sequence"));
    }
    Ok(rows)
}

fn times(canvas: &mut Canvas, rows: &[Row], contact_s: Option<f64>, left: f64) {
    let contact_ms = contact_s.map(|s| 1e3 * s).filter(|ms| *ms > 0.0);
    // A wide interval from few cycles leaves the picture: the times themselves set its range.
    let times = || rows.iter().flat_map(|row| row.dots.iter().copied().chain(row.value));
    let (low, high) = span(times().chain([0.0]).chain(contact_ms), (0.0, 300.0));
    let earliest = times().fold(0.0, f64::min);
    canvas.rows(
        rows,
        &Rows {
            x: (if earliest < -10.0 { low } else { 0.0 }, high),
            x_title: if contact_ms.is_some() {
                "peak time after initial contact (ms): each cycle, mean, interval; shaded: foot on the ground"
            } else {
                "peak time after the cycle's start (ms): each cycle, mean, interval"
            },
            left: Some(left),
            row: 32.0,
            shaded: contact_ms.map(|ms| (0.0, ms)).into_iter().collect(),
            ..Rows::default()
        },
    );
}

/// Each lag with its interval, against 0.
fn lags(sequence: &Sequence) -> Vec<Row> {
    let name = |i: usize| sequence.channels[i].name.as_str();
    let row = |pair: &crate::sequence::lag::PairLag| {
        let mut row = Row::new(format!("{} > {}", name(pair.from), name(pair.to)), Style::ink());
        let mean = pair.mean_s;
        row.value = Some(1e3 * mean.value);
        row.ci = mean.ci.map(|ci| ci.scaled(1e3).into());
        row.note = format!("{:+.1} ms, {}", 1e3 * mean.value, pair.relation);
        row
    };
    sequence.pairs.iter().map(row).collect()
}
