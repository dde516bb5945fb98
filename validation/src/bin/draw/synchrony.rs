//! Draws `docs/which-index.svg`: pairs of peaks that are together, locked, loose or unrelated, and what each index makes of them;
//! and `docs/chance.svg`: what the indices read when nothing is related.
//! `scripts/draw-figures` runs it.

use copeak::report::figure::standalone;
use copeak::synchrony::{Circular, Locking, Phases};
use copeak_validation::Error;
use copeak_validation::canvas::{Area, BLUE, FAINT, INK, ORANGE, PURPLE, SCALE, svg};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use std::f64::consts::TAU;
use std::path::Path;

const GREEN: RGBColor = RGBColor(0x00, 0x9E, 0x73);

const CYCLES: usize = 14;

pub fn main(folder: &Path) -> Result<(), Error> {
    std::fs::write(folder.join("which-index.svg"), standalone(&svg((760, 330), pairs)?))?;
    std::fs::write(folder.join("chance.svg"), standalone(&svg((760, 330), chance)?))?;
    Ok(())
}

fn at(x: u32, y: u32) -> (i32, i32) {
    ((x * SCALE) as i32, (y * SCALE) as i32)
}

fn words(area: &Area<'_>, text: &str, place: (u32, u32), size: u32, side: HPos) -> Result<(), Error> {
    let style = ("sans-serif", size * SCALE).into_font().color(&INK).pos(Pos::new(side, VPos::Center));
    area.draw(&Text::new(text, at(place.0, place.1), style))?;
    Ok(())
}

/// Uniform numbers in [0, 1) from a seed.
fn uniform(seed: u64) -> impl FnMut() -> f64 {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// Four pairs of contributors, one peak each in every cycle.
fn pairs(area: &Area<'_>) -> Result<(), Error> {
    let (left, step) = (150, 25);
    words(area, "simultaneity", (left + 14 * step + 90, 22), 13, HPos::Right)?;
    words(area, "locking", (left + 14 * step + 160, 22), 13, HPos::Right)?;
    words(area, "R of the lags", (left + 14 * step + 250, 22), 13, HPos::Right)?;
    let cases: [(&str, &str, f64, f64); 4] = [
        ("together", "same time, small scatter", 0.0, 0.02),
        ("locked, apart", "30 % of a cycle late, small scatter", 0.3, 0.02),
        ("together, loosely", "same time on average, large scatter", 0.0, 0.15),
        ("unrelated", "each at any time", 0.0, f64::INFINITY),
    ];
    for (row, (name, how, lag, sd)) in cases.into_iter().enumerate() {
        let middle = 58 + 72 * row as u32;
        let mut draw = uniform(40 + row as u64);
        // The sum of twelve uniform numbers less six is close enough to normal for a picture.
        let mut scatter = || (0..12).map(|_| draw()).sum::<f64>() - 6.0;
        let first: Vec<f64> = (0..CYCLES).map(|_| 0.35 + 0.01 * scatter()).collect();
        let wild = sd.is_infinite();
        let second: Vec<f64> = first
            .iter()
            .map(|p| if wild { scatter().rem_euclid(1.0) } else { p + lag + sd * scatter() })
            .collect();
        words(area, name, (12, middle - 8), 14, HPos::Left)?;
        for (line, part) in how.split(", ").enumerate() {
            words(area, part, (12, middle + 9 + 14 * line as u32), 11, HPos::Left)?;
        }
        for cycle in 0..=CYCLES as u32 {
            let x = left + step * cycle;
            let ends = [at(x, middle - 24), at(x, middle + 24)];
            area.draw(&PathElement::new(ends, FAINT.stroke_width(SCALE)))?;
        }
        for (colour, phases, up) in [(BLUE, &first, true), (ORANGE, &second, false)] {
            for (cycle, phase) in phases.iter().enumerate() {
                let x =
                    ((f64::from(left) + f64::from(step) * (cycle as f64 + phase)) * f64::from(SCALE)) as i32;
                let (from, to) = if up { (middle - 20, middle - 2) } else { (middle + 2, middle + 20) };
                let ends = [(x, at(0, from).1), (x, at(0, to).1)];
                area.draw(&PathElement::new(ends, colour.stroke_width(3 * SCALE)))?;
            }
        }
        let simultaneity = first.iter().zip(&second).map(|(a, b)| Circular::of(&[*a, *b]));
        let mut sum = 0.0;
        for pair in simultaneity {
            sum += pair?.simultaneity().ok_or("a pair has one")?;
        }
        let lags: Vec<f64> = first.iter().zip(&second).map(|(a, b)| b - a).collect();
        let (locked, summary) = (Locking::of(&first, &second)?.value, Circular::of(&lags)?);
        let right = left + 14 * step;
        words(area, &format!("{:.2}", sum / CYCLES as f64), (right + 90, middle), 15, HPos::Right)?;
        words(area, &format!("{locked:.2}"), (right + 160, middle), 15, HPos::Right)?;
        words(area, &format!("{:.2}", summary.resultant), (right + 250, middle), 15, HPos::Right)?;
    }
    Ok(())
}

/// Mean of an index over sessions of unrelated phases.
fn unrelated(seed: u64, count: usize, of: impl Fn(&[f64]) -> Result<f64, Error>) -> Result<f64, Error> {
    let mut draw = uniform(seed);
    let sessions = 4000;
    let mut sum = 0.0;
    for _ in 0..sessions {
        sum += of(&(0..count).map(|_| draw()).collect::<Vec<_>>())?;
    }
    Ok(sum / f64::from(sessions))
}

/// Values of the indices when nothing is related: over cycles on the left, over contributors on the right.
fn chance(area: &Area<'_>) -> Result<(), Error> {
    let (left, right) = area.split_horizontally(380 * SCALE);
    let zeros = |n: usize| vec![0.0; n];
    let cycles = |of: &dyn Fn(&[f64]) -> Result<f64, Error>| -> Result<Vec<(f64, f64)>, Error> {
        (2..=30).map(|n| Ok((n as f64, unrelated(n as u64, n, of)?))).collect()
    };
    let resultant = cycles(&|lags| Ok(Circular::of(lags)?.resultant))?;
    let locked = cycles(&|lags| Ok(Locking::of(&zeros(lags.len()), lags)?.value))?;
    let series = [("R of the lags, PLV", ORANGE, resultant), ("locking", BLUE, locked)];
    panel(&left, "Two contributors, by number of cycles", (2.0, 30.0), &series)?;
    let members = |of: &dyn Fn(&[f64]) -> Result<f64, Error>| -> Result<Vec<(f64, f64)>, Error> {
        (2..=12).map(|k| Ok((k as f64, unrelated(k as u64, k, of)?))).collect()
    };
    let order = members(&|phases| Ok(Circular::of(phases)?.resultant))?;
    let together = members(&|phases| Circular::of(phases)?.simultaneity().ok_or("none".into()))?;
    let mut group = Vec::new();
    for k in 2..=12 {
        let mut draw = uniform(k);
        let mut sum = 0.0;
        for _ in 0..400 {
            let channels: Vec<Vec<f64>> = (0..k).map(|_| (0..20).map(|_| TAU * draw()).collect()).collect();
            sum += Phases::from_radians(&channels)?.cluster_phase().synchrony / 400.0;
        }
        group.push((k as f64, sum));
    }
    let series = [
        ("Kuramoto's r, R", ORANGE, order),
        ("cluster phase, 20 independent samples", PURPLE, group),
        ("simultaneity", GREEN, together),
    ];
    panel(&right, "Many contributors, by their number", (2.0, 12.0), &series)
}

type Series<'a> = (&'a str, RGBColor, Vec<(f64, f64)>);

fn panel(area: &Area<'_>, title: &str, x: (f64, f64), series: &[Series<'_>]) -> Result<(), Error> {
    let font = |size: u32| ("sans-serif", size * SCALE).into_font().color(&INK);
    let mut chart = ChartBuilder::on(area)
        .margin(10 * SCALE)
        .x_label_area_size(30 * SCALE)
        .y_label_area_size(40 * SCALE)
        .caption(title, font(15))
        .build_cartesian_2d(x.0..x.1, -0.1..1.0)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .set_all_tick_mark_size(5 * SCALE)
        .axis_style(INK.stroke_width(SCALE))
        .bold_line_style(FAINT.stroke_width(SCALE))
        .light_line_style(TRANSPARENT)
        .label_style(font(13))
        .x_labels(8)
        .y_labels(6)
        .x_label_formatter(&|v| format!("{v:.0}"))
        .y_label_formatter(&|v| format!("{v:.1}"))
        .draw()?;
    for (name, colour, points) in series {
        let style = colour.stroke_width(3 * SCALE);
        chart
            .draw_series(LineSeries::new(points.iter().copied(), style))?
            .label(*name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 22 * SCALE as i32, y)], style));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperRight)
        .legend_area_size(26 * SCALE)
        .margin(6 * SCALE)
        .label_font(font(13))
        .draw()?;
    Ok(())
}
