//! Coincidence and convergence index of every recording, by speed where it is known.

use super::draw::{Axes, Canvas, Row, Rows, Style, Swatch, figure, rounded, span};
use super::error::FigureError;
use crate::convergence::Session;
use crate::convergence::chance::StepKappa;
use crate::study::Study;
use std::{format, string::String, vec::Vec};

const TITLE: &str = "Coincidence and convergence index";

/// Draws each step's coincidence and kappa, and the recording's values with the 95 % interval of kappa, by speed; one row per
/// recording, in the order given, when any has no speed.
///
/// ```
/// use copeak::{report::figure, simulate::sprinter_at_four_speeds, study::Study};
/// let trials = sprinter_at_four_speeds().unwrap();
/// let recordings = trials[..2].iter().map(|trial| &trial.recording);
/// let study = Study::builder().trials(recordings).replicates(50).run().unwrap();
/// assert!(figure::convergence(&study).unwrap().contains("speed (m/s)"));
/// ```
///
/// # Errors
/// [`FigureError`] when no recording has an accepted step.
pub fn convergence(study: &Study) -> Result<String, FigureError> {
    let measured = study.trials().filter_map(|trial| {
        let session = trial.convergence.as_ref().filter(|session| session.coincidence.is_some())?;
        Some(Shown { file: &trial.file, speed_mps: trial.speed_mps, session })
    });
    let shown: Vec<Shown<'_>> = measured.collect();
    if shown.is_empty() {
        return Err(FigureError::nothing("accepted step"));
    }
    let speeds: Option<Vec<f64>> =
        shown.iter().map(|trial| trial.speed_mps.filter(|v| v.is_finite())).collect();
    Ok(figure(TITLE, |canvas| {
        let keys = [(0, "coincidence"), (1, "kappa, with its 95 % interval")];
        canvas.keys(&keys.map(|(i, name)| (Swatch::Marker(Style::nth(i)), name.into())));
        match &speeds {
            Some(speeds) => by_speed(canvas, &shown, speeds),
            None => by_name(canvas, &shown),
        }
    }))
}

/// A trial that has a coincidence.
struct Shown<'a> {
    file: &'a str,
    speed_mps: Option<f64>,
    session: &'a Session,
}

/// Steps, mean and interval of a measure: coincidence, then kappa.
fn measure(trial: &Shown<'_>, which: usize) -> Row {
    let of = if which == 0 { "coincidence" } else { "kappa" };
    let mut row = Row::new(of, Style::nth(which));
    let session = trial.session;
    let of_step = |index: &StepKappa| if which == 0 { index.coincidence.coincidence() } else { index.kappa };
    let steps = session.steps.iter().filter_map(|step| of_step(&step.index));
    row.dots = steps.filter(|v| v.is_finite()).collect();
    let mean = if which == 0 { session.coincidence } else { session.kappa.map(|kappa| kappa.value) };
    row.value = mean.filter(|v| v.is_finite());
    row.ci = session.kappa.and_then(|kappa| kappa.ci).filter(|_| which == 1).map(Into::into);
    row
}

/// From 0 to 1 and as far as steps and means lie: an interval from few steps leaves the picture.
fn shown_span<'a>(rows: impl IntoIterator<Item = &'a Row>) -> (f64, f64) {
    let points = rows.into_iter().flat_map(|row| row.dots.iter().copied().chain(row.value));
    let (low, high) = span(points.chain([0.0, 1.0]), (0.0, 1.0));
    (low, high.min(1.05))
}

fn by_speed(canvas: &mut Canvas, shown: &[Shown<'_>], speeds: &[f64]) {
    let wide =
        speeds.iter().copied().fold(0.0, f64::max) - speeds.iter().copied().fold(f64::INFINITY, f64::min);
    let (aside, room) = if wide > 0.0 { (0.012 * wide, 0.06 * wide) } else { (0.05, 1.0) };
    let x = span(speeds.iter().flat_map(|v| [v - room, v + room]), (0.0, 1.0));
    let rows: Vec<[Row; 2]> = shown.iter().map(|trial| [measure(trial, 0), measure(trial, 1)]).collect();
    let (low, high) = shown_span(rows.iter().flatten());
    let panel = canvas.axes(&Axes {
        x,
        y: (low, high),
        x_title: "speed (m/s)",
        y_title: "1 = all peak at one instant; kappa: 0 = chance",
        height: 230.0,
        ..Axes::default()
    });
    for which in 0..2 {
        let style = Style::nth(which);
        let aside = if which == 0 { -aside } else { aside };
        let mut means = Vec::new();
        for (rows, speed) in rows.iter().zip(speeds) {
            let (row, x) = (&rows[which], speed + aside);
            for dot in &row.dots {
                canvas.marker(style, panel.at(x, *dot), 2.5, 0.4);
            }
            if let Some((low, high)) = row.ci {
                let ends = [panel.at(x, low), panel.at(x, high)];
                canvas.stroke(&ends, style.hue, 3.0);
                for ((x, y), beyond, way) in
                    [(ends[0], low < panel.y.0, 1.0), (ends[1], high > panel.y.1, -1.0)]
                {
                    if beyond {
                        let tip = [(x - 5.0, y - 4.0 * way), (x, y + 5.0 * way), (x + 5.0, y - 4.0 * way)];
                        canvas.area(&tip, style.hue, 1.0);
                    }
                }
            }
            means.extend(row.value.map(|mean| (x, mean)));
        }
        means.sort_by(|a, b| a.0.total_cmp(&b.0));
        canvas.curve(&panel, means.iter().copied(), style, 1.2);
        for (x, mean) in means {
            canvas.marker(style, panel.at(x, mean), 5.5, 1.0);
        }
    }
}

fn by_name(canvas: &mut Canvas, shown: &[Shown<'_>]) {
    let rows = shown.iter().flat_map(|trial| {
        let (mut first, mut second) = (measure(trial, 0), measure(trial, 1));
        first.name = trial.file.into();
        second.name = String::new();
        for (row, name) in [(&mut first, "coincidence"), (&mut second, "kappa")] {
            row.note = row.value.map_or("not defined".into(), |v| format!("{name} {}", rounded(v, 2)));
        }
        [first, second]
    });
    let rows: Vec<Row> = rows.collect();
    let x = shown_span(&rows);
    canvas.rows(
        &rows,
        &Rows {
            x,
            x_title: "1 = all peak at one instant; kappa: 0 = chance",
            row: 22.0,
            zero: Some(0.0),
            ..Rows::default()
        },
    );
}
