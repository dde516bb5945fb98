//! Draws the figures of the module pages from a simulated sprinter: contacts, bands, peaks, and a shortfall split.
//!
//! `cargo run --release --example draw_pages -- docs` writes `contacts.svg`, `bands.svg`, `prominence.svg` and `shortfall.svg` into
//! that folder.

use copeak::ensemble::CurveBand;
use copeak::event::{Contact, ForceContacts, Side};
use copeak::filter::{Filter, ZeroPhase};
use copeak::peak::PeakFinder;
use copeak::phantom::{Pulse, Sprinter};
use copeak::report::{Settings, figure};
use copeak::stride::{Normalise, Window};
use plotters::chart::{ChartBuilder, ChartContext};
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use std::error::Error;
use std::path::PathBuf;

/// The backend rounds to whole units; this many of them to a pixel keep curves smooth.
const SCALE: u32 = 8;
const INK: RGBColor = RGBColor(0x22, 0x22, 0x22);
const FAINT: RGBColor = RGBColor(0xD9, 0xD9, 0xD9);
const BLUE: RGBColor = RGBColor(0x00, 0x72, 0xB2);
const ORANGE: RGBColor = RGBColor(0xD5, 0x5E, 0x00);

type Failure = Box<dyn Error>;
type Chart<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

fn main() -> Result<(), Failure> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("which folder?")?);
    std::fs::write(folder.join("contacts.svg"), figure::standalone(&contacts()?))?;
    std::fs::write(folder.join("bands.svg"), figure::standalone(&bands()?))?;
    std::fs::write(folder.join("prominence.svg"), figure::standalone(&prominence()?))?;
    std::fs::write(folder.join("shortfall.svg"), figure::standalone(&shortfall()?))?;
    Ok(())
}

/// What a chart is about: title, axes with their words.
struct Frame<'t> {
    title: &'t str,
    x: (f64, f64, &'t str),
    y: (f64, f64, &'t str),
}

impl Frame<'_> {
    fn draw(
        &self,
        curves: impl for<'a, 'b> FnOnce(&mut Chart<'a, 'b>) -> Result<(), Failure>,
    ) -> Result<String, Failure> {
        let mut text = String::new();
        let size = (760 * SCALE, 300 * SCALE);
        {
            let area = SVGBackend::with_string(&mut text, size).into_drawing_area();
            area.fill(&WHITE)?;
            let mut chart = ChartBuilder::on(&area)
                .margin(8 * SCALE)
                .margin_right(16 * SCALE)
                .x_label_area_size(42 * SCALE)
                .y_label_area_size(60 * SCALE)
                .caption(self.title, font(15))
                .build_cartesian_2d(self.x.0..self.x.1, self.y.0..self.y.1)?;
            chart
                .configure_mesh()
                .disable_x_mesh()
                .set_all_tick_mark_size(5 * SCALE)
                .axis_style(INK.stroke_width(SCALE))
                .bold_line_style(FAINT.stroke_width(SCALE))
                .light_line_style(TRANSPARENT)
                .label_style(font(13))
                .axis_desc_style(font(13))
                .y_labels(5)
                .x_desc(self.x.2)
                .y_desc(self.y.2)
                .x_label_formatter(&plain)
                .y_label_formatter(&plain)
                .draw()?;
            curves(&mut chart)?;
            area.present()?;
        }
        let attributes = |w: u32, h: u32| format!("width=\"{w}\" height=\"{h}\" ");
        Ok(text.replacen(&attributes(size.0, size.1), &attributes(760, 300), 1))
    }
}

fn font(size: u32) -> TextStyle<'static> {
    TextStyle::from(("sans-serif", size * SCALE).into_font()).color(&INK)
}

/// A number as an axis shows it.
fn plain(value: &f64) -> String {
    format!("{}", (value * 100.0).round() / 100.0)
}

fn words(chart: &mut Chart<'_, '_>, text: &str, at: (f64, f64), across: HPos) -> Result<(), Failure> {
    chart.draw_series([Text::new(text.to_string(), at, font(13).pos(Pos::new(across, VPos::Center)))])?;
    Ok(())
}

fn dot(at: (f64, f64)) -> Circle<(f64, f64), i32> {
    Circle::new(at, 4 * SCALE as i32, ORANGE.filled())
}

/// Vertical force of both feet, and the contacts found in it.
fn contacts() -> Result<String, Failure> {
    let trial =
        Sprinter::at_speed(7.0).force_rate_hz(1000.0).force_noise_n(5.0).seed(1).simulate()?.recording;
    let frame = Frame {
        title: "Contacts of a simulated runner at 7 m/s, from the vertical force",
        x: (0.45, 1.65, "time, s"),
        y: (0.0, 2700.0, "vertical force, N"),
    };
    frame.draw(|chart| {
        for (side, colour) in [(Side::Left, BLUE), (Side::Right, ORANGE)] {
            let force = &trial.get(&format!("grf_vertical_{side}")).ok_or("no force")?.signal;
            let shown = |c: &&Contact| c.initial.time_s > frame.x.0 && c.terminal.time_s < frame.x.1;
            let found = ForceContacts::default().find(force, side)?.contacts;
            for contact in found.iter().filter(shown) {
                let (from, to) = (contact.initial.time_s, contact.terminal.time_s);
                chart
                    .draw_series([Rectangle::new([(from, 0.0), (to, 2700.0)], colour.mix(0.12).filled())])?;
                let foot = if side == Side::Left { "left" } else { "right" };
                let says = format!("{foot} {:.0} ms", 1e3 * contact.duration_s());
                words(chart, &says, ((from + to) / 2.0, 2580.0), HPos::Center)?;
            }
            let points = (force.samples().iter().enumerate())
                .map(|(i, v)| (force.clock().time_s(i as f64), v.max(0.0)))
                .filter(|(t, _)| *t >= frame.x.0 && *t <= frame.x.1);
            chart.draw_series(LineSeries::new(points, colour.stroke_width(2 * SCALE)))?;
        }
        Ok(())
    })
}

/// Strides, their mean and its two bands.
fn bands() -> Result<String, Failure> {
    let trial = Sprinter::at_speed(5.2)
        .steps(24)
        .every_jitter_s(0.02)
        .every_amplitude_scatter(0.08)
        .seed(3)
        .simulate()?;
    let knee = &trial.recording.get("knee_flexion_r").ok_or("no knee")?.signal;
    let curves: Vec<Vec<f64>> = (trial.truth.steps.iter().map(|s| s.step))
        .filter(|step| step.side() == Side::Right)
        .map(|step| Window { start_s: step.start_s(), end_s: step.start_s() + step.stride_s })
        .filter(|window| knee.covers(window.start_s, window.end_s))
        .map(|window| Normalise::default().apply(knee, window))
        .collect::<Result<_, _>>()?;
    let band = CurveBand::new(1).of(&curves)?;
    let (point, whole) = (band.pointwise.ok_or("no band")?, band.simultaneous.ok_or("no band")?);
    let title =
        format!("Knee of a simulated runner: {} strides, their mean, and its 95 % bands", curves.len());
    let frame = Frame { title: &title, x: (0.0, 100.0, "stride, %"), y: (0.0, 160.0, "knee flexion, deg") };
    frame.draw(|chart| {
        let along = |curve: &[f64]| -> Vec<(f64, f64)> {
            curve.iter().enumerate().map(|(i, v)| (i as f64, *v)).collect()
        };
        for curve in &curves {
            chart.draw_series(LineSeries::new(along(curve), INK.mix(0.25).stroke_width(SCALE)))?;
        }
        for (edges, colour) in [(&whole, BLUE.mix(0.25)), (&point, BLUE.mix(0.45))] {
            let mut around = along(&edges.high);
            around.extend(along(&edges.low).into_iter().rev());
            chart.draw_series([Polygon::new(around, colour.filled())])?;
        }
        chart.draw_series(LineSeries::new(along(&band.mean), BLUE.stroke_width(2 * SCALE)))?;
        for (row, (says, colour)) in
            [("holds the whole curve", BLUE.mix(0.25)), ("holds each point for itself", BLUE.mix(0.7))]
                .into_iter()
                .enumerate()
        {
            let y = 150.0 - 13.0 * row as f64;
            chart.draw_series([Rectangle::new([(3.0, y - 4.0), (7.0, y + 4.0)], colour.filled())])?;
            words(chart, says, (8.0, y), HPos::Left)?;
        }
        Ok(())
    })
}

/// Peaks that stand out by at least 20 degrees, and by how much.
fn prominence() -> Result<String, Failure> {
    let trial =
        Sprinter::at_speed(5.2).every_jitter_s(0.005).angle_noise_deg(0.2).seed(4).simulate()?.recording;
    let knee = &trial.get("knee_flexion_r").ok_or("no knee")?.signal;
    let smooth = ZeroPhase::low_pass(2, 15.0, knee.clock().rate())?.apply(knee.samples())?;
    let peaks = PeakFinder::new().prominence(20.0).find(&smooth)?;
    let frame = Frame {
        title: "Knee flexion of a simulated runner: peaks and how far they stand out",
        x: (0.4, 2.2, "time, s"),
        y: (0.0, 160.0, "knee flexion, deg"),
    };
    frame.draw(|chart| {
        let time = |i: usize| knee.clock().time_s(i as f64);
        let points: Vec<(f64, f64)> = (smooth.iter().enumerate())
            .map(|(i, v)| (time(i), *v))
            .filter(|(t, _)| *t >= frame.x.0 && *t <= frame.x.1)
            .collect();
        chart.draw_series(LineSeries::new(points, BLUE.stroke_width(2 * SCALE)))?;
        for ((&index, &height), prominence) in
            peaks.indices.iter().zip(&peaks.heights).zip(&peaks.prominences)
        {
            let (t, foot) = (time(index), height - prominence.value);
            if t < frame.x.0 + 0.05 || t > frame.x.1 - 0.1 {
                continue;
            }
            chart.draw_series([PathElement::new([(t, foot), (t, height)], ORANGE.stroke_width(SCALE))])?;
            chart.draw_series([dot((t, height))])?;
            let says = format!("{:.0}", prominence.value);
            words(chart, &says, (t + 0.012, (foot + height) / 2.0), HPos::Left)?;
        }
        Ok(())
    })
}

/// Two sessions against a reference: one arm late, one arm weak.
fn shortfall() -> Result<String, Failure> {
    let trial = |name: &str, sprinter: Sprinter| -> Result<_, Failure> {
        let sprinter =
            sprinter.steps(24).every_jitter_s(0.004).every_amplitude_scatter(0.03).angle_noise_deg(0.1);
        let mut recording = sprinter.simulate()?.recording;
        recording.name = name.into();
        Ok(recording)
    };
    let trials = [
        trial("reference", Sprinter::at_speed(9.5).seed(1))?,
        trial("one arm 60 ms late", Sprinter::at_speed(9.5).offset_s(Pulse::OppositeArm, 0.06).seed(2))?,
        trial("that arm 15 % weaker", Sprinter::at_speed(9.5).amplitude(Pulse::OppositeArm, 0.85).seed(3))?,
    ];
    let drawn = figure::shortfall(&Settings::default().study(&trials, Some(0))?.report)?;
    Ok(drawn.replacen("<svg ", "<svg style=\"background:#fff\" ", 1))
}
