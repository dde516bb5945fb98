//! The within-limb sequence as a timeline.

use super::style::{self, Area, DOT, FAINT, FigureError, Frame, INK, SCALE, colour, font, words};
use crate::report::Curves;
use crate::sequence::Sequence;
use plotters::{
    element::{Circle, PathElement, Text},
    style::{
        Color,
        text_anchor::{HPos, Pos, VPos},
    },
};
use std::{format, string::String, vec::Vec};

/// One channel's times after initial contact.
struct Row {
    name: String,
    times_s: Vec<f64>,
    mean_s: f64,
    ci: Option<[f64; 2]>,
}

/// Peak times after initial contact of each channel: every cycle, the mean and its 95 % interval; the dashed line is
/// terminal contact.
///
/// # Errors
/// [`FigureError`] when there is no sequence.
pub fn sequence(title: &str, curves: &Curves) -> Result<String, FigureError> {
    let rows: Vec<Row> = curves
        .sequence
        .iter()
        .map(|row| Row {
            name: row.channel.clone(),
            mean_s: row.times_s.iter().sum::<f64>() / row.times_s.len() as f64,
            times_s: row.times_s.clone(),
            ci: row.ci,
        })
        .collect();
    if rows.iter().all(|row| row.times_s.is_empty()) {
        return Err(FigureError::nothing("sequence"));
    }
    style::svg((760, 100 + 40 * rows.len() as u32), |area| times(area, title, &rows, Some(curves.contact_s)))
}

/// A [`Sequence`] as it stands: above, when each channel peaks after the cycle's start (every cycle, the mean and its
/// interval; the dashed line is terminal contact, where every cycle has one); below, each lag with its interval and what it
/// says.
///
/// The intervals of the times hold their scatter; those of the lags also what delays and clocks add.
///
/// ```
/// # #[cfg(feature = "plot")] {
/// use copeak::inference::{Bootstrap, Strides};
/// use copeak::{report::figure, sequence::{Cycle, Sequence, Timing}};
/// let cycle = |lag: f64| Cycle {
///     start_s: 0.0,
///     duration_s: 0.5,
///     contact_s: Some(0.2),
///     times: vec![Some(Timing::at(0.1)), Some(Timing::at(0.1 + lag))],
/// };
/// let cycles = [cycle(0.02), cycle(0.025), cycle(0.022)];
/// let sequence = Sequence::of(&["hip", "knee"], &cycles, &Strides::singly(3), &Bootstrap::new(1)).unwrap();
/// assert!(figure::timeline("Support leg", &sequence).unwrap().starts_with("<svg"));
/// # }
/// ```
///
/// # Errors
/// [`FigureError`] when no channel has a time.
pub fn timeline(title: &str, sequence: &Sequence) -> Result<String, FigureError> {
    let channels = sequence.channels.iter().zip(&sequence.times);
    let rows: Vec<Row> = channels
        .map(|(channel, times)| Row {
            name: channel.name.clone(),
            times_s: times.after_start_s.iter().copied().flatten().collect(),
            mean_s: times.mean_s.map_or(f64::NAN, |mean| mean.value),
            ci: times.mean_s.and_then(|mean| mean.ci).map(|(low, high)| [low, high]),
        })
        .collect();
    if rows.iter().all(|row| row.times_s.is_empty()) {
        return Err(FigureError::nothing("sequence"));
    }
    let upper = 100 + 40 * rows.len() as u32;
    let lower = 70 + 34 * sequence.pairs.len() as u32;
    style::svg((760, upper + lower), |area| {
        let (above, below) = area.split_vertically(upper * SCALE);
        times(&above, title, &rows, sequence.mean_contact_s)?;
        lags(&below, sequence)
    })
}

/// Dots of every cycle, the interval of the mean, the mean.
fn times(area: &Area<'_>, title: &str, rows: &[Row], contact_s: Option<f64>) -> Result<(), FigureError> {
    let names: Vec<String> = rows.iter().map(|row| row.name.clone()).collect();
    let all = rows.iter().flat_map(|row| row.times_s.iter().copied());
    let (earliest, latest) = style::span(all.chain([0.0]).chain(contact_s), (0.0, 0.3));
    let x = (if earliest < -0.01 { 1e3 * earliest } else { 0.0 }, 1e3 * latest);
    let strip = (-(rows.len() as f64) + 0.4, 0.6);
    let mut chart = Frame {
        title,
        x,
        y: strip,
        x_title: "time after initial contact (ms)",
        y_title: "",
        left: 110,
        x_label: &style::plain,
        y_label: &|y| style::row_name(&names, y),
        x_ticks: style::ticks(x, 9),
        y_ticks: style::rows(rows.len()),
        lines: false,
    }
    .draw(area)?;
    if let Some(contact_s) = contact_s {
        style::dashed(&mut chart, 1e3 * contact_s, strip)?;
    }
    for (i, row) in rows.iter().enumerate() {
        let y = -(i as f64);
        chart
            .draw_series([PathElement::new([(x.0, y), (x.1, y)], FAINT.stroke_width(SCALE))])
            .map_err(words)?;
        let dots =
            row.times_s.iter().map(|t| Circle::new((1e3 * t, y), 3 * DOT, colour(i).mix(0.4).filled()));
        chart.draw_series(dots).map_err(words)?;
        if let Some([low, high]) = row.ci {
            let bar = PathElement::new([(1e3 * low, y), (1e3 * high, y)], colour(i).stroke_width(5 * SCALE));
            chart.draw_series([bar]).map_err(words)?;
        }
        if !row.times_s.is_empty() {
            let mean = Circle::new((1e3 * row.mean_s, y), 6 * DOT, colour(i).filled());
            chart.draw_series([mean]).map_err(words)?;
        }
    }
    Ok(())
}

/// Each lag with its interval, against 0.
fn lags(area: &Area<'_>, sequence: &Sequence) -> Result<(), FigureError> {
    let name = |i: usize| sequence.channels[i].name.as_str();
    let names: Vec<String> =
        sequence.pairs.iter().map(|p| format!("{} > {}", name(p.from), name(p.to))).collect();
    let ends = sequence.pairs.iter().flat_map(|pair| {
        let ci = pair.mean_s.ci;
        [Some(pair.mean_s.value), ci.map(|c| c.0), ci.map(|c| c.1)].into_iter().flatten()
    });
    let (low, high) = style::span(ends.chain([0.0]), (-0.01, 0.01));
    // Room on the right for what each lag says.
    let x = (1e3 * low, 1e3 * (high + 0.35 * (high - low)));
    let strip = (-(names.len() as f64) + 0.4, 0.6);
    let mut chart = Frame {
        title: "",
        x,
        y: strip,
        x_title: "lag (ms)",
        y_title: "",
        left: 110,
        x_label: &style::plain,
        y_label: &|y| style::row_name(&names, y),
        x_ticks: style::ticks(x, 9),
        y_ticks: style::rows(names.len()),
        lines: false,
    }
    .draw(area)?;
    style::dashed(&mut chart, 0.0, strip)?;
    for (i, pair) in sequence.pairs.iter().enumerate() {
        let y = -(i as f64);
        let mut end = 1e3 * pair.mean_s.value;
        if let Some((low, high)) = pair.mean_s.ci {
            let bar = PathElement::new([(1e3 * low, y), (1e3 * high, y)], INK.stroke_width(3 * SCALE));
            chart.draw_series([bar]).map_err(words)?;
            end = 1e3 * high;
        }
        chart
            .draw_series([Circle::new((1e3 * pair.mean_s.value, y), 5 * DOT, INK.filled())])
            .map_err(words)?;
        let said = format!("{:+.1} ms, {}", 1e3 * pair.mean_s.value, pair.relation);
        let style = font(13).color(&INK).pos(Pos::new(HPos::Left, VPos::Center));
        chart.draw_series([Text::new(said, (end + 0.02 * (x.1 - x.0), y), style)]).map_err(words)?;
    }
    Ok(())
}
