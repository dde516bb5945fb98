//! Accuracy of the events of each sensor: limits of agreement, standard errors, and what others published.

use copeak::event::calibration::KinematicCalibration;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use serde_json::Value;
use std::error::Error;

/// The backend rounds to whole units; this many of them to a pixel keep lines smooth.
const SCALE: i32 = 8;
const WIDTH: i32 = 760;
const LEFT: i32 = 250;
const TOP: i32 = 62;
const ROW: i32 = 22;
/// Milliseconds at the right edge; the left edge is the same below zero.
const MOST: f64 = 160.0;
const INK: RGBColor = RGBColor(0x22, 0x22, 0x22);
const FAINT: RGBColor = RGBColor(0xD9, 0xD9, 0xD9);
const BLUE: RGBColor = RGBColor(0x00, 0x72, 0xB2);
const ORANGE: RGBColor = RGBColor(0xD5, 0x5E, 0x00);

/// One line of the figure, all in milliseconds.
struct Line {
    name: String,
    limits: (f64, f64),
    bias: f64,
    se: f64,
    published: Option<(f64, f64)>,
}

/// Published limits: start of a section's title, event, limits.
const PUBLISHED: [(&str, &str, (f64, f64)); 5] = [
    ("Markers: Handsaker", "initial", (-11.8, 18.1)),
    ("Markers: Handsaker", "terminal", (-8.1, 12.2)),
    ("Shank", "initial", (-96.8, 131.6)),
    ("Sacrum", "initial", (-149.2, 88.5)),
    ("Sacrum", "terminal", (-152.7, 147.2)),
];
/// Start of a section's title, and what the figure calls it.
const NAMES: [(&str, &str); 7] = [
    ("Markers: Handsaker", "markers, Handsaker"),
    ("Markers: heel", "markers, heel and toe"),
    ("Markers: Zeni", "markers, Zeni moved"),
    ("Foot gyroscope derived from markers: seven", "foot gyroscope (derived)"),
    ("Foot gyroscope derived from markers: runners", "the same, other laboratories"),
    ("Shank", "shank accelerometer (derived)"),
    ("Sacrum", "sacrum accelerometer"),
];

pub fn draw(figures: &Value) -> Result<String, Box<dyn Error>> {
    let lines = lines(figures);
    let height = TOP + ROW * lines.len() as i32 + 46;
    let mut text = String::new();
    {
        let size = ((WIDTH * SCALE) as u32, (height * SCALE) as u32);
        let area = SVGBackend::with_string(&mut text, size).into_drawing_area();
        let x = |ms: f64| {
            let across = f64::from(WIDTH - LEFT - 20) * (ms.clamp(-MOST, MOST) + MOST) / (2.0 * MOST);
            SCALE * LEFT + (across * f64::from(SCALE)) as i32
        };
        let words = |text: &str, at: (i32, i32), size: i32, h: HPos| {
            let style = ("sans-serif", size * SCALE).into_font().color(&INK).pos(Pos::new(h, VPos::Center));
            area.draw(&Text::new(text.to_string(), at, style))
        };
        let bottom = SCALE * (TOP + ROW * lines.len() as i32);
        for ms in [-150, -100, -50, 0, 50, 100, 150] {
            let colour = if ms == 0 { INK } else { FAINT };
            let ends = [(x(f64::from(ms)), SCALE * TOP), (x(f64::from(ms)), bottom)];
            area.draw(&PathElement::new(ends.to_vec(), colour.stroke_width(SCALE as u32)))?;
            words(&ms.to_string(), (x(f64::from(ms)), bottom + 12 * SCALE), 12, HPos::Center)?;
        }
        words("event less that of force, ms", (x(0.0), bottom + 32 * SCALE), 13, HPos::Center)?;
        let keys = [
            ("1.96 standard errors", FAINT),
            ("limits of agreement, bias", BLUE),
            ("published limits", ORANGE),
        ];
        for (k, (name, colour)) in keys.iter().enumerate() {
            let (left, y) = (SCALE * (LEFT + 175 * k as i32), SCALE * 26);
            let box_ = [(left, y - 5 * SCALE), (left + 18 * SCALE, y + 5 * SCALE)];
            area.draw(&Rectangle::new(box_, colour.filled()))?;
            words(name, (left + 23 * SCALE, y), 12, HPos::Left)?;
        }
        for (row, line) in lines.iter().enumerate() {
            let y = SCALE * (TOP + ROW * row as i32 + ROW / 2);
            words(&line.name, (SCALE * (LEFT - 10), y), 12, HPos::Right)?;
            let bar = |(low, high): (f64, f64), from: i32, to: i32, colour: RGBColor| {
                let corners = [(x(low), y + from * SCALE), (x(high), y + to * SCALE)];
                area.draw(&Rectangle::new(corners, colour.filled()))
            };
            bar((-1.96 * line.se, 1.96 * line.se), -9, 9, FAINT)?;
            bar(line.limits, -4, 0, BLUE)?;
            if let Some(published) = line.published {
                bar(published, 2, 5, ORANGE)?;
            }
            area.draw(&Circle::new((x(line.bias), y - 2 * SCALE), 4 * SCALE, BLUE.filled()))?;
        }
        area.present()?;
    }
    let size = |by: i32| format!("width=\"{}\" height=\"{}\" ", WIDTH * by, height * by);
    Ok(copeak::report::figure::standalone(&text.replacen(&size(SCALE), &size(1), 1)))
}

fn lines(figures: &Value) -> Vec<Line> {
    let ms = |value: &Value| 1e3 * value.as_f64().unwrap_or(f64::NAN);
    let line = |name: &str, event: &str, row: &Value, se_s: f64, published| Line {
        name: format!("{name}: {event}"),
        limits: (ms(&row["limits_s"][0]), ms(&row["limits_s"][1])),
        bias: ms(&row["bias_s"]),
        se: 1e3 * se_s,
        published,
    };
    let all = |rows: &Value, event: Option<&str>| -> Option<Value> {
        let mut rows = rows.as_array()?.iter();
        rows.find(|r| r["at"] == "all" && event.is_none_or(|e| r["event"] == e)).cloned()
    };
    let c = KinematicCalibration::default();
    let angles = [
        ("initial", c.initial_bias_sd_s.hypot(c.initial_scatter_s)),
        ("terminal", c.terminal_bias_sd_s.hypot(c.terminal_scatter_s)),
    ];
    let mut out: Vec<Line> = angles
        .iter()
        .filter_map(|(event, se)| {
            let row = all(&figures["left_out"][event]["rows"], None)?;
            Some(line("joint angles", event, &row, *se, None))
        })
        .collect();
    for section in figures["sensors"].as_array().into_iter().flatten() {
        let title = section["title"].as_str().unwrap_or_default();
        let Some((_, name)) = NAMES.iter().find(|n| title.starts_with(n.0)) else { continue };
        for (k, event) in ["initial", "terminal"].iter().enumerate() {
            let published = PUBLISHED.iter().find(|p| title.starts_with(p.0) && p.1 == *event).map(|p| p.2);
            let se = section["se_s"][k].as_f64();
            if let (Some(row), Some(se)) = (all(&section["rows"], Some(event)), se) {
                out.push(line(name, event, &row, se, published));
            }
        }
    }
    out
}
