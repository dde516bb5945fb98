//! The peaks as phases of the cycle, on a circle.

use super::style::{self, DOT, FAINT, FigureError, INK, SCALE, colour, font, words};
use crate::report::Curves;
use crate::synchrony::Circular;
use plotters::{
    element::{Circle, PathElement, Polygon, Text},
    style::{
        Color,
        text_anchor::{HPos, Pos, VPos},
    },
};
use std::{borrow::ToOwned, f64::consts::TAU, format, string::String, vec::Vec};

/// Size, and the circle's middle and radius, in pixels.
const SIZE: (u32, u32) = (700, 430);
const MIDDLE: (f64, f64) = (240.0, 225.0);
const RADIUS: f64 = 120.0;
/// What lies between the rings of two contributors' peaks.
const RING: f64 = 7.0;
/// Where the names stand.
const KEY_X: f64 = 500.0;

/// Each step's peaks as phases of the cycle, mid-contact at the top and time going clockwise: dots on a ring for each
/// contributor, and a line to the mean phase that is as long as the resultant (the whole radius: every peak at one phase).
/// Shaded: the support foot on the ground.
///
/// # Errors
/// [`FigureError`] when no contributor has a peak.
pub fn polar(title: &str, curves: &Curves) -> Result<String, FigureError> {
    if curves.drives.iter().all(|drive| drive.peaks_s.is_empty()) || curves.cycle_s <= 0.0 {
        return Err(FigureError::nothing("peak"));
    }
    let at = |phase: f64, radius: f64| {
        let (sin, cos) = (TAU * phase).sin_cos();
        pixel(MIDDLE.0 + radius * sin, MIDDLE.1 - radius * cos)
    };
    let arc = |from: f64, to: f64, radius: f64| -> Vec<(i32, i32)> {
        (0..=180).map(|i| at(from + (to - from) * f64::from(i) / 180.0, radius)).collect()
    };
    style::svg(SIZE, |area| {
        let middle = Pos::new(HPos::Center, VPos::Center);
        let text = |words: &str, at: (i32, i32), pos: Pos| Text::new(words.to_owned(), at, font(13).pos(pos));
        let heading = font(16).pos(middle);
        area.draw(&Text::new(title.to_owned(), pixel(f64::from(SIZE.0) / 2.0, 16.0), heading))
            .map_err(words)?;

        let contact = (0.5 * curves.contact_s / curves.cycle_s).min(0.5);
        let mut wedge = arc(-contact, contact, RADIUS);
        wedge.push(at(0.0, 0.0));
        area.draw(&Polygon::new(wedge, INK.mix(0.07))).map_err(words)?;
        area.draw(&PathElement::new(arc(0.0, 1.0, RADIUS), INK.stroke_width(SCALE))).map_err(words)?;
        for quarter in 0..4 {
            let phase = 0.25 * f64::from(quarter);
            area.draw(&PathElement::new([at(phase, 0.0), at(phase, RADIUS)], FAINT.stroke_width(SCALE)))
                .map_err(words)?;
        }
        let quarter_ms = 250.0 * curves.cycle_s;
        let outside = RADIUS + RING * curves.drives.len() as f64 + 6.0;
        let sides = [
            ("mid-contact".to_owned(), 0.0, Pos::new(HPos::Center, VPos::Bottom)),
            (format!("+{quarter_ms:.0} ms"), 0.25, Pos::new(HPos::Left, VPos::Center)),
            (format!("{:.0} ms", 2.0 * quarter_ms), 0.5, Pos::new(HPos::Center, VPos::Top)),
            (format!("-{quarter_ms:.0} ms"), 0.75, Pos::new(HPos::Right, VPos::Center)),
        ];
        for (words_there, phase, pos) in sides {
            area.draw(&text(&words_there, at(phase, outside), pos)).map_err(words)?;
        }

        let left = Pos::new(HPos::Left, VPos::Center);
        for (i, drive) in curves.drives.iter().enumerate() {
            let ring = RADIUS + RING * (i as f64 + 0.7);
            let phases: Vec<f64> =
                drive.peaks_s.iter().map(|t| (t / curves.cycle_s).rem_euclid(1.0)).collect();
            for phase in &phases {
                area.draw(&Circle::new(at(*phase, ring), 3 * DOT, colour(i).mix(0.5).filled()))
                    .map_err(words)?;
            }
            let key_y = MIDDLE.1 + 38.0 * (i as f64 - 0.5 * (curves.drives.len() as f64 - 1.0));
            area.draw(&Circle::new(pixel(KEY_X, key_y), 6 * DOT, colour(i).filled())).map_err(words)?;
            let name = drive.name.replace('_', " ");
            area.draw(&text(&name, pixel(KEY_X + 14.0, key_y - 8.0), left)).map_err(words)?;
            let said = match Circular::of(&phases).ok().and_then(|c| Some((c.mean?, c.resultant))) {
                Some((mean, resultant)) => {
                    let line = [at(0.0, 0.0), at(mean, RADIUS * resultant)];
                    area.draw(&PathElement::new(line, colour(i).stroke_width(3 * SCALE))).map_err(words)?;
                    let signed = if mean > 0.5 { mean - 1.0 } else { mean };
                    format!("{:+.0} ms, resultant {resultant:.2}", 1e3 * signed * curves.cycle_s)
                }
                None => "no mean phase".to_owned(),
            };
            area.draw(&text(&said, pixel(KEY_X + 14.0, key_y + 8.0), left)).map_err(words)?;
        }
        Ok(())
    })
}

fn pixel(x: f64, y: f64) -> (i32, i32) {
    let scaled = |v: f64| (v * f64::from(SCALE)).round() as i32;
    (scaled(x), scaled(y))
}
