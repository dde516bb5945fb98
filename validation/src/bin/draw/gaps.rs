//! Draws `docs/gaps.svg`: a simulated sprinter's knee angle with samples missing, and what fills them.
//!
//! `scripts/draw-figures`

use copeak::filter::gap::GapOutcome;
use copeak::filter::{Filter, GapFill, Interpolation};
use copeak::simulate::Sprinter;
use copeak_validation::Error;
use copeak_validation::canvas::{BLUE, FAINT, INK, ORANGE, SCALE, svg};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use std::ops::Range;
use std::path::Path;

const SIZE: (u32, u32) = (760, 430);
/// Missing samples at 250 Hz: 40 ms, 80 ms, and 160 ms, which is beyond the limit.
const GAPS: [Range<usize>; 3] = [130..140, 195..215, 262..302];
const SHOWN: Range<usize> = 100..340;

pub fn main(folder: &Path) -> Result<(), Error> {
    let path = folder.join("gaps.svg");
    std::fs::write(&path, copeak::report::figure::standalone(&draw()?))?;
    println!("{}", path.display());
    Ok(())
}

fn draw() -> Result<String, Error> {
    let trial = Sprinter::at_speed(9.5).rate_hz(250.0).steps(10).angle_noise_deg(0.1).seed(3).simulate()?;
    let knee = trial.recording.channels.iter().find(|c| c.name == "knee_flexion_r").ok_or("no knee angle")?;
    let truth = knee.signal.samples();
    let mut seen = truth.clone();
    GAPS.iter().for_each(|gap| seen[gap.clone()].fill(f64::NAN));
    let fill = GapFill::new(knee.signal.clock().rate());
    let cubic = fill.repair(&seen)?;
    let pchip = fill.method(Interpolation::Pchip).apply(&seen)?;
    assert_eq!(
        cubic.gaps.iter().map(|g| g.outcome).collect::<Vec<_>>(),
        [GapOutcome::Filled, GapOutcome::Filled, GapOutcome::TooLong]
    );

    svg(SIZE, |area| {
        let (upper, lower) = area.split_vertically(SIZE.1 * SCALE / 2);
        let font = |size: u32| ("sans-serif", size * SCALE).into_font().color(&INK);
        let ms = |i: usize| 4.0 * (i - SHOWN.start) as f64;
        let (low, high) = (-15.0, 175.0);
        for (area, title, after) in [
            (&upper, "Knee angle of a simulated sprinter at 9.5 m/s, 250 Hz, as recorded", false),
            (&lower, "Gaps of up to 0.1 s filled", true),
        ] {
            let mut chart = ChartBuilder::on(area)
                .margin(8 * SCALE)
                .margin_right(16 * SCALE)
                .x_label_area_size(if after { 40 } else { 14 } * SCALE)
                .y_label_area_size(52 * SCALE)
                .caption(title, font(15))
                .build_cartesian_2d(0.0..ms(SHOWN.end - 1), low..high)?;
            chart
                .configure_mesh()
                .disable_x_mesh()
                .set_all_tick_mark_size(5 * SCALE)
                .axis_style(INK.stroke_width(SCALE))
                .bold_line_style(FAINT.stroke_width(SCALE))
                .light_line_style(TRANSPARENT)
                .label_style(font(13))
                .axis_desc_style(font(13))
                .x_labels(if after { 10 } else { 0 })
                .y_labels(4)
                .x_desc(if after { "ms" } else { "" })
                .y_desc("flexion, deg")
                .x_label_formatter(&|v| format!("{v:.0}"))
                .y_label_formatter(&|v| format!("{v:.0}"))
                .draw()?;
            for gap in &GAPS {
                let (from, to) = (ms(gap.start - 1), ms(gap.end));
                chart.draw_series([Rectangle::new([(from, low), (to, high)], FAINT.mix(0.45).filled())])?;
                let long = gap.len() > fill.longest_samples();
                let words = match (after, long) {
                    (false, _) => format!("{} ms", 4 * gap.len()),
                    (true, false) => "filled".into(),
                    (true, true) => "stays missing".into(),
                };
                let style = font(13).pos(Pos::new(HPos::Center, VPos::Top));
                chart.draw_series([Text::new(words, ((from + to) / 2.0, high - 3.0), style)])?;
            }
            let line = |y: &[f64], range: Range<usize>| -> Vec<(f64, f64)> {
                range.filter(|i| y[*i].is_finite()).map(|i| (ms(i), y[i])).collect()
            };
            if after {
                let dots = SHOWN.filter(|i| seen[*i].is_nan()).map(|i| (ms(i), truth[i]));
                chart.draw_series(
                    dots.map(|at| Circle::new(at, 2 * SCALE as i32 * 3 / 4, INK.mix(0.5).filled())),
                )?;
                for gap in &GAPS[..2] {
                    let range = gap.start - 1..gap.end + 1;
                    chart.draw_series(LineSeries::new(
                        line(&pchip, range.clone()),
                        ORANGE.stroke_width(2 * SCALE),
                    ))?;
                    chart.draw_series(LineSeries::new(
                        line(&cubic.samples, range),
                        BLUE.stroke_width(3 * SCALE),
                    ))?;
                }
                let key = [("cubic (default)", BLUE), ("PCHIP", ORANGE), ("what was hidden", INK)];
                for (row, (words, colour)) in key.into_iter().enumerate() {
                    let y = high - 22.0 - 24.0 * row as f64;
                    let at = 814.0;
                    if colour == INK {
                        let dot =
                            Circle::new((at + 12.0, y), 2 * SCALE as i32 * 3 / 4, INK.mix(0.5).filled());
                        chart.draw_series([dot])?;
                    } else {
                        let stroke = colour.stroke_width(3 * SCALE);
                        chart.draw_series([PathElement::new([(at, y), (at + 24.0, y)], stroke)])?;
                    }
                    let style = font(13).pos(Pos::new(HPos::Left, VPos::Center));
                    chart.draw_series([Text::new(words, (at + 30.0, y), style)])?;
                }
            }
            let mut from = SHOWN.start;
            for end in GAPS.iter().map(|g| g.start).chain([SHOWN.end]) {
                chart.draw_series(LineSeries::new(line(&seen, from..end), INK.stroke_width(2 * SCALE)))?;
                from = end;
            }
        }
        Ok(())
    })
}
