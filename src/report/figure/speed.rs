//! Speed: the models that explain it over trials, and its curve in one sprint.

use super::draw::{Axes, FULL_WIDTH, Row, Rows, Style, Swatch, figure, name_width, rounded, span};
use super::error::FigureError;
use crate::Signal;
use crate::performance::{Effect, SpeedFit, SprintCurve};
use std::{format, string::String, vec::Vec};

/// Draws the variance of speed over trials that models explain: R² by force, by force with step frequency (the covariate) and
/// by force with convergence; below, the speed in m/s that convergence adds at equal force, and at equal force and step
/// frequency, with intervals, and what a step frequency higher by 1 Hz adds. The cautions of the fit follow.
///
/// ```
/// use copeak::{performance::{SpeedModel, SpeedTrial}, report::figure};
/// let trial = |i: u32| {
///     let (force, kappa) = (3.0 + 0.1 * f64::from(i), 0.4 + 0.02 * f64::from(i * 7 % 5));
///     let speed_mps = 2.0 * force + 3.0 * kappa + 0.01 * f64::from(i * 3 % 7);
///     SpeedTrial { speed_mps, force, convergence: kappa, ..SpeedTrial::default() }
/// };
/// let fit = SpeedModel::new(1).fit(&(0..12).map(trial).collect::<Vec<_>>()).unwrap();
/// assert!(figure::speed_model("Twelve trials", &fit).unwrap().contains("force and convergence"));
/// ```
///
/// # Errors
/// [`FigureError`] when the models explain no finite share.
pub fn speed_model(title: &str, fit: &SpeedFit) -> Result<String, FigureError> {
    if !(fit.r2_force.is_finite() && fit.r2_full.is_finite()) {
        return Err(FigureError::nothing("speed model"));
    }
    let explained = |name: &str, number: usize, r2: f64| {
        let mut row = Row::new(name, Style::nth(number));
        row.value = Some(r2).filter(|r2| r2.is_finite());
        row.note = row.value.map_or("not defined".into(), |r2| rounded(r2, 3));
        row
    };
    let mut shares = [explained("force", 4, fit.r2_force)].to_vec();
    shares.extend(fit.covariate.map(|rival| explained("force and step frequency", 1, rival.r2)));
    shares.push(explained("force and convergence", 0, fit.r2_full));

    let mut effects = [effect("convergence, at equal force", 0, &fit.convergence)].to_vec();
    if let Some(rival) = &fit.covariate {
        effects.push(effect("and at equal step frequency", 0, &rival.convergence));
    }
    let frequency =
        fit.covariate.map(|rival| [effect("step frequency, at equal force", 1, &rival.step_frequency)]);
    let names = shares.iter().chain(&effects).chain(frequency.iter().flatten()).map(|row| &row.name);
    let left = name_width(names, false);
    Ok(figure(title, |canvas| {
        canvas.rows(
            &shares,
            &Rows {
                x: (0.0, 1.0),
                x_title: "share of the variance of speed explained, R²",
                left: Some(left),
                bars: true,
                ..Rows::default()
            },
        );
        let coefficients = [
            (Some(effects.as_slice()), "speed (m/s) for a kappa larger by 1, with interval"),
            (
                frequency.as_ref().map(|rows| rows.as_slice()),
                "speed (m/s) for a step frequency higher by 1 Hz, with interval",
            ),
        ];
        for (rows, x_title) in coefficients {
            let Some(rows) = rows else { continue };
            canvas.y += 10.0;
            canvas.rows(
                rows,
                &Rows {
                    x: span(rows.iter().flat_map(Row::values).chain([0.0]), (-1.0, 1.0)),
                    x_title,
                    left: Some(left),
                    zero: Some(0.0),
                    ..Rows::default()
                },
            );
        }
        canvas.y += 6.0;
        canvas.paragraph(&format!("{} trials.", fit.trials), FULL_WIDTH);
        for caution in fit.cautions() {
            canvas.paragraph(&format!("Note: {caution}."), FULL_WIDTH);
        }
    }))
}

fn effect(name: &str, number: usize, effect: &Effect) -> Row {
    let mut row = Row::new(name, Style::nth(number));
    row.value = Some(effect.coefficient.value).filter(|v| v.is_finite());
    row.ci = effect.coefficient.ci.map(Into::into);
    let p = effect.p.map_or("no p".into(), |p| format!("p {p:.3}"));
    row.note = format!("{:+.2}, partial R² {:.2}, {p}", effect.coefficient.value, effect.partial_r2);
    row
}

/// Draws the speed of a sprint over time: v(t) = vmax (1 - exp(-(t - start)/tau)) with the interval of the curve at each time, and the
/// measured speed behind it, where there is one. The dashed line is vmax.
///
/// ```
/// use copeak::{Clock, Rate, Signal, performance::SprintModel, report::figure};
/// let clock = Clock::from_zero(Rate::from_hz(50.0).unwrap());
/// let speed = |i: u32| 9.0 * (1.0 - (-f64::from(i) / 50.0 / 1.25).exp()) + 0.1 * (f64::from(i) * 0.5).sin();
/// let measured = Signal::new(clock, (0..250).map(speed).collect::<Vec<_>>());
/// let curve = SprintModel::new().fit(&measured).unwrap();
/// assert!(figure::sprint("One sprint", &curve, Some(&measured)).unwrap().contains("speed (m/s)"));
/// ```
///
/// # Errors
/// [`FigureError`] when the curve has no finite speed.
pub fn sprint(title: &str, curve: &SprintCurve, measured: Option<&Signal>) -> Result<String, FigureError> {
    let (vmax, tau, start) = (curve.vmax_mps, curve.tau_s, curve.start_s);
    if ![vmax.value, tau.value, start.value, curve.end_s].iter().all(|v| v.is_finite()) {
        return Err(FigureError::nothing("speed"));
    }
    let samples = |signal: &Signal| -> Vec<(f64, f64)> {
        signal.samples().iter().enumerate().map(|(i, v)| (signal.clock().time_s(i as f64), *v)).collect()
    };
    let measured = measured.map(samples).unwrap_or_default();
    let first = measured.first().map_or(start.value, |p| p.0).min(start.value);
    let last = measured.last().map_or(curve.end_s, |p| p.0).max(curve.end_s);
    let x = if last > first { (first, last) } else { span([first], (0.0, 1.0)) };
    let time = |i: u32| start.value + (curve.end_s - start.value) * f64::from(i) / 240.0;
    let band: Vec<(f64, f64, f64)> = (0..=240)
        .filter_map(|i| curve.speed_interval_at(time(i)).map(|ci| (time(i), ci.low, ci.high)))
        .collect();
    let top = measured.iter().map(|p| p.1).chain(band.iter().map(|b| b.2)).chain([vmax.value]);
    let y = (0.0, span(top.chain([0.0]), (0.0, 1.0)).1);
    let (line, grey) = (Style::nth(0), Style { dashes: &[], ..Style::ink() });
    Ok(figure(title, |canvas| {
        let mut keys = [(Swatch::Line(line, 2.0), "model".into())].to_vec();
        if !band.is_empty() {
            keys.push((
                Swatch::Area(line.hue, 0.25),
                format!("its {:.0} % interval at each time", 100.0 * vmax.level),
            ));
        }
        if !measured.is_empty() {
            keys.push((Swatch::Line(grey, 1.0), "measured".into()));
        }
        keys.push((Swatch::Line(Style { dashes: &[4.0, 3.0], ..grey }, 1.0), "vmax".into()));
        canvas.keys(&keys);
        let panel = canvas.axes(&Axes {
            x,
            y,
            x_title: "time (s)",
            y_title: "speed (m/s)",
            height: 260.0,
            ..Axes::default()
        });
        canvas.curve(&panel, measured.iter().copied(), grey, 1.0);
        canvas.between(&panel, band, line.hue, 0.25);
        canvas.curve(&panel, (0..=240).map(|i| (time(i), curve.speed_at(time(i)))), line, 2.0);
        canvas.curve(
            &panel,
            [(x.0, vmax.value), (x.1, vmax.value)],
            Style { dashes: &[4.0, 3.0], ..grey },
            1.0,
        );
        let said = |name: &str, unit: &str, estimate: crate::inference::Estimate| {
            let ci = estimate.ci.map_or(String::new(), |ci| format!(" {ci:.2}"));
            format!("{name} {:.2} {unit}{ci}", estimate.value)
        };
        let numbers = [
            said("vmax", "m/s", vmax),
            said("tau", "s", tau),
            said("first acceleration", "m/s²", curve.acceleration_mps2),
        ];
        canvas.y += 4.0;
        canvas.paragraph(&format!("{}.", numbers.join("; ")), (panel.left, panel.right));
    }))
}
